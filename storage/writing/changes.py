"""What a person changes: withdraws a reading, corrects a figure, settles a likely pair.

Nothing is ever erased: each act leaves a row in ``change`` with its author and reason, and what was known
before it can still be asked for (storage.known)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from adapters.records import LARGEST, METRICS, Count, Post
from storage import facts, schema
from storage.bulk import insert_rows, next_id, seconds, select_in
from storage.known import told_until, top_of
from storage.ledgers import LEDGER, NEWER
from storage.observations import Value
from storage.views.history import StoredPost, posts_by_number
from storage.views.view import View
from storage.writing import upkeep, writes


class Mistaken(ValueError):
    """What a person asked for cannot be done: says why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, why and when (aware time)."""

    author: str
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """Two posts that may be one; ``proposed_at`` in UTC seconds."""

    pair_id: int
    post: StoredPost
    other: StoredPost
    why: str
    proposed_at: int


def retract(connection: Connection, attempts: Sequence[int], act: Act) -> int:
    """Take readings out of all figures; they stay on record. Returns how many posts were touched.

    Of a ledger the version before it stands again. Raises Mistaken where one of ``attempts`` is unknown or withdrawn
    already.
    """
    table = schema.attempt
    rows = connection.execute(table.select().where(table.c.attempt_id.in_(attempts))).all()
    standing = {
        row.attempt_id: row.source
        for row in rows
        if row.withdrawn_at is None or row.withdrawn_reason == NEWER
    }
    for number in attempts:
        if number not in standing:
            raise Mistaken(f"第{number}次读取不存在，或已经撤回。用 collect status 查看读取记录")
    at = told_at(connection, act)
    touched: set[int] = set()
    for number in attempts:
        touched |= upkeep.withdraw(connection, number, at, act.reason)
        record(connection, "retract", f"attempt:{number}", act, {"source": standing[number]})
    for account_id in {row.account_id for row in rows if row.adapter == LEDGER}:
        writes.settle_ledgers(connection, account_id, at)
    return len(touched)


def correct(connection: Connection, post_id: int, metric: str, value: int, act: Act) -> int:
    """Record a figure that a person states. It holds, as exact, until something is observed later; the original stays
    on record. Returns the number of the attempt that holds it.

    Raises Mistaken for an unknown post, metric or number, and where a larger bound seen before would
    outrank the figure (docs/definitions.md §6).
    """
    if metric not in METRICS:
        raise Mistaken(f"没有“{metric}”这个指标，可用的有：{'、'.join(METRICS)}")
    if not 0 <= value <= LARGEST:
        raise Mistaken(f"“{value}”不是可信的数：应是 0 以上的整数")
    post_id = top_of(connection, [post_id])[post_id]
    place = METRICS.index(metric)
    before = _latest(connection, post_id)
    if before is None:
        raise Mistaken(f"作品 {post_id} 不存在，或还没有任何数据，无从更正")
    attempt_id = _attempt(connection, post_id, "correction", before.seen_at, act)
    figures = tuple(value if name == metric else None for name in METRICS)
    row = (post_id, before.seen_at, attempt_id, 0, 0, before.state, *figures, None)
    insert_rows(connection, schema.observation, [row])
    upkeep.refold(connection, [post_id], told_at(connection, act))
    now = _latest(connection, post_id)
    kept = now and now.counts[place]
    if kept != Count(value):
        raise Mistaken(
            f"此前读到过更大的“{value}以上”的数（{_said(kept)}），更正不会生效。如果那是误读，请先撤回那次读取"
        )
    said = _said(before.counts[place])
    detail = {"metric": metric, "value": value, "before": said, "attempt": attempt_id}
    record(connection, "correct", f"post:{post_id}", act, detail)
    return attempt_id


def pairs(connection: Connection) -> list[Pair]:
    """The pairs that wait for a person, oldest first; those that became one post since are not among them."""
    table = schema.pair
    rows = connection.execute(
        table.select().where(table.c.settled_at.is_(None)).order_by(table.c.pair_id)
    ).all()
    numbers = {number for row in rows for number in (row.post_id, row.other_id)}
    tops = top_of(connection, numbers)
    there = posts_by_number(connection, set(tops.values()))
    return [
        Pair(
            row.pair_id,
            there[tops[row.post_id]],
            there[tops[row.other_id]],
            row.why,
            row.proposed_at,
        )
        for row in rows
        if tops[row.post_id] != tops[row.other_id]
    ]


def waiting(view: View, accounts: Collection[str]) -> int:
    """How many pairs waited for a person, by what the view's question knows, of which a post of ``accounts`` counts in
    the view."""
    known, table = view.question.known, schema.pair
    rows = [
        row
        for row in view.connection.execute(table.select())
        if known.holds(row.proposed_at) and not known.holds(row.settled_at)
    ]
    tops = top_of(view.connection, {n for row in rows for n in (row.post_id, row.other_id)}, known)
    pairs = {
        frozenset((tops[row.post_id], tops[row.other_id]))
        for row in rows
        if tops[row.post_id] != tops[row.other_id]
    }
    numbers = {number for number, key in view.accounts.items() if key in accounts}
    sql = f"SELECT post_id, account_id FROM {view.table} WHERE post_id IN (??)"
    found = select_in(view.connection, sql, {n for pair in pairs for n in pair})
    counted = {number for number, account in found if account in numbers}
    return sum(not counted.isdisjoint(pair) for pair in pairs)


def settle(connection: Connection, pair_id: int, same: bool, act: Act) -> int | None:
    """Say whether two posts are one. Merged, the newer one's observations, keys and facts are the older
    one's from now on; returns the number that both go by. Raises Mistaken for a pair not open."""
    table = schema.pair
    row = connection.execute(table.select().where(table.c.pair_id == pair_id)).first()
    if row is None or row.settled_at is not None:
        raise Mistaken(f"没有编号为 {pair_id} 的待定配对。用 collect match 查看")
    at = told_at(connection, act)
    connection.execute(
        table.update().where(table.c.pair_id == pair_id).values(settled_at=at, same=same)
    )
    tops = top_of(connection, [row.post_id, row.other_id])
    target, merged = sorted((tops[row.post_id], tops[row.other_id]))
    if same and target != merged:
        merge(connection, merged, target, at, act)
    detail = {"same": same, "post": merged, "into": target if same else None}
    record(connection, "match", f"pair:{pair_id}", act, detail)
    return target if same else None


def merge(connection: Connection, merged: int, target: int, at: int, act: Act) -> None:
    """Make two posts one: see ``settle``."""
    latest = _latest(connection, merged)
    if latest is not None:  # what it says of itself is told to the target as a reading of its own
        attempt_id = _attempt(connection, target, "match", latest.seen_at, act)
        stored = posts_by_number(connection, [merged])[merged]
        told = facts.Facts(connection, attempt_id, latest.seen_at)
        told.update([(target, _record_of(stored), stored.published_at)])
    table, keys, hits = schema.post, schema.post_key, schema.hit
    connection.execute(
        table.update()
        .where(table.c.post_id == merged)
        .values(merged_into=target, merged_at=at, plain=False)
    )
    connection.execute(keys.update().where(keys.c.post_id == merged).values(post_id=target))
    connection.execute(schema.latest.delete().where(schema.latest.c.post_id == merged))
    upkeep.refold(connection, [target], at)
    announced = connection.execute(
        hits.select().where(hits.c.post_id == merged, hits.c.announced_at.is_not(None))
    ).all()
    for hit in announced:  # announced once in its life
        connection.execute(
            hits.update()
            .where(hits.c.post_id == target, hits.c.metric == hit.metric)
            .where(hits.c.threshold == hit.threshold, hits.c.announced_at.is_(None))
            .values(announced_at=hit.announced_at)
        )
    connection.execute(hits.delete().where(hits.c.post_id == merged))


def _record_of(found: StoredPost) -> Post:
    """The facts of a stored post as a record."""
    moment = found.published_at
    return Post(
        title=found.title,
        published_at=None if moment is None else datetime.fromtimestamp(moment, UTC),
        date_only=found.date_only,
        url=found.url,
        author=found.author,
        column=found.column,
        original=found.original,
        details=found.details,
    )


def _attempt(connection: Connection, post_id: int, kind: str, moment: int, act: Act) -> int:
    """An attempt that stands for what a person said."""
    post, table = schema.post, schema.attempt
    account = connection.execute(select(post.c.account_id).where(post.c.post_id == post_id))
    number = next_id(connection, table.c.attempt_id)
    connection.execute(
        table.insert().values(
            attempt_id=number,
            run_id=writes.start_run(connection, kind, act.now),
            account_id=account.scalar_one(),
            source=f"{'更正' if kind == 'correction' else '配对'} {act.author}".strip(),
            adapter=kind,
            kind=kind,
            outcome="ok",
            observed_at=moment,
            observed_from=kind,
            recorded_at=told_at(connection, act),
            posts=1,
            notes=json.dumps({"reason": act.reason, "author": act.author}, ensure_ascii=False),
        )
    )
    return number


def _latest(connection: Connection, post_id: int) -> Value | None:
    found = upkeep.kept_of(connection, [post_id]).get(post_id)
    return None if found is None else found.value


def _said(count: Count | None) -> str | None:
    return None if count is None else f"{count.value}{'' if count.exact else '+'}"


def record(
    connection: Connection, kind: str, target: str, act: Act, detail: Mapping[str, Any]
) -> None:
    """Leave a row in ``change``: what was done to what, by whom and why."""
    number = next_id(connection, schema.change.c.change_id)
    kept = json.dumps(detail, ensure_ascii=False)
    row = (number, told_at(connection, act), kind, target, act.reason, act.author, kept)
    insert_rows(connection, schema.change, [row])


def told_at(connection: Connection, act: Act) -> int:
    """The UTC second of an act: never before what the database was told already."""
    return max(seconds(act.now), told_until(connection))


def changes(connection: Connection) -> Iterator[Any]:
    """What people did, newest first: rows of the table change."""
    yield from connection.execute(schema.change.select().order_by(schema.change.c.change_id.desc()))
