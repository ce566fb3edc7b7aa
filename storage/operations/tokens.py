"""Tokens: each opens one thing (its purpose) to whoever shows it, until it is revoked: the screen on a wall, the data to a
program, the state to a monitor. Only a hash of a token is stored. Times are UTC seconds."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from storage import schema

Purpose = Literal["screen", "data", "metrics"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What it is called (where the screen hangs, which program), who gave it away and who took it back; ``sha256`` names
    it. ``used_at``: when it last admitted somebody, as far as that was noted."""

    sha256: str
    name: str
    purpose: Purpose
    made_at: int
    made_by: str
    used_at: int | None
    revoked_at: int | None
    revoked_by: str | None


def tokens(connection: Connection, purpose: Purpose | None = None) -> list[Admission]:
    """All that ever were (for one purpose), the newest first."""
    table = schema.token
    query = select(table).order_by(table.c.made_at.desc(), table.c.sha256)
    if purpose is not None:
        query = query.where(table.c.purpose == purpose)
    return [Admission(**row._mapping) for row in connection.execute(query)]


def add(connection: Connection, name: str, purpose: Purpose, *, at: int, by: str) -> str:
    """A new token, which nobody is told again."""
    token = secrets.token_urlsafe(32)
    row = {"sha256": _hash(token), "name": name, "purpose": purpose, "made_at": at, "made_by": by}
    connection.execute(insert(schema.token).values(row))
    return token


def admits(connection: Connection, token: str, purpose: Purpose) -> Admission | None:
    """The token that this is, if it stands and is for ``purpose``."""
    table = schema.token
    query = select(table).where(
        table.c.sha256 == _hash(token), table.c.purpose == purpose, table.c.revoked_at.is_(None)
    )
    row = connection.execute(query).first()
    return None if row is None else Admission(**row._mapping)


def used(connection: Connection, sha256: str, at: int) -> None:
    """Note that it was used."""
    table = schema.token
    connection.execute(update(table).where(table.c.sha256 == sha256).values(used_at=at))


def revoke(connection: Connection, sha256: str, *, at: int, by: str) -> bool:
    """Take a token back; False where none of that hash stands."""
    table = schema.token
    done = connection.execute(
        update(table)
        .where(table.c.sha256 == sha256, table.c.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=by)
    )
    return bool(done.rowcount)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
