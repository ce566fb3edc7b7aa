"""What cases cannot say: what is asked for an account, which links are visited, and who reads which account."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from adapters import platforms
from adapters._portal_counter import address
from adapters._wechat_articles import ArticleDays, told
from adapters.contract import ACCESS_TOKEN, Account, Request
from adapters.registry import ADAPTERS

TODAY = date(2026, 11, 1)
SITE = Account(id="gov", platform="portal", url="http://www.yunling.gov.cn/yw/")
PLACES = {"links": "a", "title": "h1", "published_at": ".t"}
OWN = Account(id="own", platform="portal", url="http://www.yunling.gov.cn/yw/", page=PLACES)
CLIENT = Account(id="app", platform="app", url="https://app.yunling.cn/list", page=PLACES)


def started(adapter: str, account: Account, today: date = TODAY) -> list[Request]:
    start = ADAPTERS[adapter].start
    assert start is not None
    return list(start(account, today))


def visited(adapter: str, key: str, url: str, account: Account = SITE) -> Request | None:
    visit = ADAPTERS[adapter].visit
    assert visit is not None
    return visit(account, key, url)


NOTE = "68d0a1b2000000001203c4d5"
WORK = "7561234567890123456"
SHORT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStU_"
LONG = "https://mp.weixin.qq.com/s?__biz=MzA4MTIzNDU2Nw==&mid=2651000101&idx=1&sn=0a1b2c"


@pytest.mark.parametrize(
    ("adapter", "key", "url", "asked"),
    [
        ("wechat_mp", "", SHORT + "?scene=1&key=SECRET", Request(url=SHORT)),
        ("wechat_mp", "2651000101_1", SHORT, Request(url=SHORT, key="2651000101_1")),
        ("wechat_mp", "", LONG + "&chksm=9f&key=SECRET#rd", Request(url=LONG, key="2651000101_1")),
        ("wechat_mp", "2651000101_1", "", None),
        ("wechat_mp", "", "https://mp.weixin.qq.com/s?src=11&timestamp=1&ver=5&signature=ab", None),
        ("wechat_mp", "", "https://mp.weixin.qq.com/mp/appmsgalbum?album_id=1", None),
        ("wechat_mp", "", "https://mp.weixin.qq.com/s?mid=1&idx=1", None),
        ("wechat_mp", "", "http://[", None),
        ("xiaohongshu", "", "http://[", None),
        ("portal", "", "http://[", None),
        ("wechat_mp", "", "https://evil.example/s/AbCdEfGhIjKlMnOpQrStU_", None),
        (
            "douyin",
            WORK,
            "",
            Request(url=f"https://www.iesdouyin.com/share/video/{WORK}/", key=WORK),
        ),
        (
            "douyin",
            "",
            f"https://www.douyin.com/note/{WORK}?x=1",
            Request(url=f"https://www.iesdouyin.com/share/note/{WORK}/", key=WORK),
        ),
        (
            "douyin",
            "",
            f"https://www.douyin.com/user/MS4wLjAB?modal_id={WORK}",
            Request(url=f"https://www.iesdouyin.com/share/video/{WORK}/", key=WORK),
        ),
        (
            "douyin",
            "",
            "https://v.douyin.com/iABC/",
            Request(url="https://v.douyin.com/iABC/"),
        ),
        ("douyin", "", "https://www.douyin.com/user/MS4wLjAB", None),
        ("douyin", "", f"https://evil.example/video/{WORK}", None),
        ("douyin", "", "http://[", None),
        (
            "xiaohongshu",
            "",
            f"https://www.xiaohongshu.com/user/profile/{NOTE}/{NOTE}?xsec_token=A%3D&xsec_source=pc&x=1",
            Request(
                url=f"https://www.xiaohongshu.com/explore/{NOTE}?xsec_token=A%3D&xsec_source=pc",
                key=NOTE,
            ),
        ),
        ("xiaohongshu", NOTE, f"https://www.xiaohongshu.com/explore/{NOTE}", None),
        ("xiaohongshu", NOTE, "", None),
        (
            "xiaohongshu",
            NOTE,
            "https://xhslink.com/a1",
            Request(url="https://xhslink.com/a1", key=NOTE),
        ),
        (
            "portal",
            "",
            "http://www.yunling.gov.cn/info/1/2.htm#top",
            Request(url="http://www.yunling.gov.cn/info/1/2.htm"),
        ),
        ("portal", "", "http://www.yunling.gov.cn:8080/info/1/2.htm", None),
        ("portal", "", "http://10.0.0.1/info/1/2.htm", None),
        ("portal", "", "", None),
    ],
)
def test_visits(adapter: str, key: str, url: str, asked: Request | None) -> None:
    assert visited(adapter, key, url) == asked


def test_no_site_has_two_readers() -> None:
    accounts = [SITE, OWN, CLIENT, Account(id="x", platform="app", url=CLIENT.url)]
    url = "http://www.yunling.gov.cn/a/1"
    claims = [
        [
            name
            for name in ("portal", "h5")
            if each.platform in ADAPTERS[name].platforms and started(name, each)
        ]
        for each in accounts
    ]
    assert claims == [["portal"], ["h5"], ["h5"], []]
    assert visited("portal", "", url, OWN) is None
    assert visited("h5", "", url, OWN) is not None
    assert visited("h5", "", url, SITE) is None


def test_a_list_of_items_is_not_visited_one_by_one() -> None:
    places = {"items": "json:data", "title": "t", "published_at": "p", "url": "u"}
    account = Account(id="app", platform="app", url="https://app.yunling.cn/list", page=places)
    assert started("h5", account) == [Request(url="https://app.yunling.cn/list", about="list")]
    assert visited("h5", "", "https://app.yunling.cn/a/1", account) is None


@pytest.mark.parametrize(
    ("name", "platform"), [*product(("portal", "h5", "wechat_api"), platforms.NAMES)]
)
def test_starting_is_pure(name: str, platform: str) -> None:
    for url in ("", "http://www.yunling.gov.cn/"):
        account = Account(id="a", platform=platform, url=url)
        assert started(name, account) == started(name, account)


def test_what_the_data_api_is_asked() -> None:
    asked = started("wechat_api", Account(id="fabu", platform="wechat_mp"))
    assert all(ACCESS_TOKEN in each.url for each in asked)
    assert len({each.url for each in asked}) == 4
    week = {"begin_date": "2026-10-25", "end_date": "2026-10-31"}
    assert [each.about for each in asked if each.body == week] == [
        "getusercumulate",
        "getusersummary",
        "getbizsummary",
    ]
    days = [each for each in asked if each.about == "getarticletotaldetail"]
    begun = [str(each.body["begin_date"]) for each in days if each.body]
    assert begun[:3] == ["2026-10-31", "2026-10-29", "2026-10-28"]
    assert begun[-1] == "2026-10-02"
    assert len(begun) == 29
    for each in days:  # one publish day a call (docs/platforms.md §2.6)
        assert each.body is not None
        assert each.body["begin_date"] == each.body["end_date"] == each.key


def test_the_data_api_has_nothing_before_its_first_day() -> None:
    account = Account(id="fabu", platform="wechat_mp")
    asked = started("wechat_api", account, date(2025, 11, 3))
    assert [each.key for each in asked if each.about == "getarticletotaldetail"] == ["2025-11-02"]


def rows(*readers: int, gaps: int = 1, likes: tuple[int, ...] = ()) -> ArticleDays:
    first = date(2026, 10, 1)
    return ArticleDays(
        first,
        [first + timedelta(days=gaps * number) for number in range(len(readers))],
        [
            {"read_user": each, "like_user": likes[number] if likes else 0}
            for number, each in enumerate(readers)
        ],
    )


@pytest.mark.parametrize(
    ("articles", "expected"),
    [
        ([rows(412)], "total"),
        ([rows(0, 0)], "total"),
        ([rows(412), rows(9)], "total"),
        ([rows(412, 500)], "unknown"),
        ([rows(412), rows(9, 12)], "unknown"),
        ([rows(412, 500, 510)], "total"),
        ([rows(412, 500, 510), rows(3, 3, 3)], "total"),
        ([rows(412, 412, 412)], "unknown"),
        ([rows(412, 500, 510, gaps=2)], "unknown"),
        ([rows(1, 2, 4)], "unknown"),
        ([rows(412, 500, 510, likes=(3, 2, 3))], "unknown"),
        ([rows(1, 2, 3, 4, 5, 6, 70, likes=(3, 2, 3, 3, 3, 3, 3))], "total"),
        ([rows(412, 30, 2)], "daily"),
        ([rows(412, 500, 499)], "daily"),
        ([rows(412, 500, 510), rows(8, 1)], "daily"),
    ],
)
def test_totals_are_told_from_days(articles: list[ArticleDays], expected: str) -> None:
    assert told(articles, "read_user") == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('_showDynClicks("wbnews", 5, 1081)', "clickid=1081&owner=5&clicktype=wbnews"),
        # two calls: only the one of this article's own address
        ('_showDynClicks("wbnews",5,1081);_showDynClicks("wbnews",5,7)', "clickid=1081&owner=5"),
        ('_showDynClicks("wbnews",5,8);_showDynClicks("wbnews",5,7)', ""),
        ('"/e/public/ViewClick/?classid=1&id=2&addclick=1"', "/e/public/ViewClick/?classid=1&id=2"),
        ('"/e/public/ViewClick/?classid=1"', ""),
        ("/api/hits/1/2/3 /api/hits/1/2/4", ""),
        ('<script src="/module/visitcount/visit.jsp?type=3&i_webid=1"></script>', ""),
        ('<script src="/api.php?op=count&id=1&modelid=1"></script>', ""),
        ('<script src="/_visitcountdisplay?columnIds=7"></script>', ""),
        ('<script src="http://stat.x.cn/phpstat/server_counts_json.php?artid=1"></script>', ""),
    ],
)
def test_no_counter_that_adds_a_visit_is_asked(html: str, expected: str) -> None:
    found = address(html, "http://www.yunling.gov.cn/info/1034/1081.htm")
    assert expected in found
    assert bool(found) == bool(expected)
    assert "addclick" not in found
