"""What the database had been told by a moment, and which posts had been merged by then."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage import schema
from storage.bulk import rows_of, select_in


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
    sql = (  # each is the end of an index
        "SELECT (SELECT max(recorded_at) FROM attempt),"
        " (SELECT max(withdrawn_at) FROM attempt WHERE withdrawn_at IS NOT NULL),"
        " (SELECT max(merged_at) FROM post WHERE merged_into IS NOT NULL),"
        " (SELECT max(changed_at) FROM change)"
    )
    return max(each or 0 for each in rows_of(connection, sql)[0])


def newest_told(connection: Connection) -> tuple[int, ...]:
    """Changes whenever this database is told anything: its newest attempt, change and pair, and when it was told."""
    numbers = schema.attempt.c.attempt_id, schema.change.c.change_id, schema.pair.c.pair_id
    newest = (connection.execute(select(func.max(each))).scalar() or 0 for each in numbers)
    return *newest, told_until(connection)


def is_dated_after(connection: Connection, moment: int) -> bool:
    """Whether anything that is stored is dated after ``moment`` (UTC seconds): an observation, or when a post was published."""
    seen, published = schema.attempt.c.observed_at, schema.post.c.published_at
    return any(
        connection.execute(select(each).where(each > moment).limit(1)).first()
        for each in (published, seen)
    )


def owners_of(connection: Connection, posts: Collection[int], known: Known) -> dict[int, int]:
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
