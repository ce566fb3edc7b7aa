"""Removes files that have had their time, and counts what went and what could not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from collector.words import said


class Sweep:
    """Removes files, those last touched before a moment where one is given; counts bytes and what could not be removed."""

    def __init__(self) -> None:
        self.size = 0
        self.problems: list[str] = []

    def remove(self, paths: Iterable[Path], before: datetime | None = None) -> int:
        """How many of ``paths`` went; those that are not there are no matter. None: however new they are."""
        count = 0
        for path in paths:
            try:
                look = path.stat()
                if before is not None and look.st_mtime >= before.timestamp():
                    continue
                path.unlink()
            except FileNotFoundError:
                continue
            except OSError as problem:
                self.problems.append(f"{path.name}（{said(problem)}）")
                continue
            count += 1
            self.size += look.st_size
        return count
