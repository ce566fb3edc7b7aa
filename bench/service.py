"""The idle service: its resident size and its share of a core in real time, and its memory over 24 simulated hours of
ticks, looks at the inbox and at config. Nothing else does the same: it has no other side, and is watched once.

``python -m bench.service [SECONDS]``: how long the real one is watched, 120 by default.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import psutil

from bench._common import ROOT, fresh, goal, line, measured

#: A centre of usual size, with mail, on a database that holds the example county.
CONFIG = """
[mail]
host = "localhost"
security = "none"
from = "a@example.cn"
to = ["b@example.cn"]
"""

#: A day of the service's own work, minute by minute; only the children are left out.
_DAY = """
import json, sys, psutil
from datetime import datetime, timedelta
from pathlib import Path
from adapters.moments import SHANGHAI
from collector.service.serving import Serving
from collector.service.watching import Accepted, Watcher
from collector.service.works import WorkResult
from storage.database import open_database

now = datetime(2026, 12, 6, 23, 0, tzinfo=SHANGHAI)
accepted = Accepted(Path(sys.argv[1]))
serving = Serving(accepted=accepted, engine=open_database(accepted.config.database_url), clock=lambda: now,
                  still_held=lambda: True, set_up_logs=lambda _config: None)
done = []
me, sizes = psutil.Process(), []
watcher = Watcher()
def perform(name):
    done.append(name)
    return WorkResult("done")
for minute in range(24 * 60 + 120):
    now += timedelta(minutes=1)
    serving.look()
    serving.ticking.work(perform, serving.clock)
    serving.has_mail_to_retry()
    for _ in range(30):
        accepted.look()
        watcher.look(accepted.config)
    if minute % 60 == 0:
        sizes.append(me.memory_info().rss)
print(json.dumps({"sizes": sizes, "done": len(done)}))
"""


def idle(config: Path, seconds: float) -> dict[str, float]:
    """The real service, left alone: megabytes (with what it shares), the share of a core in percent."""
    command = [sys.executable, "-m", "collector.cli", "--config", str(config), "serve"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            watched = psutil.Process(process.pid)
            time.sleep(15)  # the start, and what it made up for
            before, began = watched.cpu_times(), time.monotonic()
            time.sleep(seconds)
            after = watched.cpu_times()
            used = after.user + after.system - before.user - before.system
            return {
                "mb": watched.memory_info().rss / 2**20,
                "percent": 100 * used / (time.monotonic() - began),
                "threads": watched.num_threads(),
            }
        finally:
            process.terminate()


def main(seconds: float = 120) -> None:
    with tempfile.TemporaryDirectory() as name:
        config = Path(name) / "config.toml"
        text = (ROOT / "config.toml").read_text(encoding="utf-8")
        config.write_text(text + CONFIG, encoding="utf-8")
        collect = [sys.executable, "-m", "collector.cli", "--config", str(config)]
        subprocess.run([*collect, "now"], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        found = idle(config, seconds)
        goal("idle service, resident", found["mb"], 70, " MB")
        goal(f"of a core, over {seconds:.0f} s", found["percent"], 1, " %")
        day = fresh(_DAY, str(config))
        sizes = [each / 2**20 for each in day["sizes"]]
        line("24 simulated hours: jobs done", str(day["done"]))
        goal("grown from the 2nd hour to the last", sizes[-1] - sizes[2], 1, " MB")
        line("hour by hour", "", " ".join(f"{each:.1f}" for each in sizes))


if __name__ == "__main__":
    measured(partial(main, *map(float, sys.argv[1:])))
