"""What is asked of each platform: the list of an account, and one post again by its id or address."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.contract import Account, Request
from adapters.registry import ADAPTERS

TODAY = date(2026, 11, 1)
B = "https://api.bilibili.com/x/web-interface/view?"
T = "https://m.toutiao.com/i7412345678901234567/info/"
W = "https://m.weibo.cn/statuses/show?id="
EID = "3xk7mq2v9tzd4ya"
MOBILE = f"https://v.m.chenzhongtech.com/fw/photo/{EID}"
DESKTOP = f"https://www.kuaishou.com/short-video/{EID}"


def visited(adapter: str, key: str, url: str) -> Request | None:
    visit = ADAPTERS[adapter].visit
    assert visit is not None
    return visit(Account(id="a", platform=adapter), key, url)


@pytest.mark.parametrize(
    ("adapter", "key", "url", "asked"),
    [
        ("bilibili", "BV1Yl4y1c7Xk", "", f"{B}bvid=BV1Yl4y1c7Xk"),
        ("bilibili", "av987654321", "", f"{B}aid=987654321"),
        (
            "bilibili",
            "",
            "https://www.bilibili.com/video/BV1Yl4y1c7Xk/?p=2",
            f"{B}bvid=BV1Yl4y1c7Xk",
        ),
        ("bilibili", "", "https://www.bilibili.com/video/av27567238", f"{B}aid=27567238"),
        ("bilibili", "", "https://b23.tv/Yl4y1c7", "https://b23.tv/Yl4y1c7"),
        ("bilibili", "", "https://www.bilibili.com/read/cv123", None),
        ("bilibili", "", "https://www.example.cn/video/BV1Yl4y1c7Xk", None),
        ("toutiao", "7412345678901234567", "", T),
        ("toutiao", "", "https://www.toutiao.com/article/7412345678901234567/?wid=1", T),
        ("toutiao", "", "https://www.toutiao.com/a7412345678901234567/", T),
        ("toutiao", "", "http://toutiao.com/group/7412345678901234567/", T),
        ("toutiao", "", "https://www.toutiao.com/item/7412345678901234567", T),
        ("toutiao", "", "https://www.toutiao.com/w/7412345678901234567/", T),
        ("toutiao", "", "https://www.toutiao.com/video/7412345678901234567/", T),
        ("toutiao", "", "https://m.toutiao.com/i7412345678901234567/", T),
        ("toutiao", "", "https://m.toutiao.com/is/abcdEFG/", None),
        ("toutiao", "", "https://www.toutiao.com/c/user/token/MS4wLjABAAAA/", None),
        ("weibo", "5012345678901234", "", f"{W}5012345678901234"),
        ("weibo", "", "https://m.weibo.cn/status/PaBcD9xYz?x=1#y", f"{W}PaBcD9xYz"),
        ("weibo", "", "https://m.weibo.cn/detail/5012345678901234", f"{W}5012345678901234"),
        ("weibo", "", "https://m.weibo.cn/5612345678/5012345678901234", f"{W}5012345678901234"),
        ("weibo", "", "https://weibo.com/5612345678/PaBcD9xYz", f"{W}PaBcD9xYz"),
        ("weibo", "", "https://weibo.com/u/5612345678", None),
        ("weibo", "", "https://weibo.com/tv/show/1034:5012345678901234", None),
        ("kuaishou", EID, "", MOBILE),
        ("kuaishou", EID, f"{DESKTOP}?authorId=3x1", DESKTOP),
        (
            "kuaishou",
            "",
            f"https://m.gifshow.com/fw/photo/{EID}?fid=1",
            f"https://m.gifshow.com/fw/photo/{EID}",
        ),
        ("kuaishou", "", "https://v.kuaishou.com/aBcD12", "https://v.kuaishou.com/aBcD12"),
        ("kuaishou", "", "https://www.kuaishou.com/profile/3xunling00000ab", None),
        ("kuaishou", "5203346451099414157", "", None),
        ("kuaishou", "", "https://[broken/", None),
    ],
)
def test_visit(adapter: str, key: str, url: str, asked: str | None) -> None:
    request = visited(adapter, key, url)
    assert (request.url if request else None) == asked
    if request and not request.url.startswith(("https://b23.tv", "https://v.kuaishou.com")):
        assert request.key, "an answer must be told from an answer about another post"


@pytest.mark.parametrize(
    ("adapter", "uid", "url", "asked"),
    [
        (
            "bilibili",
            "3546789012",
            "",
            [
                "https://api.bilibili.com/x/series/recArchivesByKeywords?mid=3546789012&keywords=&ps=30&pn=1"
            ],
        ),
        (
            "bilibili",
            "",
            "https://space.bilibili.com/3546789012/video",
            [
                "https://api.bilibili.com/x/series/recArchivesByKeywords?mid=3546789012&keywords=&ps=30&pn=1"
            ],
        ),
        (
            "weibo",
            "",
            "https://weibo.com/u/5612345678",
            [
                "https://m.weibo.cn/api/container/getIndex?type=uid&value=5612345678&containerid=1076035612345678"
            ],
        ),
        ("bilibili", "", "", []),
        ("weibo", "", "https://weibo.com/yunlingfabu", []),
    ],
)
def test_start(adapter: str, uid: str, url: str, asked: list[str]) -> None:
    start = ADAPTERS[adapter].start
    assert start is not None
    account = Account(id="a", platform=adapter, uid=uid, url=url)
    assert [each.url for each in start(account, TODAY)] == asked


@pytest.mark.parametrize("adapter", ["toutiao", "kuaishou", "douyin", "xiaohongshu", "wechat_mp"])
def test_a_list_that_needs_a_signature_is_never_asked(adapter: str) -> None:
    assert ADAPTERS[adapter].start is None


def test_headers_that_platforms_insist_on() -> None:
    assert "python" not in ADAPTERS["bilibili"].headers["User-Agent"].lower()
    assert "application/signed-exchange" in ADAPTERS["kuaishou"].headers["Accept"]
    assert ADAPTERS["weibo"].headers["MWeibo-Pwa"] == "1"
