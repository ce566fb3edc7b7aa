"""The weekly figures of the example county, week by week through its year, against what its generator knows."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import Count
from reports.centre import Centre
from reports.weekly import Weekly, build
from reports.weekly.overall import NONE
from reports.weekly.weeks import week_from

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
WEEK = timedelta(days=7)
MONDAYS = [date(2025, 10, 6) + n * WEEK for n in range(0, 52, 3)]
LATER = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)

#: (account, first day, day after the last, as-of) → posts and sums, as the generator has them.
Truth = Callable[[str, date, date, datetime], dict[str, Any]]


@pytest.fixture(scope="module")
def truth() -> Iterator[Truth]:
    path = list(sys.path)
    made = runpy.run_path(str(EXAMPLES / "make_county.py"))
    known = sys.modules["county.truth"]
    told = known.stories(made["everything"]()[0])

    def ask(account: str, first: date, after: date, as_of: datetime) -> dict[str, Any]:
        period = (first.isoformat(), after.isoformat())
        moment = as_of.replace(tzinfo=None).isoformat()
        found: dict[str, Any] = known._published(account, told.get(account, []), period, moment)
        return found

    yield ask
    sys.path[:] = path
    for name in [each for each in sys.modules if each.partition(".")[0] == "county"]:
        del sys.modules[name]


def rows(value: Weekly) -> dict[str, dict[str, Any]]:
    """Account → the cells of its row by heading."""
    table = next(t for s in value.summary.sections for t in s.tables if t.id == "week.accounts")
    ids = [each.id for each in value.summary.accounts]
    return {
        account: dict(zip(table.headings, row, strict=True))
        for account, row in zip(ids, table.rows, strict=True)
    }


def stated(cell: Any) -> dict[str, Any] | None:
    if cell is None:
        return None
    assert isinstance(cell, Count)
    return {"value": cell.value, "bound": cell.bound}


@pytest.mark.parametrize("monday", MONDAYS, ids=str)
def test_each_account_of_each_week(
    monday: date, example_county: tuple[Connection, Centre], truth: Truth
) -> None:
    connection, centre = example_county
    now = datetime.combine(monday + WEEK, datetime.min.time(), SHANGHAI) + timedelta(
        hours=12, minutes=45
    )
    evening = now.replace(hour=23, minute=59, second=59)
    value = build(connection, centre, week_from(monday), as_of=now, known_by=LATER)
    compared = 0
    for account, row in rows(value).items():
        wanted = truth(account, monday, monday + WEEK, now)
        assert (row["发布"] or 0) == wanted["posts"], account
        for heading, metric in (
            ("阅读/播放量", "views"),
            ("阅读人数", "readers"),
            ("点赞数", "likes"),
        ):
            assert stated(row[heading]) == wanted[metric], (account, metric)
        if row["比前一周"] == NONE:
            continue
        compared += 1
        metric = "views" if wanted["views"] is not None else "readers"
        before = [
            truth(account, monday - WEEK, monday, moment - WEEK)[metric]
            for moment in (now, evening)
        ]
        changes = {wanted[metric]["value"] - each["value"] for each in before if each is not None}
        assert int(row["比前一周"]) in changes, account
    posts = sum(
        truth(each.id, monday, monday + WEEK, now)["posts"] for each in value.summary.accounts
    )
    assert value.summary.total.posts == posts
    if monday == date(2026, 6, 29):
        assert compared > 0
