"""The service as it really runs: a process of its own, on a centre in a temporary folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tests.collector.centre import Centre

ROOT = Path(__file__).resolve().parents[3]
#: Nothing here takes nearly as long, on a machine that does nothing else.
DEADLINE = 60.0

Found = TypeVar("Found")


def until(look: Callable[[], Found], seconds: float = DEADLINE) -> Found:
    """The first thing that is true."""
    ends = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > ends:
            raise AssertionError(f"not within {seconds} s: {look}")
        time.sleep(0.1)


def collect(centre: Centre, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command, in a process of its own, at the real time."""
    return subprocess.run(
        [*command(centre), *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
    )


def status(centre: Centre) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(collect(centre, "status", "--json").stdout)
    return found


def command(centre: Centre) -> list[str]:
    return [sys.executable, "-m", "collector.cli", "--config", str(centre.folder / "config.toml")]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONUTF8": "1"}


class Live:
    """``collect serve`` under way. What it says is in ``said``; ``more`` is added to its environment."""

    def __init__(self, centre: Centre, more: Mapping[str, str] | None = None) -> None:
        self.log = centre.folder / "serve.log"
        self.stream = self.log.open("w")
        self.process = subprocess.Popen(
            [*command(centre), "serve"],
            stdout=self.stream,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=environment() | dict(more or {}),
        )
        until(lambda: "服务已启动" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def stop(self) -> int:
        """Ask it to end; its exit code. What it should not wait for must last longer than the deadline."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(DEADLINE)


@contextmanager
def live(centre: Centre, more: Mapping[str, str] | None = None) -> Iterator[Live]:
    made = Live(centre, more)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.kill()
        made.stream.close()
