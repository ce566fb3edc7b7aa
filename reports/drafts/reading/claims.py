"""What a draft claims: a subject, a figure of it, a number, a period."""

from __future__ import annotations

from dataclasses import dataclass

from reports.drafts.reading.numbers import Number
from reports.drafts.reading.subjects import SpokenOf
from reports.drafts.reading.words import Manner
from reports.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class What:
    """Which figure. ``kind`` is one of

    sum (of a metric); posts, kind, original, reprint, column: counts of posts; hits: posts at or above ``threshold``
    (0: the lowest configured); best, ranked (the ``threshold``-th), post, any_post: of single posts; followers,
    follower_gain; live (sessions), live_views; placements; issues and items of a programme; accounts;
    missing, unknown, deleted, young, unobserved: posts left out;
    average (of a day or a post), share (of a whole, in percent), percent and difference (against another period);
    other: not measured here; empty: none.

    ``name``: a kind of post, a title, a column, a level or an outlet, or why it cannot be checked. Of an average, a
    share, a percentage or a difference: the kind of figure behind it; an average's ``per`` is day, post or live."""

    kind: str
    metric: str = ""
    threshold: int = 0
    name: str = ""
    per: str = ""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One way to understand a claim. ``whole``: whom a share is a share of."""

    subject: SpokenOf
    what: What
    whole: SpokenOf | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """``start`` … ``end``: the claim's words in its paragraph as written. ``readings``: the most natural one first.

    ``basis``: where the words say one (增加, 满7天); empty: that of the check. ``gain``: a rise, or a fall where
    ``falls``. ``earlier``: of which earlier period the number itself is (上期320条); ``compared``: with which one the
    sentence compares, ``against`` where it names it. ``unsure``: words beside it that are not understood; ``guess``:
    what is not said but taken over (主体, 指标, 时期). Neither is ever 不符.
    ``whole``: the claim (its place in the list) of which this one is a part; ``all_parts``: its parts are listed in
    full. ``planned``: no fact but an aim. ``tellable``: a count of those that can be
    told (可统计的), or in a table. ``shared``: the manner of the first number of its row, which may hold for it
    too (超234万、148万).
    """

    paragraph: int
    sentence: str
    sentence_number: int
    start: int
    end: int
    words: str
    number: Number
    readings: tuple[Interpretation, ...]
    period: Period | None
    basis: str = ""
    gain: bool = False
    falls: bool = False
    earlier: str = ""
    compared: str = ""
    against: Period | None = None
    unsure: str = ""
    guess: str = ""
    whole: int | None = None
    all_parts: bool = False
    planned: bool = False
    tellable: bool = False
    shared: Manner = "plain"


@dataclass(frozen=True, slots=True)
class Unread:
    """A number without a claim. ``reach``: it may be a figure of reach that no row of the grammar holds (未读); else it
    counts something else (元, 户, 次培训). ``blank``: no number stands there yet."""

    paragraph: int
    words: str
    start: int
    end: int
    reach: bool
    blank: bool
