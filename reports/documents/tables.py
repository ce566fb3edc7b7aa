"""Widths of a table's columns by what stands in them; LibreOffice, WPS and a printing browser do not find good ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

#: What cannot be broken over lines: a number with its unit and sign (10万+), a Latin word.
_WHOLE = re.compile(r"[0-9A-Za-z.,%+\-]+(?:[万亿]\+?)?")
#: In twentieths of a point: a Chinese character of the styles for cells and of their small ones, and what a cell has
#: around its text.
_EM, _SMALL, _AROUND = 210, 180, 150
#: How wide a digit may be, in Chinese characters: 0.5 in Times New Roman, 0.64 in what may stand in for it.
_LATIN = 0.64
#: Characters: a column of words is at least as wide as the first, and never wider than the second unless there is room.
_LEAST, _MOST = 4.5, 16.0
#: A text that begins with a digit and is no longer than this is one figure: 100000及以上, 2026年7月1日.
_FIGURE = 9.6
#: The style of a table whose columns are fitted.
STYLE = "数据表"
#: Styles of cells → the small ones, for tables that would not fit.
SMALLER = {"表头": "小表头", "表格文字": "表格小字", "表格数字": "表格小数"}
#: A table with no more rows than these (its head is one) stands on one page; a longer one may begin on what is left of
#: a page.
TOGETHER = 10
#: The text of a page of ours between its margins, in twentieths of a point: 156 mm.
PAGE = 8_844


def fit(table: Any, document: Any) -> None:
    """Give the columns of a table (w:tbl) the widths that its texts want, together those of the page's text; where
    not even its figures fit, its cells take the small styles."""
    section = document.sections[0]
    page = (section.page_width - section.left_margin - section.right_margin) // 635
    rows = [list(row.iterchildren(qn("w:tc"))) for row in table.iterchildren(qn("w:tr"))]
    number = len(rows[0]) if rows else 0
    if not number or any(len(row) != number for row in rows):
        return  # joined cells: a centre's own layout
    texts = [
        ["".join(each.text or "" for each in cell.iter(qn("w:t"))) for cell in row] for row in rows
    ]
    smaller = _smaller(document)
    found, small = widths(texts, page, shrink=bool(smaller))
    if small:
        for style in table.iter(qn("w:pStyle")):
            style.set(qn("w:val"), smaller.get(style.get(qn("w:val")), style.get(qn("w:val"))))
    _set(table, rows, found)
    if len(rows) <= TOGETHER:
        for each in (p for row in rows[:-1] for cell in row for p in cell.iterchildren(qn("w:p"))):
            each.get_or_add_pPr().get_or_add_keepNext()


def widths(
    rows: Sequence[Sequence[str]], page: int = PAGE, *, shrink: bool = True
) -> tuple[list[int], bool]:
    """Widths for the texts of a table with its head, together not more than ``page`` (twentieths of a point), and
    whether the letters must be small ones, which they may be where ``shrink``."""
    small = _SMALL if shrink else _EM
    for size, whole in ((_EM, True), (small, True), (small, False)):
        least, wanted = _measured(rows, whole)
        if sum(_twips(each, size) for each in least) <= page:
            break
    return _shared(least, wanted, page, size), size == _SMALL


def _measured(rows: Sequence[Sequence[str]], whole: bool) -> tuple[list[float], list[float]]:
    """What each column cannot do without and what it would like, in Chinese characters; ``whole``: a figure with its
    words (100000及以上) is not broken."""
    number = len(rows[0])
    least, wanted = [1.0] * number, [1.0] * number
    for row in rows:
        for at, text in enumerate(row):
            wide = _ems(text)
            longest = max((_ems(each) for each in _WHOLE.findall(text)), default=0.0)
            if whole and text[:1].isdigit() and wide <= _FIGURE:
                longest = wide
            least[at] = max(least[at], min(max(longest, min(wide, _LEAST)), _MOST))
            wanted[at] = max(wanted[at], min(wide, _MOST))
    return least, wanted


def _twips(ems: float, size: int) -> int:
    return round(ems * size) + _AROUND


def _smaller(document: Any) -> dict[str, str]:
    """Ids of the styles of cells → those of the small ones; empty where a centre's own template has none."""
    ids = {each.name: each.style_id for each in document.styles}
    if not {*SMALLER, *SMALLER.values()} <= {*ids}:
        return {}
    return {ids[name]: ids[other] for name, other in SMALLER.items()}


def _shared(least: list[float], wanted: list[float], page: int, size: int) -> list[int]:
    """Every column what it cannot do without, and of the rest of the page as much as its texts are longer."""
    needed = [_twips(each, size) for each in least]
    more = [max(0.0, want - need) + 0.2 for want, need in zip(wanted, least, strict=True)]
    rest = page - sum(needed)
    if rest < 0:
        return [each * page // sum(needed) for each in needed]
    return [need + int(rest * each / sum(more)) for need, each in zip(needed, more, strict=True)]


def _set(table: Any, rows: list[list[Any]], widths: list[int]) -> None:
    grid = table.find(qn("w:tblGrid"))
    for column in list(grid):
        grid.remove(column)
    for width in widths:
        column = OxmlElement("w:gridCol")
        column.set(qn("w:w"), str(width))
        grid.append(column)
    for row in rows:
        for cell, width in zip(row, widths, strict=True):
            wide = cell.get_or_add_tcPr().get_or_add_tcW()
            wide.set(qn("w:type"), "dxa")
            wide.set(qn("w:w"), str(width))


def _ems(text: str) -> float:
    """About how wide a text is; the space that Word sets between Chinese and Latin counts too."""
    wide = [unicodedata.east_asian_width(each) in "WFA" for each in text]
    turns = sum(before != after for before, after in pairwise(wide))
    return sum(1.0 if each else _LATIN for each in wide) + turns * 0.25
