"""xlsx and xls → sheets, by python-calamine. It pads the rows above the first used one, so that the
n-th row given is row n as Excel shows it; an error cell (``#DIV/0!``) and an empty one arrive alike, as ``""``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from adapters.contract import Row, Sheet
from adapters.errors import bad_file
from adapters.tables.xlsx import MAX_CELLS, MAX_ROWS, WorkbookFacts, too_large

HEAD = 12
#: Several sheet names may stand for one large part, which the reader would then read again and again.
MAX_READ = 2**30
MAX_SHEETS = 400


def sheet(
    title: str,
    index: int,
    rows: Callable[[], Iterable[Row]],
    merges: tuple[tuple[int, int, int, int], ...] = (),
    unread: Mapping[tuple[int, int], str] | None = None,
    from_1904: bool = False,
) -> Sheet:
    """A Sheet over ``rows``, a function that starts a fresh pass."""
    head = tuple(islice(rows(), HEAD))
    return Sheet(title, index, head, rows, merges, unread or {}, from_1904)


def workbook(
    path: Path, name: str, told: WorkbookFacts
) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """Every visible sheet with rows, and the names of the hidden ones; the file is closed again before this returns.
    Raises Invalid. Chart sheets and empty ones are left out. The stylesheet of 头条 does no harm here
    (docs/platforms.md §1.2, rule 9)."""
    with believed(name), path.open("rb") as stream, CalamineWorkbook.from_filelike(stream) as book:
        kept: list[Sheet] = []
        hidden: list[str] = []
        titles = book.sheet_names
        if len(titles) > MAX_SHEETS or len(titles) * path.stat().st_size > MAX_READ:
            raise bad_file(name, "工作表过多")
        area = 0
        for index, title in enumerate(titles):
            about = book.sheets_metadata[index]
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            if about.visible != SheetVisibleEnum.Visible:
                hidden.append(title)
                continue
            table = book.get_sheet_by_index(index)
            area += table.height * table.width
            if area > MAX_CELLS or (table.end or (0, 0))[0] > MAX_ROWS:
                raise too_large(name)
            literals = told.literals.get(index, {})
            if table.height or literals:
                left = (table.start or (0, 0))[1]
                merges = tuple(
                    (one[0], one[1] - left, other[0], other[1] - left)
                    for one, other in table.merged_cell_ranges or ()
                )
                unread = _moved(told.unread.get(index, {}), left)
                rows = _rows(table, name, _moved(literals, left))
                kept.append(sheet(title, index, rows, merges, unread, told.from_1904))
        if hidden and not kept:
            what = f"工作表都隐藏着：{'、'.join(hidden)}"
            raise bad_file(name, what, "请取消隐藏后存一次再放进来")
        return tuple(kept), tuple(hidden)


def _moved(cells: Mapping[tuple[int, int], str], left: int) -> dict[tuple[int, int], str]:
    """Cells by row and column, counted from the first column that is used."""
    return {(row, column - left): each for (row, column), each in cells.items()}


def _rows(
    table: CalamineSheet, name: str, literals: Mapping[tuple[int, int], str]
) -> Callable[[], Iterator[Row]]:
    """The rows of a table, with the formulas that are their own values in their places."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, at), each in literals.items():
        if at >= 0:
            by_row.setdefault(row, {})[at] = each

    def stored() -> Iterator[Row]:
        with believed(name):
            yield from table.iter_rows()

    def rows() -> Iterator[Row]:
        number = -1
        for number, row in enumerate(stored()):
            yield _with(row, by_row[number]) if number in by_row else row
        for beyond in range(number + 1, max(by_row) + 1):
            yield _with((), by_row.get(beyond, {}))

    return rows if by_row else stored


def _with(row: Row, cells: Mapping[int, str]) -> Row:
    filled = [*row, *[""] * (max(cells, default=-1) + 1 - len(row))]
    for at, each in cells.items():
        filled[at] = each
    return filled


@contextmanager
def believed(name: str) -> Iterator[None]:
    """Whatever the workbook reader trips over becomes Invalid, with the cause kept.

    Besides its own errors it raises ValueError and OverflowError for dates that do not exist, and a
    panic inside it arrives as pyo3_runtime.PanicException, which cannot be imported and derives from
    BaseException: known by its module, so that KeyboardInterrupt and SystemExit pass.
    """
    try:
        yield
    except PasswordError as problem:
        raise bad_file(name, "表格有密码保护", "请去掉密码后再放进来") from problem
    except (CalamineError, OSError, ValueError, OverflowError, MemoryError) as problem:
        raise bad_file(name, "表格已损坏或不是表格，打不开") from problem
    except BaseException as problem:
        if type(problem).__module__ != "pyo3_runtime":
            raise
        raise bad_file(name, "表格已损坏，读不下去") from problem
