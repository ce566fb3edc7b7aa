"""What is downloaded from each platform's back-end: where, how, and how long its figures can still be had
(docs/platforms.md §15). What nobody has established is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Of a list of works with their totals: yesterday's can no longer be had.
TOTALS = "作品的表里是下载那一刻的累计数：今天的数只有今天下载得到，过后得到的是以后的数"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One download of a platform's back-end. ``adapter`` reads it; ``works``: it lists works, otherwise it tells of
    the account by day. ``file`` is what it is called, ``steps`` what to click from ``link`` on, ``beware`` what is easily
    taken for it. ``keeps``: how long its figures can be had. The page chooses ``default_days`` where nobody chooses, and
    one download holds at most ``most_days``; ``advised``: the days between two downloads that the manual advises. None: not
    known."""

    adapter: str
    file: str
    link: str
    steps: tuple[str, ...]
    works: bool = True
    beware: str = ""
    keeps: str = TOTALS
    default_days: int | None = None
    most_days: int | None = None
    advised: int | None = None


#: Platform → its downloads.
EXPORTS: Mapping[str, tuple[Export, ...]] = {
    "wechat_mp": (
        Export(
            adapter="wechat_mp",
            file="已通知内容",
            link="https://mp.weixin.qq.com/",
            steps=(
                "内容分析",
                "已通知内容",
                "下载 16 栏的表（没开启通知的文章另下“未开启通知内容”）",
            ),
            beware="“全部”是按天按渠道的，没有作品",
            keeps="公众号每篇的数在发布 7 天后不再增加（据早年的说明），满 7 天后再下载一次最合适",
            most_days=60,
            advised=30,
        ),
        Export(
            adapter="wechat_mp",
            file="user_analysis.xls",
            link="https://mp.weixin.qq.com/",
            steps=("用户分析", "下载"),
            works=False,
            keeps="公众号“用户分析”里是每天的数，晚几天下载也在",
            most_days=60,
            advised=90,
        ),
    ),
    "wechat_channels": (
        Export(
            adapter="wechat_channels",
            file="视频号动态数据明细.csv",
            link="https://channels.weixin.qq.com/",
            steps=("动态数据明细", "下载表格"),
            beware="“视频详情数据”是按天的",
            default_days=7,
            advised=7,
        ),
    ),
    "douyin": (
        Export(
            adapter="douyin",
            file="作品列表导出.xlsx",
            link="https://creator.douyin.com/",
            steps=("作品列表", "导出作品列表"),
            beware="数据中心的“数据表现_…数据.xlsx”是按天的",
            advised=7,
        ),
    ),
    "kuaishou": (
        Export(
            adapter="kuaishou",
            file="作品列表明细.xlsx",
            link="https://cp.kuaishou.com/",
            steps=("作品分析", "作品列表明细（导出要等后台生成）"),
            beware="“作品数据分析明细表.xlsx”只有一个作品",
            advised=7,
        ),
    ),
    "toutiao": (
        Export(
            adapter="toutiao",
            file="图文、微头条、小视频各一份",
            link="https://mp.toutiao.com/",
            steps=("作品数据", "图文、微头条、小视频各下载一份"),
            beware="“数据趋势”“粉丝趋势”是按天的",
            advised=7,
        ),
    ),
    "bilibili": (
        Export(
            adapter="bilibili",
            file="近期稿件对比.csv",
            link="https://member.bilibili.com/",
            steps=("近期稿件对比", "自选指标里勾上播放、点赞、评论、收藏、转发", "下载表格"),
            beware="“历史累计数据趋势”没有作品",
        ),
    ),
    "xiaohongshu": (
        Export(
            adapter="xiaohongshu",
            file="笔记列表明细表.xlsx",
            link="https://creator.xiaohongshu.com/",
            steps=("笔记数据", "按发布时间排序", "导出笔记列表明细表"),
            beware="“近30日观看数据.xlsx”等没有作品",
            advised=7,
        ),
    ),
}
