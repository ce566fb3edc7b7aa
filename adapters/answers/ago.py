"""Publish times as a timeline shows them to a visitor: ``刚刚``, ``3小时前``, ``昨天 08:15``, ``06-14``
(docs/platforms.md §7, ``created_at``). They are relative to the moment of the answer."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from adapters.moments import SHANGHAI
from adapters.tables.dates import published

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FULL = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d)"
    r" (?P<zone>[+-]\d{4}) (?P<year>\d{4})",
    re.ASCII,
)
_AGO = re.compile(r"(\d{1,3})\s*(秒|分钟|小时)前", re.ASCII)
_NEAR = re.compile(r"(今天|昨天)\s*(\d{1,2}):(\d{2})", re.ASCII)
_DAY = re.compile(r"(\d{1,2})(?:-|月)(\d{1,2})日?(?:\s+(\d{1,2}):(\d{2}))?", re.ASCII)
_UNIT = {
    "秒": timedelta(seconds=1),
    "分钟": timedelta(minutes=1),
    "小时": timedelta(hours=1),
}


def shown(text: str, now: datetime) -> tuple[datetime, bool]:
    """A time as (aware datetime, date_only). ``now``: when the answer was fetched.

    ``3小时前`` is ``now`` less three hours, to the minute; a day without a year lies in this year.
    Raises ValueError naming the text when it is not understood or lies after ``now``.
    """
    text = text.partition(" 来自")[0].strip()  # weibo.cn: ``06月17日 18:12 来自…``
    here = now.astimezone(SHANGHAI)
    moment, date_only = _read(text, here)
    if moment > here + timedelta(minutes=10):  # their clock and ours may differ a little
        raise ValueError(f"时间“{text}”在采集时刻之后")
    return moment, date_only


def _read(text: str, now: datetime) -> tuple[datetime, bool]:
    if match := _FULL.fullmatch(text):
        if match["month"] not in _MONTHS:
            raise ValueError(f"看不懂的时间“{text}”")
        month = _MONTHS.index(match["month"]) + 1
        return published(f"{match['year']}-{month}-{match['day']} {match['clock']}{match['zone']}")
    minute = now.replace(second=0, microsecond=0)
    if text == "刚刚":
        return minute, False
    if match := _AGO.fullmatch(text):
        ago = now - int(match[1]) * _UNIT[match[2]]
        return ago.replace(second=0, microsecond=0), False
    try:
        if match := _NEAR.fullmatch(text):
            day = minute - timedelta(days=match[1] == "昨天")
            return day.replace(hour=int(match[2]), minute=int(match[3])), False
        if match := _DAY.fullmatch(text):
            clock = (int(match[3] or 0), int(match[4] or 0))
            day = datetime(now.year, int(match[1]), int(match[2]), *clock, tzinfo=SHANGHAI)
            return day, match[3] is None
    except ValueError:
        raise ValueError(f"没有这样的日期“{text}”") from None
    return published(text)
