"""The posts behind a view's counts of hits: which threshold each one passed, between which two observations, and what
it is worth at the view's moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.records import METRICS, Count
from storage.observations import Value, crossing, series_of, values
from storage.values import decode, reached
from storage.views.series import View
from storage.views.valued import published_by

Thresholds = Mapping[str, Sequence[int]]
_N = len(METRICS)


@dataclass(frozen=True, slots=True, kw_only=True)
class HitPost:
    """A post surely at or above ``threshold``, the highest of its ``metric`` that it ``passed`` (on *gained* within the
    period: one that was past a lower one before passed the higher alone). The crossing lies after ``before_at`` (its
    publishing, where it was never seen below) and not after ``after_at``; UTC seconds.
    ``shown_by``: the metric that proves it, and of which ``now`` is the value (readers, where no views are known)."""

    post_id: int
    metric: str
    threshold: int
    passed: Sequence[int]
    before_at: int
    after_at: int
    shown_by: str
    now: Count


def hit_posts(view: View, thresholds: Thresholds) -> Iterator[HitPost]:
    """On *gained* the posts that crossed within the period, as ``view.totals(thresholds)`` found them before; else those
    at or above at their moment. One for each post and metric, in no order."""
    marks = view.crossed if view.question.basis == "gained" else _above(view, thresholds)
    posts = sorted({number for number, _ in marks})
    times = published_by(view.connection, posts, view.question.known)
    question = view.question
    for number, series in series_of(view.connection, posts, question.known, question.as_of):
        published_at = times[number] or 0
        there = list(values(series, question.moment(published_at)))
        for metric in thresholds:
            passed = marks.get((number, metric))
            found = passed and _hit(number, published_at, there, metric, passed)
            if found:
                yield found


def _above(view: View, thresholds: Thresholds) -> dict[tuple[int, str], list[int]]:
    tests = [f"{metric} >= {min(marks)}" for metric, marks in thresholds.items() if marks]
    if thresholds.get("views"):
        tests.append(f"readers >= {min(thresholds['views'])}")
    sql = (
        f"SELECT post_id, {', '.join(METRICS)}, bounds FROM {view.table}"
        f" WHERE {' OR '.join(['bounds IS NOT NULL', *tests])}"
    )
    found = {}
    for row in view.connection.exec_driver_sql(sql):
        counts = decode(row[1 : 1 + _N], row[1 + _N])
        for metric, marks in thresholds.items():
            passed = [each for each in marks if reached(counts, metric, each)]
            if passed:
                found[row[0], metric] = passed
    return found


def _hit(
    number: int, published_at: int, there: Sequence[Value], metric: str, passed: Sequence[int]
) -> HitPost | None:
    found = crossing(there, metric, max(passed))
    if found.past is None:
        return None
    last = dict(zip(METRICS, there[-1].counts, strict=True))
    shown_by = metric if last[metric] is not None else "readers"
    now = last[shown_by]
    if now is None:
        return None
    return HitPost(
        post_id=number,
        metric=metric,
        threshold=max(passed),
        passed=passed,
        before_at=published_at if found.below is None else found.below.seen_at,
        after_at=found.past.seen_at,
        shown_by=shown_by,
        now=now,
    )
