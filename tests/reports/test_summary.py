"""The county of county.py, its figures worked out by hand, and what the sentences then say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from adapters.records import METRICS, Count
from reports.basis import parse_basis
from reports.figures.totals import Line, Summary
from reports.periods import parse_period
from reports.summary import build
from tests.reports.county import CENTRE, at, county

Q3 = parse_period("2026Q3")
NOW = at(10, 9)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with county(tmp_path_factory.mktemp("county")) as there:
        yield there


def summary(
    connection: Connection,
    basis: str = "published",
    as_of: datetime = NOW,
    known_by: datetime = NOW,
) -> Summary:
    return build(connection, CENTRE, Q3, basis, as_of, known_by)


def lines(made: Summary) -> dict[str, Line]:
    return {each.id: each for each in (*made.accounts, *made.groups, made.total)}


def said(made: Summary) -> dict[str, str]:
    return {each.id: each.text for each in made.sentences}


def shown(line: Line) -> dict[str, tuple[int, str]]:
    return {
        name: (each.value, each.bound)
        for name in METRICS
        if (each := line.figures[name]) is not None
    }


def test_accounts_on_published(connection: Connection) -> None:
    found = lines(summary(connection))
    assert found["fabu"].posts == 4  # the private one and the one of 1 October are not counted
    assert found["fabu"].deleted == 1
    # 1,053,112 + 100,000 + 9,999 + 40; readers are the halves, cut: 526,556 + 50,000 + 4,999 + 20
    assert shown(found["fabu"]) == {"views": (1_163_151, "exact"), "readers": (581_575, "exact")}
    assert shown(found["dangjian"]) == {"readers": (123_200, "exact"), "sharers": (812, "exact")}
    assert shown(found["douyin"]) == {
        "views": (350_000, "at_least"),
        "likes": (22_002, "at_least"),  # the export was at its row limit: posts are missing
        "comments": (15, "at_least"),
    }
    assert shown(found["weibo"]) == {
        "likes": (6, "exact"),
        "comments": (3, "exact"),
        "shares": (6, "exact"),
    }
    assert (found["lvyou"].posts, shown(found["lvyou"])) == (0, {})


def test_hits_on_published(connection: Connection) -> None:
    found = lines(summary(connection))
    assert found["fabu"].hits["views"] == {100_000: 2, 1_000_000: 1}
    assert found["fabu"].unknown_hits["views"] == {100_000: 0, 1_000_000: 0}
    assert found["dangjian"].hits["views"] == {100_000: 1, 1_000_000: 0}  # 120,000 readers prove it
    assert found["dangjian"].unknown_hits["views"] == {100_000: 1, 1_000_000: 2}
    assert found["douyin"].hits == {"views": {100_000: 2, 1_000_000: 0}, "likes": {10_000: 1}}
    assert found["douyin"].unknown_hits["views"] == {100_000: 1, 1_000_000: 2}
    assert found["weibo"].unknown_hits["views"] == {100_000: 3, 1_000_000: 3}


def test_groups_and_the_total_are_the_sums_of_their_accounts(connection: Connection) -> None:
    made = summary(connection)
    found = lines(made)
    assert [each.id for each in made.groups] == ["公众号", "短视频"]
    assert [each.id for each in made.accounts] == ["fabu", "dangjian", "douyin", "weibo", "lvyou"]
    group = found["公众号"]
    assert (group.posts, group.platform, group.members) == (6, "wechat_mp", ("fabu", "dangjian"))
    assert shown(group) == {
        "views": (1_163_151, "at_least"),  # two posts show none
        "readers": (704_775, "exact"),
        "sharers": (812, "at_least"),
    }
    assert group.hits["views"] == {100_000: 3, 1_000_000: 1}
    total = found["total"]
    assert (total.posts, total.platform, total.incomplete) == (12, None, True)
    assert shown(total)["views"] == (1_513_151, "at_least")
    assert total.best is not None
    assert (total.best.post.title, total.best.post.account) == ("云岭春茶开采", "fabu")


def test_a_post_without_views_is_best_by_readers(connection: Connection) -> None:
    best = lines(summary(connection))["dangjian"].best
    assert best is not None
    assert (best.post.title, best.metric) == ("先锋人物", "readers")
    assert best.figure == Count(120_000)


def test_as_of_and_known_by(connection: Connection) -> None:
    early = at(7, 26)
    found = lines(summary(connection, as_of=early))["fabu"]
    assert (found.posts, shown(found)["views"]) == (2, (576_556, "exact"))
    assert lines(summary(connection, known_by=early))["fabu"].posts == 2
    assert lines(summary(connection, as_of=at(7, 1), known_by=at(7, 1)))["fabu"].posts == 0


def test_gained(connection: Connection) -> None:
    made = summary(connection, "gained")
    found = lines(made)
    # the one observation within the quarter is of 25 July: 526,556 + 50,000, both from 0
    assert shown(found["fabu"])["views"] == (576_556, "exact")
    assert found["fabu"].hits["views"] == {100_000: 1, 1_000_000: 0}
    assert found["fabu"].unknown_hits["views"] == {100_000: 1, 1_000_000: 1}  # crossed by 8 October
    assert "期初以前没有观测" in said(made)["account.fabu.ends"]
    assert "2026年7月25日9时的观测（早67天15小时）" in said(made)["account.fabu.ends"]
    assert "没有可计增量的观测" in said(made)["account.dangjian.total"]


def test_aged_names_what_it_left_out(connection: Connection) -> None:
    made = summary(connection, "aged:5")
    found = lines(made)["fabu"]  # 25 July 9:00 is just 5 days after 20 July 9:00
    assert (found.posts, shown(found)["views"]) == (1, (50_000, "exact"))
    assert (found.young, found.unobserved) == (0, 3)
    assert said(made)["account.fabu.left_out"].endswith(
        "另有未满5天0篇、该时点无观测3篇，均未计入。"
    )
    assert lines(summary(connection, "aged:5", as_of=at(10, 1)))["fabu"].young == 0
    assert lines(summary(connection, "aged:30"))["fabu"].young == 1  # of 28 September


@pytest.mark.parametrize(
    ("id_", "text"),
    [
        (
            "account.fabu.total",
            (
                "“云岭发布”微信公众号在2026年第三季度共发稿4篇（其中1篇已删除，保留最后数值），"
                "总阅读量约116万人次，各篇阅读人数合计约58.2万人。"
            ),
        ),
        ("account.fabu.best", "“云岭发布”微信公众号单篇最高为“云岭春茶开采”，阅读量超105万人次。"),
        (
            "account.fabu.hits",
            "“云岭发布”微信公众号阅读量“10万+”以上2篇、“100万+”以上1篇；点赞是否达到“1万+”无法判断（没有可用的数据）。",
        ),
        ("account.fabu.coverage", "“云岭发布”微信公众号的数据覆盖2026年7月3日—9月30日。"),
        (
            "account.dangjian.total",
            (
                "“云岭党建”微信公众号在2026年第三季度共发稿2篇，各篇阅读人数合计约12.3万人，"
                "阅读量无数据：所用的微信公众号数据只有阅读人数，没有次数，二者不能换算。"
            ),
        ),
        (
            "account.dangjian.hits",
            (
                "“云岭党建”微信公众号阅读量“10万+”以上至少1篇（另有1篇无法判断）、“100万+”以上至少0篇（另有2篇无法判断）；"
                "点赞是否达到“1万+”无法判断（没有可用的数据）。"
            ),
        ),
        (
            "account.douyin.total",
            "“云岭融媒”抖音号在2026年第三季度共发稿至少3条，总播放量至少35万人次（其中1条无数据）。",
        ),
        (
            "account.douyin.best",
            "“云岭融媒”抖音号按已有数据，单条最高为“夜市烟火”，播放量25万人次。",
        ),
        (
            "account.douyin.coverage",
            (
                "“云岭融媒”抖音号的数据覆盖2026年8月5日—9月10日；导出达到条数上限，"
                "2026年8月5日9时以前的作品没有读全，以上各数均为下限。"
            ),
        ),
        (
            "account.weibo.total",
            "“云岭微博”微博在2026年第三季度共发稿3条，阅读量无数据：所用的微博数据不显示阅读量。",
        ),
        (
            "account.weibo.others",
            "“云岭微博”微博点赞6次，评论3条，分享6次；分享人数、收藏、在看（推荐）无数据（所用的微博数据不显示）。",
        ),
        (
            "account.lvyou.total",
            "“云岭旅游”头条号在2026年第三季度没有读到作品，各项均为无数据（不是 0）。",
        ),
        ("account.lvyou.coverage", "“云岭旅游”头条号没有覆盖本期的文件或采集。"),
        (
            "group.公众号.total",
            (
                "“公众号”组（共2个账号）在2026年第三季度共发稿6篇（其中1篇已删除，保留最后数值），"
                "总阅读量超116万人次（其中2篇无数据），各篇阅读人数合计约70.5万人。"
            ),
        ),
        (
            "note.moments",
            "数据时点：截至2026年10月9日9时的观测；以2026年10月9日9时以前入库的资料为准（北京时间）；配置指纹 3f2a。",
        ),
        ("note.apart", "同行及外部媒体账号1个不列入本表。"),
    ],
)
def test_a_sentence(connection: Connection, id_: str, text: str) -> None:
    assert said(summary(connection))[id_] == text


def test_each_sentence_has_its_own_id(connection: Connection) -> None:
    for basis in ("published", "gained", "aged:7"):
        ids = [each.id for each in summary(connection, basis).sentences]
        assert len(ids) == len(set(ids))


def test_the_same_question_has_the_same_answer(connection: Connection) -> None:
    assert summary(connection) == summary(connection)


@pytest.mark.parametrize(
    "text", ["", "gain", "aged", "aged:", "aged:0", "aged:x", "aged:７", "gained:7"]
)
def test_a_basis_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="aged:7"):
        parse_basis(text)


def test_a_period_without_data(tmp_path: Path) -> None:
    with county(tmp_path) as there:
        made = build(there, CENTRE, parse_period("2020"), "published", NOW, NOW)
    assert made.total.posts == 0
    assert all(each is None for each in made.total.figures.values())
    assert made.total.best is None
    assert "没有读到作品" in said(made)["total.total"]
