"""The observations behind a post, on each engine: those that stand, as known, those of a merged post among them; and where
a value was last seen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from adapters.records import at_least
from storage import database, schema
from storage.known import Known
from storage.views.looks import SourceFile, looks, origins, sources_of
from tests.storage.build import DAY, Store, epoch, post


def filled(store: Store) -> None:
    """Attempts 1 to 4: posts 1 (plain), 2 (has a bound), and 3, which is merged into 1's neighbour 4."""
    store.put(
        [post("一", 1, key="1", views=5), post("二", 2, key="2", views=7)], DAY, source="甲.xlsx"
    )
    store.put(
        [post("一", 1, key="1", views=9), post("二", 2, key="2", views=at_least(100))], 2 * DAY, source="乙.xlsx",
    )  # fmt: skip
    store.put([post("三", 3, key="3", views=1), post("四", 3, key="4", views=2)], 3 * DAY)
    store.put([post("一", 1, key="1", views=11)], 4 * DAY)


def told(
    store: Store, posts: list[int], as_of: int = 100 * DAY, **known: Any
) -> list[tuple[Any, ...]]:
    """(post, day, attempt, row, views, bounds) of each look."""
    with database.reading(store.engine) as connection:
        found = list(looks(connection, posts, Known(**known), epoch(as_of)))
    zero = epoch(0)
    return [
        (e.post_id, (e.observed_at - zero) // DAY, e.attempt_id, e.row, e.figures[0], e.bounds)
        for e in found
    ]


def at_home(store: Store, **others: Any) -> dict[int, tuple[int, int, int]]:
    with database.reading(store.engine) as connection:
        view = store.view(connection, "published", 0, 365 * DAY, **others)
        return {number: tuple(each) for number, each in origins(view, view.numbers()).items()}  # type: ignore[misc]


def test_looks_are_those_that_stand(store: Store) -> None:
    filled(store)
    whole = told(store, [1, 2])
    assert [each[:3] for each in whole] == [(1, 1, 1), (1, 2, 2), (1, 4, 4), (2, 1, 1), (2, 2, 2)]
    assert [each[4:] for each in whole] == [
        (5, None),
        (9, None),
        (11, None),
        (7, None),
        (100, "views+"),
    ]
    assert [each[:3] for each in told(store, [1], as_of=2 * DAY)] == [(1, 1, 1), (1, 2, 2)]
    assert [each[:3] for each in told(store, [1, 2], attempt_id=1)] == [(1, 1, 1), (2, 1, 1)]
    store.retract(2)
    assert [each[:3] for each in told(store, [1, 2])] == [(1, 1, 1), (1, 4, 4), (2, 1, 1)]


def test_what_was_merged_is_the_posts_own(store: Store) -> None:
    filled(store)
    before = store.clock
    with database.writing(store.engine) as connection:
        row = {"pair_id": 1, "post_id": 3, "other_id": 4, "why": "w", "proposed_at": 0}
        connection.execute(insert(schema.pair), row)
    store.settle(1, same=True)
    assert [(e[0], e[4]) for e in told(store, [1, 3])] == [(1, 5), (1, 9), (1, 11), (3, 1), (3, 2)]
    assert [each[0] for each in told(store, [1, 3, 4], at=epoch(before), attempt_id=9)] == [
        1,
        1,
        1,
        3,
        4,
    ]


def test_where_a_value_was_last_seen(store: Store) -> None:
    filled(store)
    rows = dict(store.rows('SELECT attempt_id * 100 + post_id, "row" FROM observation'))
    wanted = {
        1: (4, 0, rows[401]),
        2: (2, 0, rows[202]),
        3: (3, 0, rows[303]),
        4: (3, 0, rows[304]),
    }
    assert at_home(store) == wanted
    assert at_home(store, as_of=DAY) == {1: (1, 0, rows[101]), 2: (1, 0, rows[102])}
    store.retract(4)
    assert at_home(store)[1] == (2, 0, rows[201])
    with database.reading(store.engine) as connection:
        assert sources_of(connection, [1, 2]) == {
            1: SourceFile("甲.xlsx", None),
            2: SourceFile("乙.xlsx", None),
        }
