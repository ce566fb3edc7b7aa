"""The gap and the number at a time, in every window; what robots.txt says."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import Blocked
from collector.fetching.politeness import LEAST, MARGIN, Cache, Gate, Robots, gap_of
from tests.collector.clock import Clock


@pytest.mark.parametrize(
    ("rate", "gap"), [("20/min", 3.0), ("1/s", 1.0), (" 5 / sec ", 0.2), ("60/hour", 60.0), ("1/h", 3600.0)]
)  # fmt: skip
def test_gap_of_a_rate(rate: str, gap: float) -> None:
    assert gap_of(rate) == gap


@pytest.mark.parametrize("rate", ["", "20", "0/min", "20/day", "-1/s", "1.5/s", "20/min now"])
def test_a_rate_that_is_none(rate: str) -> None:
    with pytest.raises(ValueError, match="看不懂的速率"):
        gap_of(rate)


@given(
    gap=st.floats(0.01, 10),
    arrivals=st.lists(st.floats(0, 5), max_size=40),
    holds=st.dictionaries(st.integers(0, 40), st.floats(0, 30), max_size=5),
)
def test_no_window_holds_more_than_its_share(
    gap: float, arrivals: list[float], holds: dict[int, float]
) -> None:
    clock = Clock()
    gate = Gate(gap, 1, clock)
    starts: list[float] = []
    held_until = 0.0
    for number, idle in enumerate(arrivals):
        clock.seconds += idle
        if number in holds:
            gate.hold(holds[number])
            held_until = max(held_until, clock.seconds + holds[number])
        assert gate.enter(float("inf"), clock.wait)
        assert clock.seconds >= held_until - 1e-6
        starts.append(clock.seconds)
        gate.leave()
    for first in range(len(starts)):
        for last in range(first, len(starts)):
            width = starts[last] - starts[first]
            assert (last - first) * gap <= width + 1e-6


def test_nobody_waits_longer_than_the_gap() -> None:
    clock = Clock()
    gate = Gate(2.0, 1, clock)
    for _ in range(50):
        assert gate.enter(float("inf"), clock.wait)
        gate.leave()
    assert clock.seconds - 1_000 == pytest.approx(2.0 * LEAST + 48 * 2.0 * MARGIN)
    assert 1 < LEAST < MARGIN <= 1.02


def test_lateness_does_not_add_up_and_nobody_follows_too_soon() -> None:
    clock = Clock()
    gate = Gate(1.0, 1, clock)
    starts = []
    for late in [0.0, 0.005, 0.3, 0.0, 0.005] * 10:
        assert gate.enter(float("inf"), clock.wait)
        clock.seconds += late  # until the request leaves
        gate.sent(clock.seconds - late, late)
        starts.append(clock.seconds)
        gate.leave()
    gaps = [after - before for before, after in pairwise(starts)]
    assert min(gaps) >= 1.0
    assert sum(gaps) / len(gaps) <= 1.02 + 0.3 / 5 + 0.001


@given(concurrency=st.integers(1, 5), visitors=st.integers(1, 20))
def test_never_more_at_a_time(concurrency: int, visitors: int) -> None:
    clock = Clock()
    gate = Gate(0.0, concurrency, clock)
    inside = 0
    for _ in range(visitors):
        if gate.enter(clock.seconds + 0.05, clock.wait):
            inside += 1
    assert inside == min(concurrency, visitors)
    gate.leave()
    assert gate.enter(clock.seconds + 0.05, clock.wait) or inside < concurrency


def test_real_threads_keep_to_it() -> None:
    import time

    gate = Gate(0.01, 2, time.monotonic)
    stop = threading.Event()
    lock, inside, most, starts = threading.Lock(), 0, 0, []

    def visit() -> None:
        nonlocal inside, most
        for _ in range(3):
            assert gate.enter(time.monotonic() + 5, stop.wait)
            with lock:
                starts.append(time.monotonic())
                inside += 1
                most = max(most, inside)
            stop.wait(0.015)
            with lock:
                inside -= 1
            gate.leave()

    threads = [threading.Thread(target=visit) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert most <= 2
    assert max(starts) - min(starts) >= 14 * 0.01


def test_a_turn_that_would_come_too_late_is_not_waited_for() -> None:
    clock = Clock()
    gate = Gate(10.0, 1, clock)
    assert gate.enter(clock.seconds, clock.wait)
    gate.leave()
    assert not gate.enter(clock.seconds + 9, clock.wait)
    assert clock.waits == []


def test_a_stopped_run_enters_nowhere() -> None:
    clock = Clock(until=1_001.0)
    gate = Gate(10.0, 1, clock)
    assert gate.enter(float("inf"), clock.wait)
    gate.leave()
    assert not gate.enter(float("inf"), clock.wait)
    assert gate.inside == 0


def test_a_wider_gap_counts_from_the_last_start() -> None:
    clock = Clock()
    gate = Gate(1.0, 1, clock)
    assert gate.enter(float("inf"), clock.wait)
    gate.leave()
    gate.widen(5.0)
    gate.widen(2.0)
    assert gate.enter(float("inf"), clock.wait)
    assert clock.seconds - 1_000 == pytest.approx(5.0 * MARGIN, rel=0.01)


def test_a_host_is_left_alone_after_failures_in_a_row() -> None:
    gate = Gate(1.0, 1, Clock())
    wall = Blocked("墙")
    for problem in (wall, wall, None, wall, wall):
        gate.note(problem, 3)
    assert gate.shut is None
    gate.note(wall, 3)
    assert gate.shut is wall


ROBOTS = """\
User-agent: *
Disallow: /*.php$
Disallow: /private/
Allow: /private/open/
Disallow: /api/hits/
Crawl-delay: 2.5

User-agent: baokuan
Disallow: /not-for-us/
"""


@pytest.mark.parametrize(
    ("agent", "path", "allowed"),
    [
        ("other", "/private/a.html", False),
        ("other", "/private/open/a.html", True),  # the longer rule counts
        ("other", "/a.php", False),
        ("other", "/a.php?x=1", True),
        ("other", "/api/hits/1/2/3", False),
        ("baokuan", "/private/a.html", True),  # a group of our own stands for the others
        ("baokuan", "/not-for-us/a.html", False),
    ],
)
def test_robots(agent: str, path: str, allowed: bool) -> None:
    assert Robots(ROBOTS).allows(f"https://www.yunling.gov.cn{path}", agent) is allowed


def test_robots_that_are_empty_unknown_or_slow() -> None:
    assert Robots("").allows("https://a.cn/x", "baokuan")
    assert Robots("<html>404</html>").allows("https://a.cn/x", "baokuan")
    assert not Robots(None).allows("https://a.cn/x", "baokuan")
    assert Robots(ROBOTS).delay("other") == 2.5
    assert Robots(ROBOTS).delay("baokuan") == 0
    assert Robots(None).delay("baokuan") == 0


def test_robots_are_asked_for_once() -> None:
    cache, asked = Cache(), []

    def make() -> Robots:
        asked.append(1)
        return Robots("")

    threads = [threading.Thread(target=cache.get, args=("https://a.cn", make)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(asked) == 1
