"""A period's figures beside those of an earlier one. Two figures are compared only if they have the same basis, the same
time to grow and data that cover both periods (docs/definitions.md §13); otherwise the reason is stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.records import METRICS, Count, added, at_least
from reports import wording
from reports.centre import BaselineInfo
from reports.figures.totals import Line, Loaded, lacking
from reports.inquiry import Inquiry
from reports.periods import CALLED, Kind, Period, day_words, here, parse_period, year_before
from storage.bulk import seconds
from storage.views.standing import Standing, standing
from storage.views.valued import Question
from storage.views.view import View

#: What is compared of a line, in the order of sentences.
COMPARED = ("posts", *METRICS)
FOLLOWERS = "followers"
#: How old an observation of followers may be to stand for the end of a year or of a period.
FRESH = timedelta(days=7)
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """A line that is compared: ``of`` as config calls it (total, a group, an account's id), ``id`` of its sentences,
    and the accounts that make it up."""

    of: str
    id: str
    line: Line
    members: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of a Subject now and then. ``change`` is None where they are not ``comparable``: ``why`` says it.
    ``verified`` is False where the earlier figure is stated in config; ``source`` is then what it says of itself."""

    subject: Subject
    metric: str
    kind: Kind
    period: Period
    now: Count | None
    then: Count | None
    change: Count | None
    why: str
    verified: bool = True
    source: str = ""

    @classmethod
    def of(
        cls,
        subject: Subject,
        metric: str,
        kind: Kind,
        period: Period,
        now: Count | None,
        then: Count | None,
        why: str,
        baseline: BaselineInfo | None = None,
    ) -> Comparison:
        """``why``: what forbids it already; empty: the two figures decide. ``baseline``: where ``then`` is stated."""
        change, reason = (None, why) if why else _difference(now, then, CALLED[kind])
        source = baseline.source if baseline else ""
        return cls(
            subject, metric, kind, period, now, then, change, reason, baseline is None, source
        )

    @property
    def comparable(self) -> bool:
        return self.change is not None


def subjects(inquiry: Inquiry) -> tuple[Subject, ...]:
    """The total, the groups and the accounts of ours but the ledgers, which hold no channel's output."""
    ledgers = {each.id for each in inquiry.ours if each.ledger}
    by_id = {each.id: each for each in inquiry.accounts}

    def subject(of: str, id_: str, line: Line) -> Subject:
        return Subject(of, id_, line, tuple(by_id[key] for key in line.members))

    return (
        subject("total", "total", inquiry.total),
        *(subject(each.id, f"group.{each.id}", each) for each in inquiry.groups),
        *(
            subject(each.id, f"account.{each.id}", each)
            for each in inquiry.accounts
            if each.id not in ledgers
        ),
    )


def unfinished(inquiry: Inquiry) -> str:
    """Why nothing can be compared: the period is not over; empty where it is."""
    if inquiry.as_of >= inquiry.period.end:
        return ""
    return f"本期到{day_words(inquiry.period.last_day)}才结束，期未满"


def past_as_of(inquiry: Inquiry, then: Period) -> datetime:
    """As long after the earlier period's end as as-of is after this one's: posts had the same time to grow."""
    return then.end + (inquiry.as_of - inquiry.period.end)


def question_of_past(inquiry: Inquiry, then: Period) -> Question:
    """What is asked of an earlier period."""
    asked = inquiry.basis.question(then, past_as_of(inquiry, then), inquiry.known)
    return replace(asked, accounts=inquiry.view.question.accounts)


def past_lines(inquiry: Inquiry, then: Period) -> Mapping[str, Line]:
    """The lines of an earlier period by the id of their sentences (see Subject); read once for an inquiry."""
    if then.name not in inquiry.past:
        inquiry.past[then.name] = _past_lines(inquiry, then)
    return inquiry.past[then.name]


def _past_lines(inquiry: Inquiry, then: Period) -> dict[str, Line]:
    view = View(inquiry.connection, question_of_past(inquiry, then), "earlier")
    loaded = Loaded.of(view, {})
    return {
        "total": loaded.total(inquiry.centre.name, inquiry.ours),
        **{f"group.{each.id}": each for each in loaded.groups(inquiry.ours)},
        **{f"account.{info.id}": loaded.account(info) for info in inquiry.ours},
    }


def against(
    inquiry: Inquiry,
    subject: Subject,
    kind: Kind,
    then: Period,
    past: Mapping[str, Line],
    *,
    empty: bool,
) -> Iterator[Comparison]:
    """Every figure of a subject that either period shows, beside the earlier period's; ``empty``: that has no data at all."""
    line = past[subject.id]
    members = [past[f"account.{each.id}"] for each in subject.members]
    why = "没有这一期的数据" if empty else _unlike(inquiry.period, subject.members, then, members)
    why = why or _left_out(subject.line, line, CALLED[kind])
    gained = inquiry.basis.kind == "gained"  # how many posts were observed is no output
    for metric in COMPARED[1:] if gained else COMPARED:
        now, before = _value(subject.line, metric), _value(line, metric)
        if now is not None or before is not None:
            yield Comparison.of(subject, metric, kind, then, now, before, why)


def _left_out(now: Line, then: Line, called: str) -> str:
    """On *aged*: sums of which posts are left out are no longer of the same posts."""
    for name, line in (("本期", now), (called, then)):
        if line.young or line.unobserved:
            return f"{name}有{line.young + line.unobserved}个作品未满天数或该时点无观测"
    return ""


def _value(line: Line, metric: str) -> Count | None:
    """A line's figure; of no data at all there are no posts either."""
    if metric != "posts":
        return line.figures[metric]
    if not line.posts and line.coverage.first is None:
        return None
    return at_least(line.posts) if line.incomplete else Count(line.posts)


def _unlike(now: Period, lines: Sequence[Line], then: Period, past: Sequence[Line]) -> str:
    """Why two sets of accounts are not read alike; an account without data in both periods adds nothing to either."""
    reasons = []
    for line, before in zip(lines, past, strict=True):
        here, there = lacking(line, now), lacking(before, then)
        if line.coverage.first is None and before.coverage.first is None and len(lines) > 1:
            continue
        whose = f"“{line.name}”" if len(lines) > 1 else ""
        if here:
            reasons.append(f"{whose}本期{here}")
        elif there:
            reasons.append(f"{whose}{then.title}{there}")
    if not reasons and all(each.coverage.first is None for each in lines):
        return "两期都没有数据"
    return wording.several(reasons, _NAMED, "处")


def _difference(now: Count | None, then: Count | None, called: str) -> tuple[Count | None, str]:
    """(the change, empty) or (None, why there is none). A bound is compared only where the direction is sure."""
    if now is None or then is None:
        return None, f"{'本期' if now is None else called}{wording.NO_DATA}"
    change = now.less(then)
    if change is not None and (
        change.exact or change.low > 0 or (change.high is not None and change.high < 0)
    ):
        return change, ""
    bounded = [name for name, each in (("本期", now), (called, then)) if each.bound != "exact"]
    return None, f"{'和'.join(bounded)}的数不全或只知下限"


class Followers:
    """Followers of our accounts at the end of last year and of the period, by as-of and known-by."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.year = year_before(inquiry.period)
        self.ends = (self.year.end, min(inquiry.period.end, inquiry.as_of + timedelta(seconds=1)))
        moments = [seconds(each) - 1 for each in self.ends]
        as_of = inquiry.view.question.as_of
        self.told = standing(inquiry.connection, FOLLOWERS, moments, inquiry.known, as_of)

    def comparison(self, subject: Subject) -> Comparison | None:
        """None where no account of the subject has any followers on record."""
        (then, now), why = self._at(subject, 0, 1)
        if now is None and then is None:
            return None
        return Comparison.of(subject, FOLLOWERS, "较上年末", self.year, now, then, why)

    def now(self, subject: Subject) -> tuple[Count | None, str]:
        """(followers at the period's end, why they cannot be compared)."""
        (now,), why = self._at(subject, 1)
        return now, why

    def _at(self, subject: Subject, *places: int) -> tuple[list[Count | None], str]:
        """(a subject's followers at some of the two ends, why what was observed does not stand for them). An account
        without any adds nothing."""
        there = [(each, self.told.get(each.id, (None, None))) for each in subject.members]
        there = [(line, seen) for line, seen in there if any(seen[place] for place in places)]
        sums = [
            added(None if (own := seen[place]) is None else own.value for _, seen in there).stated()
            for place in places
        ]
        single = len(subject.members) == 1
        whys = (
            ("" if single else f"“{line.name}”", self._stale(place, seen[place]))
            for line, seen in there
            for place in places
        )
        return sums, next((f"{name}{why}" for name, why in whys if why), "")

    def _stale(self, place: int, seen: Standing | None) -> str:
        """Why an observation does not stand for an end; empty where it does."""
        end = self.ends[place]
        called = day_words((end - timedelta(seconds=1)).date())
        if seen is None:
            return f"{called}没有粉丝数"
        moment = here(seen.seen_at)
        if end - moment > FRESH:
            return f"离{called}最近的粉丝数是{day_words(moment.date())}的"
        return ""


def stated(
    inquiry: Inquiry,
    baseline: BaselineInfo,
    known: Mapping[str, Subject],
    then: Mapping[Kind, Period],
) -> Iterator[Comparison]:
    """The figures of an earlier period that a person stated in config beside ours, marked 未核实; nothing where its period
    is none that is compared with."""
    subject = known.get(baseline.of)
    try:
        period = parse_period(baseline.period)
    except ValueError:
        return
    if subject is None:
        return
    same = (k for k, each in then.items() if (each.start, each.end) == (period.start, period.end))
    published, unsure = next(same, None), _unsure(inquiry, subject)
    for metric, number in baseline.figures.items():
        kind: Kind | None
        if metric == FOLLOWERS:
            followers = Followers(inquiry)
            now, why = followers.now(subject)
            kind = "较上年末" if period.end == followers.year.end else None
        else:
            now, why, kind = _value(subject.line, metric), unsure, published
        if kind is not None and now is not None:
            yield Comparison.of(subject, metric, kind, period, now, Count(number), why, baseline)


def _unsure(inquiry: Inquiry, subject: Subject) -> str:
    """What a stated figure means is not known beyond its words: published in the period, all of it."""
    if inquiry.basis.kind != "published":
        return "自报的基数按发布统计，与本次口径不同"
    if why := unfinished(inquiry):
        return why
    for line in subject.members:
        if line.coverage.first is not None and (why := lacking(line, inquiry.period)):
            return f"“{line.name}”本期{why}" if len(subject.members) > 1 else f"本期{why}"
    return ""
