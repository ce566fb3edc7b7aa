"""A WeChat article as a web page, saved from the client or fetched by its public address (docs/platforms.md §2.3, §2.4).

For anybody but a logged-in client the places of the figures are empty: missing, not zero. Figures of a fetched page are
not read even if it holds some. Pages without an article are recognised by their own message (``no_article``), never by
words that an article may contain as well. An address names its article without the session tokens that a copied one
carries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from adapters._wechat_script import FETCHED, SAVED, PageScript, Values, meta, no_article
from adapters.answers.addresses import split
from adapters.answers.json import changed
from adapters.answers.pages import blocked, markup, refuse
from adapters.contract import Account, File, Page, PageRecord, Request
from adapters.errors import Invalid, SourceError
from adapters.records import NO_METRICS, Count, Kind, Metrics, Post
from adapters.tables.counts import capped, count
from adapters.tables.dates import unix

HOST = "mp.weixin.qq.com"
#: What names an article. Everything else in a query (chksm, scene, key, pass_ticket …) is dropped.
IDENTITY = ("__biz", "mid", "idx", "sn")
#: A temporary link (``/s?src=…&timestamp=…``) carries these instead; it expires, and names nothing lasting.
_TEMPORARY = ("src", "timestamp", "ver", "signature")
_SHORT = re.compile(r"/s/[A-Za-z0-9_-]{22}")
_NUMBER = re.compile(r"\d+", re.ASCII)
#: ``<mid>_<idx>``, as the data API and wechat-article-exporter write it (docs/platforms.md §2.6).
ARTICLE_KEY = re.compile(r"\d+_\d+", re.ASCII)
#: What only pages of this platform hold: articles first, then its messages.
MARKS = (
    "cgiDataNew",
    "appmsg_bar_data",
    "msg_title",
    "weui-msg__title",
    "mesg-block",
    "secitptpage/verify",
)
#: docs/platforms.md §2.4: 👍 is old_like_count, ♡ is like_count.
FIGURES = {
    "views": "read_num",
    "likes": "old_like_count",
    "looks": "like_count",
    "shares": "share_count",
    "favourites": "collect_count",
    "comments": "comment_count",
}
#: item_show_type; 7 (audio) has no kind of ours.
KINDS: Mapping[str, Kind] = {
    "0": "article",
    "5": "video",
    "8": "image",
    "10": "article",
    "11": "article",
    "17": "article",
}
#: copyright_stat: 1 shows the sign 原创; 2 carries the reprint_url of somebody else's article.
ORIGINAL = {"1": True, "2": False}
#: Where an address leads that WeChat will not show without a captcha.
_CAPTCHA = "/mp/wappoc_appmsgcaptcha"


def is_page(file: File) -> bool:
    return file.html is not None and any(mark in file.html for mark in MARKS)


def read_saved(file: File) -> Post:
    """The article of a saved page; ``observed_at`` is the moment at which the page was served. Raises Gone, Blocked,
    Unclear or LayoutChanged where it shows none, Invalid where a figure is no number."""
    return _article(file.html or "", file.name, SAVED)


def visit(account: Account, key: str, url: str) -> Request | None:
    """The article at its short or long address; None for temporary links and pages that are no article."""
    named, address = canonical(url)
    if not lasting(address):
        return None
    return Request(url=address, key=named or (key if ARTICLE_KEY.fullmatch(key) else ""))


def read(page: Page) -> Iterator[PageRecord]:
    """The article, without figures."""
    target = page.request.url
    if split(page.url).path == _CAPTCHA:
        raise blocked(page, "微信要求验证后才能看")
    refuse(page)
    try:
        post = _article(markup(page), target, FETCHED)
    except Invalid as problem:
        raise changed(problem.what, target) from problem
    for name, fact in {"编号": post.key, "标题": post.title, "发表时间": post.published_at}.items():
        if not fact:
            raise changed(f"文章页里没有{name}", target)
    asked = page.request.key
    if asked and asked != post.key:
        raise changed(f"要看的文章是 {asked}，打开的却是 {post.key}", target)
    yield replace(post, metrics=NO_METRICS)


def _article(html: str, target: str, advice: Mapping[type[SourceError], str]) -> Post:
    """The article of any page of this platform. Raises as ``read_saved`` does."""
    state = PageScript(html)
    mid, idx = state.text("mid"), state.text("idx")
    title = state.text("title", "msg_title").strip()
    if not (mid or title):
        raise no_article(html, target, advice)
    try:
        return Post(
            title=title.partition("\n")[0].strip(),  # a text post has no title, only its text
            published_at=_moment(state.text("ori_create_time", "ct")),
            key=article_key(mid, idx),
            url=article_url(state.text("bizuin", "biz"), mid, idx, state.text("sn")),
            kind=KINDS.get(state.text("item_show_type")),
            author=state.text("author") or meta(html, "og:article:author"),
            original=ORIGINAL.get(state.copyright()),
            metrics=_metrics(state.bar()),
            beside={"公众号": name} if (name := state.text("nick_name", "nickname")) else {},
            observed_at=_moment(state.text("svr_time")),
        )
    except ValueError as problem:
        raise Invalid(
            str(problem), target=target, advice="请在微信里重新打开文章后再保存"
        ) from problem


def _metrics(bar: Values) -> Metrics:
    """The figures of a page; none at all unless the page says that it got them."""
    if bar.get("get_data_succ") != "1":
        return NO_METRICS
    counts = {metric: _figure(bar, name) for metric, name in FIGURES.items()}
    return Metrics(**{**counts, "views": capped(counts["views"])})


def _figure(bar: Values, name: str) -> Count | None:
    try:
        return count(bar.get(name))
    except ValueError as problem:
        raise ValueError(f"{name}：{problem}") from None


def _moment(text: str) -> datetime | None:
    return unix(text) if text else None


def article_url(biz: str, mid: str, idx: str, sn: str) -> str:
    """The canonical address of an article; empty where nothing names one."""
    given = [
        (name, value) for name, value in zip(IDENTITY, (biz, mid, idx, sn), strict=True) if value
    ]
    return _at_host("/s", given) if given else ""


def article_key(mid: str, idx: str) -> str:
    """``<mid>_<idx>``, the id that exports, saved pages and the data API share; empty where one lacks."""
    return f"{mid}_{idx}" if _NUMBER.fullmatch(mid) and _NUMBER.fullmatch(idx) else ""


def canonical(text: str) -> tuple[str, str]:
    """(key, address) of an address as an export or a page writes it. Long links keep only __biz, mid, idx, sn; short
    ones no query; other pages of the host only what a temporary link needs; any other text stays as given, without
    its fragment. The key may be empty."""
    given = text.strip().replace("&amp;", "&")
    try:
        parts = urlsplit(given)
    except ValueError:
        return "", given  # not an address (``http://[``): kept as text, it names nothing
    if parts.scheme not in ("http", "https") or parts.hostname != HOST:
        return "", given.partition("#")[0]
    if _SHORT.fullmatch(parts.path):
        return "", _at_host(parts.path, [])
    query = dict(parse_qsl(parts.query))
    kept = [(name, query[name]) for name in IDENTITY if query.get(name)]
    if parts.path == "/s" and kept:
        return article_key(query.get("mid", ""), query.get("idx", "")), _at_host("/s", kept)
    return "", _at_host(parts.path, [(each, query[each]) for each in _TEMPORARY if each in query])


def lasting(url: str) -> bool:
    """Whether a canonical address names one article for good: a short link, or a long one with mid and idx."""
    parts = split(url)
    named = {name for name, _ in parse_qsl(parts.query)}
    return parts.netloc == HOST and (
        _SHORT.fullmatch(parts.path) is not None
        or (parts.path == "/s" and {"__biz", "mid", "idx"} <= named)
    )


def identified(post: Post) -> Post:
    """A post whose ``url`` stands as the file writes it, with its canonical address and key."""
    key, url = canonical(post.url)
    own = post.key if ARTICLE_KEY.fullmatch(post.key) else ""
    return replace(post, key=key or own, url=url)


def _at_host(path: str, query: list[tuple[str, str]]) -> str:
    return urlunsplit(("https", HOST, path, urlencode(query, safe="="), ""))
