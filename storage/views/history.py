"""Where a post's figures came from: its observations one by one, each with its reading, file, row and run,
and the history of its facts. Times are UTC seconds; nothing is left out because it was withdrawn."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from adapters.records import METRICS, STATES, Beside, Count
from storage import facts, schema
from storage.bulk import select_in
from storage.identity.keys import sure_keys
from storage.known import Known, top_of
from storage.observations import series_of
from storage.values import named
from storage.views.posts import PostFacts, facts_of, keys_of

#: Posts found by a part of their title, at most.
FOUND = 50
#: Characters of a part of a title that every database looks for; SQLite takes 50,000 bytes.
_LONGEST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPost(PostFacts):
    """A post, its facts and its latest figures as they are now. ``state`` and ``seen_at`` None: it has no standing
    observation."""

    platform: str
    keys: tuple[str, ...]
    state: str | None
    seen_at: int | None
    latest: Mapping[str, Count]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReading:
    """One attempt: which bytes were read, when, how their moment became known, and what became of it."""

    attempt_id: int
    run_id: int
    account: str | None
    source: str
    adapter: str
    kind: str
    outcome: str
    problem: str | None
    observed_at: int | None
    observed_from: str | None
    recorded_at: int
    posts: int
    new_posts: int
    figures: int
    bad_rows: int
    first_published: int | None
    last_published: int | None
    cut_off: bool
    notes: Mapping[str, Any]
    withdrawn_at: int | None
    withdrawn_reason: str | None
    sha256: str | None
    path: str | None  # of the capture, below the captures folder
    removed_at: int | None  # the capture was cleaned away then

    @property
    def correction(self) -> bool:
        return self.kind == "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One look at a post: its figures, where they stood and by whom they were read."""

    observed_at: int
    sheet: int  # 0-based
    row: int  # 1-based; in a source without rows, the record's place
    state: str
    figures: Mapping[str, Count]
    beside: Mapping[str, Beside]
    merged: bool  # it was made of a post that was merged into this one
    reading: StoredReading


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """A fact as one reading told it; ``attempt_id`` 0 and ``observed_at`` 0: as it was first known."""

    name: str
    value: str
    observed_at: int
    attempt_id: int


def find_posts(connection: Connection, wanted: str) -> list[StoredPost]:
    """Posts by number, platform id or address; where none of these fits, by a part of the title,
    the newest first."""
    wanted = wanted.strip()
    if not wanted or len(wanted) > _LONGEST or not _storable(wanted):
        return []
    key, post = schema.post_key, schema.post
    sure = select(key.c.post_id).where(key.c.key.in_(sure_keys(wanted, wanted)))
    numbers = set(connection.execute(sure).scalars())
    number = wanted.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 10:
        numbers |= set(_where(connection, post.c.post_id == int(number)))
    numbers |= set(_where(connection, post.c.url == wanted))
    if not numbers:
        sqlite = connection.dialect.name == "sqlite"
        numbers = set(_where(connection, in_title(wanted, sqlite=sqlite)))
    found = posts_by_number(connection, set(top_of(connection, numbers).values()))
    return sorted(found.values(), key=lambda each: (-(each.published_at or 0), each.post_id))


def _storable(text: str) -> bool:
    """Whether any database could hold it: no NUL, which SQLite takes for the end of a pattern, and no half of a sign."""
    return "\0" not in text and text == text.encode("utf-8", "replace").decode()


def in_title(word: str, *, sqlite: bool) -> ColumnElement[bool]:
    """Whether a title holds a word, large or small letters alike: SQLite's own LIKE says so, five times faster than
    through lower()."""
    title = schema.post.c.title
    return (
        title.contains(word, autoescape=True) if sqlite else title.icontains(word, autoescape=True)
    )


def _where(connection: Connection, condition: ColumnElement[bool]) -> Sequence[int]:
    post = schema.post
    newest = post.c.published_at.desc().nulls_last(), post.c.post_id.desc()
    query = select(post.c.post_id).where(condition).order_by(*newest).limit(FOUND)
    return connection.execute(query).scalars().all()


def posts_by_number(connection: Connection, numbers: Collection[int]) -> dict[int, StoredPost]:
    """Posts and their latest values by number; unknown numbers are left out."""
    keys, said = keys_of(connection, numbers), facts_of(connection, numbers)
    sql = (
        f"SELECT p.post_id, a.platform, l.observed_at, l.state, l.bounds, {', '.join(METRICS)}"
        " FROM post p JOIN account a ON a.account_id = p.account_id"
        " LEFT JOIN latest l ON l.post_id = p.post_id WHERE p.post_id IN (??)"
    )
    return {
        number: StoredPost(
            **said[number],
            platform=platform,
            keys=tuple(keys.get(number, ())),
            state=None if state is None else STATES[state],
            seen_at=seen_at,
            latest=named(values, bounds),
        )
        for number, platform, seen_at, state, bounds, *values in select_in(connection, sql, numbers)
    }


def observations(
    connection: Connection, post_id: int, known: Known | None = None, as_of: int | None = None
) -> list[Observation]:
    """Every observation of a post in order of the moment it is for, withdrawn ones and those of posts
    merged into it included (see ``Observation.reading.withdrawn_at``, ``merged``). With ``known``, those that
    stood by what was known at ``as_of``."""
    series = [
        each
        for _, part in series_of(connection, [post_id], known, as_of)
        for each in part
        if known is None or not each.withdrawn
    ]
    attempts = readings(connection, {each.attempt_id for each in series})
    besides = _besides(connection, post_id)
    return [
        Observation(
            observed_at=each.observed_at,
            sheet=each.sheet,
            row=each.row,
            state=STATES[each.state],
            figures=named(each.figures, each.bounds),
            beside=besides.get((each.observed_at, each.attempt_id, each.sheet, each.row), {}),
            merged=each.merged,
            reading=attempts[each.attempt_id],
        )
        for each in series
    ]


def _besides(
    connection: Connection, post_id: int
) -> dict[tuple[int, int, int, int], Mapping[str, Beside]]:
    seen = schema.beside
    numbers = select(schema.post.c.post_id).where(schema.post.c.merged_into == post_id)
    rows = connection.execute(
        seen.select().where((seen.c.post_id == post_id) | seen.c.post_id.in_(numbers))
    )
    return {(row[1], row[2], row[3], row[4]): json.loads(row[5]) for row in rows}


def readings(connection: Connection, attempts: Collection[int]) -> dict[int, StoredReading]:
    """Attempts by number, each with the capture it was read from."""
    sql = (
        "SELECT t.*, a.key, c.sha256, c.path, c.removed_at FROM attempt t"
        " LEFT JOIN account a ON a.account_id = t.account_id"
        " LEFT JOIN capture c ON c.capture_id = t.capture_id WHERE t.attempt_id IN (??)"
    )
    names = [each.name for each in schema.attempt.c]
    found = {}
    for row in select_in(connection, sql, attempts):
        told: dict[str, Any] = dict(zip(names, row, strict=False))
        for name in ("account_id", "capture_id"):
            del told[name]
        told["cut_off"] = bool(told["cut_off"])
        told["notes"] = json.loads(told["notes"]) if told["notes"] else {}
        account, sha256, path, removed_at = row[len(names) :]
        found[row[0]] = StoredReading(
            **told, account=account, sha256=sha256, path=path, removed_at=removed_at
        )
    return found


def fact_history(connection: Connection, post_id: int) -> list[FactChange]:
    """How a post's facts changed (facts.FACTS), in order; empty where they never did."""
    table = schema.fact
    rows = connection.execute(
        select(table.c.name, table.c.value, table.c.observed_at, table.c.attempt_id)
        .where(table.c.post_id == post_id)
        .order_by(table.c.name, table.c.observed_at, table.c.attempt_id)
    ).all()
    ordered = sorted(rows, key=lambda row: facts.FACTS.index(row.name))
    return [FactChange(name=n, value=v, observed_at=at, attempt_id=by) for n, v, at, by in ordered]
