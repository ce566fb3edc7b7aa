"""Declared columns: a layout is a table of headings, and one reader turns any sheet that has them
into records. Headings are matched whole, after trimming, never by position, prefix or "contains"
(exports.md §14 rules 2, 3); units belong to a column, never guessed from values (rule 4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from adapters._cells import UNITS, as_text, count_under, folded, number_or_text, plain
from adapters._counts import DASHES
from adapters._dates import published, unix
from adapters.contract import Cell, File, FileRecord, Row, Sheet
from adapters.errors import Invalid
from adapters.records import METRICS, Beside, Count, Headings, Kind, Metrics, Post, State

#: How many leading rows may hold banners and titles before the headings (rule 2).
HEAD_ROWS = 10
#: Rows that a platform adds up itself (rule 5).
TOTALS = frozenset({"累计", "合计", "总计", "全部", "小计"})
#: Different cells of one column whose reading is remembered (a few MB at the most).
REMEMBERED = 2**13

#: What Excel makes of a long id when a csv is opened and saved: ``7.38E+18``.
_SHORTENED = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")
#: 阅读量(万): a table kept by hand may count in ten thousands and say so in its heading.
_TEN_THOUSANDS = re.compile(r"\((?:单位:)?万(?:次|人|人次)?\)$")
_BARE_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(\+?)")


@dataclass(frozen=True, slots=True)
class Column:
    """One heading (``also``: its synonyms) and the field it fills.

    ``field``: a metric; a fact (title key url published_at author column original kind state);
    ``detail:<name>``; or empty: kept beside under ``heading`` with the given ``unit`` (unit ``none``: known, and not
    kept). ``account`` names another account; ``followers`` goes to the details. ``needed`` marks a
    heading without which the sheet is not this layout. ``usual=False``: its absence is not worth a word.
    """

    heading: str
    field: str = ""
    unit: str = "number"
    also: tuple[str, ...] = ()
    needed: bool = False
    usual: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table of one source: its columns and how it writes what is missing, kinds and states.

    ``date_only``: the source never states a time, whatever a re-saved cell pretends.
    ``timestamps``: publish times are Unix seconds or milliseconds.
    ``forbidden``: headings whose presence says it is another layout.
    """

    name: str
    columns: tuple[Column, ...]
    missing: frozenset[str] = DASHES
    kinds: Callable[[str], Kind | None] | None = None
    kind: Kind | None = None
    states: Mapping[str, State] = field(default_factory=dict)
    cut: bool | None = None
    date_only: bool = False
    timestamps: bool = False
    forbidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A layout found in a sheet: the heading row (0-based) and which cell holds which column."""

    layout: Layout
    sheet: Sheet
    heading_row: int
    columns: tuple[tuple[int, Column], ...]
    unknown: tuple[str, ...]

    def headings(self) -> Headings:
        present = {column.heading for _, column in self.columns}
        head = self.sheet.head[self.heading_row]
        return Headings(
            layout=self.layout.name,
            mapped={as_text(head[at]): column.field for at, column in self.columns if column.field},
            kept=tuple(
                as_text(head[at])
                for at, column in self.columns
                if not column.field and column.unit != "none"
            ),
            unknown=self.unknown,
            missing=tuple(
                column.heading
                for column in self.layout.columns
                if column.usual and column.heading not in present
            ),
            sheet=self.sheet.index,
            row=self.heading_row + 1,
        )


def find(sheet: Sheet, layout: Layout) -> Found | None:
    """Where ``layout`` stands in the first rows of ``sheet``, or None."""
    names = {plain(name): each for each in layout.columns for name in (each.heading, *each.also)}
    needed = {each.heading for each in layout.columns if each.needed}
    for number, row in enumerate(sheet.head[:HEAD_ROWS]):
        placed: dict[str, int] = {}
        unknown: list[str] = []
        cells = [plain(cell) for cell in row]
        if layout.forbidden & set(cells):
            continue
        for at, text in enumerate(cells):
            column = names.get(text) if text else None
            if column is not None:
                placed.setdefault(column.heading, at)  # of a repeated heading the first counts
            elif text:
                unknown.append(as_text(row[at]))
        if needed <= placed.keys():
            by_heading = {each.heading: each for each in layout.columns}
            columns = tuple((at, by_heading[name]) for name, at in placed.items())
            return Found(layout, sheet, number, columns, tuple(unknown))
    return None


def first(file: File, layouts: Iterable[Layout]) -> Iterator[Found]:
    """The layouts found in a file: for each sheet the first of ``layouts`` that fits."""
    candidates = tuple(layouts)
    for sheet in file.sheets:
        for layout in candidates:
            found = find(sheet, layout)
            if found is not None:
                yield found
                break


def read(
    found: Found, finish: Callable[[Post], FileRecord | None] | None = None
) -> Iterator[FileRecord]:
    """The headings of a found layout, then one Post (or Invalid) for each of its rows.

    ``finish`` makes of each Post what the source means by it; its ValueError is the row's.
    """
    yield found.headings()
    reader = _RowReader(found)
    width = len(found.sheet.head[found.heading_row])
    for number, row in data_rows(found):
        try:
            if len(row) > width and any(cell not in (None, "") for cell in row[width:]):
                raise ValueError(f"这一行有 {len(row)} 格，栏目名只有 {width} 格，各栏可能已经错位")
            record: FileRecord | None = reader.post(row, number)
            if finish is not None and isinstance(record, Post):
                record = finish(record)
        except ValueError as problem:
            yield bad_row(found, number, problem)
        else:
            if record is not None:
                yield record


def data_rows(found: Found) -> Iterator[tuple[int, Row]]:
    """(1-based row number, cells) below the headings; blank rows and repeated headings left out.
    Under a heading that counts in 万 a bare number gets its 万."""
    head = tuple(found.sheet.head[found.heading_row])
    scaled = tuple(at for at, _ in found.columns if _TEN_THOUSANDS.search(folded(head[at])))
    for number, row in enumerate(found.sheet.rows(), start=1):
        if number <= found.heading_row + 1:
            continue
        if not any(row) and all(cell in (None, "") for cell in row):
            continue
        if row[0] == head[0] and tuple(row) == head:
            continue
        yield number, _in_ten_thousands(row, scaled) if scaled else row


def _in_ten_thousands(row: Row, scaled: tuple[int, ...]) -> Row:
    cells = list(row)
    for at in scaled:
        cell = cells[at] if at < len(cells) else None
        believable = isinstance(cell, int | float) and abs(cell) < 10**9
        if believable or isinstance(cell, str):
            match = _BARE_NUMBER.fullmatch(as_text(cell))
            cells[at] = f"{match[1]}万{match[2]}" if match else cell
    return cells


def bad_row(found: Found, number: int, problem: ValueError) -> Invalid:
    """A row that cannot be believed, named by sheet and row."""
    return Invalid(
        str(problem),
        target=f"工作表“{found.sheet.name}”第{number}行",
        advice="请核对这一行后重新导入，其余行不受影响",
        sheet=found.sheet.index,
        row=number,
    )


class _RowReader:
    """Compiled form of a found layout: each row costs one pass over its known cells."""

    def __init__(self, found: Found) -> None:
        self.layout = found.layout
        self.sheet = found.sheet.index
        at = {column.field: index for index, column in found.columns if column.field}
        self.names = {index: column.heading for index, column in found.columns}
        self.metrics = tuple(
            (name, at[name], self.count_reader(self.names[at[name]]))
            for name in METRICS
            if name in at
        )
        self.details = {
            name.removeprefix("detail:"): index
            for name, index in at.items()
            if name.startswith("detail:") or name == "followers"
        }
        self.at = at
        self.beside = tuple(
            (column.heading, index, self.beside_reader(UNITS[column.unit]))
            for index, column in found.columns
            if not column.field
        )

    def count_reader(self, heading: str) -> Callable[[Cell], Count | None]:
        """``count_under`` for one column, remembering what it read: columns repeat themselves."""
        read_cell = partial(count_under, heading, missing=self.layout.missing, cut=self.layout.cut)
        return lru_cache(maxsize=REMEMBERED, typed=True)(read_cell)

    def beside_reader(
        self, read_unit: Callable[[Cell], Beside | None]
    ) -> Callable[[Cell], Beside | None]:
        """``read_unit`` for one column, with its missing signs as None."""

        @lru_cache(maxsize=REMEMBERED, typed=True)
        def read_cell(cell: Cell) -> Beside | None:
            if cell is None or number_or_text(cell) in self.layout.missing:
                return None
            return read_unit(cell)

        return read_cell

    def post(self, row: Row, number: int) -> Post | None:
        at, width = self.at, len(row)
        title = _cell(row, at.get("title"))
        title = title.strip() if isinstance(title, str) else as_text(title)
        time_cell = _cell(row, at.get("published_at"))
        if title in TOTALS or (isinstance(time_cell, str) and time_cell.strip() in TOTALS):
            return None
        if time_cell in (None, "") and any(plain(cell) in TOTALS for cell in row):
            return None
        moment, date_only = self.moment(time_cell)
        counts: dict[str, Any] = {}
        for name, index, read_count in self.metrics:
            if index < width:
                counts[name] = read_count(row[index])
        return Post(
            title=title,
            published_at=moment,
            date_only=date_only,
            kind=self.kind(row),
            state=self.state(row),
            original=self.original(row),
            metrics=Metrics(**counts),
            beside=self.kept_beside(row, width),
            details={
                name: text for name, i in self.details.items() if (text := as_text(_cell(row, i)))
            },
            sheet=self.sheet,
            row=number,
            key=self.key(row),
            url=self.fact(row, "url"),
            account=self.fact(row, "account"),
            author=self.fact(row, "author"),
            column=self.fact(row, "column"),
        )

    def fact(self, row: Row, name: str) -> str:
        return as_text(_cell(row, self.at[name])) if name in self.at else ""

    def key(self, row: Row) -> str:
        text = self.fact(row, "key")
        if _SHORTENED.fullmatch(text):
            raise ValueError(f"编号“{text}”被 Excel 缩写，末几位已经丢失，请重新导出并保持为文本")
        return text

    def moment(self, cell: Cell) -> tuple[datetime, bool]:
        if cell in (None, ""):
            raise ValueError("没有发布时间")
        if self.layout.timestamps:
            return unix(cell), False
        moment, date_only = published(cell)
        if self.layout.date_only:
            return moment.replace(hour=0, minute=0, second=0), True
        return moment, date_only

    def kept_beside(self, row: Row, width: int) -> dict[str, Beside]:
        kept: dict[str, Beside] = {}
        for name, index, read_cell in self.beside:
            if index < width:
                value = read_cell(row[index])
                if value is not None:
                    kept[name] = value
        return kept

    def kind(self, row: Row) -> Kind | None:
        if "kind" not in self.at or self.layout.kinds is None:
            return self.layout.kind
        return self.layout.kinds(as_text(_cell(row, self.at["kind"]))) or self.layout.kind

    def state(self, row: Row) -> State:
        if "state" not in self.at:
            return "public"
        text = as_text(_cell(row, self.at["state"]))
        state = self.layout.states.get(text)
        if state is None and text not in self.layout.missing:
            raise ValueError(f"“{self.names[self.at['state']]}”一栏不认识的状态“{text}”")
        return state or "public"

    def original(self, row: Row) -> bool | None:
        if "original" not in self.at:
            return None
        text = as_text(_cell(row, self.at["original"]))
        if text in ORIGINAL:
            return True
        return False if text in REPRINT else None


#: What a column 是否原创 holds.
ORIGINAL = frozenset({"是", "原创", "True", "true", "1", "TRUE"})
REPRINT = frozenset({"否", "转载", "非原创", "False", "false", "0", "FALSE"})


def _cell(row: Row, index: int | None) -> Cell:
    return row[index] if index is not None and index < len(row) else None
