"""Rows of cells that may cover others, as HTML and SpreadsheetML write them: a covered place is empty, and the merge
is told of beside the rows."""

from __future__ import annotations

from adapters.contract import Cell, Row, Sheet
from adapters.errors import Invalid
from adapters.tables.workbook import sheet
from adapters.tables.xlsx import MAX_COLUMNS, MAX_ROWS

#: Places of one table, the covered ones with them.
MOST_CELLS = 10_000_000


class Grid:
    """A table that is filled from left to right and from above. Raises Invalid, naming the file, where it grows beyond
    what any export has."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[list[Cell]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self.unread: dict[tuple[int, int], str] = {}
        self.covered: dict[int, int] = {}  # column → last row that a cell above covers
        self.cells = 0
        self.has_cells = False

    def next_row(self, number: int | None = None) -> None:
        """Begin a row; ``number`` (0-based) leaves rows empty."""
        target = len(self.rows) if number is None else number
        if not len(self.rows) <= target < MAX_ROWS:
            raise self.too_large()
        while len(self.rows) <= target:
            self.rows.append([])

    def put(self, cell: Cell, down: int = 1, right: int = 1, column: int | None = None) -> int:
        """Put a cell at the next free place, or in ``column``; returns its column."""
        if not self.rows:
            self.next_row()
        row, at = self.rows[-1], len(self.rows) - 1
        place = len(row) if column is None else column
        while column is None and self.covered.get(place, -1) >= at:
            place += 1
        right = min(right, MAX_COLUMNS)
        if place + right > MAX_COLUMNS:
            raise self.too_large()
        needed = place + right - len(row)
        self.cells += max(needed, 0)
        if self.cells > MOST_CELLS:
            raise self.too_large()
        row.extend([""] * needed)
        row[place] = cell
        self.has_cells = True
        if down > 1 or right > 1:
            bottom = min(at + down, MAX_ROWS) - 1
            self.merges.append((at, place, bottom, place + right - 1))
            self.covered.update(dict.fromkeys(range(place, place + right), bottom))
        return place

    def too_large(self) -> Invalid:
        return Invalid("表格的行列范围过大", target=self.name, advice="请按月分几次导出")

    def sheet(self, title: str, index: int, from_1904: bool = False) -> Sheet:
        """What was put, as a sheet; merges end with its last row."""
        kept: tuple[Row, ...] = tuple(tuple(row) for row in self.rows)
        last = len(kept) - 1
        merges = tuple(
            (top, left, min(bottom, last), right) for top, left, bottom, right in self.merges
        )
        return sheet(title, index, lambda: iter(kept), merges, self.unread, from_1904)
