"""Pages of posts for a person to look through: searched, filtered and sorted by any figure. The cost of a page depends
on the index that it reads, not on the number of posts. Times are UTC seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from adapters.records import METRICS
from storage import schema
from storage.views.history import StoredPost, in_title, posts_by_number

#: What a catalogue can be sorted by.
ORDERS = ("published_at", *METRICS)
#: More posts than this are counted as "more than": nobody turns so many pages.
COUNTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which posts. Empty or None: any. ``words``: all of these in the title; ``hit``: past this number of views; ``any_…``:
    at least one of these words, columns and tags, as a topic chooses."""

    accounts: Sequence[str] = ()
    words: Sequence[str] = ()
    since: int | None = None
    until: int | None = None
    hit: int | None = None
    tag: str = ""
    any_words: Sequence[str] = ()
    any_columns: Sequence[str] = ()
    any_tags: Sequence[str] = ()
    order: str = "published_at"
    falling: bool = True


def rows(
    connection: Connection, wanted: Wanted, *, first: int = 0, most: int = 50
) -> list[StoredPost]:
    """``most`` posts from the ``first`` on, in order."""
    return shown(connection, numbers(connection, wanted, first=first, most=most))


def numbers(connection: Connection, wanted: Wanted, *, first: int = 0, most: int = 50) -> list[int]:
    """The numbers of these posts, by an index where there is one; posts that do not show the figure come last."""
    query = _numbers(connection, wanted).order_by(*_order(wanted)).offset(first).limit(most)
    return list(connection.execute(query).scalars())


def shown(connection: Connection, numbers: Sequence[int]) -> list[StoredPost]:
    """What is shown of the posts of these numbers, in their order."""
    there = posts_by_number(connection, numbers)
    return [there[number] for number in numbers]


def count(connection: Connection, wanted: Wanted) -> int:
    """How many there are; COUNTED + 1 where there are more than COUNTED."""
    some = _numbers(connection, wanted).limit(COUNTED + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def _order(wanted: Wanted) -> tuple[ColumnElement[Any], ...]:
    column = (
        schema.post.c.published_at
        if wanted.order == "published_at"
        else schema.latest.c[wanted.order]
    )
    number = schema.latest.c.post_id
    if wanted.falling:
        return column.desc().nulls_last(), number.desc()
    return column.asc().nulls_last(), number.asc()


def _numbers(connection: Connection, wanted: Wanted) -> Select[Any]:
    """The numbers of the posts that are counted and wanted. The table ``post`` is read only where it is asked for."""
    latest = schema.latest
    query = select(latest.c.post_id).where(latest.c.state.in_(schema.COUNTED), *_said(wanted))
    tests = list(_tests(wanted, sqlite=connection.dialect.name == "sqlite"))
    if tests or wanted.order == "published_at":
        query = query.join(schema.post, schema.post.c.post_id == latest.c.post_id).where(*tests)
    return query


def _tests(wanted: Wanted, *, sqlite: bool) -> Iterator[ColumnElement[bool]]:
    """What must be true of a post itself."""
    post, account = schema.post, schema.account
    if wanted.accounts:
        ids = select(account.c.account_id).where(account.c.key.in_(wanted.accounts))
        yield post.c.account_id.in_(ids)
    for word in wanted.words:
        yield in_title(word, sqlite=sqlite)
    topic = [in_title(word, sqlite=sqlite) for word in wanted.any_words]
    if wanted.any_columns:
        topic.append(post.c.column.in_(wanted.any_columns))
    if wanted.any_tags:
        topic.append(post.c.post_id.in_(_tagged(wanted.any_tags)))
    if topic:
        yield or_(*topic)
    if wanted.since is not None:
        yield post.c.published_at >= wanted.since
    if wanted.until is not None:
        yield post.c.published_at < wanted.until


def _said(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """What must stand on record about it: a hit, a tag."""
    number, hit = schema.latest.c.post_id, schema.hit
    if wanted.hit is not None:
        yield number.in_(
            select(hit.c.post_id).where(hit.c.metric == "views", hit.c.threshold == wanted.hit)
        )
    if wanted.tag:
        yield number.in_(_tagged([wanted.tag]))


def _tagged(names: Sequence[str]) -> Select[Any]:
    tag = schema.tag
    return select(tag.c.post_id).where(tag.c.tag.in_(names), tag.c.removed_at.is_(None))
