"""What old bytes may go, and that no figure that was told, no hit and no present value rests on those that do."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapters.records import AccountFigures, Count, Post, at_least
from storage import database
from storage.known import Known
from storage.observations import Seen, series_of, value_at
from storage.operations import deliveries, retention
from storage.writing.reading import capture_number
from tests.storage.build import DAY, Store, epoch, post

#: Long after everything below was seen.
LATER = 2_000 * DAY


@dataclass
class Pages:
    """Looks at pages, each with a capture of its own named after it."""

    store: Store
    captures: dict[str, int] = field(default_factory=dict)

    def look(self, name: str, seen: int, *records: Any, **others: Any) -> int:
        """Store a look; returns the number of its capture."""
        if name not in self.captures:
            with database.writing(self.store.engine) as connection:
                self.captures[name] = capture_number(
                    connection, name, 10, f"{name}.gz", epoch(self.store.clock)
                )
        kind = others.pop("kind", "page")
        self.store.put(
            records, seen, source=name, kind=kind, capture_id=self.captures[name], **others
        )
        return self.captures[name]

    def goes(self, before: int = LATER) -> set[str]:
        """Which captures may go."""
        with database.reading(self.store.engine) as connection:
            found = retention.removable(connection, epoch(before)).captures
        return {name for name, number in self.captures.items() if number in found}

    def told(self, as_of: int, known_by: int = LATER, basis: str = "published") -> None:
        with database.writing(self.store.engine) as connection:
            retention.written(
                connection,
                occasion="asked",
                period="2026Q1",
                basis=basis,
                stretches=[retention.Stretch(epoch(0), epoch(90 * DAY), epoch(as_of))],
                known_by=epoch(known_by),
            )


@pytest.fixture
def pages(store: Store) -> Pages:
    return Pages(store)


def views(number: int, published: int = 0) -> Post:
    return post("稿", published, key="1", views=number)


def test_only_the_newest_look_stays_where_nothing_was_told(pages: Pages) -> None:
    for day in range(20, 25):
        pages.look(f"d{day}", day * DAY, views(day))
    assert pages.goes() == {"d20", "d21", "d22", "d23"}


def test_nothing_goes_before_its_time(pages: Pages) -> None:
    pages.look("old", 20 * DAY, views(1))
    pages.look("new", 21 * DAY, views(2))
    assert pages.goes(before=0) == set()


def test_the_figure_of_day_seven_stays(pages: Pages) -> None:
    for day in (5, 6, 8, 9):
        pages.look(f"d{day}", day * DAY, views(day))
    assert pages.goes() == {"d5", "d8"}


def test_imported_files_stay(pages: Pages) -> None:
    pages.look("file", 20 * DAY, views(1), kind="file")
    pages.look("page", 21 * DAY, views(2))
    pages.look("newer", 22 * DAY, views(3))
    assert pages.goes() == {"page"}


def test_a_shared_capture_is_judged_by_all_that_use_it(pages: Pages) -> None:
    pages.look("same", 20 * DAY, views(1))
    pages.look("same", 21 * DAY, views(1))
    pages.look("other", 22 * DAY, views(2))
    assert pages.goes() == {"same"}
    before = pages.store.clock + 30
    pages.look("same", 22 * DAY + 1, views(2))
    pages.look("last", 23 * DAY, views(3))
    assert pages.goes(before) == {"other"}


def test_both_looks_beside_a_crossing_stay(pages: Pages) -> None:
    for day, number in ((20, 1), (21, 900), (22, 1_100), (23, 1_200), (24, 1_300)):
        pages.look(f"d{day}", day * DAY, views(number))
    assert pages.goes() == {"d20", "d23"}


def test_what_a_summary_told_stays(pages: Pages) -> None:
    for day in range(85, 99):
        pages.look(f"d{day}", day * DAY, views(day))
    pages.told(95 * DAY + 5)
    # as of day 95, the last second of the period (day 89), and the present
    assert pages.goes() == {f"d{day}" for day in range(85, 99)} - {"d89", "d95", "d98"}


def test_what_was_known_then_stays_though_more_is_known_now(pages: Pages) -> None:
    pages.look("early", 80 * DAY, views(1))
    known = pages.store.clock + 1
    pages.look("late", 81 * DAY, views(2))
    pages.look("last", 99 * DAY, views(3))
    pages.told(90 * DAY, known)
    assert pages.goes() == {"late"}


def test_an_aged_summary_keeps_its_age(pages: Pages) -> None:
    for day in range(20, 35):
        pages.look(f"d{day}", day * DAY, views(day))
    pages.told(85 * DAY, basis="aged:30")
    assert pages.goes() == {f"d{day}" for day in range(20, 34)} - {"d30"}


def test_a_weekly_mail_keeps_what_it_compared(pages: Pages) -> None:
    """Of 2026-03-23..29 (days 81..87 after 1 January), sent on the Monday after at noon, with the week before."""
    for day in range(60, 99):
        pages.store.clock = day * DAY + 3_600
        pages.look(f"d{day}", day * DAY + 3_600, views(day))
    with database.writing(pages.store.engine) as connection:
        sent = epoch(88 * DAY + 43_200)
        deliveries.claim(connection, "weekly", "2026-W13", "a@example.com", sent)
    stay = {60, 73, 80, 81, 87, 88, 98} - {
        60
    }  # ends of both weeks, a week before, as of, the present
    assert pages.goes() == {f"d{day}" for day in range(60, 99)} - {f"d{day}" for day in stay}


def test_a_withdrawn_reading_does_not_stand_for_an_older_one(pages: Pages) -> None:
    pages.look("good", 20 * DAY, views(1))
    pages.look("wrong", 21 * DAY, views(2))
    ((newest,),) = pages.store.rows("SELECT max(attempt_id) FROM attempt")
    pages.store.retract(newest)
    assert pages.goes() == set()


def test_followers_stay_as_they_stood(pages: Pages) -> None:
    def followers(number: int) -> AccountFigures:
        return AccountFigures(figures={"followers": Count(number)})

    for day in (80, 88, 92, 99):
        pages.look(f"d{day}", day * DAY, followers(day))
    pages.told(93 * DAY)
    assert pages.goes() == {"d80"}


def test_a_page_that_showed_nothing_goes(pages: Pages) -> None:
    pages.look("empty", 20 * DAY)
    assert pages.goes() == {"empty"}


def test_marked_once_and_back_when_the_bytes_come_again(pages: Pages) -> None:
    number = pages.look("old", 20 * DAY, views(1))
    pages.look("new", 21 * DAY, views(2))
    with database.writing(pages.store.engine) as connection:
        assert retention.mark_removed(connection, {number}, epoch(LATER), epoch(LATER)) == 1
    assert pages.store.rows(f"SELECT removed_at FROM capture WHERE capture_id = {number}") == [
        (epoch(LATER),)
    ]
    assert pages.goes() == set()
    with database.writing(pages.store.engine) as connection:
        assert capture_number(connection, "old", 10, "old.gz", epoch(0)) == number
    assert pages.goes() == {"old"}


def test_read_from_again_in_between_it_is_not_marked(pages: Pages) -> None:
    number = pages.look("old", 20 * DAY, views(1))
    with database.writing(pages.store.engine) as connection:
        assert retention.mark_removed(connection, {number}, epoch(0), epoch(LATER)) == 0


def worth(series: list[Seen], at: int) -> tuple[int, int, object] | None:
    value = value_at(series, at)
    return None if value is None else (value.seen_at, value.state, value.counts)


ENGINES = ("sqlite", "sqlite as if all files were large", "postgresql")


@pytest.mark.parametrize(
    ("store", "seed"),
    [  # each seed on one engine; on the others in the long run
        pytest.param(engine, seed, marks=() if seed // 4 == place else pytest.mark.slow)
        for place, engine in enumerate(ENGINES)
        for seed in range(12)
    ],
    indirect=["store"],
)
def test_every_told_value_is_the_same_without_what_may_go(pages: Pages, seed: int) -> None:
    """Random looks with gaps, bounds, withdrawals: fold what is left, as the summaries did."""
    chance = random.Random(seed)
    bounded = seed % 3 == 0
    for number in range(30):
        shown: dict[str, Any] = {
            name: chance.randrange(5_000)
            for name in ("views", "likes", "shares")
            if chance.random() < 0.7
        }
        if bounded and chance.random() < 0.3:
            shown["views"] = at_least(chance.randrange(5_000))
        name = f"c{chance.randrange(25)}"
        pages.look(name, chance.randrange(120) * DAY, post("稿", 0, key="1", **shown))
        if chance.random() < 0.2:
            ((newest,),) = pages.store.rows("SELECT max(attempt_id) FROM attempt")
            pages.store.retract(newest)
        if number % 7 == 6:
            pages.told(chance.randrange(150) * DAY, pages.store.clock + 30)
    goes = {pages.captures[name] for name in pages.goes()}
    with database.reading(pages.store.engine) as connection:
        gone = {
            row[0]
            for row in connection.exec_driver_sql("SELECT attempt_id, capture_id FROM attempt")
            if row[1] in goes
        }
        now = (epoch(LATER), None)
        for at, known in (*retention.told(connection).moments, now):
            for _, series in series_of(connection, [1], Known(None, known)):
                kept = [each for each in series if each.attempt_id not in gone]
                assert worth(kept, at) == worth(series, at)
    assert bounded or goes
