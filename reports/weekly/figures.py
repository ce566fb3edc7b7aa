"""What one week amounts to, account by account, and how it compares with the week before at the same age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from adapters.records import Count, added
from reports.basis import Basis
from reports.centre import AccountInfo, Centre
from reports.figures.totals import Line, Loaded
from reports.periods import Period
from storage.bulk import seconds
from storage.known import Known
from storage.views.coverage import last_looked
from storage.views.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week's posts at ``as_of``: ``lines`` by account (ours, no ledgers), their ``total``. ``looked``: the newest
    moment that a good reading of an account shows, in UTC seconds. ``view`` is valid inside the transaction."""

    period: Period
    as_of: datetime
    lines: Mapping[str, Line]
    total: Line
    looked: Mapping[str, int]
    view: View

    def whole(self, account: str) -> bool:
        """Whether all that the account published in the week is known: looked at after its end, without gaps."""
        line = self.lines[account]
        seen = self.looked.get(account, 0) >= seconds(self.period.end) - 1
        return seen and not line.coverage.gaps and not line.incomplete


def channels(centre: Centre) -> list[AccountInfo]:
    """The accounts that a weekly mail is about."""
    return [each for each in centre.accounts if each.owner == "ours" and not each.ledger]


def week_of(
    connection: Connection,
    centre: Centre,
    period: Period,
    as_of: datetime,
    known: Known,
    table: str,
) -> Week:
    """Read a week inside the connection's transaction; ``table`` names its temporary table."""
    view = View(connection, Basis("published").question(period, as_of, known), table)
    loaded = Loaded.of(view, centre.thresholds)
    mine = channels(centre)
    return Week(
        period=period,
        as_of=as_of,
        lines={each.id: loaded.account(each) for each in mine},
        total=loaded.total(centre.name, mine),
        looked=last_looked(connection, seconds(as_of), known),
        view=view,
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


@dataclass(frozen=True, slots=True)
class Compared:
    """The views of the accounts of which both weeks are known, added up, and their ``change``."""

    accounts: tuple[str, ...]
    now: Count
    change: Count


def compared(now: Week, then: Week) -> Compared | None:
    """None where there is no such account."""
    chosen = tuple(
        each
        for each in now.lines
        if metric_of(now.lines[each]) == "views" and change(now, then, each) is not None
    )
    views, before = (added(w.lines[each].figures["views"] for each in chosen) for w in (now, then))
    grown = difference(views, before)
    return Compared(chosen, views, grown) if chosen and grown is not None else None
