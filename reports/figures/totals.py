"""The figures of a summary, frozen before anything is rendered: the totals of an account, of a group and of all accounts
in a period (docs/definitions.md §5, §8).

A group's figures are the sums of its accounts'. Views and readers are separate figures and are never
added together. Peers and outlets count neither in groups nor in the total.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from adapters.moments import SHANGHAI
from adapters.records import METRICS, Count, data_of
from reports import wording
from reports.basis import Basis
from reports.centre import AccountInfo, Centre, Thresholds
from reports.periods import Period, here, moment_words, span_words
from reports.section import Cell, Section, Sentence, Stated
from reports.statement import Statement, Trace
from reports.vocabulary import HEADINGS
from storage.views import coverage
from storage.views.coverage import Reach
from storage.views.totals import Hits, Totals, totals
from storage.views.view import PostValue, View

#: So many days on end without a post may be quiet ones.
QUIET_DAYS = 7


@dataclass(frozen=True, slots=True)
class Best:
    """The post with the highest views shown, or readers where no post shows views."""

    post: PostValue
    metric: str

    @property
    def figure(self) -> Count:
        return self.post.amounts[self.metric]

    def as_data(self) -> dict[str, Any]:
        """In plain types, for JSON."""
        figures = {"views": None, "readers": None} | {self.metric: data_of(self.figure)}
        return {
            "title": self.post.title,
            "url": self.post.url,
            "account": self.post.account,
            **figures,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which publish days of the period were read (both included), and the days between that were not.

    ``open_parts``: an export at its row limit ends there; older posts are known to be missing.
    ``opening`` and ``closing``: the observations nearest to the period's ends, before them.
    """

    first: date | None
    last: date | None
    gaps: tuple[tuple[date, date], ...]
    open_parts: tuple[datetime, ...] = ()
    observed_at: datetime | None = None
    opening: datetime | None = None
    closing: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What an account, a group or everything amounts to. ``platform`` is None where a group has several.

    ``members``: the accounts' ids. A figure is None where no post shows the metric. ``hits``: metric →
    threshold → posts surely at or above it; ``unknown_hits``: posts of which it cannot be told.
    """

    id: str
    name: str
    platform: str | None
    platform_name: str
    group: str | None
    members: tuple[str, ...]
    posts: int
    kinds: Mapping[str, int]
    deleted: int
    young: int
    unobserved: int
    figures: Mapping[str, Count | None]
    best: Best | None
    hits: Mapping[str, Mapping[int, int]]
    unknown_hits: Mapping[str, Mapping[int, int]]
    coverage: Coverage

    @property
    def spoken(self) -> str:
        """An account as a sentence speaks of it: ``“看云岭”抖音``."""
        return f"“{self.name}”" + (self.platform_name if self.platform_name != self.name else "")

    @property
    def incomplete(self) -> bool:
        """Posts of the period are known to be missing: every count and sum is a lower bound."""
        return bool(self.coverage.open_parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is asked of a period, and what ours amount to in it. ``platforms``: those of several accounts in no group.
    ``topic``: the documents are about this one alone; empty: about everything."""

    centre: Centre
    period: Period
    basis: Basis
    as_of: datetime
    known_by: datetime
    accounts: tuple[Line, ...]
    groups: tuple[Line, ...]
    total: Line
    platforms: tuple[Line, ...] = ()
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Scope):
    """Everything that a document of a period needs; renderers add nothing. ``data``: keys that JSON has at its top level
    beside those of the lines, of all sections."""

    sections: tuple[Section, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        about = f"“{self.topic}”专题" if self.topic else ""
        return f"{self.centre.name}{self.period.title}{about}传播数据总结"

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences, in the order of the sections."""
        return tuple(each for section in self.sections for each in section.sentences)

    @property
    def figures(self) -> Iterator[Statement]:
        """All figures, in the order of the sections."""
        return (each for section in self.sections for each in section.figures)

    @property
    def dated(self) -> str:
        """As of when, in words."""
        return moment_words(self.as_of)

    def walk(self, id_: str) -> str:
        """The command that shows what is behind a figure or a sentence of this summary."""
        return (
            f'collect explain "{id_}" --period {self.period.name} --basis {self.basis}'
            f" --as-of {self.as_of:%Y-%m-%dT%H:%M:%S} --known-by {self.known_by:%Y-%m-%dT%H:%M:%S}"
        )

    def behind(self, trace: Trace) -> list[Cell]:
        """In words: metrics, accounts and works behind a figure."""
        metrics = "、".join(
            "粉丝数" if each == "followers" else HEADINGS.get(each, each) for each in trace.metrics
        )
        accounts = "、".join(self.centre.names.get(each, each) for each in trace.accounts)
        if trace.posts is None:
            posts = "账号自身的数" if trace.standing else "这些账号计入本期的全部作品"
        else:
            posts = f"{len(trace.posts)}个作品"
        return [metrics or None, accounts or None, posts]

    @property
    def stated(self) -> tuple[Stated, ...]:
        """All that may be walked back: sentences, then figures."""
        return (*self.sentences, *self.figures)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read from storage (totals by account, posts by number, reach by account), to be added up to lines."""

    thresholds: Thresholds
    totals: Mapping[str, Totals]
    posts: Mapping[int, PostValue]
    reach: Mapping[str, Reach]

    @classmethod
    def of(cls, view: View, thresholds: Thresholds) -> Loaded:
        found = totals(view, thresholds)
        best = [each.best for each in found.values() if each.best is not None]
        return cls(thresholds, found, view.get(best), coverage.reaches(view, SHANGHAI))

    def account(self, info: AccountInfo) -> Line:
        return self.line(info.id, info.name or info.id, [info], info.group or None)

    def groups(self, accounts: Iterable[AccountInfo]) -> tuple[Line, ...]:
        """A line for each named group, in the order of the config."""
        there = _by([each for each in accounts if each.group], "group")
        return tuple(self.line(name, name, members, name) for name, members in there.items())

    def platforms(self, accounts: Iterable[AccountInfo]) -> tuple[Line, ...]:
        """A line for each platform of several accounts in no group, by its key, in the order of the config."""
        there = _by([each for each in accounts if not each.group and not each.ledger], "platform")
        return tuple(
            self.line(key, members[0].platform_name, members)
            for key, members in there.items()
            if len(members) > 1
        )

    def total(self, name: str, accounts: Iterable[AccountInfo]) -> Line:
        """All of them but the ledgers."""
        return self.line("total", name, [each for each in accounts if not each.ledger])

    def line(
        self, id_: str, name: str, members: Sequence[AccountInfo], group: str | None = None
    ) -> Line:
        """What these accounts amount to together."""
        tally = Totals(account=id_)
        for info in members:
            if info.id in self.totals:
                tally.join(self.totals[info.id])
        covered = _coverage([self.reach.get(each.id, coverage.NOTHING) for each in members])
        platforms = {info.platform: info.platform_name for info in members}
        single = len(platforms) == 1
        incomplete = bool(covered.open_parts)
        return Line(
            id=id_,
            name=name,
            platform=next(iter(platforms)) if single else None,
            platform_name=next(iter(platforms.values())) if single else "",
            group=group,
            members=tuple(info.id for info in members),
            posts=tally.posts,
            kinds=tally.kinds,
            deleted=tally.deleted,
            young=tally.young,
            unobserved=tally.unobserved,
            figures={each: tally.sums[each].stated(incomplete=incomplete) for each in METRICS},
            best=self._best([info.id for info in members]),
            hits=_all_thresholds(self.thresholds, tally.hits),
            unknown_hits=_all_thresholds(self.thresholds, tally.unknown),
            coverage=covered,
        )

    def _best(self, accounts: Sequence[str]) -> Best | None:
        """Of the accounts' best posts the one with most views; by readers where none shows views."""
        numbers = [self.totals[key].best for key in accounts if key in self.totals]
        return best_of(self.posts[number] for number in numbers if number is not None)


def _by(accounts: Iterable[AccountInfo], what: str) -> dict[str, list[AccountInfo]]:
    found: dict[str, list[AccountInfo]] = {}
    for info in accounts:
        found.setdefault(getattr(info, what), []).append(info)
    return found


def _all_thresholds(thresholds: Thresholds, found: Hits) -> dict[str, dict[int, int]]:
    return {
        metric: {value: found.get(metric, {}).get(value, 0) for value in values}
        for metric, values in thresholds.items()
    }


def best_of(posts: Iterable[PostValue]) -> Best | None:
    """The post with most views; by readers where none shows views."""
    there = list(posts)
    for metric in ("views", "readers"):
        shown = [each for each in there if metric in each.amounts]
        if shown:
            return Best(
                max(shown, key=lambda each: (each.amounts[metric].value, -each.post_id)), metric
            )
    return None


def _coverage(reach: Sequence[Reach]) -> Coverage:
    """The days that any of the accounts covers; open parts of all; moments only of a single account."""
    days = coverage.union(each.days for each in reach)
    one = reach[0] if len(reach) == 1 else coverage.NOTHING
    observed = [each.observed_at for each in reach if each.observed_at is not None]
    return Coverage(
        first=days[0][0] if days else None,
        last=days[-1][1] if days else None,
        gaps=coverage.gaps(days),
        open_parts=tuple(here(each) for each in sorted({m for r in reach for m in r.open_parts})),
        observed_at=here(max(observed)) if observed else None,
        opening=None if one.opening is None else here(one.opening),
        closing=None if one.closing is None else here(one.closing),
    )


def covered_words(line: Line) -> str:
    """``2026年7月3日—9月30日（缺2026年8月1日—8月5日）``; 无数据 where nothing was read."""
    cover = line.coverage
    if cover.first is None or cover.last is None:
        return wording.NO_DATA
    gaps = "、".join(span_words(*each) for each in cover.gaps)
    return span_words(cover.first, cover.last) + (f"（缺{gaps}）" if gaps else "")


def lacking(line: Line, period: Period) -> str:
    """Why the data of an account do not reach over the whole period; empty where they do.

    Files tell of the days on which something was published and nothing of quiet days before, after and between them:
    stretches of up to seven days, together no more than a tenth of the period, count as quiet (docs/decisions.md).
    """
    cover = line.coverage
    if cover.first is None or cover.last is None:
        return "没有数据"
    if cover.open_parts:
        return "导出达到条数上限，作品没有读全"
    first, last = period.start.date(), period.last_day
    stretches = [
        (cover.first - first).days,
        (last - cover.last).days,
        *((end - start).days + 1 for start, end in cover.gaps),
    ]
    most = max(1, ((last - first).days + 1) // 10)
    if max(stretches) > QUIET_DAYS or sum(stretches) > most:
        return f"数据只覆盖{covered_words(line)}"
    return ""
