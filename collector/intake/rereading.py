"""Kept bytes read again with today's adapters: what was missed is added, at the moment it was observed.

Nothing that was stored is changed. A reading that failed and can be read today is stored; one that was read
gives what it lacked; where today's adapter says otherwise, it is reported and not stored. Nothing is asked of
any host. Doing it twice adds nothing.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine

from adapters.contract import Request
from adapters.errors import Invalid, SourceError
from adapters.files import open_file
from adapters.moments import SHANGHAI
from adapters.records import AccountFigures, Headings, Post, Remark
from adapters.registry import ADAPTERS, choose
from adapters.registry import records as read_records
from collector.config.loading import Config
from collector.config.sections import AccountConfig
from collector.intake.comparing import Differs, missed, missed_figures
from collector.intake.stores import captures_of
from collector.run import begin, untold
from collector.visits.asked import page_of
from collector.visits.asking import Task
from collector.visits.recording import Answered, disappointment, read
from storage.bulk import seconds
from storage.database import reading, writing
from storage.schema import REREAD
from storage.views import history
from storage.views.history import StoredReading
from storage.writing import rereading, writes
from storage.writing.reading import Reading

#: What became of one kept answer: nothing to add; added; not readable then nor now; readable then and not
#: today; otherwise today than stored; its bytes are gone or damaged.
Became = Literal["same", "added", "still", "lost", "differs", "damaged"]
Record = Post | AccountFigures


@dataclass(slots=True)
class Reread:
    """One kept answer that was read again, and what a person should know of it."""

    account: str
    source: str
    attempt_id: int
    became: Became = "same"
    words: list[str] = field(default_factory=list)
    posts: int = 0
    figures: int = 0
    hits: int = 0


class _Damaged(Exception):
    """The kept bytes are gone or are not those that were kept."""


def reread(
    engine: Engine,
    config: Config,
    *,
    now: datetime,
    accounts: Sequence[AccountConfig],
    since: datetime | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int, str], None] = untold,
) -> list[Reread]:
    """Read the kept bytes of these accounts again (of readings recorded at or after ``since``).

    Raises StorageError where the database cannot do its work.
    """
    with reading(engine) as connection:
        keys = [each.id for each in accounts]
        first = None if since is None else seconds(since)
        numbers = rereading.candidates(connection, keys, since=first)
    run_id = 0 if dry_run or not numbers else begin(engine, config, REREAD, now)
    rereader = Rereader(engine=engine, config=config, run_id=run_id, now=now, dry_run=dry_run)
    looks = []
    for done, number in enumerate(numbers):
        with reading(engine) as connection:
            told = history.readings(connection, [number])[number]
        progress(done, len(numbers), told.source)
        looks.append(rereader.look(told))
    if run_id:
        with writing(engine) as connection:
            writes.end_run(connection, run_id, now)
    return looks


@dataclass(slots=True, kw_only=True)
class Rereader:
    """Reads one kept answer after another. ``look`` never raises for a bad one: its outcome says it."""

    engine: Engine
    config: Config
    run_id: int
    now: datetime
    dry_run: bool = False

    def look(self, told: StoredReading) -> Reread:
        account = self.config.account(told.account or "")
        assert account is not None  # candidates are those of accounts in config
        look = Reread(account=account.id, source=told.source, attempt_id=told.attempt_id)
        good = told.outcome in ("ok", "invalid", "unchanged")
        try:
            records = list(self._records(told, account))
        except _Damaged as problem:
            look.became, look.words = "damaged", [str(problem)]
        except SourceError as problem:
            look.became = "lost" if good else "still"
            look.words = [str(problem)] if good else []
        else:
            self._compare(told, account, records, look)
        return look

    def _records(self, told: StoredReading, account: AccountConfig) -> Iterator[Record]:
        """What today's adapter reads in the kept bytes. Raises a SourceError where it reads nothing."""
        body = self._bytes(told)
        if told.kind != "file":
            yield from self._page_records(told, account, body)
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "kept"
            path.write_bytes(body)
            asked = told.notes.get("request", {})
            post = f"#{asked['post']}" if "post" in asked else ""
            file = open_file(path, name=told.source, encoding=asked.get("encoding", ""), post=post)
            adapter = choose(file, self.config.for_adapters(account))
            if adapter.name != told.adapter:
                raise Invalid(f"现在认作另一种文件（{adapter.name}）", target=told.source)
            for record in read_records(adapter, file, self.config.for_adapters(account)):
                if not isinstance(record, Headings | Invalid | Remark):
                    yield record

    def _page_records(
        self, told: StoredReading, account: AccountConfig, body: bytes
    ) -> Iterator[Record]:
        adapter = ADAPTERS.get(told.adapter)
        asked = told.notes.get("request", {})
        if adapter is None or adapter.read is None or "at" not in asked:
            raise Invalid("没有记下当时是怎样取来的，不能重读", target=told.source)
        page = page_of(asked, told.source, account.for_adapters(), body)
        answered = Answered(Task(account, adapter, page.request), page)
        read(answered)
        problem = answered.problem or disappointment(self.engine, answered.task, answered.records)
        if problem is not None:
            raise problem
        yield from (each for each in answered.records if not isinstance(each, Request))

    def _bytes(self, told: StoredReading) -> bytes:
        assert told.path is not None
        try:
            body = captures_of(self.config).read(told.path)
        except OSError as problem:
            raise _Damaged(
                f"原件 {told.path} 不见了或已损坏，请从备份恢复 {self.config.captures}"
            ) from problem
        if hashlib.sha256(body).hexdigest() != told.sha256:
            advice = f"请从备份恢复 {self.config.captures}"
            raise _Damaged(f"原件 {told.path} 被改动过，没有采用，{advice}")
        return body

    def _compare(
        self, told: StoredReading, account: AccountConfig, records: list[Record], look: Reread
    ) -> None:
        """Add what was missed, in one transaction; in a dry run none of it stays."""
        called = self.config.called
        records = [each for each in records if not each.account or each.account in called]
        with writing(self.engine, rehearsed=self.dry_run) as connection:
            numbers = writes.accounts_known(connection, self.config.kinds)
            row = self._reading(told, account, connection)
            self._add(connection, told, row, records, numbers, look)

    def _add(
        self,
        connection: Connection,
        told: StoredReading,
        row: Reading,
        records: Sequence[Record],
        numbers: dict[str, int],
        look: Reread,
    ) -> None:
        family = rereading.family(connection, told)
        owners = {id(each): numbers[self._key(each, row)] for each in records}
        posts = [each for each in records if isinstance(each, Post)]
        figures = [each for each in records if isinstance(each, AccountFigures)]
        ids = rereading.matched(connection, row, [owners[id(each)] for each in posts], posts)
        new_posts, new_ids, differing = _missed_posts(connection, told, row, posts, ids, family)
        new_figures, other = _missed_figures(connection, told, row, figures, owners, family)
        look.words = differing + other
        look.became = "differs" if look.words else "same"
        if not new_posts and not new_figures:
            return
        again = [numbers[self._key(each, row)] for each in new_posts]
        if rereading.matched(connection, row, again, new_posts) != new_ids:
            look.became = "differs"
            look.words.append("分不清是哪一篇，没有写入")
            return
        stored = writes.store(connection, row, [*new_posts, *new_figures], numbers)
        look.posts, look.figures, look.hits = stored.posts, stored.figures, stored.hits
        look.became = "differs" if look.words else "added"

    def _key(self, record: Record, row: Reading) -> str:
        return self.config.called[record.account] if record.account else row.account

    def _reading(
        self, told: StoredReading, account: AccountConfig, connection: Connection
    ) -> Reading:
        """The new reading: the moment, bytes and request of the old one."""
        asked = told.notes.get("request", {})
        moment = asked.get("at", told.observed_at)
        assert moment is not None  # whatever kept its bytes has one
        return Reading(
            run_id=self.run_id,
            account=account.id,
            source=told.source,
            adapter=told.adapter,
            kind=told.kind,
            observed_at=datetime.fromtimestamp(moment, SHANGHAI),
            observed_from=f"{told.observed_from or '采集时间'}，原件重读",
            recorded_at=self.now,
            capture_id=rereading.capture_of(connection, told.attempt_id),
            default_kind=account.default_kind,
            post_id=asked.get("post") if told.kind == "file" else None,
            request={**asked, rereading.OF: told.attempt_id},
            accounts=self.config.called,
        )


def _missed_posts(
    connection: Connection,
    told: StoredReading,
    row: Reading,
    posts: Sequence[Post],
    ids: Sequence[int | None],
    family: Sequence[int],
) -> tuple[list[Post], list[int | None], list[str]]:
    """Posts to add, their numbers where they are stored, and what differs, in words."""
    numbers = {each for each in ids if each is not None}
    known = history.posts_by_number(connection, numbers)
    there = rereading.rows_of(connection, numbers, family)
    new: list[tuple[Post, int | None]] = []
    differing: list[str] = []
    for post, number in zip(posts, ids, strict=True):
        seen = seconds(post.observed_at or row.observed_at)
        rows = there.get(number, []) if number is not None else []
        answer = missed(post, known.get(number) if number is not None else None, rows, seen)
        if isinstance(answer, Differs):
            differing.append(answer.words)
        elif answer is not None:
            new.append((answer, number))
    matched = sum(each.attempt_id == told.attempt_id for rows in there.values() for each in rows)
    if matched < told.posts:  # a post that was read then is not read today: is a new one the same?
        unseen = [pair for pair in new if pair[1] is None or pair[1] not in there]
        new = [pair for pair in new if pair not in unseen]
        differing += [f"{post.title[:30]}：当时读成另一篇，没有写入" for post, _ in unseen]
    return [post for post, _ in new], [number for _, number in new], differing


def _missed_figures(
    connection: Connection,
    told: StoredReading,
    row: Reading,
    records: Sequence[AccountFigures],
    owners: dict[int, int],
    family: Sequence[int],
) -> tuple[list[AccountFigures], list[str]]:
    """The same for figures of accounts."""
    there = rereading.figures_of(connection, owners.values(), family)
    new: list[AccountFigures] = []
    differing: list[str] = []
    for record in records:
        own = [each for each in there if each.account_id == owners[id(record)]]
        answer = missed_figures(record, own, seconds(record.observed_at or row.observed_at))
        if isinstance(answer, Differs):
            differing.append(answer.words)
        elif answer is not None:
            new.append(answer)
    return new, differing
