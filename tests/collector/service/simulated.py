"""A year of the service in a second: time is moved, machines sleep, are switched off and killed at random."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event

from collector.service.lock import Taken, held
from collector.service.ticking import Perform, Ticking
from collector.service.works import WorkResult
from storage.database import open_database, prepare
from tests.storage.build import SHANGHAI

MINUTE, HOUR, DAY = 60, 3_600, 86_400

#: Job → crontab and, told another way, whether a minute is its due time: the truth that the tables must agree with.
SCHEDULE: Mapping[str, str] = {
    "collect": "7 */6 * * *",
    "quarter": "50 23 last 3,6,9,12 *",
    "mail": "45 12 * * mon",
    "summary": "15 13 1 1,4,7,10 *",
    "backup": "30 3 * * *",
}
_MINUTES = {7, 15, 30, 45, 50}
_LAST_DAYS = {(3, 31), (6, 30), (9, 30), (12, 31)}
TRUTH: Mapping[str, Callable[[datetime], bool]] = {
    "collect": lambda at: at.minute == 7 and at.hour in (0, 6, 12, 18),
    "quarter": lambda at: (at.hour, at.minute) == (23, 50) and (at.month, at.day) in _LAST_DAYS,
    "mail": lambda at: (at.hour, at.minute) == (12, 45) and at.isoweekday() == 1,
    "summary": lambda at: (
        (at.hour, at.minute) == (13, 15) and at.day == 1 and at.month in (1, 4, 7, 10)
    ),
    "backup": lambda at: (at.hour, at.minute) == (3, 30),
}


def due_times(first: datetime, until: datetime) -> list[tuple[int, str]]:
    """(moment, job) of every due time in ``first`` < t < ``until``, minute by minute."""
    found, at = [], first.replace(second=0)
    while at < until:
        if at.minute in _MINUTES and at > first:
            found += [(int(at.timestamp()), name) for name, is_due in TRUTH.items() if is_due(at)]
        at += timedelta(minutes=1)
    return found


def quick_database(path: Path, now: datetime) -> Engine:
    """A migrated SQLite database that does not wait for the disk: what is on trial is logic."""
    engine = open_database(f"sqlite:///{path.as_posix()}")
    event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))
    prepare(engine, now)
    return engine


def tick(
    ticking: Ticking,
    schedule: Mapping[str, str],
    now: datetime,
    perform: Perform,
    clock: Callable[[], datetime] | None = None,
) -> list[tuple[str, WorkResult]]:
    """Note what has fallen due by ``now`` and do it: (job, what became of it), in order."""
    if not ticking.look(schedule, now):
        return []
    return ticking.work(perform, clock or (lambda: now))


class Killed(BaseException):
    """kill -9 in the middle of a work: nothing after it happens."""


@dataclass
class Year:
    """Machines that share a database. ``calls``: (job, when it began, how it ended); ``gone``: stretches in which no
    service was awake, and why."""

    engine: Engine
    now: int
    until: int
    chance: random.Random
    dues: list[tuple[int, str]]
    calls: list[tuple[str, int, str]] = field(default_factory=list)
    gone: list[tuple[int, int, str]] = field(default_factory=list)
    ticking: Ticking = field(init=False)
    refused: int = 0
    starts: int = 0

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.now, SHANGHAI)

    def live(self) -> None:
        """From start to end: lives of the service with nothing between them."""
        while self.now < self.until:
            self.starts += 1
            try:
                with held(self.engine, "service"):
                    self._life()
            except Killed:
                pass
            away = self.now
            self.now += self._some((2 * MINUTE, HOUR, 5 * HOUR, 3 * DAY, 20 * DAY))
            self.gone.append((away, self.now, "off"))

    def _some(self, lengths: tuple[int, ...]) -> int:
        return self.chance.randint(1, self.chance.choice(lengths))

    def _life(self) -> None:
        """Ticks at each due time (a little late), and after each sleep; ends by itself or is killed."""
        self._second_one_is_refused()
        ticking = self.ticking = Ticking(
            engine=self.engine, host="xmt", pid=self.starts, version="1"
        )
        ends = self.now + self._some((HOUR, 5 * DAY, 60 * DAY))
        tick(ticking, SCHEDULE, self.clock(), self._perform, self.clock)
        for moment in self._moments():
            self.now = max(self.now, moment)
            if self.now >= min(ends, self.until):
                break
            if self.chance.random() < 0.03:
                asleep = self.now - self.chance.randint(1, 50)
                self.now += self._some((10 * MINUTE, 5 * HOUR, 9 * DAY))
                self.gone.append((asleep, self.now, "asleep"))
            tick(ticking, SCHEDULE, self.clock(), self._perform, self.clock)
        ticking.stop(self.clock())

    def _moments(self) -> Iterator[int]:
        """When the clock wakes the service: a little after each due time."""
        for due, _ in self.dues[bisect_left(self.dues, (self.now - 100, "")) :]:
            if due > self.now - 100:
                yield due + self.chance.randint(0, 40)

    def _second_one_is_refused(self) -> None:
        try:
            with held(self.engine, "service"):
                raise AssertionError("two services on one database")
        except Taken:
            self.refused += 1

    def _takes(self, seconds: int) -> None:
        """A work takes its time, and what falls due meanwhile is noted within a minute."""
        ends = self.now + seconds
        for moment in self._moments():
            if moment >= ends:
                break
            self.now = max(self.now, moment)
            self.ticking.look(SCHEDULE, self.clock())
        self.now = max(self.now, ends)
        self.ticking.look(SCHEDULE, self.clock())

    def do(self, name: str) -> None:
        """What a work really does; nothing, where only its times are on trial."""

    def _perform(self, name: str) -> WorkResult:
        began = self.now
        if self.chance.random() < 0.02:
            self._takes(self._some((10, HOUR)))
            self.calls.append((name, began, "killed"))
            raise Killed
        self.do(name)
        self._takes(self._some((10, 10, 5 * MINUTE, 8 * HOUR if name == "collect" else MINUTE)))
        outcome = "failed" if self.chance.random() < 0.02 else "done"
        self.calls.append((name, began, outcome))
        return WorkResult("failed", "出错") if outcome == "failed" else WorkResult("done")
