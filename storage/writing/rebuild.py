"""Checks derived rows (latest values, hits, plainness) against the observations and repairs them.

Posts are taken in ranges, so that memory does not grow with the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from adapters.records import METRICS
from storage import ledgers, schema
from storage.bulk import select_in, streamed
from storage.known import told_until
from storage.writing import upkeep
from storage.writing.upkeep import KeptHit

#: Posts in hand at once.
RANGE = 1_000
#: SQL: readings that may not count: taken back, or of a ledger, in whose place a newer one may stand.
_MARKED = (
    f"SELECT attempt_id FROM attempt WHERE withdrawn_at IS NOT NULL OR adapter = '{ledgers.LEDGER}'"
)
_WHAT = {"latest": "最新值", "hit": "爆款记录", "plain": "折算标记"}


@dataclass(frozen=True, slots=True)
class Difference:
    """What is kept of a post, and what it should be; None = nothing there."""

    post_id: int
    what: str  # latest, hit or plain
    kept: tuple[Any, ...] | None
    right: tuple[Any, ...] | None

    def __str__(self) -> str:
        def said(row: tuple[Any, ...] | None) -> str:
            return "没有" if row is None else "、".join("-" if v is None else str(v) for v in row)

        return f"作品 {self.post_id} 的{_WHAT[self.what]}：保存的是 {said(self.kept)}，应为 {said(self.right)}"


def check(connection: Connection) -> list[Difference]:
    """Every difference between what is kept and what the observations amount to; changes nothing.

    A post kept as not plain that could be is no fault: it is only slower.
    """
    return [each for part in _doubtful(connection) for each in _compare(connection, part)]


def rebuild(connection: Connection) -> list[Difference]:
    """Mend every difference; returns what they were."""
    found = check(connection)
    merged = _merged(connection, {each.post_id for each in found})
    for number in merged:
        for table in (schema.latest, schema.hit):
            connection.execute(table.delete().where(table.c.post_id == number))
    connection.execute(
        schema.latest.delete().where(schema.latest.c.post_id.not_in(select(schema.post.c.post_id)))
    )
    connection.execute(
        schema.hit.delete().where(schema.hit.c.post_id.not_in(select(schema.post.c.post_id)))
    )
    upkeep.refold(connection, {each.post_id for each in found} - merged, told_until(connection))
    return found


def _doubtful(connection: Connection) -> Iterator[list[int]]:
    """Numbers of the posts that are not plainly right as they are kept, and of all rows that have no post, in order."""
    stream = streamed(connection, _asked(upkeep.thresholds(connection)))
    while part := [number for (number,) in islice(stream, RANGE)]:
        yield part


def _asked(marks: upkeep.Thresholds) -> str:
    """One look through the observations, in the order in which they lie. A post is plainly right, and need not be folded,
    if its readings all stand, one a moment, show only exact figures, always the same ones, and never one past a threshold;
    if its latest value is what the last of them shows; and if it has no hit, was never merged nor told another publish
    time. What comes out as NULL is doubtful."""
    below = (
        f"coalesce(max({name}), -1) < {min(values)}"
        for metric, values in marks.items()
        for name in ((metric, "readers") if metric == "views" else (metric,))
    )
    simple = (
        "count(DISTINCT observed_at) = count(*)",
        "count(bounds) = 0",
        f"count(CASE WHEN attempt_id IN ({_MARKED}) THEN 1 END) = 0",
        *(f"count({name}) IN (0, count(*))" for name in METRICS),
        *below,
    )
    same = (
        "l.bounds IS NULL",
        "l.state = o.state",
        *(f"(l.{n} = o.{n} OR (l.{n} IS NULL AND o.{n} IS NULL))" for n in METRICS),
    )
    return (
        f"SELECT s.post_id FROM (SELECT post_id, max(observed_at) AS last, {' AND '.join(simple)} AS simple"
        " FROM observation GROUP BY post_id) s"
        " LEFT JOIN observation o ON o.post_id = s.post_id AND o.observed_at = s.last"
        " LEFT JOIN latest l ON l.post_id = s.post_id AND l.observed_at = s.last"
        f" WHERE CASE WHEN s.simple AND {' AND '.join(same)} THEN 0 ELSE 1 END = 1"
        " UNION SELECT post_id FROM latest WHERE NOT EXISTS"
        " (SELECT 1 FROM observation o WHERE o.post_id = latest.post_id)"
        " UNION SELECT post_id FROM latest WHERE NOT EXISTS"
        " (SELECT 1 FROM post p WHERE p.post_id = latest.post_id)"
        " UNION SELECT post_id FROM hit"
        " UNION SELECT post_id FROM fact WHERE name = 'published_at'"
        " UNION SELECT post_id FROM post WHERE merged_into IS NOT NULL"
        " UNION SELECT merged_into FROM post WHERE merged_into IS NOT NULL"
        " ORDER BY post_id"
    )


def _compare(connection: Connection, part: Sequence[int]) -> Iterator[Difference]:
    sql = "SELECT post_id, plain FROM post WHERE merged_into IS NULL AND post_id IN (??)"
    plain = {row[0]: bool(row[1]) for row in select_in(connection, sql, part)}
    right = upkeep.amounts(connection, list(plain))
    sql = "SELECT * FROM latest WHERE post_id IN (??)"
    latest = {row[0]: tuple(row) for row in select_in(connection, sql, part)}
    hits = _hits(connection, part)
    for number in part:
        kept = right.get(number)
        value = None if kept is None else kept.value
        should = None if value is None else upkeep.latest_row(number, value)
        if latest.get(number) != should:
            yield Difference(number, "latest", latest.get(number), should)
        if kept is not None and plain[number] and not kept.plain:
            yield Difference(number, "plain", (True,), (False,))
        wanted = {} if kept is None else kept.hits
        there = hits.get(number, {})
        for place in sorted(wanted.keys() | there.keys()):
            if wanted.get(place) != there.get(place):
                yield Difference(number, "hit", there.get(place), wanted.get(place))


def _hits(
    connection: Connection, part: Sequence[int]
) -> Mapping[int, dict[tuple[str, int], KeptHit]]:
    """Standing hits of the kept thresholds."""
    columns = ", ".join(f"h.{name}" for name in ("post_id", *KeptHit._fields))
    sql = (
        f"SELECT {columns} FROM hit h JOIN threshold t ON t.metric = h.metric AND t.threshold = h.threshold"
        " WHERE NOT h.revoked AND h.post_id IN (??)"
    )
    found: dict[int, dict[tuple[str, int], KeptHit]] = {}
    for number, *columns_of in select_in(connection, sql, part):
        hit = KeptHit(*columns_of)
        found.setdefault(number, {})[hit.metric, hit.threshold] = hit
    return found


def _merged(connection: Connection, posts: set[int]) -> set[int]:
    sql = "SELECT post_id FROM post WHERE merged_into IS NOT NULL AND post_id IN (??)"
    return {row[0] for row in select_in(connection, sql, posts)}
