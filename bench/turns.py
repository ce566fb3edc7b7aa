"""Turns at one host among machines: what one costs, and how near to the limit many workers come without going beyond it.

    python -m bench.turns [PAGES]

Workers in two processes ask one host of this machine, five times a second at most; the site answers after 20 ms. Turns are
taken in a PostgreSQL server of its own (fsync off, as in tests).
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from itertools import pairwise

from bench._common import line, machine
from storage.database import open_database
from storage.fleet.schema import metadata
from storage.fleet.turns import Turns
from tests.server.fleet.asker import start
from tests.server.site import Reply, Site
from tests.storage.engines import postgres_server

GAP, LATENCY, ASKS = 0.2, 0.02, 2_000


def cost(url: str) -> None:
    """One asker alone, turn after turn."""
    engine = open_database(url, isolation_level="AUTOCOMMIT")
    one = Turns(engine, "one")
    one.ask("a.example", 0.0, 0.0)
    begun, used = time.perf_counter(), time.process_time()
    for _ in range(ASKS):
        one.ask("a.example", 0.0, 0.0)
    took, used = time.perf_counter() - begun, time.process_time() - used
    line("one turn", f"{took / ASKS * 1_000:.2f} ms", f"{used / ASKS * 1_000:.2f} ms of it ours")
    engine.dispose()


def together(url: str, processes: int, workers: int, pages: int) -> None:
    """Workers at one host, all at once."""
    with Site(delay=LATENCY) as site:
        site.routes |= {f"/{number}": Reply(b"x") for number in range(pages)}
        told = {"turns": url, "site": site.url, "gap": GAP, "count": pages, "lease": 10}
        told["workers"] = workers // processes
        children = [start(told, dict(os.environ)) for _ in range(processes)]
        said = [json.loads(each.communicate()[0]) for each in children]
    requests = workers * (pages + 1)
    starts = sorted(each for one in said for each in one["starts"])
    arrived = sorted(each.at for each in site.seen)
    if sum(each["answered"] for each in said) != workers * pages:
        raise SystemExit("not every page was answered")
    limit = round(1 / GAP)
    between = [after - before for before, after in pairwise(starts)]
    line(
        f"{workers} workers of {processes} processes, {requests} requests: median gap / allowed",
        f"{statistics.median(between) / GAP:.3f}",
        f"all of it {(arrived[-1] - arrived[0]) / ((requests - 1) * GAP):.3f}, starting included",
    )
    trips = sum(each["trips"] for each in said)
    line("    questions to PostgreSQL a request", f"{trips / requests:.2f}")
    line("    most at a time", str(site.most_under_way), "goal: 1")
    least = min(between)
    line("    shortest gap between two sent", f"{least * 1_000:.1f} ms", f"goal: {GAP * 1_000:.0f}")
    most = max(sum(a <= b < a + 1.0 for b in starts) for a in starts)
    line("    sent in the fullest second", str(most), f"goal: at most {limit}")
    if most > limit or site.most_under_way > 1 or least < GAP:
        raise SystemExit("beyond the limit")


def main(pages: int = 40) -> None:
    machine()
    with postgres_server() as server:
        engine = open_database(server.url)
        metadata.tables["host_turn"].create(engine)
        engine.dispose()
        cost(server.url)
        together(server.url, 1, 1, 4 * pages)
        together(server.url, 2, 4, pages)
        together(server.url, 2, 16, max(pages // 4, 1))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
