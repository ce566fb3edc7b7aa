"""What every page needs: config as it stands in the file now, the database, the time, and who is asking."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar, cast

from flask import current_app, g
from sqlalchemy import Connection, Engine

from collector.app import clock
from collector.config.loading import Config, ConfigError, load
from storage.database import open_database, prepare, reading, writing
from storage.operations.people import ROLES, Role

#: Where the page keeps its own files, below config's folder: the key of its sessions, uploads on their way.
FOLDER = "data/web"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking. On the office's own PC that is whoever sits there."""

    name: str
    role: Role
    guest: bool = False  # of the province's staff, in a centre: signed in there

    def may(self, role: Role) -> bool:
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(slots=True, kw_only=True)
class Site:
    """One centre as the page sees it. ``guarded``: a password is asked for; ``owner``: who sits at this PC."""

    config_path: Path
    guarded: bool
    owner: str = ""
    clock: Callable[[], datetime] = clock
    _lock: Lock = field(default_factory=Lock)
    _opening: Lock = field(default_factory=Lock)
    _config: Config | None = None
    _fault: str = ""
    _changed: int = 0
    _engine: tuple[str, Engine] | None = field(default=None, repr=False)  # with a password

    @property
    def folder(self) -> Path:
        return self.config_path.resolve().parent

    @property
    def name(self) -> str:
        """What the page is called by; empty before there is a config."""
        return "" if self.is_new else self.config.centre.name

    @property
    def text(self) -> str:
        """config.toml as it stands now."""
        return self.config_path.read_text(encoding="utf-8", errors="replace")

    def guest(self) -> Visitor | None:
        """Who asks without being one of this centre's own people; nobody is."""
        return None

    @property
    def is_new(self) -> bool:
        """Whether there is no config.toml yet: the page begins with a start."""
        return not self.config_path.exists()

    @property
    def config(self) -> Config:
        """config.toml as it stands now; the last good one while it has a fault. Raises ConfigError where there was none."""
        config = self._look()[0]
        return config if config is not None else load(self.config_path)

    @property
    def fault(self) -> str:
        """What is wrong with config.toml as it stands now; empty where nothing is."""
        return self._look()[1]

    def _look(self) -> tuple[Config | None, str]:
        """The last good config and the present fault; the file is read anew once it has changed."""
        with self._lock:
            try:
                changed = self.config_path.stat().st_mtime_ns
                if changed != self._changed:
                    self._config, self._fault, self._changed = load(self.config_path), "", changed
            except (OSError, ConfigError) as problem:
                self._fault = str(problem)
            return self._config, self._fault

    @property
    def engine(self) -> Engine:
        """The database of config, its tables up to date. Raises StorageError."""
        url = self._address()
        with self._opening:
            if self._engine is None or self._engine[0] != url:
                if self._engine is not None:
                    self._engine[1].dispose()
                    self._engine = None
                self._engine = (url, self._opened(url))
            return self._engine[1]

    def _address(self) -> str:
        """Where the database is."""
        return self.config.database_url

    def _opened(self, url: str) -> Engine:
        """The database, its tables up to date. Raises StorageError."""
        engine = open_database(url)
        prepare(engine, self.clock())
        return engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look at the database."""
        with reading(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with writing(self.engine) as connection:
            yield connection

    def close(self) -> None:
        if self._engine is not None:
            self._engine[1].dispose()
            self._engine = None

    def session_key(self) -> bytes:
        """The key that signs sessions, made once and readable by its owner alone."""
        path = self.folder / FOLDER / "session.key"
        with suppress(FileNotFoundError):
            if len(key := path.read_bytes()) >= 32:
                return key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        key = secrets.token_bytes(32)
        path.write_bytes(key)
        return key


def site() -> Site:
    """The site of this request."""
    return cast("Site", current_app.extensions["site"])


def visitor() -> Visitor:
    """Who asks in this request; only pages that are open to all may be asked by nobody."""
    return cast("Visitor", g.visitor)


Value = TypeVar("Value")


class Kept(Generic[Value]):
    """At most ``most`` values, the oldest let go first. A key must name all that its value depends on."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, Value] = {}
        self._making = Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of ``key``; two who ask at once wait for one making."""
        with self._making:
            if key not in self._values:
                made = make()
                while len(self._values) >= self._most:
                    self._values.pop(next(iter(self._values)))
                self._values[key] = made
            return self._values[key]
