"""B站: 近期稿件对比.csv, and public answers: an account's list of videos, one video, its page (docs/platforms.md §8).

The file has the columns that a person ticked, so title, time and one count suffice to recognise it; it hides the bvid: a
post is identified by title and second. The list has plays only, so each video is requested too. ``code`` 0 does not
mean that there are figures: risk control answers 0 with nothing but a ``v_voucher``.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from adapters.answers.addresses import in_path, place
from adapters.answers.json import (
    at,
    changed,
    code,
    embedded,
    figure,
    ident,
    metrics,
    moment,
    rarer,
    whole,
)
from adapters.answers.pages import Meaning, blocked, is_markup, markup, refuse, unclear
from adapters.contract import Account, Adapter, Page, PageRecord, Request
from adapters.errors import Blocked, Gone, Unclear
from adapters.records import Metrics, Post
from adapters.tables.columns import Layout, filled, kept
from adapters.tables.reader import export

#: Rates under their heading in the file of 2026-06, with the synonym that a parser accepts behind a stroke.
_RATES = (
    "游客播放占比 粉丝观看率 封标点击率/封面点击率 粉丝点击率 游客点击率 3秒跳出率/3s跳出率 粉丝3秒跳出率 游客3秒跳出率"
    " 互动率 粉丝互动率 游客互动率 播转粉率 点赞率 评论率 弹幕率 收藏率 投币率 转发率 平均播放进度/平均播放占比 视频完播率"
)
_COUNTS = filled(
    views="播放量", likes="点赞量", comments="评论量", shares="转发量/分享量", favourites="收藏量"
)
COMPARED = Layout(
    name="B站近期稿件对比",
    columns=(
        *filled(title="视频标题/稿件名称", published_at="发布时间/发布日期", needed=True),
        *_COUNTS,
        *kept("弹幕量 投币量 涨粉量 取关量", usual=False),
        *kept(_RATES, "percent_text", usual=False),
    ),
    kind="video",
    any_of=frozenset(each.heading for each in _COUNTS),
)

HOSTS = ("api.bilibili.com", "www.bilibili.com", "b23.tv")
# Any User-Agent with the word python is refused with -412 (docs/platforms.md §8.2).
HEADERS = {"User-Agent": "Mozilla/5.0", "Accept": "application/json, text/html;q=0.9"}
API = "https://api.bilibili.com/x/"
PAGES = 20
PAGE_SIZE = 30

_SPACE = re.compile(r"/([0-9]{1,20})(?:/.*)?")
_KEY = re.compile(r"BV[0-9A-Za-z]{10}|av[0-9]{1,18}")
_BANNED = b"request was banned"

#: What a page shows for a count that is hidden.
HIDDEN = frozenset({"--"})
#: The count of plays is -1 where it is not told, which says nothing of the others.
NO_PLAYS = HIDDEN | {"-1"}
#: Of ``stat``; plays stand under "view".
COUNTED = {"likes": "like", "comments": "reply", "shares": "share", "favourites": "favorite"}
FIGURES = frozenset({"views", *COUNTED})
BESIDE = {"弹幕量": "danmaku", "投币量": "coin"}
SITE = frozenset({"www.bilibili.com", "m.bilibili.com", "bilibili.com"})
VIDEO = re.compile(r"/video/(BV[0-9A-Za-z]{10}|av[0-9]{1,18})/?")
BV = re.compile(r"BV[0-9A-Za-z]{10}")

_GONE = "已存的数据会保留；如不是本单位所为，请到 B站 创作中心核对"
#: code (of the API, ``error.trueCode`` of the page) → what it means.
CODES: dict[int, Meaning] = {
    -404: Meaning(Gone, "视频已删除或编号不存在", _GONE, ("deleted",)),
    40003: Meaning(Gone, "没有这个视频", _GONE, ("deleted",)),
    62002: Meaning(
        Unclear,
        "稿件不可见：可能已隐藏，也可能只是不对这里的网络开放",
        "请用境内的网络打开核对",
        ("private", "geo_limited"),
    ),
    62004: Meaning(Gone, "稿件还在审核", "审核通过后会自动采到", ("in_review",)),
    62012: Meaning(Gone, "稿件仅 UP 主自己可见", _GONE, ("private",)),
    -403: Meaning(Gone, "没有权限查看这个稿件", _GONE, ("private",)),
    -412: Meaning(Blocked, "请求被 B站 拦截"),
    -352: Meaning(Blocked, "B站 风控校验失败"),
    -799: Meaning(Blocked, "B站 提示请求过于频繁"),
}


def start(account: Account, today: date) -> Iterator[Request]:
    """The first page of the account's videos; nothing where config gives neither ``uid`` nor ``url``."""
    mid = account.uid or in_path(account.url, frozenset({"space.bilibili.com"}), _SPACE)
    if mid:
        yield _list(mid, 1)


def visit(account: Account, key: str, url: str) -> Request | None:
    """One video by its BV or av number, or by its address (``b23.tv`` leads to the page)."""
    asked = key if _KEY.fullmatch(key) else in_path(url, SITE, VIDEO)
    if asked:
        return _view(asked)
    return Request(url=url) if place(url)[0] == "b23.tv" else None


def bv_of(url: str) -> str:
    """The BV number in the address of a video; empty where there is none."""
    stated = in_path(url, SITE, VIDEO)
    return stated if BV.fullmatch(stated) else ""


def read(page: Page) -> Iterable[PageRecord]:
    """Videos of a list as requests to follow, or the Post of one video."""
    start_of_body = page.body.removeprefix(BOM_UTF8).lstrip()[:100]
    if page.status != 404 or start_of_body[:1] not in (b"{", b"<"):  # 404 may carry its code
        refuse(page)
    if is_markup(page):
        return [_shown(page)]
    if start_of_body.startswith(_BANNED):
        raise blocked(page, "B站 拦截了这次访问")
    target = page.request.url
    tree = whole(page.body, target)
    _check(code(tree, "code", target=target), page)
    refuse(page)
    data = at(tree, "data", kind=dict, target=target)
    if "v_voucher" in data and not {"stat", "archives"} & data.keys():
        raise blocked(page, "B站 要求人机验证（回答里只有 v_voucher）")
    return _videos(page, data) if page.request.about == "list" else [_post(page, data)]


def _list(mid: str, number: int) -> Request:
    return Request(
        url=f"{API}series/recArchivesByKeywords?mid={mid}&keywords=&ps={PAGE_SIZE}&pn={number}",
        about="list",
        key=mid,
        depth=number - 1,
    )


def _view(asked: str, known: Post | None = None) -> Request:
    query = f"aid={asked[2:]}" if asked.startswith("av") else f"bvid={asked}"
    return Request(url=f"{API}web-interface/view?{query}", key=asked, post=known)


def _videos(page: Page, data: dict[str, Any]) -> list[PageRecord]:
    """A request for each video, with what the list tells of it, and one for the next page."""
    target, depth = page.request.url, page.request.depth
    found: list[PageRecord] = []
    for each in at(data, "archives", kind=list, target=target):
        key = _bvid(each, target)
        plays = figure(each, "stat", "view", target=target, hidden=NO_PLAYS)
        known = Post(
            title=_headline(each, target),
            published_at=moment(each, "pubdate", target=target),
            key=key,
            url=address(key),
            kind="video",
            metrics=Metrics(views=plays),
        )
        found.append(_view(key, known))
    if not found and depth == 0:
        what = "视频列表是空的：可能没有视频，也可能是被拦截"
        advice = "请打开账号主页核对，并核对 config.toml 的 uid"
        raise unclear(page, what, advice, "no_posts", "blocked")
    if found and depth + 1 < PAGES:
        found.append(_list(page.request.key, depth + 2))
    return found


def _shown(page: Page) -> Post:
    """The video that a page shows in ``__INITIAL_STATE__``."""
    target = page.request.url
    state = embedded(markup(page), "window.__INITIAL_STATE__", target)
    if state is None:
        refuse(page)
        if _BANNED in page.body:
            raise blocked(page, "B站 拦截了这次访问")
        raise changed("网页里没有“__INITIAL_STATE__”", target)
    if isinstance(state, dict) and state.get("error"):
        _check(code(state, "error", "trueCode", target=target), page)
    refuse(page)
    return _post(page, at(state, "videoData", kind=dict, target=target), old=True)


def _check(code: int, page: Page) -> None:
    """Raises what a code says, unless it is 0."""
    meaning = CODES.get(code)
    if meaning is not None and meaning.error is Gone and page.request.about == "list":
        raise changed(f"列表的回答代码是 {code}", page.request.url)  # it is no video that is gone
    if meaning is not None:
        raise meaning.of(page.request.url, code)
    if code != 0:
        raise changed(f"没有见过的回答代码 {code}", page.request.url)


def _post(page: Page, data: dict[str, Any], *, old: bool = False) -> Post:
    """The Post of one video. ``old``: the answer may be a page of 2018, which states no BV number."""
    target = page.request.url
    stat = at(data, "stat", kind=dict, target=target)
    key = _answered(page, data, old)
    if "aid" in stat and ident(stat, "aid", target=target) != ident(data, "aid", target=target):
        raise changed("回答里的数字属于另一个视频", target)
    plays = figure(stat, "view", target=target, hidden=NO_PLAYS)
    return Post(
        title=_headline(data, target),
        published_at=moment(data, "pubdate", target=target),
        key=key,
        url=address(key),
        kind="video",
        metrics=replace(metrics(stat, names=COUNTED, target=target, hidden=HIDDEN), views=plays),
        beside=rarer(stat, BESIDE, target, HIDDEN),
    )


def _answered(page: Page, data: dict[str, Any], old: bool) -> str:
    """The id of the video that came back, which must be the one asked for (BV is case-sensitive)."""
    target = page.request.url
    asked = page.request.key or in_path(page.url, SITE, VIDEO)
    number = "av" + ident(data, "aid", target=target)
    nameless = old and asked.startswith("av") and "bvid" not in data
    key = number if nameless else _bvid(data, target)
    if asked not in (key, number):
        raise changed(f"问的是 {asked}，答的是 {key}", target)
    return key


def _bvid(tree: Any, target: str) -> str:
    key = ident(tree, "bvid", target=target)
    if not BV.fullmatch(key):
        raise changed(f"回答里的“bvid”不是 BV 号：{key}", target)
    return key


def _headline(tree: Any, target: str) -> str:
    text = at(tree, "title", kind=str, target=target)
    if not text.strip():
        raise changed("回答里的“title”是空的", target)
    return text


def address(key: str) -> str:
    """Where a video is shown."""
    return f"https://www.bilibili.com/video/{key}"


ADAPTER = Adapter(
    name="bilibili",
    platforms=frozenset({"bilibili"}),
    **export(COMPARED),
    row_limit=10,
    page_metrics=FIGURES,
    start=start,
    visit=visit,
    read=read,
    hosts=HOSTS,
    headers=HEADERS,
    example={"uid": "100000001", "key": "BV1Yl4y1c7Xk"},
)
