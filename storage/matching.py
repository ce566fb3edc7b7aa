"""From records to posts: found by a sure key, recognised where that is certain, else new.

Certain is: the same title at the same second (or on the same day, where one side knows no more) with one
candidate on both sides; or, without a title that agrees, the same second unique on both sides: a new title
of the same post. What is likely but not certain becomes a pair for a person (``collect match``).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from adapters.records import Post
from storage import schema
from storage.bulk import insert_rows, next_id, select_in
from storage.facts import Facts
from storage.identity import normal_title, strong_keys, weak_key

#: Dates of date-only sources are Beijing dates (domain.md "Times"); no summer time there since 1991.
_OFFSET = 8 * 3_600
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class _Near:
    """A stored post near in time to a record: might it be the same?"""

    post_id: int
    published_at: int
    date_only: bool
    title: str
    spaces: frozenset[str]  # which kinds of sure key it has: id, url


class Matcher:
    """Finds or makes the posts of one reading. One instance serves one reading."""

    def __init__(
        self,
        connection: Connection,
        attempt_id: int,
        recorded_at: int,
        observed_at: int,
        default_kind: str,
        only: int | None = None,
    ) -> None:
        self.connection = connection
        self.recorded_at = recorded_at
        self.default_kind = default_kind
        self.only = only
        self.facts = Facts(connection, attempt_id, observed_at)
        self.first_new = self.next_id = next_id(connection, schema.post.c.post_id)
        self.new_posts = 0
        self.pairs = 0
        self.weak: Counter[tuple[int, str]] = Counter()
        self.times: Counter[tuple[int, int]] = Counter()
        self.taken: set[int] = set()
        self.put_off: dict[int, list[tuple[Post, int]]] = defaultdict(list)

    @property
    def retitled(self) -> int:
        return self.facts.retitled

    def match(self, account_id: int, posts: Sequence[Post]) -> list[int | None]:
        """The post of each record; None where that needs the whole file (see ``deferred``)."""
        if self.only is not None:
            return [self.only for _ in posts]
        keys = [self._keys(account_id, post) for post in posts]
        known = self._lookup(account_id, {key for each in keys for key in each})
        ids: list[int | None] = []
        unknown: list[tuple[int, Post]] = []
        for place, (post, own) in enumerate(zip(posts, keys, strict=True)):
            found = next((known[key] for key in own if key in known), None)
            ids.append(found)
            if found is None:
                unknown.append((place, post))
            else:
                self.taken.add(found)
        existing = {number for number in ids if number is not None}
        if unknown:
            near = self._near(account_id, [post for _, post in unknown])
            self._recognise(account_id, unknown, near, keys, known, ids)
        self._register(account_id, ids, keys, known)
        self.facts.update(existing, ids, posts)
        return ids

    def deferred(self) -> Iterator[tuple[int, list[Post]]]:
        """Records whose second is that of a stored post under another title, by account."""
        for account_id, waiting in self.put_off.items():
            yield account_id, [post for post, _ in waiting]

    def settle(self, account_id: int, posts: Sequence[Post]) -> list[int]:
        """Now that the whole file is known: retitled where the second is unique, else new and listed."""
        ids: list[int] = []
        keys = []
        retitled: set[int] = set()
        for post, candidate in self.put_off[account_id]:
            unique = self.times[account_id, _second(post)] == 1 and candidate not in self.taken
            if unique:
                number = candidate
                retitled.add(number)
                self.taken.add(number)
            else:
                number = self._new(account_id, post)
                self._propose(number, candidate, "同一时间发布,标题不同")
            ids.append(number)
            own = strong_keys(post)
            keys.append(own or [weak_key(post)])
        self._register(account_id, list(ids), keys, {})
        self.facts.update(retitled, list(ids), posts)
        return ids

    def _keys(self, account_id: int, post: Post) -> list[str]:
        if post.published_at is not None:
            self.times[account_id, _second(post)] += 1
        strong = strong_keys(post)
        if strong:
            return strong
        key = weak_key(post)
        self.weak[account_id, key] += 1
        turn = self.weak[account_id, key]
        return [key if turn == 1 else f"{key}#{turn}"]

    def _lookup(self, account_id: int, keys: set[str]) -> dict[str, int]:
        sql = "SELECT key, post_id FROM post_key WHERE account_id = ? AND key IN (??)"
        return dict(select_in(self.connection, sql, keys, account_id))

    def _near(self, account_id: int, posts: Sequence[Post]) -> dict[int, list[_Near]]:
        """Stored posts by Beijing day, for the days of ``posts``."""
        days = {_day(_second(post)) for post in posts if post.published_at is not None}
        if not days:
            return {}
        table = schema.post
        query = select(table.c.post_id, table.c.published_at, table.c.date_only, table.c.title)
        query = query.where(
            table.c.account_id == account_id,
            table.c.post_id < self.first_new,
            table.c.published_at >= min(days),
            table.c.published_at < max(days) + _DAY,
            table.c.merged_into.is_(None),
        )
        rows = [row for row in self.connection.execute(query) if _day(row.published_at) in days]
        spaces: dict[int, set[str]] = defaultdict(set)
        sql = "SELECT post_id, key FROM post_key WHERE post_id IN (??)"
        for post_id, key in select_in(self.connection, sql, [row.post_id for row in rows]):
            spaces[post_id].add(key.partition(":")[0])
        near: dict[int, list[_Near]] = defaultdict(list)
        for row in rows:
            sure = frozenset(spaces[row.post_id] & {"id", "url"})
            near[_day(row.published_at)].append(
                _Near(row.post_id, row.published_at, row.date_only, normal_title(row.title), sure)
            )
        return near

    def _recognise(
        self,
        account_id: int,
        unknown: Sequence[tuple[int, Post]],
        near: dict[int, list[_Near]],
        keys: Sequence[list[str]],
        known: dict[str, int],
        ids: list[int | None],
    ) -> None:
        """Fill ``ids`` for records that no key found."""
        fresh: list[tuple[int, Post]] = []
        for place, post in unknown:
            again = next((known[key] for key in keys[place] if key in known), None)
            if again is not None:  # an earlier row of this chunk had the same sure key
                ids[place] = again
                continue
            others = self._candidates(post, near, keys[place])
            title = normal_title(post.title)
            same = [each for each in others if each.title == title]
            if len(same) == 1:
                ids[place] = same[0].post_id
                self.taken.add(same[0].post_id)
                continue
            at_second = [each for each in others if not each.date_only and not post.date_only]
            if not same and len(at_second) == 1:
                self.put_off[account_id].append((post, at_second[0].post_id))
                continue
            ids[place] = number = self.next_id
            self.next_id += 1
            fresh.append((number, post))
            for key in keys[place]:
                known.setdefault(key, number)
            for each in same:
                self._propose(number, each.post_id, "标题和日期相同,但不止一篇")
        self._insert(account_id, fresh)

    def _candidates(
        self, post: Post, near: dict[int, list[_Near]], keys: Sequence[str]
    ) -> list[_Near]:
        """Stored posts that may be this record by time, and that no sure key says are others."""
        if post.published_at is None:
            return []
        second = _second(post)
        spaces = {key.partition(":")[0] for key in keys} & {"id", "url"}
        return [
            each
            for each in near.get(_day(second), ())
            if (each.date_only or post.date_only or each.published_at == second)
            and each.post_id not in self.taken
            and not (each.spaces & spaces)
        ]

    def _new(self, account_id: int, post: Post) -> int:
        number = self.next_id
        self.next_id += 1
        self._insert(account_id, [(number, post)])
        return number

    def _insert(self, account_id: int, fresh: Sequence[tuple[int, Post]]) -> None:
        self.new_posts += len(fresh)
        self.taken.update(number for number, _ in fresh)
        rows = [
            (
                number, account_id,
                None if post.published_at is None else _second(post),
                post.date_only, post.kind or self.default_kind, post.original, True, False, None, None,
                post.title, post.url, post.author, post.column,
                json.dumps(dict(post.details), ensure_ascii=False) if post.details else None,
            )
            for number, post in fresh
        ]  # fmt: skip
        insert_rows(self.connection, schema.post, rows)

    def _register(
        self,
        account_id: int,
        ids: Sequence[int | None],
        keys: Sequence[Sequence[str]],
        known: dict[str, int],
    ) -> None:
        """Every key a record showed leads to its post from now on."""
        rows = [
            (account_id, key, number)
            for number, own in zip(ids, keys, strict=True)
            if number is not None
            for key in own
            if known.get(key) != number or number >= self.first_new
        ]
        insert_rows(self.connection, schema.post_key, rows)

    def _propose(self, post_id: int, other_id: int, why: str) -> None:
        self.pairs += 1
        row = (next_id(self.connection, schema.pair.c.pair_id), post_id, other_id, why)
        insert_rows(self.connection, schema.pair, [(*row, self.recorded_at, None, None)])


def _second(post: Post) -> int:
    assert post.published_at is not None
    return int(post.published_at.timestamp())


def _day(second: int) -> int:
    """Midnight in Shanghai before ``second``."""
    return (second + _OFFSET) // _DAY * _DAY - _OFFSET
