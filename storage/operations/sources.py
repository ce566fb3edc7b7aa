"""How each source of pages fares: its last good look, and the unbroken run of failures since. Times are UTC seconds.

Read from the attempts alone, in one pass. What a person withdrew does not count. A failed look whose kept bytes
could be read later (``collect reread``) was a good one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage import schema
from storage.bulk import select_in
from storage.operations.due import LOOKS
from storage.writing.rereading import OF

#: Outcomes that are no failure. A post that is gone is known to be gone; a list that is gone is a failure.
GOOD = ("ok", "unchanged")


@dataclass(slots=True, kw_only=True)
class Source:
    """One address of one account. ``about``: what it was asked for, in the adapter's word; ``depth``: which page
    of a list it is (0: the first). ``failures`` counts the looks since the last good one."""

    account: str
    source: str
    adapter: str
    kind: str
    about: str
    depth: int
    looks: int
    last_at: int
    outcome: str
    problem: str | None
    good_at: int | None = None
    failing_since: int | None = None
    failures: int = 0

    @property
    def gone(self) -> bool:
        """A post that is known to be gone: it is neither good nor failing."""
        return self.outcome == "gone" and self.about != "list"

    @property
    def failing(self) -> bool:
        return self.failures > 0 and not self.gone


@dataclass(slots=True)
class _Fare:
    newest: int = 0
    looks: int = 0
    last_at: int = 0
    good_at: int | None = None
    failing_since: int | None = None
    failures: int = 0
    outcome: str = ""


def sources(connection: Connection) -> list[Source]:
    """Every address that was ever asked, by account and address; files are no sources of this kind."""
    healed = reread_well(connection)
    fares: dict[tuple[int, str], _Fare] = {}
    for account_id, source, number, outcome, at, brought in _looks(connection):
        fare = fares.setdefault((account_id, source), _Fare())
        fare.newest, fare.last_at, fare.outcome = number, at, outcome
        fare.looks += 1
        good = outcome in GOOD or brought or number in healed
        if good:
            fare.good_at, fare.failing_since, fare.failures = at, None, 0
            fare.outcome = "ok" if number in healed else outcome
        else:
            fare.failing_since = fare.failing_since or at
            fare.failures += 1
    return sorted(_named(connection, fares), key=lambda each: (each.account, each.source))


def _looks(connection: Connection) -> Iterator[tuple[int, str, int, str, int, bool]]:
    """(account, source, attempt, outcome, when, whether it brought anything), oldest first."""
    table, run = schema.attempt, schema.run
    reread = select(run.c.run_id).where(run.c.occasion == schema.REREAD)
    query = (
        select(
            table.c.account_id,
            table.c.source,
            table.c.attempt_id,
            table.c.outcome,
            table.c.recorded_at,
            table.c.posts + table.c.figures,
        )
        .where(
            table.c.account_id.is_not(None),
            table.c.kind.in_(LOOKS),
            table.c.withdrawn_at.is_(None),
            table.c.run_id.not_in(reread),
        )
        .order_by(table.c.attempt_id)
    )
    for row in connection.execute(query):
        account_id, source, number, outcome, at, brought = row
        yield account_id, source, number, outcome, at, bool(brought)


def reread_well(connection: Connection) -> set[int]:
    """The looks whose kept bytes were read later."""
    table, run = schema.attempt, schema.run
    query = (
        select(table.c.notes)
        .join(run, run.c.run_id == table.c.run_id)
        .where(run.c.occasion == schema.REREAD, table.c.outcome == "ok")
        .where(table.c.withdrawn_at.is_(None))
    )
    notes = (json.loads(each) for each in connection.execute(query).scalars() if each)
    return {each["request"][OF] for each in notes if OF in each.get("request", {})}


def _named(connection: Connection, fares: dict[tuple[int, str], _Fare]) -> Iterator[Source]:
    sql = (
        "SELECT t.attempt_id, a.key, t.adapter, t.kind, t.problem, t.notes FROM attempt t"
        " JOIN account a ON a.account_id = t.account_id WHERE t.attempt_id IN (??)"
    )
    newest = {
        row[0]: row[1:] for row in select_in(connection, sql, [e.newest for e in fares.values()])
    }
    for (_, source), fare in fares.items():
        account, adapter, kind, problem, notes = newest[fare.newest]
        request = json.loads(notes).get("request", {}) if notes else {}
        yield Source(
            account=account,
            source=source,
            adapter=adapter,
            kind=kind,
            about=request.get("about", "post"),
            depth=request.get("depth", 0),
            looks=fare.looks,
            last_at=fare.last_at,
            outcome=fare.outcome,
            problem=problem if fare.failures else None,
            good_at=fare.good_at,
            failing_since=fare.failing_since,
            failures=fare.failures,
        )
