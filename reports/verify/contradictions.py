"""Where a draft contradicts itself, told from its words alone.

Every phrase allows some numbers and no others (truth.loose); a contradiction is where no numbers satisfy all phrases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.verify.claims import Claim
from reports.verify.contradicting_growth import of_growth
from reports.verify.contradicting_hits import of_hits, of_live
from reports.verify.contradicting_lists import of_divisions, of_lists
from reports.verify.contradicting_parts import of_parts
from reports.verify.stated import Contradiction, Stated, made
from reports.verify.truth import Limits, loose

__all__ = ["Contradiction", "contradictions"]


def contradictions(claims: Sequence[Claim]) -> list[Contradiction]:
    """All of them, in the order of the draft, each set of claims once."""
    said = [
        Stated(place, each, each.readings[0], loose(each.number))
        for place, each in enumerate(claims)
        if not each.planned and not each.unsure and not each.readings[0].subject.any
    ]
    found: dict[tuple[int, ...], Contradiction] = {}
    for each in (
        *_different(said), *of_hits(said), *of_live(said), *of_divisions(said),
        *of_parts(said), *of_lists(claims, said), *of_growth(said),
    ):  # fmt: skip
        found.setdefault(each.claims, each)
    return sorted(found.values(), key=lambda each: (max(each.claims), each.claims))


def _different(said: Sequence[Stated]) -> Iterator[Contradiction]:
    """Two figures for the same thing."""
    first: dict[tuple[object, ...], Stated] = {}
    for each in said:
        if each.reading.what.kind in (
            "percent",
            "difference",
            "any_post",
            "other",
            "missing",
            "unknown",
        ):
            continue
        before = first.setdefault(each.thing, each)
        if before is not each and _apart(before.limits, each.limits):
            name = each.reading.subject.words
            yield made(f"同一个数（{name}）前后不一致：{before.words}与{each.words}", before, each)


def _apart(one: Limits, other: Limits) -> bool:
    return (one[1] is not None and other[0] > one[1]) or (
        other[1] is not None and one[0] > other[1]
    )
