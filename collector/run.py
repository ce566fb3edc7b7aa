"""One pass over the sources: every source has an outcome, and one bad source never stops the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event

from sqlalchemy import Engine

from adapters.errors import SourceError
from collector.config.loading import Config
from collector.intake import downloads
from collector.intake.importing import Importer, Result
from collector.intake.inbox import Incoming, explained, loose, named, put_away, scan, strays, unfit
from collector.intake.placing import place
from collector.service.lock import held
from storage.bulk import seconds
from storage.database import analyse, reading, writing
from storage.writing import upkeep, writes

#: How long another reader of the inbox is waited for by a service that tries again anyway.
PATIENCE_SECONDS = 30.0
_NO_FOLDER = "这个文件夹不是任何账号的。请把里面的文件移到收件夹里，或在 config.toml 中加上账号"


def untold(_done: int, _total: int, _name: str) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Stray:
    """What lies in the inbox and is of no account that can be told, and why."""

    name: str
    why: str


@dataclass(slots=True)
class Run:
    """A pass and what became of each of its sources. ``strays``: what lies in the inbox and is nobody's; ``stopped``: it
    was told to end before it had been through."""

    run_id: int
    stopped: bool = False
    results: list[Result] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return any(each.failed for each in self.results) or bool(self.strays)


def begin(engine: Engine, config: Config, occasion: str, now: datetime) -> int:
    """Open a run and make the kept hits those of config. Returns the run's number."""
    with writing(engine) as connection:
        upkeep.keep_thresholds(connection, config.thresholds, seconds(now))
        return writes.start_run(connection, occasion, now)


def collect(
    engine: Engine,
    config: Config,
    *,
    now: datetime,
    only: str = "",
    occasion: str = "now",
    everything: bool = False,
    pages: bool = True,
    progress: Callable[[int, int, str], None] = untold,
    stop: Event | None = None,
    alone: AbstractContextManager[object] | None = None,
) -> Run:
    """Take in everything that lies in the inbox, then ask the pages that are due (of one account, where
    ``only`` names it; all of them, due or not, with ``everything``; none without ``pages``).

    ``progress`` is told (done, total, what). Once ``stop`` is set, the source in hand is finished and no other is begun;
    what is left is due in the next pass. The inbox has one reader at a time: ``alone`` is entered to be it. Raises
    Taken where another one goes on for long, and StorageError where the database cannot do its work.
    """
    stop = stop or Event()
    with alone or held(engine, "inbox", PATIENCE_SECONDS):
        run = Run(
            begin(engine, config, occasion, now),
        )
        importer = Importer(engine=engine, config=config, run_id=run.run_id, now=now)
        with _ending(engine, run.run_id, now):
            if config.inbox.watch:
                downloads.take(engine, config)
            incoming = list(scan(config, only))
            for done, each in enumerate(incoming):
                if stop.is_set():
                    break
                progress(done, len(incoming), each.name)
                if os.path.lexists(each.path):  # a person may have taken it out meanwhile
                    run.results.append(_take(importer, each))
            progress(len(incoming), len(incoming), "")
            if not only and not stop.is_set():
                _take_loose(importer, run)
    if pages and not stop.is_set() and any(map(config.asks_pages, config.accounts)):
        from collector.visits.visiting import ask  # with all that it takes to ask

        with _ending(engine, run.run_id, now):
            run.results += ask(
                engine,
                config,
                run.run_id,
                now=now,
                only=only,
                everything=everything,
                progress=progress,
                stop=stop,
            )
    run.stopped = stop.is_set()
    return run


def _take(importer: Importer, each: Incoming, folder: Path | None = None) -> Result:
    """One file of the inbox: read, stored, put away (into ``folder`` where it lay in none)."""
    with importer.taking(each.account, each.path) as result:
        if each.problem is not None:
            raise each.problem
        importer.read(each.account, each.path, result)
        if result.taken:
            put_away(each.path, result.sha256, importer.now, folder)
    return result


def _take_loose(importer: Importer, run: Run) -> None:
    """Files in no account's folder: each goes to the account that it belongs to. One that was read may make known whose
    another is, so that those left are looked at again."""
    config, waiting = importer.config, loose(importer.config)
    run.strays = [Stray(each, _NO_FOLDER) for each in strays(config)]
    told: dict[Path, Stray] = {}
    while waiting:
        left = []
        for path in waiting:
            stray = _take_one(importer, run, path)
            if stray is not None:
                told[path] = stray
                left.append(path)
        if len(left) == len(waiting):
            break
        waiting = left
    run.strays += [told[path] for path in waiting]


def _take_one(importer: Importer, run: Run, path: Path) -> Stray | None:
    """Take a loose file up for its account; why that cannot be done, where it cannot."""
    config = importer.config
    inbox = config.inbox_folder
    try:
        if (problem := unfit(path, inbox)) is not None:
            return Stray(named(path), str(problem))
        with reading(importer.engine) as connection:
            found = place(connection, config, path)
    except (SourceError, OSError) as problem:
        return Stray(named(path), str(explained(problem, named(path))))
    account = config.account(found.account)
    if account is None:
        names = [each.name for each in config.accounts if each.id in found.fits]
        fits = f"，可能是{'、'.join(names)}" if names else ""
        return Stray(named(path), f"{found.why}{fits}。请移到账号的文件夹里")
    run.results.append(_take(importer, Incoming(account, path), inbox / account.id))
    return None


@contextmanager
def _ending(engine: Engine, run_id: int, now: datetime) -> Iterator[None]:
    """A run that is interrupted has ended too."""
    try:
        yield
    finally:
        with writing(engine) as connection:
            writes.end_run(connection, run_id, now)
            analyse(connection)
