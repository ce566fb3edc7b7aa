"""Ticks in real time: APScheduler wakes the ticking when something falls due, and once a minute anyway; what is to be
done is done in children, one after the other."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from threading import Event, Lock
from time import monotonic

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine

from collector.config import Config
from collector.observed import SHANGHAI
from collector.service.accepted import Accepted
from collector.service.children import Children
from collector.service.schedule import JOBS, next_due, trigger
from collector.service.ticking import Answer, Ticking
from storage import deliveries
from storage.bulk import seconds
from storage.database import StorageError, is_current, reading

LOG = logging.getLogger("collector.service")
#: Between two ticks, where nothing falls due.
TICK_SECONDS = 60
#: Between two tries of messages that wait.
AGAIN_SECONDS = 300.0
#: Looks this old mean that something hangs: systemd hears nothing more and starts the service anew.
HANGS_SECONDS = 600.0


@dataclass(slots=True, kw_only=True)
class Turns:
    """What the scheduler's threads share with the main one. ``stop`` ends the service; ``lost``: because it can no
    longer be sure of being the only one."""

    accepted: Accepted
    engine: Engine
    clock: Callable[[], datetime]
    still_held: Callable[[], bool]
    beat: Callable[[Config, Mapping[str, object]], object]
    stop: Event = field(default_factory=Event)
    children: Children = field(default_factory=lambda: Children(log=LOG.warning))
    ticking: Ticking = field(init=False)
    scheduler: BackgroundScheduler = field(init=False)
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
        self.scheduler = BackgroundScheduler(
            timezone=SHANGHAI,
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        logging.getLogger("apscheduler").setLevel(
            logging.ERROR
        )  # it tells of turns skipped on purpose
        self.plan()
        self.look()
        self.scheduler.start()

    def plan(self) -> None:
        """The scheduler's jobs: each of ours wakes the service when it falls due, and a minute hand does it anyway."""
        every = IntervalTrigger(seconds=TICK_SECONDS, timezone=SHANGHAI)
        self.scheduler.add_job(self.look, every, id="look", replace_existing=True)
        self.scheduler.add_job(
            self.work, every, id="work", replace_existing=True, next_run_time=self.clock()
        )
        for name in JOBS:
            crontab = self.accepted.schedule.get(name)
            if crontab is not None:
                self.scheduler.add_job(self._wake, trigger(crontab), id=name, replace_existing=True)
            elif self.scheduler.get_job(name) is not None:
                self.scheduler.remove_job(name)

    def _wake(self) -> None:
        self.look()
        self.work()

    def look(self) -> None:
        """Note what has fallen due, and that the service is there."""
        with self.looking:
            before = self.ticking.problem
            if not self._is_prepared() or not self.ticking.look(
                self.accepted.schedule, self.clock()
            ):
                if self.ticking.problem != before:
                    LOG.error("数据库这会儿用不了,稍后自动再试:%s", self.ticking.problem)
            elif before:
                LOG.info("数据库又可以用了")
            self.looked = monotonic()
            if not self.still_held():
                LOG.error("与数据库的连接断了,不能确定只有一个服务在运行:停下,请重新启动")
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

    def work(self) -> None:
        """Do what waits, unless somebody is doing it."""
        if self.ticking.service_id is None or not self.working.acquire(blocking=False):
            return
        try:
            self.ticking.work(self._perform, self.clock, self.stop.is_set)
            if self._has_mail_to_retry():
                self._perform("retry")
        finally:
            self.working.release()

    def _has_mail_to_retry(self) -> bool:
        if self.stop.is_set() or (
            self.retried is not None and monotonic() - self.retried < AGAIN_SECONDS
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
        LOG.info("%s:开始", JOBS.get(name, name))
        try:
            answer = self.child(name)
        finally:
            self.at_work = ""
        tell = LOG.info if answer.outcome == "done" else LOG.error
        tell("%s:%s", JOBS.get(name, name), told(answer))
        return answer

    def child(self, name: str) -> Answer:
        answer = self.children.run(name, self.accepted.path, self.accepted.text)
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
            "config_refused": self.accepted.refused,
            "next": {
                name: None if each is None else each.isoformat() for name, each in comes.items()
            },
        }


def told(answer: Answer) -> str:
    words = {
        "done": "完成",
        "failed": "没有成功",
        "stopped": "中途停下",
        "storage": "数据库这会儿用不了,稍后再试",
        "busy": "这会儿做不了,稍后再试",
    }[answer.outcome]
    return f"{words}。{answer.problem}" if answer.problem else words
