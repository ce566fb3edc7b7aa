"""Newer versions of a ledger: a file of the same folder and name takes the place of the one before it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from sqlalchemy import Connection, select

from adapters.records import METRICS
from storage import schema, upkeep
from storage.bulk import seconds
from storage.identity import undated
from storage.reading import Reading, Stored
from storage.seen import told_until

#: Why an older version of a ledger no longer counts.
NEWER = "同名台账有了新版本"


def withdraw_older(connection: Connection, reading: Reading, account_id: int) -> list[int]:
    """A newer version of a ledger takes the place of the one before it (same folder and name)."""
    if not reading.replaces:
        return []
    old = [
        row.attempt_id
        for row in _versions(connection, reading, account_id)
        if row.source == reading.source
    ]
    for attempt_id in old:
        upkeep.withdraw(connection, attempt_id, _now(connection, reading), NEWER)
    return old


def withdraw_dated(
    connection: Connection, reading: Reading, account_id: int, stored: Stored
) -> list[int]:
    """The same for versions told apart by the date at the front of their names, where the new one reaches back
    over what the old one held: a ledger that begins anew each month does not replace last month's."""
    if not reading.replaces or stored.first_published is None:
        return []
    old = [
        row.attempt_id
        for row in _versions(connection, reading, account_id)
        if row.source != reading.source
        and row.attempt_id != stored.attempt_id
        and row.observed_at <= seconds(reading.observed_at)
        and row.first_published is not None
        and 2 * stored.first_published <= row.first_published + row.last_published
    ]
    for attempt_id in old:
        upkeep.withdraw(connection, attempt_id, _now(connection, reading), NEWER)
    return old


def _versions(connection: Connection, reading: Reading, account_id: int) -> list[Any]:
    """Standing readings of a ledger of that name, whatever date stands before it."""
    table = schema.attempt
    query = select(table).where(
        table.c.account_id == account_id,
        table.c.adapter == reading.adapter,
        table.c.withdrawn_at.is_(None),
        table.c.outcome.in_(("ok", "invalid")),
    )
    name = undated(reading.source)
    return [row for row in connection.execute(query) if undated(row.source) == name]


def difference(
    connection: Connection, old: Sequence[int], stored: Stored, changed: Container[int]
) -> None:
    """What a replaced ledger no longer has, has now, and has otherwise (figures, details), by title."""
    before = _posts_of(connection, old)
    after = _posts_of(connection, [stored.attempt_id])
    stored.removed = [row[0] for number, row in before.items() if number not in after]
    stored.added = [row[0] for number, row in after.items() if number not in before]
    stored.changed = [
        row[0]
        for number, row in after.items()
        if number in before and (row[1:] != before[number][1:] or number in changed)
    ]


def _posts_of(connection: Connection, attempts: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Post → (title, its figures) of readings."""
    seen, post = schema.observation, schema.post
    figures = [seen.c[name] for name in METRICS]
    query = (
        select(post.c.post_id, post.c.title, *figures, seen.c.bounds)
        .join(seen, seen.c.post_id == post.c.post_id)
        .where(seen.c.attempt_id.in_(attempts))
        .order_by(seen.c.attempt_id, seen.c.sheet, seen.c.row)
    )
    return {row[0]: tuple(row[1:]) for row in connection.execute(query)}


def _now(connection: Connection, reading: Reading) -> int:
    """Never backwards, so that "known by" is a comparison of attempt numbers."""
    return max(seconds(reading.recorded_at), told_until(connection))
