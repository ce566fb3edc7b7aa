"""Which summaries were written, and of which moments: what their figures rest on is never cleaned away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from storage import schema
from storage.bulk import next_id
from storage.seen import Known

DAY = 86_400
#: Rankings compare at this age whatever the basis (domain.md "aged N").
RANKED_DAYS = 7
#: Why it was written: a person asked, a quarter ended, or beside a run, where it replaces the one before.
Occasion = Literal["asked", "quarter", "now"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Figures were told as of ``at`` (UTC seconds), known by the attempt ``attempt_id``."""

    at: int
    attempt_id: int


@dataclass(frozen=True, slots=True)
class Told:
    """What all summaries and weekly mails told: at which moments, and at which ages of posts (days)."""

    moments: Sequence[Moment]
    ages: frozenset[int]


def written(
    connection: Connection,
    *,
    occasion: Occasion,
    period: str,
    basis: str,
    start: int,
    end: int,
    as_of: int,
    known_by: int,
) -> None:
    """Note a summary. One beside a run takes the place of the one of the run before: it is overwritten."""
    table = schema.summary
    if occasion == "now":
        connection.execute(
            table.delete().where(
                table.c.occasion == occasion, table.c.period == period, table.c.basis == basis
            )
        )
    row = (next_id(connection, table.c.summary_id), occasion, period, basis)
    names = [each.name for each in table.c]
    values = dict(zip(names, (*row, start, end, as_of, known_by), strict=True))
    connection.execute(table.insert().values(values))


def told(connection: Connection) -> Told:
    """The moments of everything that was told: each summary's as-of, and the ends of its period; each weekly mail's."""
    table, delivery = schema.summary, schema.delivery
    moments: set[tuple[int, int]] = set()  # (as of, known by)
    ages = {RANKED_DAYS}
    for row in connection.execute(select(table)):
        moments |= {(min(at, row.as_of), row.known_by) for at in (row.from_at, row.until_at - 1)}
        moments.add((row.as_of, row.known_by))
        kind, _, days = row.basis.partition(":")
        if kind == "aged":
            ages.add(int(days))
    mails = select(delivery.c.claimed_at).where(delivery.c.what == "weekly").distinct()
    moments |= {(at, at) for at in connection.execute(mails).scalars()}
    known = {by: Known.by(connection, by).attempt_id or 0 for _, by in moments}
    return Told([Moment(at, known[by]) for at, by in sorted(moments)], frozenset(ages))
