"""Workers of a province: where they run and what they are at. Moments are UTC seconds by the server's clock."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from adapters.moments import DAY
from storage.fleet import schema

_W = schema.worker.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """``at_work``: centre/job, empty where on nothing; ``stopped_at`` None: it runs, or ended without a word after
    ``seen_at``; ``problem``: why it stopped taking work."""

    worker_id: int
    host: str
    pid: int
    version: str
    started_at: int
    seen_at: int
    at_work: str
    stopped_at: int | None
    problem: str


def workers(connection: Connection) -> list[Worker]:
    """All that were there of late, the newest first."""
    query = select(schema.worker).order_by(_W.worker_id.desc())
    return [Worker(**row._mapping) for row in connection.execute(query)]


def start(connection: Connection, host: str, pid: int, version: str, now: int) -> int:
    """A worker starts; returns its number. Those not seen for a month are forgotten."""
    connection.execute(delete(schema.worker).where(_W.seen_at < now - 30 * DAY))
    row = {"host": host, "pid": pid, "version": version, "started_at": now, "seen_at": now}
    made = insert(schema.worker).values(**row, at_work="", problem="").returning(_W.worker_id)
    return int(connection.execute(made).scalar_one())


def seen(connection: Connection, number: int, at_work: str, now: int) -> None:
    """It is there, and at this."""
    _set(connection, number, seen_at=now, at_work=at_work)


def stopped(connection: Connection, number: int, problem: str, now: int) -> None:
    """It ends of its own accord; ``problem``: because it may not go on."""
    _set(connection, number, seen_at=now, at_work="", stopped_at=now, problem=problem)


def _set(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(schema.worker).where(_W.worker_id == number).values(**values))
