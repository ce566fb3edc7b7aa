"""Being a good guest: a gap between requests to a host, few at a time, and what its robots.txt says.

A gap bounds the rate in every window; a window counter lets a burst through (225/s measured
for "200/s"), so the limit is kept by slots, not by counting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from protego import Protego

from adapters.errors import SourceError, Unreachable

_RATE = re.compile(r"(\d+)\s*/\s*(s|sec|second|min|minute|h|hour)")
_SECONDS = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
#: The gap is kept a little wider than asked, because requests do not all take the same time to arrive; who comes
#: late for a turn may be followed a little sooner, so that lateness does not add up.
MARGIN, LEAST = 1.012, 1.008
#: An answer takes no longer, in seconds; what a host may take beyond that in a run, all in all: a run that waits for
#: one host for long keeps mail and backup waiting.
SLOW, MOST_SLOW = 10.0, 180.0
#: How often somebody who waits for a place looks again, in seconds.
AGAIN = 0.02


def gap_of(rate: str) -> float:
    """``20/min`` → 3.0 seconds between two requests. Raises ValueError in Chinese."""
    match = _RATE.fullmatch(rate.strip())
    if match is None or int(match[1]) == 0:
        raise ValueError(f"看不懂的速率“{rate}”，例如 20/min、1/s")
    return _SECONDS[match[2]] / int(match[1])


@dataclass(slots=True)
class Gate:
    """One host's turnstile: at most ``concurrency`` at a time, starts ``gap`` seconds apart.

    ``shut``: why this host is not asked any more in this run; ``failed``: failures in a row; ``slow``: seconds that
    it took longer than a host does.
    """

    gap: float
    concurrency: int
    monotonic: Callable[[], float]
    next_slot: float = 0.0
    inside: int = 0
    failed: int = 0
    slow: float = 0.0
    shut: SourceError | None = None
    lock: Lock = field(default_factory=Lock)

    def enter(self, latest: float, pause: Callable[[float], bool]) -> bool:
        """Wait for a turn; False where it would come after ``latest`` (monotonic seconds), or where ``pause``
        says that the run is stopped."""
        while True:
            with self.lock:
                left = self._left(self.monotonic())
                now = self.monotonic()
                if left <= 0:
                    self._begin(now)
                    return True
            if now + left > latest or pause(left):
                return False

    def _left(self, now: float) -> float:
        """Seconds to wait before looking again; 0 or less: it is our turn."""
        return max(self.next_slot - now, AGAIN if self.inside >= self.concurrency else 0)

    def _begin(self, now: float) -> None:
        self.inside += 1
        cadence = self.next_slot + self.gap * MARGIN
        self.next_slot = max(cadence, now + self.gap * LEAST)

    def sent(self, entered: float, lag: float) -> None:
        """The request of a turn taken at ``entered`` left ``lag`` seconds later: the gap is counted from there."""
        with self.lock:
            self.next_slot = max(self.next_slot, entered + lag + self.gap * LEAST)

    def leave(self, took: float = 0.0) -> None:
        """A request of so many seconds has ended; a host that is slow again and again is left alone."""
        with self.lock:
            self.inside -= 1
            self.slow += max(0.0, took - SLOW)
            if self.slow > MOST_SLOW and self.shut is None:
                self.shut = Unreachable("回答一直很慢", advice="下次采集会接着采")

    def hold(self, seconds: float) -> None:
        """The host asked for a pause (Retry-After, 429): nobody enters before it is over."""
        with self.lock:
            self.next_slot = max(self.next_slot, self.monotonic() + seconds)

    def is_lost(self) -> bool:
        """Whether somebody else may have the turn of the request that is under way."""
        return False

    def pass_on(self, seconds: float) -> None:
        """The host asked for a pause, and this run does not come back: nobody else is here to be told."""

    def widen(self, gap: float) -> None:
        """At least ``gap`` seconds between starts from now on, the last one included (Crawl-delay)."""
        with self.lock:
            if gap > self.gap:
                self.next_slot += (gap - self.gap) * MARGIN
                self.gap = gap

    def note(self, problem: SourceError | None, patience: int) -> None:
        """A task ended; after ``patience`` failures in a row the host is left alone."""
        with self.lock:
            self.failed = self.failed + 1 if problem is not None else 0
            if problem is not None and self.failed >= patience:
                self.shut = problem


class Robots:
    """What a host's robots.txt says to this program; ``problem``: why it could not be read (``text`` None)."""

    def __init__(self, text: str | None, problem: SourceError | None = None) -> None:
        self.problem = problem
        self.rules = None if text is None else Protego.parse(text)

    def allows(self, url: str, agent: str) -> bool:
        return self.rules is not None and bool(self.rules.can_fetch(url, agent))

    def delay(self, agent: str) -> float:
        """Crawl-delay in seconds; 0 where none is asked for."""
        return 0.0 if self.rules is None else float(self.rules.crawl_delay(agent) or 0)


@dataclass(slots=True)
class Cache:
    """What hosts' robots.txt say, asked once; safe among threads."""

    lock: Lock = field(default_factory=Lock)
    locks: dict[str, Lock] = field(default_factory=dict)
    values: dict[str, Robots] = field(default_factory=dict)

    def get(self, key: str, make: Callable[[], Robots]) -> Robots:
        with self.lock:
            own = self.locks.setdefault(key, Lock())
        with own:
            if key not in self.values:
                self.values[key] = make()
            return self.values[key]
