"""The followers of our accounts: at both ends of a period, and beside those at the end of last year (较上年末)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from adapters.records import Count, added
from reports.centre import AccountInfo
from reports.figures.compared import Comparison, Subject, difference
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.periods import Period, day_words, here, parse_period
from storage.views.standing import Standing, standing

FOLLOWERS = "followers"
#: How old an observation of followers may be to stand for the end of a year or of a period.
FRESH = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Followed:
    """An account's followers at the period's two ends."""

    info: AccountInfo
    start: Standing | None
    end: Standing | None

    @property
    def growth(self) -> Count | None:
        """End less start; None where one of them is not known or the start has no upper limit."""
        if self.start is None or self.end is None:
            return None
        return self.end.value.less(self.start.value)


def followed(inquiry: Inquiry, infos: Iterable[AccountInfo] | None = None) -> list[Followed]:
    """Each of these accounts (None: all of ours) that is no ledger; a ledger itself only where it has followers. At each
    end the last observation before it, never one after as-of."""
    question = inquiry.view.question
    ends = (min(question.opening, question.as_of), question.closing)
    told = standing(inquiry.connection, FOLLOWERS, ends, inquiry.known, question.as_of)
    return [
        Followed(info, *told.get(info.id, (None, None)))
        for info in (inquiry.ours if infos is None else infos)
        if not info.ledger or info.id in told
    ]


def year_before(period: Period) -> Period:
    """The year whose end followers are compared with."""
    return parse_period(str(period.last_day.year - 1))


class Followers:
    """Followers of our accounts at the end of last year and of the period, by as-of and known-by."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.year = year_before(inquiry.period)
        self.ends = (self.year.end, min(inquiry.period.end, inquiry.as_of + timedelta(seconds=1)))
        moments = [int(each.timestamp()) - 1 for each in self.ends]
        as_of = inquiry.view.question.as_of
        self.told = standing(inquiry.connection, FOLLOWERS, moments, inquiry.known, as_of)

    def comparison(self, subject: Subject) -> Comparison | None:
        """None where no account of the subject has any followers on record."""
        told = [(line, self.told.get(line.id, [None, None])) for line in subject.members]
        told = [each for each in told if any(each[1])]
        if not told:
            return None
        now, then = (_sum([each[place] for _, each in told]) for place in (1, 0))
        why = self._stale(told, single=len(subject.members) == 1)
        change, reason = (None, why) if why else difference(now, then, "上年末")
        return Comparison(
            of=subject.of, id=subject.id, metric=FOLLOWERS, kind="较上年末", period=self.year, now=now, then=then,
            change=change, why=reason,
        )  # fmt: skip

    def now(self, subject: Subject) -> tuple[Count | None, str]:
        """(followers at the period's end, why they cannot be compared)."""
        told = [(each, self.told.get(each.id, [None, None])) for each in subject.members]
        there = [(line, [each[1], each[1]]) for line, each in told if each[1]]
        figure_ = _sum([each[1] for _, each in there])
        return figure_, self._stale(there, single=len(subject.members) == 1, places=(1,))

    def _stale(
        self,
        told: Sequence[tuple[Line, Sequence[Standing | None]]],
        *,
        single: bool,
        places: Sequence[int] = (0, 1),
    ) -> str:
        """Why the observations do not stand for the two ends; empty where they do."""
        for line, each in told:
            name = "" if single else f"“{line.name}”"
            for place in places:
                end, seen = self.ends[place], each[place]
                called = day_words((end - timedelta(seconds=1)).date())
                if seen is None:
                    return f"{name}{called}没有粉丝数"
                moment = here(seen.seen_at)
                if end - moment > FRESH:
                    return f"{name}离{called}最近的粉丝数是{day_words(moment.date())}的"
        return ""


def _sum(values: Sequence[Standing | None]) -> Count | None:
    return added(None if each is None else each.value for each in values).stated()
