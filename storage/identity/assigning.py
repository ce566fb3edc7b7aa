"""Measures how well a record's figures fit the series of a stored post, and assigns records to similar posts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from adapters.records import METRICS, Count
from storage.observations import Seen
from storage.values import Counts

#: More works of one title than this are not tried in every order.
_TRIED = 6
#: What readers take back, so that a small fall says nothing.
_TAKEN_BACK = ("likes", "comments", "favourites", "looks")


def falls(series: Sequence[Seen], seen: int, counts: Counts) -> int:
    """How many metrics would fall if ``counts``, observed at ``seen`` (UTC seconds), were of a standing series."""
    found = set()
    for each in series:
        if each.observed_at == seen:
            continue  # nobody knows which of the two came first
        others = each.counts
        before, after = (others, counts) if each.observed_at < seen else (counts, others)
        for name, early, late in zip(METRICS, before, after, strict=True):
            if early is None or late is None or late.high is None:
                continue
            bearable = max(3, early.low // 10) if name in _TAKEN_BACK else 0
            if late.high < early.low - bearable:
                found.add(name)
    return len(found)


def movement(series: Sequence[Seen], counts: Counts) -> float:
    """How far ``counts`` lies from the last figures of a series: grows faster than the distance, so that the least
    sum over several works keeps their order."""
    last: dict[str, Count] = {}
    for each in series:
        shown = zip(METRICS, each.counts, strict=True)
        last |= {name: one for name, one in shown if one is not None}
    far = 0.0
    for name, count in zip(METRICS, counts, strict=True):
        if count is not None and name in last:
            far += math.log((count.value + 1) / (last[name].value + 1)) ** 2
    return far


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a record fits a post: less is better, ``against`` first."""

    against: int  # signs that it is another: figures that fall
    unlike: int
    movement: float


def assign(
    fits: Sequence[Sequence[Fit | None]],
) -> tuple[list[int | None], list[int | None]]:
    """Which post (column) each record (row) is, None: none of them. First as is likeliest: as many as can be find a
    post, with the least signs against and the most likeness, and then the least movement. Second only what no other
    order as good denies (or what alone leaves all figures as they were)."""
    records, posts = len(fits), len(fits[0]) if fits else 0
    if max(records, posts) > _TRIED:
        likely = _greedy(fits)
        return likely, [None] * records
    orders: list[tuple[float, list[int | None]]] = []
    best: tuple[int, int, int] | None = None
    for chosen in _orders(records, posts):
        taken = [None if at is None else fits[row][at] for row, at in enumerate(chosen)]
        pairs = [each for each in taken if each is not None]
        rank = (-len(pairs), sum(e.against for e in pairs), sum(e.unlike for e in pairs))
        if best is None or rank < best:
            best, orders = rank, []
        if rank == best:
            said = [at if fit is not None else None for at, fit in zip(chosen, taken, strict=True)]
            orders.append((sum(e.movement for e in pairs), said))
    orders.sort(key=lambda each: each[0])
    still = [each for each in orders if not each[0]]
    told = [said for _, said in (still if len(still) == 1 else orders)]
    sure = [each[0] if len(set(each)) == 1 else None for each in zip(*told, strict=True)]
    return orders[0][1], sure


def _orders(records: int, posts: int) -> Iterator[Sequence[int | None]]:
    """Every way to give each record a post of its own, as far as there are enough."""
    if records <= posts:
        yield from permutations(range(posts), records)
        return
    for rows in permutations(range(records), posts):
        at: list[int | None] = [None] * records
        for post, row in enumerate(rows):
            at[row] = post
        yield at


def _greedy(fits: Sequence[Sequence[Fit | None]]) -> list[int | None]:
    """The best pair first, then the best of the others."""
    found: list[int | None] = [None] * len(fits)
    pairs = (
        (fit.against, fit.unlike, fit.movement, row, at)
        for row, each in enumerate(fits)
        for at, fit in enumerate(each)
        if fit is not None
    )
    for *_, row, at in sorted(pairs):
        if found[row] is None and at not in found:
            found[row] = at
    return found
