"""What years of history, many attempts and many accounts add to a command that does not ask about them.

    python -m bench.growth [POSTS] [SET …]

Each command on a large database and on the usual one, in turn, five times: seconds of the processor. POSTS: those of a year
in the usual one (100,000); sets: those of SETS, all by default. In full about an hour and 5 GB of disk.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench._common import goal, line, measured, paired, spent
from bench._filled import Shape, config, fill

#: What is larger than in the usual database, and how much longer its commands may take.
SETS: dict[str, tuple[Callable[[Shape], Shape], float | None]] = {
    "ten years": (lambda usual: replace(usual, years=10), 1.3),
    "looks": (lambda usual: replace(usual, posts=usual.posts * 2, looks=50, every=1), None),
    "attempts": (
        lambda usual: replace(usual, attempts=usual.posts * 952 // 100),
        2,
    ),
    "accounts": (
        lambda usual: replace(usual, accounts=usual.posts * 26 // 1_000),
        2,
    ),
    "folded": (lambda usual: replace(usual, folded=20), 1.5),
}


def commands(until: int) -> dict[str, list[str]]:
    """Each with its arguments; the reports are of the last quarter that was over at ``until``."""
    at = datetime.fromtimestamp(until, UTC)
    year, quarter = (at.year, (at.month - 1) // 3) if at.month > 3 else (at.year - 1, 4)
    report = ["report", f"{year}Q{quarter}", "--format", "md", "--out", "out"]
    end = f"{year}-{quarter * 3:02}-28"
    return {
        "status": ["status"],
        "now, with nothing new": ["now"],
        "report, published": report,
        "report, gained": [*report, "--basis", "gained"],
        "report, aged": [*report, "--basis", "aged:7"],
        "report, as of the quarter's last days": [*report, "--as-of", end],
        "weekly mail, preview": ["mail", "--preview", "mail"],
    }


def run(folder: Path, *arguments: str) -> dict[str, float]:
    """What ``collect`` spends there."""
    command = [sys.executable, "-m", "collector.cli", arguments[0], "--config", "config.toml"]
    return spent([*command, *arguments[1:]], cwd=folder)


def build(folder: Path, shape: Shape) -> Path:
    """The database with its config; what is new in it is told and written."""
    folder.mkdir()
    fill(folder / "bench.db", shape)
    config(folder, shape)
    run(folder, "now")
    return folder


def main() -> None:
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        usual = Shape(posts=posts)
        small = build(Path(name) / "usual", usual)
        for each in sys.argv[2:] or SETS:
            enlarge, most = SETS[each]
            shape = enlarge(usual)
            large = build(Path(name) / each, shape)
            size = (large / "bench.db").stat().st_size / 2**20
            line(
                f"── {each}: {shape.total:,} posts, {shape.accounts:,} accounts", f"{size:,.0f} MB"
            )
            for what, arguments in commands(usual.until).items():
                found = paired(partial(run, large, *arguments), partial(run, small, *arguments))
                found.show(what, "usual", most)
            published, gained = (
                commands(usual.until)[f"report, {basis}"] for basis in ("published", "gained")
            )
            found = paired(partial(run, large, *gained), partial(run, large, *published))
            goal("gained in published", found.ratio(), 2)


if __name__ == "__main__":
    measured(main)
