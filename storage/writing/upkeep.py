"""Keeps derived rows up to date: each post's latest value, its hits, and whether its series is plain
(observations.is_plain, and a publish time that never changed). ``refold`` derives all of them anew from the observations.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from adapters.records import METRICS
from storage import facts, schema
from storage.bulk import rows_of, run_in, select_in, upsert_rows
from storage.known import top_of
from storage.observations import IN_HAND, Seen, Value, after, crossing, is_plain, series_of, values
from storage.values import encode_one

_KEPT = ("post_id", "observed_at", "state", *METRICS, "bounds")
#: Fewer new rows than this are looked at one by one, more by the database.
FEW = 200
#: A fall of less than this share or number is a platform's ordinary clean-up.
SHARP_SHARE, SHARP_NUMBER = 0.2, 100

#: Metric → its thresholds, ascending.
Thresholds = Mapping[str, Sequence[int]]


class KeptHit(NamedTuple):
    """The first columns of the table hit, after the post's number."""

    metric: str
    threshold: int
    before_at: int | None
    after_at: int
    attempt_id: int
    value: int
    bounds: str | None


@dataclass(slots=True)
class DerivedValues:
    """What the observations of one post amount to; ``value``: its latest one, None where none stands."""

    plain: bool
    value: Value | None = None
    hits: dict[tuple[str, int], KeptHit] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fall:
    """A cumulative figure that fell sharply: stored as seen, never clamped, and flagged."""

    post_id: int
    metric: str
    before: int
    after: int
    title: str = ""


class Keeper:
    """Keeps latest values and hits while one reading is stored."""

    def __init__(
        self,
        connection: Connection,
        attempt_id: int,
        recorded_at: int,
        marks: Thresholds | None = None,
    ) -> None:
        self.connection = connection
        self.attempt_id = attempt_id
        self.recorded_at = recorded_at
        self.thresholds = thresholds(connection) if marks is None else marks
        self.anew: set[int] = set()  # posts to be folded anew
        self.falls: list[Fall] = []

    def saw(self, new: Sequence[tuple[Any, ...]]) -> None:
        """New rows of schema.observation, stored already, in the order of the source."""
        if new and len(new) >= FEW:
            new = self._remarkable(new)
        rows = [Seen.of(row, row[0]) for row in new]
        known = kept_of(self.connection, {row.post_id for row in rows})
        changed: dict[int, Value] = {}
        unplain: set[int] = set()
        for row in rows:
            post_id = row.post_id
            old = known[post_id]
            if old.value is not None and row.observed_at <= old.value.seen_at:
                self.anew.add(post_id)  # what a moment shows is only known when all of it is
                if row.observed_at < old.value.seen_at:
                    continue
            value = after(old.value, row)
            plain = old.plain and value.figures == row.figures and row.bounds is None
            if old.plain and not plain:
                unplain.add(post_id)
            if self._crosses(old.value, value):
                self.anew.add(post_id)
            if old.value is not None:
                self.falls += _falls(post_id, old.value, value)
            known[post_id] = DerivedValues(plain, value)
            changed[post_id] = value
        rows_of_latest = [latest_row(number, value) for number, value in changed.items()]
        upsert_rows(self.connection, schema.latest, rows_of_latest)
        _set_plain(self.connection, unplain, plain=False)

    def finish(self) -> int:
        """Fold anew the posts that passed a threshold or got an observation not newer than their latest; returns how
        many hits are new."""
        return refold(self.connection, self.anew, self.recorded_at)

    def _crosses(self, old: Value | None, new: Value) -> bool:
        return any(
            new.reaches(metric, each) and not (old is not None and old.reaches(metric, each))
            for metric, marks in self.thresholds.items()
            for each in marks
        )

    def _remarkable(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Most new observations only make the latest value newer: the database does that for thousands at a time. The
        few that need a closer look are handed back."""
        numbers, moments, *_ = zip(*rows, strict=True)
        posts = set(numbers)
        span = f"f.observed_at BETWEEN {min(moments)} AND {max(moments)}"
        new = f"f.attempt_id = {self.attempt_id} AND {span}"
        sql = (
            "SELECT f.post_id FROM post p CROSS JOIN observation f LEFT JOIN latest l"
            f" ON l.post_id = p.post_id WHERE f.post_id = p.post_id AND {new}"
            f" AND ({' OR '.join(_conditions(self.thresholds))}) AND p.post_id IN (??)"
        )
        found = {number for (number,) in select_in(self.connection, sql, posts)}
        if len(posts) < len(rows):
            found |= {number for number, times in Counter(numbers).items() if times > 1}
        columns = ", ".join(_KEPT)
        changes = ", ".join(f"{name} = excluded.{name}" for name in _KEPT[1:])
        sql = (
            f"INSERT INTO latest ({columns}) SELECT {columns} FROM observation f WHERE {new}"
            f" AND f.post_id IN (??) ON CONFLICT (post_id) DO UPDATE SET {changes}"
        )
        run_in(self.connection, sql, sorted(posts - found))
        return [row for number, row in zip(numbers, rows, strict=True) if number in found]


def _conditions(marks: Thresholds) -> Iterator[str]:
    """When a row needs a closer look: its post ``p``, the row ``f``, the latest value ``l`` so far."""
    yield "NOT p.plain"
    yield "f.bounds IS NOT NULL"
    yield "f.observed_at <= l.observed_at"
    for name in METRICS:
        yield f"f.{name} < l.{name}"  # a fall
        yield f"(f.{name} IS NULL AND l.{name} IS NOT NULL)"  # a figure no longer shown
    for metric, each in marks.items():
        for name in (metric, "readers") if metric == "views" else (metric,):
            for value in each:
                yield f"(f.{name} >= {value} AND (l.{name} IS NULL OR l.{name} < {value}))"


def _falls(post_id: int, old: Value, new: Value) -> Iterator[Fall]:
    for metric, before, now in zip(METRICS, old.figures, new.figures, strict=True):
        if before is not None and now is not None and now < before:
            lost = before - now
            if lost >= SHARP_NUMBER and lost >= SHARP_SHARE * before:
                yield Fall(post_id, metric, before, now)


def thresholds(connection: Connection) -> Thresholds:
    """The thresholds for which hits are kept."""
    found: dict[str, list[int]] = defaultdict(list)
    sql = "SELECT metric, threshold FROM threshold ORDER BY threshold"
    for metric, value in rows_of(connection, sql):
        found[metric].append(value)
    return found


def keep_thresholds(connection: Connection, wanted: Thresholds, recorded_at: int) -> None:
    """Make the kept thresholds those of config; hits of a new one are found in what is stored."""
    kept = thresholds(connection)
    have = {(metric, each) for metric, marks in kept.items() for each in marks}
    want = {(metric, each) for metric, marks in wanted.items() for each in marks}
    table, seen = schema.threshold, schema.observation.c
    for metric, value in have - want:
        connection.execute(
            table.delete().where(table.c.metric == metric, table.c.threshold == value)
        )
    posts: set[int] = set()
    for metric, value in want - have:
        connection.execute(table.insert().values(metric=metric, threshold=value))
        past = seen[metric] >= value
        if metric == "views":
            past = past | (seen.readers >= value)
        posts |= set(connection.execute(select(seen.post_id).where(past).distinct()).scalars())
    refold(connection, posts, recorded_at)


def withdraw(connection: Connection, attempt_id: int, at: int, reason: str) -> set[int]:
    """Take one reading out of all figures; it stays on record. Returns the posts it touched."""
    return _mark(connection, attempt_id, at, withdrawn_at=at, withdrawn_reason=reason)


def restore(connection: Connection, attempt_id: int, at: int) -> set[int]:
    """Let a reading count again. Returns the posts it touched."""
    return _mark(connection, attempt_id, at, withdrawn_at=None, withdrawn_reason=None)


def _mark(connection: Connection, attempt_id: int, at: int, **columns: Any) -> set[int]:
    table, seen = schema.attempt, schema.observation.c
    connection.execute(table.update().where(table.c.attempt_id == attempt_id).values(columns))
    query = select(seen.post_id).where(seen.attempt_id == attempt_id).distinct()
    touched = set(connection.execute(query).scalars())
    facts.refold(connection, touched)
    refold(connection, touched, at)
    return touched


def refold(connection: Connection, posts: Collection[int], recorded_at: int) -> int:
    """Work out latest value, plainness and hits of ``posts`` anew. Returns how many hits are new."""
    tops = sorted(set(top_of(connection, posts).values()))
    new_hits = 0
    for start in range(0, len(tops), IN_HAND):
        worked_out = amounts(connection, tops[start : start + IN_HAND])
        rows = [latest_row(n, each.value) for n, each in worked_out.items() if each.value]
        upsert_rows(connection, schema.latest, rows)
        nothing = [number for number, each in worked_out.items() if each.value is None]
        run_in(connection, "DELETE FROM latest WHERE post_id IN (??)", nothing)
        for plain in (True, False):
            numbers = [number for number, each in worked_out.items() if each.plain is plain]
            _set_plain(connection, numbers, plain=plain)
        new_hits += _settle_hits(connection, worked_out, recorded_at)
    return new_hits


def amounts(connection: Connection, posts: Sequence[int]) -> dict[int, DerivedValues]:
    """What the observations of ``posts`` amount to now, from nothing but the observations."""
    kept = thresholds(connection)
    retimed = facts.retimed(connection, posts)
    found = {number: DerivedValues(plain=number not in retimed) for number in posts}
    for owner, series in series_of(connection, posts):
        there = list(values(series))
        hits = (
            _hit(there, metric, threshold) for metric, marks in kept.items() for threshold in marks
        )
        found[owner] = DerivedValues(
            plain=found[owner].plain and is_plain(series, there),
            value=there[-1] if there else None,
            hits={(each.metric, each.threshold): each for each in hits if each is not None},
        )
    return found


def _hit(there: Sequence[Value], metric: str, threshold: int) -> KeptHit | None:
    """The hit that the values of a series amount to."""
    below, past, _ = crossing(there, metric, threshold)
    if past is None:
        return None
    counts = dict(zip(METRICS, past.counts, strict=True))
    count = counts[metric]
    if count is None or not count.reaches(threshold):  # proved by readers alone
        count = counts["readers"]
    assert count is not None
    before_at = None if below is None else below.seen_at
    place = before_at, past.seen_at, past.attempt_id
    return KeptHit(metric, threshold, *place, count.value, encode_one(count))


def _settle_hits(
    connection: Connection, worked_out: Mapping[int, DerivedValues], recorded_at: int
) -> int:
    """Make the hits of these posts those worked out; one announced is never forgotten, nor is one of
    a threshold that is no longer kept. Returns how many are new."""
    table = schema.hit
    sql = (
        "SELECT h.post_id, h.metric, h.threshold, h.found_at, h.announced_at FROM hit h"
        " JOIN threshold t ON t.metric = h.metric AND t.threshold = h.threshold"
        " WHERE h.post_id IN (??)"
    )
    there = {
        (number, metric, threshold): (found_at, announced_at)
        for number, metric, threshold, found_at, announced_at in select_in(
            connection, sql, worked_out
        )
    }
    rows: list[tuple[Any, ...]] = []
    new = 0
    for number, kept in worked_out.items():
        for hit in kept.hits.values():
            found = there.pop((number, hit.metric, hit.threshold), None)
            new += found is None
            rows.append((number, *hit, *(found or (recorded_at, None)), False))
    upsert_rows(connection, table, rows)
    for (number, metric, threshold), (_, announced_at) in there.items():
        place = (table.c.post_id == number, table.c.metric == metric)
        same = (*place, table.c.threshold == threshold)
        if announced_at is None:
            connection.execute(table.delete().where(*same))
        else:
            connection.execute(table.update().where(*same).values(revoked=True))
    return new


def kept_of(connection: Connection, posts: Collection[int]) -> dict[int, DerivedValues]:
    """What is kept of ``posts``, without their hits."""
    sql = (
        f"SELECT p.plain, p.post_id, {', '.join(f'l.{name}' for name in _KEPT[1:])}"
        " FROM post p LEFT JOIN latest l ON l.post_id = p.post_id WHERE p.post_id IN (??)"
    )
    found = {}
    for plain, number, seen_at, state, *figures, bounds in select_in(connection, sql, posts):
        value = None
        if seen_at is not None:
            value = Value(seen_at, 0, state, tuple(figures), bounds)
        found[number] = DerivedValues(bool(plain), value)
    return found


def latest_row(post_id: int, value: Value) -> tuple[Any, ...]:
    """A value as a row of the table latest."""
    return post_id, value.seen_at, value.state, *value.figures, value.bounds


def _set_plain(connection: Connection, numbers: Iterable[int], *, plain: bool) -> None:
    rows = [{"number": number} for number in numbers]
    if not rows:
        return
    table = schema.post
    same = table.c.post_id == bindparam("number")
    statement = table.update().where(same, table.c.plain.is_not(plain)).values(plain=plain)
    connection.execute(statement, rows)
