"""The observations of posts, in order, as they were known at a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from storage import schema
from storage.bulk import select_in


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


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation: its row (see schema.observation), and what became of it."""

    values: tuple[Any, ...]
    withdrawn: bool
    merged: bool


def series_of(
    connection: Connection, posts: Sequence[int], known: Known | None = None
) -> Iterator[tuple[int, list[Seen]]]:
    """(post, its observations in order), those of posts merged into it included.

    Withdrawn observations are there and marked; what was recorded after ``known`` is not.
    """
    known = known or Known()
    owners = {number: number for number in posts}
    sql = "SELECT post_id, merged_into, merged_at FROM post WHERE merged_into IN (??)"
    owners |= {
        number: owner
        for number, owner, at in select_in(connection, sql, posts)
        if known.at is None or at <= known.at
    }
    sql = (
        "SELECT o.*, a.withdrawn_at FROM observation o JOIN attempt a"
        " ON a.attempt_id = o.attempt_id WHERE o.post_id IN (??)"
    )
    rows = [tuple(row) for row in select_in(connection, sql, owners) if _told(row, known)]
    rows.sort(key=lambda row: (owners[row[0]], *row[1:5]))
    for owner, series in groupby(rows, key=lambda row: owners[row[0]]):
        yield (
            owner,
            [
                Seen((owner, *row[1:-1]), _withdrawn(row[-1], known), row[0] != owner)
                for row in series
            ],
        )


def _told(row: Sequence[Any], known: Known) -> bool:
    return known.attempt_id is None or bool(row[2] <= known.attempt_id)


def _withdrawn(at: int | None, known: Known) -> bool:
    return at is not None and (known.at is None or at <= known.at)
