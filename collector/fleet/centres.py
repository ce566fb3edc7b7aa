"""A province as a worker holds it: its tables, its clock, and its centres as config."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from adapters.moments import SHANGHAI
from collector.config.loading import Config
from collector.config.secrets import secrets_of
from collector.fleet.province import Province
from storage.database import StorageError, is_current, open_database, reading
from storage.fleet import centres
from storage.fleet.centres import Centre
from storage.fleet.schema import TABLES, schema_of
from storage.postgres import address, in_schema


@dataclass(slots=True)
class Fleet:
    """``engine``: of the province's own tables. ``known``: centre → its config as it was last read; ``at_work``: of the
    centre that is worked for."""

    province: Province
    engine: Engine
    known: dict[str, tuple[str, Config]] = field(default_factory=dict)
    at_work: Config | None = None

    def now(self) -> datetime:
        """The moment it is by the server's clock, which all machines share. Raises StorageError."""
        with reading(self.engine) as connection:
            return datetime.fromtimestamp(centres.server_now(connection), SHANGHAI)

    def beside(self, key: str) -> Engine:
        """A centre's tables by the province's own connections: for a look at each of many."""
        return in_schema(self.engine, schema_of(key))

    def secrets(self) -> list[str]:
        """What no line of the log may hold: the database's password, and the secrets of the centre that is worked for."""
        own = [address(self.province.url).password or ""]
        return own if self.at_work is None else [*own, *secrets_of(self.at_work)]

    def config(self, entry: Centre) -> Config:
        """A centre's config. Raises ConfigError."""
        text, config = self.known.get(entry.key, ("", None))
        if config is None or text != entry.config:
            config = self.province.centre(entry.key, entry.config)
            self.known[entry.key] = entry.config, config
        return config


@contextmanager
def opened(province: Province) -> Iterator[Fleet]:
    """The province, for as long as it is used. Raises StorageError where its tables are not those of this program."""
    engine = open_database(province.url)
    try:
        if not is_current(engine, TABLES):
            raise StorageError(
                "全省的表还没有建立，或和本程序的版本不同。请用最新的程序运行 collect fleet init；已经运行过的，请升级这里的程序"
            )
        yield Fleet(province, engine)
    finally:
        engine.dispose()


@contextmanager
def tables(config: Config) -> Iterator[Engine]:
    """A centre's own tables, for as long as they are used."""
    engine = open_database(config.database_url)
    try:
        yield engine
    finally:
        engine.dispose()
