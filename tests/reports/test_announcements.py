"""The words of announcements, each true of what is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from adapters.records import Count, at_least
from reports import wording
from reports.announcements import early_entry, hit_entry, source_words, trouble_entry, when
from reports.growth import age
from reports.hits import HitRow
from storage.operations.attempts import INTERFACE, POSTS
from storage.operations.troubles import Trouble
from storage.views.growth import Grown, Usual
from storage.views.hit_list import Hit


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


NOW = shanghai("2026-09-03T13:00:00")


def second(text: str) -> int:
    return int(shanghai(text).timestamp())


HIT = Hit(
    post_id=1,
    title="秋收", url="https://yunling.cn/1", account="a", kind="video", state="public",
    metric="views", threshold=100_000, crossed=Count(101_000), now=Count(105_312),
    by_readers=False, published_at=second("2026-09-01T08:00:00"),
    before_at=second("2026-09-03T08:10:00"), after_at=second("2026-09-03T12:10:00"),
    found_at=second("2026-09-03T12:11:00"), announced_at=None,
)  # fmt: skip

HITS = [
    (HIT, ["云岭发布 “秋收” 播放量超10.5万人次（“10万+”）", "“10万+”在9月3日08:10至12:10之间越过"]),
    (
        replace(HIT, before_at=second("2025-12-31T23:50:00"), after_at=second("2026-01-01T00:10:00")),
        ["云岭发布 “秋收” 播放量超10.5万人次（“10万+”）", "“10万+”在2025年12月31日23:50至1月1日00:10之间越过"],
    ),
    (
        replace(HIT, before_at=None, kind="article", now=at_least(100_000)),
        ["云岭发布 “秋收” 阅读量10万人次及以上（“10万+”）", "“10万+”9月3日12:10首次看到时已越过"],
    ),
    (
        replace(HIT, now=Count(98_000)),
        [
            "云岭发布 “秋收” 播放量曾达10.1万人次，现9.8万人次（“10万+”）",
            "“10万+”在9月3日08:10至12:10之间越过",
        ],
    ),
    (
        replace(HIT, by_readers=True, kind="article", state="deleted"),
        [
            "云岭发布 “秋收” 阅读人数超10.5万人（“10万+”）",
            "“10万+”在9月3日08:10至12:10之间越过",
            "作品已删除",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("hit", "lines"), HITS)
def test_a_hit(hit: Hit, lines: list[str]) -> None:
    assert hit_entry([HitRow(hit, "云岭发布")], NOW).split("\n") == [*lines, "https://yunling.cn/1"]
    assert hit_entry([HitRow(replace(hit, url=""), "云岭发布")], NOW).split("\n") == lines


EARLY = Grown(
    post_id=1, account="a", title="新", url="", kind="video", metric="views", figure=Count(12_399),
    published_at=int(NOW.timestamp()) - (5 * 3_600 + 1_800), seen_at=int(NOW.timestamp()),
    usual=Usual(lower=Count(900), median=Count(2_000), upper=Count(3_000), compared=35),
)  # fmt: skip


def test_an_early_word() -> None:
    """12,399 of 2,000 is 6.1995 times: never said to be 6.2."""
    assert early_entry(EARLY, "云岭发布", NOW).split("\n") == [
        "云岭发布 “新” 发布5小时30分，播放量超1.2万人次",
        "达到本账号同龄作品中位数的6.1倍",
        "（中位数2000人次，共35条，都取发布后5小时30分至6小时52分的数；本作品取9月3日13:00的数）",
    ]


def test_an_early_word_of_a_bound() -> None:
    views = replace(EARLY, figure=at_least(10_001))
    assert "播放量超1万人次\n达到本账号同龄作品中位数的5倍" in early_entry(views, "云岭发布", NOW)


@pytest.mark.parametrize(
    ("number", "base", "words"),
    [(6_200, 1_000, "6.2倍"), (6_299, 1_000, "6.2倍"), (5_000, 1_000, "5倍"), (123_456, 1_000, "123.4倍")],
)  # fmt: skip
def test_times(number: int, base: int, words: str) -> None:
    assert wording.times(number, base) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3_000, "50分钟"), (3_600, "1小时"), (12_059, "3小时20分"), (86_400, "1天"),
        (104_400, "1天5小时"), (172_799, "1天23小时"),
    ],
)  # fmt: skip
def test_ages(seconds: int, words: str) -> None:
    assert age(seconds) == words


def test_moments() -> None:
    assert when(shanghai("2026-09-03T08:05:59"), NOW) == "9月3日08:05"
    assert when(shanghai("2025-09-03T08:05:00"), NOW) == "2025年9月3日08:05"
    # still last year where UTC says so, but not in Shanghai
    utc = datetime.fromisoformat("2025-12-31T17:00:00+00:00")
    assert when(shanghai("2026-01-01T00:30:00"), utc) == "1月1日00:30"


TROUBLE = Trouble(
    number=1, kind="source", account="a", source="https://yunling.cn/list", outcome="unreachable",
    problem="https://yunling.cn/list：连不上。请检查网络", since=int(shanghai("2026-09-03T08:10:00").timestamp()),
    announced_at=None, ended_at=None, end_announced_at=None,
)  # fmt: skip
NAMES = {"a": "云岭发布", "weibo": "微博"}
SOURCES = [
    (TROUBLE, "云岭发布的列表页 https://yunling.cn/list"),
    (replace(TROUBLE, source=POSTS), "云岭发布的作品页"),
    (replace(TROUBLE, source=INTERFACE), "云岭发布的数据接口"),
    (replace(TROUBLE, source="表.xlsx"), "云岭发布的文件 表.xlsx"),
    (replace(TROUBLE, kind="credential", source=INTERFACE), "云岭发布的接口密钥"),
    (replace(TROUBLE, kind="credential", account="", source="weibo"), "微博的登录（cookie）"),
    (replace(TROUBLE, account="gone", source=POSTS), "gone的作品页"),
]


@pytest.mark.parametrize(("trouble", "words"), SOURCES)
def test_what_a_source_is_called(trouble: Trouble, words: str) -> None:
    assert source_words(trouble, NAMES) == words


def test_a_trouble() -> None:
    assert trouble_entry(TROUBLE, NAMES, NOW).split("\n") == [
        "云岭发布的列表页 https://yunling.cn/list：连不上，9月3日08:10起",
        "连不上。请检查网络",
    ]
