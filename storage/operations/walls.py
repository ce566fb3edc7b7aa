"""Screens on a wall: each has an address of its own that shows the screen and nothing else, until it is revoked. Only a
hash of its token is stored. Times are UTC seconds."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from storage import schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """A screen: where it hangs, who gave it its address and who took it back; ``sha256`` names it."""

    sha256: str
    name: str
    made_at: int
    made_by: str
    revoked_at: int | None
    revoked_by: str | None


def walls(connection: Connection) -> list[Wall]:
    """All that ever were, the newest first."""
    table = schema.wall
    rows = connection.execute(select(table).order_by(table.c.made_at.desc(), table.c.sha256))
    return [Wall(**row._mapping) for row in rows]


def add(connection: Connection, name: str, *, at: int, by: str) -> str:
    """Give a screen its token, which nobody is told again."""
    token = secrets.token_urlsafe(32)
    row = {"sha256": _hash(token), "name": name, "made_at": at, "made_by": by}
    connection.execute(insert(schema.wall).values(row))
    return token


def admits(connection: Connection, token: str) -> bool:
    """Whether ``token`` is that of a screen and stands."""
    table = schema.wall.c
    query = select(table.name).where(table.sha256 == _hash(token), table.revoked_at.is_(None))
    return connection.execute(query).first() is not None


def revoke(connection: Connection, sha256: str, *, at: int, by: str) -> bool:
    """Take a screen's address back; False where none of that hash stands."""
    table = schema.wall
    done = connection.execute(
        update(table)
        .where(table.c.sha256 == sha256, table.c.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=by)
    )
    return bool(done.rowcount)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
