"""What a file of rows holds is what the rows were: types, zones, missing figures, and text that looks like a formula."""

from __future__ import annotations

import csv
import json
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reports.documents.writing import DocumentError, replacing
from reports.section import Table
from reports.tidy import files
from reports.tidy.about import About
from reports.tidy.cells import guarded, unguarded
from reports.tidy.columns import COLUMNS, Row, TidyColumn, Value

#: 2026-10-08 09:00 in Shanghai, and a moment when clocks there stood an hour further.
NINE, SUMMER = 1_791_421_200, int(datetime(1988, 7, 1, tzinfo=UTC).timestamp())
TRICKS = (
    "=HYPERLINK(\"http://x.example\",\"点我\")", "+86 0871", "-2", "@某人", "\t=1", " =1", "＝1", "\r1", "\n1",
    "'=1", "''+1", "'普通", "1,000", "00123", "7300000000000000000", "TRUE", "一“二”,三\n四", "", " ", "😀=",
)  # fmt: skip


def value(column: TidyColumn, at: int) -> Value:
    """Something of its type; every third is missing."""
    if at % 3 == 2:
        return None
    values: dict[str, Value] = {
        "text": TRICKS[at % len(TRICKS)],
        "word": "exact",
        "count": (10**13, 0, -7, 5)[at % 4],
        "moment": (NINE, SUMMER)[at % 2],
        "day": "2026-09-30",
        "flag": at % 2 == 0,
    }
    return values[column.type]


def made(table: str, number: int = 40) -> list[Row]:
    return [
        tuple(value(column, line + at) for at, column in enumerate(COLUMNS[table]))
        for line in range(number)
    ]


def statement(table: str) -> About:
    return About(
        table=table, title="=云岭县作品数据", period="2026Q3", basis="published", as_of="2026-10-08T09:00:00+08:00",
        known_by="2026-10-08T09:00:00+08:00", lines=("口径：按发布统计。", "=一行像公式的话"),
        coverage=Table(id="c", title="覆盖与来源", headings=("账号", "来源"), rows=(("云岭", "导出文件1个"),)),
    )  # fmt: skip


def written(folder: Path, kind: str, table: str, rows: Sequence[Row]) -> Path:
    path = folder / f"t.{kind}"
    assert files.WRITERS[kind](path, statement(table), iter(rows)) == len(rows)
    return path


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize("table", COLUMNS)
def test_csv_holds_the_rows(tmp_path: Path, table: str) -> None:
    rows, columns = made(table), COLUMNS[table]
    data = written(tmp_path, "csv", table, rows).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *lines = csv.reader(file)
    assert head == [each.name for each in columns]
    for row, line in zip(rows, lines, strict=True):
        for column, wanted, cell in zip(columns, row, line, strict=True):
            if wanted is None or wanted == "":
                assert cell == ""
            elif column.type in ("text", "word"):
                assert unguarded(cell) == wanted
                assert cell.lstrip()[:1] not in ("=", "+", "-", "@", "＝")
                assert cell[:1] not in ("\t", "\r", "\n")
            elif column.type == "moment":
                assert isinstance(wanted, int)
                assert datetime.fromisoformat(cell) == moment(wanted)
            elif column.type == "flag":
                assert cell == str(wanted).lower()
            else:
                assert cell == str(wanted)


@pytest.mark.parametrize("table", COLUMNS)
def test_json_holds_the_rows(tmp_path: Path, table: str) -> None:
    rows, columns = made(table), COLUMNS[table]
    text = written(tmp_path, "json", table, rows).read_text(encoding="utf-8")
    told = json.loads(text)
    assert told["about"]["period"] == "2026Q3"
    assert [each["name"] for each in told["about"]["columns"]] == [each.name for each in columns]
    assert len(text.splitlines()) == len(rows) + 3  # a row a line
    for row, line in zip(rows, told["rows"], strict=True):
        for column, wanted in zip(columns, row, strict=True):
            cell = line[column.name]
            if column.type == "moment" and isinstance(wanted, int):
                assert datetime.fromisoformat(cell) == moment(wanted)
            else:
                assert cell == wanted
                assert type(cell) is type(wanted)


def test_json_without_rows(tmp_path: Path) -> None:
    assert json.loads(written(tmp_path, "json", "hits", []).read_text("utf-8"))["rows"] == []


@pytest.mark.parametrize("table", COLUMNS)
def test_parquet_holds_the_rows(tmp_path: Path, table: str) -> None:
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    rows, columns = made(table), COLUMNS[table]
    found = parquet.read_table(written(tmp_path, "parquet", table, rows))
    assert json.loads(found.schema.metadata[b"baokuan"])["basis"] == "published"
    types = {
        "text": "string",
        "word": "string",
        "count": "int64",
        "moment": "timestamp[ms, tz=Asia/Shanghai]",
        "day": "date32[day]",
        "flag": "bool",
    }
    assert [str(each.type) for each in found.schema] == [types[each.type] for each in columns]
    assert found.schema.field(0).metadata[b"words"].decode() == columns[0].words
    for row, line in zip(rows, found.to_pylist(), strict=True):
        for column, wanted in zip(columns, row, strict=True):
            cell = line[column.name]
            if isinstance(wanted, int) and column.type == "moment":
                assert cell == moment(wanted)
            elif isinstance(wanted, str) and column.type == "day":
                assert cell == date.fromisoformat(wanted)
            else:
                assert cell == wanted


@pytest.mark.parametrize("table", COLUMNS)
def test_xlsx_holds_the_rows(tmp_path: Path, table: str) -> None:
    rows, columns = made(table), COLUMNS[table]
    book = openpyxl.load_workbook(written(tmp_path, "xlsx", table, rows))
    assert book.sheetnames == [table, "说明"]
    head, *lines = book[table].iter_rows()
    assert [each.value for each in head] == [each.name for each in columns]
    for row, line in zip(rows, lines, strict=True):
        for column, wanted, cell in zip(columns, row, line, strict=True):
            assert cell.data_type != "f"
            if column.type == "moment" and isinstance(wanted, int):
                assert cell.value == moment(wanted).replace(tzinfo=None)
            elif isinstance(wanted, str):
                # an empty text is an empty cell; a carriage return is written as Excel writes it
                assert (cell.value or "").replace("_x000D_", "\r") == wanted
            else:
                assert cell.value == wanted
                assert type(cell.value) is type(wanted)
    told = [
        str(each[0])
        for each in CalamineWorkbook.from_path(tmp_path / "t.xlsx")
        .get_sheet_by_name("说明")
        .to_python()
    ]
    lines = [*statement(table).lines, "", "账号", "云岭", "", "栏", columns[0].name]
    assert told[: len(lines) + 1] == [statement(table).title, *lines]
    assert told[-1] == columns[-1].name


def test_more_rows_than_a_sheet_holds_go_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LINES", 21)
    book = openpyxl.load_workbook(written(tmp_path, "xlsx", "hits", made("hits", 40)))
    assert book.sheetnames == ["hits", "hits 2", "说明"]
    assert [book[name].max_row for name in book.sheetnames[:2]] == [21, 21]
    assert book["hits 2"]["A1"].value == "post_id"


def test_a_cell_of_excel_is_never_too_long(tmp_path: Path) -> None:
    row = list(made("posts", 1)[0])
    row[8] = "长" * 40_000
    book = openpyxl.load_workbook(written(tmp_path, "xlsx", "posts", [tuple(row)]))
    assert str(book["posts"]["I2"].value).startswith("长" * 1_000)


@given(st.text(alphabet="'=+-@＝ \t\r\nab1一"))
def test_every_text_comes_back(text: str) -> None:
    there = guarded(text)
    assert unguarded(there) == text
    assert there.lstrip()[:1] not in tuple("=+-@＝＋－＠")


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_rows_are_not_kept(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the rows take no more memory."""
    if kind == "parquet":
        pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(files, "GROUP", 500)

    def peak(number: int) -> int:
        def stream() -> Iterator[Row]:
            for at in range(number):
                yield (str(at), *(at,) * (len(COLUMNS["accounts"]) - 1))

        plain = [
            TidyColumn(each.name, "count" if at else "text", each.words)
            for at, each in enumerate(COLUMNS["accounts"])
        ]
        monkeypatch.setitem(COLUMNS, "accounts", tuple(plain))
        tracemalloc.start()
        files.WRITERS[kind](tmp_path / f"{number}.{kind}", statement("accounts"), stream())
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)  # what is imported and kept the first time
    assert peak(8_000) < 1.5 * peak(2_000)


def test_nothing_is_left_of_a_file_that_could_not_be_written(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("older", encoding="utf-8")

    def broken() -> Iterator[Row]:
        yield from made("hits", 3)
        raise OSError(28, "No space left on device")

    with pytest.raises(DocumentError, match="磁盘已满"), replacing(path) as partial:
        files.write_csv(partial, statement("hits"), broken())
    with pytest.raises(KeyError), replacing(path):
        raise KeyError
    assert path.read_text("utf-8") == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_the_moments_are_those_meant() -> None:
    assert moment(NINE) == datetime(2026, 10, 8, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert moment(SUMMER).utcoffset() == timedelta(hours=9)


@pytest.mark.parametrize("kind", files.WRITERS)
def test_half_a_sign_stops_no_table(tmp_path: Path, kind: str) -> None:
    """A file's name may hold bytes that are no text; no other row suffers for it."""
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    row = tuple("a\ud800b" if each.type == "text" else None for each in COLUMNS["hits"])
    odd = replace(statement("hits"), title="标题\ud800")
    assert files.WRITERS[kind](tmp_path / f"t.{kind}", odd, iter([row])) == 1
