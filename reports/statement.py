"""A figure of a summary as it is declared once: what it is worth, what lies behind it, how it is said.

Sections declare figures; every document lists them, ``collect explain`` walks back from them, and the planner
(reports/paper) chooses, orders and joins what the paper says of them. Words and bounds are wording's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from adapters.records import Count, at_least

#: How a figure is put in words: things counted in full, a sum, one work's figure, a gain, growth in per cent, a place;
#: empty: it is listed and not said.
Way = Literal["", "count", "sum", "single", "change", "percent", "place"]
#: How a figure follows from what its trace leads to: the number of posts, or what they show added up; that divided by
#: the posts that show it; or by a rule of its own (shares, weights, indices, what a ledger says of a row).
By = Literal["sum", "mean", "made"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What lies behind a sentence or a figure, for ``collect explain``: the counted posts of ``accounts`` in the
    summary's period and basis, or just ``posts`` (their numbers) where it is about some of them. ``metrics``: which
    figures of them. Of the posts only those of ``kinds``, those that are ``original`` (or are not), and those that are at
    or above a threshold of one of ``reaching`` (metric, threshold) or of which that cannot be told. ``basis``: another one
    than the summary's (output is what was published, on every basis). ``standing``: figures of the accounts themselves
    (followers), not of posts. ``earlier``: start, end and as-of (UTC seconds) of the period that it is compared with,
    whose posts, or last standing figures, count too."""

    accounts: tuple[str, ...] = ()
    posts: tuple[int, ...] | None = None
    metrics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    original: bool | None = None
    reaching: tuple[tuple[str, int], ...] = ()
    basis: Literal["", "published"] = ""
    standing: bool = False
    earlier: tuple[int, int, int] | None = None


def together(traces: Iterable[Trace]) -> Trace:
    """What lies behind any of several figures of one basis; a figure of all posts of an account covers those of some."""
    found = tuple(traces)
    first = found[0]
    listed = [each.posts for each in found if each.posts is not None]
    lowest: dict[str, int] = {}
    for metric, threshold in (pair for each in found for pair in each.reaching):
        lowest[metric] = min(threshold, lowest.get(metric, threshold))
    return replace(
        first,
        accounts=tuple(dict.fromkeys(key for each in found for key in each.accounts)),
        posts=tuple(dict.fromkeys(post for posts in listed for post in posts))
        if len(listed) == len(found)
        else None,
        metrics=tuple(dict.fromkeys(metric for each in found for metric in each.metrics)),
        kinds=tuple(dict.fromkeys(kind for each in found for kind in each.kinds))
        if all(each.kinds for each in found)
        else (),
        original=first.original if len({each.original for each in found}) == 1 else None,
        reaching=tuple(lowest.items()) if all(each.reaching for each in found) else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One figure. ``id`` is unique in a summary and may be given to ``collect explain``; ``name`` says in Chinese what it
    is (sheet 溯源). ``value`` None: no source shows it. ``least``: a plain number (a Count says it itself) is a lower bound.

    How it is said: ``metric``: what it counts, alike in a whole and its parts; ``word`` stands before the number,
    ``measure`` after it. ``noun`` names the things of a count that may not be all of them (``可统计的作品33条``).
    ``marks``: thresholds that a rounded number may not reach. ``growth``: the figures now and then of a growth in per
    cent. ``place``: among those that are compared by ``value``. In the full listing: ``parts``: what a sum is made of;
    ``items``: the measure of the things that it leaves out (empty: the sentence says it) or of which (``unsure``) it cannot
    be told.
    """

    id: str
    name: str = ""
    value: Count | int | float | None
    trace: Trace
    least: bool = False
    metric: str = ""
    word: str = ""
    measure: str = ""
    way: Way = ""
    noun: str = "作品"
    marks: tuple[int, ...] = ()
    growth: tuple[Count, Count] | None = None
    place: int = 0
    by: By = "sum"
    parts: tuple[Count, ...] = ()
    items: str = "条"
    unsure: int = 0

    @property
    def count(self) -> Count | None:
        """Where the true number lies; None where no source shows it, or for an index."""
        if isinstance(self.value, Count):
            return self.value
        if isinstance(self.value, int):
            return at_least(self.value) if self.least else Count(self.value)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A subject with its figures and its parts. ``size``: what it is ordered by, largest first. ``remark``: what the data
    prove beside its figures (a record); ``note``: what that rests on, said once in the notes."""

    subject: str
    statements: tuple[Statement, ...]
    parts: tuple[Matter, ...] = ()
    size: tuple[int, ...] = ()
    remark: str = ""
    note: str = ""


def ranked(matters: Iterable[Matter]) -> tuple[Matter, ...]:
    """The largest first; those alike in the order in which they came."""
    return tuple(sorted(matters, key=lambda each: each.size, reverse=True))


def statements_of(matters: Iterable[Matter]) -> Iterator[Statement]:
    """All figures of matters and of their parts."""
    for each in matters:
        yield from each.statements
        yield from statements_of(each.parts)
