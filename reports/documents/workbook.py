"""A summary as an Excel workbook: numbers as numbers, titles as text (``=HYPERLINK(`` stays what it is)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from reports import wording
from reports.documents.writing import write
from reports.figure import Figure
from reports.figures import Summary
from reports.section import Cell, Link, Table
from reports.vocabulary import BOUNDS

#: What Excel holds in one cell.
_LONGEST = 32_767
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def render(summary: Summary, path: Path) -> None:
    """Write the summary to ``path``; the same summary gives the same bytes. Raises DocumentError."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, _OPTIONS) as book:
        book.set_properties(
            {
                "title": f"{summary.centre.name}{summary.period.title}传播数据总结",
                "author": summary.centre.name,
                "created": summary.as_of.replace(tzinfo=None),
            }
        )
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "bottom": 1}),
            "number": book.add_format({"num_format": "0"}),
            "text": book.add_format({"num_format": "@"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        for table in (each for section in summary.sections for each in section.tables):
            _table(book.add_worksheet(table.title), table, formats)
        _sentences(book.add_worksheet("文字"), summary, formats, notes=False)
        _sentences(book.add_worksheet("数据说明"), summary, formats, notes=True)
    write(path, made.getvalue())


def _table(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    """Each figure takes two columns: the number, and what kind of number it is."""
    columns = range(len(table.headings))
    double = [
        any(isinstance(row[at], Figure) or row[at] is None for row in table.rows) for at in columns
    ]
    names: list[str] = []
    for name, two in zip(table.headings, double, strict=True):
        names += [name, f"{name}性质"] if two else [name]
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, len(names) - 1, 13)
    for at, name in enumerate(names):
        sheet.write_string(0, at, name, formats["head"])
    for number, row in enumerate(table.rows, start=1):
        at = 0
        for cell, two in zip(row, double, strict=True):
            _write(sheet, number, at, cell, formats)
            at += 2 if two else 1
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(table.rows), len(names) - 1)


def _write(sheet: Any, row: int, at: int, cell: Cell, formats: dict[str, Any]) -> None:
    if cell is None:
        sheet.write_blank(row, at, None)
        sheet.write_string(row, at + 1, wording.NO_DATA)
    elif isinstance(cell, Figure):
        sheet.write_number(row, at, cell.value, formats["number"])
        sheet.write_string(row, at + 1, BOUNDS[cell.bound])
    elif isinstance(cell, int | float):
        sheet.write_number(row, at, cell, formats["number"])
    elif isinstance(cell, Link):
        sheet.write_string(row, at, _fits(cell.text), formats["text"])
    else:
        sheet.write_string(row, at, _fits(cell), formats["text"])


def _sentences(sheet: Any, summary: Summary, formats: dict[str, Any], *, notes: bool) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, "编号", formats["head"])
    sheet.write_string(0, 1, "文字", formats["head"])
    chosen = [each for each in summary.sentences if each.id.startswith("note.") is notes]
    for number, each in enumerate(chosen, start=1):
        sheet.write_string(number, 0, _fits(each.id))
        sheet.write_string(number, 1, _fits(each.text), formats["wrap"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(chosen), 1)


def _fits(words: str) -> str:
    """What a cell holds: one line, without control signs, not longer than Excel allows."""
    words = wording.line(words)
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
