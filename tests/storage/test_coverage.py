"""Coverage of an account worked out by hand from readings typed as (first, last, at its limit)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from adapters.records import Metrics, Post
from storage import database, schema
from storage.known import Known
from storage.views.coverage import Reach, gaps, kinds, reaches, union
from storage.views.valued import Question
from storage.views.view import View
from storage.writing import writes
from storage.writing.reading import Reading

ZONE = ZoneInfo("Asia/Shanghai")


def at(month: int, day: int, hour: int = 0, second: int = 0) -> int:
    return int(datetime(2026, month, day, hour, 0, second, tzinfo=ZONE).timestamp())


def on(month: int, day: int) -> date:
    return date(2026, month, day)


@dataclass(frozen=True)
class Read:
    first: int | None
    last: int | None
    cut: bool = False
    observed: int = at(10, 8)
    outcome: str = "ok"
    kind: str = "file"
    withdrawn: int | None = None
    recorded: int = at(10, 8)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = database.open_database(f"sqlite:///{tmp_path / 'c.db'}")
    database.prepare(made, datetime(2026, 10, 8, tzinfo=ZONE))
    with database.writing(made) as connection:
        writes.accounts_known(connection, {"a": "douyin", "b": "douyin"})
    yield made
    made.dispose()


def store(engine: Engine, *readings: Read) -> None:
    with database.writing(engine) as connection:
        for number, each in enumerate(readings, start=1):
            row: dict[str, Any] = {
                "attempt_id": number, "run_id": 1, "account_id": 1, "source": f"{number}.xlsx", "adapter": "douyin",
                "kind": each.kind, "outcome": each.outcome, "observed_at": each.observed, "posts": 5, "new_posts": 5,
                "recorded_at": each.recorded, "first_published": each.first, "last_published": each.last,
                "cut_off": each.cut, "withdrawn_at": each.withdrawn, "figures": 0, "bad_rows": 0,
            }  # fmt: skip
            connection.execute(schema.attempt.insert().values(row))


def reach(
    engine: Engine, *, as_of: int = at(10, 9), known_at: int | None = None
) -> dict[str, Reach]:
    with database.reading(engine) as connection:
        known = Known() if known_at is None else Known.by(connection, known_at)
        question = Question(
            basis="published", start=at(7, 1), end=at(10, 1), as_of=as_of, known=known
        )
        return reaches(View(connection, question), ZONE)


def test_days_are_joined_cut_to_the_period_and_gaps_lie_between(engine: Engine) -> None:
    store(
        engine,
        Read(at(5, 1), at(7, 4, 8)),
        Read(at(7, 5, 20), at(7, 9)),
        Read(at(8, 1), at(8, 3)),
        Read(at(8, 2), at(8, 10)),
        Read(at(9, 30, 23), at(10, 5)),
        Read(at(10, 1), at(10, 2)),  # after the period
    )
    found = reach(engine)["a"]
    assert found.days == ((on(7, 1), on(7, 9)), (on(8, 1), on(8, 10)), (on(9, 30), on(9, 30)))
    assert (found.first, found.last) == (on(7, 1), on(9, 30))
    assert found.gaps == ((on(7, 10), on(7, 31)), (on(8, 11), on(9, 29)))
    assert reach(engine)["b"] == Reach()


def test_a_pass_through_a_list_is_no_source_beside_its_pages(engine: Engine) -> None:
    works = at(8, 1), at(8, 9)
    store(engine, Read(*works), Read(*works, kind="page"), Read(*works, kind="pass"))
    with database.reading(engine) as connection:
        question = Question(
            basis="published", start=at(7, 1), end=at(10, 1), as_of=at(10, 9), known=Known()
        )
        assert kinds(View(connection, question)) == {"a": {"file": 1, "page": 1}}


def test_the_last_looks_before_the_period_begins_and_ends(engine: Engine) -> None:
    looks = (at(6, 1), at(6, 20), at(8, 1), at(9, 20), at(10, 8))
    store(engine, *(Read(at(5, 1), at(5, 2), observed=each) for each in looks))
    found = reach(engine)["a"]
    assert (found.observed_at, found.opening, found.closing) == (at(10, 8), at(6, 20), at(9, 20))


def test_one_day_between_two_readings_is_a_gap(engine: Engine) -> None:
    store(engine, Read(at(7, 1), at(7, 9)), Read(at(7, 11), at(7, 12)))
    assert reach(engine)["a"].gaps == ((on(7, 10), on(7, 10)),)


@pytest.mark.parametrize(
    "hidden",
    [
        Read(at(8, 1), at(8, 9), outcome="unreachable"),
        Read(at(8, 1), at(8, 9), kind="correction"),
        Read(at(8, 1), at(8, 9), withdrawn=at(10, 8)),
        Read(at(8, 1), at(8, 9), observed=at(11, 1)),
        Read(at(8, 1), at(8, 9), kind="page"),  # it says nothing of the days' other posts
        Read(None, None),
    ],
)
def test_a_reading_that_does_not_count_covers_nothing(engine: Engine, hidden: Read) -> None:
    store(engine, hidden)
    assert reach(engine)["a"].days == ()


def test_a_pass_through_a_list_covers_what_its_pages_do_not(engine: Engine) -> None:
    page = Read(at(8, 1), at(8, 1), kind="page", observed=at(10, 7))
    store(engine, page, Read(at(8, 1), at(8, 20), kind="pass", observed=at(10, 7)))
    found = reach(engine)["a"]
    assert found.days == ((on(8, 1), on(8, 20)),)
    assert found.observed_at == at(10, 7)


def test_known_by_hides_later_readings_and_later_withdrawals(engine: Engine) -> None:
    store(
        engine,
        Read(at(8, 1), at(8, 9), withdrawn=at(10, 20), recorded=at(10, 8)),
        Read(at(9, 1), at(9, 9), recorded=at(10, 25)),
    )
    assert reach(engine, known_at=at(10, 10))["a"].days == ((on(8, 1), on(8, 9)),)
    assert reach(engine)["a"].days == ((on(9, 1), on(9, 9)),)


@pytest.mark.parametrize(
    ("readings", "open_parts"),
    [
        ([Read(at(8, 5), at(9, 30), cut=True)], (at(8, 5),)),
        ([Read(at(7, 1), at(9, 30), cut=True)], ()),  # it reaches the period's start
        ([Read(at(6, 1), at(9, 30), cut=True)], ()),
        ([Read(at(10, 3), at(10, 7), cut=True)], ()),  # it says nothing of the period
        ([Read(at(8, 5), at(9, 30), cut=True), Read(at(7, 1), at(8, 5))], ()),
        ([Read(at(8, 5), at(9, 30), cut=True), Read(at(7, 1), at(8, 4, 23))], (at(8, 5),)),
        ([Read(at(8, 5), at(9, 30), cut=True), Read(at(8, 5), at(9, 30), cut=True)], (at(8, 5),)),
        # week after week at the limit of ten works, each reaching into the one before; the first is open
        (
            [
                Read(at(7, 20), at(8, 1), cut=True),
                Read(at(7, 28), at(8, 9), cut=True),
                Read(at(8, 12), at(8, 20), cut=True),
            ],
            (at(7, 20), at(8, 12)),
        ),
    ],
)
def test_open_parts(engine: Engine, readings: list[Read], open_parts: tuple[int, ...]) -> None:
    store(engine, *readings)
    assert reach(engine)["a"].open_parts == open_parts


def test_the_observations_nearest_to_the_ends(engine: Engine) -> None:
    store(
        engine,
        *(
            Read(at(6, 1), at(6, 2), observed=moment)
            for moment in (at(6, 28), at(7, 2), at(9, 30, 20), at(10, 8))
        ),
    )
    found = reach(engine)["a"]
    assert (found.opening, found.closing, found.observed_at) == (
        at(6, 28),
        at(9, 30, 20),
        at(10, 8),
    )
    early = reach(engine, as_of=at(8, 1))["a"]
    assert (early.opening, early.closing, early.observed_at) == (at(6, 28), at(7, 2), at(7, 2))


def test_an_account_named_only_in_anothers_file_covers_its_own_days(engine: Engine) -> None:
    now = datetime(2026, 10, 8, tzinfo=ZONE)
    with database.writing(engine) as connection:
        numbers = writes.accounts_known(connection, {})
        reading = Reading(
            run_id=1, account="a", source="x.xlsx", adapter="ledger", kind="file", observed_at=now,
            observed_from="as-of", recorded_at=now, accounts={"乙": "b"},
        )  # fmt: skip
        posts = [
            Post(
                title=f"{day}", account="乙", kind="item", metrics=Metrics(),
                published_at=datetime(2026, 8, day, 9, tzinfo=ZONE),
            )
            for day in (3, 7)
        ]  # fmt: skip
        writes.store(connection, reading, posts, numbers)
    found = reach(engine)
    assert found["b"].days == ((on(8, 3), on(8, 7)),)


def test_union_and_gaps_of_several_accounts() -> None:
    one, two = ((on(7, 1), on(7, 5)),), ((on(7, 4), on(7, 6)), (on(7, 9), on(7, 9)))
    joined = union([one, two])
    assert joined == ((on(7, 1), on(7, 6)), (on(7, 9), on(7, 9)))
    assert gaps(joined) == ((on(7, 7), on(7, 8)),)
    assert gaps(()) == ()
