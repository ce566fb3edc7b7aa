"""Pairs of stored posts of one account that are likely one work, for a person to settle (``collect match``)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from adapters.moments import DAY
from storage import schema
from storage.bulk import insert_rows, next_id, rows_of, select_in
from storage.identity.likeness import NEAR, Said, day, likeness
from storage.known import top_of
from storage.views.series import View

#: Pairs of one post at most: what is like more is a programme that comes again and again.
_FEW = 3
#: The adapter of tables that people make.
_BY_HAND = "table"
_Post = tuple[int, Said]


def propose_all(connection: Connection, at: int) -> int:
    """Propose what is likely among all stored posts; ``at``: UTC seconds. Returns how many pairs are new."""
    accounts = connection.execute(select(schema.account.c.account_id)).scalars().all()
    return sum(propose(connection, account, at) for account in accounts)


def propose(
    connection: Connection,
    account_id: int,
    at: int,
    since: int = 0,
    within: tuple[int, int] | None = None,
) -> int:
    """Propose pairs of which one post at least is numbered ``since`` or later and was published ``within`` two
    moments. Pairs on record, settled or not, are left as they are; returns how many are new.

    Two works are not proposed where both have ids or both have addresses, nor where one reading listed both: a platform
    lists a work once. Only a table made by hand may hold one twice, with a time that differs.
    """
    there = _posts(connection, account_id, within)
    pairs = list(_alike(there, since))
    together = _together(connection, {n for one, other in pairs for n in (one[0], other[0])})
    spaces = _spaces(connection, {n for one, other in pairs for n in (one[0], other[0])})
    rows: list[tuple[Any, ...]] = []
    number = next_id(connection, schema.pair.c.pair_id)
    taken: dict[int, int] = defaultdict(int)
    for (older, said), (newer, other) in pairs:
        apart = said.second != other.second and not (said.date_only or other.date_only)
        listed = together[older] & together[newer]
        if (
            any(not apart or adapter != _BY_HAND for _, adapter in listed)
            or spaces[older] & spaces[newer]
            or taken[newer] >= _FEW
        ):
            continue
        taken[newer] += 1
        rows.append((number + len(rows), newer, older, _why(said, other), at, None, None))
    return _new(connection, rows)


def waiting(view: View, accounts: Collection[str]) -> int:
    """How many pairs waited for a person, by what the view's question knows, of which a post of ``accounts`` counts in
    the view."""
    known, table = view.question.known, schema.pair
    rows = [
        row
        for row in view.connection.execute(table.select())
        if known.holds(row.proposed_at) and not known.holds(row.settled_at)
    ]
    tops = top_of(view.connection, {n for row in rows for n in (row.post_id, row.other_id)}, known)
    pairs = {
        frozenset((tops[row.post_id], tops[row.other_id]))
        for row in rows
        if tops[row.post_id] != tops[row.other_id]
    }
    numbers = {number for number, key in view.accounts.items() if key in accounts}
    sql = f"SELECT post_id, account_id FROM {view.table} WHERE post_id IN (??)"
    found = select_in(view.connection, sql, {n for pair in pairs for n in pair})
    counted = {number for number, account in found if account in numbers}
    return sum(not counted.isdisjoint(pair) for pair in pairs)


def _new(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
    pairs = schema.pair
    query = select(func.count()).select_from(pairs)
    before = connection.execute(query).scalar_one()
    insert_rows(connection, pairs, rows)
    return int(connection.execute(query).scalar_one() - before)


def _posts(connection: Connection, account_id: int, within: tuple[int, int] | None) -> list[_Post]:
    first, last = within or (-(2**62), 2**62)
    sql = (
        "SELECT post_id, title, published_at, date_only, details FROM post WHERE account_id = ?"
        " AND merged_into IS NULL AND published_at >= ? AND published_at <= ? ORDER BY published_at"
    )
    found = rows_of(connection, sql, account_id, first - DAY, last + DAY)
    return [(row[0], Said.by(row[1], row[2], bool(row[3]), outlet_of(row[4]))) for row in found]


def outlet_of(details: str | None) -> str:
    """The outlet of a placement, from its details as stored; empty for other posts."""
    return str(json.loads(details).get("outlet", "")) if details else ""


def _alike(posts: Sequence[_Post], since: int) -> Iterator[tuple[_Post, _Post]]:
    """(older, newer) of posts that are alike, the newer one numbered ``since`` or later."""
    groups: dict[tuple[str, str], list[_Post]] = defaultdict(list)
    for each in posts:
        groups["=", each[1].title].append(each)
        if each[1].loose:
            groups["~", each[1].loose].append(each)
    found = set()
    for group in groups.values():
        for place, one in enumerate(group):
            for other in group[place + 1 :]:
                if other[1].second - one[1].second > NEAR and day(one[1].second) != day(
                    other[1].second
                ):
                    break
                older, newer = sorted((one, other), key=lambda each: each[0])
                if newer[0] >= since and likeness(one[1], other[1]) is not None:
                    found.add((older, newer))
    yield from sorted(found, key=lambda pair: (pair[1][0], pair[0][0]))


def _together(connection: Connection, posts: Collection[int]) -> dict[int, set[tuple[int, str]]]:
    """Post → the readings that listed it, each with its adapter."""
    found: dict[int, set[tuple[int, str]]] = defaultdict(set)
    sql = (
        "SELECT DISTINCT o.post_id, o.attempt_id, a.adapter FROM observation o JOIN attempt a"
        " ON a.attempt_id = o.attempt_id WHERE o.post_id IN (??)"
    )
    for number, attempt, adapter in select_in(connection, sql, posts):
        found[number].add((attempt, adapter))
    return found


def _spaces(connection: Connection, posts: Collection[int]) -> dict[int, set[str]]:
    """Post → which kinds of sure key it has: id, url."""
    found: dict[int, set[str]] = defaultdict(set)
    sql = "SELECT post_id, key FROM post_key WHERE post_id IN (??)"
    for number, key in select_in(connection, sql, posts):
        found[number].add(key.partition(":")[0])
    return {number: found[number] & {"id", "url"} for number in posts}


def _why(one: Said, other: Said) -> str:
    title = "标题相同" if one.title == other.title else "标题只差话题、标点或表情"
    if one.date_only or other.date_only:
        return f"{title}，发布日期相同"
    apart = abs(one.second - other.second)
    if not apart:
        return f"{title}，发布时间相同"
    return (
        f"{title}，发布时间相差{apart}秒"
        if apart < 60
        else f"{title}，发布时间相差{apart // 60}分钟"
    )
