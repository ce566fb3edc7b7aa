"""Each claim of a draft against the data: 属实, 应改写法, 不符 with the true figure, 无法核对 and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from adapters.records import Count, between
from reports import wording
from reports.drafts.checking.derived import Ratio, derived, in_words, is_counted
from reports.drafts.checking.lookups import Asked, Ground, Key, asked, look_up
from reports.drafts.checking.source import Fact
from reports.drafts.checking.truth import Verdict, is_loose, judge
from reports.drafts.reading.claims import Claim, Interpretation
from reports.drafts.reading.numbers import Number

Outcome = Literal["属实", "应改写法", "不符", "无法核对"]
OUTCOMES: tuple[Outcome, ...] = ("属实", "应改写法", "不符", "无法核对")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """``reading`` is the one that decided; ``fact`` what the data have. ``true``: the true figure in full;
    ``suggestion``: a wording that would be true; ``why``: why it cannot be checked, or what is not understood.
    ``notes``: coverage and the like."""

    claim: Claim
    reading: Interpretation
    outcome: Outcome
    name: str
    fact: Fact | None = None
    true: str = ""
    suggestion: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()
    period: str = ""
    basis: str = ""


def check(ground: Ground, claims: Sequence[Claim]) -> list[Checked]:
    """One outcome a claim, in their order."""
    wanted = [list(asked(ground, each, every=True)) for each in claims]
    facts = look_up(ground, (keys for each in wanted for _, keys in each))
    return [
        _checked(ground, claim, each, facts) for claim, each in zip(claims, wanted, strict=True)
    ]


def _checked(
    ground: Ground,
    claim: Claim,
    wanted: Sequence[Asked],
    facts: Mapping[Key, Fact],
) -> Checked:
    """True where one reading is true; else what the first reading says, where that is known."""
    if claim.planned or claim.number.blank:
        why = (
            "说的是计划或目标，不是已有的数"
            if claim.planned
            else "这里还空着，可以用 collect fill 填"
        )
        return _made(claim, wanted[0][0], why)
    tried = [_tried(ground, claim, reading, keys, facts) for reading, keys in wanted]
    for outcome in ("属实", "应改写法"):
        found = next((each for each in tried if each.outcome == outcome), None)
        if found is not None:
            return found
    if tried[0].reading.what.kind == "items" and not tried[0].true:  # no programme but a column
        tried = [each for each in tried if each.true] or tried
    open_ones = [each for each in tried[1:] if each.outcome == "无法核对" and each.true]
    return open_ones[0] if open_ones and tried[0].outcome == "不符" else tried[0]


def _made(claim: Claim, reading: Interpretation, why: str) -> Checked:
    title = "" if claim.period is None else claim.period.title
    return Checked(
        claim=claim, reading=reading, outcome="无法核对", name=reading.subject.words, why=why, period=title
    )  # fmt: skip


def _tried(
    ground: Ground,
    claim: Claim,
    reading: Interpretation,
    keys: tuple[Key, ...] | str,
    facts: Mapping[Key, Fact],
) -> Checked:
    if isinstance(keys, str):
        return _made(claim, reading, keys)
    when, what = keys[0][1], reading.what
    fact, ratio = derived(what, [facts[each] for each in keys], when.period)
    made = replace(
        _made(claim, reading, fact.why), name=fact.name, notes=fact.notes, period=when.period.title, basis=when.basis,
        fact=fact,
    )  # fmt: skip
    if fact.wrong and not claim.unsure and not claim.guess:
        return replace(made, outcome="不符")
    if ratio is not None and not fact.why:
        return _of_ratio(claim, made, ratio)
    if fact.value is None:
        return made
    spread = _turned(fact.value) if claim.falls else fact.value
    if claim.tellable and (what.kind == "hits" or claim.number.manner == "about"):
        spread = Count(spread.low)
    marks = ground.centre.thresholds.get(fact.metric, ())
    numbers = [claim.number]
    if claim.shared != "plain":  # 超234万、148万
        numbers.append(replace(claim.number, manner=claim.shared))
    answers = [judge(each, spread, marks) for each in numbers]
    answers += [judge(claim.number, each, marks) for each in fact.others]
    answer = "true" if "true" in answers else answers[0]
    loosely = any(is_loose(claim.number, each) for each in (spread, *fact.others))
    made = replace(made, true=f"{wording.cell(fact.value)}{fact.measure}")
    return _said(claim, made, answer, marks, loosely=loosely)


def _of_ratio(claim: Claim, made: Checked, ratio: Ratio) -> Checked:
    """A ratio is true where it rounds to the number at the digits shown."""
    if claim.falls:
        ratio = ratio.fallen
    low, high = ratio.low, ratio.high
    if low is None and high is None:
        return replace(made, why="所比的数不全或只知下限，算不出来")
    percent = made.reading.what.kind in ("percent", "share")
    made = replace(made, true=ratio.words)
    least, most = _allowed(claim.number, exact=claim.number.fraction or percent)
    if low is not None and low >= least and (most is None or (high is not None and high <= most)):
        return replace(made, outcome="属实")
    if (high is not None and high < least) or (most is not None and low is not None and low > most):
        return _refused(claim, replace(made, suggestion=ratio.words if percent else ""))
    return replace(made, why="两期的数不全或只知下限，算不出增减幅度")


def _allowed(number: Number, *, exact: bool) -> tuple[Fraction, Fraction | None]:
    """The ratios that a number may stand for; ``exact``: at the digits that it shows."""
    tenths = 10 if number.measure == "成" else 1
    stated = tenths * Fraction(number.exact if exact else number.value)
    digits = 10 ** len(number.exact.partition(".")[2])
    slack = Fraction(tenths, 2 * digits) if exact else Fraction(number.step, 2)
    match number.manner:
        case "over" | "reach":
            return stated, stated + max(slack * 2, Fraction(10))
        case "least":
            return stated, None
        case "some":
            return stated, stated * Fraction(11, 10)
        case "near":
            return stated * Fraction(97, 100), stated
        case _:
            return stated - slack, stated + slack


def _said(
    claim: Claim, made: Checked, answer: Verdict, marks: Sequence[int], *, loosely: bool
) -> Checked:
    """Not true is 不符, unless it is not sure whom or what the draft speaks of; right but wrongly put 应改写法."""
    if answer == "true":
        return replace(made, outcome="属实")
    assert made.fact is not None
    suggestion = "" if claim.unsure or claim.guess else suggested(claim, made.fact, marks)
    if answer == "open":
        why = f"数据只知道是{made.true}，不能断定"
        return replace(made, why=why, suggestion=suggestion)
    subject = made.reading.subject
    here = len(subject.accounts)
    if subject.number is not None and subject.number != here:
        why = f"稿件说{subject.number}个，config.toml 里有{here}个账号，不能比较；这{here}个是{made.true}"
        return replace(made, why=why)
    if made.reading.what.kind == "accounts" and subject.kind == "platform":
        return replace(made, true="", why=f"config.toml 里有{made.true}，稿件所说的可能不全在其中")
    if loosely and not claim.unsure and not claim.guess:
        return replace(made, outcome="应改写法", suggestion=suggestion)
    return _refused(claim, replace(made, suggestion=suggestion))


def _refused(claim: Claim, made: Checked) -> Checked:
    """不符 only where all is said: what is not understood or taken over by guess cannot be refuted."""
    if claim.unsure:
        why = f"看不准“{claim.unsure}”指什么；若指{made.name}，应为{made.true}"
        return replace(made, why=why, suggestion="")
    if claim.guess:
        why = f"稿件没有写明{claim.guess}；若指{made.name}，应为{made.true}"
        return replace(made, why=why, suggestion="")
    return replace(made, outcome="不符")


def suggested(claim: Claim, fact: Fact, marks: Sequence[int]) -> str:
    """A wording of the true figure: with the draft's own word where that is true."""
    value = fact.value
    assert value is not None
    counted = is_counted(fact)
    measure = (counted and claim.number.measure) or fact.measure
    if not (claim.gain or claim.falls or value.low < 0):
        return in_words(claim, fact, value, marks, measure)
    if not counted:
        return wording.change(value, marks, measure)
    size = -value if value.low < 0 and value.high is not None else value
    return ("减少" if value.low < 0 else "增加") + wording.count(size, measure)


def _turned(spread: Count) -> Count:
    """A fall of so much is a gain of minus so much; a rise is no fall at all."""
    low = -spread.high if spread.high is not None else -(10**18)
    return between(low, -spread.low)
