"""From records to stored, latest values and hits kept, against raw executemany of the same tuples.

python -m bench.observations [POSTS] [ROUNDS]
"""

from __future__ import annotations

import gc
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from adapters.records import Count, Metrics, Post
from bench._common import START, figures, line, published, timed
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


def ours(folder: Path, posts: int, rounds: int, times: dict[str, float]) -> Path:
    path = folder / "ours.db"
    engine = database.open_database(f"sqlite:///{path.as_posix()}")
    database.prepare(engine, START)
    for round_ in range(rounds):
        made = list(records(posts, round_))  # making records is the adapters' work
        gc.collect()
        with timed(times, "ours"), database.writing(engine) as connection:
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
    return path


def raw(folder: Path, stored: Path, times: dict[str, float]) -> None:
    """The same tuples into the same table, a transaction a round."""
    with sqlite3.connect(stored) as source:
        schema = source.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'observation'"
        ).fetchone()[0]
        rounds = [row[0] for row in source.execute("SELECT attempt_id FROM attempt ORDER BY 1")]
    target = sqlite3.connect(folder / "raw.db", isolation_level=None)
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
        with timed(times, "raw"):
            target.execute("BEGIN IMMEDIATE")
            target.executemany(f"INSERT INTO observation VALUES ({marks})", rows)
            target.execute("COMMIT")
    source.close()
    target.close()


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
    times: dict[str, float] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        path = ours(folder, posts, rounds, times)
        raw(folder, path, times)
        each = bytes_each(path)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        first: dict[str, float] = {}
        ours(Path(name), FIRST_IMPORT, 1, first)
    line(f"{posts * rounds:,} observations stored, latest and hits kept", f"{times['ours']:.2f} s")
    line("raw executemany of the same tuples", f"{times['raw']:.2f} s")
    line("ratio", f"{times['ours'] / times['raw']:.2f}", "goal: at most 2")
    line("bytes an observation", f"{each:.1f}", "goal: at most 40")
    line(
        f"a first import of {FIRST_IMPORT:,} posts, the storing",
        f"{first['ours']:.2f} s",
        "goal: 2 s",
    )


if __name__ == "__main__":
    main()
