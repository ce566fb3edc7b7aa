"""The slowly changing facts of posts (title, author, address …): filled in where empty, kept with their history.

An older file never replaces a newer fact, and an empty text never replaces anything. Every change leaves the old and
the new value in the table ``fact``, so that what was known at a moment can still be told."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam

from adapters.moments import DAY
from adapters.records import Post
from storage import ledgers, schema
from storage.bulk import select_in, upsert_rows
from storage.known import Known

#: Facts of a post, in the order in which they are compared; all as text, empty = not known.
FACTS = ("title", "column", "author", "url", "kind", "original", "details", "published_at")
#: A new value of these is true from when it was seen; of the others it was always true.
_DATED = ("title", "column", "author", "details")


class StoredFacts(NamedTuple):
    """The facts of a post as its row has them; ``published_at`` in UTC seconds."""

    post_id: int
    title: str
    column: str
    author: str
    url: str
    kind: str
    original: bool | None
    details: str | None
    published_at: int | None
    date_only: bool


#: SQL: the columns of StoredFacts of the table post ``p``.
SELECTED = ", ".join(f'p."{name}"' for name in StoredFacts._fields)
#: The same as the driver gives them: most rows of a reading need no more.
FactsRow = tuple[Any, ...]


def _stored_facts(connection: Connection, posts: Collection[int]) -> dict[int, FactsRow]:
    """The facts of ``posts`` as they are stored now."""
    sql = f"SELECT {SELECTED} FROM post p WHERE p.post_id IN (??)"
    return {row[0]: row for row in select_in(connection, sql, posts)}


class Facts:
    """Updates of the facts of stored posts by one reading."""

    def __init__(self, connection: Connection, attempt_id: int, observed_at: int) -> None:
        self.connection = connection
        self.attempt_id = attempt_id
        self.observed_at = observed_at
        self.retitled = 0
        self.changed: set[int] = set()  # posts with new details

    def update(
        self,
        said: Collection[tuple[int, Post, int | None]],
        known: Mapping[int, FactsRow] | None = None,
    ) -> None:
        """Compare what records say of posts that were there before with what is stored of them. ``said``: post, its
        record, when the record was published (UTC seconds); ``known``: facts read already."""
        stored = dict(known or {})
        stored |= _stored_facts(self.connection, {number for number, _, _ in said} - stored.keys())
        changed = [
            (number, post)
            for number, post, moment in said
            if not _same(post, moment, *stored[number])
        ]
        if changed:
            self._update(stored, changed)

    def _update(self, stored: Mapping[int, FactsRow], changed: Sequence[tuple[int, Post]]) -> None:
        sql = "SELECT post_id, observed_at FROM latest WHERE post_id IN (??)"
        latest = dict(select_in(self.connection, sql, {number for number, _ in changed}))
        current: dict[int, dict[str, str]] = {}
        history: dict[tuple[int, str, int, int], str] = {}
        first: dict[tuple[int, str], str] = {}
        for number, post in changed:
            facts = current.get(number) or texts(StoredFacts(*stored[number]))
            seen = (
                self.observed_at if post.observed_at is None else int(post.observed_at.timestamp())
            )
            newest = latest.get(number, seen)
            for name, new in _of(post).items():
                old = facts[name]
                if not _changes(name, old, new):
                    continue
                first.setdefault((number, name), old)
                dated = name in _DATED and bool(old)
                history[number, name, seen if dated else 0, self.attempt_id] = new
                if dated and seen < newest:
                    history[number, name, newest, self.attempt_id] = old
                    continue
                current[number] = facts = facts | {name: new}
                self.retitled += name == "title" and dated
                if name == "details":
                    self.changed.add(number)
        self._keep(first, history)
        write(self.connection, current)

    def _keep(
        self, first: dict[tuple[int, str], str], history: dict[tuple[int, str, int, int], str]
    ) -> None:
        if not history:
            return
        posts = {number for number, _ in first}
        sql = "SELECT post_id, name FROM fact WHERE attempt_id = 0 AND post_id IN (??)"
        known = {(number, name) for number, name in select_in(self.connection, sql, posts)}
        rows: Iterable[tuple[Any, ...]] = (
            (*place, 0, 0, old) for place, old in first.items() if place not in known
        )
        changes = ((*place, new) for place, new in history.items())
        upsert_rows(self.connection, schema.fact, list(chain(rows, changes)))
        table = schema.post
        statement = table.update().where(table.c.post_id == bindparam("number"))
        self.connection.execute(
            statement.values(retold=True), [{"number": number} for number in posts]
        )


def details_text(post: Post) -> str | None:
    """The details of a record as stored; None where it has none."""
    return (
        json.dumps(dict(post.details), ensure_ascii=False, sort_keys=True) if post.details else None
    )


def texts(stored: StoredFacts) -> dict[str, str]:
    """The facts of a stored post as text, by their names in ``FACTS``."""
    facts = {name: getattr(stored, name) for name in FACTS}
    facts["original"] = "" if stored.original is None else str(int(stored.original))
    facts["details"] = stored.details or ""
    moment = stored.published_at
    facts["published_at"] = "" if moment is None else f"{moment}{'d' if stored.date_only else ''}"
    return facts


def _of(post: Post) -> dict[str, str]:
    moment = None if post.published_at is None else int(post.published_at.timestamp())
    return texts(
        StoredFacts(
            0, post.title, post.column, post.author, post.url, post.kind or "", post.original,
            details_text(post), moment, post.date_only,
        )
    )  # fmt: skip


def columns(facts: dict[str, str]) -> dict[str, Any]:
    """The inverse of ``texts``, by column name of the table post."""
    found: dict[str, Any] = dict(facts)
    if "original" in facts:
        found["original"] = None if not facts["original"] else facts["original"] == "1"
    if "details" in facts:
        found["details"] = facts["details"] or None
    if "published_at" in facts:
        moment = facts["published_at"]
        found["published_at"] = int(moment.rstrip("d")) if moment else None
        found["date_only"] = moment.endswith("d")
    return found


def _same(
    post: Post,
    moment: int | None,
    _number: int,
    title: str,
    column: str,
    author: str,
    url: str,
    kind: str,
    original: bool | None,
    _details: str | None,
    published_at: int | None,
    _date_only: bool,
) -> bool:
    """Whether a record, published at ``moment``, says what is stored (the columns of a StoredFacts): the common case,
    decided without further work."""
    return (
        post.title == title
        and moment == published_at
        and post.column == column
        and post.author == author
        and post.url == url
        and (post.kind is None or post.kind == kind)
        and (post.original is None or post.original == original)
        and not post.details
    )


def _changes(name: str, old: str, new: str) -> bool:
    """Whether a record's fact takes part: it says something, something else, and it may."""
    if not new or new == old:
        return False
    if not old:
        return True
    if name == "url":  # two addresses of one post: the first one stays
        return False
    if name == "published_at":  # only the clock is added to a date
        return old.endswith("d") and not new.endswith("d") and 0 <= int(new) - int(old[:-1]) < DAY
    return True


def write(connection: Connection, current: dict[int, dict[str, str]]) -> None:
    """Make these the facts of the posts. One whose publish time changed is no longer plain."""
    rows = [columns(facts) | {"number": number} for number, facts in current.items()]
    if rows:
        table = schema.post
        names = [name for name in rows[0] if name != "number"]
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        statement = table.update().where(table.c.post_id == bindparam("number")).values(values)
        connection.execute(
            statement,
            [
                {"number": row["number"]} | {f"new_{name}": row[name] for name in names}
                for row in rows
            ],
        )
    moved = [{"number": number} for number in retimed(connection, current)]
    if moved:
        table = schema.post
        statement = table.update().where(table.c.post_id == bindparam("number"))
        connection.execute(statement.values(plain=False), moved)


def retimed(connection: Connection, posts: Collection[int]) -> set[int]:
    """Those of ``posts`` whose publish time was once told otherwise."""
    sql = "SELECT DISTINCT post_id FROM fact WHERE name = 'published_at' AND post_id IN (??)"
    return {row[0] for row in select_in(connection, sql, posts)}


def told(
    connection: Connection, posts: Collection[int], as_of: int | None, known: Known
) -> dict[int, dict[str, str]]:
    """The facts of retold posts as they were at ``as_of`` (None: now), by what was known then."""
    sql = (
        f"SELECT f.post_id, f.name, f.value, f.observed_at, f.attempt_id, {ledgers.TAKEN_BACK},"
        f" CASE WHEN a.adapter = '{ledgers.LEDGER}' THEN a.account_id END FROM fact f"
        " LEFT JOIN attempt a ON a.attempt_id = f.attempt_id"
        " WHERE f.post_id IN (??) ORDER BY f.observed_at, f.attempt_id"
    )
    rows = list(select_in(connection, sql, posts))
    accounts = {row[-1] for row in rows if row[-1] is not None}
    ends = ledgers.followed(connection, known, accounts) if accounts else {}
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for number, name, value, seen, attempt_id, withdrawn, _ in rows:
        late = known.attempt_id is not None and attempt_id > known.attempt_id
        ended = ledgers.ended(ends, attempt_id, as_of)
        if (
            not late
            and not ended
            and not known.holds(withdrawn)
            and (as_of is None or seen <= as_of)
        ):
            found[number][name] = value
    return dict(found)


def refold(connection: Connection, posts: Collection[int]) -> None:
    """Make the stored facts of ``posts`` those that no withdrawn reading told."""
    standing = told(connection, posts, None, Known())
    stored = _stored_facts(connection, standing)
    write(connection, {n: texts(StoredFacts(*row)) | standing[n] for n, row in stored.items()})
