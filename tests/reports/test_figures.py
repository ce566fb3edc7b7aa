"""A sum of counts, whatever their bounds: its figure holds the truth, and its phrase is true of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.records import Count, about, added, at_least, between
from reports import wording
from tests.reports.phrases import is_tidy, true_of

_UNITS = st.sampled_from([100, 1_000, 10_000])


@st.composite
def _posts(draw: st.DrawFn) -> tuple[Count | None, int]:
    """What a source shows of a post, and the truth behind it."""
    truth = draw(st.one_of(st.integers(0, 20_000), st.integers(0, 3_000_000)))
    how = draw(st.sampled_from(["exact", "cut", "rounded", "least", "absent"]))
    unit = draw(_UNITS)
    cut = truth // unit * unit
    shown = {
        "exact": Count(truth),
        "cut": about(cut, unit, cut=True),
        "rounded": about((truth + unit // 2) // unit * unit, unit, cut=False),
        "least": at_least(cut),
        "absent": None,
    }
    return shown[how], truth


@given(st.lists(_posts(), max_size=8), st.booleans())
def test_a_sum_holds_the_truth_and_is_worded_truly(
    posts: list[tuple[Count | None, int]], incomplete: bool
) -> None:
    truth = sum(each for _, each in posts)
    found = added(shown for shown, _ in posts).stated(incomplete=incomplete)
    if all(shown is None for shown, _ in posts):
        assert found is None
        return
    assert found is not None
    assert found.low <= truth
    assert found.high is None or truth <= found.high
    assert found.missing == sum(shown is None for shown, _ in posts)
    if found.bound == "exact":
        assert found.value == truth
    phrase = wording.total(found, (100_000, 1_000_000))
    assert is_tidy(phrase)
    assert true_of(phrase, truth, (100_000, 1_000_000)), phrase


def test_what_each_kind_of_uncertainty_makes_of_a_sum() -> None:
    assert added([]).stated() is None
    assert added([None, None]).stated() is None
    assert added([Count(60), Count(40)]).stated() == Count(100)
    assert added([Count(60), Count(40)]).stated(incomplete=True) == at_least(100)
    lacking = added([Count(60), None, Count(40)])
    assert (lacking.low, lacking.high, lacking.bound) == (100, None, "at_least")
    assert lacking.stated() == Count(100, above=None, missing=1)
    rounded = about(12_000, 1_000, cut=False)
    assert added([Count(100), rounded]).stated() == Count(12_100, 500, 499)
    assert added([at_least(100_000), rounded]).stated() == at_least(111_500)
    assert added([rounded, None]).stated() == Count(11_500, above=None, missing=1)
    assert added([Count(0)]).stated() == Count(0)
    assert added([Count(-5)]).stated() == Count(-5)


def test_a_gain_from_limits() -> None:
    assert Count(9).less(Count(4)) == Count(5)
    assert Count(9).less(at_least(4)) is None
    assert at_least(9).less(Count(4)) == at_least(5)
    assert about(12_000, 1_000, cut=True).less(about(9_000, 1_000, cut=True)) == between(
        2_001, 3_999
    )
    fall = -between(3, 9)
    assert (fall.low, fall.high) == (-9, -3)
    with pytest.raises(ValueError, match="no lower limit"):
        -at_least(3)
