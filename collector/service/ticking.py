"""The heart of the service: at a moment, note what has fallen due, and do it. It never looks at a clock of its own.

``look`` notes due times and belongs on every minute, also while something is at work; ``work`` does what waits, each
job once however many of its due times have gone by. A due time that is noticed late is a miss, with its reason. Where
the database does not let a thing be noted, nothing is done, and a later tick goes on from where the tables stand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine

from adapters.moments import DAY
from collector.service.works import WorkResult, dues
from reports.figures.missing import JOBS
from storage.bulk import seconds
from storage.database import StorageError, reading, writing
from storage.operations import jobs

#: A due time handled within these seconds was kept.
GRACE = 300
#: Nothing is tried again sooner, after the database did not let it be done.
PAUSE = 60

#: Does a job by name; never raises.
Perform = Callable[[str], WorkResult]


@dataclass(slots=True, kw_only=True)
class Ticking:
    """One life of the service on one database. ``blind_since``: the database could not be written to since.
    ``unsaid``: the work that has ended and is not noted yet. ``waits``: since when, and why, a job waits although it
    is due. ``shared``: works may be under way on other machines, so a new life does not cut them off."""

    engine: Engine
    host: str
    pid: int
    version: str
    service_id: int | None = None
    started_at: int = 0
    looked_at: int = 0
    blind_since: int | None = None
    problem: str = ""
    unsaid: tuple[str, int, int, WorkResult] | None = None
    waits: dict[str, tuple[int, str]] = field(default_factory=dict)
    shared: bool = False

    # ── noting what fell due ──

    def look(self, schedule: Mapping[str, str], now: datetime) -> bool:
        """Note that the service is there, and all that fell due by now (``schedule``: job → crontab). False where the
        database does not let it; ``problem`` then says why.

        A clock that was ahead and has been set back has noted what is not true; where it went back by seconds it is
        left, so that nothing is done twice.
        """
        moment = seconds(now)
        before, self.looked_at = self.looked_at, moment
        self.started_at = min(self.started_at, moment)
        try:
            with writing(self.engine) as connection:
                last = jobs.service(connection)
                before = before or (last.seen_at if last else moment)
                if self.shared and last and moment < last.seen_at <= moment + DAY:
                    return True  # another machine has looked since this one began to
                number = self._be_there(connection, moment)
                true = moment if moment < before - GRACE else moment + GRACE
                jobs.forget_future(connection, true)
                for name in JOBS:
                    self._note(connection, name, schedule.get(name), moment, true)
                if self.service_id is None:
                    if not self.shared:
                        jobs.cut_off(connection, moment)
                    _take_over(connection, number, moment)
                elif self.blind_since is not None:
                    jobs.late(connection, moment - GRACE, "storage")
        except StorageError as problem:
            self._cannot(problem, min(before or moment, moment))
            return False
        self.service_id = number
        self.blind_since, self.problem = None, ""
        return True

    def _be_there(self, connection: Connection, moment: int) -> int:
        if self.service_id is not None:
            jobs.seen(connection, self.service_id, moment)
            return self.service_id
        self.started_at = moment
        return jobs.start_service(connection, self.host, self.pid, self.version, moment)

    def _note(
        self, connection: Connection, name: str, crontab: str | None, moment: int, true: int
    ) -> None:
        """Note a job's due times by the crontab that counted until now; then take up another one."""
        counted = jobs.counted(connection, name, true)
        if counted is not None and counted.since < moment:
            late: dict[str | None, list[int]] = {}
            for due in dues(counted.crontab, counted.since, moment):
                late.setdefault(self._why_late(due, moment), []).append(due)
            for why, moments in late.items():
                jobs.note_due(connection, name, moments, why)
        if crontab is None:
            if counted is not None:
                jobs.drop(connection, name, moment)
        elif counted is None or counted.crontab != crontab:
            jobs.begin_counting(connection, name, crontab, moment)

    def _why_late(self, due: int, moment: int) -> str | None:
        if moment - due <= GRACE:
            return None
        if due < self.started_at:
            return "off"
        return "storage" if self.blind_since is not None and due >= self.blind_since else "asleep"

    def _cannot(self, problem: StorageError, since: int) -> None:
        if self.blind_since is None:
            self.blind_since = since
        self.problem = str(problem)

    # ── doing it ──

    def work(
        self,
        perform: Perform,
        clock: Callable[[], datetime],
        stop: Callable[[], bool] = bool,
        held: Callable[[], Collection[str]] = tuple,
    ) -> list[tuple[str, WorkResult]]:
        """Do everything that waits, in the order of JOBS, until nothing does; what was done, in order. ``held``: jobs
        that have to wait on, each time it is asked."""
        done: list[tuple[str, WorkResult]] = []
        try:
            while not stop() and (found := self._next(seconds(clock()), held())) is not None:
                name, due = found
                self._start(name, due, seconds(clock()))
                result = perform(name)
                done.append((name, result))
                self.unsaid = name, due, seconds(clock()), result
                self.waits.pop(name, None)
                if result.again:
                    self.waits[name] = seconds(clock()), result.outcome
        except StorageError as problem:
            self._cannot(problem, seconds(clock()))
        return done

    def _next(self, moment: int, held: Collection[str]) -> tuple[str, int] | None:
        """The first job that waits, once what has ended is noted."""
        self._say()
        with reading(self.engine) as connection:
            waiting = jobs.waiting(connection)
        for name in JOBS:
            if name not in waiting:
                continue
            if name in held:
                self.waits.setdefault(name, (moment - PAUSE, "clock"))
            elif name not in self.waits or not 0 <= moment - self.waits[name][0] < PAUSE:
                return name, waiting[name]
        return None

    def _start(self, name: str, due: int, moment: int) -> None:
        _, why = self.waits.get(name, (moment, "busy"))
        with writing(self.engine) as connection:
            jobs.start(connection, name, due, moment, why if moment - due > GRACE else None)

    def _say(self) -> None:
        """Note what has ended. What cannot be noted is kept and noted later; should the process die before, the
        work counts as interrupted and is done again, which does no harm."""
        if self.unsaid is None:
            return
        name, due, moment, result = self.unsaid
        if result.outcome != "stopped":  # the next start of the service makes up for it
            with writing(self.engine) as connection:
                if result.again:
                    jobs.put_back(connection, name, due)
                else:
                    jobs.end(
                        connection, name, due, moment, result.outcome,
                        problem=result.problem or None, run_id=result.run_id,
                    )  # fmt: skip
        self.unsaid = None

    def stop(self, now: datetime) -> None:
        """The service ends of its own accord. Raises StorageError."""
        self._say()
        if self.service_id is not None:
            with writing(self.engine) as connection:
                jobs.stopped(connection, self.service_id, seconds(now))


def _take_over(connection: Connection, number: int, moment: int) -> None:
    """What the life before this one left undone."""
    last = jobs.service(connection, before=number)
    if last is not None:  # it waited while that one was there, for another job to end
        jobs.late(connection, min(last.seen_at, moment) - GRACE, "busy")
    jobs.late(connection, moment - GRACE, "off")
