"""The one write path: the records of one reading of one source become rows, wholly or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from adapters.errors import Invalid
from adapters.records import METRICS, AccountFigures, Headings, Post, Remark
from storage import schema
from storage.bulk import insert_rows, next_id, seconds, update_rows
from storage.known import Known, told_until, top_of
from storage.ledgers import LEDGER, NEWER, ended, followed
from storage.writing import upkeep
from storage.writing.reading import Reading
from storage.writing.writer import Stored, Writer, difference, notes_of

#: Records in hand at once: bounds memory, not the transaction.
CHUNK = 5_000


@dataclass(slots=True)
class ReadingBatch:
    """What the readings of one transaction share, looked up once: for many small ones."""

    next_attempt: int
    next_post: int
    told_until: int
    thresholds: upkeep.Thresholds

    @classmethod
    def of(cls, connection: Connection) -> ReadingBatch:
        return cls(
            next_attempt=next_id(connection, schema.attempt.c.attempt_id),
            next_post=next_id(connection, schema.post.c.post_id),
            told_until=told_until(connection),
            thresholds=upkeep.thresholds(connection),
        )


def start_run(connection: Connection, occasion: str, now: datetime) -> int:
    """A new run; returns its number."""
    run_id = next_id(connection, schema.run.c.run_id)
    insert_rows(connection, schema.run, [(run_id, occasion, seconds(now), None)])
    return run_id


def end_run(connection: Connection, run_id: int, now: datetime) -> None:
    connection.execute(
        schema.run.update().where(schema.run.c.run_id == run_id).values(ended_at=seconds(now))
    )


def accounts_known(connection: Connection, accounts: Mapping[str, str]) -> dict[str, int]:
    """Numbers of the configured accounts (key → platform), made where they are new."""
    table = schema.account
    rows = connection.execute(select(table.c.key, table.c.account_id))
    known: dict[str, int] = {row.key: row.account_id for row in rows}
    fresh = [(key, platform) for key, platform in accounts.items() if key not in known]
    if not fresh:
        return known
    first = next_id(connection, table.c.account_id)
    new = [(number, *each) for number, each in enumerate(fresh, first)]
    insert_rows(connection, table, new)
    return known | {key: number for number, key, _ in new}


def failed(
    connection: Connection,
    reading: Reading,
    outcome: str,
    problem: str,
    account_id: int | None,
    desk: ReadingBatch | None = None,
) -> int:
    """Record a reading that gave nothing: its outcome is all there is. Returns the attempt's number."""
    request = {"request": reading.request} if reading.request else None
    notes = request and json.dumps(request, ensure_ascii=False)
    return _attempt(
        connection, reading, account_id, desk, outcome=outcome, problem=problem, notes=notes
    )


def passed(
    connection: Connection, reading: Reading, account_id: int, span: tuple[int, int]
) -> None:
    """Record that a list reaches from the first to the second publish time (UTC seconds) without a gap."""
    first, last = span
    _attempt(connection, reading, account_id, None, first_published=first, last_published=last)


def post_of(connection: Connection, account_id: int, keys: Sequence[str]) -> int | None:
    """The post that one of the strong keys (storage.identity.keys) names; None where none is known."""
    table = schema.post_key
    for key in keys:
        found = connection.execute(
            select(table.c.post_id).where(table.c.account_id == account_id, table.c.key == key)
        ).scalar()
        if found is not None:
            return top_of(connection, [found])[found]
    return None


def mark_deleted(connection: Connection, reading: Reading, attempt_id: int, post_id: int) -> None:
    """Mark a post that a page reports as deleted; its figures stay (docs/definitions.md §14)."""
    state = schema.STATE_CODE["deleted"]
    nothing = (None,) * len(METRICS)
    moment = seconds(reading.observed_at)
    row = (post_id, moment, attempt_id, 0, 0, state, *nothing, None)
    insert_rows(connection, schema.observation, [row])
    keeper = upkeep.Keeper(connection, attempt_id, seconds(reading.recorded_at))
    keeper.saw([row])
    keeper.finish()


def store(
    connection: Connection,
    reading: Reading,
    records: Iterable[Post | AccountFigures | Headings | Remark | Invalid],
    numbers: Mapping[str, int],
    desk: ReadingBatch | None = None,
) -> Stored:
    """Store one reading inside the caller's transaction and keep latest values and hits up to date.

    Times of the rows are UTC seconds. Bad rows are counted, named in the attempt's notes and make its
    outcome ``invalid``; good rows are stored all the same. ``numbers``: the accounts' numbers by key (see
    ``accounts_known``); ``desk``: where several readings are stored together.
    """
    desk = desk or ReadingBatch.of(connection)
    account_id = numbers[reading.account]
    stored = Stored(attempt_id=_attempt(connection, reading, account_id, desk))
    old = settle_ledgers(connection, account_id, desk.told_until) if reading.replaces else []
    writer = Writer(connection, reading, numbers, stored, desk.thresholds, desk.next_post)
    stream = iter(records)
    while chunk := list(islice(stream, CHUNK)):
        writer.take(chunk)
    desk.next_post = writer.finish()
    columns: dict[str, Any] = {
        "outcome": "invalid" if stored.bad else reading.outcome,
        "problem": "；".join(str(each) for each in stored.bad_rows[:3]) or None,
        "bad_rows": stored.bad,
        "notes": notes_of(stored, reading),
    }
    copied = ("posts", "new_posts", "figures", "first_published", "last_published", "cut_off")
    columns |= {name: getattr(stored, name) for name in copied}
    if stored.observed_at is not None:
        columns["observed_at"] = stored.observed_at
    _note(connection, stored.attempt_id, columns)
    if reading.replaces:
        old += settle_ledgers(connection, account_id, desk.told_until)
        if earlier := [each for each in old if each != stored.attempt_id]:
            difference(connection, earlier, stored, writer.matcher.facts.changed)
            _note(connection, stored.attempt_id, {"notes": notes_of(stored, reading)})
    return stored


def settle_ledgers(connection: Connection, account_id: int, at: int) -> list[int]:
    """Mark the versions of an account's ledgers that a newer one follows (storage.ledgers), and those no more that none
    follows any longer, because the newer one was taken back. Returns the newly marked ones; what is kept of their posts
    is made anew."""
    ends = followed(connection, Known(), [account_id])
    table = schema.attempt
    query = select(table.c.attempt_id, table.c.withdrawn_at, table.c.withdrawn_reason).where(
        table.c.account_id == account_id, table.c.adapter == LEDGER
    )
    marked = []
    for number, withdrawn_at, reason in connection.execute(query).all():
        followed_now = ended(ends, number, None)
        if withdrawn_at is None and followed_now:
            upkeep.withdraw(connection, number, at, NEWER)
            marked.append(number)
        elif reason == NEWER and not followed_now:
            upkeep.restore(connection, number, at)
    return marked


def _attempt(
    connection: Connection,
    reading: Reading,
    account_id: int | None,
    desk: ReadingBatch | None,
    **columns: Any,
) -> int:
    """The row of an attempt, ``ok`` and empty but for ``columns``. Returns its number."""
    desk = desk or ReadingBatch.of(connection)
    number = desk.next_attempt
    desk.next_attempt += 1
    # never backwards, so that "known by" is a comparison of attempt numbers
    desk.told_until = max(seconds(reading.recorded_at), desk.told_until)
    row: dict[str, Any] = {
        "attempt_id": number,
        "run_id": reading.run_id,
        "account_id": account_id,
        "source": reading.source,
        "adapter": reading.adapter,
        "kind": reading.kind,
        "outcome": "ok",
        "capture_id": reading.capture_id,
        "observed_at": seconds(reading.observed_at),
        "observed_from": reading.observed_from,
        "recorded_at": desk.told_until,
        **dict.fromkeys(("posts", "new_posts", "figures", "bad_rows"), 0),
        "cut_off": False,
    } | columns
    insert_rows(connection, schema.attempt, [tuple(row.get(e.name) for e in schema.attempt.c)])
    return number


def _note(connection: Connection, attempt_id: int, columns: Mapping[str, Any]) -> None:
    sets = ", ".join(f"{name} = ?" for name in columns)
    sql = f"UPDATE attempt SET {sets} WHERE attempt_id = ?"
    update_rows(connection, sql, [(*columns.values(), attempt_id)])
