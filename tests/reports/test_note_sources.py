"""The last page's table of coverage and sources, from the county typed by hand (tests.reports.county)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.section import Section
from reports.summary import build
from tests.reports.county import CENTRE, at, county


@contextmanager
def notes(folder: Path, period: str, day: int = 9) -> Iterator[Section]:
    with county(folder) as connection:
        moment = at(10, day, 12)
        made: Summary = build(connection, CENTRE, parse_period(period), "published", moment, moment)
        yield made.sections[-1]


def test_kinds_of_sources_and_days(tmp_path: Path) -> None:
    with notes(tmp_path, "2026Q3") as section:
        said = next(each.text for each in section.sentences if each.id == "note.sources")
        (table,) = (each for each in section.tables if each.id == "note.sources")
    assert said == (
        "资料来源（含本期作品的）：导出文件5个；各账号的来源和覆盖日期见下表。没有来源的账号：“云岭旅游”。"
    )
    rows = {row[0]: row[1:] for row in table.rows}
    assert list(rows) == ["云岭发布", "云岭党建", "云岭融媒", "云岭微博", "云岭旅游"]
    assert rows["云岭发布"] == (
        "微信公众号", "2026年7月3日—9月30日", "", "导出文件2个", "2026-10-08",
    )  # fmt: skip
    assert rows["云岭融媒"][2:4] == ("导出达到条数上限，作品没有读全", "导出文件1个")
    assert rows["云岭旅游"] == ("头条号", "无数据", "没有数据", "无数据", "无数据")


def test_a_period_without_sources(tmp_path: Path) -> None:
    with notes(tmp_path, "2020Q1") as section:
        said = next(each.text for each in section.sentences if each.id == "note.sources")
    assert said.startswith("资料来源：没有读到含本期作品的文件")


def test_what_was_told_later_is_no_source(tmp_path: Path) -> None:
    with notes(tmp_path, "2026Q3", day=7) as section:
        said = next(each.text for each in section.sentences if each.id == "note.sources")
    assert said.startswith("资料来源（含本期作品的）：导出文件1个；")
