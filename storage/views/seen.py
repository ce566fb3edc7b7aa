"""The observations of posts, in order, as they were known at a moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from storage import schema
from storage.bulk import select_in
from storage.writing import books


@dataclass(frozen=True, slots=True)
class Known:
    """What this database had been told by a moment: its last attempt by then. None = everything."""

    at: int | None = None
    attempt_id: int | None = None

    @classmethod
    def by(cls, connection: Connection, at: int) -> Known:
        table = schema.attempt
        newest = connection.execute(
            select(func.max(table.c.attempt_id)).where(table.c.recorded_at <= at)
        ).scalar()
        return cls(at, newest or 0)

    def holds(self, at: int | None) -> bool:
        """Whether something done at ``at`` (None: never done) was known."""
        return at is not None and (self.at is None or at <= self.at)


def told_until(connection: Connection) -> int:
    """The newest moment at which this database was told anything; 0 where it never was."""
    attempt, post = schema.attempt, schema.post
    told = connection.execute(
        select(func.max(attempt.c.recorded_at), func.max(attempt.c.withdrawn_at))
    ).one()
    merged = connection.execute(
        select(func.max(post.c.merged_at)).where(post.c.merged_into.is_not(None))
    ).scalar()
    said = connection.execute(select(func.max(schema.change.c.changed_at))).scalar()
    return max(told[0] or 0, told[1] or 0, merged or 0, said or 0)


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
    owners = _owners(connection, posts, known)
    sql = (
        f"SELECT o.*, {books.TAKEN_BACK}, CASE WHEN a.adapter = '{books.LEDGER}' THEN a.account_id END"
        " FROM observation o JOIN attempt a ON a.attempt_id = o.attempt_id WHERE o.post_id IN (??)"
    )
    rows = [tuple(row) for row in select_in(connection, sql, owners) if _told(row, known)]
    rows.sort(key=lambda row: (owners[row[0]], *row[1:5]))
    ledgers = {row[-1] for row in rows if row[-1] is not None}
    ends = books.followed(connection, known, ledgers) if ledgers else {}
    for owner, series in groupby(rows, key=lambda row: owners[row[0]]):
        yield (
            owner,
            [
                Seen(
                    (owner, *row[1:-2]),
                    withdrawn=known.holds(row[-2]) or books.ended(ends, row[2], as_of),
                    merged=row[0] != owner,
                    followed=row[2] in ends,
                )
                for row in series
            ],
        )


def _owners(connection: Connection, posts: Collection[int], known: Known) -> dict[int, int]:
    """Each of ``posts`` and all that were merged into it, directly or through others → the post."""
    owners = {number: number for number in posts}
    sql = "SELECT post_id, merged_into, merged_at FROM post WHERE merged_into IN (??)"
    grown: Collection[int] = posts
    while grown:
        found = [row for row in select_in(connection, sql, grown) if known.holds(row[2])]
        owners |= {number: owners[into] for number, into, _ in found}
        grown = [row[0] for row in found]
    return owners


def top_of(
    connection: Connection, posts: Collection[int], known: Known | None = None
) -> dict[int, int]:
    """Each post → the one it is counted as: itself, or what it was merged into by what was known (now)."""
    known = known or Known()
    tops = {number: number for number in posts}
    sql = (
        "SELECT post_id, merged_into, merged_at FROM post"
        " WHERE merged_into IS NOT NULL AND post_id IN (??)"
    )
    while moved := {
        number: into
        for number, into, at in select_in(connection, sql, set(tops.values()))
        if known.holds(at)
    }:
        tops = {number: moved.get(top, top) for number, top in tops.items()}
    return tops


def _told(row: Sequence[Any], known: Known) -> bool:
    return known.attempt_id is None or bool(row[2] <= known.attempt_id)
