"""What a claim states: what it is about, which numbers it allows; and how a contradiction of some is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.verify.claims import Claim, Reading
from reports.verify.truth import Limits

#: Claims that count things: posts, placements, live sessions.
KINDS = frozenset({"posts", "kind", "original", "reprint", "column", "hits", "placements", "live"})


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``claims``: the places of the claims that cannot all be true; ``text`` says why in Chinese."""

    claims: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim with what it is about and what it allows."""

    place: int
    claim: Claim
    reading: Reading
    limits: Limits

    @property
    def low(self) -> int:
        return self.limits[0]

    @property
    def high(self) -> int | None:
        return self.limits[1]

    @property
    def about(self) -> tuple[object, ...]:
        """Claims of one subject, period and basis."""
        subject, claim = self.reading.subject, self.claim
        whom = subject.accounts or (subject.words,)
        when = None if claim.period is None else (claim.period.start, claim.period.end)
        where = claim.paragraph if claim.weak else None
        return (whom, subject.topic, when, claim.basis, claim.earlier, claim.falls, where)

    @property
    def thing(self) -> tuple[object, ...]:
        what = self.reading.what
        against = self.claim.compared if what.kind == "follower_gain" else ""
        return (*self.about, against, what.kind, what.metric, what.threshold, what.name)

    @property
    def words(self) -> str:
        return f"“{self.claim.words}”"


def made(text: str, *said: Stated) -> Contradiction:
    """The contradiction of these claims, each named once, in the order of the draft."""
    return Contradiction(tuple(sorted({each.place for each in said})), text)


def sum_above(whole: Stated, parts: Sequence[Stated]) -> Contradiction:
    """Parts that together are more than ``whole``."""
    said = "、".join(each.words for each in parts)
    return made(f"各部分{said}相加，比{name_of(whole)}{whole.words}还多", whole, *parts)


def name_of(said: Stated) -> str:
    """Whom a claim is about, and which figure of theirs if it has a name."""
    words = said.reading.subject.words
    return f"{words}" if not said.reading.what.name else f"{words}（{said.reading.what.name}）"


def groups(said: Sequence[Stated], *kinds: str) -> Iterator[list[Stated]]:
    """Claims about the same subject and period."""
    found: dict[tuple[object, ...], list[Stated]] = {}
    for each in said:
        if each.reading.what.kind in kinds:
            found.setdefault(each.about, []).append(each)
    yield from found.values()
