"""A province: its centres in one PostgreSQL database, its workers on one machine, what they ask and write to on loopback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from collector.fleet.province import Province, load
from storage.database import open_database, writing
from storage.fleet import centres as kept
from tests.collector.service.live import ROOT, until
from tests.server.fleet.build import rows
from tests.soak.centre import Around, Centre, around
from tests.soak.processes import Started
from tests.storage.engines import PostgresServer, postgres_server

#: How many workers there are, and in config of each centre its newest sites.
WORKERS, SITES = 4, 2
#: The centre that has a job which never comes to a good end.
POISONED = 1
_BEGUN = re.compile(r"(县\d\d)县融媒体中心：(\S+)开始$")


class Worker:
    """``collect fleet work``, with a log of its own."""

    def __init__(self, number: int, file: Path, log: Path) -> None:
        self.number, self.log = number, log
        log.touch()
        self.before = len(self.said)
        words = ["tests.soak.fleet.quick", "fleet", "work", "--province", str(file)]
        self.started = Started(words, log, {"PYTHONUTF8": "1"})

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def words(self) -> str:
        """What this life of it has said."""
        return self.said[self.before :]

    def busy(self) -> tuple[str, str]:
        """The centre it is at work for, and its job; empty where it is at none."""
        for line in reversed(self.words.splitlines()):
            if found := _BEGUN.search(line):
                return found[1], found[2]
            if "县融媒体中心：" in line:
                break
        return "", ""


@dataclass
class World:
    """``workers``: those that should be alive, by number; ``gone``: those that were killed, whose children may live."""

    folder: Path
    server: PostgresServer
    around: Around
    province: Province
    centres: dict[str, Centre]
    workers: dict[int, Worker] = field(default_factory=dict)
    gone: list[Started] = field(default_factory=list)
    read: dict[int, int] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.folder / "province.toml"

    # ── what there is to do ──

    def next_round(self, key: str) -> None:
        """More work for a centre, due now."""
        centre = self.centres[key]
        centre.next_round()
        self.configure(key, range(max(0, centre.rounds - SITES), centre.rounds))
        centre.make_due()

    def text(self, key: str, sites: Iterable[int]) -> str:
        centre = self.centres[key]
        text = centre.config(sites)
        if centre.number != POISONED:
            return text
        return text.replace('summary = ""', f'summary = "{centre.crontab}"')

    def configure(self, key: str, sites: Iterable[int]) -> None:
        """As ``fleet init`` stores a config that was changed, without waiting for what is under way."""
        text = self.text(key, sites)
        (self.folder / f"{key}.toml").write_text(text, encoding="utf-8")
        config = self.province.centre(key, text)
        with self.own() as connection:
            entry = kept.centre(connection, key)
            assert entry is not None
            kept.put(connection, replace(entry, config=text, fingerprint=config.fingerprint))

    @contextmanager
    def own(self) -> Iterator[Any]:
        """A transaction on the province's own tables."""
        engine = open_database(self.province.url)
        try:
            with writing(engine) as connection:
                yield connection
        finally:
            engine.dispose()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return rows(self.province.url, sql)

    # ── who does it ──

    def start(self, number: int) -> None:
        self.workers[number] = Worker(number, self.file, self.folder / f"worker{number}.log")

    def is_up(self) -> bool:
        """Whether all workers have begun to work."""
        for each in self.workers.values():
            assert each.started.ended is None, each.words[-3000:]
        return all("在干活" in each.words for each in self.workers.values())

    def kill(self, number: int, *, everything: bool) -> None:
        killed = self.workers.pop(number)
        assert killed.started.ended is None, killed.words[-3000:]
        killed.started.kill(everything=everything)
        self.gone.append(killed.started)

    def collect(self, *words: str) -> subprocess.CompletedProcess[str]:
        """``collect fleet`` by hand."""
        command = [sys.executable, "-m", "tests.soak.fleet.quick", "fleet", *words]
        return subprocess.run(
            [*command, "--province", str(self.file)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env=os.environ | {"PYTHONUTF8": "1"},
            check=False,
        )

    def init(self) -> Started:
        """``collect fleet init`` under way."""
        words = ["tests.soak.fleet.quick", "fleet", "init", str(self.file)]
        return Started(words, self.folder / "init.log", {"PYTHONUTF8": "1"})

    def touched(self) -> set[str]:
        """The centres that anybody was at work for since this was asked last."""
        said = ""
        for number in range(WORKERS):
            text = (self.folder / f"worker{number}.log").read_text("utf-8", errors="replace")
            said += text[self.read.get(number, 0) :]
            self.read[number] = len(text)
        busy = {each.busy()[0] for each in self.workers.values()}
        return {key for key, each in self.centres.items() if each.name in said or each.name in busy}

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nothing moves meanwhile: every process is frozen, every mail taken, every transaction that was under way is
        over or waits for a process that is frozen."""
        leaders = [*(each.started for each in self.workers.values()), *self.gone]
        for each in leaders:
            each.send(signal.SIGSTOP)
        try:
            until(lambda: self.around.post.under_way == 0)
            time.sleep(0.1)
            yield
        finally:
            for each in leaders:
                each.send(signal.SIGCONT)
            self.gone = [each for each in self.gone if each.children()]


def write(folder: Path, server: PostgresServer, number: int) -> Path:
    """province.toml, with so many centres."""
    url = make_url(server.url).set(drivername="postgresql").render_as_string()
    head = f'[province]\nname = "云山省"\nurl = "{url}"\n'
    keys = [f"xian{each:02d}" for each in range(number)]
    entries = [f'[[centres]]\nkey = "{key}"\nconfig = "{key}.toml"\n' for key in keys]
    file = folder / "province.toml"
    file.write_text("\n".join([head, *entries]), encoding="utf-8")
    return file


@contextmanager
def world(folder: Path, number: int) -> Iterator[World]:
    """A province that is not founded yet; whatever of it lives at the end is killed."""
    with postgres_server() as server, around() as there:
        province = load(write(folder, server, number))
        made = World(folder, server, there, province, {})
        for each, entry in enumerate(province.centres):
            place = province.place(entry.key).parent
            place.mkdir(parents=True)
            if each == POISONED:
                (place / "reports_out").write_text("a file where a folder should be")
            every_minute = each in (0, POISONED)
            made.centres[entry.key] = Centre(
                folder=place, url=province.home(entry.key).url, around=there, number=each,
                name=f"县{each:02d}", rows=40, articles=3,
                crontab="* * * * *" if every_minute else f"{each % 15}-59/15 * * * *",
            )  # fmt: skip
            (folder / f"{entry.key}.toml").write_text(made.text(entry.key, ()), encoding="utf-8")
        try:
            yield made
        finally:
            for worker in list(made.workers.values()):
                worker.started.kill(everything=True)
            for left in made.gone:
                left.send(signal.SIGKILL)
