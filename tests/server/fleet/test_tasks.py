"""Tasks on a real Procrastinate."""

from __future__ import annotations

import asyncio

import pytest
from procrastinate.exceptions import AlreadyEnqueued

from collector.fleet.centres import opened
from collector.fleet.province import Province
from collector.fleet.tasks import defer, made
from collector.fleet.working import Worker
from tests.server.fleet.build import rows


def test_what_is_queued_already_is_not_queued_again(province: Province) -> None:
    """In whatever language the server says so: that of these tests speaks as its environment does."""

    async def twice(worker: Worker) -> None:
        app = made(worker)
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
