"""视频号助手 → 动态数据明细 → 下载表格, a csv (docs/platforms.md §3). 推荐 is the ♡ (looks), 喜欢 the 👍 (likes); neither means
exposure or favourites."""

from __future__ import annotations

from adapters.contract import Adapter
from adapters.tables.columns import Layout, filled, kept
from adapters.tables.reader import export

# 15 columns in 2025; the last four came in 2026. Re-saved by Excel, a rate is a number: a fraction already.
VIDEOS = Layout(
    name="视频号动态数据明细",
    columns=(
        *filled(title="视频描述", key="视频ID", published_at="发布时间", needed=True),
        *filled(views="播放量", needed=True),
        *filled(looks="推荐", likes="喜欢", comments="评论量", shares="分享量"),
        *kept("完播率", "percent_text"),
        *kept("平均播放时长", "seconds"),
        *kept("关注量 转发聊天和朋友圈 设为铃声 设为状态 设为朋友圈封面"),
        *kept("企微链接点击次数 企微链接点击人数 添加到通讯录次数 添加到通讯录人数", usual=False),
    ),
    kind="video",
    date_only=True,
)

ADAPTER = Adapter(
    name="wechat_channels",
    platforms=frozenset({"wechat_channels"}),
    **export(VIDEOS),
    distinct=True,
)
