"""The service's own doings: when it was on, what fell due, what ran, what was missed. Times are UTC seconds.

A row of ``job`` is one due time of one job. It waits (nothing set), is at work (``started_at``), or is settled
(``outcome``). ``missed`` says why it did not run in time; ``made_up_at`` is the start of the run that made up for it.
Two more outcomes mark since when a job is counted: ``begun`` (its crontab in ``problem``) and ``dropped``.
A missed due time that never started was noted at ``ended_at``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, select

from storage import schema
from storage.bulk import insert_rows, next_id, rows_of, run_sql

#: Why a due time was not kept: the service was off, the machine asleep, another job at work, the clock doubted,
#: the database out of reach, or the work was cut off in the middle, or failed and was to be tried again.
WHYS = ("off", "asleep", "busy", "clock", "storage", "interrupted", "failed")
_BEGUN, _DROPPED = "begun", "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """Due times of one job in a row that were not kept for the same reason. ``made_up_at``: when the run started
    that made up for them all; None: none has yet."""

    job: str
    first_due: int
    last_due: int
    number: int
    why: str
    made_up_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """The newest settled or running start of a job."""

    job: str
    due_at: int
    started_at: int
    ended_at: int | None
    outcome: str | None
    problem: str | None
    run_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One start of the service. ``stopped_at`` None: it runs, or ended without a word after ``seen_at``."""

    service_id: int
    host: str
    pid: int
    version: str
    started_at: int
    seen_at: int
    stopped_at: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """Since when due times of a job have to be noted, and the crontab it had then."""

    since: int
    crontab: str


# ── the service ──


def start_service(connection: Connection, host: str, pid: int, version: str, now: int) -> int:
    """A start of the service; returns its number."""
    number = next_id(connection, schema.service.c.service_id)
    insert_rows(connection, schema.service, [(number, host, pid, version, now, now, None)])
    return number


def seen(connection: Connection, service_id: int, now: int) -> None:
    """The service is there at ``now``."""
    run_sql(connection, "UPDATE service SET seen_at = ? WHERE service_id = ?", now, service_id)


def stopped(connection: Connection, service_id: int, now: int) -> None:
    """The service ended of its own accord."""
    sql = "UPDATE service SET seen_at = ?, stopped_at = ? WHERE service_id = ?"
    run_sql(connection, sql, now, now, service_id)


def service(connection: Connection, *, before: int | None = None) -> Service | None:
    """The newest start (of those before the one numbered ``before``); None where there is none."""
    table = schema.service
    query = select(table).order_by(table.c.service_id.desc()).limit(1)
    if before is not None:
        query = query.where(table.c.service_id < before)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Service(**row)


def last_moments(connection: Connection) -> list[int]:
    """When the program last left a trace here: the newest run begun, and the newest service as it was last seen; by
    their order, not by a clock that may have been wrong. Nothing in a new database."""
    sql = (
        "SELECT started_at FROM run WHERE run_id = (SELECT max(run_id) FROM run) UNION ALL"
        " SELECT seen_at FROM service WHERE service_id = (SELECT max(service_id) FROM service)"
    )
    return [int(at) for (at,) in rows_of(connection, sql)]


# ── due times ──


def counted(connection: Connection, name: str, until: int) -> Counted | None:
    """Since when the due times of a job are still to be noted; None where it is not counted (yet, or any more). Rows
    after ``until`` say nothing of that."""
    found = rows_of(
        connection,
        "SELECT due_at, outcome, (SELECT problem FROM job WHERE name = ? AND outcome = ?"
        " ORDER BY due_at DESC LIMIT 1)"
        " FROM job WHERE name = ? AND due_at <= ? ORDER BY due_at DESC LIMIT 1",
        *(name, _BEGUN, name, until),
    )
    if not found or found[0][1] == _DROPPED or found[0][2] is None:
        return None
    return Counted(int(found[0][0]), str(found[0][2]))


def begin_counting(connection: Connection, name: str, crontab: str, now: int) -> None:
    """Due times of the job count from now on, by this crontab."""
    _insert(connection, name, now, outcome=_BEGUN, problem=crontab)


def drop(connection: Connection, name: str, now: int) -> None:
    """The job is no longer in config: what waits is given up, nothing more falls due."""
    sql = "UPDATE job SET outcome = ?, ended_at = ? WHERE name = ? AND started_at IS NULL AND outcome IS NULL"
    run_sql(connection, sql, _DROPPED, now, name)
    _insert(connection, name, now, outcome=_DROPPED)


def note_due(connection: Connection, name: str, dues: Sequence[int], why: str | None) -> None:
    """These fell due. ``why``: they were noticed too late, for this reason."""
    insert_rows(
        connection,
        schema.job,
        [(name, due, None, None, None, why, None, None, None) for due in dues],
    )


def waiting(connection: Connection) -> dict[str, int]:
    """Jobs that wait to be started → their newest due time."""
    sql = (
        "SELECT name, max(due_at) FROM job WHERE started_at IS NULL AND outcome IS NULL"
        " GROUP BY name"
    )
    return {name: int(due) for name, due in rows_of(connection, sql)}


def start(connection: Connection, name: str, due: int, now: int, why: str | None) -> None:
    """The newest due time of a job starts; the older ones that wait are missed and are made up for by it. ``why``:
    the reason of any of them that is late without having one."""
    run_sql(
        connection,
        "UPDATE job SET outcome = 'missed', ended_at = ?, missed = coalesce(missed, ?)"
        " WHERE name = ? AND due_at < ? AND started_at IS NULL AND outcome IS NULL",
        *(now, why or "busy", name, due),
    )
    run_sql(
        connection,
        "UPDATE job SET started_at = ?, missed = coalesce(missed, ?) WHERE name = ? AND due_at = ?",
        *(now, why, name, due),
    )


def end(
    connection: Connection,
    name: str,
    due: int,
    now: int,
    outcome: str,
    *,
    problem: str | None = None,
    run_id: int | None = None,
) -> None:
    """A start has ended: ``done`` or ``failed``. One that is done makes up for every miss of its job before it."""
    sql = (
        "UPDATE job SET ended_at = ?, outcome = ?, problem = ?, run_id = ?"
        " WHERE name = ? AND due_at = ?"
    )
    run_sql(connection, sql, now, outcome, problem, run_id, name, due)
    if outcome != "done":
        return
    run_sql(
        connection,
        "UPDATE job SET made_up_at = (SELECT j.started_at FROM job j WHERE j.name = ? AND j.due_at = ?)"
        " WHERE name = ? AND due_at <= ? AND missed IS NOT NULL AND made_up_at IS NULL",
        *(name, due, name, due),
    )


def put_back(connection: Connection, name: str, due: int) -> None:
    """A start that could do nothing waits again."""
    sql = "UPDATE job SET started_at = NULL WHERE name = ? AND due_at = ?"
    run_sql(connection, sql, name, due)


def late(connection: Connection, before: int, why: str) -> None:
    """What fell due before this moment and still waits is a miss for this reason, where it has none yet."""
    run_sql(
        connection,
        "UPDATE job SET missed = ? WHERE due_at < ? AND missed IS NULL"
        " AND started_at IS NULL AND outcome IS NULL",
        *(why, before),
    )


def cut_off(connection: Connection, now: int) -> list[str]:
    """Starts that never ended and of which nobody is at work any more: they are interrupted, and each of their jobs
    waits again, if need be from ``now`` on. Returns the jobs."""
    names = sorted(at_work(connection))
    run_sql(
        connection,
        "UPDATE job SET ended_at = ?, outcome = 'interrupted', missed = coalesce(missed, 'interrupted')"
        " WHERE started_at IS NOT NULL AND ended_at IS NULL",
        now,
    )
    for name in set(names) - waiting(connection).keys():
        ask(connection, name, now)
    return names


def give_up(connection: Connection, name: str, now: int, why: str) -> None:
    """What waits of a job will not be started: it is missed for this reason."""
    run_sql(
        connection,
        "UPDATE job SET outcome = 'missed', ended_at = ?, missed = coalesce(missed, ?)"
        " WHERE name = ? AND started_at IS NULL AND outcome IS NULL",
        *(now, why, name),
    )


def ask(connection: Connection, name: str, now: int) -> None:
    """A job waits from now on, though nothing of it fell due; from the second after what stands there for this one."""
    sql = "SELECT max(due_at) + 1 FROM job WHERE name = ? AND due_at >= ?"
    ((free,),) = rows_of(connection, sql, name, now)
    _insert(connection, name, free or now)


def at_work(connection: Connection) -> dict[str, tuple[int, int]]:
    """Job → its due time and start, of the starts that have not ended."""
    sql = (
        "SELECT name, due_at, started_at FROM job WHERE started_at IS NOT NULL AND ended_at IS NULL"
    )
    return {str(name): (int(due), int(at)) for name, due, at in rows_of(connection, sql)}


def forget_future(connection: Connection, after: int) -> None:
    """What was noted of jobs for moments after this one is not true; what is at work for one of them ends first."""
    at_work = "started_at IS NOT NULL AND ended_at IS NULL"
    run_sql(connection, f"DELETE FROM job WHERE due_at > ? AND NOT ({at_work})", after)


def _insert(
    connection: Connection,
    name: str,
    due: int,
    *,
    outcome: str | None = None,
    problem: str | None = None,
) -> None:
    row = (name, due, None, None, outcome, None, None, None, problem)
    insert_rows(connection, schema.job, [row])


# ── what is told of them ──


def misses(
    connection: Connection, since: int, until: int, known_by: int | None = None
) -> tuple[Miss, ...]:
    """Due times in ``since`` ≤ t < ``until`` that were not kept, those in a row together, oldest first; as far as
    was known at ``known_by`` (None: all that is known). A miss is known from the moment the service notices it; what
    still waits is none yet."""
    sql = (
        "SELECT name, due_at, CASE WHEN noticed_at <= ? THEN missed END,"
        " CASE WHEN noticed_at <= ? AND made_up_at <= ? THEN made_up_at END FROM"
        " (SELECT name, due_at, missed, made_up_at, CASE WHEN missed = 'interrupted' THEN ended_at"
        " ELSE coalesce(started_at, ended_at) END AS noticed_at FROM job WHERE due_at >= ? AND due_at < ?"
        " AND (outcome IS NULL OR outcome NOT IN (?, ?))) AS noted ORDER BY name, due_at"
    )
    known = 2**62 if known_by is None else known_by
    rows = rows_of(connection, sql, known, known, known, since, until, _BEGUN, _DROPPED)
    found = []
    for (name, why, made_up_at), alike in groupby(rows, key=lambda row: (row[0], row[2], row[3])):
        dues = [int(due) for _, due, _, _ in alike]
        if why is not None:
            found.append(
                Miss(
                    job=name,
                    first_due=dues[0],
                    last_due=dues[-1],
                    number=len(dues),
                    why=why,
                    made_up_at=made_up_at,
                )
            )
    return tuple(sorted(found, key=lambda each: (each.first_due, each.job)))


def last_done(connection: Connection, name: str) -> int | None:
    """When a job last came to a good end."""
    sql = "SELECT max(ended_at) FROM job WHERE name = ? AND outcome = 'done'"
    ((last,),) = rows_of(connection, sql, name)
    return None if last is None else int(last)


def last_runs(connection: Connection) -> dict[str, Ran]:
    """Job → its newest start."""
    columns = "due_at, started_at, ended_at, outcome, problem, run_id"
    sql = (
        f"SELECT name AS job, {columns} FROM job WHERE (name, started_at) IN"
        " (SELECT name, max(started_at) FROM job GROUP BY name)"
    )
    found = run_sql(connection, sql).mappings()
    return {row["job"]: Ran(**row) for row in found}
