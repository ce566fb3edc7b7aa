"""Whatever is told in whatever order: View equals the naive model, what is kept equals the observations,
and an answer for a fixed as-of and known-by never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.records import METRICS, Count, about, at_least
from storage import database, schema
from storage.bulk import next_id
from storage.writing import changes, upkeep, writes
from tests.storage import naive
from tests.storage.build import DAY, Store, post
from tests.tries import tries

POSTS = ("1", "2", "3")
THRESHOLDS = [1_000, 100_000]
SHOWN = ("views", "readers", "likes")
HALF = DAY // 2

value = st.sampled_from([0, 5, 400, 999, 1_000, 1_500, 99_999, 100_000, 150_000])
count = st.one_of(
    value.map(Count),
    value.map(Count),
    st.sampled_from([1_000, 100_000]).map(at_least),
    st.sampled_from([1_000, 12_000, 100_000]).flatmap(
        lambda n: st.sampled_from([True, False, None]).map(lambda cut: about(n, n // 10, cut=cut))
    ),
)
figures = st.dictionaries(st.sampled_from(SHOWN), count)
state = st.sampled_from(["public", "public", "public", "private", "deleted"])
row = st.tuples(st.sampled_from(POSTS), state, figures)
edge = st.sampled_from([0, 0, 0, -1, 1])  # at the very second of a period's edge, or beside it
moments = st.builds(lambda n, off: n * HALF + off, st.integers(0, 24), edge)
put = st.tuples(st.just("put"), moments, st.lists(row, min_size=1, max_size=3))
act = st.one_of(
    put,
    put,
    put,
    st.tuples(st.just("book"), moments, st.lists(row, min_size=1, max_size=3)),
    st.tuples(st.just("retract"), st.integers(0, 5), st.none()),
    st.tuples(st.just("correct"), st.sampled_from(POSTS), st.tuples(st.sampled_from(SHOWN), value)),
    st.tuples(st.just("merge"), st.sampled_from(POSTS), st.sampled_from(POSTS)),
)
birth = st.builds(lambda n, off: n * HALF + off, st.integers(0, 20), st.sampled_from([7, 7, 0, -1]))
published = st.tuples(*[birth for _ in POSTS])


@dataclass(frozen=True)
class Ask:
    basis: str
    start: int
    end: int
    as_of: int
    known: int  # acts known
    days: int


asks = st.builds(
    Ask,
    basis=st.sampled_from(["published", "gained", "aged"]),
    start=st.integers(0, 6).map(lambda n: n * DAY),
    end=st.integers(7, 12).map(lambda n: n * DAY),
    as_of=st.integers(0, 26).map(lambda n: n * HALF),
    known=st.integers(0, 9),
    days=st.integers(1, 4),
)


@pytest.fixture(autouse=True)
def few_again() -> Iterator[None]:
    few = upkeep.FEW
    yield
    upkeep.FEW = few


@cache
def tables() -> Any:
    """An SQLite database in memory with empty tables, made once: making them takes longer than most examples."""
    engine = database.open_database("sqlite:///:memory:")
    with database.writing(engine) as connection:
        schema.metadata.create_all(connection)
    return engine.raw_connection().driver_connection


def empty(thresholds: Mapping[str, Sequence[int]]) -> Store:
    """A database in memory that knows an account and the thresholds."""
    store = Store(database.open_database("sqlite:///:memory:"), thresholds)
    with closing(store.engine.raw_connection()) as connection:
        tables().backup(connection.driver_connection)
    with database.writing(store.engine) as connection:
        writes.accounts_known(connection, {"a": "app"})
        upkeep.keep_thresholds(connection, thresholds, 0)
    return store


class Told:
    """A database and the model, told the same."""

    def __init__(self, times: tuple[int, ...], *, many: bool) -> None:
        upkeep.FEW = 0 if many else 200  # the way of large files, or that of small ones
        self.store = empty({"views": THRESHOLDS, "likes": [5]})
        self.model = naive.Model(dict(zip(POSTS, times, strict=True)))
        self.numbers: dict[str, int] = {}
        self.attempts = 0
        self.clocks = [self.store.clock]

    def tell(self, what: str, one: Any, two: Any) -> None:
        getattr(self, what)(one, two)
        self.clocks.append(self.store.clock)

    def put(self, seen: int, rows: list[tuple[str, Any, dict[str, Count]]]) -> None:
        seen = max(
            seen, *(self.model.published[key] for key, _, _ in rows)
        )  # never before published
        records = [
            post(f"稿{key}", self.model.published[key], key=key, state=state, row=n, **shown)
            for n, (key, state, shown) in enumerate(rows, 2)
        ]
        self.look(rows, self.attempt(self.store.put(records, seen).attempt_id), seen)

    def look(self, rows: list[tuple[str, Any, dict[str, Count]]], attempt: int, seen: int) -> None:
        for place, (key, state, shown) in enumerate(rows):
            if key not in self.numbers:
                self.numbers[key] = len(self.numbers) + 1
            look = naive.Look(self.top(key), seen, attempt, place, state, shown)
            self.model.looks.append(look)

    def book(self, seen: int, rows: list[tuple[str, Any, dict[str, Count]]]) -> None:
        """A ledger of that moment: the date before its name is the day of the moment."""
        times = [self.model.published[key] for key, _, _ in rows]
        seen = max(seen, *times)
        source = f"2026-01-{1 + seen // DAY:02} 台账.xlsx"
        records = [
            post(f"稿{key}", self.model.published[key], key=key, state=state, row=n, **shown)
            for n, (key, state, shown) in enumerate(rows, 2)
        ]
        stored = self.store.put(records, seen, source=source, replaces=True)
        attempt = self.attempt(stored.attempt_id)
        self.model.books[attempt] = naive.Book(source, "台账.xlsx", seen, min(times), max(times))
        self.look(rows, attempt, seen)

    def attempt(self, number: int) -> int:
        self.model.recorded[number] = self.store.clock
        self.attempts = number
        return number

    def top(self, key: str) -> str:
        while key in self.model.merged:
            key = self.model.merged[key][0]
        return key

    def retract(self, number: int, _: None) -> None:
        if 1 <= number <= self.attempts and number not in self.model.withdrawn:
            self.store.retract(number)
            self.model.withdrawn[number] = self.store.clock

    def correct(self, key: str, what: tuple[str, int]) -> None:
        if key not in self.numbers:
            return
        metric, stated = what
        try:
            number = self.store.correct(self.numbers[key], metric, stated)
        except changes.Mistaken:
            return
        key = self.top(key)
        last = self.model.series(key, self.store.clock, 10**12)[-1]
        look = naive.Look(
            key, last.seen, self.attempt(number), 0, last.state, {metric: Count(stated)}
        )
        self.model.looks.append(look)

    def merge(self, one: str, two: str) -> None:
        one, two = self.top(one), self.top(two)
        if one == two or one not in self.numbers or two not in self.numbers:
            return
        with database.writing(self.store.engine) as connection:
            number = next_id(connection, schema.pair.c.pair_id)
            row = {"pair_id": number, "post_id": self.numbers[one], "other_id": self.numbers[two]}
            connection.execute(schema.pair.insert().values(**row, why="像", proposed_at=0))
        self.store.settle(number, same=True)
        older, newer = sorted((one, two), key=lambda key: self.numbers[key])
        self.model.merged[newer] = (older, self.store.clock)
        self.attempt(self.attempts + 1)  # what the newer one says of itself

    def known(self, ask: Ask) -> int:
        return self.clocks[min(ask.known, len(self.clocks) - 1)]

    def plainly(self, ask: Ask) -> naive.Answer:
        known = self.known(ask)
        return naive.ask(
            self.model, ask.basis, ask.start, ask.end, ask.as_of, known, ask.days, THRESHOLDS
        )

    def view(self, ask: Ask, *, everything: bool = False) -> naive.Answer:
        known_by = None if everything else self.known(ask)
        totals = self.store.ask(
            ask.basis, ask.start, ask.end, as_of=ask.as_of, known_by=known_by, days=ask.days
        )
        if totals is None:
            nothing = dict.fromkeys(METRICS, (0, 0, 0, 0, 0))
            none = dict.fromkeys(THRESHOLDS, 0)
            return naive.Answer(0, nothing, none, dict(none))  # type: ignore[arg-type]
        return naive.Answer(
            totals.posts,
            {
                name: (each.value, each.low, naive.high(each), each.known, each.missing)
                for name, each in totals.sums.items()
            },
            totals.hits.get("views") or dict.fromkeys(THRESHOLDS, 0),
            totals.unknown.get("views") or dict.fromkeys(THRESHOLDS, 0),
            totals.young,
            totals.unobserved,
        )


@tries(60)
@given(
    published,
    st.lists(act, min_size=1, max_size=9),
    st.lists(asks, min_size=1, max_size=6),
    st.booleans(),
)
def test_view_equals_the_naive_model(
    times: Any, acts: Any, questions: list[Ask], many: bool
) -> None:
    told = Told(times, many=many)
    for each in acts:
        told.tell(*each)
    for ask in questions:
        assert told.view(ask) == told.plainly(ask), ask
        now = Ask(ask.basis, ask.start, ask.end, 13 * DAY, 99, ask.days)
        assert told.view(now, everything=True) == told.plainly(now), now
    assert told.store.faults() == []
    told.store.engine.dispose()


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("born", [6 * DAY + 7, 5 * DAY - 1, 5 * DAY])
def test_a_work_that_was_seen_before_the_one_it_was_merged_into(born: int, many: bool) -> None:
    told = Told((born, 7, 7), many=many)
    bare: Any = ("1", "public", {})
    for act in (
        ("put", 0, [bare]),
        ("put", 0, [bare, ("2", "public", {})]),
        ("merge", "1", "2"),
        ("put", 0, [("2", "public", {"views": Count(1_500)})]),
        ("put", 0, [bare]),
    ):
        told.tell(*act)
    ask = Ask("gained", 5 * DAY, 7 * DAY, 13 * DAY, 99, 1)
    answer = told.view(ask, everything=True)
    assert answer == told.plainly(ask)
    assert answer.hits[1_000] == (born >= 5 * DAY)
    assert told.store.faults() == []
    told.store.engine.dispose()


@tries(30)
@given(published, st.lists(act, min_size=2, max_size=8), asks, st.booleans())
def test_an_answer_stands_for_ever(times: Any, acts: Any, ask: Ask, many: bool) -> None:
    told = Told(times, many=many)
    half = len(acts) // 2
    for each in acts[:half]:
        told.tell(*each)
    ask = Ask(ask.basis, ask.start, ask.end, ask.as_of, min(ask.known, half), ask.days)
    before = told.view(ask)
    assert told.store.faults() == []
    for each in acts[half:]:
        told.tell(*each)
        assert told.view(ask) == before
        assert told.store.faults() == []
    told.store.engine.dispose()


instant = st.one_of(st.integers(-DAY, 4 * DAY), moments.map(lambda second: second % (4 * DAY)))
looked_at = st.lists(
    st.tuples(
        instant, st.sampled_from(POSTS), st.dictionaries(st.sampled_from(SHOWN), value, min_size=1)
    ),
    min_size=1,
    max_size=12,
)


@tries(80)
@given(
    st.tuples(*[instant for _ in POSTS]),
    looked_at,
    st.lists(instant, min_size=3, max_size=5, unique=True).map(sorted),
    st.one_of(st.none(), instant),
)
def test_what_neighbouring_periods_gained_adds_up(
    times: tuple[int, ...], looks: Any, edges: list[int], as_of: int | None
) -> None:
    """Whatever second anything was published or observed in, before its publishing too: what all know adds up, and
    what only some parts know leaves the whole no smaller for hits."""
    store = empty({"views": THRESHOLDS})
    born = dict(zip(POSTS, times, strict=True))
    for seen, key, shown in looks:
        store.put([post(f"稿{key}", born[key], key=key, **shown)], seen)
    until = {} if as_of is None else {"as_of": as_of}
    spans = [*pairwise(edges), (edges[0], edges[-1])]
    asked = [store.ask("gained", start, end, **until) for start, end in spans]
    *parts, whole = asked
    store.engine.dispose()
    for metric in SHOWN:
        sums = [each.sums[metric] for each in (*parts, whole) if each is not None]
        if not any(each.missing for each in sums):
            added = sum(each.sums[metric].value for each in parts if each is not None)
            assert added == (whole.sums[metric].value if whole is not None else 0), metric
    for threshold in THRESHOLDS:
        crossed = sum(each.hits["views"][threshold] for each in parts if each is not None)
        assert crossed <= (whole.hits["views"][threshold] if whole is not None else 0)
