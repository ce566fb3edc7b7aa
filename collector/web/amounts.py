"""What a period amounts to, account by account: the figures of its summary, kept until the database is told something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from adapters.records import NOTHING, Count, added, at_least
from collector.summaries import centre_of, present
from collector.web.site import Kept, site
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.periods import Period, here, parse_period
from reports.sections.followers import followed
from reports.summary import inquire
from storage.known import told_until
from storage.views.standing import Standing

#: The basis of a summary whose basis nobody chose.
BASIS = "published"
#: A year of months, the present quarter, the last days, once as they were and once as they are now.
_KEPT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What a summary of ``period`` says by ``as_of``: a line for every account of config, the total of ours, the
    followers at the period's end."""

    period: Period
    as_of: datetime
    lines: Mapping[str, Line]
    total: Line
    followers: Mapping[str, Standing | None]


@dataclass(frozen=True, slots=True)
class Day:
    """``views`` that the works of ours published on a day show now; None: no data. 0 only where every account is known."""

    day: date
    works: int
    views: Count | None


_amounts: Kept[Amounts] = Kept(_KEPT)
_days: Kept[list[Day]] = Kept(2)


def amounts(connection: Connection, period: Period) -> Amounts:
    """Kept while nothing is told, at most for the hour: an observation may be dated after the moment it was told."""

    def make() -> Amounts:
        inquiry = _inquire(connection, period)
        accounts = inquiry.centre.accounts
        return Amounts(
            period=period,
            as_of=inquiry.as_of,
            lines={each.id: inquiry.loaded.account(each) for each in accounts},
            total=inquiry.total,
            followers={each.info.id: each.end for each in followed(inquiry, accounts)},
        )

    return _amounts.get(_key(connection, period), make)


def daily(connection: Connection, number: int) -> list[Day]:
    """The last ``number`` days, today the last of them."""
    last = site().clock().date()
    first = last - timedelta(days=number - 1)
    period = parse_period(f"{first}..{last}")
    return _days.get(
        _key(connection, period), lambda: list(_by_day(_inquire(connection, period), number))
    )


def known(line: Line) -> bool:
    """Whether anything tells of the period: where nothing does, no figure is 0."""
    return bool(line.posts or line.coverage.first)


def works(line: Line) -> Count | int | None:
    """A bound where works are known to be missing."""
    if not known(line):
        return None
    return at_least(line.posts) if line.incomplete else line.posts


def months(now: datetime, number: int) -> list[Period]:
    """The last months, the present one first."""
    ends = [now.year * 12 + now.month - 1 - back for back in range(number)]
    return [parse_period(f"{each // 12}-{each % 12 + 1:02d}") for each in ends]


def _key(connection: Connection, period: Period) -> tuple[object, ...]:
    config, hour = site().config, site().clock().replace(minute=0, second=0, microsecond=0)
    return str(site().config_path), config.fingerprint, period.name, told_until(connection), hour


def _inquire(connection: Connection, period: Period) -> Inquiry:
    latest = present(connection, site().clock().replace(second=0, microsecond=0))
    return inquire(connection, centre_of(site().config), period, BASIS, latest, latest)


def _by_day(inquiry: Inquiry, number: int) -> Iterator[Day]:
    members = inquiry.total.members
    reach = [inquiry.loaded.reach.get(each) for each in members]
    shown: dict[date, list[Count | None]] = {}
    for post in inquiry.view.short(("views",), accounts=members):
        shown.setdefault(here(post.published_at).date(), []).append(post.amounts.get("views"))
    edges = [here(each).date() for one in reach if one for each in one.open_parts]
    for at in range(number):
        day = inquiry.period.start.date() + timedelta(days=at)
        there = shown.get(day, [])
        if there:  # posts before an open part's edge are known to be missing
            views = added(there).stated(incomplete=any(day <= edge for edge in edges))
        else:
            whole = all(one and any(f <= day <= u for f, u in one.days) for one in reach)
            views = NOTHING if whole and members else None
        yield Day(day, len(there), views)
