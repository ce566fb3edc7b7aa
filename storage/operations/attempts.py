"""What was read lately, for ``collect status`` and ``collect retract``. Times are UTC seconds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Select, func, select

from storage import schema
from storage.known import told_until
from storage.views.history import Reading, readings


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much is stored. ``observations`` counts the rows that were read, withdrawn ones too."""

    accounts: int
    posts: int
    observations: int
    hits: int
    attempts: int
    withdrawn: int
    pairs: int  # waiting for a person
    last_run: int | None  # when it started
    told_until: int | None  # when the database was last told anything


def last_readings(connection: Connection) -> list[Reading]:
    """The newest attempt of each source of each account, by account, the newest first; kept bytes that
    were read again are no newer look."""
    table = schema.attempt
    reread = select(schema.run.c.run_id).where(schema.run.c.occasion == schema.REREAD)
    looks = select(func.max(table.c.attempt_id)).where(table.c.run_id.not_in(reread))
    newest = looks.group_by(table.c.account_id, table.c.source)
    found = readings(connection, connection.execute(newest).scalars().all()).values()
    return sorted(found, key=lambda each: (each.account or "", -each.attempt_id))


def by_source(connection: Connection, source: str, account: str | None = None) -> list[Reading]:
    """Attempts that gave figures and stand, by file name, oldest first."""
    query = _standing().where(schema.attempt.c.source == source)
    return _chosen(connection, query, account)


def by_run(connection: Connection, run_id: int, account: str | None = None) -> list[Reading]:
    """Attempts of a run that gave figures and stand, oldest first."""
    query = _standing().where(schema.attempt.c.run_id == run_id)
    return _chosen(connection, query, account)


def by_number(connection: Connection, attempt_id: int) -> list[Reading]:
    """The attempt of that number, if it gave figures and stands."""
    return _chosen(connection, _standing().where(schema.attempt.c.attempt_id == attempt_id), None)


def _standing() -> Select[int]:
    table = schema.attempt
    return select(table.c.attempt_id).where(
        table.c.outcome.in_(schema.GOOD), table.c.withdrawn_at.is_(None)
    )


def _chosen(connection: Connection, query: Select[int], account: str | None) -> list[Reading]:
    found = readings(connection, connection.execute(query).scalars().all()).values()
    chosen = [each for each in found if account is None or each.account == account]
    return sorted(chosen, key=lambda each: each.attempt_id)


def counts(connection: Connection) -> Counts:
    """How much is stored, from small tables only."""
    post, attempt, hit, pair = schema.post, schema.attempt, schema.hit, schema.pair
    read, number, withdrawn = connection.execute(
        select(
            func.coalesce(func.sum(attempt.c.posts), 0),
            func.count(),
            func.count(attempt.c.withdrawn_at),
        ).select_from(attempt)
    ).one()

    def count(query: Select[int]) -> int:
        return int(connection.execute(query).scalar_one())

    return Counts(
        accounts=count(select(func.count()).select_from(schema.account)),
        posts=count(select(func.count()).select_from(post).where(post.c.merged_into.is_(None))),
        observations=int(read),
        hits=count(select(func.count()).select_from(hit).where(~hit.c.revoked)),
        attempts=number,
        withdrawn=withdrawn,
        pairs=count(select(func.count()).select_from(pair).where(pair.c.settled_at.is_(None))),
        last_run=connection.execute(select(func.max(schema.run.c.started_at))).scalar(),
        told_until=told_until(connection) or None,
    )
