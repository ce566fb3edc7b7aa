"""Centres' summaries as the province keeps them: the last good one of each period and basis, and why a newer one could not be
made. Moments are UTC seconds; a summary is JSON as ``collect report --format json`` writes it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage.bulk import upsert_rows
from storage.fleet import schema

_C = schema.stored_summary.c


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSummary:
    """``summary`` None: there never was one. ``problem``: why the last try gave none; None: it gave this one. ``made_at``,
    ``as_of``, ``known_by`` and ``program`` are those of the summary."""

    centre: str
    period: str
    basis: str
    tried_at: int
    as_of: int | None = None
    known_by: int | None = None
    made_at: int | None = None
    program: str | None = None
    summary: str | None = None
    problem: str | None = None


def summaries(connection: Connection, period: str, basis: str) -> dict[str, StoredSummary]:
    """Key of a centre → what is kept of a period on a basis; also of centres that left."""
    query = select(schema.stored_summary).where(_C.period == period, _C.basis == basis)
    found = (StoredSummary(**row._mapping) for row in connection.execute(query))
    return {each.centre: each for each in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A stored summary without its text: when it was made, by what it knew, and when the last try was."""

    tried_at: int
    made_at: int
    known_by: int
    program: str


def kept(connection: Connection, period: str, basis: str) -> dict[str, Kept]:
    """Key of a centre → what is kept of a period on a basis, where there ever was a summary or a try; 0 and "" stand for a
    summary that never was."""
    columns = _C.centre, _C.tried_at, _C.made_at, _C.known_by, _C.program
    query = select(*columns).where(_C.period == period, _C.basis == basis)
    return {
        key: Kept(tried_at=tried, made_at=made or 0, known_by=known or 0, program=program or "")
        for key, tried, made, known, program in connection.execute(query)
    }


def keep(connection: Connection, made: StoredSummary) -> None:
    """Keep a summary in the place of the one before."""
    row = tuple(getattr(made, each.name) for each in _C)
    upsert_rows(connection, schema.stored_summary, [row])


def failed(
    connection: Connection, centre: str, period: str, basis: str, problem: str, at: int
) -> None:
    """Note that none could be made; the one before stays."""
    changed = connection.execute(
        schema.stored_summary.update()
        .where(_C.centre == centre, _C.period == period, _C.basis == basis)
        .values(problem=problem, tried_at=at)
    )
    if not changed.rowcount:
        told = StoredSummary(
            centre=centre, period=period, basis=basis, tried_at=at, problem=problem
        )
        keep(connection, told)
