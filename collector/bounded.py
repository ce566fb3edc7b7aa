"""An end to whatever waits for the network: name servers, handshakes, headers and bodies that drip.

A time-out of a socket counts from one byte to the next, and some waits have none at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

T = TypeVar("T")
#: How often it is asked whether it has become too late, in seconds.
_LOOK_SECONDS = 0.2


class TooLate(Exception):
    """It did not end in time."""


def bounded(do: Callable[[], T], is_late: Callable[[], bool]) -> T:
    """What ``do`` gives (or raises), done in a thread of its own. Raises TooLate where ``is_late`` says so before it
    has ended: the thread is then left to itself, and keeps no process alive."""
    future: Future[T] = Future()

    def work() -> None:
        try:
            future.set_result(do())
        except BaseException as problem:  # raised again by who waits for it
            future.set_exception(problem)

    Thread(target=work, name="bounded", daemon=True).start()
    while not wait([future], _LOOK_SECONDS).done:
        if is_late():
            raise TooLate
    return future.result()


def within(seconds: float, do: Callable[[], T]) -> T:
    """What ``do`` gives within so many seconds by the clock on the wall. Raises TooLate."""
    last = time.monotonic() + seconds
    return bounded(do, lambda: time.monotonic() > last)
