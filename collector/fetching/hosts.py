"""Which host an address leads to, and where that host really is."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies

from collector.bounded import TooLate, within
from collector.fetching import sending
from collector.fetching.networks import is_public

Resolver = Callable[[str], list[str]]
_PORTS = {"http": 80, "https": 443}
#: A name server that has not answered by then will not.
NAME_SECONDS = 20.0


def addresses(host: str) -> list[str]:
    """The addresses of a host; none where it has none, or none are found in time."""
    try:
        found = within(NAME_SECONDS, lambda: socket.getaddrinfo(host, None))
    except (OSError, UnicodeError, TooLate):
        return []
    return [str(each[4][0]) for each in found]


def host_of(url: str) -> str:
    """``host`` or ``host:port`` of an address, in small letters; empty where it is none."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def origin_of(url: str) -> str:
    """``https://host:port`` of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def place_of(url: str) -> tuple[str, str, int]:
    """Scheme, host in small letters and port of an address: a credential is set for all three together."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)


def same_place(url: str, hosts: Collection[str]) -> bool:
    """Whether an address leads to one of ``hosts``, exactly (host, or host:port)."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return False
    if not port or not parts.hostname or parts.username or parts.password:
        return False
    names = {f"{parts.hostname}:{port}"}
    if parts.scheme in _PORTS and port == _PORTS[parts.scheme]:
        names.add(parts.hostname)
    return parts.scheme in _PORTS and bool(names & {each.lower() for each in hosts})


def is_private(url: str, resolve: Resolver) -> bool:
    """Whether an address leads into a private, loopback, link-local or otherwise not public network."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return True
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not is_public(host)
    except ValueError:
        return not all(map(is_public, resolve(host)))


def through(url: str, base_url: str) -> str:
    """The address really asked: ``base_url`` stands for scheme and host, path and query stay."""
    if not base_url:
        return url
    return base_url.rstrip("/") + url[len(origin_of(url)) :]


@lru_cache(maxsize=1_000)
def proxies_for(origin: str) -> dict[str, str]:
    """The proxies of the environment for an origin, read once; none for this machine itself."""
    return {} if is_private(origin, lambda _host: []) else dict(get_environ_proxies(origin))


def session() -> requests.Session:
    """A session that keeps no cookie and has no name of a library; it holds the connections of a run."""
    made = requests.Session()
    made.trust_env = False
    made.headers["User-Agent"] = "baokuan"
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        made.mount(scheme, sending.Adapter(pool_connections=64, pool_maxsize=16, max_retries=0))
    return made
