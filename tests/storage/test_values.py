"""values.later, sentence by sentence of docs/definitions.md §6, and its laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.records import METRICS, Count, about, at_least
from storage import values

EXACT_7 = Count(7)
PLUS_100K = at_least(100_000)


@pytest.mark.parametrize(
    ("known", "seen", "stands"),
    [
        # "the last non-missing value at or before t"
        (Count(5), Count(9), Count(9)),
        (Count(9), Count(5), Count(5)),  # a fall is shown
        (Count(5), Count(0), Count(0)),  # zero is a number
        (None, EXACT_7, EXACT_7),
        # "a later observation that lacks a metric does not erase it", "absent never replaces present"
        (EXACT_7, None, EXACT_7),
        (PLUS_100K, None, PLUS_100K),
        (None, None, None),
        # "a bound below an earlier exact value: the larger stands as a bound"
        (Count(150_000), PLUS_100K, at_least(150_000)),
        (Count(100_000), PLUS_100K, PLUS_100K),
        (Count(90_000), PLUS_100K, PLUS_100K),
        (Count(12_345), about(12_000, 1_000, cut=True), at_least(12_345)),
        (Count(12_345), about(13_000, 1_000, cut=True), about(13_000, 1_000, cut=True)),
        (Count(100_000), about(100_000, 1_000, cut=False), at_least(100_000)),
        (at_least(150_000), PLUS_100K, at_least(150_000)),
        # "an exact value outranks an older bound only if it is not below it"
        (PLUS_100K, Count(100_000), Count(100_000)),
        (PLUS_100K, Count(250_000), Count(250_000)),
        (PLUS_100K, Count(99_999), PLUS_100K),
        (about(12_000, 1_000, cut=True), Count(12_700), Count(12_700)),
        (about(12_000, 1_000, cut=True), Count(11_999), about(12_000, 1_000, cut=True)),
        (about(12_000, 1_000, cut=False), Count(11_600), Count(11_600)),
    ],
)
def test_later(known: Count | None, seen: Count | None, stands: Count | None) -> None:
    assert values.later(known, seen) == stands


exact = st.builds(Count, st.integers(0, 300_000))
lower = st.builds(at_least, st.integers(0, 300_000))
stepped = st.builds(
    lambda n, cut: about(n * 1_000, 1_000, cut=cut),
    st.integers(0, 300),
    st.sampled_from([True, False, None]),
)
count = exact | lower | stepped


@given(count)
def test_seen_twice_is_seen_once(seen: Count) -> None:
    assert values.later(seen, seen) == seen


@given(st.none() | count, count)
def test_what_is_known_never_becomes_unknown(known: Count | None, seen: Count) -> None:
    assert values.later(known, seen) is not None
    assert values.later(seen, None) == seen


@given(count, lower | stepped)
def test_a_bound_never_takes_a_proof_away(known: Count, seen: Count) -> None:
    if known.bound != "about" and seen.value <= known.value:
        stands = values.later(known, seen)
        assert stands is not None
        assert stands.low >= known.low


@given(exact, exact)
def test_the_last_exact_value_stands(known: Count, seen: Count) -> None:
    assert values.later(known, seen) == seen


@given(st.tuples(*[st.none() | count for _ in METRICS]))
def test_stored_and_read_back(counts: values.Counts) -> None:
    stored = [None if each is None else each.value for each in counts]
    assert values.decode(stored, values.encode(counts)) == counts


def reached(threshold: int, **counts: Count) -> bool | None:
    row = tuple(counts.get(name) for name in METRICS)
    return values.reached(row, "views", threshold)


@pytest.mark.parametrize(
    ("counts", "over_100k", "over_1m"),
    [
        ({"views": Count(100_000)}, True, False),
        ({"views": Count(99_999)}, False, False),
        ({"views": PLUS_100K}, True, None),  # 10万+
        ({"views": about(100_000, 1_000, cut=True)}, True, False),  # 10.0万, cut
        ({"views": about(100_000, 1_000, cut=False)}, None, False),  # 10.0万, rounded
        ({"views": about(100_000, 1_000, cut=None)}, None, False),  # 10.0万, not known which
        ({"readers": Count(100_000)}, True, None),  # readers prove
        ({"readers": Count(99_999)}, None, None),  # fewer leave it unknown
        ({"views": Count(90_000), "readers": Count(100_000)}, False, False),
        ({}, None, None),
    ],
)
def test_reached(counts: dict[str, Count], over_100k: bool | None, over_1m: bool | None) -> None:
    assert reached(100_000, **counts) is over_100k
    assert reached(1_000_000, **counts) is over_1m
