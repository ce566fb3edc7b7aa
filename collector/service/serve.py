"""The service put together: APScheduler drives the ticking, this thread watches inbox, config and its own end."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from threading import Event, Lock, Thread
from time import monotonic
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine

from collector.config import Config
from collector.observed import SHANGHAI
from collector.service.accepted import Accepted
from collector.service.children import PATIENCE_SECONDS, Children
from collector.service.notify_systemd import notify
from collector.service.schedule import JOBS, next_due, trigger
from collector.service.ticking import Answer, Ticking
from collector.service.watching import Watcher, make_folders
from storage import deliveries
from storage.bulk import seconds
from storage.database import StorageError, is_current, reading

LOG = logging.getLogger("collector.service")
#: Between two looks at the inbox and at config.
LOOK_SECONDS = 2.0
#: Between two ticks, where nothing falls due.
TICK_SECONDS = 60
#: Between two tries of mail that waits, or of an inbox that the database did not let be read.
AGAIN_SECONDS = 300.0
#: Looks this old mean that something hangs: systemd hears nothing more and starts the service anew.
HANGS_SECONDS = 600.0


@dataclass(slots=True, kw_only=True)
class Serving:
    """One life of ``collect serve``. The lock of the database is held by the caller."""

    accepted: Accepted
    engine: Engine
    clock: Callable[[], datetime]
    still_held: Callable[[], bool]
    beat: Callable[[Config, Mapping[str, object]], object]
    set_up_logs: Callable[[Config], None]
    stop: Event = field(default_factory=Event)
    children: Children = field(default_factory=lambda: Children(log=LOG.warning))
    watcher: Watcher = field(default_factory=Watcher)
    ticking: Ticking = field(init=False)
    scheduler: BackgroundScheduler = field(init=False)
    looking: Lock = field(default_factory=Lock)
    working: Lock = field(default_factory=Lock)
    reading: Thread | None = None
    at_work: str = ""
    refused: str = ""
    looked: float = 0.0
    retried: float | None = None
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

    def run(self) -> int:
        """Serve until told to stop; the exit code."""
        logging.getLogger("apscheduler").setLevel(
            logging.ERROR
        )  # it tells of turns that are skipped on purpose
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._signalled)
        self._make_folders()
        self._plan()
        self.look()
        self.scheduler.start()
        notify("READY=1")
        LOG.info("服务已启动,进程 %s,数据库 %s", self.ticking.pid, self.engine.url.database)
        try:
            while not self.stop.wait(LOOK_SECONDS):
                self._watch()
        finally:
            notify("STOPPING=1")
            self._end()
        return 1 if self.lost else 0

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        self.stop.set()

    # ── ticks, in the scheduler's threads ──

    def _plan(self) -> None:
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
        answer = Answer("done") if current else self._child("prepare")
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
            answer = self._child(name)
        finally:
            self.at_work = ""
        tell = LOG.info if answer.outcome == "done" else LOG.error
        tell("%s:%s", JOBS.get(name, name), _told(answer))
        return answer

    def _child(self, name: str) -> Answer:
        return self.children.run(name, self.accepted.path, self.accepted.text)

    # ── inbox, config, health, in the main thread ──

    def _watch(self) -> None:
        if self.accepted.look():
            self.set_up_logs(self.accepted.config)
            LOG.info("配置已更新并生效")
            self._plan()
            self._make_folders()
        if self.accepted.refused != self.refused:
            self.refused = self.accepted.refused
            if self.refused:
                LOG.error("config.toml 改动有误,没有采用,仍按原来的配置运行:%s", self.refused)
            else:
                LOG.info("config.toml 已改正")
        if monotonic() - self.looked < HANGS_SECONDS:
            notify("WATCHDOG=1")
        idle = self.reading is None or not self.reading.is_alive()
        if idle and self.ticking.service_id is not None:
            self._watch_inbox()

    def _watch_inbox(self) -> None:
        ready = self.watcher.look(self.accepted.config)
        if ready:
            self.watcher.hand_over(ready)
            self.reading = Thread(target=self._read, args=(len(ready),), name="inbox")
            self.reading.start()

    def _read(self, number: int) -> None:
        LOG.info("收件夹里有 %s 个新文件,开始读入", number)
        answer = self._child("inbox")
        tell = LOG.info if answer.outcome == "done" else LOG.error
        tell("收件夹:%s", _told(answer))
        if answer.outcome == "storage" and not self.stop.wait(TICK_SECONDS):
            self.watcher.take_back()

    def _make_folders(self) -> None:
        try:
            make_folders(self.accepted.config)
        except OSError as problem:
            LOG.error("建不了收件夹:%s", problem)

    def _end(self) -> None:
        """Let what is under way end, or end it; say that the service ended of its own accord."""
        self.scheduler.shutdown(wait=False)
        self.children.stop()
        ended = self.working.acquire(timeout=PATIENCE_SECONDS + 1)
        try:
            if not self.lost:
                self.ticking.stop(self.clock())
        except StorageError as problem:
            LOG.error("没能记下服务已停止:%s", problem)
        finally:
            if ended:
                self.working.release()
        self.beat(self.accepted.config, self.state("stopped"))
        LOG.info("服务已停止")

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
            "database_problem": self.ticking.problem,
            "config_refused": self.accepted.refused,
            "next": {
                name: None if each is None else each.isoformat() for name, each in comes.items()
            },
        }


def _told(answer: Answer) -> str:
    words = {
        "done": "完成",
        "failed": "没有成功",
        "stopped": "中途停下",
        "storage": "数据库这会儿用不了,稍后再试",
    }[answer.outcome]
    return f"{words}。{answer.problem}" if answer.problem else words
