"""Opens a file that a person dropped in as a ``File``; its type is told by its bytes, never by its name
(docs/platforms.md §1.2, rule 1).

``PK`` xlsx · ``D0CF11E0`` xls · ``<`` a web page or an HTML table · ``[``/``{`` JSON rows · else text with
delimiters. Whatever could harm the reader (bombs, entities, damage) is refused here with an explanation.
"""

from __future__ import annotations

import json
from pathlib import Path

from adapters.contract import Cell, File, Row, Sheet
from adapters.errors import bad_file
from adapters.tables import xls, xlsx
from adapters.tables.markup import html_sheets, is_xml_workbook, xml_sheets
from adapters.tables.text import decoded, delimited, without_bom
from adapters.tables.workbook import sheet, workbook

#: Larger than any export seen by two orders of magnitude; a larger file is a mistake or a bomb.
MAX_BYTES = 200 * 2**20
#: A page saved from a client has 2.3–4 MB (docs/platforms.md §2.3); a table of a year as HTML or JSON has less.
MAX_TREE = 40 * 2**20
MAX_JSON_CELLS = 10_000_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What is surely no table, by its first bytes.
_OTHER_KINDS = {
    b"PK\x05\x06": "一个空的压缩包",
    b"PK\x07\x08": "一个分卷的压缩包",
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"Rar!": "压缩包",
    b"7z\xbc\xaf": "压缩包",
    b"\x1f\x8b": "压缩包",
    b"{\\rtf": "写字板文档",
}


def open_file(path: Path, *, name: str = "", encoding: str = "", post: str = "") -> File:
    """Open an exported file for the adapters. ``name`` is shown in messages; ``encoding`` overrides the guess for
    text files; ``post`` is the post that a person named. Raises Invalid naming the file and what to do."""
    name = name or path.name
    size = path.stat().st_size
    if size == 0:
        raise bad_file(name, "文件是空的")
    if size > MAX_BYTES:
        what = f"文件有 {size // 2**20} MB，超过 {MAX_BYTES // 2**20} MB 的上限"
        raise bad_file(name, what, "请按月分几次导出")
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith((_ZIP, _OLE)):
        told = (xlsx if start.startswith(_ZIP) else xls).check(path, name)
        sheets, hidden = workbook(path, name, told)
        return File(name=name, sheets=sheets, stated_at=told.stated_at, post=post, hidden=hidden)
    for magic, kind in _OTHER_KINDS.items():
        if start.startswith(magic):
            raise bad_file(name, f"这是{kind}，不是表格")
    return _text_file(path, name, decoded(path, name, encoding), post)


def _text_file(path: Path, name: str, charset: str, post: str) -> File:
    with path.open(encoding=charset, newline="") as stream:
        first = ""
        while not first and (piece := stream.read(4096)):
            first = piece.lstrip("\ufeff \t\r\n\f\v\u3000")
    if not first:
        raise bad_file(name, "文件里只有空白")
    if first.startswith("<"):
        text = _small_text(path, name, charset)
        if is_xml_workbook(text):
            sheets, hidden = xml_sheets(text, name)
            return File(name=name, sheets=sheets, post=post, hidden=hidden)
        return File(name=name, sheets=html_sheets(text, name), html=text, post=post)
    if first.startswith(("[", "{")):
        return File(name=name, sheets=(_json(path, name, charset),), post=post)
    rows = delimited(path, name, charset)
    return File(name=name, sheets=(sheet(Path(name).stem, 0, rows),), post=post)


def _small_text(path: Path, name: str, charset: str) -> str:
    size = path.stat().st_size
    if size > MAX_TREE:
        what = f"网页或 JSON 有 {size // 2**20} MB，超过 {MAX_TREE // 2**20} MB 的上限"
        raise bad_file(name, what)
    return without_bom(path.read_text(encoding=charset))


def _json(path: Path, name: str, charset: str) -> Sheet:
    """A JSON list of objects, or one object a line, as rows below their keys (MediaCrawler)."""
    text = _small_text(path, name, charset)
    try:
        try:
            loaded = json.loads(text)
        except json.JSONDecodeError:
            loaded = [json.loads(line) for line in text.split("\n") if line.strip()]
        if isinstance(loaded, dict):
            loaded = [loaded]
        records = [each for each in loaded if isinstance(each, dict)]
        names = list(dict.fromkeys(key for each in records for key in each))
        if len(names) * len(records) > MAX_JSON_CELLS:
            raise bad_file(name, "JSON 的各条数据没有共同的字段")
        lines: list[Row] = [tuple(_cell(key) for key in names)]
        lines += [tuple(_cell(each.get(key)) for key in names) for each in records]
    except (ValueError, RecursionError) as problem:
        raise bad_file(name, "不是完整的 JSON") from problem
    if not records:
        raise bad_file(name, "JSON 里没有一行一行的数据")
    return sheet(Path(name).stem, 0, lambda: iter(lines))


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        # half of a surrogate pair is no character: nothing downstream could store it
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if value is None or isinstance(value, int | float):
        return value
    return _cell(json.dumps(value, ensure_ascii=False))
