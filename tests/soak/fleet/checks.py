"""What must be true of a province beside what must be true of each of its centres. Each function gives faults, a line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from collector.service.ticking import GRACE
from collector.service.works import dues
from tests.server.fleet.build import rows
from tests.soak import checks
from tests.soak.centre import Centre
from tests.soak.fleet.world import POISONED, World


def faults(world: World, seen: set[str], keys: Collection[str] | None = None) -> list[str]:
    """Everything that is wrong now, while nothing moves; of these centres, by itself of all."""
    found = [
        f"{key}: {each}"
        for key, centre in world.centres.items()
        if keys is None or key in keys
        for each in (*checks.faults(centre, seen), *_due_times(centre), *_strangers(centre))
    ]
    return [*found, *_tasks(world)]


def _due_times(centre: Centre) -> Iterator[str]:
    """Every due time up to the last look is noted; what has settled is done, or is noted as missed."""
    found = _jobs(centre)
    last = rows(centre.url, "SELECT max(seen_at) FROM service")[0][0]
    for name in ("collect", "mail"):
        mine = {due for job, due, *_ in found if job == name}
        begun = [due for job, due, outcome, *_ in found if job == name and outcome == "begun"]
        if begun:
            lacking = sorted({*dues(centre.crontab, min(begun), last)} - mine)
            if lacking:
                yield f"{len(lacking)} due times of {name} were never noted, the first {lacking[0]}"
        elif last is not None:
            yield f"{name} is not counted"
    for job, due, outcome, missed, started, ended in found:
        if outcome in ("missed", "interrupted", "failed") and missed is None:
            yield f"{job} of {due}: {outcome}, and told as no miss"
        if outcome == "done" and (started is None or ended is None):
            yield f"{job} of {due}: done, and never run"


def _jobs(centre: Centre) -> list[tuple[Any, ...]]:
    columns = "name, due_at, outcome, missed, started_at, ended_at"
    return rows(centre.url, f"SELECT {columns} FROM job ORDER BY name, due_at")


def _strangers(centre: Centre) -> Iterator[str]:
    """Nothing of another centre is among its posts."""
    for (title,) in rows(centre.url, "SELECT title FROM post"):
        if not title.startswith(centre.name):
            yield f"a stranger: {title}"
    for mail in centre.mails():
        if centre.name not in mail:
            yield f"another's mail: {mail[:80]}"


def _tasks(world: World) -> Iterator[str]:
    """Never two tasks of one centre at once, nor one twice in the queue."""
    sql = "SELECT lock, status, queueing_lock FROM procrastinate_jobs WHERE lock IS NOT NULL"
    found = world.rows(sql)
    doing = Counter(lock for lock, status, _ in found if status == "doing")
    todo = Counter(name for _, status, name in found if status == "todo")
    yield from (f"{number} tasks of {key} at once" for key, number in doing.items() if number > 1)
    yield from (
        f"{number} times in the queue: {name}" for name, number in todo.items() if number > 1
    )


def aside(world: World) -> list[tuple[str, str, int, str]]:
    """(centre, job, tries, problem) of what was set aside."""
    sql = "SELECT centre, job, tries, problem FROM setback WHERE aside_at IS NOT NULL ORDER BY 1, 2"
    return [(str(a), str(b), int(c), str(d)) for a, b, c, d in world.rows(sql)]


def waiting(world: World) -> list[str]:
    """What is not done although everything has had its time."""
    found = [
        f"{key}: {each}"
        for key, centre in world.centres.items()
        for each in checks.unfinished(centre)
    ]
    return [*found, *([] if aside(world) else ["the poisoned job is not set aside"])]


def unsettled(world: World, now: int) -> list[str]:
    """Due times that are neither done nor noted as missed, although they are long past."""
    return [
        f"{key}: {job} of {due} is {outcome}"
        for key, centre in world.centres.items()
        for job, due, outcome, missed, *_ in _jobs(centre)
        if outcome not in ("begun", "dropped", "done") and missed is None and due < now - GRACE
    ]


def poisoned(world: World) -> tuple[str, str]:
    """The job that cannot work, and its centre."""
    return next(key for key, each in world.centres.items() if each.number == POISONED), "summary"
