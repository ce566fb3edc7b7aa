"""Hits of a view: which of its posts passed which threshold, between which two observations.

On *gained* a crossing lies after one observation and not after the next; it counts for the period only if that whole
stretch lies in it (docs/definitions.md §9). A stretch that begins with the last second before the period lies in it, so
two files named for the last days of two quarters suffice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from adapters.records import METRICS, Count
from storage import schema
from storage.bulk import select_in
from storage.observations import Crossing, Seen, Value, crossing, series_of, value_at, values
from storage.values import decode, reached
from storage.views.looks import Origin, origin
from storage.views.valued import MERGED, Question, all_known, folded, last_seen, published_by, whole
from storage.views.view import View

#: Metric → thresholds.
Thresholds = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Crossed:
    """A post's crossing of a threshold: after ``before_at`` (its publishing, where it was never seen below) and not
    after ``after_at``, in UTC seconds. ``sure``: it lies in the period; else it cannot be told whether it does
    (``after_at`` None: nor whether there was one)."""

    post_id: int
    account_id: int
    metric: str
    threshold: int
    sure: bool
    before_at: int
    after_at: int | None


def crossings(view: View, thresholds: Thresholds) -> Iterator[Crossed]:
    """The crossings that touch the period, and what is known of posts valued in it of which it cannot be told
    whether they have crossed.

    ``thresholds`` are among those for which hits are kept (upkeep.keep_thresholds).
    """
    question, posts = view.question, _candidates(view, thresholds)
    for owner, series in series_of(view.connection, sorted(posts), question.known, question.as_of):
        account_id, published_at = posts[owner]
        there = list(values(series, question.as_of))
        if not there or not _counts(series, there, question):
            continue
        valued = any(question.opening < each.seen_at <= question.closing for each in there)
        for metric, each in thresholds.items():
            for threshold in each:
                passed = crossing(there, metric, threshold)
                found = _within(question, published_at, passed, valued=valued)
                if found is not None:
                    yield Crossed(owner, account_id, metric, threshold, *found)


def _counts(series: Sequence[Seen], there: Sequence[Value], question: Question) -> bool:
    """Whether the post counts: by its state at the period's close, or when it was first seen after."""
    states = [each.state for each in there if each.seen_at <= question.closing]
    first = next(each.state for each in series if not each.withdrawn)
    return (states[-1] if states else first) in schema.COUNTED


def _within(
    question: Question, published_at: int, passed: Crossing, *, valued: bool
) -> tuple[bool, int, int | None] | None:
    """(whether the crossing surely lies in the period, after, not after); None: it is not in it. Of two works merged,
    one may have been seen before the other was published: nothing is passed before it is there."""
    before = published_at if passed.below is None else max(passed.below.seen_at, published_at)
    if passed.past is None:
        return (
            (False, before, None)
            if passed.unsure and valued and before < question.end - 1
            else None
        )
    moment = max(passed.past.seen_at, published_at)
    if moment <= question.opening or before >= question.end - 1 <= moment - 1:
        return None
    return before >= question.opening and moment < question.end, before, moment


def _candidates(view: View, thresholds: Thresholds) -> dict[int, tuple[int, int]]:
    """Posts that may have crossed: those with a hit on record, or folded and once seen past a threshold, or valued without
    a figure.
    Each with its account and when it was published."""
    connection, question = view.connection, view.question
    empty = " OR ".join(f"v.{metric} IS NULL" for metric in thresholds)
    if not empty:
        return {}
    past = [f"x.{metric} >= {min(marks)}" for metric, marks in thresholds.items() if marks]
    past += [f"x.readers >= {min(marks)}" for marks in [thresholds.get("views")] if marks]
    past.append("x.bounds IS NOT NULL")
    after = f"(h.after_at > {question.opening} OR p.published_at >= {question.start})"
    if all_known(connection, question):
        touching = f"{after} AND (h.before_at IS NULL OR h.before_at < {question.end - 1})"
    else:  # by what was known the crossing was on record, or a later one: looks between were not told yet
        touching = f"({after} OR h.attempt_id > {question.known.attempt_id})"
    sql = (
        f"SELECT p.post_id FROM hit h CROSS JOIN post p WHERE p.post_id = h.post_id AND {touching}"
        f" AND p.plain AND p.published_at < {question.end} AND {whole(question)}"
        f" UNION SELECT p.post_id FROM post p WHERE {folded(question)}"
        f" AND (p.post_id IN ({MERGED}) OR EXISTS (SELECT 1 FROM observation x"
        f" WHERE x.post_id = p.post_id AND ({' OR '.join(past)})))"
        f" UNION SELECT v.post_id FROM {view.table} v WHERE {empty}"
    )
    numbers = [row[0] for row in connection.exec_driver_sql(sql)]
    times = published_by(connection, numbers, question.known)
    sql = "SELECT post_id, account_id FROM post WHERE post_id IN (??)"
    found = {}
    for number, account_id in select_in(connection, sql, numbers):
        moment = times[number]
        if moment is not None and moment < question.end:
            found[number] = (account_id, moment)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class HitPost:
    """A post surely at or above ``threshold``, the highest of its ``metric`` that it ``passed`` (on *gained* within the
    period: one that was past a lower one before passed the higher alone). The crossing lies after ``before_at`` (its
    publishing, where it was never seen below) and not after ``after_at``; UTC seconds.
    ``shown_by``: the metric that proves it, and of which ``now`` is the value (readers, where no views are known).
    ``origin``: the observation that showed the crossing."""

    post_id: int
    metric: str
    threshold: int
    passed: Sequence[int]
    before_at: int
    after_at: int
    shown_by: str
    now: Count
    origin: Origin


def hit_posts(view: View, thresholds: Thresholds, *, apart: bool = False) -> Iterator[HitPost]:
    """On *gained* the posts that crossed within the period, as totals.totals found them before; else those
    at or above at their moment. One for each post and metric, or (``apart``) for each threshold that it passed; in no order."""
    marks = view.crossed if view.question.basis == "gained" else _above(view, thresholds)
    posts = sorted({number for number, _ in marks})
    times = published_by(view.connection, posts, view.question.known)
    question = view.question
    for number, series in series_of(view.connection, posts, question.known, question.as_of):
        published_at = times[number] or 0
        there = list(values(series, question.moment(published_at)))
        for metric in thresholds:
            passed = marks.get((number, metric), ())
            for some in [[mark] for mark in passed] if apart else [passed] if passed else []:
                found = _hit(number, published_at, series, there, metric, some)
                if found is not None:
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
        counts = decode(row[1:-1], row[-1])
        for metric, marks in thresholds.items():
            passed = [each for each in marks if reached(counts, metric, each)]
            if passed:
                found[row[0], metric] = passed
    return found


def _hit(
    number: int,
    published_at: int,
    series: Sequence[Seen],
    there: Sequence[Value],
    metric: str,
    passed: Sequence[int],
) -> HitPost | None:
    found = crossing(there, metric, max(passed))
    if found.past is None:
        return None
    last = dict(zip(METRICS, there[-1].counts, strict=True))
    shown_by = metric if last[metric] is not None else "readers"
    now, place = last[shown_by], origin(series, found.past.seen_at)
    if now is None or place is None:
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
        origin=place,
    )


@dataclass(frozen=True, slots=True)
class EarlierHit:
    """A post published before a period, with its views at the view's as-of."""

    account: str
    views: Count


def earlier_hits(view: View, accounts: Sequence[str], floor: int) -> Iterator[EarlierHit]:
    """Every post of ``accounts`` that was published before the view's period and has ``floor`` views, a threshold or more,
    or may have them: a post without a record of a hit never stood at the lowest threshold or above, unless it is rounded
    there."""
    question = view.question
    wanted = {number: key for number, key in view.accounts.items() if key in accounts}
    listed = f"({', '.join(map(str, wanted)) or 'NULL'})"
    found = (
        "FROM (SELECT DISTINCT post_id FROM hit WHERE metric = 'views') h CROSS JOIN post p"
        f"{{}} WHERE p.post_id = h.post_id AND p.account_id IN {listed}"
    )
    sql = (
        f"SELECT p.account_id, o.views {found.format(' CROSS JOIN observation o')}"
        f" AND p.plain AND p.published_at < {question.start} AND o.post_id = p.post_id"
        f" AND o.observed_at = {last_seen('p', str(question.as_of), question)} AND o.views >= {floor}"
    )
    for account, views in view.connection.exec_driver_sql(sql):
        yield EarlierHit(wanted[account], Count(views))
    sql = f"SELECT p.post_id, p.account_id {found.format('')} AND NOT p.plain AND p.merged_into IS NULL"
    owners: dict[int, str] = {
        number: wanted[account] for number, account in view.connection.exec_driver_sql(sql)
    }
    times = published_by(view.connection, owners, question.known)
    posts = sorted(n for n in owners if (times[n] or question.start) < question.start)
    for number, series in series_of(view.connection, posts, question.known):
        last = value_at(series, question.as_of)
        views = None if last is None else last.counts[METRICS.index("views")]
        if views is not None and (views.high is None or views.high >= floor):
            yield EarlierHit(owners[number], views)


def since(view: View, accounts: Sequence[str]) -> int | None:
    """When the first post of ``accounts`` that is kept was published, in UTC seconds; None where none is."""
    numbers = [number for number, key in view.accounts.items() if key in accounts]
    post = schema.post
    firsts = [
        view.connection.execute(
            select(func.min(post.c.published_at)).where(post.c.account_id == number)
        ).scalar()
        for number in numbers
    ]
    return min((each for each in firsts if each is not None), default=None)
