"""What must be true after every kill, by the world's own truth: nothing lost that was said to be stored, nothing twice,
nothing by half. Each function gives faults, a line each."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, inspect, text

from storage.database import reading
from storage.writing import rebuild
from tests.soak.centre import CROSSING, Centre

#: The file a name in done/ stands for.
_DONE = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}-(.+)")
_HEAD = "有作品越过界限"


def faults(centre: Centre, seen: set[str]) -> list[str]:
    """Everything that is wrong now. ``seen``: captures whose bytes have been checked already; grows."""
    engine = centre.engine()
    try:
        with reading(engine) as connection:
            if not inspect(connection).has_table("attempt"):
                return []  # killed before there was anything
            return [
                *(str(each) for each in rebuild.check(connection)),
                *_sound(connection),
                *_files(centre, connection),
                *_posts(centre, connection),
                *_pages(centre, connection),
                *_captures(centre, connection, seen),
                *_mails(centre, connection),
            ]
    finally:
        engine.dispose()


def _rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text(sql))]


def _sound(connection: Connection) -> Iterator[str]:
    if connection.dialect.name != "sqlite":
        return
    for (said,) in _rows(connection, "PRAGMA quick_check"):
        if said != "ok":
            yield f"the database: {said}"


def _stored(connection: Connection) -> dict[str, list[tuple[int, int]]]:
    """File → (attempt, observations) of each time it was stored."""
    sql = (
        "SELECT a.source, a.attempt_id, count(o.post_id) FROM attempt a LEFT JOIN observation o"
        " ON o.attempt_id = a.attempt_id WHERE a.kind = 'file' AND a.outcome = 'ok'"
        " GROUP BY a.source, a.attempt_id"
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for source, attempt, number in _rows(connection, sql):
        found.setdefault(source, []).append((attempt, number))
    return found


def _files(centre: Centre, connection: Connection) -> Iterator[str]:
    """A file that was put away is stored; a stored one is there once and whole."""
    stored = _stored(connection)
    for path in centre.inbox.glob("done/*"):
        match = _DONE.fullmatch(path.name)
        if match is None or match[1] not in stored:
            yield f"put away and not stored: {path.name}"
    for name, times in stored.items():
        if len(times) > 1:
            yield f"stored twice: {name}"
        if times[0][1] != centre.rows:
            yield f"stored by half: {name}, {times[0][1]} rows"
    waiting, done = set(centre.waiting()), len(list(centre.inbox.glob("done/*")))
    if len(waiting) + done != len(centre.files):
        yield f"a file is gone: {len(waiting)} wait, {done} are done, {len(centre.files)} came"


def _posts(centre: Centre, connection: Connection) -> Iterator[str]:
    """Each post once, worth what the newest stored file says; its hits those of that file."""
    newest = max((int(re.sub(r"\D", "", name)) for name in _stored(connection)), default=None)
    sql = (
        "SELECT p.title, l.views FROM post p JOIN account a ON a.account_id = p.account_id"
        " LEFT JOIN latest l ON l.post_id = p.post_id WHERE a.key = 'douyin'"
    )
    wanted = (
        {}
        if newest is None
        else {centre.title(post): centre.plays(newest, post) for post in range(centre.rows)}
    )
    found = Counter(_rows(connection, sql))
    for (name, views), times in found.items():
        if times > 1 or wanted.get(name) != views:
            yield f"{name}: {views} (x{times}), should be {wanted.get(name)}"
    if len(found) != len(wanted):
        yield f"{len(found)} posts, should be {len(wanted)}"
    past = 0 if newest is None else min(CROSSING * (newest + 1), centre.rows)
    sql = "SELECT metric, threshold, count(*) FROM hit WHERE NOT revoked GROUP BY metric, threshold"
    marks = {(metric, mark): number for metric, mark, number in _rows(connection, sql)}
    if marks != ({("views", 100_000): past, ("likes", 10_000): past} if past else {}):
        yield f"hits: {marks}, should be {past} of each"


def _pages(centre: Centre, connection: Connection) -> Iterator[str]:
    """What the sites' pages said, each once."""
    sql = "SELECT p.title, l.views FROM post p LEFT JOIN latest l ON l.post_id = p.post_id WHERE p.title LIKE '%第%站%'"
    truth = {
        centre.article(number, each): centre.article_views(number, each)
        for number in range(centre.rounds)
        for each in range(centre.articles)
    }
    for (name, views), times in Counter(_rows(connection, sql)).items():
        if times > 1 or (views is not None and truth.get(name) != views):
            yield f"{name}: {views} (x{times}), should be {truth.get(name)}"


def _captures(centre: Centre, connection: Connection, seen: set[str]) -> Iterator[str]:
    """Every figure's bytes are there, and are those that were read."""
    for sha256, place in _rows(connection, "SELECT sha256, path FROM capture"):
        if sha256 in seen:
            continue
        seen.add(sha256)
        try:
            body = gzip.decompress((centre.captures / place).read_bytes())
        except (OSError, EOFError) as problem:
            yield f"capture {place}: {problem}"
            continue
        if hashlib.sha256(body).hexdigest() != sha256:
            yield f"capture {place} is another"


def _mails(centre: Centre, connection: Connection) -> Iterator[str]:
    """Told at most once, and what is said to have been accepted was."""
    told: Counter[str] = Counter()
    weekly = 0
    for mail in centre.mails():
        if _HEAD in mail:
            told.update(set(re.findall(rf"{centre.name}短视频\d{{4}}号", mail)))
        else:
            weekly += 1
    yield from (f"told {times} times: {name}" for name, times in told.items() if times > 1)
    if weekly > 1:
        yield f"{weekly} weekly mails"
    sql = (
        "SELECT d.state, p.title FROM delivery d JOIN hit h ON d.subject ="
        " h.post_id || ':' || h.metric || ':' || h.threshold JOIN post p ON p.post_id = h.post_id"
        " WHERE d.what = 'hit'"
    )
    for state, name in _rows(connection, sql):
        if state == "accepted" and name not in told:
            yield f"said to be accepted and never sent: {name}"
        if name in told and state not in ("accepted", "claimed", "unclear"):
            yield f"sent and said to be {state}: {name}"


def unfinished(centre: Centre) -> list[str]:
    """What is not there although everything has had its time: every file, every page, every hit's delivery."""
    engine = centre.engine()
    try:
        with reading(engine) as connection:
            stored = _stored(connection)
            lacking = [name for name in centre.files if name not in stored]
            sql = "SELECT count(*) FROM post WHERE title LIKE '%第%站%'"
            ((pages,),) = _rows(connection, sql)
            if pages != centre.rounds * centre.articles:
                lacking.append(f"{pages} pages of {centre.rounds * centre.articles}")
            sql = "SELECT count(*) FROM hit WHERE NOT revoked AND announced_at IS NULL"
            ((untold,),) = _rows(connection, sql)
            return lacking + ([f"{untold} hits of which nothing was told"] if untold else [])
    finally:
        engine.dispose()


def deliveries(centre: Centre) -> Counter[str]:
    """How many deliveries of hits are in which state."""
    engine = centre.engine()
    try:
        with reading(engine) as connection:
            sql = "SELECT state, count(*) FROM delivery WHERE what = 'hit' GROUP BY state"
            return Counter(dict(_rows(connection, sql)))
    finally:
        engine.dispose()
