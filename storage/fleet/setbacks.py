"""Jobs of centres that have not come to their end: how often they were begun, why they wait, and those set aside. A job that
ends leaves nothing here. Moments are UTC seconds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from storage.fleet import schema

#: Begun so often in a row without coming to an end, a job is set aside.
TRIES = 5
#: From the first beginning to the second; from then on each wait is four times the one before: 1, 4, 16, 64 minutes.
_WAIT, _GROWTH = 60, 4

_S = schema.setback.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """``tries``: how often it was begun in a row, the one under way included. ``why``: of the last that had a result:
    failed, storage, busy; empty: none had, each was cut off. ``next_at``: it is not begun again before."""

    centre: str
    job: str
    tries: int
    since: int
    why: str
    problem: str
    next_at: int
    aside_at: int | None


def setbacks(connection: Connection, centre: str = "") -> list[Setback]:
    """All of them (of one centre, where it is named), the oldest first; also of what is under way for the first time."""
    query = select(schema.setback).order_by(_S.since, _S.centre, _S.job)
    if centre:
        query = query.where(_S.centre == centre)
    return [Setback(**row._mapping) for row in connection.execute(query)]


def begin(connection: Connection, centre: str, job: str, now: int) -> Setback | None:
    """Count that a job begins; what was known of it before, None where it is set aside."""
    row = connection.execute(select(schema.setback).where(_is(centre, job))).first()
    if row is None:
        before = Setback(
            centre=centre, job=job, tries=0, since=now, why="", problem="", next_at=now,
            aside_at=None,
        )  # fmt: skip
        values = {each: getattr(before, each) for each in Setback.__slots__}
        connection.execute(insert(schema.setback).values(values))
    else:
        before = Setback(**row._mapping)
    if before.aside_at is not None:
        return None
    wait = _WAIT * _GROWTH ** min(before.tries, TRIES)
    _set(connection, centre, job, tries=before.tries + 1, next_at=now + wait)
    return before


def failed(connection: Connection, centre: str, job: str, problem: str) -> None:
    """It came to no good end: the beginning stays counted."""
    _set(connection, centre, job, why="failed", problem=problem)


def put_off(
    connection: Connection, centre: str, job: str, why: str, problem: str, next_at: int
) -> None:
    """It could do nothing: the beginning does not count."""
    changed = {"tries": _S.tries - 1, "why": why, "problem": problem, "next_at": next_at}
    _set(connection, centre, job, **changed)


def done(connection: Connection, centre: str, job: str) -> None:
    """It came to its end."""
    connection.execute(delete(schema.setback).where(_is(centre, job)))


def put_aside(connection: Connection, centre: str, job: str, now: int) -> None:
    """It is not begun any more, until a person says so; where it still was begun so often."""
    spent = update(schema.setback).where(_is(centre, job), _S.tries >= TRIES)
    connection.execute(spent.values(aside_at=now))


def release(connection: Connection, centre: str, job: str = "") -> list[str]:
    """A person, or another config, says: again. All jobs of the centre, unless one is named; those that were set aside."""
    chosen = (_S.centre == centre) & _S.aside_at.is_not(None)
    if job:
        chosen &= _S.job == job
    gone = delete(schema.setback).where(chosen).returning(_S.job)
    return sorted(connection.execute(gone).scalars())


def _is(centre: str, job: str) -> ColumnElement[bool]:
    return (_S.centre == centre) & (_S.job == job)


def _set(connection: Connection, centre: str, job: str, **values: object) -> None:
    connection.execute(update(schema.setback).where(_is(centre, job)).values(**values))
