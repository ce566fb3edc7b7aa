"""The columns of the tidy tables: name, type, unit and words, as data. Names stay the same for ever; a new column goes to
the end of its group.

A figure takes four columns: its value, how far below and above it the true number may lie, and how it is known. Empty
(null) is "not shown" or "not known", never 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from adapters.metrics import BY_KEY
from adapters.records import METRICS, Count

#: What a cell of a row is: text (ids too), a word of ours (one of a few), a whole number, a moment (UTC seconds), a day (ISO),
#: yes or no; or None.
Type = Literal["text", "word", "count", "moment", "day", "flag"]
Value = str | int | bool | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class TidyColumn:
    """``words``: what it is, in Chinese; ``unit``: its measure word, empty where it has none."""

    name: str
    type: Type
    words: str
    unit: str = ""


def _figure(name: str, words: str, unit: str, prefix: str = "") -> Iterator[TidyColumn]:
    yield TidyColumn(prefix or name, "count", f"{words}；空：来源不显示或没有观测，不是 0", unit)
    first = prefix or name
    yield TidyColumn(
        f"{first}_below", "count", f"{words}的真实值最多比 {first} 小多少；0：不会更小", unit
    )
    yield TidyColumn(
        f"{first}_above",
        "count",
        f"{words}的真实值最多比 {first} 大多少；0：不会更大；有数而此处空：上不封顶",
        unit,
    )
    yield TidyColumn(
        f"{first}_bound", "word", f"{words}怎样得知：exact 准确、about 约数、at_least 下限"
    )


def _figures() -> Iterator[TidyColumn]:
    for name in METRICS:
        yield from _figure(name, BY_KEY[name].heading, BY_KEY[name].unit)


_POST = TidyColumn("post_id", "text", "作品的编号，collect explain 认得它")
_ACCOUNT = TidyColumn("account", "text", "账号在 config.toml 里的 id")
_OWNED = (
    TidyColumn("account_name", "text", "账号名称"),
    TidyColumn("platform", "word", "平台，如 wechat_mp、douyin"),
    TidyColumn("group", "text", "账号的分组；空：没有分组"),
    TidyColumn("owner", "word", "ours 本单位、peer 同行、outlet 外部媒体"),
    TidyColumn(
        "in_total",
        "flag",
        "是否计入总结的“全部账号”合计：本单位的、不是台账的才计入；台账、同行、外部媒体不计入",
    ),
)
_TITLE = TidyColumn("title", "text", "标题")
_URL = TidyColumn("url", "text", "网址")
_KIND = TidyColumn(
    "kind",
    "word",
    "体裁：article 文章、video 视频、image 图文、live 直播、item 动态、placement 外宣",
)
_STATE = TidyColumn("state", "word", "状态：public 公开、deleted 已删除（按最后一次数值计入）")
_PUBLISHED = TidyColumn("published_at", "moment", "发布时间；只知道日期的为当天 0 时")
_ORIGIN = (
    TidyColumn("file", "text", "这一行的观测来自哪个文件或网址"),
    TidyColumn("sheet", "count", "在文件的第几张表，从 1 数起"),
    TidyColumn("row", "count", "在第几行，从 1 数起；网页和接口为第几条"),
    TidyColumn("attempt_id", "text", "读入的记录号"),
    TidyColumn("capture", "text", "留存原件的 SHA-256；空：没有原件（人工更正）"),
)

#: What an account, a group or everything amounts to.
_LINE = (
    TidyColumn("posts", "count", "计入的作品数", "篇"),
    TidyColumn("incomplete", "flag", "是否确知有作品没有读到（导出达到条数上限）：各项都是下限"),
    TidyColumn("deleted", "count", "其中已删除的", "篇"),
    TidyColumn("young", "count", "按满 N 天统计时未满 N 天、不计入的", "篇"),
    TidyColumn("unobserved", "count", "按满 N 天统计时满 N 天前后没有观测、不计入的", "篇"),
    TidyColumn("first_day", "day", "资料覆盖的第一个发布日；空：没有资料"),
    TidyColumn("last_day", "day", "资料覆盖的最后一个发布日；空：没有资料"),
    TidyColumn("gaps", "text", "其间没有资料的发布日；空：没有缺"),
    TidyColumn("lacking", "text", "资料不足之处；空：覆盖整个时期"),
    TidyColumn("observed_at", "moment", "最近的观测时间；空：没有观测"),
    *_figures(),
    *(
        TidyColumn(f"{name}_missing", "count", f"不显示{BY_KEY[name].heading}的作品数", "篇")
        for name in METRICS
    ),
)

#: Table → its columns in order.
COLUMNS: Mapping[str, tuple[TidyColumn, ...]] = {
    "posts": (
        _POST,
        _ACCOUNT,
        *_OWNED,
        _KIND,
        _TITLE,
        _URL,
        TidyColumn("column", "text", "栏目；空：没有"),
        TidyColumn("author", "text", "作者；空：没有"),
        TidyColumn("original", "flag", "是否原创；空：来源不说"),
        _STATE,
        _PUBLISHED,
        TidyColumn("date_only", "flag", "发布时间是否只知道日期"),
        TidyColumn("seen_at", "moment", "数值的观测时间；当天 23:59:59 指按天的数"),
        *_figures(),
        TidyColumn("keys", "text", "平台的编号和网址，空格隔开"),
        TidyColumn("details", "text", "台账里的其他说法（媒体、级别等），JSON；空：没有"),
        *_ORIGIN,
    ),
    "observations": (
        _POST,
        _ACCOUNT,
        _PUBLISHED,
        TidyColumn("observed_at", "moment", "观测时间；当天 23:59:59 指按天的数"),
        TidyColumn("state", "word", "观测时的状态：public、private、in_review、deleted"),
        *_figures(),
        *_ORIGIN,
    ),
    "hits": (
        _POST,
        _ACCOUNT,
        *_OWNED,
        _KIND,
        _TITLE,
        _URL,
        _STATE,
        _PUBLISHED,
        TidyColumn("metric", "word", "哪一项的爆款线"),
        TidyColumn("threshold", "count", "爆款线"),
        TidyColumn("before_at", "moment", "越线在此之后：最后一次低于该线的观测，没有的为发布时间"),
        TidyColumn("after_at", "moment", "越线不晚于此：第一次达到该线的观测"),
        TidyColumn("shown_by", "word", "由哪一项证明：没有阅读次数的由阅读人数（readers）"),
        *_figure("", "shown_by 所说那一项现在的数", "", "figure"),
        *_ORIGIN,
    ),
    "accounts": (
        _ACCOUNT,
        *_OWNED,
        *_LINE,
        *_figure("followers", "期末粉丝数", BY_KEY["followers"].unit),
        TidyColumn("followers_seen_at", "moment", "粉丝数的观测时间；空：没有观测"),
    ),
}
#: The lines of a summary: everything, its groups or platforms, its accounts; for frames and doors, not for files.
SUMMARY: tuple[TidyColumn, ...] = (
    TidyColumn("of", "word", "total 全部账号、group 分组、platform 平台、account 账号"),
    TidyColumn("id", "text", "分组的名称、平台或账号的 id；全部账号为 total"),
    TidyColumn("name", "text", "名称"),
    *_LINE,
)
#: Table → its name in Chinese.
TITLES: Mapping[str, str] = {
    "posts": "作品",
    "observations": "观测",
    "hits": "爆款",
    "accounts": "账号",
}

_NONE: tuple[Value, ...] = (None, None, None, None)


def figure(count: Count | None) -> tuple[Value, ...]:
    """The four cells of a figure. ``above`` is None where nothing limits it."""
    if count is None:
        return _NONE
    high = count.high
    return count.value, count.below, None if high is None else high - count.value, count.bound
