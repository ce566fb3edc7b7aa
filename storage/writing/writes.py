"""The one write path: the records of one reading of one source become rows, wholly or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, select

from adapters.errors import Invalid
from adapters.moments import DAY
from adapters.records import METRICS, AccountFigures, Count, Headings, Post, Remark
from storage import schema, upkeep
from storage.bulk import insert_rows, next_id, seconds, select_in, update_rows
from storage.identity.matching import Matcher
from storage.known import told_until, top_of
from storage.values import encode, encode_one, of
from storage.writing import spans, versions
from storage.writing.reading import Reading, Stored

#: Records in hand at once: bounds memory, not the transaction.
CHUNK = 5_000
#: Bad rows named; the others are counted.
NAMED = 200


@dataclass(slots=True)
class Desk:
    """What the readings of one transaction share, looked up once: for many small ones."""

    next_attempt: int
    next_post: int
    told_until: int
    kinds: upkeep.Kinds

    @classmethod
    def of(cls, connection: Connection) -> Desk:
        return cls(
            next_attempt=next_id(connection, schema.attempt.c.attempt_id),
            next_post=next_id(connection, schema.post.c.post_id),
            told_until=told_until(connection),
            kinds=upkeep.thresholds(connection),
        )


def start_run(connection: Connection, occasion: str, now: datetime) -> int:
    """A new run; returns its number."""
    run_id = next_id(connection, schema.run.c.run_id)
    connection.execute(
        schema.run.insert().values(run_id=run_id, occasion=occasion, started_at=seconds(now))
    )
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
    for key, platform in accounts.items():
        if key not in known:
            known[key] = next_id(connection, table.c.account_id)
            connection.execute(
                table.insert().values(account_id=known[key], key=key, platform=platform)
            )
    return known


def failed(
    connection: Connection,
    reading: Reading,
    outcome: str,
    problem: str,
    account_id: int | None,
    desk: Desk | None = None,
) -> int:
    """Record a reading that gave nothing: its outcome is all there is."""
    row = _attempt_row(connection, reading, account_id, desk)
    row |= {"outcome": outcome, "problem": problem}
    if reading.request:
        row["notes"] = json.dumps({"request": reading.request}, ensure_ascii=False)
    connection.execute(schema.attempt.insert().values(row))
    return int(row["attempt_id"])


def passed(
    connection: Connection, reading: Reading, account_id: int, span: tuple[int, int]
) -> None:
    """Record that a list reaches from the first to the second publish time (UTC seconds) without a gap."""
    row = _attempt_row(connection, reading, account_id)
    row |= {"outcome": "ok", "first_published": span[0], "last_published": span[1]}
    connection.execute(schema.attempt.insert().values(row))


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
    nothing = [None] * (len(METRICS) + 1)
    row = (post_id, seconds(reading.observed_at), attempt_id, 0, 0, state, *nothing)
    insert_rows(connection, schema.observation, [row])
    keeper = upkeep.Keeper(connection, attempt_id, seconds(reading.recorded_at))
    keeper.saw([row])
    keeper.finish()


def store(
    connection: Connection,
    reading: Reading,
    records: Iterable[Post | AccountFigures | Headings | Remark | Invalid],
    numbers: Mapping[str, int],
    desk: Desk | None = None,
) -> Stored:
    """Store one reading inside the caller's transaction and keep latest values and hits up to date.

    Times of the rows are UTC seconds. Bad rows are counted, named in the attempt's notes and make its
    outcome ``invalid``; good rows are stored all the same. ``desk``: where several are stored together.
    """
    desk = desk or Desk.of(connection)
    row = _attempt_row(connection, reading, numbers[reading.account], desk)
    stored = Stored(attempt_id=row["attempt_id"])
    account_id = numbers[reading.account]
    blank = {
        "outcome": "ok",
        "posts": 0,
        "new_posts": 0,
        "figures": 0,
        "bad_rows": 0,
        "cut_off": False,
    }
    whole = row | blank  # filled in below
    insert_rows(connection, schema.attempt, [tuple(whole.get(e.name) for e in schema.attempt.c)])
    told = whole["recorded_at"]
    old = versions.settle(connection, account_id, told) if reading.replaces else []
    writer = _Writer(connection, reading, numbers, stored, desk)
    stream = iter(records)
    while chunk := list(islice(stream, CHUNK)):
        writer.take(chunk)
    writer.finish()
    problem = "；".join(str(each) for each in stored.bad_rows[:3]) or None
    stored.cut_off = reading.row_limit is not None and stored.posts >= reading.row_limit
    outcome = {
        "outcome": "invalid" if stored.bad else reading.outcome,
        "problem": problem,
        "posts": stored.posts,
        "new_posts": stored.new_posts,
        "figures": stored.figures,
        "bad_rows": stored.bad,
        "first_published": stored.first_published,
        "last_published": stored.last_published,
        "cut_off": stored.cut_off,
        "notes": _notes(stored, reading),
    }
    if stored.observed_at is not None:
        outcome["observed_at"] = stored.observed_at
    _note(connection, stored, outcome)
    if reading.replaces:
        old += versions.settle(connection, account_id, told)
        if earlier := [each for each in old if each != stored.attempt_id]:
            versions.difference(connection, earlier, stored, writer.matcher.facts.changed)
            _note(connection, stored, {"notes": _notes(stored, reading)})
    desk.next_post = writer.matcher.next_id
    return stored


class _Writer:
    """The records of one reading, chunk by chunk."""

    def __init__(
        self,
        connection: Connection,
        reading: Reading,
        numbers: Mapping[str, int],
        stored: Stored,
        desk: Desk,
    ) -> None:
        self.connection = connection
        self.reading = reading
        self.numbers = numbers
        self.stored = stored
        self.moment = seconds(reading.observed_at)
        self.place = 0  # of a record in a source without rows
        self.matcher = Matcher(
            connection,
            stored.attempt_id,
            seconds(reading.recorded_at),
            self.moment,
            reading.default_kind,
            reading.post_id,
            desk.next_post,
        )
        recorded_at = seconds(reading.recorded_at)
        self.keeper = upkeep.Keeper(connection, stored.attempt_id, recorded_at, desk.kinds)

    def take(self, chunk: Sequence[Post | AccountFigures | Headings | Remark | Invalid]) -> None:
        by_account: dict[int, list[Post]] = {}
        figures: list[tuple[Any, ...]] = []
        for record in chunk:
            if isinstance(record, Post):
                number = self.account_number(record)
                if number is not None:
                    by_account.setdefault(number, []).append(record)
            elif isinstance(record, AccountFigures):
                number = self.account_number(record)
                if number is not None:
                    figures += self.figure_rows(record, number)
            elif isinstance(record, Headings):
                self.stored.headings.append(record)
            elif isinstance(record, Remark):
                self.stored.remarks.append(record)
            else:
                self.bad_row(record)
        for account_id, posts in by_account.items():
            self.observe(self.matcher.match(account_id, posts), posts)
        insert_rows(self.connection, schema.account_observation, figures)
        self.stored.figures += len(figures)

    def finish(self) -> None:
        """Records whose identity needed the whole file, then what is kept up to date."""
        for account_id, posts in self.matcher.deferred():
            self.observe(self.matcher.settle(account_id, posts), posts)
        for post, works in self.matcher.refused:
            self.bad_row(_which(post, works))
        self.matcher.propose()
        self.stored.new_posts = self.matcher.new_posts
        self.stored.retitled = self.matcher.retitled
        self.stored.pairs = self.matcher.pairs
        self.stored.hits = self.keeper.finish()
        fallen = {each.post_id for each in self.keeper.falls}
        sql = "SELECT post_id, title FROM post WHERE post_id IN (??)"
        titles = dict(select_in(self.connection, sql, fallen))
        self.stored.falls = [replace(e, title=titles[e.post_id]) for e in self.keeper.falls]

    def account_number(self, record: Post | AccountFigures) -> int | None:
        """The number of the account a record belongs to; a row naming an unknown one is a bad row."""
        if not record.account:
            return self.numbers[self.reading.account]
        key = self.reading.accounts.get(record.account)
        if key is not None:
            return self.numbers[key]
        self.bad_row(
            Invalid(
                f"“{record.account}”不是 config.toml 里的账号",
                target=f"第{record.row}行",
                advice="请改成账号的 id 或名称，或先在 config.toml 里加上这个账号",
                sheet=record.sheet,
                row=record.row,
            )
        )
        return None

    def bad_row(self, row: Invalid) -> None:
        self.stored.bad += 1
        if len(self.stored.bad_rows) < NAMED:
            self.stored.bad_rows.append(row)

    def observe(self, ids: Sequence[int | None], posts: Sequence[Post]) -> None:
        """Observation rows for matched posts; None marks a record put off until the file's end."""
        rows: list[tuple[Any, ...]] = []
        besides: list[tuple[Any, ...]] = []
        attempt_id, moment = self.stored.attempt_id, self.moment
        state_code = schema.STATE_CODE
        for post_id, post in zip(ids, posts, strict=True):
            if post_id is None:
                continue
            seen = moment if post.observed_at is None else seconds(post.observed_at)
            counts = of(post.metrics)
            if not any(each and each.value for each in counts) and _all_zero(counts, post, seen):
                self.stored.zeros += 1
            line = post.row
            if line is None:
                self.place = line = self.place + 1
            rows.append(
                (
                    post_id, seen, attempt_id, post.sheet, line, state_code[post.state],
                    *[each and each.value for each in counts],
                    encode(counts),
                )
            )  # fmt: skip
            if post.beside:
                kept = to_json(post.beside).decode()  # three times faster than json.dumps
                besides.append((post_id, seen, attempt_id, post.sheet, line, kept))
        # in the order of the table, so that neighbouring rows are written together
        insert_rows(self.connection, schema.observation, sorted(rows, key=itemgetter(0)))
        insert_rows(self.connection, schema.beside, besides)
        self.keeper.saw(rows)
        self.span(rows, [post.published_at for post in posts if post.published_at is not None])

    def span(self, rows: Sequence[tuple[Any, ...]], published: Sequence[datetime]) -> None:
        """What the reading's rows reach over."""
        stored = self.stored
        stored.posts += len(rows)
        newest = max((row[1] for row in rows), default=None)
        if newest is not None:
            stored.observed_at = max(stored.observed_at or newest, newest)
        if published:
            first, last = seconds(min(published)), seconds(max(published))
            stored.first_published = min(stored.first_published or first, first)
            stored.last_published = max(stored.last_published or last, last)

    def figure_rows(self, record: AccountFigures, account_id: int) -> list[tuple[Any, ...]]:
        seen = self.moment if record.observed_at is None else seconds(record.observed_at)
        day = record.day.isoformat() if record.day else None
        self.stored.observed_at = max(self.stored.observed_at or seen, seen)
        return [
            (
                account_id, name, seen, self.stored.attempt_id, record.sheet, record.row or 0,
                figure.value if isinstance(figure, Count) else figure,
                encode_one(figure) if isinstance(figure, Count) else None,
                day,
            )
            for name, figure in record.figures.items()
        ]  # fmt: skip


def _all_zero(counts: Sequence[Count | None], post: Post, seen: int) -> bool:
    """Whether a work older than a day shows several figures and each of them is 0: most often they were not got."""
    shown = [each for each in counts if each is not None]
    return (
        len(shown) > 1 and post.published_at is not None and seen - seconds(post.published_at) > DAY
    )


def _which(post: Post, works: int) -> Invalid:
    """Why a row was not taken: it may be any of several works."""
    return Invalid(
        f"同一时间有{works}篇“{post.title}”，分不清这一行是哪一篇，没有采用",
        target=f"第{post.row}行",
        advice="请在表里加上链接、编号或到分钟的发布时间，或把这几篇都列上",
        sheet=post.sheet,
        row=post.row,
    )


def _attempt_row(
    connection: Connection, reading: Reading, account_id: int | None, desk: Desk | None = None
) -> dict[str, Any]:
    desk = desk or Desk.of(connection)
    number = desk.next_attempt
    desk.next_attempt += 1
    # never backwards, so that "known by" is a comparison of attempt numbers
    desk.told_until = max(seconds(reading.recorded_at), desk.told_until)
    return {
        "attempt_id": number,
        "run_id": reading.run_id,
        "account_id": account_id,
        "source": reading.source,
        "adapter": reading.adapter,
        "kind": reading.kind,
        "capture_id": reading.capture_id,
        "observed_at": seconds(reading.observed_at),
        "observed_from": reading.observed_from,
        "recorded_at": desk.told_until,
    }


def _note(connection: Connection, stored: Stored, columns: Mapping[str, Any]) -> None:
    sets = ", ".join(f"{name} = ?" for name in columns)
    sql = f"UPDATE attempt SET {sets} WHERE attempt_id = ?"
    update_rows(connection, sql, [(*columns.values(), stored.attempt_id)])


def _notes(stored: Stored, reading: Reading) -> str | None:
    notes: dict[str, Any] = {
        **(reading.remarks or {}),
        "request": reading.request or None,
        "unknown": sorted({name for each in stored.headings for name in each.unknown}),
        "missing": sorted({name for each in stored.headings for name in each.missing}),
        "bad_rows": [str(each) for each in stored.bad_rows],
        "remarks": [each.what for each in stored.remarks[:NAMED]],
        "zeros": stored.zeros or None,
        "covers": spans.stated(stored.headings, reading.observed_at) or None,
        "removed": stored.removed[:200],
        "added": stored.added[:200],
        "changed": stored.changed[:200],
        "falls": [
            [each.post_id, each.metric, each.before, each.after] for each in stored.falls[:200]
        ],
    }
    kept = {name: value for name, value in notes.items() if value not in (None, [])}
    return json.dumps(kept, ensure_ascii=False) if kept else None
