"""Widths of a Word table's columns by what stands in them; LibreOffice and WPS do not find them by themselves."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

#: What cannot be broken over lines: a number, a Latin word.
_WHOLE = re.compile(r"[0-9A-Za-z.,%+\-]+")
#: In twentieths of a point: a Chinese character of 10.5 pt, and what a cell has around its text.
_EM, _AROUND = 210, 170
#: A column is never wider than this many characters unless there is room.
_MOST = 16.0
#: A text that begins with a digit and is no longer than this is one figure: 100000及以上, 2026年7月1日.
_FIGURE = 9.0


def fit(table: Any, document: Any) -> None:
    """Give the columns of a table (w:tbl) the widths that its texts want, together those of the page's text."""
    section = document.sections[0]
    page = (section.page_width - section.left_margin - section.right_margin) // 635
    rows = [list(row.iterchildren(qn("w:tc"))) for row in table.iterchildren(qn("w:tr"))]
    number = len(rows[0]) if rows else 0
    if not number or any(len(row) != number for row in rows):
        return  # joined cells: a centre's own layout
    least, wanted = [0.0] * number, [0.0] * number
    for row in rows:
        for at, cell in enumerate(row):
            text = "".join(each.text or "" for each in cell.iter(qn("w:t")))
            whole = max((_ems(each) for each in _WHOLE.findall(text)), default=1.0)
            if text[:1].isdigit() and _ems(text) <= _FIGURE:
                whole = _ems(text)
            least[at] = max(least[at], min(whole, _MOST))
            wanted[at] = max(wanted[at], min(_ems(text), _MOST))
    _set(table, rows, _shared(least, wanted, page))


def _shared(least: list[float], wanted: list[float], page: int) -> list[int]:
    """Every column what it cannot do without, and of the rest of the page as much as its texts are longer."""
    needed = [round(each * _EM) + _AROUND for each in least]
    more = [max(0.0, want - need) + 0.5 for want, need in zip(wanted, least, strict=True)]
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
    return sum(1.0 if unicodedata.east_asian_width(each) in "WFA" else 0.52 for each in text)
