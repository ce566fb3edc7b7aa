"""The service put together. Two threads do what falls due (turns.py); this one, the main thread, watches
the inbox, config and its own end."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread
from types import FrameType

from collector.config.loading import Config
from collector.service.accepted import Accepted
from collector.service.children import PATIENCE_SECONDS
from collector.service.notify_systemd import notify
from collector.service.turns import LOG, TICK_SECONDS, Turns, outlive, told
from collector.service.watching import Watcher, make_folders
from storage.database import StorageError

#: Between two looks at the inbox and at config.
LOOK_SECONDS = 2.0
#: What the database is given to take down that the service has stopped.
GOODBYE_SECONDS = 1.0


@dataclass(slots=True, kw_only=True)
class Serving:
    """One life of ``collect serve``. The lock of the database is held by the caller."""

    turns: Turns
    set_up_logs: Callable[[Config], None]
    watcher: Watcher = field(default_factory=Watcher)
    reading: Thread | None = None
    refused: str = ""

    @property
    def accepted(self) -> Accepted:
        return self.turns.accepted

    def run(self) -> int:
        """Serve until told to stop; the exit code."""
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._signalled)
        self._make_folders()
        self.turns.start()
        notify("READY=1")
        place = self.turns.engine.url.render_as_string()  # without its password
        LOG.info("服务已启动，进程 %s，数据库 %s", os.getpid(), place)
        try:
            while not self.turns.stop.wait(LOOK_SECONDS):
                outlive(self._watch)
        finally:
            notify("STOPPING=1")
            self._end()
        return 1 if self.turns.lost else 0

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        self.turns.stop.set()

    def _watch(self) -> None:
        if self.accepted.look():
            self.set_up_logs(self.accepted.config)
            LOG.info("配置已更新并生效")
            self.turns.hurry.set()
            self._make_folders()
        if self.accepted.refused != self.refused:
            self.refused = self.accepted.refused
            if self.refused:
                LOG.error("config.toml 改动有误，没有采用，仍按原来的配置运行：%s", self.refused)
            else:
                LOG.info("config.toml 已改正")
        if not self.turns.hangs:
            notify("WATCHDOG=1")
        if self.turns.is_ready and not (self.reading and self.reading.is_alive()):
            self._watch_inbox()

    def _watch_inbox(self) -> None:
        ready = self.watcher.look(self.accepted.config)
        if ready:
            self.watcher.hand_over(ready)
            self.reading = Thread(target=self._read, args=(len(ready),), name="inbox")
            self.reading.start()

    def _read(self, number: int) -> None:
        LOG.info("收件夹里有 %s 个新文件，开始读入", number)
        answer = self.turns.child("inbox")
        tell = LOG.info if answer.outcome == "done" else LOG.error
        tell("收件夹：%s", told(answer))
        if answer.outcome in ("storage", "busy") and not self.turns.stop.wait(TICK_SECONDS):
            self.watcher.take_back()

    def _make_folders(self) -> None:
        try:
            make_folders(self.accepted.config)
        except OSError as problem:
            LOG.error("建不了收件夹：%s", problem)

    def _end(self) -> None:
        """Let what is under way end, or end it; say that the service ended of its own accord."""
        turns = self.turns
        turns.children.stop()
        ended = turns.working.acquire(timeout=PATIENCE_SECONDS + 0.5)
        if not turns.lost:  # a database that is held by another program for long is not waited for
            saying = Thread(target=self._say_stopped, name="stopped", daemon=True)
            saying.start()
            saying.join(GOODBYE_SECONDS)
        turns.beat(self.accepted.config, turns.state("stopped"))
        LOG.info("服务已停止")
        if (
            not ended or turns.looking.locked()
        ):  # its thread would be waited for, and it waits for the database
            logging.shutdown()
            os._exit(1 if turns.lost else 0)

    def _say_stopped(self) -> None:
        try:
            self.turns.ticking.stop(self.turns.clock())
        except StorageError as problem:
            LOG.error("没能记下服务已停止：%s", problem)
