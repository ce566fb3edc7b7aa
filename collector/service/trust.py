"""Whether the wall clock is to be believed. Before what cannot be taken back (mail, notices, deletion, the summary of
a period that has just ended) it must agree with the moment that was believed last.

A look comes every minute. So a day between two of them is a clock that was set, or a machine that slept or was off:
which of them, a second look tells, some minutes later by a time that nobody sets. A command by hand is no service and
looks once: it goes by the last trace of either, and its second look is the next run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from adapters.moments import DAY, SHANGHAI
from collector.config.loading import Config
from collector.service.lock import is_held
from storage.bulk import seconds
from storage.database import StorageError, reading
from storage.operations import jobs

#: Until the second look: a clock that a person or a time server sets right is right by then.
SECOND_LOOK = 600.0
#: Between two commands by hand it may be a week and a day: a weekly mail, a file each Monday.
PAUSE = 8 * DAY
#: In step: the wall clock went on by as much as the other time did, but for these seconds.
_STEP = 60


@dataclass(slots=True)
class Trust:
    """``last``: the moment that was believed last, UTC seconds (None: none is known). ``doubted``: since when another
    one is doubted, by the wall clock and by ``ticks``, a monotonic time in seconds."""

    last: int | None
    doubted: tuple[int, float] | None = None

    def look(self, moment: int, ticks: float) -> None:
        """The wall clock says ``moment``."""
        if self.last is not None and abs(moment - self.last) > DAY:
            began, then = self.doubted or (moment, ticks)
            if abs(moment - began - (ticks - then)) > _STEP:
                began, then = moment, ticks
            self.doubted = began, then
            if ticks - then < SECOND_LOOK:
                return
        self.last = moment
        self.doubted = None

    def holds(self, moment: int) -> bool:
        """Whether a moment that the wall clock says agrees with what is believed."""
        agrees = self.last is None or abs(moment - self.last) <= DAY
        return agrees and self.doubted is None

    @property
    def words(self) -> str:
        """What is doubted and what becomes of it, in Chinese; empty where nothing is."""
        if self.doubted is None or self.last is None:
            return ""
        return (
            f"电脑的时钟是{_apart(self.doubted[0], '核对', self.last)}："
            f"先不发邮件和通知，不写总结，不清理，{SECOND_LOOK / 60:.0f}分钟后再核对一次。"
            "时钟不对请校正；是关机或休眠了几天，就不用管"
        )


def left_word(config: Config, name: str) -> str:
    """What the heartbeat file says under a name, as it was last written; empty where it says nothing."""
    if not config.service.heartbeat_file:
        return ""
    try:
        told = json.loads(config.path(config.service.heartbeat_file).read_text(encoding="utf-8"))
        return "" if told[name] is None else str(told[name])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def last_believed(engine: Engine, config: Config) -> int | None:
    """The moment that the life before this one believed last, by the word it left, else by its newest trace; None in a
    new database. Raises StorageError."""
    with reading(engine) as connection:
        newest = max(jobs.last_moments(connection), default=None)
    sure = left_word(config, "sure_at")
    return int(sure) if sure.isdecimal() else newest


def doubt(engine: Engine, config: Config, now: datetime) -> str:
    """Why a command by hand must not do what cannot be taken back, in Chinese: a running service doubts the clock, or
    the last run was much earlier, or later than now. Empty where the clock is believed. Raises StorageError."""
    said = left_word(config, "clock_problem")
    if said and _is_running(engine):
        return said
    with reading(engine) as connection:
        moments = jobs.last_moments(connection)
    moment = seconds(now)
    if not moments or any(-DAY <= moment - each <= PAUSE for each in moments):
        return ""
    return (
        f"电脑的时钟是{_apart(moment, '运行', max(moments))}：先不发邮件和通知。时钟不对请校正；"
        "时钟没有错，只是有一阵没有运行的，请再运行一次 collect now，之后照常发"
    )


def _is_running(engine: Engine) -> bool:
    try:
        return is_held(engine, "service")
    except StorageError:  # another person's lock
        return True


def _apart(moment: int, what: str, earlier: int) -> str:
    """Two moments, UTC seconds, and how far apart they are."""
    now, last = (datetime.fromtimestamp(each, SHANGHAI) for each in (moment, earlier))
    way = "晚" if now > last else "早"
    return (
        f"{now:%Y-%m-%d %H:%M}，比上次{what}的{last:%Y-%m-%d %H:%M}{way}了{abs(now - last).days}天"
    )
