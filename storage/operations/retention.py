"""The summaries and tables of figures that were written, and the kept bytes that may be deleted by age: those of no imported
file, on which no present figure, no hit and nothing that was written rests. Their hash, time and numbers stay. Times are UTC
seconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Literal

from sqlalchemy import Connection, select

from adapters.moments import DAY, SHANGHAI
from storage import schema
from storage.bulk import insert_rows, next_id, rows_of, select_in, update_rows
from storage.known import Known
from storage.observations import IN_HAND, Seen, series_of

#: A present figure rests on whatever was seen last.
_EVER = (2**62, 2**62)
#: Captures that no file was imported from and that nothing has been read from since a moment.
_OLD = (
    "SELECT c.capture_id FROM capture c JOIN attempt a ON a.capture_id = c.capture_id"
    " WHERE c.removed_at IS NULL AND c.stored_at < ? GROUP BY c.capture_id"
    " HAVING max(a.recorded_at) < ? AND sum(CASE WHEN a.kind = 'file' THEN 1 ELSE 0 END) = 0"
)
WEEK = 7 * DAY
#: Rankings compare at this age whatever the basis (docs/definitions.md §5).
RANKED_DAYS = 7
#: Why it was written: a person asked, a quarter ended, beside a run or for the province, where each replaces its like of
#: before, or as rows.
Occasion = Literal["asked", "quarter", "now", "fleet", "export"]


@dataclass(frozen=True, slots=True)
class Told:
    """What all summaries and weekly mails told: at which moments (UTC seconds, and the last attempt that was known),
    and at which ages of posts (days). ``known``: those attempts alone."""

    moments: Sequence[tuple[int, int]]
    ages: frozenset[int]

    @property
    def known(self) -> frozenset[int]:
        return frozenset(by for _, by in self.moments)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A half-open stretch of time of which figures were told, and as of when; UTC seconds."""

    start: int
    end: int
    as_of: int


def last_written(connection: Connection, period: str, basis: str) -> tuple[int, int] | None:
    """As of when, and known by when, the last summary of a period was written that a person asked for or a quarter's end
    did; None where there is none."""
    table = schema.summary
    found = connection.execute(
        select(table.c.as_of, table.c.known_by)
        .where(table.c.period == period, table.c.basis == basis)
        .where(table.c.occasion.in_(("asked", "quarter")))
        .order_by(table.c.known_by.desc(), table.c.summary_id)
        .limit(1)
    ).first()
    return None if found is None else (found.as_of, found.known_by)


def written(
    connection: Connection,
    *,
    occasion: Occasion,
    period: str,
    basis: str,
    stretches: Sequence[Stretch],
    known_by: int,
) -> None:
    """Note a summary and the stretches it told of: its own period and those that it is compared with. One beside a
    run, or for the province, takes the place of the one before: it is overwritten."""
    table = schema.summary
    if occasion in ("now", "fleet"):
        connection.execute(
            table.delete().where(
                table.c.occasion == occasion, table.c.period == period, table.c.basis == basis
            )
        )
    first = next_id(connection, table.c.summary_id)
    rows = [
        (first + at, occasion, period, basis, each.start, each.end, each.as_of, known_by)
        for at, each in enumerate(stretches)
    ]
    insert_rows(connection, table, rows)


def told(connection: Connection) -> Told:
    """The moments of everything that was told: as-of, and both ends, of each stretch of each summary and weekly mail."""
    table, delivery = schema.summary, schema.delivery
    moments: set[tuple[int, int]] = set()  # (as of, known by)
    ages = {RANKED_DAYS}
    for row in connection.execute(select(table)):
        stretch = Stretch(row.from_at, row.until_at, row.as_of)
        moments |= {(at, row.known_by) for at in _moments(stretch)}
        kind, _, days = row.basis.partition(":")
        if kind == "aged":
            ages.add(int(days))
    mails = select(delivery.c.subject, delivery.c.claimed_at).where(delivery.c.what == "weekly")
    for week, sent in connection.execute(mails.distinct()):
        start = _week_start(week)
        own = Stretch(start, start + WEEK, sent)
        before = Stretch(start - WEEK, start, sent - WEEK)
        moments |= {(at, sent) for each in (own, before) for at in _moments(each)}
    known = {by: Known.by(connection, by).attempt_id or 0 for _, by in moments}
    return Told([(at, known[by]) for at, by in sorted(moments)], frozenset(ages))


def _moments(stretch: Stretch) -> set[int]:
    """When a stretch's figures were valued: as-of, and its two ends (gains, followers)."""
    ends = (stretch.start - 1, stretch.start, stretch.end - 1)
    return {stretch.as_of} | {min(at, stretch.as_of) for at in ends}


def _week_start(name: str) -> int:
    """When the week of a mail began: ``2026-W38``, or its two days ``2026-09-13..2026-09-19``."""
    year, iso, number = name.partition("-W")
    day = date.fromisocalendar(int(year), int(number), 1) if iso else date.fromisoformat(name[:10])
    return int(datetime.combine(day, time(), SHANGHAI).timestamp())


@dataclass(frozen=True, slots=True)
class Removable:
    """Captures that may go, by number, and how many old ones stay because something rests on them."""

    captures: frozenset[int]
    behind: int


def removable(connection: Connection, before: int) -> Removable:
    """The captures that may go, of those that were last read from before ``before``. Changes nothing."""
    old = [row[0] for row in rows_of(connection, _OLD, before, before)]
    sql = "SELECT attempt_id, capture_id FROM attempt WHERE capture_id IN (??)"
    capture_of: dict[int, int] = dict(select_in(connection, sql, old))
    needed = {capture_of[each] for each in _behind(connection, before) if each in capture_of}
    return Removable(frozenset(old) - needed, len(needed))


def mark_removed(connection: Connection, captures: Collection[int], before: int, now: int) -> int:
    """Say of captures that they are gone, but of those that were read from again since ``before``; how many.

    Said before their files go: a crash between leaves files too many, never a promise that is not kept.
    """
    sql = "SELECT DISTINCT capture_id FROM attempt WHERE recorded_at >= ? AND capture_id IN (??)"
    gone = set(captures) - {row[0] for row in select_in(connection, sql, captures, before)}
    sql = "UPDATE capture SET removed_at = ? WHERE capture_id = ?"
    update_rows(connection, sql, [(now, number) for number in gone])
    return len(gone)


def removed_places(connection: Connection) -> set[str]:
    """Where captures lay that are said to be gone, below the captures folder."""
    return set(
        connection.execute(
            select(schema.capture.c.path).where(schema.capture.c.removed_at.is_not(None))
        ).scalars()
    )


def _behind(connection: Connection, before: int) -> Iterator[int]:
    """Attempts on which something rests, of all that touch a post or account of which old captures tell."""
    summaries = told(connection)
    old = "SELECT attempt_id FROM attempt WHERE recorded_at < ? AND capture_id IS NOT NULL"
    sql = f"SELECT DISTINCT post_id FROM observation WHERE attempt_id IN ({old})"
    posts = sorted(row[0] for row in rows_of(connection, sql, before))
    for start in range(0, len(posts), IN_HAND):
        part = posts[start : start + IN_HAND]
        hits = _hit_moments(connection, part)
        for post, published, series in _series(connection, part):
            ages = {published + days * DAY for days in summaries.ages} if published else set()
            yield from _resting(series, summaries, ages)
            crossed = hits.get(post, ())
            yield from (each.attempt_id for each in series if each.observed_at in crossed)
    yield from _behind_accounts(connection, summaries)


def _series(
    connection: Connection, posts: Sequence[int]
) -> Iterator[tuple[int, int | None, list[Seen]]]:
    """(post, when it was published, its observations): by itself, and with what was merged into it."""
    sql = "SELECT post_id, published_at FROM post WHERE post_id IN (??)"
    published: dict[int, int | None] = dict(select_in(connection, sql, posts))
    for post, series in series_of(connection, posts):
        yield post, published.get(post), series
        own = [each for each in series if not each.merged]
        if len(own) < len(series):
            yield post, published.get(post), own


def _hit_moments(connection: Connection, posts: Sequence[int]) -> dict[int, set[int]]:
    """The two looks between which each post crossed a threshold."""
    sql = "SELECT post_id, before_at, after_at FROM hit WHERE post_id IN (??)"
    found: dict[int, set[int]] = {}
    for post, first, last in select_in(connection, sql, posts):
        found.setdefault(post, set()).update(at for at in (first, last) if at is not None)
    return found


def _resting(series: Sequence[Seen], summaries: Told, ages: Collection[int]) -> Iterator[int]:
    """The attempts on which a post's values at these moments rest: from each moment back until every figure that
    the post ever showed has been seen in a reading that stands. Where any figure is a bound, all of them: a bound's
    value may rest on the whole series (storage.values)."""
    if any(each.bounds for each in series):
        yield from (each.attempt_id for each in series)
        return
    shown = [_shown(each.figures) for each in series]
    every = frozenset[int]().union(*shown)
    times = [each.observed_at for each in series]
    newest = max(each.attempt_id for each in series)
    alike = {(len(times), newest)}  # now
    alike |= {(bisect_right(times, at), min(by, newest)) for at, by in summaries.moments}
    known = {min(by, newest) for by in summaries.known} | {newest}
    alike |= {(bisect_right(times, at), by) for at in ages for by in known}
    for end, told_by in alike:
        found: frozenset[int] = frozenset()
        last: int | None = None
        for place in range(end - 1, -1, -1):
            each = series[place]
            if each.attempt_id > told_by:
                continue
            if last is not None and times[place] < last and found == every:
                break
            yield each.attempt_id
            if not each.withdrawn:
                found |= shown[place]
                last = times[place]


def _shown(figures: Iterable[int | None]) -> frozenset[int]:
    return frozenset(place for place, each in enumerate(figures) if each is not None)


def _behind_accounts(connection: Connection, summaries: Told) -> Iterator[int]:
    """Attempts on which figures of accounts rest: each day's, and what stood at each moment."""
    sql = (
        "SELECT o.account_id, o.metric, o.day, o.observed_at, o.attempt_id, a.withdrawn_at"
        " FROM account_observation o JOIN attempt a ON a.attempt_id = o.attempt_id"
        " ORDER BY o.account_id, o.metric, o.day, o.observed_at, o.attempt_id"
    )
    moments = (*summaries.moments, _EVER)
    for _, rows in groupby(rows_of(connection, sql), key=lambda row: row[:3]):
        series = list(rows)
        if series[0][2] is not None:
            yield from (row[4] for row in series)
            continue
        times = [row[3] for row in series]
        for at, by in moments:
            for place in range(bisect_right(times, at) - 1, -1, -1):
                row = series[place]
                if row[4] <= by:
                    yield row[4]
                    if row[5] is None and (place == 0 or times[place - 1] < row[3]):
                        break
