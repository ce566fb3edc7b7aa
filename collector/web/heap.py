"""The heap of files from which a centre begins: kept below ``data/web/start`` until a person has confirmed what they tell."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import IO, cast

from flask import current_app

from collector.intake.heap import Finding, look
from collector.intake.inbox import is_whole
from collector.web.desk import Desk
from collector.web.handing import cleaned, keep
from collector.web.site import FOLDER, Site

#: Files of a heap; folders of a file that are kept, and signs of each.
MOST, _DEEP, _LONG = 2_000, 4, 40


@dataclass(slots=True)
class Heap:
    """The files in the order in which they came, each in a folder of its own with the folders that it lay in."""

    site: Site
    lock: RLock = field(default_factory=RLock)
    _seen: dict[Path, Finding] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.site.folder / FOLDER / "start"

    def receive(self, stream: IO[bytes], path: str) -> None:
        """Keep a file that arrives; ``path``: its name, with its folders where the browser tells them. The same bytes are
        kept once. Raises ValueError, in Chinese, where it cannot be kept; OSError where the disk is full."""
        *folders, name = [each for each in re.split(r"[\\/]+", path) if each.strip(" .")] or [""]
        if name and not is_whole(name):
            return  # what browsers and systems leave
        called = cleaned(name)
        with self.lock:
            there = list(self._numbered())
            if len(there) >= MOST:
                raise ValueError(f"已经有 {MOST} 个文件，先确认这些，其余的以后在“导入”里交")
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = self.folder / "arriving.part"
            try:
                _, digest = keep(stream, partial, called)
                if any(each.name.endswith(digest) for each in there):
                    return
                number = max((int(each.name.partition("-")[0]) for each in there), default=0) + 1
                lay = [cleaned(each)[:_LONG] for each in folders[-_DEEP:]]
                target = self.folder.joinpath(f"{number}-{digest}", *lay)
                target.mkdir(parents=True)
                partial.replace(target / called)
            finally:
                partial.unlink(missing_ok=True)

    def findings(self) -> list[Finding]:
        """What each file tells; each is looked at once."""
        with self.lock:
            for each in self._numbered():
                for path in each.rglob("*"):
                    if path.is_file() and path not in self._seen:
                        self._seen[path] = look(path, path.name, path.relative_to(each).parts[:-1])
            return list(self._seen.values())

    def hand_over(self, desk: Desk, homes: dict[Path, tuple[str, str]], by: str) -> int:
        """Give the files of ``homes`` (their account and why, empty where unknown) to the desk, and forget the heap; how
        many were given. Raises OSError; what was given then is not given twice."""
        with self.lock:
            for path, (account, why) in homes.items():
                if path.exists():
                    with path.open("rb") as stream:
                        desk.receive(stream, path.name, by, account=account, why=why)
                    path.unlink()
            self.clear()
            return len(homes)

    def clear(self) -> None:
        with self.lock:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._seen.clear()

    def _numbered(self) -> Iterator[Path]:
        found = self.folder.iterdir() if self.folder.is_dir() else iter(())
        numbered = [each for each in found if re.fullmatch(r"\d+-[0-9a-f]{64}", each.name)]
        return iter(sorted(numbered, key=lambda each: int(each.name.partition("-")[0])))


def heap() -> Heap:
    """The heap of this request's site."""
    return cast("Heap", current_app.extensions["heap"])
