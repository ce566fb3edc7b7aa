"""抖音 创作者中心 → 内容管理 → 作品列表导出.xlsx (docs/platforms.md §4.1).

Shows: plays, likes, comments, shares and favourites, all exact; rates as text, in fractions; private posts (自见) too.
Hides: ids and addresses, so a post is identified by caption and second.
Public pages, which still show likes, are read in ``_douyin_page``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapters import _douyin_page as public
from adapters.answers.shown import shown
from adapters.contract import Account, Adapter, File, FileRecord
from adapters.records import Kind, Post
from adapters.tables.columns import Column, Layout, first
from adapters.tables.reader import read


def _kind(text: str) -> Kind | None:
    """1min-视频, 1-3min视频, 5min+视频, 视频 → video; 图文 → image."""
    if "视频" in text:
        return "video"
    return "image" if "图文" in text else None


# Two column orders and two names of the review column were seen in 2025–2026.
WORKS = Layout(
    name="抖音作品列表",
    columns=(
        Column("作品名称", "title", needed=True),
        Column("发布时间", "published_at", needed=True),
        Column("体裁", "kind", needed=True),
        Column("审核状态", "state", also=("发布状态",)),
        Column("播放量", "views", needed=True),
        Column("完播率", unit="fraction"),
        Column("5s完播率", unit="fraction"),
        Column("封面点击率", unit="fraction", usual=False),
        Column("作品时长", unit="text", usual=False),
        Column("2s跳出率", unit="fraction"),
        Column("平均播放时长", unit="seconds"),
        Column("点赞量", "likes"),
        Column("分享量", "shares"),
        Column("评论量", "comments"),
        Column("收藏量", "favourites"),
        Column("主页访问量"),
        Column("粉丝增量"),
    ),
    # 公开 and 自见 stand in a real file, 审核通过 in parsers; the others are the back-end's own wording.
    states={
        "公开": "public",
        "审核通过": "public",
        "已发布": "public",
        "自见": "private",
        "仅自己可见": "private",
        "私密": "private",
        "好友可见": "private",
        "审核中": "in_review",
        "未通过": "in_review",
        "审核不通过": "in_review",
        "已删除": "deleted",
    },
    kinds=_kind,
)


def recognises(file: File, account: Account) -> bool:
    return any(first(file, [WORKS]))


def read_file(file: File, account: Account) -> Iterator[FileRecord]:
    for found in first(file, [WORKS]):
        yield from read(found, _shown)


def _shown(post: Post) -> Post:
    metrics = shown(post.metrics, "douyin")
    return post if metrics is post.metrics else replace(post, metrics=metrics)


ADAPTER = Adapter(
    name="douyin",
    platforms=frozenset({"douyin"}),
    file_metrics=frozenset({"views", "likes", "comments", "shares", "favourites"}),
    recognises=recognises,
    read_file=read_file,
    page_metrics=frozenset(public.FIGURES),
    visit=public.visit,
    read=public.read,
    hosts=public.HOSTS,
)
