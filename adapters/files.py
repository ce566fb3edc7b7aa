"""A file a person dropped in → ``File``: told by its bytes, never by its name (exports.md §14 rule 1).

``PK`` xlsx · ``D0CF11E0`` xls · ``<`` a web page or an HTML table · ``[``/``{`` JSON rows · else text with
delimiters. Everything that could harm the reader (bombs, entities, damage) is refused here, in words.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html
from python_calamine import CalamineError, CalamineWorkbook

from adapters._text import decoded, delimited
from adapters.contract import Cell, File, Row, Sheet
from adapters.errors import Invalid

#: Larger than any export seen by two orders of magnitude; a larger file is a mistake or a bomb.
MAX_BYTES = 200 * 2**20
MAX_UNPACKED = 800 * 2**20
MAX_PARTS = 2_000
#: A page saved from a client has 2.3–4 MB (pages.md §7); a table of a year as HTML has less.
MAX_HTML = 40 * 2**20
HEAD = 12

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXPORT_AGAIN = "请从平台后台重新下载后再放进来"


def open_file(path: Path, *, name: str = "", encoding: str = "", post: str = "") -> File:
    """Open an exported file for the adapters.

    ``name`` is shown in messages; ``encoding`` overrides the guess for text files; ``post`` is the
    post that a person named. Raises Invalid naming the file and what to do.
    """
    name = name or path.name
    size = path.stat().st_size
    if size == 0:
        raise Invalid("文件是空的", target=name, advice=_EXPORT_AGAIN)
    if size > MAX_BYTES:
        raise Invalid(
            f"文件有 {size // 2**20} MB,超过 {MAX_BYTES // 2**20} MB 的上限",
            target=name,
            advice="请按月分几次导出",
        )
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(_ZIP):
        return _xlsx(path, name, post)
    if start.startswith(_OLE):
        return File(name=name, sheets=_workbook(path, name), post=post)
    if start.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        raise Invalid("这是一个空的或分卷的压缩包,不是表格", target=name, advice=_EXPORT_AGAIN)
    charset = decoded(path, name, encoding)
    with path.open(encoding=charset, newline="") as text:
        first = text.read(4096).lstrip("\ufeff \t\r\n")
    if first.startswith("<"):
        return _html(path, name, charset, post)
    if first.startswith(("[", "{")):
        return File(name=name, sheets=(_json(path, name, charset),), post=post)
    rows = delimited(path, name, charset)
    return File(name=name, sheets=(sheet(Path(name).stem, 0, rows),), post=post)


def sheet(title: str, index: int, rows: Any) -> Sheet:
    """A Sheet over ``rows``, a function that starts a fresh pass."""
    return Sheet(title, index, tuple(islice(rows(), HEAD)), rows)


def _xlsx(path: Path, name: str, post: str) -> File:
    stated = _check_zip(path, name)
    return File(name=name, sheets=_workbook(path, name), stated_at=stated, post=post)


def _check_zip(path: Path, name: str) -> datetime | None:
    """Read every part once: sizes, checksums and document types; returns the time in docProps."""
    stated = None
    unpacked = 0
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(each.file_size for each in parts) > MAX_UNPACKED:
                raise Invalid(
                    "压缩包解开后过大,不像平台的导出文件", target=name, advice=_EXPORT_AGAIN
                )
            if "[Content_Types].xml" not in archive.namelist():
                raise Invalid(
                    "这是压缩包,不是表格", target=name, advice="请解压后把里面的文件放进来"
                )
            for part in parts:
                with archive.open(part) as stream:
                    begin = stream.read(65_536)
                    if part.filename.endswith((".xml", ".rels")):
                        _refuse_entities(begin, name)
                    if part.filename == "docProps/core.xml":
                        stated = _document_time(begin)
                    unpacked += len(begin)
                    while block := stream.read(2**20):
                        unpacked += len(block)
                        if unpacked > MAX_UNPACKED:
                            raise Invalid("压缩包解开后过大", target=name, advice=_EXPORT_AGAIN)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        # RuntimeError is what zipfile raises for an encrypted part
        raise Invalid("文件已损坏或没有下载完整", target=name, advice=_EXPORT_AGAIN) from problem
    return stated


def _refuse_entities(begin: bytes, name: str) -> None:
    flat = begin.replace(b"\x00", b"")  # also when the part is UTF-16
    if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat:
        raise Invalid(
            "文件里有外部实体声明,平台不会导出这样的文件",
            target=name,
            advice="为安全起见没有读取," + _EXPORT_AGAIN,
        )


def _document_time(core: bytes) -> datetime | None:
    """``dcterms:modified`` of docProps/core.xml, else ``created``; None where it is no such time."""
    try:
        root = etree.fromstring(core, etree.XMLParser(resolve_entities=False, no_network=True))
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


def _workbook(path: Path, name: str) -> tuple[Sheet, ...]:
    """The sheets of a workbook. calamine ignores styles, so the stylesheet of 头条 that openpyxl
    refuses (exports.md §5) does no harm."""
    try:
        book = CalamineWorkbook.from_path(path)
        return tuple(
            sheet(title, index, _sheet_rows(book, index, name))
            for index, title in enumerate(book.sheet_names)
        )
    except (CalamineError, OSError) as problem:
        encrypted = "ncrypt" in str(problem) or "assword" in str(problem)
        raise Invalid(
            "表格有密码保护" if encrypted else "表格已损坏,打不开",
            target=name,
            advice="请去掉密码后再放进来" if encrypted else _EXPORT_AGAIN,
        ) from problem
    except Exception as problem:  # a panic inside the Rust reader arrives as a bare exception class
        raise Invalid("表格已损坏,读不下去", target=name, advice=_EXPORT_AGAIN) from problem


def _sheet_rows(book: CalamineWorkbook, index: int, name: str) -> Any:
    def rows() -> Iterator[Row]:
        return iter(book.get_sheet_by_index(index).iter_rows())

    return rows


def _html(path: Path, name: str, charset: str, post: str) -> File:
    if path.stat().st_size > MAX_HTML:
        raise Invalid(f"网页超过 {MAX_HTML // 2**20} MB", target=name, advice=_EXPORT_AGAIN)
    text = path.read_text(encoding=charset).lstrip("\ufeff")
    return File(name=name, sheets=_html_tables(text), html=text, post=post)


def _html_tables(text: str) -> tuple[Sheet, ...]:
    """Every outermost ``<table>`` as a sheet: user_analysis.xls is one (exports.md §1c)."""
    if "<table" not in text.lower():
        return ()
    parser = lxml_html.HTMLParser(encoding="utf-8", recover=True, huge_tree=False, no_network=True)
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ()  # no element at all: then it holds no table either
    tables: list[Sheet] = []
    for table in root.iter("table"):
        lines: list[Row] = [
            tuple(
                " ".join("".join(map(str, cell.itertext())).split())
                for cell in line.iter("td", "th")
            )
            for line in table.iter("tr")
        ]
        if lines:
            tables.append(sheet(f"表{len(tables) + 1}", len(tables), _again(lines)))
    return tuple(tables)


def _json(path: Path, name: str, charset: str) -> Sheet:
    """A JSON list of objects, or one object a line, as rows below their keys (MediaCrawler)."""
    text = path.read_text(encoding=charset).lstrip("\ufeff")
    try:
        try:
            loaded = json.loads(text)
        except json.JSONDecodeError:
            loaded = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as problem:
        raise Invalid("不是完整的 JSON", target=name, advice=_EXPORT_AGAIN) from problem
    records = (
        [each for each in loaded if isinstance(each, dict)] if isinstance(loaded, list) else []
    )
    if not records:
        raise Invalid("JSON 里没有一行一行的数据", target=name, advice=_EXPORT_AGAIN)
    names = list(dict.fromkeys(key for each in records for key in each))
    lines: list[Row] = [tuple(names)]
    lines += [tuple(_cell(each.get(key)) for key in names) for each in records]
    return sheet(Path(name).stem, 0, _again(lines))


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False)


def _again(lines: Iterable[Row]) -> Any:
    kept = tuple(lines)
    return lambda: iter(kept)
