"""The commands of one centre, in the tables of a centre of the province (``collect fleet at``)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click

from collector.app import App
from collector.fleet.province import Province
from collector.fleet.reporting import looking, opened
from storage.fleet import centres
from storage.fleet.schema import TABLES

#: What a centre's own people do by hand; what runs by itself is the workers', tables are ``collect fleet init``'s.
COMMANDS = (
    "status", "sources", "hits", "report", "explain", "export", "verify", "fill", "import", "retract", "correct", "match",
    "tag", "story", "user", "token", "check",
)  # fmt: skip


def run(here: Province, key: str, clock: Callable[[], datetime], words: list[str]) -> int:
    """Run a command inside a centre, as ``collect`` would there; its exit code. Raises UsageError for a centre that is not
    there, ConfigError, StorageError."""
    from collector.cli import main

    done = main.main(words, "collect", standalone_mode=False, obj=of_centre(here, key, clock))
    return done if isinstance(done, int) else 0


def of_centre(here: Province, key: str, clock: Callable[[], datetime]) -> App:
    """One invocation inside a centre; its tables are not brought up to date."""
    with looking(here.url, TABLES) as connection:
        there = centres.centre(connection, key)
        if there is None:
            known = "、".join(each.key for each in centres.centres(connection)[:20])
            raise click.UsageError(f"没有中心“{key}”，现有：{known}")
    app = App(config_path=here.place(key), clock=clock)
    app.config = here.centre(key, there.config)
    app.engine = opened(app.config.database_url)
    return app


def of_province(here: Province, clock: Callable[[], datetime]) -> App:
    """One invocation on the province's own tables, which hold people as a centre's do."""
    app = App(clock=clock)
    app.engine = opened(here.url, TABLES)
    return app
