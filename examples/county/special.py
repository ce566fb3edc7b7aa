"""The posts that matter one by one: hits, edges of quarters, traps that real exports set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Special:
    """``cleaned``: from the end of this day only this part of the figures is left. ``missing``: metrics that
    the back-end never shows for it; ``late``: only until the end of this day it shows none of them.
    ``at_least``: until the end of this day views are shown as 10万+. ``gone_after``: deleted, so that files
    after this day lack it. All days are Beijing days."""

    published: str = ""
    title: str = ""
    figures: Mapping[str, int] = field(default_factory=dict)
    cleaned: tuple[str, float] | None = None
    retitled: tuple[str, str] | None = None
    private_from: str = ""
    gone_after: str = ""
    missing: tuple[str, ...] = ()
    late: tuple[str, tuple[str, ...]] | None = None
    at_least: str = ""


def _views(published: str, title: str, views: int, likes: int | None = None) -> Special:
    return Special(published, title, {"views": views} | ({} if likes is None else {"likes": likes}))


SPECIAL: dict[str, tuple[Special, ...]] = {
    "fabu": (
        _views("2026-03-12 08:30:00", "云岭茶开园了！今年第一锅明前茶今天出锅", 100_000),  # exactly the threshold
        _views("2026-07-16 06:10:00", "连夜转移132人，无一伤亡——云岭防汛一线直击", 128_640),
        _views("2025-12-12 18:00:00", "移风易俗“丧事简办”倡议书，请转给每一位云岭人", 104_317),
        Special("2026-02-20 09:00:00", "新春走基层｜雪落云岭，灯火可亲", missing=("shares",)),
        # two articles of one day under one title: only their addresses tell them apart
        Special("2026-08-03 07:30:00", "云岭县气象台发布暴雨橙色预警", {"views": 21_480}),
        Special("2026-08-03 19:30:00", "云岭县气象台发布暴雨橙色预警", {"views": 15_032}),
    ),
    "rongmei": (
        Special("2026-06-07 08:00:00", "高考第一天，全城为你静音", {"readers": 103_212}),
        Special("2026-08-19 08:00:00", "寻找洪水中救人的红衣小伙", {"readers": 58_906}),
    ),
    "shipinhao": (
        _views("2026-07-15 20:00:00", "洪水里，他把最后一件救生衣递了出去#云岭#防汛", 1_486_200, 31_204),
        _views("2026-05-02 20:00:00", "茶山上的婚礼，没有车队没有酒席\n#移风易俗 #云岭", 236_044, 9_731),
        _views("2026-01-31 20:00:00", "九十岁老匠人的最后一炉铁花#非遗", 111_870, 4_020),
    ),
    "douyin": (
        _views("2025-10-03 12:11:40", "国庆第三天，云岭花海从空中看是这样 #云岭 #家乡", 156_700, 6_120),
        _views("2026-02-16 21:05:12", "云岭除夕万家灯火 #云岭 #过年", 412_300, 12_880),
        _views("2026-06-30 23:59:30", "还有三十秒就是七月 #云岭", 8_812),
        _views("2026-07-01 00:00:10", "零点的升旗手 #七一 #云岭", 119_050, 8_003),
        _views("2026-07-14 23:41:07", "凌晨的云岭，全城在找一个孩子 #正能量", 2_346_810, 86_420),
        Special(
            "2026-07-27 09:00:31", "转发抽奖送云岭茶 #福利", {"views": 137_600, "likes": 9_200},
            cleaned=("2026-08-31", 0.7),
        ),
        _views("2026-08-18 17:20:09", "这只护林犬退休了 #云岭", 99_999, 9_999),
        _views("2026-09-05 07:15:50", "一个人的教学点，三十四年 #教师节", 187_430, 15_310),
        Special("2026-09-15 18:02:26", "县城夜市试营业（内部测试） #云岭", {"views": 3_120}, private_from="2025-10-01"),
        Special("2026-05-07 10:30:00", "石桥镇老街改造前后对比 #云岭", {"views": 16_420}, private_from="2026-07-30"),
        Special(
            "2026-06-18 15:45:33", "松林镇这座桥通车了 #云岭", {"views": 18_244},
            retitled=("2026-07-16", "等了三年！松林镇大桥今天通车 #云岭 #家乡"),
        ),
        # one title twice within a minute: published again after a slip
        _views("2026-08-25 19:30:05", "云岭今日播报 #云岭", 5_210),
        _views("2026-08-25 19:30:48", "云岭今日播报 #云岭", 1_904),
    ),
    "kuaishou": (
        _views("2026-01-28 11:00:20", "#云岭 #年味 #杀年猪", 143_500, 9_999),
        # of the quarter before, and cleaned up in this one: what it gained is less than nothing
        Special(
            "2026-06-10 19:20:33",
            "#云岭 #福利 #抽奖",
            {"views": 41_200, "likes": 3_100},
            cleaned=("2026-09-30", 0.45),
        ),
        _views("2026-07-16 05:50:44", "冲锋舟上的二十四小时 #防汛 #云岭", 318_900, 10_020),
    ),
    "toutiao": (
        _views("2026-04-18 10:00:00", "云岭茶叶节开幕：一片叶子富了一方百姓", 205_310, 2_244),
        _views("2026-07-17 08:20:00", "直升机为云岭被困村寨投送物资", 164_220, 10_930),
        Special(
            "2026-06-12 09:00:00", "云岭查处一起破坏耕地案件", {"views": 30_815},
            retitled=("2026-08-20", "云岭通报破坏耕地案件查处情况"),
        ),
        Special("2026-02-03 09:30:00", "云岭县城新开两条公交线路", {"views": 6_420}, missing=("likes",)),
        Special("2026-06-26 10:00:00", "云岭县河长制工作快讯", {"views": 1_320}, gone_after="2026-07-03"),
        # two posts of one minute under one title
        _views("2026-05-19 16:40:00", "青溪镇旅游日免票公告", 4_410),
        _views("2026-05-19 16:40:00", "青溪镇旅游日免票公告", 2_096),
    ),
    "weibo": (
        Special("2026-07-16 07:02:11", "【直击云岭防汛】水位正在回落，县城供电已恢复。", {"likes": 12_405, "comments": 2_118}),
        Special("2026-01-09 12:00:00", "云岭初雪，送给还没回家的你。", {"likes": 9_998}, gone_after="2026-04-08"),
    ),
    "bilibili": (
        _views("2026-05-20 18:00:16", "【4K航拍】一镜到底飞越云岭十二寨", 112_340, 10_450),
        Special("2026-09-29 20:00:08", "云岭声音地图：秋收", {"views": 900}, late=("2026-10-10", ("shares", "favourites"))),
    ),
    "xiaohongshu": (
        _views("2026-04-04 11:23:45", "云岭三天两晚，人均五百的慢生活攻略", 131_120, 10_002),
        # notes without a title, two of them of one second
        Special("2026-03-08 12:00:01", "", {"views": 2_411}),
        Special("2026-08-08 10:08:08", "", {"views": 3_902}),
        Special("2026-08-08 10:08:08", "", {"views": 1_177}),
    ),
    "app": (
        Special("2026-06-25 12:00:00", "2026年高考成绩查询入口来了", {"views": 163_245}, at_least="2026-07-03"),
        _views("2026-07-16 05:30:00", "滚动播报｜云岭县防汛救灾最新消息", 596_000),
        _views("2026-09-24 09:00:00", "云岭县城区学校学区划分公示", 51_208),
    ),
    "portal": (Special("2026-05-29 10:20:00", "云岭县政府信息公开年度报告", missing=("views",)),),
}  # fmt: skip
