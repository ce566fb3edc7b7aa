"""Restores the database from a backup, as the last resort. The present one is set aside under another name. And brings
an SQLite database into an empty PostgreSQL one.

The backup is first copied beside the database, together with its WAL, and examined: only a database of ours is
restored, and nothing is changed before that is known. It is then copied into the live file by SQLite's own backup call,
in one transaction, while no other process has the database open. Where the live file is no database any more, it is
moved away and the copy takes its place."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, inspect

from storage.bulk import copy_rows, rows_of, streamed
from storage.database import (
    HEAD,
    StorageError,
    explained,
    migrate,
    open_database,
    reading,
    upgrade,
    versions,
    writing,
)
from storage.schema import metadata
from storage.writing import rebuild

#: What SQLite keeps beside a database; the journals hold data.
JOURNALS = ("-wal", "-journal")
BESIDE = (*JOURNALS, "-shm")
#: How long processes that have the database open are waited for.
PATIENCE_SECONDS = 30.0
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
#: Codes by which SQLite says that a file is no (whole) database, cannot be read, or is no file (a folder).
_DAMAGED = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """``aside``: where the database lies that was there before, None where there was none; ``damaged``: it was;
    ``upgraded``: the version that the backup was of, where it was an older one."""

    aside: Path | None
    damaged: bool
    upgraded: str | None


def restore(
    source: Path, current: Path, now: datetime, waiting: Callable[[], object] = bool
) -> Restored:
    """Put the database in ``source`` in the place of ``current``. ``waiting`` is told once where another process has
    it open. Raises StorageError; then everything is as it was."""
    if current.exists() and source.samefile(current):
        raise StorageError(f"{source} 就是现在的数据库，不是备份，没有恢复")
    staged = current.with_name(f"{current.name}.restoring")
    current.parent.mkdir(parents=True, exist_ok=True)
    with _staged(source, staged) as version, _refused("没能恢复，请先关闭占用数据库的程序"):
        aside, damaged = _take_over(staged, current, f"{now:%Y%m%d-%H%M%S}", waiting)
    return Restored(aside=aside, damaged=damaged, upgraded=None if version == HEAD else version)


@contextmanager
def _staged(source: Path, staged: Path) -> Iterator[str]:
    """A copy of a database of ours in ``staged``, whole and up to date; which version it had. It goes at the end."""
    try:
        with _refused(f"没能恢复，现在的数据库没有动过（备份 {source.name}）"):
            _stage(source, staged)
            version = examine(staged, source.name)
            if version != HEAD:
                engine = open_database(f"sqlite:///{staged.as_posix()}")
                try:
                    upgrade(engine, "没有恢复，请换一份备份")
                finally:
                    engine.dispose()
        yield version
    finally:
        for ending in ("", *BESIDE):
            _beside(staged, ending).unlink(missing_ok=True)


def move(source: Path, target: Engine, folder: Path) -> int:
    """Bring an SQLite database of ours into an empty PostgreSQL one: every row of every table, in one transaction, counted
    and checked against the observations before it stays. ``folder``: where a copy of it may lie meanwhile. Returns how
    many rows came. Raises StorageError; then the target is as empty as before."""
    staged = folder / "moving.db"
    with _staged(source, staged):
        engine = open_database(f"sqlite:///{staged.as_posix()}")
        try:
            with reading(engine) as old, writing(target) as new:
                if any(_count(new, table) for table in metadata.sorted_tables):
                    raise StorageError(
                        "PostgreSQL 的这个数据库里已经有数据，没有搬。请另建一个空的数据库，把 [storage] url 改成它"
                    )
                rows = sum(_carry(old, new, table) for table in metadata.sorted_tables)
                if faults := rebuild.check(new):
                    raise StorageError(
                        f"搬过去的数与原始观测有 {len(faults)} 处不一致，没有搬。请先对原来的数据库运行 collect rebuild"
                    )
                new.exec_driver_sql("ANALYZE")
            return rows
        finally:
            engine.dispose()


def _count(connection: Connection, table: Table) -> int:
    return int(rows_of(connection, f"SELECT count(*) FROM {table.name}")[0][0])


def _carry(old: Connection, new: Connection, table: Table) -> int:
    columns = ", ".join(f'"{each.name}"' for each in table.c)
    fit = [_FITS.get(each.type.python_type) for each in table.c]
    found = streamed(old, f"SELECT {columns} FROM {table.name}")
    copy_rows(
        new,
        f"COPY {table.name} ({columns}) FROM STDIN",
        (
            [
                value if value is None or make is None else make(value)
                for value, make in zip(row, fit, strict=True)
            ]
            for row in found
        ),
    )
    before, after = _count(old, table), _count(new, table)
    if before != after:
        raise StorageError(f"表 {table.name} 有 {before} 行，只搬过去 {after} 行，没有搬")
    return after


#: What SQLite keeps otherwise than PostgreSQL takes it: a truth is a number there, and a text may hold NUL.
_FITS: dict[type, Callable[[Any], Any]] = {bool: bool, str: lambda text: text.replace("\0", "")}


def examine(path: Path, name: str) -> str:
    """The version of the database in ``path``, which is called ``name``. What lies beside it is taken into it. Raises
    StorageError unless it is whole and has this program's tables and nothing else."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA journal_mode=DELETE")
            version = _version(connection, name)
            found = _tables(connection, name)
            if found != _tables_of(version):
                raise StorageError(f"{name} 里的表不是爆款 {version} 版数据库的表，没有恢复")
            (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as problem:
        raise StorageError(
            f"{name} 不是爆款的数据库，或已损坏，没有恢复。请换一份备份"
        ) from problem
    if answer != "ok":
        raise StorageError(f"{name} 已损坏，没有恢复。请换一份备份")
    return version


def _version(connection: sqlite3.Connection, name: str) -> str:
    found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    version = str(found[0][0]) if len(found) == 1 else ""
    if version not in versions():
        newer = "由更新的版本建立，请先升级程序" if version > HEAD else "的版本本程序不认得"
        raise StorageError(f"{name} {newer}（{version or '没有写'}；本程序是 {HEAD}），没有恢复")
    return version


def _tables(connection: sqlite3.Connection, name: str) -> dict[str, list[str]]:
    """Table → its columns. Raises StorageError where there is anything that could act by itself."""
    tables: dict[str, list[str]] = {}
    sql = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    for kind, called, text in connection.execute(sql).fetchall():
        if kind == "index":
            continue
        if kind != "table" or not str(text).upper().startswith("CREATE TABLE"):
            raise StorageError(f"{name} 里有不是爆款建立的东西（{kind} {called}），没有恢复")
        columns = connection.execute("SELECT name FROM pragma_table_xinfo(?)", (called,))
        tables[called] = sorted(row[0] for row in columns)
    return tables


def _tables_of(version: str) -> dict[str, list[str]]:
    """Table → its columns, as the migrations make them."""
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection, connection.begin():
            migrate(connection, version)
            shape = inspect(connection)
            return {
                table: sorted(each["name"] for each in shape.get_columns(table))
                for table in shape.get_table_names()
            }
    finally:
        engine.dispose()


def _stage(source: Path, staged: Path) -> None:
    """Copy a backup with its journals. A file that is written to meanwhile would be torn."""
    files = [("", source)] + [
        (e, _beside(source, e)) for e in JOURNALS if _beside(source, e).exists()
    ]
    before = [_stamp(path) for _, path in files]
    for ending in BESIDE:
        _beside(staged, ending).unlink(missing_ok=True)
    for ending, path in files:
        shutil.copyfile(path, _beside(staged, ending))
    if [_stamp(path) for _, path in files] != before:
        raise StorageError(f"{source} 正被别的程序写入，没有恢复。请先关闭它，再运行一次")


def _take_over(
    staged: Path, current: Path, stamp: str, waiting: Callable[[], object]
) -> tuple[Path | None, bool]:
    """The staged copy becomes the database; (where the one before lies, whether it was damaged)."""

    def aside(why: str) -> Path:
        return current.with_name(f"{current.stem}-{why}-{stamp}{current.suffix}")

    if not current.exists():
        _move(current, aside("损坏"))  # what lay beside it belongs to none
        os.replace(staged, current)  # noqa: PTH105
        return None, False
    try:
        with closing(_alone(current, waiting)) as live:
            sound = _is_sound(live)
            kept = aside("恢复前" if sound else "损坏")
            with closing(sqlite3.connect(kept)) as copy:
                live.backup(copy)
            with closing(sqlite3.connect(staged)) as backup:
                backup.backup(live)
            return kept, not sound
    except sqlite3.DatabaseError as problem:
        if _code(problem) not in _DAMAGED:
            raise
    _move(current, aside("损坏"))
    os.replace(staged, current)  # noqa: PTH105
    return aside("损坏"), True


def _alone(path: Path, waiting: Callable[[], object]) -> sqlite3.Connection:
    """The database open here and nowhere else, and so until it is closed. Raises StorageError where another process
    keeps it open, sqlite3.DatabaseError where it is none."""
    until = time.monotonic() + PATIENCE_SECONDS
    told = False
    while True:
        live = sqlite3.connect(path, isolation_level=None, timeout=0.2)
        try:
            live.execute("PRAGMA locking_mode=EXCLUSIVE")
            live.execute("PRAGMA journal_mode=DELETE").fetchone()  # not while anybody has its WAL
            live.execute("BEGIN EXCLUSIVE")
            live.execute("COMMIT")
            return live
        except sqlite3.Error as problem:
            live.close()
            if _code(problem) not in _BUSY:
                raise
            if time.monotonic() >= until:
                raise StorageError(
                    "别的程序正在用数据库（例如 collect now），没有恢复。请等它结束或关闭它，再运行一次"
                ) from problem
        if not told:
            waiting()
            told = True
        time.sleep(0.2)


def _code(problem: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 for what is no answer of its."""
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF


def _is_sound(live: sqlite3.Connection) -> bool:
    try:
        return bool(live.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _move(current: Path, kept: Path) -> None:
    """A file that is no database any more goes aside, with what lies beside it."""
    for ending in ("", *BESIDE):
        if _beside(current, ending).exists():
            _beside(current, ending).replace(_beside(kept, ending))


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}{ending}")


def _stamp(path: Path) -> tuple[int, int]:
    look = path.stat()
    return look.st_size, look.st_mtime_ns


@contextmanager
def _refused(what: str) -> Iterator[None]:
    """What the system or SQLite refuses comes out as a StorageError."""
    try:
        with explained():
            yield
    except OSError as problem:
        raise StorageError(f"{what}：{problem.strerror or problem}") from problem
