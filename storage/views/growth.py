"""How a post grows beside the earlier posts of its account at the same age, and what became of those that stood where
it stands. Times and ages are in UTC seconds.

What a post had "at an age" is its value at up to a quarter more of that age (an hour at least), where it was observed
in that stretch; where it was not, it is no case. A post is compared at its own newest observation, so the others are
taken at its age or a little older: the factor by which it is above them is never too large, and none of them stood
further at its age than is said. Limits stay limits: the figure of rank k lies between those of rank k of all lowest
and of all highest values.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, or_, select

from adapters.records import METRICS, STATES, Count, between
from storage import schema
from storage.bulk import rows_of, select_in
from storage.observations import series_of, values
from storage.values import decode, named, reached
from storage.views.history import StoredPost

HOUR, DAY = 3_600, 86_400
#: A younger post is not compared; one that is older than ``YOUNG`` is no news.
FIRST, YOUNG = HOUR, 3 * DAY
#: Usual is what the last posts had that were published up to this long before.
BACK, LAST = 90 * DAY, 100
#: Where posts went that stood at a point is asked of more of them; they were looked at until this age at least.
FAR_BACK, MANY, FOLLOWED = 730 * DAY, 1_000, 7 * DAY
#: Of fewer cases nothing is said.
ENOUGH = 20
#: What is compared of a post: its views, or readers where no views are shown.
SHOWN = ("views", "readers")

#: The least and the most that a figure may be.
Limits = tuple[int, float]


def until(age: int) -> int:
    """Up to which age another post may have been observed to be taken as of this age."""
    return age + max(age // 4, HOUR)


@dataclass(frozen=True, slots=True)
class GrowthCurve:
    """What a post was seen to have, by age; None where it was not counted (private)."""

    post_id: int
    published_at: int
    ages: Sequence[int]
    figures: Sequence[Limits | None]

    def between(self, age: int, most: int) -> Limits | None:
        """What it had when it was last observed from one age to another."""
        place = bisect_right(self.ages, most) - 1
        return self.figures[place] if place >= 0 and self.ages[place] >= age else None


def curves(
    connection: Connection,
    account_id: int,
    metric: str,
    *,
    published: tuple[int, int],
    ages: tuple[int, int],
    back: int = BACK,
    most: int = LAST,
) -> list[GrowthCurve]:
    """What posts of an account had between two ages, the newest post first: those published between two moments
    (the second not included), and ``most`` before them, up to ``back`` earlier."""
    sql = (
        "SELECT post_id, published_at, plain FROM post WHERE account_id = ? AND published_at >= ?"
        " AND published_at < ? AND NOT date_only AND merged_into IS NULL"
        " ORDER BY published_at DESC, post_id DESC"
    )
    rows = rows_of(connection, sql, account_id, published[0] - back, published[1])
    rows = rows[: most + sum(row[1] >= published[0] for row in rows)]
    plain = [row[0] for row in rows if row[2]]
    others = {row[0]: row[1] for row in rows if not row[2]}
    seen = dict(_plain(connection, metric, plain, ages))
    seen |= dict(_folded(connection, metric, others, ages))
    return [GrowthCurve(row[0], row[1], *seen[row[0]]) for row in rows if row[0] in seen]


_Seen = tuple[int, tuple[list[int], list[Limits | None]]]


def _plain(
    connection: Connection, metric: str, posts: Sequence[int], ages: tuple[int, int]
) -> Iterator[_Seen]:
    """Posts whose value at any moment is their last observation by then."""
    sql = (
        f"SELECT p.post_id, o.observed_at - p.published_at, o.state, o.{metric}"
        " FROM post p CROSS JOIN observation o WHERE o.post_id = p.post_id"
        " AND o.observed_at >= p.published_at + ? AND o.observed_at <= p.published_at + ?"
        f" AND o.{metric} IS NOT NULL AND p.post_id IN (??) ORDER BY p.post_id, o.observed_at"
    )
    for number, group in groupby(select_in(connection, sql, posts, *ages), key=itemgetter(0)):
        seen = list(group)
        figures = [(row[3], row[3]) if row[2] in schema.COUNTED else None for row in seen]
        yield number, ([row[1] for row in seen], figures)


def _folded(
    connection: Connection, metric: str, posts: Mapping[int, int], ages: tuple[int, int]
) -> Iterator[_Seen]:
    place = METRICS.index(metric)
    for number, series in series_of(connection, list(posts)):
        shown = {s.observed_at for s in series if s.figures[place] is not None and not s.withdrawn}
        since = posts[number]
        there = [
            each
            for each in values(series, since + ages[1])
            if each.seen_at >= since + ages[0] and each.seen_at in shown
        ]
        limits = [
            _limits(each.counts[place]) if each.state in schema.COUNTED else None for each in there
        ]
        yield number, ([each.seen_at - since for each in there], limits)


def _limits(count: Count | None) -> Limits | None:
    return None if count is None else (count.low, inf if count.high is None else count.high)


# ── what is usual ──


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The quartiles of what ``compared`` earlier posts had at an age (of ranks between two the upper one)."""

    lower: Count
    median: Count
    upper: Count
    compared: int


def usual(earlier: Sequence[GrowthCurve], published_at: int, age: int) -> Usual | None:
    """What is usual at ``age`` for a post published then, of its account's posts (the newest first); None where none
    was observed at that age."""
    start = bisect_right(earlier, -published_at, key=lambda each: -each.published_at)
    most, oldest = until(age), published_at - BACK
    there = [
        figure
        for each in earlier[start : start + LAST]
        if each.published_at >= oldest and (figure := each.between(age, most)) is not None
    ]
    if not there:
        return None
    lows, highs = sorted(low for low, _ in there), sorted(high for _, high in there)
    ranks = [len(there) * part // 4 for part in (1, 2, 3)]
    lower, median, upper = (
        between(lows[rank], None if highs[rank] == inf else int(highs[rank])) for rank in ranks
    )
    return Usual(lower=lower, median=median, upper=upper, compared=len(there))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """A post at its newest observation, ``age`` after publishing, beside what is usual for its account then."""

    post_id: int
    account: str
    title: str
    url: str
    kind: str
    published_at: int
    metric: str
    figure: Count
    seen_at: int
    usual: Usual

    @property
    def age(self) -> int:
        return self.seen_at - self.published_at

    def reaches(self, times: float) -> bool:
        """Whether it surely has ``times`` the median, which is known and above 0."""
        most = self.usual.median.high
        return most is not None and most > 0 and self.figure.low >= times * most


def above(
    connection: Connection,
    accounts: Collection[str],
    *,
    now: int,
    times: float,
    enough: int = ENOUGH,
    floor: int = 1,
    metrics: Sequence[str] = SHOWN,
    hits: bool = True,
    within: int = YOUNG,
) -> list[Grown]:
    """Public posts of ``accounts``, published in the last ``within`` seconds, that have at least ``floor`` and ``times``
    the median of at least ``enough`` earlier ones at the same age. Without ``hits``: none that is a hit already."""
    found = []
    young = _young(connection, accounts, now, within, floor, metrics, hits=hits)
    for (account_id, metric), group in groupby(young, key=lambda each: (each[0], each[1])):
        posts = [each for _, _, each in group]
        since, last = min(p["published_at"] for p in posts), max(p["published_at"] for p in posts)
        reach = until(max(p["seen_at"] - p["published_at"] for p in posts))
        earlier = curves(
            connection, account_id, metric, published=(since, last), ages=(FIRST, reach)
        )
        for post in posts:
            there = usual(earlier, post["published_at"], post["seen_at"] - post["published_at"])
            if there is not None and there.compared >= enough:
                grown = Grown(**post, metric=metric, usual=there)
                if grown.reaches(times):
                    found.append(grown)
    return found


def _young(
    connection: Connection,
    accounts: Collection[str],
    now: int,
    within: int,
    floor: int,
    metrics: Sequence[str],
    *,
    hits: bool,
) -> list[tuple[int, str, dict[str, Any]]]:
    """(account, metric, post) of the last days, by account and metric."""
    post, latest, account, hit = schema.post.c, schema.latest.c, schema.account.c, schema.hit.c
    query = (
        select(
            *(post.account_id, account.key, post.post_id, post.title, post.url, post.kind),
            *(post.published_at, latest.observed_at, latest.bounds, *(latest[n] for n in METRICS)),
        )
        .join(schema.latest, latest.post_id == post.post_id)
        .join(schema.account, account.account_id == post.account_id)
        .where(account.key.in_(accounts), post.published_at >= now - within)
        .where(post.published_at <= now, ~post.date_only, post.merged_into.is_(None))
        .where(latest.state == schema.STATE_CODE["public"])
        .where(latest.observed_at >= post.published_at + FIRST)
        .where(or_(*(latest[name] >= floor for name in metrics)))
        .order_by(post.account_id, post.published_at.desc(), post.post_id)
    )
    if not hits:
        query = query.where(post.post_id.not_in(select(hit.post_id).where(~hit.revoked)))
    found = []
    for account_id, key, number, title, url, kind, published, seen, how, *row in connection.execute(
        query
    ).all():
        shown = named(row, how)
        metric = next((name for name in metrics if name in shown), None)
        if metric is not None and shown[metric].low >= floor:
            told = {"post_id": number, "account": key, "title": title, "url": url, "kind": kind}
            told |= {"published_at": published, "seen_at": seen, "figure": shown[metric]}
            found.append((account_id, metric, told))
    return sorted(found, key=itemgetter(0, 1))


def of_post(
    connection: Connection, post: StoredPost, metric: str, ages: Collection[int]
) -> tuple[Grown | None, dict[int, Usual]]:
    """One post as it stands now in ``metric``, and what is usual for its account at those of ``ages`` at which enough
    others were observed. None: it is not counted, of unknown age, does not show the figure, or has nothing beside it."""
    figure, since = post.latest.get(metric), post.published_at
    if figure is None or since is None or post.date_only or post.seen_at is None:
        return None, {}
    if post.seen_at - since < FIRST or STATES.index(post.state or "private") not in schema.COUNTED:
        return None, {}
    account_id = select(schema.account.c.account_id).where(schema.account.c.key == post.account)
    reach = until(max(post.seen_at - since, *ages, FIRST))
    earlier = curves(
        connection, connection.execute(account_id).scalar_one(), metric,
        published=(since, since), ages=(FIRST, reach),
    )  # fmt: skip
    found = {age: usual(earlier, since, age) for age in ages if age >= FIRST}
    there = usual(earlier, since, post.seen_at - since)
    grown = None if there is None else Grown(
        post_id=post.post_id, account=post.account, title=post.title, url=post.url, kind=post.kind,
        published_at=since, metric=metric, figure=figure, seen_at=post.seen_at, usual=there,
    )  # fmt: skip
    return grown, {age: each for age, each in found.items() if each and each.compared >= ENOUGH}


# ── where those went that stood there ──


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """Of ``cases`` earlier posts that had from ``low`` to ``high`` at that age ``passed`` were seen past the line later,
    and ``stayed`` under it until ``followed`` at least; of the others it cannot be told. ``ages``: by when they had
    surely passed, in order."""

    metric: str
    threshold: int
    low: int
    high: int
    age: int
    cases: int
    stayed: int
    followed: int
    ages: tuple[int, ...]

    @property
    def passed(self) -> int:
        return len(self.ages)


def ahead(
    connection: Connection, post: Grown, metric: str, threshold: int, now: int
) -> Ahead | None:
    """Where earlier posts of the account went that stood where ``post`` stands: from half its figure up to it. None
    where it is not on the way to this line (not surely under it, or nobody passed and it is not at a tenth), or where
    fewer than ``ENOUGH`` cases are known."""
    high, age = post.figure.high, post.age
    if high is None or high >= threshold or age < FIRST:
        return None
    followed, low = max(FOLLOWED, until(age)), (post.figure.low + 1) // 2
    account_id = select(schema.post.c.account_id).where(schema.post.c.post_id == post.post_id)
    end = min(post.published_at, now - followed)
    earlier = curves(
        connection, connection.execute(account_id).scalar_one(), post.metric,
        published=(end, end), ages=(age, until(age)), back=FAR_BACK - (post.published_at - end), most=MANY,
    )  # fmt: skip
    stood = {
        each.post_id: each.published_at
        for each in earlier
        if (there := each.between(age, until(age))) is not None
        and low <= there[0]
        and there[1] <= high
    }
    passed = _passed(connection, stood, metric, threshold)
    stood = {n: at for n, at in stood.items() if passed.get(n, inf) > age}  # not past it by then
    ages = sorted(passed[number] for number in stood if number in passed)
    stayed = _under(connection, stood, metric, threshold, followed) - passed.keys()
    known = len(ages) + len(stayed)
    if known < ENOUGH or not (ages or post.figure.low * 10 >= threshold):
        return None
    return Ahead(
        metric=metric, threshold=threshold, low=low, high=high, age=age,
        cases=len(stood), stayed=len(stayed), followed=followed, ages=tuple(ages),
    )  # fmt: skip


def _passed(
    connection: Connection, posts: Mapping[int, int], metric: str, threshold: int
) -> dict[int, int]:
    """By which age those of ``posts`` (with when they were published) that are hits had passed the line."""
    sql = (
        "SELECT post_id, after_at FROM hit WHERE metric = ? AND threshold = ? AND NOT revoked"
        " AND post_id IN (??)"
    )
    rows: Iterable[Any] = select_in(connection, sql, posts, metric, threshold)
    return {number: at - posts[number] for number, at in rows}


def _under(
    connection: Connection, posts: Mapping[int, int], metric: str, threshold: int, followed: int
) -> set[int]:
    """Those that were under the line when they were last looked at, at that age or later."""
    sql = f"SELECT post_id, observed_at, bounds, {', '.join(METRICS)} FROM latest WHERE post_id IN (??)"
    return {
        number
        for number, at, bounds, *row in select_in(connection, sql, posts)
        if at - posts[number] >= followed
        and reached(decode(row, bounds), metric, threshold) is False
    }
