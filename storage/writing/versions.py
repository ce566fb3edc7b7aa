"""What a newer version of a ledger does to what is kept about the present; storage.ledgers says which follows which."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from sqlalchemy import Connection, select

from adapters.records import METRICS
from storage import schema, upkeep
from storage.known import Known
from storage.ledgers import LEDGER, NEWER, ended, followed
from storage.writing.reading import Stored


def settle(connection: Connection, account_id: int, at: int) -> list[int]:
    """Mark the versions of an account's ledgers that a newer one follows, and those no more that none follows any
    longer (the newer one was taken back). Returns the newly marked ones; what is kept of their posts is made anew."""
    ends = followed(connection, Known(), [account_id])
    table = schema.attempt
    query = select(table.c.attempt_id, table.c.withdrawn_at, table.c.withdrawn_reason).where(
        table.c.account_id == account_id, table.c.adapter == LEDGER
    )
    marked = []
    for number, withdrawn_at, reason in connection.execute(query).all():
        followed_now = ended(ends, number, None)
        if withdrawn_at is None and followed_now:
            upkeep.withdraw(connection, number, at, NEWER)
            marked.append(number)
        elif reason == NEWER and not followed_now:
            upkeep.restore(connection, number, at)
    return marked


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
