"""A simulated year: every due job is run or its miss is stated, and nothing is run twice."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest

from collector.service.ticking import GRACE
from storage.database import reading
from storage.operations import jobs
from tests.collector.service.simulated import SCHEDULE, Year, due_times, quick_database
from tests.storage.build import SHANGHAI


@pytest.fixture(
    scope="module",
    params=[(2026, 1), pytest.param((2029, 2), marks=pytest.mark.slow)],
    ids=["53 ISO weeks", "53 Mondays"],
)
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A whole year, and a little more in which what was missed at its end is made up for."""
    year, seed = request.param
    first = datetime(year, 1, 1, 0, 0, 30, tzinfo=SHANGHAI)
    until = datetime(year + 1, 2, 10, tzinfo=SHANGHAI)
    made = Year(
        engine=quick_database(tmp_path_factory.mktemp("year") / "year.db", first),
        now=int(first.timestamp()),
        until=int(until.timestamp()),
        chance=random.Random(seed),
        dues=due_times(first, until + timedelta(days=30)),
    )
    made.live()
    return made


def test_every_due_job_is_run_or_its_miss_is_stated(lived: Year) -> None:
    year = datetime.fromtimestamp(lived.dues[0][0], SHANGHAI).year
    end = int(datetime(year + 1, 1, 1, tzinfo=SHANGHAI).timestamp())
    with reading(lived.engine) as connection:
        told = jobs.misses(connection, 0, end)
        sql = "SELECT name, due_at, started_at, outcome, missed, made_up_at FROM job WHERE outcome <> 'begun'"
        rows = {(row[0], row[1]): row[2:] for row in connection.exec_driver_sql(sql)}
    dues = [(name, due) for due, name in lived.dues if due < end]
    assert sum(name == "mail" for name, _ in dues) == (52 if year == 2026 else 53)
    assert {each for each in dues if each not in rows} == set()
    whys: Counter[str | None] = Counter()
    for name, due in dues:
        started, outcome, why, made_up = rows[name, due]
        whys[why] += 1
        if why is None:
            assert started - due <= GRACE
            assert outcome in ("done", "failed")
            continue
        later = [call for call in lived.calls if call[0] == name and call[1] > due - 1]
        first_done = next(
            at for _, at, ended in later if ended == "done" and at >= (started or due)
        )
        assert made_up == first_done
        if why in ("off", "asleep"):
            assert any(a - 60 - GRACE <= due <= b for a, b, w in lived.gone if w == why), (
                name,
                due,
                why,
            )
        assert sum(m.number for m in told if m.job == name and m.first_due <= due <= m.last_due) > 0
    assert whys.keys() == {None, "off", "asleep", "busy", "interrupted"}
    extra = [key for key in rows if key[1] < end and key not in set(dues)]
    assert len(extra) <= sum(call[2] == "killed" for call in lived.calls)
    assert lived.refused == lived.starts > 20


def test_several_misses_of_one_job_are_one_run(lived: Year) -> None:
    by_name: dict[str, list[int]] = defaultdict(list)
    for due, name in lived.dues:
        by_name[name].append(due)
    for name in SCHEDULE:
        calls = [(at, ended) for job, at, ended in lived.calls if job == name]
        handled = [
            bisect_left(by_name[name], at + 1) for at, _ in calls
        ]  # due times until it began
        again = [
            before for (before, ended), n, m in zip(calls, handled, handled[1:], strict=False) if n == m
            and ended != "killed"
        ]  # fmt: skip
        assert again == [], name
