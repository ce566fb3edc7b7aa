"""Standing figures of accounts (followers): their value at a moment, by what had been observed and told by then.
Figures of a day (``day`` is set) are flows and no standing values. Withdrawn readings count for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from adapters.records import Count
from storage.bulk import rows_of
from storage.seen import Known
from storage.values import decode_one, later


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure of an account as it stood: ``seen_at`` is the moment of the observation, in UTC seconds; it stands in
    ``row`` of ``sheet`` (0-based) of what the attempt read."""

    value: Count
    seen_at: int
    attempt_id: int
    sheet: int
    row: int


def standing(
    connection: Connection, metric: str, moments: Sequence[int], known: Known
) -> dict[str, list[Standing | None]]:
    """Account key → its ``metric`` at each of ``moments`` (UTC seconds): the last observation not after it, as
    domain.md "Value at t" says; None where there is none. Accounts never observed are left out."""
    told = "" if known.attempt_id is None else f" AND o.attempt_id <= {known.attempt_id}"
    standing_by = "" if known.at is None else f" OR t.withdrawn_at > {known.at}"
    sql = (
        'SELECT a.key, o.observed_at, o.value, o.bounds, o.attempt_id, o.sheet, o."row" FROM account_observation o'
        " JOIN account a ON a.account_id = o.account_id"
        " JOIN attempt t ON t.attempt_id = o.attempt_id"
        f" WHERE o.metric = ? AND o.day IS NULL AND o.observed_at <= ?{told}"
        f" AND (t.withdrawn_at IS NULL{standing_by})"
        ' ORDER BY o.account_id, o.observed_at, o.attempt_id, o.sheet, o."row"'
    )
    found: dict[str, list[Standing | None]] = {}
    values: dict[str, Count] = {}
    for key, seen_at, value, bounds, *place in rows_of(connection, sql, metric, max(moments)):
        count = later(values.get(key), decode_one(value, bounds))
        assert count is not None
        values[key] = count
        there = found.setdefault(key, [None] * len(moments))
        for at, moment in enumerate(moments):
            if seen_at <= moment:
                there[at] = Standing(count, seen_at, *place)
    return found
