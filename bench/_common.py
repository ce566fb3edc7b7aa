"""What the measurements share: a clock, peak memory, fresh processes, invented posts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
START = datetime(2026, 1, 1, tzinfo=UTC)


@contextmanager
def timed(into: dict[str, float], name: str) -> Iterator[None]:
    """Add the seconds of the block to ``into[name]``."""
    begun = time.perf_counter()
    yield
    into[name] = into.get(name, 0.0) + time.perf_counter() - begun


def fresh(code: str, *arguments: str) -> dict[str, Any]:
    """Run Python ``code`` in a process of its own; it prints one line of JSON. Adds ``peak_mb``, its
    largest resident size, and ``process_s``, its whole life."""
    import psutil

    begun = time.perf_counter()
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        watched, peak = psutil.Process(process.pid), 0
        while process.poll() is None:
            try:
                memory = watched.memory_info()
            except psutil.NoSuchProcess:
                break
            peak = max(peak, memory.rss, getattr(memory, "peak_wset", 0))
            time.sleep(0.005)
        assert process.stdout is not None
        said = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"{arguments}: exit code {process.returncode}")
    found: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return found | {"peak_mb": peak / 2**20, "process_s": time.perf_counter() - begun}


def figures(number: int, round_: int) -> tuple[int, int, int, int, int, int]:
    """Six figures of a post that grow with each round: views, likes, comments, shares, favourites, looks.
    Half of the posts end below 500 views, one in a hundred past 150,000 (real ones are alike)."""
    chance = number * 7_919 % 997 / 997
    views = int(10 ** (1.8 + 3.6 * chance * chance) * (1 - 0.9 ** (round_ + 1)))
    return views, views // 30, views // 200, views // 90, views // 70, views // 400


def published(number: int) -> datetime:
    """Posts spread over a year, none at the same second."""
    return START + timedelta(seconds=number * 151)


def line(name: str, value: str, goal: str = "") -> None:
    print(f"{name:<58}{value:>14}   {goal}")
