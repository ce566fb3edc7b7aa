"""Hits of a period on the basis *gained*. A crossing lies after one observation and not after the next; it counts for the
period only if that whole stretch lies in it (docs/definitions.md §9). A stretch that begins with the last second before
the period lies in it, so two files named for the last days of two quarters suffice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from storage import schema
from storage.bulk import select_in
from storage.observations import Seen, series_of
from storage.values import Counts, decode, fold, reached
from storage.views.valued import Question, all_known, published_by, value_at, whole


@dataclass(frozen=True, slots=True)
class Crossing:
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
) -> Iterator[Crossing]:
    """The crossings that touch the period, and what is known of posts valued in it of which it cannot be told
    whether they have crossed.

    ``thresholds`` are among those for which hits are kept (upkeep.keep_thresholds); ``table``: see valued.fill.
    """
    posts = _candidates(connection, question, thresholds, table)
    numbers = sorted(posts)
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        for owner, series in series_of(connection, part, question.known, question.as_of):
            account_id, published_at = posts[owner]
            seen = [e for e in series if not e.withdrawn and e.values[1] <= question.as_of]
            if not _counted(seen, question):
                continue
            values = list(values_of(seen))
            valued = any(question.opening < moment <= question.closing for moment, _ in values)
            for metric, each in thresholds.items():
                for threshold in each:
                    found = _crossed(question, published_at, values, metric, threshold, valued)
                    if found is not None:
                        yield Crossing(owner, account_id, metric, threshold, *found)


def _counted(seen: Sequence[Seen], question: Question) -> bool:
    """Whether the post counts: by its state at the period's close, or when it was first seen after."""
    value = value_at(seen, question.closing)
    if value is None:
        return bool(seen) and seen[0].values[5] in schema.COUNTED
    return value[1] in schema.COUNTED


def values_of(seen: Sequence[Seen]) -> Iterator[tuple[int, Counts]]:
    """The value of a series at each moment at which it was observed."""
    known: Counts | None = None
    for place, each in enumerate(seen):
        counts = decode(each.values[6:-1], each.values[-1])
        known = counts if known is None else fold(known, counts)
        if place + 1 == len(seen) or seen[place + 1].values[1] != each.values[1]:
            yield each.values[1], known


def _crossed(
    question: Question,
    published_at: int,
    values: Sequence[tuple[int, Counts]],
    metric: str,
    threshold: int,
    valued: bool,
) -> tuple[bool, int, int | None] | None:
    """(whether it surely lies in the period, after, not after); None: not in it."""
    before, unsure = published_at, False
    for seen_at, counts in values:
        moment = max(seen_at, published_at)  # of two works merged, one was seen before the other
        answer = reached(counts, metric, threshold)
        if answer:
            if moment <= question.opening or before >= question.end - 1 <= moment - 1:
                return None
            return before >= question.opening and moment < question.end, before, moment
        unsure = answer is None
        if answer is False:
            before = moment
    return (False, before, None) if unsure and valued and before < question.end - 1 else None


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
