"""Sentences of the full listing, written from statements: each figure in words, with its reservations beside it.

A number enters a sentence as a statement: so the sentence walks back to what is behind all that it states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from adapters.records import Count
from reports import wording
from reports.section import Sentence
from reports.statement import Statement, Trace, together

#: Words as they are, or a figure to be put in words.
Piece = str | Statement


def sentence(id_: str, *pieces: Piece | Iterable[Piece], trace: Trace | None = None) -> Sentence:
    """The pieces one after the other. ``trace``: where more is behind it than the figures that it states."""
    every = list(_flat(pieces))
    behind = [each.trace for each in every if isinstance(each, Statement)]
    text = "".join(each if isinstance(each, str) else said(each) for each in every)
    return Sentence(id_, text, trace or (together(behind) if behind else None))


def _flat(pieces: Iterable[Piece | Iterable[Piece]]) -> Iterator[Piece]:
    for each in pieces:
        if isinstance(each, str | Statement):
            yield each
        else:
            yield from each


def joined(groups: Iterable[Piece | Sequence[Piece]], sign: str) -> list[Piece]:
    """Groups of pieces with ``sign`` between them; an empty one leaves none."""
    found: list[Piece] = []
    for each in groups:
        if each:
            found += [sign] if found else []
            found += [each] if isinstance(each, str | Statement) else each
    return found


def said(each: Statement) -> str:
    """A figure in words: ``总阅读量约158万人次（其中3条无数据）``."""
    spread = each.count
    if spread is None:
        return f"{each.word}{wording.NO_DATA}"
    if each.way == "count":
        number = f"{each.word}{wording.count(spread, each.measure)}"
    elif each.way == "single":
        number = f"{each.word}{wording.single(spread, each.marks, each.measure)}"
    else:
        say = wording.change if each.way == "change" else wording.total
        number = wording.whole(
            spread, each.parts, each.marks, each.measure, word=each.word, say=say
        )
    missing = each.value.missing if isinstance(each.value, Count) and each.items else 0
    hidden = f"（其中{counted(missing, each.items)}{wording.NO_DATA}）" if missing else ""
    unsure = f"（另有{counted(each.unsure, each.items)}无法判断）" if each.unsure else ""
    return f"{number}{hidden}{unsure}"


def counted(number: int, measure: str) -> str:
    """An exact number of things that no figure states: of those left out, of accounts."""
    return f"{number}{measure}"
