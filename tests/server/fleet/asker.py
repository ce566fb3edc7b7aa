"""A process of a province that asks one host: several workers, each with turns of its own, as tasks of centres have."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from adapters.contract import Account, Adapter, Request
from collector.fetching import turns as shared
from collector.fetching.fetch import Fetcher, Manners
from collector.fetching.politeness import Gate
from collector.fetching.sending import session
from collector.fetching.turns import SharedHosts
from storage.fleet import turns
from storage.fleet.turns import Turns


def fetcher(turns: str, gap: float, seconds: float = 60.0) -> Fetcher:
    """As a run of a centre of the province has it; ``turns``: where turns are taken."""
    return Fetcher(
        manners={"portal": Manners(gap=gap)},
        contact="",
        deadline=time.monotonic() + seconds,
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        session=session(),
        resolve=lambda _host: ["127.0.0.1"],
        shared=SharedHosts(turns, time.monotonic),
    )


def ask(made: Fetcher, site: str, path: str) -> bool:
    """Ask one page; whether there was an answer that is one."""
    host = site.partition("://")[2]
    adapter = Adapter(name="x", platforms=frozenset({"portal"}), hosts=(host,))
    account = Account(id="site", platform="portal", url=site)
    _page, problem = made.fetch(adapter, account, Request(url=f"{site}{path}"))
    return problem is None


def start(told: dict[str, Any], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The process; what it is told: turns, site, gap, workers, count, lease."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.server.fleet.asker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert child.stdin is not None
    child.stdin.write(json.dumps(told).encode() + b"\n")
    child.stdin.flush()
    return child


def counted_trips() -> list[str]:
    """From now on every question to the database about turns is noted in this list."""
    trips: list[str] = []
    for name in ("ask", "give", "keep"):
        whole = getattr(Turns, name)

        def noted(*args: Any, name: str = name, whole: Any = whole) -> Any:
            trips.append(name)
            return whole(*args)

        setattr(Turns, name, noted)
    return trips


def main() -> None:
    told = json.loads(sys.stdin.readline())
    answered: list[bool] = []
    starts: list[float] = []
    sent = Gate.sent

    def noted(self: Gate, entered: float, lag: float) -> None:
        starts.append(entered + lag)
        sent(self, entered, lag)

    Gate.sent = noted  # type: ignore[method-assign]
    trips = counted_trips()
    for module in (turns, shared):
        vars(module)["LEASE"] = told["lease"]

    def work() -> None:
        with closing(fetcher(told["turns"], told["gap"])) as made:
            answered.extend(ask(made, told["site"], f"/{n}") for n in range(told["count"]))

    threads = [threading.Thread(target=work) for _ in range(told["workers"])]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    said = {"answered": sum(answered), "clock": time.time(), "starts": starts, "trips": len(trips)}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
