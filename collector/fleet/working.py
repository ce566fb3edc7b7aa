"""``collect fleet work``: one worker of a province, of which there may be any number. It does one work of one centre at a time,
in a child process as a single centre's service does, and beside it looks once a minute at what fell due, if no other worker
is doing so.

Whatever ends a worker, what it was at is begun again: a task that Procrastinate hears nothing of any more is given up, the
start that stands in the centre's table is cut off, and so it waits again (collector.fleet.looking). Until the dead worker's
child has ended too, which its closed input tells it to, it holds the centre's lock ``work``.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from collector.app import clock
from collector.config.checking import ConfigError
from collector.config.loading import Config
from collector.fleet.centres import Fleet, tables
from collector.fleet.looking import BASIS, SUMMARISE, called, hand_over, look, periods
from collector.fleet.summarising import in_a_child
from collector.service.children import Children
from collector.service.lock import Taken, held
from collector.service.ticking import GRACE, PAUSE
from collector.service.works import WorkResult
from reports.figures.missing import JOBS
from storage.bulk import seconds
from storage.database import StorageError, reading, writing
from storage.fleet import centres, setbacks, workers
from storage.fleet.centres import Centre
from storage.operations import jobs

if TYPE_CHECKING:
    from procrastinate import App

LOG = logging.getLogger("collector.fleet")
#: A look that began so long ago holds up no other: its machine hangs.
_HANGS_SECONDS = 300
#: Before the database is tried again.
_AGAIN_SECONDS = 3.0


@dataclass(slots=True)
class Worker:
    """One life of a worker. ``at_work``: centre/job; ``problem``: why it may not go on; ``blind_since``: since when the
    database is out of reach, UTC seconds."""

    fleet: Fleet
    stop: Callable[[], object] = bool
    children: Children = field(default_factory=lambda: Children(log=LOG.warning))
    number: int = 0
    at_work: str = ""
    problem: str = ""
    blind_since: int | None = None

    def start(self) -> None:
        """Say that it is there. Raises StorageError where it cannot work here."""
        if not self.fits():
            raise StorageError(self.problem)
        with writing(self.fleet.engine) as connection:
            now = centres.server_now(connection)
            self.number = workers.start(
                connection, socket.gethostname(), os.getpid(), version("baokuan"), now
            )

    def fits(self) -> bool:
        """Whether the tables are those of this program; if not, nothing more is begun."""
        with reading(self.fleet.engine) as connection:
            theirs, ours = centres.state(connection), centres.heads()
        if theirs == ours:
            return True
        newer = any(theirs.get(name, "") > each for name, each in ours.items())
        self.problem = (
            "数据库已由更新的版本升级，这台机器上的程序旧了：不再接新的活。请升级程序，再运行 collect fleet work"
            if newer
            else "程序比数据库新：请先运行一次 collect fleet init"
        )
        LOG.error("%s", self.problem)
        self.stop()
        return False

    def beat(self) -> None:
        """Say that it is still there."""
        with writing(self.fleet.engine) as connection:
            workers.seen(connection, self.number, self.at_work, centres.server_now(connection))

    def end(self) -> None:
        """Say that it ended."""
        with writing(self.fleet.engine) as connection:
            workers.stopped(connection, self.number, self.problem, centres.server_now(connection))

    def look(self) -> list[tuple[str, str]]:
        """What is to be begun now, if no other worker is looking, or one that has hung for long. Raises StorageError."""
        found, engine = [], self.fleet.engine
        with ExitStack() as lock:
            try:
                lock.enter_context(held(engine, "service"))
                free = True
            except Taken:
                with reading(engine) as connection:
                    ago = centres.server_now(connection) - centres.looked_at(connection)
                free = ago > _HANGS_SECONDS
            if free:
                with writing(engine) as connection:
                    centres.looks(connection, centres.server_now(connection))
                found = look(self.fleet, self.blind_since)
        if self.blind_since is not None:
            LOG.info("数据库又可以用了")
        self.blind_since = None
        return found

    # ── one work of one centre ──

    def work(self, key: str, job: str) -> None:
        """Do what waits of a job, if it still does. Nobody else works for the centre meanwhile. Raises StorageError, and
        then nothing of it is lost: see above."""
        if not self.fits():
            return
        with reading(self.fleet.engine) as connection:
            entry = centres.centre(connection, key)
        if entry is None:
            return
        try:
            config = self.fleet.config(entry)
        except ConfigError as problem:  # of a secret that cannot be read here; looking tells of it
            LOG.error("%s：%s", entry.name, problem)
            return
        with tables(config) as engine:
            begun = self._begin(engine, entry, job)
            if begun is None:
                return
            self.at_work, self.fleet.at_work = f"{key}/{job}", config
            self.beat()
            LOG.info("%s：%s开始", entry.name, called(job))
            result = self._do(entry, config, job, begun)
            self.at_work = ""
            tell = LOG.info if result.outcome in ("done", "stopped") else LOG.error
            tell("%s：%s%s %s", entry.name, called(job), _OUTCOMES[result.outcome], result.problem)
            self._end(engine, entry, job, begun, result)

    def _do(self, entry: Centre, config: Config, job: str, sure_at: int) -> WorkResult:
        if job == SUMMARISE:
            names = [each.name for each in periods(self.fleet.now())]
            problem = in_a_child(self.fleet.province, entry, names, BASIS)
            return WorkResult("failed", problem) if problem else WorkResult("done")
        path = config.folder / "config.toml"
        return self.children.run(job, path, entry.config, sure_at, config.home)

    def _begin(self, engine: Engine, entry: Centre, job: str) -> int | None:
        """Note that it begins; the moment, None where there is nothing to do any more."""
        with writing(self.fleet.engine) as connection:
            now = centres.server_now(connection)
            before = setbacks.begin(connection, entry.key, job, now)
        if before is None:
            return None
        if job not in JOBS:
            if job == "inbox":
                hand_over(self.fleet, entry.key)
            return now
        with writing(engine) as connection:
            due = jobs.waiting(connection).get(job)
            if due is not None:
                late = (before.why or "busy") if now - due > GRACE else None
                jobs.start(connection, job, due, now, late)
        if due is None:
            with writing(self.fleet.engine) as connection:
                setbacks.done(connection, entry.key, job)
            return None
        return now

    def _end(self, engine: Engine, entry: Centre, job: str, begun: int, result: WorkResult) -> None:
        """Note what became of it: first when it may be begun again, then that it waits or has ended. A start that was
        cut off meanwhile, because this worker was not heard of, is another's."""
        with reading(engine) as connection:
            due, started = jobs.at_work(connection).get(job, (0, 0))
        if job in JOBS and started != begun:
            LOG.warning("%s：%s已由别的进程重做", entry.name, called(job))
            return
        with writing(self.fleet.engine) as connection:
            now, name = centres.server_now(connection), (entry.key, job)
            if result.outcome == "done":
                setbacks.done(connection, *name)
            elif result.outcome == "failed":
                setbacks.failed(connection, *name, result.problem)
            else:
                why, pause = (result.outcome, PAUSE) if result.again else ("", 0)
                setbacks.put_off(connection, *name, why, result.problem, now + pause)
            workers.seen(connection, self.number, "", now)
        if job not in JOBS:
            return
        with writing(engine) as connection:
            if jobs.at_work(connection).get(job) != (due, begun):
                return
            if result.outcome == "done":
                jobs.end(
                    connection, job, due, now, "done",
                    problem=result.problem or None, run_id=result.run_id,
                )  # fmt: skip
            else:
                jobs.put_back(connection, job, due)


_OUTCOMES = {
    "done": "完成",
    "failed": "没有成功",
    "stopped": "中途停下，稍后接着做",
    "storage": "：数据库这会儿用不了，稍后再试",
    "busy": "：这会儿做不了，稍后再试",
}


# ── as long as it is not told to end ──


def run(fleet: Fleet) -> int:
    """Work until told to stop; the exit code. Raises StorageError where it cannot begin."""
    worker = Worker(fleet)
    worker.start()
    factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None  # psycopg needs it
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_serve(worker))
    try:
        worker.end()
    except StorageError as problem:
        LOG.error("没能记下已停止：%s", problem)
    LOG.info("已停止")
    return 1 if worker.problem else 0


async def _serve(worker: Worker) -> None:
    import psycopg
    from procrastinate.exceptions import ConnectorException

    from collector.fleet.tasks import made

    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    worker.stop = lambda: loop.call_soon_threadsafe(stop.set)
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: worker.stop())
    LOG.info(
        "%s：在干活，进程 %s，按 Ctrl+C 停止", worker.fleet.province.province.name, os.getpid()
    )
    while not stop.is_set():
        app = made(worker.fleet.province.url, worker)
        with suppress(ConnectorException, psycopg.Error):
            async with app.open_async():
                await _until(stop, worker, app)
        if not stop.is_set():
            if worker.blind_since is None:
                LOG.error("和数据库的连接断了：手头的先停下，连上了自动接着干")
                worker.blind_since = seconds(clock())
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _AGAIN_SECONDS)


async def _until(stop: asyncio.Event, worker: Worker, app: App) -> None:
    """Until told to stop, or the database is lost: then what is under way is stopped before another worker takes this one
    for dead."""
    from collector.fleet.tasks import BEAT_SECONDS, DEAD_SECONDS, QUEUES, Connector

    assert isinstance(app.connector, Connector)
    told = asyncio.create_task(stop.wait())
    lost = asyncio.create_task(app.connector.lost.wait())
    sides = [asyncio.create_task(_beat(worker, BEAT_SECONDS))] + [
        asyncio.create_task(
            app.run_worker_async(
                queues=[queue],
                install_signal_handlers=False,
                delete_jobs="successful",
                update_heartbeat_interval=BEAT_SECONDS,
                stalled_worker_timeout=DEAD_SECONDS,
            )
        )
        for queue in QUEUES
    ]
    await asyncio.wait([told, lost, *sides], return_when=asyncio.FIRST_COMPLETED)
    (worker.children.stop if stop.is_set() else worker.children.interrupt)()
    for each in (told, lost, *sides):
        each.cancel()
    for ended in await asyncio.gather(*sides, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended


async def _beat(worker: Worker, seconds: float) -> None:
    while True:
        with suppress(StorageError):  # Procrastinate's own beat ends the worker
            await asyncio.to_thread(worker.beat)
        await asyncio.sleep(seconds)
