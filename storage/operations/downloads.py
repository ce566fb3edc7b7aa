"""The files that people downloaded and put in: of which account, of what kind, for which moment. Times are UTC seconds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, or_, select

from storage import schema


@dataclass(frozen=True, slots=True)
class Download:
    """A file that gave figures and stands. ``works``: it lists works, otherwise it tells of the account itself.
    ``cut_off``: it held as many rows as its kind can; ``first_published``: of its oldest work."""

    account: str
    adapter: str
    works: bool
    at: int
    posts: int
    cut_off: bool
    first_published: int | None


def downloads(connection: Connection) -> list[Download]:
    """All of them, the oldest first."""
    table, key = schema.attempt.c, schema.account.c.key
    query = (
        select(
            *(key, table.adapter, table.posts, table.figures, table.observed_at),
            *(table.cut_off, table.first_published),
        )
        .join(schema.account, schema.account.c.account_id == table.account_id)
        .where(
            table.kind == "file",
            table.outcome.in_(schema.GOOD),
            table.withdrawn_at.is_(None),
            table.observed_at.is_not(None),
            table.posts + table.figures > 0,
        )
        .order_by(table.observed_at, table.attempt_id)
    )
    return [
        Download(
            account=row.key,
            adapter=row.adapter,
            works=row.posts > row.figures,
            at=row.observed_at,
            posts=row.posts,
            cut_off=bool(row.cut_off),
            first_published=row.first_published,
        )
        for row in connection.execute(query)
    ]


def published(connection: Connection, spans: Collection[tuple[str, int, int]]) -> dict[str, int]:
    """How many works each account published: account, from and until when (both included)."""
    post, key = schema.post.c, schema.account.c.key
    if not spans:
        return {}
    tests = [
        and_(key == one, post.published_at.between(since, until)) for one, since, until in spans
    ]
    query = (
        select(key, func.count().label("number"))
        .join(schema.account, schema.account.c.account_id == post.account_id)
        .where(post.merged_into.is_(None), or_(*tests))
        .group_by(key)
    )
    return {row.key: row.number for row in connection.execute(query)}
