"""On the path of a process under test: every SQLite connection looks, before each statement, into the file named by
SOAK_HINDRANCE. A number there is ``PRAGMA max_page_count`` (a full disk), ``ro`` is a database opened read-only, nothing
is nothing. So a disk fills up and empties again under a process that lives on.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from sqlite3 import dbapi2
from typing import Any

_FILE = Path(os.environ.get("SOAK_HINDRANCE", ""))
#: More pages than any test has.
_ROOM = 1_000_000_000


class Connection(sqlite3.Connection):
    """As SQLAlchemy opens it."""

    _hindrance = ""

    def cursor(self, *arguments: Any, **others: Any) -> Any:
        told = _told()
        if told != self._hindrance:
            self._hindrance = told
            super().execute(f"PRAGMA max_page_count = {told if told.isdigit() else _ROOM}")
            super().execute(f"PRAGMA query_only = {int(told == 'ro')}")
        return super().cursor(*arguments, **others)


def _told() -> str:
    try:
        return _FILE.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _connect(*arguments: Any, **others: Any) -> sqlite3.Connection:
    found: sqlite3.Connection = _real(*arguments, **{"factory": Connection} | others)
    return found


_real = sqlite3.connect
if "SOAK_HINDRANCE" in os.environ:
    sqlite3.connect = dbapi2.connect = _connect  # type: ignore[assignment]
