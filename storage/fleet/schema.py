"""The tables of a whole province, beside those of Procrastinate, in the schema ``fleet``. Each centre has a schema of
its own with exactly the tables of ``storage.schema``; SQL names no schema, the address does (storage.postgres).

Moments are whole epoch seconds (UTC) by the server's clock, which all machines share.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, BigInteger, Column, DateTime, Float, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from storage.database import Tables
from storage.postgres import of_schema
from storage.schema import person, sign_in, token

#: The newest migration of these tables; a test holds it equal to migrations/versions.
TABLES = Tables(Path(__file__).parent / "migrations", "0001")
SCHEMA = "fleet"

metadata = MetaData()
for _shared in (person, sign_in, token):  # the staff of the province
    _shared.to_metadata(metadata)


def of_fleet(url: str | URL) -> URL:
    """The address of the province's own tables."""
    return of_schema(url, SCHEMA)


def schema_of(key: str) -> str:
    """The schema of one centre's tables."""
    return f"centre_{key}"


def of_centre(url: str | URL, key: str) -> URL:
    """The address of one centre's tables."""
    return of_schema(url, schema_of(key))


centre = Table(
    "centre",
    metadata,
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("city", Text, nullable=False),  # "": none is told
    Column("config", Text, nullable=False),  # the text of its config.toml; secrets by name only
    Column("fingerprint", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("left_at", BigInteger),  # no longer in the province's file: kept, and not worked for
)

inbox = Table(
    "inbox",  # what the last look at a centre's inbox saw, and what was handed over to be read
    metadata,
    Column("centre", Text, primary_key=True),
    Column("seen", Text, nullable=False),  # JSON: file → its size and time
    Column("handed", Text, nullable=False),  # JSON, likewise
)

setback = Table(
    "setback",  # a job of a centre that has not come to its end, until it does
    metadata,
    Column("centre", Text, primary_key=True),
    Column("job", Text, primary_key=True),
    Column("tries", Integer, nullable=False),  # begun in a row; one that is under way counts
    Column("since", BigInteger, nullable=False),
    Column("why", Text, nullable=False),  # failed, storage, busy; "": it never came to a result
    Column("problem", Text, nullable=False),  # of the last one that had a result
    Column("next_at", BigInteger, nullable=False),  # not tried again before
    Column("aside_at", BigInteger),  # set aside until a person says: again
)

stored_summary = Table(
    "stored_summary",
    metadata,
    Column("centre", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("basis", Text, primary_key=True),
    Column("as_of", BigInteger),
    Column("known_by", BigInteger),
    Column("made_at", BigInteger),
    Column("program", Text),  # the version that made it
    Column(
        "summary", Text
    ),  # JSON, as ``report --format json`` writes it; NULL: there never was one
    Column("problem", Text),  # why the last try gave none; NULL: it gave one
    Column("tried_at", BigInteger, nullable=False),
)

host_turn = Table(
    "host_turn",
    metadata,
    Column("host", Text, primary_key=True),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("holder", Text),
    Column("held_until", DateTime(timezone=True)),
    Column("gap", Float, nullable=False),  # seconds
    Column("line", ARRAY(Text), nullable=False),  # who waits, in order
)

worker = Table(
    "worker",
    metadata,
    Column("worker_id", BigInteger, primary_key=True, autoincrement=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("at_work", Text, nullable=False),  # "": on nothing
    Column("stopped_at", BigInteger),  # NULL: it runs, or ended without a word after ``seen_at``
    Column("problem", Text, nullable=False),  # why it stopped taking work; "": it did not
)

state = Table(
    "state",  # which tables a program must know to work here; when somebody last looked at what fell due
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
