"""Most new observations only make the latest value newer: the database does that for thousands at a time,
and hands back the few rows that need a closer look (upkeep.Keeper)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection

from adapters.records import METRICS
from storage.bulk import run_in, select_in

_KEPT = ("post_id", "observed_at", "state", *METRICS, "bounds")
_COLUMNS = ", ".join(_KEPT)


class _Kinds(Protocol):
    @property
    def by_metric(self) -> Any: ...


class Remarkable:
    """Call it with observation rows of one reading that are stored already: those not handed back are in
    ``latest`` afterwards."""

    def __init__(self, kinds: _Kinds, attempt_id: int) -> None:
        self.condition = " OR ".join(_conditions(kinds))
        self.attempt_id = attempt_id

    def __call__(
        self, connection: Connection, rows: Sequence[tuple[Any, ...]]
    ) -> list[tuple[Any, ...]]:
        posts = {row[0] for row in rows}
        span = f" AND f.observed_at BETWEEN {min(r[1] for r in rows)} AND {max(r[1] for r in rows)}"
        sql = (
            "SELECT f.post_id FROM post p CROSS JOIN observation f LEFT JOIN latest l"
            f" ON l.post_id = p.post_id WHERE f.post_id = p.post_id AND f.attempt_id = {self.attempt_id}"
            f"{span} AND ({self.condition}) AND p.post_id IN (??)"
        )
        found = {row[0] for row in select_in(connection, sql, posts)}
        if len(posts) < len(rows):
            seen = Counter(row[0] for row in rows)
            found |= {number for number, times in seen.items() if times > 1}
        changes = ", ".join(f"{name} = excluded.{name}" for name in _KEPT[1:])
        sql = (
            f"INSERT INTO latest ({_COLUMNS}) SELECT {_COLUMNS} FROM observation"
            f" WHERE attempt_id = {self.attempt_id}{span.replace('f.', '')} AND post_id IN (??)"
            f" ON CONFLICT (post_id) DO UPDATE SET {changes}"
        )
        run_in(connection, sql, sorted(posts - found))
        return [row for row in rows if row[0] in found]


def _conditions(kinds: _Kinds) -> Iterator[str]:
    """When a row needs a closer look: its post ``p``, the row ``f``, the latest value ``l`` so far."""
    yield "NOT p.plain"
    yield "f.bounds IS NOT NULL"
    yield "f.observed_at <= l.observed_at"
    for name in METRICS:
        yield f"f.{name} < l.{name}"  # a fall
        yield f"(f.{name} IS NULL AND l.{name} IS NOT NULL)"  # a figure no longer shown
    for metric, thresholds in kinds.by_metric.items():
        proofs = (metric, "readers") if metric == "views" else (metric,)
        for name in proofs:
            for value in thresholds:
                yield f"(f.{name} >= {value} AND (l.{name} IS NULL OR l.{name} < {value}))"
