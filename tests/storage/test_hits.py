"""Hits: when a threshold was crossed, between which observations, and what takes it back."""

from __future__ import annotations

import pytest

from adapters.records import about, at_least
from storage import database
from storage.writing import upkeep
from tests.storage.build import DAY, Store, epoch, hits, post


def seen(store: Store, *looks: tuple[int, object]) -> None:
    """One post, at these days showing these views."""
    for day, views in looks:
        store.put([post("作品", 0, key="1", views=views)], day * DAY)


def test_first_seen_above(store: Store) -> None:
    seen(store, (1, 150_000))
    assert hits(store) == [
        (1, "views", 1_000, None, DAY, 150_000, None, False),
        (1, "views", 100_000, None, DAY, 150_000, None, False),
    ]


def test_crossed_between_two_looks(store: Store) -> None:
    seen(store, (1, 500), (2, 900), (3, 1_200), (4, 5_000))
    assert hits(store) == [(1, "views", 1_000, 2 * DAY, 3 * DAY, 1_200, None, False)]


def test_a_fall_after_the_crossing_leaves_it(store: Store) -> None:
    seen(store, (1, 500), (2, 1_200), (3, 800), (4, 1_500))
    assert hits(store) == [(1, "views", 1_000, DAY, 2 * DAY, 1_200, None, False)]
    assert store.faults() == []


def test_a_late_file_narrows_the_bracket(store: Store) -> None:
    seen(store, (1, 500), (9, 1_200), (5, 700), (7, 1_100))
    assert hits(store) == [(1, "views", 1_000, 5 * DAY, 7 * DAY, 1_100, None, False)]
    assert store.faults() == []


def test_at_least_proves_one_and_leaves_the_other_open(store: Store) -> None:
    seen(store, (1, at_least(100_001)))
    assert [(row[2], row[5], row[6]) for row in hits(store)] == [
        (1_000, 100_001, "+"),
        (100_000, 100_001, "+"),
    ]
    totals = store.ask()
    assert totals is not None
    assert totals.hits["views"] == {1_000: 1, 100_000: 1, 1_000_000: 0}
    assert totals.unknown["views"] == {1_000: 0, 100_000: 0, 1_000_000: 1}


@pytest.mark.parametrize(("cut", "found", "open_"), [(True, 1, 0), (False, 0, 1), (None, 0, 1)])
def test_shown_as_ten_wan(store: Store, cut: bool | None, found: int, open_: int) -> None:
    seen(store, (1, about(100_000, 1_000, cut=cut)))
    totals = store.ask()
    assert totals is not None
    assert (totals.hits["views"][100_000], totals.unknown["views"][100_000]) == (found, open_)
    assert len([row for row in hits(store) if row[2] == 100_000]) == found


def test_readers_prove_views(store: Store) -> None:
    store.put([post("作品", 0, readers=100_000), post("二", 60, readers=99_999)], DAY)
    totals = store.ask()
    assert totals is not None
    assert totals.hits["views"][100_000] == 1
    assert totals.unknown["views"][100_000] == 1
    assert [row[:3] for row in hits(store) if row[2] == 100_000] == [(1, "views", 100_000)]


def test_a_new_threshold_finds_old_crossings(store: Store) -> None:
    seen(store, (1, 500), (2, 5_500), (3, 90_000))
    with database.writing(store.engine) as connection:
        upkeep.keep_thresholds(connection, {"views": [5_000, 50_000]}, epoch(400 * DAY))
    found = [row for row in hits(store) if row[2] != 1_000]
    assert found == [
        (1, "views", 5_000, DAY, 2 * DAY, 5_500, None, False),
        (1, "views", 50_000, 2 * DAY, 3 * DAY, 90_000, None, False),
    ]
    assert store.faults() == []


def test_a_dropped_threshold_and_back(store: Store) -> None:
    seen(store, (1, 2_000))
    before = hits(store)
    with database.writing(store.engine) as connection:
        upkeep.keep_thresholds(connection, {"likes": [10]}, epoch(0))
    seen(store, (2, 3_000))
    with database.writing(store.engine) as connection:
        upkeep.keep_thresholds(connection, store.thresholds, epoch(0))
    assert hits(store) == before
    assert store.faults() == []


def test_a_withdrawn_reading_takes_its_hit_along(store: Store) -> None:
    seen(store, (1, 500))
    wrong = store.put([post("作品", 0, key="1", views=5_000)], 2 * DAY)
    assert wrong.hits == 1
    store.retract(wrong.attempt_id)
    assert hits(store) == []
    assert store.faults() == []


def test_an_announced_hit_is_revoked_not_forgotten(store: Store) -> None:
    wrong = store.put([post("作品", 0, key="1", views=5_000)], 2 * DAY)
    with database.writing(store.engine) as connection:
        connection.exec_driver_sql("UPDATE hit SET announced_at = 1")
    store.retract(wrong.attempt_id)
    assert [row[-1] for row in hits(store)] == [True]
    assert store.faults() == []
    seen(store, (3, 500), (4, 1_500))  # reached after all: stands again, is not announced again
    assert hits(store) == [(1, "views", 1_000, 3 * DAY, 4 * DAY, 1_500, None, False)]
    assert store.rows("SELECT announced_at FROM hit") == [(1,)]
    assert store.faults() == []


GAINED = [
    # looks, hits and unknown of 1,000 in days 10 to 20
    ([(11, 500), (15, 1_500)], (1, 0)),
    ([(5, 500), (15, 1_500)], (0, 1)),  # straddles the start
    ([(15, 500), (25, 1_500)], (0, 1)),  # straddles the end
    ([(5, 500), (25, 1_500)], (0, 1)),
    ([(5, 500), (8, 1_500), (15, 2_000)], (0, 0)),  # before
    ([(15, 500), (20, 600), (25, 1_500)], (0, 0)),  # after
    ([(10, 500), (19, 1_500)], (1, 0)),
    ([(11, 500), (12, about(990, 100, cut=None))], (0, 1)),  # cannot be told
    ([(2, about(990, 100, cut=None))], (0, 0)),  # nor looked at in the period
]


@pytest.mark.parametrize(("looks", "expected"), GAINED)
def test_gained(store: Store, looks: list[tuple[int, object]], expected: tuple[int, int]) -> None:
    for day, views in looks:
        store.put([post("作品", 3 * 3_600, key="1", views=views)], day * DAY)
    totals = store.ask("gained", 10 * DAY, 20 * DAY)
    found = (0, 0)
    if totals is not None:
        found = (totals.hits["views"][1_000], totals.unknown["views"][1_000])
    assert found == expected


LAST = DAY - 1  # 23:59:59, the moment of a file that is named for a day
AT_EDGES = [
    # looks in seconds, hits and unknown of 1,000 in days 0–10 and in days 10–20
    ([(9 * DAY + LAST, 500), (19 * DAY + LAST, 1_500)], (0, 0), (1, 0)),  # two quarters' last days
    ([(9 * DAY + LAST, 1_500)], (1, 0), (0, 0)),
    ([(9 * DAY, 500), (10 * DAY, 1_500)], (0, 1), (0, 1)),  # in between: nobody knows
    ([(9 * DAY + LAST, 500), (10 * DAY, 1_500)], (0, 0), (1, 0)),
    ([(10 * DAY - 2, 500), (9 * DAY + LAST, 1_500)], (1, 0), (0, 0)),
    ([(10 * DAY, 500), (19 * DAY, 1_500)], (0, 0), (1, 0)),
]


@pytest.mark.parametrize(("looks", "first", "second"), AT_EDGES)
def test_gained_at_an_edge(
    store: Store, looks: list[tuple[int, int]], first: tuple[int, int], second: tuple[int, int]
) -> None:
    for seen_at, views in looks:
        store.put([post("作品", 3 * 3_600, key="1", views=views)], seen_at)
    for days, expected in (((0, 10), first), ((10, 20), second)):
        totals = store.ask("gained", days[0] * DAY, days[1] * DAY)
        found = totals and (totals.hits["views"][1_000], totals.unknown["views"][1_000])
        assert (found or (0, 0)) == expected


def test_gained_first_seen_above(store: Store) -> None:
    store.put([post("期内", 11 * DAY, views=1_500), post("期前", 9 * DAY, views=1_500)], 12 * DAY)
    totals = store.ask("gained", 10 * DAY, 20 * DAY)
    assert totals is not None
    assert totals.hits["views"][1_000] == 1
    assert totals.unknown["views"][1_000] == 1
