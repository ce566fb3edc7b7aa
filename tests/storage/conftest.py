"""Fresh databases, one a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from storage import database
from storage.writing import upkeep
from tests.storage.build import Store
from tests.storage.engines import postgres_server, why_no_postgres


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    why = why_no_postgres()
    if why is not None:
        pytest.skip(why)
    with postgres_server() as url:
        yield url


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An SQLite file, migrated."""
    made = database.open_database(f"sqlite:///{(tmp_path / 'test.db').as_posix()}")
    store = Store(made)
    store.prepare()
    yield made
    made.dispose()


@pytest.fixture(params=["sqlite", "sqlite as if all files were large", "postgresql"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """A migrated database of each engine."""
    if request.param != "sqlite":
        monkeypatch.setattr(upkeep, "FEW", 0)
    if request.param != "postgresql":
        made = database.open_database(f"sqlite:///{(tmp_path / 'test.db').as_posix()}")
    else:
        server = request.getfixturevalue("server")
        name = f"t{abs(hash(request.node.nodeid)) % 10**9}"
        admin = database.open_database(server).execution_options(isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        admin.dispose()
        url = make_url(server).set(database=name)
        made = database.open_database(url.render_as_string(hide_password=False))
    made_store = Store(made)
    made_store.prepare()
    yield made_store
    made.dispose()
