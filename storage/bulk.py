"""Many rows at a time: Core builds the SQL once, the driver runs it with tuples (stack.md b: Core's own
executemany costs 2.2 times as much, multi-row VALUES 27 times)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Dialect, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

#: Below the 32,766 parameters that SQLite takes in one statement.
IN_LIST = 5_000


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert full rows in column order; a row that is there already stays as it is."""
    if rows:
        connection.exec_driver_sql(_insert(table, connection.dialect, update=False), list(rows))


def upsert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert full rows in column order; a row with the same primary key is replaced."""
    if rows:
        connection.exec_driver_sql(_insert(table, connection.dialect, update=True), list(rows))


@cache
def _insert(table: Table, dialect: Dialect, *, update: bool) -> str:
    make: Any = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement = make(table)
    key = list(table.primary_key.columns)
    if update:
        others = {each.name: statement.excluded[each.name] for each in table.c if each not in key}
        statement = statement.on_conflict_do_update(index_elements=key, set_=others)
    else:
        statement = statement.on_conflict_do_nothing()
    return str(statement.compile(dialect=dialect, column_keys=[each.name for each in table.c]))


def select_in(
    connection: Connection, sql: str, values: Iterable[Any], *before: Any
) -> Iterator[tuple[Any, ...]]:
    """Rows of ``sql`` for all ``values``, in lists of bearable length.

    ``sql`` holds ``?`` for each of ``before`` and ``(??)`` where the list goes.
    """
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    stream = iter(values)
    while part := list(islice(stream, IN_LIST)):
        listed = sql.replace("(??)", f"({','.join([mark] * len(part))})").replace("?", mark)
        yield from connection.exec_driver_sql(listed, (*before, *part))


def next_id(connection: Connection, column: Any) -> int:
    """The number after the largest one used; safe because there is one writer."""
    return int(connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()) + 1


def seconds(moment: datetime) -> int:
    """Whole UTC seconds of an aware time, as times are stored."""
    return int(moment.timestamp())
