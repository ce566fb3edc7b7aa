"""Sources and credentials that do not work: when it began, when it ended, and whether people were told. Times are UTC
seconds. How each source fares is read from the attempts of the last days alone (storage.operations.attempts); what
began earlier is in the table ``trouble``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, select, update

from storage import schema
from storage.bulk import insert_rows, next_id

#: Troubles that ended without a word: the source is no longer asked.
UNTOLD = 0

Kind = Literal["source", "credential"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A source or credential that did not work from ``since`` to ``ended_at`` (None: it still does not).

    ``account`` is "" for a platform's cookie, whose ``source`` is the platform, and the account for the cookie of its
    own site (attempts.POSTS) and its interface's key (attempts.INTERFACE); a source is an address, a file name or one
    of these two. ``problem`` is in Chinese and says what to do.
    """

    number: int
    kind: Kind
    account: str
    source: str
    outcome: str
    problem: str
    since: int
    announced_at: int | None
    ended_at: int | None
    end_announced_at: int | None


_T = schema.trouble.c


def open_troubles(connection: Connection) -> list[Trouble]:
    """What does not work now, the longest first; also what nobody was told of (yet)."""
    return _found(connection, _T.ended_at.is_(None))


def ended_untold(connection: Connection) -> list[Trouble]:
    """What works again, of which people know only that it did not."""
    ended = and_(_T.ended_at.is_not(None), _T.end_announced_at.is_(None))
    return _found(connection, and_(ended, _T.announced_at.is_not(None)))


def by_number(connection: Connection, numbers: Collection[int]) -> list[Trouble]:
    return _found(connection, _T.trouble_id.in_(numbers))


def begin(
    connection: Connection, name: tuple[Kind, str, str], outcome: str, problem: str, since: int
) -> int:
    """A trouble begins. Returns its number."""
    number = next_id(connection, _T.trouble_id)
    row = (number, *name, outcome, problem, since, None, None, None)
    insert_rows(connection, schema.trouble, [row])
    return number


def goes_on(connection: Connection, number: int, outcome: str, problem: str, since: int) -> None:
    """What is wrong by now, and since when."""
    _set(connection, [number], outcome=outcome, problem=problem, since=since)


def end(connection: Connection, number: int, at: int, *, untold: bool = False) -> None:
    """It works again; ``untold``: it is only no longer asked, of which nobody is told."""
    _set(connection, [number], ended_at=at, end_announced_at=UNTOLD if untold else None)


def told(connection: Connection, numbers: Collection[int], now: int, *, ended: bool) -> None:
    """These are being announced."""
    _set(connection, numbers, **{"end_announced_at" if ended else "announced_at": now})


def _set(connection: Connection, numbers: Collection[int], **values: Any) -> None:
    connection.execute(update(schema.trouble).where(_T.trouble_id.in_(numbers)).values(**values))


def _found(connection: Connection, chosen: ColumnElement[bool]) -> list[Trouble]:
    query = select(schema.trouble).where(chosen).order_by(_T.since, _T.trouble_id)
    return [
        Trouble(number=row["trouble_id"], **{n: row[n] for n in row if n != "trouble_id"})
        for row in connection.execute(query).mappings()
    ]
