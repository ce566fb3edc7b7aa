"""When each job falls due. Crontabs are in Asia/Shanghai; APScheduler's CronTrigger does the arithmetic (its weekdays
are named, never numbered: its 0 is Monday, other programs' is Sunday)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from apscheduler.triggers.cron import CronTrigger

from adapters.moments import DAY, SHANGHAI
from collector.config.loading import Config, ConfigError
from collector.service.works import WORKS
from reports.figures.missing import JOBS

#: Due times are looked for until then: a day that never comes would be looked for very long.
_END = datetime(2200, 1, 1, tzinfo=SHANGHAI)
#: Any midnight; days have no summer time since 1991.
_MIDNIGHT = int(datetime(2026, 1, 1, tzinfo=SHANGHAI).timestamp())


def jobs_of(config: Config) -> dict[str, str]:
    """Job → its crontab, of those that are to run. Raises ConfigError for a crontab that cannot be."""
    asked = config.schedule.model_dump()
    if config.mail is None:
        asked["mail"] = ""
    for name, crontab in asked.items():
        try:
            if crontab:
                trigger(crontab)
        except ValueError as problem:
            fault = f"[schedule] {name} = “{crontab}”不是能用的时间：{_fault(crontab)}"
            raise ConfigError(fault) from problem
    return {name: each for name in JOBS if (each := asked.get(name) or WORKS[name].crontab)}


def _fault(crontab: str) -> str:
    for field, least, most, word in zip(
        crontab.split(), (0, 0, 1, 1), (59, 23, 31, 12), "分时日月", strict=False
    ):
        numbers = field.replace("-", ",").split("/")[0].split(",")
        if any(each.isdigit() and not least <= int(each) <= most for each in numbers):
            return f"“{word}”应在 {least}—{most} 之间"
    return "请核对五项的写法，例如 45 12 * * mon"


@lru_cache(maxsize=64)
def trigger(crontab: str) -> CronTrigger:
    """A crontab's trigger. Raises ValueError for what APScheduler does not take."""
    made = CronTrigger.from_crontab(crontab, timezone=SHANGHAI)
    made.end_date = _END
    return made


def dues(crontab: str, after: int, until: int) -> Iterator[int]:
    """The due times in ``after`` < t ≤ ``until``, UTC seconds, in order. A day's are worked out once: a clock that was
    400 days ahead leaves thousands of them, and the database waits meanwhile."""
    due = _first(crontab, after)
    while due is not None and due <= until:
        midnight = due - (due - _MIDNIGHT) % DAY
        for each in _in_a_day(crontab):
            if due <= midnight + each <= until:
                yield midnight + each
        due = _first(crontab, midnight + DAY - 1)


@lru_cache(maxsize=64)
def _in_a_day(crontab: str) -> tuple[int, ...]:
    """The due times of a day on which there are any, in seconds from its beginning."""
    daily = " ".join([*crontab.split()[:2], "*", "*", "*"])
    found, last = [], _first(daily, _MIDNIGHT - 1)
    while last is not None and last < _MIDNIGHT + DAY:
        found.append(last - _MIDNIGHT)
        last = _first(daily, last)
    return tuple(found)


@lru_cache(maxsize=256)
def _first(crontab: str, after: int) -> int | None:
    """The first due time after a moment; None for a day that never comes (30 February)."""
    found = next_due(crontab, datetime.fromtimestamp(after, SHANGHAI))
    return None if found is None else int(found.timestamp())


def next_due(crontab: str, now: datetime) -> datetime | None:
    """The first due time after ``now``; None for a day that never comes."""
    found: datetime | None = trigger(crontab).get_next_fire_time(now, now)
    return found
