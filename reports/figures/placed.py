"""Placements (外宣) of a period: one for each outlet, and grouped into works that score once, at their highest level
(就高不就低, docs/definitions.md §14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from reports.figures.kept import LedgerRows, kept
from reports.inquiry import Inquiry
from reports.periods import here
from storage.identity.keys import normal_title
from storage.views.listed import Listed

#: From the highest down; a row may lack one.
LEVELS = ("中央", "省", "市", "县")
UNSTATED = "未注明"
#: The same title within so many days of a piece's first placement is the same piece (docs/decisions.md).
SAME_PIECE = timedelta(days=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One piece in one outlet. ``level`` and ``medium`` are UNSTATED where nobody says; ``day`` is in Shanghai."""

    post_id: int
    title: str
    outlet: str
    level: str
    medium: str
    front_page: bool
    author: str
    day: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedStory:
    """What scores once: the same title in several outlets. ``level``: its highest; ``points`` of that level;
    ``author`` and ``day`` are those of its first placement at that level (the author of another where that has none)."""

    placements: tuple[Placement, ...]
    level: str
    points: Fraction
    author: str
    day: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The placements of a period. ``kept``: their rows and the days that ledgers cover; of the others nothing is known, and
    nothing is not 0."""

    placements: tuple[Placement, ...]
    kept: LedgerRows

    @property
    def marks_front(self) -> bool:
        """Whether any ledger ever marked a front page."""
        return any("front_page" in each.details for each in self.kept.every)


def placed(inquiry: Inquiry) -> Placed:
    """Counted by the day of publishing on every basis: a placement has no figures that could be gained or age."""
    accounts = {each.id: each for each in inquiry.centre.accounts if each.owner != "peer"}
    outlets = {each.name: each.level for each in inquiry.centre.accounts if each.owner == "outlet"}
    found = kept(inquiry, "placement", accounts)
    there = (_placement(each, outlets, accounts[each.account].name) for each in found.rows)
    return Placed(placements=tuple(there), kept=found)


def _placement(row: Listed, outlets: Mapping[str, str], account: str) -> Placement:
    """An outlet's own account stands for the outlet; its level in config for one that the row lacks."""
    outlet = row.details.get("outlet") or account
    return Placement(
        post_id=row.post_id,
        title=row.title,
        outlet=outlet,
        level=row.details.get("level") or outlets.get(outlet) or UNSTATED,
        medium=row.details.get("medium") or UNSTATED,
        front_page="front_page" in row.details,
        author=row.author,
        day=here(row.published_at),
    )


def pieces(placements: Sequence[Placement], points: Mapping[str, float]) -> tuple[PlacedStory, ...]:
    """Placements, in the order of their days, as what scores once."""
    found: list[list[Placement]] = []
    newest: dict[str, list[Placement]] = {}  # normalised title → the piece it last belonged to
    for each in placements:
        title = normal_title(each.title)
        there = newest.get(title)
        if there is None or each.day - there[0].day > SAME_PIECE:
            there = newest[title] = []
            found.append(there)
        there.append(each)
    return tuple(_piece(each, points) for each in found)


def _piece(placements: Sequence[Placement], points: Mapping[str, float]) -> PlacedStory:
    order = (*LEVELS, UNSTATED)
    ranked = sorted(placements, key=lambda each: order.index(each.level))  # stable: by day within
    best = ranked[0]
    return PlacedStory(
        placements=tuple(placements),
        level=best.level,
        points=Fraction(str(points.get(best.level, 0))),
        author=next((each.author for each in ranked if each.author), ""),
        day=best.day,
    )
