"""Where figures are looked up: an inquiry, with what is read of it once; and what a look-up finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from adapters.records import Count
from reports import wording
from reports.drafts.reading.subjects import SpokenOf
from reports.drafts.reading.text import fold
from reports.figures.topics import Topic, topics
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.periods import span_words
from reports.vocabulary import HEADINGS, UNITS
from storage.identity.keys import normal_title

_NO_QUOTES = {ord(sign): None for sign in "“”‘’\"'#"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``value`` None: it cannot be said, for the reason ``why``. ``name`` says what was looked up. ``single``: one
    post's figure, not a sum; ``title``: of that post. ``notes``: what stands beside it (gaps, posts without data).
    ``others``: figures that the words may mean as well (any post). ``wrong``: what is said besides the number is not
    so, ``why`` says how."""

    value: Count | None
    name: str
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

    def why_none(self, subject: SpokenOf, metric: str) -> str:
        """Why a metric has no figure."""
        line = self.line(subject.accounts)
        if not line.posts:
            return self.why_empty(subject)
        hidden = f"{line.platform_name or '所用'}的数据不显示{HEADINGS[metric]}"
        gained = self.inquiry.basis.kind == "gained"
        return f"{hidden}，或期初没有可比的数值" if gained else hidden

    def why_empty(self, subject: SpokenOf) -> str:
        """Why no post is counted."""
        title, basis = self.inquiry.period.title, self.inquiry.basis
        if self.line(subject.accounts).coverage.first is None:
            return f"没有覆盖{title}的文件或采集"
        return {
            "published": f"{title}没有读到作品",
            "gained": f"{title}没有可计增量的观测",
            "aged": f"{title}没有满{basis.days}天且当天有观测的作品",
        }[basis.kind]

    def notes(self, subject: SpokenOf) -> tuple[str, ...]:
        """What is to be said beside figures: what is not known to be read."""
        line, period = self.line(subject.accounts), self.inquiry.period
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


def fact_of(
    subject: SpokenOf,
    name: str,
    value: Count | None = None,
    *,
    metric: str = "",
    measure: str = "",
    **more: Any,
) -> Fact:
    """``name``: what is looked up of the subject; ``measure``: that of the metric where it is another."""
    measure = measure or UNITS.get(metric, "")
    name = f"{subject.words}：{name}"
    return Fact(value=value, name=name, metric=metric, measure=measure, **more)


def title_of(title: str) -> str:
    """A title as it is compared: folded like a draft, without quotation marks; an empty one is （无标题） in summaries."""
    plain = fold(wording.line(title)).plain.translate(_NO_QUOTES)
    return normal_title(plain) or normal_title("（无标题）") or "（无标题）"
