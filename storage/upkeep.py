"""What is kept up to date beside the observations: each post's latest value, whether its series is plain,
and its hits. All of it can be rebuilt from the observations (``rebuild``).

A series is plain when its value at any moment is its last observation by then: only exact figures, no metric
that an earlier observation had and a later one lacks, one observation a moment, nothing withdrawn, merged or
of a ledger that has a newer version, its publish time never told otherwise. Most series are; the others are folded by
``values.fold``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from adapters.records import METRICS
from storage import facts, schema
from storage.bulk import insert_rows, select_in, upsert_rows
from storage.known import top_of
from storage.observations import crossing, is_plain, series_of, values
from storage.values import Counts, decode, encode_one, fold_shown, reached
from storage.writing.remarkable import Remarkable

WIDTH = len(METRICS)
#: Where an observation row holds its parts: see schema.observation.
SEEN, ATTEMPT, STATE, FIRST, BOUNDS = 1, 2, 5, 6, 6 + WIDTH
_COLUMNS = ", ".join(METRICS)
#: Fewer new rows than this are looked at one by one (storage.writing.remarkable).
FEW = 200

Row = Sequence[Any]


@dataclass(slots=True)
class Kept:
    """What the observations of one post amount to."""

    latest: tuple[Any, ...] | None  # a row of the table latest
    plain: bool
    hits: dict[tuple[str, int], tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fall:
    """A cumulative figure that fell sharply: stored as seen, never clamped, and flagged."""

    post_id: int
    metric: str
    before: int
    after: int
    title: str = ""


#: A fall of less than this share or number is a platform's ordinary clean-up.
SHARP_SHARE, SHARP_NUMBER = 0.2, 100


class Keeper:
    """Keeps latest values and hits while one reading is stored."""

    def __init__(
        self,
        connection: Connection,
        attempt_id: int,
        recorded_at: int,
        kinds: Kinds | None = None,
    ) -> None:
        self.connection = connection
        self.attempt_id = attempt_id
        self.recorded_at = recorded_at
        self.thresholds = kinds or thresholds(connection)
        self.remarkable = Remarkable(self.thresholds, attempt_id)
        self.late: set[int] = set()
        self.falls: list[Fall] = []
        self.new_hits = 0

    def saw(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """New observation rows, stored already, in the order of the source."""
        if rows and len(rows) >= FEW:
            rows = self.remarkable(self.connection, rows)
        self._one_by_one(rows)

    def _one_by_one(self, rows: Sequence[Row]) -> None:
        sql = (
            f"SELECT p.post_id, p.plain, l.observed_at, l.state, {_COLUMNS}, l.bounds"
            " FROM post p LEFT JOIN latest l ON l.post_id = p.post_id WHERE p.post_id IN (??)"
        )
        known = {
            row[0]: (bool(row[1]), None if row[2] is None else (row[0], *row[2:]))
            for row in select_in(self.connection, sql, {row[0] for row in rows})
        }
        changed: dict[int, tuple[Any, ...]] = {}
        unplain: set[int] = set()
        hits: list[tuple[Any, ...]] = []
        for row in rows:
            post_id = row[0]
            plain, old = known[post_id]
            if old is not None and row[SEEN] < old[1]:
                self.late.add(post_id)
                continue
            if old is not None and row[SEEN] == old[1]:
                self.late.add(post_id)  # what this moment shows is only known when all of it is
            new, still_plain = _after(old, row, plain)
            if plain and not still_plain:
                unplain.add(post_id)
            hits += self._crossed(old, new)
            if old is not None:
                self.falls += _falls(old, new)
            known[post_id] = (still_plain, new)
            changed[post_id] = new
        upsert_rows(self.connection, schema.latest, list(changed.values()))
        _set_plain(self.connection, unplain, plain=False)
        self._add_hits(hits)

    def finish(self) -> int:
        """Fold anew the posts that got an observation older than their latest; returns new hits."""
        before = self.new_hits
        return before + refold(self.connection, self.late, self.recorded_at)

    def _crossed(self, old: Row | None, new: Row) -> Iterator[tuple[Any, ...]]:
        for metric, place, lowest in self.thresholds.reach:
            value = new[place]
            if (value is None or value < lowest) and (
                metric != "views" or (new[_READERS] or 0) < lowest
            ):
                continue
            counts = _counts(new)
            earlier = None if old is None else _counts(old)
            for threshold in self.thresholds.by_metric[metric]:
                if not reached(counts, metric, threshold):
                    continue
                was = False if earlier is None else reached(earlier, metric, threshold)
                if was is None:
                    self.late.add(new[0])
                elif not was:
                    yield (
                        new[0], metric, threshold, None if old is None else old[1],
                        *_hit_tail(new[1], self.attempt_id, counts, metric, threshold),
                        self.recorded_at, None, False,
                    )  # fmt: skip

    def _add_hits(self, hits: Sequence[tuple[Any, ...]]) -> None:
        if not hits:
            return
        sql = "SELECT post_id, metric, threshold, revoked FROM hit WHERE post_id IN (??)"
        rows = select_in(self.connection, sql, {hit[0] for hit in hits})
        there = {tuple(row[:3]): row[3] for row in rows}
        fresh: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for hit in hits:
            if hit[:3] not in there:
                fresh.setdefault(hit[:3], hit)
            elif there[hit[:3]]:  # taken back once, and now reached after all
                self.late.add(hit[0])
        insert_rows(self.connection, schema.hit, list(fresh.values()))
        self.new_hits += len(fresh)


@dataclass(frozen=True, slots=True)
class Kinds:
    """The thresholds kept: metric → ascending thresholds; ``reach`` lists (metric, place, lowest)."""

    by_metric: Mapping[str, Sequence[int]]
    reach: Sequence[tuple[str, int, int]]


def thresholds(connection: Connection) -> Kinds:
    """The thresholds for which hits are kept."""
    by_metric: dict[str, list[int]] = defaultdict(list)
    table = schema.threshold
    for metric, value in connection.execute(select(table.c.metric, table.c.threshold)):
        by_metric[metric].append(value)
    ordered = {metric: sorted(values) for metric, values in by_metric.items()}
    places = {name: _FIRST_OF_LATEST + at for at, name in enumerate(METRICS)}
    return Kinds(ordered, [(name, places[name], each[0]) for name, each in ordered.items()])


def keep_thresholds(
    connection: Connection, wanted: Mapping[str, Sequence[int]], recorded_at: int
) -> None:
    """Make the kept thresholds those of config; hits of a new one are found in what is stored."""
    have = {
        (m, value) for m, values in thresholds(connection).by_metric.items() for value in values
    }
    want = {(metric, value) for metric, values in wanted.items() for value in values}
    table = schema.threshold
    for metric, value in have - want:
        connection.execute(
            table.delete().where(table.c.metric == metric, table.c.threshold == value)
        )
    added = want - have
    if not added:
        return
    connection.execute(table.insert(), [{"metric": m, "threshold": value} for m, value in added])
    posts: set[int] = set()
    seen = schema.observation
    for metric, value in added:
        past = seen.c[metric] >= value
        if metric == "views":
            past = past | (seen.c.readers >= value)
        posts |= set(connection.execute(select(seen.c.post_id).where(past).distinct()).scalars())
    refold(connection, posts, recorded_at)


def withdraw(connection: Connection, attempt_id: int, at: int, reason: str) -> set[int]:
    """Take one reading out of all figures; it stays on record. Returns the posts it touched."""
    return _mark(connection, attempt_id, at, withdrawn_at=at, withdrawn_reason=reason)


def restore(connection: Connection, attempt_id: int, at: int) -> set[int]:
    """Let a reading count again. Returns the posts it touched."""
    return _mark(connection, attempt_id, at, withdrawn_at=None, withdrawn_reason=None)


def _mark(connection: Connection, attempt_id: int, at: int, **values: Any) -> set[int]:
    table = schema.attempt
    connection.execute(table.update().where(table.c.attempt_id == attempt_id).values(values))
    seen = schema.observation
    touched = set(
        connection.execute(
            select(seen.c.post_id).where(seen.c.attempt_id == attempt_id).distinct()
        ).scalars()
    )
    facts.refold(connection, touched)
    refold(connection, touched, at)
    return touched


def refold(connection: Connection, posts: Iterable[int], recorded_at: int) -> int:
    """Work out latest value, plainness and hits of ``posts`` anew. Returns how many hits are new."""
    new_hits = 0
    for part in _parts(sorted(set(top_of(connection, set(posts)).values()))):
        worked_out = amounts(connection, part, recorded_at)
        upsert_rows(
            connection, schema.latest, [each.latest for each in worked_out.values() if each.latest]
        )
        for number in (number for number, each in worked_out.items() if each.latest is None):
            connection.execute(schema.latest.delete().where(schema.latest.c.post_id == number))
        for plain in (True, False):
            numbers = {number for number, each in worked_out.items() if each.plain is plain}
            _set_plain(connection, numbers, plain=plain)
        new_hits += _settle_hits(connection, worked_out)
    return new_hits


def amounts(connection: Connection, posts: Sequence[int], recorded_at: int) -> dict[int, Kept]:
    """What the observations of ``posts`` amount to now, from nothing but the observations."""
    kinds = thresholds(connection)
    retimed = facts.retimed(connection, posts)
    worked_out = {number: Kept(None, plain=number not in retimed) for number in posts}
    for owner, series in series_of(connection, posts):
        kept, there = worked_out[owner], list(values(series))
        kept.plain = kept.plain and is_plain(series, there)
        if there:
            last = there[-1]
            kept.latest = (owner, last.seen_at, last.state, *last.figures, last.bounds)
        for metric, marks in kinds.by_metric.items():
            for threshold in marks:
                below, past, _ = crossing(there, metric, threshold)
                if past is not None:
                    kept.hits[metric, threshold] = (
                        owner, metric, threshold, None if below is None else below.seen_at,
                        *_hit_tail(past.seen_at, past.attempt_id, past.counts, metric, threshold),
                        recorded_at, None, False,
                    )  # fmt: skip
    return worked_out


def _hit_tail(
    seen: int, attempt_id: int, counts: Counts, metric: str, threshold: int
) -> tuple[Any, ...]:
    count = counts[METRICS.index(metric)]
    if count is None or not count.reaches(threshold):  # proved by readers alone
        count = counts[METRICS.index("readers")]
    assert count is not None
    return seen, attempt_id, count.value, encode_one(count)


def _settle_hits(connection: Connection, worked_out: Mapping[int, Kept]) -> int:
    """Make the hits of these posts those worked out; one announced is never forgotten, nor is one of
    a threshold that is no longer kept."""
    table = schema.hit
    sql = (
        "SELECT h.post_id, h.metric, h.threshold, h.found_at, h.announced_at FROM hit h"
        " JOIN threshold t ON t.metric = h.metric AND t.threshold = h.threshold"
        " WHERE h.post_id IN (??)"
    )
    there = {tuple(row[:3]): row[3:] for row in select_in(connection, sql, worked_out)}
    rows: list[tuple[Any, ...]] = []
    new = 0
    for number, kept in worked_out.items():
        for (metric, value), hit in kept.hits.items():
            found = there.pop((number, metric, value), None)
            new += found is None
            rows.append(hit if found is None else (*hit[:8], found[0], found[1], False))
    upsert_rows(connection, table, rows)
    for (number, metric, value), (_, announced) in there.items():
        same = (
            (table.c.post_id == number) & (table.c.metric == metric) & (table.c.threshold == value)
        )
        if announced is None:
            connection.execute(table.delete().where(same))
        else:
            connection.execute(table.update().where(same).values(revoked=True))
    return new


#: Where a row of ``latest`` holds its parts: post_id, observed_at, state, metrics …, bounds.
_FIRST_OF_LATEST = 3
_READERS = _FIRST_OF_LATEST + METRICS.index("readers")


def _after(old: Row | None, row: Row, plain: bool) -> tuple[tuple[Any, ...], bool]:
    """The latest row after one more observation, not older than it; and whether it is still plain."""
    figures, bounds = tuple(row[FIRST:BOUNDS]), row[BOUNDS]
    if old is None:
        return (row[0], row[SEEN], row[STATE], *figures, bounds), plain and bounds is None
    known = tuple(old[_FIRST_OF_LATEST:-1]), old[-1]
    shown = fold_shown(known, (figures, bounds))
    plain = plain and old[1] < row[SEEN] and shown == (figures, None)
    return (row[0], row[SEEN], row[STATE], *shown[0], shown[1]), plain


def _falls(old: Row, new: Row) -> Iterator[Fall]:
    for at, metric in enumerate(METRICS, start=_FIRST_OF_LATEST):
        before, after = old[at], new[at]
        if before is not None and after is not None and after < before:
            lost = before - after
            if lost >= SHARP_NUMBER and lost >= SHARP_SHARE * before:
                yield Fall(new[0], metric, before, after)


def _counts(latest_row: Row) -> Counts:
    return decode(latest_row[_FIRST_OF_LATEST : _FIRST_OF_LATEST + WIDTH], latest_row[-1])


def _set_plain(connection: Connection, numbers: Iterable[int], *, plain: bool) -> None:
    rows = [{"number": number} for number in numbers]
    if not rows:
        return
    table = schema.post
    statement = (
        table.update()
        .where(table.c.post_id == bindparam("number"), table.c.plain.is_not(plain))
        .values(plain=plain)
    )
    connection.execute(statement, rows)


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), 500):
        yield numbers[start : start + 500]
