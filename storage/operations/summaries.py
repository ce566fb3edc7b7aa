"""Which summaries were written, and of which moments: what their figures rest on is never cleaned away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from sqlalchemy import Connection, select

from adapters.moments import DAY, SHANGHAI
from storage import schema
from storage.bulk import insert_rows, next_id
from storage.known import Known

WEEK = 7 * DAY
#: Rankings compare at this age whatever the basis (docs/definitions.md §5).
RANKED_DAYS = 7
#: Why it was written: a person asked, a quarter ended, or beside a run, where it replaces the one before.
Occasion = Literal["asked", "quarter", "now"]


@dataclass(frozen=True, slots=True)
class Told:
    """What all summaries and weekly mails told: at which moments (UTC seconds, and the last attempt that was known),
    and at which ages of posts (days). ``known``: those attempts alone."""

    moments: Sequence[tuple[int, int]]
    ages: frozenset[int]

    @property
    def known(self) -> frozenset[int]:
        return frozenset(by for _, by in self.moments)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A half-open stretch of time of which figures were told, and as of when; UTC seconds."""

    start: int
    end: int
    as_of: int


def written(
    connection: Connection,
    *,
    occasion: Occasion,
    period: str,
    basis: str,
    stretches: Sequence[Stretch],
    known_by: int,
) -> None:
    """Note a summary and the stretches it told of: its own period and those that it is compared with. One beside a
    run takes the place of the one of the run before: it is overwritten."""
    table = schema.summary
    if occasion == "now":
        connection.execute(
            table.delete().where(
                table.c.occasion == occasion, table.c.period == period, table.c.basis == basis
            )
        )
    first = next_id(connection, table.c.summary_id)
    rows = [
        (first + at, occasion, period, basis, each.start, each.end, each.as_of, known_by)
        for at, each in enumerate(stretches)
    ]
    insert_rows(connection, table, rows)


def told(connection: Connection) -> Told:
    """The moments of everything that was told: as-of, and both ends, of each stretch of each summary and weekly mail."""
    table, delivery = schema.summary, schema.delivery
    moments: set[tuple[int, int]] = set()  # (as of, known by)
    ages = {RANKED_DAYS}
    for row in connection.execute(select(table)):
        stretch = Stretch(row.from_at, row.until_at, row.as_of)
        moments |= {(at, row.known_by) for at in _moments(stretch)}
        kind, _, days = row.basis.partition(":")
        if kind == "aged":
            ages.add(int(days))
    mails = select(delivery.c.subject, delivery.c.claimed_at).where(delivery.c.what == "weekly")
    for week, sent in connection.execute(mails.distinct()):
        start = _week_start(week)
        own = Stretch(start, start + WEEK, sent)
        before = Stretch(start - WEEK, start, sent - WEEK)
        moments |= {(at, sent) for each in (own, before) for at in _moments(each)}
    known = {by: Known.by(connection, by).attempt_id or 0 for _, by in moments}
    return Told([(at, known[by]) for at, by in sorted(moments)], frozenset(ages))


def _moments(stretch: Stretch) -> set[int]:
    """When a stretch's figures were valued: as-of, and its two ends (gains, followers)."""
    ends = (stretch.start - 1, stretch.start, stretch.end - 1)
    return {stretch.as_of} | {min(at, stretch.as_of) for at in ends}


def _week_start(name: str) -> int:
    """When the week of a mail began: ``2026-W38``, or its two days ``2026-09-13..2026-09-19``."""
    year, iso, number = name.partition("-W")
    day = date.fromisocalendar(int(year), int(number), 1) if iso else date.fromisoformat(name[:10])
    return int(datetime.combine(day, time(), SHANGHAI).timestamp())
