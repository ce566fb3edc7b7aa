"""Sentences of real reports (docs/definitions.md §2): what each of them claims."""

from __future__ import annotations

from datetime import date

import pytest

from reports.centre import AccountInfo, Centre, TopicInfo
from reports.drafts.reading import paragraphs
from reports.drafts.reading.claims import Claim
from reports.drafts.reading.reader import read as read_paragraph
from reports.drafts.reading.reader import read_draft
from reports.drafts.reading.sentence import Reader
from reports.drafts.reading.spans import Frame, find
from reports.drafts.reading.subjects import lexicon
from reports.drafts.reading.text import fold
from reports.periods import parse_period

CENTRE = Centre(
    name="某县融媒体中心",
    accounts=(
        AccountInfo(id="fabu", name="某县发布", platform="wechat_mp", platform_name="微信公众号"),
        AccountInfo(id="rongmei", name="某县融媒抖音号", platform="douyin", platform_name="抖音"),
        AccountInfo(id="yun", name="某县云", platform="app", platform_name="客户端"),
        AccountInfo(id="tong", name="某县通", platform="app", platform_name="客户端"),
        AccountInfo(id="weibo", name="某县微博", platform="weibo", platform_name="微博"),
        AccountInfo(id="tt", name="某县头条", platform="toutiao", platform_name="今日头条"),
    ),
    thresholds={"views": [100_000, 1_000_000], "likes": [10_000]},
    topics=(TopicInfo(name="疫情防控"),),
)
FRAME = Frame(parse_period("2020"), date(2021, 1, 10))
APPS = ("yun", "tong")
ALL = tuple(each.id for each in CENTRE.accounts)


def read(text: str) -> list[Claim]:
    reader = Reader(lexicon(CENTRE), FRAME)
    read_paragraph(reader, 0, fold(text), text)
    return reader.claims


def short(claim: Claim) -> tuple[object, ...]:
    first = claim.readings[0]
    what = first.what
    return (
        first.subject.accounts,
        what.kind,
        what.metric or what.name,
        what.threshold,
        claim.number.manner,
        claim.number.value,
    )


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("“某县发布”微信公众号总阅读量约158万；“某县融媒”抖音号总阅读量约360万。",
         [(("fabu",), "sum", "views", 0, "about", 1_580_000), (("rongmei",), "sum", "views", 0, "about", 3_600_000)]),
        ("客户端单篇文章最高阅读量达59.6万；另一客户端37.5万",
         [(APPS, "best", "views", 0, "plain", 596_000), (APPS, "best", "views", 0, "plain", 375_000)]),
        ("两个新闻客户端“10W+”以上稿件16篇；抖音“10W+”以上短视频54条，“100W+”以上9条，点赞量破万8条",
         [(APPS, "accounts", "", 0, "plain", 2), (APPS, "hits", "views", 100_000, "plain", 16),
          (("rongmei",), "hits", "views", 100_000, "plain", 54), (("rongmei",), "hits", "views", 1_000_000, "plain", 9),
          (("rongmei",), "hits", "likes", 10_000, "plain", 8)]),
        ("点击量5万以上的稿件7篇，10万以上2篇",
         [(ALL, "hits", "views", 50_000, "plain", 7), (ALL, "hits", "views", 100_000, "plain", 2)]),
        ("有16篇稿件阅读量突破10万", [(ALL, "hits", "views", 100_000, "plain", 16)]),
        ("“疫情防控”专题总阅读量超40万", [(ALL, "sum", "views", 0, "over", 400_000)]),
        ("某篇阅读量超105万；另一篇超45万",
         [(ALL, "any_post", "views", 0, "over", 1_050_000), (ALL, "any_post", "views", 0, "over", 450_000)]),
        ("各平台共发稿18242条；短视频290条；发布8500多条信息，19个专题",
         [(ALL, "posts", "", 0, "plain", 18_242), (ALL, "kind", "video", 0, "plain", 290),
          (ALL, "posts", "", 0, "some", 8_500)]),
        ("客户端累计发稿839篇，其中转载权威媒体431篇",
         [(APPS, "posts", "", 0, "plain", 839), (APPS, "reprint", "", 0, "plain", 431)]),
        ("粉丝13.8万、11.6万、5.7万；用户增至13000人",
         [(ALL, "followers", "", 0, "plain", n) for n in (138_000, 116_000, 57_000, 13_000)]),
        ("68场直播；5月31日直播观看人数15万；14场共100余万人观看",
         [(ALL, "live", "", 0, "plain", 68), (ALL, "live_views", "views", 0, "plain", 150_000),
          (ALL, "live", "", 0, "plain", 14), (ALL, "live_views", "views", 0, "some", 1_000_000)]),
        ("中央省市媒体刊发1500余篇：国家级120余篇、省级150余篇、市级1200余篇；央视12条、省台71条、市台320余条；头版9条",
         [(ALL, "placements", name, 0, manner, n) for name, manner, n in (
             ("", "some", 1_500), ("中央", "some", 120), ("省", "some", 150), ("市", "some", 1_200), ("央视", "plain", 12),
             ("省台", "plain", 71), ("市台", "some", 320), ("头版", "plain", 9))]),
        ("《某县新闻》112组3400余条；专题专栏20余期",
         [(ALL, "issues", "某县新闻", 0, "plain", 112), (ALL, "items", "某县新闻", 0, "some", 3_400)]),
        ("月度排名媒体类前7位；点击量保持全市前三", []),
        ("上半年累计上传2081条；访问总量1495639次；关注人数比上年末新增3272人",
         [(ALL, "posts", "", 0, "plain", 2_081), (ALL, "sum", "views", 0, "plain", 1_495_639),
          (ALL, "follower_gain", "", 0, "plain", 3_272)]),
        ("公众号、抖音号总阅读量分别为158万和360万",
         [(("fabu",), "sum", "views", 0, "plain", 1_580_000), (("rongmei",), "sum", "views", 0, "plain", 3_600_000)]),
        ("10万+、100万+作品分别为16篇和3篇",
         [(ALL, "hits", "views", 100_000, "plain", 16), (ALL, "hits", "views", 1_000_000, "plain", 3)]),
        ("单篇最高为“连夜转移132人，无一伤亡”，阅读量超12.8万人次",
         [(ALL, "best", "views", 0, "over", 128_000)]),
        ("微博点赞6次，评论3条，转发6次，转发作品408条",
         [(("weibo",), "sum", "likes", 0, "plain", 6), (("weibo",), "sum", "comments", 0, "plain", 3),
          (("weibo",), "sum", "shares", 0, "plain", 6), (("weibo",), "posts", "", 0, "plain", 408)]),
        ("投入资金300万元，干部职工36人，历时12天，完成率98%", []),
    ],
)  # fmt: skip
def test_real_sentences(text: str, claims: list[tuple[object, ...]]) -> None:
    assert [short(each) for each in read(text)] == claims


def test_a_topic_in_a_window_per_platform() -> None:
    text = (
        "1月22日至2月2日16时，客户端转发408条、阅读量约164.7万人次；公众号65条、近16.2万；"
        "七彩云端66条、43.2万；抖音18条、246.7万；微博74篇；掌上频道62条；头条36条"
    )
    found = read(text)
    assert {each.period.name for each in found if each.period} == {"2020-01-22..2020-02-02T16:00"}
    read_so = [(short(each)[0], short(each)[1], short(each)[5]) for each in found]
    unknown: tuple[str, ...] = ()  # 七彩云端, 掌上频道
    assert read_so == [
        (APPS, "posts", 408), (APPS, "sum", 1_647_000), (("fabu",), "posts", 65), (("fabu",), "sum", 162_000),
        (unknown, "posts", 66), (unknown, "sum", 432_000), (("rongmei",), "posts", 18), (("rongmei",), "sum", 2_467_000),
        (("weibo",), "posts", 74), (unknown, "posts", 62), (("tt",), "posts", 36),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("第三季度", "2020Q3"), ("2026年第三季度", "2026Q3"), ("上半年", "2020H1"), ("全年", "2020"),
        ("1—9月", "2020-01-01..2020-09-30"),
        ("9月", "2020-09"), ("1月22日至2月2日16时", "2020-01-22..2020-02-02T16:00"), ("截至9月底", "2020-01-01..2020-09-30"),
        ("今年以来", "2020-01-01..2020-12-31"), ("本季度", "2020"), ("前三季度", "2020-01-01..2020-09-30"),
        ("去年三季度", "2019Q3"), ("12月1日至1月5日", "2020-12-01..2021-01-05"),
    ],
)  # fmt: skip
def test_periods(text: str, name: str) -> None:
    found = find(text, 0, FRAME)
    assert found is not None
    assert found.period is not None
    assert (found.period.name, found.end) == (name, len(text))


@pytest.mark.parametrize(
    ("of", "until", "name"),
    [
        (
            "2020Q3",
            "截至6月底",
            "2020-01-01..2020-06-30",
        ),  # before the draft's period: the year so far
        ("2020Q3", "截至7月1日", "2020-07-01..2020-07-01"),
        ("2020Q3", "截至8月底", "2020-07-01..2020-08-31"),
        ("2020Q3", "截至9月底", "2020Q3"),
        ("2020Q3", "截至10月1日", "2020-01-01..2020-10-01"),  # after it
        ("", "截至9月底", "2021-01-01..2021-09-30"),  # a draft that names no period: this year
    ],
)
def test_until_a_day(of: str, until: str, name: str) -> None:
    found = find(until, 0, Frame(parse_period(of) if of else None, date(2021, 1, 10)))
    assert found is not None
    assert found.period is not None
    assert found.period.name == name


def test_an_account_that_config_does_not_know_is_no_other() -> None:
    (only,) = read("“青山发布”公众号总阅读量约158万")
    assert only.readings[0].subject.kind == "unknown"


def test_where_the_claim_stands_in_the_text() -> None:
    text = "“某县发布”公众号总阅读量约 1,578,431 人次。"
    (only,) = read(text)
    assert text[only.start : only.end] == "约 1,578,431 人次"


@pytest.mark.parametrize(
    ("front", "ours"),
    [
        ("某县融媒体中心", True),
        ("我们县融媒体中心", True),
        ("本县融媒体中心", True),
        ("全县融媒体中心", True),
        ("青山县融媒体中心", False),
    ],
)
def test_a_draft_of_another_centre_speaks_of_that_one(front: str, ours: bool) -> None:
    draft = paragraphs.read("稿.md", f"{front}2020年工作总结\n\n各平台共发稿5篇。\n".encode())
    claims, _ = read_draft(draft, lexicon(CENTRE), FRAME.default, FRAME.today)
    accounts = [each.readings[0].subject.accounts for each in claims]
    assert accounts == [ALL if ours else ()]
