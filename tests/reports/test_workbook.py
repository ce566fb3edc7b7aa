"""The Excel file: sheets that Excel takes, the sheet 溯源, charts beside their numbers, hostile titles."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest

from collector.cli import main
from reports.documents import workbook
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.section import Section, Table
from reports.summary import build
from tests.reports.county import CENTRE, at, county
from tests.reports.papers import HOSTILE, crowd, dressed, with_section


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Summary]:
    with county(tmp_path_factory.mktemp("county")) as connection:
        made = build(connection, CENTRE, parse_period("2026Q3"), "published", at(10, 9), at(10, 9))
    yield dressed(made)


def _opened(summary: Summary, folder: Path) -> Any:
    workbook.render(summary, folder / "s.xlsx")
    return openpyxl.load_workbook(BytesIO((folder / "s.xlsx").read_bytes()))


def test_hostile_titles_stay_text_and_addresses_stand_beside_them(
    summary: Summary, tmp_path: Path
) -> None:
    book = _opened(summary, tmp_path)
    sheet = book[_named(book, "作品")[0]]
    head = [each.value for each in sheet[1]]
    assert head == [
        "试的标题",
        "试的标题网址",
        "阅读量",
        "阅读量性质",
        "份额",
        "份额性质",
        "条",
        "说明",
    ]
    for (title, shown), row in zip(HOSTILE.items(), sheet.iter_rows(min_row=2), strict=False):
        assert row[0].data_type == "s" and row[1].data_type == "s"
        assert row[0].hyperlink is None and row[1].hyperlink is None
        assert str(row[0].value)[:60] == shown[:60], title
    bound = [each.value for each in sheet[len(HOSTILE) + 2]]
    assert bound[2:6] == [350_000, "下限", 1.25, None]
    none = [each.value for each in sheet[len(HOSTILE) + 4]]
    assert none[2:6] == [None, "无数据", None, "无数据"]
    assert sheet.cell(2, 5).number_format == "0.00"


def _named(book: Any, beginning: str) -> list[str]:
    return [each for each in book.sheetnames if each.startswith(beginning)]


def test_names_of_sheets_are_fit_for_excel(summary: Summary, tmp_path: Path) -> None:
    titles = ("溯源", "文字", "长" * 40, "长" * 40, "a", "A", "", "[]:*?/\\", "History", "'引'")
    section = Section(
        id="names", title="表",
        tables=tuple(
            Table(id=f"t{n}", title=each, headings=("一",), rows=((n,),)) for n, each in enumerate(titles)
        ),
    )  # fmt: skip
    names = _opened(with_section(summary, section), tmp_path).sheetnames
    assert len({each.lower() for each in names}) == len(names)
    assert all(0 < len(each) <= 31 and not set(each) & set("[]:*?/\\'") for each in names)
    assert {
        "溯源（2）",
        "文字（2）",
        "长" * 31,
        "长" * 28 + "（2）",
        "a",
        "A（2）",
        "History（2）",
        "引",
    } <= {*names}


def test_every_figure_is_in_the_sheet_of_traces(summary: Summary, tmp_path: Path) -> None:
    sheet = _opened(summary, tmp_path)["溯源"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    traced = [each for section in summary.sections for each in section.figures]
    assert list(rows) == [each.id for each in traced]
    assert len(rows) == len(traced)
    assert rows["tried.views"][1:10] == (
        "阅读量", 350_000, "下限", "350000及以上", 350_000, None, 2, None, "云岭发布",
    )  # fmt: skip
    assert rows["tried.none"][2:5] == (None, "无数据", "无数据")
    assert rows["tried.none"][10] == "2个作品"
    assert rows["tried.share"][2:5] == (0.25, "准确", "0.25")
    assert rows["account.fabu.views"][2:4] == (1_163_151, "准确")
    assert all(f'collect explain "{each}"' in str(row[11]) for each, row in rows.items())
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", sheet.dimensions)


def test_charts_stand_beside_their_numbers(summary: Summary, tmp_path: Path) -> None:
    sheet = _opened(summary, tmp_path)["图表"]
    rows = [row[:4] for row in sheet.iter_rows(values_only=True)]
    at_title = [row[0] for row in rows].index("逐月（单位：条）")
    assert rows[at_title + 1][1:3] == ("甲<i>", "乙")
    assert rows[at_title + 4][:4] == ("3月", 2_000, 2_000, "乙为下限")
    assert rows[at_title + 7][:4] == ("6月", 5_000, None, "乙无数据")
    assert len(sheet._charts) >= 4


def test_sentences_and_notes(summary: Summary, tmp_path: Path) -> None:
    book = _opened(summary, tmp_path)
    said = {row[0]: row[1] for row in book["文字"].iter_rows(min_row=2, values_only=True)}
    notes = {row[0]: row[1] for row in book["数据说明"].iter_rows(min_row=2, values_only=True)}
    assert {each.id for each in summary.sentences} == {*said, *notes}
    assert "note.basis" in notes and said["tried.bound"] == "总阅读量350000人次及以上。"
    for sheet in map(book.__getitem__, ("文字", "数据说明")):
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", sheet.dimensions)


def test_five_hundred_accounts(summary: Summary, tmp_path: Path) -> None:
    book = _opened(with_section(summary, crowd(500)), tmp_path)
    assert book["账号"].max_row == 501


def test_a_table_without_rows(summary: Summary, tmp_path: Path) -> None:
    table = Table(id="none", title="空表", headings=("甲", "乙"), rows=())
    section = replace(crowd(0), tables=(table,), charts=(), sentences=())
    sheet = _opened(with_section(summary, section), tmp_path)["空表"]
    assert [each.value for each in sheet[1]] == ["甲", "乙"] and sheet.max_row == 1


def test_the_command_of_a_trace_exists(summary: Summary) -> None:
    program, name, *words = shlex.split(summary.walk("total.views"))
    assert (program, name, words[0]) == ("collect", "explain", "total.views")
    command = main.get_command(click.Context(main), name)
    assert command is not None
    options = dict(zip(words[1::2], words[2::2], strict=True))
    known = {each: option for option in command.params for each in option.opts}
    for option, value in options.items():
        known[option].type_cast_value(click.Context(command), value)
    assert options["--period"] == "2026Q3"
    assert (options["--as-of"], options["--known-by"]) == ("2026-10-09T09:00:00",) * 2
