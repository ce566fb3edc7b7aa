"""One centre on SQLite, as ``collect serve`` looks after it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collector.app import App
from collector.service.lock import held
from tests.collector.service.live import ROOT
from tests.soak.centre import Centre, Post, around
from tests.soak.processes import Started

#: In config at a time: a pass over more would never come to its mails before it is killed.
SITES = 3


@dataclass
class World:
    """The centre and the service. ``starts``: how often it was started."""

    folder: Path
    centre: Centre
    service: Started | None = None
    starts: int = 0

    @property
    def post(self) -> Post:
        return self.centre.around.post

    @property
    def log(self) -> Path:
        return self.folder / "serve.log"

    @property
    def hindrance(self) -> Path:
        return self.folder / "hindrance"

    def next_round(self) -> None:
        """More work, and its newest sites in config."""
        self.centre.next_round()
        rounds = self.centre.rounds
        self.configure(range(max(0, rounds - SITES), rounds))

    def configure(self, sites: Iterable[int]) -> None:
        """Write config.toml, with these rounds' sites in it."""
        partial = self.folder / "config.part"
        partial.write_text(self.centre.config(sites), encoding="utf-8")
        partial.replace(self.folder / "config.toml")

    def start(self, module: str = "collector.cli") -> None:
        """``collect serve``, leading a group of its own."""
        self.starts += 1
        words = [module, "--config", str(self.folder / "config.toml"), "serve"]
        self.service = Started(words, self.log, self._environment())

    def is_up(self) -> bool:
        assert self.service is not None
        code = self.service.ended
        assert code is None, f"it ended by itself ({code}): {self.said()[-3000:]}"
        return self.said().count("服务已启动") >= self.starts

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def collect(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command, by hand; it waits until nothing of a killed service is left."""
        command = [sys.executable, "-m", "collector.cli", "--config"]
        return subprocess.run(
            [*command, str(self.folder / "config.toml"), *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env=os.environ | self._environment(),
            check=False,
        )

    def settle(self) -> None:
        """Wait until the children of a killed service have ended: they hold the locks until then."""
        engine = self.centre.engine()
        try:
            for lane in ("work", "inbox"):
                with held(engine, lane, 60):
                    pass
        finally:
            engine.dispose()

    def _environment(self) -> dict[str, str]:
        return {
            "PYTHONUTF8": "1",
            "PYTHONPATH": str(Path(__file__).parent / "hindered"),
            "SOAK_HINDRANCE": str(self.hindrance),
        }


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Everything around a service, on loopback; whatever of it lives at the end is killed."""
    with around() as there:
        made = World(folder, Centre(folder=folder, url="", around=there))
        made.configure(())
        made.centre.url = App(config_path=folder / "config.toml").config.database_url
        made.log.touch()
        try:
            yield made
        finally:
            if made.service is not None and made.service.ended is None:
                made.service.kill(everything=True)
