"""One page, fetched politely and read, to see what the program makes of it. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from adapters.contract import Account, Adapter, Page, PageRecord, Request
from adapters.errors import LayoutChanged, SourceError, Unclear
from adapters.records import AccountFigures, Post
from adapters.registry import ADAPTERS
from collector.config.loading import Config
from collector.config.sections import AccountConfig, CentreConfig
from collector.fetching.fetch import Fetcher
from collector.fetching.hosts import host_of, is_private
from collector.probe.proposing import PageProposal, propose
from collector.visits.asking import page_adapters

#: Adapters of any site: what they cannot read, another proposal may.
SITES = frozenset({"portal", "h5"})


@dataclass(frozen=True, slots=True)
class Aim:
    """Who reads an address, for which account, and what is asked. ``known``: the account is one of config."""

    adapter: Adapter
    account: Account
    request: Request
    known: bool


@dataclass(slots=True, kw_only=True)
class Probe:
    """What came of it. ``inside``: the address lies in the centre's own network, and config lets it be asked."""

    aim: Aim
    inside: bool = False
    page: Page | None = None
    about: str = "post"
    posts: tuple[Post, ...] = ()
    figures: tuple[AccountFigures, ...] = ()
    follow: tuple[Request, ...] = ()
    problem: SourceError | None = None
    proposal: PageProposal | None = None


def bare_config() -> Config:
    """What there is before anything is configured."""
    from pathlib import Path

    nobody = AccountConfig(id="probe", platform="portal", name="probe")
    return Config(
        centre=CentreConfig(name="probe"), accounts=(nobody,), folder=Path(), fingerprint=""
    )


def aim_at(config: Config, url: str, today: date, account: AccountConfig | None = None) -> Aim:
    """Who reads ``url``: an account that was named, else one of config that it belongs to, else the platform
    of its host, else the reader of any site. An account named to which it does not belong is asked all the same."""
    accounts = (account,) if account is not None else config.accounts
    for each in accounts:
        for adapter in page_adapters(each):
            if not adapter.own_api:
                for request in _requests(adapter, each.for_adapters(), url, today):
                    return Aim(adapter, each.for_adapters(), request, True)
    for adapter in ADAPTERS.values():
        if adapter.read is None or adapter.own_api or not adapter.hosts:
            continue
        (platform,) = sorted(adapter.platforms)
        unknown = Account(id="probe", platform=platform, url=url)
        for request in _requests(adapter, unknown, url, today):
            return Aim(adapter, unknown, request, False)
        if host_of(url) in adapter.hosts:
            return Aim(adapter, unknown, Request(url=url), False)
    site = Account(id="probe", platform="portal", url=url)
    return Aim(ADAPTERS["portal"], site, Request(url=url), False)


def _requests(adapter: Adapter, account: Account, url: str, today: date) -> Iterator[Request]:
    """How the adapter asks for this very address: as the account's list, or as one of its posts."""
    if adapter.start is not None and account.url.rstrip("/") == url.rstrip("/"):
        yield from adapter.start(account, today)
    visited = adapter.visit(account, "", url) if adapter.visit is not None else None
    if visited is not None:
        yield visited


def probe(fetcher: Fetcher, aim: Aim) -> Probe:
    """Fetch and read one page."""
    found = Probe(aim=aim, about=aim.request.about)
    try:
        page, problem = fetcher.fetch(aim.adapter, aim.account, aim.request)
        found.page = page
        found.inside = not aim.adapter.hosts and is_private(page.url, fetcher.resolve)
        if problem is not None:
            raise problem
        _keep(found, _read(aim.adapter, page))
    except SourceError as problem:
        found.problem = problem
    page_ = found.page
    if page_ is None or aim.adapter.name not in SITES or page_.status != 200:
        return found
    if found.problem is not None and aim.request.about == "post":
        _as_list(found, page_)
    if not aim.known or found.problem is not None:
        found.proposal = propose(page_)
    return found


def _as_list(found: Probe, page: Page) -> None:
    """The page may be a list, though it was asked for as a post."""
    assert found.problem is not None
    if not isinstance(found.problem, LayoutChanged | Unclear):
        return
    try:
        records = _read(
            found.aim.adapter, replace(page, request=replace(page.request, about="list"))
        )
    except SourceError:
        return  # neither: what it was as a post is told
    found.problem, found.about = None, "list"
    _keep(found, records)


def _read(adapter: Adapter, page: Page) -> list[PageRecord]:
    assert adapter.read is not None
    return list(adapter.read(page))


def _keep(found: Probe, records: list[PageRecord]) -> None:
    found.posts = tuple(each for each in records if isinstance(each, Post))
    found.figures = tuple(each for each in records if isinstance(each, AccountFigures))
    found.follow = tuple(each for each in records if isinstance(each, Request))
