"""What keeps a service fit for years: old captures, mails and logs go by age, the database is backed up each night.

Times come in as aware datetimes. Nothing is removed that the database does not know to be removable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from collector.config.loading import OUT, Config
from collector.intake.captures import IN_USE
from collector.intake.stores import captures_of
from collector.service.lock import Taken, held
from collector.sweep import Sweep
from storage import database
from storage.bulk import seconds
from storage.database import HEAD, StorageError, file_of, open_database
from storage.operations import retention
from storage.restoring import move, restore

#: What renderings of mails end in; nothing else in their folder is touched.
_MAILS = frozenset({".eml", ".html", ".txt", ".png", ".xlsx", ".json"})
_LOGS = re.compile(r"baokuan\.jsonl(\.\d+)?")
_BACKUPS = re.compile(r"baokuan-\d{8}-\d{6}\.(db|dump)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What a clean-up removed. ``marked``: captures now said to be cleaned away; ``captures``: of all such, files
    that went, ``size`` bytes together; ``behind``: old captures that stay because something rests on them.
    ``problems``: what could not be removed; the next clean-up tries again."""

    marked: int
    captures: int
    size: int
    behind: int
    mails: int
    logs: int
    parts: int
    problems: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """One line for people."""
        gone = f"清理原件 {self.captures} 份（{self.size / 2**20:.1f} MB）"
        kept = f"，过期但有爆款或总结用到、保留 {self.behind} 份" if self.behind else ""
        rest = f"；旧邮件 {self.mails} 个、旧日志 {self.logs} 个、残留文件 {self.parts} 个"
        failed = f"；没能删除 {len(self.problems)} 个：{self.problems[0]}" if self.problems else ""
        return gone + kept + rest + failed


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """A backup that was made."""

    path: Path
    size: int
    dropped: int

    @property
    def words(self) -> str:
        """One line for people."""
        gone = f"，删去旧备份 {self.dropped} 个" if self.dropped else ""
        return f"已备份到 {self.path}（{self.size / 2**20:.1f} MB）{gone}"


def clean_up(engine: Engine, config: Config, now: datetime) -> Cleaned:
    """Remove what is older than [storage] keep_captures_days: captures on which nothing rests,
    renderings of mails, logs; and files left half-written. Raises StorageError where the database cannot do its work.

    The database says that a capture is gone before its file goes; files that a crash or another program held back go
    the next time.
    """
    before = now - timedelta(days=config.storage.keep_captures_days)
    with database.reading(engine) as connection:
        old = retention.removable(connection, seconds(before))
    with database.writing(engine) as connection:
        marked = retention.mark_removed(connection, old.captures, seconds(before), seconds(now))
    with database.reading(engine) as connection:
        gone = sorted(retention.removed_places(connection))
    sweep = Sweep()
    files = captures_of(config).sweep(gone, now - IN_USE, sweep)
    size = sweep.size
    return Cleaned(
        marked=marked,
        captures=files,
        size=size,
        behind=old.behind,
        mails=sweep.remove(_mails(config), before),
        logs=sweep.remove(_named(config.path(config.service.logs), _LOGS), before),
        parts=sweep.remove(_parts(config), now - IN_USE),
        problems=tuple(sweep.problems),
    )


def _mails(config: Config) -> Iterator[Path]:
    """Renderings of mails; none where their folder holds more than mails."""
    if config.mail is None:
        return
    folder = config.path(config.mail.folder)
    if config.folder.is_relative_to(folder):
        return
    for path in sorted(folder.rglob("*")):
        if path.suffix in _MAILS and path.is_file():
            yield path


def _named(folder: Path, name: re.Pattern[str]) -> list[Path]:
    """Files of a folder by their names, in order; none where there is no folder."""
    if not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if name.fullmatch(each.name))


def _parts(config: Config) -> Iterator[Path]:
    """What a crash left half-written."""
    if config.captures_folder is not None:
        yield from config.captures_folder.glob("??/*.part")
    yield from config.path(config.service.backups).glob("baokuan-*.part")
    for name in ("总结", "数据"):
        yield from config.path(OUT).glob(f"{name}-*.part")


def backup_name(engine: Engine, now: datetime) -> str:
    """What a backup made at this moment is called."""
    ending = "db" if engine.dialect.name == "sqlite" else "dump"
    return f"baokuan-{now:%Y%m%d-%H%M%S}.{ending}"


def backup_database(engine: Engine, config: Config, now: datetime) -> BackedUp:
    """Copy the database into [service] backups and drop its oldest backups beyond keep_backups; other files there
    are left alone. Raises StorageError where the copy cannot be made: then every old backup stays."""
    folder = config.path(config.service.backups)
    path = folder / backup_name(engine, now)
    database.backup(engine, path)
    old = _named(folder, _BACKUPS)[: -config.service.keep_backups]
    sweep = Sweep()
    dropped = sweep.remove(each for each in old if each != path)
    return BackedUp(path=path, size=path.stat().st_size, dropped=dropped)


def backups(config: Config) -> list[Path]:
    """The backups that lie in their folder, the newest first."""
    return sorted(_named(config.path(config.service.backups), _BACKUPS), reverse=True)


def put_back(
    config: Config, source: Path, now: datetime, waiting: Callable[[], object]
) -> Iterator[str]:
    """Put a backup in the place of the database, which is kept aside whatever became of it; or an SQLite database into an
    empty PostgreSQL one; what was done, in lines.
    ``waiting`` is told once where another program still uses the database. Raises StorageError."""
    current = file_of(config.database_url)
    engine = open_database(config.database_url)  # of its own: the present one may be damaged
    try:
        if current is None:
            database.prepare(engine, now)
        with held(engine, "service"), held(engine, "work"), held(engine, "inbox"):
            if current is None:
                with TemporaryDirectory(dir=config.folder) as folder:
                    rows = move(source, engine, Path(folder))
                yield f"已从 {source} 搬进 PostgreSQL，共 {rows} 行，逐表核对过行数，最新值和爆款也与原始观测一致"
                return
            done = restore(source, current, now, waiting)
    except Taken:
        raise StorageError(
            "采集服务正在运行，没有恢复。请先停止它（或等 collect now 结束），再运行一次"
        ) from None
    finally:
        engine.dispose()
    if done.aside is not None:
        what = "已损坏，原样移到" if done.damaged else "已另存为"
        yield f"现在的数据库{what} {done.aside}"
    if done.upgraded is not None:
        yield f"备份由旧版本（{done.upgraded}）建立，已升级到 {HEAD}；备份文件没有动"
    yield f"已恢复到 {current}"
