"""Fresh databases, one a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, Engine, make_url

from storage import database
from storage.writing import upkeep
from tests.storage.build import Store
from tests.storage.engines import postgres_server, why_no_postgres


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    """A PostgreSQL server with a database ``prepared``, from which each test's is copied."""
    why = why_no_postgres()
    if why is not None:
        pytest.skip(why)
    with postgres_server() as url:
        with _administered(make_url(url)) as connection:
            connection.exec_driver_sql("CREATE DATABASE prepared")
        made = _opened(make_url(url).set(database="prepared"))
        Store(made).prepare()
        made.dispose()
        yield make_url(url)


def _opened(url: URL) -> Engine:
    return database.open_database(url.render_as_string(hide_password=False))


@contextmanager
def _administered(server: URL) -> Iterator[Connection]:
    admin = _opened(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        yield connection
    admin.dispose()


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
        server: URL = request.getfixturevalue("server")
        name = f"t{abs(hash(request.node.nodeid)) % 10**9}"
        with _administered(server) as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE prepared")
        made = _opened(server.set(database=name))
    made_store = Store(made)
    made_store.prepare()
    yield made_store
    made.dispose()
