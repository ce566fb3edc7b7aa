"""One file from bytes to rows: kept, opened, read and stored in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from adapters.contract import Adapter, File
from adapters.errors import Invalid, SourceError
from adapters.files import MAX_BYTES, open_file
from adapters.moments import SHANGHAI
from adapters.registry import choose
from adapters.registry import records as read_records
from collector.config.loading import Config
from collector.config.secrets import stripped
from collector.config.sections import AccountConfig
from collector.intake import captures
from collector.intake.inbox import Stamp, explained, named, settled, stamp, unfit
from collector.intake.naming import PUT_AWAY, Observed, observed
from collector.intake.stores import captures_of
from storage.bulk import seconds
from storage.database import RowsRefused, StorageError, reading, writing
from storage.ledgers import LEDGER
from storage.writing import writes
from storage.writing.reading import Reading, capture_number, imported
from storage.writing.writer import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asked for beside the file itself."""

    as_of: datetime | None = None
    encoding: str = ""
    post_id: int | None = None
    dry_run: bool = False

    @property
    def for_notes(self) -> dict[str, str | int]:
        """What is needed to read the bytes again as they were read."""
        told: dict[str, str | int] = {"encoding": self.encoding} if self.encoding else {}
        return told if self.post_id is None else told | {"post": self.post_id}


@dataclass(slots=True, kw_only=True)
class Result:
    """What became of one source: its outcome, its counts, and what a person should know."""

    account: str
    source: str
    outcome: str = "ok"
    problem: str = ""
    adapter: str = ""
    observed: Observed | None = None
    stored: Stored | None = None
    sha256: str = ""
    kind: str = "file"  # or page

    @property
    def failed(self) -> bool:
        return self.outcome not in ("ok", "unchanged")

    @property
    def taken(self) -> bool:
        """Whether what could be read of it is stored."""
        return self.stored is not None or self.outcome == "unchanged"


class _TooEarly(Exception):
    """The assumed moment is before a publish time in the file; rolls back to try with ``newest``."""

    def __init__(self, newest: int) -> None:
        super().__init__()
        self.newest = newest


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file as it was opened: whose, its ``stamp`` before it was read, who reads it, where its bytes are kept."""

    account: AccountConfig
    path: Path
    stamp: Stamp
    file: File
    adapter: Adapter
    kept: captures.Capture | None


@dataclass(slots=True, kw_only=True)
class Importer:
    """Imports files for one run. Raises StorageError where the database cannot do its work."""

    engine: Engine
    config: Config
    run_id: int
    now: datetime
    wish: Wish = field(default_factory=Wish)

    @contextmanager
    def taking(self, account: AccountConfig, path: Path) -> Iterator[Result]:
        """The one place where a file is taken up: whatever goes wrong inside is the outcome of this file alone, and
        recorded; the run goes on. Only a database that cannot do its work comes out (StorageError)."""
        name = named(path)
        result = Result(account=account.id, source=PUT_AWAY.sub("", name))
        try:
            yield result
        except RowsRefused as problem:
            self._fail(result, explained(problem, name))
        except StorageError:
            raise
        except Exception as problem:
            self._fail(result, explained(problem, name))

    def import_file(self, account: AccountConfig, path: Path) -> Result:
        """Read a file; its outcome says what became of it."""
        with self.taking(account, path) as result:
            if (problem := unfit(path)) is not None:
                raise problem
            self.read(account, path, result)
        return result

    def _fail(self, result: Result, problem: SourceError) -> None:
        """A source that gave nothing; its outcome is recorded."""
        result.outcome, result.problem = problem.outcome, str(problem)
        if not self.wish.dry_run:
            row = self._reading(result, Observed(self.now, ""))
            with writing(self.engine) as connection:
                account = self._numbers(connection)[result.account]
                writes.failed(connection, row, result.outcome, result.problem, account)

    def read(self, account: AccountConfig, path: Path, result: Result) -> None:
        """Read a file into ``result``. Raises whatever goes wrong: see ``taking``."""
        name, look = named(path), path.stat()
        before = stamp(look)
        if look.st_size > MAX_BYTES:
            raise Invalid(
                f"文件有 {look.st_size // 2**20} MB，超过 {MAX_BYTES // 2**20} MB 的上限",
                target=name,
                advice="请按月分几次导出",
            )
        if not settled(path):
            raise Invalid("文件正在被写入", target=name, advice="等它写完后再运行一次")
        page = _page_without_secrets(path)

        def blocks() -> Iterable[bytes]:
            return captures.blocks_of(path) if page is None else (page,)

        result.sha256, size = captures.fingerprint(blocks())
        with reading(self.engine) as connection:
            if self._is_known(connection, account, result):
                return
        kept = None
        if not self.wish.dry_run:
            store = captures_of(self.config)
            kept = store.keep(blocks(), result.sha256, size)
        post = f"#{self.wish.post_id}" if self.wish.post_id is not None else ""
        file = open_file(path, name=name, encoding=self.wish.encoding, post=post)
        adapter = choose(file, self.config.for_adapters(account))
        result.adapter = adapter.name
        when = observed(
            name,
            now=self.now,
            as_of=self.wish.as_of,
            stated_at=file.stated_at,
            modified_at=datetime.fromtimestamp(look.st_mtime, SHANGHAI),
        )
        opened = _Opened(account, path, before, file, adapter, kept)
        try:
            self._store(opened, when, result)
        except _TooEarly as early:
            newest = datetime.fromtimestamp(early.newest, SHANGHAI)
            if newest > self.now:
                raise Invalid(
                    f"里面有发布时间在将来的作品（{newest:%Y-%m-%d %H:%M}）",
                    target=name,
                    advice="请核对本机的日期和时间，或文件里的发布时间",
                ) from None
            later = Observed(newest, f"{when.how}，但早于文件里最新的发布时间，取后者")
            self._store(opened, later, result)

    def _store(self, opened: _Opened, when: Observed, result: Result) -> None:
        """The whole file in one transaction, or nothing of it."""
        kept, name = opened.kept, named(opened.path)
        with writing(self.engine, rehearsed=self.wish.dry_run) as connection:
            if self._is_known(connection, opened.account, result):  # by a run beside this one
                return
            numbers = self._numbers(connection)
            number = None
            if kept is not None:
                number = capture_number(
                    connection, kept.sha256, kept.size, kept.path, seconds(self.now)
                )
            account = self.config.for_adapters(opened.account)
            records = read_records(opened.adapter, opened.file, account)
            row = self._reading(result, when, number, opened)
            stored = writes.store(connection, row, records, numbers)
            if stored.bad and not (stored.posts or stored.figures or self.wish.dry_run):
                raise _nothing_understood(name, stored)
            if stored.last_published is not None and stored.last_published > seconds(when.at):
                raise _TooEarly(stored.last_published)
            if stamp(opened.path.stat()) != opened.stamp:
                raise Invalid("文件在读取时被改动", target=name, advice="等它写完后再运行一次")
        result.stored, result.observed = stored, when
        if stored.bad:
            result.outcome = "invalid"
            result.problem = (
                f"{result.source}有 {stored.bad} 行没有采用，其余已存入：{stored.bad_rows[0]}"
            )

    def _is_known(self, connection: Connection, account: AccountConfig, result: Result) -> bool:
        number = imported(connection, account.id, result.sha256)
        if number is not None:
            result.outcome = "unchanged"
            result.problem = f"此前已导入（记录{number}），没有新内容"
        return number is not None

    def _numbers(self, connection: Connection) -> dict[str, int]:
        return writes.accounts_known(connection, self.config.kinds)

    def _reading(
        self,
        result: Result,
        when: Observed,
        capture_id: int | None = None,
        opened: _Opened | None = None,
    ) -> Reading:
        return Reading(
            run_id=self.run_id,
            account=result.account,
            source=result.source,
            adapter=result.adapter,
            kind="file",
            observed_at=when.at,
            observed_from=when.how,
            recorded_at=self.now,
            capture_id=capture_id,
            default_kind=opened.account.default_kind if opened else "article",
            row_limit=opened.adapter.row_limit if opened else None,
            post_id=self.wish.post_id,
            replaces=result.adapter == LEDGER,
            request=self.wish.for_notes,
            accounts=self.config.called,
        )


def _nothing_understood(name: str, stored: Stored) -> Invalid:
    """A file of which no row could be believed: nothing is stored, it stays where it is and may be tried again."""
    first = stored.bad_rows[0]
    why = f"{stored.bad} 行全都没有采用，例如{first.target}：{first.what}"
    return Invalid(why, target=name, advice="请核对文件，改好后再导入")


def _page_without_secrets(path: Path) -> bytes | None:
    """The bytes of a saved web page without session parameters; None where the file is no web page. A page
    saved from a client carries the reader's own session (docs/platforms.md §2.3)."""
    with path.open("rb") as stream:
        if not stream.read(1_024).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            return None
    return stripped(path.read_bytes(), (), wechat=True)
