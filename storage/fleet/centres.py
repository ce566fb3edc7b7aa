"""The centres of a province, and which tables a program must know to work for them. Moments are UTC seconds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from sqlalchemy import Connection, func, select, update

from storage.bulk import upsert_rows
from storage.database import HEAD
from storage.fleet import schema

_C = schema.centre.c
_LOOKED = "looked_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A centre: ``config`` is the text of its config.toml, ``fingerprint`` that of what it says; ``left_at``: it is no
    longer in the province's file."""

    key: str
    name: str
    city: str
    config: str
    fingerprint: str
    added_at: int
    changed_at: int
    left_at: int | None = None


def server_now(connection: Connection) -> int:
    """The moment it is by the clock that all machines share."""
    found = connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one()
    return int(found)


def centres(connection: Connection, *, left: bool = False) -> list[Centre]:
    """The centres by key; with ``left``, those too that are in the province no longer."""
    query = select(schema.centre).order_by(_C.key)
    if not left:
        query = query.where(_C.left_at.is_(None))
    return [Centre(**row._mapping) for row in connection.execute(query)]


def centre(connection: Connection, key: str) -> Centre | None:
    """One centre of the province; None where there is none (any more)."""
    row = connection.execute(select(schema.centre).where(_C.key == key)).first()
    return None if row is None or row.left_at is not None else Centre(**row._mapping)


def put(connection: Connection, entry: Centre) -> None:
    """Add a centre, or replace what is known of it."""
    upsert_rows(connection, schema.centre, [tuple(getattr(entry, each.name) for each in _C)])


def leave(connection: Connection, keys: Collection[str], now: int) -> None:
    """These are no longer in the province: nothing is done for them, nothing of theirs is lost."""
    gone = update(schema.centre).where(_C.key.in_(keys), _C.left_at.is_(None))
    connection.execute(gone.values(left_at=now))


@contextmanager
def inside(connection: Connection, key: str) -> Iterator[None]:
    """Look into a centre's tables on a connection to the province's own, so that many centres take one connection. What
    fails inside is taken back; afterwards the province's tables are looked at again."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"SET LOCAL search_path = {quote(f'centre_{key}')}")
            yield
    finally:
        connection.exec_driver_sql(f"SET LOCAL search_path = {quote(schema.SCHEMA)}")


def version(connection: Connection) -> str | None:
    """Which tables the place looked at has; None: none."""
    if connection.execute(select(func.to_regclass("alembic_version"))).scalar() is None:
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


# ── versions ──


def heads() -> dict[str, str]:
    """The newest tables that this program knows: each centre's, the province's, Procrastinate's."""
    return {"centres": HEAD, "fleet": schema.TABLES.head, "queue": _queue_steps()[-1].stem}


def state(connection: Connection) -> dict[str, str]:
    """What ``heads`` said to the program that founded the province or brought it up to date last."""
    query = select(schema.state).where(schema.state.c.name != _LOOKED)
    return {row.name: row.value for row in connection.execute(query)}


def looked_at(connection: Connection) -> int:
    """When somebody last began to look at what fell due; 0: nobody ever did."""
    query = select(schema.state.c.value).where(schema.state.c.name == _LOOKED)
    return int(connection.execute(query).scalar() or 0)


def looks(connection: Connection, now: int) -> None:
    """Somebody begins to look."""
    upsert_rows(connection, schema.state, [(_LOOKED, str(now))])


def prepare_queue(connection: Connection) -> None:
    """Bring Procrastinate's own tables up to date, and note which tables a program must know from now on."""
    from procrastinate.schema import SchemaManager

    found = state(connection).get("queue")
    steps = [each.read_text("utf-8") for each in _queue_steps() if found and each.stem > found]
    for sql in steps if found else [SchemaManager.get_schema()]:
        connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    upsert_rows(connection, schema.state, list(heads().items()))


def _queue_steps() -> list[Path]:
    """Procrastinate's migrations, in order; its whole schema holds all of them."""
    folder = resources.files("procrastinate").joinpath("sql", "migrations")
    return sorted(Path(str(each)) for each in folder.iterdir() if each.name.endswith(".sql"))
