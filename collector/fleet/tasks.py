"""The two tasks of a province, as Procrastinate knows them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from storage.database import StorageError
from storage.postgres import parameters

LOG = logging.getLogger("collector.fleet")
#: Looking has a queue of its own: a work that takes hours holds up no look.
QUEUES = LOOKS, WORKS = "look", "work"
#: When it is looked what fell due: each minute.
EACH = "* * * * *"
#: Between two signs of life of a worker; and how old the last one is of one that is taken for dead.
BEAT_SECONDS, DEAD_SECONDS = 10.0, 30.0
#: Tasks that came to no end are kept so long.
_KEEP_HOURS = 30 * 24


class Connector(PsycopgConnector):
    """Procrastinate reads the English words of a server to learn that a task is queued already, and asserts that they are
    English; ours may speak Chinese, and only its administrator can change that. ``lost``: something could not be noted,
    it may be the end of a task, which would count as under way for as long as this life of the worker lasts."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.lost = asyncio.Event()

    async def execute_query_async(self, *query: Any, **arguments: Any) -> None:
        try:
            await super().execute_query_async(*query, **arguments)
        except ConnectorException as problem:
            if isinstance(problem.__cause__, psycopg.OperationalError):
                self.lost.set()
            raise

    async def execute_query_one_async(self, *query: Any, **arguments: Any) -> dict[str, Any]:
        with _in_any_language():
            found: dict[str, Any] = await super().execute_query_one_async(*query, **arguments)
        return found

    async def execute_query_all_async(self, *query: Any, **arguments: Any) -> list[dict[str, Any]]:
        with _in_any_language():
            found: list[dict[str, Any]] = await super().execute_query_all_async(*query, **arguments)
        return found


@contextmanager
def _in_any_language() -> Iterator[None]:
    try:
        yield
    except AssertionError as problem:
        refusal = problem.__context__
        if not isinstance(refusal, psycopg.errors.UniqueViolation):
            raise
        name = refusal.diag.constraint_name
        raise UniqueViolation(constraint_name=name, queueing_lock=None) from refusal


class Doer(Protocol):
    """Who does the tasks (collector.fleet.working)."""

    def fits(self) -> bool:
        """Whether the tables are those of this program; if not, nothing more is begun."""

    def look(self) -> list[tuple[str, str]]:
        """(centre, job) of what is to be begun now."""

    def work(self, key: str, job: str) -> None:
        """Do what waits of a job of a centre."""


def made(url: str, worker: Doer) -> App:
    """An app whose tasks ``worker`` does."""
    given = parameters(url)
    app = App(connector=Connector(kwargs=given, min_size=1, max_size=4, timeout=10))

    @app.periodic(cron=EACH)
    @app.task(name="look", queue=LOOKS, queueing_lock="look")
    async def look(timestamp: int) -> None:
        """Begin what fell due; give up what workers that are dead were at."""
        with _told():
            if await asyncio.to_thread(worker.fits):
                await _give_up_stalled(app)
                for key, job in await asyncio.to_thread(worker.look):
                    await defer(app, key, job)
                if timestamp % 86_400 < 60:
                    await app.job_manager.delete_old_jobs(
                        _KEEP_HOURS, include_failed=True, include_aborted=True
                    )

    @app.task(name="work", queue=WORKS)
    async def work(centre: str, job: str) -> None:
        """Do one work of one centre."""
        with _told():
            await asyncio.to_thread(worker.work, centre, job)

    return app


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong is told of; what was lost by it is begun again at another look."""
    try:
        yield
    except StorageError as problem:
        LOG.error("%s", problem)
    except ConnectorException:
        raise  # told where the connections are opened again
    except Exception:
        LOG.exception("程序出错")
        raise


async def defer(app: App, key: str, job: str) -> None:
    """Have a job of a centre done by whoever is free; once, however often it is asked for."""
    task = app.configure_task("work", queue=WORKS, lock=key, queueing_lock=f"{key}/{job}")
    with suppress(AlreadyEnqueued):
        await task.defer_async(centre=key, job=job)


async def _give_up_stalled(app: App) -> None:
    for task in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_SECONDS):
        LOG.warning("一台机器没有音信了，它在做的由别的机器重做：%s", task.call_string)
        with suppress(ConnectorException):  # it has ended after all
            await app.job_manager.finish_job(task, status=Status.ABORTED, delete_job=False)
