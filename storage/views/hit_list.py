"""The hits on record, newest crossing first: one query over the table ``hit``, cheap however many posts there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from adapters.records import METRICS, STATES, Count
from storage import schema
from storage.values import decode_one, named


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A post past a threshold. The crossing lies after ``before_at`` (None: it was first seen above) and not after
    ``after_at``; times are UTC seconds.

    ``crossed`` is the figure that showed it, ``now`` the latest one. ``by_readers``: views are unknown, and both figures
    are readers, which prove the hit (docs/definitions.md §9).
    """

    post_id: int
    account: str
    title: str
    url: str
    kind: str
    published_at: int | None
    state: str
    metric: str
    threshold: int
    before_at: int | None
    after_at: int
    found_at: int
    announced_at: int | None
    crossed: Count
    now: Count
    by_readers: bool


def hit_list(
    connection: Connection,
    *,
    accounts: Sequence[str] | None = None,
    found_since: int | None = None,
    top: int | None = None,
    only: ColumnElement[bool] | None = None,
) -> Iterator[Hit]:
    """Hits of counted posts that were not taken back; ``found_since`` is the UTC second from which they were
    found, ``top`` limits how many, ``only`` is a further test of the table hit."""
    hit, post, latest = schema.hit.c, schema.post.c, schema.latest.c
    chosen: Select[Any] = select(
        *(post.post_id, post.title, post.url, post.kind, post.published_at, latest.state),
        schema.account.c.key.label("account"),
        *(hit.metric, hit.threshold, hit.before_at, hit.after_at, hit.found_at, hit.announced_at),
        *(hit.value, hit.bounds.label("how"), *(latest[name] for name in METRICS), latest.bounds),
    )
    query = _counted(chosen, accounts, found_since)
    if only is not None:
        query = query.where(only)
    query = query.order_by(hit.after_at.desc(), _place(), hit.threshold.desc(), hit.post_id)
    for row in connection.execute(query.limit(top)).mappings():
        yield _hit(dict(row))


def hit_count(
    connection: Connection,
    *,
    accounts: Sequence[str] | None = None,
    found_since: int | None = None,
) -> int:
    """How many hits ``hit_list`` gives without ``top``."""
    query = _counted(select(func.count()), accounts, found_since)
    return int(connection.execute(query).scalar_one())


def _counted(
    query: Select[Any], accounts: Sequence[str] | None, found_since: int | None
) -> Select[Any]:
    """The hits that stand, of the posts that are counted."""
    hit, post, latest, account = schema.hit.c, schema.post.c, schema.latest.c, schema.account.c
    query = (
        query.select_from(schema.hit)
        .join(schema.post, post.post_id == hit.post_id)
        .join(schema.latest, latest.post_id == hit.post_id)
        .join(schema.account, account.account_id == post.account_id)
        .where(~hit.revoked, post.merged_into.is_(None), latest.state.in_(schema.COUNTED))
    )
    if accounts is not None:
        # an expression, which has no index: from the hits to the accounts, never through all posts
        query = query.where((account.key + "").in_(accounts))
    if found_since is not None:
        query = query.where(hit.found_at >= found_since)
    return query


def _place() -> ColumnElement[int]:
    order = {name: place for place, name in enumerate(METRICS)}
    return case(order, value=schema.hit.c.metric, else_=len(order))


def _hit(row: dict[str, Any]) -> Hit:
    latest = named([row.pop(name) for name in METRICS], row.pop("bounds"))
    crossed = decode_one(row.pop("value"), row.pop("how"))
    by_readers = row["metric"] == "views" and "views" not in latest
    now = latest.get("readers" if by_readers else row["metric"], crossed)
    row["state"] = STATES[row["state"]]
    return Hit(**row, crossed=crossed, now=now, by_readers=by_readers)
