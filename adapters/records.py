"""What adapters promise: frozen, validating records, and nothing about where they are stored.

Times are aware datetimes (Asia/Shanghai where a platform states wall time). Ids are text.
Missing is ``None``; it is never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Literal, get_args

Bound = Literal["exact", "about", "at_least"]
Kind = Literal["article", "video", "image", "live", "item", "placement"]
State = Literal["public", "private", "in_review", "deleted"]
Beside = int | float | str

KINDS: tuple[Kind, ...] = get_args(Kind)
STATES: tuple[State, ...] = get_args(State)

#: The largest count believed: above it a cell is a damaged number, not a figure.
LARGEST = 10**13


@dataclass(frozen=True, slots=True)
class Count:
    """A count and what is known of its precision.

    ``exact``: the number. ``at_least``: the number or more (``10万+``). ``about``: shown in steps of
    ``unit``, ``cut`` (12,999 shown as 1.2万), rounded (``cut=False``) or not known which (``None``).
    """

    value: int
    bound: Bound = "exact"
    unit: int = 1
    cut: bool | None = None

    def __post_init__(self) -> None:
        if type(self.value) is not int:
            raise TypeError(f"a count is an int, not {self.value!r}")
        if not 0 <= self.value <= LARGEST:
            raise ValueError(f"a count lies between 0 and {LARGEST}, not {self.value}")
        if self.bound != "exact" and self.bound not in ("about", "at_least"):
            raise ValueError(f"unknown bound {self.bound!r}")

    @property
    def low(self) -> int:
        """The smallest value the true count can have."""
        if self.bound == "about" and self.cut is not True:
            return max(0, self.value - self.unit // 2)
        return self.value

    @property
    def high(self) -> int | None:
        """The largest value the true count can have; None where nothing limits it."""
        if self.bound == "exact":
            return self.value
        if self.bound == "at_least":
            return None
        if self.cut is False:
            return self.value + max(0, (self.unit + 1) // 2 - 1)
        return self.value + self.unit - 1

    def reaches(self, threshold: int) -> bool | None:
        """Whether the true count is at or above ``threshold``; None when it cannot be told."""
        if self.low >= threshold:
            return True
        if self.high is None or self.high >= threshold:
            return None
        return False


@dataclass(frozen=True, slots=True)
class Metrics:
    """A post's figures at one moment. ``None`` = this source does not show it."""

    views: Count | None = None
    readers: Count | None = None
    likes: Count | None = None
    comments: Count | None = None
    shares: Count | None = None
    sharers: Count | None = None
    favourites: Count | None = None
    looks: Count | None = None


#: Names of the metrics, in the order in which they are stored everywhere.
METRICS: tuple[str, ...] = tuple(each.name for each in fields(Metrics))

NO_METRICS = Metrics()
_NOTHING: Mapping[str, Beside] = {}
_NO_DETAILS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Anything published, as one source showed it once.

    ``key`` is the platform's own id; ``url`` its address; either may be empty. ``beside`` keeps what
    is not summed (rates as fractions, durations in seconds, rarer counts) under the source's heading.
    ``details`` keeps text facts of ledgers (outlet, level, medium, front_page, items, issue).
    ``observed_at`` is set only where the bytes state their own moment. ``sheet`` (0-based) and
    ``row`` (1-based) say where in a file it stands. ``account`` is set where the row names another
    account than the one whose folder the file lies in.
    """

    title: str
    published_at: datetime | None
    key: str = ""
    url: str = ""
    date_only: bool = False
    kind: Kind | None = None
    author: str = ""
    column: str = ""
    original: bool | None = None
    state: State = "public"
    account: str = ""
    metrics: Metrics = NO_METRICS
    beside: Mapping[str, Beside] = field(default_factory=lambda: _NOTHING)
    details: Mapping[str, str] = field(default_factory=lambda: _NO_DETAILS)
    observed_at: datetime | None = None
    sheet: int = 0
    row: int | None = None

    def __post_init__(self) -> None:
        for moment in (self.published_at, self.observed_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("a time without a zone")
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}")
        if self.state not in STATES:
            raise ValueError(f"unknown state {self.state!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFigures:
    """Figures of an account as a whole.

    ``figures`` holds standing values (``followers``) true at ``observed_at``; with ``day`` set they
    are the flows of that day (``followers_gained``, ``readers`` …) and ``observed_at`` is its end.
    """

    figures: Mapping[str, int | Count]
    observed_at: datetime | None = None
    day: date | None = None
    account: str = ""
    sheet: int = 0
    row: int | None = None

    def __post_init__(self) -> None:
        if self.observed_at is not None and self.observed_at.tzinfo is None:
            raise ValueError("a time without a zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """How one table of a file was understood; yielded before its rows.

    ``mapped``: heading → field (a metric or a fact). ``kept``: headings kept beside. ``unknown``:
    headings nobody knows. ``missing``: headings this layout usually has and this file lacks. Of a ledger: the ``kind`` of
    its rows, and what its sheet, then its file, ``says`` of itself (which days it covers).
    """

    layout: str
    mapped: Mapping[str, str]
    kept: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    sheet: int = 0
    row: int = 0
    kind: Kind | None = None
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What of a file was not taken, though nothing is wrong with it (a hidden sheet, rows of totals), or what a person
    should look at. ``what`` is a Chinese sentence without its full stop; ``sheet`` is 0-based, ``row`` 1-based."""

    what: str
    sheet: int = 0
    row: int | None = None
