"""One post of 头条 by ``m.toutiao.com/i<id>/info/`` (docs/platforms.md §6.2), without signature or cookie.

Shows: likes and comments. Kept beside: ``impression_count`` (展现, not reads), ``repost_count`` (转发
inside 头条) and ``video_play_count``, of which it is not known what it counts on an article. Hides: reads. An account's
list needs a signature, so only known posts are visited. ``group_id`` and ``item_id`` of a post may differ; the id in
the address is kept. Answers of 2016 carry no likes and raise LayoutChanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from adapters.answers.json import at, changed, figure, moment, whole
from adapters.answers.pages import blocked, in_path, is_markup, place, refuse
from adapters.contract import Account, Page, PageRecord, Request
from adapters.errors import Unclear
from adapters.records import Beside, Metrics, Post

HOSTS = ("m.toutiao.com", "www.toutiao.com")  # the second is where a missing post leads
HEADERS = {"User-Agent": "Mozilla/5.0", "Accept": "application/json"}
FIGURES = {"likes": "digg_count", "comments": "comment_count"}
BESIDE = ("impression_count", "repost_count", "video_play_count")

_SITE = frozenset({"www.toutiao.com", "m.toutiao.com", "toutiao.com"})
_POST = re.compile(r"/(?:(?:article|group|item|w|video)/|[ai])([0-9]{16,20})(?:/.*)?")
_KEY = re.compile(r"[0-9]{16,20}")
#: Where an answer states which post it is about; the numbers may be rounded by a script, the texts are not.
_STATED = ("url", "display_url", "group_id", "item_id", "str_group_id", "str_item_id")
_OPEN = "请在浏览器里打开原文核对"


def start(account: Account, today: date) -> Iterator[Request]:
    """Nothing: the list of an account needs a signature."""
    return iter(())


def visit(account: Account, key: str, url: str) -> Request | None:
    """One post by its id or its address."""
    asked = key if _KEY.fullmatch(key) else in_path(url, _SITE, _POST)
    return Request(url=f"https://m.toutiao.com/i{asked}/info/", key=asked) if asked else None


def read(page: Page) -> Iterable[PageRecord]:
    """The Post of one answer.

    Raises Blocked, Unclear, LayoutChanged or Unreachable for an answer without figures.
    """
    refuse(page)
    target, asked = page.request.url, page.request.key
    if in_path(page.url, _SITE, _POST) != asked:
        host, path = place(page.url)
        if host in _SITE and (path in ("", "/") or path.startswith("/search")):
            raise _unclear(page, "头条转到了首页或搜索页：可能已删除，也可能是被拦截")
        raise changed("头条转到了别的地址", target)
    if is_markup(page):
        raise blocked(page, "头条给了验证网页，不是数据")
    tree = whole(page.body, target)
    if not at(tree, "success", kind=bool, target=target):
        raise _unclear(page, "头条说没有取到（success: false）：可能已删除，也可能是被拦截")
    if tree.get("data") is None:
        raise _unclear(page, "回答里没有内容：可能已删除，也可能是被拦截")
    data = at(tree, "data", kind=dict, target=target)
    headline = data.get("title")
    if headline is None or (isinstance(headline, str) and not headline.strip()):
        raise _unclear(page, "回答里没有标题：可能已删除，也可能是被拦截")
    return [_post(page, data)]


def _unclear(page: Page, what: str) -> Unclear:
    return Unclear(what, target=page.request.url, advice=_OPEN, cases=("deleted", "blocked"))


def _post(page: Page, data: dict[str, Any]) -> Post:
    target, asked = page.request.url, page.request.key
    if asked not in _ids(data):
        raise changed(f"问的是 {asked}，答的不是它", target)
    counts = {metric: figure(data, name, target=target) for metric, name in FIGURES.items()}
    beside: dict[str, Beside] = {}
    for name in BESIDE:
        rarer = figure(data, name, target=target) if data.get(name) is not None else None
        if rarer is not None and rarer.bound == "exact":  # beside a post there are no bounds
            beside[name] = rarer.value
    return Post(
        title=at(data, "title", kind=str, target=target),
        published_at=moment(data, "publish_time", target=target),
        key=asked,
        url=f"https://m.toutiao.com/i{asked}/",
        metrics=Metrics(**counts),
        beside=beside,
    )


def _ids(data: dict[str, Any]) -> set[str]:
    """The ids by which an answer names its post."""
    stated = (str(data[name]) for name in _STATED if name in data)
    return {each for text in stated for each in re.findall(r"(?<!\d)\d{16,20}(?!\d)", text)}
