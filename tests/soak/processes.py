"""A process under test: leads a session of its own, so that all it has started can be found, and killed with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from tests.collector.service.live import ROOT


class Started:
    """``python -m`` these words; what it says is added to ``log``."""

    def __init__(self, words: list[str], log: Path, environment: Mapping[str, str]) -> None:
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *words],
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=os.environ | environment,
                start_new_session=True,
            )

    @property
    def ended(self) -> int | None:
        """Its exit code, once it has ended."""
        return self.process.poll()

    def kill(self, *, everything: bool) -> None:
        """``kill -9``: of the process alone, or of its children too, as a power cut would."""
        children = self.children() if everything else []
        self.process.kill()
        for each in children:
            _send(each, signal.SIGKILL)
        self.process.wait(60)

    def send(self, number: signal.Signals) -> None:
        """A signal to the process and all of its children."""
        for each in (self.process.pid, *self.children()):
            _send(each, number)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)

    def children(self) -> list[int]:
        """The processes of its session, also once it is gone itself: children lead groups of their own."""
        return [each for each in _processes() if each != self.process.pid and self._has(each)]

    def _has(self, process: int) -> bool:
        with suppress(OSError):
            return os.getsid(process) == self.process.pid
        return False


def _processes() -> Iterator[int]:
    return (int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit())


def _send(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)
