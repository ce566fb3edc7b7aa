"""What the operating system says, in Chinese; and values for other programs. Light to import."""

from __future__ import annotations

import errno
import json
from typing import TYPE_CHECKING, Any

import click

from reports.vocabulary import OUTCOMES as OUTCOMES

if TYPE_CHECKING:
    from storage.upkeep import Fall

#: What all pages of an account are called together.
PAGES = "网页"

#: What people call a metric → its name; the first of each is the one shown.
METRICS = {
    "阅读/播放量": "views",
    "阅读量": "views",
    "播放量": "views",
    "阅读次数": "views",
    "阅读人数": "readers",
    "点赞数": "likes",
    "点赞": "likes",
    "点赞量": "likes",
    "评论数": "comments",
    "评论": "comments",
    "评论量": "comments",
    "分享数": "shares",
    "分享": "shares",
    "分享量": "shares",
    "转发量": "shares",
    "分享人数": "sharers",
    "收藏数": "favourites",
    "收藏": "favourites",
    "收藏量": "favourites",
    "在看（推荐）数": "looks",
    "在看": "looks",
    "推荐": "looks",
}


def metric_word(metric: str) -> str:
    """A metric as a person reads it."""
    return next((word for word, name in METRICS.items() if name == metric), metric)


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


def short(title: str, length: int = 40) -> str:
    """A title on one line of a terminal."""
    line = " ".join(title.split())
    return (line[: length - 1] + "…" if len(line) > length else line) or "（无标题）"


def said(problem: OSError) -> str:
    """The reason of an OSError, in Chinese where it is a usual one."""
    if isinstance(problem.errno, int) and problem.errno in _WORDS:
        return _WORDS[problem.errno]
    return problem.strerror or str(problem)


def as_json(value: Any) -> None:
    """Print a value as JSON, for other programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def fall_line(fall: Fall) -> str:
    """A figure that fell sharply, as a person is told of it."""
    what = metric_word(fall.metric)
    return f"“{short(fall.title)}”的{what}由 {fall.before} 降到 {fall.after}，照实存入，请留意"
