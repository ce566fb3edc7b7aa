"""What waited until the whole file was known: which stored post is it? A record is taken for a post that it is like
where nothing speaks against it: no other row of the file is that post, and no figure would fall."""

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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record whose post is not certain yet."""

    post: Post
    keys: Sequence[str]
    said: Said | None  # None: it has no publish time
    base: str = ""  # the key that it shares with stored works of the same title and time
    alike: Mapping[int, tuple[Neighbour, int]] = field(default_factory=dict)
    at_second: Sequence[int] = ()
    alone: bool = False  # one stored post at that second


@dataclass(slots=True)
class Settled:
    """What became of a waiting record: ``post_id`` (None: a new post, or none). ``refused``: of so many works it cannot
    be told which it is. ``key``: under which a new one of several alike is found. ``others``: what it may be."""

    post_id: int | None = None
    refused: int = 0
    key: str = ""
    others: Sequence[int] = ()


def settle(
    connection: Connection,
    account_id: int,
    waiting: Sequence[Waiting],
    taken: set[int],
    times: Counter[int | None],
    observed_at: int,
    below: int,
) -> list[Settled]:
    """What became of each of ``waiting``. ``taken``: the posts that rows of this file are; it grows. ``times``: how many
    rows of the file were published in a second. ``observed_at``: UTC seconds, of records that state no moment.
    Posts numbered ``below`` or more are of the same file."""
    found = [Settled() for _ in waiting]
    court = _Court(connection, waiting, observed_at)
    twins: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(waiting):
        if each.base:
            twins[each.base].append(place)
    for base, places in twins.items():
        _settle_twins(court, account_id, base, places, taken, below, found)
    rest = [place for place, each in enumerate(waiting) if not each.base]
    _settle_alike(court, rest, taken, found)
    for place in rest:
        each, outcome = waiting[place], found[place]
        free = [number for number in each.at_second if number not in taken]
        if outcome.post_id is not None or not free or each.said is None:
            continue
        second = each.said.second
        # on a full minute the source may know no seconds: two posts of one minute are not one
        only = each.alone and second % 60 and times[second] == 1
        if only and not court.against(place, free[0]):
            outcome.post_id = free[0]
            taken.add(free[0])
        else:
            outcome.others = free
    return found


class _Court:
    """Holds records against the series of stored posts, each read once."""

    def __init__(
        self, connection: Connection, waiting: Sequence[Waiting], observed_at: int
    ) -> None:
        self.connection = connection
        self.waiting = waiting
        self.observed_at = observed_at
        self.series: dict[int, list[Seen]] = {}

    def read(self, posts: Iterable[int]) -> None:
        """Read the series of ``posts`` in one go."""
        wanted = [number for number in posts if number not in self.series]
        self.series |= {number: [] for number in wanted}
        for number, series in series_of(self.connection, wanted):
            self.series[number] = [each for each in series if not each.withdrawn]

    def against(self, place: int, number: int) -> int:
        """How many figures would fall if the record were that post."""
        self.read([number])
        post = self.waiting[place].post
        moment = post.observed_at
        seen = self.observed_at if moment is None else int(moment.timestamp())
        return falls(self.series[number], seen, of(post.metrics))

    def fit(self, place: int, number: int, unlike: int, *, falling: bool) -> Fit | None:
        """How well the record fits; None where figures would fall and that is not to be borne (``falling``)."""
        against = self.against(place, number)
        if against and not falling:
            return None
        return Fit(
            against, unlike, movement(self.series[number], of(self.waiting[place].post.metrics))
        )


def _settle_twins(
    court: _Court,
    account_id: int,
    base: str,
    places: Sequence[int],
    taken: set[int],
    below: int,
    found: list[Settled],
) -> None:
    """Works of one title and time, known by nothing else: each row goes to the one that its figures fit. A file that
    lists fewer of them than there are may leave it open which."""
    keys = [base, *(f"{base}#{turn}" for turn in range(2, _TURNS))]
    sql = (
        'SELECT k.key, k.post_id, p.author, p."column" FROM post_key k JOIN post p'
        " ON p.post_id = k.post_id WHERE k.account_id = ? AND k.key IN (??)"
    )
    known = {row[0]: row[1:] for row in select_in(court.connection, sql, keys, account_id)}
    by_turn = {known[key][0]: known[key][1:] for key in keys if key in known}
    posts = [number for number in by_turn if number < below and number not in taken]
    # without a figure nothing can be credited to the wrong one
    counted = any(
        each is not None for place in places for each in of(court.waiting[place].post.metrics)
    )
    few = counted and len(places) < len(posts)
    court.read(posts)
    fits = []
    for place in places:
        record = court.waiting[place].post
        said = Said.by("", 0, True, "", record.author, record.column)
        unlike = [said.unlike(Said.by("", 0, True, "", *by_turn[number])) for number in posts]
        fits.append(
            [court.fit(place, n, u, falling=not few) for n, u in zip(posts, unlike, strict=True)]
        )
    likely, sure = assign(fits)
    free = (key for key in keys if key not in known)
    for place, at in zip(places, sure if few else likely, strict=True):
        if at is not None:
            found[place].post_id = posts[at]
            taken.add(posts[at])
        elif few:
            found[place].refused = len(posts)
        else:
            found[place].key = next(free, "")


def _settle_alike(
    court: _Court, places: Sequence[int], taken: set[int], found: list[Settled]
) -> None:
    """Records that are like stored posts, group by group of those that may be the same."""
    options = {
        place: {n: each for n, each in court.waiting[place].alike.items() if n not in taken}
        for place in places
    }
    court.read({number for each in options.values() for number in each})
    for rows, posts in _groups(options):
        fits = []
        for place in rows:
            said, line = court.waiting[place].said, []
            for number in posts:
                neighbour, how = options[place].get(number, (None, 0))
                line.append(
                    None
                    if neighbour is None or said is None
                    else court.fit(place, number, 3 * how + said.unlike(neighbour.said), falling=False)
                )  # fmt: skip
            fits.append(line)
        likely, sure = assign(fits)
        whole = len(rows) == len(posts) and None not in likely
        for place, at in zip(rows, likely if whole else sure, strict=True):
            if at is not None:
                found[place].post_id = posts[at]
                taken.add(posts[at])


def _groups(
    options: Mapping[int, Collection[int]],
) -> Iterator[tuple[list[int], list[int]]]:
    """(records, posts) that options connect, directly or through others."""
    by_post: dict[int, list[int]] = defaultdict(list)
    for place, posts in options.items():
        for number in posts:
            by_post[number].append(place)
    done: set[int] = set()
    for first in options:
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
