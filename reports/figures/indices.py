"""Composite indices of accounts. Each has a name with its version; the formulas are in docs/指数.md.

``wci-14.2a`` is the widely copied variant of WCI V14.2. It uses reads (times, never people), 在看 and 点赞 of this
database alone, so it is no published ranking."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import compress
from math import ceil, log
from typing import NamedTuple

from adapters.records import Count
from reports.periods import Period

WCI = "wci-14.2a"
_IDX = re.compile(r"[?&]idx=(\d{1,2})(?![^&#])")
_KEY = re.compile(r"(?:id:)?\d+_(\d+)")


@dataclass(frozen=True, slots=True)
class Between:
    """An index, which may be no whole number: it lies from ``low`` to ``high``; ``high`` None: nothing limits it."""

    low: Fraction
    high: Fraction | None

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def __add__(self, other: Between) -> Between:
        high = None if self.high is None or other.high is None else self.high + other.high
        return Between(self.low + other.low, high)


#: What a ranking goes by: a figure, or an index.
Score = Count | Between


def exactly(number: Fraction | int) -> Between:
    return Between(Fraction(number), Fraction(number))


NOTHING = exactly(0)


class Article(NamedTuple):
    """What WCI takes of one article: its reads, 在看 and 点赞. ``first``: 头条, the first of its message; None where that is
    not known."""

    figures: tuple[Count, ...]
    first: bool | None


def position(url: str, keys: Iterable[str] = ()) -> int | None:
    """An article's place in its message: ``idx`` of its address, or the end of its key ``<mid>_<idx>``."""
    named = _IDX.search(url)
    if named is not None:
        return int(named[1])
    matches = (_KEY.fullmatch(each) for each in keys)
    return next((int(match[1]) for match in matches if match), None)


def days_of(period: Period, as_of: datetime) -> int:
    """d of the formula: 7 of a week, 30 of a month, 365 of a year, else the true days; those begun by as-of while the
    period lasts."""
    if as_of < period.end:
        return max(1, ceil((as_of - period.start) / timedelta(days=1)))
    for form, days in ((r"\d{4}-W\d{1,2}", 7), (r"\d{4}-\d{2}", 30), (r"\d{4}", 365)):
        if re.fullmatch(form, period.name):
            return days
    return ceil((period.end - period.start) / timedelta(days=1))


def wci_14_2a(articles: Sequence[Article], days: int) -> tuple[float, float | None]:
    """(lowest, highest) value: every term grows with its figure, so the ends of the figures give those of the index.
    Raises ValueError for no articles."""
    if not articles:
        raise ValueError("no articles, no index")
    lows = [[each.low for each in article.figures] for article in articles]
    low = _wci(lows, [each.first is True for each in articles], days)
    highs = [[e.high for e in article.figures if e.high is not None] for article in articles]
    if any(len(high) < len(least) for high, least in zip(highs, lows, strict=True)):
        return low, None
    # where the place is not known it may have been the first
    return low, _wci(highs, [each.first is not False for each in articles], days)


def _wci(figures: Sequence[Sequence[int]], firsts: Sequence[bool], days: int) -> float:
    columns = list(zip(*figures, strict=True))
    overall = _part(*(sum(each) / days for each in columns))
    average = _part(*(sum(each) / len(figures) for each in columns))
    headlines = _part(*(sum(compress(each, firsts)) / days for each in columns))
    peak = _part(*(max(each) for each in columns))
    return (0.6 * overall + 0.2 * average + 0.1 * headlines + 0.1 * peak) ** 2 * 1.2 * 10


def _part(reads: float, looks: float, likes: float) -> float:
    return 0.85 * log(reads + 1) + 0.09 * log(10 * looks + 1) + 0.06 * log(10 * likes + 1)


def weighted(
    figures: Mapping[str, Mapping[str, Count]], weights: Mapping[str, float]
) -> dict[str, Between]:
    """Account → its index out of 100: each figure as a share of the highest among the accounts, times its weight.

    ``figures``: account → name → figure, none below 0; all of ``weights`` must be there.
    """
    whole = sum((Fraction(str(each)) for each in weights.values()), Fraction())
    scores = {}
    for account, mine in figures.items():
        score = NOTHING
        for name, weight in weights.items():
            others = [each[name] for key, each in figures.items() if key != account]
            part = Fraction(str(weight)) * 100 / whole
            share = _share(mine[name], others)
            score += Between(share.low * part, None if share.high is None else share.high * part)
        scores[account] = score
    return scores


def _share(mine: Count, others: Sequence[Count]) -> Between:
    """The share grows with the account's own figure and falls with the others'."""
    highs = [each.high for each in others]
    top = None if None in highs else max((each for each in highs if each is not None), default=0)
    low = Fraction() if top is None else _ratio(mine.low, max(mine.low, top))
    if mine.high is None:
        return Between(low, Fraction(1))
    least = max((each.low for each in others), default=0)
    return Between(low, _ratio(mine.high, max(mine.high, least)))


def _ratio(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction()


def places(scores: Mapping[str, Score]) -> dict[str, tuple[int, int]]:
    """Account → its best and its worst possible place; equal scores share one."""
    found = {}
    for account, mine in scores.items():
        others = [each for key, each in scores.items() if key != account]
        surely = sum(mine.high is not None and each.low > mine.high for each in others)
        perhaps = sum(each.high is None or each.high > mine.low for each in others)
        found[account] = 1 + surely, 1 + perhaps
    return found
