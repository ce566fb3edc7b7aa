"""An account's figures by day, and sheets with several tables side by side (docs/platforms.md §2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from adapters._wechat_tables import EVERY_CHANNEL
from adapters.contract import Cell, FileRecord, Row, Sheet
from adapters.records import AccountFigures, Count
from adapters.tables.cells import as_text, plain
from adapters.tables.columns import Found, bad_row, data_rows
from adapters.tables.counts import count
from adapters.tables.dates import end_of_day, published
from adapters.tables.heads import HEAD_ROWS
from adapters.tables.rows import is_total

_BLOCK_STARTS = frozenset({"日期", "传播渠道"})
#: Figures that hold at the end of a day; the others of a row are that day's flow.
_STANDING = frozenset({"followers"})
#: Figures that may be negative.
_SIGNED = frozenset({"followers_net"})


def blocks(sheet: Sheet) -> Iterator[Sheet]:
    """Tables that stand side by side, each as a sheet of its own: their headings repeat (日期, 阅读人数),
    and their lengths differ. A table begins at 日期 or 传播渠道 and ends at a blank heading."""
    for row in sheet.head[:HEAD_ROWS]:
        headings = [plain(cell) for cell in row]
        starts = [at for at, text in enumerate(headings) if text in _BLOCK_STARTS]
        if not starts:
            continue
        for start, next_start in zip(starts, [*starts[1:], len(headings)], strict=True):
            blanks = (at for at in range(start, next_start) if not headings[at])
            yield _part(sheet, start, next(blanks, next_start))
        return


def _part(sheet: Sheet, start: int, end: int) -> Sheet:
    head = tuple(tuple(row[start:end]) for row in sheet.head)
    return Sheet(sheet.name, sheet.index, head, lambda: (tuple(r[start:end]) for r in sheet.rows()))


def account_figures(found: Found) -> Iterator[FileRecord]:
    """The figures of an account, day by day (Asia/Shanghai). Of a table by channel only 全部 counts; a
    day without such a row gives nothing."""
    yield found.headings()
    at = {column.field: (index, column.heading) for index, column in found.columns}
    for number, row in data_rows(found):
        if "channel" in at and _text(row, at["channel"][0]) != EVERY_CHANNEL:
            continue
        if is_total(_text(row, at["day"][0])):
            continue
        try:
            day = published(_cell(row, at["day"][0]))[0].date()
            figures = {
                name: value
                for name, (index, heading) in at.items()
                if name not in ("day", "channel")
                and (value := _figure(_cell(row, index), name, heading)) is not None
            }
        except ValueError as problem:
            yield bad_row(found, number, problem)
        else:
            yield from _records(day, figures, found.sheet.index, number)


def _records(
    day: date, figures: dict[str, int | Count], sheet: int, row: int
) -> Iterator[AccountFigures]:
    standing = {name: value for name, value in figures.items() if name in _STANDING}
    flows = {name: value for name, value in figures.items() if name not in _STANDING}
    moment = end_of_day(day)
    if standing:
        yield AccountFigures(figures=standing, observed_at=moment, sheet=sheet, row=row)
    if flows:
        yield AccountFigures(figures=flows, observed_at=moment, day=day, sheet=sheet, row=row)


def _figure(cell: Cell, name: str, heading: str) -> int | Count | None:
    text = as_text(cell)
    negative = name in _SIGNED and text.startswith("-") and text.strip("-")
    try:
        value = count(text.removeprefix("-") if negative else cell)
    except ValueError as problem:
        raise ValueError(f"“{heading}”一栏{problem}") from None
    if value is None or name not in _SIGNED:
        return value
    return -value.value if negative else value.value


def _cell(row: Row, index: int) -> Cell:
    return row[index] if index < len(row) else None


def _text(row: Row, index: int) -> str:
    return as_text(_cell(row, index))
