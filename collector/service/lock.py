"""One holder per database: a lock that the system itself lets go of when its holder dies, however it dies.

Beside an SQLite file it is a locked file; on PostgreSQL, where the other one may be on another machine, an advisory
lock of a session. ``service``: the scheduler; ``work``: what it has done in processes of their own; ``inbox``: whoever
reads the files that lie there; ``asking``: whoever asks pages.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text

from collector.words import said
from storage.database import StorageError, explained, file_of
from storage.postgres import lock_key

#: The advisory locks of PostgreSQL; any numbers that no other program uses (storage.database has 6_215_733).
_NUMBERS = {"service": 6_215_734, "work": 6_215_735, "inbox": 6_215_736, "asking": 6_215_737}
_LOOK_SECONDS = 0.2


class Taken(Exception):
    """Another process holds the lock."""


@contextmanager
def held(
    engine: Engine, what: str, seconds: float = 0.0, waiting: Callable[[], object] = bool
) -> Iterator[Callable[[], bool]]:
    """Hold the lock; wait for it for so long, once ``waiting`` is told that it is taken. Gives a question: is it still
    held? (A session of PostgreSQL may be lost while its process lives on.) Raises Taken, or StorageError where it
    cannot be asked for."""
    kind = _beside_the_file if engine.dialect.name == "sqlite" else _in_a_session
    with kind(engine, what) as (take, is_held_still):
        until = time.monotonic() + seconds
        told = False
        while not take():
            if time.monotonic() >= until:
                raise Taken
            if not told:
                waiting()
            told = True
            time.sleep(_LOOK_SECONDS)
        yield is_held_still


#: Tries to take a lock; whether it is still held.
_Lock = tuple[Callable[[], bool], Callable[[], bool]]


@contextmanager
def _in_a_session(engine: Engine, what: str) -> Iterator[_Lock]:
    with explained():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.detach()  # closed at the end, not put back: the lock is the session's

    def take() -> bool:
        with explained():
            ask = text(f"SELECT pg_try_advisory_lock({lock_key(_NUMBERS[what])})")
            return bool(connection.execute(ask).scalar())

    def is_alive() -> bool:
        try:
            with explained():
                connection.execute(text("SELECT 1"))
        except StorageError:
            return False
        return True

    try:
        yield take, is_alive
    finally:
        connection.close()


@contextmanager
def _beside_the_file(engine: Engine, what: str) -> Iterator[_Lock]:
    path = _path(engine, what)
    if path is None:  # a database in memory is its process's own
        yield lambda: True, lambda: True
        return
    lock = FileLock(path)

    def take() -> bool:
        try:
            lock.acquire(timeout=0)
            _as_the_database(path, engine)
        except Timeout:
            return False
        except OSError as problem:
            raise StorageError(
                f"在数据库旁边建不了锁文件：{said(problem)}。请检查那个文件夹的权限和空间"
            ) from problem
        return True

    try:
        yield take, lambda: True
    finally:
        lock.release()


def _as_the_database(path: Path, engine: Engine) -> None:
    """Whoever may open the database may take the lock, also after an administrator has: as SQLite does it itself with
    what it writes beside."""
    database = file_of(engine.url)
    if sys.platform == "win32" or database is None or not database.exists() or os.geteuid() != 0:
        return
    look = database.stat()
    os.chown(path, look.st_uid, look.st_gid)
    path.chmod(stat.S_IMODE(look.st_mode))


def _path(engine: Engine, what: str) -> Path | None:
    database = file_of(engine.url)
    return None if database is None else Path(f"{database}.{what}.lock")


def is_held(engine: Engine, what: str) -> bool:
    """Whether a process holds the lock now. Raises StorageError. Makes no file: another person's would be in the way
    of the service."""
    path = _path(engine, what)
    if path is not None and not path.exists():
        return False
    try:
        with held(engine, what):
            return False
    except Taken:
        return True
