"""Places and indices of the county of office.py, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from adapters.records import Count, at_least
from reports.centre import RankInfo
from reports.figures.indices import Article, Between, days_of, places, position, wci_14_2a
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.summary import build
from tests.reports.office import CENTRE, office, on

FOUR = ("fabu", "dangjian", "linxian", "linchuan")
RANKS = (
    RankInfo(name="阅读榜", accounts=FOUR, index="views"),
    RankInfo(name="发稿榜", accounts=FOUR, index="posts"),
    RankInfo(name="传播榜", accounts=FOUR, index="wci-14.2a"),
    RankInfo(
        name="综合榜", accounts=("fabu", "linxian"), index="weighted",
        weights={"views": 2.0, "posts": 1.0},
    ),
)  # fmt: skip
NOW = on(2026, 10, 9)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with office(tmp_path_factory.mktemp("office")) as there:
        yield there


def made(
    connection: Connection,
    basis: str = "published",
    as_of: datetime = NOW,
    known_by: datetime = NOW,
) -> Summary:
    centre = replace(CENTRE, ranks=RANKS)
    return build(connection, centre, parse_period("2026Q3"), basis, as_of, known_by)


def ranks(summary: Summary) -> dict[str, list[tuple[Any, ...]]]:
    (section,) = (each for each in summary.sections if each.id == "ranks")
    return {
        rank["name"]: [
            (each["account"], each["value"], each["bound"], each["place_from"], each["place_to"])
            for each in rank["accounts"]
        ]
        for rank in section.data["ranks"]
    }


def test_places_on_published(connection: Connection) -> None:
    assert ranks(made(connection)) == {
        "阅读榜": [
            ("linchuan", 30_000, "at_least", 1, 1),  # 30,000 or more is above all others
            ("linxian", 18_400, "exact", 2, 2),
            ("fabu", 9_200, "exact", 3, 3),
            ("dangjian", None, None, None, None),  # readers are no views
        ],
        "发稿榜": [
            ("fabu", 4, "exact", 1, 2),  # of 临川发布 nobody knows how many are missing
            ("linchuan", 1, "at_least", 1, 4),
            ("dangjian", 2, "exact", 2, 3),
            ("linxian", 2, "exact", 2, 3),
        ],
        # 云岭发布: see test_wci_by_hand. 邻县发布 without 在看 and 点赞: .85 of ln 201, ln 9201, ln 101, ln 9201,
        # by .6, .2, .1, .1: its square × 12 is 353.08586 (bc)
        "传播榜": [
            ("linxian", 353.08, "at_least", 1, 1),
            ("fabu", 331.77, "exact", 2, 2),
            ("dangjian", None, None, None, None),
            ("linchuan", None, None, None, None),
        ],
        # views: 9,200 is half of 18,400, weight 2 of 3; posts: 2 is half of 4, weight 1 of 3
        "综合榜": [("linxian", 83.33, "exact", 1, 1), ("fabu", 66.67, "exact", 2, 2)],
    }


@pytest.mark.parametrize(
    ("basis", "as_of", "known_by", "name", "rows"),
    [
        # two posts of June have no value before July to compare with
        ("gained", NOW, NOW, "阅读榜", [("fabu", 3_450, "at_least", None, None)]),
        ("gained", NOW, NOW, "传播榜", []),
        ("gained", NOW, NOW, "发稿榜", []),  # posts that were observed are no output
        # published is published, also without an observation at seven days
        (
            "aged:7",
            NOW,
            NOW,
            "发稿榜",
            [("fabu", 4, "exact", 1, 2), ("dangjian", 2, "exact", 2, 3)],
        ),
        ("gained", NOW, NOW, "综合榜", []),
        ("aged:7", NOW, NOW, "阅读榜", [("fabu", 3_450, "exact", None, None)]),
        ("published", on(2026, 7, 15), NOW, "阅读榜", [("fabu", 3_450, "exact", None, None)]),
        ("published", NOW, on(2026, 10, 7), "阅读榜", [("fabu", 3_450, "exact", None, None)]),
        ("published", on(2026, 7, 9), NOW, "阅读榜", []),
    ],
)
def test_other_bases_and_moments(
    connection: Connection,
    basis: str,
    as_of: datetime,
    known_by: datetime,
    name: str,
    rows: list[tuple[Any, ...]],
) -> None:
    found = ranks(made(connection, basis, as_of, known_by))[name]
    ours = [each for each in found if each[1] is not None and each[0] in ("fabu", "dangjian")]
    assert ours == rows


def shown(summary: Summary, name: str) -> list[tuple[object, ...]]:
    """The rows of a ranking's table: place, account, remark."""
    tables = (each for section in summary.sections for each in section.tables)
    table = next(each for each in tables if each.id == f"rank.{name}")
    return [(row[0], row[1], row[-1]) for row in table.rows]


def test_what_is_said_of_places(connection: Connection) -> None:
    summary = made(connection)
    text = {each.id: each.text for each in summary.sentences}
    assert text["rank.阅读榜"] == (
        "2026年第三季度“阅读榜”4个账号按阅读/播放量排名（其中3个可比）：“临川发布”第1位，“云岭发布”第3位。"
    )
    assert shown(summary, "阅读榜") == [
        (1, "临川发布", "作品没有读全；数据没有覆盖整期"),
        (2, "邻县发布", ""),
        (3, "云岭发布", ""),
        (None, "云岭党建", "没有阅读/播放量"),
    ]
    assert text["rank.发稿榜"] == (
        "2026年第三季度“发稿榜”4个账号按作品数排名："
        "“云岭发布”第1—2位，“临川发布”第1—4位，“云岭党建”第2—3位。"
    )
    assert text["rank.传播榜"] == (
        "2026年第三季度“传播榜”4个账号按WCI 14.2a排名（其中2个可比）：“邻县发布”第1位，“云岭发布”第2位。"
    )
    assert shown(summary, "传播榜") == [
        (1, "邻县发布", "在看数、点赞数不全"),
        (2, "云岭发布", ""),
        (None, "云岭党建", "只有阅读人数，没有阅读次数"),
        (None, "临川发布", "作品没有读全，篇均值无法计算"),
    ]
    assert "清博" not in "".join(text.values())
    alone = made(connection, "aged:7")
    assert {each.id: each.text for each in alone.sentences}["rank.阅读榜"] == (
        "2026年第三季度“阅读榜”4个账号按阅读/播放量排名无数据：只有“云岭发布”有这项数据。"
    )
    # only the two of 3 July were observed a week old: two are left out of 云岭发布, all of the others
    none, left = "本期的作品未满天数或该时点无观测", "没有计入未满7天或该时点无观测的作品"
    assert sorted(row[1:] for row in shown(alone, "阅读榜")) == [
        ("临川发布", f"{none}；{left}1个"),
        ("云岭党建", f"{none}；{left}2个"),
        ("云岭发布", f"{left}2个"),
        ("邻县发布", f"{none}；{left}2个"),
    ]
    assert not any("没有计入" in str(row[-1]) for row in shown(alone, "发稿榜"))
    early = made(connection, as_of=on(2026, 7, 1))
    assert {each.id: each.text for each in early.sentences}["rank.阅读榜"] == (
        "2026年第三季度“阅读榜”4个账号按阅读/播放量排名无数据。"
    )


def test_an_index_that_is_a_bound_is_traced_as_one(connection: Connection) -> None:
    (section,) = (each for each in made(connection).sections if each.id == "ranks")
    traced = {each.id: (each.value, each.least) for each in section.figures}
    assert traced["rank.传播榜.linxian"] == (353.08, True)
    assert traced["rank.传播榜.fabu"] == (331.77, False)
    assert traced["rank.发稿榜.linchuan"] == (1, True)


def test_wci_by_hand() -> None:
    """O .85 ln 101 + .09 ln 11 + .06 ln 21 = 4.32133; A of 2300, 23, 46: 7.43776; H of 50, 0.5, 1: 3.64718; P of
    4600, 46, 92: 8.13046; (0.6 O + 0.2 A + 0.1 H + 0.1 P)² × 12 = 331.7733995809 (bc, 20 digits)."""
    rows = [
        (4_600, 46, 92, True),
        (2_300, 23, 46, False),
        (1_200, 12, 23, False),
        (1_100, 11, 23, False),
    ]
    articles = [Article(tuple(map(Count, numbers)), first) for *numbers, first in rows]
    low, high = wci_14_2a(articles, 92)
    assert low == high == pytest.approx(331.77339958092978997, abs=1e-9)
    unsure = [each._replace(first=None) for each in articles]
    low, high = wci_14_2a(unsure, 92)
    assert high is not None
    assert low < 331.77 < high
    reads, *others = articles[0].figures
    capped = [Article((at_least(reads.low), *others), True), *articles[1:]]
    low, high = wci_14_2a(capped, 92)
    assert (round(low, 8), high) == (331.77339958, None)


@pytest.mark.parametrize(
    ("period", "as_of", "days"),
    [
        ("2026-W38", NOW, 7),
        ("2026-02", NOW, 30),
        ("2025", NOW, 365),
        ("2026Q3", NOW, 92),
        ("2026-07-14..2026-07-19T16", NOW, 6),
        ("2026", on(2026, 1, 3), 3),  # it lasts: the days begun by as-of
    ],
)
def test_days_of_the_formula(period: str, as_of: datetime, days: int) -> None:
    assert days_of(parse_period(period), as_of) == days


@pytest.mark.parametrize(
    ("url", "keys", "place"),
    [
        ("https://mp.weixin.qq.com/s?__biz=M&mid=2&idx=3&sn=x", (), 3),
        ("https://mp.weixin.qq.com/s/abc", ("id:2247483_1",), 1),
        ("https://mp.weixin.qq.com/s/abc", ("url:mp.weixin.qq.com/s/abc", "at:1|x"), None),
        ("", (), None),
    ],
)
def test_position(url: str, keys: tuple[str, ...], place: int | None) -> None:
    assert position(url, keys) == place


def test_equal_values_share_a_place() -> None:
    def value(low: int, high: int | None) -> Between:
        return Between(low, high)  # type: ignore[arg-type]

    scores = {"a": value(5, 5), "b": value(5, 5), "c": value(4, 4), "d": value(1, 4)}
    assert places(scores) == {"a": (1, 1), "b": (1, 1), "c": (3, 3), "d": (3, 4)}
