"""One tick at a time: databases that are out of reach, clocks that are set, schedules that change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from collector.service.ticking import Ticking
from collector.service.works import WorkResult
from storage.database import reading
from storage.operations import jobs
from storage.operations.jobs import Miss
from tests.collector.service.simulated import quick_database, tick
from tests.storage.build import SHANGHAI

HOURLY = {"collect": "0 * * * *"}
DAWN = datetime(2026, 10, 8, 6, 30, tzinfo=SHANGHAI)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = quick_database(tmp_path / "data.db", DAWN)
    yield made
    made.dispose()


class Doing:
    """Works that are only written down. ``answers`` are given in turn; then all is well."""

    def __init__(self, *answers: WorkResult) -> None:
        self.answers = list(answers)
        self.done: list[str] = []

    def __call__(self, name: str) -> WorkResult:
        self.done.append(name)
        return self.answers.pop(0) if self.answers else WorkResult("done")


def born(engine: Engine, now: datetime = DAWN) -> Ticking:
    made = Ticking(engine=engine, host="xmt", pid=1, version="1")
    assert tick(made, HOURLY, now, Doing()) == []
    return made


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return DAWN.replace(hour=hour, minute=minute, second=second)


def missed(engine: Engine) -> list[tuple[int, int, str, datetime | None]]:
    """(first hour, number, why, made up) of all misses."""
    with reading(engine) as connection:
        found: tuple[Miss, ...] = jobs.misses(connection, 0, 2**40)
    return [
        (
            datetime.fromtimestamp(each.first_due, SHANGHAI).hour,
            each.number,
            each.why,
            None if each.made_up_at is None else datetime.fromtimestamp(each.made_up_at, SHANGHAI),
        )
        for each in found
    ]


def test_nothing_is_missed_before_the_first_start(engine: Engine) -> None:
    ticking, doing = born(engine), Doing()
    assert tick(ticking, HOURLY, at(6, 59), doing) == []
    assert tick(ticking, HOURLY, at(7, 0, 3), doing) == [("collect", WorkResult("done"))]
    assert tick(ticking, HOURLY, at(7, 1), doing) == []
    assert missed(engine) == []


def test_hours_of_sleep_are_one_run_and_each_is_stated(engine: Engine) -> None:
    ticking, doing = born(engine), Doing()
    tick(ticking, HOURLY, at(11, 20), doing)
    assert doing.done == ["collect"]
    assert missed(engine) == [(7, 5, "asleep", at(11, 20))]


def test_a_restart_within_minutes_misses_nothing(engine: Engine) -> None:
    born(engine).stop(at(6, 58))
    doing = Doing()
    tick(Ticking(engine=engine, host="xmt", pid=2, version="1"), HOURLY, at(7, 4), doing)
    assert doing.done == ["collect"]
    assert missed(engine) == []


def test_what_failed_is_told_and_not_tried_before_it_is_due_again(engine: Engine) -> None:
    ticking, doing = born(engine), Doing(WorkResult("failed", "程序出错"))
    tick(ticking, HOURLY, at(7), doing)
    tick(ticking, HOURLY, at(7, 30), doing)
    assert doing.done == ["collect"]
    tick(ticking, HOURLY, at(7, 31), doing)
    with reading(engine) as connection:
        assert jobs.last_runs(connection)["collect"].problem == "程序出错"


def test_a_work_that_the_database_did_not_let_be_done_is_tried_again(engine: Engine) -> None:
    full = WorkResult("storage", "磁盘已满")
    ticking, doing = born(engine), Doing(full, full)
    for now in (at(7), at(7, 0, 30), at(7, 1), at(7, 2, 1), at(7, 3)):
        tick(ticking, HOURLY, now, doing)
    assert doing.done == ["collect"] * 3  # no sooner than a minute later
    assert missed(engine) == []
    doing.answers = [full, full]
    for now in (at(8), at(8, 4), at(8, 9)):
        tick(ticking, HOURLY, now, doing)
    assert missed(engine) == [(8, 1, "storage", at(8, 9))]
    doing.answers = [WorkResult("busy", "前一个进程还没有结束")]
    for now in (at(9), at(9, 9)):
        tick(ticking, HOURLY, now, doing)
    assert missed(engine)[1:] == [(9, 1, "busy", at(9, 9))]


@pytest.mark.parametrize("how", ["locked", "full", "read-only"])
def test_a_database_out_of_reach_is_said_and_nothing_is_marked_done(
    engine: Engine, tmp_path: Path, how: str
) -> None:
    ticking, doing = born(engine), Doing()
    back = at(8, 10) + timedelta(days=60)  # so much to note needs room
    pragma = {
        "locked": "PRAGMA busy_timeout=20",
        "full": "PRAGMA max_page_count=1",  # no more pages than there are
        "read-only": "PRAGMA query_only=ON",
    }[how]
    with engine.connect() as connection:  # the pool gives this connection out again
        connection.exec_driver_sql(pragma)
    with closing(sqlite3.connect(tmp_path / "data.db", isolation_level=None)) as other:
        if how == "locked":
            other.execute("BEGIN IMMEDIATE")
        assert tick(ticking, HOURLY, back, doing) == []
        assert tick(ticking, HOURLY, back + timedelta(minutes=10), doing) == []
    assert ticking.problem
    assert doing.done == []
    assert missed(engine) == []
    engine.dispose()  # a fresh connection has the usual settings
    made_up = back + timedelta(minutes=20)
    tick(ticking, HOURLY, made_up, doing)
    assert doing.done == ["collect"]
    assert ticking.problem == ""
    assert missed(engine) == [(7, 60 * 24 + 2, "storage", made_up)]


def test_an_end_that_cannot_be_noted_is_noted_later(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticking = born(engine)

    def spoil(name: str) -> WorkResult:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
        return WorkResult("done", run_id=7)

    tick(ticking, HOURLY, at(7), spoil)
    assert ticking.problem
    engine.dispose()
    doing = Doing()
    tick(ticking, HOURLY, at(7, 1), doing)
    assert doing.done == []
    with reading(engine) as connection:
        assert jobs.last_runs(connection)["collect"].run_id == 7
    assert missed(engine) == []


def test_told_to_stop_it_is_made_up_for_at_the_next_start(engine: Engine) -> None:
    ticking = born(engine)
    tick(ticking, HOURLY, at(7), Doing(WorkResult("stopped")))
    ticking.stop(at(7, 1))
    doing = Doing()
    tick(Ticking(engine=engine, host="xmt", pid=2, version="1"), HOURLY, at(7, 40), doing)
    assert doing.done == ["collect"]
    assert missed(engine) == [(7, 1, "interrupted", at(7, 40))]


def test_a_changed_schedule_counts_from_when_it_was_seen(engine: Engine) -> None:
    ticking, doing = born(engine), Doing()
    tick(ticking, HOURLY, at(7), doing)
    tick(ticking, {"collect": "15 7,9 * * *"}, at(7, 20), doing)  # 7:15 is over
    assert doing.done == ["collect"]
    tick(ticking, {"collect": "15 7,9 * * *"}, at(8, 1), doing)
    tick(ticking, {"collect": "15 7,9 * * *"}, at(9, 15), doing)
    assert doing.done == ["collect"] * 2
    assert missed(engine) == []
    tick(ticking, {}, at(9, 30), doing)  # taken out, and put back hours later
    tick(ticking, HOURLY, at(18, 30), doing)
    tick(ticking, HOURLY, at(19), doing)
    assert doing.done == ["collect"] * 3
    assert missed(engine) == []


def test_a_clock_that_was_ahead_by_years_does_not_stop_the_service(engine: Engine) -> None:
    ticking, doing = born(engine), Doing()
    tick(ticking, HOURLY, at(7) + timedelta(days=400), doing)
    tick(ticking, HOURLY, at(7, 30), doing)
    assert doing.done == ["collect"]
    tick(ticking, HOURLY, at(8), doing)
    assert doing.done == ["collect", "collect"]


def test_a_clock_set_back_while_a_job_is_at_work_does_not_stop_that_job(engine: Engine) -> None:
    ticking, doing = born(engine), Doing()
    now = [at(7) + timedelta(days=400)]

    def set_right(name: str) -> WorkResult:
        now[0] = at(7, 10)
        ticking.look(HOURLY, now[0])  # a minute's look, while it is at work
        return WorkResult("done")

    tick(ticking, HOURLY, now[0], set_right, lambda: now[0])
    for hour in (8, 9):
        tick(ticking, HOURLY, at(hour), doing)
    assert doing.done == ["collect", "collect"]


def test_a_clock_set_back_leaves_no_due_time_of_the_minutes_to_come(engine: Engine) -> None:
    each_minute = {"collect": "* * * * *"}
    ticking, doing = Ticking(engine=engine, host="xmt", pid=1, version="1"), Doing()
    tick(ticking, each_minute, DAWN, doing)
    tick(ticking, each_minute, DAWN + timedelta(days=40), doing)
    tick(ticking, each_minute, DAWN + timedelta(minutes=1), doing)  # set right
    doing.done.clear()
    for minute in (2, 3):
        tick(ticking, each_minute, DAWN + timedelta(minutes=minute), doing)
    assert doing.done == ["collect"] * 2


def test_a_clock_set_back_by_seconds_does_nothing_twice(engine: Engine) -> None:
    ticking, doing = born(engine), Doing()
    for now in (at(7), at(6, 59, 58), at(7), at(7, 1)):
        tick(ticking, HOURLY, now, doing)
    assert doing.done == ["collect"]


def test_several_jobs_are_done_in_their_order(engine: Engine) -> None:
    schedule = {"backup": "0 7 * * *", "mail": "0 7 * * *", "collect": "0 7 * * *"}
    ticking, doing = Ticking(engine=engine, host="xmt", pid=1, version="1"), Doing()
    tick(ticking, schedule, DAWN, doing)
    tick(ticking, schedule, at(7), doing)
    assert doing.done == ["collect", "mail", "backup"]  # the mail has the freshest figures
