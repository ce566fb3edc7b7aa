"""The posts of a period, each with its value on one basis at one moment: a temporary table that every
summary then adds up. Plain series are one SQL join; the few others are folded (join on
the correlated maximum, 10 times faster than window functions).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, func, select

from adapters.moments import DAY
from adapters.records import METRICS, Count, at_least
from storage import facts, schema
from storage.bulk import run_sql, select_in
from storage.known import Known, told_until
from storage.observations import Seen, series_of, value_at
from storage.values import Counts, stored

_EMPTY: Counts = tuple(None for _ in METRICS)
_BORN: Counts = tuple(Count(0) for _ in METRICS)
#: Two words for SQLite. CROSS JOIN keeps it, here and wherever a view is joined, from scanning all posts or observations
#: first; a "+" before a column keeps it from searching by that condition instead of the moment.
_OF_POSTS = "post p CROSS JOIN observation o WHERE o.post_id = p.post_id"
#: SQL: the posts that others were merged into.
MERGED = "SELECT merged_into FROM post WHERE merged_into IS NOT NULL"
_COUNTED = f"({', '.join(map(str, schema.COUNTED))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which posts, valued how: half-open ``start``–``end``, as of ``as_of``, known by ``known``; UTC
    seconds. ``days`` is the age on the basis *aged*; ``accounts``: the numbers of those asked about (None: of all)."""

    basis: Literal["published", "gained", "aged"]
    start: int
    end: int
    as_of: int
    known: Known
    days: int = 7
    accounts: tuple[int, ...] | None = None

    @property
    def opening(self) -> int:
        """The moment of the earlier value on the basis *gained*: the last second before the period, with which the
        one before it closes. What is observed in the very second of an edge is of the period that begins there."""
        return self.start - 1

    @property
    def closing(self) -> int:
        """The moment of the later value on the basis *gained*: the period's last second, or as-of."""
        return min(self.end - 1, self.as_of)

    def moment(self, published_at: int) -> int:
        """The moment of the (later) value of a post that was published then."""
        if self.basis == "aged":
            return published_at + self.days * DAY
        return self.closing if self.basis == "gained" else self.as_of


def fill(connection: Connection, question: Question, table: str = "valued") -> None:
    """Make the temporary table ``table``: one row a counted post, its metrics on the asked basis.

    On *gained* a metric may be negative. ``bounds`` is NULL where all metrics of a row are exact.
    On *aged* ``<table>_of_period`` is made too: the posts among which the valued ones are.
    """
    if question.basis == "aged":
        _make(connection, f"{table}_of_period", replace(question, basis="published"))
    _make(connection, table, question)


def _make(connection: Connection, table: str, question: Question) -> None:
    columns = ", ".join(f"{name} BIGINT" for name in METRICS)
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {table} (post_id INTEGER PRIMARY KEY, account_id INTEGER,"
        f" published_at BIGINT, seen_at BIGINT, state INTEGER, {columns}, bounds TEXT)"
    )
    if question.basis == "published" and is_current(connection, question):
        connection.exec_driver_sql(f"INSERT INTO {table} {_current(question)}")
        return
    plain = {"published": _published, "gained": _gained, "aged": _aged}[question.basis]
    connection.exec_driver_sql(f"INSERT INTO {table} {plain(question)}")
    _insert_folded(connection, table, question)


def is_current(connection: Connection, question: Question) -> bool:
    """Whether the kept latest values are the answer: nothing was observed or told later."""
    table = schema.attempt
    observed = connection.execute(select(func.max(table.c.observed_at))).scalar()
    return (observed or 0) <= question.as_of and all_known(connection, question)


def all_known(connection: Connection, question: Question) -> bool:
    """Whether nothing was told after what the question knows."""
    return question.known.at is None or told_until(connection) <= question.known.at


def _names(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in METRICS)


def _in_period(question: Question) -> str:
    return (
        f"p.published_at >= {question.start} AND p.published_at < {question.end}"
        f" AND p.published_at <= {question.as_of} AND {whole(question)}"
    )


def whole(question: Question) -> str:
    """SQL: posts ``p`` of the accounts asked about that had not been merged into another by what was known."""
    of = ""
    if question.accounts is not None:
        of = f" AND p.account_id IN ({', '.join(map(str, question.accounts)) or 'NULL'})"
    if question.known.at is None:
        return f"p.merged_into IS NULL{of}"
    return f"(p.merged_into IS NULL OR p.merged_at > {question.known.at}){of}"


def last_seen(post: str, until: str, question: Question) -> str:
    """SQL: the moment of the last observation of ``post`` not after ``until``, by what was known."""
    told = ""
    if question.known.attempt_id is not None:
        told = f" AND x.attempt_id <= {question.known.attempt_id}"
    return (
        f"(SELECT max(x.observed_at) FROM observation x WHERE x.post_id = {post}.post_id"
        f" AND x.observed_at <= {until}{told})"
    )


def _current(question: Question) -> str:
    return (
        f"SELECT p.post_id, p.account_id, p.published_at, l.observed_at, l.state, {_names('l')}, l.bounds"
        f" FROM post p CROSS JOIN latest l WHERE l.post_id = p.post_id"
        f" AND {_in_period(question)} AND l.state IN {_COUNTED}"
    )


def _published(question: Question) -> str:
    return (
        f"SELECT p.post_id, p.account_id, p.published_at, o.observed_at, o.state, {_names('o')}, NULL"
        f" FROM {_OF_POSTS} AND o.observed_at = {last_seen('p', str(question.as_of), question)}"
        f" AND p.plain AND {_in_period(question)} AND o.state IN {_COUNTED}"
    )


def _aged(question: Question) -> str:
    moment = f"(p.published_at + {question.days * DAY})"
    return (
        f"SELECT p.post_id, p.account_id, p.published_at, o.observed_at, o.state, {_names('o')}, NULL"
        f" FROM {_OF_POSTS} AND o.observed_at = {last_seen('p', moment, question)}"
        f" AND +o.observed_at >= {moment} - {DAY} AND p.plain AND {_in_period(question)} AND {moment} <= {question.as_of}"
        f" AND o.state IN {_COUNTED}"
    )


def _gained(question: Question) -> str:
    """Later value less earlier value. A post published in the period starts from 0, whatever is said to have been observed
    before: an earlier period does not count it. Of older posts only those are looked at that were seen after the opening:
    the small table of the latest values tells."""

    def select(posts: str, gain: str, base: str, where: str) -> str:
        gains = ", ".join(gain.format(name) for name in METRICS)
        return (
            f"SELECT p.post_id, p.account_id, p.published_at, o.observed_at, o.state, {gains}, NULL"
            f" FROM {posts} CROSS JOIN observation o{base} WHERE o.post_id = p.post_id"
            f" AND o.observed_at = {last_seen('p', str(question.closing), question)}"
            f" AND p.plain AND {whole(question)} AND o.state IN {_COUNTED} AND {where}"
        )

    base = (
        " LEFT JOIN observation b ON b.post_id = p.post_id"
        f" AND b.observed_at = {last_seen('p', str(question.opening), question)}"
    )
    older = (
        f"p.post_id = l.post_id AND l.observed_at > {question.opening}"
        f" AND +p.published_at < {question.start} AND +o.observed_at > {question.opening}"
    )
    born = f"p.published_at >= {question.start} AND p.published_at < {question.end}"
    return (
        f"{select('post p', 'o.{}', '', born)} UNION ALL"
        f" {select('latest l CROSS JOIN post p', 'o.{0} - b.{0}', base, older)}"
    )


def folded(question: Question) -> str:
    """SQL: the posts ``p`` whose values have to be folded and may be in the answer. A post that was told otherwise may
    have been published at another moment, by what was known; of posts that were merged into another the last
    observation is not their own."""
    seen = ""
    if question.basis == "gained":
        seen = (
            f" AND (p.retold OR p.published_at >= {question.start} OR EXISTS (SELECT 1 FROM observation x"
            f" WHERE x.post_id = p.post_id AND x.observed_at > {question.opening})"
            f" OR p.post_id IN ({MERGED}))"
        )
    first = "" if question.basis == "gained" else f" AND p.published_at >= {question.start}"
    return (
        f"NOT p.plain AND {whole(question)}"
        f" AND (p.retold OR (p.published_at < {question.end}{first})){seen}"
    )


def _insert_folded(connection: Connection, table: str, question: Question) -> None:
    """The posts whose series is not plain, folded one by one."""
    sql = f"SELECT p.post_id, p.account_id FROM post p WHERE {folded(question)}"
    accounts: dict[int, int] = {row[0]: row[1] for row in connection.exec_driver_sql(sql)}
    times = published_by(connection, accounts, question.known)
    first = question.start if question.basis != "gained" else None
    last = question.end if question.basis == "gained" else min(question.end, question.as_of + 1)
    posts = sorted(
        number
        for number, moment in times.items()
        if moment is not None and moment < last and (first is None or moment >= first)
    )
    marks = ", ".join("?" * (6 + len(METRICS)))
    for owner, series in series_of(connection, posts, question.known, question.as_of):
        moment = times[owner]
        assert moment is not None
        valued = _value(question, moment, series)
        if valued is not None:
            row = (owner, accounts[owner], moment, *valued)
            run_sql(connection, f"INSERT INTO {table} VALUES ({marks})", *row)


def published_by(
    connection: Connection, posts: Collection[int], known: Known
) -> dict[int, int | None]:
    """When each of ``posts`` was published, by what was known; None where that was not known."""
    sql = "SELECT post_id, published_at FROM post WHERE post_id IN (??)"
    times: dict[int, int | None] = dict(select_in(connection, sql, posts))
    told = facts.told(connection, facts.retimed(connection, posts), None, known)
    for number, each in told.items():
        moment = each.get("published_at")
        if moment is not None:
            times[number] = facts.columns({"published_at": moment})["published_at"]
    return times


def _value(question: Question, published_at: int, series: Sequence[Seen]) -> tuple[Any, ...] | None:
    """(seen_at, state, metrics …, bounds) of one folded series; None where it has no counted value."""
    moment = question.moment(published_at)
    found = value_at(series, moment)
    if found is None or found.state not in schema.COUNTED:
        return None
    if question.basis == "aged" and (moment > question.as_of or found.seen_at < moment - DAY):
        return None
    if question.basis != "gained":
        return found.seen_at, found.state, *found.figures, found.bounds
    if found.seen_at <= question.opening and published_at < question.start:
        return None
    before = value_at(series, question.opening)
    base = _EMPTY if before is None else before.counts
    if published_at >= question.start:
        base = _BORN
    gains = map(_gain, found.counts, base)
    figures, bounds = stored(tuple(gains))
    return found.seen_at, found.state, *figures, bounds


def _gain(late: Count | None, early: Count | None) -> Count | None:
    """None where it cannot be told; a lower limit where either is not exact."""
    if late is None or early is None or early.high is None:
        return None
    low = late.low - early.high
    return Count(low) if late.exact and early.exact else at_least(low)
