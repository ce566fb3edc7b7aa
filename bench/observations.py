"""From records to stored, latest values and hits kept, against raw executemany of the same tuples.

    python -m bench.observations [POSTS] [ROUNDS]

The storing alone, in this process; making records is the adapters' work. A first import has no other side here: see
``importing``. About five minutes.
"""

from __future__ import annotations

import gc
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from adapters.records import Count, Metrics, Post
from bench._common import (
    START,
    alone,
    figures,
    goal,
    measured,
    median,
    paired,
    published,
    show,
    taken,
)
from storage import database
from storage.writing import upkeep, writes
from storage.writing.reading import Reading

FIRST_IMPORT = 100_000


def records(posts: int, round_: int) -> Iterator[Post]:
    for number in range(posts):
        views, likes, comments, shares, favourites, looks = figures(number, round_)
        yield Post(
            title=f"云岭县第{number}条消息",
            published_at=published(number),
            key=str(7_300_000_000_000_000_000 + number),
            metrics=Metrics(
                views=Count(views),
                likes=Count(likes),
                comments=Count(comments),
                shares=Count(shares),
                favourites=Count(favourites),
                looks=Count(looks),
            ),
            row=number + 2,
        )


def moment(round_: int) -> datetime:
    return START + timedelta(days=400 + round_)


def ours(path: Path, posts: int, rounds: int) -> dict[str, Any]:
    path.unlink(missing_ok=True)
    took: dict[str, Any] = {}
    engine = database.open_database(f"sqlite:///{path.as_posix()}")
    database.prepare(engine, START)
    for round_ in range(rounds):
        made = list(records(posts, round_))  # making records is the adapters' work
        gc.collect()
        with taken(took), database.writing(engine) as connection:
            numbers = writes.accounts_known(connection, {"a": "app"})
            wanted = {"views": [100_000, 1_000_000], "likes": [10_000]}
            upkeep.keep_thresholds(connection, wanted, 0)
            reading = Reading(
                run_id=writes.start_run(connection, "bench", moment(round_)),
                account="a",
                source=f"{round_}.xlsx",
                adapter="table",
                kind="file",
                observed_at=moment(round_),
                observed_from="as-of",
                recorded_at=moment(round_),
            )
            writes.store(connection, reading, made, numbers)
    engine.dispose()
    return took


def raw(path: Path, stored: Path) -> dict[str, Any]:
    """The same tuples into the same table, a transaction a round."""
    path.unlink(missing_ok=True)
    took: dict[str, Any] = {}
    with sqlite3.connect(stored) as source:
        schema = source.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'observation'"
        ).fetchone()[0]
        rounds = [row[0] for row in source.execute("SELECT attempt_id FROM attempt ORDER BY 1")]
    target = sqlite3.connect(path, isolation_level=None)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "cache_size=-32000",
        "wal_autocheckpoint=8000",
    ):
        target.execute(f"PRAGMA {pragma}")
    target.execute(schema)
    for round_ in rounds:
        query = "SELECT * FROM observation WHERE attempt_id = ? ORDER BY post_id"
        rows = source.execute(query, (round_,)).fetchall()
        marks = ",".join("?" * len(rows[0]))
        gc.collect()
        with taken(took):
            target.execute("BEGIN IMMEDIATE")
            target.executemany(f"INSERT INTO observation VALUES ({marks})", rows)
            target.execute("COMMIT")
    source.close()
    target.close()
    return took


def bytes_each(path: Path) -> float:
    """Bytes of the table observation by row, compacted as a backup is."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT count(*) FROM observation").fetchone()[0]
        try:
            size = connection.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name = 'observation'"
            ).fetchone()[0]
        except sqlite3.OperationalError:  # built without dbstat: the whole file
            size = path.stat().st_size
    return float(size / rows)


def main() -> None:
    posts, rounds = (int(each) for each in [*sys.argv[1:3], *("20000", "50")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        path, other = Path(name) / "ours.db", Path(name) / "raw.db"
        ours(path, posts, rounds)  # what raw copies
        again = Path(name) / "again.db"
        found = paired(partial(ours, again, posts, rounds), partial(raw, other, path))
        what = f"{posts * rounds:,} observations, latest and hits kept"
        found.show(what, "raw executemany of the same tuples", 2)
        goal("bytes an observation", bytes_each(path), 40)
        first = alone(partial(ours, again, FIRST_IMPORT, 1))
        show(f"a first import of {FIRST_IMPORT:,} posts, the storing", first)
        goal("    of the processor", median(first, "cpu_s"), 2, " s")


if __name__ == "__main__":
    measured(main)
