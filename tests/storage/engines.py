"""Databases to test on: SQLite, and a throw-away PostgreSQL where its binaries and psycopg are there."""

from __future__ import annotations

import getpass
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def why_no_postgres() -> str | None:
    """Why PostgreSQL cannot be tested here; None where it can."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed (extra: postgres)"
    if _binaries() is None:
        return "PostgreSQL's initdb and pg_ctl are not installed"
    return None


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in places if (each / "initdb").exists()), None)


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a fresh server on a free local port; gone afterwards. As root it runs as ``postgres``."""
    binaries = _binaries()
    assert binaries is not None
    root = getpass.getuser() == "root"
    folder = Path(tempfile.mkdtemp(prefix="baokuan-pg-"))
    if root:
        shutil.chown(folder, "postgres")

    def run(*command: str) -> None:
        line = ["runuser", "-u", "postgres", "--", *command] if root else list(command)
        subprocess.run(line, check=True, capture_output=True, cwd=folder, env=os.environ)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data, log = str(folder / "data"), str(folder / "log")
    ctl = str(binaries / "pg_ctl")
    try:
        run(
            str(binaries / "initdb"),
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "-N",
        )
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        )
        run(ctl, "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            run(ctl, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
