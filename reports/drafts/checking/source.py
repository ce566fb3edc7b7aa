"""What a claim asks of the data: one figure of a subject in a period, what is found of it, and what is made of figures: a
difference, a percentage, a share, an average."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from adapters.records import Count, at_least, between
from reports import listing, wording
from reports.drafts.reading.claims import Interpretation, What
from reports.drafts.reading.subjects import SpokenOf
from reports.drafts.reading.text import fold
from reports.figures.topics import Topic, topics
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.periods import Period, span_words
from reports.vocabulary import HEADINGS, UNITS
from storage.identity.keys import normal_title
from storage.views.posts import listed

_PER = {"day": "日均", "post": "篇均", "live": "场均"}
_NO_QUOTES = {ord(sign): None for sign in "“”‘’\"'#"}


@dataclass(frozen=True, slots=True)
class Ratio:
    """A percentage, a share in percent or an average lies from ``low`` to ``high`` (None: no limit). ``words``: as reports
    put it; empty where it is not known."""

    low: Fraction | None
    high: Fraction | None
    words: str

    @property
    def fallen(self) -> Ratio:
        """As a fall by so much."""
        low, high = (None if each is None else -each for each in (self.high, self.low))
        return Ratio(low, high, self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``value`` None: it cannot be said, for the reason ``why``. ``name`` says what was looked up. ``single``: one
    post's figure, not a sum; ``title``: of that post. ``notes``: what stands beside it (gaps, posts without data).
    ``others``: figures that the words may mean as well (any post). ``wrong``: what is said besides the number is not
    so, ``why`` says how. ``ratio``: of a percentage, a share or an average, which has no value."""

    name: str
    value: Count | None = None
    ratio: Ratio | None = None
    why: str = ""
    measure: str = ""
    metric: str = ""
    single: bool = False
    notes: tuple[str, ...] = ()
    others: tuple[Count, ...] = ()
    wrong: bool = False
    title: str = ""


class PeriodFigures:
    """One period on one basis; valid until the next inquiry is made (it reads the inquiry's view)."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.infos = {each.id: each for each in inquiry.centre.accounts}
        self._lines: dict[tuple[str, ...], Line] = {}

    def line(self, accounts: Sequence[str]) -> Line:
        """What several accounts amount to together."""
        key = tuple(accounts)
        if key not in self._lines:
            infos = [self.infos[each] for each in key]
            self._lines[key] = self.inquiry.loaded.line("·", "·", infos)
        return self._lines[key]

    @cached_property
    def titles(self) -> Mapping[str, Sequence[int]]:
        """The numbers of the posts of each title, as ``title_of`` has it."""
        found: dict[str, list[int]] = {}
        for post in self.inquiry.view.posts():
            found.setdefault(title_of(post.title), []).append(post.post_id)
        return found

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        return topics(self.inquiry)


class Query:
    """One figure that is asked of a period: ``what`` of ``subject``."""

    def __init__(self, source: PeriodFigures, asked: Interpretation) -> None:
        self.source, self.inquiry = source, source.inquiry
        self.subject: SpokenOf = asked.subject
        self.what: What = asked.what
        self.accounts = asked.subject.accounts

    @property
    def line(self) -> Line:
        return self.source.line(self.accounts)

    @property
    def heading(self) -> str:
        return HEADINGS[self.what.metric]

    def fact(self, name: str, *, measure: str = "", **more: Any) -> Fact:
        """What is looked up, before it is found; ``measure``: that of the metric where it is another."""
        metric = self.what.metric
        return Fact(
            name=f"{self.subject.words}：{name}", metric=metric, measure=measure or UNITS.get(metric, ""), **more
        )  # fmt: skip

    def counted(self, sure: int, unknown: int = 0) -> Count:
        """A number of posts, of which some may belong to it as well."""
        return between(sure, None if self.line.incomplete else sure + unknown)

    @property
    def is_empty(self) -> bool:
        return not self.line.posts and self.line.coverage.first is None

    def why_none(self) -> str:
        """Why the metric has no figure."""
        if not self.line.posts:
            return self.why_empty()
        source = f"{self.line.platform_name or '所用'}的数据"
        return listing.why(self.inquiry.basis, source, self.heading)

    def why_empty(self) -> str:
        """Why no post is counted."""
        title = self.inquiry.period.title
        if self.line.coverage.first is None:
            return f"没有覆盖{title}的文件或采集"
        return f"{title}{listing.nothing(self.inquiry.basis)}"

    def notes(self) -> tuple[str, ...]:
        """What is to be said beside figures: what is not known to be read."""
        line, period = self.line, self.inquiry.period
        cover, found = line.coverage, []
        if line.incomplete:
            found.append("导出达到条数上限，作品没有读全，各数是下限")
        if cover.first is None or cover.last is None:
            found.append("没有覆盖本期的文件或采集")
        elif cover.first > period.start.date() or cover.last < period.last_day or cover.gaps:
            gaps = "、".join(span_words(*each) for each in cover.gaps)
            lacking = f"，其间{gaps}没有数据" if gaps else ""
            found.append(f"数据覆盖{span_words(cover.first, cover.last)}{lacking}")
        return tuple(found)


def outlets_on_record(inquiry: Inquiry) -> list[str]:
    """The outlets of all placements, of any time."""
    accounts = {each.id: each.name for each in inquiry.centre.accounts if each.owner != "peer"}
    rows = listed(inquiry.connection, inquiry.view.question, ("placement",))
    there = [each for each in rows if each.account in accounts]
    return sorted({each.details.get("outlet") or accounts[each.account] for each in there})


def programmes_on_record(inquiry: Inquiry) -> list[str]:
    """The programmes of all issues of ours, of any time."""
    rows = listed(inquiry.connection, inquiry.view.question, ("item",))
    ours = {each.id for each in inquiry.ours}
    return sorted({each.column for each in rows if each.account in ours and each.column})


def beside(number: int, words: str) -> tuple[str, ...]:
    """A note on so many things left out (``其中{}个作品无数据``); none where there are none."""
    return (words.format(number),) if number else ()


def title_of(title: str) -> str:
    """A title as it is compared: folded like a draft, without quotation marks; an empty one is （无标题） in summaries."""
    plain = fold(wording.line(title)).plain.translate(_NO_QUOTES)
    return normal_title(plain) or normal_title("（无标题）") or "（无标题）"


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


def _quotient(over: Count, under: Count, times: int = 1) -> tuple[Fraction | None, Fraction | None]:
    """The least and the greatest that one divided by the other can be; None: no limit."""
    low = Fraction(over.low, under.high) * times if under.high else None
    if over.high is None or not under.low:
        return low, None
    return low, Fraction(over.high, under.low) * times


def _ratio(over: Count, under: Count, *, share: bool) -> Ratio:
    """A share in percent, or an average."""
    low, high = _quotient(over, under, 100 if share else 1)
    middle = high if low is None else low
    if middle is None:
        return Ratio(low, high, "")
    shown = f"约{float(round(middle, 1)):g}"
    if share:
        return Ratio(low, high, f"{shown}%")
    return Ratio(low, high, shown if middle < 100 else wording.total(Count(round(middle))))


def _growth(now: Count, then: Count) -> Ratio:
    """The least and the greatest change in percent that two figures allow."""
    low, high = (None if each is None else each - 100 for each in _quotient(now, then, 100))
    return Ratio(low, high, wording.percent(now, then))
