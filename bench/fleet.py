"""A province of many centres on one PostgreSQL: founding it, a quarter for one centre and for all, a pass over its pages.

    python -m bench.fleet [CENTRES] [POSTS] [LOOKS]

``130 15385 50`` is a province of today: 2,600 accounts and 100,002,500 observations, which take 30 GB of disk and an hour or two.
The quarter of all centres is their stored summaries (``collect fleet report``) and their own documents, made by 1, 2 and 4
workers; beside it DuckDB adds up the same rows. The pages are those of a site a centre, which answers after 20 ms and allows 20
a second.
"""

from __future__ import annotations

import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench._common import line, machine, spent
from bench._province import ACCOUNTS, LAST, Province
from bench.fetch import sites
from collector.fleet.centres import opened
from collector.fleet.province import load
from collector.fleet.summarising import in_a_child
from storage.database import reading
from storage.fleet.centres import centre
from storage.postgres import address
from tests.storage.engines import postgres_server

WORKERS = (1, 2, 4)
PERIOD, QUARTER = "2026Q3", (1_782_835_200, LAST)
#: Pages a site has: a list for each account and these.
PAGES = 3
#: What a server of this size is given; all else is PostgreSQL's own.
SERVER = ("shared_buffers=2GB", "max_wal_size=8GB", "work_mem=32MB", "max_connections=200")
_ASKED = """
SELECT p.centre, p.account_id, count(*), sum(o.views), sum(o.likes), sum(o.comments), sum(o.shares),
    count(*) FILTER (o.views >= 100000), count(*) FILTER (o.views >= 1000000)
    FROM (SELECT centre, post_id, max(observed_at) AS seen FROM observation GROUP BY ALL) l
    JOIN post p ON p.centre = l.centre AND p.post_id = l.post_id
    JOIN observation o ON o.centre = l.centre AND o.post_id = l.post_id AND o.observed_at = l.seen
    WHERE p.published_at >= ? AND p.published_at < ? GROUP BY ALL
"""


def collect(folder: Path, *words: str) -> dict[str, Any]:
    """A command of ``collect fleet``, and what it spent."""
    return spent([sys.executable, "-m", "collector.cli", "fleet", *words], cwd=folder)


@contextmanager
def working(folder: Path, number: int) -> Iterator[None]:
    """So many workers, until the end of the block."""
    command = [sys.executable, "-m", "collector.cli", "fleet", "work"]
    with (folder / "work.log").open("ab") as log:
        workers = [
            subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) for _ in range(number)
        ]
    try:
        yield
    finally:
        for each in workers:
            each.send_signal(signal.SIGTERM)
        for each in workers:
            each.wait(60)


def done_by(folder: Path, server: str, province: Province, job: str, workers: int) -> int:
    """Seconds from the first beginning to the last end of a job that falls due in all centres at once."""
    schemas = [f"centre_{key}" for key in province.keys]
    due = int(time.time())
    rows = " UNION ALL ".join(
        f"SELECT started_at, ended_at, outcome, problem FROM {each}.job WHERE name = '{job}' AND due_at = {due}"
        for each in schemas
    )
    with psycopg.connect(server, autocommit=True) as connection:
        for each in schemas:
            connection.execute(f"INSERT INTO {each}.job (name, due_at) VALUES (%s, %s)", (job, due))
        with working(folder, workers):
            while any(ended is None for _, ended, *_ in connection.execute(rows)):
                time.sleep(1)
        found = connection.execute(rows).fetchall()
    failed = [each[3] for each in found if each[2] != "done"]
    if failed or len(found) != len(schemas):
        raise SystemExit(f"{job}: {len(failed)} of {len(schemas)} failed: {failed[:1]}")
    return int(max(each[1] for each in found) - min(each[0] for each in found))


def plain(url: str) -> str:
    """The address as libpq takes it."""
    return address(url).set(drivername="postgresql").render_as_string(hide_password=False)


def quarters(province: Province) -> None:
    """A quarter of a year that is loaded."""
    import duckdb

    with postgres_server(SERVER) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        province.write_files(folder, plain(server.url))
        founded = collect(folder, "init", "province.toml")
        line(f"{province.centres} centres founded", f"{founded['wall_s']:.0f} s")
        again = collect(folder, "init", "province.toml")
        line("    and once more, nothing to do", f"{again['wall_s']:.0f} s")
        duck = duckdb.connect(str(folder / "province.duckdb"), config={"threads": 2})
        province.make(duck)
        begun = time.perf_counter()
        with psycopg.connect(plain(server.url), autocommit=True) as connection:
            province.load(duck, connection, folder)
            found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert found is not None
        size = int(found[0]) / 2**30
        line(
            f"{province.observations:,} observations loaded by COPY",
            f"{time.perf_counter() - begun:.0f} s",
            f"{size:.1f} GB",
        )
        _one(folder, province)
        whole = collect(folder, "report", PERIOD, "--format", "xlsx", "--format", "json")
        line(
            "the province's summary, all centres' made first, two at a time",
            f"{whole['wall_s']:.0f} s",
            f"{whole['peak_mb']:.0f} MB",
        )
        again = collect(folder, "report", PERIOD, "--format", "xlsx", "--format", "json")
        line(
            "    and once more, nothing told since",
            f"{again['wall_s']:.0f} s",
            f"{again['cpu_s']:.0f} s of the processor",
        )
        for workers in WORKERS:
            seconds = done_by(folder, plain(server.url), province, "summary", workers)
            line(
                f"every centre's own five documents, {workers} workers",
                f"{seconds} s",
                f"{seconds / province.centres:.2f} s a centre",
            )
        begun = time.perf_counter()
        rows = duck.execute(_ASKED, QUARTER).fetchall()
        line(
            "    DuckDB: the sums of all accounts alone",
            f"{time.perf_counter() - begun:.1f} s",
            f"{len(rows):,} accounts",
        )
        duck.close()


def _one(folder: Path, province: Province) -> None:
    """A centre's quarter, from the start of a process to the stored summary."""
    here = load(folder / "province.toml")
    with opened(here) as fleet, reading(fleet.engine) as connection:
        entry = centre(connection, province.keys[-1])
    assert entry is not None
    found = []
    for _ in range(5):
        begun = time.perf_counter()
        if problem := in_a_child(here, entry, [PERIOD], "published"):
            raise SystemExit(problem)
        found.append(time.perf_counter() - begun)
    line("a centre's quarter", f"{min(found):.2f}, {statistics.median(found):.2f} s")


def passes(province: Province) -> None:
    """A pass over the pages of all accounts."""
    with (
        sites(province.centres, PAGES, 0.020) as ports,
        postgres_server(SERVER) as server,
        tempfile.TemporaryDirectory() as name,
    ):
        folder = Path(name)
        province.write_files(
            folder, plain(server.url), [f"http://127.0.0.1:{each}" for each in ports]
        )
        collect(folder, "init", "province.toml")
        accounts, requests = province.centres * ACCOUNTS, province.centres * (ACCOUNTS * PAGES + 1)
        for workers in WORKERS:
            seconds = done_by(folder, plain(server.url), province, "collect", workers)
            line(f"{accounts:,} accounts, {requests:,} requests, {workers} workers", f"{seconds} s")


def main() -> None:
    machine()
    asked = [int(each) for each in sys.argv[1:4]]
    centres, posts, looks = (*asked, *(20, 2_000, 25)[len(asked) :])
    province = Province(centres, posts, looks)
    quarters(province)
    passes(province)


if __name__ == "__main__":
    main()
