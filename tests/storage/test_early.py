"""Young posts far above what their account is used to at the same age; every expected figure worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.records import Count, about, at_least
from storage import database
from storage.operations.newsworthy import early
from storage.views.growth import Grown, Usual
from storage.writing import upkeep
from tests.storage.build import DAY, Store, epoch, post

HOUR = 3_600
#: The young post appears on this day at noon, and is looked at three hours later.
NOON = 100 * DAY + 12 * HOUR
LOOK = NOON + 3 * HOUR


def earlier(
    store: Store, day: int, views: Any, *, age: int = 3 * HOUR + 1_800, **others: Any
) -> None:
    """A post so many days before the young one, looked at at this age."""
    moment = NOON - day * DAY
    store.put([post(f"旧{day}", moment, key=f"o{day}", views=views)], moment + age, **others)


def young(store: Store, views: Any, *, key: str = "y", look: int = LOOK, **others: Any) -> None:
    store.put([post("新", NOON, key=key, views=views, **others)], look)


def found(store: Store, **others: Any) -> list[Grown]:
    asked: dict[str, Any] = {"now": epoch(LOOK + HOUR), "times": 5.0, "floor": 1_000} | others
    with database.reading(store.engine) as connection:
        return early(connection, ["a"], **asked)


def told(store: Store, **others: Any) -> list[tuple[int, int | None, int]]:
    """(views, median, compared) of what is found."""
    return [
        (each.figure.low, each.usual.median.high, each.usual.compared)
        for each in found(store, **others)
    ]


@pytest.fixture
def store(store: Store) -> Store:
    """One where only 100,000 views are a hit."""
    with database.writing(store.engine) as connection:
        upkeep.keep_thresholds(connection, {"views": [100_000]}, 0)
    return store


@pytest.fixture
def usual(store: Store) -> Store:
    """Twelve posts of 100, 200 … 1200 views: the upper of the middle two is 700."""
    for n in range(1, 13):
        earlier(store, n, 100 * n)
    return store


def test_found_with_what_it_is_measured_by(usual: Store) -> None:
    young(usual, 4_340)
    assert found(usual) == [
        Grown(
            post_id=13, account="a", title="新", url="", kind="article", published_at=epoch(NOON), metric="views",
            figure=Count(4_340), seen_at=epoch(LOOK),
            usual=Usual(lower=Count(400), median=Count(700), upper=Count(1_000), compared=12),
        )
    ]  # fmt: skip
    assert told(usual, times=6.2) == [(4_340, 700, 12)]  # 6.2 × 700 = 4340
    assert told(usual, times=6.21) == []


def test_not_below_the_floor_nor_twice_nor_for_others(usual: Store) -> None:
    young(usual, 4_340)
    assert told(usual, floor=4_340) == [(4_340, 700, 12)]
    assert told(usual, floor=4_341) == []
    assert told(usual, told={13}) == []
    assert told(usual, only=[13]) == [(4_340, 700, 12)]
    assert told(usual, only=[12]) == []
    with database.reading(usual.engine) as connection:
        assert early(connection, ["b"], now=epoch(LOOK), times=1, floor=1) == []


def test_a_hit_needs_no_early_word(usual: Store) -> None:
    young(usual, 100_000)
    assert usual.count("hit") == 1
    assert told(usual) == []


def test_ten_posts_at_that_age_are_enough_and_nine_are_not(store: Store) -> None:
    for n in range(1, 10):
        earlier(store, n, 100)
    earlier(store, 10, 100, age=3 * HOUR - 1)  # too young when it was looked at
    earlier(store, 11, 100, age=4 * HOUR + 1)  # too old
    earlier(store, 91, 100)  # too long ago
    earlier(store, 12, 100, account="b")  # another account's
    earlier(store, 13, None)  # shows no views
    young(store, 900)
    assert told(store, floor=500) == []
    earlier(store, 14, 100, age=4 * HOUR)
    assert told(store, floor=500) == [(900, 100, 10)]


def test_the_last_look_in_the_stretch_counts(store: Store) -> None:
    for n in range(1, 11):
        earlier(store, n, 100, age=HOUR)
        earlier(store, n, 150, age=3 * HOUR)
        earlier(store, n, 170, age=4 * HOUR)
        earlier(store, n, 900, age=30 * HOUR)
    young(store, 900)
    assert told(store, floor=500) == [(900, 170, 10)]


def test_bounds_count_by_the_most_they_allow(store: Store) -> None:
    """Of ten posts five show 100, one about 1000 (at most 1500), four at least 100: the median is the 1500."""
    for n in range(1, 6):
        earlier(store, n, 100)
    earlier(store, 6, about(1_000, 1_000, cut=False))
    for n in range(7, 11):
        earlier(store, n, at_least(100))
    young(store, 9_000)
    high = about(1_000, 1_000, cut=False).high
    assert high == 1_499
    assert told(store) == [(9_000, high, 10)]
    earlier(store, 11, at_least(100))
    earlier(store, 12, at_least(100))
    assert told(store) == []  # the upper of the middle two is without limit


def test_its_own_figure_counts_by_the_least_it_allows(usual: Store) -> None:
    young(usual, about(4_000, 1_000, cut=False))  # 3500 … 4499
    assert told(usual) == [(3_500, 700, 12)]
    assert told(usual, times=5.1) == []


def test_withdrawn_looks_do_not_count(usual: Store) -> None:
    young(usual, 4_340)
    usual.retract(1)  # the post of 100 views: of 200 … 1200 the middle one is 700
    assert told(usual) == [(4_340, 700, 11)]
    usual.retract(13)
    assert told(usual) == []


@pytest.mark.parametrize(
    ("look", "date_only", "state", "times"),
    [
        (NOON + HOUR - 1, False, "public", 0),  # too young to compare
        (LOOK, True, "public", 0),  # of unknown age
        (LOOK, False, "private", 0),
        (LOOK, False, "deleted", 0),
        (LOOK, False, "public", 1),
    ],
)
def test_which_posts_are_looked_at(
    usual: Store, look: int, date_only: bool, state: str, times: int
) -> None:
    for n in range(1, 13):
        earlier(usual, n, 100 * n, age=HOUR)
    young(usual, 4_340, look=look, date_only=date_only, state=state)
    assert len(told(usual)) == times


def test_after_three_days_no_word_is_early(usual: Store) -> None:
    young(usual, 4_340)
    assert len(told(usual, now=epoch(NOON + 3 * DAY))) == 1
    assert told(usual, now=epoch(NOON + 3 * DAY + 1)) == []


def test_the_last_hundred_are_compared(store: Store) -> None:
    """Of 110 posts the ten oldest had 10 views, of the others 50 had 100 and 50 had 200: the median is 200."""
    made = []
    for n in range(110):
        views = 10 if n < 10 else 100 if n < 60 else 200
        made.append(post(f"旧{n}", NOON - 10 * DAY + n, key=f"o{n}", views=views))
    store.put(made, NOON - 10 * DAY + 3 * HOUR + 600)
    young(store, 5_000)
    assert told(store) == [(5_000, 200, 100)]
