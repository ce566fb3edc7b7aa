"""Is this zip a workbook that can be read without harm? Every part is unpacked once, in pieces.

Refused in words: bombs whose sizes are honest or not, document types and entities, damage, and cells
so far apart that the reader would reserve memory for the whole square between them (python-calamine
0.9 then ends the process: two cells, A1 and XFD1048576, make it ask for 512 GB).
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from lxml import etree

from adapters.errors import Invalid
from adapters.tables.formulas import WorkbookFacts, column_number, find_valueless

#: 100,000 rows of 20 columns unpack to 80–110 MB (measured).
MAX_UNPACKED = 400 * 2**20
MAX_PARTS = 2_000
#: Excel's own limit, and a full sheet of 28 columns: about 0.8 GB in the reader at the very worst.
MAX_ROWS, MAX_COLUMNS = 2**20, 2**14
MAX_CELLS = 30_000_000

EXPORT_AGAIN = "请从平台后台重新下载后再放进来"
_PIECE = 2**20
#: The longest tag believed.
_LONGEST_TAG = 2**16

#: The rule is a cell that cannot widen a sheet beyond 26 columns and 999,999 rows; others are measured.
_UNUSUAL = re.compile(rb'<c(?! r="[A-Z][1-9]\d{0,5}"[ />])[\s/>]')
_PREFIXED = re.compile(rb":c[\s/>]")
_TAG = re.compile(rb"<(?:[^\s<>/]*:)?(row|c)(?=[\s/>])([^<>]*)")
_ATTRIBUTES = re.compile(rb"""(?:\s+[^\s=<>"']+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*\s*/?""")
_POSITION = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]*)["']""")

_SPECIAL = re.compile(rb"""<(?:\w+:)?f[\s>/]|\st=["']e["']""")
_1904 = re.compile(rb"""<(?:\w+:)?workbookPr[^<>]*\sdate1904\s*=\s*["'](?:1|true|on)["']""")


def check(path: Path, name: str) -> WorkbookFacts:
    """Raises Invalid where the zip is no harmless xlsx; returns what it says of itself."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _refuse_by_contents(parts, name)
            room, area, told = MAX_UNPACKED, 0, WorkbookFacts()
            valueless = []
            for part in parts:
                size, cells, begin, special = _check_part(archive, part, name, room)
                room -= size
                area += cells
                if area > MAX_CELLS:
                    raise _too_large(name)
                if part.filename == "docProps/core.xml":
                    told.stated_at = _document_time(begin)
                elif part.filename == "xl/workbook.xml":
                    told.from_1904 = bool(_1904.search(begin))
                if special:
                    valueless.append(part)
            if valueless:
                find_valueless(archive, partial(_unpacked, archive), valueless, told)
            return told
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError) as problem:
        raise damaged(name) from problem
    except NotImplementedError as problem:  # a zip of a later version than zipfile reads
        raise damaged(name) from problem


def damaged(name: str) -> Invalid:
    return Invalid("文件已损坏或没有下载完整", target=name, advice=EXPORT_AGAIN)


def _too_large(name: str) -> Invalid:
    return Invalid("表格的行列范围过大，不像平台的导出文件", target=name, advice="请按月分几次导出")


def _refuse_by_contents(parts: list[zipfile.ZipInfo], name: str) -> None:
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names:
        ods = "content.xml" in names
        raise Invalid(
            "这是 ods 表格" if ods else "这是压缩包，不是表格",
            target=name,
            advice="请另存为 xlsx 再放进来" if ods else "请解压后把里面的文件放进来",
        )
    if "xl/workbook.bin" in names:
        raise Invalid("这是 xlsb 表格", target=name, advice="请另存为 xlsx 再放进来")
    if not any(each.startswith("xl/") for each in names):
        raise Invalid("这是 Word 或其他 Office 文档，不是表格", target=name, advice=EXPORT_AGAIN)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Invalid("压缩包解开后过大，不像平台的导出文件", target=name, advice=EXPORT_AGAIN)


def _check_part(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, room: int
) -> tuple[int, int, bytes, bool]:
    """(unpacked size, cells that a reader would reserve, first piece, whether it holds formulas or errors) of one
    part."""
    if part.flag_bits & 0x1:
        raise Invalid("文件有密码保护", target=name, advice="请去掉密码后再放进来")
    size, begin, usual, special = 0, b"", True, False
    rest: bytes | None = None
    with _unpacked(archive, part) as pieces:
        for piece in pieces:
            if size == 0:
                begin = piece
                rest = b"" if _is_xml(piece) else None
            size += len(piece)
            if size > room:
                raise Invalid(
                    "压缩包解开后过大，不像平台的导出文件", target=name, advice=EXPORT_AGAIN
                )
            if size > part.file_size:
                raise damaged(name)
            if rest is not None:
                text, rest = _whole_tags(rest + piece, name)
                _refuse_entities(text, name)
                special = special or bool(_SPECIAL.search(text))
                usual = usual and not (_UNUSUAL.search(text) or _PREFIXED.search(text))
    if size != part.file_size:
        raise damaged(name)
    if usual:
        return size, 0, begin, special
    with _unpacked(archive, part) as pieces:
        return size, _cells(pieces, name), begin, special


@contextmanager
def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[Iterator[bytes]]:
    """The true contents of a part, however long it says it is: other readers do not stop at the stated size, as
    zipfile does."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile("unusual compression")
    if part.header_offset < 0:
        raise zipfile.BadZipFile("a part before the file begins")
    unbelieved = copy(part)
    unbelieved.file_size = MAX_UNPACKED + 4 * _PIECE
    with archive.open(unbelieved) as stream:
        yield iter(partial(stream.read, _PIECE), b"")


def _is_xml(piece: bytes) -> bool:
    return piece.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"<"


def _whole_tags(text: bytes, name: str) -> tuple[bytes, bytes]:
    """``text`` up to its last unfinished tag, and that tag."""
    cut = text.rfind(b"<")
    if cut < 0 or text.find(b">", cut) >= 0:
        return text, b""
    if len(text) - cut > _LONGEST_TAG:
        raise damaged(name)
    return text[:cut], text[cut:]


def _refuse_entities(text: bytes, name: str) -> None:
    utf16 = b"\x00" in text
    flat = text.replace(b"\x00", b"") if utf16 else text
    if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat:
        raise Invalid(
            "文件里有外部实体声明，平台不会导出这样的文件",
            target=name,
            advice="为安全起见没有读取，" + EXPORT_AGAIN,
        )
    if utf16:
        raise Invalid(
            "表格内部的文字不是 UTF-8 编码", target=name, advice="请用 Excel 另存为 xlsx 再放进来"
        )


def _cells(pieces: Iterable[bytes], name: str) -> int:
    """The square from A1 to the last row and column, in cells. Cells without a position stand right of
    the one before, rows without a number below; in doubt the square is taken larger, never smaller."""
    row = column = rows = columns = 0
    rest = b""
    for piece in pieces:
        text, rest = _whole_tags(rest + piece, name)
        for tag in _TAG.finditer(text):
            kind, inside = tag.groups()
            if not _ATTRIBUTES.fullmatch(inside):
                raise damaged(name)
            position = _POSITION.search(inside)
            letters, digits = position.groups() if position else (b"", b"")
            if kind == b"row":
                row, column = int(digits) if digits else row + 1, 0
            else:
                column = column_number(letters) if letters else column + 1
                columns = max(columns, column)
                rows = max(rows, int(digits) if digits else 0)
            rows = max(rows, row)
            if rows > MAX_ROWS + 1 or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
                raise _too_large(name)
    return rows * columns


def _document_time(core: bytes) -> datetime | None:
    """``dcterms:modified`` of docProps/core.xml, else ``created``; None where it is no such time."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(core, parser)
    except etree.XMLSyntaxError:
        return None  # a damaged property sheet says nothing about the rows
    for tag in ("modified", "created"):
        text = root.findtext(f"{{http://purl.org/dc/terms/}}{tag}")
        if text:
            try:
                moment = datetime.fromisoformat(text.strip())
            except ValueError:
                continue
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
