"""Figures made of others: a difference, a percentage, a share, an average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from adapters.records import Count, at_least
from reports import wording
from reports.drafts.checking.source import Fact, Ratio
from reports.drafts.reading.claims import What
from reports.periods import Period

_PER = {"day": "日均", "post": "篇均", "live": "场均"}


def derived(what: What, facts: Sequence[Fact], period: Period) -> Fact:
    """The fact that a claim is measured by: of a change the difference; of a percentage, a share or an average the ratio
    too."""
    if what.kind == "average":
        return _average(what, facts, period)
    if len(facts) == 1:
        return facts[0]
    first, then = (_known(each) for each in facts)
    if what.kind == "share":
        made = replace(first, name=f"{first.name}占{then.name}")
        if first.value is None or then.value is None:
            return replace(made, value=None, why=first.why or then.why)
        return replace(made, ratio=_ratio(first.value, then.value, share=True))
    made = _change(what, first, then)
    if what.kind != "percent" or first.value is None or then.value is None:
        return made
    return replace(made, ratio=_growth(first.value, then.value))


def _average(what: What, facts: Sequence[Fact], period: Period) -> Fact:
    first = _known(facts[0])
    among = facts[1].value if len(facts) > 1 else Count((period.end - period.start).days)
    made = replace(first, name=f"{first.name}{_PER[what.per]}", single=True)
    if first.value is None or among is None or not among.low:
        return replace(made, value=None, why=first.why or "没有可以平均的数")
    over = first.value if first.value.exact else at_least(0)
    return replace(made, ratio=_ratio(over, among, share=False))


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


def _ratio(over: Count, under: Count, *, share: bool) -> Ratio:
    """A share in percent, or an average."""
    times = 100 if share else 1
    low = Fraction(over.low, under.high) * times if under.high else None
    high = None
    if over.high is not None and under.low:
        high = Fraction(over.high, under.low) * times
    middle = high if low is None else low
    if middle is None:
        return Ratio(low, high, "")
    shown = f"约{float(round(middle, 1)):g}"
    if share:
        return Ratio(low, high, f"{shown}%")
    return Ratio(low, high, shown if middle < 100 else wording.total(Count(round(middle))))


def _growth(now: Count, then: Count) -> Ratio:
    """The least and the greatest change in percent that two figures allow."""
    low = Fraction(now.low - then.high, then.high) * 100 if then.high else None
    high = None
    if now.high is not None and then.low:
        high = Fraction(now.high - then.low, then.low) * 100
    return Ratio(low, high, wording.percent(now, then))
