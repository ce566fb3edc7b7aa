"""Merged cells: what is merged down a column holds for each of its rows (日期, 标题), except a figure, of which nobody
can tell how much of it is whose."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from adapters.contract import Cell, Row, Sheet
from adapters.tables.heads import unclear

#: Cells of figures merged into one; more are no table.
MOST = 50_000


@dataclass(slots=True)
class Carried:
    """The cells of a sheet that are merged downwards, while its rows go by in order."""

    columns: frozenset[int]
    known: tuple[int, ...]  # where a row may have something of its own
    starts: dict[int, list[tuple[int, int]]]  # top row → (column, bottom row)
    open: dict[int, tuple[int, Cell]] = field(default_factory=dict)  # column → (bottom row, value)

    @classmethod
    def of(
        cls, sheet: Sheet, begin: int, columns: frozenset[int], known: tuple[int, ...]
    ) -> Carried | None:
        """For the rows from ``begin`` on (0-based) and these columns; None where nothing of them is merged."""
        starts: dict[int, list[tuple[int, int]]] = {}
        for top, left, bottom, right in sheet.merges:
            if bottom > top >= begin:
                for column in range(left, right + 1):
                    if column in columns:
                        starts.setdefault(top, []).append((column, bottom))
                        break
        return cls(columns, known, starts) if starts else None

    def filled(self, number: int, row: Row) -> Row | None:
        """The row (0-based ``number``) with what is carried into it; None for one that says nothing of its own."""
        self.open = {at: kept for at, kept in self.open.items() if kept[0] >= number}
        cells = row
        if self.open:
            if all(at >= len(row) or row[at] in (None, "") for at in self.known):
                return None
            cells = list(row) + [""] * (max(self.open) + 1 - len(row))
            for at, (_, value) in self.open.items():
                if cells[at] in (None, ""):
                    cells[at] = value
        for at, bottom in self.starts.get(number, ()):
            self.open[at] = (bottom, row[at] if at < len(row) else "")
        return cells


def shared(
    sheet: Sheet, begin: int, figures: Container[int], known: Sequence[int]
) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells below ``begin`` (0-based) whose merge several works or figures share: ((row, column), what to say, once
    a merge). A figure beside rows that hold nothing of their own is its row's alone."""
    merges = [
        (merge, columns)
        for merge in sheet.merges
        if merge[0] >= begin
        and (columns := [at for at in range(merge[1], merge[3] + 1) if at in figures])
        and (merge[0] < merge[2] or len(columns) > 1)
    ]
    if not merges:
        return
    own = {
        number
        for number, row in enumerate(sheet.rows())
        if any(at < len(row) and row[at] not in (None, "") for at in known)
    }
    for (top, _, bottom, _), columns in merges:
        if (bottom - top) * len(columns) > MOST:
            raise unclear(sheet, top, f"第{top + 1}—{bottom + 1}行的数据合并成了一格")
        if len(columns) == 1 and not any(row in own for row in range(top + 1, bottom + 1)):
            continue
        rows = f"第{top + 1}—{bottom + 1}行" if bottom > top else "几栏"
        said = f"合并了{rows}，分不清各是多少"
        for row in range(top, bottom + 1):
            for column in columns:
                yield (row, column), said if (row, column) == (top, columns[0]) else ""
