"""What each job does, in a process of its own, and when it falls due. Nothing heavy is imported before it is needed.
Crontabs are in Asia/Shanghai; APScheduler's CronTrigger does their arithmetic (weekdays are named: its 0 is Monday,
other programs' is Sunday)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from threading import Event
from typing import Literal

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine

from adapters.moments import DAY, SHANGHAI
from collector.config.loading import Config, ConfigError
from reports.figures.missing import JOBS


@dataclass(frozen=True, slots=True)
class WorkResult:
    """What became of a piece of work. ``stopped``: it was told to end and did not finish; ``storage``, ``busy``: the
    database, or another process at the same work, did not let it begin, so it is to be tried again."""

    outcome: Literal["done", "failed", "stopped", "storage", "busy"]
    problem: str = ""
    run_id: int | None = None

    @property
    def again(self) -> bool:
        """Nothing was begun: it waits again."""
        return self.outcome in ("storage", "busy")


@dataclass(frozen=True, slots=True)
class WorkKind:
    """``crontab``: of a job that is always there. ``alone``: such works never run at the same time. ``again``: where
    the database does not let it do its work, it is tried again soon; otherwise at its next due time. ``careful``: what
    it does cannot be taken back, so it waits for a clock that is believed; ``tells``: after it people are told what is
    new, where the clock is believed."""

    do: Callable[[Engine, Config, datetime, Event], WorkResult]
    crontab: str = ""
    alone: bool = True
    again: bool = False
    careful: bool = False
    tells: bool = False


def _pass(
    engine: Engine,
    config: Config,
    now: datetime,
    stop: Event,
    *,
    occasion: str = "service",
    everything: bool = False,
    pages: bool = True,
) -> WorkResult:
    """One pass over the sources: files, and the pages that are due (all of them with ``everything``)."""
    from collector.run import collect

    run = collect(
        engine, config, now=now, occasion=occasion, everything=everything, pages=pages, stop=stop
    )
    failed = sum(each.failed for each in run.results)
    said = f"{len(run.results)} 个来源" + (f"，{failed} 个有问题" if failed else "")
    if run.stopped:
        return WorkResult("stopped", f"{said}；按要求提前停下", run.run_id)
    return WorkResult("done", said, run.run_id)


def tell(engine: Engine, config: Config, now: datetime, done: WorkResult) -> WorkResult:
    """The word about what a pass has found; its result with what went wrong at that."""
    from collector.announce.announcing import announce

    told = announce(engine, config, now)
    return replace(done, problem="；".join((done.problem, *told.problems)))


def _mail(engine: Engine, config: Config, now: datetime, _stop: Event) -> WorkResult:
    from collector.mail.mailing import send_weekly

    sent = send_weekly(engine, config, now)
    return WorkResult("done", "；".join(f"{each.recipient}：{each.text}" for each in sent))


def _retry(engine: Engine, config: Config, now: datetime, _stop: Event) -> WorkResult:
    """Messages that could not be sent for the time being."""
    from collector.announce.announcing import announce
    from collector.mail.delivering import retry

    told = announce(engine, config, now)
    sent = [f"{each.recipient}：{each.text}" for each in retry(engine, config, now)]
    return WorkResult("done", "；".join((*told.problems, *sent)))


def _summary(engine: Engine, config: Config, now: datetime, _stop: Event) -> WorkResult:
    """The summary of the quarter that has ended."""
    from collector.summaries import write
    from reports.periods import quarter_of

    ended = quarter_of(quarter_of(now).start - timedelta(days=1))
    files = write(engine, config, ended, now=now, occasion="quarter")
    return WorkResult("done", f"{ended.title}的总结：{'、'.join(each.name for each in files)}")


def _backup(engine: Engine, config: Config, now: datetime, _stop: Event) -> WorkResult:
    from collector.care import backup_database

    return WorkResult("done", backup_database(engine, config, now).words)


def _clean_up(engine: Engine, config: Config, now: datetime, _stop: Event) -> WorkResult:
    from collector.care import clean_up

    return WorkResult("done", clean_up(engine, config, now).words)


def _upkeep(engine: Engine, _config: Config, _now: datetime, _stop: Event) -> WorkResult:
    """What is kept up to date is held against the observations."""
    from storage.database import reading
    from storage.writing.rebuild import check

    with reading(engine) as connection:
        found = check(connection)
    if found:
        problem = f"核对发现 {len(found)} 处不一致，例如：{found[0]}。请运行 collect rebuild 修复"
        return WorkResult("failed", problem)
    return WorkResult("done", "核对无误")


def _prepare(engine: Engine, _config: Config, now: datetime, _stop: Event) -> WorkResult:
    """The tables brought up to date."""
    from storage.database import prepare

    saved = prepare(engine, now)
    return WorkResult("done", "" if saved is None else f"数据库已升级，升级前的备份在 {saved}")


#: The jobs of reports.figures.missing, and what is done without being scheduled. ``quarter``: all pages in the last ten
#: minutes of each quarter, so that its figures are those of its end.
WORKS: Mapping[str, WorkKind] = {
    "collect": WorkKind(_pass, again=True, tells=True),
    "quarter": WorkKind(
        partial(_pass, everything=True), "50 23 last 3,6,9,12 *", again=True, tells=True
    ),
    "mail": WorkKind(_mail, again=True, careful=True),
    "summary": WorkKind(_summary, again=True, careful=True),
    "backup": WorkKind(_backup),
    "clean_up": WorkKind(_clean_up, careful=True),
    "upkeep": WorkKind(_upkeep, "30 4 * * sun"),
    "retry": WorkKind(_retry, careful=True),
    "inbox": WorkKind(
        partial(_pass, occasion="inbox", pages=False), alone=False, again=True, tells=True
    ),
    "prepare": WorkKind(_prepare),
}
CAREFUL = frozenset(key for key, each in WORKS.items() if each.careful)

#: Due times are looked for until then: a day that never comes would be looked for very long.
_END = datetime(2200, 1, 1, tzinfo=SHANGHAI)
#: Any midnight; days have no summer time since 1991.
_MIDNIGHT = int(datetime(2026, 1, 1, tzinfo=SHANGHAI).timestamp())


def jobs_of(config: Config) -> dict[str, str]:
    """Job → its crontab, of those that are to run. Raises ConfigError for a crontab that cannot be."""
    asked = config.schedule.model_dump()
    if config.mail is None:
        asked["mail"] = ""
    for name, crontab in asked.items():
        try:
            if crontab:
                trigger(crontab)
        except ValueError as problem:
            fault = f"[schedule] {name} = “{crontab}”不是能用的时间：{_fault(crontab)}"
            raise ConfigError(fault) from problem
    return {name: each for name in JOBS if (each := asked.get(name) or WORKS[name].crontab)}


def _fault(crontab: str) -> str:
    for field, least, most, word in zip(
        crontab.split(), (0, 0, 1, 1), (59, 23, 31, 12), "分时日月", strict=False
    ):
        numbers = field.replace("-", ",").split("/")[0].split(",")
        if any(each.isdigit() and not least <= int(each) <= most for each in numbers):
            return f"“{word}”应在 {least}—{most} 之间"
    return "请核对五项的写法，例如 45 12 * * mon"


@lru_cache(maxsize=64)
def trigger(crontab: str) -> CronTrigger:
    """A crontab's trigger. Raises ValueError for what APScheduler does not take."""
    made = CronTrigger.from_crontab(crontab, timezone=SHANGHAI)
    made.end_date = _END
    return made


def dues(crontab: str, after: int, until: int) -> Iterator[int]:
    """The due times in ``after`` < t ≤ ``until``, UTC seconds, in order. A day's are worked out once: a clock that was
    400 days ahead leaves thousands of them, and the database waits meanwhile."""
    due = _first(crontab, after)
    while due is not None and due <= until:
        midnight = due - (due - _MIDNIGHT) % DAY
        for each in _in_a_day(crontab):
            if due <= midnight + each <= until:
                yield midnight + each
        due = _first(crontab, midnight + DAY - 1)


@lru_cache(maxsize=64)
def _in_a_day(crontab: str) -> tuple[int, ...]:
    """The due times of a day on which there are any, in seconds from its beginning."""
    daily = " ".join([*crontab.split()[:2], "*", "*", "*"])
    found, last = [], _first(daily, _MIDNIGHT - 1)
    while last is not None and last < _MIDNIGHT + DAY:
        found.append(last - _MIDNIGHT)
        last = _first(daily, last)
    return tuple(found)


@lru_cache(maxsize=256)
def _first(crontab: str, after: int) -> int | None:
    """The first due time after a moment; None for a day that never comes (30 February)."""
    found = next_due(crontab, datetime.fromtimestamp(after, SHANGHAI))
    return None if found is None else int(found.timestamp())


def next_dues(schedule: Mapping[str, str], now: datetime) -> dict[str, datetime | None]:
    """Job → its first due time after ``now``."""
    return {name: next_due(crontab, now) for name, crontab in schedule.items()}


def next_due(crontab: str, now: datetime) -> datetime | None:
    """The first due time after ``now``; None for a day that never comes."""
    found: datetime | None = trigger(crontab).get_next_fire_time(now, now)
    return found
