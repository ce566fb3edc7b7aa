"""Centres by their figures, and accounts by the indices that centres have worked out (docs/指数.md). Only what means the same
everywhere is compared: an index that is a share of the highest of its own group (加权指数) is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from adapters.records import Count
from reports.figures.indices import WCI, Between, Score, places
from reports.fleet.adding import Sum
from reports.fleet.told import Centre, Told

#: Indices of accounts that are the same measure in every centre.
COMPARABLE = {WCI: "WCI（14.2a）"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One that is compared: a centre, or an ``account`` (its name) of it. ``behind``: the id of the score in the centre's
    summary. ``first`` and ``last``: its best and its worst possible place; 0 where nobody else is compared. ``why``: why the
    score is only a bound."""

    told: Told
    account: str
    behind: str
    score: Score
    first: int
    last: int
    why: str = ""

    @property
    def centre(self) -> Centre:
        return self.told.centre

    @property
    def sure(self) -> bool:
        return self.first == self.last != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """``name``: what is compared by what. ``id`` begins the ids of its places; ``without``: centres that have no such score."""

    id: str
    name: str
    measure: str
    places: tuple[Place, ...]
    without: tuple[Centre, ...]


def rankings(told: Sequence[Told], centres: Sequence[Sum]) -> Iterator[Ranking]:
    """``centres``: the figures by which whole centres are compared."""
    for each in centres:
        parts = {part.told.centre.key: part for part in each.parts if part.count is not None}
        scores: dict[str, Score] = {
            key: part.count for key, part in parts.items() if part.count is not None
        }
        yield _ranking(
            f"rank.{each.kind.key}", f"各中心按{each.kind.heading}", each.kind.unit, told,
            {key: (part.told, "", part.ids[0], _why(part.count)) for key, part in parts.items()}, scores,
        )  # fmt: skip
    for index, name in COMPARABLE.items():
        found = {key: entry for each in told for key, entry in _scored(each, index)}
        if found:
            yield _ranking(
                f"rank.{index}", f"各公众号按{name}", "", told,
                {key: entry[:4] for key, entry in found.items()}, {key: entry[4] for key, entry in found.items()},
            )  # fmt: skip


def not_compared(told: Sequence[Told]) -> list[str]:
    """Names of rankings by an index that does not mean the same in two centres."""
    return sorted(
        {r["name"] for each in told for r in each.summary.get("ranks", ()) if r["index"] == "weighted"}
    )  # fmt: skip


def _why(count: Count | None) -> str:
    if count is None or count.exact:
        return ""
    return f"有{count.missing}条作品无数据" if count.missing else "含约数或下限"


_Entry = tuple[Told, str, str, str]


def _ranking(
    id_: str,
    name: str,
    unit: str,
    told: Sequence[Told],
    entries: Mapping[str, _Entry],
    scores: Mapping[str, Score],
) -> Ranking:
    span = places(scores) if len(scores) > 1 else {}  # nobody is first among one
    made = [
        Place(
            told=each, account=account, behind=behind, score=scores[key], why=why,
            first=span.get(key, (0, 0))[0], last=span.get(key, (0, 0))[1],
        )
        for key, (each, account, behind, why) in entries.items()
    ]  # fmt: skip
    there = {each.centre.key for each in made}
    return Ranking(
        id=id_,
        name=name,
        measure=unit,
        places=tuple(
            sorted(made, key=lambda e: (-_low(e.score), e.first, e.centre.key, e.account))
        ),
        without=tuple(each.centre for each in told if each.centre.key not in there),
    )


def _low(score: Score) -> Fraction:
    return Fraction(score.low)


def _scored(told: Told, index: str) -> Iterator[tuple[str, tuple[Told, str, str, str, Score]]]:
    """The centre's own accounts with a value of an index, each once."""
    ours = {each["id"]: each["name"] for each in told.accounts}
    for rank in told.summary.get("ranks", ()):
        if rank["index"] != index:
            continue
        for each in rank["accounts"]:
            if each["account"] in ours and each["value"] is not None:
                low = Fraction(str(each["value"]))
                score = Between(low, low if each["bound"] == "exact" else None)
                behind = f"rank.{rank['name']}.{each['account']}"
                key = f"{told.centre.key}/{each['account']}"
                yield key, (told, ours[each["account"]], behind, each["why"], score)
