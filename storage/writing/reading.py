"""A reading to be stored: where it came from, which moment it shows, and the capture of its bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import schema
from storage.bulk import insert_rows, next_id, rows_of, select_in, update_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of one source: where it came from and which moment it shows.

    ``observed_at`` is the moment of every record that does not state its own. ``accounts`` maps what a
    row may call an account (its id or name) to the account's key; ``account`` is the folder's.
    ``post_id`` is the post a person named for a file that names none. ``replaces``: the reading takes
    the place of the earlier ones of the same source (a ledger). ``outcome`` is that of a reading without
    bad rows. ``request``: what was asked, so that the kept bytes can be read again; ``remarks``: what the next
    look at the source goes by.
    """

    run_id: int
    account: str
    source: str
    adapter: str
    kind: str
    observed_at: datetime
    observed_from: str
    recorded_at: datetime
    capture_id: int | None = None
    default_kind: str = "article"
    row_limit: int | None = None
    post_id: int | None = None
    replaces: bool = False
    outcome: str = "ok"
    remarks: Mapping[str, Any] | None = None
    request: Mapping[str, Any] | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)


def capture_number(
    connection: Connection, sha256: str, size: int, path: str, stored_at: int
) -> int:
    """The number of a capture, made where it is new. ``path`` is below the captures folder."""
    return capture_numbers(connection, [(sha256, size, path)], stored_at)[sha256]


def capture_numbers(
    connection: Connection, kept: Sequence[tuple[str, int, str]], stored_at: int
) -> dict[str, int]:
    """The numbers of captures (sha256, size, path), by sha256. One that had been cleaned away is kept again."""
    sql = "SELECT sha256, capture_id, removed_at FROM capture WHERE sha256 IN (??)"
    rows = list(select_in(connection, sql, {each[0] for each in kept}))
    known: dict[str, int] = {row[0]: row[1] for row in rows}
    back = [(row[1],) for row in rows if row[2] is not None]
    update_rows(connection, "UPDATE capture SET removed_at = NULL WHERE capture_id = ?", back)
    fresh = {each[0]: each for each in kept if each[0] not in known}
    if fresh:
        first = next_id(connection, schema.capture.c.capture_id)
        rows = [(first + at, *each, stored_at, None) for at, each in enumerate(fresh.values())]
        insert_rows(connection, schema.capture, rows)
        known |= {row[1]: row[0] for row in rows}
    return known


def imported(connection: Connection, account: str, sha256: str) -> int | None:
    """The attempt by which this very file was stored for this account; None where it was not, or where
    that import has been withdrawn."""
    sql = (
        "SELECT min(t.attempt_id) FROM capture c JOIN attempt t ON t.capture_id = c.capture_id"
        " JOIN account a ON a.account_id = t.account_id WHERE c.sha256 = ? AND a.key = ?"
        " AND t.outcome IN ('ok', 'invalid') AND t.withdrawn_at IS NULL"
    )
    found: int | None = rows_of(connection, sql, sha256, account)[0][0]
    return found
