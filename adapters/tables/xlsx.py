"""Is this zip a workbook that can be read without harm? Every part is unpacked once, in pieces.

Refused in words: bombs whose sizes are honest or not, document types and entities, damage, and cells
so far apart that the reader would reserve memory for the whole square between them (python-calamine
0.9 then ends the process: two cells, A1 and XFD1048576, make it ask for 512 GB).
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from lxml import etree

from adapters.errors import EXPORT_AGAIN, Invalid, bad_file

#: 100,000 rows of 20 columns unpack to 80–110 MB (measured).
MAX_UNPACKED = 400 * 2**20
MAX_PARTS = 2_000
#: Excel's own limit, and a full sheet of 28 columns: about 0.8 GB in the reader at the very worst.
MAX_ROWS, MAX_COLUMNS = 2**20, 2**14
MAX_CELLS = 30_000_000

UNSAFE = f"为安全起见没有读取，{EXPORT_AGAIN}"
_AS_XLSX, _UNLIKELY = "请另存为 xlsx 再放进来", "，不像平台的导出文件"

_PIECE = 2**20
#: The longest tag believed.
_LONGEST_TAG = 2**16

#: The rule is a cell that cannot widen a sheet beyond 26 columns and 999,999 rows; others are measured. A pattern that
#: begins with its first two signs is looked for six times as fast as one that begins with a choice.
_UNUSUAL = (re.compile(rb'<c(?! r="[A-Z][1-9]\d{0,5}"[ />])[\s/>]'), re.compile(rb":c[\s/>]"))
_TAG = re.compile(rb"<(?:[^\s<>/]*:)?(row|c)(?=[\s/>])([^<>]*)")
_ATTRIBUTES = re.compile(rb"""(?:\s+[^\s=<>"']+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*\s*/?""")
_POSITION = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]*)["']""")

#: What a part may have where formulas or errors are; ``_find_valueless`` looks at its cells.
_SPECIAL = tuple(map(re.compile, (rb"<f[\s>/]", rb":f[\s>/]", rb't="e"', rb"t='e'")))
_1904 = re.compile(rb"""<(?:\w+:)?workbookPr[^<>]*\sdate1904\s*=\s*["'](?:1|true|on)["']""")


#: The longest cell believed.
_LONGEST = 2**16
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^<>]*[^/<>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>([^<]*)<)")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<]*)</")
#: A formula that is its own value: ="304…", =12, =HYPERLINK("address","what is shown").
_TEXT = r'"((?:[^"]|"")*)"'
_LITERAL = re.compile(
    rf"""(?P<number>[+-]?\d{{1,15}}(?:\.\d+)?)|{_TEXT}|HYPERLINK\({_TEXT}(?:,{_TEXT})?\)"""
)
NOT_CALCULATED = "是公式，却没有算出的值，请用 Excel 或 WPS 打开存一次"


@dataclass(slots=True)
class WorkbookFacts:
    """What a workbook says of itself beside its cells. ``unread``: sheet (0-based, in order) → (row, column), 0-based
    → what stands in a cell without a value; ``literals``: the value of one whose formula is nothing else."""

    stated_at: datetime | None = None
    from_1904: bool = False
    unread: dict[int, dict[tuple[int, int], str]] = field(default_factory=dict)
    literals: dict[int, dict[tuple[int, int], str]] = field(default_factory=dict)


def safe_xml() -> etree.XMLParser:
    """A parser that follows no entity and no address, and refuses trees too large."""
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


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
                    raise too_large(name, _UNLIKELY)
                if part.filename == "docProps/core.xml":
                    told.stated_at = _document_time(begin)
                elif part.filename == "xl/workbook.xml":
                    told.from_1904 = bool(_1904.search(begin))
                if special:
                    valueless.append(part)
            if valueless:
                _find_valueless(archive, valueless, told)
            return told
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError),
        NotImplementedError,  # a zip of a later version than zipfile reads
    ) as problem:
        raise damaged(name) from problem


def damaged(name: str) -> Invalid:
    return bad_file(name, "文件已损坏或没有下载完整")


def too_large(name: str, beside: str = "") -> Invalid:
    return bad_file(name, f"表格的行列范围过大{beside}", "请按月分几次导出")


def _refuse_by_contents(parts: list[zipfile.ZipInfo], name: str) -> None:
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names:
        if "content.xml" in names:
            raise bad_file(name, "这是 ods 表格", _AS_XLSX)
        raise bad_file(name, "这是压缩包，不是表格", "请解压后把里面的文件放进来")
    if "xl/workbook.bin" in names:
        raise bad_file(name, "这是 xlsb 表格", _AS_XLSX)
    if not any(each.startswith("xl/") for each in names):
        raise bad_file(name, "这是 Word 或其他 Office 文档，不是表格")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise bad_file(name, f"压缩包解开后过大{_UNLIKELY}")


def _check_part(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, room: int
) -> tuple[int, int, bytes, bool]:
    """(unpacked size, cells that a reader would reserve, first piece, whether it may hold formulas or errors) of one
    part."""
    if part.flag_bits & 0x1:
        raise bad_file(name, "文件有密码保护", "请去掉密码后再放进来")
    size, begin, usual, special = 0, b"", True, False
    rest: bytes | None = None
    with _unpacked(archive, part) as pieces:
        for piece in pieces:
            if size == 0:
                begin = piece
                rest = b"" if _is_xml(piece) else None
            size += len(piece)
            if size > room:
                raise bad_file(name, f"压缩包解开后过大{_UNLIKELY}")
            if size > part.file_size:
                raise damaged(name)
            if rest is not None:
                text, rest = _whole_tags(rest + piece, name)
                _refuse_entities(text, name)
                special = special or any(each.search(text) for each in _SPECIAL)
                usual = usual and not any(each.search(text) for each in _UNUSUAL)
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
        raise bad_file(name, "文件里有外部实体声明，平台不会导出这样的文件", UNSAFE)
    if utf16:
        raise bad_file(name, "表格内部的文字不是 UTF-8 编码", "请用 Excel 另存为 xlsx 再放进来")


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
                column = _column_number(letters) if letters else column + 1
                columns = max(columns, column)
                rows = max(rows, int(digits) if digits else 0)
            rows = max(rows, row)
            if rows > MAX_ROWS + 1 or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
                raise too_large(name, _UNLIKELY)
    return rows * columns


def _document_time(core: bytes) -> datetime | None:
    """``dcterms:modified`` of docProps/core.xml, else ``created``; None where it is no such time."""
    try:
        root = etree.fromstring(core, safe_xml())
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


def _find_valueless(
    archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], told: WorkbookFacts
) -> None:
    """Cells with a formula that was never calculated, or an error: the reader gives both as empty."""
    try:
        book = etree.fromstring(archive.read("xl/workbook.xml"), safe_xml())
        links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), safe_xml())
    except (KeyError, etree.XMLSyntaxError):
        return  # then the reader refuses the workbook
    targets = {
        each.get("Id"): str(each.get("Target", "")) for each in links.iter("{*}Relationship")
    }
    anew = any(each.get("fullCalcOnLoad") in ("1", "true") for each in book.iter("{*}calcPr"))
    for index, sheet in enumerate(book.iter("{*}sheet")):
        number = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        target = targets.get(number, "").removeprefix("/").removeprefix("xl/")
        for part in parts:
            if target and part.filename == f"xl/{target}":
                with _unpacked(archive, part) as pieces:
                    for position, what, literal in _valueless(pieces, anew):
                        if literal is None:
                            told.unread.setdefault(index, {})[position] = what
                        else:
                            told.literals.setdefault(index, {})[position] = literal


def _valueless(
    pieces: Iterable[bytes], anew: bool
) -> Iterator[tuple[tuple[int, int], str, str | None]]:
    """(position, what is wrong with it, its value if the formula says it). ``anew``: the file itself says that its
    values are to be calculated when it is opened; the 0 that a program wrote beside a formula is then no value."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        end = text.rfind(b"c>")
        cut = end + 2 if end >= 0 else max(len(text) - _LONGEST, 0)
        rest = text[cut:]
        for cell in _CELL.finditer(text, 0, cut):
            inside, content = cell[1], cell[2]
            value = _VALUE.search(content)
            worth = value[1].strip() if value else b""
            formula, literal = _FORMULA.search(content), None
            if b't="e"' in inside or b"t='e'" in inside:
                what = f"是出错的公式（{worth.decode('ascii', 'replace')}）"
            elif not formula or (value and b't="str"' in inside and not anew):
                continue
            elif not worth or (anew and worth in (b"0", b"0.0")):
                what, literal = NOT_CALCULATED, _literal(formula[1] or b"")
            else:
                continue
            position = _POSITION.search(inside)
            if position and position[1] and position[2]:
                yield (int(position[2]) - 1, _column_number(position[1]) - 1), what, literal


def _literal(formula: bytes) -> str | None:
    match = _LITERAL.fullmatch(html.unescape(formula.decode("utf-8", "replace")).strip())
    if match is None:
        return None
    shown = next(each for each in (match[1], match[2], match[4], match[3]) if each is not None)
    return shown.replace('""', '"')


def _column_number(letters: bytes) -> int:
    """``A`` → 1, ``XFD`` → 16,384; more than four letters are beyond any sheet."""
    number = 0
    for letter in letters.upper()[:5]:
        number = number * 26 + letter - 64
    return number
