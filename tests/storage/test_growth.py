"""What is usual at an age, and what became of posts that stood at a point; every expected figure worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.records import Count, about, at_least, between
from storage import database
from storage.views import growth, history
from storage.views.growth import Ahead, Grown, Usual
from storage.writing import upkeep
from tests.storage.build import DAY, Store, epoch, post

HOUR = 3_600
#: The post asked about appears on this day at noon, and was looked at a day later.
NOON = 800 * DAY + 12 * HOUR
LOOK = NOON + DAY
LINE = 100_000


@pytest.fixture
def store(store: Store) -> Store:
    """One where only 100,000 views are a hit."""
    with database.writing(store.engine) as connection:
        upkeep.keep_thresholds(connection, {"views": [LINE]}, 0)
    store.clock = 900 * DAY
    return store


def earlier(store: Store, back: int, *looks: tuple[int, Any], **others: Any) -> None:
    """A post published so many days before, looked at at these ages in hours."""
    moment = NOON - back * DAY
    for hours, views in looks:
        made = post(f"旧{back}", moment, key=f"o{back}", views=views, **others)
        store.put([made], moment + hours * HOUR)


def asked(store: Store, views: Any, title: str = "新") -> int:
    """The number of the post asked about."""
    store.put([post(title, NOON, key=title, views=views)], LOOK)
    return int(store.rows(f"SELECT post_id FROM post WHERE title = '{title}'")[0][0])


def of_post(store: Store, number: int, *ages: int) -> tuple[Grown | None, dict[int, Usual]]:
    with database.reading(store.engine) as connection:
        there = history.posts_by_number(connection, [number])[number]
        return growth.of_post(connection, there, "views", [each * HOUR for each in ages])


def ahead(store: Store, number: int) -> Ahead | None:
    grown, _ = of_post(store, number)
    assert grown is not None
    with database.reading(store.engine) as connection:
        return growth.ahead(connection, grown, "views", LINE, epoch(LOOK))


def test_quartiles_at_the_age_of_each_look(store: Store) -> None:
    """Twenty posts of 1,000 to 20,000 at two hours, ten times as many at a day: of twenty the ranks are 6, 11 and 16."""
    for n in range(1, 21):
        earlier(store, n + 5, (2, 1_000 * n), (24, 10_000 * n))
    number = asked(store, 220_000)
    grown, usual = of_post(store, number, 2, 12, 24)
    young = Usual(lower=Count(6_000), median=Count(11_000), upper=Count(16_000), compared=20)
    day = Usual(lower=Count(60_000), median=Count(110_000), upper=Count(160_000), compared=20)
    assert usual == {2 * HOUR: young, 24 * HOUR: day}  # nothing was looked at from 12 to 15 hours
    assert grown is not None
    assert (grown.age, grown.usual) == (DAY, day)
    assert grown.reaches(2)
    assert not grown.reaches(2.01)


def test_of_nineteen_nothing_is_usual(store: Store) -> None:
    for n in range(1, 20):
        earlier(store, n, (24, 100))
    earlier(store, 91, (24, 100))  # more than 90 days before
    earlier(store, 30, (31, 100))  # looked at too late for a day: 30 hours at most
    earlier(store, 31, (23, 100))  # too early
    earlier(store, 32, (24, 100), state="private")
    earlier(store, 33, (24, 100), date_only=True)
    number = asked(store, 1_000)
    assert of_post(store, number, 24)[1] == {}
    earlier(store, 90, (30, 100))
    assert of_post(store, number, 24)[1][DAY].compared == 20


def test_so_many_before_and_all_from_the_first_moment_on(store: Store) -> None:
    for n in range(1, 5):
        earlier(store, n, (24, 100))
    asked(store, 1_000)
    moments = epoch(NOON), epoch(NOON) + 1
    with database.reading(store.engine) as connection:
        found = growth.curves(
            connection, 1, "views", published=moments, ages=(0, DAY + HOUR), most=2
        )
    assert [each.published_at for each in found] == [epoch(NOON - n * DAY) for n in (0, 1, 2)]


def test_bounds_stay_bounds(store: Store) -> None:
    """Ten exact, one in steps, ten at least: rank 6 is exact, rank 11 lies between, rank 16 has no upper limit."""
    for n in range(1, 11):
        earlier(store, n, (24, 100))
    earlier(store, 11, (24, about(2_000, 1_000, cut=True)))
    for n in range(12, 22):
        earlier(store, n, (24, at_least(500)))
    usual = of_post(store, asked(store, 9_000), 24)[1][DAY]
    assert usual.lower == Count(100)
    assert usual.median == between(500, 2_999)
    assert usual.upper == at_least(500)
    with database.reading(store.engine) as connection:
        at: dict[str, Any] = {"now": epoch(LOOK), "accounts": ["a"]}
        assert len(growth.above(connection, times=3, **at)) == 1  # 9,000 of 2,999 at most
        assert growth.above(connection, times=3.1, **at) == []


def test_withdrawn_looks_are_no_cases_and_merged_ones_are_the_others(store: Store) -> None:
    for n in range(1, 22):
        earlier(store, n, (24, 100))
    number = asked(store, 1_000)
    store.retract(1)
    assert of_post(store, number, 24)[1][DAY].compared == 20
    store.retract(2)
    assert of_post(store, number, 24)[1] == {}


def test_a_figure_that_was_not_shown_in_that_stretch_is_no_case(store: Store) -> None:
    """The value stands, but nobody looked at it at that age."""
    for n in range(1, 20):
        earlier(store, n, (24, 100))
    earlier(store, 20, (2, 50), (24, None))
    assert of_post(store, asked(store, 1_000), 24)[1] == {}


def climbed(store: Store) -> None:
    """At a day 24 posts had 20,000: 8 passed the line at 48 … 55 hours, 14 did not by eight days, 2 were not looked
    at again. One stood too low, one too high, one had passed already."""
    for n in range(24):
        later = {0: (48 + n, LINE), 1: (8 * 24, 50_000)}.get((n >= 8) + (n >= 22))
        earlier(store, 200 + n, (24, 20_000), *([later] if later else []))
    earlier(store, 300, (24, 9_999), (48, LINE))
    earlier(store, 301, (24, 20_001), (48, LINE))
    earlier(store, 302, (24, LINE), (48, LINE))
    earlier(store, 731, (24, 20_000), (48, LINE))  # more than two years before
    for n in range(20, 41):  # what is usual rests on the last ninety days
        earlier(store, n, (24, 5))


def test_what_became_of_posts_that_stood_there(store: Store) -> None:
    climbed(store)
    there = ahead(store, asked(store, 20_000))
    assert there == Ahead(
        metric="views", threshold=LINE, low=10_000, high=20_000, age=DAY, cases=24, stayed=14,
        followed=7 * DAY, ages=tuple((48 + n) * HOUR for n in range(8)),
    )  # fmt: skip
    assert there.passed == 8


def test_below_twenty_known_cases_no_word(store: Store) -> None:
    climbed(store)
    number = asked(store, 20_000)
    passing = "SELECT o.attempt_id FROM observation o WHERE o.views = 50000"
    attempts = [row[0] for row in store.rows(passing)]
    store.retract(*attempts[:2])
    known = ahead(store, number)
    assert known is not None
    assert (known.cases, known.passed, known.stayed) == (24, 8, 12)
    store.retract(attempts[2])
    assert ahead(store, number) is None


def test_a_post_past_the_line_or_without_limit_is_not_on_the_way(store: Store) -> None:
    climbed(store)
    assert ahead(store, asked(store, at_least(20_000), "下限")) is None
    assert ahead(store, asked(store, LINE, "已过")) is None


def test_where_nobody_passed_a_far_line_has_no_word(store: Store) -> None:
    for n in range(20):
        earlier(store, 20 + n, (24, 8_000), (8 * 24, 9_000))
    assert ahead(store, asked(store, 9_999, "还远")) is None
    there = ahead(store, asked(store, 10_000, "十分之一"))
    assert there is not None
    assert (there.cases, there.stayed, there.ages) == (20, 20, ())
