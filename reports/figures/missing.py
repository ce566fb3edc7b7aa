"""The runs that the service missed, in words: for status, the weekly mail and the notes of a summary. Times are
Shanghai's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from adapters.moments import SHANGHAI
from reports.periods import day_words, here
from storage.operations.jobs import Miss

#: Job → what people call it, and what doing it late is called.
JOBS = {
    "collect": ("采集", "补采"),
    "quarter": ("季末采集", "补采"),
    "mail": ("周报邮件", "补发"),
    "summary": ("季度总结", "补写"),
    "backup": ("备份", "补做"),
    "clean_up": ("清理原件", "补做"),
    "upkeep": ("核对数据", "补做"),
}
#: Jobs without which figures may be missing.
GATHERING = ("collect", "quarter")
WHYS = {
    "off": "关机或服务停止",
    "asleep": "电脑休眠",
    "clock": "核对电脑的时钟",
    "busy": "前一项工作还没有做完",
    "storage": "数据库用不了",
    "interrupted": "中途断电或被结束",
    "failed": "出错",
}
_DAYS = "一二三四五六日"


def line(miss: Miss, now: datetime, *, weekdays: bool = True) -> str:
    """``周三 02:00 未运行（关机或服务停止），周三 08:10 补采``; with ``weekdays`` the days less than a week before
    ``now`` are told by their weekday, others by their date; a job other than collecting is told by its name."""
    name, _ = JOBS[miss.job]
    subject = "" if miss.job == "collect" else f"{name}："
    times = f"共{miss.number}次" if miss.number > 1 else ""
    weekdays = weekdays and _is_near(miss.first_due, now)  # one way for all its moments
    when, again = span(miss, now, weekdays=weekdays), late(miss, now, weekdays=weekdays)
    return f"{subject}{when} {times}{what(miss)}，{again}"


def span(miss: Miss, now: datetime, *, weekdays: bool = True) -> str:
    """``周三 02:00``, ``10月1日 02:07—10月3日 08:07``."""
    first = moment(miss.first_due, now, weekdays=weekdays)
    if miss.number == 1:
        return first
    return f"{first}—{moment(miss.last_due, now, weekdays=weekdays)}"


def late(miss: Miss, now: datetime, *, weekdays: bool = True) -> str:
    """``周三 08:10 补采``, ``还没有补采``."""
    _, again = JOBS[miss.job]
    if miss.made_up_at is None:
        return f"还没有{again}"
    return f"{moment(miss.made_up_at, now, weekdays=weekdays)} {again}"


def what(miss: Miss) -> str:
    """``未运行（关机或服务停止）``; a run that began and was cut off, or failed, did run, but not to its end."""
    done = "没有运行完" if miss.why in ("interrupted", "failed") else "未运行"
    return f"{done}（{WHYS[miss.why]}）"


def moment(at: int, now: datetime, *, weekdays: bool = True) -> str:
    """A moment in UTC seconds, as near as it takes to be clear at ``now``."""
    there = here(at)
    if weekdays and _is_near(at, now):
        return f"周{_DAYS[there.weekday()]} {there:%H:%M}"
    year = there.year != now.astimezone(SHANGHAI).year
    return f"{day_words(there.date(), year=year)} {there:%H:%M}"


def _is_near(at: int, now: datetime) -> bool:
    """Whether a weekday says which day it was."""
    there = here(at).date()
    return timedelta(0) <= now.astimezone(SHANGHAI).date() - there < timedelta(days=7)


def totals(misses: Iterable[Miss]) -> str:
    """``未按时运行803次（关机或服务停止760次、电脑休眠43次）``."""
    numbers: dict[str, int] = {}
    for each in misses:
        numbers[each.why] = numbers.get(each.why, 0) + each.number
    parts = [f"{words}{numbers[why]}次" for why, words in WHYS.items() if why in numbers]
    return f"未按时运行{sum(numbers.values())}次（{'、'.join(parts)}）"
