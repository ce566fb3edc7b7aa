"""Each claim of a draft against the data: 属实, 不符 with the true figure and words that would be true, 无法核对 and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from reports import wording
from reports.verify.claims import Claim, Reading
from reports.verify.lookups import Key, Question, bases_of, keys_of, look_up, readings_of
from reports.verify.source import Fact
from reports.verify.truth import Verdict, judge
from reports.wording import Spread, Word

Outcome = Literal["属实", "不符", "无法核对"]
_WORDS: Mapping[str, Word] = {"about": "约", "near": "近", "over": "超", "some": "余"}
_COUNTED = frozenset({"条", "篇", "场", "期", "个"})


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


def check(question: Question, claims: Sequence[Claim]) -> list[Checked]:
    """One outcome a claim, in their order."""
    asked = [
        [
            (reading, keys_of(question, claim, reading, basis))
            for reading in readings_of(question, claim)
            for basis in bases_of(question, claim, reading)
        ]
        for claim in claims
    ]
    wanted = [
        key for each in asked for _, keys in each if not isinstance(keys, str) for key in keys
    ]
    facts = look_up(question, wanted)
    return [
        _checked(question, claim, each, facts) for claim, each in zip(claims, asked, strict=True)
    ]


def _checked(
    question: Question,
    claim: Claim,
    asked: Sequence[tuple[Reading, tuple[Key, ...] | str]],
    facts: Mapping[Key, Fact],
) -> Checked:
    """True where one reading is true; else what the first reading says, where that is known."""
    if claim.planned:
        return _made(claim, asked[0][0], "说的是计划或目标，不是已有的数")
    tried = [_tried(question, claim, reading, keys, facts) for reading, keys in asked]
    true = next((each for each in tried if each.outcome == "属实"), None)
    if true is not None:
        return true
    if tried[0].reading.what.kind == "items" and not tried[0].true:  # no programme but a column
        tried = [each for each in tried if each.true] or tried
    open_ones = [each for each in tried[1:] if each.outcome == "无法核对" and each.true]
    return open_ones[0] if open_ones and tried[0].outcome == "不符" else tried[0]


def _made(claim: Claim, reading: Reading, why: str) -> Checked:
    title = "" if claim.period is None else claim.period.title
    return Checked(
        claim=claim, reading=reading, outcome="无法核对", name=reading.subject.words, why=why, period=title
    )  # fmt: skip


def _tried(
    question: Question,
    claim: Claim,
    reading: Reading,
    keys: tuple[Key, ...] | str,
    facts: Mapping[Key, Fact],
) -> Checked:
    if isinstance(keys, str):
        return _made(claim, reading, keys)
    when = keys[0][2]
    fact = facts[keys[0]]
    if len(keys) == 2:
        fact = _change(reading, fact, facts[keys[1]])
    made = replace(
        _made(claim, reading, fact.why), name=fact.name, notes=fact.notes, period=when.period.title, basis=when.basis
    )  # fmt: skip
    if fact.wrong and not claim.unsure:
        return replace(made, outcome="不符")
    if reading.what.kind == "percent" and len(keys) == 2 and not fact.why:
        return _percent(claim, made, _known(facts[keys[0]]), _known(facts[keys[1]]))
    if fact.spread is None:
        return made
    spread = _turned(fact.spread) if claim.falls else fact.spread
    marks = question.centre.thresholds.get(fact.metric, ())
    answer = judge(claim.number, spread, marks)
    if answer != "true" and claim.shared != "plain":  # 超234万、148万
        alike = replace(claim.number, manner=claim.shared)
        answer = "true" if judge(alike, spread, marks) == "true" else answer
    if answer != "true" and any(judge(claim.number, each, marks) == "true" for each in fact.others):
        answer = "true"
    return _said(
        claim, fact, replace(made, true=f"{wording.cell(fact.spread)}{fact.measure}"), answer, marks
    )


def _known(fact: Fact) -> Fact:
    """Followers of the accounts that have any: changes are theirs."""
    if fact.spread is None or fact.spread.exact or len(fact.others) != 1:
        return fact
    return replace(fact, spread=fact.others[0])


def _change(reading: Reading, now: Fact, then: Fact) -> Fact:
    """The difference of two facts, or why there is none."""
    now, then = _known(now), _known(then)
    name = now.name + ("的增减幅度" if reading.what.kind == "percent" else "的增减")
    if now.spread is None or then.spread is None:
        return replace(now, spread=None, name=name, why=now.why or f"上一期：{then.why}")
    low = None if then.spread.high is None else now.spread.low - then.spread.high
    high = None if now.spread.high is None else now.spread.high - then.spread.low
    if low is None:
        return replace(now, spread=None, name=name, why="两期的数不全或只知下限")
    return replace(now, spread=Spread(low, high), name=name, notes=(*now.notes, *then.notes))


def _percent(claim: Claim, made: Checked, now: Fact, then: Fact) -> Checked:
    """增长15% is true where the change rounds to it at the digits shown."""
    assert now.spread is not None
    assert then.spread is not None
    low, high = _shares(now.spread, then.spread)
    if claim.falls:
        low, high = None if high is None else -high, None if low is None else -low
    words = wording.percent(now.spread, then.spread)
    figures = f"{wording.cell(now.spread)}比{wording.cell(then.spread)}"
    made = replace(made, true=f"{figures}{words}")
    stated = Fraction(claim.number.exact)
    slack = Fraction(1, 2 * 10 ** len(claim.number.exact.partition(".")[2]))
    least, most = {
        "over": (stated, stated + 10),
        "reach": (stated, stated + 10),
        "least": (stated, None),
        "near": (stated * Fraction(97, 100), stated),
    }.get(claim.number.manner, (stated - slack, stated + slack))
    if low is not None and low >= least and (most is None or (high is not None and high <= most)):
        return replace(made, outcome="属实")
    if (high is not None and high < least) or (most is not None and low is not None and low > most):
        return replace(made, outcome="不符", suggestion=words)
    return replace(made, why="两期的数不全或只知下限，算不出增减幅度")


def _shares(now: Spread, then: Spread) -> tuple[Fraction | None, Fraction | None]:
    """The least and the greatest change in percent that two figures allow; None: no limit."""
    low = None if not then.high else Fraction(now.low - then.high, then.high) * 100
    high = (
        None if now.high is None or not then.low else Fraction(now.high - then.low, then.low) * 100
    )
    return low, high


def _said(
    claim: Claim, fact: Fact, made: Checked, answer: Verdict, marks: Sequence[int]
) -> Checked:
    """Not true is 不符, unless it is not sure whom or what the draft speaks of."""
    if answer == "true":
        return replace(made, outcome="属实")
    if answer == "open":
        why = f"数据只知道是{made.true}，不能断定"
        return replace(made, why=why, suggestion=suggested(claim, fact, marks))
    suggestion = suggested(claim, fact, marks)
    if claim.unsure:
        why = f"看不准“{claim.unsure}”指什么；若指{made.name}，应为{made.true}"
        return replace(made, why=why, suggestion=suggestion)
    subject = made.reading.subject
    here = len(subject.accounts)
    if subject.number is not None and subject.number != here:
        why = f"稿件说{subject.number}个，config.toml 里有{here}个账号，不能比较；这{here}个是{made.true}"
        return replace(made, why=why)
    if made.reading.what.kind == "accounts" and subject.kind == "platform":
        return replace(made, true="", why=f"config.toml 里有{made.true}，稿件所说的可能不全在其中")
    return replace(made, outcome="不符", suggestion=suggestion)


def suggested(claim: Claim, fact: Fact, marks: Sequence[int]) -> str:
    """A wording of the true figure: with the draft's own word where that is true."""
    spread = fact.spread
    assert spread is not None
    changes = claim.gain or claim.falls or spread.low < 0
    if fact.measure in _COUNTED or fact.metric == "comments":
        measure = claim.number.measure or fact.measure
        if changes:
            size = (
                Spread(-spread.high, -spread.low)
                if spread.low < 0 and spread.high is not None
                else spread
            )
            return ("减少" if spread.low < 0 else "增加") + wording.count(size, measure)
        if claim.number.manner == "some" and spread.exact:
            return wording.roughly(spread.low, measure)
        return wording.count(spread, measure)
    if changes:
        return wording.change(spread, marks, fact.measure)
    word = _WORDS.get(claim.number.manner)
    if word is not None:
        return wording.asked(word, spread, marks, fact.measure)
    said = wording.single if fact.single else wording.total
    return said(spread, marks, fact.measure)


def _turned(spread: Spread) -> Spread:
    """A fall of so much is a gain of minus so much; a rise is no fall at all."""
    low = -spread.high if spread.high is not None else -(10**18)
    return Spread(low, -spread.low)
