"""Parts of accounts, periods and kinds that are more than their whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reports.verify.stated import KINDS, Contradiction, Stated, made, name_of, sum_above

#: Figures that add up, or are counts: a part is never greater than the whole.
_ADDING = frozenset({"sum", "posts", "live", "live_views", "followers", "placements"})


#: More things than these are not compared with each other.
_MOST_THINGS = 400


_NARROW = frozenset({"kind", "original", "reprint", "column", "hits"})


def of_parts(said: Sequence[Stated]) -> Iterator[Contradiction]:
    """A part greater than the whole: an account and its group, a month and its quarter, originals and all posts."""
    groups: dict[tuple[str, str, str], list[Stated]] = {}
    for each in said:
        sort = _sort(each)
        if sort and each.claim.period is not None and not each.claim.earlier:
            metric = "" if sort == "posts" else each.reading.what.metric
            groups.setdefault((sort, metric, each.claim.basis), []).append(each)
    for (sort, *_), group in groups.items():
        greatest, least = _extremes(group)
        for part in greatest:
            for whole in least:
                if whole.high is not None and part.low > whole.high and _within(part, whole):
                    text = f"部分比整体还多：{name_of(part)}{part.words}，{name_of(whole)}{whole.words}"
                    yield made(text, part, whole)
        if sort != "followers":
            yield from _adds_up(greatest, least)


def _sort(said: Stated) -> str:
    """What can be a part of each other; empty for what never adds up."""
    kind = said.reading.what.kind
    if kind == "placements" or kind in _ADDING - KINDS:
        return kind
    return "posts" if kind in KINDS | _NARROW and kind != "live" else ""


def _extremes(group: Sequence[Stated]) -> tuple[list[Stated], list[Stated]]:
    """Of the claims of each thing the one that states most and the one that states least; of so many things."""
    greatest: dict[tuple[object, ...], Stated] = {}
    least: dict[tuple[object, ...], Stated] = {}
    for each in group:
        if each.thing not in greatest and len(greatest) >= _MOST_THINGS:
            continue
        if each.low > greatest.setdefault(each.thing, each).low:
            greatest[each.thing] = each
        there = least.setdefault(each.thing, each).high
        if each.high is not None and (there is None or each.high < there):
            least[each.thing] = each
    return list(greatest.values()), list(least.values())


def _within(part: Stated, whole: Stated) -> bool:
    """Whether what ``part`` counts lies wholly in what ``whole`` counts, and is not the same."""
    a, b = part.reading, whole.reading
    if (part.claim.weak or whole.claim.weak) and part.claim.paragraph != whole.claim.paragraph:
        return False
    if part.thing == whole.thing or not (a.subject.accounts and b.subject.accounts):
        return False
    narrower = b.what.kind == "posts" or (a.what == b.what)
    narrower = narrower or (b.what.kind == a.what.kind == "placements" and not b.what.name)
    topic = not b.subject.topic or b.subject.topic == a.subject.topic
    p, w = part.claim.period, whole.claim.period
    assert p is not None
    assert w is not None
    inside = w.start <= p.start and p.end <= w.end
    if a.what.kind == "followers" and (p.start, p.end) != (w.start, w.end):
        return False
    return narrower and topic and inside and set(a.subject.accounts) <= set(b.subject.accounts)


def _adds_up(parts: Sequence[Stated], wholes: Sequence[Stated]) -> Iterator[Contradiction]:
    """Separate accounts of one whole, together more than it."""
    for whole in wholes:
        if whole.high is None or whole.reading.subject.topic:
            continue
        mine = _disjoint(each for each in parts if _same_figure(each, whole))
        if len(mine) > 1 and sum(each.low for each in mine) > whole.high:
            yield sum_above(whole, mine)


def _same_figure(part: Stated, whole: Stated) -> bool:
    same = part.reading.what == whole.reading.what
    return same and not part.reading.subject.topic and _within(part, whole)


def _disjoint(parts: Iterable[Stated]) -> list[Stated]:
    """No account twice in any of the days."""
    found: list[Stated] = []
    for each in parts:
        if not any(_meet(each, other) for other in found):
            found.append(each)
    return found


def _meet(one: Stated, other: Stated) -> bool:
    """Whether a post may count in both."""
    a, b = one.claim.period, other.claim.period
    apart = a is not None and b is not None and (a.end <= b.start or b.end <= a.start)
    return not apart and bool(
        set(one.reading.subject.accounts) & set(other.reading.subject.accounts)
    )
