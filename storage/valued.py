"""The posts of a period, each with its value on one basis at one moment: a temporary table that every
summary then adds up. Plain series are one SQL join; the few others are folded (stack.md c: join on
the correlated maximum, 10 times faster than window functions).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, select

from adapters.records import METRICS, Count
from storage import schema
from storage.seen import Known, Seen, series_of
from storage.values import Counts, decode, encode, fold

DAY = 86_400
_EMPTY: Counts = tuple(None for _ in METRICS)
_COUNTED = f"({', '.join(map(str, schema.COUNTED))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which posts, valued how: half-open ``start``–``end``, as of ``as_of``, known by ``known``; UTC
    seconds. ``days`` is the age on the basis *aged*."""

    basis: Literal["published", "gained", "aged"]
    start: int
    end: int
    as_of: int
    known: Known
    days: int = 7

    @property
    def closing(self) -> int:
        """The moment of the later value on the basis *gained*: the period's last second, or as-of."""
        return min(self.end - 1, self.as_of)


def fill(connection: Connection, question: Question) -> None:
    """Make the temporary table ``valued``: one row a counted post, its metrics on the asked basis.

    On *gained* a metric may be negative. ``bounds`` is NULL where all metrics of a row are exact.
    """
    columns = ", ".join(f"{name} BIGINT" for name in METRICS)
    connection.exec_driver_sql("DROP TABLE IF EXISTS valued")
    connection.exec_driver_sql(
        "CREATE TEMPORARY TABLE valued (post_id INTEGER PRIMARY KEY, account_id INTEGER,"
        f" published_at BIGINT, seen_at BIGINT, state INTEGER, {columns}, bounds TEXT)"
    )
    if question.basis == "published" and _is_current(connection, question):
        _insert(connection, _current(question))
        return
    plain = {"published": _published, "gained": _gained, "aged": _aged}[question.basis]
    _insert(connection, plain(question))
    _insert_folded(connection, question)


def _is_current(connection: Connection, question: Question) -> bool:
    """Whether the kept latest values are the answer: nothing was observed or told later."""
    table = schema.attempt
    row = connection.execute(
        select(
            func.max(table.c.observed_at),
            func.max(table.c.recorded_at),
            func.max(table.c.withdrawn_at),
        )
    ).one()
    merged = connection.execute(select(func.max(schema.post.c.merged_at))).scalar()
    told = max(row[1] or 0, row[2] or 0, merged or 0)
    return (row[0] or 0) <= question.as_of and (
        question.known.at is None or told <= question.known.at
    )


def _insert(connection: Connection, select_sql: str) -> None:
    connection.exec_driver_sql(f"INSERT INTO valued {select_sql}")


def _names(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in METRICS)


def _in_period(question: Question) -> str:
    return (
        f"p.published_at >= {question.start} AND p.published_at < {question.end}"
        f" AND p.published_at <= {question.as_of} AND {_whole(question)}"
    )


def _whole(question: Question) -> str:
    """Posts that had not been merged into another by then."""
    if question.known.at is None:
        return "p.merged_into IS NULL"
    return f"(p.merged_at IS NULL OR p.merged_at > {question.known.at})"


def _last(post: str, until: str, question: Question) -> str:
    """The moment of the last observation of ``post`` not after ``until``."""
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
        f" FROM post p JOIN latest l ON l.post_id = p.post_id"
        f" WHERE {_in_period(question)} AND l.state IN {_COUNTED}"
    )


def _published(question: Question) -> str:
    return (
        f"SELECT p.post_id, p.account_id, p.published_at, o.observed_at, o.state, {_names('o')}, NULL"
        " FROM post p JOIN observation o ON o.post_id = p.post_id"
        f" AND o.observed_at = {_last('p', str(question.as_of), question)}"
        f" WHERE p.plain AND {_in_period(question)} AND o.state IN {_COUNTED}"
    )


def _aged(question: Question) -> str:
    moment = f"(p.published_at + {question.days * DAY})"
    return (
        f"SELECT p.post_id, p.account_id, p.published_at, o.observed_at, o.state, {_names('o')}, NULL"
        " FROM post p JOIN observation o ON o.post_id = p.post_id"
        f" AND o.observed_at = {_last('p', moment, question)}"
        f" AND o.observed_at >= {moment} - {DAY}"
        f" WHERE p.plain AND {_in_period(question)} AND {moment} <= {question.as_of}"
        f" AND o.state IN {_COUNTED}"
    )


def _gained(question: Question) -> str:
    """Later value less earlier value; a post published in the period starts from 0."""
    born = f"CASE WHEN p.published_at >= {question.start} THEN 0 END"
    gains = ", ".join(f"o.{name} - coalesce(b.{name}, {born})" for name in METRICS)
    return (
        f"SELECT p.post_id, p.account_id, p.published_at, o.observed_at, o.state, {gains}, NULL"
        " FROM post p JOIN observation o ON o.post_id = p.post_id"
        f" AND o.observed_at = {_last('p', str(question.closing), question)}"
        f" AND o.observed_at > {question.start}"
        " LEFT JOIN observation b ON b.post_id = p.post_id"
        f" AND b.observed_at = {_last('p', str(question.start), question)}"
        f" WHERE p.plain AND p.published_at < {question.end} AND {_whole(question)}"
        f" AND o.state IN {_COUNTED}"
    )


def _insert_folded(connection: Connection, question: Question) -> None:
    """The posts whose series is not plain, folded one by one."""
    period = _in_period(question)
    if question.basis == "gained":
        period = f"p.published_at < {question.end} AND {_whole(question)}"
    sql = (
        f"SELECT p.post_id, p.account_id, p.published_at FROM post p WHERE NOT p.plain AND {period}"
    )
    posts = {row[0]: (row[1], row[2]) for row in connection.exec_driver_sql(sql)}
    marks = ", ".join("?" * (6 + len(METRICS)))
    insert = f"INSERT INTO valued VALUES ({marks})"
    if connection.dialect.name != "sqlite":
        insert = insert.replace("?", "%s")
    numbers = sorted(posts)
    for start in range(0, len(numbers), 500):
        rows = []
        for owner, series in series_of(connection, numbers[start : start + 500], question.known):
            account_id, published_at = posts[owner]
            valued = _value(question, published_at, [each for each in series if not each.withdrawn])
            if valued is not None:
                rows.append((owner, account_id, published_at, *valued))
        if rows:
            connection.exec_driver_sql(insert, rows)


def _value(question: Question, published_at: int, series: Sequence[Seen]) -> tuple[Any, ...] | None:
    """(seen_at, state, metrics …, bounds) of one folded series; None where it has no counted value."""
    moment = {
        "published": question.as_of,
        "gained": question.closing,
        "aged": published_at + question.days * DAY,
    }[question.basis]
    found = value_at(series, moment)
    if found is None or found[1] not in schema.COUNTED:
        return None
    seen_at, state, counts = found
    if question.basis == "aged" and (moment > question.as_of or seen_at < moment - DAY):
        return None
    if question.basis != "gained":
        return seen_at, state, *_stored(counts)
    if seen_at <= question.start:
        return None
    before = value_at(series, question.start)
    born = Count(0) if published_at >= question.start else None
    base = _EMPTY if before is None else before[2]
    gains = [
        gain(late, early if early is not None else born)
        for late, early in zip(counts, base, strict=True)
    ]
    codes = [f"{n}+" for n, each in zip(METRICS, gains, strict=True) if each and each[1]]
    return seen_at, state, *[each and each[0] for each in gains], " ".join(codes) or None


def value_at(series: Iterable[Seen], moment: int) -> tuple[int, int, Counts] | None:
    """(observed_at, state, counts) of a series at ``moment``: the primitive of domain.md "Value at t"."""
    found: tuple[int, int, Counts] | None = None
    for each in series:
        row = each.values
        if row[1] > moment:
            break
        counts = decode(row[6:-1], row[-1])
        found = (row[1], row[5], counts if found is None else fold(found[2], counts))
    return found


def gain(late: Count | None, early: Count | None) -> tuple[int, bool] | None:
    """(gain, whether it is only a lower bound); None where it cannot be told."""
    if late is None or early is None or early.high is None:
        return None
    exact = late.bound == "exact" and early.bound == "exact"
    return late.low - early.high, not exact


def _stored(counts: Counts) -> Iterator[Any]:
    yield from (None if each is None else each.value for each in counts)
    yield encode(counts)
