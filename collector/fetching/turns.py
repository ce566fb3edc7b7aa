"""A host's turnstile where other machines ask the same host: a turn is taken in the province's database.

Within this process everything is as in ``Gate``; beyond it one request at a time is under way at a host, whoever sends
it (who cannot keep its turn drops its request), and the gap between starts, a host's Retry-After and its Crawl-delay
hold for all. Nothing goes out without a turn: where the database is away, StorageError comes out of ``enter``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock, Thread
from uuid import uuid4

from collector.fetching.politeness import AGAIN, LEAST, Gate
from storage.database import StorageError, open_database
from storage.fleet.turns import LEASE, Turns

#: A turn that nobody here needs is given back so long before the next one may start, in seconds.
_EARLY = 0.4
_LOOK_SECONDS = 0.1
#: A host that asks for a longer pause than this is taken at its word for so long.
_MOST_SECONDS = 86_400.0


@dataclass(slots=True, kw_only=True)
class SharedGate(Gate):
    """``Gate`` for one at a time, whose turns are taken among machines. ``has_turn``: a turn, or a place in line, is
    ours as far as we know; ``begin_by``: a request may begin until then (monotonic seconds); ``kept``: when the turn
    was last known to be ours."""

    host: str
    turns: Turns
    watch: Callable[[], None]
    waiting: int = 0
    has_turn: bool = False
    begin_by: float = float("-inf")
    kept: float = 0.0

    def enter(self, latest: float, pause: Callable[[float], bool]) -> bool:
        """As Gate's; who does not wait for its turn leaves no hole. Raises StorageError."""
        entered = False
        with self.lock:
            self.waiting += 1
        try:
            entered = Gate.enter(self, latest, pause)
        finally:
            with self.lock:
                self.waiting -= 1
                if not entered and not self.waiting and not self.inside:
                    self._give()
        return entered

    def _left(self, now: float) -> float:
        if self.inside:
            return max(self.next_slot - now, AGAIN)
        if now > self.begin_by:
            rest = max(0.0, self.next_slot - now)
            told = self.turns.ask(self.host, self.gap * LEAST, min(rest, _MOST_SECONDS))
            self.has_turn, self.kept = True, now + told.wait if told.granted else now
            self.begin_by = now + told.wait + LEASE / 2 if told.granted else float("-inf")
            now = self.monotonic()
            if not told.again:  # else the last request was ours, and we know best when it left
                self.next_slot = max(self.next_slot, now + told.wait)
            self.watch()
        return self.next_slot - now

    def _begin(self, now: float) -> None:
        Gate._begin(self, now)
        self.begin_by = float("-inf")  # a turn is for one request

    def is_lost(self) -> bool:
        return self.monotonic() > self.kept + LEASE

    def pass_on(self, seconds: float) -> None:
        """The host asked for a pause, and we do not come back: the others are told of it."""
        with self.lock:
            self.next_slot = max(self.next_slot, self.monotonic() + seconds)
            if not self.inside and not self.waiting:
                self._give()

    def _give(self) -> None:
        if self.has_turn:
            self.has_turn, self.begin_by = False, float("-inf")
            rest = max(0.0, self.next_slot - self.monotonic())
            self.turns.give(self.host, self.gap * LEAST, min(rest, _MOST_SECONDS))

    def tend(self, *, over: bool = False) -> None:
        """Keep the turn of a request that is under way; give back one that nobody here needs. Where the database does
        not answer, the turn ends by itself, and whoever asks for the next one is told."""
        with self.lock:
            now = self.monotonic()
            try:
                if self.inside and not over:
                    if now - self.kept > LEASE / 3:
                        self.kept = now if self.turns.keep(self.host) else float("-inf")
                elif not self.waiting and (
                    over or now > min(self.next_slot - _EARLY, self.kept + LEASE / 2)
                ):
                    self._give()
            except StorageError:
                self.has_turn = self.has_turn and bool(self.inside)


class SharedHosts:
    """The turns of one run at all hosts. ``url`` is of the province's tables; ``monotonic`` the run's clock."""

    def __init__(self, url: str, monotonic: Callable[[], float]) -> None:
        options = {"isolation_level": "AUTOCOMMIT", "pool_size": 2, "max_overflow": 0}
        self.turns = Turns(open_database(url, pool_timeout=300, **options), uuid4().hex)
        self.monotonic = monotonic
        self.gates: list[SharedGate] = []
        self.lock = Lock()
        self.over = Event()
        self.tending: Thread | None = None

    def gate(self, host: str, gap: float) -> SharedGate:
        """A turnstile for a host."""
        made = SharedGate(gap, 1, self.monotonic, host=host, turns=self.turns, watch=self._watch)
        self.gates.append(made)
        return made

    def close(self) -> None:
        """The run is over: what is still ours is given back."""
        self.over.set()
        for gate in self.gates:
            gate.tend(over=True)
        self.turns.engine.dispose()

    def _watch(self) -> None:
        """Somebody has a turn: look after it."""
        with self.lock:
            if self.tending is None:
                self.tending = Thread(target=self._tend, name="turns", daemon=True)
                self.tending.start()

    def _tend(self) -> None:
        """Until nobody here has a turn any more."""
        while not self.over.wait(_LOOK_SECONDS):
            for gate in tuple(self.gates):
                if gate.has_turn:
                    gate.tend()
            with self.lock:
                if not any(gate.has_turn for gate in tuple(self.gates)):
                    self.tending = None
                    return
