"""Many rows at a time: Core builds the SQL once, the driver runs it with tuples (stack.md b: Core's own
executemany costs 2.2 times as much, multi-row VALUES 27 times)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib import import_module
from itertools import islice
from typing import Any

from sqlalchemy import Connection, CursorResult, Table, func, select

#: Below the 32,766 parameters that SQLite takes in one statement.
IN_LIST = 5_000


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert full rows in column order; a row that is there already stays as it is."""
    if rows:
        connection.exec_driver_sql(
            _insert(table, connection.dialect.name, update=False), list(rows)
        )


def upsert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert full rows in column order; a row with the same primary key is replaced."""
    if rows:
        connection.exec_driver_sql(_insert(table, connection.dialect.name, update=True), list(rows))


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


def select_in(
    connection: Connection, sql: str, values: Iterable[Any], *before: Any
) -> Iterator[tuple[Any, ...]]:
    """Rows of ``sql`` for all ``values``, in lists of bearable length.

    ``sql`` holds ``?`` for each of ``before`` and ``(??)`` where the list goes.
    """
    stream = iter(values)
    while part := list(islice(stream, IN_LIST)):
        marks = f"({','.join('?' * len(part))})"
        result = run_sql(connection, sql.replace("(??)", marks), *before, *part)
        cursor: Any = result.cursor  # the driver's tuples: a quarter of the time of Core's rows
        yield from cursor.fetchall()
        result.close()


def run_in(connection: Connection, sql: str, values: Iterable[Any]) -> None:
    """Run ``sql``, which gives no rows, for all ``values``: see ``select_in``."""
    stream = iter(values)
    while part := list(islice(stream, IN_LIST)):
        run_sql(connection, sql.replace("(??)", f"({','.join('?' * len(part))})"), *part)


def next_id(connection: Connection, column: Any) -> int:
    """The number after the largest one used; safe because there is one writer."""
    return int(connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()) + 1


def seconds(moment: datetime) -> int:
    """Whole UTC seconds of an aware time, as times are stored."""
    return int(moment.timestamp())
