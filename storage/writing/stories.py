"""One story on several channels (一稿多发): posts of different accounts that lead to the same address or that a person
linked, and likely ones, by title and day, for a person to decide.

What people said carries its time, so that known-by applies to it; the latest word on two posts holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from adapters.moments import DAY
from storage import facts, schema
from storage.bulk import select_in, upsert_rows
from storage.identity.keys import canonical, loose_title
from storage.identity.likeness import day
from storage.known import Known, top_of
from storage.views.history import posts_by_number
from storage.views.valued import is_current
from storage.views.view import View
from storage.writing.changes import Act, Mistaken, record, told_at

By = Literal["hand", "link", "title"]
Pair = tuple[int, int]
#: Shorter titles (今日天气 …) are no sign that two posts are one story.
SHORTEST = 6
#: Nor are titles that come again and again (a daily programme's).
OFTEN = 400
_LABEL = re.compile(r"\[[^\[\]]*\]|【[^【】]*】")
_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Story:
    """Posts that are one story, in order of their numbers. ``by``: a person (any of its links), the same address,
    or only title and day: then it is proposed and counts as no story yet."""

    posts: tuple[int, ...]
    by: By


def tell(connection: Connection, post: int, other: int, same: bool, act: Act) -> None:
    """Say that two posts are one story, or that they are not. Raises Mistaken, in Chinese."""
    tops = top_of(connection, [post, other])
    first, second = sorted((tops[post], tops[other]))
    there = posts_by_number(connection, [first, second])
    for number in (first, second):
        if number not in there:
            raise Mistaken(f"没有编号为 {number} 的作品。用 collect explain 标题的一部分 查编号")
    if there[first].account == there[second].account:
        raise Mistaken(
            f"{first} 和 {second} 是同一个账号的作品。一稿多发说的是不同账号；同一篇被读成两篇时用 collect match"
        )
    row = (first, second, told_at(connection, act), same, act.author)
    upsert_rows(connection, schema.story_link, [row])
    detail = {"same": same, "posts": [first, second]}
    record(connection, "story", f"post:{first}", act, detail)


def told(connection: Connection, known: Known | None = None) -> dict[Pair, bool]:
    """Two posts → whether a person said, by what was known (now), that they are one story."""
    known = known or Known()
    table = schema.story_link
    query = table.select().order_by(table.c.told_at, table.c.post_id, table.c.other_id)
    rows = [row for row in connection.execute(query) if known.holds(row.told_at)]
    numbers = {number for row in rows for number in (row.post_id, row.other_id)}
    tops = top_of(connection, numbers, known)
    return {
        _pair(tops[row.post_id], tops[row.other_id]): bool(row.same)
        for row in rows
        if tops[row.post_id] != tops[row.other_id]
    }


def stories(view: View, accounts: Collection[str]) -> list[Story]:
    """The stories among the posts of ``accounts`` in a view: those that count, then the proposed ones."""
    said = told(view.connection, view.question.known)
    numbers = {number for number, key in view.accounts.items() if key in accounts}
    by_hand = _within(view, numbers, (pair for pair, same in said.items() if same))
    by_link = [each for each in _same_address(view, numbers) if said.get(each) is not False]
    found = _joined([*by_hand, *by_link])
    hands = {number for pair in by_hand for number in pair}
    counted = [Story(posts, "hand" if hands.intersection(posts) else "link") for posts in found]
    taken = {number for posts in found for number in posts}
    proposed = [
        Story(posts, "title")
        for posts in _same_title(view, numbers)
        if not _settled(posts, said, taken)
    ]
    return counted + proposed


def _settled(posts: Sequence[int], said: Mapping[Pair, bool], taken: Collection[int]) -> bool:
    """Whether nothing is left to ask: all are in stories already, or somebody said that two of them differ."""
    pairs = [_pair(a, b) for i, a in enumerate(posts) for b in posts[i + 1 :]]
    return all(each in taken for each in posts) or any(said.get(pair) is False for pair in pairs)


def _within(view: View, accounts: Collection[int], pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs of which both posts are in the view and of these accounts."""
    wanted = list(pairs)
    sql = f"SELECT post_id, account_id FROM {view.table} WHERE post_id IN (??)"
    numbers = {number for pair in wanted for number in pair}
    there = {n for n, account in select_in(view.connection, sql, numbers) if account in accounts}
    return [pair for pair in wanted if there.issuperset(pair)]


def _same_address(view: View, accounts: Collection[int]) -> list[Pair]:
    """Posts of different accounts that lead to the same address, as known in the view."""
    sql = (
        "WITH known AS (SELECT v.post_id, k.account_id, k.key"
        f" FROM {view.table} v CROSS JOIN post_key k WHERE k.post_id = v.post_id AND substr(k.key, 1, 4) = 'url:')"
        " SELECT post_id FROM known WHERE key IN"
        " (SELECT key FROM known GROUP BY key HAVING count(DISTINCT account_id) > 1)"
    )
    names = {view.accounts[number] for number in accounts}
    numbers = sorted({row[0] for row in view.connection.exec_driver_sql(sql)})
    by_address: dict[str, list[tuple[int, str]]] = {}
    for start in range(0, len(numbers), _ROWS):
        for number, post in sorted(view.get(numbers[start : start + _ROWS]).items()):
            if post.account in names and (address := canonical(post.url)):
                by_address.setdefault(address, []).append((number, post.account))
    return [
        _pair(first[0], other[0])
        for first, *others in by_address.values()
        for other in others
        if other[1] != first[1]
    ]


def _same_title(view: View, accounts: Collection[int]) -> Iterator[tuple[int, ...]]:
    """Posts of different accounts with the same title, published on the same day or the next. Of each title
    only its hash is kept: there may be very many."""
    seen: dict[int, int | list[int]] = {}
    for number, account, title in _titles(view):
        if account in accounts and len(plain := story_title(title)) >= SHORTEST:
            before = seen.setdefault(hash(plain), number)
            if isinstance(before, list):
                before.append(number)
            elif before != number:
                seen[hash(plain)] = [before, number]
    groups = [each for each in seen.values() if isinstance(each, list) and len(each) <= OFTEN]
    sql = f"SELECT post_id, published_at, account_id FROM {view.table} WHERE post_id IN (??)"
    numbers = (number for group in groups for number in group)
    there = {row[0]: row[1:] for row in select_in(view.connection, sql, numbers)}
    for group in groups:
        yield from _near([(*there[number], number) for number in group])


def _near(posts: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, ...]]:
    """Of (published, account, post) the first and those of its day or the next one, one of each account; then the
    rest alike. Days are those of Shanghai: many sources know no clock."""
    left = sorted(posts)
    while left:
        start = day(left[0][0])
        group: dict[int, int] = {}
        rest = []
        for post in left:
            moment, account, number = post
            if day(moment) - start <= DAY and account not in group:
                group[account] = number
            else:
                rest.append(post)
        left = rest
        if len(group) > 1:
            yield tuple(sorted(group.values()))


def _titles(view: View) -> Iterator[tuple[int, int, str]]:
    """(post, account, title as of the view) of all posts of a view."""
    current = is_current(view.connection, view.question)
    sql = (
        f"SELECT v.post_id, v.account_id, p.title, p.retold FROM {view.table} v"
        " CROSS JOIN post p WHERE p.post_id = v.post_id ORDER BY v.post_id"
    )
    rows = []  # whose titles may have been others
    for number, account, title, retold in view.connection.exec_driver_sql(sql):
        if current or not retold:
            yield number, account, title
        else:
            rows.append((number, account, title))
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        question = view.question
        told_then = facts.told(
            view.connection, [row[0] for row in part], question.as_of, question.known
        )
        for number, account, title in part:
            yield number, account, told_then.get(number, {}).get("title", title)


def story_title(title: str) -> str:
    """A title as it is compared across channels: without hashtags, labels in brackets, blanks and punctuation, which
    differ from channel to channel; full-width forms folded."""
    return loose_title(_LABEL.sub("", unicodedata.normalize("NFKC", title)))


def _joined(pairs: Iterable[Pair]) -> list[tuple[int, ...]]:
    """Posts that pairs connect, directly or through others."""
    heads: dict[int, int] = {}

    def head(number: int) -> int:
        while (up := heads.setdefault(number, number)) != number:
            number = up
        return number

    for first, second in pairs:
        low, high = sorted((head(first), head(second)))
        heads[high] = low
    found: dict[int, list[int]] = {}
    for number in sorted(heads):
        found.setdefault(head(number), []).append(number)
    return [tuple(each) for each in found.values()]


def _pair(post: int, other: int) -> Pair:
    return (post, other) if post < other else (other, post)
