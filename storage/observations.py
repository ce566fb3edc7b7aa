"""The observations of posts, in order, as they were known at a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from storage import ledgers
from storage.bulk import select_in
from storage.known import Known, owners_of


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation: its row (see schema.observation), and what became of it. ``withdrawn``: taken back, or of a
    version of a ledger in whose place a newer one stood. ``followed``: a newer version was ever told of."""

    values: tuple[Any, ...]
    withdrawn: bool
    merged: bool
    followed: bool = False


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
    owners = owners_of(connection, posts, known)
    sql = (
        f"SELECT o.*, {ledgers.TAKEN_BACK}, CASE WHEN a.adapter = '{ledgers.LEDGER}' THEN a.account_id END"
        " FROM observation o JOIN attempt a ON a.attempt_id = o.attempt_id WHERE o.post_id IN (??)"
    )
    rows = [tuple(row) for row in select_in(connection, sql, owners) if _told(row, known)]
    rows.sort(key=lambda row: (owners[row[0]], *row[1:5]))
    accounts = {row[-1] for row in rows if row[-1] is not None}
    ends = ledgers.followed(connection, known, accounts) if accounts else {}
    for owner, series in groupby(rows, key=lambda row: owners[row[0]]):
        yield (
            owner,
            [
                Seen(
                    (owner, *row[1:-2]),
                    withdrawn=known.holds(row[-2]) or ledgers.ended(ends, row[2], as_of),
                    merged=row[0] != owner,
                    followed=row[2] in ends,
                )
                for row in series
            ],
        )


def _told(row: Sequence[Any], known: Known) -> bool:
    return known.attempt_id is None or bool(row[2] <= known.attempt_id)
