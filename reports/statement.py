"""What a section has to say to the paper: figures of a subject and of its parts. The planner (reports/paper) chooses, orders
and joins them; words and bounds are wording's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from reports.figure import Figure

#: How a figure is put in words: things counted in full, a sum, one work's figure, a gain, growth in per cent, a place.
Way = Literal["count", "sum", "single", "change", "percent", "place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One figure. ``id``: of the Traced that it states; ``metric``: what it counts, alike in a whole and its parts.

    ``word`` stands before the number, ``measure`` after it. ``noun`` names the things of a count that may not be all of
    them (``可统计的作品33条``). ``marks``: thresholds that a rounded number may not reach. ``then``: what a growth in per
    cent is compared with.
    """

    id: str
    metric: str
    word: str
    value: Figure
    measure: str = ""
    way: Way = "count"
    noun: str = "作品"
    marks: tuple[int, ...] = ()
    then: Figure | None = None


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
