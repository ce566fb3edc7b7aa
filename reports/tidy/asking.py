"""What a door asks of the summary's road: a period, or all days on which anything was published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from reports.centre import Centre
from reports.inquiry import Inquiry
from reports.periods import Period, here, parse_period
from reports.summary import inquire
from storage.views.looks import first_published


def ask(
    connection: Connection,
    centre: Centre,
    period: Period | None,
    basis: str,
    as_of: datetime,
    known_by: datetime,
) -> Inquiry:
    """``reports.summary.inquire``; ``period`` None: from the day of the first post on record to that of ``as_of``."""
    span = period or _every_day(connection, as_of)
    return inquire(connection, centre, span, basis, as_of, known_by)


def _every_day(connection: Connection, as_of: datetime) -> Period:
    first, last = first_published(connection), here(int(as_of.timestamp())).date()
    day = last if first is None else min(here(first).date(), last)
    return parse_period(f"{day}..{last}")
