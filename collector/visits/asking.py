"""What to ask in a run: the lists of each account, and the posts that are due to be looked at again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from sqlalchemy import Connection

from adapters.contract import Adapter, Request
from adapters.moments import SHANGHAI
from adapters.registry import ADAPTERS
from collector.config.loading import Config
from collector.config.sections import AccountConfig
from collector.fetching.credentials import call_of
from collector.fetching.hosts import same_place
from storage.operations import due
from storage.operations.due import KeptAnswer, Look

LIST = "list"


@dataclass(frozen=True, slots=True)
class Task:
    """A request, for which account, and who reads the answer.

    ``post_id`` is the stored post that is looked at again. ``place`` says where in a pass through the account's
    list it stands (page after page, entry after entry); empty where it is no part of one.
    """

    account: AccountConfig
    adapter: Adapter
    request: Request
    post_id: int | None = None
    place: tuple[int, ...] = ()

    @property
    def source(self) -> str:
        """The address it goes by in the database; requests that differ only in what is sent are told apart."""
        asked = self.request
        return f"{asked.url}#{asked.key}" if asked.body is not None else asked.url

    @property
    def rank(self) -> int:
        """Lists come first, then what they led to, then the posts that are known already."""
        if self.request.about == LIST:
            return 0
        return 1 if self.place or self.post_id is None else 2


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A stored post by the address it is visited at."""

    post_id: int
    published_at: int | None
    due: bool


@dataclass(slots=True)
class Plan:
    """What is due, and what is known of the addresses that lists will lead to.

    ``known`` and ``kept`` are by (account, address).
    """

    tasks: list[Task] = field(default_factory=list)
    known: dict[tuple[str, str], KnownPost] = field(default_factory=dict)
    kept: dict[tuple[str, str], KeptAnswer] = field(default_factory=dict)


def page_adapters(account: AccountConfig) -> Iterator[Adapter]:
    """The adapters that read pages of an account: those of its platform; an owner's interface where the account names its
    credential, and then not those in whose place it stands."""
    serving = [
        each
        for each in ADAPTERS.values()
        if each.read is not None
        and account.platform in each.platforms
        and (each.own_api is None or account.appid)
    ]
    replaced = {name for each in serving if each.own_api for name in each.own_api.instead_of}
    yield from (each for each in serving if each.name not in replaced)


def plan(
    connection: Connection,
    config: Config,
    now: datetime,
    *,
    only: str = "",
    everything: bool = False,
) -> Plan:
    """What is due, lists first. ``everything`` asks whatever its last look was."""
    made = Plan()
    for account in config.accounts:
        if (only and account.id != only) or not config.asks_pages(account):
            continue
        looks = {} if everything else due.last_looks(connection, account.id)
        adapters = list(page_adapters(account))
        spent = _spent(adapters, looks, now)
        for task in (
            *_lists(account, adapters, looks, now),
            *_visits(connection, made, account, adapters, looks, now, everything),
        ):
            if call_of(task.source) not in spent:
                made.tasks.append(task)
        kept = due.kept_answers(connection, account.id)
        made.kept |= {(account.id, source): each for source, each in kept.items()}
    return made


def _spent(adapters: list[Adapter], looks: Mapping[str, Look], now: datetime) -> set[str]:
    """The calls of owners' interfaces that have said today that there is no more before tomorrow."""
    hosts = {host for each in adapters if each.own_api for host in each.hosts}
    today = now.astimezone(SHANGHAI).date()
    return {
        call_of(source)
        for source, look in looks.items()
        if look.outcome == "blocked"
        and datetime.fromtimestamp(look.at, SHANGHAI).date() == today
        and same_place(source, hosts)
    }


def _lists(
    account: AccountConfig, adapters: list[Adapter], looks: Mapping[str, Look], now: datetime
) -> Iterator[Task]:
    roots = count()
    for adapter in adapters:
        if adapter.start is None:
            continue
        for request in adapter.start(account.for_adapters(), now.date()):
            place = (next(roots),) if request.about == LIST else ()
            task = Task(account, adapter, request, place=place)
            last = looks.get(task.source)
            daily = adapter.own_api is not None and request.about != LIST
            told = daily and last is not None and last.outcome == "ok"
            wait = due.API_INTERVAL if told else due.LIST_INTERVAL
            if last is None or due.is_over(last.at, wait, now):
                yield task


def _visits(
    connection: Connection,
    made: Plan,
    account: AccountConfig,
    adapters: list[Adapter],
    looks: Mapping[str, Look],
    now: datetime,
    everything: bool,
) -> Iterator[Task]:
    """The stored posts that are due; what is known of the others is noted in ``made``."""
    visitors = [each for each in adapters if each.visit is not None]
    if not visitors:
        return
    showed = {} if everything else due.last_showed(connection, account.id)
    for post in due.visitable(connection, account.id):
        task = _visit(account, visitors, post)
        if task is None:
            continue
        look = looks.get(task.source)
        last = max(look.at if look else 0, showed.get(task.request.key, 0))
        age = int(now.timestamp()) - (post.published_at or 0)
        is_due = not last or due.is_over(last, due.interval(age), now)
        known = KnownPost(post.post_id, post.published_at, is_due)
        made.known[account.id, task.source] = known
        if is_due:
            yield task


def _visit(account: AccountConfig, visitors: list[Adapter], post: due.Visitable) -> Task | None:
    for adapter in visitors:
        assert adapter.visit is not None
        request = adapter.visit(account.for_adapters(), post.key, post.url)
        if request is not None:
            return Task(account, adapter, request, post.post_id)
    return None
