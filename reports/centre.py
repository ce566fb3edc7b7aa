"""What a summary needs to know of a centre's config: the collector fills it, nothing here reads a file."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Literal

from adapters import platforms
from reports.periods import day_words

Thresholds = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInfo:
    """An account as config describes it. ``platform_name`` is the platform in Chinese. A ``ledger`` lists what is
    no output of a channel (placements, own broadcast): it stays out of the overall total. ``level`` of an outlet."""

    id: str
    name: str
    platform: str
    platform_name: str = ""
    group: str = ""
    owner: Literal["ours", "peer", "outlet"] = "ours"
    ledger: bool = False
    level: str = ""

    @property
    def spoken(self) -> str:
        """The account as a sentence speaks of it: ``“看云岭”抖音``, ``“云岭新闻网”网站``."""
        name = self.name or self.id
        return f"“{name}”" + (self.platform_name if self.platform_name != name else "")

    @property
    def called(self) -> str:
        """The account as the paper names it: ``“看云岭”抖音号``; ``“云岭头条号”`` where the name says it itself."""
        name, platform = self.name or self.id, platforms.BY_KEY[self.platform]
        says = any(name != word and name.endswith(word) for word in platform.words)
        return f"“{name}”" if says else f"“{name}”{platform.account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicInfo:
    """Posts chosen by a word in their title, their column, or a tag given by hand; one of them is enough."""

    name: str
    keywords: Sequence[str] = ()
    columns: Sequence[str] = ()
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RankInfo:
    """A ranking of accounts by ``index``: wci-14.2a, posts, a metric, or ``weighted`` by ``weights``."""

    name: str
    accounts: Sequence[str]
    index: str
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInfo:
    """A centre's weights of its staff's work; ``shares``: number of co-authors → the share of each."""

    weights: Mapping[str, float]
    shares: Mapping[int, Sequence[float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineInfo:
    """Figures of an earlier ``period`` as a person states them (未核实); ``of``: total, a group or an account's id."""

    period: str
    of: str
    figures: Mapping[str, int]
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """How the paper opens and closes. ``title``: a pattern in which {centre} and {period} stand for their names.
    ``addressee`` (主送), ``signature`` (落款), ``date``: empty where the paper has none; a date of TODAY is that of the
    day as of which the paper speaks."""

    title: str = "{centre}{period}传播情况"
    addressee: str = ""
    signature: str = ""
    date: str = ""

    TODAY: ClassVar[str] = "today"

    def titled(self, centre: str, period: str) -> str:
        """The paper's title."""
        names = {"{centre}": centre, "{period}": period}
        return re.sub(r"\{\w+\}", lambda name: names.get(name[0], name[0]), self.title)

    @property
    def opening(self) -> str:
        """The line of the addressee with its colon; empty: none."""
        return f"{self.addressee.rstrip('：:')}：" if self.addressee else ""

    def closing(self, day: datetime.date) -> tuple[str, ...]:
        """The lines of signature and date at the paper's end; ``day``: as of which it speaks."""
        dated = day_words(day) if self.date == self.TODAY else self.date
        return tuple(each for each in (self.signature, dated) if each)


@dataclass(frozen=True, kw_only=True)
class Centre:
    """What a summary needs to know of the config. ``thresholds``: metric → ascending values.
    ``fingerprint`` names the config: with as-of and known-by it gives the same figures for ever.
    ``points``: of a placement by its level. ``staff`` is None where staff figures are not shown.
    ``template``: the absolute path of a centre's own Word template of the paper, or empty. ``only``: where it is narrowed to
    some of its accounts (reports.narrowing), which these are, as a sentence; ``name`` says it too."""

    name: str
    accounts: Sequence[AccountInfo]
    thresholds: Thresholds
    fingerprint: str = ""
    topics: Sequence[TopicInfo] = ()
    points: Mapping[str, float] = field(default_factory=dict)
    staff: StaffInfo | None = None
    ranks: Sequence[RankInfo] = ()
    baselines: Sequence[BaselineInfo] = ()
    tops: int = 10
    template: str = ""
    letter: Letter = Letter()

    @cached_property
    def names(self) -> dict[str, str]:
        """What each account is called, by its id."""
        return {each.id: each.name or each.id for each in self.accounts}

    only: str = ""

    def counted(self, accounts: int) -> str:
        """``云岭县融媒体中心11个账号``; of a narrowed one its name, which says which."""
        return self.name if self.only else f"{self.name}{accounts}个账号"
