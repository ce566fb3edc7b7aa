"""Finds what a reading stored, so that its kept bytes can be read again (``collect reread``). Times are UTC seconds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Connection, select

from adapters.records import STATES, Count, Post
from storage import schema
from storage.bulk import next_id, seconds, select_in
from storage.identity.matching import Matcher
from storage.known import Known, owners_of, top_of
from storage.values import decode_one, named
from storage.views.history import StoredReading
from storage.writing.reading import Reading

#: In ``notes.request`` of an attempt that read kept bytes again: the attempt they were kept by.
OF = "of"


@dataclass(frozen=True, slots=True)
class Row:
    """An observation that a reading, or a rereading of its bytes, stored of a post."""

    seen: int
    attempt_id: int
    place: tuple[int, int]  # sheet, row
    state: str
    figures: Mapping[str, Count]
    beside: frozenset[str]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A figure of an account that such a reading stored."""

    account_id: int
    metric: str
    seen: int
    day: str | None
    attempt_id: int
    figure: Count


def candidates(
    connection: Connection, accounts: Collection[str], *, since: int | None = None
) -> list[int]:
    """The readings of these accounts (recorded at or after ``since``) whose bytes are kept, oldest first.
    What a person withdrew is left alone."""
    attempt, capture, run = schema.attempt, schema.capture, schema.run
    query = (
        select(attempt.c.attempt_id)
        .join(capture, capture.c.capture_id == attempt.c.capture_id)
        .join(schema.account, schema.account.c.account_id == attempt.c.account_id)
        .where(
            attempt.c.kind.in_(("page", "api", "file")),
            attempt.c.withdrawn_at.is_(None),
            capture.c.removed_at.is_(None),
            schema.account.c.key.in_(accounts),
            attempt.c.run_id.not_in(select(run.c.run_id).where(run.c.occasion == schema.REREAD)),
        )
        .order_by(attempt.c.attempt_id)
    )
    if since is not None:
        query = query.where(attempt.c.recorded_at >= since)
    return list(connection.execute(query).scalars())


def capture_of(connection: Connection, attempt_id: int) -> int:
    """The number of the capture that an attempt kept."""
    table = schema.attempt
    query = select(table.c.capture_id).where(table.c.attempt_id == attempt_id)
    return int(connection.execute(query).scalar_one())


def family(connection: Connection, told: StoredReading) -> list[int]:
    """A reading and every rereading of it, withdrawn ones too: what a person took back is not added again."""
    table = schema.attempt
    capture_id = capture_of(connection, told.attempt_id)
    query = select(table.c.attempt_id, table.c.notes).where(
        table.c.capture_id == capture_id, table.c.attempt_id > told.attempt_id
    )
    again = [
        number
        for number, notes in connection.execute(query)
        if notes and json.loads(notes).get("request", {}).get(OF) == told.attempt_id
    ]
    return [told.attempt_id, *again]


def matched(
    connection: Connection, reading: Reading, accounts: Sequence[int], posts: Sequence[Post]
) -> list[int | None]:
    """The stored post of each record as a reading would find it, None for a new one. Nothing of it stays.

    ``accounts``: the number of each record's account.
    """
    trial = connection.begin_nested()
    matcher = Matcher(
        connection,
        next_id(connection, schema.attempt.c.attempt_id),
        seconds(reading.recorded_at),
        seconds(reading.observed_at),
        reading.default_kind,
        reading.post_id,
    )
    found: dict[int, int] = {}
    for account_id in dict.fromkeys(accounts):
        own = [post for post, number in zip(posts, accounts, strict=True) if number == account_id]
        ids = matcher.match(account_id, own)
        found |= {id(post): n for post, n in zip(own, ids, strict=True) if n is not None}
    for waiting, ids in matcher.settle():
        found |= {id(post): number for post, number in zip(waiting, ids, strict=True) if number}
    trial.rollback()
    old = [found[id(post)] if found[id(post)] < matcher.first_new else None for post in posts]
    tops = top_of(connection, {number for number in old if number is not None})
    return [None if number is None else tops[number] for number in old]


def rows_of(
    connection: Connection, posts: Collection[int], attempts: Sequence[int]
) -> dict[int, list[Row]]:
    """What these attempts stored of these posts, and of posts merged into them; oldest attempt first."""
    owners = owners_of(connection, posts, Known())
    of_these = f"attempt_id IN ({','.join(map(str, attempts))}) AND post_id IN (??)"
    besides: dict[tuple[int, ...], frozenset[str]] = {}
    sql = f"SELECT * FROM observation_beside WHERE {of_these}"
    for *place, beside in select_in(connection, sql, owners):
        besides[tuple(place)] = frozenset(json.loads(beside))
    found: dict[int, list[Row]] = {}
    rows = select_in(connection, f"SELECT * FROM observation WHERE {of_these}", owners)
    for number, seen, attempt_id, sheet, row, state, *figures, bounds in sorted(
        map(tuple, rows), key=itemgetter(2)
    ):
        found.setdefault(owners[number], []).append(
            Row(
                seen=seen,
                attempt_id=attempt_id,
                place=(sheet, row),
                state=STATES[state],
                figures=named(figures, bounds),
                beside=besides.get((number, seen, attempt_id, sheet, row), frozenset()),
            )
        )
    return found


def figures_of(
    connection: Connection, accounts: Iterable[int], attempts: Sequence[int]
) -> list[AccountRow]:
    """The figures of accounts that these attempts stored, oldest attempt first."""
    table = schema.account_observation
    query = (
        select(table)
        .where(table.c.account_id.in_(set(accounts)), table.c.attempt_id.in_(attempts))
        .order_by(table.c.attempt_id)
    )
    return [
        AccountRow(
            account_id=each.account_id,
            metric=each.metric,
            seen=each.observed_at,
            day=each.day,
            attempt_id=each.attempt_id,
            figure=decode_one(each.value, each.bounds),
        )
        for each in connection.execute(query)
    ]
