"""Which host an address leads to, and where that host really is."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit
from urllib.request import getproxies

import requests
from requests.adapters import HTTPAdapter

Resolver = Callable[[str], list[str]]
_PORTS = {"http": 80, "https": 443}


def addresses(host: str) -> list[str]:
    """The addresses of a host; none where it has none."""
    try:
        return [str(each[4][0]) for each in socket.getaddrinfo(host, None)]
    except OSError:
        return []


def origin_of(url: str) -> str:
    """``https://host:port`` of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def same_place(url: str, hosts: Collection[str]) -> bool:
    """Whether an address leads to one of ``hosts``, exactly (host, or host:port)."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.password:
        return False
    try:
        port = parts.port or _PORTS[parts.scheme]
    except ValueError:
        return False
    names = {f"{parts.hostname}:{port}"}
    if port == _PORTS[parts.scheme]:
        names.add(parts.hostname)
    return bool(names & {each.lower() for each in hosts})


def is_private(url: str, resolve: Resolver) -> bool:
    """Whether an address leads into a private, loopback or link-local network."""
    host = urlsplit(url).hostname or ""
    try:
        found = [ipaddress.ip_address(host)]
    except ValueError:
        found = [ipaddress.ip_address(each.split("%")[0]) for each in resolve(host)]
    return any(not each.is_global for each in found)


def through(url: str, base_url: str) -> str:
    """The address really asked: ``base_url`` stands for scheme and host, path and query stay."""
    if not base_url:
        return url
    return base_url.rstrip("/") + url[len(origin_of(url)) :]


def session() -> requests.Session:
    """A session that keeps no cookie and reads the proxies of the environment once."""
    made = requests.Session()
    made.trust_env = False
    made.proxies.update(getproxies())
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        made.mount(scheme, HTTPAdapter(pool_connections=64, pool_maxsize=16, max_retries=0))
    return made
