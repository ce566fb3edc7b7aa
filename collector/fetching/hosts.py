"""Which host an address leads to, and where that host really is."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies

from collector.bounded import TooLate, within

Resolver = Callable[[str], list[str]]
_PORTS = {"http": 80, "https": 443}
#: An IPv4 address stands in the last four bytes of these (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")
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


def is_public(address: str) -> bool:
    """Whether an IP address, and the IPv4 address it may stand for, can be reached by everyone. Raises ValueError."""
    return _is_public(ipaddress.ip_address(address.split("%")[0]))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast
