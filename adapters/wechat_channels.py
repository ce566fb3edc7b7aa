"""视频号助手 → 动态数据明细 → 下载表格 (docs/platforms.md §3): a csv with a BOM, and line breaks inside captions.

Shows: plays, two kinds of likes, comments and shares, all exact; rates as text in percent; seconds as text. 推荐 is the ♡
(looks), 喜欢 the 👍 (likes); neither means exposure or favourites. The id is stable.
Dates are Beijing dates. Hides: the time of day, addresses, favourites, exposure. Not read here: 视频详情数据, which is by day.
"""

from __future__ import annotations

from adapters.contract import Adapter
from adapters.tables.columns import Column, Layout
from adapters.tables.reader import export

# 15 columns in 2025; the last four came in 2026. Re-saved by Excel, a rate is a number: a fraction already.
VIDEOS = Layout(
    name="视频号动态数据明细",
    columns=(
        Column("视频描述", "title", needed=True),
        Column("视频ID", "key", needed=True),
        Column("发布时间", "published_at", needed=True),
        Column("完播率", unit="percent_text"),
        Column("平均播放时长", unit="seconds"),
        Column("播放量", "views", needed=True),
        Column("推荐", "looks"),
        Column("喜欢", "likes"),
        Column("评论量", "comments"),
        Column("分享量", "shares"),
        Column("关注量"),
        Column("转发聊天和朋友圈"),
        Column("设为铃声"),
        Column("设为状态"),
        Column("设为朋友圈封面"),
        Column("企微链接点击次数", usual=False),
        Column("企微链接点击人数", usual=False),
        Column("添加到通讯录次数", usual=False),
        Column("添加到通讯录人数", usual=False),
    ),
    kind="video",
    date_only=True,
)


recognises, read_file, file_metrics = export(VIDEOS)

ADAPTER = Adapter(
    name="wechat_channels",
    platforms=frozenset({"wechat_channels"}),
    file_metrics=file_metrics,
    recognises=recognises,
    read_file=read_file,
    distinct=True,
)
