"""What every command needs: where config is, what time it is, and the database, opened when first asked for."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from adapters.moments import SHANGHAI
from collector.config.loading import FILE, VARIABLE, Config, load
from storage.database import open_database, prepare


def clock() -> datetime:
    """The present, in Shanghai. The only place where the program looks at the clock."""
    return datetime.now(SHANGHAI).replace(microsecond=0)


@dataclass
class App:
    """One invocation. ``clock`` is an argument so that tests can say what time it is."""

    config_path: Path = field(default_factory=lambda: Path(os.environ.get(VARIABLE, FILE)))
    clock: Callable[[], datetime] = clock

    @cached_property
    def now(self) -> datetime:
        return self.clock()

    @cached_property
    def config(self) -> Config:
        return load(self.config_path)

    @cached_property
    def engine(self) -> Engine:
        """The database, its tables up to date; raises StorageError."""
        engine = open_database(self.config.database_url)
        self.saved = prepare(engine, self.now)
        return engine

    saved: Path | None = None

    def close(self) -> None:
        """Let go of the database, if it was opened; it opens again when it is asked for."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @property
    def author(self) -> str:
        """Who is at the keyboard; a service without a user has none."""
        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):
            return ""
