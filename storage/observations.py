"""The observations of posts in order, as they were known at a moment, and the value at t that follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection

from adapters.records import METRICS
from storage import ledgers, schema
from storage.bulk import select_in
from storage.known import Known, owners_of
from storage.values import Counts, decode, fold_shown, reached

#: Posts whose observations are in memory at once.
IN_HAND = 500
#: Where the figures begin in a row of schema.observation, and where its bounds follow them.
_BOUNDS = len(schema.observation.c) - 1
_FIGURES = _BOUNDS - len(METRICS)


class Seen(NamedTuple):
    """One observation of a post: a row of schema.observation and what became of it. ``withdrawn``: taken back, or of a
    version of a ledger in whose place a newer one stood. ``merged``: it was made of a post that was merged into this one.
    ``followed``: of a version of a ledger that was ever followed by a newer one."""

    post_id: int
    observed_at: int
    attempt_id: int
    sheet: int
    row: int
    state: int
    figures: tuple[int | None, ...]
    bounds: str | None
    withdrawn: bool = False
    merged: bool = False
    followed: bool = False

    @property
    def counts(self) -> Counts:
        return decode(self.figures, self.bounds)

    @classmethod
    def of(cls, row: tuple[Any, ...], post_id: int, *marks: bool) -> Seen:
        """A row that begins with the columns of the table, as one of ``post_id``. ``marks``: withdrawn, merged, followed."""
        _, observed_at, attempt_id, sheet, place, state = row[:_FIGURES]
        shown = row[_FIGURES:_BOUNDS], row[_BOUNDS]
        return cls(post_id, observed_at, attempt_id, sheet, place, state, *shown, *marks)


def series_of(
    connection: Connection,
    posts: Sequence[int],
    known: Known | None = None,
    as_of: int | None = None,
) -> Iterator[tuple[int, list[Seen]]]:
    """(post, its observations in order), those of posts merged into it included.

    Withdrawn observations are there and marked; what was recorded after ``known`` is not. ``as_of``: a version of a
    ledger is not withdrawn by one that shows a later moment (None: by any).
    """
    known = known or Known()
    for start in range(0, len(posts), IN_HAND):
        yield from _series(connection, posts[start : start + IN_HAND], known, as_of)


def _series(
    connection: Connection, posts: Sequence[int], known: Known, as_of: int | None
) -> Iterator[tuple[int, list[Seen]]]:
    owners = owners_of(connection, posts, known)
    sql = (
        f"SELECT o.*, {ledgers.TAKEN_BACK}, CASE WHEN a.adapter = '{ledgers.LEDGER}' THEN a.account_id END"
        " FROM observation o JOIN attempt a ON a.attempt_id = o.attempt_id WHERE o.post_id IN (??)"
    )
    rows = [row for row in select_in(connection, sql, owners) if _told(row, known)]
    rows.sort(key=lambda row: (owners[row[0]], *row[1:5]))
    accounts = {row[-1] for row in rows if row[-1] is not None}
    ends = ledgers.followed(connection, known, accounts) if accounts else {}
    for owner, series in groupby(rows, key=lambda row: owners[row[0]]):
        found = []
        for row in series:
            post_id, _, attempt_id, *_, gone, _ = row
            withdrawn = known.holds(gone) or ledgers.ended(ends, attempt_id, as_of)
            found.append(Seen.of(row, owner, withdrawn, post_id != owner, attempt_id in ends))
        yield owner, found


def _told(row: Sequence[Any], known: Known) -> bool:
    return known.attempt_id is None or bool(row[2] <= known.attempt_id)


class Value(NamedTuple):
    """What a series is worth (docs/definitions.md §6) from the moment ``seen_at`` of an observation to the next one;
    ``attempt_id``: the reading that showed that moment (0: not known, of the table latest)."""

    seen_at: int
    attempt_id: int
    state: int
    figures: tuple[int | None, ...]
    bounds: str | None

    @property
    def counts(self) -> Counts:
        return decode(self.figures, self.bounds)

    def reaches(self, metric: str, threshold: int) -> bool | None:
        """Whether it is past a threshold; None where it cannot be told (see values.reached)."""
        figure = self.figures[METRICS.index(metric)]
        if figure is not None and self.bounds is None:  # the common case
            return figure >= threshold
        return reached(self.counts, metric, threshold)


def after(last: Value | None, seen: Seen) -> Value:
    """The value once ``seen`` was observed, not earlier than ``last``."""
    shown = seen.figures, seen.bounds
    if last is not None:
        shown = fold_shown((last.figures, last.bounds), shown)
    return Value(seen.observed_at, seen.attempt_id, seen.state, *shown)


def values(series: Iterable[Seen], until: int | None = None) -> Iterator[Value]:
    """The value at each moment (not after ``until``) at which a series was observed: its standing observations, in
    order, each folded into what was known before. With valued.py's SQL for plain series, the only place that says so."""
    last: Value | None = None
    for each in series:
        if each.withdrawn:
            continue
        if until is not None and each.observed_at > until:
            break
        if last is not None and last.seen_at != each.observed_at:
            yield last
        last = after(last, each)
    if last is not None:
        yield last


def value_at(series: Iterable[Seen], moment: int) -> Value | None:
    """The value at ``moment``; None before the first standing observation."""
    return max(values(series, moment), key=lambda each: each.seen_at, default=None)


class Crossing(NamedTuple):
    """Between which values a threshold was passed: ``below`` is the last one surely under it before ``past``, the first
    one at or above. ``unsure``: the last value may be past it."""

    below: Value | None
    past: Value | None
    unsure: bool


def crossing(values: Iterable[Value], metric: str, threshold: int) -> Crossing:
    """Where the values of a series, in order, pass ``threshold``."""
    below, unsure = None, False
    for each in values:
        answer = each.reaches(metric, threshold)
        if answer:
            return Crossing(below, each, unsure=False)
        unsure = answer is None
        if answer is False:
            below = each
    return Crossing(below, None, unsure)


def is_plain(series: Sequence[Seen], there: Sequence[Value]) -> bool:
    """Whether the value at any moment (``there``) is the last observation by then, as valued.py's SQL takes it: every
    observation stands, one a moment, only exact figures, none that is shown no longer."""
    return len(there) == len(series) and all(
        each.bounds is None and each.figures == value.figures and not (each.merged or each.followed)
        for each, value in zip(series, there, strict=True)
    )
