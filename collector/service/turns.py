"""Ticks in real time: one thread looks when something falls due and once a minute anyway, another does what waits, in
children, one after the other.

Between two looks time is monotonic: a wall clock that is set forward or back neither holds up a look nor hastens it by
more than a minute. What is due at a look is a matter of the wall clock alone.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from threading import Event, Lock, Thread
from time import monotonic

from sqlalchemy import Engine

from collector.config.loading import Config
from collector.service.accepted import Accepted
from collector.service.children import Children
from collector.service.heartbeat import left_word
from collector.service.schedule import JOBS, next_due
from collector.service.ticking import Answer, Ticking
from collector.service.trust import Trust
from collector.service.works import CAREFUL
from storage.bulk import seconds
from storage.database import StorageError, is_current, reading
from storage.operations import deliveries, jobs

LOG = logging.getLogger("collector.service")
#: Between two looks, where nothing falls due.
TICK_SECONDS = 60.0
#: Between two tries of messages that wait.
AGAIN_SECONDS = 300.0
#: Looks this old mean that something hangs: systemd hears nothing more and starts the service anew.
HANGS_SECONDS = 600.0


@dataclass(slots=True, kw_only=True)
class Turns:
    """What the two threads share with the main one. ``stop`` ends the service; ``lost``: because it can no longer be
    sure of being the only one. ``hurry`` asks for a look at once, ``looked_on`` for the work that may wait now."""

    accepted: Accepted
    engine: Engine
    clock: Callable[[], datetime]
    still_held: Callable[[], bool]
    beat: Callable[[Config, Mapping[str, object]], object]
    stop: Event = field(default_factory=Event)
    children: Children = field(default_factory=lambda: Children(log=LOG.warning))
    ticking: Ticking = field(init=False)
    trust: Trust = field(default_factory=lambda: Trust(None))
    hurry: Event = field(default_factory=Event)
    looked_on: Event = field(default_factory=Event)
    looking: Lock = field(default_factory=Lock)
    working: Lock = field(default_factory=Lock)
    at_work: str = ""
    looked: float = 0.0
    retried: float | None = None
    held_up: str = ""  # why the last work could not do anything: the database did not let it
    lost: bool = False

    def __post_init__(self) -> None:
        self.ticking = Ticking(
            engine=self.engine,
            host=socket.gethostname(),
            pid=os.getpid(),
            version=version("baokuan"),
        )

    def start(self) -> None:
        self.look()
        for each in (self._keep_looking, self._keep_working):
            Thread(target=each, name=each.__name__, daemon=True).start()

    def _keep_looking(self) -> None:
        while not self.stop.is_set():
            self.hurry.wait(self._pause())
            self.hurry.clear()
            if not self.stop.is_set():
                outlive(self.look)
                self.looked_on.set()

    def _keep_working(self) -> None:
        while not self.stop.is_set():
            outlive(self.work)
            self.looked_on.wait(TICK_SECONDS)
            self.looked_on.clear()

    def _pause(self) -> float:
        """Seconds until something falls due, by the wall clock as it stands now; a minute at most."""
        now = self.clock()
        comes = [next_due(each, now) for each in self.accepted.schedule.values()]
        return min([TICK_SECONDS, *((at - now).total_seconds() for at in comes if at is not None)])

    def look(self) -> None:
        """Note what has fallen due, and that the service is there."""
        with self.looking:
            before, now = self.ticking.problem, self.clock()
            if (
                not self._is_prepared()
                or not self._recall_clock()
                or not self.ticking.look(self.accepted.schedule, now)
            ):
                if self.ticking.problem != before:
                    LOG.error("数据库这会儿用不了，稍后自动再试：%s", self.ticking.problem)
            else:
                if before:
                    LOG.info("数据库又可以用了")
                # only now: what a wrong clock had noted is forgotten before anything that waited for it may begin
                self._judge_clock(now)
            self.looked = monotonic()
            if not self.still_held():
                LOG.error("与数据库的连接断了，不能确定只有一个服务在运行：停下，请重新启动")
                self.lost = True
                self.stop.set()
            self.beat(self.accepted.config, self.state("serving"))

    def _is_prepared(self) -> bool:
        """Whether the tables are up to date; they are brought up to date by a child, once."""
        if self.ticking.service_id is not None:
            return True
        try:
            current = is_current(self.engine)
        except StorageError as problem:
            self.ticking.problem = str(problem)
            return False
        answer = Answer("done") if current else self.child("prepare")
        if answer.outcome != "done":
            self.ticking.problem = answer.problem
        return answer.outcome == "done"

    def _recall_clock(self) -> bool:
        """Know the moment that the life before this one believed last. False where that cannot be read."""
        if self.trust.last is None:
            try:
                with reading(self.engine) as connection:
                    newest = max(jobs.last_moments(connection), default=None)
            except StorageError as problem:
                self.ticking.problem = str(problem)
                return False
            sure = left_word(self.accepted.config, "sure_at")
            self.trust.last = int(sure) if sure.isdecimal() else newest
        return True

    def _judge_clock(self, now: datetime) -> None:
        """Look whether the clock agrees with the moment believed last."""
        before = self.trust.words
        self.trust.look(seconds(now), monotonic())
        if self.trust.words and not before:
            LOG.warning("%s", self.trust.words)
        elif before and not self.trust.words:
            LOG.info("电脑的时钟核对过了，照常进行")

    @property
    def _sure_at(self) -> int | None:
        """The moment it is; None where the clock is doubted."""
        moment = seconds(self.clock())
        return moment if self.trust.holds(moment) else None

    def _held(self) -> Collection[str]:
        return CAREFUL if self._sure_at is None else ()

    def work(self) -> None:
        """Do what waits, unless somebody is doing it."""
        if self.ticking.service_id is None or not self.working.acquire(blocking=False):
            return
        try:
            self.ticking.work(self._perform, self.clock, self.stop.is_set, self._held)
            if self._has_mail_to_retry():
                self._perform("retry")
        finally:
            self.working.release()

    def _has_mail_to_retry(self) -> bool:
        if (
            self.stop.is_set()
            or self._held()
            or (self.retried is not None and monotonic() - self.retried < AGAIN_SECONDS)
        ):
            return False
        try:
            with reading(self.engine) as connection:
                found = deliveries.any_due(connection, seconds(self.clock()))
        except StorageError:  # the next look tells of it
            return False
        if found:
            self.retried = monotonic()
        return found

    def _perform(self, name: str) -> Answer:
        self.at_work = name
        LOG.info("%s：开始", JOBS.get(name, name))
        try:
            answer = self.child(name)
        finally:
            self.at_work = ""
        tell = LOG.info if answer.outcome == "done" else LOG.error
        tell("%s:%s", JOBS.get(name, name), told(answer))
        return answer

    def child(self, name: str) -> Answer:
        accepted = self.accepted
        answer = self.children.run(name, accepted.path, accepted.text, self._sure_at)
        before = self.held_up
        if answer.outcome == "storage":
            self.held_up = answer.problem
        elif answer.outcome == "done":
            self.held_up = ""
        if self.held_up != before:
            self.beat(self.accepted.config, self.state("serving"))
        return answer

    @property
    def is_ready(self) -> bool:
        """Whether the database has been there, with its tables up to date."""
        return self.ticking.service_id is not None

    @property
    def hangs(self) -> bool:
        return monotonic() - self.looked > HANGS_SECONDS

    def state(self, state: str) -> dict[str, object]:
        """What the heartbeat says of the service, for outside monitors."""
        now = self.clock()
        comes = {name: next_due(each, now) for name, each in self.accepted.schedule.items()}
        return {
            "state": state,
            "now": now.isoformat(),
            "host": self.ticking.host,
            "pid": self.ticking.pid,
            "version": self.ticking.version,
            "at_work": self.at_work,
            "database_problem": self.ticking.problem or self.held_up,
            "clock_problem": self.trust.words,
            "sure_at": self.trust.last,
            "config_refused": self.accepted.refused,
            "next": {
                name: None if each is None else each.isoformat() for name, each in comes.items()
            },
        }


def outlive(turn: Callable[[], object]) -> None:
    """A fault of ours in one turn is told in the log; the next one comes all the same."""
    try:
        turn()
    except Exception:
        LOG.exception("程序出错，稍后再试")


def told(answer: Answer) -> str:
    words = {
        "done": "完成",
        "failed": "没有成功",
        "stopped": "中途停下",
        "storage": "数据库这会儿用不了，稍后再试",
        "busy": "这会儿做不了，稍后再试",
    }[answer.outcome]
    return f"{words}。{answer.problem}" if answer.problem else words
