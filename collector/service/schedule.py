"""What the service does when: the jobs that config asks for and those that are always there.

Crontabs are in Asia/Shanghai; APScheduler's CronTrigger does the arithmetic (its weekdays are named, never numbered:
its 0 is Monday, other programs' is Sunday).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from apscheduler.triggers.cron import CronTrigger

from adapters.moments import SHANGHAI
from collector.config.loading import Config, ConfigError

#: Jobs in the order in which they are done when several wait, with what people call them.
JOBS: Mapping[str, str] = {
    "collect": "采集",
    "quarter": "季末采集",
    "mail": "周报邮件",
    "summary": "季度总结",
    "backup": "备份",
    "clean_up": "清理原件",
    "upkeep": "核对数据",
}
#: Built in: the last ten minutes of each quarter, so that its figures are those of its end; a weekly check.
_ALWAYS: Mapping[str, str] = {"quarter": "50 23 last 3,6,9,12 *", "upkeep": "30 4 * * sun"}
#: Due times are looked for until then: a day that never comes would be looked for very long.
_END = datetime(2200, 1, 1, tzinfo=SHANGHAI)
#: Any midnight; days have no summer time since 1991.
_MIDNIGHT, _DAY = int(datetime(2026, 1, 1, tzinfo=SHANGHAI).timestamp()), 86_400


def jobs_of(config: Config) -> dict[str, str]:
    """Job → its crontab, of those that are to run. Raises ConfigError for a crontab that cannot be."""
    asked = {name: crontab for name, crontab in config.schedule.model_dump().items() if crontab}
    if config.mail is None:
        asked.pop("mail", None)
    for name, crontab in asked.items():
        try:
            trigger(crontab)
        except ValueError as problem:
            raise ConfigError(
                f"[schedule] {name} = “{crontab}”不是能用的时间：{_fault(crontab)}"
            ) from problem
    return {name: each for name in JOBS if (each := asked.get(name) or _ALWAYS.get(name))}


def _fault(crontab: str) -> str:
    minute, hour, day, month, _ = crontab.split()
    for field, limits, word in (
        (minute, (0, 59), "分"),
        (hour, (0, 23), "时"),
        (day, (1, 31), "日"),
        (month, (1, 12), "月"),
    ):
        numbers = [
            int(part) for part in field.replace("-", ",").split("/")[0].split(",") if part.isdigit()
        ]
        if any(not limits[0] <= number <= limits[1] for number in numbers):
            return f"“{word}”应在 {limits[0]}—{limits[1]} 之间"
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
        midnight = due - (due - _MIDNIGHT) % _DAY
        for each in _in_a_day(crontab):
            if due <= midnight + each <= until:
                yield midnight + each
        due = _first(crontab, midnight + _DAY - 1)


@lru_cache(maxsize=64)
def _in_a_day(crontab: str) -> tuple[int, ...]:
    """The due times of a day on which there are any, in seconds from its beginning."""
    minute, hour, *_ = crontab.split()
    last = _MIDNIGHT - 1
    found = []
    while (at := _first(f"{minute} {hour} * * *", last)) is not None and at < _MIDNIGHT + _DAY:
        found.append(at - _MIDNIGHT)
        last = at
    return tuple(found)


@lru_cache(maxsize=256)
def _first(crontab: str, after: int) -> int | None:
    """The first due time after a moment; None for a day that never comes (30 February)."""
    previous = datetime.fromtimestamp(after, SHANGHAI)
    found = trigger(crontab).get_next_fire_time(previous, previous)
    return None if found is None else int(found.timestamp())


def next_due(crontab: str, now: datetime) -> datetime | None:
    """The first due time after ``now``; None for a day that never comes."""
    first = _first(crontab, int(now.timestamp()))
    return None if first is None else datetime.fromtimestamp(first, SHANGHAI)
