"""Weeks as the weekly mail counts and names them: from Monday (``2026-W38``, ISO) or from Sunday (its two ends)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from adapters.moments import SHANGHAI
from reports.periods import Period, parse_period

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
    today = moment.astimezone(SHANGHAI).date()
    since = today.isoweekday() % 7 if starts == "sunday" else today.isoweekday() - 1
    return week_from(today - timedelta(days=since) - _WEEK)


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
        since = first.isoweekday() % 7 if starts == "sunday" else first.isoweekday() - 1
        return week_from(first - timedelta(days=since))
    raise ValueError(f"“{text}”不是一周。请写 2026-W38（第38周）或那一周里的一天，例如 2026-09-16")


def short(week: Period) -> str:
    """``第38周`` of a week from Monday, otherwise its days."""
    if week.start.isoweekday() == 1:
        return f"{week.start.isocalendar().year}年第{week.start.isocalendar().week}周"
    return week.title
