"""The figures of a summary, frozen before anything is rendered: the totals of an account, of a group and of all accounts
in a period (docs/definitions.md §5, §8).

A group's figures are the sums of its accounts'. Views and readers are separate figures and are never
added together. Peers and outlets count neither in groups nor in the total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from adapters.moments import SHANGHAI
from adapters.records import METRICS, Count
from reports.basis import Basis
from reports.centre import AccountInfo, Centre, Thresholds
from reports.periods import Period, here
from reports.section import Section, Sentence
from storage.views import coverage
from storage.views.coverage import Reach
from storage.views.totals import Hits, Totals, totals
from storage.views.view import PostValue, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The post with the highest views shown, or readers where no post shows views."""

    post_id: int
    account: str
    title: str
    url: str
    kind: str
    metric: Literal["views", "readers"]
    figure: Count


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
class Summary:
    """Everything that a document of a period needs; renderers add nothing.

    ``platforms``: of several accounts in no group. ``topic``: the documents are about this one alone. ``data``: keys
    that JSON has at its top level beside those of the lines, of all sections.
    """

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


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read from storage: totals by account, posts by number, reach by account."""

    totals: Mapping[str, Totals]
    posts: Mapping[int, PostValue]
    reach: Mapping[str, Reach]

    @classmethod
    def of(cls, view: View, thresholds: Thresholds) -> Loaded:
        found = totals(view, thresholds)
        best = [each.best for each in found.values() if each.best is not None]
        return cls(found, view.get(best), coverage.reaches(view, SHANGHAI))


def account_line(centre: Centre, info: AccountInfo, loaded: Loaded) -> Line:
    return _line(
        centre, [info], loaded, id_=info.id, name=info.name or info.id, group=info.group or None
    )


def group_lines(
    centre: Centre, accounts: Iterable[AccountInfo], loaded: Loaded
) -> tuple[Line, ...]:
    """A line for each named group, in the order of the config."""
    groups: dict[str, list[AccountInfo]] = {}
    for info in accounts:
        if info.group:
            groups.setdefault(info.group, []).append(info)
    return tuple(
        _line(centre, members, loaded, id_=name, name=name, group=name)
        for name, members in groups.items()
    )


def platform_lines(
    centre: Centre, accounts: Iterable[AccountInfo], loaded: Loaded
) -> tuple[Line, ...]:
    """A line for each platform of several accounts that are in no group, in the order of the config; its id is the
    platform's key."""
    there: dict[str, list[AccountInfo]] = {}
    for info in accounts:
        if not info.group and not info.ledger:
            there.setdefault(info.platform, []).append(info)
    return tuple(
        _line(centre, members, loaded, id_=key, name=members[0].platform_name, group=None)
        for key, members in there.items()
        if len(members) > 1
    )


def total_line(centre: Centre, accounts: Iterable[AccountInfo], loaded: Loaded) -> Line:
    members = [info for info in accounts if not info.ledger]
    return _line(centre, members, loaded, id_="total", name=centre.name, group=None)


def _line(
    centre: Centre,
    members: Sequence[AccountInfo],
    loaded: Loaded,
    *,
    id_: str,
    name: str,
    group: str | None,
) -> Line:
    tally = Totals(account=id_)
    for info in members:
        if info.id in loaded.totals:
            tally.join(loaded.totals[info.id])
    covered = _coverage([loaded.reach.get(info.id, coverage.NOTHING) for info in members])
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
        best=_best([info.id for info in members], loaded),
        hits=_all_thresholds(centre.thresholds, tally.hits),
        unknown_hits=_all_thresholds(centre.thresholds, tally.unknown),
        coverage=covered,
    )


def _all_thresholds(thresholds: Thresholds, found: Hits) -> dict[str, dict[int, int]]:
    return {
        metric: {value: found.get(metric, {}).get(value, 0) for value in values}
        for metric, values in thresholds.items()
    }


def _best(accounts: Sequence[str], loaded: Loaded) -> Best | None:
    """Of the accounts' best posts the one with most views; by readers where none shows views."""
    numbers = [loaded.totals[key].best for key in accounts if key in loaded.totals]
    bests = [_best_of(loaded.posts[number]) for number in numbers if number is not None]
    order = {"views": 1, "readers": 0}
    return max(
        (each for each in bests if each is not None),
        key=lambda each: (order[each.metric], each.figure.value, -each.post_id),
        default=None,
    )


def _best_of(post: PostValue) -> Best | None:
    metric: Literal["views", "readers"] = "views" if "views" in post.amounts else "readers"
    amount = post.amounts.get(metric)
    if amount is None:
        return None
    return Best(
        post_id=post.post_id,
        account=post.account,
        title=post.title,
        url=post.url,
        kind=post.kind,
        metric=metric,
        figure=amount,
    )


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
