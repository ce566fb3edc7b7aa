"""Which pages are due for a look, and what the last look left for the next one: figures to expect, headers of caches.
Young posts are looked at often, quiet old ones seldom. And which files people downloaded and put in, by which the next
ones are due. Times are UTC seconds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, Connection, Select, func, select

from storage import schema
from storage.bulk import rows_of

HOUR, DAY = 3_600, 86_400
#: How far Shanghai is ahead of UTC; it keeps no summer time.
_SHANGHAI = 8 * HOUR
#: Up to this age of a post → how long after the last look it is due again. A post mostly stops growing within
#: 7–10 days; a quarter's end still wants a figure of its own.
INTERVALS = (
    (DAY, HOUR),
    (3 * DAY, 4 * HOUR),
    (7 * DAY, 12 * HOUR),
    (30 * DAY, DAY),
    (365 * DAY, 7 * DAY),
)
SELDOM = 30 * DAY
#: A list is looked at again after this long; what else an agreed interface is asked for, a day's figures, once it answered.
LIST_INTERVAL, API_INTERVAL = HOUR, 12 * HOUR
#: Kinds of attempts that are looks at the network.
LOOKS = ("page", "api")


@dataclass(frozen=True, slots=True)
class Visitable:
    """A stored post that a page may show: its platform id (or ""), its address, when it was published."""

    post_id: int
    key: str
    url: str
    published_at: int | None


def interval(age: int) -> int:
    """How long after the last look a post of that age (seconds) is due again."""
    return next((wait for limit, wait in INTERVALS if age < limit), SELDOM)


def is_over(last: int, wait: int, now: datetime) -> bool:
    """Whether the wait after a look is over; one in the future was dated by a clock that was ahead."""
    return not 0 <= now.timestamp() - last < wait


@dataclass(frozen=True, slots=True)
class Look:
    """When an address was last asked, and what came of it."""

    at: int
    outcome: str


def last_looks(connection: Connection, account: str) -> dict[str, Look]:
    """Address → the last time it was asked for this account and something came back, or robots.txt said no, or an
    interface that there is no more today.

    Where nothing came back it is due again. KeptAnswer bytes that were read again are no look.
    """
    table = schema.attempt
    asked = (table.c.capture_id.is_not(None) & (table.c.outcome != "unreachable")) | (
        table.c.outcome == "refused"
    )
    asked |= (table.c.kind == "api") & (table.c.outcome == "blocked")
    newest = _looks(account, asked)
    query = select(table.c.source, table.c.recorded_at, table.c.outcome)
    rows = connection.execute(query.where(table.c.attempt_id.in_(newest)))
    return {row[0]: Look(row[1], row[2]) for row in rows}


def last_showed(connection: Connection, account: str) -> dict[str, int]:
    """Key of a post → when a list last showed all of its figures."""
    table = schema.attempt
    newest = _looks(account, table.c.notes.like('%"showed": [%'))
    query = select(table.c.recorded_at, table.c.notes).where(table.c.attempt_id.in_(newest))
    found: dict[str, int] = {}
    for at, notes in connection.execute(query.order_by(table.c.attempt_id)):
        found |= dict.fromkeys(json.loads(notes)["showed"], at)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """A kept answer with the marks by which its host tells whether it has changed since."""

    capture_id: int
    path: str
    url: str  # "" where it came from the address asked
    content_type: str
    etag: str
    modified: str


def kept_answers(connection: Connection, account: str) -> dict[str, KeptAnswer]:
    """Address → its last good answer, where that can be asked for on condition that it has changed."""
    table, capture = schema.attempt, schema.capture
    newest = _looks(account, table.c.outcome.in_(("ok", "unchanged")))
    query = (
        select(table.c.source, table.c.notes, capture.c.capture_id, capture.c.path)
        .join(capture, capture.c.capture_id == table.c.capture_id)
        .where(table.c.attempt_id.in_(newest), capture.c.removed_at.is_(None))
        .where(table.c.notes.like('%"etag": %') | table.c.notes.like('%"modified": %'))
    )
    found: dict[str, KeptAnswer] = {}
    for source, notes, number, path in connection.execute(query):
        told = json.loads(notes).get("request", {})
        found[source] = KeptAnswer(
            capture_id=number,
            path=path,
            url=told.get("url", ""),
            content_type=told.get("type", ""),
            etag=told.get("etag", ""),
            modified=told.get("modified", ""),
        )
    return found


def _looks(account: str, test: ColumnElement[bool]) -> Select[int]:
    """The newest attempt of each address of an account that passes the test."""
    table = schema.attempt
    reread = select(schema.run.c.run_id).where(schema.run.c.occasion == schema.REREAD)
    number = select(schema.account.c.account_id).where(schema.account.c.key == account)
    return (
        select(func.max(table.c.attempt_id))
        .where(table.c.account_id == number.scalar_subquery(), table.c.kind.in_(LOOKS), test)
        .where(table.c.run_id.not_in(reread), table.c.withdrawn_at.is_(None))
        .group_by(table.c.source)
    )


def visitable(connection: Connection, account: str) -> Iterator[Visitable]:
    """The posts of an account that may still be there, newest first."""
    post, key, latest = schema.post, schema.post_key, schema.latest
    gone = schema.STATE_CODE["deleted"]
    query = (
        select(post.c.post_id, func.min(key.c.key), post.c.url, post.c.published_at)
        .join(schema.account, schema.account.c.account_id == post.c.account_id)
        .outerjoin(latest, latest.c.post_id == post.c.post_id)
        .outerjoin(key, (key.c.post_id == post.c.post_id) & key.c.key.like("id:%"))
        .where(schema.account.c.key == account, post.c.merged_into.is_(None))
        .where((latest.c.state != gone) | latest.c.state.is_(None))
        .group_by(post.c.post_id, post.c.url, post.c.published_at)
        .order_by(post.c.published_at.desc().nulls_last(), post.c.post_id.desc())
    )
    for number, name, url, published_at in connection.execute(query):
        yield Visitable(number, (name or "").removeprefix("id:"), url, published_at)


@dataclass(frozen=True, slots=True)
class Find:
    """How much one look showed: records, and how many posts of them showed each metric."""

    found: int
    shown: Mapping[str, int]


def past_finds(connection: Connection, account: str, source: str, last: int = 5) -> list[Find]:
    """How much the last good looks at an address showed, newest first."""
    attempt = schema.attempt
    query = (
        select(attempt.c.notes)
        .join(schema.account, schema.account.c.account_id == attempt.c.account_id)
        .where(schema.account.c.key == account, attempt.c.source == source)
        .where(attempt.c.outcome.in_(("ok", "unchanged")), attempt.c.notes.like('%"found": %'))
        .order_by(attempt.c.attempt_id.desc())
        .limit(last)
    )
    notes = [json.loads(row.notes) for row in connection.execute(query)]
    return [Find(each["found"], each.get("shown", {})) for each in notes]


@dataclass(frozen=True, slots=True)
class Download:
    """The newest file of its kind that gave figures and stands. ``works``: it lists works, otherwise it tells of the account
    itself. ``cut_off``: it held as many rows as its kind can; ``first_published``: of its oldest work. ``days``: the last
    ones of Shanghai from which such files are, counted from 1970-01-01, in order."""

    account: str
    adapter: str
    works: bool
    at: int
    posts: int
    cut_off: bool
    first_published: int | None
    days: tuple[int, ...]


def downloads(connection: Connection, last: int) -> list[Download]:
    """The newest one of each account, of works and of the account itself, with the ``last`` days of such files."""
    good = ", ".join(f"'{each}'" for each in schema.GOOD)
    newest = (
        "(SELECT t.attempt_id FROM attempt t WHERE t.account_id = {} AND t.kind = 'file' AND t.observed_at < {}"
        " AND CASE WHEN t.posts > t.figures THEN 1 ELSE 0 END = {}"
        f" AND t.outcome IN ({good}) AND t.withdrawn_at IS NULL AND t.posts + t.figures > 0"
        " ORDER BY t.observed_at DESC, t.attempt_id DESC LIMIT 1)"
    )
    began = f"((p.observed_at + {_SHANGHAI}) / {DAY} * {DAY} - {_SHANGHAI})"
    sql = (  # from each day to the one before it, by an index
        "WITH RECURSIVE came(account_id, works, attempt_id, place) AS ("
        f"SELECT a.account_id, k.works, {newest.format('a.account_id', 2**62, 'k.works')}, 1"
        " FROM account a CROSS JOIN (SELECT 0 AS works UNION ALL SELECT 1) k"
        f" UNION ALL SELECT c.account_id, c.works, {newest.format('c.account_id', began, 'c.works')}, c.place + 1"
        f" FROM came c JOIN attempt p ON p.attempt_id = c.attempt_id WHERE c.place < {last})"
        f" SELECT c.works, (t.observed_at + {_SHANGHAI}) / {DAY}, a.key, t.adapter, t.observed_at, t.posts,"
        " t.cut_off, t.first_published FROM came c JOIN attempt t ON t.attempt_id = c.attempt_id"
        " JOIN account a ON a.account_id = c.account_id ORDER BY c.account_id, c.works, t.observed_at"
    )
    found = []
    for (_, works), group in groupby(rows_of(connection, sql), key=itemgetter(2, 0)):
        rows = list(group)
        _, _, key, adapter, seen, posts, cut_off, first = rows[-1]
        found.append(
            Download(
                account=key, adapter=adapter, works=bool(works), at=seen, posts=posts,
                cut_off=bool(cut_off), first_published=first, days=tuple(row[1] for row in rows),
            )
        )  # fmt: skip
    return found


def published(connection: Connection, spans: Collection[tuple[str, int, int]]) -> dict[str, int]:
    """How many works each account published: account, from and until when (both included)."""
    sql = (
        "SELECT count(*) FROM post WHERE account_id = (SELECT account_id FROM account WHERE key = ?)"
        " AND published_at BETWEEN ? AND ? AND merged_into IS NULL"
    )
    return {span[0]: rows_of(connection, sql, *span)[0][0] for span in spans}
