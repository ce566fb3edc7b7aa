"""Turns at a host among machines: one at a time, a gap apart, in line, by the server's clock alone."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from typing import Any, cast
from uuid import uuid4

import pytest
import responses
from sqlalchemy import URL, Engine, make_url

from adapters.errors import Unreachable
from collector.fetching import turns as shared
from collector.fetching.fetch import Fetcher
from collector.fetching.turns import SharedGate
from collector.fleet.province import Province
from collector.run import Run, collect
from storage.database import StorageError, open_database
from storage.fleet import turns
from storage.fleet.schema import of_fleet
from storage.fleet.turns import Answer, Turns
from tests.collector.clock import Clock
from tests.collector.conftest import quick as quick
from tests.collector.conftest import site as site
from tests.collector.network import NOW as THEN
from tests.collector.network import network
from tests.collector.service.test_clock import FAKETIME
from tests.collector.test_pages_end_to_end import serve
from tests.server.fleet.asker import ask, counted_trips, fetcher, start
from tests.server.fleet.build import centre_rows, rows
from tests.server.site import Reply, Seen, Site
from tests.storage.conftest import administered

GAP = 0.05
HOST = "www.yunling.example"


@pytest.fixture(scope="module")
def url(bare: URL, template: str) -> str:
    """The province's tables, of one database for all of these tests: each has a host of its own."""
    name = f"p{uuid4().hex}"
    with administered(bare) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    return of_fleet(bare.set(database=name)).render_as_string(hide_password=False)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = open_database(url, isolation_level="AUTOCOMMIT", pool_size=8)
    yield made
    made.dispose()


@pytest.fixture
def host() -> str:
    return f"{uuid4().hex}.example"


def askers(engine: Engine, number: int) -> list[Turns]:
    return [Turns(engine, f"{n} {uuid4().hex}") for n in range(number)]


def told(answer: Answer) -> tuple[bool, float]:
    return answer.granted, answer.wait


def now(wait: float) -> Any:
    return pytest.approx(wait, abs=0.2)


def test_in_line_and_a_gap_apart(engine: Engine, host: str) -> None:
    """Told waits are where each will be due: nobody asks in between."""
    first, second, third, _ = askers(engine, 4)
    assert told(first.ask(host, 20.0, 0.0)) == (True, now(0.0))
    assert told(second.ask(host, 20.0, 0.0)) == (False, now(20.0))
    assert told(third.ask(host, 20.0, 0.0)) == (False, now(40.0))
    assert told(second.ask(host, 20.0, 0.0)) == (False, now(20.0))  # it keeps its place
    assert told(first.ask(host, 20.0, 20.0)) == (
        False,
        now(60.0),
    )  # its own turn goes on to the next
    assert told(third.ask(host, 20.0, 0.0)) == (False, now(40.0))
    assert told(second.ask(host, 20.0, 0.0)) == (True, now(20.0))


def test_who_gives_up_leaves_no_hole(engine: Engine, host: str) -> None:
    first, second, third = askers(engine, 3)
    first.ask(host, 20.0, 0.0)
    second.ask(host, 20.0, 0.0)
    third.ask(host, 20.0, 0.0)
    second.give(host, 20.0, 0.0)
    assert told(third.ask(host, 20.0, 0.0)) == (False, now(20.0))
    first.give(host, 20.0, 15.0)
    assert told(third.ask(host, 20.0, 0.0)) == (True, now(15.0))
    third.give(host, 20.0, 15.0)  # before it began
    assert told(second.ask(host, 20.0, 0.0)) == (True, now(15.0))


def test_a_pause_and_a_wider_gap_hold_for_all(engine: Engine, host: str) -> None:
    first, second = askers(engine, 2)
    first.ask(host, 1.0, 0.0)
    first.give(host, 1.0, 300.0)  # Retry-After
    assert told(second.ask(host, 1.0, 0.0)) == (True, now(300.0))
    second.give(host, 10.0, 10.0)  # Crawl-delay
    assert told(first.ask(host, 1.0, 0.0)) == (True, now(10.0))
    first.give(host, 1.0, 1.0)
    assert told(second.ask(host, 10.0, 0.0)) == (True, now(10.0))


def test_a_turn_ends_if_its_holder_dies(
    engine: Engine, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LEASE", 0.3)
    monkeypatch.setattr(turns, "GRACE", 0.1)
    dead, first, second = askers(engine, 3)
    assert dead.ask(host, GAP, 0.0).granted
    dead.keep(host)
    assert not first.ask(host, GAP, 0.0).granted
    assert not second.ask(host, GAP, 0.0).granted
    time.sleep(0.31)
    assert second.ask(host, GAP, 0.0).granted is False  # the first in line goes first,
    time.sleep(0.11)
    assert second.ask(host, GAP, 0.0).granted  # unless it is dead, too
    assert dead.ask(host, GAP, 60.0).granted is False  # what it says of its turn is no longer heard
    second.give(host, GAP, 0.0)
    assert told(dead.ask(host, GAP, 0.0)) == (True, now(0.0))


def test_one_of_many_that_ask_at_once(engine: Engine, host: str) -> None:
    asking = askers(engine, 8)
    ready, got = threading.Barrier(8), []

    def ask_it(one: Turns) -> None:
        ready.wait()
        got.append(one.ask(host, 1.0, 0.0).granted)

    threads = [threading.Thread(target=ask_it, args=(one,)) for one in asking]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert got.count(True) == 1
    (row,) = rows(
        engine.url.render_as_string(hide_password=False),
        f"SELECT cardinality(line) FROM host_turn WHERE host = '{host}'",
    )
    assert row == (7,)


def test_four_workers_of_two_processes_whose_clocks_differ(
    url: str, no_network: responses.RequestsMock
) -> None:
    """Each asks 8 pages of one host; some answers take longer than the gap."""
    with Site(delay=0.005) as site:
        site.routes |= {f"/{n}": Reply(b"x") if n % 4 else slow for n in range(8)}
        told = {"turns": url, "site": site.url, "gap": GAP, "workers": 2, "count": 8, "lease": 10}
        ahead = {"LD_PRELOAD": FAKETIME, "FAKETIME": "+60", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        clocks: tuple[dict[str, str], ...] = ({}, ahead if FAKETIME else {})
        children = [start(told, os.environ | each) for each in clocks]
        said = [json.loads(each.communicate(timeout=60)[0]) for each in children]
    assert [each["answered"] for each in said] == [16, 16]
    assert not FAKETIME or abs(said[0]["clock"] - said[1]["clock"]) > 30
    assert site.most_under_way == 1
    assert len(site.seen) == 4 * (8 + 1)  # each asks for robots.txt
    starts = sorted(each for one in said for each in one["starts"])  # one monotonic clock for all
    assert min(after - before for before, after in pairwise(starts)) >= GAP
    arrived = sorted(each.at for each in site.seen)  # the wire may make one late, but not all
    assert all(b - a > 9 * GAP for a, b in zip(arrived, arrived[10:], strict=False))


def slow(_seen: Seen) -> Reply:
    time.sleep(2 * GAP)
    return Reply(b"x")


def test_a_worker_killed_in_its_request_holds_nobody_up_for_long(
    url: str, no_network: responses.RequestsMock
) -> None:
    inside = threading.Event()

    def endless(_seen: Seen) -> Reply:
        inside.set()
        time.sleep(1)
        return Reply(b"x")

    with Site() as site, closing(fetcher(url, GAP)) as ours:
        no_network.add_passthru(f"{site.url}/")
        site.routes |= {"/0": endless, "/1": Reply(b"x")}
        told = {"turns": url, "site": site.url, "gap": GAP, "workers": 1, "count": 1, "lease": 1}
        child = start(told, dict(os.environ))
        assert inside.wait(30)
        child.kill()
        child.communicate()
        began = time.monotonic()
        assert ask(ours, site.url, "/1")
        assert time.monotonic() - began < 5


def test_a_long_request_keeps_its_turn(
    url: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (turns, shared):
        monkeypatch.setattr(module, "LEASE", 0.3)
    site.routes |= {"/0": long, "/1": Reply(b"x")}
    with closing(fetcher(url, 0.0)) as one, closing(fetcher(url, 0.0)) as two:
        other = threading.Thread(target=ask, args=(one, site.url, "/0"))
        other.start()
        while not site.asked("/0"):
            time.sleep(0.005)
        assert ask(two, site.url, "/1")
        other.join()
    assert site.most_under_way == 1


def long(_seen: Seen) -> Reply:
    time.sleep(1.0)
    return Reply(b"x")


def test_retry_after_is_told_to_others_also_by_who_does_not_come_back(
    url: str, site: Site, quick: None
) -> None:
    site.routes["/0"] = Reply(b"", 429, {"Retry-After": "400"})
    with closing(fetcher(url, GAP)) as one, closing(fetcher(url, GAP, seconds=5)) as two:
        assert not ask(one, site.url, "/0")
        with pytest.raises(Unreachable, match="robots"):
            ask(two, site.url, "/1")
    assert [each.path for each in site.seen] == ["/robots.txt", "/0"]
    (row,) = rows(
        url,
        f"SELECT holder, line, next_at > clock_timestamp() + interval '390 s' FROM host_turn WHERE host = '{site.url[7:]}'",
    )
    assert row == (None, [], True)


def test_one_round_trip_a_request_and_nothing_kept_afterwards(
    url: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ask", "give", "keep"):
        monkeypatch.setattr(Turns, name, getattr(Turns, name))  # as it was, afterwards
    trips = counted_trips()
    site.routes |= {f"/{number}": Reply(b"x") for number in range(10)}
    with closing(fetcher(url, GAP)) as made:
        assert all(ask(made, site.url, f"/{number}") for number in range(10))
    assert trips == ["ask"] * 11 + ["give"]
    assert rows(url, f"SELECT holder, line FROM host_turn WHERE host = '{site.url[7:]}'") == [
        (None, [])
    ]


def test_a_turn_that_nobody_needs_is_given_back(url: str, site: Site) -> None:
    site.routes["/0"] = Reply(b"x")
    with closing(fetcher(url, 0.6)) as made:
        assert ask(made, site.url, "/0")
        until = time.monotonic() + 5
        query = f"SELECT holder FROM host_turn WHERE host = '{site.url[7:]}'"
        while rows(url, query) != [(None,)]:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert made.shared is not None
        if (tending := made.shared.tending) is not None:
            tending.join(5)
        assert made.shared.tending is None


def test_without_the_database_nothing_goes_out(bare: URL, url: str, site: Site) -> None:
    name = make_url(url).database
    site.routes |= {"/0": Reply(b"x"), "/1": Reply(b"x")}
    with closing(fetcher(url, GAP)) as made, administered(bare) as connection:
        assert ask(made, site.url, "/0")
        before = len(site.seen)
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.exec_driver_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        with pytest.raises(StorageError, match="数据库"):
            ask(made, site.url, "/1")
        assert len(site.seen) == before
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert ask(made, site.url, "/1")


def test_who_cannot_keep_its_turn_drops_its_request(
    bare: URL, url: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (turns, shared):
        monkeypatch.setattr(module, "LEASE", 0.6)
    name = make_url(url).database
    over = threading.Event()

    def long_one(_seen: Seen) -> Reply:
        over.wait(10)
        return Reply(b"x")

    site.routes["/0"] = long_one
    problems: list[StorageError] = []

    def work(made: Fetcher) -> None:
        try:
            ask(made, site.url, "/0")
        except StorageError as problem:
            problems.append(problem)

    with closing(fetcher(url, GAP)) as made, administered(bare) as connection:
        other = threading.Thread(target=work, args=(made,))
        other.start()
        while not site.asked("/0"):
            time.sleep(0.005)
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.exec_driver_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )
        other.join(8)
        assert not other.is_alive()
        over.set()
        connection.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert "轮到别的机器" in str(problems[0])


def test_two_centres_collect_at_one_host_at_once(province: Province, site: Site) -> None:
    """What a task of each does: the host is asked by one at a time, and each stores what it asked for."""
    serve(site, more=0)
    site.delay = 0.01
    text = (network(province.folder, site, ["bilibili"]).centre.folder / "config.toml").read_text()
    found: dict[str, Run] = {}

    def task(key: str) -> None:
        config = province.centre(key, text)
        engine = open_database(config.database_url)
        try:
            found[key] = collect(engine, config, now=THEN)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=task, args=(key,)) for key in ("yunling", "qingshi")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for key in ("yunling", "qingshi"):
        assert {each.outcome for each in found[key].results} == {"ok"}
        assert centre_rows(province, key, "SELECT count(*) FROM observation") == [(2,)]
    hosts = rows(province.url, "SELECT host, holder, line FROM host_turn ORDER BY host")
    assert hosts == [("api.bilibili.com", None, [])]
    assert (site.most_under_way, len(site.seen) % 2) == (1, 0)


class Paused:
    """Turns that are always granted, and how often they were asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def ask(self, _host: str, _gap: float, _rest: float) -> Answer:
        self.asked += 1
        return Answer(granted=True, again=False, wait=3.0)


def test_a_turn_that_was_slept_through_is_asked_for_again() -> None:
    """A process that was stopped while it waited: meanwhile another may have the turn."""
    clock, paused = Clock(), Paused()
    gate = SharedGate(1.0, 1, clock, host=HOST, turns=cast("Turns", paused), watch=lambda: None)

    def sleep_long(seconds: float) -> bool:
        return clock.wait(seconds + (turns.LEASE if paused.asked == 1 else 0.0))

    assert gate.enter(float("inf"), sleep_long)
    assert paused.asked == 2
