"""The periods that a period is compared with: the one before it of the same kind (环比), that of last year (同比), and the
year at whose end followers are taken (较上年末)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from reports.periods import Period, parse_period

Kind = Literal["环比", "同比", "较上年末"]
#: How sentences call what a period is compared with.
CALLED: Mapping[Kind, str] = {"环比": "上期", "同比": "上年同期", "较上年末": "上年末"}


def earlier(period: Period) -> dict[Kind, Period]:
    """The previous period and last year's; of a year they are one. One that no calendar has (a 53rd week, 29 February) is
    left out."""
    there: dict[Kind, Period | None] = {"环比": _previous(period), "同比": _last_year(period)}
    return {kind: each for kind, each in there.items() if each is not None}


def year_before(period: Period) -> Period:
    """The year whose end followers are compared with."""
    return parse_period(str(period.last_day.year - 1))


def _previous(period: Period) -> Period | None:
    if re.fullmatch(r"\d{4}", period.name):
        return None  # last year is both; it is called 同比
    last = period.start - timedelta(days=1)
    for form, name in _NAMES.items():
        if re.fullmatch(form, period.name):
            return parse_period(name(last))
    return _between(period.start - (period.end - period.start), period.start)


def _last_year(period: Period) -> Period | None:
    try:
        match = re.fullmatch(r"(\d{4})(|Q\d|H\d|-\d{2}|-W\d{1,2})", period.name)
        if match is not None:
            return parse_period(f"{int(match[1]) - 1}{match[2]}")
        return _between(_a_year_before(period.start), _a_year_before(period.end))
    except ValueError:  # no such week, no such day
        return None


def _a_year_before(moment: datetime) -> datetime:
    return moment.replace(year=moment.year - 1)


def _between(start: datetime, end: datetime) -> Period:
    """A range by name, as a person would write it."""
    whole = not (start.hour or start.minute or end.hour or end.minute)
    if whole:
        return parse_period(f"{start:%Y-%m-%d}..{end - timedelta(days=1):%Y-%m-%d}")
    return parse_period(f"{start:%Y-%m-%dT%H:%M}..{end:%Y-%m-%dT%H:%M}")


#: The periods of the calendar, by the form of their names → the one in which a moment lies.
_NAMES: Mapping[str, Callable[[datetime], str]] = {
    r"\d{4}Q\d": lambda at: f"{at.year}Q{(at.month + 2) // 3}",
    r"\d{4}H\d": lambda at: f"{at.year}H{(at.month + 5) // 6}",
    r"\d{4}-\d{2}": lambda at: f"{at:%Y-%m}",
    r"\d{4}-W\d{1,2}": lambda at: f"{at:%G-W%V}",
}
