"""What the last look at each centre's inbox saw, and what was handed over to be read: any machine may look next."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from storage.bulk import upsert_rows
from storage.fleet import schema

#: File → its size and time.
Stamps = dict[str, tuple[int, int]]


def load(connection: Connection, centre: str) -> tuple[Stamps, Stamps]:
    """What was seen, and what was handed over; nothing of a centre that was never looked at."""
    table = schema.inbox
    row = connection.execute(select(table).where(table.c.centre == centre)).first()
    return ({}, {}) if row is None else (_read(row.seen), _read(row.handed))


def save(connection: Connection, centre: str, seen: Stamps, handed: Stamps) -> None:
    """Both, in the place of what was kept."""
    upsert_rows(connection, schema.inbox, [(centre, json.dumps(seen), json.dumps(handed))])


def _read(text: str) -> Stamps:
    return {path: (size, time) for path, (size, time) in json.loads(text).items()}
