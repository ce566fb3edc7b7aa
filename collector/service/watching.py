"""The inbox, looked at every few seconds: names, sizes and times alone, no file is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from collector.config.loading import Config
from collector.intake.inbox import is_whole

Stamp = tuple[int, int]


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
    inbox = config.path(config.inbox.path)
    for account in config.accounts:
        yield from _files_of(inbox / account.id)


def _files_of(folder: Path) -> Iterator[tuple[str, Stamp]]:
    """What may be read in a folder; nothing where it is not there (yet), or is out of reach at the moment."""
    try:
        with os.scandir(folder) as entries:
            found = [each for each in entries if is_whole(each.name)]
    except (
        OSError
    ):  # a share that is away: the next look may see it; a pass over the sources tells of it
        return
    for each in found:
        try:
            if each.is_file():
                look = each.stat()
                yield each.path, (look.st_size, look.st_mtime_ns)
        except OSError:  # moved between the two looks, or a loop of links: see above
            continue


def make_folders(config: Config) -> None:
    """A folder for each account, to drop files into. Raises OSError."""
    for account in config.accounts:
        (config.path(config.inbox.path) / account.id).mkdir(parents=True, exist_ok=True)
