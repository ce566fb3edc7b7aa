"""Hits of a period on the basis *gained*. A crossing lies after one observation and not after the next; it counts for the
period only if that whole stretch lies in it (docs/definitions.md §9). A stretch that begins with the last second before
the period lies in it, so two files named for the last days of two quarters suffice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from storage import schema
from storage.bulk import select_in
from storage.observations import Crossing, Seen, Value, crossing, series_of, values
from storage.views.valued import Question, all_known, published_by, whole


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


def crossings(
    connection: Connection,
    question: Question,
    thresholds: Mapping[str, Sequence[int]],
    table: str = "valued",
) -> Iterator[Crossed]:
    """The crossings that touch the period, and what is known of posts valued in it of which it cannot be told
    whether they have crossed.

    ``thresholds`` are among those for which hits are kept (upkeep.keep_thresholds); ``table``: see valued.fill.
    """
    posts = _candidates(connection, question, thresholds, table)
    for owner, series in series_of(connection, sorted(posts), question.known, question.as_of):
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


def _candidates(
    connection: Connection,
    question: Question,
    thresholds: Mapping[str, Sequence[int]],
    table: str,
) -> dict[int, tuple[int, int]]:
    """Posts that may have crossed: those with a hit on record, or not plain, or valued without a figure."""
    empty = " OR ".join(f"v.{metric} IS NULL" for metric in thresholds) or "1 = 0"
    touching = ""
    if all_known(
        connection, question
    ):  # else the crossing on record may be another than the one then known
        touching = (
            f" WHERE h.after_at > {question.opening}"
            f" AND (h.before_at IS NULL OR h.before_at < {question.end - 1})"
        )
    sql = (
        f"SELECT p.post_id FROM post p WHERE {whole(question)}"
        f" AND (NOT p.plain OR p.post_id IN (SELECT h.post_id FROM hit h{touching}))"
        f" UNION SELECT v.post_id FROM {table} v WHERE {empty}"
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
