"""A sum of counts, whatever their bounds: its figure holds the truth, and its phrase is true of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.records import Count
from reports import wording
from reports.figures.figure import Figure, figure
from reports.wording import Spread
from storage.views.series import Sum
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
        "cut": Count(cut, "about", unit, cut=True),
        "rounded": Count((truth + unit // 2) // unit * unit, "about", unit, cut=False),
        "least": Count(cut, "at_least"),
        "absent": None,
    }
    return shown[how], truth


@given(st.lists(_posts(), max_size=8), st.booleans())
def test_a_sum_holds_the_truth_and_is_worded_truly(
    posts: list[tuple[Count | None, int]], incomplete: bool
) -> None:
    total = Sum()
    for shown, _ in posts:
        part = Sum(missing=1) if shown is None else Sum(shown.value, shown.low, shown.high, 1)
        total.add(part)
    truth = sum(each for _, each in posts)
    found = figure(total, incomplete=incomplete)
    if all(shown is None for shown, _ in posts):
        assert found is None
        return
    assert found is not None
    assert found.spread.low <= truth
    assert found.spread.high is None or truth <= found.spread.high
    assert found.missing == sum(shown is None for shown, _ in posts)
    if found.bound == "exact":
        assert found.value == truth
    phrase = wording.total(found.spread, (100_000, 1_000_000))
    assert is_tidy(phrase)
    assert true_of(phrase, truth, (100_000, 1_000_000)), phrase


def test_what_each_kind_of_uncertainty_makes_of_a_sum() -> None:
    exact = Sum(100, 100, 100, known=2)
    assert figure(Sum()) is None
    assert figure(Sum(missing=3)) is None
    assert figure(exact) == Figure(value=100, bound="exact", spread=Spread(100, 100))
    assert figure(exact, incomplete=True) == Figure(
        value=100, bound="at_least", spread=Spread(100, None)
    )
    assert figure(Sum(100, 100, 100, known=2, missing=1)) == Figure(
        value=100, bound="at_least", spread=Spread(100, None), missing=1
    )
    assert figure(Sum(12_100, 11_600, 12_599, known=2)) == Figure(
        value=12_100, bound="about", spread=Spread(11_600, 12_599)
    )
    assert figure(Sum(112_000, 111_500, None, known=2)) == Figure(
        value=111_500, bound="at_least", spread=Spread(111_500, None)
    )
    assert figure(Sum(0, 0, 0, known=1)) == Figure(value=0, bound="exact", spread=Spread(0, 0))
    assert figure(Sum(-5, -5, -5, known=1)) == Figure(
        value=-5, bound="exact", spread=Spread(-5, -5)
    )
