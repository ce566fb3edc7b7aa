"""Short words for tests: a database that is told things, and asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Engine

from adapters.errors import Invalid
from adapters.records import METRICS, AccountFigures, Count, Headings, Metrics, Post
from storage import database, schema
from storage.known import Known
from storage.views.totals import Totals, totals
from storage.views.valued import Question
from storage.views.view import View
from storage.writing import changes, rebuild, upkeep, writes
from storage.writing.reading import Reading
from storage.writing.writer import Stored

SHANGHAI = timezone(timedelta(hours=8))
#: 2026-01-01 00:00 in Shanghai; tests count seconds or days from it.
START = datetime(2026, 1, 1, tzinfo=SHANGHAI)
DAY = 86_400

Record = Post | AccountFigures | Headings | Invalid


def at(seconds: int) -> datetime:
    """An aware time, ``seconds`` after START."""
    return START + timedelta(seconds=seconds)


def epoch(seconds: int) -> int:
    return int(START.timestamp()) + seconds


def post(title: str, published: int | None = 0, *, key: str = "", **others: Any) -> Post:
    """A post; counts may be given by metric name as numbers or Counts."""
    counts = {name: others.pop(name) for name in METRICS if name in others}
    exact = {name: Count(each) if isinstance(each, int) else each for name, each in counts.items()}
    moment = None if published is None else at(published)
    return Post(title=title, published_at=moment, key=key, metrics=Metrics(**exact), **others)


@dataclass
class Store:
    """A database with accounts ``a`` and ``b``; every act moves its clock on by a minute."""

    engine: Engine
    thresholds: Mapping[str, Sequence[int]] = field(
        default_factory=lambda: {"views": [1_000, 100_000, 1_000_000], "likes": [10]}
    )
    clock: int = 400 * DAY

    def prepare(self) -> None:
        database.prepare(self.engine, START)
        with database.writing(self.engine) as connection:
            writes.accounts_known(connection, {"a": "app", "b": "app"})
            upkeep.keep_thresholds(connection, self.thresholds, epoch(0))

    def tick(self) -> datetime:
        self.clock += 60
        return at(self.clock)

    def put(
        self, records: Iterable[Record], seen: int, *, source: str = "f.xlsx", **others: Any
    ) -> Stored:
        """Import ``records`` as one file that shows the moment ``seen`` (seconds after START)."""
        account = others.pop("account", "a")
        with database.writing(self.engine) as connection:
            numbers = writes.accounts_known(connection, {"a": "app", "b": "app"})
            now = self.tick()
            reading = Reading(
                run_id=writes.start_run(connection, "import", now),
                account=account,
                source=source,
                adapter=others.pop("adapter", "ledger" if others.get("replaces") else "table"),
                kind=others.pop("kind", "file"),
                observed_at=at(seen),
                observed_from="as-of",
                recorded_at=now,
                **others,
            )
            return writes.store(connection, reading, records, numbers)

    def act(self, reason: str = "错了") -> changes.Act:
        return changes.Act("张三", reason, self.tick())

    def retract(self, *attempts: int) -> None:
        with database.writing(self.engine) as connection:
            changes.retract(connection, attempts, self.act())

    def correct(self, post_id: int, metric: str, value: int) -> int:
        with database.writing(self.engine) as connection:
            return changes.correct(connection, post_id, metric, value, self.act())

    def settle(self, pair_id: int, *, same: bool) -> int | None:
        with database.writing(self.engine) as connection:
            return changes.settle(connection, pair_id, same, self.act("同一篇"))

    def faults(self) -> list[str]:
        with database.reading(self.engine) as connection:
            return [str(each) for each in rebuild.check(connection)]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with database.reading(self.engine) as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def count(self, table: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])

    def views(self) -> list[int | None]:
        """Latest views of all posts that have a standing observation, by post number."""
        return [row[0] for row in self.rows("SELECT views FROM latest ORDER BY post_id")]

    def ask(
        self, basis: Any = "published", start: int = 0, end: int = 365 * DAY, **others: Any
    ) -> Totals | None:
        """Totals of account ``a`` (None: it has none)."""
        with database.reading(self.engine) as connection:
            return totals(self.view(connection, basis, start, end, **others), self.thresholds).get(
                "a"
            )

    def view(self, connection: Any, basis: Any, start: int, end: int, **others: Any) -> View:
        known_by = others.pop("known_by", None)
        known = Known() if known_by is None else Known.by(connection, epoch(known_by))
        as_of = epoch(others.pop("as_of", 10_000 * DAY))
        question = Question(
            basis=basis, start=epoch(start), end=epoch(end), as_of=as_of, known=known, **others
        )
        return View(connection, question)


def hits(store: Store) -> list[tuple[Any, ...]]:
    """(post, metric, threshold, before, after, value, bounds, revoked), times after START."""
    zero = epoch(0)
    columns = "post_id, metric, threshold, before_at, after_at, value, bounds, revoked"
    return [
        (*row[:3], row[3] and row[3] - zero, row[4] - zero, *row[5:7], bool(row[7]))
        for row in store.rows(f"SELECT {columns} FROM hit ORDER BY post_id, metric, threshold")
    ]


__all__ = [
    "DAY",
    "START",
    "UTC",
    "Count",
    "Record",
    "Store",
    "at",
    "epoch",
    "hits",
    "post",
    "schema",
]
