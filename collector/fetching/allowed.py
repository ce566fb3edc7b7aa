"""What a host's robots.txt says of the addresses that an adapter asks, fetched now and politely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from adapters.contract import Account, Adapter, Request
from adapters.errors import SourceError
from collector.fetching.fetch import ROBOTS_BYTES, ROBOTS_NAME, Fetcher
from collector.fetching.hosts import host_of, origin_of
from collector.fetching.politeness import Robots

Answer = Literal["allowed", "forbidden", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """An address, whether it may be asked, the pause that the host asks for (seconds; 0: none), and why its
    robots.txt could not be read."""

    url: str
    answer: Answer
    pause: float = 0.0
    why: str = ""


def ask_robots(
    fetcher: Fetcher, platform: str, urls: Iterable[str], sites: Mapping[str, str]
) -> list[Allowed]:
    """What each address's host says; a host is asked once. RFC 9309: no such file means all is allowed. ``sites``:
    host of an own site → the account that it belongs to."""
    known: dict[str, Robots | SourceError] = {}
    found = []
    for url in urls:
        origin = origin_of(url)
        if origin not in known:
            known[origin] = _robots(fetcher, platform, origin, sites)
        robots = known[origin]
        if isinstance(robots, SourceError):
            found.append(Allowed(url=url, answer="unreadable", why=robots.what))
            continue
        answer: Answer = "allowed" if robots.allows(url, ROBOTS_NAME) else "forbidden"
        found.append(Allowed(url=url, answer=answer, pause=robots.delay(ROBOTS_NAME)))
    return found


def _robots(
    fetcher: Fetcher, platform: str, origin: str, sites: Mapping[str, str]
) -> Robots | SourceError:
    host = host_of(origin)
    account = Account(id=sites.get(host, "robots"), platform=platform, url=f"{origin}/")
    # robots.txt itself is asked without asking it, and without a cookie: that is what own_api says
    hosts = () if host in sites else (host,)
    reader = Adapter(name="robots", platforms=frozenset({platform}), hosts=hosts, own_api=True)
    request = Request(url=f"{origin}/robots.txt", about="robots")
    try:
        page, problem = fetcher.fetch(reader, account, request)
    except SourceError as nothing:
        return nothing
    if problem is not None:
        return problem
    body = page.body[:ROBOTS_BYTES] if page.status == 200 else b""
    return Robots(body.decode("utf-8-sig", "replace"))
