"""The share page of one 快手 work, desktop and mobile (docs/platforms.md §5.2).

Shows: plays and likes; on the mobile page also comments, and shares of popular works (an absent key is a missing
figure, not zero). The desktop page writes plays as ``22.2万``. Hides: favourites. ``forwardCount`` is 0 on every work
and is not used. An account's list needs a signature, so only known works are visited. The platform refuses the same
link now and then (``result`` 2), which says nothing about the work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from adapters._kuaishou_said import check, silent
from adapters.answers.json import at, changed, embedded, figure, ident, moment, whole
from adapters.answers.pages import in_path, is_markup, markup, place, refuse
from adapters.contract import Account, Page, PageRecord, Request
from adapters.errors import Gone
from adapters.records import Metrics, Post

DESKTOP = "www.kuaishou.com"
MOBILE = "v.m.chenzhongtech.com"
SHORT = "v.kuaishou.com"
HOSTS = (DESKTOP, MOBILE, "m.gifshow.com", SHORT)
# Without the whole Accept line of a browser the page comes without its data (docs/platforms.md §5.2).
HEADERS = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
    "*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    "Accept-Language": "zh-CN,zh;q=0.9",
}
METRICS = frozenset({"views", "likes", "comments", "shares"})
_SITES = frozenset(HOSTS)
_POST = re.compile(r"/(?:short-video|fw/photo|fw/long-video)/(3x[0-9a-z]{13})/?")
_KEY = re.compile(r"3x[0-9a-z]{13}")
_WORK = "VisionVideoDetailPhoto:"


def start(account: Account, today: date) -> Iterator[Request]:
    """Nothing: the list of an account needs a signature."""
    return iter(())


def visit(account: Account, key: str, url: str) -> Request | None:
    """One work: in the form of its address (without the parameters that share it), else the mobile page."""
    host, path = place(url)
    stated = in_path(url, _SITES, _POST)
    asked = key if _KEY.fullmatch(key) else stated
    if asked and stated == asked:
        return Request(url=f"https://{host}{path.rstrip('/')}", key=asked)
    if asked:
        return Request(url=f"https://{MOBILE}/fw/photo/{asked}", key=asked)
    return Request(url=url) if host == SHORT else None


def read(page: Page) -> Iterable[PageRecord]:
    """The Post of one share page.

    Raises Blocked, Gone, Unclear, LayoutChanged or Unreachable for an answer without figures.
    """
    target = page.request.url
    if page.status == 404:
        raise Gone(
            "作品已失效（HTTP 404）",
            target=target,
            advice="已存的数据会保留；如不是本单位所为，请到快手后台核对",
            cases=("deleted",),
        )
    refuse(page)
    if not is_markup(page):
        check(whole(page.body, target), page)
        raise changed("快手给的是数据，不是作品页", target)
    html = markup(page)
    eid = in_path(page.url, _SITES, _POST)
    asked = page.request.key or eid
    if not asked or eid != asked:
        raise changed("快手转到了别的地址", target)
    mobile = embedded(html, "window.INIT_STATE", target)
    if mobile is not None:
        return [_mobile(page, html, mobile, asked)]
    desktop = embedded(html, "window.__APOLLO_STATE__", target)
    if desktop is None:
        raise silent(page, html, "网页里没有“INIT_STATE”或“__APOLLO_STATE__”")
    return [_desktop(page, html, desktop, asked)]


def _mobile(page: Page, html: str, state: Any, asked: str) -> Post:
    """The keys of the state are encoded request paths, so the answer is known by what it holds."""
    target = page.request.url
    values = at(state, kind=dict, target=target).values()
    answers = [each for each in values if isinstance(each, dict) and "result" in each]
    works = [each for each in answers if "photo" in each]
    for each in works or answers:
        check(each, page)
    if not works:
        raise silent(page, html, "网页的“INIT_STATE”里没有“photo”", state)
    if len(works) > 1:
        raise changed("网页里有不止一个作品", target)
    photo = at(works[0], "photo", kind=dict, target=target)
    shared = re.search(r"photoId=(3x[0-9a-z]+)", str(photo.get("share_info", "")))
    if shared and shared[1] != asked:
        raise changed(f"问的是 {asked}，答的是 {shared[1]}", target)
    ident(photo, "photoId", target=target)
    shares = figure(photo, "shareCount", target=target) if "shareCount" in photo else None
    return _post(
        page,
        photo,
        asked,
        Metrics(
            views=figure(photo, "viewCount", target=target),
            likes=figure(photo, "likeCount", target=target),
            comments=figure(photo, "commentCount", target=target),
            shares=shares,
        ),
    )


def _desktop(page: Page, html: str, state: Any, asked: str) -> Post:
    target = page.request.url
    cache = at(state, "defaultClient", kind=dict, target=target)
    if not any(name.startswith(_WORK) for name in cache):
        raise silent(page, html, f"网页的数据里没有“{_WORK}…”")
    photo = at(cache, _WORK + asked, kind=dict, target=target)
    if "id" in photo and (answered := ident(photo, "id", target=target)) != asked:
        raise changed(f"问的是 {asked}，答的是 {answered}", target)
    likes = "realLikeCount" if photo.get("realLikeCount") is not None else "likeCount"
    return _post(
        page,
        photo,
        asked,
        Metrics(
            views=figure(photo, "viewCount", target=target),
            likes=figure(photo, likes, target=target),
        ),
    )


def _post(page: Page, photo: dict[str, Any], key: str, metrics: Metrics) -> Post:
    """A work has no title: its caption, as one line, stands for it. Nothing tells video from pictures."""
    host, path = place(page.url)
    return Post(
        title=" ".join(at(photo, "caption", kind=str, target=page.request.url).split()),
        published_at=moment(photo, "timestamp", target=page.request.url),
        key=key,
        url=f"https://{host}{path.rstrip('/')}",
        metrics=metrics,
    )
