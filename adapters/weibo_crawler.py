"""The csv of dataabc/weibo-crawler (docs/platforms.md §11), one row per 微博; the tool appends to it. It shows likes, comments
and reposts, no views and no account."""

from __future__ import annotations

from dataclasses import replace

from adapters.contract import Adapter
from adapters.records import Kind, Post
from adapters.tables.columns import Column, Layout, filled, kept
from adapters.tables.reader import export


def _kind(text: str) -> Kind | None:
    """What stands under 视频url: an address → video."""
    return "video" if text else "article"


_POST = (
    *filled(
        key="id", title="正文", likes="点赞数", comments="评论数", shares="转发数", needed=True
    ),
    Column("bid", "detail:bid", needed=True),
    *filled(kind="视频url"),
    *kept("话题", "text"),
    *kept("头条文章url 原始图片url 位置 工具 @用户", "none"),
    *kept("是否编辑过 编辑次数", "none", usual=False),
    Column("Live Photo视频url", unit="none", usual=False),
)
_COLUMNS = (
    *_POST,
    *filled(original="是否原创", usual=False),  # absent when only originals were asked for
    *kept("源用户id 源用户昵称", "none", usual=False),
    # What a repost repeats of the post it repeats: another account's figures, never ours.
    *(
        Column(f"源微博{heading}", unit="none", usual=False)
        for heading in (*(each.heading for each in _POST), "日期", "完整日期")
    ),
)

# 日期 was a bare date in older versions; 完整日期, where it stands, has the second.
LAYOUTS = (
    Layout(
        name="weibo-crawler",
        columns=(*_COLUMNS, *filled(published_at="完整日期", needed=True), *kept("日期", "none")),
        kinds=_kind,
    ),
    Layout(
        name="weibo-crawler（无完整日期）",
        columns=(*_COLUMNS, *filled(published_at="日期", needed=True)),
        kinds=_kind,
    ),
)


def _finish(post: Post) -> Post:
    if not (post.key.isascii() and post.key.isdecimal()):
        raise ValueError(f"“id”一栏应是一串数字，却是“{post.key}”")
    title = " ".join(post.title.split())
    return replace(post, title=title, url=f"https://m.weibo.cn/detail/{post.key}")


ADAPTER = Adapter(
    name="weibo_crawler", platforms=frozenset({"weibo"}), **export(*LAYOUTS, finish=_finish)
)
