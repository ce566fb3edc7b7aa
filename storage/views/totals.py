"""What the posts of a view amount to, account by account: figures added up, hits counted, what was published."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.moments import DAY
from adapters.records import METRICS, NOTHING, STATES, UNKNOWN, Count
from storage.bulk import run_sql
from storage.values import decode, reached
from storage.views.crossings import crossings
from storage.views.valued import is_current
from storage.views.view import View

_N = len(METRICS)
Hits = dict[str, dict[int, int]]


@dataclass(slots=True)
class Output:
    """What one account published: its counted posts in a view. ``unstated``: no source says whether they are original.
    ``columns``: those that have one."""

    posts: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    columns: Counter[str] = field(default_factory=Counter)
    originals: int = 0
    reprints: int = 0
    deleted: int = 0

    @property
    def unstated(self) -> int:
        return self.posts - self.originals - self.reprints

    def add(
        self, kind: str, column: str, original: bool | None, state: str, posts: int = 1
    ) -> None:
        self.posts += posts
        self.kinds[kind] += posts
        if column:
            self.columns[column] += posts
        self.originals += posts * (original is True)
        self.reprints += posts * (original is False)
        self.deleted += posts * (state == "deleted")


@dataclass(slots=True, kw_only=True)
class Totals(Output):
    """What the counted posts of one account (or of several, joined) amount to in a view."""

    account: str
    sums: dict[str, Count] = field(default_factory=lambda: dict.fromkeys(METRICS, NOTHING))
    hits: Hits = field(default_factory=dict)
    unknown: Hits = field(default_factory=dict)
    young: int = 0  # on aged N: not yet N days old
    unobserved: int = 0  # on aged N: not looked at within a day of that age
    best: int | None = None  # post_id of the most viewed, or most read where no views are shown

    def join(self, other: Totals) -> None:
        """Another account's as well."""
        for name, each in other.sums.items():
            self.sums[name] += each
        self.kinds += other.kinds
        self.columns += other.columns
        for mine, theirs in ((self.hits, other.hits), (self.unknown, other.unknown)):
            for metric, by_threshold in theirs.items():
                there = mine.setdefault(metric, {})
                for threshold, number in by_threshold.items():
                    there[threshold] = there.get(threshold, 0) + number
        for name in ("posts", "originals", "reprints", "deleted", "young", "unobserved"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def output(view: View) -> dict[str, Output]:
    """By account key; accounts without posts in the view are left out."""
    found: dict[int, Output] = defaultdict(Output)
    _publish(view, found)
    return {view.accounts[number]: each for number, each in found.items()}


def totals(view: View, thresholds: Mapping[str, Sequence[int]]) -> dict[str, Totals]:
    """Totals of every account that has any, by account key."""
    found = _ByAccount(view, thresholds)
    _publish(view, found)
    _add_exact(view, found, thresholds)
    _add_bounded(view, found, thresholds)
    if view.question.basis == "gained":
        _crossings(view, found, thresholds)
    if view.question.basis == "aged":
        _left_out(view, found)
    _add_best(view, found)
    return {each.account: each for each in found.values()}


class _ByAccount(dict[int, Totals]):
    """Account number → its totals, made once they are asked for."""

    def __init__(self, view: View, thresholds: Mapping[str, Sequence[int]]) -> None:
        super().__init__()
        self.view = view
        self.thresholds = thresholds

    def none(self) -> Hits:
        """No hit of any threshold."""
        return {metric: dict.fromkeys(marks, 0) for metric, marks in self.thresholds.items()}

    def __missing__(self, number: int) -> Totals:
        made = Totals(account=self.view.accounts[number], hits=self.none(), unknown=self.none())
        self[number] = made
        return made


def _publish(view: View, found: Mapping[int, Output]) -> None:
    """Add what was published, in one pass in the database; posts whose facts changed are looked up as they were known,
    only where the view is not of the present."""
    joined = f"FROM {view.table} v CROSS JOIN post p WHERE p.post_id = v.post_id"
    current = is_current(view.connection, view.question)
    sql = (
        'SELECT v.account_id, p.kind, p."column", p.original, v.state, count(*)'
        f" {joined}{'' if current else ' AND NOT p.retold'}"
        ' GROUP BY v.account_id, p.kind, p."column", p.original, v.state'
        ' ORDER BY v.account_id, p.kind, p."column"'
    )
    for number, kind, column, original, state, posts in view.connection.exec_driver_sql(sql):
        told = None if original is None else bool(original)
        found[number].add(kind, column, told, STATES[state], posts)
    if not current:
        numbers = {key: number for number, key in view.accounts.items()}
        sql = f"SELECT v.post_id {joined} AND p.retold ORDER BY v.post_id"
        for post in view.each([row[0] for row in view.connection.exec_driver_sql(sql)]):
            found[numbers[post.account]].add(post.kind, post.column, post.original, post.state)


def _add_exact(view: View, found: _ByAccount, thresholds: Mapping[str, Sequence[int]]) -> None:
    """Rows whose figures are all exact, added up by the database."""
    parts = [f"sum({name}), count({name})" for name in METRICS]
    marks = [(metric, value) for metric, values in thresholds.items() for value in values]
    for metric, value in marks:
        yes, no = _hit_tests(metric, value)
        parts.append(f"sum(CASE WHEN {yes} THEN 1 ELSE 0 END)")
        parts.append(f"sum(CASE WHEN {yes} OR {no} THEN 0 ELSE 1 END)")
    sql = (
        f"SELECT account_id, count(*), {', '.join(parts)} FROM {view.table}"
        " WHERE bounds IS NULL GROUP BY account_id"
    )
    for row in view.connection.exec_driver_sql(sql):
        totals = found[row[0]]
        for at, name in enumerate(METRICS):
            value, known = int(row[2 + 2 * at] or 0), row[3 + 2 * at]
            totals.sums[name] += Count(value, known=known, missing=row[1] - known)
        tail = row[2 + 2 * _N :]
        for at, (metric, value) in enumerate(marks):
            totals.hits[metric][value] += int(tail[2 * at])
            totals.unknown[metric][value] += int(tail[2 * at + 1])


def _add_bounded(view: View, found: _ByAccount, thresholds: Mapping[str, Sequence[int]]) -> None:
    """The rows that hold a bound, one by one."""
    columns = ", ".join(METRICS)
    sql = f"SELECT account_id, {columns}, bounds FROM {view.table} WHERE bounds IS NOT NULL"
    for row in view.connection.exec_driver_sql(sql):
        totals = found[row[0]]
        counts = decode(row[1 : 1 + _N], row[1 + _N])
        for name, count in zip(METRICS, counts, strict=True):
            totals.sums[name] += count or UNKNOWN
        for metric, values in thresholds.items():
            for value in values:
                answer = reached(counts, metric, value)
                totals.hits[metric][value] += answer is True
                totals.unknown[metric][value] += answer is None


def _crossings(view: View, found: _ByAccount, thresholds: Mapping[str, Sequence[int]]) -> None:
    """On *gained* a hit is a crossing within the period; one that straddles its edge is unknown."""
    for totals in found.values():
        totals.hits, totals.unknown = found.none(), found.none()
    for each in crossings(view, thresholds):
        side = found[each.account_id]
        (side.hits if each.sure else side.unknown)[each.metric][each.threshold] += 1
        if each.sure:
            view.crossed.setdefault((each.post_id, each.metric), []).append(each.threshold)


def _left_out(view: View, found: _ByAccount) -> None:
    """On *aged*: posts of the period that have a value, but none at that age."""
    q = view.question
    sql = (
        "SELECT c.account_id, sum(CASE WHEN c.published_at + ? > ? THEN 1 ELSE 0 END), count(*)"
        f" FROM {view.table}_of_period c LEFT JOIN {view.table} v ON v.post_id = c.post_id"
        " WHERE v.post_id IS NULL GROUP BY c.account_id"
    )
    for account_id, young, left_out in run_sql(view.connection, sql, q.days * DAY, q.as_of):
        totals = found[account_id]
        totals.young, totals.unobserved = int(young), int(left_out - young)


def _add_best(view: View, found: _ByAccount) -> None:
    """The most viewed post of each account, or the most read where no views are shown; of several the first. Two passes
    take half as long as a join with the maxima."""
    sql = f"SELECT account_id, max(views), max(readers) FROM {view.table} GROUP BY account_id"
    most: dict[str, list[str]] = {"views": [], "readers": []}
    for account_id, views, readers in view.connection.exec_driver_sql(sql):
        if views is not None:
            most["views"].append(f"({account_id}, {views})")
        elif readers is not None:
            most["readers"].append(f"({account_id}, {readers})")
    for metric, pairs in most.items():
        sql = (
            f"SELECT account_id, min(post_id) FROM {view.table}"
            f" WHERE (account_id, {metric}) IN (VALUES {', '.join(pairs)}) GROUP BY account_id"
        )
        for account_id, post_id in view.connection.exec_driver_sql(sql) if pairs else ():
            found[account_id].best = post_id


def _hit_tests(metric: str, threshold: int) -> tuple[str, str]:
    """SQL that is true for a hit and for none, of rows that hold exact figures only."""
    yes, no = f"{metric} >= {threshold}", f"{metric} < {threshold}"
    if metric == "views":
        yes = f"({yes} OR (views IS NULL AND readers >= {threshold}))"
    return yes, no
