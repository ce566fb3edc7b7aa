"""The csv of dataabc/weiboSpider (docs/platforms.md §11): likes, reposts and comments, no views and no account. The tool
writes its headings again at each start. Its ``微博id`` is converted to the number that other sources give."""

from __future__ import annotations

import re
import string
from dataclasses import replace

from adapters.contract import Adapter
from adapters.records import Kind, Post
from adapters.tables.columns import Layout, filled, kept
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
        *filled(key="微博id", title="微博正文", published_at="发布时间", needed=True),
        *filled(likes="点赞数", shares="转发数", comments="评论数", needed=True),
        *filled(kind="微博视频url"),
        *filled(
            original="是否为原创微博", usual=False
        ),  # absent when only originals were asked for
        *kept("头条文章url 原始图片url 发布位置 发布工具", "none"),
        *kept("被转发微博原始图片url", "none", usual=False),
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


ADAPTER = Adapter(
    name="weibo_spider", platforms=frozenset({"weibo"}), **export(WEIBOS, finish=_finish)
)
