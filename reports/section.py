"""What a summary is made of: sections of sentences, tables and charts. Every document draws these and adds nothing.

A section is made by one module of ``reports/sections/``; the list in ``reports/summary.py`` gives their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest
from typing import Any, Literal, TypeVar

from adapters.records import Count
from reports.statement import Matter, Statement, Trace, statements_of


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence ready to paste; ``id`` stays the same whatever its numbers are. ``trace`` is None where it
    states no figure (a definition)."""

    id: str
    text: str
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads somewhere. ``url`` may be empty."""

    text: str
    url: str


#: What may be walked back: a sentence, or a figure.
Stated = Sentence | Statement
#: None: no source shows it (无数据). A float is a share or an index: shown with at most two decimals.
Cell = str | int | float | Count | Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``id`` is the same in every summary; ``title`` stands above it and names its sheet in Excel. ``wide``: too
    wide for a page of paper: Excel has it whole, paper shows ``narrow`` (positions of columns) of it."""

    id: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    narrow: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars: a value for each category; None: no data (drawn as a gap). ``at_least``: positions
    of values that are lower bounds (drawn so that it is seen)."""

    name: str
    values: tuple[int | float | None, ...]
    at_least: tuple[int, ...] = ()

    @classmethod
    def of(cls, name: str, figures: Iterable[Count | int | float | None]) -> Series:
        """Counts as they are drawn."""
        there = tuple(figures)
        values = (each.value if isinstance(each, Count) else each for each in there)
        bounds = (
            at
            for at, each in enumerate(there)
            if isinstance(each, Count) and each.bound == "at_least"
        )
        return cls(name, tuple(values), tuple(bounds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """``bar``: horizontal bars, one category a row (names, titles); ``column``: upright.
    ``unit`` is the measure of the values (人次, 篇). ``note`` stands below: what is missing, what is a bound."""

    id: str
    title: str
    kind: Literal["bar", "column"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    note: str = ""


_BOUND = re.compile(r"超(?=\d)|至少(?=\d)|及以上")
_OVER = re.compile(r"超(?=\d)")
_OR_MORE = re.compile(r"(\d+(?:\.\d+)?[万亿]?[\u4e00-\u9fff]{0,2}?)及以上")
Drawn = TypeVar("Drawn")


def bars(
    id_: str, title: str, unit: str, names: Iterable[str], *series: Series, note: str = ""
) -> tuple[Chart, ...]:
    """Horizontal bars, a category for each name; nothing of fewer than two."""
    there = tuple(names)
    chart = Chart(
        id=id_, title=title, kind="bar", categories=there, series=series, unit=unit, note=note
    )
    return (chart,) if len(there) > 1 else ()


def largest(subjects: Sequence[Drawn], most: int, size: Callable[[Drawn], int]) -> list[Drawn]:
    """The ``most`` largest, in the order in which they came."""
    chosen = {id(each) for each in nlargest(most, subjects, key=size)}
    return [each for each in subjects if id(each) in chosen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One numbered part of a summary. ``data``: keys that JSON gains at its top level, in plain types. ``matters``: what
    it has to say to the paper (reports/paper)."""

    id: str
    title: str
    sentences: tuple[Sentence, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    traced: tuple[Statement, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    matters: tuple[Matter, ...] = ()

    @property
    def figures(self) -> Iterator[Statement]:
        """Every figure of the section, each once: those it says, then those it only lists."""
        yield from statements_of(self.matters)
        yield from self.traced

    @property
    def stated(self) -> tuple[Stated, ...]:
        """All that may be walked back."""
        return (*self.sentences, *self.figures)

    @property
    def empty(self) -> bool:
        """Whether a document has nothing to draw: such a section is there for JSON alone."""
        return not (self.sentences or self.tables or self.charts)


def with_one_bound(section: Section) -> Section:
    """The section with one word for a bound in each of its sentences."""
    sentences = (replace(each, text=one_bound(each.text)) for each in section.sentences)
    return replace(section, sentences=tuple(sentences))


def one_bound(sentence: str) -> str:
    """A sentence in which 超…, 至少… and …及以上 do not stand mixed: where they would, all read 至少…, which is true of
    each. What is quoted (titles, marks) stays as it is."""
    pieces = _unquoted(sentence)
    kinds = {found for piece, free in pieces if free for found in _BOUND.findall(piece)}
    if len(kinds) < 2:
        return sentence
    return "".join(
        _OVER.sub("至少", _OR_MORE.sub(r"至少\1", piece)) if free else piece
        for piece, free in pieces
    )


def _unquoted(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it stands outside of quotation marks."""
    pieces, start, depth = [], 0, 0
    for at, sign in enumerate(text):
        if sign == "“":
            if not depth:
                pieces.append((text[start:at], True))
                start = at
            depth += 1
        elif sign == "”" and depth:
            depth -= 1
            if not depth:
                pieces.append((text[start : at + 1], False))
                start = at + 1
    return [*pieces, (text[start:], not depth)]
