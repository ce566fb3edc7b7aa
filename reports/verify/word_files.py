"""A Word draft: its paragraphs in order, those of tables and text boxes too, and the runs behind each of them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reports.verify.drafts import MOST_BYTES, Paragraph, Unreadable, cells, is_heading

_MOST_PARTS = 5_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: Elements whose text is not there for a reader: deleted, moved away, the older twin of a drawing.
_UNSEEN = frozenset({f"{_W}del", f"{_W}moveFrom", _FALLBACK})
_SIGNS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}


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


def open_document(content: bytes) -> Any:
    """A python-docx document. Raises Unreadable for what is none or may do harm."""
    _refuse_harm(content)
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    try:
        return Document(io.BytesIO(content))
    except (
        PackageNotFoundError,
        XMLSyntaxError,
        KeyError,
        ValueError,
        AttributeError,
        OSError,
    ) as problem:
        raise Unreadable(_DAMAGED) from problem
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise Unreadable(_DAMAGED) from problem


_DAMAGED = (
    "Word 文件打不开：可能没有下载完、已损坏，或者设了密码。请在 Word 里另存为新的 .docx 再试"
)


def _refuse_harm(content: bytes) -> None:
    """zipfile never unpacks more of a part than the directory states, so its sizes can be believed; a part with a
    document type could make more of itself than it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(each.file_size for each in parts) > MOST_BYTES:
                raise Unreadable("Word 文件展开后太大，不像一份总结，没有打开")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as stream:
                        if b"<!DOCTYPE" in stream.read(4_096).replace(b"\0", b""):
                            raise Unreadable("Word 文件里有不该有的定义（DOCTYPE），没有打开")
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as problem:
        raise Unreadable(_DAMAGED) from problem


def located(document: Any) -> Iterator[Located]:
    """The paragraphs of the body, in its order."""
    tables: dict[Any, dict[Any, int]] = {}
    for element in document.element.body.iter(f"{_W}p"):
        above = list(element.iterancestors())
        if any(each.tag in _UNSEEN for each in above):
            continue
        text, pieces = _runs(element)
        cell = next((each for each in above if each.tag == f"{_W}tc"), None)
        if cell is None:
            yield Located(element, text, pieces)
            continue
        row = cell.getparent()
        while row.tag != f"{_W}tr":
            row = row.getparent()
        table = row.getparent()
        while table.tag != f"{_W}tbl":
            table = table.getparent()
        rows = tables.setdefault(table, {})
        columns = [each for each in row.iter(f"{_W}tc") if _row_of(each) is row]
        number = rows.setdefault(row, len(rows))
        yield Located(element, text, pieces, table, number, _column(columns, cell))


def _row_of(cell: Any) -> Any:
    return next(each for each in cell.iterancestors() if each.tag == f"{_W}tr")


def _column(columns: list[Any], cell: Any) -> int:
    """Where a cell begins, counting the columns that those before it span."""
    at = 0
    for each in columns:
        if each is cell:
            break
        span = each.find(f"{_W}tcPr/{_W}gridSpan")
        at += int(span.get(f"{_W}val", "1")) if span is not None else 1
    return at


def _runs(paragraph: Any) -> tuple[str, tuple[Piece, ...]]:
    said, pieces, length = [], [], 0
    for run in paragraph.iter(f"{_W}r"):
        if not _belongs(run, paragraph):
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
        if each.tag in _UNSEEN or each.tag == f"{_W}p":
            return False
    return False


def _signs(run: Any) -> Iterator[str]:
    for child in run:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]


def paragraphs(content: bytes) -> Iterator[Paragraph]:
    """As ``located`` gives them, one for one, so that a claim finds its runs again."""
    found = list(located(open_document(content)))
    number = 0
    numbers: dict[Any, int] = {}
    context = _contexts(found)
    for at, each in enumerate(found):
        if each.table is None:
            number += bool(each.text.strip())
            style = each.element.find(f"{_W}pPr/{_W}pStyle")
            named = style is not None and "eading" in style.get(f"{_W}val", "")
            heading = named or is_heading(each.text)
            yield Paragraph(each.text, f"第{number or 1}段", heading=heading)
        else:
            table = numbers.setdefault(each.table, len(numbers) + 1)
            place = f"表{table}第{each.row + 1}行第{each.column + 1}列"
            before, after = context.get(at, ("", ""))
            yield Paragraph(each.text, place, before, after)


def _contexts(found: list[Located]) -> dict[int, tuple[str, str]]:
    """Paragraph's place → the words that its row and heading give it."""
    grids: dict[Any, dict[tuple[int, int], list[int]]] = {}
    for at, each in enumerate(found):
        if each.table is not None:
            grids.setdefault(each.table, {}).setdefault((each.row, each.column), []).append(at)
    given: dict[int, tuple[str, str]] = {}
    for grid in grids.values():
        height, width = max(row for row, _ in grid) + 1, max(column for _, column in grid) + 1
        if height * width > 200_000:
            continue
        texts = [
            [
                "".join(found[at].text for at in grid.get((row, column), ()))
                for column in range(width)
            ]
            for row in range(height)
        ]
        places = [str(row) for row in range(height)]
        told = {each.place: each for each in cells(texts, places)}
        for (row, column), there in grid.items():
            one = told.get(f"{row}第{column + 1}列")
            if one is not None and one.before:
                given |= dict.fromkeys(there, (one.before, one.after))
    return given
