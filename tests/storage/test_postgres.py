"""What only PostgreSQL has: addresses, schemas, refusals."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from storage import postgres, restoring
from storage.bulk import insert_rows, rows_of, select_in, upsert_rows
from storage.database import RowsRefused, StorageError, is_current, open_database, reading, writing
from storage.schema import metadata, person
from tests.storage.build import Store, post
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


@pytest.mark.skipif(
    sys.platform == "win32", reason="the program in the place of pg_dump is a script"
)
def test_pg_dump_gets_the_password_in_no_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/said; echo "$PGPASSWORD" > {tmp_path}/env\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    url = postgres.of_schema("postgres://u@h/d?sslmode=require", "yunling").set(
        password="p@ss 密码"
    )
    assert postgres.dump(url, tmp_path / "x.dump") == ""
    said = (tmp_path / "said").read_text("utf-8")
    assert "postgresql://u@h/d?sslmode=require" in said
    assert '--schema="yunling"' in said
    assert (tmp_path / "env").read_text("utf-8").strip() == "p@ss 密码"


@pytest.fixture
def fresh(server: URL) -> Engine:
    """A database of its own, empty, made in a language that sorts otherwise than by bytes."""
    with administered(server) as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS fresh")
        connection.exec_driver_sql(
            "CREATE DATABASE fresh TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh-CN' LOCALE 'C'"
        )
    return open_database(server.set(database="fresh"))


def test_text_is_sorted_by_its_bytes_whatever_the_database_speaks(fresh: Engine) -> None:
    Store(fresh).prepare()
    names = ["一", "丁", "万", "B", "a", "é"]
    with writing(fresh) as connection:
        insert_rows(connection, person, [(each, "", "", 0, "") for each in names])
        found = [row[0] for row in rows_of(connection, "SELECT name FROM person ORDER BY name")]
        assert found == sorted(names)
        sql = (
            "SELECT DISTINCT collation_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'text'"
        )
        assert rows_of(connection, sql) == [("C",)]
    fresh.dispose()


def test_rows_are_put_alike_by_both_engines(store: Store) -> None:
    rows = [("a", "x", "", 1, ""), ("b", "x", "", 1, ""), ("a", "y", "", 2, "")]
    with writing(store.engine) as connection:
        insert_rows(connection, person, rows)
        upsert_rows(connection, person, [("b", "z", "", 3, ""), ("b", "w", "", 4, "")])
        sql = "SELECT name, role, added_at FROM person WHERE name IN (??) ORDER BY name"
        assert list(select_in(connection, sql, ["a", "b", "c"])) == [("a", "x", 1), ("b", "w", 4)]


UNFIT = [("half \ud800", 1), ("big", 2**70)]


@pytest.mark.parametrize("row", UNFIT)
def test_what_no_engine_holds_is_a_fault_of_the_rows(store: Store, row: tuple[str, int]) -> None:
    name, number = row
    for rows in ([(name, "", "", number, "")], [(name, "", "", number, ""), ("b", "", "", 1, "")]):
        with pytest.raises(RowsRefused), writing(store.engine) as connection:
            insert_rows(connection, person, rows)


def test_an_sqlite_database_moves_into_an_empty_one(
    engine: Engine, fresh: Engine, tmp_path: Path
) -> None:
    old = Store(engine)
    old.put([post(f"稿{number}", views=number * 1_000) for number in range(300)], 0)
    old.put([post("稿\0零", views=7)], 60)
    engine.dispose()
    new = Store(fresh)
    new.prepare()
    source = tmp_path / "test.db"
    with pytest.raises(StorageError, match="已经有数据"):  # its accounts
        restoring.move(source, fresh, tmp_path)
    with writing(fresh) as connection:
        for table in metadata.tables:
            connection.exec_driver_sql(f'DELETE FROM "{table}"')
    rows = restoring.move(source, fresh, tmp_path)
    assert rows == sum(len(old.rows(f"SELECT * FROM {table}")) for table in metadata.tables)
    assert new.views() == old.views()
    assert new.faults() == []
    assert [row[0] for row in new.rows("SELECT title FROM post WHERE title LIKE '稿零'")] == [
        "稿零"
    ]
    new.put([post("新稿", views=8)], 120)  # numbers go on
    assert sorted(tmp_path.glob("moving*")) == []
    fresh.dispose()
