"""The heart of the service: at a moment, note what has fallen due, and do it. It never looks at a clock of its own.

``look`` notes due times and belongs on every minute, also while something is at work; ``work`` does what waits, each
job once however many of its due times have gone by. A due time that is noticed late is a miss, with its reason. Where
the database does not let a thing be noted, nothing is done, and a later tick goes on from where the tables stand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, Engine

from collector.service.schedule import JOBS, dues
from storage.bulk import seconds
from storage.database import StorageError, reading, writing
from storage.operations import jobs

#: A due time handled within these seconds was kept.
GRACE = 300
#: Nothing is tried again sooner, after the database did not let it be done.
PAUSE = 60

Outcome = Literal["done", "failed", "stopped", "storage", "busy"]

#: Nothing was begun: it waits again.
_AGAIN: tuple[Outcome, ...] = ("storage", "busy")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a piece of work. ``stopped``: it was told to end and did not finish; ``storage``, ``busy``: the
    database, or another process at the same work, did not let it begin, so it is to be tried again."""

    outcome: Outcome
    problem: str = ""
    run_id: int | None = None


#: Does a job by name; never raises.
Perform = Callable[[str], Answer]


@dataclass(slots=True, kw_only=True)
class Ticking:
    """One life of the service on one database. ``blind_since``: the database could not be written to since."""

    engine: Engine
    host: str
    pid: int
    version: str
    service_id: int | None = None
    started_at: int = 0
    looked_at: int = 0
    blind_since: int | None = None
    problem: str = ""
    unsaid: list[tuple[str, int, int, Answer]] = field(default_factory=list)
    tried: dict[str, tuple[int, Outcome]] = field(default_factory=dict)
    held_back: set[str] = field(default_factory=set)

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
                number = self._be_there(connection, moment)
                true = moment if moment < before - GRACE else moment + GRACE
                for name in JOBS:
                    jobs.forget_future(connection, name, true)
                    self._note(connection, name, schedule.get(name), moment, true)
                if self.service_id is None:
                    self._take_over(connection, number, moment)
                elif self.blind_since is not None:
                    jobs.late(connection, moment - GRACE, "storage")
        except StorageError as problem:
            self._cannot(str(problem), min(before or moment, moment))
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

    def _take_over(self, connection: Connection, number: int, moment: int) -> None:
        """What the life before this one left undone."""
        jobs.cut_off(connection, moment)
        last = jobs.service(connection, before=number)
        if last is not None:  # it waited while that one was there, for another job to end
            jobs.late(connection, min(last.seen_at, moment) - GRACE, "busy")
        jobs.late(connection, moment - GRACE, "off")

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

    def _cannot(self, problem: str, since: int) -> None:
        if self.blind_since is None:
            self.blind_since = since
        self.problem = problem

    def work(
        self,
        perform: Perform,
        clock: Callable[[], datetime],
        stop: Callable[[], bool] = bool,
        held: Callable[[], Collection[str]] = tuple,
    ) -> list[tuple[str, Answer]]:
        """Do everything that waits, in the order of JOBS, until nothing does; what was done, in order. ``held``: jobs
        that have to wait on, each time it is asked."""
        done: list[tuple[str, Answer]] = []
        while not stop() and (found := self._next(seconds(clock()), held())) is not None:
            name, due = found
            if not self._start(name, due, seconds(clock())):
                break
            answer = perform(name)
            done.append((name, answer))
            self._end(name, due, seconds(clock()), answer)
        return done

    def _next(self, moment: int, held: Collection[str]) -> tuple[str, int] | None:
        """The first job that waits, once what has ended is noted."""
        try:
            self._say()
            with reading(self.engine) as connection:
                waiting = jobs.waiting(connection)
        except StorageError as problem:
            self._cannot(str(problem), moment)
            return None
        for name in JOBS:
            tried = self.tried.get(name)
            if name in waiting and name in held:
                self.held_back.add(name)
            elif name in waiting and (tried is None or not 0 <= moment - tried[0] < PAUSE):
                return name, waiting[name]
        return None

    def _start(self, name: str, due: int, moment: int) -> bool:
        try:
            with writing(self.engine) as connection:
                why = "clock" if name in self.held_back else "busy"
                why = self.tried[name][1] if name in self.tried else why
                late = moment - due > GRACE
                jobs.start(connection, name, due, moment, why if late else None)
        except StorageError as problem:
            self._cannot(str(problem), moment)
            return False
        self.held_back.discard(name)
        return True

    def _end(self, name: str, due: int, moment: int, answer: Answer) -> None:
        self.tried.pop(name, None)
        if answer.outcome in _AGAIN:
            self.tried[name] = moment, answer.outcome
        self.unsaid.append((name, due, moment, answer))

    def _say(self) -> None:
        """Note what has ended. What cannot be noted is kept and noted later; should the process die before, the
        work counts as interrupted and is done again, which does no harm."""
        while self.unsaid:
            name, due, moment, answer = self.unsaid[0]
            if answer.outcome != "stopped":  # the next start of the service makes up for it
                with writing(self.engine) as connection:
                    _note_end(connection, name, due, moment, answer)
            self.unsaid.pop(0)

    def stop(self, now: datetime) -> None:
        """The service ends of its own accord. Raises StorageError."""
        self._say()
        if self.service_id is not None:
            with writing(self.engine) as connection:
                jobs.stopped(connection, self.service_id, seconds(now))


def _note_end(connection: Connection, name: str, due: int, moment: int, answer: Answer) -> None:
    if answer.outcome in _AGAIN:
        jobs.put_back(connection, name, due)
        return
    problem = answer.problem or None
    jobs.end(connection, name, due, moment, answer.outcome, problem=problem, run_id=answer.run_id)


def tick(
    ticking: Ticking,
    schedule: Mapping[str, str],
    now: datetime,
    perform: Perform,
    clock: Callable[[], datetime] | None = None,
) -> list[tuple[str, Answer]]:
    """Note what has fallen due by ``now`` and do it: (job, what became of it), in order."""
    if not ticking.look(schedule, now):
        return []
    return ticking.work(perform, clock or (lambda: now))
