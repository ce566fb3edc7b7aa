"""B站 public answers (docs/platforms.md §8.2): an account's list of videos, one video, and its page.

Shows: plays, likes, comments, shares and favourites, all exact; 弹幕 and 投币 are kept beside them. A page may show
``--`` for a hidden count, which is a missing figure, not zero. The list has plays only, so each video is requested too.
``code`` 0 does not mean that there are figures: risk control answers 0 with nothing but a ``v_voucher``.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from adapters._bilibili_video import NO_PLAYS, SITE, VIDEO, address, bvid, check, headline, post
from adapters.answers.json import at, changed, code, embedded, figure, moment, whole
from adapters.answers.pages import blocked, in_path, is_markup, markup, place, refuse
from adapters.contract import Account, Page, PageRecord, Request
from adapters.errors import Unclear
from adapters.records import Metrics, Post

HOSTS = ("api.bilibili.com", "www.bilibili.com", "b23.tv")
# Any User-Agent with the word python is refused with -412 (docs/platforms.md §8.2).
HEADERS = {"User-Agent": "Mozilla/5.0", "Accept": "application/json, text/html;q=0.9"}
API = "https://api.bilibili.com/x/"
PAGES = 20
PAGE_SIZE = 30

_SPACE = re.compile(r"/([0-9]{1,20})(?:/.*)?")
_KEY = re.compile(r"BV[0-9A-Za-z]{10}|av[0-9]{1,18}")
_BANNED = b"request was banned"


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


def read(page: Page) -> Iterable[PageRecord]:
    """Videos of a list as requests to follow, or the Post of one video.

    Raises Gone, Unclear, Blocked, LayoutChanged or Unreachable for an answer without figures.
    """
    start_of_body = page.body.removeprefix(BOM_UTF8).lstrip()[:100]
    if page.status != 404 or start_of_body[:1] not in (b"{", b"<"):  # 404 may carry its code
        refuse(page)
    if is_markup(page):
        return [_shown(page)]
    if start_of_body.startswith(_BANNED):
        raise blocked(page, "B站 拦截了这次访问")
    target = page.request.url
    tree = whole(page.body, target)
    check(code(tree, "code", target=target), page)
    refuse(page)
    data = at(tree, "data", kind=dict, target=target)
    if "v_voucher" in data and not {"stat", "archives"} & data.keys():
        raise blocked(page, "B站 要求人机验证（回答里只有 v_voucher）")
    return _videos(page, data) if page.request.about == "list" else [post(page, data)]


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
        key = bvid(each, target)
        plays = figure(each, "stat", "view", target=target, hidden=NO_PLAYS)
        known = Post(
            title=headline(each, target),
            published_at=moment(each, "pubdate", target=target),
            key=key,
            url=address(key),
            kind="video",
            metrics=Metrics(views=plays),
        )
        found.append(_view(key, known))
    if not found and depth == 0:
        raise Unclear(
            "视频列表是空的：可能没有视频，也可能是被拦截",
            target=target,
            advice="请打开账号主页核对，并核对 config.toml 的 uid",
            cases=("no_posts", "blocked"),
        )
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
        check(code(state, "error", "trueCode", target=target), page)
    refuse(page)
    return post(page, at(state, "videoData", kind=dict, target=target), old=True)
