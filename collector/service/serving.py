"""The service in real time. The main thread looks at config and the inbox every two seconds; what may take long has a
thread of its own, one of each kind at a time: looking (note what fell due), working (do what waits, in children, one
after the other), and reading the inbox.

It looks once a minute and when something falls due. Between two looks time is monotonic: a wall clock that is set
forward or back neither holds up a look nor hastens it by more than a minute. What is due at a look is a matter of the
wall clock alone.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from threading import Event, Thread
from time import monotonic

from sqlalchemy import Engine

from collector.config.loading import Config
from collector.service.children import PATIENCE_SECONDS, Children
from collector.service.heartbeat import beat, notify
from collector.service.ticking import Ticking
from collector.service.trust import Trust, last_believed
from collector.service.watching import Accepted, Watcher, make_folders
from collector.service.works import CAREFUL, WorkResult, next_dues
from reports.figures.missing import JOBS
from storage.bulk import seconds
from storage.database import StorageError, is_current, reading
from storage.operations import deliveries

LOG = logging.getLogger("collector.service")
#: Between two looks at the inbox and at config.
WATCH_SECONDS = 2.0
#: Between two looks at what is due, where nothing falls due.
TICK_SECONDS = 60.0
#: Between two tries of messages that wait.
AGAIN_SECONDS = 300.0
#: A look this old means that something hangs: systemd hears nothing more and starts the service anew.
HANGS_SECONDS = 600.0
#: What the database is given to take down that the service has stopped.
GOODBYE_SECONDS = 1.0

_OUTCOMES = {
    "done": "完成",
    "failed": "没有成功",
    "stopped": "中途停下",
    "storage": "数据库这会儿用不了，稍后再试",
    "busy": "这会儿做不了，稍后再试",
}


@dataclass(slots=True, kw_only=True)
class Serving:
    """One life of ``collect serve``. The lock of the database is held by the caller. ``stop`` ends the service;
    ``lost``: because it can no longer be sure of being the only one; ``held_up``: why the last work could not do
    anything, where the database did not let it."""

    accepted: Accepted
    engine: Engine
    clock: Callable[[], datetime]
    still_held: Callable[[], bool]
    set_up_logs: Callable[[Config], None]
    beat: Callable[[Config, Mapping[str, object]], object] = beat
    stop: Event = field(default_factory=Event)
    children: Children = field(default_factory=lambda: Children(log=LOG.warning))
    watcher: Watcher = field(default_factory=Watcher)
    ticking: Ticking = field(init=False)
    trust: Trust = field(default_factory=lambda: Trust(None))
    threads: dict[str, Thread] = field(default_factory=dict)
    next_look: float = 0.0
    looked: float = 0.0
    retried: float | None = None
    at_work: str = ""
    held_up: str = ""
    refused: str = ""
    lost: bool = False

    def __post_init__(self) -> None:
        self.ticking = Ticking(
            engine=self.engine,
            host=socket.gethostname(),
            pid=os.getpid(),
            version=version("baokuan"),
        )

    # ── the main thread ──

    def run(self) -> int:
        """Serve until told to stop; the exit code."""
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: self.stop.set())
        self._make_folders()
        self.look()
        notify("READY=1")
        place = self.engine.url.render_as_string()  # without its password
        LOG.info("服务已启动，进程 %s，数据库 %s", os.getpid(), place)
        try:
            self.watch()
        finally:
            notify("STOPPING=1")
            self._end()
        return 1 if self.lost else 0

    def watch(self) -> None:
        """Until told to stop: look after config, the inbox and what is due, each in its turn."""
        self._begin("working", self.work)
        while not self.stop.wait(WATCH_SECONDS):
            _outlive(self._turn)

    def _begin(self, name: str, turn: Callable[[], object]) -> bool:
        """Do a turn in a thread of its own, unless the last one of its kind is still under way."""
        if name in self.threads and self.threads[name].is_alive():
            return False
        thread = Thread(target=_outlive, args=(turn,), name=name, daemon=True)
        thread.start()  # before another thread sees it: one that has not begun cannot be waited for
        self.threads[name] = thread
        return True

    def _turn(self) -> None:
        if self.accepted.look():
            self.set_up_logs(self.accepted.config)
            LOG.info("配置已更新并生效")
            self.next_look = 0.0
            self._make_folders()
        if self.accepted.refused != self.refused:
            self.refused = self.accepted.refused
            if self.refused:
                LOG.error("config.toml 改动有误，没有采用，仍按原来的配置运行：%s", self.refused)
            else:
                LOG.info("config.toml 已改正")
        if monotonic() - self.looked <= HANGS_SECONDS:
            notify("WATCHDOG=1")
        if monotonic() >= self.next_look:
            self._begin("looking", self._look_and_work)
        ready = self.watcher.look(self.accepted.config) if self.is_ready else []
        if ready and self._begin("inbox", lambda: self._read(len(ready))):
            self.watcher.hand_over(ready)

    def _make_folders(self) -> None:
        try:
            make_folders(self.accepted.config)
        except OSError as problem:
            LOG.error("建不了收件夹：%s", problem)

    def _end(self) -> None:
        """Let what is under way end, or end it; say that the service ended of its own accord."""
        self.children.stop()
        until = monotonic() + PATIENCE_SECONDS + 0.5
        for each in ("working", "inbox"):
            if each in self.threads:
                self.threads[each].join(max(0.0, until - monotonic()))
        if not self.lost and self._begin("saying", self._say_stopped):
            # a database that is held by another program for long is not waited for
            self.threads["saying"].join(GOODBYE_SECONDS)
        self.beat(self.accepted.config, self.state("stopped"))
        LOG.info("服务已停止")
        if any(each.is_alive() for each in self.threads.values()):  # it waits for the database
            logging.shutdown()
            os._exit(1 if self.lost else 0)

    def _say_stopped(self) -> None:
        try:
            self.ticking.stop(self.clock())
        except StorageError as problem:
            LOG.error("没能记下服务已停止：%s", problem)

    # ── looking ──

    def _look_and_work(self) -> None:
        self.look()
        self._begin("working", self.work)

    def look(self) -> None:
        """Note what has fallen due, and that the service is there."""
        self.next_look = monotonic() + TICK_SECONDS
        before, now = self.ticking.problem, self.clock()
        try:
            self._prepare()
            if self.trust.last is None:
                self.trust.last = last_believed(self.engine, self.accepted.config)
            noted = self.ticking.look(self.accepted.schedule, now)
        except StorageError as problem:
            self.ticking.problem, noted = str(problem), False
        if noted:
            if before:
                LOG.info("数据库又可以用了")
            # only now: what a wrong clock had noted is forgotten before anything that waited for it may begin
            self._judge_clock(now)
        elif self.ticking.problem != before:
            LOG.error("数据库这会儿用不了，稍后自动再试：%s", self.ticking.problem)
        if not self.still_held():
            LOG.error("与数据库的连接断了，不能确定只有一个服务在运行：停下，请重新启动")
            self.lost = True
            self.stop.set()
        self.looked = monotonic()
        self.next_look = self.looked + self._pause()
        self.beat(self.accepted.config, self.state("serving"))

    def _prepare(self) -> None:
        """Have the tables brought up to date by a child, once. Raises StorageError."""
        if not self.is_ready and not is_current(self.engine):
            result = self.child("prepare")
            if result.outcome != "done":
                raise StorageError(result.problem)

    def _pause(self) -> float:
        """Seconds until something falls due, by the wall clock as it stands now; a minute at most."""
        now = self.clock()
        comes = next_dues(self.accepted.schedule, now).values()
        return min([TICK_SECONDS, *((at - now).total_seconds() for at in comes if at is not None)])

    def _judge_clock(self, now: datetime) -> None:
        """Look whether the clock agrees with the moment believed last."""
        before = self.trust.words
        self.trust.look(seconds(now), monotonic())
        if self.trust.words and not before:
            LOG.warning("%s", self.trust.words)
        elif before and not self.trust.words:
            LOG.info("电脑的时钟核对过了，照常进行")

    # ── working ──

    @property
    def _sure_at(self) -> int | None:
        """The moment it is; None where the clock is doubted."""
        moment = seconds(self.clock())
        return moment if self.trust.holds(moment) else None

    def _held(self) -> Collection[str]:
        return CAREFUL if self._sure_at is None else ()

    def work(self) -> None:
        """Do what waits."""
        if not self.is_ready:
            return
        self.ticking.work(self._perform, self.clock, self.stop.is_set, self._held)
        if self.has_mail_to_retry():
            self._perform("retry")

    def has_mail_to_retry(self) -> bool:
        """Whether messages wait that may be tried again; asked every few minutes at most."""
        again = self.retried is None or monotonic() - self.retried >= AGAIN_SECONDS
        if self.stop.is_set() or self._held() or not again:
            return False
        try:
            with reading(self.engine) as connection:
                found = deliveries.any_due(connection, seconds(self.clock()))
        except StorageError:  # the next look tells of it
            return False
        if found:
            self.retried = monotonic()
        return found

    def _perform(self, name: str) -> WorkResult:
        self.at_work = name
        LOG.info("%s：开始", _called(name))
        try:
            result = self.child(name)
        finally:
            self.at_work = ""
        _tell(_called(name), result)
        return result

    def _read(self, number: int) -> None:
        LOG.info("收件夹里有 %s 个新文件，开始读入", number)
        result = self.child("inbox")
        _tell("收件夹", result)
        if result.again and not self.stop.wait(TICK_SECONDS):
            self.watcher.take_back()

    def child(self, name: str) -> WorkResult:
        """Have a work done by a process of its own."""
        accepted, before = self.accepted, self.held_up
        result = self.children.run(name, accepted.path, accepted.text, self._sure_at)
        if result.outcome == "storage":
            self.held_up = result.problem
        elif result.outcome == "done":
            self.held_up = ""
        if self.held_up != before:
            self.beat(accepted.config, self.state("serving"))
        return result

    # ── what is told ──

    @property
    def is_ready(self) -> bool:
        """Whether the database has been there, with its tables up to date."""
        return self.ticking.service_id is not None

    def state(self, state: str) -> dict[str, object]:
        """What the heartbeat says of the service, for outside monitors."""
        now = self.clock()
        comes = next_dues(self.accepted.schedule, now)
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
            "next": {name: each.isoformat() if each else None for name, each in comes.items()},
        }


def _outlive(turn: Callable[[], object]) -> None:
    """A fault of ours in one turn is told in the log; the next one comes all the same."""
    try:
        turn()
    except Exception:
        LOG.exception("程序出错，稍后再试")


def _called(name: str) -> str:
    return JOBS[name][0] if name in JOBS else name


def _tell(what: str, result: WorkResult) -> None:
    tell = LOG.info if result.outcome == "done" else LOG.error
    problem = f"。{result.problem}" if result.problem else ""
    tell("%s：%s%s", what, _OUTCOMES[result.outcome], problem)
