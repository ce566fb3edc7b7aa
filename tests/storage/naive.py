"""docs/definitions.md §5–§9 once more, as slowly and plainly as it can be written: lists and loops, and
nothing of storage. What View says must equal what this says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.records import Count, at_least

METRICS = ("views", "readers", "likes", "comments", "shares", "sharers", "favourites", "looks")
COUNTED = ("public", "deleted")
DAY = 86_400
Figures = dict[str, Count]


@dataclass
class Look:
    """One observation: of which post, when, told by which attempt (they are numbered as they come)."""

    post: str
    seen: int
    attempt: int
    place: int
    state: str
    figures: Figures


@dataclass
class Book:
    """One version of a ledger: its name with and without the date before it, the moment it shows, its rows' days."""

    source: str
    name: str
    seen: int
    first: int
    last: int


@dataclass
class Model:
    published: dict[str, int]
    looks: list[Look] = field(default_factory=list)
    recorded: dict[int, int] = field(default_factory=dict)  # attempt → when it was told
    withdrawn: dict[int, int] = field(default_factory=dict)
    merged: dict[str, tuple[str, int]] = field(default_factory=dict)  # post → (into, when)
    books: dict[int, Book] = field(default_factory=dict)  # attempt → what it is a version of

    def replaced(self, attempt: int, as_of: int, known: int) -> bool:
        """Whether by as-of a newer version of the ledger stood in the place of a reading, by what was known."""
        for other, newer in self.books.items():
            old = self.books.get(attempt)
            told = self.recorded[other] <= known
            gone = other in self.withdrawn and self.withdrawn[other] <= known
            if old is None or not told or gone or newer.name != old.name or newer.seen > as_of:
                continue
            later = (newer.seen, other) > (old.seen, attempt)
            reaches_back = 2 * newer.first <= old.first + old.last
            if other > attempt if newer.source == old.source else later and reaches_back:
                return True
        return False

    def series(self, post: str, known: int, as_of: int) -> list[Look]:
        """What was known by then of a post, and of what was merged into it by then, in order of time."""
        found = []
        for look in self.looks:
            owner = look.post
            while owner in self.merged and self.merged[owner][1] <= known:
                owner = self.merged[owner][0]
            gone = look.attempt in self.withdrawn and self.withdrawn[look.attempt] <= known
            gone = gone or self.replaced(look.attempt, as_of, known)
            if owner == post and self.recorded[look.attempt] <= known and not gone:
                found.append(look)
        return sorted(found, key=lambda look: (look.seen, look.attempt, look.place))

    def value(
        self, post: str, moment: int, known: int, as_of: int
    ) -> tuple[int, str, Figures] | None:
        """(seen, state, figures) of a post at a moment."""
        figures: Figures = {}
        last = None
        for look in self.series(post, known, as_of):
            if look.seen <= moment:
                last = look
                for metric, count in look.figures.items():
                    figures[metric] = stands(figures.get(metric), count)
        return None if last is None else (last.seen, last.state, figures)

    def posts(self, known: int) -> list[str]:
        return [p for p in self.published if not (p in self.merged and self.merged[p][1] <= known)]


def low(count: Count) -> int:
    return count.value - count.below


def high(count: Count) -> int | None:
    """Of those that show it; None where nothing limits it."""
    return None if count.above is None else count.value + count.above


def stands(old: Count | None, new: Count) -> Count:
    """Which of two stands, the new one seen later."""
    if old is None:
        return new
    if new.bound == "exact":
        if old.bound == "exact":
            return new  # the last value
        return old if new.value < low(old) else new  # outranks a bound only if not below it
    if old.bound != "about" and new.value <= old.value and low(new) < old.value:
        return at_least(old.value)  # a bound below: the larger stands as a bound
    if old.bound == "about" and new.bound == "at_least" and new.value < low(old):
        return at_least(low(old))
    return new


def past(figures: Figures, metric: str, threshold: int) -> bool | None:
    """Whether a threshold is reached: yes, no, unknown."""
    count = figures.get(metric)
    if count is not None and low(count) >= threshold:
        return True
    top = None if count is None else high(count)
    if count is not None and top is not None and top < threshold:
        return False
    if metric == "views" and "readers" in figures and low(figures["readers"]) >= threshold:
        return True
    return None


@dataclass
class Answer:
    """What a view amounts to; sums as (value, low, high, known, missing)."""

    posts: int = 0
    sums: dict[str, tuple[int, int, int | None, int, int]] = field(default_factory=dict)
    hits: dict[int, int] = field(default_factory=dict)
    unknown: dict[int, int] = field(default_factory=dict)
    young: int = 0
    unobserved: int = 0


#: value, low, high
Shown = dict[str, tuple[int, int, int | None]]


def ask(
    model: Model,
    basis: str,
    start: int,
    end: int,
    as_of: int,
    known: int,
    days: int,
    thresholds: list[int],
) -> Answer:
    answer = Answer(hits=dict.fromkeys(thresholds, 0), unknown=dict.fromkeys(thresholds, 0))
    rows: list[Shown] = []
    for post in model.posts(known):
        published = model.published[post]
        if basis == "gained":
            shown = _gained(model, post, start, end, as_of, known)
            _crossings(answer, model, post, start, end, as_of, known, thresholds)
        else:
            shown = None
            if start <= published < end and published <= as_of:
                moment = as_of if basis == "published" else published + days * DAY
                counted = _counted(model.value(post, as_of, known, as_of))
                found = (
                    _counted(model.value(post, moment, known, as_of)) if moment <= as_of else None
                )
                if basis == "aged" and found is not None and found[0] < moment - DAY:
                    found = None
                if basis == "aged" and counted is not None and found is None:
                    answer.young += moment > as_of
                    answer.unobserved += moment <= as_of
                if found is not None:
                    shown = {m: (c.value, low(c), high(c)) for m, c in found[2].items()}
                    for threshold in thresholds:
                        reached = past(found[2], "views", threshold)
                        answer.hits[threshold] += reached is True
                        answer.unknown[threshold] += reached is None
        if shown is not None:
            rows.append(shown)
    answer.posts = len(rows)
    for metric in METRICS:
        there = [row[metric] for row in rows if metric in row]
        highs = [each[2] for each in there]
        top = None if None in highs else sum(h for h in highs if h is not None)
        answer.sums[metric] = (
            sum(each[0] for each in there),
            sum(each[1] for each in there),
            top,
            len(there),
            len(rows) - len(there),
        )
    return answer


def _counted(value: tuple[int, str, Figures] | None) -> tuple[int, str, Figures] | None:
    return value if value is not None and value[1] in COUNTED else None


def _gained(model: Model, post: str, start: int, end: int, as_of: int, known: int) -> Shown | None:
    if model.published[post] >= end:
        return None
    late = _counted(model.value(post, min(end - 1, as_of), known, as_of))
    if late is None or (late[0] < start and model.published[post] < start):
        return None
    before = model.value(post, start - 1, known, as_of)  # the last second of the period before
    shown: Shown = {}
    for metric, count in late[2].items():
        base = before[2].get(metric) if before is not None else None
        if model.published[post] >= start:
            base = Count(0)
        if base is None:
            continue
        most = high(base)
        if most is None:
            continue
        gain = low(count) - most
        exact = count.bound == "exact" and base.bound == "exact"
        shown[metric] = (gain, gain, gain if exact else None)
    return shown


def _crossings(
    answer: Answer,
    model: Model,
    post: str,
    start: int,
    end: int,
    as_of: int,
    known: int,
    thresholds: list[int],
) -> None:
    published = model.published[post]
    moments = sorted({look.seen for look in model.series(post, known, as_of) if look.seen <= as_of})
    if published >= end or not moments:
        return
    close = model.value(post, min(end - 1, as_of), known, as_of)
    state = close[1] if close is not None else model.series(post, known, as_of)[0].state
    if state not in COUNTED:
        return
    looked = any(start <= moment < end for moment in moments)
    values = list(_values(model, post, moments, known, as_of))
    for threshold in thresholds:
        before, after, last = _bracket(values, threshold, published)
        # the seconds in which it may have been: those after ``before`` up to ``after``
        first = before + 1
        after = (
            None if after is None else max(after, published)
        )  # nothing is read before it is there
        if after is not None and start <= first and start <= after < end:
            answer.hits[threshold] += 1
        elif after is not None and after >= start and first < end:
            answer.unknown[threshold] += 1
        elif after is None and last is None and first < end:
            answer.unknown[threshold] += looked


def _bracket(
    values: list[tuple[int, Figures]], threshold: int, published: int
) -> tuple[int, int | None, bool | None]:
    """(last moment below, first moment past, what the last look tells)."""
    before, last = published, None
    for moment, figures in values:
        last = past(figures, "views", threshold)
        if last is True:
            return before, moment, last
        if last is False:
            before = moment
    return before, None, last


def _values(
    model: Model, post: str, moments: list[int], known: int, as_of: int
) -> Iterator[tuple[int, Figures]]:
    for moment in moments:
        value = model.value(post, moment, known, as_of)
        assert value is not None
        yield moment, value[2]
