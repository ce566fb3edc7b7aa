"""What to ask in a run: the lists of each account, and the posts that are due to be looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from adapters.contract import CREDENTIAL, Adapter, Request
from adapters.registry import ADAPTERS
from collector.config import AccountConfig, Config
from storage.due import LIST_INTERVAL, interval, last_looks, visitable


@dataclass(frozen=True, slots=True)
class Task:
    """A request, for which account, and who reads the answer."""

    account: AccountConfig
    adapter: Adapter
    request: Request


def page_adapters(account: AccountConfig) -> Iterator[Adapter]:
    """The adapters that may read pages of an account's platform."""
    for adapter in ADAPTERS.values():
        if adapter.read is not None and account.platform in adapter.platforms:
            yield adapter


def asks_pages(config: Config, account: AccountConfig) -> bool:
    """Whether an account's pages are asked: only where config says so, by the account's uid, url, page or appid,
    or by a section of its platform. Files alone never make the program go to the network."""
    told = account.uid or account.url or account.page or account.appid
    return bool(told) or account.platform in config.platforms


def plan(
    connection: Connection,
    config: Config,
    now: datetime,
    *,
    only: str = "",
    everything: bool = False,
) -> Iterator[Task]:
    """What is due, lists first. ``everything`` asks whatever its last look was."""
    for account in config.accounts:
        if only and account.id != only:
            continue
        if not asks_pages(config, account):
            continue
        looks = {} if everything else last_looks(connection, account.id)
        adapters = list(page_adapters(account))
        for adapter in adapters:
            for request in _lists(adapter, account, now):
                last = looks.get(request.url)
                if last is None or now.timestamp() - last >= LIST_INTERVAL:
                    yield Task(account, adapter, request)
        yield from _visits(connection, account, adapters, looks, now, everything=everything)


def _lists(adapter: Adapter, account: AccountConfig, now: datetime) -> Iterator[Request]:
    if adapter.start is None:
        return
    for request in adapter.start(account.for_adapters(), now.date()):
        if CREDENTIAL not in request.url or account.appid:
            yield request


def _visits(
    connection: Connection,
    account: AccountConfig,
    adapters: list[Adapter],
    looks: dict[str, int],
    now: datetime,
    *,
    everything: bool,
) -> Iterator[Task]:
    visitors = [each for each in adapters if each.visit is not None]
    if not visitors:
        return
    for post in visitable(connection, account.id):
        task = _visit(account, visitors, post.key, post.url)
        if task is None:
            continue
        last = looks.get(task.request.url)
        age = int(now.timestamp()) - (post.published_at or 0)
        if everything or last is None or now.timestamp() - last >= interval(age):
            yield task


def _visit(account: AccountConfig, visitors: list[Adapter], key: str, url: str) -> Task | None:
    for adapter in visitors:
        assert adapter.visit is not None
        request = adapter.visit(account.for_adapters(), key, url)
        if request is not None:
            return Task(account, adapter, request)
    return None
