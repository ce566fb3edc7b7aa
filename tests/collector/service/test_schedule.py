"""Crontabs, and which jobs there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from collector.config.loading import ConfigError, parse
from collector.service.works import dues, jobs_of, next_due
from reports.figures.missing import JOBS
from tests.collector.centre import CONFIG
from tests.collector.service.simulated import SCHEDULE, due_times
from tests.storage.build import SHANGHAI

MAIL = '\n[mail]\nhost = "smtp.example.cn"\nfrom = "a@example.cn"\nto = ["b@example.cn"]\n'


def schedule(text: str) -> dict[str, str]:
    return jobs_of(parse(CONFIG + text, Path("config.toml")))


@pytest.mark.parametrize("crontab", ["* * * * *", "*/7 8-10,22 1,15 * *", "50 23 last 3,6,9,12 *"])
def test_due_times_of_a_span_are_those_of_its_parts(crontab: str) -> None:
    begin = int(datetime(2026, 9, 29, 22, 40, 7, tzinfo=SHANGHAI).timestamp())
    ends = [begin + hours * 3_600 for hours in (0, 1, 2, 25, 26, 60, 400)]
    parts = [due for after, until in pairwise(ends) for due in dues(crontab, after, until)]
    assert parts == list(dues(crontab, begin, ends[-1]))
    assert parts


@pytest.mark.parametrize("year", [2024, 2026])  # a leap year, and one with 53 weeks
def test_due_times_are_those_of_a_clock_read_minute_by_minute(year: int) -> None:
    first = datetime(year, 1, 1, tzinfo=SHANGHAI)
    until = datetime(year + 1, 1, 1, tzinfo=SHANGHAI)
    start, end = int(first.timestamp()), int(until.timestamp())
    found = sorted((due, name) for name, tab in SCHEDULE.items() for due in dues(tab, start, end))
    assert found == sorted(due_times(first, until))


def test_a_due_time_belongs_to_the_span_that_it_ends() -> None:
    eight = int(datetime(2026, 10, 8, 8, 7, tzinfo=SHANGHAI).timestamp())
    assert list(dues("7 * * * *", eight - 1, eight)) == [eight]
    assert list(dues("7 * * * *", eight, eight + 3_599)) == []


def test_the_next_one() -> None:
    now = datetime(2026, 10, 8, 9, tzinfo=SHANGHAI)
    assert next_due("45 12 * * mon", now) == datetime(2026, 10, 12, 12, 45, tzinfo=SHANGHAI)
    assert next_due("0 0 29 2 *", now) == datetime(2028, 2, 29, tzinfo=SHANGHAI)
    assert next_due("0 0 30 2 *", now) is None
    assert next_due("50 23 last 3,6,9,12 *", now) == datetime(2026, 12, 31, 23, 50, tzinfo=SHANGHAI)
    assert next_due("* * * * *", now) == now + timedelta(minutes=1)


def test_jobs_are_those_that_config_asks_for_and_those_that_are_always_there() -> None:
    assert schedule("").keys() == JOBS.keys() - {"mail"}  # nobody to send it to
    assert schedule(MAIL).keys() == JOBS.keys()
    assert schedule(f'{MAIL}[schedule]\nmail = ""\nbackup = ""').keys() == JOBS.keys() - {
        "mail",
        "backup",
    }
    assert schedule('[schedule]\ncollect = "0 8 * * *"')["collect"] == "0 8 * * *"


@pytest.mark.parametrize(
    ("crontab", "told"),
    [
        ("61 * * * *", "“分”应在 0—59 之间"),
        ("0 24 * * *", "“时”应在 0—23 之间"),
        ("0 0 32 * *", "“日”应在 1—31 之间"),
        ("0 0 1 13 *", "“月”应在 1—12 之间"),
        ("0 0 * * sun-mon", "请核对"),
        ("-- * * * *", "请核对"),
    ],
)
def test_a_crontab_that_cannot_be_is_named(crontab: str, told: str) -> None:
    with pytest.raises(ConfigError) as problem:
        schedule(f'[schedule]\ncollect = "{crontab}"')
    assert "[schedule] collect" in str(problem.value)
    assert told in str(problem.value)
