"""Databases to test on: SQLite, and a throw-away PostgreSQL where its binaries and psycopg are there."""

from __future__ import annotations

import getpass
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
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


class PostgresServer:
    """A server of its own, with its folder and ``settings``; ``url`` is its address. As root it runs as ``postgres``."""

    def __init__(self, folder: Path, settings: Sequence[str] = ("fsync=off",)) -> None:
        self.settings = settings
        binaries = _binaries()
        assert binaries is not None
        self.folder = folder
        self.root = getpass.getuser() == "root"
        if self.root:
            shutil.chown(folder, "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"
        self.data, self.ctl = str(folder / "data"), str(binaries / "pg_ctl")
        options = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "-N")
        self._run(str(binaries / "initdb"), "-D", self.data, *options)

    def start(self) -> None:
        """Returns when it lets in; after ``stop`` at the same address, with all that was committed."""
        own = (*self.settings, "listen_addresses=127.0.0.1", "unix_socket_directories=")
        options = f"-p {self.port} {' '.join(f'-c {each}' for each in own)}"
        log = str(self.folder / "log")
        self._run(self.ctl, "-D", self.data, "-l", log, "-o", options, "-w", "start")

    def stop(self) -> None:
        """At once, as a crash of the server: what was not committed is gone."""
        if Path(self.data, "postmaster.pid").exists():
            self._run(self.ctl, "-D", self.data, "-m", "immediate", "-w", "stop")

    def _run(self, *command: str) -> None:
        line = ["runuser", "-u", "postgres", "--", *command] if self.root else list(command)
        subprocess.run(line, check=True, capture_output=True, cwd=self.folder, env=os.environ)


@contextmanager
def postgres_server(settings: Sequence[str] = ("fsync=off",)) -> Iterator[PostgresServer]:
    """A fresh server on a free local port; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="baokuan-pg-"))
    try:
        server = PostgresServer(folder, settings)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
