"""The summary beside a run: of the last quarter that has posts, written anew only where it would say something else.

A written one is *sealed*: beside the files stands on what they rest and their hashes. It is up to date while all of this
holds, and written again otherwise:

* nothing was told to the database since (attempts, withdrawals, corrections, merged and proposed pairs, tags, stories), nor
  did the service miss another pass of the quarter;
* config, the centre's own template and the program are the same;
* it is still the day on which it was written, so that "as of" is today;
* every file is there, as it was written.

One that could say something else by the clock alone (an observation or a post is dated after its as-of) is not sealed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Connection, Engine

from collector.config.loading import OUT, Config
from collector.summaries import file_name, last_quarter, present, write
from reports.documents import RENDERERS, writing
from reports.periods import Period
from storage.bulk import seconds
from storage.database import reading
from storage.known import is_dated_after, newest_told
from storage.operations.jobs import misses

#: Beside the summaries: what the one that was written last rests on.
SEAL = ".summary.json"
#: Whose files make what a summary says.
_PROGRAM = ("adapters", "collector", "reports", "storage")


@dataclass(frozen=True, slots=True)
class LastSummary:
    """The files of the last quarter's summary; ``as_of``: that of the ones that were up to date, None where they were
    written now."""

    period: Period
    files: list[Path]
    as_of: datetime | None = None


def write_last_quarter(engine: Engine, config: Config, now: datetime) -> LastSummary | None:
    """The summary of the last quarter that has posts of ours, in all formats, where it is not up to date; None where
    there are no posts. Raises what ``summaries.write`` raises."""
    with reading(engine) as connection:
        period = last_quarter(connection, config)
        if period is None:
            return None
        as_of = present(connection, now)
        rests_on = _rests_on(connection, config, period, as_of)
    seal = config.path(OUT) / SEAL
    name = file_name(period, "published")
    files = [config.path(OUT) / f"{name}.{each}" for each in RENDERERS]
    if (kept := _sealed(seal)) and kept == _Seal(rests_on, kept.as_of, _hashes(files)):
        return LastSummary(period, files, datetime.fromisoformat(kept.as_of))
    with reading(engine) as connection:
        fixed = not is_dated_after(connection, seconds(as_of))
    seal.unlink(missing_ok=True)
    files = write(engine, config, period, now=now, occasion="now")
    if fixed:
        told = {"rests_on": rests_on, "as_of": as_of.isoformat(), "files": _hashes(files)}
        writing.write(seal, json.dumps(told, ensure_ascii=False).encode())
    return LastSummary(period, files)


@dataclass(frozen=True, slots=True)
class _Seal:
    rests_on: str
    as_of: str
    files: Mapping[str, str]


def _sealed(seal: Path) -> _Seal | None:
    """What stands beside the summaries; None where nothing that can be read does: they are written again then."""
    try:
        return _Seal(**json.loads(seal.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def unseal(config: Config) -> None:
    """What is stored was mended in place: the next run writes its summary again."""
    (config.path(OUT) / SEAL).unlink(missing_ok=True)


def _rests_on(connection: Connection, config: Config, period: Period, as_of: datetime) -> str:
    """Another text where the summary of a period could say something else, but for its time of day."""
    template = config.report.template
    missed = misses(connection, seconds(period.start), seconds(min(period.end, as_of)))
    parts = (
        (config.database_url, config.fingerprint, _hash(config.path(template)) if template else ""),
        (period.name, f"{as_of:%Y-%m-%d}", newest_told(connection), missed, _program()),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@cache
def _program() -> str:
    """Another text for another program: where its files lie, their sizes and times."""
    found = hashlib.sha256()
    for path, size, changed in sorted(_files()):
        found.update(f"{path} {size} {changed}\n".encode())
    return found.hexdigest()


def _files() -> Iterator[tuple[str, int, int]]:
    for name in _PROGRAM:
        spec = find_spec(name)
        for folder in (spec and spec.submodule_search_locations) or ():
            for path in Path(folder).rglob("*"):
                if path.suffix != ".pyc" and path.is_file():
                    told = path.stat()
                    yield str(path), told.st_size, told.st_mtime_ns


def _hashes(files: list[Path]) -> dict[str, str]:
    return {each.name: _hash(each) for each in files}


def _hash(path: Path) -> str:
    """Of the bytes of a file; empty where it is not there or cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
