"""A draft as paragraphs with their places: Word, Markdown or plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from reports.documents.opening import Unreadable, open_document
from reports.drafts.reading.word_files import Located, W, located

__all__ = ["DraftParagraph", "DraftText", "Unreadable", "cells", "is_heading", "read"]

Kind = Literal["docx", "md", "txt"]
#: A longer text is no report.
MOST_TEXT = 20_000_000


@dataclass(frozen=True, slots=True)
class DraftParagraph:
    """``before`` and ``after`` are words that a table's cell takes from its row and its heading; ``heading``: a title
    that names what follows; ``level`` of Markdown's headings, 0 where not known. ``place`` says in Chinese where it stands."""

    text: str
    place: str
    before: str = ""
    after: str = ""
    heading: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class DraftText:
    """``paragraphs`` in the draft's order."""

    kind: Kind
    paragraphs: tuple[DraftParagraph, ...]


def read(name: str, content: bytes) -> DraftText:
    """A draft by the suffix of its name. Raises Unreadable."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".docx" or (content.startswith(b"PK\x03\x04") and suffix not in (".md", ".txt")):
        return _whole(DraftText("docx", tuple(_word(content))))
    if suffix not in (".md", ".markdown", ".txt", ".text", ""):
        hint = (
            "请在 Word 或 WPS 里另存为 .docx"
            if suffix in (".doc", ".wps", ".pdf", ".rtf")
            else "可以核对 .docx、.md、.txt"
        )
        raise Unreadable(f"不能核对 {suffix} 文件：{hint}")
    text, _ = decoded(content)
    markdown = suffix in (".md", ".markdown")
    found = tuple(_lines(text, markdown=markdown))
    return _whole(DraftText("md" if markdown else "txt", found))


def _whole(draft: DraftText) -> DraftText:
    if not any(each.text.strip() for each in draft.paragraphs):
        raise Unreadable("文件里没有文字")
    if sum(len(each.text) for each in draft.paragraphs) > MOST_TEXT:
        raise Unreadable("文件太长，不像一份总结，没有核对")
    return draft


def decoded(content: bytes) -> tuple[str, str]:
    """A text with \n as its line ends, and its encoding. Raises Unreadable."""
    if len(content) > MOST_TEXT * 4:
        raise Unreadable("文件太大，不像一份总结，没有核对")
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"PK\x03\x04")):
        raise Unreadable("这不是文本文件：Word 文件请另存为 .docx，PDF 请用原来的 Word 文件")
    marked = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    codes = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else (marked, "gb18030")
    for code in codes:
        try:
            text = content.decode(code)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n"), code
    raise Unreadable("看不懂文件的编码：请用 UTF-8 或 GBK 重新保存")


def _word(content: bytes) -> Iterator[DraftParagraph]:
    """As ``located`` gives them, one for one, so that a claim finds its runs again."""
    found = list(located(open_document(content)))
    number = 0
    numbers: dict[Any, int] = {}
    context = _contexts(found)
    for at, each in enumerate(found):
        if each.table is None:
            number += bool(each.text.strip())
            style = each.element.find(f"{W}pPr/{W}pStyle")
            named = style is not None and "eading" in style.get(f"{W}val", "")
            heading = named or is_heading(each.text)
            yield DraftParagraph(each.text, f"第{number or 1}段", heading=heading)
        else:
            table = numbers.setdefault(each.table, len(numbers) + 1)
            place = f"表{table}第{each.row + 1}行第{each.column + 1}列"
            before, after = context.get(at, ("", ""))
            yield DraftParagraph(each.text, place, before, after)


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


_BULLET = re.compile(
    r"^\s*(?:[-*+•·]\s+|\d{1,3}[.)、．]\s*|[（(]?[一二三四五六七八九十]{1,3}[、）)])"
)
_ITEM = re.compile(r"^\s*(?:[-*+•·]|\d{1,3}[.)])\s+")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
_RULE = re.compile(r"^\s*\|?[\s:|-]+\|[\s:|-]*$")
_ENDS = "。！？；：.!?;:"
_SHORT = 24


def _lines(text: str, *, markdown: bool) -> Iterator[DraftParagraph]:
    """Lines that somebody wrapped by hand belong together; Markdown's tables are read cell by cell."""
    held: list[str] = []
    first = 0
    table: list[tuple[int, list[str]]] = []
    for number, line in enumerate([*text.split("\n"), ""], 1):
        row = markdown and line.lstrip().startswith("|")
        heading = _HEADING.match(line) if markdown else None
        indented = not markdown and line.startswith(("　", "  ", "\t"))
        starts = not line.strip() or row or heading or indented or _BULLET.match(line)
        last = held[-1].rstrip() if held else ""
        ended = last.endswith(tuple(_ENDS)) or (not markdown and len(last.strip()) < _SHORT)
        if held and (starts or ended):
            yield DraftParagraph("\n".join(held), f"第{first}行", heading=is_heading("".join(held)))
            held = []
        if table and not row:
            yield from cells([each for _, each in table], [f"第{at}行" for at, _ in table])
            table = []
        if row and not _RULE.match(line):
            table.append((number, [each.strip() for each in line.strip().strip("|").split("|")]))
        elif heading:
            said, level = line[heading.end() :].strip("# "), line.lstrip().index(" ")
            yield DraftParagraph(said, f"第{number}行", heading=True, level=level)
        elif line.strip() and not row:
            first = first if held else number
            held.append(_ITEM.sub("", line) if markdown and not held else line)


def is_heading(text: str) -> bool:
    """A short line without an end and without a figure names what follows."""
    plain = text.strip()
    return len(plain) <= _SHORT and not plain.endswith(tuple(_ENDS)) and "，" not in plain


_FIGURE = re.compile(
    r"^[约近超逾]?\s*[\d０-９][\d０-９,，.．]*\s*(?:万|亿|[wW])?\+?\s*[^\d\s]{0,6}(?:[—–-]\d+)?$"
)
#: First headings of a table of placements; headings that count posts.
_OF_MEDIA = re.compile(r"级别|层级|外宣|^\s*(?:刊发|上稿|用稿)?(?:媒体|媒体名称)\s*$")
_COUNTED = frozenset({"发稿", "发布", "推送", "作品", "稿件", "发文"})
#: Headings of further columns that say whose row of a topic it is; what a row of sums is called.
_WHOSE, _WHOLE = ("平台", "账号", "账号名称"), ("合计", "总计", "小计")
_UNIT = re.compile(r"[（(](?:单位[:：]?)?\s*(万|亿)?\s*(人次|次|人|篇|条|个|部|场|期)?\s*[）)]")


def cells(rows: list[list[str]], places: list[str]) -> Iterator[DraftParagraph]:
    """Figures of a table, each with the first cell of its row and the heading of its column; other cells as text."""
    if not rows:
        return
    heads = rows[0]
    is_table = len(rows) > 1 and not _FIGURE.match(heads[0].strip())
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if not cell.strip():
                continue
            place = f"{places[number]}第{column + 1}列"
            label = row[0].strip().replace("\n", "")
            placed = bool(_OF_MEDIA.search(heads[0]))
            if label in _WHOLE:
                label = "" if placed else "全部账号"
            label = f"外宣{label}" if placed and number else label
            label = f"栏目{label}" if "栏" in heads[0] and number else label
            label += "".join(
                told.strip()
                for named, told in zip(heads[1:], row[1:], strict=False)
                if heads[0].strip() == "专题"
                and named.strip() in _WHOSE
                and told.strip() not in _WHOLE
            )
            head = heads[column] if column < len(heads) else ""
            head = f"{head}数" if head.strip() in _COUNTED else head
            if not (is_table and number and column and _FIGURE.match(cell.strip())):
                yield DraftParagraph(cell, place, label if is_table and number and column else "")
                continue
            unit = _UNIT.search(head)
            after = "".join(each or "" for each in unit.groups()) if unit else ""
            yield DraftParagraph(cell, place, f"{label}{_UNIT.sub('', head)}", after)
