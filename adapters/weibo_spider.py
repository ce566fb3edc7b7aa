"""The csv of dataabc/weiboSpider (docs/platforms.md §11): the tool writes its headings again at each
start, so they recur inside the file; 转发数 comes before 评论数.

Shows: likes, reposts and comments, exact; the whole text as title. Hides: views and the account.
``微博id`` is the short form of the number that other sources of 微博 give; it is converted, so that both are one post
(docs/platforms.md §7: HyTZc60ew is 4383183661430868).
"""

from __future__ import annotations

import re
import string
from dataclasses import replace

from adapters.contract import Adapter
from adapters.records import Kind, Post
from adapters.tables.columns import Column, Layout
from adapters.tables.reader import export

_NONE = "无"
_BASE62 = string.digits + string.ascii_lowercase + string.ascii_uppercase
_SHORT_ID = re.compile(r"[0-9A-Za-z]{9}")
_LONG_ID = re.compile(r"\d{16}")


def _kind(text: str) -> Kind | None:
    """What stands under 微博视频url: an address → video."""
    return "video" if text not in ("", _NONE) else "article"


WEIBOS = Layout(
    name="weiboSpider",
    columns=(
        Column("微博id", "key", needed=True),
        Column("微博正文", "title", needed=True),
        Column("头条文章url", unit="none"),
        Column("原始图片url", unit="none"),
        Column("被转发微博原始图片url", unit="none", usual=False),
        Column(
            "是否为原创微博", "original", usual=False
        ),  # absent when only originals were asked for
        Column("微博视频url", "kind"),
        Column("发布位置", unit="none"),
        Column("发布时间", "published_at", needed=True),
        Column("发布工具", unit="none"),
        Column("点赞数", "likes", needed=True),
        Column("转发数", "shares", needed=True),
        Column("评论数", "comments", needed=True),
    ),
    kinds=_kind,
)


def _finish(post: Post) -> Post:
    key = _number_of(post.key)
    return replace(
        post,
        key=key,
        title=" ".join(post.title.split()),
        url=f"https://m.weibo.cn/detail/{key}",
        details={"bid": post.key} if key != post.key else {},
    )


def _number_of(text: str) -> str:
    """``HyTZc60ew`` → ``4383183661430868``: each four base-62 signs from the right are seven digits."""
    if _LONG_ID.fullmatch(text):
        return text
    if not _SHORT_ID.fullmatch(text):
        raise ValueError(f"“微博id”一栏看不懂的编号“{text}”")
    groups = [0, 0, 0]
    for at, part in enumerate((text[:1], text[1:5], text[5:])):
        for sign in part:
            groups[at] = groups[at] * 62 + _BASE62.index(sign)
    if max(groups) >= 10**7:
        raise ValueError(f"“微博id”一栏看不懂的编号“{text}”")
    return f"{groups[0]}{groups[1]:07d}{groups[2]:07d}"


recognises, read_file, file_metrics = export(WEIBOS, finish=_finish)

ADAPTER = Adapter(
    name="weibo_spider",
    platforms=frozenset({"weibo"}),
    file_metrics=file_metrics,
    recognises=recognises,
    read_file=read_file,
)
