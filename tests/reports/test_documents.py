"""Documents of a summary: opened again and compared with it; hostile titles stay text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from reports.documents import data, markdown, workbook
from reports.documents.writing import DocumentError
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.section import Link, Sentence
from reports.summary import build
from tests.reports.county import CENTRE, TRICK, at, county
from tests.reports.model import MODEL, hostile

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "summary.schema.json"
BASES = ("published", "gained", "aged:5")


@pytest.fixture(scope="module")
def summaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Summary]]:
    with county(tmp_path_factory.mktemp("county")) as connection:
        yield {
            basis: build(connection, CENTRE, parse_period("2026Q3"), basis, at(10, 9), at(10, 9))
            for basis in BASES
        }


def _titled(summary: Summary, title: str) -> Summary:
    """The summary with another title for its best post, in its table and in a sentence."""
    first = summary.sections[0]
    (table,) = first.tables
    row = tuple(Link(title, title) if isinstance(cell, Link) else cell for cell in table.rows[0])
    told = replace(table, rows=(row, *table.rows[1:]))
    said = (*first.sentences, Sentence("total.tried", title))
    told_section = replace(first, tables=(told,), sentences=said)
    return replace(summary, sections=(told_section, *summary.sections[1:]))


@pytest.mark.parametrize("basis", BASES)
def test_the_json_keeps_to_its_schema(
    summaries: dict[str, Summary], tmp_path: Path, basis: str
) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    data.render(summaries[basis], tmp_path / "s.json")
    made = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(made)
    assert made["basis"] == basis


def test_the_json_says_what_the_issue_asks_for(summaries: dict[str, Summary]) -> None:
    made: dict[str, Any] = data.as_data(summaries["published"])
    assert made["period"] == {
        "name": "2026Q3",
        "title": "2026年第三季度",
        "from": "2026-07-01T00:00:00+08:00",
        "to": "2026-10-01T00:00:00+08:00",
    }
    assert made["as_of"] == "2026-10-09T09:00:00+08:00"
    fabu, dangjian, douyin = made["accounts"][:3]
    assert fabu["views"] == {"value": 1_163_151, "bound": "exact"}
    assert fabu["likes"] is None
    assert fabu["best"]["title"] == "云岭春茶开采"
    assert fabu["best"]["views"] == {"value": 1_053_112, "bound": "exact"}
    assert fabu["best"]["url"] == "https://mp.example/1"
    assert fabu["hits"] == {"views": {"100000": 2, "1000000": 1}, "likes": {"10000": 0}}
    assert fabu["unknown_hits"]["likes"] == {"10000": 4}
    assert fabu["coverage"]["from"] == "2026-07-03"
    assert fabu["coverage"]["to"] == "2026-09-30"
    assert dangjian["best"]["views"] is None
    assert dangjian["best"]["readers"] == {"value": 120_000, "bound": "exact"}
    assert douyin["views"] == {"value": 350_000, "bound": "at_least"}
    assert douyin["incomplete"] is True
    assert douyin["coverage"]["missing_before"] == ["2026-08-05T09:00:00+08:00"]
    assert {each["id"] for each in made["groups"]} == {"公众号", "短视频"}


@pytest.mark.parametrize("render", [data.render, markdown.render_listing, workbook.render])
def test_the_same_summary_gives_the_same_bytes(
    summaries: dict[str, Summary], tmp_path: Path, render: Callable[[Summary, Path], None]
) -> None:
    render(summaries["published"], tmp_path / "one")
    render(summaries["published"], tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_workbook_holds_numbers_as_numbers(
    summaries: dict[str, Summary], tmp_path: Path
) -> None:
    workbook.render(summaries["published"], tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    assert book.sheetnames[0] == "数据"
    assert book.sheetnames[-3:] == ["文字", "数据说明", "溯源"]
    sheet = book["数据"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", sheet.dimensions)
    names = [str(each.value) for each in sheet[1]]
    assert len(names) == len(set(names))
    rows = {
        row[0]: dict(zip(names, row, strict=True)) for row in sheet.iter_rows(2, values_only=True)
    }
    fabu, douyin, weibo = rows["云岭发布"], rows["云岭融媒"], rows["云岭微博"]
    assert (fabu["作品数"], fabu["阅读/播放量"], fabu["阅读/播放量性质"]) == (4, 1_163_151, "准确")
    assert (fabu["阅读/播放量10万+"], fabu["阅读/播放量100万+"]) == (2, 1)
    assert (douyin["阅读/播放量"], douyin["阅读/播放量性质"]) == (350_000, "下限")
    assert (weibo["阅读/播放量"], weibo["阅读/播放量性质"]) == (None, "无数据")


@pytest.mark.parametrize(
    "title", [TRICK, "+1+cmd|' /C calc'!A0", "长" * 40_000, "a\x07b\nc", "مرحبا 😀"]
)
def test_a_hostile_title_stays_text_in_the_workbook(
    summaries: dict[str, Summary], tmp_path: Path, title: str
) -> None:
    workbook.render(_titled(summaries["published"], title), tmp_path / "s.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx")["数据"]
    at_title = [each.value for each in sheet[1]].index("最高的作品")
    cell = sheet[2][at_title]
    assert cell.data_type == "s"
    assert str(cell.value)[:5] == title.replace("\x07", " ").replace("\n", " ")[:5]


def test_markdown_shows_a_hostile_title_as_it_stands(summaries: dict[str, Summary]) -> None:
    made = markdown.listing(_titled(summaries["published"], TRICK + "\n\n# 假标题"))
    row = next(line for line in made.splitlines() if line.startswith("| 合计"))
    assert r"\<b\>点我\</b\>" in row
    assert r"\|\*一\*" in row
    assert "\n# 假标题" not in made
    for block in made.split("\n\n"):
        assert len({_cells(line) for line in block.splitlines() if line.startswith("|")}) <= 1


def test_markdown_says_the_paper() -> None:
    blocks = markdown.text(MODEL).rstrip("\n").split("\n\n")
    said = [markdown.escape(each) for each in MODEL.text.split("\n")]
    assert [each.lstrip("# ") for each in blocks[: len(said)]] == said
    assert [each for each in blocks if each.startswith("#")][:3] == [
        f"# {MODEL.title}", "## 一、爆款作品", "## 二、各平台情况",
    ]  # fmt: skip
    assert blocks[-6] == "## 附表1 各账号发布和传播情况"
    assert len(blocks[-5].splitlines()) == 2 + len(MODEL.tables[0].rows)
    harm = markdown.text(hostile((f"{TRICK}\n\n# 假标题",)))
    assert "\n# 假标题" not in harm and r"\<b\>点我\</b\>" in harm


def _cells(line: str) -> int:
    return line.replace("\\|", "").count("|")


def test_markdown_says_every_sentence(summaries: dict[str, Summary]) -> None:
    for basis in BASES:
        made = markdown.listing(summaries[basis])
        for each in summaries[basis].sentences:
            assert f"- {markdown.escape(each.text)}\n" in made


@pytest.mark.parametrize("render", [data.render, markdown.render_listing, workbook.render])
def test_a_document_that_cannot_be_written_is_said_so(
    summaries: dict[str, Summary], tmp_path: Path, render: Callable[[Summary, Path], None]
) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    with pytest.raises(DocumentError, match=r"写不了.*taken.*请先关闭"):
        render(summaries["published"], taken)
    assert list(tmp_path.iterdir()) == [taken]


def test_the_folder_of_a_document_is_made(summaries: dict[str, Summary], tmp_path: Path) -> None:
    markdown.render_listing(summaries["published"], tmp_path / "a" / "b" / "s.md")
    assert [each.name for each in (tmp_path / "a" / "b").iterdir()] == ["s.md"]
