"""One B站 video as an answer shows it, and what the platform's codes mean (docs/platforms.md §8.2)."""

from __future__ import annotations

import re
from typing import Any

from adapters.answers.json import at, changed, figure, ident, moment
from adapters.answers.pages import LATER, in_path
from adapters.contract import Page
from adapters.errors import Blocked, Gone, SourceError, Unclear
from adapters.records import Beside, Metrics, Post

#: What a page shows for a count that is hidden.
HIDDEN = frozenset({"--"})
#: The count of plays is -1 where it is not told, which says nothing of the others.
NO_PLAYS = HIDDEN | {"-1"}
FIGURES = {
    "views": "view",
    "likes": "like",
    "comments": "reply",
    "shares": "share",
    "favourites": "favorite",
}
BESIDE = {"弹幕量": "danmaku", "投币量": "coin"}
SITE = frozenset({"www.bilibili.com", "m.bilibili.com", "bilibili.com"})
VIDEO = re.compile(r"/video/(BV[0-9A-Za-z]{10}|av[0-9]{1,18})/?")
_BVID = re.compile(r"BV[0-9A-Za-z]{10}")

_GONE = "已存的数据会保留；如不是本单位所为，请到 B站 创作中心核对"
#: code (of the API, ``error.trueCode`` of the page) → error, its cases, what happened, what to do.
CODES: dict[int, tuple[type[SourceError], tuple[str, ...], str, str]] = {
    -404: (Gone, ("deleted",), "视频已删除或编号不存在", _GONE),
    40003: (Gone, ("deleted",), "没有这个视频", _GONE),
    62002: (
        Unclear,
        ("private", "geo_limited"),
        "稿件不可见：可能已隐藏，也可能只是不对这里的网络开放",
        "请用境内的网络打开核对",
    ),
    62004: (Gone, ("in_review",), "稿件还在审核", "审核通过后会自动采到"),
    62012: (Gone, ("private",), "稿件仅 UP 主自己可见", _GONE),
    -403: (Gone, ("private",), "没有权限查看这个稿件", _GONE),
    -412: (Blocked, (), "请求被 B站 拦截", LATER),
    -352: (Blocked, (), "B站 风控校验失败", LATER),
    -799: (Blocked, (), "B站 提示请求过于频繁", LATER),
}


def check(code: int, page: Page) -> None:
    """Raises what a code says, unless it is 0."""
    if code in CODES:
        error, cases, what, advice = CODES[code]
        if error is Gone and page.request.about == "list":
            # it is no video that is gone
            raise changed(f"列表的回答代码是 {code}", page.request.url)
        raise error(f"{what}（{code}）", target=page.request.url, advice=advice, cases=cases)
    if code != 0:
        raise changed(f"没有见过的回答代码 {code}", page.request.url)


def post(page: Page, data: dict[str, Any], *, old: bool = False) -> Post:
    """The Post of one video. ``old``: the answer may be a page of 2018, which states no BV number.

    Raises LayoutChanged where it is another video, or a count is absent or not understood.
    """
    target = page.request.url
    stat = at(data, "stat", kind=dict, target=target)
    key = _answered(page, data, old)
    if "aid" in stat and ident(stat, "aid", target=target) != ident(data, "aid", target=target):
        raise changed("回答里的数字属于另一个视频", target)
    counts = {
        metric: figure(stat, name, target=target, hidden=NO_PLAYS if metric == "views" else HIDDEN)
        for metric, name in FIGURES.items()
    }
    return Post(
        title=headline(data, target),
        published_at=moment(data, "pubdate", target=target),
        key=key,
        url=address(key),
        kind="video",
        metrics=Metrics(**counts),
        beside=_beside(stat, target),
    )


def _beside(stat: dict[str, Any], target: str) -> dict[str, Beside]:
    found: dict[str, Beside] = {}
    for heading, name in BESIDE.items():
        rarer = figure(stat, name, target=target, hidden=HIDDEN) if name in stat else None
        if rarer is not None and rarer.bound == "exact":  # beside a post there are no bounds
            found[heading] = rarer.value
    return found


def _answered(page: Page, data: dict[str, Any], old: bool) -> str:
    """The id of the video that came back, which must be the one asked for (BV is case-sensitive)."""
    target = page.request.url
    asked = page.request.key or in_path(page.url, SITE, VIDEO)
    number = "av" + ident(data, "aid", target=target)
    nameless = old and asked.startswith("av") and "bvid" not in data
    key = number if nameless else bvid(data, target)
    if asked not in (key, number):
        raise changed(f"问的是 {asked}，答的是 {key}", target)
    return key


def bvid(tree: Any, target: str) -> str:
    key = ident(tree, "bvid", target=target)
    if not _BVID.fullmatch(key):
        raise changed(f"回答里的“bvid”不是 BV 号：{key}", target)
    return key


def headline(tree: Any, target: str) -> str:
    text = at(tree, "title", kind=str, target=target)
    if not text.strip():
        raise changed("回答里的“title”是空的", target)
    return text


def address(key: str) -> str:
    return f"https://www.bilibili.com/video/{key}"
