"""Rules for every test: no network, and the real samples only where they are there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import responses
from click.testing import CliRunner
from sqlalchemy import Connection, inspect

from adapters.moments import SHANGHAI
from collector.app import App
from collector.cli import main
from storage import database

ROOT = Path(__file__).resolve().parents[1]
#: When the tests of the example county look at it.
LATER = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
#: Other people's real files lie beside a developer's working copy; they are never committed.
SHARED = Path(__file__).resolve().parents[2] / "shared"
SAMPLES, TRIALS = SHARED / "samples", SHARED / "trials"
#: Why a test that reads them is skipped.
WITHOUT = "real samples are not on this machine"


@pytest.fixture(autouse=True)
def no_network() -> Iterator[responses.RequestsMock]:
    """Any request that a test did not announce raises ConnectionError."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture(autouse=True, scope="session")
def quick_databases() -> Iterator[None]:
    """The migrations run once a process: further new SQLite files get the statements that made the first. No file of a
    test need outlive a power cut, so none waits for the disk."""
    migrate, pragmas = database.migrate, database._set_pragmas
    first: list[str] = []

    def migrate_once(connection: Connection, version: str, scripts: Path | None = None) -> None:
        sqlite = connection.dialect.name == "sqlite" and version == "head"
        if not sqlite or inspect(connection).get_table_names():
            migrate(connection, version, scripts)
            return
        file: Any = connection.connection.dbapi_connection
        if first:
            for statement in first:
                file.execute(statement)
            return
        migrate(connection, version, scripts)
        first.extend(
            each for each in file.iterdump() if each not in ("BEGIN TRANSACTION;", "COMMIT;")
        )

    def unsafe_pragmas(file: Any, record: Any) -> None:
        pragmas(file, record)
        file.execute("PRAGMA synchronous=OFF").close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "migrate", migrate_once)
        patch.setattr(database, "_set_pragmas", unsafe_pragmas)
        yield


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory, quick_databases: None) -> Path:
    """A newcomer's folder with the example county after ``collect now``, once a process. Tests read it; what they write
    beside it has a folder of their own."""
    folder = tmp_path_factory.mktemp("云岭")
    shutil.copy(ROOT / "config.toml", folder)
    shutil.copytree(ROOT / "examples" / "inbox", folder / "inbox")
    app = App(config_path=folder / "config.toml", clock=lambda: LATER)
    result = CliRunner().invoke(main, ["now", "--json"], obj=app, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of other people's real files; a test that asks for it is skipped where there is none."""
    if not SAMPLES.is_dir():
        pytest.skip(WITHOUT)
    return SAMPLES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says once, at the end of a run, how many tests wanted real samples that a clone does not hold."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(WITHOUT in str(each.longrepr) for each in skipped)
    if count:
        terminalreporter.write_line(
            f"{count} tests of real samples skipped: {WITHOUT} ({SHARED.name}/ beside the clone)"
        )
