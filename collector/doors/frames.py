"""A centre's figures for a notebook: from config to reports.frames."""

from __future__ import annotations

import os
from pathlib import Path

from collector.app import clock
from collector.config import FILE, VARIABLE
from collector.config.loading import load
from collector.summaries import centre_of, present
from reports.frames import Frames
from storage.database import open_read_only


def open_frames(config: str | Path | None = None) -> Frames:
    """The figures of the centre that ``config`` describes (None: as for ``collect``, the environment's COLLECT_CONFIG or
    config.toml here). The database is only read. Raises ConfigError and StorageError, in Chinese."""
    there = load(Path(config or os.environ.get(VARIABLE, FILE)))
    engine = open_read_only(there.database_url)
    return Frames(engine, centre_of(there), lambda connection: present(connection, clock()))
