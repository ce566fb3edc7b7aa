"""微博 as a visitor sees it on m.weibo.cn (docs/platforms.md §7), with the cookie that config names.

Shows: likes, comments and reposts, exact below a million and ``100万+`` above; a video's plays are kept beside, because
微博 has no views. Hides: 阅读 (``reads_count`` is for the author's own session). A visitor sees a limited number of posts
of a timeline; pinned posts come out of order, so an old post does not end the paging. ``retweeted_status`` is another
account's post: its figures are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

from adapters._weibo_post import FIGURES, SITE, post
from adapters._weibo_said import check, empty, refuse_page, silent
from adapters.answers.json import at, changed, code, embedded, ident, whole
from adapters.answers.pages import in_path, is_markup, markup
from adapters.contract import Account, Adapter, Page, PageRecord, Request
from adapters.records import Post

PAGES = 20
#: The only kind of card that is a post, and the kind that holds several cards.
POST_CARD, GROUP_CARD = 9, 11

_SITES = frozenset({"m.weibo.cn", "weibo.com", "www.weibo.com"})
_ACCOUNT = re.compile(r"/(?:u/)?([0-9]{5,12})/?")
_POST = re.compile(
    r"/(?:status/|detail/|statuses/|[0-9]{5,12}/)([0-9]{16}|[0-9A-Za-z]{9})/?", re.ASCII
)
_KEY = re.compile(r"[0-9]{16}|[0-9A-Za-z]{9}")


def start(account: Account, today: date) -> Iterator[Request]:
    """The first page of the timeline; nothing where config gives neither ``uid`` nor ``url``."""
    uid = account.uid or in_path(account.url, _SITES, _ACCOUNT)
    if uid:
        yield _timeline(uid, "", 0)


def visit(account: Account, key: str, url: str) -> Request | None:
    """One post by its id (16 digits, or 9 letters and digits) or its address."""
    asked = key if _KEY.fullmatch(key) else in_path(url, _SITES, _POST)
    if not asked:
        return None
    referer = {"Referer": f"{SITE}/detail/{asked}"}
    return Request(url=f"{SITE}/statuses/show?id={asked}", key=asked, headers=referer)


def read(page: Page) -> Iterable[PageRecord]:
    """The posts of one page of a timeline and the request for the next, or one post.

    Raises Blocked, LoginExpired, Gone, Unclear, LayoutChanged or Unreachable for an answer without figures.
    """
    refuse_page(page)
    target = page.request.url
    if is_markup(page):
        html = markup(page)
        states = embedded(html, "$render_data", target)
        if states is None:
            raise silent(page, html)
        return [_one(page, at(states, 0, "status", kind=dict, target=target))]
    tree = whole(page.body, target)
    check(page, tree)
    data = at(tree, "data", kind=dict, target=target)
    return _posts(page, data) if page.request.about == "list" else [_one(page, data)]


def _timeline(uid: str, further: str, depth: int) -> Request:
    address = f"{SITE}/api/container/getIndex?type=uid&value={uid}&containerid=107603{uid}{further}"
    referer = {"Referer": f"{SITE}/u/{uid}"}
    return Request(url=address, about="list", key=uid, headers=referer, depth=depth)


def _posts(page: Page, data: dict[str, Any]) -> list[PageRecord]:
    target, asked, depth = page.request.url, page.request.key, page.request.depth
    blogs = list(_blogs(at(data, "cards", kind=list, target=target), target))
    if not blogs:
        empty(page)
        return []
    found: list[PageRecord] = [
        post(page, each) for each in blogs if ident(each, "user", "id", target=target) == asked
    ]  # the others are posts that the account liked
    info = at(data, "cardlistInfo", kind=dict, target=target)
    name = "since_id" if info.get("since_id") else "page"  # page: the form of 2019
    if info.get(name) and depth + 1 < PAGES:
        further = quote(ident(info, name, target=target), safe="")
        found.append(_timeline(asked, f"&{name}={further}", depth + 1))
    return found


def _blogs(cards: list[Any], target: str) -> Iterator[dict[str, Any]]:
    """The posts among the cards of a timeline, groups opened."""
    for card in cards:
        kind = code(card, "card_type", target=target)
        if kind == POST_CARD:
            yield at(card, "mblog", kind=dict, target=target)
        elif kind == GROUP_CARD:
            yield from _blogs(at(card, "card_group", kind=list, target=target), target)
        elif "mblog" in card:
            raise changed(f"第 {kind} 类卡片里出现了微博", target)


def _one(page: Page, blog: dict[str, Any]) -> Post:
    found = post(page, blog)
    asked = page.request.key
    if asked not in (found.key, found.details.get("bid")):
        raise changed(f"问的是 {asked}，答的是 {found.key}", page.request.url)
    return found


ADAPTER = Adapter(
    name="weibo",
    platforms=frozenset({"weibo"}),
    page_metrics=frozenset(FIGURES),
    start=start,
    visit=visit,
    read=read,
    # the last three are where a visitor without a cookie is led
    hosts=("m.weibo.cn", "passport.weibo.com", "passport.weibo.cn", "visitor.passport.weibo.cn"),
    headers={
        "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
        " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        "Accept": "application/json, text/plain, */*",
        "MWeibo-Pwa": "1",
        "X-Requested-With": "XMLHttpRequest",
    },
)
