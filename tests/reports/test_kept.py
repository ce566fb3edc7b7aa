"""A ledger of last year says nothing of this year; the days that its name states are covered without any row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.moments import SHANGHAI
from adapters.records import Headings, Post
from reports.centre import AccountInfo, Centre
from reports.figures.kept import LedgerRows
from reports.periods import parse_period
from reports.summary import build
from storage import database
from storage.writing import writes
from storage.writing.reading import Reading

CENTRE = Centre(
    name="小县融媒体中心",
    accounts=(
        AccountInfo(id="tz", name="台账", platform="ledger", platform_name="台账", ledger=True),
    ),
    thresholds={"views": [100_000]},
)  # fmt: skip


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI)


#: (name of the file, the day it shows, days of its placements); period → placements (None: 无数据)
CASES = {
    "delivered in the new year": (
        [("台账.xlsx", "2026-01-05", ["2025-11-10", "2025-11-13"])],
        {"2026Q1": None, "2025Q4": 2, "2025-12": None, "2025-11-11..2025-11-12": 0, "2025Q3": None},
    ),
    "its name says the year": (
        [("2025年台账.xlsx", "2026-01-05", ["2025-11-10"])],
        {"2025Q4": 1, "2025Q1": 0, "2026Q1": None},
    ),
    "up to a month": (
        [("外宣（截至9月底）.xlsx", "2026-10-08", ["2026-02-10"])],
        {"2026Q3": 0, "2026-03": 0, "2026-10": None, "2026-01": None, "2026Q1": 1},
    ),
    "a book for each month": (
        [
            ("1月.xlsx", "2026-02-02", ["2026-01-10"]),
            ("3月.xlsx", "2026-04-02", ["2026-03-10"]),
        ],
        {"2026-01-20..2026-01-31": 0, "2026-02": None, "2026-03-01..2026-03-09": 0, "2026Q1": 2},
    ),
    "delivered before the year it names is over": (
        [("2026年.xlsx", "2026-07-05", ["2026-02-10"])],
        {"2026-06": 0, "2026Q3": None},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_covered_is_not_zero(tmp_path: Path, case: str) -> None:
    books, wanted = CASES[case]
    engine = database.open_database(f"sqlite:///{tmp_path / 'kept.db'}")
    database.prepare(engine, at("2026-01-01"))
    with database.writing(engine) as connection:
        numbers = writes.accounts_known(connection, {"tz": "ledger"})
        run = writes.start_run(connection, "import", at("2026-01-01"))
        for name, seen, days in books:
            moment = at(seen) + timedelta(hours=23)
            reading = Reading(
                run_id=run, account="tz", source=name, adapter="ledger", kind="file",
                observed_at=moment, observed_from="name", recorded_at=moment, replaces=True,
            )  # fmt: skip
            says = Headings(
                layout="外宣台账", mapped={}, kind="placement", says=("外宣", name[:-5])
            )
            rows = [
                Post(
                    title=f"见报{day}", published_at=at(day), date_only=True, kind="placement",
                    details={"outlet": "省日报"},
                )
                for day in days
            ]  # fmt: skip
            writes.store(connection, reading, [says, *rows], numbers)
    now = at("2026-12-01")
    with database.reading(engine) as connection:
        for period, posts in wanted.items():
            made = build(connection, CENTRE, parse_period(period), "published", now, now)
            found = made.data["placements"]
            assert (None if found is None else found["posts"]) == posts, period
    engine.dispose()


def test_ranges_beyond_the_period_say_nothing_of_its_edges() -> None:
    wanted = date(2026, 7, 1), date(2026, 9, 30)
    before, after = (date(2026, 1, 1), date(2026, 6, 30)), (date(2026, 10, 1), date(2026, 10, 8))
    whole = LedgerRows(days=(before, wanted, after), wanted=wanted)
    assert whole.edges("台账") == ""
    part = replace(whole, days=(before, (date(2026, 7, 9), date(2026, 9, 30)), after))
    assert part.edges("台账") == "台账只覆盖2026年7月9日—9月30日，此外的日子不能确定"
    assert replace(whole, days=(before, after)).edges("台账") == ""
