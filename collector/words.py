"""How commands word what they have: metrics, moments, what the operating system says; and values for other programs.
Light to import."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from adapters.metrics import BY_KEY
from adapters.moments import SHANGHAI
from adapters.records import METRICS
from reports.vocabulary import HEADINGS
from reports.vocabulary import OUTCOMES as OUTCOMES

if TYPE_CHECKING:
    from storage.writing.upkeep import Fall

#: What all pages of an account are called together.
PAGES = "网页"

#: A post's state as people read it.
STATE_WORDS = {"public": "公开", "private": "自见", "in_review": "审核中", "deleted": "已删除"}

#: What people call a metric → its key.
METRIC_KEYS = {
    word: key
    for key in METRICS
    for each in (BY_KEY[key],)
    for word in (each.heading, *each.terse, *each.words)
} | {"推荐": "looks"}


def metric_word(metric: str) -> str:
    """A metric as a person reads it."""
    return HEADINGS.get(metric, metric)


_WORDS = {
    errno.ENOSPC: "磁盘已满",
    errno.EACCES: "没有权限，或正被别的程序打开",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "文件或文件夹不存在",
    errno.EEXIST: "那里已有一个同名的文件",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EBUSY: "正被别的程序占用",
    errno.ENAMETOOLONG: "名字太长",
    errno.EIO: "读写磁盘出错",
    errno.ELOOP: "链接绕成了圈",
    errno.EMFILE: "打开的文件太多",
}


_FACTS = {
    "title": "标题",
    "url": "链接",
    "published_at": "发布时间",
    "key": "编号",
    "author": "作者",
    "column": "栏目",
    "original": "是否原创",
    "kind": "体裁",
    "state": "状态",
    "account": "账号",
    "followers": "粉丝数",
}


def field_word(field: str) -> str:
    """A field of a record as a person reads it, with the name that config uses."""
    word = _FACTS.get(field) or metric_word(field)
    return word if word == field else f"{word}（{field}）"


def minute(moment: int | None) -> str:
    """UTC seconds as a person reads them: 2026-10-08 09:00; empty for none."""
    return "" if moment is None else f"{datetime.fromtimestamp(moment, SHANGHAI):%Y-%m-%d %H:%M}"


def iso(moment: int | None) -> str | None:
    """UTC seconds as other programs read them, in Shanghai's time."""
    return None if moment is None else datetime.fromtimestamp(moment, SHANGHAI).isoformat()


def iso_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the database as other programs read it: ``…_at`` and ``…_due`` are moments."""
    return {n: iso(each) if n.endswith(("_at", "_due")) else each for n, each in row.items()}


def short(title: str, length: int = 40) -> str:
    """A title on one line of a terminal."""
    line = " ".join(title.split())
    return (line[: length - 1] + "…" if len(line) > length else line) or "（无标题）"


def said(problem: OSError) -> str:
    """The reason of an OSError, in Chinese where it is a usual one."""
    if isinstance(problem.errno, int) and problem.errno in _WORDS:
        return _WORDS[problem.errno]
    return problem.strerror or str(problem)


def fall_line(fall: Fall) -> str:
    """A figure that fell sharply, as a person is told of it."""
    what = metric_word(fall.metric)
    return f"“{short(fall.title)}”的{what}由 {fall.before} 降到 {fall.after}，照实存入，请留意"
