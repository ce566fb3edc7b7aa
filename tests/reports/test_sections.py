"""Topics, single posts, output, live streams, followers and hits of the flood (flood.py), worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import Connection

from reports.centre import AccountInfo, Centre
from reports.documents.data import as_data
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.summary import build, inquire, stated
from tests.reports import county
from tests.reports.county import at
from tests.reports.flood import CENTRE, TAGGED, accounts_with_followers, flood

WINDOW = "2026-07-14T10..2026-07-19T16"
NOW = at(10, 11)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with flood(tmp_path_factory.mktemp("flood")) as there:
        yield there


def summary(
    connection: Connection,
    period: str = "2026Q3",
    basis: str = "published",
    as_of: datetime = NOW,
    known_by: datetime = NOW,
    topic: str = "",
) -> Summary:
    return build(connection, CENTRE, parse_period(period), basis, as_of, known_by, topic=topic)


def said(made: Summary) -> dict[str, str]:
    return {each.id: each.text for each in made.sentences}


def exact(value: int) -> dict[str, Any]:
    return {"value": value, "bound": "exact"}


def least(value: int) -> dict[str, Any]:
    return {"value": value, "bound": "at_least"}


SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "summary.schema.json"
Parts = dict[str, tuple[int, dict[str, Any] | None]]

#: (period, basis, as-of, known-by) → all posts and views of the topic, and those of each account.
TOPICS: list[tuple[str, str, datetime, datetime, tuple[int, Any], Parts]] = [
    # 14 July has no clock and begins before 10:00; 防汛总结 is of 16:00; the boat has another title by now
    (
        WINDOW, "published", NOW, NOW, (7, least(3_046_810)),
        {
            "app": (2, exact(600_000)), "douyin": (2, least(2_446_810)),
            "weibo": (2, None), "rongmei": (1, None),
        },
    ),
    # before the tag was given
    (
        WINDOW, "published", NOW, at(10, 9), (6, least(700_000)),
        {
            "app": (2, exact(600_000)), "douyin": (1, least(100_000)),
            "weibo": (2, None), "rongmei": (1, None),
        },
    ),
    # as of July the boat still had the flood in its title; a tag says what a post is, not when
    (
        WINDOW, "published", at(7, 31), NOW, (7, least(2_552_000)),
        {
            "app": (2, exact(203_000)), "douyin": (2, exact(2_049_000)),
            "kuaishou": (1, exact(300_000)), "weibo": (2, None),
        },
    ),
    # at seven days: of the app only the post of 19 July, seen on the 25th
    (
        WINDOW, "aged:7", NOW, NOW, (3, exact(1_740_000)),
        {"app": (1, exact(200_000)), "douyin": (2, exact(1_540_000))},
    ),
    (
        "2026Q3", "published", NOW, NOW, (9, least(3_055_810)),
        {
            "app": (3, exact(601_000)), "douyin": (3, least(2_454_810)),
            "weibo": (2, None), "rongmei": (1, None),
        },
    ),
    # the last files of the quarter are of 25 July; what was first seen in October gained nothing that is known
    (
        "2026Q3", "gained", NOW, NOW, (7, least(2_252_500)),
        {"app": (3, exact(203_500)), "douyin": (2, exact(2_049_000)), "weibo": (2, None)},
    ),
    ("2026-05", "published", NOW, NOW, (0, None), {}),
]  # fmt: skip


@pytest.mark.parametrize(("period", "basis", "as_of", "known_by", "whole", "parts"), TOPICS)
def test_topics(
    connection: Connection,
    period: str,
    basis: str,
    as_of: datetime,
    known_by: datetime,
    whole: tuple[int, Any],
    parts: Parts,
) -> None:
    made = summary(connection, period, basis, as_of, known_by)
    topic = as_data(made)["topics"][0]
    assert topic["name"] == "防汛救灾"
    span = made.period
    assert (topic["from"], topic["to"]) == (span.start.isoformat(), span.end.isoformat())
    assert (topic["posts"], topic["views"]) == whole
    found = {each["account"]: (each["posts"], each["views"]) for each in topic["platforms"]}
    assert found == parts
    assert sum(each["posts"] for each in topic["platforms"]) == topic["posts"]
    names = {each.id: each.platform for each in CENTRE.accounts}
    assert all(each["platform"] == names[each["account"]] for each in topic["platforms"])


def test_what_is_said_of_a_topic(connection: Connection) -> None:
    spoken = {
        id_: text
        for id_, text in said(summary(connection, WINDOW)).items()
        if id_.startswith("topic.")
    }
    title = "2026年7月14日10时至7月19日16时"
    assert spoken == {
        "topic.防汛救灾.total": f"{title}，“防汛救灾”专题共发稿7条，总阅读播放量超304万人次（其中3条无数据）。",
        "topic.防汛救灾.app": "“防汛救灾”专题：“云岭云”客户端2篇、阅读量60万人次。",
        "topic.防汛救灾.douyin": "“防汛救灾”专题：“看云岭”抖音号2条、播放量超244万人次。",
        "topic.防汛救灾.weibo": "“防汛救灾”专题：“云岭微博”微博2条，阅读量无数据（所用的微博数据不显示）。",
        "topic.防汛救灾.wechat_mp": (
            "“防汛救灾”专题：“云岭融媒”微信公众号1篇、阅读人数3200人，阅读量无数据（只有人数，不能换算）。"
        ),
        "topic.防汛救灾.best": "“防汛救灾”专题按已有数据，单条最高为“凌晨的搜救”（“看云岭”抖音号），播放量超234万人次。",
        "topic.防汛救灾.edge": (
            "“防汛救灾”专题：7月14日另有1条只有日期、没有时刻，按当天0时计，在起点之前，未计入；"
            "7月19日的1条只有日期、没有时刻，按当天0时计，已计入。"
        ),
        "topic.防汛救灾.chosen": (
            "“防汛救灾”专题指标题含“防汛”、“洪水”，或栏目为“防汛专栏”，或人工加有标签“救援”的作品"
            "（多个词有其一即可；标题取截至数据时点的；台账不计）。"
        ),
        "topic.高考.total": f"{title}，“高考”专题没有读到符合的作品，阅读播放量无数据（不是 0）。",
        "topic.高考.chosen": "“高考”专题指标题含“高考”的作品（多个词有其一即可；标题取截至数据时点的；台账不计）。",
    }
    aged = said(summary(connection, WINDOW, "aged:7"))
    assert aged["topic.防汛救灾.total"] == (
        f"{title}，“防汛救灾”专题发布、满7天且当天有观测的作品3条，满7天时总阅读播放量174万人次。"
    )
    assert aged["topic.防汛救灾.left_out"] == (
        "“防汛救灾”专题另有未满7天0条、该时点无观测4条，均未计入。"
    )
    assert aged["topic.高考.total"] == (  # whether some are merely left out is said beside it
        f"{title}，“高考”专题没有满7天且当天有观测的作品，阅读播放量无数据（不是 0）。"
    )
    gained = said(summary(connection, "2026Q3", "gained"))
    assert gained["topic.防汛救灾.total"] == (
        "2026年第三季度，“防汛救灾”专题有观测可计增量的作品7条，期内阅读播放量增加超225万人次（其中2条无数据）。"
    )
    assert "topic.防汛救灾.edge" not in gained


def test_a_whole_day_has_no_edge(connection: Connection) -> None:
    made = summary(connection, "2026-07-14..2026-07-19")
    assert "topic.防汛救灾.edge" not in said(made)
    # with 防汛值守 of the first day and 防汛总结 of the last afternoon
    assert made.data["topics"][0]["posts"] == 9


def test_a_summary_of_one_topic(connection: Connection) -> None:
    made = summary(connection, WINDOW, topic="防汛救灾")
    assert [each.id for each in made.sections] == ["topic", "note"]
    assert made.title == "云岭县融媒体中心2026年7月14日10时至7月19日16时“防汛救灾”专题传播数据总结"
    assert [each["name"] for each in made.data["topics"]] == ["防汛救灾"]
    assert set(made.data) >= {"topics", "live", "followers", "tops", "stories", "output"}
    posts = next(t for t in made.sections[0].tables if t.id == "topic.防汛救灾.posts")
    assert [row[0] for row in posts.rows] == [1, 2, 3]
    with pytest.raises(ValueError, match="没有专题“茶叶节”，现有：防汛救灾、高考"):
        summary(connection, topic="茶叶节")


#: (period, basis, as-of) → sessions, views, the best one's title.
LIVE: list[tuple[str, str, datetime, tuple[int | None, Any, str | None]]] = [
    ("2026Q3", "published", NOW, (3, least(19_000), "直播防汛")),
    ("2026Q3", "gained", NOW, (3, least(19_000), "直播防汛")),
    ("2026Q3", "aged:7", NOW, (3, least(19_000), "直播防汛")),
    (WINDOW, "published", NOW, (1, exact(15_000), "直播防汛")),
    ("2026Q2", "published", NOW, (1, exact(150_000), "启动仪式")),
    ("2026Q4", "published", NOW, (None, None, None)),  # the ledger of 5 October has no row of it
    ("2026Q1", "published", NOW, (None, None, None)),  # it begins in May
    ("2026Q3", "published", at(9, 1), (None, None, None)),  # nothing had been read yet
    ("2027Q1", "published", NOW, (None, None, None)),
]


@pytest.mark.parametrize(("period", "basis", "as_of", "wanted"), LIVE)
def test_live(
    connection: Connection,
    period: str,
    basis: str,
    as_of: datetime,
    wanted: tuple[int | None, Any, str | None],
) -> None:
    live = summary(connection, period, basis, as_of).data["live"]
    best = None if live["best"] is None else live["best"]["title"]
    assert (live["sessions"], live["views"], best) == wanted


def test_what_is_said_of_live(connection: Connection) -> None:
    spoken = said(summary(connection))
    assert spoken["live.total"] == (
        "云岭县融媒体中心2026年第三季度共直播3场，观看1.9万人次及以上（其中1场无数据），"
        "各场观看人数合计900人及以上（其中2场无数据）。"
    )
    assert spoken["live.best"] == "按已有数据，单场最高为7月16日的“直播防汛”，观看1.5万人次。"
    assert said(summary(connection, "2026Q4"))["live.total"] == (
        "2026年第四季度直播场次无数据：没有直播资料覆盖这一期。"
    )
    assert said(summary(connection, "2026Q1"))["live.total"] == (
        "2026年第一季度直播场次无数据：没有直播资料覆盖这一期。"
    )
    assert said(summary(connection, as_of=at(9, 1)))["live.total"] == (
        "2026年第三季度直播场次无数据：没有读到直播台账，各账号的数据里也没有直播（不是 0 场）。"
    )


def test_followers(connection: Connection) -> None:
    made = summary(connection)
    assert made.data["followers"] == [
        {"account": "app", "at_start": exact(13_000), "at_end": exact(13_900)},
        {"account": "douyin", "at_start": exact(138_000), "at_end": exact(150_500)},
        {"account": "kuaishou", "at_start": None, "at_end": exact(5_700)},
        {"account": "weibo", "at_start": None, "at_end": None},
        {"account": "rongmei", "at_start": None, "at_end": None},
    ]
    spoken = said(made)
    assert spoken["followers.total"] == (
        "2026年第三季度末，5个账号粉丝合计超17万人（各账号相加，同一人关注几个账号的重复计算，其中2个账号无数据）。"
    )
    (section,) = (each for each in made.sections if each.id == "followers")
    growth = {row[0]: row[4:] for row in section.tables[0].rows}
    assert growth == {
        "云岭云": (900, "2026年6月30日9时", "2026年9月30日9时"),
        "看云岭": (12_500, "2026年6月20日9时", "2026年9月25日9时"),
        "云岭快报": (None, None, "2026年8月1日9时"),
    }
    assert spoken["followers.missing"] == (
        "没有粉丝数的账号：“云岭微博”、“云岭融媒”（无数据，不是 0）。"
    )


def test_followers_as_of_and_known_by(connection: Connection) -> None:
    before = summary(connection, known_by=at(10, 9)).data["followers"]
    assert before[0]["at_end"] == exact(13_800)  # the later count was told on 10 October
    untold = summary(connection, known_by=at(10, 4)).data["followers"]
    assert [each["at_end"] for each in untold] == [None] * 5
    august = summary(connection, as_of=at(8, 15))
    assert august.data["followers"][1] == {
        "account": "douyin",
        "at_start": exact(138_000),
        "at_end": exact(138_000),
    }
    (section,) = (each for each in august.sections if each.id == "followers")
    assert {row[0]: row[4] for row in section.tables[0].rows}[
        "看云岭"
    ] is None  # nothing new was seen
    may = summary(connection, as_of=at(5, 1)).data["followers"]
    assert [each["at_start"] for each in may] == [None] * 5


def test_tops(connection: Connection) -> None:
    made = summary(connection)
    assert [(each["title"], each["account"], each["views"]) for each in made.data["tops"]] == [
        ("凌晨的搜救", "douyin", exact(2_346_810)),
        ("洪水退去", "app", exact(596_000)),
        ("二十四小时", "kuaishou", exact(318_900)),
    ]
    assert made.data["tops"][1]["published_at"] == "2026-07-19"
    spoken = said(made)
    assert spoken["tops.order"] == "另有3条作品没有阅读播放量，不在排序之内。"
    gained = summary(connection, basis="gained").data["tops"][0]
    assert gained["views"]["value"] == 1_999_000  # in the files of July


def test_output(connection: Connection) -> None:
    made = summary(connection)
    app = made.data["output"][0]
    assert app == {
        "account": "app",
        "posts": 4,
        "kinds": {"article": 4},
        "originals": 2,
        "reprints": 1,
        "unstated": 1,
        "columns": {"防汛专栏": 1},
    }
    assert made.data["output"][1]["originals"] is None
    spoken = said(made)
    assert spoken["output.total"] == (
        "云岭县融媒体中心5个账号2026年第三季度共发稿11条：文章5篇、短视频4条、其他条目2条。"
    )
    assert (
        spoken["output.originals"]
        == "注明原创或转载的作品中，原创2条、转载1条（另有8条没有注明）。"
    )
    assert spoken["output.app"] == (
        "“云岭云”客户端共发稿4篇，其中原创2篇、转载1篇（另有1篇没有注明）。"
    )
    assert spoken["output.columns"] == (
        "注明栏目（专题）的作品1条，分属1个栏目：防汛专栏1条；其余10条没有注明栏目。"
    )
    # what gained is not what was published; before October eight had been seen
    assert summary(connection, basis="gained").data["output"] == made.data["output"]
    early = summary(connection, as_of=at(7, 31)).data["output"]
    assert [each["posts"] for each in early] == [4, 2, 1, 2, 0]


def test_hits(connection: Connection) -> None:
    spoken = said(summary(connection))
    assert spoken["hits.views.100000"] == (
        "云岭县融媒体中心5个账号2026年第三季度阅读播放量“10万+”以上作品至少4条："
        "自有平台1篇、短视频3条；另有3条无法判断。"
    )
    assert spoken["hits.views.1000000"] == (
        "云岭县融媒体中心5个账号2026年第三季度阅读播放量“100万+”以上作品至少1条：短视频至少1条；另有4条无法判断。"
    )
    # of 2024 nobody knows anything: that is not the same as no hits
    assert said(summary(connection, "2024Q3"))["hits.views.100000"] == (
        "云岭县融媒体中心5个账号2024年第三季度阅读量“10万+”以上作品数无数据：没有读到作品（不是 0）。"
    )


@pytest.mark.parametrize(
    ("basis", "rows"),
    [
        (
            "published",
            [
                ("凌晨的搜救", "100万+", "发布后，不晚于2026年7月21日21时"),
                ("洪水退去", "10万+", "发布后，不晚于2026年7月25日9时"),
                ("二十四小时", "10万+", "发布后，不晚于2026年7月25日9时"),
                ("防汛一线", "10万+", "2026年7月25日9时之后，不晚于2026年10月8日9时"),
            ],
        ),
        # 防汛一线 crossed somewhere between July and October: it cannot be told whether in the quarter
        (
            "gained",
            [
                ("凌晨的搜救", "100万+", "发布后，不晚于2026年7月21日21时"),
                ("二十四小时", "10万+", "发布后，不晚于2026年7月25日9时"),
                ("洪水退去", "10万+", "发布后，不晚于2026年7月25日9时"),
            ],
        ),
    ],
)
def test_which_posts_are_hits(
    connection: Connection, basis: str, rows: list[tuple[str, str, str]]
) -> None:
    made = summary(connection, basis=basis)
    section = next(each for each in made.sections if each.id == "hits")
    (table,) = section.tables
    found = [(getattr(row[0], "text", ""), row[4], row[5]) for row in table.rows]
    assert found == rows


def test_each_sentence_and_figure_is_made_by_its_section_alone(connection: Connection) -> None:
    """Also the one whose id begins otherwise than its section's."""
    asked = (connection, CENTRE, parse_period(WINDOW), "published", NOW, NOW)
    whole, inquiry = build(*asked), inquire(*asked)
    sections = [(section.stated[0], section.stated[-1]) for section in whole.sections]
    platforms = [each for each in whole.figures if each.id.startswith("platform.")]
    assert len(sections) > 10
    for each in (*(one for ends in sections for one in ends), *platforms[:1]):
        assert stated(inquiry, each.id) == next(e for e in whole.stated if e.id == each.id)
    assert stated(inquiry, "total.nothing") is None
    assert stated(inquiry, "nothing") is None


def test_every_sentence_keeps_its_posts(connection: Connection) -> None:
    """A trace names posts that are there, and the figures that it carries are theirs."""
    made = summary(connection, WINDOW)
    numbers = {row[0] for row in connection.exec_driver_sql("SELECT post_id FROM post")}
    traced = [each for section in made.sections for each in section.figures]
    assert len({each.id for each in traced}) == len(traced)
    traces = {each.id: each.trace for each in traced} | {e.id: e.trace for e in made.sentences}
    for name, each in traces.items():
        if each is not None and each.posts is not None:
            assert numbers.issuperset(each.posts), name
    posts = {each.id: each for each in traced}
    assert posts["topic.防汛救灾.posts"].value == 7
    trace = posts["topic.防汛救灾.views"].trace
    assert trace.posts is not None
    marks = ", ".join(map(str, trace.posts))
    views = connection.exec_driver_sql(
        f"SELECT sum(views), count(views), count(*) FROM latest WHERE post_id IN ({marks})"
    )
    assert tuple(views.one()) == (3_046_810, 4, 7)


def test_a_centre_that_has_nothing_of_these(tmp_path: Path) -> None:
    with county.county(tmp_path) as there:
        made = build(there, county.CENTRE, parse_period("2026Q3"), "published", NOW, NOW)
    data = as_data(made)
    assert data["topics"] == []
    assert data["stories"] == []
    assert data["live"] == {"sessions": None, "views": None, "best": None}
    assert {each["at_end"] is None for each in data["followers"]} == {True}
    spoken = said(made)
    assert spoken["live.total"].startswith("2026年第三季度直播场次无数据：没有读到直播台账")
    assert spoken["followers.total"].startswith(
        "2026年第三季度各账号粉丝数无数据：没有读到粉丝台账"
    )
    assert "topic" not in {each.id for each in made.sections}
    # of 云岭旅游 nothing was ever read: what is said of five accounts does not hold it
    assert spoken["total.coverage"].startswith(
        "云岭县融媒体中心5个账号中有1个没有覆盖本期的文件或采集，以上各数不含：“云岭旅游”"
    )


def test_a_tag_is_known_from_when_it_was_given(connection: Connection) -> None:
    then = summary(connection, WINDOW, known_by=TAGGED).data["topics"][0]["posts"]
    before = summary(connection, WINDOW, known_by=at(10, 9, 23)).data["topics"][0]["posts"]
    assert (before, then) == (6, 7)


@pytest.mark.parametrize("basis", ["published", "aged:7"])
def test_sections_do_not_contradict_the_lines(connection: Connection, basis: str) -> None:
    made = summary(connection, basis=basis)
    lines = {each.id: each.posts for each in made.accounts}
    assert {each["account"]: each["posts"] for each in made.data["output"]} == {
        key: lines[key] for key in lines if key != "ledger"
    }
    assert sum(each["posts"] for each in made.data["output"]) == made.total.posts
    hits = next(each for each in made.sections if each.id == "hits")
    for each in hits.figures:
        assert each.trace.posts is not None
        if each.id.startswith("hits.work."):
            assert len(each.trace.posts) == 1  # a figure of one work
            continue
        assert len(each.trace.posts) == each.value  # every hit that is counted is named


def test_many_accounts_are_not_all_drawn(tmp_path: Path) -> None:
    accounts = tuple(
        AccountInfo(id=f"a{n}", name=f"账号{n}", platform="app", platform_name="客户端")
        for n in range(500)
    )
    centre = Centre(name="云岭县融媒体中心", accounts=accounts, thresholds={})
    with accounts_with_followers(tmp_path, accounts) as there:
        made = build(there, centre, parse_period("2026Q3"), "published", NOW, NOW)
    charts = {each.id: each for section in made.sections for each in section.charts}
    for name in ("output", "followers"):
        assert len(charts[name].categories) == 30, name
        assert charts[name].note.endswith("30个账号，其余见表。"), name
    # account n published n % 40 posts and has n followers; of equal ones the first are drawn
    assert set(charts["output"].series[0].values) == {39, 38, 37}
    assert charts["followers"].categories == tuple(f"账号{n}" for n in range(470, 500))
    sections = {each.id: each for each in made.sections}
    (table,) = sections["followers"].tables
    assert len(table.rows) == 499
    assert said(made)["followers.missing"] == "没有粉丝数的账号：“账号0”（无数据，不是 0）。"


@pytest.mark.parametrize("basis", ["published", "gained", "aged:7"])
@pytest.mark.parametrize("period", [WINDOW, "2026Q3", "2026-05", "2027Q1"])
@pytest.mark.parametrize("topic", ["", "防汛救灾"])
def test_the_json_keeps_to_its_schema(
    connection: Connection, basis: str, period: str, topic: str
) -> None:
    made = as_data(summary(connection, period, basis, topic=topic))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(made)
    assert {"topics", "live", "followers", "tops", "output", "stories"} <= set(made)


@pytest.mark.parametrize(
    ("period", "last"),
    [("2026Q4", "2026年12月31日"), ("2026-10-01..2026-10-20T16", "2026年10月20日16时")],
)
def test_a_period_that_reaches_beyond_as_of_says_so(
    connection: Connection, period: str, last: str
) -> None:
    said_of = said(summary(connection, period))
    assert (
        said_of["note.open"].endswith("此后的不在内。")
        and f"到{last}才结束" in said_of["note.open"]
    )
    assert "note.open" not in said(summary(connection))
