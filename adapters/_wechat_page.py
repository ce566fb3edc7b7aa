"""A WeChat article as a web page, saved from the client or fetched by its public address (docs/platforms.md §2.3, §2.4).

For anybody but a logged-in client the places of the figures are empty: missing, not zero. Figures of a fetched page are
not read even if it holds some. Pages without an article are recognised by their own message (``no_article``), never by
words that an article may contain as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from adapters._wechat_links import ARTICLE_KEY, article_key, article_url, canonical, lasting
from adapters._wechat_script import FETCHED, SAVED, PageScript, Values, meta, no_article
from adapters.answers.addresses import split
from adapters.answers.json import changed
from adapters.answers.pages import blocked, markup, refuse
from adapters.answers.shown import capped
from adapters.contract import Account, File, Page, PageRecord, Request
from adapters.errors import Invalid, SourceError
from adapters.records import NO_METRICS, Count, Kind, Metrics, Post
from adapters.tables.counts import count
from adapters.tables.dates import unix

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
    """The article of a saved page; ``observed_at`` is the moment at which the page was served.

    Raises Gone, Blocked, Unclear or LayoutChanged where it shows none, Invalid where a figure is no number.
    """
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
