"""A WeChat article saved from the client as a web page (docs/platforms.md §2.4).

Opened inside a logged-in client, it shows reads, likes, looks, shares, favourites and comments in
``cgiDataNew`` → ``user_info.appmsg_bar_data``, and the moment of the capture (``svr_time``). For anybody else the same
places are empty, which means missing figures, not zeros. Pages without an article are recognised by their own message
(``.weui-msg__title``, ``<title>``), never by words that an article may contain as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from adapters._wechat_links import article_key, article_url
from adapters._wechat_message import SAVED, no_article
from adapters._wechat_script import Values, meta
from adapters._wechat_stated import Stated
from adapters.answers.shown import capped
from adapters.contract import File
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


def is_page(file: File) -> bool:
    return file.html is not None and any(mark in file.html for mark in MARKS)


def read_page(file: File) -> Post:
    """The article of a saved page; ``observed_at`` is the moment at which the page was served.

    Raises Gone, Blocked, Unclear or LayoutChanged where it shows none, Invalid where a figure is no number.
    """
    return article(file.html or "", file.name, SAVED)


def article(html: str, target: str, advice: Mapping[type[SourceError], str]) -> Post:
    """The article of any page of this platform, saved or fetched. Raises as ``read_page`` does."""
    state = Stated(html)
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
