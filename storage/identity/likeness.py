"""Whether two posts of an account are alike by title and time: a record and a stored post, or two stored posts that are
then proposed to a person as one (``collect match``)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from adapters.moments import DAY
from storage import schema
from storage.bulk import insert_rows, next_id, select_in, streamed
from storage.identity.keys import loose_title, normal_title

#: Pages and exports state one publish time that far apart (seconds).
NEAR = 600
#: Pairs of one post at most: what is like more is a programme that comes again and again.
_FEW = 3
#: The adapter of tables that people make.
BY_HAND = "table"
_OFFSET = 8 * 3_600


@dataclass(frozen=True, slots=True)
class Said:
    """What a record or a stored post says of itself that others may say too; ``second`` in UTC."""

    second: int
    date_only: bool
    title: str  # as normal_title gives it
    loose: str  # as loose_title gives it
    outlet: str = ""  # a placement in another outlet is another post
    byline: tuple[str, str] = ("", "")  # author and column

    @classmethod
    def by(
        cls,
        title: str,
        second: int,
        date_only: bool,
        outlet: str,
        author: str = "",
        column: str = "",
    ) -> Said:
        names = normal_title(author), normal_title(column)
        return cls(second, date_only, normal_title(title), loose_title(title), outlet, names)

    @property
    def place(self) -> tuple[str, int, str]:
        """Title, second and outlet: what two records of a file that are one work have in common."""
        return self.title, self.second, self.outlet

    def unlike(self, other: Said) -> int:
        """In how many of author and column the two differ, where both say it."""
        pairs = zip(self.byline, other.byline, strict=True)
        return sum(bool(one and two and one != two) for one, two in pairs)


def likeness(one: Said, other: Said) -> int | None:
    """How surely two are one by title and time, 0 the surest; None: they are not alike.

    Alike is the same title, or one that differs by hashtags, punctuation or emoji alone, within ten minutes, or on
    the same (Beijing) day where one knows no more. Without a title only the same second is.
    """
    if one.outlet != other.outlet:
        return None
    titles = 0 if one.title == other.title else 2
    if titles and (one.loose != other.loose or not one.loose):
        return None
    apart = abs(one.second - other.second)
    if one.date_only or other.date_only:
        both = one.date_only and other.date_only
        times = 0 if both else 1
        alike = day(one.second) == day(other.second)
    else:
        whole = one.second % 60 == 0 or other.second % 60 == 0  # one may know no seconds
        minute = whole and one.second // 60 == other.second // 60
        times = 0 if not apart else 1 if minute else 2
        alike = apart <= NEAR
    if not alike or (not one.title and (apart or one.date_only or other.date_only)):
        return None
    return titles + times


def day(second: int) -> int:
    """Midnight in Shanghai before ``second``."""
    return (second + _OFFSET) // DAY * DAY - _OFFSET


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A stored post near in time to another one, or to a record."""

    post_id: int
    said: Said
    spaces: frozenset[str]  # which kinds of sure key it has: id, url


_WITHIN = "account_id = ? AND post_id < ? AND published_at >= ? AND published_at < ? AND merged_into IS NULL"
#: Posts by title ("=") and by its words alone ("~").
Groups = dict[tuple[str, str], list[Neighbour]]


def neighbours(
    connection: Connection,
    account_id: int,
    first: int,
    last: int,
    days: Container[int] | None = None,
    below: int = 2**62,
) -> list[Neighbour]:
    """The posts of an account, numbered less than ``below``, that were published at ``first`` ≤ t < ``last`` (UTC
    seconds) and on one of ``days`` (see ``day``; None: any), in order of time."""
    sql = (
        f'SELECT post_id, title, published_at, date_only, details, author, "column" FROM post WHERE {_WITHIN}'
        " ORDER BY published_at, post_id"
    )
    said: dict[int, Said] = {}
    for number, title, second, date_only, details, *byline in streamed(
        connection, sql, account_id, below, first, last
    ):
        if days is None or day(second) in days:
            outlet = str(json.loads(details).get("outlet", "")) if details else ""
            said[number] = Said.by(title, second, bool(date_only), outlet, *byline)
    spaces: dict[int, set[str]] = defaultdict(set)
    sql = "SELECT post_id, key FROM post_key WHERE post_id IN (??)"
    for number, key in select_in(connection, sql, said):
        spaces[number].add(key.partition(":")[0])
    return [Neighbour(n, each, frozenset(spaces[n] & {"id", "url"})) for n, each in said.items()]


def _by_title(posts: Iterable[Neighbour]) -> Groups:
    found: Groups = defaultdict(list)
    for each in posts:
        found["=", each.said.title].append(each)
        if each.said.loose:
            found["~", each.said.loose].append(each)
    return found


def _days(moments: Iterable[int]) -> set[int]:
    """The days on which posts may be like those of some moments (UTC seconds)."""
    shifts = _OFFSET - NEAR, _OFFSET + NEAR
    numbers = {(each + shift) // DAY for each in moments for shift in shifts}
    return {number * DAY - _OFFSET for number in numbers}


class Nearby:
    """Stored posts of an account on the days of some records, by what they may be recognised by."""

    def __init__(
        self, connection: Connection, account_id: int, moments: Iterable[int], below: int
    ) -> None:
        """``moments``: UTC seconds; posts numbered ``below`` or more are of the same file."""
        days = _days(moments)
        self.by_title = _by_title(())
        self.by_second: dict[int, list[Neighbour]] = defaultdict(list)
        if not days:
            return
        found = neighbours(connection, account_id, min(days), max(days) + DAY, days, below)
        self.by_title = _by_title(found)
        for each in found:
            if not each.said.date_only:
                self.by_second[each.said.second].append(each)

    def __bool__(self) -> bool:
        return bool(self.by_title)

    def alike(self, said: Said, spaces: Collection[str]) -> dict[int, tuple[Neighbour, int]]:
        """Post → how like it is, of those that no sure key says are others."""
        found = {}
        for each in (*self.by_title["=", said.title], *self.by_title["~", said.loose]):
            how = likeness(each.said, said)
            if how is not None and not each.spaces.intersection(spaces):
                found[each.post_id] = (each, how)
        return found

    def at_second(self, said: Said, spaces: Collection[str]) -> list[int]:
        """Posts of the same second that no sure key says are others, whatever their titles."""
        if said.date_only:
            return []
        return [
            each.post_id
            for each in self.by_second[said.second]
            if each.said.outlet == said.outlet and not each.spaces.intersection(spaces)
        ]


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
    *,
    among: bool = True,
) -> int:
    """Propose pairs of which one post at least is numbered ``since`` or later and was published ``within`` two
    moments. Pairs on record, settled or not, are left as they are; returns how many are new. ``among``: both may be so
    new; of posts that a platform listed together only the pairs with older ones are looked for.

    Two works are not proposed where both have ids or both have addresses, nor where one reading listed both: a platform
    lists a work once. Only a table made by hand may hold one twice, with a time that differs.
    """
    first, last = within or (-(2**62), 2**62)
    span = first - DAY, last + DAY + 1
    days = None
    if not among:
        sql = f"SELECT published_at FROM post WHERE {_WITHIN}"
        days = _days(each for (each,) in streamed(connection, sql, account_id, since, *span))
        if not days:
            return 0
    there = neighbours(connection, account_id, *span, days)
    pairs = list(_alike(there, since))
    together = _together(connection, {each.post_id for pair in pairs for each in pair})
    rows: list[tuple[Any, ...]] = []
    number = next_id(connection, schema.pair.c.pair_id)
    taken: dict[int, int] = defaultdict(int)
    for old, new in pairs:
        one, other = old.said, new.said
        apart = one.second != other.second and not (one.date_only or other.date_only)
        listed = together[old.post_id] & together[new.post_id]
        if (
            any(not apart or adapter != BY_HAND for _, adapter in listed)
            or old.spaces & new.spaces
            or taken[new.post_id] >= _FEW
        ):
            continue
        taken[new.post_id] += 1
        place = number + len(rows), new.post_id, old.post_id
        rows.append((*place, _why(one, other), at, None, None))
    return _new(connection, rows)


def _new(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
    pairs = schema.pair
    query = select(func.count()).select_from(pairs)
    before = connection.execute(query).scalar_one()
    insert_rows(connection, pairs, rows)
    return int(connection.execute(query).scalar_one() - before)


def _alike(posts: Sequence[Neighbour], since: int) -> Iterator[tuple[Neighbour, Neighbour]]:
    """(older, newer) of posts in order of time that are alike, the newer one numbered ``since`` or later."""
    found = {}
    for group in _by_title(posts).values():
        for place, one in enumerate(group):
            for other in group[place + 1 :]:
                start, end = one.said.second, other.said.second
                if end - start > NEAR and day(start) != day(end):
                    break
                older, newer = sorted((one, other), key=lambda each: each.post_id)
                if newer.post_id >= since and likeness(one.said, other.said) is not None:
                    found[newer.post_id, older.post_id] = older, newer
    for place_of in sorted(found):
        yield found[place_of]


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
