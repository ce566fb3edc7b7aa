"""What the measurements share: fresh processes and what they spend, paired runs, goals, the machine, invented posts."""

from __future__ import annotations

import gc
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
START = datetime(2026, 1, 1, tzinfo=UTC)


#: The goals met so far: what was measured, and whether it holds. The last line that is not indented says of what.
_goals: list[tuple[str, bool]] = []
_subject = [""]


def measured(measure: Callable[[], None]) -> None:
    """One measurement: the machine, its lines, then how many of its goals hold. Exit code 1 where one does not."""
    machine()
    measure()
    missed = [name for name, good in _goals if not good]
    print(
        f"goals: {len(_goals) - len(missed)} of {len(_goals)} hold"
        + "".join(f"; MISSED: {each}" for each in missed)
    )
    raise SystemExit(1 if missed else 0)


def line(name: str, value: str, beside: str = "") -> None:
    if not name.startswith("    "):
        _subject[0] = name.strip()
    print(f"{name:<58}{value:>16}   {beside}")


def goal(name: str, value: float, most: float | None, unit: str = "", beside: str = "") -> None:
    """A line with the ``most`` that ``value`` may be (None: no goal)."""
    good = most is None or value <= most
    if most is not None:
        _goals.append((f"{_subject[0]}, {name.strip()}" if name.startswith("    ") else name, good))
        beside = (
            f"goal: at most {most:g}{unit}{'' if good else ', MISSED'}{beside and f'; {beside}'}"
        )
    line(name, f"{value:.3g}{unit}" if value < 100 else f"{value:.0f}{unit}", beside)


@contextmanager
def taken(into: dict[str, Any]) -> Iterator[None]:
    """Add what the block takes of this process to ``cpu_s`` and ``wall_s`` of ``into``."""
    begun, spent_before = time.perf_counter(), time.process_time()
    yield
    into["cpu_s"] = into.get("cpu_s", 0.0) + time.process_time() - spent_before
    into["wall_s"] = into.get("wall_s", 0.0) + time.perf_counter() - begun


def here(act: Callable[[], object], times: int = 1) -> dict[str, Any]:
    """A side (see ``paired``) in this process: what one ``act`` takes, the mean of some ``times``."""
    took: dict[str, Any] = {}
    gc.collect()
    with taken(took):
        for _ in range(times):
            act()
    return {name: value / times for name, value in took.items()}


def fresh(code: str, *arguments: str) -> dict[str, Any]:
    """Run Python ``code`` in a process of its own; it prints one line of JSON, which is returned with what ``spent`` says.
    Code that times a part of itself prints that as ``cpu_s`` and ``wall_s``, which then stand for the whole."""
    found = spent([sys.executable, "-c", code, *arguments])
    said: dict[str, Any] = json.loads(found.pop("said").strip().splitlines()[-1])
    return found | {"process_s": found["wall_s"]} | said


def spent(
    command: Sequence[str], *, cwd: Path = ROOT, good: Collection[int] = (0,)
) -> dict[str, Any]:
    """Run ``command`` to its end: ``cpu_s``, the processor's seconds (user and system) of it and its children that it
    waited for; ``wall_s``; ``peak_mb``, its own largest resident size; ``said``, what it printed. Raises SystemExit for
    an exit code that is not ``good``."""
    import psutil

    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, stdout=output)
        watched, peak, cpu = psutil.Process(process.pid), 0, 0.0
        while True:
            try:
                memory = watched.memory_info()
                peak = max(peak, memory.rss, getattr(memory, "peak_wset", 0))
                if sys.platform == "win32":
                    cpu = sum(watched.cpu_times())
            except psutil.NoSuchProcess:
                pass
            if sys.platform == "win32":
                ended = process.poll() is not None
            else:  # what it spent is known for certain once it is waited for
                number, status, used = os.wait4(process.pid, os.WNOHANG)
                ended = number != 0
                if ended:
                    process.returncode = os.waitstatus_to_exitcode(status)
                    cpu = used.ru_utime + used.ru_stime
            if ended:
                break
            time.sleep(0.005)
        wall = time.perf_counter() - begun
        output.seek(0)
        said = output.read().decode("utf-8", errors="replace")
    if process.returncode not in good:
        raise SystemExit(f"{command}: exit code {process.returncode}")
    return {"cpu_s": cpu, "wall_s": wall, "peak_mb": peak / 2**20, "said": said}


#: One run of one side, in a process of its own: ``fresh`` or ``spent`` with its arguments.
Side = Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Paired:
    """What the runs of two sides spent, pair by pair: dictionaries with ``cpu_s``, ``wall_s`` and ``peak_mb``."""

    ours: list[dict[str, Any]]
    theirs: list[dict[str, Any]]

    def ratio(self, of: str = "cpu_s") -> float:
        """The median of ours in theirs of the same pair."""
        both = zip(self.ours, self.theirs, strict=True)
        return statistics.median(mine[of] / its[of] for mine, its in both)

    def show(self, name: str, other: str, most: float | None = None, of: str = "cpu_s") -> None:
        """Print both sides and their ratio, which may be so ``most`` by the processor, or by ``of``."""
        show(name, self.ours)
        show(f"    {other}", self.theirs)
        how, other = ("on the clock", "wall_s") if of == "cpu_s" else ("of the processor", "cpu_s")
        goal("    ratio", self.ratio(of), most, beside=f"{how} {self.ratio(other):.3g}")


def show(name: str, runs: Sequence[dict[str, Any]]) -> None:
    """Print what the runs of one side spent: seconds of the processor, minimum and median; the same on the clock; memory."""
    cpu, wall = ([each[of] for each in runs] for of in ("cpu_s", "wall_s"))
    peak = max(each.get("peak_mb", 0.0) for each in runs)
    line(
        name, _seconds(cpu), f"on the clock {_seconds(wall)}" + (f"; {peak:.0f} MB" if peak else "")
    )


def _seconds(each: Sequence[float]) -> str:
    """``1.23, 1.31 s`` or ``45.1, 46 ms``: minimum, median."""
    least, middle = min(each), statistics.median(each)
    return (
        f"{least:.2f}, {middle:.2f} s"
        if middle >= 0.1
        else f"{least * 1e3:.3g}, {middle * 1e3:.3g} ms"
    )


def alone(side: Side, times: int = 5) -> list[dict[str, Any]]:
    """The runs of a side that has no other one."""
    return [side() for _ in range(times)]


def median(runs: Sequence[dict[str, Any]], of: str) -> float:
    return statistics.median(each[of] for each in runs)


def paired(ours: Side, theirs: Side, pairs: int = 5) -> Paired:
    """Both sides in turn, ``pairs`` times, each first in every other pair: what else the machine does meets both alike."""
    both: list[tuple[Side, list[dict[str, Any]]]] = [(ours, []), (theirs, [])]
    for number in range(pairs):
        for side, runs in both if number % 2 == 0 else both[::-1]:
            runs.append(side())
    return Paired(both[0][1], both[1][1])


def machine() -> None:
    """Print what the figures below were measured on."""
    import psutil

    named = platform.processor() or platform.machine()
    with suppress(OSError):  # Linux says more there
        for each in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if each.startswith("model name"):
                named = each.partition(":")[2].strip()
    memory = psutil.virtual_memory().total / 2**30
    print(
        f"{named}, {os.cpu_count()} cores, {memory:.0f} GB; {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; load {_load()}"
    )


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"


def figures(number: int, round_: int) -> tuple[int, int, int, int, int, int]:
    """Six figures of a post that grow with each round: views, likes, comments, shares, favourites, looks. Half of the
    posts end below 500 views, three in a hundred past 150,000 and some of a thousand past 1,000,000 (of real ones fewer)."""
    return _figures(number * 7_919 % 997, number % 1_000 == 7, round_)


@cache
def _figures(chance: int, tall: bool, round_: int) -> tuple[int, int, int, int, int, int]:
    most = 10 ** (1.8 + 3.6 * (chance / 997) ** 2) * (12 if tall else 1)
    views = int(most * (1 - 0.9 ** (round_ + 1)))
    return views, views // 30, views // 200, views // 90, views // 70, views // 400


def published(number: int) -> datetime:
    """Posts spread over a year, none at the same second."""
    return START + timedelta(seconds=number * 151)
