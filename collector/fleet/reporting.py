"""The province's summary of a period: what its centres' stored summaries say, those that are missing or stale made first, and
the documents drawn of it. What fails is named; nothing of it is counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import NullPool

from collector.config.checking import ConfigError
from collector.config.loading import OUT, Config
from collector.fleet.province import Province
from collector.fleet.summarising import in_a_child, program
from collector.summaries import file_name, note_written
from reports.documents import markdown, web, word, workbook
from reports.documents.writing import DocumentError, write
from reports.fleet import data, told
from reports.fleet.paper import paper
from reports.fleet.province import Province as Value
from reports.fleet.province import build
from reports.fleet.told import Told
from reports.paper.paper import Paper
from reports.periods import Period, here
from storage.bulk import seconds
from storage.database import (
    HEAD,
    StorageError,
    Tables,
    explained,
    is_current,
    open_database,
    reading,
)
from storage.fleet import centres, stored
from storage.fleet.centres import Centre
from storage.fleet.schema import TABLES
from storage.fleet.stored import StoredSummary
from storage.known import told_until
from storage.operations.retention import last_written

#: Summaries that are made at the same time.
_CHILDREN = 2
OTHER_TABLES = "数据库的表和本程序的版本不同。请用最新的程序运行 collect fleet init；已经运行过的，请升级这里的程序"
#: Format → what writes it.
WRITERS: Mapping[str, Callable[[Value, Paper, Path], None]] = {
    "docx": lambda value, said, path: write(path, word.made(value, said)),
    "xlsx": lambda value, _, path: workbook.render(value, path),
    "html": lambda value, said, path: write(path, web.text(value, said).encode("utf-8", "replace")),
    "md": lambda _, said, path: write(path, markdown.text(said).encode("utf-8", "replace")),
    "json": lambda value, _, path: write(path, data.text(value).encode("utf-8", "replace")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A centre when it was asked: until when its tables were told anything (UTC seconds; 0: never), or why they cannot be
    reached; and what the province keeps of the period."""

    centre: Centre
    told_until: int = 0
    problem: str = ""
    kept: StoredSummary | None = None


def opened(url: str, tables: Tables | None = None, **pool: Any) -> Engine:
    """The tables at an address, which must be those of this program: whoever looks changes nothing. No connection stays
    open, unless ``pool`` (SQLAlchemy's options) says otherwise. Raises StorageError."""
    engine = open_database(url, **(pool or {"poolclass": NullPool}))
    if not is_current(engine, tables):
        engine.dispose()
        raise StorageError(OTHER_TABLES)
    return engine


@contextmanager
def looking(url: str, tables: Tables | None = None) -> Iterator[Connection]:
    """One look at the tables at an address, after which no connection stays open. Raises StorageError."""
    with reading(opened(url, tables)) as connection:
        yield connection


def ask(province: Province, period: Period, basis: str) -> list[Asked]:
    """Every centre of the province, by key. Raises StorageError where its own tables cannot be read."""
    with looking(province.url, TABLES) as connection:
        kept = stored.summaries(connection, period.name, basis)
        return [
            replace(_ask(province, connection, each), kept=kept.get(each.key))
            for each in centres.centres(connection)
        ]


def _ask(province: Province, connection: Connection, centre: Centre) -> Asked:
    try:
        province.centre(centre.key, centre.config)
        with explained(), centres.inside(connection, centre.key):
            if centres.version(connection) != HEAD:
                raise StorageError(OTHER_TABLES)
            return Asked(centre=centre, told_until=told_until(connection))
    except (StorageError, ConfigError) as problem:
        return Asked(centre=centre, problem=str(problem))


def stale(asked: Asked, period: Period, now: datetime) -> bool:
    """Whether a summary made now could say something else: there is none, something was told since, config or the program is
    another, or the period went on."""
    kept = asked.kept
    if kept is None or kept.summary is None or kept.problem is not None:
        return True
    assert kept.known_by is not None
    assert kept.as_of is not None
    return (
        asked.told_until >= kept.known_by
        or kept.program != program()
        or json.loads(kept.summary).get("config") != asked.centre.fingerprint
        or kept.as_of < min(seconds(now), seconds(period.end))
    )


def renew(
    province: Province, wanted: Sequence[Centre], period: Period, basis: str, say: Callable[[str], object]
) -> dict[str, str]:  # fmt: skip
    """Make the summaries of these centres, two at a time, in processes of their own; key → what went wrong. ``say`` is told
    of each."""

    def one(centre: Centre) -> str:
        return in_a_child(province, centre, [period.name], basis)

    problems = {}
    with ThreadPoolExecutor(_CHILDREN) as threads:
        for number, (centre, problem) in enumerate(
            zip(wanted, threads.map(one, wanted), strict=True), 1
        ):
            say(f"  {number}/{len(wanted)} {centre.name}：{problem or '总结已更新'}")
            if problem:
                problems[centre.key] = problem
    return problems


def value(
    province: Province, period: Period, basis: str, now: datetime, problems: Mapping[str, str] | None = None
) -> Value:  # fmt: skip
    """The province's value of what is kept. ``problems``: key → why a summary could not be made just now."""
    told_ = [_told(each, (problems or {}).get(each.centre.key, "")) for each in ask(province, period, basis)]  # fmt: skip
    return build(province.province.name, told_, period, basis, now, program())


def _told(asked: Asked, problem: str) -> Told:
    kept = asked.kept
    problem = problem or asked.problem or (kept.problem if kept and kept.problem else "")
    there = kept.summary if kept else None
    centre = told.Centre(key=asked.centre.key, name=asked.centre.name, city=asked.centre.city)
    return Told(
        centre=centre,
        data=None if there is None else json.loads(there),
        why="" if there else problem or "还没有算过本期的总结",
        program=(kept.program if kept else None) or "",
        trouble=problem,
        last_at=here(asked.told_until) if asked.told_until else None,
    )


def note(province: Province, made: Value, there: Sequence[Asked]) -> list[str]:
    """Note in each centre that its figures were told, so that the bytes behind them stay; in which it failed, and why."""
    known = {each.centre.key: each.centre for each in there}
    failed = []
    for each in made.telling:
        try:
            config = province.centre(each.centre.key, known[each.centre.key].config)
            _note(config, made, each)
        except (ConfigError, StorageError) as problem:
            failed.append(f"{each.centre.name}：{problem}")
    return failed


def _note(config: Config, made: Value, told: Told) -> None:
    engine = open_database(config.database_url, poolclass=NullPool)
    try:
        moments = seconds(told.as_of), seconds(told.known_by)
        with reading(engine) as connection:
            if last_written(connection, made.period.name, str(made.basis)) == moments:
                return
        note_written(engine, made.period, str(made.basis), told.as_of, told.known_by, "asked")
    finally:
        engine.dispose()


def draw(made: Value, folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write the documents; the files. Raises DocumentError where one cannot be written (the others are)."""
    said = paper(made)
    name = file_name(made.period, str(made.basis), "全省总结")
    files, problems = [], []
    for each in formats:
        path = folder / f"{name}.{each}"
        try:
            WRITERS[each](made, said, path)
            files.append(path)
        except DocumentError as problem:
            problems.append(str(problem))
    if problems:
        there = "、".join(each.name for each in files)
        raise DocumentError("；".join(problems) + (f"。已写好：{there}" if there else ""))
    return files


def folder_of(province: Province) -> Path:
    """Where the province's documents go unless somebody says otherwise: beside its file."""
    return province.folder / OUT
