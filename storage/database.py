"""Opening, locking, migrating and backing up the database: SQLite on one PC, PostgreSQL where there is one.

Settings of SQLite (measured, docs/architecture.md §7): WAL, synchronous=FULL (a power cut loses nothing reported as
stored), BEGIN IMMEDIATE for writers (a deferred writer fails at once with "database is locked")."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import NullPool

from storage import postgres

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest migration; a test holds it equal to migrations/versions.
HEAD = "0011"
BUSY_SECONDS = 30
#: The lock of PostgreSQL that the one writer holds; any number that no other program uses.
_WRITER = 6_215_733
#: The class of PostgreSQL's answers to rows that go beyond what it holds (an index row too long).
_LIMITS = "54"


class Tables(NamedTuple):
    """A line of migrations: the folder of its scripts, and the newest of them."""

    scripts: Path
    head: str


class StorageError(Exception):
    """The database cannot do its work: says what is wrong and what to do, in Chinese."""


class RowsRefused(StorageError):
    """The database works, but does not take these rows (a number out of bounds): a fault of what they came from."""


def file_of(url: str | URL) -> Path | None:
    """The file of an SQLite database; None where it is in memory, or another kind of database."""
    parsed = postgres.address(url)
    named = (parsed.database or ":memory:").removeprefix("file:").partition("?")[0]
    if parsed.get_backend_name() != "sqlite" or named.startswith(":memory:"):
        return None
    return Path(named)


def open_database(url: str | URL, **options: Any) -> Engine:
    """An engine for ``url``; the folder of an SQLite file is made. Nothing is read yet. ``options``: SQLAlchemy's.
    Raises StorageError."""
    parsed = postgres.address(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    named = file_of(parsed)
    if named is not None and not (parsed.database or "").startswith(
        "file:"
    ):  # that may be read-only
        try:
            named.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StorageError(
                f"建不了数据库所在的文件夹 {named.parent}：{problem.strerror}。请检查磁盘和权限"
            ) from problem
    if not sqlite:
        try:
            return postgres.connected(parsed, **options)
        except postgres.NoDriver as problem:
            raise StorageError(str(problem)) from problem
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS}, **options)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def open_read_only(url: str) -> Engine:
    """An engine for a database that is there and up to date, in which ``reading`` changes nothing. Between two looks the
    file is let go, so that it may be restored from a backup and the next look is at the new one. Raises StorageError."""
    there = file_of(url)
    if there is None:
        engine = open_database(url)
    elif there.is_file():
        query = {"mode": "ro", "uri": "true"}
        named = URL.create("sqlite", database=there.resolve().as_uri(), query=query)
        engine = open_database(named, poolclass=NullPool)
    else:
        raise StorageError(f"没有数据库 {there}。先运行 collect now，把收件夹里的文件读进来")
    if not is_current(engine):
        raise StorageError(
            "数据库的表和本程序的版本不同。先运行一次 collect status，它会先备份再升级；已经升级过的，请升级程序"
        )
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's BEGIN is ours to emit: see _begin
    cursor = connection.cursor()
    with suppress(sqlite3.OperationalError):  # a read-only file keeps the mode it has
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA cache_size=-32000")
    cursor.execute("PRAGMA temp_store=MEMORY")  # a view's table; it is small
    cursor.execute("PRAGMA wal_autocheckpoint=8000")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent look at the database. Nothing is written: a view's temporary table is taken back as well."""
    level: Any = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with (
        explained(),
        engine.connect().execution_options(**level) as connection,
        connection.begin() as transaction,
    ):
        yield connection
        transaction.rollback()


@contextmanager
def writing(engine: Engine, *, rehearsed: bool = False) -> Iterator[Connection]:
    """One transaction of the one writer: wholly stored or not at all. ``rehearsed``: nothing of it stays."""
    with (
        explained(),
        engine.connect().execution_options(writes=True) as connection,
        connection.begin() as transaction,
    ):
        if engine.dialect.name == "postgresql":  # SQLite has one writer anyway
            connection.exec_driver_sql(
                f"SELECT set_config('lock_timeout', '{BUSY_SECONDS}s', true),"
                f" pg_advisory_xact_lock({postgres.lock_key(_WRITER)})"
            )
        yield connection
        if rehearsed:
            transaction.rollback()


def analyse(connection: Connection) -> None:
    """Tell the planner what the tables hold. SQLite never looks by itself; a sample takes milliseconds whatever they hold.
    PostgreSQL does look, but not before a minute after a first import."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA analysis_limit=1000")
        connection.exec_driver_sql("ANALYZE")
        return
    sql = "SELECT reltuples FROM pg_class WHERE oid = to_regclass('post')"
    if (connection.exec_driver_sql(sql).scalar() or 0) <= 0:
        connection.exec_driver_sql("ANALYZE")


@contextmanager
def explained() -> Iterator[None]:
    """What a driver refuses inside comes out as a StorageError, in Chinese."""
    try:
        yield
    except (DataError, IntegrityError) as problem:
        raise RowsRefused(f"数据库不收里面的数据：{problem.orig}") from problem
    except DBAPIError as problem:
        if str(getattr(problem.orig, "sqlstate", ""))[:2] == _LIMITS:
            raise RowsRefused(f"数据库不收里面的数据：{problem.orig}") from problem
        meant = postgres.meaning(problem.orig) if problem.orig is not None else None
        raise StorageError(meant or _explain(str(problem.orig))) from problem
    except sqlite3.Error as problem:  # while connecting
        raise StorageError(_explain(str(problem))) from problem


def _explain(said: str) -> str:
    for sign, words in (
        (
            "is full",
            "磁盘（或数据库允许的大小）已满，这一批没有存入，已存的不受影响。请腾出空间后再运行",
        ),
        ("readonly", "数据库是只读的，没有存入。请检查文件权限，或是否放在只读的磁盘上"),
        ("read-only", "数据库是只读的，没有存入。请检查文件权限，或是否放在只读的磁盘上"),
        ("No space left", "磁盘已满，这一批没有存入，已存的不受影响。请腾出空间后再运行"),
        ("lock", f"数据库正被另一个程序占用，等了 {BUSY_SECONDS} 秒仍未让出。请稍后再运行"),
        ("unable to open", "打不开数据库文件。请检查路径和权限"),
        ("malformed", "数据库文件已损坏。请用 collect restore 恢复最近的备份"),
        (
            "not a database",
            "这个文件不是数据库，或已损坏。请检查 [storage] url；没有写错的，用 collect restore 恢复最近的备份",
        ),
        ("disk I/O", "读写磁盘出错。请检查磁盘"),
    ):
        if sign in said:
            return words
    return f"数据库出错：{said}"


def _centre() -> Tables:
    """The tables of one centre, which are meant where no others are named."""
    return Tables(Path(__file__).parent / "migrations", HEAD)


def prepare(engine: Engine, now: datetime, tables: Tables | None = None) -> Path | None:
    """Bring the tables up to date. A file that has any is backed up first: returns that backup. Raises StorageError."""
    scripts, head = tables or _centre()
    with explained():
        found = _version(engine)
    if found == head:
        return None
    if found is not None and found > head:
        raise StorageError(f"数据库由更新的版本（{found}）建立，本程序只认得 {head}。请升级程序")
    if found is None and _is_foreign(engine):
        raise StorageError(
            "这个数据库里有别的程序的数据，没有动它。请在 config.toml 的 [storage] url 另写一个文件"
        )
    current = file_of(engine.url)
    if found is None or current is None:
        upgrade(engine, "请把这句话发给维护程序的人", scripts)
        return None
    trial = current.with_name(f"{current.stem}-升级前-{found}{current.suffix}")
    backup(engine, trial)  # in the place of the one of an upgrade that failed
    upgrade(engine, f"升级前的备份在 {trial}。可以先装回旧版使用", scripts)
    saved = current.with_name(f"{current.stem}-升级前-{now:%Y%m%d-%H%M%S}{current.suffix}")
    try:
        trial.replace(saved)
    except OSError:  # a process beside this one has, or one on Windows looks at it
        return trial
    return saved


def upgrade(engine: Engine, saved: str, scripts: Path | None = None) -> None:
    """Bring the tables up to date in one transaction. Raises StorageError, which ends with ``saved``."""
    try:
        with writing(engine) as connection:
            postgres.make_schema(connection)
            migrate(connection, "head", scripts)
    except Exception as problem:  # whatever a migration trips over
        known = isinstance(problem, StorageError)
        why = str(problem) if known else f"{type(problem).__name__} {problem}"
        raise StorageError(f"数据库没能升级，数据没有改动：{why}。{saved}") from problem


def migrate(connection: Connection, version: str, scripts: Path | None = None) -> None:
    """Bring the tables to a version ("head": the newest), in the transaction of ``connection``."""
    from alembic import command  # 305 ms to import: only when there is something to do

    config = _migrations(scripts or _centre().scripts)
    config.attributes["connection"] = connection
    command.upgrade(config, version)
    if connection.dialect.name == "postgresql":
        postgres.by_bytes(connection)


def versions() -> set[str]:
    """The versions of the tables that this program knows."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_migrations(_centre().scripts))
    return {each.revision for each in scripts.walk_revisions()}


def _migrations(scripts: Path) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config


def is_current(engine: Engine, tables: Tables | None = None) -> bool:
    """Whether the tables are those of this program: nothing is left for ``prepare`` to do. Raises StorageError."""
    with explained():
        return _version(engine) == (tables or _centre()).head


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection, connection.begin():
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)


def _is_foreign(engine: Engine) -> bool:
    """Whether a database without our version holds tables all the same."""
    with explained(), engine.connect() as connection, connection.begin():
        return bool(inspect(connection).get_table_names())


def backup(engine: Engine, target: Path) -> None:
    """A consistent copy, made while others may write: a database of its own, or what PostgreSQL's pg_dump writes
    (custom format, for pg_restore). Raises StorageError."""
    partial = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if engine.dialect.name == "sqlite":
            _copy(engine, partial)
            check(partial)
        else:
            why = postgres.dump(engine.url, partial)
            if why:
                raise StorageError(f"备份没有成功：{why}")
        partial.replace(target)
    except (OSError, sqlite3.Error, OperationalError) as problem:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        full = "磁盘已满" if "is full" in str(problem) else str(problem)
        raise StorageError(f"备份没有成功：{full}。请检查目标位置和空间") from problem


def _copy(engine: Engine, target: Path) -> None:
    with engine.connect() as connection:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        finally:
            copy.close()


def check(path: Path) -> None:
    """Raises StorageError unless ``path`` is a sound database of this program."""
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            answer = connection.execute("PRAGMA quick_check").fetchone()
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as problem:
        raise StorageError(f"{path.name} 不是爆款的数据库，或已损坏：{problem}") from problem
    if answer != ("ok",):
        raise StorageError(f"{path.name} 已损坏：{answer[0]}")
