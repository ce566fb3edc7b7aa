"""Reading and writing many rows: Core builds the SQL once and the driver runs it with tuples (Core's own executemany
takes 2.2 times as long, multi-row VALUES 27 times)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib import import_module
from itertools import islice
from typing import Any

from sqlalchemy import Connection, CursorResult, Table, func, select
from sqlalchemy.exc import DBAPIError

#: Below the 32,766 parameters that SQLite takes in one statement.
IN_LIST = 5_000


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert full rows in column order; a row that is there already stays as it is."""
    if rows:
        _many(connection, _insert(table, connection.dialect.name, update=False), rows)


def upsert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert full rows in column order; a row with the same primary key is replaced."""
    if rows:
        _many(connection, _insert(table, connection.dialect.name, update=True), rows)


def _many(connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with _driven(connection) as cursor:
        cursor.executemany(sql, rows)


@contextmanager
def _driven(connection: Connection) -> Iterator[Any]:
    """The driver's own cursor, inside the transaction of ``connection``: for few rows Core's way costs three times
    as much as the statement. The driver's errors come out as Core's."""
    cursor = connection.connection.cursor()
    failed: Any = connection.dialect.loaded_dbapi.Error
    try:
        yield cursor
    except failed as problem:
        raise DBAPIError("", None, problem) from problem
    finally:
        cursor.close()


@cache
def _insert(table: Table, engine: str, *, update: bool) -> str:
    sql = import_module(f"sqlalchemy.dialects.{engine}")  # only the one in use: each costs 30 ms
    make: Any = sql.insert
    statement = make(table)
    key = list(table.primary_key.columns)
    if update:
        others = {each.name: statement.excluded[each.name] for each in table.c if each not in key}
        statement = statement.on_conflict_do_update(index_elements=key, set_=others)
    else:
        statement = statement.on_conflict_do_nothing()
    dialect: Any = sql.dialect
    style = "format" if engine == "postgresql" else "qmark"  # both take tuples
    return str(
        statement.compile(
            dialect=dialect(paramstyle=style), column_keys=[each.name for each in table.c]
        )
    )


def run_sql(connection: Connection, sql: str, *values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Run ``sql`` with a value for each ``?`` in it."""
    if connection.dialect.name == "postgresql":
        sql = sql.replace("?", "%s")
    return connection.exec_driver_sql(sql, values)


def rows_of(connection: Connection, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of ``sql``, with a value for each ``?`` in it, as the driver gives them."""
    if connection.dialect.name == "postgresql":
        sql = sql.replace("?", "%s")
    with _driven(connection) as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def streamed(connection: Connection, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of ``rows_of`` one after the other: SQLite gives each as it is found, PostgreSQL's driver all at once."""
    if connection.dialect.name == "postgresql":
        sql = sql.replace("?", "%s")
    with _driven(connection) as cursor:
        cursor.execute(sql, values)
        yield from cursor


def update_rows(connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run ``sql``, which gives no rows, with each of ``rows`` for the ``?`` in it."""
    if rows:
        name = connection.dialect.name
        _many(connection, sql.replace("?", "%s") if name == "postgresql" else sql, rows)


def select_in(
    connection: Connection, sql: str, values: Iterable[Any], *before: Any
) -> Iterator[tuple[Any, ...]]:
    """Rows of ``sql`` for all ``values``, in lists of bearable length.

    ``sql`` holds ``?`` for each of ``before`` and ``(??)`` where the list goes.
    """
    stream = iter(values)
    while part := list(islice(stream, IN_LIST)):
        marks = f"({','.join('?' * len(part))})"
        yield from rows_of(connection, sql.replace("(??)", marks), *before, *part)


def run_in(connection: Connection, sql: str, values: Iterable[Any]) -> None:
    """Run ``sql``, which gives no rows, for all ``values``: see ``select_in``."""
    stream = iter(values)
    while part := list(islice(stream, IN_LIST)):
        update_rows(
            connection, sql.replace("(??)", f"({','.join('?' * len(part))})"), [tuple(part)]
        )


def next_id(connection: Connection, column: Any) -> int:
    """The number after the largest one used; safe because there is one writer."""
    return int(connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()) + 1


def seconds(moment: datetime) -> int:
    """Whole UTC seconds of an aware time, as times are stored."""
    return int(moment.timestamp())
