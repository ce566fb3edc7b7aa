"""What every document says of a summary in words: its title, its parts in order, the text of a cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from adapters.records import Count
from reports import wording
from reports.centre import Centre
from reports.paper.paper import Chapter, Paper, Paragraph, Piece
from reports.periods import Period
from reports.section import Cell, Chart, Link, Section, Sentence, Table
from reports.statement import Statement, Trace

#: The section that says how the figures were made: it stands last and has no number.
NOTES = "note"
#: A remark in a cell may be longer than a title.
_REMARK = 300
#: What Excel takes for an address.
_ADDRESS = 2_079


class Listing(Protocol):
    """What documents draw: the summary of a centre, or of many. ``centre`` signs; ``as_of`` and ``known_by``: the newest
    moments of the figures, ``dated`` as of when in words; ``walk``: the command that shows what is behind a figure;
    ``behind``: that in words, by metrics, accounts and works."""

    @property
    def centre(self) -> Centre: ...
    @property
    def period(self) -> Period: ...
    @property
    def as_of(self) -> datetime: ...
    @property
    def known_by(self) -> datetime: ...
    @property
    def dated(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def sections(self) -> tuple[Section, ...]: ...
    @property
    def figures(self) -> Iterator[Statement]: ...
    def walk(self, id_: str) -> str: ...
    def behind(self, trace: Trace) -> list[Cell]: ...


@dataclass(frozen=True, slots=True)
class NumberedSection:
    """A section as it stands in the full listing: ``number`` is 一, 二 …, or empty for the notes."""

    number: str
    section: Section

    @property
    def title(self) -> str:
        return wording.line(self.section.title)

    @property
    def heading(self) -> str:
        return f"{self.number}、{self.title}" if self.number else self.title


def title(summary: Listing) -> str:
    return wording.line(summary.title)


def listed(summary: Listing) -> Iterator[NumberedSection]:
    """The sections in their order, numbered; the notes last."""
    numbered = [each for each in summary.sections if each.id != NOTES]
    for number, section in enumerate(numbered, start=1):
        yield NumberedSection(wording.ordinal(number), section)
    for section in summary.sections:
        if section.id == NOTES:
            yield NumberedSection("", section)


def fitted(paper: Paper) -> Paper:
    """The paper as any document can hold it: each text on one line, without control signs."""
    return replace(
        paper,
        title=wording.line(paper.title),
        addressee=wording.line(paper.addressee),
        chapters=tuple(
            Chapter(wording.line(each.title), tuple(map(_paragraph, each.paragraphs)))
            for each in paper.chapters
        ),
        notes=_paragraph(paper.notes),
        signature=tuple(map(wording.line, paper.signature)),
    )


def _paragraph(paragraph: Paragraph) -> Paragraph:
    pieces = tuple(Piece(_words(each.text), each.id) for each in paragraph.pieces)
    return Paragraph(pieces, _words(paragraph.heading))


def _words(text: str) -> str:
    """A piece of a line; blanks at its ends stay."""
    return wording.line(f"|{text}|")[1:-1]


@dataclass(frozen=True, slots=True)
class Annex:
    """A table at the paper's end: its title, ``mark`` (附表1; 附表 where there is one alone), and ``entry`` in the list
    of them (1．title)."""

    mark: str
    entry: str
    title: str
    table: Table


def annexes(paper: Paper) -> Iterator[Annex]:
    """The paper's tables, numbered."""
    alone = len(paper.tables) == 1
    for number, table in enumerate(paper.tables, start=1):
        title = wording.short(table.title)
        mark, entry = ("附表", title) if alone else (f"附表{number}", f"{number}．{title}")
        yield Annex(mark, entry, title, table)


def sentences(section: Section) -> Iterator[Sentence]:
    """The sentences as any document can hold them: one line each, without control signs."""
    for each in section.sentences:
        yield Sentence(each.id, wording.line(each.text), each.trace)


def charts(section: Section) -> Iterator[Chart]:
    """The charts that have something to show; where all is without data, the sentences and the table say so."""
    for each in section.charts:
        if any(value is not None for series in each.series for value in series.values):
            yield each


def cell(value: Cell) -> str:
    """A cell in words; a figure in full."""
    if value is None:
        return wording.NO_DATA
    if isinstance(value, Count):
        return wording.cell(value)
    if isinstance(value, Link):
        return wording.short(value.text)
    return wording.short(value, _REMARK) if isinstance(value, str) else wording.plain(value)


def safe(url: str) -> str:
    """An address that may be followed; empty for any other than http and https, or one that holds signs it cannot."""
    good = url.lower().startswith(("http://", "https://")) and len(url) <= _ADDRESS
    return url if good and url == wording.line(url) and " " not in url else ""


def rows(table: Table) -> Iterator[list[tuple[Cell, str, bool]]]:
    """Each cell with its words, and whether its column holds numbers: a sign among them (—) is set like them."""
    numbers = [
        any(row[at] is None or isinstance(row[at], int | float | Count) for row in table.rows)
        for at in range(len(table.headings))
    ]
    for row in table.rows:
        yield [(each, cell(each), number) for each, number in zip(row, numbers, strict=True)]


def narrow(table: Table) -> Table:
    """The table as it fits a page of paper."""
    if table.narrow is None:
        return table
    return Table(
        id=table.id,
        title=table.title,
        headings=tuple(table.headings[at] for at in table.narrow),
        rows=tuple(tuple(row[at] for at in table.narrow) for row in table.rows),
    )
