"""The rows of a sheet whose layout is found, as records: one pass over the known cells of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, TypedDict, TypeVar

from adapters.contract import Account, Cell, File, FileRecord, Row
from adapters.errors import Invalid
from adapters.records import METRICS, Beside, Count, Kind, Metrics, Post, Remark, State
from adapters.tables.cells import (
    UNITS,
    as_text,
    count_under,
    identifier,
    link,
    number_or_text,
    unwrapped,
)
from adapters.tables.columns import FoundTable, Layout, data_rows, first
from adapters.tables.counts import NO_FIGURE, tried
from adapters.tables.dates import published, since_1904, unix
from adapters.tables.days import read_days
from adapters.tables.heads import FIGURES, bad_row, unclear
from adapters.tables.merged import shared
from adapters.tables.rows import is_no_work, is_remark
from adapters.tables.units import WORDS, Unit, may_say, of_cell, said

#: A reader of cells that remembers what it read: columns repeat themselves (a few MB a column at the most).
_remembering = lru_cache(maxsize=2**13, typed=True)
#: What a column 是否原创 holds; anything else says nothing.
ORIGINAL: Mapping[str, bool] = {
    **dict.fromkeys(("是", "原创", "True", "true", "1", "TRUE"), True),
    **dict.fromkeys(("否", "转载", "非原创", "False", "false", "0", "FALSE"), False),
}

T = TypeVar("T")
Finish = Callable[[Post], FileRecord | None]


class FileHalf(TypedDict):
    """The file half of an Adapter."""

    recognises: Callable[[File, Account], bool]
    read_file: Callable[[File, Account], Iterator[FileRecord]]
    file_metrics: frozenset[str]


def export(*layouts: Layout, finish: Finish | None = None) -> FileHalf:
    """The file half of an adapter whose files are tables in one of these layouts: of works (``finish`` as in ``read``),
    or, where a column fills ``day``, of the account by day."""

    def recognises(file: File, account: Account) -> bool:
        return any(first(file, layouts))

    def read_file(file: File, account: Account) -> Iterator[FileRecord]:
        for found in first(file, layouts):
            by_day = any(column.field == "day" for _, column in found.columns)
            yield from read_days(found) if by_day else read(found, finish)

    works = [{each.field for each in layout.columns} for layout in layouts]
    shown = {field for fields in works if "day" not in fields for field in fields & {*METRICS}}
    return FileHalf(recognises=recognises, read_file=read_file, file_metrics=frozenset(shown))


def read(found: FoundTable, finish: Finish | None = None) -> Iterator[FileRecord]:
    """The headings of a found layout, then one Post (or Invalid) for each of its rows, and what was left out.
    ``finish`` makes of each Post what the source means by it; its ValueError is the row's."""
    yield found.headings()
    reader = _RowReader(found)
    width = len(found.head.cells)
    nameless = tuple(at for at, cell in enumerate(found.head.cells) if not cell)
    held: set[int] = set()
    for number, row in data_rows(found):
        try:
            if len(row) > width and any(cell not in (None, "") for cell in row[width:]):
                raise ValueError(f"这一行有 {len(row)} 格，栏目名只有 {width} 格，各栏可能已经错位")
            record: FileRecord | None = reader.post(row, number)
            if finish is not None and isinstance(record, Post):
                record = finish(record)
        except ValueError as problem:
            yield bad_row(found.sheet, number, problem)
        else:
            if record is not None:
                yield record
                if reader.unread:
                    yield from reader.not_read(number)
        if nameless:
            held.update(at for at in nameless if row[at] not in (None, ""))
    yield from _left_out(found, reader.left_out, held)


def _left_out(found: FoundTable, rows: int, columns: Iterable[int]) -> Iterator[Remark]:
    where, sheet = f"工作表“{found.sheet.name}”", found.sheet.index
    for what in found.doubtful.values():
        yield Remark(what=f"{where}{what}", sheet=sheet)
    if rows:
        what = f"{where}有 {rows} 行不是作品（合计、平均、备注、填表人等），没有算进来"
        yield Remark(what=what, sheet=sheet)
    if columns:
        places = "、".join(f"第{at + 1}列" for at in sorted(columns))
        yield Remark(what=f"{where}{places}没有栏目名，里面的内容没有采用", sheet=sheet)


def _words(cell: Cell) -> str:
    return unwrapped(as_text(cell))


#: Facts that are texts: how their cells are read.
_FACTS: Mapping[str, Callable[[Cell], str]] = {
    "key": identifier,
    "url": link,
    "account": _words,
    "author": _words,
    "column": _words,
}


class _RowReader:
    """A found layout made ready: what is read of each column and how. ``left_out`` counts the rows that are no work;
    ``unread``: row (0-based) → column → what is wrong with a cell that gives no figure."""

    def __init__(self, found: FoundTable) -> None:
        self.found, self.layout = found, found.layout
        self.left_out = 0
        self.missing = self.layout.missing | NO_FIGURE
        self.names = {index: found.head.cells[index] for index, _ in found.columns}
        self.at = at = {column.field: index for index, column in found.columns if column.field}
        self.title, self.time = at.get("title"), at.get("published_at")
        self.kind = self.remembered("kind", self.kind_of)
        self.state = self.remembered("state", self.state_of)
        self.original = self.remembered("original", lambda cell: ORIGINAL.get(as_text(cell)))
        self.metrics = {
            name: (at[name], _remembering(self.count_reader(at[name])))
            for name in METRICS
            if name in at
        }
        self.beside = {
            column.heading: (index, _remembering(self.beside_reader(column.unit)))
            for index, column in found.columns
            if not column.field
        }
        self.facts = {name: (at[name], read) for name, read in _FACTS.items() if name in at}
        self.details = {
            name.removeprefix("detail:"): index
            for name, index in at.items()
            if name.startswith("detail:") or name == "followers"
        }
        self.figures = tuple(index for index, _ in self.metrics.values())
        self.leading = tuple(
            index
            for index in range(at.get("title", 0))
            if index not in self.names or index == at.get("published_at")
        )
        self.unread = self.cells_unread()

    def cells_unread(self) -> dict[int, dict[int, str]]:
        found = self.found
        counted = {index for index, column in found.columns if column.field in FIGURES}
        merged = shared(found.sheet, found.head.row + 1, counted, tuple(self.names))
        cells: dict[int, dict[int, str]] = {}
        for (row, column), what in (*found.sheet.unread.items(), *merged):
            if column in self.names:
                cells.setdefault(row, {})[column] = what
        return cells

    def not_read(self, number: int) -> Iterator[Invalid]:
        """The cells of a row that was read without them."""
        for column, what in self.unread.get(number - 1, {}).items():
            if what:
                yield bad_row(self.found.sheet, number, f"“{self.names[column]}”一格{what}")

    def count_reader(self, index: int) -> partial[Count | None]:
        return partial(
            count_under,
            self.names[index],
            missing=self.missing,
            cut=self.layout.cut,
            factor=self.found.factors.get(index, 1),
        )

    def beside_reader(self, unit: str) -> Callable[[Cell], Beside | None]:
        def read_cell(cell: Cell) -> Beside | None:
            if cell is None or number_or_text(cell) in self.layout.missing:
                return None
            return UNITS[unit](cell)

        return read_cell

    def remembered(self, field: str, read: Callable[[Cell], T]) -> Callable[[Row], T]:
        """Reads a fact of a row that repeats itself; of a table without that column it is the same for each."""
        read_cell = _remembering(read)
        if field not in self.at:
            return lambda _: read_cell(None)
        index = self.at[field]
        return lambda row: read_cell(row[index])

    def post(self, row: Row, number: int) -> Post | None:
        title = "" if self.title is None else _words(row[self.title])
        time_cell = None if self.time is None else row[self.time]
        if time_cell in (None, "") or is_remark(title):
            self.refuse_unit_below(row, number)
            if self.layout.undated is not None:
                self.layout.undated(self.found.sheet, row, number - 1)
        if is_no_work(row, title, time_cell, self.leading, self.figures):
            self.left_out += 1
            return None
        unread = self.unread.get(number - 1, {}) if self.unread else {}
        for name in ("title", "published_at", "key") if unread else ():
            if what := unread.get(self.at.get(name, -1)):
                raise ValueError(f"“{self.names[self.at[name]]}”一格{what}")
        moment, date_only = self.moment(time_cell)
        facts: dict[str, Any] = {
            name: read(row[index]) for name, (index, read) in self.facts.items()
        }
        named = title or facts.get("key") or facts.get("url")
        if "title" in self.at and not named and not self.layout.untitled:
            raise ValueError("没有标题")
        return Post(
            title=title,
            published_at=moment,
            date_only=date_only,
            kind=self.kind(row),
            state=self.state(row),
            original=self.original(row),
            metrics=self.counts(row, number, unread),
            beside={
                heading: value
                for heading, (index, read) in self.beside.items()
                if (value := read(row[index])) is not None
            },
            details={
                name: text
                for name, index in self.details.items()
                if (text := self.detail(row[index], index))
            },
            sheet=self.found.sheet.index,
            row=number,
            **facts,
        )

    def moment(self, cell: Cell) -> tuple[datetime, bool]:
        if cell in (None, ""):
            raise ValueError("没有发布时间")
        if self.layout.timestamps:
            return unix(cell), False
        moment, date_only = published(since_1904(cell) if self.found.sheet.from_1904 else cell)
        if self.layout.date_only:
            return moment.replace(hour=0, minute=0, second=0), True
        return moment, date_only

    def kind_of(self, cell: Cell) -> Kind | None:
        if "kind" not in self.at or self.layout.kinds is None:
            return self.layout.kind
        return self.layout.kinds(as_text(cell)) or self.layout.kind

    def state_of(self, cell: Cell) -> State:
        if "state" not in self.at:
            return "public"
        text = as_text(cell)
        state = self.layout.states.get(text)
        if state is None and text not in self.layout.missing:
            raise ValueError(f"“{self.names[self.at['state']]}”一栏不认识的状态“{text}”")
        return state or "public"

    def counts(self, row: Row, number: int, unread: Mapping[int, str]) -> Metrics:
        """The figures of a row, under the unit that its column 单位 says, if any."""
        unit = of_cell(as_text(row[self.at["unit"]])) if "unit" in self.at else None
        if unit is None and not unread:
            return Metrics(
                **{name: read(row[index]) for name, (index, read) in self.metrics.items()}
            )
        return Metrics(
            **{
                name: read(row[index])
                if unit is None
                else self.under(unit, name, index, row[index], number)
                for name, (index, read) in self.metrics.items()
                if index not in unread
            }
        )

    def under(self, unit: Unit, name: str, index: int, cell: Cell, number: int) -> Count | None:
        """A figure under the unit of its row; none where nobody can tell whether that is said of it (人次 of likes)."""
        read_cell = self.count_reader(index)
        found = read_cell(cell, factor=unit.factor)
        if found is None or not found.value or unit.factor == 1 or unit.fits(name):
            return found
        plain = tried(partial(read_cell, factor=1), cell)
        if plain is None or plain == found:  # 0.6 is none of anything
            return found
        what = f"没有采用：看不出这一行的单位“{unit.word}”是不是也说它"
        self.unread.setdefault(number - 1, {})[index] = what
        return None

    def detail(self, cell: Cell, index: int) -> str:
        """A text; a bare number under a unit gets its 万."""
        text, factor = as_text(cell), self.found.factors.get(index, 1)
        if factor == 1 or not text.replace(".", "", 1).replace(",", "").isdigit():
            return text
        count_under(self.names[index], text, factor=factor)  # is it believable at all?
        return f"{text}{WORDS[factor]}"

    def refuse_unit_below(self, row: Row, number: int) -> None:
        """Raises Invalid where a line below the table states a unit that was not applied: what was read until there is
        false."""
        for cell in row:
            if isinstance(cell, str) and may_say(cell):
                try:
                    stated = said(cell)
                except ValueError as problem:
                    raise unclear(self.found.sheet, number - 1, f"{problem}") from None
                factor = stated.factor if stated else 1
                if factor != 1 and factor not in self.found.factors.values():
                    what = f"表格下面写着“{cell.strip()[:30]}”，请把单位写到表头里或表头上面"
                    raise unclear(self.found.sheet, number - 1, what)
