"""Which pages are due: young posts often, quiet old ones seldom. Times are UTC seconds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from storage import schema

HOUR, DAY = 3_600, 86_400
#: Up to this age of a post → how long after the last look it is due again. A post mostly stops growing within
#: 7–10 days (stack.md b); a quarter's end still wants a figure of its own.
INTERVALS = (
    (DAY, HOUR),
    (3 * DAY, 4 * HOUR),
    (7 * DAY, 12 * HOUR),
    (30 * DAY, DAY),
    (365 * DAY, 7 * DAY),
)
SELDOM = 30 * DAY
#: A list is looked at again after this long.
LIST_INTERVAL = HOUR


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


def last_looks(connection: Connection, account: str) -> dict[str, int]:
    """Address → when it was last asked for this account, whatever came of it. Kept bytes that were read again
    are no look."""
    attempt = schema.attempt
    reread = select(schema.run.c.run_id).where(schema.run.c.occasion == schema.REREAD)
    query = (
        select(attempt.c.source, func.max(attempt.c.recorded_at))
        .join(schema.account, schema.account.c.account_id == attempt.c.account_id)
        .where(schema.account.c.key == account, attempt.c.kind == "page")
        .where(attempt.c.run_id.not_in(reread))
        .group_by(attempt.c.source)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


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
        .order_by(post.c.published_at.desc())
    )
    for number, name, url, published_at in connection.execute(query):
        yield Visitable(number, (name or "").removeprefix("id:"), url, published_at)


def past_finds(connection: Connection, account: str, source: str, last: int = 5) -> list[int]:
    """How much the last good looks at a list showed, newest first."""
    attempt = schema.attempt
    query = (
        select(attempt.c.notes)
        .join(schema.account, schema.account.c.account_id == attempt.c.account_id)
        .where(schema.account.c.key == account, attempt.c.source == source)
        .where(attempt.c.outcome == "ok", attempt.c.notes.is_not(None))
        .order_by(attempt.c.attempt_id.desc())
        .limit(last)
    )
    notes = [json.loads(row.notes) for row in connection.execute(query)]
    return [each["found"] for each in notes if "found" in each]
