"""The page with much in it: server time of its addresses, beside Datasette showing the same table.

    python -m bench.web [POSTS …]

Ours by Flask's client, Datasette's by its own, both in this process, on one database; medians of five after one warm-up.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench._common import line
from bench._filled import config
from bench.summary import build, year
from collector.web.server import create
from collector.web.site import Site

PAGES = {
    "作品, newest first": "/posts/",
    "作品 by views": "/posts/?order=views",
    "作品 by likes": "/posts/?order=likes",
    "作品 of one account by views": "/posts/?account=账号3&order=views",
    "作品 with a word": "/posts/?q=99",
    "作品 with a word that none has": "/posts/?q=没有这样的词",
    "作品 past 10万+": "/posts/?hit=100000&order=views",
    "one post": "/posts/5/",
    "今天": "/",
    "账号": "/accounts/",
    "导入": "/import/",
    "大屏": "/screen",
}
THEIRS = {
    "Datasette: post, newest first": "/bench/post?_sort_desc=published_at&_size=50",
    "Datasette: latest by views": "/bench/latest?_sort_desc=views&_size=50",
    "Datasette: title contains": "/bench/post?title__contains=99&_size=50",
}


def median(ask: Callable[[], int]) -> float:
    ask()
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        size = ask()
        times.append(time.perf_counter() - begun)
    assert size
    return statistics.median(times)


def ours(folder: Path) -> None:
    site = Site(config_path=config(folder, year(1, 1)), guarded=False, owner="bench")
    client = create(site).test_client()
    for name, address in PAGES.items():

        def ask(address: str = address) -> int:
            answer = client.get(address, base_url="http://127.0.0.1")
            assert answer.status_code == 200, (address, answer.status_code)
            return len(answer.data)

        line(f"  {name}", f"{median(ask) * 1000:.0f} ms", "goal: under 300 ms")
    site.close()


def theirs(folder: Path) -> None:
    from datasette.app import Datasette

    loop = asyncio.new_event_loop()
    served = Datasette([str(folder / "bench.db")], settings={"sql_time_limit_ms": 60_000})
    for name, address in THEIRS.items():

        def ask(address: str = address) -> int:
            answer = loop.run_until_complete(served.client.get(address))
            assert answer.status_code == 200, (address, answer.status_code)
            return len(answer.content)

        line(f"  {name}", f"{median(ask) * 1000:.0f} ms")
    loop.close()


def main() -> None:
    for posts in [int(each) for each in sys.argv[1:]] or [1_000, 100_000, 1_000_000]:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            folder = Path(name)
            build(folder / "bench.db", posts, 1)
            line(f"{posts:,} posts, {(folder / 'bench.db').stat().st_size / 2**20:,.0f} MB", "")
            ours(folder)
            theirs(folder)


if __name__ == "__main__":
    main()
