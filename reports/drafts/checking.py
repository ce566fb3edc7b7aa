"""Each claim of a draft against the data: 属实, 应改写法, 不符 with the true figure, 无法核对 and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from adapters.records import Count, at_least, between
from reports import wording
from reports.drafts.claims import Claim, Reading, What
from reports.drafts.lookups import Asked, Key, Question, asked, look_up
from reports.drafts.source import Fact
from reports.drafts.truth import Verdict, is_loose, judge
from reports.periods import Period
from reports.wording import Word

Outcome = Literal["属实", "应改写法", "不符", "无法核对"]
OUTCOMES: tuple[Outcome, ...] = ("属实", "应改写法", "不符", "无法核对")
_WORDS: Mapping[str, Word] = {"about": "约", "near": "近", "over": "超", "some": "余"}
_COUNTED = frozenset({"条", "篇", "场", "期", "个"})
#: The least and the greatest ratio; None: no limit.
Range = tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """``reading`` is the one that decided; ``fact`` what the data have. ``true``: the true figure in full;
    ``suggestion``: a wording that would be true; ``why``: why it cannot be checked, or what is not understood.
    ``notes``: coverage and the like."""

    claim: Claim
    reading: Reading
    outcome: Outcome
    name: str
    fact: Fact | None = None
    true: str = ""
    suggestion: str = ""
    why: str = ""
    notes: tuple[str, ...] = ()
    period: str = ""
    basis: str = ""


def check(question: Question, claims: Sequence[Claim]) -> list[Checked]:
    """One outcome a claim, in their order."""
    wanted = [list(asked(question, each, every=True)) for each in claims]
    keys = [key for each in wanted for _, mine in each if not isinstance(mine, str) for key in mine]
    facts = look_up(question, keys)
    return [
        _checked(question, claim, each, facts) for claim, each in zip(claims, wanted, strict=True)
    ]


def _checked(
    question: Question,
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
    tried = [_tried(question, claim, reading, keys, facts) for reading, keys in wanted]
    for outcome in ("属实", "应改写法"):
        found = next((each for each in tried if each.outcome == outcome), None)
        if found is not None:
            return found
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
    when, what = keys[0][1], reading.what
    fact, ratio = derived(what, [facts[each] for each in keys], when.period)
    made = replace(
        _made(claim, reading, fact.why), name=fact.name, notes=fact.notes, period=when.period.title, basis=when.basis,
        fact=fact,
    )  # fmt: skip
    if fact.wrong and not claim.unsure and not claim.guess:
        return replace(made, outcome="不符")
    if ratio is not None and not fact.why:
        return _of_ratio(claim, made, ratio, [facts[each] for each in keys])
    if fact.value is None:
        return made
    spread = _turned(fact.value) if claim.falls else fact.value
    if claim.tellable and (what.kind == "hits" or claim.number.manner == "about"):
        spread = Count(spread.low)
    marks = question.centre.thresholds.get(fact.metric, ())
    numbers = [claim.number]
    if claim.shared != "plain":  # 超234万、148万
        numbers.append(replace(claim.number, manner=claim.shared))
    answers = [judge(each, spread, marks) for each in numbers]
    answers += [judge(claim.number, each, marks) for each in fact.others]
    answer = "true" if "true" in answers else answers[0]
    loosely = any(is_loose(claim.number, each) for each in (spread, *fact.others))
    made = replace(made, true=f"{wording.cell(fact.value)}{fact.measure}")
    return _said(claim, made, answer, marks, loosely=loosely)


def derived(what: What, facts: Sequence[Fact], period: Period) -> tuple[Fact, Range | None]:
    """The fact that a claim is measured by: of a change the difference; of a percentage, a share or an average the
    least and the greatest ratio beside it."""
    if len(facts) == 1 and what.kind != "average":
        return facts[0], None
    first = _known(facts[0])
    if what.kind == "average":
        days = (period.end - period.start).days
        among = facts[1].value if len(facts) > 1 else Count(days)
        words = {"day": "日均", "post": "篇均", "live": "场均"}[what.per]
        made = replace(first, name=f"{first.name}{words}", single=True)
        if first.value is None or among is None or not among.low:
            return replace(made, value=None, why=first.why or "没有可以平均的数"), None
        return made, _divided(first.value if first.value.exact else at_least(0), among)
    then = _known(facts[1])
    if what.kind == "share":
        made = replace(first, name=f"{first.name}占{then.name}")
        if first.value is None or then.value is None:
            return replace(made, value=None, why=first.why or then.why), None
        low, high = _divided(first.value, then.value)
        return made, (low and low * 100, high and high * 100)
    made = _change(what, first, then)
    if what.kind != "percent" or first.value is None or then.value is None:
        return made, None
    return made, _growth(first.value, then.value)


def _divided(over: Count, under: Count) -> Range:
    low = None if not under.high else Fraction(over.low, under.high)
    return low, None if over.high is None or not under.low else Fraction(over.high, under.low)


def _known(fact: Fact) -> Fact:
    """Followers of the accounts that have any: changes are theirs."""
    if fact.value is None or fact.value.exact or len(fact.others) != 1:
        return fact
    return replace(fact, value=fact.others[0])


def _change(what: What, now: Fact, then: Fact) -> Fact:
    """The difference of two facts, or why there is none."""
    name = now.name + ("的增减幅度" if what.kind == "percent" else "的增减")
    if now.value is None or then.value is None:
        return replace(now, value=None, name=name, why=now.why or f"上一期：{then.why}")
    change = now.value.less(then.value)
    if change is None:
        return replace(now, value=None, name=name, why="两期的数不全或只知下限")
    notes = (*now.notes, *then.notes)
    return replace(now, value=change, name=name, notes=notes, others=())


def _growth(now: Count, then: Count) -> Range:
    """The least and the greatest change in percent that two figures allow; None: no limit."""
    low = None if not then.high else Fraction(now.low - then.high, then.high) * 100
    high = (
        None if now.high is None or not then.low else Fraction(now.high - then.low, then.low) * 100
    )
    return low, high


def _of_ratio(claim: Claim, made: Checked, ratio: Range, facts: Sequence[Fact]) -> Checked:
    """A ratio is true where it rounds to the number at the digits shown."""
    low, high = ratio
    if claim.falls:
        low, high = None if high is None else -high, None if low is None else -low
    if low is None and high is None:
        return replace(made, why="所比的数不全或只知下限，算不出来")
    percent = made.reading.what.kind in ("percent", "share")
    words = ratio_words(made.reading.what, ratio, facts)
    made = replace(made, true=words)
    stated = (
        Fraction(claim.number.exact)
        if claim.number.fraction or percent
        else Fraction(claim.number.value)
    )
    tenths = 10 if claim.number.measure == "成" else 1
    stated *= tenths
    decimals = len(claim.number.exact.partition(".")[2])
    slack = (
        Fraction(tenths, 2 * 10**decimals)
        if claim.number.fraction or percent
        else Fraction(claim.number.step, 2)
    )
    least, most = {
        "over": (stated, stated + max(slack * 2, Fraction(10))),
        "reach": (stated, stated + max(slack * 2, Fraction(10))),
        "least": (stated, None),
        "some": (stated, stated * Fraction(11, 10)),
        "near": (stated * Fraction(97, 100), stated),
    }.get(claim.number.manner, (stated - slack, stated + slack))
    if low is not None and low >= least and (most is None or (high is not None and high <= most)):
        return replace(made, outcome="属实")
    if (high is not None and high < least) or (most is not None and low is not None and low > most):
        return _refused(claim, replace(made, suggestion=words if percent else ""))
    return replace(made, why="两期的数不全或只知下限，算不出增减幅度")


def ratio_words(what: What, ratio: Range, facts: Sequence[Fact]) -> str:
    """A growth, a share or an average as reports put it; empty where it is not known."""
    if what.kind == "percent":
        now, then = _known(facts[0]).value, _known(facts[1]).value
        return wording.percent(now, then) if now is not None and then is not None else ""
    middle = ratio[0] if ratio[0] is not None else ratio[1]
    if middle is None:
        return ""
    shown = f"{float(round(middle, 1)):g}"
    if what.kind == "share":
        return f"约{shown}%"
    return f"约{shown}" if middle < 100 else wording.total(Count(round(middle)))


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
    spread = fact.value
    assert spread is not None
    changes = claim.gain or claim.falls or spread.low < 0
    if fact.measure in _COUNTED or fact.metric == "comments":
        measure = claim.number.measure or fact.measure
        if changes:
            size = -spread if spread.low < 0 and spread.high is not None else spread
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


def _turned(spread: Count) -> Count:
    """A fall of so much is a gain of minus so much; a rise is no fall at all."""
    low = -spread.high if spread.high is not None else -(10**18)
    return between(low, -spread.low)
