"""What each job does, in a process of its own: nothing heavy is imported before it is needed. Every work takes
(engine, config, now, stop) and says in Chinese what there is to say of it; ``stop`` asks it to end early."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import Engine

from collector.config.loading import Config
from collector.service.ticking import Answer


@dataclass(frozen=True, slots=True)
class Work:
    """``alone``: such works never run at the same time. ``again``: where the database does not let it do its work, it
    is tried again soon; otherwise at its next due time. ``careful``: what it does cannot be taken back, so it waits
    for a clock that is believed; ``tells``: after it people are told what is new, where the clock is believed."""

    do: Callable[[Engine, Config, datetime, Event], Answer]
    alone: bool = True
    again: bool = False
    careful: bool = False
    tells: bool = False


def _collect(engine: Engine, config: Config, now: datetime, stop: Event) -> Answer:
    """Files and the pages that are due."""
    return _pass(engine, config, now, stop, occasion="service")


def _quarter(engine: Engine, config: Config, now: datetime, stop: Event) -> Answer:
    """Files and all pages, due or not: the figures of the quarter's end."""
    return _pass(engine, config, now, stop, occasion="service", everything=True)


def _inbox(engine: Engine, config: Config, now: datetime, stop: Event) -> Answer:
    """Files alone."""
    return _pass(engine, config, now, stop, occasion="inbox", pages=False)


def _pass(
    engine: Engine,
    config: Config,
    now: datetime,
    stop: Event,
    *,
    occasion: str,
    everything: bool = False,
    pages: bool = True,
) -> Answer:
    """One pass over the sources."""
    from collector.run import collect

    run = collect(
        engine, config, now=now, occasion=occasion, everything=everything, pages=pages, stop=stop
    )
    failed = sum(each.failed for each in run.results)
    said = f"{len(run.results)} 个来源" + (f"，{failed} 个有问题" if failed else "")
    if run.stopped:
        return Answer("stopped", f"{said}；按要求提前停下", run.run_id)
    return Answer("done", said, run.run_id)


def tell(engine: Engine, config: Config, now: datetime, done: Answer) -> Answer:
    """The word about what a pass has found; its answer with what went wrong at that."""
    from collector.announce.announcing import announce

    told = announce(engine, config, now)
    return replace(done, problem="；".join((done.problem, *told.problems)))


def _mail(engine: Engine, config: Config, now: datetime, stop: Event) -> Answer:
    from collector.mail.mailing import send_weekly

    sent = send_weekly(engine, config, now)
    return Answer("done", "；".join(f"{each.recipient}：{each.text}" for each in sent))


def _retry(engine: Engine, config: Config, now: datetime, stop: Event) -> Answer:
    """Messages that could not be sent for the time being."""
    from collector.announce.announcing import announce
    from collector.mail.mailing import retry_waiting

    told = announce(engine, config, now)
    sent = retry_waiting(engine, config, now)
    return Answer("done", "；".join((*told.problems, *(f"{e.recipient}：{e.text}" for e in sent))))


def _summary(engine: Engine, config: Config, now: datetime, stop: Event) -> Answer:
    """The summary of the quarter that has ended."""
    from collector.summaries import write
    from reports.periods import quarter_of

    ended = quarter_of(quarter_of(now).start - timedelta(days=1))
    files = write(engine, config, ended, now=now, occasion="quarter")
    return Answer("done", f"{ended.title}的总结：{'、'.join(each.name for each in files)}")


def _backup(engine: Engine, config: Config, now: datetime, stop: Event) -> Answer:
    from collector.care import backup_database

    return Answer("done", backup_database(engine, config, now).words)


def _clean_up(engine: Engine, config: Config, now: datetime, stop: Event) -> Answer:
    from collector.care import clean_up

    return Answer("done", clean_up(engine, config, now).words)


def _upkeep(engine: Engine, config: Config, now: datetime, stop: Event) -> Answer:
    """What is kept up to date is held against the observations."""
    from storage.database import reading
    from storage.rebuild import check

    with reading(engine) as connection:
        found = check(connection)
    if found:
        problem = f"核对发现 {len(found)} 处不一致，例如：{found[0]}。请运行 collect rebuild 修复"
        return Answer("failed", problem)
    return Answer("done", "核对无误")


def _prepare(engine: Engine, config: Config, now: datetime, stop: Event) -> Answer:
    """The tables brought up to date."""
    from storage.database import prepare

    saved = prepare(engine, now)
    return Answer("done", "" if saved is None else f"数据库已升级，升级前的备份在 {saved}")


WORKS: Mapping[str, Work] = {
    "collect": Work(_collect, again=True, tells=True),
    "quarter": Work(_quarter, again=True, tells=True),
    "mail": Work(_mail, again=True, careful=True),
    "summary": Work(_summary, again=True, careful=True),
    "backup": Work(_backup),
    "clean_up": Work(_clean_up, careful=True),
    "upkeep": Work(_upkeep),
    "retry": Work(_retry, careful=True),
    "inbox": Work(_inbox, alone=False, again=True, tells=True),
    "prepare": Work(_prepare),
}
CAREFUL = frozenset(name for name, each in WORKS.items() if each.careful)
