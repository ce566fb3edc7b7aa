"""The csv of dataabc/weibo-crawler (docs/platforms.md §11), one row per 微博, UTF-8 with BOM; the tool appends to it.

Shows: likes, comments and reposts, exact; the whole text as title; original or reposted. Hides: views.
The file names no account; the address of a post follows from its id (docs/platforms.md §7).
"""

from __future__ import annotations

from dataclasses import replace

from adapters.contract import Adapter
from adapters.records import Kind, Post
from adapters.tables.columns import Column, Layout
from adapters.tables.reader import export


def _kind(text: str) -> Kind | None:
    """What stands under 视频url: an address → video."""
    return "video" if text else "article"


_POST = (
    Column("id", "key", needed=True),
    Column("bid", "detail:bid", needed=True),
    Column("正文", "title", needed=True),
    Column("头条文章url", unit="none"),
    Column("原始图片url", unit="none"),
    Column("视频url", "kind"),
    Column("Live Photo视频url", unit="none", usual=False),
    Column("位置", unit="none"),
    Column("工具", unit="none"),
    Column("点赞数", "likes", needed=True),
    Column("评论数", "comments", needed=True),
    Column("转发数", "shares", needed=True),
    Column("话题", unit="text"),
    Column("@用户", unit="none"),
    Column("是否编辑过", unit="none", usual=False),
    Column("编辑次数", unit="none", usual=False),
    Column("是否原创", "original", usual=False),  # absent when only originals were asked for
    Column("源用户id", unit="none", usual=False),
    Column("源用户昵称", unit="none", usual=False),
)
# What a repost repeats of the post it repeats: another account's figures, never ours.
_SOURCE = tuple(
    Column("源微博" + heading, unit="none", usual=False)
    for heading in (*(each.heading for each in _POST[:16]), "日期", "完整日期")
)

# 日期 was a bare date in older versions; 完整日期, where it stands, has the second.
LAYOUTS = (
    Layout(
        name="weibo-crawler",
        columns=(
            *_POST,
            Column("完整日期", "published_at", needed=True),
            Column("日期", unit="none"),
            *_SOURCE,
        ),
        kinds=_kind,
    ),
    Layout(
        name="weibo-crawler（无完整日期）",
        columns=(*_POST, Column("日期", "published_at", needed=True), *_SOURCE),
        kinds=_kind,
    ),
)


def _finish(post: Post) -> Post:
    if not (post.key.isascii() and post.key.isdecimal()):
        raise ValueError(f"“id”一栏应是一串数字，却是“{post.key}”")
    title = " ".join(post.title.split())
    return replace(post, title=title, url=f"https://m.weibo.cn/detail/{post.key}")


recognises, read_file, file_metrics = export(*LAYOUTS, finish=_finish)

ADAPTER = Adapter(
    name="weibo_crawler",
    platforms=frozenset({"weibo"}),
    file_metrics=file_metrics,
    recognises=recognises,
    read_file=read_file,
)
