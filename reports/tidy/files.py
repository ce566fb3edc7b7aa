"""A tidy table as a file: csv, xlsx, parquet, json. Rows are written as they come, so that ten million need no more memory
than ten thousand; the statement (reports.tidy.about) goes with each.

Every writer takes a path that is not there yet, the statement and the rows, and returns how many rows it wrote.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any

from adapters.moments import SHANGHAI
from reports import wording
from reports.documents.writing import DocumentError
from reports.tidy.about import TYPES, About
from reports.tidy.cells import guarded, moment_text, serial
from reports.tidy.columns import Row, TidyColumn, Value

Write = Callable[[Path, About, Iterable[Row]], int]
#: What Excel holds on one sheet, its heading included, and in one cell.
LINES, LONGEST = 1_048_576, 32_767
#: Rows of a group of parquet, and of what is handed to csv at once.
GROUP, MANY = 20_000, 1_000


def write_csv(path: Path, about: About, rows: Iterable[Row]) -> int:
    """UTF-8 with the mark that Excel knows it by; no cell is a formula."""
    tell = _telling(about.columns, {"text": _guard, "moment": moment_text, "flag": _flag})
    number, stream = 0, iter(rows)
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(each.name for each in about.columns)
        while part := list(map(tell, islice(stream, MANY))):
            writer.writerows(part)
            number += len(part)
    return number


def write_json(path: Path, about: About, rows: Iterable[Row]) -> int:
    """One object: ``about`` and ``rows``, each row an object on a line of its own."""
    tell = _telling(about.columns, _JSON)
    form = ",".join(f"{json.dumps(each.name)}:%s" for each in about.columns)
    number = 0
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(f'{{"about":{json.dumps(about.as_data(), ensure_ascii=False)},\n"rows":[')
        for number, row in enumerate(rows, start=1):
            cells = ["null" if each is None else each for each in tell(row)]
            file.write(f"{',' if number > 1 else ''}\n{{{form % tuple(cells)}}}")
        file.write("\n]}\n")
    return number


def write_xlsx(path: Path, about: About, rows: Iterable[Row]) -> int:
    """Numbers as numbers, times in Beijing time, text as text; after LINES rows the next sheet begins."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    number, line = 0, 0
    try:
        with xlsxwriter.Workbook(str(path), options) as book:
            book.use_zip64()
            formats = {
                "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
                "head": book.add_format({"bold": True}),
            }
            sheet = _sheet(book, about, formats)
            for row in rows:
                number += 1
                if line == LINES - 1:
                    sheet, line = _sheet(book, about, formats), 0
                line += 1
                _line(sheet, line, row, about.columns, formats)
            _statement(book.add_worksheet("说明"), about, formats["head"])
    except xlsxwriter.exceptions.FileCreateError as problem:
        raise OSError(*problem.args[0].args) from problem
    return number


def write_parquet(path: Path, about: About, rows: Iterable[Row]) -> int:
    """With types, words and units in its schema, and the statement in its metadata (key ``baokuan``). Raises DocumentError
    where pyarrow is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as problem:
        raise DocumentError(
            "写 parquet 要用 pyarrow，这台电脑上没有装：运行 pip install pyarrow；或者改用 csv、json、xlsx"
        ) from problem
    types = {
        "text": pa.string(),
        "word": pa.string(),
        "count": pa.int64(),
        "moment": pa.timestamp("s", tz=str(SHANGHAI)),
        "day": pa.date32(),
        "flag": pa.bool_(),
    }
    fields = [
        pa.field(e.name, types[e.type], metadata={"words": e.words, "unit": e.unit})
        for e in about.columns
    ]
    said = _whole(json.dumps(about.as_data(), ensure_ascii=False))
    schema = pa.schema(fields, metadata={"baokuan": said})
    tell = _telling(about.columns, {"text": _whole, "day": _day})
    number, stream = 0, iter(rows)
    with parquet.ParquetWriter(str(path), schema, compression="zstd") as writer:
        while part := list(map(tell, islice(stream, GROUP))):
            columns = zip(*part, strict=True)
            arrays = [
                pa.array(cells, field.type) for cells, field in zip(columns, fields, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            number += len(part)
    return number


#: Format → its writer; csv and parquet have the statement in a file beside them too (BESIDE).
WRITERS: Mapping[str, Write] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
    "json": write_json,
}
BESIDE = ("csv", "parquet")


def write_statement(path: Path, about: About) -> None:
    """The statement as a text file that every editor of Windows opens."""
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="\r\n") as file:
        file.writelines(f"{line}\n" for line in about.text())


# ── cells ──


def _telling(
    columns: Sequence[TidyColumn], by_type: Mapping[str, Callable[[Any], Any]]
) -> Callable[[Row], Sequence[Any]]:
    """What makes cells of a row's values: those of the types named, the others stay."""
    changed = [(at, by_type[e.type]) for at, e in enumerate(columns) if e.type in by_type]

    def tell(row: Row) -> Sequence[Any]:
        cells: list[Any] = list(row)
        for at, change in changed:
            value = cells[at]
            if value is not None:
                cells[at] = change(value)
        return cells

    return tell


def _guard(text: str) -> str:
    """Most texts begin with a letter and need no look with a pattern."""
    return text if text[:1].isalnum() else guarded(text)


def _flag(value: bool) -> str:
    return "true" if value else "false"


#: What JSON has of each type; a number is its own text. Put into a line at once, this takes a third of the time of an encoder.
_JSON: Mapping[str, Callable[[Any], str]] = {
    "text": encode_basestring,
    "word": encode_basestring,
    "day": encode_basestring,
    "moment": lambda second: f'"{moment_text(second)}"',
    "flag": _flag,
}


def _whole(text: str) -> str:
    """Text that UTF-8 can hold: half a sign becomes a question mark."""
    return text if text.isprintable() else text.encode("utf-8", "replace").decode("utf-8")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _sheet(book: Any, about: About, formats: Mapping[str, Any]) -> Any:
    """The next sheet of rows, with its headings."""
    there = len(book.worksheets())
    sheet = book.add_worksheet(f"{about.table} {there + 1}" if there else about.table)
    for at, column in enumerate(about.columns):
        sheet.write_string(0, at, column.name, formats["head"])
        if column.type == "moment":
            sheet.set_column(at, at, 19)
    sheet.freeze_panes(1, 1)
    return sheet


def _line(
    sheet: Any, at: int, row: Row, columns: Sequence[TidyColumn], formats: Mapping[str, Any]
) -> None:
    for place, (column, value) in enumerate(zip(columns, row, strict=True)):
        if value is None:
            continue
        if column.type == "count":
            sheet.write_number(at, place, value)
        elif column.type == "moment":
            assert isinstance(value, int)
            sheet.write_number(at, place, serial(value), formats["moment"])
        elif column.type == "flag":
            sheet.write_boolean(at, place, value)
        else:
            sheet.write_string(at, place, _fits(value))


def _fits(value: Value) -> str:
    text = _whole(str(value))
    return wording.short(text, LONGEST - 1) if len(text) >= LONGEST else text


def _statement(sheet: Any, about: About, bold: Any) -> None:
    """The statement as a sheet: sentences, coverage, columns."""
    at = 0

    def line(cells: Iterable[object], form: Any = None) -> None:
        nonlocal at
        for place, cell in enumerate(cells):
            sheet.write_string(at, place, _fits(str(cell)), form)
        at += 1

    sheet.set_column(0, 0, 28)
    line([about.title], bold)
    for each in about.lines:
        line([each])
    if about.coverage is not None:
        line([])
        line(about.coverage.headings, bold)
        for row in about.coverage.rows:
            line(row)
    line([])
    line(["栏", "类型", "单位", "是什么"], bold)
    for column in about.columns:
        line([column.name, TYPES[column.type], column.unit, column.words])
