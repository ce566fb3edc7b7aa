"""Captures: which bytes are kept, and whether a file's bytes are stored already."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage import schema
from storage.bulk import next_id


def capture_number(
    connection: Connection, sha256: str, size: int, path: str, stored_at: int
) -> int:
    """The number of a capture, made where it is new. ``path`` is below the captures folder."""
    table = schema.capture
    known = connection.execute(select(table.c.capture_id).where(table.c.sha256 == sha256)).scalar()
    if known is not None:
        return int(known)
    number = next_id(connection, table.c.capture_id)
    connection.execute(
        table.insert().values(
            capture_id=number, sha256=sha256, size=size, path=path, stored_at=stored_at
        )
    )
    return number


def imported(connection: Connection, account: str, sha256: str) -> int | None:
    """The attempt by which this very file was stored for this account; None where it was not, or where
    that import has been withdrawn."""
    attempt, capture = schema.attempt, schema.capture
    query = (
        select(attempt.c.attempt_id)
        .join(capture, capture.c.capture_id == attempt.c.capture_id)
        .join(schema.account, schema.account.c.account_id == attempt.c.account_id)
        .where(
            capture.c.sha256 == sha256,
            schema.account.c.key == account,
            attempt.c.outcome.in_(("ok", "invalid")),
            attempt.c.withdrawn_at.is_(None),
        )
    )
    found = connection.execute(query).scalars().first()
    return None if found is None else int(found)
