"""What is news: hits not announced yet, and young posts far above what is usual for their account (an early word, not a
hit). Times and ages are in UTC seconds.

``hit.announced_at`` is set in the transaction that claims the deliveries, so a hit is announced at most once, by
whichever process comes first. 0 means "on record, never to be announced"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from storage import schema
from storage.views import growth
from storage.views.growth import YOUNG, Grown
from storage.views.hit_list import Hit, hit_list

#: What ``announced_at`` holds of a hit that was too old to be news when it was found.
PASSED_OVER = 0
#: post, metric, threshold
Key = tuple[int, str, int]

#: So many earlier posts must have been observed at the same age for an early word.
ENOUGH = 10

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
) -> list[Grown]:
    """Posts of ``accounts`` that have at least ``floor`` views, and ``times`` their account's median at the same age;
    not those in ``told`` (or: those in ``only``), nor any that is a hit already, nor any published longer ago than
    ``within``."""
    found = growth.above(
        connection, accounts, now=now, times=times, enough=ENOUGH, floor=floor,
        metrics=("views",), hits=False, within=within,
    )  # fmt: skip
    return [
        each
        for each in found
        if each.post_id not in told and (only is None or each.post_id in only)
    ]
