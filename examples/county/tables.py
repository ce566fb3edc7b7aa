"""Rows as each back-end shows them, with true headings (docs/platforms.md), from posts and their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from county.containers import Cell
from county.works import Work

Row = list[Cell]


def _names(text: str) -> tuple[str, ...]:
    """Headings, set apart by blanks; ``_`` is a blank inside one."""
    return tuple(each.replace("_", " ") for each in text.split())


@dataclass(frozen=True)
class Shown:
    """A post in a file: what the file says of it. A metric that is None is not shown; ``at_least`` names
    those that are shown as a lower bound."""

    work: Work
    title: str
    private: bool
    figures: Mapping[str, int | None]
    at_least: frozenset[str] = frozenset()


def _rate(shown: Shown, name: str) -> float:
    """A rate between 0.02 and 0.6 that stays the same for a post."""
    low, high = (0.02, 0.12) if "点击" in name or "涨" in name else (0.08, 0.6)
    rng = shown.work.rng
    return rng.uniform(low, high) * (1 + len(name) % 3 / 10)


def _ids(shown: Shown, alphabet: str, length: int) -> str:
    return "".join(shown.work.rng.choices(alphabet, k=length))


_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _wechat_url(shown: Shown) -> str:
    work = shown.work
    biz = quote({"fabu": "MzA0MDAwMDAwMQ==", "rongmei": "MzA0MDAwMDAwMg=="}[work.channel.id])
    middle = 2_247_500_000 + work.number * 7
    sign, check = _ids(shown, "0123456789abcdef", 32), _ids(shown, "0123456789abcdef", 40)
    return f"http://mp.weixin.qq.com/s?__biz={biz}&mid={middle}&idx=1&sn={sign}&chksm={check}#rd"


NOTIFIED = _names(
    "内容标题 发表时间 总阅读人数 总阅读次数 总分享人数 总分享次数 阅读后关注人数 送达人数 "
    "公众号消息阅读次数 送达阅读率 首次分享次数 分享产生阅读次数 首次分享率 每次分享带来阅读次数 "
    "阅读完成率 内容url"
)


def notified(shown: Shown) -> Row:
    """公众号 16 columns."""
    f, views = shown.figures, shown.figures["views"] or 0
    message = round(views * 0.4)
    return [
        shown.title,
        f"{shown.work.published:%Y%m%d}",
        f["readers"],
        f["views"],
        f["sharers"],
        f["shares"],
        views // 900,
        18_412 + shown.work.number * 9,
        message,
        round(message / 19_000, 4),
        views // 60,
        views // 3,
        0.0374,
        round(_rate(shown, "分享") * 30, 4),
        round(_rate(shown, "阅读完成率"), 4),
        _wechat_url(shown),
    ]


PUBLISHED = (
    "",
    *_names(
        "内容标题 发表日期 阅读人数 分享人数 阅读后关注人数 送达人数 送达完成率 阅读完成率 内容url"
    ),
)


def published(shown: Shown) -> Row:
    """公众号 9 columns, column A blank."""
    f = shown.figures
    return [
        None,
        shown.title,
        f"{shown.work.published:%Y%m%d}",
        f["readers"],
        f["sharers"],
        (f["readers"] or 0) // 700,
        6_204 + shown.work.number * 4,
        round(_rate(shown, "送达"), 4),
        _rate(shown, "阅读完成率"),
        _wechat_url(shown),
    ]


CHANNELS = _names(
    "视频描述 视频ID 发布时间 完播率 平均播放时长 播放量 推荐 喜欢 评论量 分享量 关注量 "
    "转发聊天和朋友圈 设为铃声 设为状态 设为朋友圈封面"
)
CHANNELS_2026 = _names("企微链接点击次数 企微链接点击人数 添加到通讯录次数 添加到通讯录人数")


def channels(shown: Shown) -> Row:
    """视频号, 15 columns."""
    f = shown.figures
    return [
        shown.title,
        "export/UzFfAgtgekIEAQAAAAAA" + _ids(shown, _BASE64, 79),
        f"{shown.work.published:%Y/%m/%d}",
        f"{_rate(shown, '完播率'):.2%}",
        f"{_rate(shown, '时长') * 60:.2f}秒",
        f["views"],
        f["looks"],
        f["likes"],
        f["comments"],
        f["shares"],
        (f["views"] or 0) // 2_000,
        f["shares"],
        0,
        0,
        0,
    ]


DOUYIN = _names(
    "作品名称 发布时间 体裁 审核状态 播放量 完播率 5s完播率 封面点击率 2s跳出率 平均播放时长 点赞量 "
    "分享量 评论量 收藏量 主页访问量 粉丝增量"
)


def douyin(shown: Shown) -> Row:
    """抖音: everything is text."""
    f, views = shown.figures, shown.figures["views"] or 0
    kind = ("1min-视频", "1min-视频", "1-3min视频", "5min+视频", "图文")[shown.work.number % 5]
    return [
        shown.title,
        f"{shown.work.published:%Y-%m-%d %H:%M:%S}",
        kind,
        "自见" if shown.private else "公开",
        str(f["views"]),
        f"{_rate(shown, '完播率'):.6f}",
        f"{_rate(shown, '5s完播率'):.6f}",
        f"{_rate(shown, '封面点击'):.6f}" if shown.work.number % 4 == 0 else "-",
        f"{_rate(shown, '2s跳出率'):.6f}",
        f"{_rate(shown, '时长') * 40:.6f}",
        str(f["likes"]),
        str(f["shares"]),
        str(f["comments"]),
        str(f["favourites"]),
        str(views // 150),
        str(-2 if shown.work.number % 11 == 0 else views // 1_200),
    ]


KUAISHOU = _names("作品 发布时间 播放量 完播率 点赞量 评论量 收藏量 分享量 涨粉量")


def kuaishou(shown: Shown) -> Row:
    """快手 作品列表明细."""
    f = shown.figures
    return [
        shown.title,
        f"{shown.work.published:%Y-%m-%d %H:%M:%S}",
        str(f["views"]),
        f"{_rate(shown, '完播率'):.2%}",
        str(f["likes"]),
        str(f["comments"]),
        str(f["favourites"]),
        str(f["shares"]),
        "--" if shown.work.number % 7 == 0 else str((f["views"] or 0) // 1_500),
    ]


def toutiao_headings(verb: str) -> tuple[str, ...]:
    return (
        "标题",
        "发布时间",
        "ID",
        "链接",
        "展现量",
        "粉丝展现量",
        f"{verb}量",
        f"粉丝{verb}量",
        "点击率",
        f"平均{verb}完成率",
        f"平均{verb}时长",
        "点赞量",
        "评论量",
        "转发量",
        "分享量",
        "收藏量",
    )


def toutiao(shown: Shown) -> Row:
    """头条: text; two units of rates in a row; ``-1`` where there is no figure."""
    f, views = shown.figures, shown.figures["views"] or 0
    key = f"7{560_000_000_000_000_000 + shown.work.number * 1_379_406_128_117}"
    few = views < 40
    return [
        shown.title,
        f"{shown.work.published:%Y-%m-%d %H:%M}",
        key,
        f"https://www.toutiao.com/item/{key}/",
        str(views * 9),
        str(views // 4),
        str(views),
        str(views // 11),
        "-1.00" if few else f"{_rate(shown, '点击'):.2f}",
        "-1.00" if few else f"{_rate(shown, '完成') * 100:.2f}",
        "-1.00" if few else f"{_rate(shown, '时长') * 90:.2f}",
        *(("-1" if f[name] is None else str(f[name])) for name in ("likes", "comments")),
        str((f["shares"] or 0) // 3),
        str(f["shares"]),
        str(f["favourites"]),
    ]


_WEIBO = _names(
    "id bid 正文 头条文章url 原始图片url 视频url Live_Photo视频url 位置 日期 工具 点赞数 评论数 "
    "转发数 话题 @用户 完整日期 是否编辑过 编辑次数"
)
WEIBO = (*_WEIBO, "是否原创", "源用户id", "源用户昵称", *("源微博" + name for name in _WEIBO))


def weibo(shown: Shown) -> Row:
    """weibo-crawler; every ninth post is a repost and repeats what it reposts, with another's figures."""
    f, work = shown.figures, shown.work
    when = work.published
    own: Row = [
        str(5_200_000_000_000_000 + work.number * 41_000_391_007),
        _ids(shown, _BASE64[:-2], 9),
        shown.title,
        "",
        f"https://wx1.example.cn/large/{work.seed:09d}.jpg" if work.number % 3 else "",
        "" if work.number % 5 else "https://video.example.cn/v.mp4",
        "",
        "",
        f"{when:%Y-%m-%dT%H:%M:%S}",
        "微博网页版",
        f["likes"],
        f["comments"],
        f["shares"],
        "云岭",
        "",
        f"{when:%Y-%m-%d %H:%M:%S}",
        "False",
        0,
    ]
    if work.number % 9:
        return [*own, "True", "", "", *[""] * len(_WEIBO)]
    source: Row = [
        str(5_100_000_000_000_000 + work.number),
        "Qsource00",
        "省里的一条消息",
        "",
        "",
        "",
        "",
        "",
        "2025-09-30T08:00:00",
        "微博网页版",
        48_120,
        3_004,
        9_977,
        "",
        "",
        "2025-09-30 08:00:00",
        "False",
        0,
    ]
    return [*own, "False", "1000000001", "省级媒体示例", *source]


BILIBILI = _names(
    "视频标题 发布时间 播放量 游客播放占比 粉丝观看率 封标点击率 粉丝点击率 游客点击率 3秒跳出率 "
    "粉丝3秒跳出率 游客3秒跳出率 互动率 粉丝互动率 游客互动率 涨粉量 播转粉率 取关量 点赞量 点赞率 "
    "评论量 评论率 弹幕量 弹幕率 收藏量 收藏率 投币量 投币率 转发量 转发率 平均播放进度"
)


def bilibili(shown: Shown) -> Row:
    """B站: stars, percent text, ``<0.1%``, and ``-`` for what a new video has not yet."""
    f, views = shown.figures, max(shown.figures["views"] or 0, 1)
    new = None in f.values()
    stars = [f"{2 + shown.work.number * step % 28 / 10:g}星" for step in (1, 3, 7)]

    def share(count: int | None) -> str:
        if count is None:
            return "-"
        return "<0.1%" if 0 < count / views < 0.001 else f"{round(count / views * 100, 1):g}%"

    rates = ["-" if new else f"{_rate(shown, '率' * n):.1%}" for n in range(1, 7)]
    cells: Row = [
        shown.title,
        f"{shown.work.published:%Y年%m月%d日 %H:%M:%S}",
        f["views"],
        "88.1%",
        "4.2%",
        *stars,
        *rates,
    ]
    cells += ["-" if new else views // 900, "-" if new else "0.1%", "-" if new else 0]
    for count in (
        f["likes"],
        f["comments"],
        views // 310,
        f["favourites"],
        views // 700,
        f["shares"],
    ):
        cells += ["-" if count is None else count, share(count)]
    return [*cells, f"{_rate(shown, '进度'):.1%}"]


XIAOHONGSHU = _names(
    "笔记标题 首次发布时间 体裁 曝光 观看量 封面点击率 点赞 评论 收藏 涨粉 分享 人均观看时长 弹幕"
)
BANNER = "最多导出排序后前1000条笔记"


def xiaohongshu(shown: Shown, moment: datetime) -> Row:
    """小红书; the exposure of a fresh note lags behind its views."""
    f, views = shown.figures, shown.figures["views"] or 0
    fresh = (moment - shown.work.published).days < 1
    return [
        shown.title,
        f"{shown.work.published:%Y年%m月%d日%H时%M分%S秒}",
        "图文" if shown.work.number % 3 else "视频",
        0 if fresh else views * 7,
        views,
        0 if fresh else round(_rate(shown, "点击"), 3),
        f["likes"],
        f["comments"],
        f["favourites"],
        views // 500,
        f["shares"],
        7 + shown.work.number % 40,
        0,
    ]


APP = _names("稿件标题 发布时间 所属栏目 作者 是否原创 累计点击 点赞数 评论数 转发数 稿件链接")
_COLUMNS = ("时政", "民生", "文旅", "乡村振兴", "防汛救灾")
_AUTHORS = ("田小禾", "龙大川", "覃若云", "冉一鸣")


def app(shown: Shown) -> Row:
    """The centre's own client: a workbook with the usual headings, one of them its own (累计点击)."""
    f, work = shown.figures, shown.work
    views: Cell = "10万+" if "views" in shown.at_least else f["views"]
    return [
        shown.title,
        f"{work.published:%Y-%m-%d %H:%M}",
        _COLUMNS[work.number % 5],
        _AUTHORS[work.seed % 4],
        "否" if work.number % 4 == 1 else "是",
        views,
        f["likes"],
        f["comments"],
        f["shares"],
        f"https://app.yunling.example.cn/news/{work.published:%Y%m}/{40_000 + work.number}.html",
    ]


PORTAL = _names("标题 栏目 发布时间 浏览次数 链接")


def portal(shown: Shown) -> Row:
    """The news portal's list; 浏览次数 may be empty."""
    work = shown.work
    views = shown.figures["views"]
    return [
        shown.title,
        _COLUMNS[work.number % 5],
        f"{work.published:%Y-%m-%d %H:%M}",
        "" if views is None else views,
        f"http://www.yunling.example.cn/content/{work.published:%Y-%m/%d}/{80_000 + work.number}.shtml",
    ]


def newest_first(shown: Sequence[Shown]) -> list[Shown]:
    """Platforms list the newest first; posts of one second keep their order."""
    return sorted(shown, key=lambda each: (-each.work.published.timestamp(), each.work.number))
