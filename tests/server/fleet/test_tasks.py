"""Tasks on a real Procrastinate."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from procrastinate import PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from collector.fleet import tasks
from collector.fleet.centres import opened
from collector.fleet.province import Province
from collector.fleet.tasks import defer, made
from collector.fleet.working import Worker, _until
from tests.server.fleet.build import rows


def test_what_is_queued_already_is_not_queued_again(province: Province) -> None:
    """In whatever language the server says so: that of these tests speaks as its environment does."""

    async def twice(worker: Worker) -> None:
        app = made(worker.fleet.province.url, worker)
        async with app.open_async():
            for _ in range(2):
                await defer(app, "yunling", "collect")
            with pytest.raises(AlreadyEnqueued):
                for timestamp in (60, 120):
                    await app.job_manager.defer_periodic_job(
                        job=app.tasks["look"].configure(task_kwargs={"timestamp": timestamp}).job, periodic_id="",
                        defer_timestamp=timestamp,
                    )  # fmt: skip

    with opened(province) as fleet:
        asyncio.run(twice(Worker(fleet)))
    names = rows(province.url, "SELECT queueing_lock FROM procrastinate_jobs ORDER BY 1")
    assert names == [("look",), ("yunling/collect",)]


def test_a_task_whose_end_could_not_be_noted_locks_its_centre_no_longer_than_a_life(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one session in which it was to be noted ends, and every other lives on."""
    note, broken = PsycopgConnector.execute_query_async, list[int]()

    async def breaks_once(self: PsycopgConnector, query: Any, **arguments: Any) -> None:
        if "finish_job" in query and not broken:
            broken.append(arguments["job_id"])
            raise ConnectorException from psycopg.OperationalError("the session has ended")
        await note(self, query, **arguments)

    async def lives(worker: Worker) -> None:
        async with (app := made(worker.fleet.province.url, worker)).open_async():
            await defer(app, "yunling", "collect")
            await asyncio.wait_for(_until(asyncio.Event(), worker, app), 30)
            await tasks._give_up_stalled(app)

    monkeypatch.setattr(PsycopgConnector, "execute_query_async", breaks_once)
    with opened(province) as fleet:
        worker = Worker(fleet)
        worker.start()
        asyncio.run(lives(worker))
    assert broken
    assert rows(province.url, "SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'") == []
