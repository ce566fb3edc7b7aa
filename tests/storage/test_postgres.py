"""What only PostgreSQL has: addresses, schemas, refusals."""

from __future__ import annotations

import pytest
from sqlalchemy import URL

from storage import postgres
from storage.database import StorageError, is_current, open_database, reading, writing
from tests.storage.build import Store
from tests.storage.conftest import administered

ADDRESSES = [
    "postgresql://u@h/d",
    "postgres://u@h:5432/d?sslmode=require",
    "postgresql+psycopg2://u:p%40ss@h/d",
    "postgresql:///d?host=/var/run/postgresql",
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_every_way_of_writing_an_address_is_driven_by_psycopg(url: str) -> None:
    assert postgres.address(url).drivername == "postgresql+psycopg"


def test_centres_in_two_schemas_know_nothing_of_each_other(server: URL) -> None:
    with administered(server) as connection:
        connection.exec_driver_sql("CREATE DATABASE province")
    url = server.set(database="province")
    engines = [open_database(postgres.of_schema(url, name)) for name in ("yunling", '青石 "县')]
    first, second = engines
    for each in engines:
        Store(each).prepare()
        assert is_current(each)
    with writing(first) as held, writing(second) as beside:  # one writer a schema
        held.exec_driver_sql("INSERT INTO person VALUES ('a', 'b', 'c', 1, 'd')")
        assert beside.exec_driver_sql("SELECT count(*) FROM person").scalar() == 0
    with reading(second) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM person").scalar() == 0
    plain = open_database(url)  # the database itself is still empty
    assert not is_current(plain)
    for each in (*engines, plain):
        each.dispose()


def test_reading_changes_nothing(server: URL) -> None:
    engine = open_database(server.set(database="prepared"))
    with reading(engine) as connection:
        connection.exec_driver_sql("INSERT INTO person VALUES ('a', 'b', 'c', 1, 'd')")
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM person").scalar() == 0
    engine.dispose()


@pytest.mark.parametrize("wrong", ["port", "database"])
def test_a_server_that_cannot_be_used_is_told_without_the_password(server: URL, wrong: str) -> None:
    url = server.set(port=1) if wrong == "port" else server.set(database="no_such")
    engine = open_database(url.set(password="geheim-密码"))
    with pytest.raises(StorageError) as told:
        is_current(engine)
    assert "连不上数据库服务器" in str(told.value)
    assert "geheim" not in str(told.value)
    assert "[storage] url" in str(told.value)
