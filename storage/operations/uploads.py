"""Files that were given to the page: each from its arrival to what became of it. Times are UTC seconds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from storage import schema
from storage.bulk import insert_rows, next_id

#: States. waiting: to be looked at. ready: looked at, a person says whether it is taken. asked: a person must say whose it is.
#: taking: to be read into the database. done, failed, left: nothing more happens.
OPEN = ("waiting", "ready", "asked", "taking")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """``account``: whose it is (its id), empty while nobody knows; ``why``: how that is known, or what is missing;
    ``fits``: the accounts it may be of, by blanks. ``found``: what was read, or would be, in lines."""

    upload_id: int
    name: str
    size: int
    sha256: str
    added_at: int
    added_by: str
    state: str
    account: str
    why: str
    fits: str
    found: str


def add(connection: Connection, *, name: str, size: int, sha256: str, at: int, by: str) -> int:
    """Note a file that has arrived; its number. The same bytes that still wait for a decision keep theirs."""
    table = schema.upload
    same = select(table.c.upload_id).where(
        table.c.sha256 == sha256, table.c.name == name, table.c.state.in_(OPEN)
    )
    known = connection.execute(same).scalar()
    if known is not None:
        return int(known)
    number = next_id(connection, table.c.upload_id)
    row = (number, name, size, sha256, at, by, "waiting", *("", "", "", ""))
    insert_rows(connection, table, [row])
    return number


def uploads(
    connection: Connection, states: Collection[str] = (), most: int = 1_000
) -> list[Upload]:
    """Uploads in these states (none: all), the newest first."""
    table = schema.upload
    query = select(table).order_by(table.c.upload_id.desc()).limit(most)
    if states:
        query = query.where(table.c.state.in_(states))
    return [Upload(**row._mapping) for row in connection.execute(query)]


def upload(connection: Connection, number: int) -> Upload | None:
    table = schema.upload
    row = connection.execute(select(table).where(table.c.upload_id == number)).first()
    return None if row is None else Upload(**row._mapping)


def change(connection: Connection, number: int, was: Collection[str], **values: str) -> bool:
    """Change an upload that is in one of the states ``was``; whether it was (another person may have been first)."""
    table = schema.upload
    here = table.c.upload_id == number
    done = connection.execute(update(table).where(here, table.c.state.in_(was)).values(values))
    return done.rowcount == 1
