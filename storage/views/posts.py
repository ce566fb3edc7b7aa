"""The facts of posts, as they stand now or as they were known to a question, and the keys by which posts are found."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from storage import facts, schema
from storage.bulk import rows_of, select_in
from storage.observations import series_of, value_at
from storage.views.valued import Question, published_by, whole


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(PostFacts):
    """A post that is counted by its publish time alone, whatever the basis of a summary (a placement, an issue of a
    programme), with its facts as of the question. ``seen_at``: when it was last seen, by the reading
    ``attempt_id``; UTC seconds."""

    published_at: int
    seen_at: int
    attempt_id: int


def listed(connection: Connection, question: Question, kinds: Sequence[str]) -> list[Listed]:
    """The counted posts of ``kinds`` of all accounts, of any time, in the order of their publishing: those before the
    question's period tell from when a ledger was kept. They show no figures; one counts as soon as an observation by
    as-of, told by known-by, shows it."""
    marks = ", ".join("?" * len(kinds))
    sql = f"SELECT p.post_id FROM post p WHERE {schema.RARE} AND p.kind IN ({marks}) AND {whole(question)}"
    numbers = [row[0] for row in rows_of(connection, sql, *kinds)]
    times = published_by(connection, numbers, question.known)
    seen = {}
    for owner, series in series_of(connection, numbers, question.known, question.as_of):
        value = value_at(series, question.as_of)
        if value is not None and value.state in schema.COUNTED:
            seen[owner] = value
    found = []
    for number, said in facts_of(connection, seen, question).items():
        moment, last = times[number], seen[number]
        if moment is not None and moment <= question.as_of and said["kind"] in kinds:
            said |= {"published_at": moment, "seen_at": last.seen_at}
            found.append(Listed(**said, attempt_id=last.attempt_id))
    return sorted(found, key=lambda each: (each.published_at, each.post_id))
