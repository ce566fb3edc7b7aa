"""A Word draft: its paragraphs in order, those of tables and text boxes too, and the runs behind each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: Columns that a cell of a table may span: Word itself makes no table that is wider.
_WIDEST = 63
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: Elements whose text is not there for a reader: deleted, moved away, the older twin of a drawing.
_UNSEEN = frozenset({f"{W}del", f"{W}moveFrom", _FALLBACK})
SIGNS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}noBreakHyphen": "-"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a paragraph and the part of its text that the run holds."""

    run: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Located:
    """A paragraph's element with its text and runs; ``row`` and ``column`` count from 0 in ``table`` (None: none)."""

    element: Any
    text: str
    pieces: tuple[Piece, ...]
    table: Any = None
    row: int = 0
    column: int = 0


def located(document: Any) -> Iterator[Located]:
    """The paragraphs of the body, in its order."""
    tables: dict[Any, dict[Any, int]] = {}
    columns: dict[Any, dict[Any, int]] = {}
    for element in document.element.body.iter(f"{W}p"):
        above = list(element.iterancestors())
        if any(each.tag in _UNSEEN for each in above):
            continue
        text, pieces = _runs(element)
        cell, row, table = _place(above)
        if table is None:
            yield Located(element, text, pieces)
            continue
        rows = tables.setdefault(table, {})
        number = rows.setdefault(row, len(rows))
        if row not in columns:
            columns[row] = _columns(row)
        yield Located(element, text, pieces, table, number, columns[row][cell])


def _place(above: list[Any]) -> tuple[Any, Any, Any]:
    """The nearest cell above with its row and table; Nones where an element stands in none, or in half of one."""
    rest = iter(above)
    cell, row, table = (
        next((each for each in rest if each.tag == f"{W}{name}"), None)
        for name in ("tc", "tr", "tbl")
    )
    return cell, row, table


def _columns(row: Any) -> dict[Any, int]:
    """Where each cell of a row begins, counting the columns that those before it span."""
    found, at = {}, 0
    for cell in row.iter(f"{W}tc"):
        if next(cell.iterancestors(f"{W}tr")) is row:
            found[cell] = at
            at += _span(cell)
    return found


def _span(cell: Any) -> int:
    """How many columns a cell spans; one where what it says is no such number."""
    said = cell.find(f"{W}tcPr/{W}gridSpan")
    text = "1" if said is None else said.get(f"{W}val", "1")
    wide = int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else 1
    return wide if 1 <= wide <= _WIDEST else 1


def _runs(paragraph: Any) -> tuple[str, tuple[Piece, ...]]:
    said, pieces, length = [], [], 0
    for run in paragraph.iter(f"{W}r"):
        if not _belongs(run, paragraph) or _is_struck(run):
            continue
        text = "".join(_signs(run))
        if text:
            pieces.append(Piece(run, length, length + len(text)))
            said.append(text)
            length += len(text)
    return "".join(said), tuple(pieces)


def _belongs(run: Any, paragraph: Any) -> bool:
    for each in run.iterancestors():
        if each is paragraph:
            return True
        if each.tag in _UNSEEN or each.tag == f"{W}p":
            return False
    return False


def _is_struck(run: Any) -> bool:
    """Struck-through or hidden text: a reader takes it for deleted, or does not see it."""
    look = run.find(f"{W}rPr")
    found = (
        ()
        if look is None
        else (look.find(f"{W}{name}") for name in ("strike", "dstrike", "vanish"))
    )
    return any(
        each is not None and each.get(f"{W}val", "1") not in ("0", "false", "off") for each in found
    )


def _signs(run: Any) -> Iterator[str]:
    for child in run:
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in SIGNS:
            yield SIGNS[child.tag]
