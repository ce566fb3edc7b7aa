"""A wrong clock does no harm that time does not undo: what cannot be taken back waits for a second look."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from collector.service import children
from collector.service.lock import held
from collector.service.serving import Serving
from collector.service.trust import SECOND_LOOK, Trust, doubt
from collector.service.watching import Accepted
from collector.service.works import CAREFUL, WORKS, WorkResult
from reports.figures.missing import JOBS
from storage.bulk import seconds
from storage.database import reading, writing
from storage.operations import jobs
from storage.writing import writes
from tests.collector.centre import CONFIG, Centre, centre
from tests.collector.service.live import live, status, until
from tests.collector.service.simulated import quick_database
from tests.collector.service.test_clock import FAKETIME
from tests.storage.build import SHANGHAI

DAY, MINUTE = 86_400, 60
START = datetime(2026, 11, 28, 10, 0, tzinfo=SHANGHAI)
#: The last word that a life before left (days before the start; None: no life before), then what the wall clock does:
#: (minutes that pass, by how many days it is set at their end); and whether it is believed at the end.
CLOCKS: list[tuple[str, float | None, list[tuple[int, float]], bool]] = [
    ("an ordinary day", None, [(1, 0)] * 20, True),
    ("a night off", 0.6, [(0, 0)], True),
    ("a first start", None, [(0, 0)], True),
    ("ahead by a day", 0, [(1, 0.9), (1, 0)], True),
    ("ahead by 40 days", 0, [(1, 40)], False),
    ("ahead for 70 seconds", 0, [(1, 40), (1, 0), (0, -40)], True),
    ("ahead for five minutes", 0, [(1, 400), *[(1, 0)] * 4], False),
    ("ahead for five minutes and back", 0, [(1, 400), *[(1, 0)] * 4, (1, -400)], True),
    ("ahead for good", 0, [(1, 40), *[(1, 0)] * 10], True),
    ("ahead for good, then set right", 0, [(1, 40), *[(1, 0)] * 10, (1, -40)], False),
    ("set right, and looked at again", 0, [(1, 40), *[(1, 0)] * 10, (1, -40), *[(1, 0)] * 10], True),
    ("set twice", 0, [(1, 40), *[(1, 0)] * 9, (1, 40), *[(1, 0)] * 9], False),
    ("behind by 40 days", 0, [(1, -40)], False),
    ("behind for good", 0, [(1, -40), *[(1, 0)] * 10], True),
    ("off for 40 days", 40, [(0, 0)], False),
    ("off for 40 days, ten minutes on", 40, [(0, 0), *[(1, 0)] * 10], True),
    ("started with a clock of 2000", -9_800, [(0, 0), *[(1, 0)] * 9], False),
    ("started ahead, set right at once", 0, [(0, 40), (2, -40)], True),
    ("slept for a week", 0, [(1, 0), (1, 7)], False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("left", "does", "believed"), [each[1:] for each in CLOCKS], ids=[each[0] for each in CLOCKS]
)
def test_what_is_believed(
    left: float | None, does: list[tuple[int, float]], believed: bool
) -> None:
    wall, ticks = float(seconds(START)), 1_000.0
    there = Trust(None if left is None else int(wall - left * DAY))
    for minutes, days in does:
        wall += minutes * MINUTE + days * DAY
        ticks += minutes * MINUTE
        there.look(int(wall), ticks)
    assert there.holds(int(wall)) is believed
    assert bool(there.words) is not believed
    assert not there.holds(int(wall) + 2 * DAY)


def test_what_cannot_be_taken_back() -> None:
    assert {"mail", "summary", "clean_up", "retry"} == CAREFUL
    assert {name for name, each in WORKS.items() if each.tells} == {"collect", "quarter", "inbox"}


class Children:
    """Works that only say when they were asked for, and with what moment."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int | None]] = []

    def run(self, name: str, path: Path, config: str, sure_at: int | None) -> WorkResult:
        self.asked.append((name, sure_at))
        return WorkResult("done")


class Service:
    """A service whose looks and work come one by one, at a clock that a test sets."""

    def __init__(self, made: Centre, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.ticks = now, 0.0
        monkeypatch.setattr("collector.service.serving.monotonic", lambda: self.ticks)
        self.children = Children()
        self.states: list[dict[str, object]] = []
        self.serving = Serving(
            accepted=Accepted(made.folder / "config.toml"),
            engine=quick_database(made.folder / "data.db", now),
            clock=lambda: self.now,
            still_held=lambda: True,
            set_up_logs=lambda _config: None,
            beat=self.beat,
            children=self.children,  # type: ignore[arg-type]
        )

    def beat(self, _config: object, state: object) -> None:
        assert isinstance(state, dict)
        self.states.append(state)

    def minutes(self, number: int, days: float = 0.0) -> list[str]:
        """The clock is set by so many days; then so many minutes pass. The works that were done."""
        self.now += timedelta(days=days)
        self.children.asked.clear()
        for _ in range(number):
            self.now += timedelta(minutes=1)
            self.ticks += 60
            self.serving.look()
            self.serving.work()
        return [name for name, _ in self.children.asked]


MAIL = '\n[mail]\nhost = "smtp.example.cn"\nfrom = "a@b.cn"\nto = ["c@d.cn"]\n'
SUNDAY = datetime(2026, 11, 29, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    return Service(centre(tmp_path, CONFIG + MAIL), SUNDAY, monkeypatch)


def test_a_jump_of_40_days_for_70_seconds(service: Service) -> None:
    """It gathers (that is undone by time), but mails, tells and clears nothing; the true Monday's mail goes out."""
    service.minutes(2)
    done = service.minutes(2, days=40)
    assert "collect" in done
    assert not CAREFUL & set(done)
    assert {at for name, at in service.children.asked if name == "collect"} == {None}
    assert "晚了40天" in str(service.states[-1]["clock_problem"])
    assert not CAREFUL & set(service.minutes(5, days=-40))
    assert service.states[-1]["clock_problem"] == ""
    service.now += timedelta(hours=12)
    service.minutes(1)
    service.now = datetime(2026, 11, 30, 12, 40, tzinfo=SHANGHAI)
    assert service.minutes(10).count("mail") == 1


def test_after_40_days_off_it_works_on_a_second_look(service: Service) -> None:
    service.minutes(2)
    later = service.minutes(9, days=40)
    assert "collect" in later
    assert not CAREFUL & set(later)
    done = service.minutes(5)
    assert {"mail", "summary", "clean_up"} <= set(done)
    with reading(service.serving.engine) as connection:
        whys = {each.why for each in jobs.misses(connection, 0, 2**40) if each.job == "mail"}
    assert whys == {"asleep"}


def test_what_waited_for_the_second_look_says_so(service: Service) -> None:
    service.minutes(2)
    service.now = datetime(2027, 1, 4, 12, 40, tzinfo=SHANGHAI)
    assert "mail" not in service.minutes(9)
    assert "mail" in service.minutes(5)
    with reading(service.serving.engine) as connection:
        (mail,) = [
            each
            for each in jobs.misses(connection, seconds(service.now) - DAY, 2**40)
            if each.job == "mail"
        ]
    assert mail.why == "clock"


def test_a_start_with_a_wrong_clock_goes_by_what_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = centre(tmp_path, CONFIG + MAIL)
    first = Service(made, SUNDAY, monkeypatch)
    first.minutes(2)
    first.serving.engine.dispose()
    again = Service(made, SUNDAY + timedelta(days=40), monkeypatch)
    assert not CAREFUL & set(again.minutes(3))
    # it dies meanwhile: what it noted in doubt is no ground for belief, the word it left is
    beat = made.folder / "data" / "heartbeat.json"
    beat.parent.mkdir(exist_ok=True)
    beat.write_text(json.dumps(again.states[-1], default=str), encoding="utf-8")
    again.serving.engine.dispose()
    third = Service(made, SUNDAY + timedelta(days=40, minutes=4), monkeypatch)
    assert not CAREFUL & set(third.minutes(3))
    assert CAREFUL & set(third.minutes(12))


@pytest.mark.parametrize("name", sorted(CAREFUL))
@pytest.mark.parametrize("off", [None, -40 * DAY, 40 * DAY])
def test_a_child_looks_at_its_own_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, off: int | None
) -> None:
    made = centre(tmp_path, CONFIG + MAIL)
    monkeypatch.setattr(children, "clock", lambda: START)
    sure_at = None if off is None else seconds(START) + off
    answer = children.do(name, made.app.config, Event(), sure_at)
    assert answer.outcome == "busy"
    assert "时钟" in answer.problem


def test_jobs_that_wait_are_jobs() -> None:
    assert CAREFUL - {"retry"} <= set(JOBS)


#: Days from the last run, and from the last look of a service, to now; whether a command by hand believes its clock.
TRACES = [
    (None, None, True),
    (0, None, True),
    (7, None, True),
    (9, None, False),
    (-0.5, None, True),
    (-2, None, False),
    (400, 0, True),  # commands are rare where a service runs
    (0, 400, True),  # the service was given up long ago
    (40, 40, False),
    (-40, -40, False),
    (None, 40, False),
]


@pytest.mark.parametrize(("ran", "served", "believed"), TRACES)
def test_a_command_by_hand_goes_by_the_last_trace(
    tmp_path: Path, ran: float | None, served: float | None, believed: bool
) -> None:
    made = centre(tmp_path)
    engine, moment = made.app.engine, seconds(START)
    with writing(engine) as connection:
        writes.start_run(connection, "now", START + timedelta(days=900))  # an old slip
        if ran is not None:
            writes.start_run(connection, "now", START - timedelta(days=ran))
        else:
            connection.exec_driver_sql("DELETE FROM run")
        if served is not None:
            jobs.start_service(connection, "pc", 1, "0", moment - int(served * DAY))
    assert (doubt(engine, made.app.config, START) == "") is believed


def test_a_command_by_hand_doubts_what_the_running_service_doubts(tmp_path: Path) -> None:
    made = centre(tmp_path)
    engine, config = made.app.engine, made.app.config
    beat = config.path(config.service.heartbeat_file)
    beat.parent.mkdir(parents=True, exist_ok=True)
    beat.write_text(json.dumps({"clock_problem": "电脑的时钟晚了40天"}), encoding="utf-8")
    assert doubt(engine, config, START) == ""  # it no longer runs
    with held(engine, "service"):
        assert doubt(engine, config, START) == "电脑的时钟晚了40天"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or not FAKETIME, reason="libfaketime is not installed")
def test_the_live_service_mails_nothing_while_its_clock_is_ahead(tmp_path: Path) -> None:
    made = centre(tmp_path, CONFIG + MAIL + '\n[schedule]\nsummary = "* * * * *"\n')
    ahead = tmp_path / "ahead"
    ahead.write_text("+0\n")
    faked = {
        "LD_PRELOAD": FAKETIME,
        "FAKETIME_TIMESTAMP_FILE": str(ahead),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    summaries = made.folder / "reports_out"
    with live(made, faked) as serving:
        until(lambda: list(summaries.glob("*.docx")), 150)
        ahead.write_text("+40d\n")
        until(lambda: "晚了40天" in serving.said(), 100)
        until(lambda: "晚了40天" in str(status(made)["service"]["clock_problem"]))
        time.sleep(70)
        ahead.write_text("+0\n")
        until(lambda: "时钟核对过了" in serving.said(), 100)
        assert (
            len({each.stem for each in summaries.glob("总结-*")}) == 1
        )  # none of the quarter under way
        assert serving.stop() == 0
    with closing(sqlite3.connect(made.folder / "data" / "baokuan.db")) as connection:
        assert connection.execute("SELECT count(*) FROM delivery").fetchone() == (0,)


def test_the_second_look_outlasts_a_time_server() -> None:
    assert 5 * MINUTE <= SECOND_LOOK <= 30 * MINUTE
