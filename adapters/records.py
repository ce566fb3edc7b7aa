"""What adapters promise: frozen, validating records, and nothing about where they are stored.

Times are aware datetimes (Asia/Shanghai where a platform states wall time). Ids are text.
Missing is ``None``; it is never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(*, frozen: bool, **how: bool) -> Any:
        """A dataclass that mypy holds frozen, as it is written. At run time that would cost each record of a file as much
        again as making it: there it is only hashable."""
        return dataclass(unsafe_hash=frozen, **how)


Bound = Literal["exact", "about", "at_least"]
Kind = Literal["article", "video", "image", "live", "item", "placement"]
State = Literal["public", "private", "in_review", "deleted"]
Beside = int | float | str

KINDS: tuple[Kind, ...] = get_args(Kind)
STATES: tuple[State, ...] = get_args(State)

#: The largest count believed: above it a cell is a damaged number, not a figure.
LARGEST = 10**13


@record(frozen=True, slots=True)
class Count:
    """A number with its limits: the true one lies from ``low`` (``below`` under the value) to ``high`` (``above`` over it).

    ``above`` None: nothing limits it (``10万+``). A gain may be negative. A sum adds up the ``known`` posts that show the
    figure; where ``missing`` more do not, nothing limits it, whatever the limits of the known ones.
    """

    value: int
    below: int = 0
    above: int | None = 0
    missing: int = 0
    known: int = field(default=1, compare=False)

    @property
    def low(self) -> int:
        """The smallest value the true number can have."""
        return self.value - self.below

    @property
    def high(self) -> int | None:
        """The largest value the true number can have; None where nothing limits it."""
        return None if self.above is None or self.missing else self.value + self.above

    @property
    def exact(self) -> bool:
        return self.above == 0 and not self.below and not self.missing

    @property
    def bound(self) -> Bound:
        """How the number is known, as files and JSON call it."""
        return "exact" if self.exact else "at_least" if self.high is None else "about"

    def reaches(self, threshold: int) -> bool | None:
        """Whether the true number is at or above ``threshold``; None when it cannot be told."""
        return self.within(threshold, None)

    def within(self, least: int, most: int | None) -> bool | None:
        """Whether the true number lies from ``least`` to ``most`` (None: no limit); None when it cannot be told."""
        high = self.high
        if self.low >= least and (most is None or (high is not None and high <= most)):
            return True
        outside = (most is not None and self.low > most) or (high is not None and high < least)
        return False if outside else None

    def __add__(self, other: Count) -> Count:
        return Count(
            self.value + other.value,
            self.below + other.below,
            None if self.above is None or other.above is None else self.above + other.above,
            self.missing + other.missing,
            self.known + other.known,
        )

    def __neg__(self) -> Count:
        """Raises ValueError where nothing limits the number: its negative has no lower limit."""
        if self.above is None or self.missing:
            raise ValueError(f"the negative of {self.low} or more has no lower limit")
        return Count(-self.value, self.above, self.below)

    def less(self, other: Count) -> Count | None:
        """This number less another, as a gain; None where nothing limits the other, so that no lower limit can be told."""
        if other.high is None:
            return None
        high = self.high
        return between(self.low - other.high, None if high is None else high - other.low)

    def stated(self, *, incomplete: bool = False) -> Count | None:
        """A sum as it may be stated (docs/definitions.md §8): None if no post shows it; its lower limit if nothing limits
        it or posts are known to be missing (``incomplete``)."""
        if not self.known:
            return None
        if incomplete or self.high is None:
            return Count(self.low, 0, None, self.missing, self.known)
        return self


def at_least(value: int) -> Count:
    """A number of which only the lower limit is known."""
    return Count(value, above=None)


def about(value: int, unit: int, *, cut: bool | None) -> Count:
    """A count shown in steps of ``unit``: ``cut`` (12,999 shown as 1.2万), rounded (False) or not known which (None)."""
    below = 0 if cut else min(value, unit // 2)
    above = max(0, (unit + 1) // 2 - 1) if cut is False else unit - 1
    return Count(value, below, above)


def between(low: int, high: int | None) -> Count:
    """The number that lies from ``low`` to ``high``, both included (None: no limit). Raises ValueError where none does."""
    if high is not None and high < low:
        raise ValueError(f"{low} … {high} holds no number")
    return Count(low, 0, None if high is None else high - low)


def data_of(count: Count | None) -> dict[str, Any] | None:
    """A number as JSON has it; of one known in steps also where the true number lies (``low``, ``high``)."""
    if count is None:
        return None
    limits = {"low": count.low, "high": count.high} if count.bound == "about" else {}
    return {"value": count.value, "bound": count.bound, **limits}


#: Where a sum begins; what a post adds to it that does not show the figure.
NOTHING = Count(0, known=0)
UNKNOWN = Count(0, missing=1, known=0)


def added(counts: Iterable[Count | None]) -> Count:
    """Counts added up; None: one that is not shown."""
    return sum((UNKNOWN if each is None else each for each in counts), start=NOTHING)


@record(frozen=True, slots=True)
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


@record(frozen=True, slots=True, kw_only=True)
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
        published, observed = self.published_at, self.observed_at
        if (published and published.tzinfo is None) or (observed and observed.tzinfo is None):
            raise ValueError("a time without a zone")
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}")
        if self.state not in STATES:
            raise ValueError(f"unknown state {self.state!r}")


@record(frozen=True, slots=True, kw_only=True)
class AccountFigures:
    """Figures of an account as a whole.

    ``figures`` holds standing values (``followers``) true at ``observed_at``; with ``day`` set they
    are the flows of that day (``followers_gained``, ``readers`` …) and ``observed_at`` is its end.
    """

    figures: Mapping[str, Count]
    observed_at: datetime | None = None
    day: date | None = None
    account: str = ""
    sheet: int = 0
    row: int | None = None

    def __post_init__(self) -> None:
        if self.observed_at is not None and self.observed_at.tzinfo is None:
            raise ValueError("a time without a zone")


@record(frozen=True, slots=True, kw_only=True)
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


@record(frozen=True, slots=True, kw_only=True)
class Remark:
    """What of a file was not taken, though nothing is wrong with it (a hidden sheet, rows of totals), or what a person
    should look at. ``what`` is a Chinese sentence without its full stop; ``sheet`` is 0-based, ``row`` 1-based."""

    what: str
    sheet: int = 0
    row: int | None = None
