"""The posts behind a view's counts of hits: which threshold each one passed, between which two observations, and what
it is worth at the view's moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.moments import DAY
from adapters.records import METRICS, Count
from storage.observations import series_of
from storage.values import Counts, reached
from storage.views.crossings import values_of
from storage.views.series import View, amounts, reaches
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
    for number, values in _series(view, posts, times):
        for metric in thresholds:
            passed = marks.get((number, metric))
            threshold = max(passed or (0,))
            found = passed and _hit(values, times[number] or 0, metric, threshold)
            if passed and found:
                before, after, shown_by, now = found
                yield HitPost(
                    post_id=number,
                    metric=metric,
                    threshold=threshold,
                    passed=passed,
                    before_at=before,
                    after_at=after,
                    shown_by=shown_by,
                    now=now,
                )


def _above(view: View, thresholds: Thresholds) -> dict[tuple[int, str], list[int]]:
    tests = [f"{metric} >= {min(values)}" for metric, values in thresholds.items() if values]
    if thresholds.get("views"):
        tests.append(f"readers >= {min(thresholds['views'])}")
    sql = (
        f"SELECT post_id, {', '.join(METRICS)}, bounds FROM {view.table}"
        f" WHERE {' OR '.join(['bounds IS NOT NULL', *tests])}"
    )
    found = {}
    for row in view.connection.exec_driver_sql(sql):
        shown = amounts(row[1 : 1 + _N], row[1 + _N])
        for metric, values in thresholds.items():
            passed = [each for each in values if reaches(shown, metric, each)]
            if passed:
                found[row[0], metric] = passed
    return found


def _series(
    view: View, posts: Sequence[int], times: Mapping[int, int | None]
) -> Iterator[tuple[int, list[tuple[int, Counts]]]]:
    """(post, its value at each moment at which it was observed, up to the moment of the view)."""
    question = view.question
    for start in range(0, len(posts), 500):
        for number, series in series_of(
            view.connection, posts[start : start + 500], question.known, question.as_of
        ):
            until = {
                "published": question.as_of,
                "gained": question.closing,
                "aged": (times[number] or 0) + question.days * DAY,
            }[question.basis]
            seen = [each for each in series if not each.withdrawn and each.values[1] <= until]
            yield number, list(values_of(seen))


def _hit(
    values: Sequence[tuple[int, Counts]], published_at: int, metric: str, threshold: int
) -> tuple[int, int, str, Count] | None:
    """(after, not after, the metric that proves it, its value at the end)."""
    before = published_at
    for moment, counts in values:
        answer = reached(counts, metric, threshold)
        if answer:
            shown_by = metric if values[-1][1][METRICS.index(metric)] is not None else "readers"
            now = values[-1][1][METRICS.index(shown_by)]
            return None if now is None else (before, moment, shown_by, now)
        if answer is False:
            before = moment
    return None
