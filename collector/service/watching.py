"""What the service looks at every few seconds: config.toml, read again when it changes, and the inbox, by names, sizes
and times alone (no file is opened)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from collector.config.checking import read
from collector.config.loading import Config, ConfigError, parse
from collector.intake.downloads import watched
from collector.intake.inbox import Stamp, is_whole, stamp
from collector.service.works import jobs_of


class Accepted:
    """The config file ``path`` as it was last accepted; one that is faulty is refused and the old one kept.
    ``refused``: what is wrong with what lies there now; empty where it is what counts."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigError: without one good config there is nothing to do."""
        self.path = path
        self.refused = ""
        self.stamp = _stamp(path)
        self.text = read(path)
        self.config = parse(self.text, path)
        self.schedule = jobs_of(self.config)

    def look(self) -> bool:
        """Whether another config counts from now on."""
        before, self.stamp = self.stamp, _stamp(self.path)
        if self.stamp == before and before is not None:
            return False
        try:
            text = read(self.path)
            config = parse(text, self.path)
            if config.database_url != self.config.database_url:
                raise ConfigError("[storage] url 变了：换数据库要重新启动服务才会生效")
            schedule = jobs_of(config)
        except ConfigError as problem:
            self.refused = str(problem)
            return False
        changed = text != self.text
        self.text, self.config, self.schedule, self.refused = text, config, schedule, ""
        return changed


@dataclass(slots=True)
class Watcher:
    """What the last look saw, and what has been handed over already: a file that could not be read is not handed
    over again until it changes (each pass over the sources tries it anyway)."""

    seen: dict[str, Stamp] = field(default_factory=dict)
    handed: dict[str, Stamp] = field(default_factory=dict)

    def look(self, config: Config) -> list[str]:
        """Files that are whole since the last look: neither size nor time has changed between the two."""
        now = dict(_files(config))
        ready = [
            path
            for path, stamp in now.items()
            if self.seen.get(path) == stamp and self.handed.get(path) != stamp
        ]
        self.seen = now
        self.handed = {path: stamp for path, stamp in self.handed.items() if path in now}
        return ready

    def hand_over(self, paths: list[str]) -> None:
        """These are being read."""
        self.handed |= {path: self.seen[path] for path in paths}

    def take_back(self) -> None:
        """Reading was not possible (the database did not let it): everything is handed over again."""
        self.handed.clear()


def _files(config: Config) -> Iterator[tuple[str, Stamp]]:
    """What may be read in the accounts' folders. What is not there (yet), or out of reach at the moment, is none: the
    next look may see it, and a pass over the sources tells of it."""
    for folder in _folders(config):
        try:
            with os.scandir(folder) as entries:
                paths = [Path(each.path) for each in entries if is_whole(each.name)]
        except OSError:
            continue
        yield from _stamped(paths)
    yield from _stamped(watched(config))


def _stamped(paths: Iterable[Path]) -> Iterator[tuple[str, Stamp]]:
    for path in paths:
        if (stamp := _stamp(path)) is not None:
            yield str(path), stamp


def _folders(config: Config) -> list[Path]:
    """The accounts' folders, and the inbox itself, where files may lie loose."""
    inbox = config.inbox_folder
    return [inbox, *(inbox / account.id for account in config.accounts)]


def _stamp(path: Path) -> Stamp | None:
    """None where there is no file, or a loop of links."""
    try:
        look = path.stat()
    except OSError:
        return None
    return stamp(look) if stat.S_ISREG(look.st_mode) else None


def make_folders(config: Config) -> None:
    """A folder for each account, to drop files into. Raises OSError."""
    for folder in _folders(config):
        folder.mkdir(parents=True, exist_ok=True)
