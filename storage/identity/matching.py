"""Matches the records of a reading to stored posts: by a sure key, by title and time where these are certain, else as a
new post.

Certain is the same title at the same second with one candidate on both sides. Weaker likenesses (a title with or
without its hashtags, a time without its seconds or a few minutes off, a day alone, several works of one title) wait
until the whole file is known, and their figures are compared with earlier ones (``storage.identity.settling``). What
is likely but not certain becomes a pair for a person to settle (``storage.identity.likeness``). An address is not
trusted where the ids differ, nor where title and time both differ (a home page repeated in every row)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from adapters.moments import DAY
from adapters.records import Post
from storage import schema
from storage.bulk import insert_rows, next_id, select_in
from storage.facts import SELECTED, Facts, FactsRow, details_text
from storage.identity.keys import normal_title, strong_keys, weak_key
from storage.identity.likeness import NEAR, Nearby, Said, propose
from storage.identity.settling import Record, settle
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
        """``observed_at``: UTC seconds, of records that state no moment; ``default_kind``: of records that state none;
        ``only``: the post that all records are; ``first_new``: the number of the next new post."""
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
        self.turns: dict[int, dict[str, int]] = defaultdict(dict)  # how often each key came
        self.times: dict[int, Counter[int | None]] = defaultdict(Counter)  # seconds of all rows
        self.taken: set[int] = set()
        self.put_off: dict[int, list[Record]] = defaultdict(list)
        #: When new posts without sure keys were published.
        self.doubtful: dict[int, list[int]] = defaultdict(list)
        self.refused: list[Record] = []  # rows that may be any of several works

    def match(self, account_id: int, posts: Sequence[Post]) -> list[int | None]:
        """The post of each record; None where that needs the whole file (see ``settle``)."""
        if self.only is not None:
            return [self.only for _ in posts]
        stored: dict[int, FactsRow] = {}
        keys: list[Sequence[str]] = [strong_keys(post) for post in posts]
        known = self._lookup(account_id, {key for own in keys for key in own}, stored)
        moments = [_second(post) for post in posts]
        self.times[account_id].update(moments)
        ids = [
            known.get(own[0]) if post.key else None for post, own in zip(posts, keys, strict=True)
        ]
        self.taken.update(number for number in ids if number is not None)
        places = [place for place, number in enumerate(ids) if number is None]
        if places:  # no id says which posts these are
            records = [
                self._record(account_id, posts[place], moments[place], keys[place])
                for place in places
            ]
            self._find(account_id, records, known, stored)
            for place, each in zip(places, records, strict=True):
                ids[place], keys[place] = each.post_id, each.keys
        self._register(account_id, ids, keys, known)
        self._tell(ids, posts, moments, stored)
        return ids

    def _find(
        self,
        account_id: int,
        records: Sequence[Record],
        known: dict[str, int],
        stored: dict[int, FactsRow],
    ) -> None:
        """The posts of records whose ids lead to none: by an address, else by what is like them, else new ones."""
        keys = {key for each in records for key in each.keys} - known.keys()
        known |= self._lookup(account_id, keys, stored)
        for each in self._doubted(records, known):
            self._without_address(account_id, each)
            known |= self._lookup(account_id, set(each.keys), stored)
        for each in records:
            each.post_id = known.get(each.keys[0]) or known.get(each.keys[-1])
        for each in self._twins(account_id, records, known):
            self._put_off(account_id, each)
        self.taken.update(each.post_id for each in records if each.post_id is not None)
        unknown = [each for each in records if each.post_id is None and not each.waits]
        if unknown:
            self._recognise(account_id, unknown, known)

    def settle(self) -> Iterator[tuple[list[Post], list[int | None]]]:
        """Now that the whole file is known: the records that were put off, account by account, and their posts; None
        where it cannot be told which of several works it is (see ``refused``)."""
        for account_id, waiting in self.put_off.items():
            times = self.times[account_id]
            settle(
                self.connection,
                account_id,
                waiting,
                self.taken,
                times,
                self.observed_at,
                self.first_new,
            )
            self.refused += [each for each in waiting if each.refused]
            fresh = [each for each in waiting if each.post_id is None and not each.refused]
            for each in fresh:
                number = self._number(each)
                for other in each.others[:_FEW]:
                    self._propose(number, other, "同一时间发布，标题不同")
            self._insert(account_id, fresh, doubtful=True)
            posts, ids = [each.post for each in waiting], [each.post_id for each in waiting]
            self._register(account_id, ids, [each.keys for each in waiting], {})
            self._tell(ids, posts, [each.second for each in waiting], {})
            yield posts, ids

    def propose(self, *, by_hand: bool) -> None:
        """After all observations are stored: new posts that are likely older ones are proposed to a person. ``by_hand``:
        the file may hold a work twice."""
        for account_id, moments in self.doubtful.items():
            within = min(moments), max(moments)
            told = self.connection, account_id, self.recorded_at, self.first_new, within
            self.pairs += propose(*told, among=by_hand)

    def _record(
        self, account_id: int, post: Post, second: int | None, keys: Sequence[str]
    ) -> Record:
        """A record with its keys; without an id, its turn among rows of this file with the same key."""
        if post.key:
            return Record(post, second, keys)
        base = "" if keys else weak_key(post, second)
        return Record(post, second, [self._turn(account_id, base or keys[0])], base)

    def _turn(self, account_id: int, key: str) -> str:
        turns = self.turns[account_id]
        turns[key] = turn = turns.get(key, 0) + 1
        return key if turn == 1 else f"{key}#{turn}"

    def _without_address(self, account_id: int, record: Record) -> None:
        sure = [key for key in record.keys if key.startswith("id:")]
        record.base = "" if sure else weak_key(record.post)
        record.keys = sure or [self._turn(account_id, record.base)]

    def _put_off(self, account_id: int, record: Record) -> None:
        record.post_id, record.waits = None, True
        self.put_off[account_id].append(record)

    def _number(self, record: Record) -> int:
        record.post_id, self.next_id = self.next_id, self.next_id + 1
        return record.post_id

    def _twins(
        self, account_id: int, records: Sequence[Record], known: dict[str, int]
    ) -> list[Record]:
        """Records that share their key with others, here or on record."""
        here = Counter([each.base for each in records if each.base])
        asked = {key for each in records for key in each.keys}
        known |= self._lookup(account_id, here.keys() - asked - known.keys(), {})
        stored = [base for base in here if known.get(base, self.first_new) < self.first_new]
        others = {f"{base}#2" for base in stored}
        known |= self._lookup(account_id, others - asked - known.keys(), {})
        several = {
            base
            for base in stored
            if (known[base] != second if (second := known.get(f"{base}#2")) else here[base] > 1)
        }
        return [each for each in records if each.base in several]

    def _doubted(self, records: Sequence[Record], known: dict[str, int]) -> list[Record]:
        """Records that only an address leads to a stored post, which must be another one."""
        by_address = [
            (each, found)
            for each in records
            if not each.base and (each.keys[0] not in known or each.keys[0].startswith("url:"))
            if (found := next((known[key] for key in each.keys if key in known), None)) is not None
        ]
        sql = (
            "SELECT p.post_id, p.title, p.published_at, p.date_only, (SELECT count(*) FROM post_key k"
            " WHERE k.post_id = p.post_id AND substr(k.key, 1, 3) = 'id:') FROM post p"
            " WHERE p.post_id IN (??)"
        )
        numbers = {number for _, number in by_address}
        stored = {number: told for number, *told in select_in(self.connection, sql, numbers)}
        doubted = []
        for each, number in by_address:
            title, published_at, date_only, ids = stored[number]
            other = bool(each.post.key and ids)
            if not other and each.second is not None and published_at is not None:
                least = DAY if date_only or each.post.date_only else NEAR
                far = abs(each.second - published_at) >= least
                other = far and normal_title(each.post.title) != normal_title(title)
            if other:
                doubted.append(each)
        return doubted

    def _lookup(
        self, account_id: int, keys: set[str], stored: dict[int, FactsRow]
    ) -> dict[str, int]:
        """The posts of keys; their facts go into ``stored`` on the way."""
        sql = (
            f"SELECT k.key, k.post_id, {SELECTED} FROM post_key k CROSS JOIN post p"
            " WHERE p.post_id = k.post_id AND k.account_id = ? AND k.key IN (??)"
        )
        known: dict[str, int] = {}
        for row in select_in(self.connection, sql, keys, account_id):
            key, number = row[:2]
            known[key] = number
            stored[number] = row[2:]
        return known

    def _recognise(self, account_id: int, unknown: Sequence[Record], known: dict[str, int]) -> None:
        """Find or make the posts of records that no key found; some are put off."""
        seconds = [each.second for each in unknown if each.second is not None]
        near = Nearby(self.connection, account_id, seconds, self.first_new)
        for each in unknown if near else ():
            each.said = _said(each)
        here = Counter([each.said.place for each in unknown if each.said])
        fresh = []
        for each in unknown:
            again = [known[key] for key in each.keys if key in known]
            if again and (not each.post.key or each.keys[0] in known):
                each.post_id = again[0]  # an earlier row of this chunk had the same id
            elif each.said is None or not self._is_near(
                account_id, each, each.said, near, alone=here[each.said.place] == 1
            ):
                number = self._number(each)
                fresh.append(each)
                for key in each.keys:
                    known.setdefault(key, number)
        self._insert(account_id, fresh)

    def _is_near(
        self, account_id: int, record: Record, said: Said, near: Nearby, *, alone: bool
    ) -> bool:
        """Whether a record is, or may be, a stored post near it; where that is not certain it is put off. ``alone``: no
        other record of the file says the same."""
        spaces = {key.partition(":")[0] for key in record.keys}
        options = {n: each for n, each in near.alike(said, spaces).items() if n not in self.taken}
        same = [n for n, (each, how) in options.items() if not how and not each.said.date_only]
        if len(same) == 1 and alone:
            record.post_id = same[0]
            self.taken.add(same[0])
            return True
        record.base = ""  # no stored work has it
        record.alike = options
        record.at_second = [n for n in near.at_second(said, spaces) if n not in options]
        record.alone = len(near.by_second[said.second]) == 1
        maybe = bool(options) or any(n not in self.taken for n in record.at_second)
        if maybe:
            self._put_off(account_id, record)
        return maybe

    def _insert(self, account_id: int, fresh: Sequence[Record], *, doubtful: bool = False) -> None:
        """Make posts; those without a sure key, or ``doubtful``, may be others (see ``propose``)."""
        self.new_posts += len(fresh)
        rows = []
        for each in fresh:
            post = each.post
            rows.append(
                (
                    each.post_id, account_id, each.second, post.date_only,
                    post.kind or self.default_kind, post.original, True, False, None, None,
                    post.title, post.url, post.author, post.column, details_text(post),
                )
            )  # fmt: skip
            if each.second is not None and (doubtful or not (post.key or post.url)):
                self.doubtful[account_id].append(each.second)
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

    def _tell(
        self,
        ids: Sequence[int | None],
        posts: Sequence[Post],
        moments: Sequence[int | None],
        stored: dict[int, FactsRow],
    ) -> None:
        """What records say of posts that were there before. ``stored``: facts read already."""
        said = [
            (number, post, moment)
            for number, post, moment in zip(ids, posts, moments, strict=True)
            if number is not None and number < self.first_new
        ]
        self.facts.update(said, stored)

    def _propose(self, post_id: int, other_id: int, why: str) -> None:
        self.pairs += 1
        row = (next_id(self.connection, schema.pair.c.pair_id), post_id, other_id, why)
        insert_rows(self.connection, schema.pair, [(*row, self.recorded_at, None, None)])


def _second(post: Post) -> int | None:
    """When a record was published, in UTC seconds."""
    moment = post.published_at
    return None if moment is None else int(moment.timestamp())


def _said(record: Record) -> Said | None:
    """What a record says of itself; None without a publish time."""
    post = record.post
    if record.second is None:
        return None
    outlet = post.details.get("outlet", "")
    return Said.by(post.title, record.second, post.date_only, outlet, post.author, post.column)
