"""Slowly changing facts of a post: filled where they were empty, kept with their history where they change.

An older file never displaces a newer fact, and an empty text never displaces anything.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam

from adapters.records import Post
from storage import schema
from storage.bulk import insert_rows, select_in

#: Facts whose every version is kept: a topic chooses posts by them.
KEPT = ("title", "column", "author", "url")
_DAY = 86_400


class Facts:
    """Updates of the facts of stored posts by one reading."""

    def __init__(self, connection: Connection, attempt_id: int, observed_at: int) -> None:
        self.connection = connection
        self.attempt_id = attempt_id
        self.observed_at = observed_at
        self.retitled = 0

    def update(
        self, existing: Collection[int], ids: Sequence[int | None], posts: Sequence[Post]
    ) -> None:
        """Compare the records of posts that were there before with what is stored of them."""
        if not existing:
            return
        sql = (
            'SELECT p.post_id, p.title, p."column", p.author, p.url, p.published_at, p.date_only,'
            " p.kind, p.original, p.details, l.observed_at"
            " FROM post p LEFT JOIN latest l ON l.post_id = p.post_id WHERE p.post_id IN (??)"
        )
        stored = {row[0]: row[1:] for row in select_in(self.connection, sql, existing)}
        updates: list[dict[str, Any]] = []
        for number, post in zip(ids, posts, strict=True):
            row = stored.get(number) if number is not None else None
            if row is not None and number is not None:
                change = self._changes(number, post, row)
                if change:
                    updates.append(change)
        for change in updates:
            number = change.pop("post_id")
            table = schema.post
            statement = table.update().where(table.c.post_id == bindparam("number"))
            self.connection.execute(statement.values(**change), {"number": number})

    def _changes(self, number: int, post: Post, row: Sequence[Any]) -> dict[str, Any]:
        if self._same(post, row):
            return {}
        old = dict(zip(KEPT, row[:4], strict=True))
        new = {"title": post.title, "column": post.column, "author": post.author, "url": post.url}
        published_at, date_only, kind, original, details, newest = row[4:]
        seen = self.observed_at if post.observed_at is None else int(post.observed_at.timestamp())
        newer = newest is None or seen >= newest
        change: dict[str, Any] = {}
        for name in KEPT:
            if not new[name] or new[name] == old[name]:
                continue
            if not old[name]:
                change[name] = new[name]
                continue
            if name == "url":  # two addresses of one post: the first one stays
                continue
            self._keep(number, name, old[name], new[name], seen)
            change["retold"] = True
            if newer:
                change[name] = new[name]
                self.retitled += name == "title"
        change |= _time(post, published_at, date_only)
        if post.kind is not None and post.kind != kind:
            change["kind"] = post.kind
        if post.original is not None and original is None:
            change["original"] = post.original
        if post.details and details is None:
            change["details"] = json.dumps(dict(post.details), ensure_ascii=False)
        return change | {"post_id": number} if change else {}

    @staticmethod
    def _same(post: Post, row: Sequence[Any]) -> bool:
        """The common case, decided without further work."""
        moment = None if post.published_at is None else int(post.published_at.timestamp())
        return (
            post.title == row[0]
            and post.column == row[1]
            and post.author == row[2]
            and post.url == row[3]
            and moment == row[4]
            and (post.kind is None or post.kind == row[6])
            and (post.original is None or post.original == row[7])
            and not post.details
        )

    def _keep(self, number: int, name: str, old: str, new: str, seen: int) -> None:
        table = schema.fact
        known = self.connection.execute(
            table.select().where(table.c.post_id == number, table.c.name == name).limit(1)
        ).first()
        rows: list[tuple[Any, ...]] = [] if known else [(number, name, 0, 0, old)]
        insert_rows(self.connection, table, [*rows, (number, name, seen, self.attempt_id, new)])


def _time(post: Post, published_at: int | None, date_only: bool) -> dict[str, Any]:
    """A publish time, where none or only its day was known."""
    if post.published_at is None:
        return {}
    moment = int(post.published_at.timestamp())
    if published_at is None:
        return {"published_at": moment, "date_only": post.date_only}
    if date_only and not post.date_only and 0 <= moment - published_at < _DAY:
        return {"published_at": moment, "date_only": False}
    return {}
