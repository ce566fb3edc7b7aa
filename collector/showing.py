"""What each platform shows, on pages and in files, which addresses its adapters ask, and whether their hosts allow
it: for ``collect platforms``.

The figures are those that the adapters declare; the addresses are made by the adapters themselves, for the
accounts of config and, where config has none, for invented ids of the right form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from adapters import platforms
from adapters.contract import CREDENTIAL, Account, Adapter
from adapters.errors import Refused
from adapters.records import METRICS
from adapters.registry import ADAPTERS
from collector.config.loading import Config
from collector.config.sections import PlatformConfig
from collector.fetching.fetch import ROBOTS_NAME, Fetcher
from collector.fetching.hosts import host_of, origin_of

#: Adapters that show whatever a centre's own table or config names.
FREE = frozenset({"table", "h5"})
#: Platforms with pages that are read.
_READ = frozenset(
    platform
    for each in ADAPTERS.values()
    if each.read is not None and each.name not in FREE
    for platform in each.platforms
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """What one adapter reads of a platform: metrics in stored order; ``addresses`` it asks, None for files."""

    adapter: str
    metrics: tuple[str, ...]
    addresses: tuple[str, ...] | None = None
    hosts: tuple[str, ...] = ()
    own_api: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """A platform: what its pages and its files show, what its pages do not (``hidden``) and what the files do not
    either (``nowhere``). ``is_set`` tells that config has a section for it; ``rate`` is per host."""

    platform: str
    name: str
    pages: tuple[Half, ...]
    files: tuple[Half, ...]
    hidden: tuple[str, ...]
    nowhere: tuple[str, ...]
    rate: str
    concurrency: int
    is_set: bool


def showings(config: Config, today: date) -> list[Showing]:
    """Every platform that config may name, in the order in which it lists them."""
    return [_showing(config, platform, name, today) for platform, name in platforms.NAMES.items()]


def _showing(config: Config, platform: str, name: str, today: date) -> Showing:
    serving = [each for each in ADAPTERS.values() if platform in each.platforms]
    accounts = [each.for_adapters() for each in config.accounts if each.platform == platform]
    pages = tuple(
        _pages(each, tuple(_addresses(each, platform, accounts, today)))
        for each in serving
        if each.read is not None
    )
    files = tuple(
        Half(adapter=each.name, metrics=_ordered(each.file_metrics))
        for each in serving
        if each.read_file is not None
    )
    public = {metric for half in pages for metric in half.metrics if half.adapter not in FREE}
    own = {metric for half in files for metric in half.metrics if half.adapter not in FREE}
    manners = config.platforms.get(platform, PlatformConfig())
    return Showing(
        platform=platform,
        name=name,
        pages=pages,
        files=files,
        hidden=_ordered(set(METRICS) - public) if public or platform in _READ else (),
        nowhere=_ordered(set(METRICS) - public - own) if own else (),
        rate=manners.rate,
        concurrency=manners.concurrency,
        is_set=platform in config.platforms,
    )


def _ordered(metrics: Iterable[str]) -> tuple[str, ...]:
    wanted = set(metrics)
    return tuple(each for each in METRICS if each in wanted)


def _pages(adapter: Adapter, addresses: tuple[str, ...]) -> Half:
    return Half(
        adapter=adapter.name,
        metrics=_ordered(adapter.page_metrics),
        addresses=addresses,
        hosts=adapter.hosts or tuple(dict.fromkeys(map(host_of, addresses))),
        own_api=adapter.own_api,
    )


def _addresses(
    adapter: Adapter, platform: str, accounts: list[Account], today: date
) -> Iterator[str]:
    """One address of each form that the adapter asks, without what names the account's token."""
    uid, key, url = (adapter.example.get(name, "") for name in ("uid", "key", "url"))
    invented = Account(id="example", platform=platform, uid=uid)
    seen: set[tuple[str, str]] = set()
    for account in (*accounts, invented):
        lists = adapter.start(account, today) if adapter.start is not None else ()
        visited = adapter.visit(account, key, url or account.url) if adapter.visit else None
        for request in (*lists, *([visited] if visited is not None else [])):
            form = (request.about, origin_of(request.url))
            if form not in seen and CREDENTIAL not in request.url:
                seen.add(form)
                yield request.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """An address, whether it may be asked, the pause that the host asks for (seconds; 0: none), and why its
    robots.txt could not be read."""

    url: str
    answer: Literal["allowed", "forbidden", "unreadable"]
    pause: float = 0.0
    why: str = ""


def ask_robots(
    fetcher: Fetcher, platform: str, urls: Iterable[str], sites: Mapping[str, str]
) -> Iterator[Allowed]:
    """What the robots.txt of each address's host says, fetched now and politely; a host is asked once. ``sites``: host
    of an own site → the account that it belongs to."""
    for url in urls:
        try:
            robots = fetcher.robots_of(platform, url, sites.get(host_of(url), ""))
        except Refused as problem:
            yield Allowed(url=url, answer="unreadable", why=problem.what)
            continue
        if robots.problem is not None:
            yield Allowed(url=url, answer="unreadable", why=robots.problem.what)
        else:
            yield Allowed(
                url=url,
                answer="allowed" if robots.allows(url, ROBOTS_NAME) else "forbidden",
                pause=robots.delay(ROBOTS_NAME),
            )
