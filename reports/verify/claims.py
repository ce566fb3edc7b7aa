"""What a draft claims: a subject, a figure of it, a number, a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reports.periods import Period
from reports.verify.numbers import Manner, Number
from reports.verify.subjects import Subject

#: Which figure. sum: of a metric; posts, kind, original, reprint, column: counts of posts; hits: at or above
#: ``threshold`` (0: the lowest configured); best, post, any_post: of single posts; missing … unobserved: posts left
#: out; earlier figures, percentages and differences are compared within the draft only; other: not measured here.
WhatKind = Literal[
    "sum", "posts", "kind", "original", "reprint", "column", "hits", "best", "post", "any_post", "accounts",
    "followers", "follower_gain", "live", "live_views", "placements", "issues", "items",
    "missing", "unknown", "deleted", "young", "unobserved", "percent", "difference", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class What:
    """``name``: a kind of post, a title, a column, a level or an outlet, or why it cannot be checked."""

    kind: WhatKind
    metric: str = ""
    threshold: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a claim."""

    subject: Subject
    what: What


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """``start`` … ``end``: the claim's words in its paragraph as written. ``readings``: the most natural one first.

    ``basis``: where the words say one (增加, 满7天); empty: that of the check. ``gain``: a rise, or a fall where
    ``falls``. ``earlier``: of which earlier period the number itself is (上期320条); ``compared``: with which one the
    sentence compares, ``against`` where it names it. ``unsure``: words beside it that are not understood.
    ``whole``: the claim (its place in the list) of which this one is a part; ``all_parts``: its parts are listed in
    full. ``planned``: no fact but an aim. ``weak``: its paragraph names nobody; whom it speaks of is taken from the
    one before. ``shared``: the manner of the first number of its row, which may hold for it too (超234万、148万).
    """

    paragraph: int
    sentence: str
    sentence_number: int
    start: int
    end: int
    words: str
    number: Number
    readings: tuple[Reading, ...]
    period: Period | None
    basis: str = ""
    gain: bool = False
    falls: bool = False
    earlier: str = ""
    compared: str = ""
    against: Period | None = None
    unsure: str = ""
    whole: int | None = None
    all_parts: bool = False
    planned: bool = False
    weak: bool = False
    shared: Manner = "plain"


@dataclass(frozen=True, slots=True)
class Ignored:
    """A number that states no figure of ours."""

    paragraph: int
    words: str
