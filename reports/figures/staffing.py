"""What each author did in each month, by a centre's own weights: posts, picks, views and placements, shared between
co-authors. Parts are exact fractions (views whole numbers), so that they add up to the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import lru_cache

from adapters.records import Count
from reports.centre import StaffInfo
from reports.figures.authors import authors
from reports.figures.placed import pieces, placed
from reports.inquiry import Inquiry
from reports.periods import here
from storage.views.view import View
from storage.writing.tags import tagged

PICK = "优稿"
_WEIGHTED_VIEWS = 10_000


@dataclass(slots=True)
class Work:
    """An author's part in a month, or everybody's. ``bylines``: posts that name the author; ``posts`` the share of them.
    ``views`` adds up what is surely there: ``unsure`` of the posts show none or only a bound."""

    bylines: int = 0
    posts: Fraction = Fraction()
    picks: Fraction = Fraction()
    views: int = 0
    shown: int = 0
    unsure: int = 0
    pieces: Fraction = Fraction()
    points: Fraction = Fraction()

    def add(self, other: Work) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @property
    def figure(self) -> Count | None:
        """Its views; None where no post shows any."""
        return Count(self.views, missing=self.unsure) if self.shown else None

    def score(self, staff: StaffInfo) -> Fraction:
        """At least this much where views are unsure."""
        weight = {name: Fraction(str(each)) for name, each in staff.weights.items()}
        nothing = Fraction()
        return (
            weight.get("posts", nothing) * self.posts
            + weight.get("picks", nothing) * self.picks
            + weight.get("views", nothing) * Fraction(self.views, _WEIGHTED_VIEWS)
            + weight.get("placements", nothing) * self.points
        )


@dataclass(slots=True)
class Staffing:
    """``parts``: (author, month as 2026-07) → work. ``nobody``: posts and pieces that name no author. ``traces``: author →
    the numbers of the posts and placements behind it."""

    parts: dict[tuple[str, str], Work] = field(default_factory=dict)
    nobody: Work = field(default_factory=Work)
    traces: dict[str, list[int]] = field(default_factory=dict)

    def of(self, author: str, month: str) -> Work:
        return self.parts.setdefault((author, month), Work())

    def people(self) -> dict[str, Work]:
        """Author → everything of the period."""
        found: dict[str, Work] = {}
        for (author, _), work in self.parts.items():
            found.setdefault(author, Work()).add(work)
        return found


def staffing(inquiry: Inquiry, staff: StaffInfo) -> Staffing:
    """The posts published in the period on all our accounts but the ledgers, and the pieces placed, whatever the basis:
    a post without a value on it counts without views."""
    made = Staffing()
    for (line, month), (work, numbers) in _by_line(inquiry).items():
        _post(made, authors(line), month, work, staff)
        for name in authors(line):
            made.traces.setdefault(name, []).extend(numbers)
    for piece in pieces(placed(inquiry).placements, inquiry.centre.points):
        names, month = authors(piece.author), f"{piece.day:%Y-%m}"
        if not names:
            made.nobody.add(Work(pieces=Fraction(1), points=piece.points))
        for name, share in zip(names, _shares(staff, len(names)), strict=True):
            made.of(name, month).add(Work(pieces=share, points=share * piece.points))
            made.traces.setdefault(name, []).extend(each.post_id for each in piece.placements)
    return made


def _output(inquiry: Inquiry) -> str:
    """The table of the posts published in the period: they are the work done, whatever is known of their views."""
    if inquiry.basis.kind == "published":
        return inquiry.view.table
    if inquiry.basis.kind == "aged":
        return f"{inquiry.view.table}_of_period"
    question = replace(inquiry.view.question, basis="published")
    return View(inquiry.connection, question, "published").table


def _by_line(inquiry: Inquiry) -> dict[tuple[str, str], tuple[Work, list[int]]]:
    """(author line as it stands, month) → what bears it, and the numbers of those posts."""
    ours = [each.id for each in inquiry.ours if not each.ledger]
    picks = tagged(inquiry.connection, [PICK], inquiry.known)[PICK]
    found: dict[tuple[str, str], tuple[Work, list[int]]] = {}
    for row in inquiry.view.short(("views",), accounts=ours, among=_output(inquiry)):
        if row.kind == "placement":
            continue
        key = row.author, _month(row.published_at // 3_600)
        if key not in found:
            found[key] = Work(), []
        work, numbers = found[key]
        numbers.append(row.post_id)
        views = row.amounts.get("views")
        work.bylines += 1
        if row.post_id in picks:
            work.picks += 1
        if views is not None:
            work.shown += 1
            work.views += views.low
        work.unsure += views is None or not views.exact
    for work, _ in found.values():
        work.posts = Fraction(work.bylines)
    return found


@lru_cache(maxsize=10_000)
def _month(hour: int) -> str:
    """The month of an hour since 1970, in Shanghai, which is whole hours from UTC."""
    return f"{here(hour * 3_600):%Y-%m}"


def _post(made: Staffing, names: Sequence[str], month: str, work: Work, staff: StaffInfo) -> None:
    """Share what bears these names between them."""
    if not names:
        made.nobody.add(work)
    shares = _shares(staff, len(names))
    for name, share, views in zip(names, shares, _parts(work.views, shares), strict=True):
        part = replace(work, posts=share * work.posts, picks=share * work.picks, views=views)
        made.of(name, month).add(part)


def _shares(staff: StaffInfo, number: int) -> Sequence[Fraction]:
    """Of co-authors in the order of their names; equal unless the centre says otherwise. They add up to 1."""
    if not number:
        return ()
    said = [Fraction(str(each)) for each in staff.shares.get(number, ())]
    whole = sum(said, Fraction())
    return [each / whole for each in said] if whole else [Fraction(1, number)] * number


def _parts(whole: int, shares: Sequence[Fraction]) -> Iterator[int]:
    """``whole`` in whole numbers by shares: cut, and what is left over goes to the first ones, so that they add up."""
    cut = [whole * share.numerator // share.denominator for share in shares]
    rest = whole - sum(cut)
    for place, each in enumerate(cut):
        yield each + (place < rest)
