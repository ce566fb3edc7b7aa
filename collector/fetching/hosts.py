"""Which host an address leads to, and where that host really is."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies

from collector.fetching import sending

Resolver = Callable[[str], list[str]]
_PORTS = {"http": 80, "https": 443}
#: An IPv4 address stands in the last four bytes of these (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")


def addresses(host: str) -> list[str]:
    """The addresses of a host; none where it has none."""
    try:
        return [str(each[4][0]) for each in socket.getaddrinfo(host, None)]
    except (OSError, UnicodeError):
        return []


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
        return not _is_public(ipaddress.ip_address(host))
    except ValueError:
        found = resolve(host)
    return not all(_is_public(ipaddress.ip_address(each.split("%")[0])) for each in found)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address, and the IPv4 address it may stand for, can be reached by everyone."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast


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
