"""The words of drafts, as data: what is counted, how it is narrowed, what says nothing.

A word is looked up by its longest match; ``KEYWORDS`` maps it to what it is and what it stands for.
"""

from __future__ import annotations

from typing import Literal

from adapters import metrics, platforms
from reports.verify.numbers import PREFIXES as MANNERS

#: metric: a figure of posts or accounts; posts: a count of them; other: a figure nobody here measures.
Sort = Literal[
    "metric", "posts", "other", "kind", "work", "single", "best", "original", "level", "placement",
    "front", "live", "gain", "outlet", "fall", "earlier", "medium", "raw", "part", "respect", "account", "column", "open",
    "verb", "fill", "join", "stop", "average",
]  # fmt: skip

_METRICS = {key: " ".join(each.words) for key, each in metrics.BY_KEY.items()}
_WORDS: dict[Sort, dict[str, str]] = {
    "posts": {
        "": "作品数 作品量 发稿数 发稿量 发稿总量 稿件数 稿件量 发布数 发布量 推送数 推送量 发文数 发文量 篇数 条数 "
        "稿件总数 作品总数 作品总量 稿件总量 稿件数量 作品数量"
    },
    "other": {
        "": "曝光量 展现量 传播量 推荐量 覆盖人数 覆盖人次 覆盖用户 互动量 互动数 完播率 打开率 传播力指数 下载量 安装量 "
        "下载安装量 装机量 日活 月活 活跃用户 话题阅读量 话题量 弹幕量 弹幕 投币 收视率 WCI BCI DCI"
    },
    "kind": {
        "video": "短视频 视频 vlog",
        "article": "文章 推文",
        "image article": "图文",
        "image": "图片 海报",
    },
    "live": {"": "网络直播 现场直播 移动直播 直播活动 直播场次 直播"},
    "work": {
        "": "稿件 作品 报道 信息 新闻 内容 产品 稿 消息 帖文 帖子 爆款 爆文 原创作品 动态 资讯 融媒产品 融媒体产品"
    },
    "single": {
        "": "单篇 单条 单个 单场 单部 某篇 某条 有一篇 有一条 一篇 一条 另一篇 另一条 最热 单件 单期"
    },
    "best": {"": "最高的单 最多的单 最高 最多 最大 之最 峰值 增加最多"},
    "average": {"": "平均 篇均 条均 场均 人均 日均 月均"},
    "original": {"original": "原创 自采 自制", "reprint": "转载 转发权威媒体 转载权威媒体"},
    "level": {
        "中央、省": "省级以上媒体 省级及以上媒体 省级以上主流媒体 省级及以上主流媒体 省部级以上媒体 省级以上 省级及以上",
        "中央": "国家级媒体 中央级媒体 中央媒体 中央主流媒体 国家级 中央级 央媒 央级 中央",
        "省": "省级主流媒体 省级媒体 省级 省媒 省直媒体",
        "市": "市级主流媒体 市级媒体 市级 市媒 地市级",
        "县": "县级媒体 县级 县媒",
    },
    "placement": {
        "": "中央省市媒体 中央、省、市媒体 中央省市县媒体 市级以上媒体 市级及以上媒体 上级媒体 上级主流媒体 "
        "外宣 对外宣传 外宣稿件 上稿 用稿 采用 中央和省市媒体 各级媒体 外部媒体"
    },
    "front": {"": "头版头条 头版"},
    "gain": {"": "新增 净增 增加了 增加 增长了 增长 增粉 涨粉 上升 提升 提高"},
    "fall": {"": "减少了 减少 下降了 下降 下滑 回落 降低"},
    "earlier": {
        "last year": "去年同期 上年同期 同期 同比 上年 去年",
        "year end": "较上年末 上年末 去年末 去年底 上年底 年初",
        "start": "期初",
        "before": "环比 上季度 上一季度 上月 上周 上期 上半年同期",
    },
    "medium": {"报": "报纸 纸媒", "台": "广播电视"},
    "raw": {"": "其余 剩余 其他 其它 另外"},
    "part": {"": "其中 包括 包含"},
    "respect": {"": "分别"},
    "account": {"": "个账号 个号 账号 帐号 新媒体账号"},
    "column": {"": "专题 专栏 栏目 话题 主题 系列 节目"},
    "verb": {
        "": "共发稿 共发布 累计发稿 累计发布 发稿 发布 推送 刊发 刊播 刊载 发表 发文 推出 制作 采写 采编 编发 编辑 "
        "上传 播发 播出 生产 采制 采集 首发 转发 产出 创作 策划 开展 举办 组织 完成 录制 拍摄 进行 上线"
    },
    "open": {
        "missing": "无数据",
        "unknown": "无法判断",
        "deleted": "已删除",
        "young": "未满",
        "unobserved": "该时点无观测 无观测",
    },
    "join": {"": "、 和 与 及 以及 /"},
    "stop": {"": "， ； ： （ ）"},
    "fill": {
        "": "推荐 同一 一文 一稿 该文 该片 全季 全季度 增至 升至 降至 增加到 增长到 上升到 提升到 "
        "提高到 减少到 下降到 从 的 了 在 于 中 共 共计 总计 合计 累计 总共 一共 总 总量 总数 共有 共发 已 已经 达 达到 高达 "
        "实现 获得 取得 收获 收到 得到 拥有 有 为 是 仅 均 各 各条 各篇 各场 并 还 也 又 就 全 另 另有 同时 此外 其 该 本 "
        "我 我们 数 量 数据 总体 整体 全部 所有 以上 以下 新媒体 官方 平台 端 号 矩阵 全网 全媒体 全年 一年来 年内 "
        "期间 期内 期末 截至 截止 目前 今年 全县 全市 年度 当前 如今 现有 累积 传播 矩阵账号 网络 线上 线下 采编 各类 "
        "各种 条 篇 数量 等 等等 对 从 由 到 至 “ ” ‘ ’ 「 」 《 》 \" ' * # - · • > _ ` | 按已有数据 点击 阅读 "
        "播放 浏览 观看 收看 组 旗下 运营 开设 个 首 新 多 大 主要 重点 优质 精品 融媒 融媒体 电视 广播 微信 媒体 "
        "方面 情况 工作 宣传 报送 当年 当季 当月 本期 本年 报告期 报告期内 统计 据统计 初步统计 经统计 显示 人次 次 "
        "人 以 向 将 把 被 新达到 满 天时 且当天有观测 有观测可计增量 没有 最 热门 关注 持续 全部账号 覆盖 点 起 止 "
        "日 月 年 季度 我县 县 市 区 省 万 亿 成效 明显 良好 突出 显著 不断 稳步 整个 每 每篇 每条 约 近 超 逾 余 "
        "均为 分 别 则 而 且 但 只 只有 仅有 保留最后数值 未计入 均未计入 来自 比 较 与上 相比 之 所 等级 位居 分享到 "
    },
}
#: Words of a sentence that states how figures are made, or what is planned: nothing there is claimed.
DEFINING = (
    "口径", "爆款线", "数据时点", "配置指纹", "是指", "指来源", "数据覆盖", "期初值取自", "期末值取自",
    "台账单列", "计分", "未经核实", "不列入本表", "核对",
)  # fmt: skip
CLAUSE_DEFINING = ("是否达到", "不作")
PLANNED = (
    "力争",
    "计划",
    "预计",
    "下一步",
    "目标是",
    "明年",
    "下半年将",
    "争取",
    "预期",
)


def _keywords() -> dict[str, tuple[Sort, str]]:
    found: dict[str, tuple[Sort, str]] = {}
    for sort, groups in (("metric", _METRICS), *_WORDS.items()):
        for name, words in groups.items():
            for word in words.split():
                found.setdefault(word, (sort, name))
    for word in MANNERS:
        found.setdefault(word, ("fill", ""))
    return found


KEYWORDS = _keywords()
#: What a platform is called in drafts.
PLATFORMS = {key: " ".join(each.words) for key, each in platforms.BY_KEY.items() if key != "ledger"}
#: What everything together is called, beside the centre's own name.
TOTALS = (
    "全平台", "各平台", "各个平台", "各大平台", "全部平台", "所有平台", "我中心", "本中心", "该中心", "全中心", "中心各平台",
    "全部账号", "所有账号", "各账号", "全媒体平台", "新媒体平台", "新媒体矩阵", "各新媒体平台", "新媒体各平台", "全网平台",
    "县融媒体中心", "区融媒体中心", "市融媒体中心", "融媒体中心", "县融媒中心", "融媒中心", "全媒体矩阵", "传播矩阵",
    "本单位", "我单位", "中心",
)  # fmt: skip
