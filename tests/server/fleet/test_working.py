"""What falls due, is begun, and comes to its end or does not: on a real PostgreSQL, with children that are told how to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine

from collector.config.home import Home
from collector.config.loading import Config
from collector.fleet import founding, looking
from collector.fleet.centres import Fleet, opened, tables
from collector.fleet.looking import look
from collector.fleet.province import Province
from collector.fleet.standing import again, as_data, lines, standing
from collector.fleet.working import Worker
from collector.service import children
from collector.service.children import Children
from collector.service.lock import held
from collector.service.works import WORKS, WorkKind, WorkResult, jobs_of
from reports.figures.missing import what
from storage.database import reading, writing
from storage.fleet import centres, setbacks
from storage.operations import jobs
from tests.server.fleet.build import NOW, centre_rows, drop, rows

HOUR = 3_600


@dataclass
class Told(Children):
    """Children that end as they are told, one after the other; then well. ``ran``: centre's folder and job."""

    results: list[WorkResult] = field(default_factory=list)
    ran: list[tuple[str, str]] = field(default_factory=list)

    def run(
        self,
        name: str,
        path: Path,
        config: str,
        sure_at: int | None = None,
        home: Home | None = None,
    ) -> WorkResult:
        self.ran.append((path.parent.name, name))
        return self.results.pop(0) if self.results else WorkResult("done")


@pytest.fixture
def fleet(province: Province) -> Iterator[Fleet]:
    with opened(province) as made:
        yield made


@pytest.fixture
def worker(fleet: Fleet) -> Worker:
    made = Worker(fleet, children=Told(log=print))
    made.start()
    return made


def ran(worker: Worker) -> list[tuple[str, str]]:
    assert isinstance(worker.children, Told)
    return worker.children.ran


def ends(worker: Worker, *results: WorkResult) -> None:
    assert isinstance(worker.children, Told)
    worker.children.results = [*results]


def age(fleet: Fleet, key: str, seconds: int) -> None:
    """Let time pass for a centre in which nobody looked: all it knows happened so much earlier."""
    pass_by(fleet, seconds)
    with tables(_config(fleet, key)) as own:
        _do(
            own,
            f"UPDATE service SET started_at = started_at - {seconds}, seen_at = seen_at - {seconds}",
        )
        moved = [f"{each} = {each} - {seconds}" for each in ("due_at", "started_at", "ended_at")]
        _do(own, f"UPDATE job SET {', '.join(moved)}")


def pass_by(fleet: Fleet, seconds: int) -> None:
    """Let what holds jobs back be so much older."""
    _do(
        fleet.engine, f"UPDATE setback SET since = since - {seconds}, next_at = next_at - {seconds}"
    )


def _do(engine: Engine, sql: str) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql(sql)


def _config(fleet: Fleet, key: str) -> Config:
    with reading(fleet.engine) as connection:
        entry = centres.centre(connection, key)
    assert entry is not None
    return fleet.config(entry)


def asked(fleet: Fleet, key: str, name: str = "collect") -> None:
    """A job of a centre waits."""
    with tables(_config(fleet, key)) as engine, writing(engine) as connection:
        jobs.ask(connection, name, int(fleet.now().timestamp()) - 1)


def queued(fleet: Fleet, key: str, job: str, status: str = "doing") -> None:
    """A task as Procrastinate holds it, of a worker that is no more."""
    _do(
        fleet.engine,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status)"
        f" VALUES ('work', 'work', '{key}', '{key}/{job}', '{status}')",
    )


def back(fleet: Fleet) -> list[tuple[str, str, int, str, bool]]:
    with reading(fleet.engine) as connection:
        return [
            (each.centre, each.job, each.tries, each.why, each.aside_at is not None)
            for each in setbacks.setbacks(connection)
        ]


def test_files_are_read_once_wherever_they_are_seen(province: Province, fleet: Fleet) -> None:
    worker = Worker(fleet)
    worker.start()
    assert look(fleet) == []
    drop(province, "yunling", [1_000_000, 20, 3])
    assert look(fleet) == []  # it may still be growing
    assert look(fleet) == [("yunling", "inbox")]
    assert look(fleet) == [("yunling", "inbox")]  # nobody has begun it
    worker.work("yunling", "inbox")
    assert centre_rows(province, "yunling", "SELECT count(*) FROM post") == [(3,)]
    assert centre_rows(province, "qingshi", "SELECT count(*) FROM post") == [(0,)]
    assert look(fleet) == [("yunling", "summarise")]
    worker.work("yunling", "summarise")
    assert (look(fleet), look(fleet), back(fleet)) == ([], [], [])
    kept = rows(
        province.url, "SELECT centre, period, summary LIKE '%%1000020%%' FROM stored_summary"
    )
    assert ("yunling", "2026Q4", True) in kept or len(kept) == 2


def test_what_fell_due_is_noted_once_and_begun_once(fleet: Fleet, worker: Worker) -> None:
    assert look(fleet) == []
    for key in ("yunling", "qingshi"):
        age(fleet, key, 2 * HOUR)  # and every worker was off meanwhile
    found = look(fleet)
    assert ("yunling", "collect") in found
    assert look(fleet) == found
    queued(fleet, "yunling", "collect", "todo")
    assert ("yunling", "collect") not in look(fleet)
    worker.work("yunling", "collect")
    worker.work("yunling", "collect")  # another task of the same: nothing waits any more
    assert ran(worker) == [("yunling", "collect")]
    with tables(_config(fleet, "yunling")) as engine, reading(engine) as connection:
        missed = [each for each in jobs.misses(connection, 0, 2**40) if each.job == "collect"]
        assert {(each.why, each.made_up_at is not None) for each in missed} == {("off", True)}


def test_a_gap_in_which_this_worker_could_not_reach_the_database_is_told_as_that(
    fleet: Fleet, worker: Worker
) -> None:
    look(fleet)
    age(fleet, "yunling", 2 * HOUR)
    look(fleet, blind_since=int(fleet.now().timestamp()) - 2 * HOUR)
    worker.work("yunling", "collect")
    with tables(_config(fleet, "yunling")) as engine, reading(engine) as connection:
        assert {each.why for each in jobs.misses(connection, 0, 2**40)} == {"storage"}


def test_what_a_dead_worker_was_at_waits_again(fleet: Fleet, worker: Worker) -> None:
    look(fleet)
    asked(fleet, "yunling")
    queued(fleet, "yunling", "collect")
    with tables(_config(fleet, "yunling")) as engine:
        entry = next(each for each in _entries(fleet) if each.key == "yunling")
        assert worker._begin(engine, entry, "collect") is not None
        assert look(fleet) == []  # its worker may live
        _do(fleet.engine, "UPDATE procrastinate_jobs SET status = 'aborted'")  # it does not
        assert look(fleet) == []  # not in the same minute
        pass_by(fleet, 61)
        assert look(fleet) == [("yunling", "collect")]
        worker.work("yunling", "collect")
        with reading(engine) as connection:
            (miss,) = jobs.misses(connection, 0, 2**40)
            assert (miss.why, miss.made_up_at is not None) == ("interrupted", True)
    assert back(fleet) == []


def _entries(fleet: Fleet) -> list[centres.Centre]:
    with reading(fleet.engine) as connection:
        return centres.centres(connection)


def test_five_failures_set_a_job_aside_and_the_others_go_on(fleet: Fleet, worker: Worker) -> None:
    look(fleet)
    asked(fleet, "yunling")
    waits = []
    for _ in range(setbacks.TRIES):
        assert look(fleet) == [("yunling", "collect")]
        ends(worker, WorkResult("failed", "坏了"))
        worker.work("yunling", "collect")
        assert look(fleet) == []
        with reading(fleet.engine) as connection:
            (each,) = setbacks.setbacks(connection)
        waits.append(each.next_at - int(fleet.now().timestamp()))
        pass_by(fleet, waits[-1] + 1)
    assert all(4 * a - 8 <= b for a, b in pairwise(waits))
    assert back(fleet) == [("yunling", "collect", 5, "failed", True)]
    assert "坏了" in looking.aside_words(each)
    assert "collect fleet again yunling collect" in looking.aside_words(each)
    asked(fleet, "yunling", "backup")
    assert look(fleet) == [("yunling", "backup")]
    state = standing(fleet)
    assert (state.is_well, len(state.working)) == (False, 1)
    assert any("[搁置] 云岭县融媒体中心：采集开始了 5 次" in line for line in lines(state))
    assert [each["aside_at"] is None for each in as_data(state)["setbacks"]] == [False]
    with tables(_config(fleet, "yunling")) as engine, reading(engine) as connection:
        found = [each for each in jobs.misses(connection, 0, 2**40) if each.job == "collect"]
        assert {(what(each), each.made_up_at) for each in found} == {("没有运行完（出错）", None)}


@pytest.mark.parametrize("outcome", ["busy", "storage", "stopped"])
def test_what_could_do_nothing_does_not_count(fleet: Fleet, worker: Worker, outcome: str) -> None:
    look(fleet)
    asked(fleet, "yunling")
    for _ in range(setbacks.TRIES + 2):
        ends(worker, WorkResult(outcome))  # type: ignore[arg-type]
        worker.work("yunling", "collect")
        pass_by(fleet, 61)
    assert [(tries, aside) for _, _, tries, _, aside in back(fleet)] == [(0, False)]
    assert look(fleet) == [("yunling", "collect")]
    worker.work("yunling", "collect")
    assert back(fleet) == []


def test_a_centre_out_of_order_keeps_no_other_waiting(fleet: Fleet, worker: Worker) -> None:
    look(fleet)
    _do(fleet.engine, "ALTER SCHEMA centre_qingshi RENAME TO lost")
    asked(fleet, "yunling")
    assert look(fleet) == [("yunling", "collect")]
    assert [(key, job) for key, job, *_ in back(fleet)] == [("qingshi", "look")]
    _do(fleet.engine, "ALTER SCHEMA lost RENAME TO centre_qingshi")
    look(fleet)
    assert back(fleet) == []


def test_an_old_program_takes_nothing_more(
    province: Province, fleet: Fleet, worker: Worker
) -> None:
    look(fleet)
    asked(fleet, "yunling")
    _do(fleet.engine, "UPDATE state SET value = '9999' WHERE name = 'centres'")
    said: list[bool] = []
    worker.stop = lambda: said.append(True)
    worker.work("yunling", "collect")
    assert (ran(worker), said) == ([], [True])
    assert "升级程序" in worker.problem
    worker.end()
    assert rows(province.url, "SELECT problem <> '' FROM worker") == [(True,)]
    assert back(fleet) == []


def test_again_begins_what_was_set_aside_and_makes_up_for_what_was_missed(
    fleet: Fleet, worker: Worker
) -> None:
    look(fleet)
    asked(fleet, "yunling")
    with writing(fleet.engine) as connection:
        for _ in range(setbacks.TRIES):
            assert setbacks.begin(connection, "yunling", "collect", 1) is not None
        setbacks.put_aside(connection, "yunling", "collect", 1)
    assert look(fleet) == []
    (entry,) = [each for each in _entries(fleet) if each.key == "yunling"]
    assert again(fleet, entry, "backup") == []
    assert again(fleet, entry) == ["collect"]
    assert look(fleet) == [("yunling", "collect")]
    worker.work("yunling", "collect")
    with tables(_config(fleet, "yunling")) as engine, reading(engine) as connection:
        (miss,) = jobs.misses(connection, 0, 2**40)
        assert (miss.why, miss.made_up_at is not None) == ("failed", True)
    assert standing(fleet).is_well


def test_another_config_begins_again_too(province: Province, fleet: Fleet) -> None:
    look(fleet)
    with writing(fleet.engine) as connection:
        for _ in range(setbacks.TRIES):
            setbacks.begin(connection, "yunling", "collect", 1)
        setbacks.put_aside(connection, "yunling", "collect", 1)
    founding.found(province, NOW, str)
    assert len(back(fleet)) == 1
    file = province.folder / "yunling.toml"
    file.write_text(file.read_text("utf-8").replace("云岭发布抖音号", "云岭抖音"), "utf-8")
    founding.found(province, NOW, str)
    assert (back(fleet), look(fleet)) == ([], [("yunling", "collect")])


def test_who_was_not_heard_of_for_long_ends_nothing_of_who_came_after(
    fleet: Fleet, worker: Worker
) -> None:
    """A worker freezes, its start is cut off and begun by another; then it goes on."""
    look(fleet)
    asked(fleet, "yunling")
    (entry,) = [each for each in _entries(fleet) if each.key == "yunling"]
    with tables(_config(fleet, "yunling")) as engine:
        frozen = worker._begin(engine, entry, "collect")
        assert frozen is not None
        age(fleet, "yunling", 61)
        assert look(fleet) == [("yunling", "collect")]
        after = worker._begin(engine, entry, "collect")
        assert after is not None
        worker._end(engine, entry, "collect", frozen - 61, WorkResult("done"))
        with reading(engine) as connection:
            assert "collect" in jobs.at_work(connection)
        worker._end(engine, entry, "collect", after, WorkResult("done"))
        with reading(engine) as connection:
            assert jobs.at_work(connection) == {}
    assert back(fleet) == []


def test_a_look_that_hung_undoes_nothing_of_the_looks_since(fleet: Fleet) -> None:
    look(fleet)
    age(fleet, "yunling", HOUR)
    look(fleet)
    with tables(_config(fleet, "yunling")) as engine:
        with reading(engine) as connection:
            waits = jobs.waiting(connection)
        assert "collect" in waits
        then = int(fleet.now().timestamp()) - HOUR + 60
        looking._note_due(engine, jobs_of(_config(fleet, "yunling")), then, None)
        with reading(engine) as connection:
            assert jobs.waiting(connection) == waits


def test_a_worker_that_hangs_while_looking_holds_up_the_others_for_some_minutes_only(
    fleet: Fleet, worker: Worker
) -> None:
    assert worker.look() == []
    asked(fleet, "yunling")
    with held(fleet.engine, "service"):
        assert worker.look() == []
        _do(fleet.engine, "UPDATE state SET value = '1' WHERE name = 'looked_at'")
        assert worker.look() == [("yunling", "collect")]
    assert worker.fits()


def test_a_child_that_lost_its_lock_stops(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server closed its session: another machine may begin the same work."""

    def cut_off(_engine: Engine, _config: Config, _now: datetime, stop: Event) -> WorkResult:
        _do(
            fleet.engine,
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()",
        )
        return WorkResult("stopped" if stop.wait(30) else "done")

    monkeypatch.setattr(children, "HELD_SECONDS", 0.05)
    monkeypatch.setattr(children, "WORKS", {**WORKS, "collect": WorkKind(cut_off, again=True)})
    result = children.do("collect", _config(fleet, "yunling"), Event(), None)
    assert (result.outcome, "断过" in result.problem) == ("storage", True)


def test_a_job_that_is_no_longer_scheduled_holds_nothing_up(fleet: Fleet, worker: Worker) -> None:
    look(fleet)
    with writing(fleet.engine) as connection:
        setbacks.begin(connection, "yunling", "mail", 1)  # there is no [mail]
    look(fleet)
    assert back(fleet) == []
