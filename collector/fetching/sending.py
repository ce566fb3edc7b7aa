"""When a request really left: between a turn at the gate and the wire lie a connection to be made and other threads
that run first. The gap between requests is counted from there."""

from __future__ import annotations

import threading
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_last = threading.local()


def begin() -> None:
    """This thread is about to send a request."""
    _last.began, _last.sent = time.monotonic(), None


def lag() -> float:
    """Seconds from ``begin`` until this thread's request was written; 0 where that was not seen (a proxy)."""
    sent: float | None = _last.sent
    return 0.0 if sent is None else sent - float(_last.began)


class _Plain(HTTPConnection):
    def request(self, *args: Any, **more: Any) -> None:
        super().request(*args, **more)
        _last.sent = time.monotonic()


class _Secure(HTTPSConnection):
    def request(self, *args: Any, **more: Any) -> None:
        super().request(*args, **more)
        _last.sent = time.monotonic()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class Adapter(HTTPAdapter):
    """An adapter of requests whose connections note when they have sent a request."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        pools = {"http": _PlainPool, "https": _SecurePool}
        self.poolmanager.pool_classes_by_scheme = pools
