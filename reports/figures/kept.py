"""Rows that are counted by their day alone, whatever the basis (placements, programmes, live sessions), and which days are
covered for them: those from a list's first to its last row, and those that a ledger says it covers. Its date of delivery
covers nothing. Placements (外宣) are grouped into works that score once, at their highest level (就高不就低,
docs/definitions.md §14)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from reports.inquiry import Inquiry
from reports.periods import day_words, here, span_words
from storage import ledgers
from storage.identity.keys import normal_title
from storage.views import coverage
from storage.views.coverage import Days
from storage.views.posts import Listed, listed

#: From the highest down; a row may lack one.
LEVELS = ("中央", "省", "市", "县")
UNSTATED = "未注明"
ORDER = (*LEVELS, UNSTATED)
#: The same title within so many days of a piece's first placement is the same piece (docs/decisions.md).
SAME_PIECE = timedelta(days=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRows:
    """``every``: the rows of one kind on record, of any time, in the order of their days; ``rows``: those of the period.
    ``days``: the ranges that are covered, in order, both ends included. ``wanted``: the days of the period that had begun
    by as-of."""

    every: Sequence[Listed] = ()
    rows: Sequence[Listed] = ()
    days: tuple[Days, ...]
    wanted: Days

    @property
    def whole(self) -> bool:
        """Whether all of the period is covered: then no row is 0."""
        first, last = self.wanted
        return any(start <= first and last <= end for start, end in self.days)

    def lacking(self, word: str) -> str:
        """Why no row is not 0, in words; empty where it is. ``word``: 外宣台账."""
        if self.whole:
            return ""
        first, last = self.wanted
        if not self.days:
            return f"没有{word}覆盖这一期"
        if self.days[0][0] > last:
            return f"{word}从{day_words(self.days[0][0])}才有记录"
        before = [end for _, end in self.days if end < first]
        if len(before) == len(self.days):
            return f"{word}只到{day_words(before[-1])}"
        return f"{word}没有覆盖整期"

    def unknown(self, word: str, never: str) -> str:
        """Why it is not known how many rows there were, where none is there: ``never`` where none of any time is."""
        return self.lacking(word) if self.every or self.days else never

    def edges(self, word: str) -> str:
        """Which days at the period's ends are not covered, beside a number; empty where all are."""
        first, last = self.wanted
        there = [each for each in self.days if each[1] >= first and each[0] <= last]
        if not there or (there[0][0] <= first and last <= there[-1][1] and len(there) == 1):
            return ""
        said = "、".join(span_words(max(first, a), min(last, b)) for a, b in there)
        return f"{word}只覆盖{said}，此外的日子不能确定"


def kept(inquiry: Inquiry, kind: str, accounts: Collection[str]) -> LedgerRows:
    """The rows of ``kind`` of these accounts."""
    question = inquiry.view.question
    found = listed(inquiry.connection, question, (kind,))
    rows = [each for each in found if each.account in accounts]
    versions = ledgers.standing(inquiry.connection, question.known, question.as_of)
    spans: dict[int, list[date]] = {}
    days: list[Days] = []
    for each in rows:
        spans.setdefault(each.attempt_id, []).append(here(each.published_at).date())
    for attempt_id, there in spans.items():
        if attempt_id in versions:
            days.append((there[0], there[-1]))
    for attempt_id, said in versions.items():
        for first, last in said.get(kind, ()):
            own = spans.get(attempt_id)
            start = date.fromisoformat(first) if first else own and own[0]
            if start:
                days.append((start, date.fromisoformat(last)))
    for account in {each.account for each in rows if each.attempt_id not in versions}:
        days += inquiry.loaded.reach.get(account, coverage.NOTHING).days
    last = min(inquiry.period.end - timedelta(seconds=1), inquiry.as_of)
    return LedgerRows(
        every=rows,
        rows=[each for each in rows if question.start <= each.published_at < question.end],
        days=coverage.union([days]),
        wanted=(inquiry.period.start.date(), last.date()),
    )


def remarks(inquiry: Inquiry, there: LedgerRows, word: str, measure: str, apart: str) -> str:
    """What stands beside the number of rows: the days that are not covered; how many of those without an hour fall on a
    day that the period cuts; on other bases than *published* ``apart``."""
    edges = {
        each.date() for each in (inquiry.period.start, inquiry.period.end) if each.time() != time()
    }
    vague = sum(each.date_only and here(each.published_at).date() in edges for each in there.rows)
    found = (
        there.edges(word),
        f"起止日有{vague}{measure}只有日期、没有时刻，按当天0时计入" if vague else "",
        apart if inquiry.basis.kind != "published" else "",
    )
    return "；".join(each for each in found if each)


@dataclass(frozen=True, slots=True)
class Placement:
    """One piece in one outlet. ``level`` and ``medium`` are UNSTATED where nobody says."""

    row: Listed
    outlet: str
    level: str
    medium: str

    @property
    def front_page(self) -> bool:
        return "front_page" in self.row.details

    @property
    def day(self) -> datetime:
        """In Shanghai."""
        return here(self.row.published_at)

    @property
    def rank(self) -> int:
        """Of its level, 0 the highest."""
        return ORDER.index(self.level)


@dataclass(frozen=True, slots=True)
class PlacedStory:
    """What scores once, in ``points``: the same title in several outlets, the highest level first, by day within one."""

    placements: Sequence[Placement]
    points: Fraction

    @property
    def level(self) -> str:
        return self.placements[0].level

    @property
    def rank(self) -> int:
        return self.placements[0].rank

    @property
    def day(self) -> datetime:
        """Of its first placement at its highest level."""
        return self.placements[0].day

    @property
    def author(self) -> str:
        """Likewise; where that names none, of the next."""
        return next((each.row.author for each in self.placements if each.row.author), "")


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
    level = row.details.get("level") or outlets.get(outlet) or UNSTATED
    return Placement(row, outlet, level, row.details.get("medium") or UNSTATED)


def pieces(placements: Sequence[Placement], points: Mapping[str, float]) -> tuple[PlacedStory, ...]:
    """Placements, in the order of their days, as what scores once."""
    found: list[list[Placement]] = []
    newest: dict[str, list[Placement]] = {}  # normalised title → the piece it last belonged to
    for each in placements:
        title = normal_title(each.row.title)
        there = newest.get(title)
        if there is None or each.day - there[0].day > SAME_PIECE:
            there = newest[title] = []
            found.append(there)
        there.append(each)
    ranked = (sorted(each, key=lambda one: one.rank) for each in found)
    return tuple(PlacedStory(each, Fraction(str(points.get(each[0].level, 0)))) for each in ranked)
