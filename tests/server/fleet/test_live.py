"""``collect fleet work`` as it really runs: a process of its own, Procrastinate and children and all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from collector.fleet.province import Province
from storage.database import open_database, writing
from tests.collector.service.live import until
from tests.server.fleet.build import centre_rows, drop, rows

#: On a machine that does much else.
PATIENCE = 120
#: The same program, looking every second.
QUICK = """
from collector.cli import main
from collector.fleet import tasks
tasks.EACH, tasks.BEAT_SECONDS, tasks.DEAD_SECONDS = "* * * * * *", 0.5, 3.0
main()
"""


@contextmanager
def work(province: Province) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A worker under way, and what it says."""
    log = province.folder / "work.log"
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", QUICK, "fleet", "work"],
            stdout=stream,
            stderr=stream,
            cwd=province.folder,
            env=os.environ | {"PYTHONUTF8": "1"},
        )
    try:
        yield process, log
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def test_a_worker_reads_what_is_dropped_and_gives_way_to_a_newer_program(
    province: Province,
) -> None:
    with work(province) as (process, log):
        drop(province, "yunling", [10, 20, 30])
        until(
            lambda: centre_rows(province, "yunling", "SELECT count(*) FROM post") == [(3,)],
            PATIENCE,
        )
        until(lambda: rows(province.url, "SELECT at_work FROM worker") == [("",)], PATIENCE)
        engine = open_database(province.url)
        with writing(engine) as connection:
            connection.exec_driver_sql("UPDATE state SET value = '9999' WHERE name = 'centres'")
        engine.dispose()
        assert process.wait(PATIENCE) == 1
    assert "不再接新的活" in log.read_text("utf-8")
    (row,) = rows(province.url, "SELECT stopped_at IS NULL, problem FROM worker")
    assert row[0] is False
    assert "请升级程序" in row[1]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_worker_that_is_told_to_stop_says_so(province: Province) -> None:
    with work(province) as (process, log):
        until(lambda: "在干活" in log.read_text("utf-8"), PATIENCE)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    sql = "SELECT stopped_at IS NULL, problem FROM worker"
    assert rows(province.url, sql) == [(False, "")]


def test_where_init_was_not_run_nobody_works(empty: Province) -> None:
    with work(empty) as (process, log):
        assert process.wait(PATIENCE) == 1
    assert "collect fleet init" in log.read_text("utf-8")
