"""Figures of earlier periods that a person stated in config ([[baselines]]): compared like others, and marked 未核实."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters.records import Count
from reports.centre import BaselineInfo
from reports.figures.compared import Comparison, Subject, difference, unfinished, value
from reports.figures.covered import lacking
from reports.figures.earlier import Earlier, Kind
from reports.figures.followers import FOLLOWERS, Followers
from reports.inquiry import Inquiry
from reports.periods import Period, parse_period


def stated(
    inquiry: Inquiry, baseline: BaselineInfo, known: Mapping[str, Subject], then: Sequence[Earlier]
) -> Iterator[Comparison]:
    """The figures of a baseline beside ours; nothing where its period is none that is compared with."""
    subject = known.get(baseline.of)
    period = _parsed(baseline.period)
    if subject is None or period is None:
        return
    followers = Followers(inquiry) if FOLLOWERS in baseline.figures else None
    for metric, number in baseline.figures.items():
        before = Count(number)
        if metric == FOLLOWERS:
            if followers is None or period.end != followers.year.end:
                continue
            now, why = followers.now(subject)
            kind: Kind = "较上年末"
            called = "上年末"
        else:
            match = next((each for each in then if _same(each.period, period)), None)
            if match is None:
                continue
            now, why = value(subject.line, metric), _unlike(inquiry, subject)
            kind, called = match.kind, match.then
        if now is None:
            continue
        change, reason = (None, why) if why else difference(now, before, called)
        yield Comparison(
            of=subject.of, id=subject.id, metric=metric, kind=kind, period=period, now=now, then=before,
            change=change, why=reason, verified=False, source=baseline.source,
        )  # fmt: skip


def _unlike(inquiry: Inquiry, subject: Subject) -> str:
    """What a stated figure means is not known beyond its words: published in the period, all of it."""
    if inquiry.basis.kind != "published":
        return "自报的基数按发布统计，与本次口径不同"
    if why := unfinished(inquiry):
        return why
    for line in subject.members:
        if line.coverage.first is not None and (why := lacking(line, inquiry.period)):
            return f"“{line.name}”本期{why}" if len(subject.members) > 1 else f"本期{why}"
    return ""


def _parsed(name: str) -> Period | None:
    try:
        return parse_period(name)
    except ValueError:
        return None


def _same(one: Period, other: Period) -> bool:
    return (one.start, one.end) == (other.start, other.end)
