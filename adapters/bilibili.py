"""B站 创作中心 → 近期稿件对比.csv (docs/platforms.md §8.1).

Shows: those of 30 columns that a person ticked under 自选指标, so title, time and one count suffice to recognise the
file. At most 10 works a file. Rates are text in percent; click rates may be stars (``3.5星``), small ones ``<0.1%``: both
stay text. A new video has ``-`` for what is not counted yet. Hides: the bvid, so a post is identified by title and second.
Not read here: 历史累计数据趋势.csv, of which only the name is known.
Times are Beijing time to the second.
Its public pages are read in ``_bilibili_page``.
"""

from __future__ import annotations

from adapters import _bilibili_page as public
from adapters.contract import Adapter
from adapters.tables.columns import Column, Layout
from adapters.tables.reader import export

#: Rates under their heading in the file of 2026-06, with the synonym that a parser accepts behind a stroke.
_RATES = (
    "游客播放占比 粉丝观看率 封标点击率/封面点击率 粉丝点击率 游客点击率 3秒跳出率/3s跳出率 粉丝3秒跳出率 游客3秒跳出率"
    " 互动率 粉丝互动率 游客互动率 播转粉率 点赞率 评论率 弹幕率 收藏率 投币率 转发率 平均播放进度/平均播放占比 视频完播率"
)

_COUNTS = (
    Column("播放量", "views"),
    Column("点赞量", "likes"),
    Column("评论量", "comments"),
    Column("转发量", "shares", also=("分享量",)),
    Column("收藏量", "favourites"),
)
COMPARED = Layout(
    name="B站近期稿件对比",
    columns=(
        Column("视频标题", "title", also=("稿件名称",), needed=True),
        Column("发布时间", "published_at", also=("发布日期",), needed=True),
        *_COUNTS,
        *(Column(name, usual=False) for name in ("弹幕量", "投币量", "涨粉量", "取关量")),
        *(
            Column(name, unit="percent_text", also=tuple(also), usual=False)
            for name, *also in (each.split("/") for each in _RATES.split())
        ),
    ),
    kind="video",
    any_of=frozenset(each.heading for each in _COUNTS),
)


recognises, read_file, file_metrics = export(COMPARED)

ADAPTER = Adapter(
    name="bilibili",
    platforms=frozenset({"bilibili"}),
    file_metrics=file_metrics,
    recognises=recognises,
    read_file=read_file,
    row_limit=10,
    page_metrics=public.FIGURES,
    start=public.start,
    visit=public.visit,
    read=public.read,
    hosts=public.HOSTS,
    headers=public.HEADERS,
    example={"uid": "100000001", "key": "BV1Yl4y1c7Xk"},
)
