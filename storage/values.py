"""How a later observation changes what is known of a post, metric by metric.

The rules (docs/definitions.md §6): the last non-missing value stands; if a bound follows a larger exact value, the
larger one stands as a bound; an exact value replaces an older bound only if it is not below it; a missing value never
replaces a present one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import attrgetter

from adapters.records import METRICS, Count, Metrics, about, at_least

Counts = tuple[Count | None, ...]
#: The same as stored: the metric columns of a row, and its bounds (None: all are exact).
Shown = tuple[tuple[int | None, ...], str | None]
#: Bound of one metric as text: ``+`` at least; ``~`` about, ``c`` cut, ``r`` rounded, each with its unit.
_CODE = re.compile(r"(?P<metric>[a-z]+)(?P<how>[+~cr])(?P<unit>\d*)")
_IN_ORDER: Callable[[Metrics], Counts] = attrgetter(*METRICS)
_CUT = {"~": None, "c": True, "r": False}


def later(known: Count | None, seen: Count | None) -> Count | None:
    """What is known of one metric after ``seen`` was observed later than all of ``known``."""
    if seen is None or known is None:
        return known if seen is None else seen
    if seen.exact:
        return known if not known.exact and seen.value < known.low else seen
    stands = seen.high is None or (known.bound != "about" and known.value >= seen.value)
    return at_least(known.low) if stands and known.low > seen.low else seen


def fold(known: Counts, seen: Counts) -> Counts:
    """``later`` for all metrics of a post."""
    return tuple(map(later, known, seen))


def reached(counts: Counts, metric: str, threshold: int) -> bool | None:
    """Whether a post is past a threshold: yes, no, or None where it cannot be told.

    Times are never fewer than people (docs/definitions.md §9): readers at the threshold prove views.
    """
    count = counts[METRICS.index(metric)]
    answer = None if count is None else count.reaches(threshold)
    if answer is None and metric == "views":
        readers = counts[METRICS.index("readers")]
        if readers is not None and readers.low >= threshold:
            return True
    return answer


def of(metrics: Metrics) -> Counts:
    """A record's metrics in stored order."""
    return _IN_ORDER(metrics)


def encode_one(count: Count) -> str | None:
    """The bound of one count as stored; None where it is exact."""
    if count.above is None:
        return "+"
    if count.exact:
        return None
    if not count.below:
        return f"c{count.above + 1}"
    rounded = count.above <= count.below
    return f"r{count.below + count.above + 1}" if rounded else f"~{count.above + 1}"


def decode_one(value: int, bounds: str | None) -> Count:
    """The inverse of ``encode_one``."""
    if not bounds:
        return Count(value)
    if bounds == "+":
        return at_least(value)
    return about(value, int(bounds[1:]), cut=_CUT[bounds[0]])


def encode(counts: Counts) -> str | None:
    """The bounds of a row: ``views+ likes~1000``; None where every count is exact."""
    codes = [
        f"{name}{encode_one(count)}"
        for name, count in zip(METRICS, counts, strict=True)
        if count is not None and not count.exact
    ]
    return " ".join(codes) or None


def decode(values: Sequence[int | None], bounds: str | None) -> Counts:
    """The counts of a stored row: its metric columns and its bounds."""
    if not bounds:
        return tuple(None if value is None else Count(value) for value in values)
    return tuple(map(named(values, bounds).get, METRICS))


def named(
    values: Sequence[int | None], bounds: str | None, metrics: Sequence[str] = METRICS
) -> dict[str, Count]:
    """The metrics of a stored row that are shown, by name. ``values``: those of ``metrics``."""
    shown = zip(metrics, values, strict=True)
    if not bounds:
        return {name: Count(value) for name, value in shown if value is not None}
    codes = {match["metric"]: match[0][len(match["metric"]) :] for match in _CODE.finditer(bounds)}
    return {name: decode_one(value, codes.get(name)) for name, value in shown if value is not None}


def stored(counts: Counts) -> Shown:
    """The inverse of ``decode``."""
    figures = tuple([None if each is None else each.value for each in counts])
    for each in counts:  # most rows are exact, and there are very many
        if each is not None and (each.above != 0 or each.below):
            return figures, encode(counts)
    return figures, None


def fold_shown(known: Shown, seen: Shown) -> Shown:
    """``fold`` of stored rows. Exact figures, the common case, need no decoding: the last one shown stands."""
    if known[1] is None and seen[1] is None:
        for was, now in zip(known[0], seen[0], strict=True):
            if now is None and was is not None:
                pairs = zip(known[0], seen[0], strict=True)
                return tuple(was if now is None else now for was, now in pairs), None
        return seen
    return stored(fold(decode(*known), decode(*seen)))
