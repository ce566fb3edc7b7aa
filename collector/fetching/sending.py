"""What only a connection knows: when a request really left, and where it leads.

Between a turn at the gate and the wire lie a connection to be made and other threads that run first; the gap between
requests is counted from the wire. A name may mean another address when it is connected to than when it was looked up.
"""

from __future__ import annotations

import socket
import threading
import time
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from collector.fetching.hosts import is_public

_last = threading.local()


def begin(*, inside: bool) -> None:
    """This thread is about to send a request; ``inside``: also to an address that is not public."""
    _last.began, _last.sent, _last.inside = time.monotonic(), None, inside


def lag() -> float:
    """Seconds from ``begin`` until this thread's request was written; 0 where that was not seen (a proxy)."""
    sent: float | None = _last.sent
    return 0.0 if sent is None else sent - float(_last.began)


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _led_out(self, super()._new_conn())

    def request(self, *args: Any, **more: Any) -> None:
        super().request(*args, **more)
        _last.sent = time.monotonic()


class _Secure(_Plain, HTTPSConnection):
    """The same over TLS."""


def _led_out(connection: HTTPConnection, made: socket.socket) -> socket.socket:
    """The socket, unless it leads inside where it should not; where a proxy leads, the proxy knows."""
    if connection.proxy is None and not _last.inside and not is_public(made.getpeername()[0]):
        made.close()
        raise NewConnectionError(connection, "an inside address")
    return made


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class NotingAdapter(HTTPAdapter):
    """An adapter of requests whose connections note when they have sent a request, and where they lead."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        pools = {"http": _PlainPool, "https": _SecurePool}
        self.poolmanager.pool_classes_by_scheme = pools


def session() -> requests.Session:
    """A session that keeps no cookie and has no name of a library; it holds the connections of a run."""
    made = requests.Session()
    made.trust_env = False
    made.headers["User-Agent"] = "baokuan"
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        made.mount(scheme, NotingAdapter(pool_connections=64, pool_maxsize=16, max_retries=0))
    return made
