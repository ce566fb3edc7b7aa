"""PostgreSQL as one centre's home: its address as people write it, its connections, what its refusals mean, its copy.

An address may name a schema (``postgresql://…/province?schema=yunling``): every connection then looks there alone, so
that many centres share a server. SQL never names a schema."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError

#: How long to wait for a server that does not answer, and for one that has gone silent; an address may say otherwise.
_WAITS = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_UNUSED_SECONDS = 2
#: In schemas of many machines the server too must notice one that has gone silent, and let go of the locks it held.
_SILENT = "-ctcp_keepalives_idle=30 -ctcp_keepalives_interval=10 -ctcp_keepalives_count=3"
#: The part of an address that is ours and not the driver's.
_SCHEMA = "schema"
_ANOTHER = (
    "请检查 [storage] url 里的地址、用户名和数据库名，和 password_file（或 password_env）里的密码"
)
_NO_SERVER = (
    "连不上数据库服务器，或连接断了，已存的不受影响。请看服务器是否开着，再运行一次；一直连不上的"
)
#: SQLSTATE, or how it begins → what to do. The server's own words may be in any language.
_MEANINGS = {
    "28": f"数据库服务器不让登录。{_ANOTHER}",
    "3D000": f"服务器上没有这个数据库。{_ANOTHER}",
    "3F000": "数据库里没有可以建表的地方。请让管理员把这个数据库交给 url 里的用户（ALTER DATABASE … OWNER TO …）",
    "42501": "数据库的这个用户权限不够。请让管理员把这个数据库交给 url 里的用户（ALTER DATABASE … OWNER TO …）",
    "53300": "数据库服务器的连接数已满。请稍后再运行，或让管理员调大 max_connections",
    "53100": "数据库服务器的磁盘已满，这一批没有存入，已存的不受影响。请腾出空间后再运行",
    "25006": "数据库是只读的，没有存入。请检查 url 里的用户，或是否连到了备用服务器",
    "55P03": "数据库正被另一个程序占用，等了 30 秒仍未让出。请稍后再运行",
    "57P": "数据库服务器停了，或正在重新启动，这一批没有存入，已存的不受影响。请等它启动后再运行一次",
    "08": "和数据库服务器的连接断了，这一批没有存入，已存的不受影响。请再运行一次",
}


#: How a centre gets psycopg, and what a fleet and an object store need besides.
INSTALL = (
    "在程序的文件夹里运行 make postgres"
    "（Windows：.venv\\Scripts\\python -m pip install --require-hashes -r requirements-postgres.lock）"
)


class NoDriver(Exception):
    """psycopg is not installed; the text says how to get it."""


def address(url: str | URL) -> URL:
    """A database's address as the program uses it: PostgreSQL's, however written, by psycopg 3. Raises ArgumentError."""
    parsed = make_url(url)
    if parsed.drivername.partition("+")[0] not in ("postgres", "postgresql"):
        return parsed
    user = parsed.username or parsed.query.get("user", "")
    found = parsed.difference_update_query(["user"]).set(
        drivername="postgresql+psycopg", username=str(user)
    )
    if found.host and found.host.startswith("%2"):  # a socket's folder: %2Fvar%2Frun%2Fpostgresql
        places = {"host": unquote(found.host)}
        if found.port:
            places["port"] = str(found.port)
        return found._replace(host=None, port=None).update_query_dict(places)
    return found


def of_schema(url: str | URL, schema: str) -> URL:
    """The address of one schema of a database."""
    return address(url).update_query_dict({_SCHEMA: schema})


def schema_of(url: URL) -> str | None:
    """The schema that an address names."""
    named = url.query.get(_SCHEMA)
    return named if isinstance(named, str) else None


def connected(url: URL, **options: Any) -> Engine:
    """An engine for a PostgreSQL server. Raises NoDriver."""
    try:
        engine = create_engine(url, **options)
    except ImportError as problem:
        raise NoDriver(f"用 PostgreSQL 还要装它的驱动 psycopg：{INSTALL}") from problem
    event.listen(engine, "do_connect", _look_in_schema)
    event.listen(engine, "begin", _turn_to_schema)
    event.listen(engine, "checkin", _put_back)
    event.listen(engine, "checkout", _taken_out)
    return engine


def _put_back(_connection: Any, record: Any) -> None:
    record.info["unused since"] = time.monotonic()


def _taken_out(connection: Any, record: Any, _proxy: Any) -> None:
    """A connection that lay unused for a while is tried first: the server may have been restarted meanwhile. (The pool's
    own ``pre_ping`` asks each time, which was a twentieth of all questions.)"""
    if time.monotonic() - record.info.get("unused since", time.monotonic()) > _UNUSED_SECONDS:
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except Exception as problem:  # whatever it is, a new connection tells more
            raise DisconnectionError from problem


def _look_in_schema(_dialect: Any, _record: Any, _args: Any, parameters: dict[str, Any]) -> None:
    for name, value in _WAITS.items():
        parameters.setdefault(name, value)
    if (schema := parameters.pop(_SCHEMA, None)) is not None:
        own = _escaped(f'-csearch_path="{schema.replace(chr(34), chr(34) * 2)}"')
        parameters["options"] = f"{parameters.get('options', '')} {_SILENT} {own}".strip()


def in_schema(engine: Engine, schema: str) -> Engine:
    """The connections of an engine, looking in another schema from one transaction to the next: for who goes through many
    schemas, each for a moment."""
    return engine.execution_options(**{_SCHEMA: schema})


def _turn_to_schema(connection: Connection) -> None:
    schema = connection.get_execution_options().get(_SCHEMA)
    if schema is not None:
        quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
        connection.exec_driver_sql(f"SET LOCAL search_path = {quoted}".replace("%", "%%"))


def parameters(url: str | URL) -> dict[str, Any]:
    """What psycopg is given to connect to an address, where SQLAlchemy does not do it; a password among it."""
    parsed = address(url)
    found = {**parsed.query, **parsed.translate_connect_args(username="user", database="dbname")}
    _look_in_schema(None, None, None, found)
    return found


def _escaped(option: str) -> str:
    return option.replace("\\", "\\\\").replace(" ", "\\ ")


def lock_key(number: int) -> str:
    """SQL: the two numbers of an advisory lock of the schema that the connection looks in."""
    own = "(SELECT oid::int4 FROM pg_namespace WHERE nspname = current_schema())"
    return f"{number}, coalesce({own}, 0)"


def make_schema(connection: Connection) -> None:
    """The schema of the connection's address, where it is not there yet."""
    schema = schema_of(connection.engine.url)
    if schema is not None:
        quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {quoted}".replace("%", "%%"))


def by_bytes(connection: Connection) -> None:
    """Have text compared by its bytes, as SQLite does it, in whatever language the database was made: one order of
    names and titles on both, and faster indexes."""
    sql = (
        "SELECT t.relname, c.attname FROM pg_attribute c JOIN pg_class t ON t.oid = c.attrelid"
        " WHERE t.relnamespace ="
        " (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND t.relkind = 'r' AND c.attnum > 0"
        " AND c.atttypid = 'text'::regtype AND c.attcollation = 'pg_catalog.default'::regcollation"
    )
    quote = connection.dialect.identifier_preparer.quote_identifier
    tables: dict[str, list[str]] = {}
    for table, column in connection.exec_driver_sql(sql):
        tables.setdefault(table, []).append(f'ALTER {quote(column)} TYPE text COLLATE "C"')
    for table, actions in tables.items():
        connection.exec_driver_sql(f"ALTER TABLE {quote(table)} {', '.join(actions)}")


def meaning(problem: BaseException) -> str | None:
    """What a refusal of psycopg means, in Chinese; None where only its own words tell, or it is another driver's."""
    if not type(problem).__module__.startswith("psycopg"):
        return None
    state = str(getattr(problem, "sqlstate", None) or "")
    for sign, words in _MEANINGS.items():
        if state.startswith(sign):
            return words
    if not state:  # libpq's own: no server, no password, a connection that broke
        return f"{_NO_SERVER}，{_ANOTHER}。服务器说：{_said(problem)}"
    return None


def _said(problem: BaseException) -> str:
    """The first line of libpq's words, which may have one for each address of a host."""
    lines = [each.strip() for each in str(problem).splitlines() if each.strip()]
    return lines[0] if lines else type(problem).__name__


def dump(url: URL, target: Path) -> str:
    """Write a copy for pg_restore (custom format), of one schema where the address names one; what went wrong."""
    program = shutil.which("pg_dump")
    if program is None:
        return (
            "这台电脑上没有 pg_dump。请装上 PostgreSQL 的客户端工具（版本不低于服务器），再运行一次"
        )
    schema = schema_of(url)
    plain = url.difference_update_query([_SCHEMA])._replace(drivername="postgresql", password=None)
    secret = {} if url.password is None else {"PGPASSWORD": str(url.password)}
    command = [program, "--format=custom", "--no-password", f"--file={target}"]
    if schema is not None:
        command.append('--schema="{}"'.format(schema.replace('"', '""')))
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program; the password is in no command line
        [*command, plain.render_as_string()],
        capture_output=True,
        text=True,
        errors="replace",
        env=os.environ | secret,
        check=False,
    )
    if done.returncode == 0:
        return ""
    target.unlink(missing_ok=True)
    why = done.stderr.strip().splitlines()[-1:] or [f"退出码 {done.returncode}"]
    return f"pg_dump 说：{why[0]}"
