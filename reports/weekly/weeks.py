"""Weeks as the weekly mail counts and names them, from Monday (``2026-W38``, ISO) or from Sunday (its two ends); what one
amounts to, account by account, and how it compares with the week before at the same age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import Count
from reports.centre import AccountInfo, Centre
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.periods import Period, parse_period
from reports.summary import inquire
from storage.bulk import seconds
from storage.views.coverage import last_looked

Starts = Literal["monday", "sunday"]
_WEEK = timedelta(days=7)


def week_from(first: date) -> Period:
    """The week whose first day is ``first``, a Monday or a Sunday."""
    if first.isoweekday() == 1:
        year, number, _ = first.isocalendar()
        return parse_period(f"{year}-W{number:02d}")
    return parse_period(f"{first}..{first + timedelta(days=6)}")


def newest_complete(moment: datetime, starts: Starts) -> Period:
    """The newest week that has ended by ``moment``."""
    return week_from(_first(moment.astimezone(SHANGHAI).date(), starts) - _WEEK)


def _first(day: date, starts: Starts) -> date:
    """The first day of the week in which a day lies."""
    return day - timedelta(days=day.isoweekday() % 7 if starts == "sunday" else day.weekday())


def before(week: Period) -> Period:
    """The week before."""
    return week_from(week.start.date() - _WEEK)


def after(week: Period) -> Period:
    """The week after."""
    return week_from(week.start.date() + _WEEK)


def parse_week(text: str, starts: Starts) -> Period:
    """The week that a person named: its ISO name, its two ends, or any day of it. Raises ValueError in Chinese."""
    period = parse_period(f"{text}..{text}" if len(text.strip()) == len("2026-09-14") else text)
    first = period.start.date()
    whole = period.end - period.start == _WEEK and first.isoweekday() in (1, 7)
    if whole and period.start.hour == 0:
        return week_from(first)
    if period.end - period.start == timedelta(days=1):
        return week_from(_first(first, starts))
    raise ValueError(f"“{text}”不是一周。请写 2026-W38（第38周）或那一周里的一天，例如 2026-09-16")


def short(week: Period) -> str:
    """``第38周`` of a week from Monday, otherwise its days."""
    if week.start.isoweekday() == 1:
        return f"{week.start.isocalendar().year}年第{week.start.isocalendar().week}周"
    return week.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Week(Inquiry):
    """What the mail's sections are made from. ``lines`` by account: ours, no ledgers. ``looked``: the newest moment that a
    good reading of an account shows, in UTC seconds."""

    lines: Mapping[str, Line]
    looked: Mapping[str, int]

    @property
    def channels(self) -> list[AccountInfo]:
        """The accounts that a weekly mail is about."""
        return [each for each in self.ours if each.id in self.lines]

    def whole(self, account: str) -> bool:
        """Whether all that the account published in the week is known: looked at after its end, without gaps."""
        line = self.lines[account]
        seen = self.looked.get(account, 0) >= seconds(self.period.end) - 1
        return seen and not line.coverage.gaps and not line.incomplete


def week_of(
    connection: Connection, centre: Centre, period: Period, as_of: datetime, known_by: datetime, table: str
) -> Week:  # fmt: skip
    """Read a week inside the connection's transaction; ``table`` names its temporary table."""
    made = inquire(connection, centre, period, "published", as_of, known_by, table=table)
    lines = zip(made.ours, made.accounts, strict=True)
    return Week(
        **{each.name: getattr(made, each.name) for each in fields(Inquiry)},
        lines={each.id: line for each, line in lines if not each.ledger},
        looked=last_looked(connection, seconds(as_of), made.known),
    )


def metric_of(line: Line) -> str:
    """The metric by which an account is told: views, or readers where no post shows views."""
    only_readers = line.figures["views"] is None and line.figures["readers"] is not None
    return "readers" if only_readers else "views"


def change(now: Week, then: Week, account: str) -> Count | None:
    """By how much an account's figure differs from the week before; None unless both are known, of the same metric
    and of whole weeks (docs/definitions.md §13)."""
    metric = metric_of(now.lines[account])
    if not (now.whole(account) and then.whole(account)):
        return None
    return difference(now.lines[account].figures[metric], then.lines[account].figures[metric])


def difference(now: Count | None, then: Count | None) -> Count | None:
    """``now`` less ``then``; None where one of them is not known or has no upper limit."""
    return None if now is None or then is None or now.high is None else now.less(then)
