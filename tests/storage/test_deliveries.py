"""A message to a recipient is claimed once, settled once, and a claim that nobody settles is unclear."""

from __future__ import annotations

import pytest

from storage.database import reading, writing
from storage.operations import deliveries
from storage.operations.deliveries import LOST, PATIENCE, Delivery, State
from tests.storage.build import Store

NOW = 1_790_000_000


def claim(
    store: Store, recipient: str = "a", subject: str = "2026-W38", now: int = NOW
) -> int | None:
    with writing(store.engine) as connection:
        return deliveries.claim(connection, "weekly", subject, recipient, now, path="weekly/x.eml")


def settle(store: Store, number: int, state: State, now: int = NOW, **others: object) -> None:
    with writing(store.engine) as connection:
        deliveries.settle(connection, number, state, now, **others)  # type: ignore[arg-type]


def told(store: Store) -> list[Delivery]:
    with reading(store.engine) as connection:
        return deliveries.of(connection, "weekly")


def test_claimed_once(store: Store) -> None:
    assert claim(store) == 1
    assert claim(store) is None
    assert claim(store, "b") == 2
    assert claim(store, subject="2026-W39") == 3
    assert told(store)[0] == Delivery(
        number=1, what="weekly", subject="2026-W38", recipient="a", state="claimed", claimed_at=NOW,
        settled_at=None, tries=1, next_try_at=NOW + PATIENCE, problem=None, path="weekly/x.eml",
    )  # fmt: skip


def test_a_claim_that_is_not_settled_is_unclear(store: Store) -> None:
    claim(store)
    with writing(store.engine) as connection:
        assert deliveries.abandon(connection, NOW + PATIENCE - 1) == []
        assert deliveries.abandon(connection, NOW + PATIENCE, "hit") == []
        (lost,) = deliveries.abandon(connection, NOW + PATIENCE, "weekly")
    assert (lost.state, lost.problem, lost.next_try_at) == ("unclear", LOST, None)
    with writing(store.engine) as connection:
        assert not deliveries.claim_again(connection, lost.number, NOW + PATIENCE)
        assert deliveries.waiting(connection, NOW + 10 * PATIENCE) == []


def test_waiting_is_claimed_again_by_one(store: Store) -> None:
    number = claim(store)
    assert number is not None
    settle(store, number, "waiting", NOW + 5, problem="忙", next_try_at=NOW + 300)
    with writing(store.engine) as connection:
        assert deliveries.waiting(connection, NOW + 299) == []
        (due,) = deliveries.waiting(connection, NOW + 300)
        assert (due.tries, due.problem) == (1, "忙")
        assert deliveries.claim_again(connection, number, NOW + 300)
        assert not deliveries.claim_again(connection, number, NOW + 300)
        again = deliveries.by_number(connection, number)
    assert (again.state, again.tries, again.claimed_at) == ("claimed", 2, NOW)
    assert again.next_try_at == NOW + 300 + PATIENCE


def test_what_a_person_sends_again_counts_anew(store: Store) -> None:
    number = claim(store)
    assert number is not None
    settle(store, number, "refused", problem="535")
    refused: tuple[State, ...] = ("refused",)
    with writing(store.engine) as connection:
        assert not deliveries.claim_again(connection, number, NOW + 9)
        assert deliveries.claim_again(connection, number, NOW + 9, states=refused, path="new")
        again = deliveries.by_number(connection, number)
    assert (again.tries, again.claimed_at, again.path) == (1, NOW + 9, "new")


SUPERSEDED: tuple[tuple[State | None, State, bool], ...] = (
    (None, "superseded", True),
    ("waiting", "superseded", True),
    ("accepted", "accepted", False),
    ("refused", "refused", False),
    ("unclear", "unclear", False),
)


@pytest.mark.parametrize(("before", "after", "done"), SUPERSEDED)
def test_a_newer_one_goes_instead(
    store: Store, before: State | None, after: State, done: bool
) -> None:
    if before is not None:
        number = claim(store)
        assert number is not None
        settle(store, number, before, problem="x", next_try_at=5 if before == "waiting" else None)
    with writing(store.engine) as connection:
        assert deliveries.supersede(connection, "weekly", "2026-W38", "a", NOW, "第39周") is done
    (found,) = told(store)
    assert found.state == after
    assert claim(store) is None


def test_the_newest_one_that_was_tried(store: Store) -> None:
    with reading(store.engine) as connection:
        assert deliveries.last(connection, "weekly") is None
    claim(store, subject="2026-W38")
    claim(store, subject="2026-W39", now=NOW + 5)
    with writing(store.engine) as connection:
        deliveries.supersede(connection, "weekly", "2026-W40", "a", NOW + 9, "第41周")
        newest = deliveries.last(connection, "weekly")
        assert newest is not None
        assert newest.subject == "2026-W39"
        assert [each.subject for each in deliveries.of(connection, "weekly", since=NOW + 1)] == [
            "2026-W39",
            "2026-W40",
        ]


@pytest.mark.parametrize(("state", "next_try"), [("waiting", None), ("accepted", NOW)])
def test_only_waiting_has_a_next_try(store: Store, state: State, next_try: int | None) -> None:
    number = claim(store)
    assert number is not None
    with pytest.raises(ValueError, match="next try"):
        settle(store, number, state, next_try_at=next_try)
