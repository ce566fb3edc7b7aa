"""The interface for programs with much behind it: what each endpoint takes at the server, token and all.

    python -m bench.api [POSTS]

By Flask's client in this process, on the database of bench.summary; half and 95 in a hundred of so many requests, after the
first, which is told apart: it makes what is kept until the database is told something. By the processor's time, which is
the clock's on a machine that has nothing else to do: the database is in memory once it was asked. Nothing else answers the
same: there is no other side.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench._common import goal, line, measured
from bench._filled import config
from bench.summary import ACCOUNTS, build, year
from collector.web import programs
from collector.web.server import create
from collector.web.site import Site
from storage.operations import tokens

TIMES = 60
PERIOD = "period=2026Q2"
#: Some thousands of a million posts, seen in their first week, pass it.
HITS = {"views": (20_000,)}
ASKED = {
    "summary of the last quarter": "/api/v1/summary",
    "hits": f"/api/v1/hits?{PERIOD}",
    "hits, 500 on a page": f"/api/v1/hits?{PERIOD}&per_page=500",
    "posts, newest first": f"/api/v1/posts?{PERIOD}",
    "posts by views": f"/api/v1/posts?{PERIOD}&order=views",
    "posts by likes": f"/api/v1/posts?{PERIOD}&order=likes",
    "posts by views, of a day": "/api/v1/posts?period=2026-05-02..2026-05-02&order=views",
    "posts of one account by views": f"/api/v1/posts?{PERIOD}&account=账号3&order=views",
    "posts, the last page": f"/api/v1/posts?{PERIOD}&page=200",
    "posts with a word": f"/api/v1/posts?{PERIOD}&q=99",
    "posts with a word that none has": f"/api/v1/posts?{PERIOD}&q=没有",
    "a post's series": "/api/v1/posts/5/series",
    "summary": f"/api/v1/summary?{PERIOD}",
    "coverage": f"/api/v1/coverage?{PERIOD}",
    "status": "/api/v1/status",
    "/metrics": "/metrics",
}


def measure(folder: Path) -> None:
    site = Site(config_path=config(folder, year(1, 1), HITS), guarded=True)
    with site.writing() as connection:
        shown = {
            name: tokens.add(connection, "bench", name, at=0, by="bench") for name in programs.WORDS
        }
    client = create(site).test_client()

    def ask(address: str, known: str = "") -> tuple[float, str]:
        token = shown["metrics" if address == "/metrics" else "data"]
        headers = {"Authorization": f"Bearer {token}", "If-None-Match": known}
        begun = time.process_time()
        answer = client.get(address, base_url="http://127.0.0.1", headers=headers)
        took = time.process_time() - begun
        assert answer.status_code == (304 if known else 200), (address, answer.text[:200])
        return took * 1_000, answer.headers.get("ETag", "")

    for name, address in ASKED.items():
        first, tag = ask(address)
        times = [ask(address, tag if at % 2 else "")[0] for at in range(TIMES)]
        half, most = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        goal(f"  {name}", most, 50, " ms", f"half under {half:.1f} ms; the first {first:.0f} ms")
    site.close()


def main() -> None:
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    programs.A_MINUTE = TIMES * len(ASKED) * 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        build(folder / "bench.db", posts, 1)
        line(f"{posts:,} posts of {ACCOUNTS} accounts: 95 in a hundred within", "")
        measure(folder)


if __name__ == "__main__":
    measured(main)
