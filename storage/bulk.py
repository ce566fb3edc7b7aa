"""Reading and writing many rows: Core builds the SQL once and the driver runs it with tuples (Core's own executemany
takes 2.2 times as long, multi-row VALUES 27 times)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, CursorResult, Table
from sqlalchemy.exc import DataError, DBAPIError

#: Below the 32,766 parameters that SQLite takes in one statement.
IN_LIST = 5_000


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert full rows in column order; a row that is there already stays as it is."""
    _put(connection, table, rows, update=False)


def upsert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert full rows in column order; a row with the same primary key is replaced."""
    _put(connection, table, rows, update=True)


def _put(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], *, update: bool
) -> None:
    if connection.dialect.name != "postgresql" or len(rows) < 2:
        sql = _insert(
            table, _marks(connection, f"VALUES ({', '.join('?' * len(table.c))})"), update=update
        )
        _many(connection, sql, rows)
        return
    if update:  # one statement may replace a row once
        key = [place for place, each in enumerate(table.c) if each.primary_key]
        rows = list({tuple(row[place] for place in key): row for row in rows}.values())
    arrays = ", ".join(f"%s::{each.type}[]" for each in table.c)
    with _driven(connection) as cursor:  # a third less than a statement a row
        sql = _insert(table, f"SELECT * FROM unnest({arrays})", update=update)
        cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])


@cache
def _insert(table: Table, source: str, *, update: bool) -> str:
    columns = ", ".join(f'"{each.name}"' for each in table.c)
    key = ", ".join(f'"{each.name}"' for each in table.c if each.primary_key)
    others = ", ".join(
        f'"{each.name}" = excluded."{each.name}"' for each in table.c if not each.primary_key
    )
    clash = f"({key}) DO UPDATE SET {others}" if update else "DO NOTHING"
    return f"INSERT INTO {table.name} ({columns}) {source} ON CONFLICT {clash}"


def _marks(connection: Connection, sql: str) -> str:
    """``sql`` with the driver's own sign for each ``?``."""
    return sql.replace("?", "%s") if connection.dialect.name == "postgresql" else sql


def _many(connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with _driven(connection) as cursor:
            if len(rows) == 1:
                cursor.execute(sql, rows[0])
            else:
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
        raise DBAPIError.instance(
            "", None, problem, failed, dialect=connection.dialect
        ) from problem
    except (OverflowError, UnicodeEncodeError) as problem:  # before it comes to the database
        raise DataError("", None, problem) from problem
    finally:
        cursor.close()


def run_sql(connection: Connection, sql: str, *values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Run ``sql`` with a value for each ``?`` in it."""
    return connection.exec_driver_sql(_marks(connection, sql), values)


def rows_of(connection: Connection, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of ``sql``, with a value for each ``?`` in it, as the driver gives them."""
    with _driven(connection) as cursor:
        cursor.execute(_marks(connection, sql), values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def streamed(connection: Connection, sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of ``rows_of`` one after the other: SQLite gives each as it is found, PostgreSQL's driver all at once."""
    with _driven(connection) as cursor:
        cursor.execute(_marks(connection, sql), values)
        yield from cursor


def update_rows(connection: Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run ``sql``, which gives no rows, with each of ``rows`` for the ``?`` in it."""
    _many(connection, _marks(connection, sql), rows)


def copy_rows(connection: Connection, sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Load rows into PostgreSQL by its COPY ``sql``: a third of the time of ``insert_rows``, for tables that are empty."""
    with _driven(connection) as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


def select_in(
    connection: Connection, sql: str, values: Iterable[Any], *before: Any
) -> Iterator[tuple[Any, ...]]:
    """Rows of ``sql`` for all ``values``, in lists of bearable length.

    ``sql`` holds ``?`` for each of ``before`` and ``(??)`` where the list goes.
    """
    for part_sql, part in _parts(connection, sql, values):
        yield from rows_of(connection, part_sql, *before, *part)


def run_in(connection: Connection, sql: str, values: Iterable[Any]) -> None:
    """Run ``sql``, which gives no rows, for all ``values``: see ``select_in``."""
    for part_sql, part in _parts(connection, sql, values):
        update_rows(connection, part_sql, [part])


def _parts(
    connection: Connection, sql: str, values: Iterable[Any]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """``sql`` for each bearable part of a list, and its values. PostgreSQL takes the part as one value, so that it need
    not read a new statement for each length."""
    stream = iter(values)
    while part := list(islice(stream, IN_LIST)):
        if connection.dialect.name == "postgresql":
            yield sql.replace("IN (??)", "= ANY(?)"), (part,)
        else:
            yield sql.replace("(??)", f"({','.join('?' * len(part))})"), tuple(part)


def next_id(connection: Connection, column: Any) -> int:
    """The number after the largest one used; safe because there is one writer."""
    sql = f"SELECT coalesce(max({column.name}), 0) FROM {column.table.name}"
    return int(rows_of(connection, sql)[0][0]) + 1


def seconds(moment: datetime) -> int:
    """Whole UTC seconds of an aware time, as times are stored."""
    return int(moment.timestamp())
