"""An account's figures by day, as the back-ends of platforms export them and as people write them in their own tables."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.contract import Cell, FileRecord, Row
from adapters.records import AccountFigures, Count, Post
from adapters.tables.cells import as_text, count_under
from adapters.tables.columns import FoundTable, data_rows
from adapters.tables.dates import end_of_day, published
from adapters.tables.heads import bad_row
from adapters.tables.rows import is_total

#: Figures that hold at the end of a day; the others of a row are that day's flow.
STANDING = frozenset({"followers", "loyal_followers"})
#: Figures that may be negative.
_SIGNED = frozenset({"followers_net"})
#: The channel that stands for all: channels overlap, so they are never added up.
EVERY_CHANNEL = "全部"


def read_days(found: FoundTable) -> Iterator[FileRecord]:
    """The headings, then for each day (Asia/Shanghai) the figures that stand at its end and its flows. Columns fill
    ``day``, ``channel`` (only its 全部 counts) or the name of a figure."""
    yield found.headings()
    for number, row in data_rows(found):
        try:
            yield from _day(found, row, number)
        except ValueError as problem:
            yield bad_row(found.sheet, number, problem)


def _day(found: FoundTable, row: Row, number: int) -> Iterator[AccountFigures]:
    cells = {
        column.field: (column.heading, row[at]) for at, column in found.columns if column.field
    }
    _, time_cell = cells.pop("day")
    _, channel = cells.pop("channel", ("", EVERY_CHANNEL))
    if as_text(channel) != EVERY_CHANNEL or is_total(time_cell):
        return
    day = published(time_cell)[0].date()
    figures = {
        name: value
        for name, (heading, cell) in cells.items()
        if (value := _figure(name, heading, cell, found.layout.missing)) is not None
    }
    standing = {name: value for name, value in figures.items() if name in STANDING}
    flows = {name: value for name, value in figures.items() if name not in STANDING}
    end, sheet = end_of_day(day), found.sheet.index
    if standing:
        yield AccountFigures(figures=standing, observed_at=end, sheet=sheet, row=number)
    if flows:
        yield AccountFigures(figures=flows, observed_at=end, day=day, sheet=sheet, row=number)


def _figure(name: str, heading: str, cell: Cell, missing: frozenset[str]) -> Count | None:
    if name not in _SIGNED:
        return count_under(heading, cell, missing=missing)
    text = as_text(cell)
    negative = text.startswith("-") and text.strip("-") != ""
    value = count_under(heading, text.removeprefix("-") if negative else cell, missing=missing)
    return None if value is None else Count(-value.value if negative else value.value)


def followers_of(post: Post) -> AccountFigures | None:
    """The followers that a row of an own table states under 粉丝数, at its moment or the end of its day; None where the
    cell was left empty."""
    value = count_under("粉丝数", post.details.get("followers", ""))
    moment = post.published_at
    if value is None or moment is None:
        return None
    return AccountFigures(
        figures={"followers": value},
        observed_at=end_of_day(moment.date()) if post.date_only else moment,
        account=post.account,
        sheet=post.sheet,
        row=post.row,
    )
