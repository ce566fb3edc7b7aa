"""Fresh databases, one a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, Connection, Engine, make_url

from storage import database, schema
from storage.writing import upkeep
from tests.storage.build import Store
from tests.storage.engines import postgres_server, why_no_postgres


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    """A PostgreSQL server with a database ``prepared``, emptied for each test."""
    why = why_no_postgres()
    if why is not None:
        pytest.skip(why)
    with postgres_server() as started:
        url = make_url(started.url)
        with administered(url) as connection:
            connection.exec_driver_sql("CREATE DATABASE prepared")
        made = _opened(url.set(database="prepared"))
        Store(made).prepare()
        made.dispose()
        yield url


def _opened(url: URL) -> Engine:
    return database.open_database(url.render_as_string(hide_password=False))


@contextmanager
def administered(server: URL) -> Iterator[Connection]:
    admin = _opened(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        yield connection
    admin.dispose()


def _copied(server: URL) -> str:
    """The name of a new database like ``prepared``."""
    name = f"t{uuid4().hex}"
    with administered(server) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE prepared")
    return name


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
        own = request.node.get_closest_marker("own_database") is not None
        made = _opened(server.set(database=_copied(server) if own else "prepared"))
        with made.begin() as connection:  # a sixth of what a database of its own costs
            tables = ", ".join(f'"{name}"' for name in schema.metadata.tables)
            connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")
            connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY")
    made_store = Store(made)
    made_store.prepare()
    yield made_store
    made.dispose()
