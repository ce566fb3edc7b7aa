"""Turns the records of one reading into rows: of posts, observations and figures of accounts."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, select

from adapters.errors import Invalid
from adapters.moments import DAY
from adapters.records import METRICS, AccountFigures, Headings, Post, Remark
from storage import schema
from storage.bulk import insert_rows, seconds, select_in
from storage.identity.likeness import BY_HAND
from storage.identity.matching import Matcher
from storage.values import encode_one, of, stored
from storage.writing import spans, upkeep
from storage.writing.reading import Reading

#: Bad rows named; the others are counted.
NAMED = 200


@dataclass(slots=True)
class Stored:
    """What one reading brought."""

    attempt_id: int
    posts: int = 0
    new_posts: int = 0
    retitled: int = 0
    figures: int = 0
    pairs: int = 0
    hits: int = 0
    cut_off: bool = False
    first_published: int | None = None
    last_published: int | None = None
    observed_at: int | None = None  # newest moment of a figure
    bad: int = 0  # rows that could not be believed; the first of them are named in bad_rows
    falls: list[upkeep.Fall] = field(default_factory=list)
    headings: list[Headings] = field(default_factory=list)
    bad_rows: list[Invalid] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    zeros: int = 0  # rows of nothing but zeros about works older than a day
    removed: list[str] = field(default_factory=list)  # titles: a ledger's newer version
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


class Writer:
    """The records of one reading, chunk by chunk."""

    def __init__(
        self,
        connection: Connection,
        reading: Reading,
        numbers: Mapping[str, int],
        stored: Stored,
        thresholds: upkeep.Thresholds,
        first_new: int,
    ) -> None:
        """``numbers``: the accounts' numbers by key; what comes of it goes into ``stored``; ``first_new``: the number of
        the next new post."""
        recorded_at = seconds(reading.recorded_at)
        self.connection = connection
        self.reading = reading
        self.numbers = numbers
        self.stored = stored
        self.moment = seconds(reading.observed_at)
        self.place = 0  # of a record in a source without rows
        self.matcher = Matcher(
            connection,
            stored.attempt_id,
            recorded_at,
            self.moment,
            reading.default_kind,
            reading.post_id,
            first_new,
        )
        self.keeper = upkeep.Keeper(connection, stored.attempt_id, recorded_at, thresholds)

    def take(self, chunk: Sequence[Post | AccountFigures | Headings | Remark | Invalid]) -> None:
        by_account: dict[int, list[Post]] = {}
        figures: list[tuple[Any, ...]] = []
        for record in chunk:
            if isinstance(record, Post):  # most are
                if (number := self.account_number(record)) is not None:
                    by_account.setdefault(number, []).append(record)
            elif isinstance(record, AccountFigures):
                if (number := self.account_number(record)) is not None:
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

    def finish(self) -> int:
        """Records whose identity needed the whole file, then what is kept up to date. Returns the number of the next
        new post."""
        for posts, ids in self.matcher.settle():
            self.observe(ids, posts)
        for each in self.matcher.refused:
            self.bad_row(_which(each.post, each.refused))
        self.matcher.propose(by_hand=self.reading.adapter == BY_HAND)
        stored = self.stored
        stored.new_posts = self.matcher.new_posts
        stored.retitled = self.matcher.facts.retitled
        stored.pairs = self.matcher.pairs
        stored.hits = self.keeper.finish()
        fallen = {each.post_id for each in self.keeper.falls}
        sql = "SELECT post_id, title FROM post WHERE post_id IN (??)"
        titles = dict(select_in(self.connection, sql, fallen))
        stored.falls = [replace(e, title=titles[e.post_id]) for e in self.keeper.falls]
        limit = self.reading.row_limit
        stored.cut_off = limit is not None and stored.posts >= limit
        return self.matcher.next_id

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
        rows: list[tuple[Any, ...]] = []  # of the table: many, and few are looked at again
        moments: list[int] = []
        besides: list[tuple[Any, ...]] = []
        attempt_id, moment = self.stored.attempt_id, self.moment
        state_code = schema.STATE_CODE
        for post_id, post in zip(ids, posts, strict=True):
            if post_id is None:
                continue
            seen = moment if post.observed_at is None else seconds(post.observed_at)
            figures, bounds = stored(of(post.metrics))
            if not any(figures) and _all_zero(figures, post, seen):
                self.stored.zeros += 1
            line = post.row
            if line is None:
                self.place = line = self.place + 1
            moments.append(seen)
            state = state_code[post.state]
            rows.append((post_id, seen, attempt_id, post.sheet, line, state, *figures, bounds))
            if post.beside:
                kept = to_json(post.beside).decode()  # three times faster than json.dumps
                besides.append((post_id, seen, attempt_id, post.sheet, line, kept))
        # in the order of the table, so that neighbouring rows are written together
        insert_rows(self.connection, schema.observation, sorted(rows, key=itemgetter(0)))
        insert_rows(self.connection, schema.beside, besides)
        self.keeper.saw(rows)
        self.span(moments, [post.published_at for post in posts if post.published_at is not None])

    def span(self, moments: Sequence[int], published: Sequence[datetime]) -> None:
        """What the reading's rows reach over: when they were observed, and when the posts were published."""
        stored = self.stored
        stored.posts += len(moments)
        if moments:
            newest = max(moments)
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
                figure.value, encode_one(figure),
                day,
            )
            for name, figure in record.figures.items()
        ]  # fmt: skip


def _all_zero(figures: Sequence[int | None], post: Post, seen: int) -> bool:
    """Whether a work older than a day shows several figures and each of them is 0: most often they were not got."""
    shown = sum(each is not None for each in figures)
    return shown > 1 and post.published_at is not None and seen - seconds(post.published_at) > DAY


def _which(post: Post, works: int) -> Invalid:
    """Why a row was not taken: it may be any of several works."""
    return Invalid(
        f"同一时间有{works}篇“{post.title}”，分不清这一行是哪一篇，没有采用",
        target=f"第{post.row}行",
        advice="请在表里加上链接、编号或到分钟的发布时间，或把这几篇都列上",
        sheet=post.sheet,
        row=post.row,
    )


def notes_of(stored: Stored, reading: Reading) -> str | None:
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


def difference(
    connection: Connection, old: Sequence[int], stored: Stored, changed: Container[int]
) -> None:
    """What a replaced ledger no longer has, has now, and has otherwise (figures, details), by title."""
    before = _posts_of(connection, old)
    after = _posts_of(connection, [stored.attempt_id])
    stored.removed = [row[0] for number, row in before.items() if number not in after]
    stored.added = [row[0] for number, row in after.items() if number not in before]
    stored.changed = [
        row[0]
        for number, row in after.items()
        if number in before and (row[1:] != before[number][1:] or number in changed)
    ]


def _posts_of(connection: Connection, attempts: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Post → (title, its figures) of readings."""
    seen, post = schema.observation, schema.post
    figures = [seen.c[name] for name in METRICS]
    query = (
        select(post.c.post_id, post.c.title, *figures, seen.c.bounds)
        .join(seen, seen.c.post_id == post.c.post_id)
        .where(seen.c.attempt_id.in_(attempts))
        .order_by(seen.c.attempt_id, seen.c.sheet, seen.c.row)
    )
    return {row[0]: tuple(row[1:]) for row in connection.execute(query)}
