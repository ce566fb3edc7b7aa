"""Which publish days of a period an account's readings cover, which days between them none covers, and where posts are
known to be missing; when each account last published, and was last looked at: it is silent only where somebody looked.
Read from the attempts alone (one short query).

Rules (docs/definitions.md §8, §12):

* A reading counts if it was recorded by known-by and not withdrawn by then, its moment is not after as-of, no newer
  version of its ledger had replaced it by then, it ended ``ok`` or ``invalid`` (its good rows are stored), and it is not a
  correction by hand. It covers the days from the
  first to the last publish time of its rows. An account that only files of other accounts' folders name covers the
  days from its own first to its own last post of the period.
* Coverage is the union of those days within the period; gaps are the days between them that none covers.
* A reading at its row limit whose oldest row lies inside the period shows nothing older. Unless another
  reading of the account reaches across that moment (it begins before it and ends at or after it), posts of the period
  before it are known to be missing: an *open part*. Where the oldest row lies after the period, the
  reading says nothing about the period; what no other covers is then told by coverage, not by a bound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from storage import ledgers, schema
from storage.bulk import rows_of
from storage.known import Known
from storage.views.valued import Question
from storage.views.view import View

Days = tuple[date, date]
#: Readings that show an account's posts as a whole; a page may be about one of them alone.
_WHOLE = ("file", "api", "pass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one account's readings reach. Days are both included; moments are UTC seconds.

    ``open_parts``: the moments before which posts are known to be missing. ``observed_at``: the newest moment any
    reading shows. ``opening`` and ``closing``: the last moments shown not after the period's start, and not
    after its end (or as-of) — what a gain is measured between.
    """

    days: tuple[Days, ...] = ()
    open_parts: tuple[int, ...] = ()
    observed_at: int | None = None
    opening: int | None = None
    closing: int | None = None

    @property
    def first(self) -> date | None:
        return self.days[0][0] if self.days else None

    @property
    def last(self) -> date | None:
        return self.days[-1][1] if self.days else None

    @property
    def gaps(self) -> tuple[Days, ...]:
        return gaps(self.days)


NOTHING = Reach()


def reaches(view: View, zone: tzinfo) -> dict[str, Reach]:
    """What the readings of each account reach in the view's period; days are days of ``zone``."""
    question, connection = view.question, view.connection
    moments = _moments(connection, question)
    ranges = _ranges(connection, question)
    of_posts = _days_of_posts(view)
    found: dict[str, Reach] = {}
    for number, key in view.accounts.items():
        there = ranges.get(number, [])
        if not there and number not in moments and number in of_posts:
            there = [of_posts[number]]
        observed, opening, closing = moments.get(number, (None, None, None))
        found[key] = Reach(
            days=_union(_days(first, last, question, zone) for first, last, _ in there),
            open_parts=_open_parts(there, question),
            observed_at=observed,
            opening=opening,
            closing=closing,
        )
    return found


def union(spans: Iterable[Sequence[Days]]) -> tuple[Days, ...]:
    """Days that any of several accounts covers, as ranges in order."""
    return _union(each for days in spans for each in days)


def gaps(days: Sequence[Days]) -> tuple[Days, ...]:
    """The days between ranges in order."""
    one = timedelta(days=1)
    return tuple((before[1] + one, after[0] - one) for before, after in pairwise(days))


def kinds(view: View) -> dict[str, dict[str, int]]:
    """Account → kind of source (file, page, api) → how many readings of the period's posts. A pass through a list
    only sums up pages that are counted themselves."""
    question, connection, table = view.question, view.connection, schema.attempt.c
    query = (
        select(table.account_id, table.kind, func.count())
        .where(
            _visible(question),
            _in_place(connection, question),
            table.kind != "pass",
            table.first_published < question.end,
            table.last_published >= question.start,
        )
        .group_by(table.account_id, table.kind)
        .order_by(table.account_id, table.kind)
    )
    found: dict[str, dict[str, int]] = {}
    for number, kind, readings in connection.execute(query):
        if number in view.accounts:
            found.setdefault(view.accounts[number], {})[kind] = readings
    return found


def _visible(question: Question) -> ColumnElement[bool]:
    table, known = schema.attempt.c, question.known
    tests = [
        table.outcome.in_(schema.GOOD),
        table.kind != "correction",
        table.observed_at <= question.as_of,
        _not_withdrawn(known),
    ]
    if known.attempt_id is not None:
        tests.append(table.attempt_id <= known.attempt_id)
    return and_(*tests)


def _not_withdrawn(known: Known) -> ColumnElement[bool]:
    table = schema.attempt.c
    tests = [table.withdrawn_at.is_(None), table.withdrawn_reason == ledgers.NEWER]
    if known.at is not None:
        tests.append(table.withdrawn_at > known.at)
    return or_(*tests)


def _in_place(connection: Connection, question: Question) -> ColumnElement[bool]:
    """Leaves out the versions of ledgers that newer ones had followed by as-of."""
    ends = ledgers.followed(connection, question.known)
    gone = [number for number in ends if ledgers.ended(ends, number, question.as_of)]
    return schema.attempt.c.attempt_id.not_in(gone)


def _moments(
    connection: Connection, question: Question
) -> dict[int, tuple[int | None, int | None, int | None]]:
    """Account number → newest moment shown, and the last ones by the period's start and end."""
    table = schema.attempt.c
    seen = table.observed_at
    query = (
        select(
            table.account_id,
            func.max(seen),
            func.max(case((seen <= question.opening, seen))),
            func.max(case((seen <= question.closing, seen))),
        )
        .where(_visible(question), table.posts > 0)
        .group_by(table.account_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in connection.execute(query)}


def _ranges(connection: Connection, question: Question) -> dict[int, list[tuple[int, int, bool]]]:
    table = schema.attempt.c
    query = (
        select(
            table.account_id,
            table.first_published,
            table.last_published,
            func.max(case((table.cut_off, 1), else_=0)),
        )
        .where(
            _visible(question),
            _in_place(connection, question),
            table.kind
            != "page",  # it says nothing of the day's other posts; see collector.visits.passes
            table.first_published < question.end,
            table.last_published >= question.start,
        )
        .group_by(table.account_id, table.first_published, table.last_published)
        .order_by(table.account_id, table.first_published, table.last_published)
    )
    found: dict[int, list[tuple[int, int, bool]]] = {}
    for number, first, last, cut in connection.execute(query):
        found.setdefault(number, []).append((first, last, bool(cut)))
    return found


def _days_of_posts(view: View) -> Mapping[int, tuple[int, int, bool]]:
    """Account number → first and last publish time of its posts of the view within the period."""
    question = view.question
    sql = (
        f"SELECT account_id, min(published_at), max(published_at) FROM {view.table}"
        f" WHERE published_at >= {question.start} AND published_at < {question.end} GROUP BY account_id"
    )
    return {row[0]: (row[1], row[2], False) for row in view.connection.exec_driver_sql(sql)}


def _days(first: int, last: int, question: Question, zone: tzinfo) -> Days:
    return (
        datetime.fromtimestamp(max(first, question.start), zone).date(),
        datetime.fromtimestamp(min(last, question.end - 1), zone).date(),
    )


def _union(ranges: Iterable[Days]) -> tuple[Days, ...]:
    joined: list[Days] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + timedelta(days=1):
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def _open_parts(ranges: Sequence[tuple[int, int, bool]], question: Question) -> tuple[int, ...]:
    """The oldest rows of readings at their limit, inside the period, that no other reaches across."""
    edges = sorted({first for first, _, cut in ranges if cut and first > question.start})
    return tuple(
        edge for edge in edges if not any(first < edge <= last for first, last, _ in ranges)
    )


#: A moment after all others.
_NEVER = 2**62


def last_published(connection: Connection, before: int, known: Known) -> dict[str, int]:
    """Account key → when its newest counted post before that moment was published. Accounts without are left out."""
    told = "" if known.attempt_id is None else f" AND o.attempt_id <= {known.attempt_id}"
    counted = ", ".join(map(str, schema.COUNTED))
    newest = (
        "SELECT p.published_at FROM post p CROSS JOIN latest l WHERE l.post_id = p.post_id"
        f" AND p.account_id = a.account_id AND p.published_at < ? AND p.merged_into IS NULL"
        f" AND l.state IN ({counted})"
        f" AND EXISTS (SELECT 1 FROM observation o WHERE o.post_id = p.post_id{told})"
        " ORDER BY p.published_at DESC LIMIT 1"
    )
    rows = rows_of(connection, f"SELECT a.key, ({newest}) FROM account a", before)
    return {key: int(moment) for key, moment in rows if moment is not None}


def last_looked(connection: Connection, until: int, known: Known) -> dict[str, int]:
    """Account key → the newest moment not after ``until`` that a good reading of its posts shows."""
    told = "" if known.attempt_id is None else f" AND t.attempt_id <= {known.attempt_id}"
    withdrawn = "" if known.at is None else f" OR t.withdrawn_at > {known.at}"
    good = ", ".join(f"'{each}'" for each in schema.GOOD)
    kinds = ", ".join(f"'{each}'" for each in _WHOLE)
    sql = (
        "SELECT a.key, max(coalesce(t.observed_at, t.recorded_at)) FROM attempt t"
        " JOIN account a ON a.account_id = t.account_id"
        f" WHERE t.outcome IN ({good}) AND t.kind IN ({kinds})"
        f" AND (t.posts > 0 OR t.first_published IS NOT NULL OR t.outcome = 'unchanged'){told}"
        f" AND (t.withdrawn_at IS NULL{withdrawn})"
        " AND coalesce(t.observed_at, t.recorded_at) <= ? GROUP BY a.key"
    )
    return {key: int(moment) for key, moment in rows_of(connection, sql, until)}


def newest_counted(connection: Connection, accounts: Collection[str]) -> int | None:
    """When the newest post of these accounts (keys) that counts was published; None where there is none."""
    newest = last_published(connection, _NEVER, Known())
    return max((newest[key] for key in accounts if key in newest), default=None)
