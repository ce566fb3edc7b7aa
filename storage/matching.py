"""From records to posts: found by a sure key, recognised where that is certain, else new.

Certain is: the same title at the same second (or on the same day, where one side knows no more) with one
candidate on both sides; or, without a title that agrees, the same second unique on both sides: a new title
of the same post. What is likely but not certain becomes a pair for a person (``collect match``).
An address alone is not believed where the ids differ, nor where title and time both do (a home page that
stands in every row).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from adapters.records import Post
from storage import schema
from storage.bulk import insert_rows, next_id, rows_of, select_in
from storage.facts import SELECTED, Facts, details_text
from storage.identity import normal_title, strong_keys, weak_key
from storage.seen import top_of

#: Dates of date-only sources are Beijing dates (domain.md "Times"); no summer time there since 1991.
_OFFSET = 8 * 3_600
_DAY = 86_400
#: Pages and exports state one publish time that far apart.
_MINUTES = 600
#: More posts than this at one second are a batch, not candidates for a new title.
_FEW = 3


@dataclass(frozen=True, slots=True)
class _Near:
    """A stored post near in time to a record: might it be the same?"""

    post_id: int
    published_at: int
    date_only: bool
    title: str
    outlet: str  # a placement in another outlet is another post
    spaces: frozenset[str]  # which kinds of sure key it has: id, url


@dataclass(frozen=True, slots=True)
class _PutOff:
    """A record at the second of stored posts with other titles: decided when the whole file is known."""

    post: Post
    keys: Sequence[str]
    candidates: Sequence[int]
    alone: bool  # one stored post at that second


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
        first_new: int | None = None,
    ) -> None:
        self.connection = connection
        self.recorded_at = recorded_at
        self.default_kind = default_kind
        self.only = None if only is None else top_of(connection, [only])[only]
        self.facts = Facts(connection, attempt_id, observed_at)
        self.first_new = first_new or next_id(connection, schema.post.c.post_id)
        self.next_id = self.first_new
        self.new_posts = 0
        self.pairs = 0
        self.turns: Counter[tuple[int, str]] = Counter()
        self.moments: dict[int, list[int | None]] = defaultdict(list)  # of all rows so far
        self.taken: set[int] = set()
        self.put_off: dict[int, list[_PutOff]] = defaultdict(list)

    @property
    def retitled(self) -> int:
        return self.facts.retitled

    def match(self, account_id: int, posts: Sequence[Post]) -> list[int | None]:
        """The post of each record; None where that needs the whole file (see ``deferred``)."""
        if self.only is not None:
            return [self.only for _ in posts]
        moments = [None if post.published_at is None else _second(post) for post in posts]
        self.moments[account_id] += moments
        keys = [
            [f"id:{post.key}"] if post.key and not post.url else self._keys(account_id, post)
            for post in posts
        ]
        stored: dict[int, Sequence[Any]] = {}
        known = self._lookup(account_id, {key for each in keys for key in each}, stored)
        for place in self._doubted(posts, keys, known):
            keys[place] = self._without_address(account_id, posts[place], keys[place])
            known |= self._lookup(account_id, set(keys[place]), stored)
        ids = [known.get(own[0]) or known.get(own[-1]) for own in keys]  # an id, else an address
        unknown = [(place, posts[place]) for place, number in enumerate(ids) if number is None]
        self.taken.update(number for number in ids if number is not None)
        if unknown:
            near = self._near(account_id, [post for _, post in unknown])
            self._recognise(account_id, unknown, near, keys, known, ids)
        self._register(account_id, ids, keys, known)
        existing = {number for number in ids if number is not None and number < self.first_new}
        self.facts.update(existing, ids, posts, moments, stored)
        return ids

    def deferred(self) -> Iterator[tuple[int, list[Post]]]:
        """Records whose second is that of a stored post under another title, by account."""
        for account_id, waiting in self.put_off.items():
            yield account_id, [each.post for each in waiting]

    def settle(self, account_id: int, posts: Sequence[Post]) -> list[int]:
        """Now that the whole file is known: retitled where the second is unique, else new and listed."""
        ids: list[int] = []
        retitled: set[int] = set()
        waiting = self.put_off[account_id]
        times = Counter(self.moments[account_id])
        for each in waiting:
            free = [number for number in each.candidates if number not in self.taken]
            second = _second(each.post)
            # on a full minute the source may know no seconds: two posts of one minute are not one
            if free and each.alone and second % 60 and times[second] == 1:
                number = free[0]
                retitled.add(number)
                self.taken.add(number)
            else:
                number = self._new(account_id, each.post)
                for other in free[:_FEW]:
                    self._propose(number, other, "同一时间发布，标题不同")
            ids.append(number)
        self._register(account_id, list(ids), [each.keys for each in waiting], {})
        moments = [_second(each.post) for each in waiting]
        self.facts.update(retitled, list(ids), posts, moments)
        return ids

    def _keys(self, account_id: int, post: Post) -> list[str]:
        """The keys of a record; without an id, its turn among rows of this file with the same key."""
        strong = strong_keys(post)
        return strong if post.key else [self._turn(account_id, (strong or [weak_key(post)])[0])]

    def _turn(self, account_id: int, key: str) -> str:
        self.turns[account_id, key] += 1
        turn = self.turns[account_id, key]
        return key if turn == 1 else f"{key}#{turn}"

    def _without_address(self, account_id: int, post: Post, keys: Sequence[str]) -> list[str]:
        sure = [key for key in keys if key.startswith("id:")]
        return sure or [self._turn(account_id, weak_key(post))]

    def _doubted(
        self, posts: Sequence[Post], keys: Sequence[Sequence[str]], known: dict[str, int]
    ) -> set[int]:
        """Places of records that only an address leads to a stored post, which must be another one."""
        if not any(own[-1].startswith("url:") for own in keys):
            return set()
        by_address = {
            place: found
            for place, own in enumerate(keys)
            if own[0] not in known or own[0].startswith("url:")
            if (found := next((known[key] for key in own if key in known), None)) is not None
        }
        sql = (
            "SELECT p.post_id, p.title, p.published_at, p.date_only, (SELECT count(*) FROM post_key k"
            " WHERE k.post_id = p.post_id AND substr(k.key, 1, 3) = 'id:') FROM post p"
            " WHERE p.post_id IN (??)"
        )
        stored = {
            row[0]: row[1:] for row in select_in(self.connection, sql, set(by_address.values()))
        }
        doubted = set()
        for place, number in by_address.items():
            title, published_at, date_only, ids = stored[number]
            post = posts[place]
            if post.key and ids:
                doubted.add(place)
            elif post.published_at is not None and published_at is not None:
                apart = abs(_second(post) - published_at)
                far = apart >= (_DAY if date_only or post.date_only else _MINUTES)
                if far and normal_title(post.title) != normal_title(title):
                    doubted.add(place)
        return doubted

    def _lookup(
        self, account_id: int, keys: set[str], stored: dict[int, Sequence[Any]]
    ) -> dict[str, int]:
        """The posts of keys; their facts go into ``stored`` on the way."""
        sql = (
            f"SELECT k.key, {SELECTED} FROM post_key k CROSS JOIN post p"
            " WHERE p.post_id = k.post_id AND k.account_id = ? AND k.key IN (??)"
        )
        known: dict[str, int] = {}
        for key, *row in select_in(self.connection, sql, keys, account_id):
            known[key] = row[0]
            stored[row[0]] = row
        return known

    def _near(self, account_id: int, posts: Sequence[Post]) -> dict[int, list[_Near]]:
        """Stored posts by Beijing day, for the days of ``posts``."""
        days = {_day(_second(post)) for post in posts if post.published_at is not None}
        if not days:
            return {}
        sql = (
            "SELECT post_id, published_at, date_only, title, details FROM post WHERE account_id = ?"
            " AND post_id < ? AND published_at >= ? AND published_at < ? AND merged_into IS NULL"
        )
        until = max(days) + _DAY
        found = rows_of(self.connection, sql, account_id, self.first_new, min(days), until)
        rows = [row for row in found if _day(row[1]) in days]
        spaces: dict[int, set[str]] = defaultdict(set)
        sql = "SELECT post_id, key FROM post_key WHERE post_id IN (??)"
        for post_id, key in select_in(self.connection, sql, [row[0] for row in rows]):
            spaces[post_id].add(key.partition(":")[0])
        near: dict[int, list[_Near]] = defaultdict(list)
        for post_id, published_at, date_only, title, details in rows:
            outlet = json.loads(details).get("outlet", "") if details else ""
            sure = frozenset(spaces[post_id] & {"id", "url"})
            near[_day(published_at)].append(
                _Near(post_id, published_at, bool(date_only), normal_title(title), outlet, sure)
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
        rows = [post for _, post in unknown] if near else []
        alike = Counter(_likeness(post, exact) for post in rows for exact in (True, False))
        for place, post in unknown:
            own = keys[place]
            if not near and own[0] not in known and own[-1] not in known:
                ids[place] = known[own[0]] = known[own[-1]] = self.next_id
                fresh.append((self.next_id, post))
                self.next_id += 1
                continue
            again = next((known[key] for key in own if key in known), None)
            if again is not None and (not post.key or keys[place][0] in known):
                ids[place] = again  # an earlier row of this chunk had the same id
                continue
            others = self._candidates(post, near, keys[place])
            title = normal_title(post.title) if others else ""
            same = [each for each in others if each.title == title]
            exact = not post.date_only and not any(each.date_only for each in same)
            if len(same) == 1 and alike[_likeness(post, exact)] == 1:
                ids[place] = same[0].post_id
                self.taken.add(same[0].post_id)
                continue
            at_second = [each for each in others if not each.date_only and not post.date_only]
            if at_second and not same:
                alone = _alone(post, near)
                numbers = [each.post_id for each in at_second]
                self.put_off[account_id].append(_PutOff(post, keys[place], numbers, alone))
                continue
            ids[place] = number = self.next_id
            self.next_id += 1
            fresh.append((number, post))
            for key in keys[place]:
                known.setdefault(key, number)
            for each in same[:_FEW]:
                self._propose(number, each.post_id, "标题和日期相同，但不止一篇")
        self._insert(account_id, fresh)

    def _candidates(
        self, post: Post, near: dict[int, list[_Near]], keys: Sequence[str]
    ) -> list[_Near]:
        """Stored posts that may be this record by time, and that no sure key says are others."""
        if post.published_at is None or not near:
            return []
        second = _second(post)
        spaces = {key.partition(":")[0] for key in keys} & {"id", "url"}
        outlet = post.details.get("outlet", "")
        return [
            each
            for each in near.get(_day(second), ())
            if (each.date_only or post.date_only or each.published_at == second)
            and each.post_id not in self.taken
            and each.outlet == outlet
            and not (each.spaces & spaces)
        ]

    def _new(self, account_id: int, post: Post) -> int:
        number = self.next_id
        self.next_id += 1
        self._insert(account_id, [(number, post)])
        return number

    def _insert(self, account_id: int, fresh: Sequence[tuple[int, Post]]) -> None:
        self.new_posts += len(fresh)
        rows = [
            (
                number, account_id,
                None if post.published_at is None else _second(post),
                post.date_only, post.kind or self.default_kind, post.original, True, False, None, None,
                post.title, post.url, post.author, post.column,
                details_text(post),
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


def _likeness(post: Post, exact: bool) -> tuple[bool, str, int | None, str]:
    """What rows of one file share that cannot be told apart: title, outlet and second, or only day."""
    when = None if post.published_at is None else _second(post)
    if when is not None and not exact:
        when = _day(when)
    return exact, normal_title(post.title), when, post.details.get("outlet", "")


def _alone(post: Post, near: dict[int, list[_Near]]) -> bool:
    """Whether one stored post only was published in the second of ``post``."""
    second = _second(post)
    there = [e for e in near.get(_day(second), ()) if e.published_at == second and not e.date_only]
    return len(there) == 1


def _day(second: int) -> int:
    """Midnight in Shanghai before ``second``."""
    return (second + _OFFSET) // _DAY * _DAY - _OFFSET
