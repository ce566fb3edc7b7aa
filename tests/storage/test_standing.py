"""Followers at a moment: the last observation at or before it, by what was told and not withdrawn by then."""

from __future__ import annotations

from datetime import timedelta

from adapters.records import AccountFigures, Count, at_least
from storage import database
from storage.known import Known
from storage.views.standing import standing
from tests.storage.build import DAY, START, Store, at, epoch


def followers(value: int | Count, day: int) -> AccountFigures:
    count = value if isinstance(value, Count) else Count(value)
    return AccountFigures(figures={"followers": count}, observed_at=at(day * DAY))


def found(store: Store, *days: int, known_by: int | None = None) -> list[tuple[int, str] | None]:
    with database.reading(store.engine) as connection:
        known = Known() if known_by is None else Known.by(connection, epoch(known_by))
        moments = [epoch(day * DAY) for day in days]
        there = standing(connection, "followers", moments, known, max(moments)).get(
            "a", [None] * len(days)
        )
    return [None if each is None else (each.value.value, each.value.bound) for each in there]


def test_the_last_one_at_or_before(store: Store) -> None:
    store.put([followers(100, 10), followers(120, 20), followers(90, 30)], 31 * DAY)
    assert found(store, 9, 10, 19, 20, 99) == [
        None,
        (100, "exact"),
        (100, "exact"),
        (120, "exact"),
        (90, "exact"),  # a fall is a fall
    ]


def test_what_one_day_brought_is_no_standing_value(store: Store) -> None:
    day = (START + timedelta(days=10)).date()
    store.put(
        [
            followers(100, 5),
            AccountFigures(figures={"followers": Count(7)}, observed_at=at(11 * DAY - 1), day=day),
        ],
        12 * DAY,
    )
    assert found(store, 20) == [(100, "exact")]


def test_a_bound_below_an_exact_value(store: Store) -> None:
    store.put([followers(120_500, 5), followers(at_least(120_000), 6)], 7 * DAY)
    assert found(store, 5, 6) == [(120_500, "exact"), (120_500, "at_least")]


def test_known_by_and_withdrawn(store: Store) -> None:
    store.put([followers(100, 5)], 6 * DAY, source="一.xlsx")
    first = store.clock
    wrong = store.put([followers(999, 8)], 9 * DAY, source="二.xlsx")
    second = store.clock
    store.retract(wrong.attempt_id)
    assert found(store, 10) == [(100, "exact")]
    assert found(store, 10, known_by=second) == [(999, "exact")]
    assert found(store, 10, known_by=first) == [(100, "exact")]
    assert found(store, 10, known_by=0) == [None]
