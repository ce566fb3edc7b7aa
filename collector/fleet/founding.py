"""``collect fleet init``: the province's tables and each centre's brought up to date, one transaction each; centres, their
configs and folders as the file says. What was done stays done: run again, it goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from collector.config.checking import ConfigError, read
from collector.config.loading import Config
from collector.fleet.centres import Fleet
from collector.fleet.province import CentreEntry, Province
from collector.fleet.standing import again
from collector.service.lock import Taken, held
from collector.service.watching import make_folders
from collector.service.works import jobs_of
from storage.database import StorageError, open_database, prepare, writing
from storage.fleet import centres
from storage.fleet.centres import Centre
from storage.fleet.schema import TABLES

#: How long a work of a centre that is under way is waited for.
_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Founded:
    """What became of the centres: those that are up to date by now, those that left, and key → why not."""

    ready: tuple[str, ...]
    left: tuple[str, ...]
    problems: Mapping[str, str]


def configs(province: Province) -> dict[str, tuple[CentreEntry, str, Config]]:
    """Centre → its entry, the text of its config, and what that says. Raises ConfigError listing every fault of all."""
    found, faults = {}, []
    for entry in province.centres:
        try:
            text = read(province.folder / entry.config)
            config = province.centre(entry.key, text)
            jobs_of(config)
            found[entry.key] = entry, text, config
        except ConfigError as problem:
            place, file = province.place(entry.key), province.folder / entry.config
            faults.append(f"中心 {entry.key}：{str(problem).replace(str(place), str(file))}")
    if faults:
        raise ConfigError("\n".join(faults))
    return found


def found(province: Province, now: datetime, say: Callable[[str], object]) -> Founded:
    """Bring a province to what its file says; ``say`` is told of each centre. Raises ConfigError, StorageError."""
    wanted = configs(province)
    fleet = open_database(province.url)
    try:
        _prepare_fleet(fleet, now)
        ready, problems = [], {}
        for number, (key, (entry, text, config)) in enumerate(wanted.items(), 1):
            try:
                _prepare_centre(config, now)
                _put(province, fleet, entry, text, config)
                make_folders(config)
            except (StorageError, OSError) as problem:
                problems[key] = str(problem)
            else:
                ready.append(key)
            say(f"{number}/{len(wanted)} {config.centre.name}：{problems.get(key, '就绪')}")
        with writing(fleet) as connection:
            left = [each.key for each in centres.centres(connection) if each.key not in wanted]
            centres.leave(connection, left, centres.server_now(connection))
        return Founded(tuple(ready), tuple(left), problems)
    finally:
        fleet.dispose()


def _prepare_fleet(fleet: Engine, now: datetime) -> None:
    """First the province's own tables: from now on workers of an older program take nothing more."""
    prepare(fleet, now, TABLES)
    with writing(fleet) as connection:
        ours = centres.heads()
        newer = [k for k, each in centres.state(connection).items() if each > ours.get(k, "")]
        if newer:
            raise StorageError("全省的数据库由更新的版本建立或升级过。请升级程序，再运行一次")
        centres.prepare_queue(connection)


def _prepare_centre(config: Config, now: datetime) -> None:
    """A centre's tables, while nobody works on them. Raises StorageError."""
    engine = open_database(config.database_url)
    try:
        with held(engine, "work", _WAIT_SECONDS), held(engine, "inbox", _WAIT_SECONDS):
            prepare(engine, now)
    except Taken:
        raise StorageError("正在采集或读入，这次没有升级它。等它做完，再运行一次") from None
    finally:
        engine.dispose()


def _put(province: Province, fleet: Engine, entry: CentreEntry, text: str, config: Config) -> None:
    """Keep what the file says of a centre. Another config may mend what had been set aside: that is begun again."""
    with writing(fleet) as connection:
        now = centres.server_now(connection)
        known = {each.key: each for each in centres.centres(connection, left=True)}.get(entry.key)
        told = Centre(
            key=entry.key, name=config.centre.name, city=entry.city, config=text,
            fingerprint=config.fingerprint, added_at=known.added_at if known else now, changed_at=now,
        )  # fmt: skip
        changed = known is None or replace(known, changed_at=now) != told
        if changed:
            centres.put(connection, told)
    if changed:
        again(Fleet(province, fleet), told)
