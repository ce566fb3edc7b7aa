"""微博 as a visitor sees it on m.weibo.cn (docs/platforms.md §7), with the cookie that config names.

It has no views: a video's plays are kept beside. Pinned posts come out of order, so an old post does not end the paging.
``retweeted_status`` is another account's post: its figures are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

from adapters.answers.addresses import in_path, place
from adapters.answers.json import (
    at,
    changed,
    code,
    embedded,
    figure,
    ident,
    metrics,
    understood,
    whole,
)
from adapters.answers.pages import (
    Meaning,
    blocked,
    by_words,
    check_answered,
    is_markup,
    markup,
    plain,
    refuse,
    title,
    unclear,
    visible,
)
from adapters.contract import Account, Adapter, Page, PageRecord, Request
from adapters.errors import Blocked, Gone, LoginExpired, SourceError, Unclear
from adapters.records import Beside, Post
from adapters.tables.dates import on_timeline

SITE = "https://m.weibo.cn"
FIGURES = {"likes": "attitudes_count", "comments": "comments_count", "shares": "reposts_count"}
PAGES = 20
#: The only kind of card that is a post, and the kind that holds several cards.
POST_CARD, GROUP_CARD = 9, 11

_SITES = frozenset({"m.weibo.cn", "weibo.com", "www.weibo.com"})
_ACCOUNT = re.compile(r"/(?:u/)?([0-9]{5,12})/?")
_POST = re.compile(
    r"/(?:status/|detail/|statuses/|[0-9]{5,12}/)([0-9]{16}|[0-9A-Za-z]{9})/?", re.ASCII
)
_KEY = re.compile(r"[0-9]{16}|[0-9A-Za-z]{9}")
COOKIE = "请在浏览器里重新打开微博，把新的 cookie 填到 config.toml 所指的环境变量里"
_KEPT = "已存的数据会保留"
_DELETED_OR_PRIVATE = Meaning(
    Unclear,
    "微博不存在，或没有查看权限",
    "请隔天登录微博打开原文核对，两次都打不开再认定",
    ("deleted", "private"),
)
#: error_code → what it means.
CODES: dict[int, Meaning] = {
    20101: _DELETED_OR_PRIVATE,  # "该微博不存在", read by others as "不存在或暂无查看权限"
    20112: Meaning(Unclear, "没有查看权限，也可能是 cookie 失效", COOKIE, ("private", "login")),
    20130: Meaning(Gone, "博主设置了不公开", _KEPT, ("private",)),
}
#: Words of a message, of data or of a page without a post → the same.
WORDS: dict[str, Meaning] = {
    "微博不存在": _DELETED_OR_PRIVATE,
    "目前内容暂不可见": Meaning(Gone, "由于博主设置，目前内容不可见", _KEPT, ("private",)),
    "用户不存在": Meaning(Gone, "微博账号不存在", "请核对 config.toml 里这个账号的 uid", ("account_gone",)),
    "网络繁忙": Meaning(Blocked, "微博提示网络繁忙"),
    "请先登录": Meaning(LoginExpired, "微博要求登录", COOKIE),
}  # fmt: skip


def start(account: Account, today: date) -> Iterator[Request]:
    """The first page of the timeline; nothing where config gives neither ``uid`` nor ``url``."""
    uid = account.uid or in_path(account.url, _SITES, _ACCOUNT)
    if uid:
        yield _timeline(uid, "", 0)


def visit(account: Account, key: str, url: str) -> Request | None:
    """One post by its id (16 digits, or 9 letters and digits) or its address."""
    asked = asked_post(key, url)
    if not asked:
        return None
    referer = {"Referer": f"{SITE}/detail/{asked}"}
    return Request(url=f"{SITE}/statuses/show?id={asked}", key=asked, headers=referer)


def asked_post(key: str, url: str) -> str:
    """The id of a post by its key or its address, in either form; empty where neither has one."""
    return key if _KEY.fullmatch(key) else in_path(url, _SITES, _POST)


def read(page: Page) -> Iterable[PageRecord]:
    """The posts of one page of a timeline and the request for the next, or one post."""
    _refuse_page(page)
    target = page.request.url
    if is_markup(page):
        html = markup(page)
        states = embedded(html, "$render_data", target)
        if states is None:
            raise _silent(page, html)
        return [_one(page, at(states, 0, "status", kind=dict, target=target))]
    tree = whole(page.body, target)
    _check(page, tree)
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
        _empty(page)
        return []
    found: list[PageRecord] = [
        _post(page, each) for each in blogs if ident(each, "user", "id", target=target) == asked
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
    found = _post(page, blog)
    if page.request.key != found.details.get("bid"):
        check_answered(page, found.key)
    return found


def _post(page: Page, blog: dict[str, Any]) -> Post:
    target = page.request.url
    key = ident(blog, "id", target=target)
    if not re.fullmatch(r"[0-9]{10,19}", key) or str(blog.get("mid", key)) != key:
        raise changed(f"回答里的“id”不是微博编号：{key}", target)
    created = at(blog, "created_at", kind=str, target=target)
    with understood(target, "回答里的“created_at”："):
        published_at, date_only = on_timeline(created, page.fetched_at)
    bid, info = blog.get("bid"), blog.get("page_info")
    video = info if isinstance(info, dict) and info.get("type") == "video" else None
    return Post(
        title=title_of(at(blog, "text", kind=str, target=target)),
        published_at=published_at,
        date_only=date_only,
        key=key,
        url=f"{SITE}/detail/{key}",
        kind="video" if video is not None else "article",
        original="retweeted_status" not in blog,
        metrics=metrics(blog, names=FIGURES, target=target),
        beside=_plays(video or {}, target),
        details={"bid": bid} if isinstance(bid, str) and re.fullmatch(r"[0-9A-Za-z]+", bid) else {},
    )


def title_of(markup: str) -> str:
    """A post has no title: its text, as one line, stands for it; a long one is cut before “全文”."""
    return plain(markup.replace("<br", " <br")).removesuffix("...全文")


def _plays(video: dict[str, Any], target: str) -> dict[str, Beside]:
    """``play_count`` as it stands: ``9035434``, ``"651万"``, ``"345万次播放"``."""
    if video.get("play_count") in (None, ""):
        return {}
    figure(video, "play_count", target=target)  # what is not understood is not kept either
    return {"play_count": video["play_count"]}


def _refuse_page(page: Page) -> None:
    """Raises what the status and the final address say."""
    host, path = place(page.url)
    if page.status == 432:
        raise blocked(page, "微博拒绝了访问（HTTP 432），多半是没有访客 cookie 或已过期", COOKIE)
    if "passport.weibo" in host:
        if "/visitor" in path:
            raise blocked(page, "微博转到了访客验证页", COOKIE)
        raise LoginExpired("微博转到了登录页", target=page.request.url, advice=COOKIE)
    if page.status not in (400, 404):  # those may carry an error_code
        refuse(page)


def _check(page: Page, tree: Any) -> None:
    """Raises what ``error_code``, ``ok`` and the message say; nothing where the answer is good."""
    target = page.request.url
    if isinstance(tree, dict) and tree.get("error_code"):
        number = code(tree, "error_code", target=target)
        if number in CODES:
            raise CODES[number].of(target, number)
    ok = code(tree, "ok", target=target)
    if ok == 1:
        return refuse(page)
    if ok == -100:
        raise LoginExpired("微博要求登录（ok: -100）", target=target, advice=COOKIE)
    said = " ".join(
        str(at(tree, name, kind=object, target=target))
        for name in ("msg", "message", "errmsg")
        if name in tree
    )
    if "这里还没有内容" in said or (not said and tree.get("data") == {"cards": []}):
        return _empty(page)
    if meaning := by_words(WORDS, said):
        raise meaning.of(target)
    raise changed(f"微博没有给数据（ok：{ok}）：{said[:60]}", target)


def _empty(page: Page) -> None:
    """Beyond the first page a timeline has come to its end; before that nobody can tell: raises Unclear."""
    if page.request.about != "list" or page.request.depth == 0:
        what = "微博说这里没有内容：可能真的没有，也可能是采得太快"
        advice = "程序会放慢后再取；一直如此请核对 config.toml 里的 uid"
        raise unclear(page, what, advice, "no_posts", "blocked")


def _silent(page: Page, html: str) -> SourceError:
    """The error that a web page without a post stands for."""
    if "Sina Visitor System" in title(html):
        return blocked(page, "微博给了访客验证页", COOKIE)
    found = by_words(WORDS, visible(html))
    if found is None and title(html) == "微博-出错了":
        found = _DELETED_OR_PRIVATE
    if found is not None:
        return found.of(page.request.url)
    if page.status != 200:
        refuse(page)
    return changed("网页里没有“$render_data”", page.request.url)


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
    example={"uid": "1000000001", "key": "5000000000000000"},
)
