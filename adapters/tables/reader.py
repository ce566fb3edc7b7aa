"""The rows of a sheet whose layout is found, as records: one pass over the known cells of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

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
from adapters.tables.columns import Found, Layout, bad_row, data_rows, first
from adapters.tables.counts import NO_FIGURE, count
from adapters.tables.dates import published, since_1904, unix
from adapters.tables.days import read_days
from adapters.tables.heads import unclear
from adapters.tables.merged import shared
from adapters.tables.rows import is_caption, is_remark, is_signature, is_total
from adapters.tables.scaled import FIGURES
from adapters.tables.units import WORDS, Unit, may_say, of_cell, said

#: Different cells of one column whose reading is remembered (a few MB at the most).
REMEMBERED = 2**13


Finish = Callable[[Post], FileRecord | None]


def export(
    *layouts: Layout, finish: Finish | None = None
) -> tuple[Callable[[File, Account], bool], Callable[[File, Account], Iterator[FileRecord]]]:
    """``recognises`` and ``read_file`` of an adapter whose files are tables in one of these layouts: of works (``finish``
    makes of each Post what the source means by it), or, where a column fills ``day``, of the account by day."""

    def recognises(file: File, account: Account) -> bool:
        return any(first(file, layouts))

    def read_file(file: File, account: Account) -> Iterator[FileRecord]:
        for found in first(file, layouts):
            by_day = any(column.field == "day" for _, column in found.columns)
            yield from read_days(found) if by_day else read(found, finish)

    return recognises, read_file


def read(found: Found, finish: Finish | None = None) -> Iterator[FileRecord]:
    """The headings of a found layout, then one Post (or Invalid) for each of its rows, and what was left out.

    ``finish`` makes of each Post what the source means by it; its ValueError is the row's.
    """
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
            yield bad_row(found, number, problem)
        else:
            if record is not None:
                yield record
                if reader.unread:
                    yield from reader.not_read(number)
        if nameless:
            held.update(at for at in nameless if at < len(row) and row[at] not in (None, ""))
    for what in found.doubtful.values():
        yield Remark(what=f"工作表“{found.sheet.name}”{what}", sheet=found.sheet.index)
    yield from _left_out(found, reader.left_out, held)


def _left_out(found: Found, rows: int, columns: Iterable[int]) -> Iterator[Remark]:
    where, sheet = f"工作表“{found.sheet.name}”", found.sheet.index
    if rows:
        yield Remark(
            what=f"{where}有 {rows} 行不是作品（合计、平均、备注、填表人等），没有算进来",
            sheet=sheet,
        )
    if columns:
        places = "、".join(f"第{at + 1}列" for at in sorted(columns))
        yield Remark(what=f"{where}{places}没有栏目名，里面的内容没有采用", sheet=sheet)


class _RowReader:
    """Compiled form of a found layout: each row costs one pass over its known cells. ``left_out`` counts the rows that
    are no work; ``unread``: row (0-based) → column → what is wrong with a cell that gives no figure."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.layout = found.layout
        self.sheet = found.sheet.index
        self.left_out = 0
        at = {column.field: index for index, column in found.columns if column.field}
        self.names = {index: found.head.cells[index] for index, _ in found.columns}
        self.metrics = tuple(
            (name, at[name], self.count_reader(at[name])) for name in METRICS if name in at
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
        title = at.get("title", 0)
        self.leading = tuple(
            index
            for index in range(title)
            if index not in self.names or index == at.get("published_at")
        )
        self.unread = self.cells_unread(found)

    def cells_unread(self, found: Found) -> dict[int, dict[int, str]]:
        cells: dict[int, dict[int, str]] = {}
        for (row, column), what in found.sheet.unread.items():
            if column in self.names:
                cells.setdefault(row, {})[column] = what
        figures = {index for index, column in found.columns if column.field in FIGURES}
        for (row, column), what in shared(
            found.sheet, found.head.row + 1, figures, tuple(self.names)
        ):
            cells.setdefault(row, {})[column] = what
        return cells

    def not_read(self, number: int) -> Iterator[Invalid]:
        """The cells of a row that was read without them."""
        for column, what in self.unread.get(number - 1, {}).items():
            if what:
                yield bad_row(self.found, number, ValueError(f"“{self.names[column]}”一格{what}"))

    def count_reader(self, index: int) -> Callable[[Cell], Count | None]:
        """``count_under`` for one column, remembering what it read: columns repeat themselves."""
        read_cell = partial(
            count_under,
            self.names[index],
            missing=self.layout.missing | NO_FIGURE,
            cut=self.layout.cut,
            factor=self.found.factors.get(index, 1),
        )
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
        title = unwrapped(title.strip() if isinstance(title, str) else as_text(title))
        time_cell = _cell(row, at.get("published_at"))
        if time_cell in (None, "") or is_remark(title):
            self.refuse_unit_below(row, number)
            if self.layout.undated is not None:
                self.layout.undated(self.found.sheet, row, number - 1)
        if self.no_work(row, title, time_cell):
            self.left_out += 1
            return None
        missing = self.unread.get(number - 1, {}) if self.unread else {}
        for name in ("title", "published_at", "key"):
            if what := missing.get(at.get(name, -1)):
                raise ValueError(f"“{self.names[at[name]]}”一格{what}")
        moment, date_only = self.moment(time_cell)
        key, url = self.key(row), link(_cell(row, at["url"])) if "url" in at else ""
        if "title" in at and not (title or key or url or self.layout.untitled):
            raise ValueError("没有标题")
        counts: dict[str, Any] = {}
        unit = self.row_unit(row)
        for name, index, read_count in self.metrics:
            if index < width and index not in missing:
                cell = row[index]
                counts[name] = (
                    read_count(cell)
                    if unit is None
                    else self.under(unit, name, index, cell, number)
                )
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
                name: text for name, i in self.details.items() if (text := self.detail(row, i))
            },
            sheet=self.sheet,
            row=number,
            key=key,
            url=url,
            account=self.fact(row, "account"),
            author=self.fact(row, "author"),
            column=self.fact(row, "column"),
        )

    def no_work(self, row: Row, title: str, time_cell: Cell) -> bool:
        """Whether a row sums up, compares, remarks or signs, by the words in _rows.py."""
        dated = time_cell not in (None, "")
        if is_total(title, dated=dated) or is_total(time_cell, dated=True):
            return True
        if any(is_total(row[at], dated=dated) for at in self.leading if at < len(row)):
            return True
        if not (title and dated) and any(map(is_total, row)):
            return True
        if not any(map(_says, row)):
            return True  # a line drawn across
        filled = [cell for cell in row if cell not in (None, "")]
        if len(filled) == 1 and is_caption(filled[0]) and not _is_day(time_cell):
            return True
        first_text = next((cell for cell in row if isinstance(cell, str) and cell.strip()), "")
        return self.below(row, first_text, time_cell) or (
            title != first_text and self.below(row, title, time_cell)
        )

    def below(self, row: Row, text: str, time_cell: Cell) -> bool:
        """Whether ``text`` begins a line below the table: then the row has no figures either."""
        signed = is_signature(text)
        if not signed and not is_remark(text):
            return False
        if any(_is_figure(_cell(row, index)) for _, index, _ in self.metrics):
            return False
        return time_cell in (None, "") or (
            isinstance(time_cell, str)
            and (signed or is_signature(time_cell) or is_remark(time_cell))
        )

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

    def row_unit(self, row: Row) -> Unit | None:
        """What a column 单位 says of this row; None where there is none."""
        if "unit" not in self.at:
            return None
        return of_cell(as_text(_cell(row, self.at["unit"])))

    def under(self, unit: Unit, name: str, index: int, cell: Cell, number: int) -> Count | None:
        """A figure under the unit of its row; none where nobody can tell whether that is said of it (人次 of likes)."""
        missing = self.layout.missing | NO_FIGURE
        read_cell = partial(
            count_under, self.names[index], cell, missing=missing, cut=self.layout.cut
        )
        found = read_cell(factor=unit.factor)
        if found is None or not found.value or unit.factor == 1 or unit.fits(name):
            return found
        try:
            plain = read_cell(factor=1)
        except ValueError:
            return found  # 0.6 is none of anything
        if plain != found:
            what = f"没有采用：看不出这一行的单位“{unit.word}”是不是也说它"
            self.unread.setdefault(number - 1, {})[index] = what
            return None
        return found

    def fact(self, row: Row, name: str) -> str:
        return unwrapped(as_text(_cell(row, self.at[name]))) if name in self.at else ""

    def detail(self, row: Row, index: int) -> str:
        """A text; a bare number under a unit gets its 万."""
        text = as_text(_cell(row, index))
        factor = self.found.factors.get(index, 1)
        if factor == 1 or not text.replace(".", "", 1).replace(",", "").isdigit():
            return text
        count_under(self.names[index], text, factor=factor)  # is it believable at all?
        return f"{text}{WORDS[factor]}"

    def key(self, row: Row) -> str:
        return identifier(_cell(row, self.at["key"])) if "key" in self.at else ""

    def moment(self, cell: Cell) -> tuple[datetime, bool]:
        if cell in (None, ""):
            raise ValueError("没有发布时间")
        if self.layout.timestamps:
            return unix(cell), False
        if self.found.sheet.from_1904:
            cell = since_1904(cell)
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


def _is_figure(cell: Cell) -> bool:
    try:
        return count(cell, missing=NO_FIGURE) is not None
    except ValueError:
        return False


def _says(cell: Cell) -> bool:
    return any(map(str.isalnum, cell)) if isinstance(cell, str) else cell is not None


def _cell(row: Row, index: int | None) -> Cell:
    return row[index] if index is not None and index < len(row) else None


def _is_day(cell: Cell) -> bool:
    """Whether a cell is a day of its own (2026-07-31), no caption of several (9月)."""
    try:
        published(cell)
    except ValueError:
        return False
    return True
