"""The ledgers of outreach.py, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from reports.centre import Centre
from reports.figures.kept import Placed, placed
from reports.figures.totals import Summary
from reports.inquiry import Inquiry
from reports.periods import parse_period
from reports.sections import placements
from reports.summary import build
from tests.reports.outreach import CENTRE, moment, outreach

BASES = ("published", "gained", "aged:7")


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with outreach(tmp_path_factory.mktemp("outreach")) as there:
        yield there


def made(
    connection: Connection,
    period: str = "2026Q3",
    basis: str = "published",
    as_of: str = "10-09",
    known_by: str = "10-09",
    centre: Centre = CENTRE,
) -> Summary:
    return build(connection, centre, parse_period(period), basis, moment(as_of), moment(known_by))


def data(summary: Summary, name: str) -> Any:
    return next(each.data[name] for each in summary.sections if name in each.data)


def said(summary: Summary) -> dict[str, str]:
    return {each.id: each.text for each in summary.sentences}


@pytest.mark.parametrize("basis", BASES)
def test_placements_count_by_their_day_whatever_the_basis(
    connection: Connection, basis: str
) -> None:
    found = data(made(connection, basis=basis), "placements")
    assert found == {
        "posts": 8,
        "levels": {"中央": 1, "省": 2, "市": 4, "未注明": 1},
        "outlets": {
            "云川日报": 2, "华夏日报": 1, "江原卫视": 1, "江原云": 1, "云川晚报": 2, "某某客户端": 1,
        },
        "media": {"报": 4, "台": 1, "端": 2, "未注明": 1},
        "front_page": 1,
        "pieces": 6,
        "points": 10 + 2.5 + 5 + 2.5 + 0 + 2.5,  # 茶香 once at 中央, again at 市 three weeks later
    }  # fmt: skip


@pytest.mark.parametrize(
    ("period", "as_of", "known_by", "levels"),
    [
        (
            "2026Q3",
            "10-09",
            "09-01",
            {"中央": 1, "省": 2, "市": 1},
        ),  # told by the first workbook only
        (
            "2026Q3",
            "09-01",
            "10-09",
            {"中央": 1, "省": 2, "市": 1},
        ),  # what was known then, before the second workbook, of 8 October
        ("2026Q3", "08-19", "08-19", None),
        ("2026Q2", "10-09", "10-09", {"省": 1}),
        ("2026Q1", "10-09", "10-09", None),  # before the first record
        ("2026-07", "10-09", "10-09", {"中央": 1, "省": 1, "市": 2}),
        ("2026-07-10..2026-07-20", "10-09", "10-09", {}),  # kept, and nothing appeared
        ("2026-10-02..2026-10-05", "10-09", "10-09", None),  # after its last row
        ("2026-10-09..2026-10-12", "10-09", "10-09", None),  # after the last ledger
        ("2026-07-03T06..2026-07-05T00", "10-09", "10-09", {}),  # without a clock: 0 o'clock
    ],
)
def test_as_of_known_by_and_the_span_of_the_ledger(
    connection: Connection,
    period: str,
    as_of: str,
    known_by: str,
    levels: dict[str, int] | None,
) -> None:
    for basis in BASES:
        found = data(made(connection, period, basis, as_of, known_by), "placements")
        assert (None if found is None else found["levels"]) == levels


def test_what_is_said_of_placements(connection: Connection) -> None:
    text = said(made(connection))
    assert text["placements.total"] == (
        "云岭县融媒体中心2026年第三季度在外部媒体刊发8篇："
        "中央级1篇、省级2篇、市级4篇、未注明级别1篇；头版1篇。"
    )
    assert text["placements.media"] == "按介质分：报纸4篇、广播电视1篇、客户端2篇、未注明介质1篇。"
    assert text["placements.score"] == (
        "计分时同一稿件（标题相同、首次刊发后15天内）就高不就低，只按最高级别计一次：共6件，"
        "中央级1件、每件10分；省级1件、每件5分；市级3件、每件2.5分；未注明级别1件、每件0分，合计22.5分。"
    )
    assert "placements.coverage" not in text
    assert said(made(connection, "2026Q1"))["placements.total"] == (
        "2026年第一季度外宣刊发篇数无数据：外宣台账从2026年6月30日才有记录。"
    )
    empty = said(made(connection, "2026-07-10..2026-07-20"))
    assert empty["placements.total"] == (
        "云岭县融媒体中心2026年7月10日至7月20日没有在外部媒体刊发的记录（0篇）。"
    )
    early = said(made(connection, known_by="09-01", basis="gained"))
    assert early["placements.coverage"] == (
        "外宣台账只覆盖2026年7月1日—8月2日，此外的日子不能确定；外宣没有阅读数据，按刊发日期计入，与所用口径无关。"
    )
    never = said(made(connection, as_of="08-19", known_by="08-19"))
    assert never["placements.total"] == (
        "2026年第三季度外宣刊发篇数无数据：没有读到外宣台账，或其中没有一条记录（不是 0 篇）。"
    )


def test_figures_of_placements_lead_to_its_posts(connection: Connection) -> None:
    (section,) = (each for each in made(connection).sections if each.id == "placements")
    traces = {each.id: each.trace for each in section.figures}
    whole, level = traces["placements.posts"], traces["placements.level.市.posts"]
    assert section.sentences[0].trace == whole
    assert len(whole.posts or ()) == 8
    assert len(level.posts or ()) == 4
    assert set(level.posts or ()) <= set(whole.posts or ())


def test_a_centre_without_any_ledger_has_no_such_part(connection: Connection) -> None:
    centre = replace(CENTRE, accounts=())
    assert {each.id for each in made(connection, centre=centre).sections} & {
        "placements",
        "broadcast",
    } == set()


@pytest.mark.parametrize("basis", BASES)
def test_broadcast(connection: Connection, basis: str) -> None:
    found = data(made(connection, basis=basis), "broadcast")
    assert found == {
        "云岭新闻": {"issues": 3, "items": 28, "without_items": 0},
        "茶乡故事": {"issues": 2, "items": 1, "without_items": 1},
        "你问我答": {"issues": 1, "items": None, "without_items": 1},
    }
    assert data(made(connection, basis=basis, known_by="09-01"), "broadcast") == {
        "云岭新闻": {"issues": 2, "items": 19, "without_items": 0}
    }
    assert data(made(connection, "2026Q2", basis), "broadcast") is None
    assert data(made(connection, "2026-09-02..2026-09-05", basis), "broadcast") == {}
    assert data(made(connection, "2026-10-02..2026-10-05", basis), "broadcast") is None


def test_what_is_said_of_broadcast(connection: Connection) -> None:
    text = said(made(connection))
    assert text["broadcast.total"] == (
        "2026年第三季度自办栏目3个，共播出6期，至少29条（其中2期没有填条数）。"
    )
    assert said(made(connection, "2026Q2"))["broadcast.total"] == (
        "2026年第二季度自办播出无数据：播出台账从2026年7月1日才有记录。"
    )


def test_front_pages_that_no_ledger_marks_are_not_0(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unmarked(inquiry: Inquiry) -> Placed:
        found = placed(inquiry)
        return replace(found, kept=replace(found.kept, every=()))

    monkeypatch.setattr(placements, "placed", unmarked)
    summary = made(connection)
    (section,) = (each for each in summary.sections if each.id == "placements")
    assert {each.id: each.value for each in section.figures}["placements.front"] is None
    assert {row[-1] for row in section.tables[0].rows} == {None}
    assert data(summary, "placements")["front_page"] is None
    assert said(summary)["placements.total"].endswith("；头版篇数无数据（台账没有标注）。")
