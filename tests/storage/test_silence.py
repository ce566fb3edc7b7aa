"""When an account last published, and when somebody last looked: by what was known, not withdrawn, and a list."""

from __future__ import annotations

from adapters.errors import Invalid
from storage.database import reading, writing
from storage.known import Known
from storage.views.coverage import last_looked, last_published
from storage.writing import writes
from storage.writing.reading import Reading
from tests.storage.build import DAY, Store, at, epoch, post


def published(store: Store, before: int, known_by: int | None = None) -> dict[str, int]:
    with reading(store.engine) as connection:
        known = Known() if known_by is None else Known.by(connection, epoch(known_by))
        found = last_published(connection, epoch(before), known)
    return {key: moment - epoch(0) for key, moment in found.items()}


def looked(store: Store, until: int, known_by: int | None = None) -> dict[str, int]:
    with reading(store.engine) as connection:
        known = Known() if known_by is None else Known.by(connection, epoch(known_by))
        found = last_looked(connection, epoch(until), known)
    return {key: moment - epoch(0) for key, moment in found.items()}


def test_the_newest_post_before_a_moment(store: Store) -> None:
    store.put([post("一", DAY, views=1), post("二", 5 * DAY, views=1)], 6 * DAY)
    store.put([post("三", 3 * DAY, views=1, state="private")], 6 * DAY, source="g.xlsx")
    store.put([post("四", 2 * DAY, views=1)], 6 * DAY, account="b", source="b.xlsx")
    assert published(store, 6 * DAY) == {"a": 5 * DAY, "b": 2 * DAY}
    assert published(store, 5 * DAY) == {"a": DAY, "b": 2 * DAY}
    assert published(store, DAY) == {}


def test_what_was_not_told_yet_is_not_known(store: Store) -> None:
    store.put([post("一", DAY, views=1)], 2 * DAY)
    told = store.clock
    store.put([post("二", 5 * DAY, views=1)], 6 * DAY, source="g.xlsx")
    assert published(store, 9 * DAY, told) == {"a": DAY}
    assert looked(store, 9 * DAY, told) == {"a": 2 * DAY}
    assert looked(store, 9 * DAY) == {"a": 6 * DAY}
    assert looked(store, 5 * DAY) == {"a": 2 * DAY}


def test_a_withdrawn_file_is_no_look(store: Store) -> None:
    store.put([post("一", DAY, views=1)], 2 * DAY)
    second = store.put([post("二", 5 * DAY, views=1)], 6 * DAY, source="g.xlsx")
    store.retract(second.attempt_id)
    assert looked(store, 9 * DAY) == {"a": 2 * DAY}


def test_one_page_is_no_look_and_neither_is_a_failure(store: Store) -> None:
    store.put([post("一", DAY, views=1)], 2 * DAY, kind="page")
    assert looked(store, 9 * DAY) == {}
    store.put([Invalid("读不懂", target="f.xlsx", advice="")], 3 * DAY, source="g.xlsx")
    assert looked(store, 9 * DAY) == {}
    with writing(store.engine) as connection:
        numbers = writes.accounts_known(connection, {"a": "app"})
        through = Reading(
            run_id=1, account="a", source="列表", adapter="portal", kind="pass",
            observed_at=at(4 * DAY), observed_from="page", recorded_at=store.tick(),
        )  # fmt: skip
        writes.passed(connection, through, numbers["a"], (epoch(DAY), epoch(3 * DAY)))
    assert looked(store, 9 * DAY) == {"a": 4 * DAY}
