"""A ledger's versions in time: the older one is what was known until the newer one's moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from adapters.records import AccountFigures, Count
from storage import database
from storage.known import Known
from storage.views.history import observations
from storage.views.posts import listed
from storage.views.standing import standing
from tests.storage.build import DAY, Record, Store, at, epoch, post

APRIL, JULY, OCTOBER = 95 * DAY, 186 * DAY, 278 * DAY
BOOKS = {
    APRIL: ("2026-04-05 台账.xlsx", ["春", "夏初"]),
    JULY: ("2026-07-05 台账.xlsx", ["春", "夏"]),
    OCTOBER: ("2026-10-05 台账.xlsx", ["春", "夏", "秋"]),
}
DAYS = {"春": 1, "夏初": 90, "夏": 100, "秋": 200}


def give(store: Store, moment: int, source: str = "", titles: Sequence[str] = ()) -> int:
    name, rows = BOOKS.get(moment, (source, titles))
    details = {"outlet": "日报", "level": "省"}
    records = [
        post(each, DAYS[each] * DAY, kind="placement", details=details) for each in titles or rows
    ]
    return store.put(records, moment, source=source or name, replaces=True).attempt_id


def titles(store: Store, **others: Any) -> list[str]:
    with database.reading(store.engine) as connection:
        view = store.view(connection, others.pop("basis", "published"), 0, 300 * DAY, **others)
        return [each.title for each in listed(connection, view.question, ("placement",))]


def covered(store: Store, as_of: int) -> int:
    """How many readings of the account stand."""
    from storage.views.coverage import kinds

    with database.reading(store.engine) as connection:
        view = store.view(connection, "published", 0, 300 * DAY, as_of=as_of)
        return kinds(view).get("a", {}).get("file", 0)


@pytest.mark.parametrize("order", [(APRIL, JULY, OCTOBER), (OCTOBER, APRIL, JULY)])
def test_each_version_stands_until_the_next(store: Store, order: tuple[int, ...]) -> None:
    for moment in order:
        give(store, moment)
    assert titles(store, as_of=APRIL - 1) == []
    assert titles(store, as_of=JULY - 1) == ["春", "夏初"]
    assert titles(store, as_of=JULY) == ["春", "夏"]
    assert titles(store) == ["春", "夏", "秋"]
    assert [covered(store, moment) for moment in (APRIL - 1, JULY - 1, OCTOBER)] == [0, 1, 1]
    totals = store.ask(as_of=JULY - 1)
    assert totals is not None and totals.posts == 2
    assert store.faults() == []


def test_what_is_behind_a_version_is_that_version(store: Store) -> None:
    for moment in (APRIL, JULY, OCTOBER):
        give(store, moment)
    with database.reading(store.engine) as connection:
        view = store.view(connection, "published", 0, 300 * DAY, as_of=OCTOBER)
        (spring,) = [
            e for e in listed(connection, view.question, ("placement",)) if e.title == "春"
        ]

        def behind(as_of: int) -> list[str]:
            moment = epoch(as_of)
            found = observations(connection, spring.post_id, Known(), moment)
            return [each.reading.source for each in found if each.observed_at <= moment]

        assert behind(APRIL - 1) == []
        assert [behind(moment) for moment in (JULY - 1, JULY, OCTOBER)] == [
            ["2026-04-05 台账.xlsx"],
            ["2026-07-05 台账.xlsx"],
            ["2026-10-05 台账.xlsx"],
        ]
        assert len(observations(connection, spring.post_id)) == 3


def test_before_the_newer_one_was_told_the_older_one_stands(store: Store) -> None:
    give(store, APRIL)
    known = store.clock
    give(store, JULY)
    assert titles(store, known_by=known) == ["春", "夏初"]
    assert titles(store) == ["春", "夏"]


def test_of_two_of_one_day_the_one_told_later_stands(store: Store) -> None:
    give(store, APRIL)
    give(store, APRIL, titles=["春"])  # a corrected one, with fewer rows
    assert titles(store) == ["春"]
    assert titles(store, as_of=APRIL) == ["春"]
    assert titles(store, as_of=APRIL - 1) == []
    assert store.faults() == []


def test_a_version_that_is_taken_back_leaves_the_one_before_it(store: Store) -> None:
    give(store, APRIL)
    newer = give(store, JULY)
    known = store.clock
    store.retract(newer)
    assert titles(store) == titles(store, as_of=JULY + DAY) == ["春", "夏初"]
    assert titles(store, known_by=known) == ["春", "夏"]
    totals = store.ask(known_by=known)
    assert totals is not None and totals.posts == 2
    assert store.faults() == []


def test_an_older_version_can_be_taken_back_too(store: Store) -> None:
    older = give(store, APRIL)
    give(store, JULY)
    store.retract(older)
    assert titles(store, as_of=JULY - 1) == []
    assert titles(store) == ["春", "夏"]


def test_a_ledger_for_each_month_replaces_nothing(store: Store) -> None:
    give(store, 32 * DAY, "2026-02-02 台账.xlsx", ["春"])
    give(store, 101 * DAY, "2026-04-12 台账.xlsx", ["夏初", "夏"])
    give(store, 201 * DAY, "2026-07-21 七月台账.xlsx", ["秋"])
    assert titles(store) == ["春", "夏初", "夏", "秋"]


def test_facts_and_figures_are_those_of_the_version(store: Store) -> None:
    def book(moment: int, views: int | None, author: str, followers: int, day: int) -> None:
        shown: dict[str, Any] = {} if views is None else {"views": views}
        records: list[Record] = [
            post("灯会", DAY, kind="live", author=author, **shown),
            AccountFigures(
                figures={"followers": Count(followers)}, observed_at=at(day), account="乙"
            ),
        ]
        name = f"{at(moment):%Y-%m-%d} 台账.xlsx"
        store.put(records, moment, source=name, replaces=True, accounts={"乙": "b"})

    book(APRIL, 50_000, "张三", 100, 3 * DAY)
    book(JULY, None, "李四", 90, 2 * DAY)
    with database.reading(store.engine) as connection:
        for moment, views, author, followers in (
            (JULY - 1, 50_000, "张三", 100),
            (JULY, None, "李四", 90),
        ):
            view = store.view(connection, "published", 0, 300 * DAY, as_of=moment)
            (there,) = view.posts(["a"])
            shown = there.amounts.get("views")
            assert (None if shown is None else shown.value, there.author) == (views, author)
            (value,) = standing(connection, "followers", [epoch(99 * DAY)], Known(), epoch(moment))[
                "b"
            ]
            assert value is not None and value.value.value == followers
