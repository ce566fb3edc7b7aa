"""``collect hits`` on a large database, start to end, against ``python -c "import pandas"`` (goal: within 1.3 times),
and ``collect -h`` against ``python -c pass``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench._common import ROOT

CONFIG = (ROOT / "config.toml").read_text(encoding="utf-8")


def seconds(*command: str) -> float:
    """The shortest life of a process, of nine: what it takes when nothing else is running."""
    times = []
    for _ in range(9):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    python = sys.executable
    collect = (python, "-m", "collector.cli")
    with tempfile.TemporaryDirectory() as name:
        config = Path(name) / "config.toml"
        config.write_text(CONFIG, encoding="utf-8")
        shutil.copytree(ROOT / "examples" / "inbox", Path(name) / "inbox")
        subprocess.run(
            [*collect, "--config", str(config), "now"], check=True, stdout=subprocess.DEVNULL
        )
        hits = seconds(*collect, "--config", str(config), "hits")
    pandas = seconds(python, "-c", "import pandas")
    nothing, usage = seconds(python, "-c", "pass"), seconds(*collect, "-h")
    print(
        f"collect hits {hits:.2f} s, import pandas {pandas:.2f} s: ratio {hits / pandas:.2f}   (goal 1.3)"
    )
    print(
        f"collect -h {usage:.2f} s, python -c pass {nothing:.2f} s: ratio {usage / nothing:.1f}   (goal 8)"
    )


if __name__ == "__main__":
    main()
