"""A Word draft: its paragraphs in order, those of tables and text boxes too, and the runs behind each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports.documents.opening import Unreadable

#: Columns that a cell of a table may span: Word itself makes no table that is wider.
_WIDEST = 63
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: Elements whose text is not there for a reader: deleted, moved away, the older twin of a drawing.
_UNSEEN = frozenset({f"{W}del", f"{W}moveFrom", _FALLBACK})
_ODD_COMMENTS = "Word 文件里原有的批注看不懂，加不了批注。请在 Word 里另存为新的 .docx 再试"
SIGNS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}noBreakHyphen": "-"}


@dataclass(frozen=True, slots=True)
class RunPart:
    """A run of a paragraph and the part of its text that the run holds."""

    run: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Located:
    """A paragraph's element with its text and runs; ``row`` and ``column`` count from 0 in ``table`` (None: none)."""

    element: Any
    text: str
    pieces: tuple[RunPart, ...]
    table: Any = None
    row: int = 0
    column: int = 0

    @property
    def boxes(self) -> list[Any]:
        """The text boxes that the paragraph stands in, the outermost last."""
        return [each for each in self.element.iterancestors() if each.tag.endswith("}txbxContent")]


def comment(
    document: Any,
    where: Located,
    run: tuple[Any, Any],
    text: str,
    author: tuple[str, str],
    now: datetime,
) -> None:
    """Puts a comment round the first and the last element of ``run``, which stand in ``where``: round the box's own run
    where that is a text box, in which Word takes none. ``author``: name and initials; ``now`` (aware) dates it. Raises
    Unreadable."""
    if where.boxes:
        outer = next(
            (each for each in where.boxes[-1].iterancestors() if each.tag == f"{W}r"), None
        )
        run = (outer, outer)
    if None in run:
        return
    # outside the outermost field that shows it
    first, last = ([each, *each.iterancestors(f"{W}fldSimple")][-1] for each in run)
    try:
        made = document.part._comments_part.comments.add_comment(
            text=text, author=author[0], initials=author[1]
        )
        made._comment_elm.date = now
    except (AttributeError, LookupError, TypeError, ValueError) as problem:
        raise Unreadable(_ODD_COMMENTS) from problem
    key = {f"{W}id": str(made.comment_id)}
    first.addprevious(first.makeelement(f"{W}commentRangeStart", key))
    end = last.makeelement(f"{W}commentRangeEnd", key)
    last.addnext(end)
    shown = last.makeelement(f"{W}r", {})
    shown.append(last.makeelement(f"{W}commentReference", key))
    end.addnext(shown)


def comments_by(document: Any, author: str) -> frozenset[str]:
    """What the comments of an author say. Raises Unreadable."""
    try:
        comments = document.part._comments_part.comments
        return frozenset(each.text for each in comments if each.author == author)
    except (AttributeError, LookupError, TypeError, ValueError) as problem:
        raise Unreadable(_ODD_COMMENTS) from problem


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


def _runs(paragraph: Any) -> tuple[str, tuple[RunPart, ...]]:
    said, pieces, length = [], [], 0
    for run in paragraph.iter(f"{W}r"):
        if not _belongs(run, paragraph) or _is_struck(run):
            continue
        text = "".join(_signs(run))
        if text:
            pieces.append(RunPart(run, length, length + len(text)))
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
