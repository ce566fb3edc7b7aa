"""Young posts far above what their account is used to: an early word, not a hit. Times and ages are in UTC seconds.

Compared are figures at the same age. A post's age is that of its newest observation; what an earlier post of the
account had then is its value at up to a quarter more of that age (an hour at least), where it was observed in that
stretch. So earlier posts are taken at the same age or a little older, and by the most that their figures allow: the
factor stated is never too large.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from sqlalchemy import Connection, select

from adapters.records import METRICS, Count
from storage import schema
from storage.bulk import rows_of
from storage.observations import Seen, series_of, value_at
from storage.values import decode

HOUR, DAY = 3_600, 86_400
#: Posts that are told of early are no older than this, and no younger than ``FIRST``.
YOUNG, FIRST = 3 * DAY, HOUR
#: Earlier posts are the last ones published up to this long before; enough of them must have been observed.
BACK, LAST, ENOUGH = 180 * DAY, 300, 10

_VIEWS = METRICS.index("views")


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """A young post and what its account's earlier ones had at its age: ``median`` of ``compared`` posts (of an even
    number the upper of the middle two). ``views`` were seen at ``seen_at``, ``age`` after publishing; earlier posts
    were looked at from that age up to ``until``."""

    post_id: int
    account: str
    title: str
    url: str
    kind: str
    views: Count
    seen_at: int
    age: int
    until: int
    median: int
    compared: int


@dataclass(frozen=True, slots=True)
class _Young:
    post_id: int
    account_id: int
    account: str
    title: str
    url: str
    kind: str
    published_at: int
    seen_at: int
    views: Count

    @property
    def age(self) -> int:
        return self.seen_at - self.published_at

    @property
    def until(self) -> int:
        return self.age + max(self.age // 4, HOUR)


def early(
    connection: Connection,
    accounts: Sequence[str],
    *,
    now: int,
    times: float,
    floor: int,
    told: Collection[int] = (),
    only: Collection[int] | None = None,
    within: int = YOUNG,
) -> list[Early]:
    """Posts of ``accounts`` that have at least ``floor`` views, and ``times`` their account's median at the same age;
    not those in ``told`` (or: those in ``only``), nor any that is a hit already, nor any published longer ago than
    ``within``."""
    found = []
    account_id, folded = 0, _Folded(connection)
    for each in _young(connection, accounts, now, within, floor):
        if (
            each.age < FIRST
            or each.post_id in told
            or (only is not None and each.post_id not in only)
        ):
            continue
        if each.account_id != account_id:
            account_id, folded = each.account_id, _Folded(connection)
        earlier = sorted(_at_that_age(connection, each, folded))
        if len(earlier) < ENOUGH:
            continue
        median = earlier[len(earlier) // 2]
        if 0 < median < inf and each.views.low >= times * median:
            found.append(
                Early(
                    post_id=each.post_id,
                    account=each.account,
                    title=each.title,
                    url=each.url,
                    kind=each.kind,
                    views=each.views,
                    seen_at=each.seen_at,
                    age=each.age,
                    until=each.until,
                    median=int(median),
                    compared=len(earlier),
                )
            )
    return found


def _young(
    connection: Connection, accounts: Sequence[str], now: int, within: int, floor: int
) -> Iterator[_Young]:
    """Public posts of the last days with at least ``floor`` views, that are no hits, by account."""
    post, latest, account, hit = schema.post.c, schema.latest.c, schema.account.c, schema.hit.c
    hits = select(hit.post_id).where(~hit.revoked)
    query = (
        select(
            *(post.post_id, post.account_id, account.key, post.title, post.url, post.kind),
            *(post.published_at, latest.observed_at, *(latest[n] for n in METRICS), latest.bounds),
        )
        .join(schema.latest, latest.post_id == post.post_id)
        .join(schema.account, account.account_id == post.account_id)
        .where(account.key.in_(accounts), post.published_at >= now - within)
        .where(post.published_at <= now, ~post.date_only, post.merged_into.is_(None))
        .where(latest.state == schema.STATE_CODE["public"], latest.views >= floor)
        .where(post.post_id.not_in(hits))
        .order_by(post.account_id, post.published_at.desc(), post.post_id)
    )
    rows: list[Any] = list(connection.execute(query))
    for row in rows:
        views = decode(row[8:-1], row[-1])[_VIEWS]
        if views is not None and views.low >= floor:
            yield _Young(*(*row[:8], views))


class _Folded:
    """The series of one account's posts that are not plain, each read once."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.known: dict[int, list[Seen]] = {}

    def get(self, numbers: Collection[int]) -> Iterator[tuple[int, list[Seen]]]:
        missing = [each for each in numbers if each not in self.known]
        self.known |= {each: [] for each in missing}
        for owner, series in series_of(self.connection, missing):
            self.known[owner] = series
        for number in numbers:
            yield number, self.known[number]


def _at_that_age(connection: Connection, young: _Young, folded: _Folded) -> Iterator[float]:
    """The most views that each earlier post of the account may have had at that age."""
    earlier = (
        "(SELECT post_id, published_at, plain FROM post WHERE account_id = ? AND published_at >= ?"
        " AND published_at < ? AND NOT date_only AND merged_into IS NULL"
        f" ORDER BY published_at DESC, post_id DESC LIMIT {LAST}) p"
    )
    bounds = (young.account_id, young.published_at - BACK, young.published_at)
    counted = f"({', '.join(map(str, schema.COUNTED))})"
    sql = (
        f"SELECT o.views FROM {earlier} CROSS JOIN observation o WHERE p.plain"
        " AND o.post_id = p.post_id AND o.observed_at = (SELECT max(x.observed_at) FROM observation x"
        " WHERE x.post_id = p.post_id AND x.observed_at <= p.published_at + ?)"
        f" AND +o.observed_at >= p.published_at + ? AND o.views IS NOT NULL AND o.state IN {counted}"
    )
    for (views,) in rows_of(connection, sql, *bounds, young.until, young.age):
        yield views
    sql = f"SELECT p.post_id, p.published_at FROM {earlier} WHERE NOT p.plain"
    published: dict[int, Any] = dict(rows_of(connection, sql, *bounds))
    for number, series in folded.get(published):
        since = published[number]
        found = value_at(series, since + young.until)
        if found is None or found.seen_at < since + young.age or found.state not in schema.COUNTED:
            continue
        views = found.counts[_VIEWS]
        if views is not None:
            yield inf if views.high is None else views.high
