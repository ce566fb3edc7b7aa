"""Who is asked how: the manners of a platform, what config sets for one account's own site, and what follows from
both for a request. A credential goes to the place that it was set for (scheme, host and port) and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.contract import Account, Adapter, OwnApi, Request
from adapters.errors import SourceError
from collector.fetching.filling import NO_FILLING, Filling
from collector.fetching.hosts import place_of, same_place

#: What one page may take on the wire, its tries, its redirects and its host's robots.txt together.
PAGE_SECONDS = 120.0
Place = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How one platform is asked: seconds between requests, how many at a time, our own cookie there, and an
    address that stands for all of its hosts (``base_url``: tests, or a proxy of the centre)."""

    gap: float = 3.0
    concurrency: int = 1
    cookie: str = ""
    base_url: str = ""
    problem: SourceError | None = None  # why it cannot be asked at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What config sets for the site of one account: our cookie there, and whether it lies ``inside``, in the
    centre's own network."""

    cookie: str = ""
    inside: bool = False
    problem: SourceError | None = None  # why it cannot be asked at all


@dataclass(slots=True)
class Left:
    """Seconds that a page may still take on the wire."""

    seconds: float = field(default_factory=lambda: PAGE_SECONDS)


@dataclass(frozen=True, slots=True)
class Way:
    """What stays the same while redirects are followed. ``cookies`` by the place they are for; ``conditions`` go with
    the address that was asked alone; ``inside``: also to addresses that are not public; ``filling`` is for an owner's
    interface alone."""

    manners: Manners
    hosts: tuple[str, ...]
    inside: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[Place, str] = field(default_factory=dict)
    robots: bool = True
    own_api: OwnApi | None = None
    filling: Filling = NO_FILLING
    left: Left = field(default_factory=Left)

    def special(self, asked: str, url: str) -> dict[str, str]:
        """The headers that are meant for ``url`` alone, on the way from ``asked``."""
        cookie = self.cookies.get(place_of(url))
        conditions = self.conditions if url == asked else {}
        return {**conditions, **({"Cookie": cookie} if cookie else {})}


def cookies_for(
    adapter: Adapter, account: Account, request: Request, manners: Manners, own: Own
) -> dict[Place, str]:
    """Our cookies for a request. That of a platform is for the site of its first host, over https; that of an account
    for where its ``url`` leads."""
    if adapter.own_api:  # it has its token
        return {}
    if not adapter.hosts:
        return {place_of(account.url): own.cookie} if own.cookie else {}
    place = place_of(request.url)
    site = adapter.hosts[0].split(".")[-2:]
    mine = place[0] == "https" and place[1].split(".")[-2:] == site
    mine = mine and same_place(request.url, adapter.hosts)
    return {place: manners.cookie} if mine and manners.cookie else {}
