"""What the name of a file or folder says: of an account, once dates and the words of downloads are taken away, and of the
moment at which the file was observed (docs/definitions.md §7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters import platforms
from adapters.moments import SHANGHAI
from storage.ledgers import undated

_STAMP = re.compile(
    r"\(\d+\)|（\d+）|\d{4}年?\s*(?:第?[一二三四1-4]季度|[上下]半年|Q[1-4])|第?[一二三四]季度|[上下]半年|Q[1-4]\b"
    r"|\d[\d\-_.:：,，~至到年月日号时分秒份期\s]*|[一二三四五六七八九十]+月份?"
)
_NUMBERS = re.compile(r"[\s_(（\-]*\d[\d\s_)）\-]*$")
#: Words of downloads, at either end of a name; those of ``_FRONT`` may end a name that means something (云岭视频).
_BACK = tuple(
    """作品 列表 导出 明细 数据 统计 报表 表格 清单 汇总 分析 概况 稿件 内容 已通知 动态 近期 最近 对比 下载 后台 全部 所有
    备份 原始 资料 素材 文件 副本 最终 终版 修改 定稿 新建 文件夹 表 的 月报 周报 日报表 账号 粉丝 增长 用户 趋势 来源
    """.split()  # noqa: SIM905 - words, as a person reads them
)
_FRONT = ("视频", "小视频", "短视频", "图文", "微头条", "文章", "笔记", "问答")
_PLATFORMS = sorted(
    {word for each in platforms.BY_KEY.values() for word in each.words}, key=len, reverse=True
)
_SEPARATORS = " _-—–.·+~,，、;；:：()（）[]【】{}《》\u3000"
_CJK = re.compile(r"[\u4e00-\u9fff]")
#: Folders of letters that are nobody's.
_EVERYBODY = frozenset(
    """download downloads desktop documents inbox done data export exports file files new tmp temp upload uploads src
    home users""".split()  # noqa: SIM905 - words, as a person reads them
)


def name_in(called: str, *, ending: bool = True) -> str:
    """What may be the name of an account in the name of a file (of a folder: ``ending`` False); empty where none is."""
    stem = called.rpartition(".")[0] if ending and "." in called else called
    text = "".join(each for each in stem if each.isprintable())
    text = _STAMP.sub(" ", text).strip(_SEPARATORS)
    while True:
        before = text
        for word in _BACK:
            text = text.removesuffix(word).removeprefix(word).strip(_SEPARATORS)
        for word in (*_FRONT, *_PLATFORMS):
            text = text.removeprefix(word).strip(_SEPARATORS)
        if text == before:
            break
    return text if len(_CJK.findall(text)) >= 2 and len(text) <= 40 else ""


def id_in(folder: str) -> str:
    """The id of an account that a folder's name may be: letters and digits; empty where it is none."""
    fits = re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{1,30}", folder)
    return folder if fits and folder.casefold() not in _EVERYBODY else ""


def alike(called: str) -> str:
    """A file's name without its date and what browsers and back-ends number: the same for downloads of one kind."""
    stem, dot, ending = undated(called).rpartition(".")
    return f"{_NUMBERS.sub('', stem if dot else ending)}{dot}{ending if dot else ''}"


#: What inbox.put_away sets before a name: a file brought back from done/ keeps its own date.
PUT_AWAY = re.compile(r"^\d{8}-\d{6}-[0-9a-f]{8}-")
_DATED = re.compile(
    r"(?P<year>20\d\d)(?P<sign>[-_.年]?)(?P<month>\d{1,2})[-_.月]?(?P<day>\d{1,2})日?"
    r"(?:[T_\s]*(?P<hour>[01]\d|2[0-3])[:：.时h-](?P<minute>[0-5]\d)分?)?(?![\d月])"
)
#: ``total_1774668963_1777260963.xls``: the later one is the moment of the download (docs/platforms.md §2.1).
_UNIX = re.compile(r"_(1[5-9]\d{8}|2\d{9})(?=[_.]|$)")


@dataclass(frozen=True, slots=True)
class Observed:
    """A moment and, in Chinese, how it became known."""

    at: datetime
    how: str


def observed(
    name: str,
    *,
    now: datetime,
    as_of: datetime | None,
    stated_at: datetime | None,
    modified_at: datetime,
) -> Observed:
    """The moment that the figures of a file are for. A date without a time means the end of that day.

    Moments after ``now`` are not believed. A day that is not over yet counts up to now.
    """
    if as_of is not None:
        return Observed(as_of, "按 --as-of")
    dated = _front_of(PUT_AWAY.sub("", name))
    if dated is not None and dated[0] <= now:
        return Observed(min(dated[1], now), "按文件名开头的日期")
    if stated_at is not None and stated_at <= now:
        return Observed(stated_at.astimezone(SHANGHAI), "按文件内记录的时间")
    stamped = [datetime.fromtimestamp(int(text), SHANGHAI) for text in _UNIX.findall(name)]
    if stamped and max(stamped) <= now:
        return Observed(max(stamped), "按文件名里的时间")
    return Observed(min(modified_at.astimezone(SHANGHAI), now), "按文件的修改时间")


def _front_of(name: str) -> tuple[datetime, datetime] | None:
    """(earliest, assumed) moment of a date at the front of a name."""
    match = _DATED.match(name)
    if match is None or (not match["sign"] and len(match["month"] + match["day"]) != 4):
        return None
    try:
        day = datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=SHANGHAI)
    except ValueError:
        return None  # such a day does not exist: then it is no date
    if match["hour"]:
        moment = day.replace(hour=int(match["hour"]), minute=int(match["minute"]))
        return moment, moment
    return day, day + timedelta(days=1, seconds=-1)
