"""Standing figures of accounts (followers): their value at a moment, by what had been observed and told by then.
Figures of a day (``day`` is set) are flows and no standing values. Withdrawn readings count for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from adapters.records import Count
from storage import ledgers
from storage.bulk import rows_of
from storage.known import Known
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
    connection: Connection, metric: str, moments: Sequence[int], known: Known, as_of: int
) -> dict[str, list[Standing | None]]:
    """Account key → its ``metric`` at each of ``moments`` (UTC seconds): the last observation not after it
    (docs/definitions.md §6); None where there is none. Accounts never observed are left out. ``as_of`` says which
    version of a ledger counts: the newest one that it shows."""
    told = "" if known.attempt_id is None else f" AND o.attempt_id <= {known.attempt_id}"
    sql = (
        'SELECT k.key, o.observed_at, o.value, o.bounds, o.attempt_id, o.sheet, o."row",'
        f" {ledgers.TAKEN_BACK} FROM account_observation o"
        " JOIN account k ON k.account_id = o.account_id"
        " JOIN attempt a ON a.attempt_id = o.attempt_id"
        f" WHERE o.metric = ? AND o.day IS NULL AND o.observed_at <= ?{told}"
        ' ORDER BY o.account_id, o.observed_at, o.attempt_id, o.sheet, o."row"'
    )
    ends = ledgers.followed(connection, known)
    found: dict[str, list[Standing | None]] = {}
    for key, seen_at, value, bounds, *place, gone in rows_of(connection, sql, metric, max(moments)):
        if known.holds(gone) or ledgers.ended(ends, place[0], as_of):
            continue
        there = found.setdefault(key, [None] * len(moments))
        for at, moment in enumerate(moments):
            before = there[at]
            if seen_at <= moment:
                count = later(None if before is None else before.value, decode_one(value, bounds))
                assert count is not None
                there[at] = Standing(count, seen_at, *place)
    return found
