"""Tags that people give to posts by hand. A tag counts from when it was given until it was taken back, so that what was
known by a moment can still be said; that of a merged post is its target's from the merging on."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from storage import schema
from storage.bulk import select_in, update_rows, upsert_rows
from storage.known import Known, top_of
from storage.writing.changes import Act, Mistaken, record, told_at

#: The longest tag, in characters.
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag that stands: on how many posts, and when it was last given (UTC seconds)."""

    tag: str
    posts: int
    last_at: int


def cleaned(tag: str) -> str:
    """A tag as it is kept: full-width forms folded, no blanks at its ends. Raises Mistaken, in Chinese."""
    name = unicodedata.normalize("NFKC", tag).strip()
    if not name or len(name) > LONGEST or not name.isprintable():
        raise Mistaken(f"标签“{tag}”不能用：应是 1 到 {LONGEST} 个字，不含换行等控制符")
    return name


def give(connection: Connection, posts: Collection[int], tag: str, act: Act) -> int:
    """Tag posts; those that have the tag stay as they are. Returns how many got it. Raises Mistaken."""
    name = cleaned(tag)
    tops = set(top_of(connection, posts).values())
    _exist(connection, tops)
    new = sorted(tops - tagged(connection, [name])[name])
    at = told_at(connection, act)
    upsert_rows(connection, schema.tag, [(number, name, at, act.author, None) for number in new])
    if new:
        record(connection, "tag", f"tag:{name}", act, {"given": new})
    return len(new)


def take(connection: Connection, posts: Collection[int], tag: str, act: Act) -> int:
    """Take a tag back from posts. Returns how many had it. Raises Mistaken."""
    name = cleaned(tag)
    wanted = set(top_of(connection, posts).values())
    rows = _standing(connection, [name], Known())
    tops = top_of(connection, {number for number, _, _ in rows})
    at = told_at(connection, act)
    taken = [row for row in rows if tops[row[0]] in wanted]
    update_rows(
        connection,
        "UPDATE tag SET removed_at = ? WHERE post_id = ? AND tag = ? AND tagged_at = ?",
        [(at, *row) for row in taken],
    )
    numbers = sorted({tops[row[0]] for row in taken})
    if numbers:
        record(connection, "tag", f"tag:{name}", act, {"taken": numbers})
    return len(numbers)


def tagged(
    connection: Connection, tags: Iterable[str], known: Known | None = None
) -> dict[str, set[int]]:
    """Each of ``tags`` → the posts that had it by what was known (now)."""
    found: dict[str, set[int]] = {each: set() for each in tags}
    rows = _standing(connection, list(found), known or Known())
    tops = top_of(connection, {number for number, _, _ in rows}, known)
    for number, name, _ in rows:
        found[name].add(tops[number])
    return found


def tags(connection: Connection) -> list[Tagged]:
    """The tags that stand now, by name."""
    table = schema.tag
    names = connection.execute(select(table.c.tag).distinct().order_by(table.c.tag)).scalars().all()
    posts = tagged(connection, names)
    last: dict[str, int] = {}
    for _, name, at in _standing(connection, names, Known()):
        last[name] = max(at, last.get(name, at))
    return [Tagged(name, len(posts[name]), last[name]) for name in names if posts[name]]


def tags_of(connection: Connection, post_id: int) -> list[str]:
    """The tags of a post that stand now."""
    (top,) = top_of(connection, [post_id]).values()
    table = schema.tag
    names = connection.execute(select(table.c.tag).distinct().order_by(table.c.tag)).scalars().all()
    return [name for name, posts in tagged(connection, names).items() if top in posts]


def _standing(
    connection: Connection, names: Sequence[str], known: Known
) -> list[tuple[int, str, int]]:
    """(post, tag, when it was given) of tags given and not taken back by what was known."""
    sql = "SELECT post_id, tag, tagged_at, removed_at FROM tag WHERE tag IN (??)"
    return [
        (number, name, at)
        for number, name, at, removed in select_in(connection, sql, names)
        if known.holds(at) and not known.holds(removed)
    ]


def _exist(connection: Connection, posts: Collection[int]) -> None:
    sql = "SELECT post_id FROM post WHERE post_id IN (??)"
    there = {row[0] for row in select_in(connection, sql, posts)}
    for number in sorted(set(posts) - there):
        raise Mistaken(f"没有编号为 {number} 的作品。用 collect explain 标题的一部分 查编号")
