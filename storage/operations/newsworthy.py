"""What is news: hits that nobody was told of yet, and young posts far above what their account is used to (an early
word, not a hit). Times and ages are in UTC seconds.

``hit.announced_at`` is set in the transaction that claims the deliveries, so a hit is announced at most once, by
whichever process comes first. 0 stands for "on record, never to be announced".

Young posts are compared at the same age. A post's age is that of its newest observation; what an earlier post of the
account had then is its value at up to a quarter more of that age (an hour at least), where it was observed in that
stretch. So earlier posts are taken at the same age or a little older, and by the most that their figures allow: the
factor stated is never too large.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from adapters.records import METRICS, Count
from storage import schema
from storage.bulk import rows_of
from storage.observations import Seen, series_of, value_at
from storage.values import decode
from storage.views.hit_list import Hit, hit_list

#: What ``announced_at`` holds of a hit that was too old to be news when it was found.
PASSED_OVER = 0
#: post, metric, threshold
Key = tuple[int, str, int]

HOUR, DAY = 3_600, 86_400
#: Posts that are told of early are no older than this, and no younger than ``FIRST``.
YOUNG, FIRST = 3 * DAY, HOUR
#: Earlier posts are the last ones published up to this long before; enough of them must have been observed.
BACK, LAST, ENOUGH = 180 * DAY, 300, 10

_VIEWS = METRICS.index("views")
_HIT, _POST = schema.hit, schema.post


def key(hit: Hit) -> Key:
    return hit.post_id, hit.metric, hit.threshold


def pass_over(connection: Connection, since: int) -> int:
    """Hits that are no news are never announced; returns how many there were.

    The age of a crossing counts from when it was seen (``after_at``). Of a post that was first seen above the
    threshold nobody saw the crossing: it may be as old as the post, and is no news where that is older than
    ``since``, or of unknown age.
    """
    published = (
        select(_POST.c.published_at)
        .where(_POST.c.post_id == _HIT.c.post_id)
        .correlate(_HIT)
        .scalar_subquery()
    )
    unseen = and_(_HIT.c.before_at.is_(None), or_(published.is_(None), published < since))
    statement = (
        update(_HIT)
        .where(_HIT.c.announced_at.is_(None), or_(_HIT.c.after_at < since, unseen))
        .values(announced_at=PASSED_OVER)
    )
    return connection.execute(statement).rowcount


def pending(
    connection: Connection, accounts: Sequence[str], thresholds: Mapping[str, Collection[int]]
) -> list[Hit]:
    """Hits that nobody was told of yet, of these accounts and thresholds, the newest crossing first."""
    found = hit_list(connection, accounts=accounts, only=_HIT.c.announced_at.is_(None))
    return [each for each in found if each.threshold in thresholds.get(each.metric, ())]


def mark(connection: Connection, keys: Iterable[Key], now: int) -> None:
    """These hits are being announced."""
    for each in keys:
        connection.execute(
            update(_HIT).where(_same(each), _HIT.c.announced_at.is_(None)).values(announced_at=now)
        )


def standing(connection: Connection, keys: Collection[Key]) -> list[Hit]:
    """Those of these hits that still stand, as they are known now."""
    if not keys:
        return []
    return list(hit_list(connection, only=or_(*map(_same, keys))))


def _same(wanted: Key) -> ColumnElement[bool]:
    post_id, metric, threshold = wanted
    return and_(_HIT.c.post_id == post_id, _HIT.c.metric == metric, _HIT.c.threshold == threshold)


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
    for row in _young(connection, accounts, now, within, floor):
        post_id, age = row.post_id, row.observed_at - row.published_at
        views = decode([getattr(row, name) for name in METRICS], row.bounds)[_VIEWS]
        if (
            age < FIRST
            or post_id in told
            or (only is not None and post_id not in only)
            or views is None
            or views.low < floor
        ):
            continue
        if row.account_id != account_id:
            account_id, folded = row.account_id, _Folded(connection)
        until = age + max(age // 4, HOUR)
        earlier = sorted(_at_that_age(connection, row, age, until, folded))
        median = earlier[len(earlier) // 2] if len(earlier) >= ENOUGH else 0
        if 0 < median < inf and views.low >= times * median:
            found.append(
                Early(
                    post_id=post_id,
                    account=row.key,
                    title=row.title,
                    url=row.url,
                    kind=row.kind,
                    views=views,
                    seen_at=row.observed_at,
                    age=age,
                    until=until,
                    median=int(median),
                    compared=len(earlier),
                )
            )
    return found


def _young(
    connection: Connection, accounts: Sequence[str], now: int, within: int, floor: int
) -> Sequence[Any]:
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
    return connection.execute(query).all()


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


def _at_that_age(
    connection: Connection, young: Any, age: int, until: int, folded: _Folded
) -> Iterator[float]:
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
    for (views,) in rows_of(connection, sql, *bounds, until, age):
        yield views
    sql = f"SELECT p.post_id, p.published_at FROM {earlier} WHERE NOT p.plain"
    published: dict[int, Any] = dict(rows_of(connection, sql, *bounds))
    for number, series in folded.get(published):
        since = published[number]
        found = value_at(series, since + until)
        if found is None or found.seen_at < since + age or found.state not in schema.COUNTED:
            continue
        views = found.counts[_VIEWS]
        if views is not None:
            yield inf if views.high is None else views.high
