"""The facts of posts, as they stand now or as they were known to a question, and the keys by which posts are found."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from storage import facts
from storage.bulk import select_in
from storage.views.valued import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFacts:
    """What is said of a post. ``account`` is its id in the config; ``published_at`` in UTC seconds, at 0:00 in Shanghai where
    it is ``date_only``; ``original`` None: no source says."""

    post_id: int
    account: str
    title: str
    url: str
    kind: str
    published_at: int | None
    date_only: bool
    author: str
    column: str
    original: bool | None
    details: Mapping[str, str]


_NAMES = (
    *("post_id", "account", "title", "url", "kind", "published_at", "date_only", "author"),
    *("column", "original", "details"),
)
_SELECT = (
    "SELECT p.post_id, a.key, p.title, p.url, p.kind, p.published_at, p.date_only, p.author,"
    ' p."column", p.original, p.details, p.retold'
    " FROM post p JOIN account a ON a.account_id = p.account_id WHERE p.post_id IN (??)"
)


def facts_of(
    connection: Connection, posts: Collection[int], question: Question | None = None
) -> dict[int, dict[str, Any]]:
    """Post → the fields of its PostFacts, by what the question knows of its as-of (None: as they stand now)."""
    found = {}
    rows = list(select_in(connection, _SELECT, posts))
    retold = [] if question is None else [row[0] for row in rows if row[-1]]
    told = facts.told(connection, retold, question.as_of, question.known) if question else {}
    for *row, _ in rows:
        said = dict(zip(_NAMES, row, strict=True)) | facts.columns(told.get(row[0], {}))
        said["date_only"] = bool(said["date_only"])
        said["original"] = None if said["original"] is None else bool(said["original"])
        said["details"] = json.loads(said["details"]) if said["details"] else {}
        found[row[0]] = said
    return found


def keys_of(connection: Connection, posts: Collection[int]) -> dict[int, list[str]]:
    """The keys by which posts are known (storage.identity.keys), in order; posts without any are left out."""
    found: dict[int, list[str]] = defaultdict(list)
    sql = "SELECT post_id, key FROM post_key WHERE post_id IN (??)"
    for number, key in sorted(select_in(connection, sql, posts)):
        found[number].append(key)
    return dict(found)
