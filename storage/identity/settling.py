"""Decides which stored post each record is that could not be matched at once, after the whole file has been read.

A record becomes a stored post like it if no other row of the file is that post and none of its figures would fall.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from adapters.records import Post
from storage.bulk import select_in
from storage.identity.assigning import Fit, assign, falls, movement
from storage.identity.likeness import Neighbour, Said
from storage.observations import Seen, series_of
from storage.values import of

#: Works of one title and day without ids that are told apart, at most.
_TURNS = 50


@dataclass(eq=False)
class Record:
    """A record of a file on its way to its post. ``second``: when it was published, in UTC; ``base``: the key that it
    shares with stored works of the same title and time, where it has no sure one. (Most records need no more than the
    first four: the others are the class's until they are set.)"""

    post: Post
    second: int | None
    keys: Sequence[str]
    base: str = ""
    said: Said | None = field(default=None, init=False)  # None: it has no publish time
    waits: bool = field(default=False, init=False)  # for the end of the file, with what follows
    alike: Mapping[int, tuple[Neighbour, int]] | None = field(default=None, init=False)
    at_second: Sequence[int] = field(default=(), init=False)
    alone: bool = field(default=False, init=False)  # one stored post at that second
    # what became of it
    post_id: int | None = field(default=None, init=False)
    refused: int = field(default=0, init=False)  # of so many works it cannot be told which it is
    others: Sequence[int] = field(default=(), init=False)  # what a new post may be


def settle(
    connection: Connection,
    account_id: int,
    waiting: Sequence[Record],
    taken: set[int],
    times: Counter[int | None],
    observed_at: int,
    below: int,
) -> None:
    """Tell which post each of ``waiting`` is: ``post_id``, or ``refused``, or a new one (neither).

    ``taken``: the posts that rows of this file are; it grows. ``times``: how many rows of the file were published in a
    second. ``observed_at``: UTC seconds, of records that state no moment. Posts numbered ``below`` or more are of the
    same file.
    """
    court = _Court(connection, observed_at)
    twins: dict[str, list[Record]] = defaultdict(list)
    for each in waiting:
        if each.base:
            twins[each.base].append(each)
    for base, records in twins.items():
        _settle_twins(court, account_id, base, records, taken, below)
    rest = [each for each in waiting if not each.base]
    _settle_alike(court, rest, taken)
    for each in rest:
        free = [number for number in each.at_second if number not in taken]
        if each.post_id is not None or not free or each.second is None:
            continue
        # on a full minute the source may know no seconds: two posts of one minute are not one
        only = each.alone and each.second % 60 and times[each.second] == 1
        if only and not court.against(each, free[0]):
            each.post_id = free[0]
            taken.add(free[0])
        else:
            each.others = free


class _Court:
    """Holds records against the series of stored posts, each read once."""

    def __init__(self, connection: Connection, observed_at: int) -> None:
        self.connection = connection
        self.observed_at = observed_at
        self.series: dict[int, list[Seen]] = {}

    def read(self, posts: Iterable[int]) -> None:
        """Read the series of ``posts`` in one go."""
        wanted = [number for number in posts if number not in self.series]
        self.series |= {number: [] for number in wanted}
        for number, series in series_of(self.connection, wanted):
            self.series[number] = [each for each in series if not each.withdrawn]

    def against(self, record: Record, number: int) -> int:
        """How many figures would fall if the record were that post."""
        self.read([number])
        moment = record.post.observed_at
        seen = self.observed_at if moment is None else int(moment.timestamp())
        return falls(self.series[number], seen, of(record.post.metrics))

    def fit(self, record: Record, number: int, unlike: int, *, falling: bool) -> Fit | None:
        """How well the record fits; None where figures would fall and that is not to be borne (``falling``)."""
        against = self.against(record, number)
        if against and not falling:
            return None
        return Fit(against, unlike, movement(self.series[number], of(record.post.metrics)))


def _settle_twins(
    court: _Court,
    account_id: int,
    base: str,
    records: Sequence[Record],
    taken: set[int],
    below: int,
) -> None:
    """Works of one title and time, known by nothing else: each row goes to the one that its figures fit, and each new
    one gets a key of its own. A file that lists fewer of them than there are may leave it open which."""
    keys = [base, *(f"{base}#{turn}" for turn in range(2, _TURNS))]
    sql = (
        'SELECT k.key, k.post_id, p.author, p."column" FROM post_key k JOIN post p'
        " ON p.post_id = k.post_id WHERE k.account_id = ? AND k.key IN (??)"
    )
    found = select_in(court.connection, sql, keys, account_id)
    known = {key: (number, _byline(*byline)) for key, number, *byline in found}
    bylines = dict(known[key] for key in keys if key in known)
    posts = [number for number in bylines if number < below and number not in taken]
    # without a figure nothing can be credited to the wrong one
    counted = any(figure is not None for each in records for figure in of(each.post.metrics))
    few = counted and len(records) < len(posts)
    court.read(posts)
    fits = []
    for each in records:
        said = _byline(each.post.author, each.post.column)
        fits.append([court.fit(each, n, said.unlike(bylines[n]), falling=not few) for n in posts])
    likely, sure = assign(fits)
    free = (key for key in keys if key not in known)
    for each, at in zip(records, sure if few else likely, strict=True):
        each.keys = []  # of several works each keeps its own
        if at is not None:
            each.post_id = posts[at]
            taken.add(posts[at])
        elif few:
            each.refused = len(posts)
        else:
            each.keys = [key for key in (next(free, ""),) if key]


def _byline(author: str, column: str) -> Said:
    return Said.by("", 0, True, "", author, column)


def _settle_alike(court: _Court, waiting: Sequence[Record], taken: set[int]) -> None:
    """Records that are like stored posts, group by group of those that may be the same."""
    options = [{n: each for n, each in (w.alike or {}).items() if n not in taken} for w in waiting]
    court.read({number for each in options for number in each})
    for rows, posts in _groups(options):
        fits = []
        for row in rows:
            record, line = waiting[row], []
            for number in posts:
                neighbour, how = options[row].get(number, (None, 0))
                fit = None
                if neighbour is not None and record.said is not None:
                    unlike = 3 * how + record.said.unlike(neighbour.said)
                    fit = court.fit(record, number, unlike, falling=False)
                line.append(fit)
            fits.append(line)
        likely, sure = assign(fits)
        whole = len(rows) == len(posts) and None not in likely
        for row, at in zip(rows, likely if whole else sure, strict=True):
            if at is not None:
                waiting[row].post_id = posts[at]
                taken.add(posts[at])


def _groups(options: Sequence[Collection[int]]) -> Iterator[tuple[list[int], list[int]]]:
    """(places of records, posts) that options connect, directly or through others."""
    by_post: dict[int, list[int]] = defaultdict(list)
    for place, posts in enumerate(options):
        for number in posts:
            by_post[number].append(place)
    done: set[int] = set()
    for first in range(len(options)):
        rows, grown = {first}, [first]
        numbers: set[int] = set()
        while grown and first not in done:
            more = set(options[grown.pop()]) - numbers
            numbers |= more
            fresh = {place for number in more for place in by_post[number]} - rows
            rows |= fresh
            grown += fresh
        if numbers:
            yield sorted(rows), sorted(numbers)
        done |= rows
