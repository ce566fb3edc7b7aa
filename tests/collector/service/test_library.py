"""Why APScheduler does the arithmetic of crontabs and not the scheduling: what its loop does with an hour of sleep and
with a clock that is set back. Should a later version keep these, our own part can go."""

from __future__ import annotations

from datetime import datetime, timedelta

import apscheduler.executors.base
import apscheduler.schedulers.base
import pytest
from apscheduler.events import EVENT_JOB_MISSED, SchedulerEvent
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger

from tests.storage.build import SHANGHAI

NOON = datetime(2026, 10, 8, 12, 0, 30, tzinfo=SHANGHAI)


class Still(BaseScheduler):  # type: ignore[misc]
    """A scheduler without a thread: its turns are taken by hand."""

    def wakeup(self) -> None:
        return

    def shutdown(self, wait: bool = True) -> None:
        super().shutdown(wait)


class Library:
    """A job of every minute, made up for by one run, at a clock that a test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.ran, self.missed = NOON, 0, 0
        library = self

        class Wall(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
                return library.now

        monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Wall)
        monkeypatch.setattr(apscheduler.executors.base, "datetime", Wall)
        self.scheduler = Still(timezone=SHANGHAI, executors={"default": DebugExecutor()})
        self.scheduler.add_listener(self._hear, EVENT_JOB_MISSED)
        every_minute = CronTrigger.from_crontab("* * * * *", timezone=SHANGHAI)
        self.scheduler.add_job(self._run, every_minute, coalesce=True, misfire_grace_time=300)
        self.scheduler.start()

    def _run(self) -> None:
        self.ran += 1

    def _hear(self, _event: SchedulerEvent) -> None:
        self.missed += 1

    def turn(self, later: timedelta) -> None:
        self.now += later
        self.scheduler._process_jobs()


def test_due_times_that_were_slept_through_are_run_once_and_told_of_by_no_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = Library(monkeypatch)
    library.turn(timedelta(minutes=60))
    assert (library.ran, library.missed) == (1, 0)


def test_nothing_runs_after_the_clock_was_ahead_and_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = Library(monkeypatch)
    library.turn(timedelta(days=40))
    assert library.ran == 1
    library.turn(timedelta(days=-40))
    for _ in range(60):
        library.turn(timedelta(minutes=1))
    assert library.ran == 1
