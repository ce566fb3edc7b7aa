"""Time for tests: nobody waits, the clock is moved."""

from __future__ import annotations

from threading import Event


class Clock(Event):
    """A monotonic clock that stands in for the event everybody waits on: waiting moves it. ``until``: when
    the run is stopped."""

    def __init__(self, until: float = float("inf")) -> None:
        super().__init__()
        self.seconds = 1_000.0
        self.until = until
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        assert timeout > 0
        self.waits.append(timeout)
        self.seconds += timeout
        if self.seconds >= self.until:
            self.set()
        return self.is_set()
