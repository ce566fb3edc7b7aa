"""A paper made by hand, as a planner would make it: what documents must draw, and what could do them harm."""

from __future__ import annotations

from dataclasses import replace

from adapters.records import Count
from reports.paper.paper import Chapter, Paper, Paragraph, Piece
from reports.section import Cell, Link, Table


def exact(number: int) -> Count:
    return Count(number)


def _said(*pieces: str | tuple[str, str], heading: str = "") -> Paragraph:
    made = (Piece(each) if isinstance(each, str) else Piece(*each) for each in pieces)
    return Paragraph(tuple(made), heading)


ACCOUNTS = Table(
    id="account", title="各账号发布和传播情况",
    headings=("账号", "平台", "作品", "阅读播放量", "点赞", "粉丝", "10万+"),
    rows=tuple(
        (name, platform, 12 + at, exact(3_200_000 // (at + 1)), exact(86_000 // (at + 1)), exact(120_000 + at), at)
        for at, (name, platform) in enumerate((
            ("看云岭", "抖音"), ("云岭视界", "视频号"), ("云岭快报", "快手"), ("云岭影像", "B站"),
            ("云岭发布", "公众号"), ("云岭融媒", "公众号"), ("云岭头条号", "头条"), ("云岭微博", "微博"),
            ("云岭慢生活", "小红书"), ("云岭云", "客户端"), ("云岭新闻网", "网站"),
        ))
    ),
)  # fmt: skip
HITS = Table(
    id="hits", title="“10万+”作品", headings=("标题", "账号", "发布日期", "阅读播放量", "点赞"),
    rows=tuple(
        (Link(title, "https://a.example/"), account, "2026年7月18日", exact(views), None)
        for title, account, views in (
            ("凌晨的云岭，全城在找一个孩子", "看云岭", 2_341_000),
            ("洪水里，他把最后一件救生衣递了出去", "云岭视界", 1_483_000),
            ("滚动播报｜云岭县防汛救灾最新消息", "云岭云", 596_000),
            ("连夜转移132人，无一伤亡——云岭防汛一线直击《现场》", "云岭发布", 128_400),
        )
    ),
)  # fmt: skip
PLACED = Table(
    id="placed", title="对外宣传刊发情况", headings=("级别", "媒体", "篇数", "头版"),
    rows=(("中央", "神州新闻网", 4, 1), ("中央", "华夏日报示例版", 3, 0), ("省", "江北日报示例版", 15, 4)),
)  # fmt: skip

MODEL = Paper(
    title="云岭县融媒体中心2026年第三季度传播情况",
    addressee="县委宣传部：",
    chapters=(
        Chapter("", (_said(
            "2026年第三季度，云岭县融媒体中心11个账号共发布作品", ("287条（篇）", "total.posts"), "，总阅读播放量",
            ("超668万人次", "total.views"), "，获点赞", ("超21.5万次", "total.likes"), "；可统计的“10万+”作品",
            ("8条", "total.hits"), "。",
        ),)),
        Chapter("一、爆款作品", (_said(
            "“看云岭”抖音号《凌晨的云岭，全城在找一个孩子》播放量", ("超234万人次", "top.1.views"), "、获点赞",
            ("约8.6万次", "top.1.likes"), "，“云岭视界”视频号《洪水里，他把最后一件救生衣递了出去》播放量",
            ("超148万人次", "top.2.views"), "，突破“100万+”。",
        ),)),
        Chapter("二、各平台情况", (
            _said("共发布作品", ("98条", "group.短视频.posts"), "，总播放量", ("约536万人次", "group.短视频.views"),
                  "，环比", ("增长约293.3%", "compared.短视频"), "。“看云岭”抖音号发布33条，播放量约320万人次；"
                  "“云岭视界”视频号发布26条，播放量约166万人次。", heading="（一）短视频平台。"),
            _said("共发布72篇。“云岭发布”46篇，阅读量约26.8万人次，比上季度增加约15.2万人次；“云岭融媒”26篇，"
                  "阅读人数约7.8万人。", heading="（二）微信公众号。"),
        )),
        Chapter("三、重点主题宣传", (
            _said("防汛救灾专题发稿", ("35条", "topic.防汛救灾.posts"), "，总阅读播放量超264万人次。"),
        )),
    ),
    notes=_said(
        "数据截至2026年11月28日。“云岭融媒”公众号、“云岭微博”不显示阅读量，其49条作品不在阅读播放量和“10万+”的统计"
        "之内。阅读播放量为次数，粉丝为各账号相加。", heading="数据说明　",
    ),
    signature=("云岭县融媒体中心", "2026年11月28日"),
    tables=(ACCOUNTS, HITS, PLACED),
)  # fmt: skip

_LONG = "云岭县石头寨镇大河边村新时代文明实践站🎉《乡村的一天》和《第二天》"
_MANY: tuple[tuple[Cell, ...], ...] = tuple(
    (f"{_LONG}{at}", "视频号", at, exact(123_456_789), None, exact(99_999), 0) for at in range(182)
)


def hostile(titles: tuple[str, ...]) -> Paper:
    """The model with titles that do harm, a long name in each place, 182 rows, and neither addressee nor signature."""
    chapter = Chapter(
        "一、爆款作品",
        tuple(
            _said(f"“{_LONG}”视频号《", (each, "top.1"), "》播放量超10万人次。") for each in titles
        ),
    )
    return replace(
        MODEL,
        title=f"{MODEL.title}（{_LONG}）",
        addressee="",
        signature=(),
        chapters=(MODEL.chapters[0], chapter),
        tables=(replace(ACCOUNTS, rows=_MANY), replace(HITS, rows=HITS.rows * 9), PLACED),
    )


BARE = replace(
    MODEL,
    addressee="",
    signature=(),
    tables=(),
    chapters=MODEL.chapters[:1],
    notes=_said("数据截至2026年11月28日。"),
)
