"""The one read path: what a period amounts to, account by account, and the posts behind it.

Usage: ``view = View.at(connection, question)`` fills the temporary table of valued.py once; every method then
reads it. Nothing here knows a platform or a word of Chinese.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from adapters.moments import DAY
from adapters.records import METRICS, NOTHING, UNKNOWN, Count
from storage import facts, schema
from storage.bulk import run_sql, select_in
from storage.values import decode, named, reached
from storage.views.crossings import crossings
from storage.views.valued import Question, fill

_N = len(METRICS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostValue:
    """A post and its value in a view. Times are UTC seconds."""

    post_id: int
    account: str
    title: str
    url: str
    kind: str
    published_at: int
    date_only: bool
    author: str
    column: str
    original: bool | None
    details: Mapping[str, str]
    state: str
    seen_at: int
    amounts: Mapping[str, Count]


Hits = dict[str, dict[int, int]]


@dataclass(slots=True)
class Totals:
    """What the counted posts of one account (or of several, added up) amount to in a view."""

    account: str
    posts: int = 0
    sums: dict[str, Count] = field(default_factory=lambda: dict.fromkeys(METRICS, NOTHING))
    hits: Hits = field(default_factory=dict)
    unknown: Hits = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    originals: int = 0
    reprints: int = 0
    deleted: int = 0
    young: int = 0  # on aged N: not yet N days old
    unobserved: int = 0  # on aged N: not looked at within a day of that age
    best: int | None = None  # post_id of the most viewed, or most read where no views are shown

    def add(self, other: Totals) -> None:
        """Another account's as well."""
        for name, each in other.sums.items():
            self.sums[name] += each
        for kind, number in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + number
        for mine, theirs in ((self.hits, other.hits), (self.unknown, other.unknown)):
            for metric, by_threshold in theirs.items():
                there = mine.setdefault(metric, {})
                for threshold, number in by_threshold.items():
                    there[threshold] = there.get(threshold, 0) + number
        for name in ("posts", "originals", "reprints", "deleted", "young", "unobserved"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def add_facts(self, kind: str, posts: int, originals: int, reprints: int, deleted: int) -> None:
        self.kinds[kind] = self.kinds.get(kind, 0) + posts
        self.originals += originals
        self.reprints += reprints
        self.deleted += deleted


class View:
    """A period valued on one basis; valid inside the connection's transaction. A second view beside it needs a
    ``table`` of its own: one made with the same name takes the place of the first."""

    def __init__(self, connection: Connection, question: Question, table: str = "valued") -> None:
        self.connection = connection
        self.question = question
        self.table = table
        #: On *gained*, once totals() has been asked: (post, metric) → the thresholds that it surely crossed.
        self.crossed: dict[tuple[int, str], list[int]] = {}
        fill(connection, question, table)
        self.accounts: dict[int, str] = {
            row.account_id: row.key for row in connection.execute(schema.account.select())
        }

    def totals(self, thresholds: Mapping[str, Sequence[int]]) -> dict[str, Totals]:
        """Totals of every account that has any, by account key."""
        found: dict[int, Totals] = {}
        self._add_exact(found, thresholds)
        self._add_bounded(found, thresholds)
        if self.question.basis == "gained":
            self._crossings(found, thresholds)
        self._add_facts(found)
        if self.question.basis == "aged":
            self._left_out(found)
        self._add_best(found)
        return {each.account: each for each in found.values()}

    def posts(
        self, accounts: Sequence[str] | None = None, *, top: int | None = None, by: str = "views"
    ) -> Iterator[PostValue]:
        """The posts of a view, most ``by`` first (posts that do not show it last); ``top`` limits them."""
        where = ""
        if accounts is not None:
            wanted = {key: number for number, key in self.accounts.items()}
            numbers = [str(wanted[key]) for key in accounts if key in wanted]
            where = f" WHERE v.account_id IN ({', '.join(numbers) or 'NULL'})"
        limit = f" LIMIT {top}" if top is not None else ""
        sql = (
            f"SELECT v.post_id FROM {self.table} v{where}"
            f" ORDER BY v.{by} IS NULL, v.{by} DESC, v.published_at, v.post_id{limit}"
        )
        numbers_found = [row[0] for row in self.connection.exec_driver_sql(sql)]
        for start in range(0, len(numbers_found), 1_000):
            part = numbers_found[start : start + 1_000]
            there = self.get(part)
            yield from (there[number] for number in part)

    def get(self, post_ids: Sequence[int]) -> dict[int, PostValue]:
        """Posts of the view by number, with their facts as of the view."""
        columns = ", ".join(f"v.{name}" for name in METRICS)
        sql = (
            f"SELECT v.post_id, v.account_id, v.published_at, v.seen_at, v.state, {columns}, v.bounds,"
            ' p.title, p.url, p.kind, p.date_only, p.author, p."column", p.original, p.details, p.retold'
            f" FROM {self.table} v JOIN post p ON p.post_id = v.post_id WHERE v.post_id IN (??)"
        )
        rows = list(select_in(self.connection, sql, post_ids))
        retold = [row[0] for row in rows if row[-1]]
        told = facts.told(self.connection, retold, self.question.as_of, self.question.known)
        return {row[0]: self._post(row, told.get(row[0], {})) for row in rows}

    def _post(self, row: Sequence[Any], told: Mapping[str, str]) -> PostValue:
        names = ("title", "url", "kind", "date_only", "author", "column", "original", "details")
        said = dict(zip(names, row[6 + _N : -1], strict=True)) | facts.columns(dict(told))
        return PostValue(
            post_id=row[0],
            account=self.accounts[row[1]],
            title=said["title"],
            url=said["url"],
            kind=said["kind"],
            published_at=row[2],
            date_only=bool(said["date_only"]),
            author=said["author"],
            column=said["column"],
            original=None if said["original"] is None else bool(said["original"]),
            details=json.loads(said["details"]) if said["details"] else {},
            state=_STATE_NAME[row[4]],
            seen_at=row[3],
            amounts=named(row[5 : 5 + _N], row[5 + _N]),
        )

    def _add_exact(self, found: dict[int, Totals], thresholds: Mapping[str, Sequence[int]]) -> None:
        """Rows whose figures are all exact, added up by the database."""
        parts = [f"sum({name}), count({name})" for name in METRICS]
        marks = [(metric, value) for metric, values in thresholds.items() for value in values]
        for metric, value in marks:
            yes, no = hit_tests(metric, value)
            parts.append(f"sum(CASE WHEN {yes} THEN 1 ELSE 0 END)")
            parts.append(f"sum(CASE WHEN {yes} OR {no} THEN 0 ELSE 1 END)")
        sql = (
            f"SELECT account_id, count(*), {', '.join(parts)} FROM {self.table}"
            " WHERE bounds IS NULL GROUP BY account_id"
        )
        for row in self.connection.exec_driver_sql(sql):
            totals = self._of(found, row[0], thresholds)
            totals.posts += row[1]
            for at, name in enumerate(METRICS):
                value, known = int(row[2 + 2 * at] or 0), row[3 + 2 * at]
                totals.sums[name] += Count(value, known=known, missing=row[1] - known)
            tail = row[2 + 2 * _N :]
            for at, (metric, value) in enumerate(marks):
                totals.hits[metric][value] += int(tail[2 * at])
                totals.unknown[metric][value] += int(tail[2 * at + 1])

    def _add_bounded(
        self, found: dict[int, Totals], thresholds: Mapping[str, Sequence[int]]
    ) -> None:
        """The rows that hold a bound, one by one."""
        columns = ", ".join(METRICS)
        sql = f"SELECT account_id, {columns}, bounds FROM {self.table} WHERE bounds IS NOT NULL"
        for row in self.connection.exec_driver_sql(sql):
            totals = self._of(found, row[0], thresholds)
            totals.posts += 1
            counts = decode(row[1 : 1 + _N], row[1 + _N])
            for name, count in zip(METRICS, counts, strict=True):
                totals.sums[name] += count or UNKNOWN
            for metric, values in thresholds.items():
                for value in values:
                    answer = reached(counts, metric, value)
                    totals.hits[metric][value] += answer is True
                    totals.unknown[metric][value] += answer is None

    def _crossings(self, found: dict[int, Totals], thresholds: Mapping[str, Sequence[int]]) -> None:
        """On *gained* a hit is a crossing within the period; one that straddles its edge is unknown."""
        for totals in found.values():
            for metric, values in thresholds.items():
                totals.hits[metric] = dict.fromkeys(values, 0)
                totals.unknown[metric] = dict.fromkeys(values, 0)
        for each in crossings(self.connection, self.question, thresholds, self.table):
            side = self._of(found, each.account_id, thresholds)
            (side.hits if each.sure else side.unknown)[each.metric][each.threshold] += 1
            if each.sure:
                self.crossed.setdefault((each.post_id, each.metric), []).append(each.threshold)

    def _add_facts(self, found: dict[int, Totals]) -> None:
        """Kinds, originals and reprints; posts whose facts changed are looked up one by one."""
        deleted = schema.STATE_CODE["deleted"]
        sql = (
            "SELECT v.account_id, p.retold, p.kind, count(*),"
            " sum(CASE WHEN p.original THEN 1 ELSE 0 END),"
            " sum(CASE WHEN NOT p.original THEN 1 ELSE 0 END),"
            f" sum(CASE WHEN v.state = {deleted} THEN 1 ELSE 0 END)"
            f" FROM {self.table} v JOIN post p ON p.post_id = v.post_id"
            " GROUP BY v.account_id, p.retold, p.kind"
        )
        any_retold = False
        for account_id, retold, *row in self.connection.exec_driver_sql(sql):
            if retold:
                any_retold = True
            else:
                found[account_id].add_facts(*row)
        if any_retold:
            self._add_retold(found)

    def _add_retold(self, found: dict[int, Totals]) -> None:
        sql = f"SELECT v.post_id, v.account_id FROM {self.table} v JOIN post p ON p.post_id = v.post_id"
        retold = dict(
            tuple(row) for row in self.connection.exec_driver_sql(f"{sql} WHERE p.retold")
        )
        for number, post in self.get(list(retold)).items():
            found[retold[number]].add_facts(
                post.kind, 1, post.original is True, post.original is False, post.state == "deleted"
            )

    def _left_out(self, found: dict[int, Totals]) -> None:
        """On *aged*: posts of the period that have a value, but none at that age."""
        q = self.question
        sql = (
            "SELECT c.account_id, sum(CASE WHEN c.published_at + ? > ? THEN 1 ELSE 0 END), count(*)"
            f" FROM {self.table}_of_period c LEFT JOIN {self.table} v ON v.post_id = c.post_id"
            " WHERE v.post_id IS NULL GROUP BY c.account_id"
        )
        for account_id, young, left_out in run_sql(self.connection, sql, q.days * DAY, q.as_of):
            totals = self._of(found, account_id, {})
            totals.young, totals.unobserved = int(young), int(left_out - young)

    def _add_best(self, found: dict[int, Totals]) -> None:
        sql = (
            f"SELECT v.account_id, min(v.post_id) FROM {self.table} v JOIN (SELECT account_id,"
            f" max(views) AS viewed, max(readers) AS read_by FROM {self.table} GROUP BY account_id) m"
            " ON m.account_id = v.account_id"
            " AND (v.views = m.viewed OR (m.viewed IS NULL AND v.readers = m.read_by))"
            " GROUP BY v.account_id"
        )
        for account_id, post_id in self.connection.exec_driver_sql(sql):
            found[account_id].best = post_id

    def _of(
        self, found: dict[int, Totals], account_id: int, thresholds: Mapping[str, Sequence[int]]
    ) -> Totals:
        if account_id not in found:
            found[account_id] = Totals(
                self.accounts[account_id],
                hits={metric: dict.fromkeys(values, 0) for metric, values in thresholds.items()},
                unknown={metric: dict.fromkeys(values, 0) for metric, values in thresholds.items()},
            )
        return found[account_id]


_STATE_NAME = {code: name for name, code in schema.STATE_CODE.items()}


def hit_tests(metric: str, threshold: int) -> tuple[str, str]:
    """SQL that is true for a hit and for none, of rows that hold exact figures only."""
    yes, no = f"{metric} >= {threshold}", f"{metric} < {threshold}"
    if metric == "views":
        yes = f"({yes} OR (views IS NULL AND readers >= {threshold}))"
    return yes, no


def newest_published(connection: Connection, accounts: Sequence[str]) -> int | None:
    """When the newest counted post of ``accounts`` was published; None where there is none."""
    post, latest, account = schema.post, schema.latest, schema.account
    query = (
        select(func.max(post.c.published_at))
        .join(latest, latest.c.post_id == post.c.post_id)
        .join(account, account.c.account_id == post.c.account_id)
        .where(account.c.key.in_(accounts), latest.c.state.in_(schema.COUNTED))
    )
    newest = connection.execute(query).scalar()
    return None if newest is None else int(newest)
