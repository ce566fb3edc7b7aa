"""The tables of the 公众号 back-end, as headings: one article a row, one day a row (docs/platforms.md §2.1, §2.2),
and three that stand side by side in one sheet."""

from __future__ import annotations

from dataclasses import replace

from adapters.records import NO_METRICS, Beside, Post
from adapters.tables.columns import Column, Layout

#: §1a variant A: 16 columns (已通知内容), 14 without the 送达 columns (未开启通知内容).
NOTIFIED = Layout(
    name="公众号已通知内容（16栏）",
    columns=(
        Column("内容标题", "title", needed=True),
        Column("发表时间", "published_at", needed=True),
        Column("总阅读人数", "readers"),
        Column("总阅读次数", "views", needed=True),
        Column("总分享人数", "sharers"),
        Column("总分享次数", "shares"),
        Column("阅读后关注人数"),
        Column("送达人数", usual=False),
        Column("公众号消息阅读次数"),
        Column("送达阅读率", unit="fraction", usual=False),
        Column("首次分享次数"),
        Column("分享产生阅读次数"),
        Column("首次分享率", unit="fraction"),
        Column("每次分享带来阅读次数"),
        Column("阅读完成率", unit="fraction"),
        Column("内容url", "url"),
    ),
    date_only=True,
)
#: §1a variant B of 2026: people only, with and without 送达. 传播渠道 would be the third table of §1b.
PUBLISHED = Layout(
    name="公众号已发表内容（9栏）",
    columns=(
        Column("内容标题", "title", needed=True),
        Column("发表日期", "published_at", needed=True),
        Column("阅读人数", "readers", needed=True),
        Column("分享人数", "sharers"),
        Column("阅读后关注人数"),
        Column("送达人数", usual=False),
        Column("送达完成率", unit="fraction", usual=False),
        Column("阅读完成率", unit="fraction"),
        Column("内容url", "url"),
    ),
    date_only=True,
    forbidden=frozenset({"传播渠道", "渠道"}),
)
#: §1c. 累积关注人数 stands for the end of its day, the others are that day's flow.
USERS = Layout(
    name="公众号用户增长",
    columns=(
        Column("时间", "day", needed=True),
        Column("新关注人数", "followers_gained"),
        Column("取消关注人数", "followers_lost"),
        Column("净增关注人数", "followers_net"),
        Column("累积关注人数", "followers", also=("累计关注人数",), needed=True),
    ),
)
#: §1b, first table: channels overlap, so that only 全部 is the account's day.
CHANNELS = Layout(
    name="公众号数据趋势·渠道",
    columns=(
        Column("日期", "day", needed=True),
        Column("渠道", "channel", needed=True),
        Column("阅读人数", "readers", needed=True),
    ),
)
#: §1b, second table: the account's other figures of a day, people and not times.
DAYS = Layout(
    name="公众号数据趋势·每日",
    columns=(
        Column("日期", "day", needed=True),
        Column("分享人数", "sharers", needed=True),
        Column("跳转阅读原文人数", "source_readers"),
        Column("微信收藏人数", "favourites_users"),
        Column("发表篇数", "posts"),
    ),
    forbidden=frozenset({"渠道"}),
)
#: §1b, third table: top articles only, each once a channel, over a window that the file does not state.
TOP = Layout(
    name="公众号数据趋势·热门内容",
    columns=(
        Column("传播渠道", "column", needed=True),
        Column("发表日期", "published_at", needed=True),
        Column("内容标题", "title", needed=True),
        Column("阅读人数", needed=True),
        Column("阅读人数占比", unit="fraction"),
    ),
    date_only=True,
)
#: The channel that stands for all: they overlap, so they are never added up.
EVERY_CHANNEL = "全部"


def top_article(post: Post) -> Post | None:
    """A row of 热门内容. Its 阅读人数 counts a window that the file does not state, so it is no figure of
    the article up to now and would displace one: it is kept beside, and the post has no metrics. Rows of
    single channels say the same article again and are left out."""
    if post.column != EVERY_CHANNEL:
        return None
    beside: dict[str, Beside] = {
        f"时段{name}（{EVERY_CHANNEL}）": v for name, v in post.beside.items()
    }
    return replace(post, column="", metrics=NO_METRICS, beside=beside)
