"""A centre's summaries for the province: made in a process of its own (``python -m collector.fleet.summarising``), kept in the
province's tables, and noted in the centre's, so that the bytes behind them are not cleaned away.

The parent writes one line of JSON to the child's standard input: the config's path, text and home (with the database's
password, which so stands on no command line), the centre's key, and which periods on which basis."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine

from collector.app import clock
from collector.config.checking import ConfigError
from collector.config.home import Home
from collector.config.loading import Config, parse
from collector.fleet.province import Province
from collector.summaries import centre_of, note_written, present
from reports.documents.data import as_data
from reports.periods import parse_period
from reports.summary import build
from storage.bulk import seconds
from storage.database import StorageError, open_database, reading, writing
from storage.fleet import stored
from storage.fleet.centres import Centre
from storage.fleet.stored import StoredSummary

#: A summary that is not there by then never will be.
_LIMIT_SECONDS = 3_600


def program() -> str:
    """The version of this program."""
    return version("baokuan")


def in_a_child(province: Province, centre: Centre, periods: Sequence[str], basis: str) -> str:
    """Make and keep a centre's summaries; what went wrong, in Chinese, empty where nothing did. It is kept as well."""
    try:
        told = {
            "path": str(province.place(centre.key)), "config": centre.config, "home": asdict(province.home(centre.key)),
            "centre": centre.key, "periods": list(periods), "basis": basis,
        }  # fmt: skip
    except ConfigError as problem:
        return str(problem)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "collector.fleet.summarising"],
            input=json.dumps(told).encode(),
            capture_output=True,
            env=os.environ | {"PYTHONUTF8": "1"},
            timeout=_LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{_LIMIT_SECONDS // 60} 分钟没有算完"
    except OSError as problem:
        return f"启动不了子进程：{problem.strerror or problem}"
    said = done.stdout.decode(errors="replace").strip().splitlines()
    if done.returncode == 0:
        return said[-1] if said else ""
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    return f"子进程意外结束（退出码 {done.returncode}）{'：' + last[0] if last else ''}"


def main() -> int:
    """What the parent asks for; the last line of standard output says what went wrong."""
    told = json.loads(sys.stdin.readline())
    problem = summarise(
        told["config"], Path(told["path"]), Home(**told["home"]), told["centre"], told["periods"], told["basis"], clock()
    )  # fmt: skip
    sys.stdout.write(problem.replace("\n", "；"))
    return 0


def summarise(
    text: str, path: Path, home: Home, key: str, periods: Sequence[str], basis: str, now: datetime
) -> str:
    """Make and keep the summaries of a centre by the text of its config; what went wrong, or empty."""
    fleet = open_database(home.turns)
    try:
        try:
            config = parse(text, path, home)
            engine = open_database(config.database_url)
        except (ConfigError, StorageError) as problem:
            return _note(fleet, key, periods, basis, str(problem), now)
        try:
            for period in periods:
                _keep(fleet, engine, config, key, period, basis, now)
        except StorageError as problem:
            return _note(fleet, key, periods, basis, str(problem), now)
        finally:
            engine.dispose()
        return ""
    except StorageError as problem:  # the province's own tables
        return str(problem)
    finally:
        fleet.dispose()


def _keep(
    fleet: Engine, engine: Engine, config: Config, key: str, period: str, basis: str, now: datetime
) -> None:
    span = parse_period(period)
    with reading(engine) as connection:
        moment = present(connection, now)
        summary = build(connection, centre_of(config), span, basis, moment, moment)
    note_written(engine, span, basis, moment, moment, "fleet")
    made = StoredSummary(
        centre=key, period=span.name, basis=str(summary.basis), tried_at=seconds(now), as_of=seconds(summary.as_of),
        known_by=seconds(summary.known_by), made_at=seconds(now), program=program(),
        summary=json.dumps(as_data(summary), ensure_ascii=False).encode("utf-8", "replace").decode(),
    )  # fmt: skip
    with writing(fleet) as connection:
        stored.keep(connection, made)


def _note(
    fleet: Engine, key: str, periods: Sequence[str], basis: str, problem: str, now: datetime
) -> str:
    with writing(fleet) as connection:
        for period in periods:
            stored.failed(connection, key, parse_period(period).name, basis, problem, seconds(now))
    return problem


if __name__ == "__main__":
    sys.exit(main())
