"""Which topic grew most since the period before: said only where both periods are read alike, whole, on every account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.figures.compared import past_lines, question_of_past, unfinished
from reports.figures.covered import lacking
from reports.figures.earlier import earlier
from reports.figures.topics import Topic, topics
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.periods import Period
from storage.views.series import View


def grown_most(inquiry: Inquiry, found: Sequence[Topic]) -> tuple[str, Period] | None:
    """(the topic whose number of works grew most, the period it is compared with); None where that cannot be told."""
    then = next(iter(earlier(inquiry.period)), None)
    if then is None or len(found) < 2 or inquiry.basis.kind != "published":
        return None
    if unfinished(inquiry) or _unlike(inquiry, inquiry.accounts, inquiry.period):
        return None
    past = past_lines(inquiry, then.period)
    accounts = tuple(past[f"account.{each.id}"] for each in inquiry.accounts)
    if _unlike(inquiry, accounts, then.period):
        return None
    view = View(inquiry.connection, question_of_past(inquiry, then.period), "topics_before")
    before = topics(replace(inquiry, period=then.period, view=view, accounts=accounts))
    grown = sorted(
        (len(now.total.posts) - len(old.total.posts), now.info.name)
        for now, old in zip(found, before, strict=True)
    )
    (second, _), (most, name) = grown[-2:]
    return (name, then.period) if most > max(second, 0) else None


def _unlike(inquiry: Inquiry, lines: Sequence[Line], period: Period) -> bool:
    ours = set(inquiry.total.members)
    return any(lacking(each, period) for each in lines if each.id in ours)
