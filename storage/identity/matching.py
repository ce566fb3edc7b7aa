"""From records to posts: found by a sure key, recognised where that is certain, else new.

Certain at once is the same title at the same second with one candidate on both sides. What is alike but no more
(a title with or without its hashtags, a time without its seconds or a few minutes off, a day alone; several works of
one title) waits until the whole file is known and its figures are held against what was seen before
(``storage.identity.settling``). What is likely but not certain becomes a pair for a person (``storage.identity.likeness``).
An address alone is not believed where the ids differ, nor where title and time both do (a home page that
stands in every row).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from adapters.moments import DAY
from adapters.records import Post
from storage import schema
from storage.bulk import insert_rows, next_id, select_in
from storage.facts import SELECTED, Facts, details_text
from storage.identity.keys import normal_title, strong_keys, weak_key
from storage.identity.likeness import NEAR, Nearby, Said, propose
from storage.identity.settling import Waiting, settle
from storage.known import top_of

#: More posts than this at one second are a batch, not candidates for a new title.
_FEW = 3


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
        self.observed_at = observed_at
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
        self.put_off: dict[int, list[Waiting]] = defaultdict(list)
        self.doubtful: dict[int, list[int]] = defaultdict(
            list
        )  # when new posts without sure keys were published
        self.refused: list[tuple[Post, int]] = []  # rows that may be any of so many works

    def match(self, account_id: int, posts: Sequence[Post]) -> list[int | None]:
        """The post of each record; None where that needs the whole file (see ``deferred``)."""
        if self.only is not None:
            return [self.only for _ in posts]
        moments = [None if post.published_at is None else _second(post) for post in posts]
        self.moments[account_id] += moments
        keys, bases = self._keys(account_id, posts)
        stored: dict[int, Sequence[Any]] = {}
        known = self._lookup(account_id, {key for each in keys for key in each}, stored)
        for place in self._doubted(posts, keys, known):
            keys[place], bases[place] = self._without_address(account_id, posts[place], keys[place])
            known |= self._lookup(account_id, set(keys[place]), stored)
        ids = [known.get(own[0]) or known.get(own[-1]) for own in keys]  # an id, else an address
        for place in self._twins(account_id, bases, known):
            ids[place] = None
            post, base = posts[place], bases[place]
            self.put_off[account_id].append(Waiting(post, keys[place], None, base))
            keys[place] = []
        unknown = [
            (place, posts[place])
            for place, number in enumerate(ids)
            if number is None and keys[place]
        ]
        self.taken.update(number for number in ids if number is not None)
        if unknown:
            seconds = [_second(post) for _, post in unknown if post.published_at is not None]
            near = Nearby(self.connection, account_id, seconds, self.first_new)
            self._recognise(account_id, unknown, near, keys, known, ids)
        self._register(account_id, ids, keys, known)
        existing = {number for number in ids if number is not None and number < self.first_new}
        self.facts.update(existing, ids, posts, moments, stored)
        return ids

    def deferred(self) -> Iterator[tuple[int, list[Post]]]:
        """Records that may be stored posts they do not quite agree with, by account."""
        for account_id, waiting in self.put_off.items():
            yield account_id, [each.post for each in waiting]

    def settle(self, account_id: int, posts: Sequence[Post]) -> list[int | None]:
        """Now that the whole file is known: the posts of the deferred records; None where it cannot be told which
        of several works it is (see ``refused``)."""
        waiting = self.put_off[account_id]
        times = Counter(self.moments[account_id])
        settled = settle(
            self.connection,
            account_id,
            waiting,
            self.taken,
            times,
            self.observed_at,
            self.first_new,
        )
        ids: list[int | None] = []
        keys: list[Sequence[str]] = []
        fresh: list[tuple[int, Post]] = []
        for each, became in zip(waiting, settled, strict=True):
            number = became.post_id
            if became.refused:
                self.refused.append((each.post, became.refused))
            elif number is None:
                number, self.next_id = self.next_id, self.next_id + 1
                fresh.append((number, each.post))
                for other in became.others[:_FEW]:
                    self._propose(number, other, "同一时间发布，标题不同")
            ids.append(number)
            alone = [became.key] if became.key else []
            keys.append(alone if each.base else each.keys)  # of several works each keeps its own
        self._insert(account_id, fresh, doubtful=True)
        self._register(account_id, ids, keys, {})
        moments = [None if e.published_at is None else _second(e) for e in posts]
        existing = {number for number in ids if number is not None and number < self.first_new}
        self.facts.update(existing, ids, posts, moments)
        return ids

    def propose(self) -> None:
        """After all observations are stored: new posts that are likely older ones are proposed to a person."""
        for account_id, moments in self.doubtful.items():
            self.pairs += propose(
                self.connection,
                account_id,
                self.recorded_at,
                self.first_new,
                (min(moments), max(moments)),
            )

    def _keys(
        self, account_id: int, posts: Sequence[Post]
    ) -> tuple[list[Sequence[str]], list[str]]:
        """The keys of records; without an id, its turn among rows of this file with the same key. And the key of
        each that it shares with others, if it has no sure one; else empty."""
        keys: list[Sequence[str]] = []
        bases: list[str] = []
        for post in posts:
            base = ""
            own = strong_keys(post)
            if not post.key:
                base = "" if own else weak_key(post)
                own = [self._turn(account_id, base or own[0])]
            keys.append(own)
            bases.append(base)
        return keys, bases

    def _turn(self, account_id: int, key: str) -> str:
        self.turns[account_id, key] += 1
        turn = self.turns[account_id, key]
        return key if turn == 1 else f"{key}#{turn}"

    def _without_address(
        self, account_id: int, post: Post, keys: Sequence[str]
    ) -> tuple[list[str], str]:
        sure = [key for key in keys if key.startswith("id:")]
        base = "" if sure else weak_key(post)
        return sure or [self._turn(account_id, base)], base

    def _twins(self, account_id: int, bases: Sequence[str], known: dict[str, int]) -> list[int]:
        """Places of records that share their key with others, here or on record."""
        shared = {base for base in bases if base}
        if not shared:
            return []
        here = Counter(bases)
        known |= self._lookup(account_id, {*shared, *(f"{base}#2" for base in shared)}, {})
        several = {
            base
            for base in shared
            if known.get(base, self.first_new) < self.first_new
            if (known[base] != second if (second := known.get(f"{base}#2")) else here[base] > 1)
        }
        return [place for place, base in enumerate(bases) if base in several]

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
                far = apart >= (DAY if date_only or post.date_only else NEAR)
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

    def _recognise(
        self,
        account_id: int,
        unknown: Sequence[tuple[int, Post]],
        near: Nearby,
        keys: Sequence[Sequence[str]],
        known: dict[str, int],
        ids: list[int | None],
    ) -> None:
        """Fill ``ids`` for records that no key found."""
        fresh: list[tuple[int, Post]] = []
        said = {place: _said(post) for place, post in unknown} if near else {}
        alike = Counter((each.title, each.second, each.outlet) for each in said.values() if each)
        for place, post in unknown:
            own, says = keys[place], said.get(place)
            again = next((known[key] for key in own if key in known), None)
            if again is not None and (not post.key or own[0] in known):
                ids[place] = again  # an earlier row of this chunk had the same id
                continue
            if says is not None:
                spaces = {key.partition(":")[0] for key in own}
                options = near.alike(says, spaces)
                options = {n: each for n, each in options.items() if n not in self.taken}
                same = [
                    n for n, (each, how) in options.items() if not how and not each.said.date_only
                ]
                if len(same) == 1 and alike[says.title, says.second, says.outlet] == 1:
                    ids[place] = same[0]
                    self.taken.add(same[0])
                    continue
                at_second = [n for n in near.at_second(says, spaces) if n not in options]
                if options or any(n not in self.taken for n in at_second):
                    alone = len(near.by_second[says.second]) == 1
                    self.put_off[account_id].append(
                        Waiting(post, own, says, "", options, at_second, alone)
                    )
                    continue
            ids[place] = number = self.next_id
            self.next_id += 1
            fresh.append((number, post))
            for key in own:
                known.setdefault(key, number)
        self._insert(account_id, fresh)

    def _insert(
        self, account_id: int, fresh: Sequence[tuple[int, Post]], *, doubtful: bool = False
    ) -> None:
        """Make posts; those without a sure key, or ``doubtful``, may be others (see ``propose``)."""
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
        for _, post in fresh:
            if post.published_at is not None and (doubtful or not (post.key or post.url)):
                self.doubtful[account_id].append(_second(post))

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


def _said(post: Post) -> Said | None:
    """What a record says of itself; None without a publish time."""
    if post.published_at is None:
        return None
    outlet = post.details.get("outlet", "")
    return Said.by(post.title, _second(post), post.date_only, outlet, post.author, post.column)
