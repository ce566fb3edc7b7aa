"""A province on a PostgreSQL server of its own: two small centres in schemas of one database, copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, make_url

from collector.fleet.founding import found
from collector.fleet.province import Province, load
from tests.server.fleet.build import NOW, write_province
from tests.storage.conftest import administered
from tests.storage.engines import postgres_server, why_no_postgres


@pytest.fixture(scope="session")
def bare() -> Iterator[URL]:
    """A server with a database ``founded``, in which there are two centres."""
    why = why_no_postgres()
    if why is not None:
        pytest.skip(why)
    with postgres_server() as started:
        yield make_url(started.url)


@pytest.fixture
def empty(bare: URL, tmp_path: Path) -> Iterator[Province]:
    """The file of a province whose database is empty yet."""
    name = f"p{uuid4().hex}"
    with administered(bare) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield load(write_province(tmp_path, bare.set(database=name)))


@pytest.fixture(scope="session")
def template(bare: URL, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database in which two centres were founded."""
    with administered(bare) as connection:
        connection.exec_driver_sql("CREATE DATABASE founded")
    folder = tmp_path_factory.mktemp("founded")
    found(load(write_province(folder, bare.set(database="founded"))), NOW, print)
    return "founded"


@pytest.fixture
def province(bare: URL, template: str, tmp_path: Path) -> Province:
    """A founded province of two centres, yunling and qingshi."""
    name = f"p{uuid4().hex}"
    with administered(bare) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    return load(write_province(tmp_path, bare.set(database=name)))
