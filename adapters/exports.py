"""What is downloaded from each platform's back-end: where, how, and how long its figures can still be had
(docs/platforms.md §15). What nobody has established is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Of a list of works with their totals: yesterday's can no longer be had.
TOTALS = "作品的表里是下载那一刻的累计数：今天的数只有今天下载得到，过后得到的是以后的数"


@dataclass(frozen=True, slots=True)
class Export:
    """One download of a platform's back-end. ``adapter`` (of the platform's own name) reads it; ``file`` is what it is
    called, ``steps`` what to click from ``link`` on, ``beware`` what is easily taken for it. ``works``: it lists works,
    otherwise it tells of the account by day. ``keeps``: how long its figures can be had. The page chooses
    ``default_days`` where nobody chooses, and one download holds at most ``most_days``; ``advised``: the days between two
    downloads that the manual advises. None: not known."""

    adapter: str
    file: str
    link: str
    steps: tuple[str, ...]
    beware: str = ""
    works: bool = True
    keeps: str = TOTALS
    default_days: int | None = None
    most_days: int | None = None
    advised: int | None = None


_EXPORTS = (
    Export(
        "wechat_mp", "已通知内容", "https://mp.weixin.qq.com/",
        ("内容分析", "已通知内容", "下载 16 栏的表（没开启通知的文章另下“未开启通知内容”）"),
        "“全部”是按天按渠道的，没有作品",
        keeps="公众号每篇的数在发布 7 天后不再增加（据早年的说明），满 7 天后再下载一次最合适", most_days=60, advised=30,
    ),
    Export(
        "wechat_mp", "user_analysis.xls", "https://mp.weixin.qq.com/", ("用户分析", "下载"), works=False,
        keeps="公众号“用户分析”里是每天的数，晚几天下载也在", most_days=60, advised=90,
    ),
    Export(
        "wechat_channels", "视频号动态数据明细.csv", "https://channels.weixin.qq.com/", ("动态数据明细", "下载表格"),
        "“视频详情数据”是按天的", default_days=7, advised=7,
    ),
    Export(
        "douyin", "作品列表导出.xlsx", "https://creator.douyin.com/", ("作品列表", "导出作品列表"),
        "数据中心的“数据表现_…数据.xlsx”是按天的", advised=7,
    ),
    Export(
        "kuaishou", "作品列表明细.xlsx", "https://cp.kuaishou.com/",
        ("作品分析", "作品列表明细（导出要等后台生成）"), "“作品数据分析明细表.xlsx”只有一个作品", advised=7,
    ),
    Export(
        "toutiao", "图文、微头条、小视频各一份", "https://mp.toutiao.com/",
        ("作品数据", "图文、微头条、小视频各下载一份"), "“数据趋势”“粉丝趋势”是按天的", advised=7,
    ),
    Export(
        "bilibili", "近期稿件对比.csv", "https://member.bilibili.com/",
        ("近期稿件对比", "自选指标里勾上播放、点赞、评论、收藏、转发", "下载表格"), "“历史累计数据趋势”没有作品",
    ),
    Export(
        "xiaohongshu", "笔记列表明细表.xlsx", "https://creator.xiaohongshu.com/",
        ("笔记数据", "按发布时间排序", "导出笔记列表明细表"), "“近30日观看数据.xlsx”等没有作品", advised=7,
    ),
)  # fmt: skip
#: Platform → its downloads.
EXPORTS: Mapping[str, tuple[Export, ...]] = {
    name: tuple(each for each in _EXPORTS if each.adapter == name)
    for name in dict.fromkeys(each.adapter for each in _EXPORTS)
}
