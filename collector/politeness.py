"""Being a good guest: a gap between requests to a host, few at a time, and what its robots.txt says.

A gap bounds the rate in every window; a window counter lets a burst through (stack.md: 225/s measured
for "200/s"), so the limit is kept by slots, not by counting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Lock

from protego import Protego

_RATE = re.compile(r"(\d+)\s*/\s*(s|sec|second|min|minute|h|hour)")
_SECONDS = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600}


def gap_of(rate: str) -> float:
    """``20/min`` → 3.0 seconds between two requests. Raises ValueError in Chinese."""
    match = _RATE.fullmatch(rate.strip())
    if match is None or int(match[1]) == 0:
        raise ValueError(f"看不懂的速率“{rate}”,例如 20/min、1/s")
    return _SECONDS[match[2]] / int(match[1])


@dataclass(slots=True)
class Gate:
    """One host's turnstile: at most ``concurrency`` at a time, starts ``gap`` seconds apart."""

    gap: float
    concurrency: int
    monotonic: Callable[[], float]
    next_slot: float = 0.0
    inside: int = 0
    free: Condition = field(default_factory=Condition)

    def enter(self, latest: float, wait: Callable[[float], object]) -> bool:
        """Wait for a turn; False where it would come after ``latest`` (monotonic seconds)."""
        with self.free:
            while self.inside >= self.concurrency:
                left = latest - self.monotonic()
                if left <= 0:
                    return False
                self.free.wait(timeout=min(left, 1.0))
            start = max(self.monotonic(), self.next_slot)
            if start > latest:
                return False
            self.next_slot = start + self.gap
            self.inside += 1
        pause = start - self.monotonic()
        if pause > 0:
            wait(pause)
        return True

    def leave(self) -> None:
        with self.free:
            self.inside -= 1
            self.free.notify()

    def hold(self, seconds: float) -> None:
        """The host asked for a pause (Retry-After, 429): nobody enters before it is over."""
        with self.free:
            self.next_slot = max(self.next_slot, self.monotonic() + seconds)


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host's robots.txt says to this program. ``text`` None: it could not be read."""

    text: str | None

    def allows(self, url: str, agent: str) -> bool:
        return self.text is not None and bool(Protego.parse(self.text).can_fetch(url, agent))

    def delay(self, agent: str) -> float:
        """Crawl-delay in seconds; 0 where none is asked for."""
        if self.text is None:
            return 0.0
        return float(Protego.parse(self.text).crawl_delay(agent) or 0)


@dataclass(slots=True)
class Cache:
    """Values worked out once, by key; safe among threads."""

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
