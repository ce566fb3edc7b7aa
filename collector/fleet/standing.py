"""``collect fleet status`` and ``collect fleet again``: who works, what came to no end, when each centre was last at work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.moments import DAY
from collector.fleet.centres import Fleet
from collector.fleet.looking import aside_words, called
from collector.service.works import jobs_of
from collector.words import iso, iso_row, minute
from storage.bulk import seconds
from storage.database import StorageError, reading, writing
from storage.fleet import centres, setbacks, workers
from storage.fleet.centres import Centre
from storage.fleet.setbacks import Setback
from storage.fleet.workers import Worker
from storage.operations import jobs

#: A worker not heard of for so long is no longer there.
GONE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreState:
    """When a centre's sources were last gone through well, UTC seconds (None: never); ``problem``: why that is unknown."""

    centre: Centre
    collected_at: int | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A province at one moment. ``back``: jobs that came to no end and are tried again, or are set aside."""

    name: str
    now: int
    workers: list[Worker]
    back: list[Setback]
    centres: list[CentreState]

    @property
    def working(self) -> list[Worker]:
        """The workers that are there."""
        return [each for each in self.workers if _is_there(each, self.now)]

    @property
    def is_well(self) -> bool:
        """Whether somebody works, everywhere, and nothing was set aside."""
        aside = any(each.aside_at is not None for each in self.back)
        return bool(self.working) and not aside and not any(each.problem for each in self.centres)


def _is_there(worker: Worker, now: int) -> bool:
    return worker.stopped_at is None and now - worker.seen_at <= GONE_SECONDS


def standing(fleet: Fleet) -> Standing:
    """How the province stands. Raises StorageError where its own tables cannot be read."""
    with reading(fleet.engine) as connection:
        now = centres.server_now(connection)
        entries = centres.centres(connection)
        there = workers.workers(connection)
        busy = {each.at_work for each in there if _is_there(each, now)}
        back = [
            each
            for each in setbacks.setbacks(connection)
            if (each.why or each.tries > 1) and f"{each.centre}/{each.job}" not in busy
        ]
    return Standing(
        name=fleet.province.province.name, now=now, workers=there, back=back,
        centres=[_of(fleet, each) for each in entries],
    )  # fmt: skip


def _of(fleet: Fleet, entry: Centre) -> CentreState:
    try:
        with reading(fleet.beside(entry.key)) as connection:
            return CentreState(centre=entry, collected_at=jobs.last_done(connection, "collect"))
    except StorageError as problem:
        return CentreState(centre=entry, problem=str(problem))


def lines(state: Standing) -> Iterator[str]:
    """What is said of it, for people."""
    yield f"{state.name}  {minute(state.now)}  {len(state.centres)} 个中心，{len(state.working)} 个进程在干活"
    for each in state.working:
        busy = f"在做 {each.at_work}" if each.at_work else "等着"
        yield f"  {each.host}，进程 {each.pid}，{minute(each.started_at)} 启动：{busy}"
    for each in state.workers:
        if each.problem and state.now - each.seen_at < DAY:
            yield f"[停下] {each.host}，进程 {each.pid}：{each.problem}"
    if not state.working:
        yield "没有进程在干活：请在一台或多台机器上运行 collect fleet work"
    names = {each.centre.key: each.centre.name for each in state.centres}
    for back in state.back:
        name = names.get(back.centre, back.centre)
        if back.aside_at is not None:
            yield f"[搁置] {name}：{aside_words(back)}"
        else:
            yield f"[再试] {name}：{called(back.job)}，{minute(back.next_at)}再试。{back.problem or '上次中途结束'}"
    for there in state.centres:
        last = minute(there.collected_at) if there.collected_at else "还没有采集过"
        yield f"  {there.centre.key:14}{there.centre.name}：{there.problem or f'最近采集 {last}'}"


def as_data(state: Standing) -> dict[str, Any]:
    """The same for programs."""
    return {
        "province": state.name,
        "now": iso(state.now),
        "working": [iso_row(_row(each)) for each in state.working],
        "setbacks": [iso_row(_row(each)) for each in state.back],
        "centres": [
            {
                "key": each.centre.key,
                "name": each.centre.name,
                "city": each.centre.city,
                "collected_at": iso(each.collected_at),
                "problem": each.problem,
            }
            for each in state.centres
        ],
    }


def _row(each: Worker | Setback) -> dict[str, Any]:
    return {name: getattr(each, name) for name in each.__slots__}


def again(fleet: Fleet, entry: Centre, job: str = "") -> list[str]:
    """What was set aside of a centre (only this job, where one is named) is begun again; which. Raises StorageError,
    ConfigError."""
    with writing(fleet.engine) as connection:
        released = setbacks.release(connection, entry.key, job)
    scheduled = jobs_of(fleet.config(entry)).keys()
    with writing(fleet.beside(entry.key)) as connection:
        for each in scheduled & set(released):
            jobs.ask(connection, each, seconds(fleet.now()))
    return released
