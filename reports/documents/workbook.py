"""A summary as an Excel workbook: numbers as numbers, titles as text (``=HYPERLINK(`` stays what it is)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from adapters.records import Count
from reports import wording
from reports.charts import office
from reports.documents import content
from reports.documents.writing import write
from reports.section import Cell, Link, Sentence, Table
from reports.statement import Statement
from reports.vocabulary import BOUNDS

#: What Excel holds in one cell, in the name of a sheet, and what it does not take there.
_LONGEST, _NAME, _BARRED = 32_767, 31, "[]:*?/\\'"
#: Sheets of every workbook beside those of the tables.
WORDS, NOTES, TRACED, CHARTS = "文字", "数据说明", "溯源", "图表"


def render(summary: content.Listing, path: Path) -> None:
    """Write the summary to ``path``; the same summary gives the same bytes. Raises DocumentError."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, office.OPTIONS) as book:
        book.set_properties(
            {
                "title": content.title(summary),
                "author": summary.centre.name,
                "created": summary.as_of.replace(tzinfo=None),
            }
        )
        formats = {name: book.add_format(look) for name, look in office.FORMATS.items()}
        tables = [each for section in summary.sections for each in section.tables]
        for name, table in zip(_names(each.title for each in tables), tables, strict=True):
            _table(_sheet(book, name), table, formats)
        charts = [each for section in summary.sections for each in content.charts(section)]
        if charts:
            office.fill(book, _sheet(book, CHARTS), charts, formats)
        for name, notes in ((WORDS, False), (NOTES, True)):
            there = [each for each in summary.sections if (each.id == content.NOTES) is notes]
            _sentences(_sheet(book, name), [s for each in there for s in each.sentences], formats)
        _traced(_sheet(book, TRACED), summary, formats)
    write(path, made.getvalue())


def _sheet(book: Any, name: str) -> Any:
    """A new sheet that prints on A4 across, as wide as the page, its first row on each page."""
    sheet = book.add_worksheet(name)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if name != CHARTS:
        sheet.repeat_rows(0)
    sheet.set_footer("&C&P / &N")
    return sheet


def _names(titles: Iterator[str]) -> list[str]:
    """Names that Excel takes, no two alike in any case of letters."""
    taken = {each.lower() for each in (WORDS, NOTES, TRACED, CHARTS, "History")}
    names: list[str] = []
    for title in titles:
        plain = "".join(" " if each in _BARRED else each for each in wording.line(title)).strip()
        plain = plain or "表"
        name, number = plain[:_NAME], 1
        while name.lower() in taken:
            number += 1
            end = f"（{number}）"
            name = f"{plain[: _NAME - len(end)]}{end}"
        taken.add(name.lower())
        names.append(name)
    return names


def _table(sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    """A figure takes two columns: the number, and what kind of number it is. So does a title with an address."""
    columns = range(len(table.headings))
    doubles = [_double([row[at] for row in table.rows]) for at in columns]
    names: list[str] = []
    for name, double in zip(table.headings, doubles, strict=True):
        names += [name, f"{name}{double}"] if double else [name]
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, max(1, len(names) - 1), 13)
    for at, name in enumerate(names):
        sheet.write_string(0, at, _fits(name), formats["head"])
    for number, row in enumerate(table.rows, start=1):
        at = 0
        for cell, double in zip(row, doubles, strict=True):
            _write(sheet, number, at, cell, formats, double)
            at += 2 if double else 1
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(table.rows), max(0, len(names) - 1))


def _double(column: list[Cell]) -> str:
    """The name of the second column that a column needs beside it; empty where it needs none."""
    if any(isinstance(each, Link) and each.url for each in column):
        return "网址"
    return "性质" if any(isinstance(each, Count) or each is None for each in column) else ""


def _write(
    sheet: Any, row: int, at: int, cell: Cell, formats: dict[str, Any], double: str = ""
) -> None:
    if cell is None:
        sheet.write_string(row, at + (double == "性质"), wording.NO_DATA)
    elif isinstance(cell, Count):
        sheet.write_number(row, at, cell.value, formats["whole"])
        sheet.write_string(row, at + 1, BOUNDS[cell.bound])
    elif isinstance(cell, int | float):
        sheet.write_number(row, at, cell, formats["whole" if isinstance(cell, int) else "part"])
    elif isinstance(cell, Link):
        sheet.write_string(row, at, _fits(cell.text), formats["text"])
        if cell.url:
            sheet.write_string(row, at + 1, _fits(cell.url), formats["text"])
    else:
        sheet.write_string(row, at, _fits(cell), formats["text"])


def _headed(sheet: Any, columns: Mapping[str, int], formats: dict[str, Any]) -> None:
    """The first row of a sheet: names of columns, each with its width."""
    for at, (name, wide) in enumerate(columns.items()):
        sheet.set_column(at, at, wide)
        sheet.write_string(0, at, name, formats["head"])


def _sentences(sheet: Any, said: list[Sentence], formats: dict[str, Any]) -> None:
    _headed(sheet, {"编号": 28, "文字": 110}, formats)
    for number, each in enumerate(said, start=1):
        sheet.write_string(number, 0, _fits(each.id))
        sheet.write_string(number, 1, _fits(each.text), formats["wrap"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(said), 1)


_TRACED = {
    "编号": 34, "是什么": 34, "数值": 13, "性质": 9, "表中写作": 18, "最小可能": 13, "最大可能": 13,
    "无数据作品数": 13, "所据指标": 14, "所据账号": 30, "所据作品": 24, "怎样查证": 70,
}  # fmt: skip


def _traced(sheet: Any, summary: content.Listing, formats: dict[str, Any]) -> None:
    """A row for every figure: what it is, where the true number lies, what is behind it, how to walk back."""
    _headed(sheet, _TRACED, formats)
    number = 0
    for number, each in enumerate(summary.figures, start=1):
        row: list[Cell] = [each.id, each.name, *_number(each), *summary.behind(each.trace)]
        row.append(summary.walk(each.id))
        for at, cell in enumerate(row):
            if cell is not None:
                _write(sheet, number, at, cell, formats)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, number, len(_TRACED) - 1)


def _number(traced: Statement) -> list[Cell]:
    """Value, kind, words, least, most, posts without data; None leaves a cell empty."""
    value = traced.value
    if value is None:
        return [None, wording.NO_DATA, wording.NO_DATA, None, None, None]
    if isinstance(value, Count):
        words, least = wording.cell(value), value.low
        return [value.value, BOUNDS[value.bound], words, least, value.high, value.missing]
    if traced.least:
        return [value, BOUNDS["at_least"], f"{wording.plain(value)}及以上", value, None, None]
    return [value, BOUNDS["exact"], wording.plain(value), value, value, None]


def _fits(words: str) -> str:
    """What a cell holds: one line, without control signs, not longer than Excel allows."""
    return wording.short(words, _LONGEST - 1)
