"""Sources and credentials that do not work: when it began, when it ended, and whether people were told. Times are UTC
seconds.

How each source fares is read from the attempts of the last days alone; what began earlier is in the table ``trouble``.
All pages of an account's posts are one source, and so is an account's interface: that one post cannot be read is no
trouble of the source (``collect sources`` lists them).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, case, select, update

from storage import schema
from storage.bulk import insert_rows, next_id
from storage.operations.sources import GOOD, reread_well

#: What the pages of an account's posts, and an account's interface, go by as sources; no address or file is called so.
POSTS, INTERFACE = "*posts", "*api"
#: Troubles that ended without a word: the source is no longer asked.
UNTOLD = 0

Kind = Literal["source", "credential"]


@dataclass(slots=True, kw_only=True)
class Tail:
    """How the looks at a source ended. ``failures`` and ``runs`` (the passes they were in) count from the last good
    look on; ``good_at`` is that look, ``healed_at`` the first good one after a failure."""

    account: str
    source: str
    kind: str  # file, page, api
    last_at: int = 0
    outcome: str = ""
    problem: str = ""
    good_at: int | None = None
    healed_at: int | None = None
    since: int | None = None
    failures: int = 0
    logged_out: bool = False  # at one of these failures
    runs: set[int] = field(default_factory=set)

    @property
    def failing(self) -> bool:
        return self.failures > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A source or credential that did not work from ``since`` to ``ended_at`` (None: it still does not).

    ``account`` is "" for a platform's cookie, whose ``source`` is the platform, and the account for the cookie of its
    own site (POSTS) and its interface's key (INTERFACE); a source is an address, a file name, POSTS or INTERFACE.
    ``problem`` is in Chinese and says what to do.
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


_T, _A = schema.trouble.c, schema.attempt.c


def tails(connection: Connection, since: int, account: str | None = None) -> list[Tail]:
    """How each source that was looked at from ``since`` on (of one account) fares, by account and source."""
    healed = reread_well(connection)
    found: dict[tuple[str, str], Tail] = {}
    for row in _looks(connection, since, account):
        key, source, kind, about, number, run_id, outcome, problem, at, brought = row
        name = _source(source, kind, about)
        if name is None or (name == POSTS and outcome in ("gone", "unclear")):
            continue  # this tells of one post, not of the source
        tail = found.setdefault((key, name), Tail(account=key, source=name, kind=kind))
        tail.last_at, tail.problem = at, problem or ""
        tail.outcome = "ok" if number in healed else outcome
        if outcome in GOOD or brought or number in healed:
            if tail.failing:
                tail.healed_at = at
            tail.good_at, tail.since, tail.failures, tail.logged_out = at, None, 0, False
            tail.runs.clear()
        else:
            tail.since = tail.since or at
            tail.failures += 1
            tail.logged_out |= outcome == "login_expired"
            tail.runs.add(run_id)
    return [found[name] for name in sorted(found)]


def _source(source: str, kind: str, about: str) -> str | None:
    """What a look counts for; None for the further pages of a list."""
    if kind == "api":
        return INTERFACE
    if kind == "file" or about == "list":
        return source
    return POSTS if about == "post" else None


def _looks(connection: Connection, since: int, account: str | None) -> Iterator[Any]:
    """The looks at sources, oldest first; kept bytes that were read again are none."""
    before = select(_A.attempt_id).where(_A.recorded_at < since).order_by(_A.attempt_id.desc())
    first = connection.execute(before.limit(1)).scalar() or 0
    reread = select(schema.run.c.run_id).where(schema.run.c.occasion == schema.REREAD)
    about = case(
        (_A.notes.like('%"depth": %'), "further"),
        (_A.notes.like('%"about": "list"%'), "list"),
        else_="post",
    )
    keys = dict(connection.execute(select(schema.account.c.account_id, schema.account.c.key)).all())
    query = (
        select(
            *(_A.account_id, _A.source, _A.kind, about, _A.attempt_id, _A.run_id),
            *(_A.outcome, _A.problem, _A.recorded_at, _A.posts + _A.figures > 0),
        )
        .where(_A.attempt_id > first, _A.kind.in_(("file", "page", "api")))
        .where(_A.withdrawn_at.is_(None), _A.run_id.not_in(reread))
        .order_by(_A.attempt_id)
    )
    for account_id, *look in connection.execute(query):
        key = keys.get(account_id)
        if key is not None and account in (None, key):
            yield key, *look


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
