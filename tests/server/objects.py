"""An object store of this machine that speaks S3 and checks signatures (nanio), in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

KEY, SECRET = "AKIAOFTHETESTS000000", "Secret/Of+The/Tests0123456789"
BUCKET = "captures"


@dataclass(frozen=True, slots=True)
class Objects:
    """A running store. ``folder`` holds its buckets: an object is a file there."""

    port: int
    folder: Path

    @property
    def bucket(self) -> Path:
        return self.folder / BUCKET

    def age(self, path: Path, moment: datetime) -> None:
        """Have an object be stored at ``moment``."""
        told = self.bucket / ".nanio-meta" / path.relative_to(self.bucket)
        told.with_name(f"{told.name}.json").unlink(missing_ok=True)  # then its file tells
        os.utime(path, (moment.timestamp(), moment.timestamp()))

    def environment(self, port: int | None = None) -> dict[str, str]:
        """What a program is told of the store, or of what listens at ``port`` before it."""
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port or self.port}",
            "AWS_ALLOW_HTTP": "true",
        }


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


@contextmanager
def serving(folder: Path) -> Iterator[Objects]:
    """The store, with an empty bucket."""
    made = Objects(free_port(), folder)
    made.bucket.mkdir(parents=True)
    where = ("--data-dir", str(folder), "--host", "127.0.0.1", "--port", str(made.port))
    keys = {"NANIO_ACCESS_KEY": KEY, "NANIO_SECRET_KEY": SECRET}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "nanio", "serve", *where],
            env=os.environ | keys,
            stdout=log,
            stderr=log,
        )
    try:
        _until_it_listens(made.port, process)
        yield made
    finally:
        process.terminate()
        process.wait(20)


def _until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
        time.sleep(0.02)
    raise AssertionError("the object store did not start")


@contextmanager
def cutting(port: int, *, up: int = 2**40, down: int = 2**40) -> Iterator[int]:
    """A port before ``port`` whose connections are cut after so many bytes each way."""

    class Cut(BaseRequestHandler):
        def handle(self) -> None:
            near: socket.socket = self.request
            with closing(socket.create_connection(("127.0.0.1", port))) as far:
                back = threading.Thread(target=_pass, args=(far, near, down))
                back.start()
                _pass(near, far, up)
                back.join()

    with ThreadingTCPServer(("127.0.0.1", 0), Cut) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.02,))
        serving.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            serving.join()


def _pass(source: socket.socket, target: socket.socket, most: int) -> None:
    """Pass on so many bytes, then cut both ways."""
    with suppress(OSError):
        while most > 0 and (block := source.recv(min(most, 65_536))):
            target.sendall(block)
            most -= len(block)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
