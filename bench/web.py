"""The page with much in it: server time of its addresses, beside Datasette showing the same table.

    python -m bench.web [POSTS …]

Ours by Flask's client, Datasette's by its own, both in this process, on one database, by turns after one warm-up. What
Datasette has no like of is asked alone.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench._common import alone, goal, here, line, measured, median, paired, show
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
#: What Datasette is asked beside one of these.
THEIRS = {
    "作品, newest first": "/bench/post?_sort_desc=published_at&_size=50",
    "作品 by views": "/bench/latest?_sort_desc=views&_size=50",
    "作品 with a word": "/bench/post?title__contains=99&_size=50",
}


def measure(folder: Path) -> None:
    from datasette.app import Datasette

    site = Site(config_path=config(folder, year(1, 1)), guarded=False, owner="bench")
    client, loop = create(site).test_client(), asyncio.new_event_loop()
    served = Datasette([str(folder / "bench.db")], settings={"sql_time_limit_ms": 60_000})

    def ours(address: str) -> None:
        answer = client.get(address, base_url="http://127.0.0.1")
        assert answer.status_code == 200, (address, answer.status_code)

    def theirs(address: str) -> None:
        answer = loop.run_until_complete(served.client.get(address))
        assert answer.status_code == 200, (address, answer.status_code)

    for name, address in PAGES.items():
        mine = partial(here, partial(ours, address))
        mine()
        if name in THEIRS:
            other = partial(here, partial(theirs, THEIRS[name]))
            other()
            found = paired(mine, other)
            found.show(f"  {name}", "Datasette")
            asked = found.ours
        else:
            asked = alone(mine)
            show(f"  {name}", asked)
        goal("    of the processor", median(asked, "cpu_s") * 1e3, 300, " ms")
    loop.close()
    site.close()


def main() -> None:
    for posts in [int(each) for each in sys.argv[1:]] or [1_000, 100_000, 1_000_000]:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            folder = Path(name)
            build(folder / "bench.db", posts, 1)
            line(f"{posts:,} posts, {(folder / 'bench.db').stat().st_size / 2**20:,.0f} MB", "")
            measure(folder)


if __name__ == "__main__":
    measured(main)
