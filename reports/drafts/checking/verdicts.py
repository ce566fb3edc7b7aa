"""Each claim of a draft against the data: 属实, 应改写法, 不符 with the true figure, 无法核对 and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from adapters.records import Count, between
from reports import wording
from reports.drafts.checking.lookups import Found, Ground, find, nothing
from reports.drafts.checking.source import Fact
from reports.drafts.checking.truth import Verdict, is_loose, judge
from reports.drafts.reading.claims import Claim, Interpretation
from reports.drafts.reading.numbers import Number

Outcome = Literal["属实", "应改写法", "不符", "无法核对"]
OUTCOMES: tuple[Outcome, ...] = ("属实", "应改写法", "不符", "无法核对")
_COUNTED = frozenset({"条", "篇", "场", "期", "个"})
_WORDS: Mapping[str, wording.Word] = {"about": "约", "near": "近", "over": "超", "some": "余"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """``found`` is of the reading that decided. ``true``: the true figure in full; ``suggestion``: a wording that would be
    true; ``why``: why it cannot be checked, or what is not understood."""

    claim: Claim
    found: Found
    outcome: Outcome = "无法核对"
    true: str = ""
    suggestion: str = ""
    why: str = ""

    @property
    def reading(self) -> Interpretation:
        return self.found.reading

    @property
    def name(self) -> str:
        return self.found.fact.name


def check(ground: Ground, claims: Sequence[Claim]) -> list[Checked]:
    """One outcome a claim, in their order."""
    found = find(ground, claims, every=True)
    return [_checked(ground, *each) for each in zip(claims, found, strict=True)]


def _checked(ground: Ground, claim: Claim, found: Sequence[Found]) -> Checked:
    """True where one reading is true; else what the first reading says, where that is known."""
    if claim.planned or claim.number.blank:
        aim, blank = "说的是计划或目标，不是已有的数", "这里还空着，可以用 collect fill 填"
        why = aim if claim.planned else blank
        return Checked(claim=claim, found=nothing(claim, found[0].reading, why), why=why)
    tried = [_tried(ground, claim, each) for each in found]
    for outcome in ("属实", "应改写法"):
        for each in tried:
            if each.outcome == outcome:
                return each
    if tried[0].reading.what.kind == "items" and not tried[0].true:  # no programme but a column
        tried = [each for each in tried if each.true] or tried
    open_ones = [each for each in tried[1:] if each.outcome == "无法核对" and each.true]
    return open_ones[0] if open_ones and tried[0].outcome == "不符" else tried[0]


def _tried(ground: Ground, claim: Claim, found: Found) -> Checked:
    fact, what = found.fact, found.reading.what
    made = Checked(claim=claim, found=found, why=fact.why)
    if fact.wrong and not claim.unsure and not claim.guess:
        return replace(made, outcome="不符")
    if fact.ratio is not None and not fact.why:
        return _of_ratio(made)
    if fact.value is None:
        return made
    value = _turned(fact.value) if claim.falls else fact.value
    if claim.tellable and (what.kind == "hits" or claim.number.manner == "about"):
        value = Count(value.low)
    marks = ground.centre.thresholds.get(fact.metric, ())
    numbers = [claim.number]
    if claim.shared != "plain":  # 超234万、148万
        numbers.append(replace(claim.number, manner=claim.shared))
    answers = [judge(each, value, marks) for each in numbers]
    answers += [judge(claim.number, each, marks) for each in fact.others]
    answer = "true" if "true" in answers else answers[0]
    loosely = any(is_loose(claim.number, each) for each in (value, *fact.others))
    made = replace(made, true=f"{wording.cell(fact.value)}{fact.measure}")
    return _said(made, answer, marks, loosely=loosely)


def _of_ratio(made: Checked) -> Checked:
    """A ratio is true where it rounds to the number at the digits shown."""
    claim, ratio = made.claim, made.found.fact.ratio
    assert ratio is not None
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
        return _refused(replace(made, suggestion=ratio.words if percent else ""))
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


def _said(made: Checked, answer: Verdict, marks: Sequence[int], *, loosely: bool) -> Checked:
    """Not true is 不符, unless it is not sure whom or what the draft speaks of; right but wrongly put 应改写法."""
    claim, subject = made.claim, made.reading.subject
    if answer == "true":
        return replace(made, outcome="属实")
    sure = not (claim.unsure or claim.guess)
    suggestion = _suggested(claim, made.found.fact, marks) if sure else ""
    if answer == "open":
        why = f"数据只知道是{made.true}，不能断定"
        return replace(made, why=why, suggestion=suggestion)
    here = len(subject.accounts)
    if subject.number is not None and subject.number != here:
        why = f"稿件说{subject.number}个，config.toml 里有{here}个账号，不能比较；这{here}个是{made.true}"
        return replace(made, why=why)
    if made.reading.what.kind == "accounts" and subject.kind == "platform":
        return replace(made, true="", why=f"config.toml 里有{made.true}，稿件所说的可能不全在其中")
    if loosely and sure:
        return replace(made, outcome="应改写法", suggestion=suggestion)
    return _refused(replace(made, suggestion=suggestion))


def _refused(made: Checked) -> Checked:
    """不符 only where all is said: what is not understood or taken over by guess cannot be refuted."""
    if not (doubt := in_doubt(made.claim)):
        return replace(made, outcome="不符")
    return replace(made, why=f"{doubt}；若指{made.name}，应为{made.true}", suggestion="")


def in_doubt(claim: Claim) -> str:
    """What is not understood, or not said, of a claim; empty: nothing."""
    if claim.unsure:
        return f"看不准“{claim.unsure}”指什么"
    return f"稿件没有写明{claim.guess}" if claim.guess else ""


def _suggested(claim: Claim, fact: Fact, marks: Iterable[int]) -> str:
    """A wording of the true figure: with the draft's own word where that is true."""
    value, counted = fact.value, _is_counted(fact)
    assert value is not None
    measure = (counted and claim.number.measure) or fact.measure
    if not (claim.gain or claim.falls or value.low < 0):
        return in_words(claim, fact, value, marks, measure)
    if not counted:
        return wording.change(value, marks, measure)
    size = -value if value.low < 0 and value.high is not None else value
    return ("减少" if value.low < 0 else "增加") + wording.count(size, measure)


def in_words(claim: Claim, fact: Fact, value: Count, marks: Iterable[int], measure: str) -> str:
    """A number with the claim's own word where that is true of it."""
    manner = claim.number.manner
    if _is_counted(fact):
        if manner == "some" and value.exact:
            return wording.roughly(value.low, measure)
        return wording.count(value, measure)
    if manner in _WORDS:
        return wording.asked(_WORDS[manner], value, marks, measure)
    return (wording.single if fact.single else wording.total)(value, marks, measure)


def _is_counted(fact: Fact) -> bool:
    """Whether it is said in full: things that are counted, not reach."""
    return fact.measure in _COUNTED or fact.metric == "comments"


def _turned(value: Count) -> Count:
    """A fall of so much is a gain of minus so much; a rise is no fall at all."""
    low = -value.high if value.high is not None else -(10**18)
    return between(low, -value.low)
