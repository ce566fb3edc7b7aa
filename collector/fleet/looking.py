"""What falls due in a province, once a minute and on any machine. All that counts stands in tables before a task is made of
it, so whoever looks next goes on from there: nothing is lost with a worker, and nothing is begun twice.

A centre's own table ``job`` says what waits (by the same code as a single centre's service); ``setback`` when it may be begun
again, or that it is set aside; Procrastinate's table what is queued or under way.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from importlib.metadata import version

from sqlalchemy import Engine

from adapters.moments import SHANGHAI
from collector.config.checking import ConfigError
from collector.config.loading import Config
from collector.fleet.centres import Fleet
from collector.service.ticking import GRACE, Ticking
from collector.service.watching import Watcher
from collector.service.works import jobs_of
from reports.figures.missing import JOBS
from reports.periods import Period, quarter_of
from storage.database import StorageError, reading, writing
from storage.fleet import centres, inboxes, queue, setbacks, stored
from storage.fleet.centres import Centre
from storage.fleet.setbacks import TRIES, Setback
from storage.fleet.stored import Kept
from storage.known import told_until
from storage.operations import deliveries, jobs

LOG = logging.getLogger("collector.fleet")
#: Under this name a centre that could not be looked at has a setback.
LOOK = "look"
#: The job that makes a centre's summaries for the province; not sooner after the last time.
SUMMARISE, _SUMMARISE_SECONDS = "summarise", 600
#: The basis on which they are made beforehand.
BASIS = "published"
#: What a centre's table of services calls the fleet.
_HOST = "fleet"
_VERSION = version("baokuan")


def look(fleet: Fleet, blind_since: int | None = None) -> list[tuple[str, str]]:
    """Note what fell due everywhere; (centre, job) of all that is to be begun now, and is not queued yet.
    ``blind_since``: since when this worker could not reach the database, until now; UTC seconds. A centre that cannot be
    looked at is told of and does not keep the others waiting. Raises StorageError where the province's own tables cannot
    be read."""
    quarters = periods(fleet.now())
    with reading(fleet.engine) as connection:
        entries = centres.centres(connection)
        standing = queue.standing(connection)
        kept = [stored.kept(connection, each.name, BASIS) for each in quarters]
    found = []
    for entry in entries:
        summaries = [each.get(entry.key) for each in kept]
        queued = {each.partition("/")[2] for each in standing if each.startswith(f"{entry.key}/")}
        try:
            waits = _look_at(fleet, entry, queued, summaries, blind_since)
        except (StorageError, ConfigError, OSError) as problem:
            _cannot(fleet, entry, str(problem))
        else:
            found += [(entry.key, job) for job in waits]
    return found


def _cannot(fleet: Fleet, entry: Centre, problem: str) -> None:
    LOG.error("%s：%s", entry.name, problem)
    with writing(fleet.engine) as connection:
        setbacks.begin(connection, entry.key, LOOK, centres.server_now(connection))
        setbacks.failed(connection, entry.key, LOOK, problem)


def _look_at(
    fleet: Fleet,
    entry: Centre,
    queued: Collection[str],
    summaries: list[Kept | None],
    blind_since: int | None,
) -> list[str]:
    """The jobs of one centre that are to be begun now."""
    config, engine = fleet.config(entry), fleet.beside(entry.key)
    schedule = jobs_of(config)
    with reading(fleet.engine) as connection:
        moment = centres.server_now(connection)
        known = {each.job: each for each in setbacks.setbacks(connection, entry.key)}
    idle = {job: each for job, each in known.items() if job not in queued and job != LOOK}
    spent = [each for each in idle.values() if each.aside_at is None and each.tries >= TRIES]
    over = [LOOK, *(job for job in idle if job in JOBS and job not in schedule)]
    aside = {each.job for each in known.values() if each.aside_at is not None or each in spent}
    _note_due(engine, schedule, moment, blind_since)
    waits, told = _waits(fleet, entry.key, engine, aside, moment)
    if spent or known.keys() & set(over):
        _settle(fleet, entry, spent, over, moment)
    if any(_is_old(entry, each, told, moment) for each in summaries):
        waits.append(SUMMARISE)
    if "inbox" not in queued and _has_files(fleet, entry, config, known.get("inbox")):
        waits.append("inbox")
    ready = {job for job in waits if job not in known or known[job].next_at <= moment}
    return [job for job in waits if job in ready - aside - {*queued}]


def _waits(
    fleet: Fleet, key: str, engine: Engine, aside: Collection[str], moment: int
) -> tuple[list[str], int]:
    """The jobs that wait in a centre's tables, once what dead workers were at waits there too; and until when the centre was
    told anything."""
    with writing(engine) as connection:
        if jobs.at_work(connection):
            with reading(fleet.engine) as beside:
                worked_for = queue.is_worked_for(beside, key)
            if not worked_for:  # whoever began it is dead: nobody notes a start meanwhile
                jobs.cut_off(connection, moment)
        for job in JOBS.keys() & set(aside):
            jobs.give_up(connection, job, moment, "failed")
        waits = [*jobs.waiting(connection)]
        waits += ["retry"] if deliveries.any_due(connection, moment) else []
        return waits, told_until(connection)


def periods(now: datetime) -> list[Period]:
    """The quarters of which summaries are made beforehand: the present one and the one before."""
    present = quarter_of(now)
    return [present, quarter_of(present.start - timedelta(days=1))]


def _is_old(entry: Centre, kept: Kept | None, told: int, moment: int) -> bool:
    """Whether a centre's stored summary would say something else by now: it was ``told`` more since."""
    if kept is None:
        return told > 0
    older = told >= kept.known_by or entry.changed_at > kept.made_at or kept.program != _VERSION
    return older and moment - kept.tried_at >= _SUMMARISE_SECONDS


def _note_due(
    engine: Engine, schedule: Mapping[str, str], moment: int, blind_since: int | None
) -> None:
    """What fell due, as a service does it that is there as long as any worker looks. Raises StorageError."""
    with reading(engine) as connection:
        last = jobs.service(connection)
    ticking = Ticking(engine=engine, host=_HOST, pid=os.getpid(), version=_VERSION, shared=True)
    if last is not None and last.host == _HOST:
        late = moment - last.seen_at > GRACE
        blind = blind_since is not None and blind_since - last.seen_at <= GRACE
        if not late or blind:  # the same life goes on
            ticking.service_id, ticking.looked_at = last.service_id, last.seen_at
            ticking.started_at = last.started_at
            ticking.blind_since = last.seen_at if late else None
    if not ticking.look(schedule, datetime.fromtimestamp(moment, SHANGHAI)):
        raise StorageError(ticking.problem)


def _settle(
    fleet: Fleet, entry: Centre, spent: list[Setback], over: list[str], moment: int
) -> None:
    """Set aside what was begun too often; forget what is over."""
    with writing(fleet.engine) as connection:
        for job in over:
            setbacks.done(connection, entry.key, job)
        for each in spent:
            setbacks.put_aside(connection, entry.key, each.job, moment)
    for each in spent:
        LOG.error("%s：%s", entry.name, aside_words(each))


def aside_words(setback: Setback) -> str:
    """What is said of a job that was set aside."""
    why = setback.problem or "做它的进程每次都中途结束，没有留下原因"
    again = f"collect fleet again {setback.centre} {setback.job}"
    return f"{called(setback.job)}开始了 {setback.tries} 次都没有做成，已搁置，不再自动重试：{why}。解决后运行 {again}"


def called(job: str) -> str:
    """What people call a job."""
    own = {"inbox": "读收件夹", "retry": "补发消息", SUMMARISE: "全省用的总结", LOOK: "查看"}
    return JOBS[job][0] if job in JOBS else own.get(job, job)


# ── the inbox ──


def _has_files(fleet: Fleet, entry: Centre, config: Config, setback: Setback | None) -> bool:
    """Whether files lie there that are whole and were not handed over yet. Those of a reading that came to no end count
    as not handed over."""
    with writing(fleet.engine) as connection:
        before = inboxes.load(connection, entry.key)
        watcher = Watcher(*(_here(config, each) for each in before))
        if setback is not None:
            watcher.take_back()
        ready = watcher.look(config)
        now = tuple(dict(_below(config, each)) for each in (watcher.seen, watcher.handed))
        if now != before:
            inboxes.save(connection, entry.key, *now)
    return bool(ready)


def hand_over(fleet: Fleet, key: str) -> None:
    """What was seen in a centre's inbox is about to be read."""
    with writing(fleet.engine) as connection:
        seen, handed = inboxes.load(connection, key)
        inboxes.save(connection, key, seen, handed | seen)


def _here(config: Config, stamps: inboxes.Stamps) -> inboxes.Stamps:
    return {str(config.folder / path): each for path, each in stamps.items()}


def _below(config: Config, stamps: inboxes.Stamps) -> Iterator[tuple[str, tuple[int, int]]]:
    """Paths as every machine knows them: below the centre's folder, which may lie elsewhere there."""
    for path, each in stamps.items():
        yield path.removeprefix(f"{config.folder}{os.sep}").replace(os.sep, "/"), each
