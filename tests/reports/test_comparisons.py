"""Comparisons of the county of office.py, worked out by hand. As-of is eight days and nine hours after the quarter's end, so
that of the quarter before lies on 9 July: what was observed of it in October does not count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from adapters.records import between
from reports import wording
from reports.centre import BaselineInfo
from reports.figures.totals import Summary
from reports.periods import earlier, parse_period
from reports.summary import build
from reports.tracing import behind, earlier_of, question_of, standing_behind
from tests.reports.office import CENTRE, office, on

NOW = on(2026, 10, 9)
BASELINES = (
    BaselineInfo(
        period="2025Q3", of="total", figures={"posts": 10, "views": 20_000}, source="上年总结"
    ),
    BaselineInfo(period="2025", of="fabu", figures={"followers": 9_800}),
    BaselineInfo(period="2019", of="fabu", figures={"posts": 3}),
)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with office(tmp_path_factory.mktemp("office")) as there:
        yield there


def made(
    connection: Connection,
    period: str = "2026Q3",
    basis: str = "published",
    as_of: datetime = NOW,
    known_by: datetime = NOW,
    baselines: tuple[BaselineInfo, ...] = (),
) -> Summary:
    centre = replace(CENTRE, baselines=baselines)
    return build(connection, centre, parse_period(period), basis, as_of, known_by)


def entries(summary: Summary) -> dict[tuple[str, str, str, bool], dict[str, Any]]:
    (section,) = (each for each in summary.sections if each.id == "comparisons")
    return {
        (each["of"], each["metric"], each["kind"], each["verified"]): each
        for each in section.data["comparisons"]
    }


def said(summary: Summary) -> dict[str, str]:
    return {each.id: each.text for each in summary.sentences if each.id.startswith("comparison")}


@pytest.mark.parametrize(
    ("metric", "kind", "now", "then", "change", "percent"),
    [
        ("posts", "环比", 4, 2, 2, 100.0),
        ("views", "环比", 9_200, 8_000, 1_200, 15.0),  # not the 8,800 of October
        ("likes", "环比", 184, 160, 24, 15.0),
        ("looks", "环比", 92, 80, 12, 15.0),
        ("posts", "同比", 4, 2, 2, 100.0),
        ("views", "同比", 9_200, 9_200, 0, 0.0),
        ("followers", "较上年末", 12_500, 10_000, 2_500, 25.0),
    ],
)
def test_an_account_that_was_read_alike(
    connection: Connection, metric: str, kind: str, now: int, then: int, change: int, percent: float
) -> None:
    found = entries(made(connection))["fabu", metric, kind, True]
    assert (found["comparable"], found["why"]) == (True, "")
    assert found["now"] == {"value": now, "bound": "exact"}
    assert found["then"] == {"value": then, "bound": "exact"}
    assert found["change"] == {"value": change, "bound": "exact"}
    assert found["percent"] == percent


@pytest.mark.parametrize(
    ("basis", "as_of", "known_by", "why"),
    [
        # known by the seventh: only what was observed in July
        ("published", NOW, on(2026, 10, 7), "本期数据只覆盖2026年7月3日"),
        ("aged:7", NOW, NOW, "本期有2个作品未满天数或该时点无观测"),
        ("gained", NOW, NOW, "上期无数据"),  # nothing was observed before July
    ],
)
def test_what_is_not_alike_is_not_compared(
    connection: Connection, basis: str, as_of: datetime, known_by: datetime, why: str
) -> None:
    found = entries(made(connection, "2026Q3", basis, as_of, known_by))[
        "fabu", "views", "环比", True
    ]
    assert (found["comparable"], found["change"], found["percent"]) == (False, None, None)
    assert found["why"] == why


def test_accounts_without_earlier_data_keep_their_group_from_being_compared(
    connection: Connection,
) -> None:
    found = entries(made(connection))
    assert found["公众号", "views", "环比", True]["why"] == "“云岭党建”2026年第二季度没有数据"
    assert found["total", "posts", "环比", True]["why"] == (
        "“云岭党建”2026年第二季度没有数据、“云岭云”2026年第二季度没有数据、“看云岭”2026年第二季度没有数据"
    )
    assert (
        found["total", "followers", "较上年末", True]["why"] == "“云岭云”2025年12月31日没有粉丝数"
    )


def rows(summary: Summary) -> list[tuple[object, ...]]:
    """The table: of whom, what, which comparison, with when, growth in per cent, remark."""
    tables = (each for section in summary.sections for each in section.tables)
    table = next(each for each in tables if each.id == "comparisons")
    return [(*row[:4], *row[-2:]) for row in table.rows]


def test_what_is_said(connection: Connection) -> None:
    summary = made(connection)
    assert [row for row in rows(summary) if row[1] in ("作品数", "阅读/播放量", "粉丝数")] == [
        ("云岭发布", "作品数", "环比", "2026年第二季度", "增长100%", ""),
        ("云岭发布", "阅读/播放量", "环比", "2026年第二季度", "增长15%", ""),
        ("云岭发布", "作品数", "同比", "2025年第三季度", "增长100%", ""),
        ("云岭发布", "阅读/播放量", "同比", "2025年第三季度", "持平", ""),
        (
            "“公众号”组",
            "粉丝数",
            "较上年末",
            "2025年末",
            "增长25%",
            "",
        ),  # of its one account with any
        ("云岭发布", "粉丝数", "较上年末", "2025年末", "增长25%", ""),
    ]
    text = said(summary)
    assert text["comparison.apart.环比"] == (
        "不作环比的：云岭县融媒体中心（“云岭党建”2026年第二季度没有数据、“云岭云”2026年第二季度没有数据、“看云岭”2026年第二季度没有数据）、"
        "“公众号”组（“云岭党建”2026年第二季度没有数据）、“云岭党建”微信公众号（2026年第二季度没有数据）、"
        "“云岭云”客户端（2026年第二季度没有数据）、“看云岭”抖音（2026年第二季度没有数据）。"
    )
    assert text["comparison.method"] == (
        "比较用同一口径，以前的时期取其结束后同样长时间的数值，使作品有同样长的增长时间："
        "2026年第二季度取截至2026年7月9日9时的观测，2025年第三季度取截至2025年10月9日9时的观测。"
        "只比较两期数据都覆盖整期的账号（连续不超过7天、合计不超过一成没有作品的日子不算缺数据）。"
    )


def test_a_period_that_is_not_over_is_not_compared(connection: Connection) -> None:
    summary = made(connection, as_of=on(2026, 9, 15))
    assert entries(summary) == {}
    assert said(summary) == {
        "comparison.unfinished": "本期到2026年9月30日才结束，期未满，不与以前的时期比较。"
    }


def test_a_period_before_all_data(connection: Connection) -> None:
    text = said(made(connection, "2025Q3"))
    assert text == {
        "comparison.环比": "环比（与2025年第二季度）不作比较：没有这一期的数据。",
        "comparison.同比": "同比（与2024年第三季度）不作比较：没有这一期的数据。",
    }


def test_stated_baselines_are_marked(connection: Connection) -> None:
    summary = made(connection, baselines=BASELINES)
    found = entries(summary)
    posts, views = (found["total", name, "同比", False] for name in ("posts", "views"))
    assert (posts["now"], posts["change"], posts["percent"]) == (
        {"value": 13, "bound": "exact"}, {"value": 3, "bound": "exact"}, 30.0,
    )  # fmt: skip
    # 9,200 + 31,501 + 105,000 or more: the growth is a bound
    assert views["now"] == {"value": 145_701, "bound": "at_least"}
    assert (views["change"], views["percent"]) == ({"value": 125_701, "bound": "at_least"}, None)
    assert views["source"] == "上年总结"
    text = said(summary)
    marked = [row for row in rows(summary) if row[-1]]
    mark = "当时的数为本单位自报，未核实"
    assert marked == [
        ("云岭县融媒体中心", "作品数", "同比", "2025年第三季度", "增长30%", f"{mark}（上年总结）"),
        ("云岭县融媒体中心", "阅读/播放量", "同比", "2025年第三季度", "增长至少628.5%", f"{mark}（上年总结）"),
        ("云岭发布", "粉丝数", "较上年末", "2025年末", "增长约27.6%", mark),
    ]  # fmt: skip
    assert text["comparison.baselines"] == (
        "config.toml 里自报的基数（2019）没有比较：与本期的上期、上年同期、上年末都不对应，或没有对应的数据。"
    )
    gained = made(connection, basis="gained", baselines=BASELINES)
    why = "自报的基数按发布统计，与本次口径不同"
    assert entries(gained)["total", "views", "同比", False]["why"] == why
    assert said(gained)["comparison.stated"] == (
        f"自报的基数（未核实）不作比较的：云岭县融媒体中心（{why}）。"  # followers have no basis
    )


def test_a_comparison_leads_to_the_posts_of_both_periods(connection: Connection) -> None:
    summary = made(connection)
    question = question_of(connection, summary)
    (section,) = (each for each in summary.sections if each.id == "comparisons")
    traces = {each.id: each.trace for each in section.figures}
    trace = traces["comparison.account.fabu.环比.views"]
    before = earlier_of(question, trace)
    assert before is not None
    for asked, views in ((question, [4_600, 2_300, 1_200, 1_100]), (before, [5_000, 3_000])):
        posts = behind(connection, asked, trace).posts
        assert [each.amounts["views"].value for each in posts] == views
    ends = traces["comparison.account.fabu.较上年末.followers"]
    told = standing_behind(connection, question, ends)["fabu", "followers"]
    assert [each and each.value.value for each in told] == [10_000, 12_500]


def test_the_view_of_the_period_stays_what_it_was(connection: Connection) -> None:
    first, again = made(connection), made(connection)
    assert first == again
    line = next(each for each in again.accounts if each.id == "fabu")
    views = line.figures["views"]
    assert views is not None
    assert views.value == 9_200


@pytest.mark.parametrize(
    ("period", "before", "last_year"),
    [
        ("2026Q1", "2025Q4", "2025Q1"),
        ("2026H1", "2025H2", "2025H1"),
        ("2026", None, "2025"),
        ("2026-01", "2025-12", "2025-01"),
        ("2026-W01", "2025-W52", "2025-W01"),
        ("2026-W53", "2026-W52", None),
        ("2026-03-01..2026-03-10", "2026-02-19..2026-02-28", "2025-03-01..2025-03-10"),
        ("2024-02-29..2024-02-29", "2024-02-28..2024-02-28", "2023-02-28"),
        ("2026-01-22..2026-02-02T16", "2026-01-10T08:00..2026-01-22T00:00", "2025-01-22T00:00..2025-02-02T16:00"),
    ],
)  # fmt: skip
def test_earlier_periods(period: str, before: str | None, last_year: str | None) -> None:
    found = {kind: each.name for kind, each in earlier(parse_period(period)).items()}
    if period.startswith("2024-02-29"):
        assert found == {"环比": before}  # 2023 has no such day
        return
    wanted = {"环比": before, "同比": last_year}
    assert found == {kind: name for kind, name in wanted.items() if name is not None}


@pytest.mark.parametrize(
    ("now", "then", "phrase"),
    [
        ((1_123, 1_123), (1_000, 1_000), "增长12.3%"),
        ((1_000, 1_000), (1_123, 1_123), "下降约11%"),
        ((3_000, 3_000), (2_000, 2_000), "增长50%"),
        ((7, 7), (3, 3), "增长约133.3%"),
        ((10_000_001, 10_000_001), (10_000_000, 10_000_000), "增长不到0.1%"),
        ((1, 1), (100_000, 100_000), "下降近100%"),
        ((0, 0), (5, 5), "下降100%"),
        ((5, 5), (5, 5), "持平"),
        ((199_999, 199_999), (100_000, 100_000), "增长近100%"),
        ((150, None), (100, 100), "增长至少50%"),
        ((100, None), (150, 150), ""),  # it may have risen or fallen
        ((100, 100), (150, None), "下降至少33.3%"),
        ((5, 5), (0, 0), ""),
        ((20, 25), (10, 12), "增长至少66.6%"),
    ],
)
def test_percentages_are_true(
    now: tuple[int, int | None], then: tuple[int, int | None], phrase: str
) -> None:
    assert wording.percent(between(*now), between(*then)) == phrase
