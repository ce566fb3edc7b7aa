"""One holder per database: a lock that the system itself lets go of when its holder dies, however it dies.

Beside an SQLite file it is a locked file; on PostgreSQL, where the other one may be on another machine, an advisory
lock of a session. ``service``: the scheduler; ``work``, ``inbox``: what it has done in processes of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text

from collector.words import said
from storage.database import StorageError, explained

#: The advisory locks of PostgreSQL; any numbers that no other program uses (storage.database has 6_215_733).
_NUMBERS = {"service": 6_215_734, "work": 6_215_735, "inbox": 6_215_736}
_LOOK_SECONDS = 0.2


class Taken(Exception):
    """Another process holds the lock."""


@contextmanager
def held(engine: Engine, what: str, seconds: float = 0.0) -> Iterator[Callable[[], bool]]:
    """Hold the lock; wait for it for so long. Gives a question: is it still held? (A session of PostgreSQL may be
    lost while its process lives on.) Raises Taken, or StorageError where it cannot be asked for."""
    if engine.dialect.name == "sqlite":
        with _file(engine, what, seconds):
            yield lambda: True
        return
    with explained():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.detach()  # closed at the end, not put back: the lock is the session's
    try:
        until = time.monotonic() + seconds
        while not _asked(connection, _NUMBERS[what]):
            if time.monotonic() >= until:
                raise Taken
            time.sleep(_LOOK_SECONDS)
        yield lambda: _is_alive(connection)
    finally:
        connection.close()


def _asked(connection: Connection, number: int) -> bool:
    with explained():
        ask = text("SELECT pg_try_advisory_lock(:number)")
        return bool(connection.execute(ask, {"number": number}).scalar())


def _is_alive(connection: Connection) -> bool:
    try:
        with explained():
            connection.execute(text("SELECT 1"))
    except StorageError:
        return False
    return True


@contextmanager
def _file(engine: Engine, what: str, seconds: float) -> Iterator[None]:
    lock = FileLock(_path(engine, what))
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        raise Taken from None
    except OSError as problem:
        raise StorageError(
            f"在数据库旁边建不了锁文件：{said(problem)}。请检查那个文件夹的权限和空间"
        ) from problem
    try:
        yield
    finally:
        lock.release()


def _path(engine: Engine, what: str) -> Path:
    database = engine.url.database
    assert database is not None
    return Path(f"{database}.{what}.lock")


def is_held(engine: Engine, what: str) -> bool:
    """Whether a process holds the lock now. Raises StorageError. Makes no file: another person's would be in the way
    of the service."""
    if engine.dialect.name == "sqlite" and not _path(engine, what).exists():
        return False
    try:
        with held(engine, what):
            return False
    except Taken:
        return True
