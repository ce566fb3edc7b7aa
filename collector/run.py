"""One pass over the sources: every source has an outcome, and one bad source never stops the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from sqlalchemy import Engine

from adapters.errors import Invalid
from collector.config import Config
from collector.importing import Importer, Result
from collector.inbox import put_away, scan, strays
from collector.visits.visiting import ask
from storage import upkeep, writes
from storage.bulk import seconds
from storage.database import writing


def untold(_done: int, _total: int, _name: str) -> None:
    """Progress that nobody watches."""


@dataclass(slots=True)
class Run:
    """A pass and what became of each of its sources. ``strays`` lie outside every account's folder; ``stopped``: it
    was told to end before it had been through."""

    run_id: int
    stopped: bool = False
    results: list[Result] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

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
) -> Run:
    """Take in everything that lies in the inbox, then ask the pages that are due (of one account, where
    ``only`` names it; all of them, due or not, with ``everything``; none without ``pages``).

    ``progress`` is told (done, total, what). Once ``stop`` is set, the source in hand is finished and no other is begun;
    what is left is due in the next pass. Raises StorageError where the database cannot do its work.
    """
    stop = stop or Event()
    run = Run(begin(engine, config, occasion, now), strays=[] if only else strays(config))
    importer = Importer(engine=engine, config=config, run_id=run.run_id, now=now)
    incoming = list(scan(config, only))
    for done, each in enumerate(incoming):
        if stop.is_set():
            break
        progress(done, len(incoming), each.path.name)
        if each.problem is not None:
            result = Result(account=each.account.id, source=each.path.name)
            run.results.append(importer.fail(result, each.problem))
            continue
        result = importer.import_file(each.account, each.path)
        stored = result.stored is not None or result.outcome == "unchanged"
        if stored and put_away(each.path, result.sha256, now) is None:
            importer.fail(
                result,
                Invalid(
                    "已经存入，但文件正被别的程序打开，没能移到 done 文件夹",
                    target=each.path.name,
                    advice="关闭它后再运行一次即可，不会重复计数",
                ),
            )
        run.results.append(result)
    progress(len(incoming), len(incoming), "")
    try:
        if pages and not stop.is_set():
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
    finally:  # an interrupted run has ended too
        with writing(engine) as connection:
            writes.end_run(connection, run.run_id, now)
    run.stopped = stop.is_set()
    return run
