"""python -m tests.soak [--fleet] [--kills 200] [--seed 1]: minutes; prints figures, ends with 1 where there are faults."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.soak import killing


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.soak")
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--fleet", action="store_true", help="a province instead of one centre")
    asked.add_argument("--minutes", type=float, default=1e9, help="of a province: no longer")
    asked.add_argument("--keep", help="a folder for everything; a temporary one otherwise")
    told = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # nothing is left behind
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        where = Path(told.keep or folder)
        where.mkdir(parents=True, exist_ok=True)
        if told.fleet:
            from tests.soak.fleet.killing import run

            figures = run(where, told.kills, told.seed, say, told.minutes)
        else:
            figures = killing.run(where, told.kills, told.seed, say)
    say(str(figures))
    for each in figures.faults:
        say(f"  {each}")
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main())
