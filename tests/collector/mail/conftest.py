"""One authority and one filled database for all tests of mail; an office of its own for each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import database
from tests.collector.mail.office import ONE, TWO, Office
from tests.collector.mail.server import PASSWORD, USER, Authority, Script, authority, serving
from tests.reports import week
from tests.reports.week import at


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "baokuan.db"
    engine = database.open_database(f"sqlite:///{path}")
    database.prepare(engine, at(1))
    with database.writing(engine) as connection:
        week.fill(connection)
    engine.dispose()
    return path


@pytest.fixture
def office(
    tmp_path: Path, filled: Path, trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    (tmp_path / "data").mkdir()
    with (
        sqlite3.connect(filled) as source,
        sqlite3.connect(tmp_path / "data" / "baokuan.db") as copy,
    ):
        source.backup(copy)
    source.close()
    copy.close()
    script = Script({})
    with serving(script, "ssl", trusted.context("127.0.0.1")) as port:
        mail = (
            f'\n[mail]\nhost = "127.0.0.1"\nport = {port}\nca_file = "ca.pem"\nusername = "{USER}"\n'
            f'password_env = "MAIL_PASSWORD"\nfrom = "{USER}"\nto = ["{ONE}", "{TWO}"]\n'
        )
        (tmp_path / "config.toml").write_text(week.CONFIG + mail, encoding="utf-8")
        (tmp_path / "ca.pem").write_bytes(trusted.file.read_bytes())
        yield Office(tmp_path, script)
