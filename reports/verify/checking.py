"""Each claim of a draft against the data: 属实, 不符 with the true figure and words that would be true, 无法核对 and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from reports import wording
from reports.centre import Centre
from reports.figures import parse_basis
from reports.periods import Period, parse_period
from reports.summary import inquire
from reports.verify.claims import Claim, Reading
from reports.verify.facts import Fact, Facts
from reports.verify.truth import judge
from reports.wording import Spread

Outcome = Literal["属实", "不符", "无法核对"]
_SINGLE = ("best", "post", "any_post")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """``reading`` is the one that decided. ``true``: the true figure in full; ``suggestion``: a wording that would be
    true; ``why``: why it cannot be checked, or what is not understood. ``notes``: coverage and the like."""

    claim: Claim
    reading: Reading
    outcome: Outcome
    name: str
    true: str = ""
    suggestion: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()
    period: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is compared with: the database inside a transaction, what config says, the draft's basis, two moments."""

    connection: Connection
    centre: Centre
    basis: str
    as_of: datetime
    known_by: datetime


def check(question: Question, claims: Sequence[Claim]) -> list[Checked]:
    """One outcome a claim, in their order. Claims of one period and basis are looked up together."""
    groups: dict[tuple[Period | None, str], list[int]] = {}
    for place, claim in enumerate(claims):
        groups.setdefault((_period(claim), claim.basis or question.basis), []).append(place)
    found: dict[int, Checked] = {}
    for (period, basis), places in groups.items():
        mine = [claims[place] for place in places]
        for place, each in zip(places, _of_period(question, period, basis, mine), strict=True):
            found[place] = each
    return [found[place] for place in range(len(claims))]


def _period(claim: Claim) -> Period | None:
    """比上年末 is since the year's beginning; a figure of 去年同期 belongs to last year's period."""
    period = claim.period
    if period is None or not claim.earlier:
        return period
    kind = claim.readings[0].what.kind
    if kind == "follower_gain":
        return parse_period(f"{period.start.year}-01-01..{period.last_day}")
    if kind in ("percent", "difference"):
        return period
    return _a_year_before(period) if claim.earlier == "last year" else _before(period)


def _a_year_before(period: Period) -> Period:
    start = period.start.replace(year=period.start.year - 1, day=min(period.start.day, 28))
    end = period.end.replace(year=period.end.year - 1, day=min(period.end.day, 28))
    return Period(f"{start:%Y-%m-%d}..{end:%Y-%m-%d}", start, end, f"上年同期（{period.title}）")


def _before(period: Period) -> Period:
    start = period.start - (period.end - period.start)
    return Period(f"..{period.start:%Y-%m-%d}", start, period.start, f"{period.title}的上期")


def _of_period(
    question: Question, period: Period | None, basis: str, claims: Sequence[Claim]
) -> Iterable[Checked]:
    if period is None:
        why = "没有写时期：请加 --period，如 --period 2026Q3"
        return [_cannot(each, why) for each in claims]
    if period.start > question.as_of:
        return [_cannot(each, f"{period.title}还没有到", period) for each in claims]
    marks = _thresholds(question.centre, claims, basis)
    inquiry = inquire(
        question.connection,
        replace(question.centre, thresholds=marks),
        period,
        basis,
        question.as_of,
        question.known_by,
    )
    facts = Facts(inquiry)
    return [_checked(question, facts, each, period, basis) for each in claims]


def _thresholds(centre: Centre, claims: Iterable[Claim], basis: str) -> Mapping[str, Sequence[int]]:
    """Those of config and those that the draft names; on *gained* crossings are kept for the first alone."""
    found = {metric: set(values) for metric, values in centre.thresholds.items()}
    if parse_basis(basis).kind != "gained":
        for claim in claims:
            for reading in claim.readings:
                if reading.what.kind in ("hits", "unknown") and reading.what.threshold:
                    found.setdefault(reading.what.metric, set()).add(reading.what.threshold)
    return {metric: sorted(values) for metric, values in found.items()}


def _cannot(claim: Claim, why: str, period: Period | None = None) -> Checked:
    reading = claim.readings[0]
    return Checked(
        claim=claim,
        reading=reading,
        outcome="无法核对",
        name=reading.subject.words,
        why=why,
        period="" if period is None else period.title,
    )


def _checked(question: Question, facts: Facts, claim: Claim, period: Period, basis: str) -> Checked:
    """True where one reading is true, false where all are; the first reading's figure is shown otherwise."""
    if claim.planned:
        return _cannot(claim, "说的是计划或目标，不是已有的数", period)
    tried = [
        _tried(question, facts, claim, reading)
        for each in claim.readings
        for reading in _alternatives(each)
    ]
    known = [each for each in tried if each.outcome != "无法核对"]
    true = next((each for each in known if each.outcome == "属实"), None)
    found = true or (known[0] if len(known) == len(tried) else None)
    found = found or next((each for each in tried if each.outcome == "无法核对"), tried[0])
    if known and true is None and len(known) < len(tried) and claim.readings[0] == known[0].reading:
        found = known[0]
    return replace(found, period=period.title, basis=basis)


def _alternatives(reading: Reading) -> Iterable[Reading]:
    """另一客户端: one of them."""
    if not reading.subject.any:
        return [reading]
    single = [
        replace(reading.subject, accounts=(each,), any=False) for each in reading.subject.accounts
    ]
    return [Reading(each, reading.what) for each in single] or [reading]


def _tried(question: Question, facts: Facts, claim: Claim, reading: Reading) -> Checked:
    fact = facts.of(reading)
    made = Checked(
        claim=claim,
        reading=reading,
        outcome="无法核对",
        name=fact.name,
        why=fact.why,
        notes=fact.notes,
    )
    if fact.spread is None:
        return replace(made, outcome="不符") if fact.measure == "错" else made
    spread = _turned(fact.spread) if claim.falls else fact.spread
    marks = question.centre.thresholds.get(fact.metric, ())
    answer = judge(claim.number, spread, marks)
    if reading.what.kind == "any_post" and answer != "true":
        values = facts.values(reading.subject, reading.what.metric)
        answer = (
            "true" if any(judge(claim.number, each, marks) == "true" for each in values) else answer
        )
    true = f"{wording.cell(fact.spread)}{fact.measure}"
    if answer == "true":
        return replace(made, outcome="属实", true=true)
    if answer == "open":
        return replace(made, true=true, why=f"数据只知道是{true}，不能断定")
    return _false(claim, fact, replace(made, true=true), marks)


def _false(claim: Claim, fact: Fact, made: Checked, marks: Sequence[int]) -> Checked:
    """Not true: unless it is not sure whom or what the draft speaks of."""
    suggestion = suggested(claim, fact, marks)
    number = made.reading.subject.number
    if claim.unsure:
        why = f"看不准“{claim.unsure}”指什么；若指{made.name}，应为{made.true}"
        return replace(made, why=why, suggestion=suggestion)
    if number is not None and number != len(made.reading.subject.accounts):
        here = len(made.reading.subject.accounts)
        return replace(
            made,
            why=f"稿件说{number}个，config.toml 里有{here}个账号，不能比较；这{here}个是{made.true}",
        )
    if made.reading.what.kind == "accounts" and made.reading.subject.kind == "platform":
        return replace(made, why=f"config.toml 里有{made.true}，稿件所说的可能不全在其中")
    return replace(made, outcome="不符", suggestion=suggestion)


def suggested(claim: Claim, fact: Fact, marks: Sequence[int]) -> str:
    """A wording of the true figure: with the draft's own word where that is true."""
    spread = fact.spread
    assert spread is not None
    if fact.measure in ("条", "篇", "场", "期", "个") and fact.metric != "comments":
        measure = claim.number.measure or fact.measure
        if claim.number.manner == "some" and spread.exact:
            return wording.roughly(spread.low, measure)
        return wording.count(spread, measure)
    if spread.low < 0 or claim.gain:
        return wording.change(spread, marks, fact.measure)
    word = {"about": "约", "near": "近", "over": "超", "some": "余"}.get(claim.number.manner)
    if word is not None:
        return wording.asked(word, spread, marks, fact.measure)  # type: ignore[arg-type]
    said = wording.single if fact.single else wording.total
    return said(spread, marks, fact.measure)


def _turned(spread: Spread) -> Spread:
    """A fall of so much is a gain of minus so much; a rise is no fall at all."""
    low = -spread.high if spread.high is not None else -(10**18)
    return Spread(low, -spread.low)
