"""Which sources and credentials do not work, by what the attempts show and config names. Times are UTC seconds.

A source is in trouble from the first failed look after a good one. People hear of it when it failed in two passes
running; where it could not be reached or was held back, which passes by itself, only after two hours of it. A
credential that is refused is heard of at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from adapters import platforms
from collector.config.loading import Config
from collector.config.secrets import shown
from collector.config.sections import AccountConfig
from collector.visits.asking import Task, page_adapters
from storage.bulk import seconds
from storage.operations import attempts, troubles
from storage.operations.attempts import INTERFACE, POSTS, Source
from storage.operations.troubles import Kind, Trouble

HOUR, DAY = 3_600, 86_400
#: How far back attempts are read; what began earlier is in the table.
WINDOW = 7 * DAY
#: Passes running, and for what passes by itself the time, after which a failing source is announced.
PASSES, PATIENCE = 2, 2 * HOUR
PASSING = ("unreachable", "blocked")

Name = tuple[Kind, str, str]


def watch(connection: Connection, config: Config, now: datetime) -> list[int]:
    """Bring the table ``trouble`` up to the attempts. Returns the troubles that people should hear of now."""
    at = seconds(now)
    found = _fares(config, attempts.fares(connection, at - WINDOW))
    for trouble in troubles.open_troubles(connection):
        fare = found.get(_named(trouble), _Fare())
        asked = _is_asked(config, _named(trouble), now)
        if fare.failing is not None and asked:
            _goes_on(connection, trouble, fare.failing)
        elif again := [each for each in fare.good if each > trouble.since and not fare.held_up]:
            troubles.end(connection, trouble.number, min(again))
        elif not asked:
            troubles.end(connection, trouble.number, at, untold=True)
    known = {_named(each): each for each in troubles.open_troubles(connection)}
    alarming = []
    for name, fare in found.items():
        if fare.failing is not None and _is_asked(config, name, now):
            if name not in known:
                _begin(connection, name, fare.failing)
            if _is_alarming(name, fare.failing, at):
                alarming.append(name)
    return [
        each.number
        for each in troubles.open_troubles(connection)
        if each.announced_at is None and _named(each) in alarming
    ]


@dataclass(slots=True)
class _Fare:
    """How a source or credential fares: the look that shows it failing, or since when looks were good. A credential
    is ``held_up`` where what is asked with it fails in a way that says nothing of the credential."""

    failing: Source | None = None
    good: list[int] = field(default_factory=list)
    held_up: bool = False


def _fares(config: Config, tails: Iterable[Source]) -> dict[Name, _Fare]:
    found: dict[Name, _Fare] = defaultdict(_Fare)
    for tail in tails:
        account = config.account(tail.account)
        if account is None:
            continue
        source: Name = ("source", account.id, tail.source)
        credential = credential_of(config, account, tail.source)
        if not tail.failing:
            moment = tail.healed_at or tail.good_at
            for name in filter(None, (source, credential)):
                found[name].good += [] if moment is None else [moment]
            continue
        if credential is not None and tail.outcome in PASSING:
            found[credential].held_up = True
        out = tail.outcome == "login_expired" or (tail.logged_out and tail.outcome in PASSING)
        refused = credential if out else None
        fare = found[refused or source]
        if fare.failing is None or (tail.failing_since or 0) < (fare.failing.failing_since or 0):
            fare.failing = tail
    return found


def _named(trouble: Trouble) -> Name:
    return trouble.kind, trouble.account, trouble.source


def _begin(connection: Connection, name: Name, tail: Source) -> None:
    if tail.good_at is None:  # it may have begun before the days that were read
        every = attempts.fares(connection, 0, tail.account)
        tail = next(each for each in every if each.source == tail.source)
    assert tail.failing_since is not None
    troubles.begin(connection, name, tail.outcome, tail.problem or "", tail.failing_since)


def _goes_on(connection: Connection, trouble: Trouble, tail: Source) -> None:
    """What is wrong by now; of a credential no more than that it was refused."""
    fresh = tail.failing_since if tail.good_at is not None else None  # it had healed meanwhile
    since = max(trouble.since, fresh or 0)
    outcome, problem = tail.outcome, tail.problem or ""
    if trouble.kind == "credential" and outcome != "login_expired":
        outcome, problem = trouble.outcome, trouble.problem
    troubles.goes_on(connection, trouble.number, outcome, problem, since)


def _is_alarming(name: Name, tail: Source, at: int) -> bool:
    if name[0] == "credential":
        return True
    lasting = tail.outcome not in PASSING or (tail.failing_since or at) <= at - PATIENCE
    return len(tail.runs) >= PASSES and lasting


def credential_of(config: Config, account: AccountConfig, source: str) -> Name | None:
    """With what a source is asked: the key of the account's interface, the cookie of its own site, or its platform's.
    None: nothing."""
    if source == INTERFACE:
        return ("credential", account.id, INTERFACE) if account.appid else None
    if source != POSTS and "://" not in source:
        return None
    if account.cookie_env or account.cookie_file:
        return "credential", account.id, POSTS
    platform = config.platforms.get(account.platform)
    if platform is None or not (platform.cookie_env or platform.cookie_file):
        return None
    return "credential", "", account.platform


def _is_asked(config: Config, name: Name, now: datetime) -> bool:
    """Whether config still has this credential, or this source: pages at all, a list at this address, the interface.
    A file is waiting as long as it lies in the inbox; one that was named by hand was never a source."""
    kind, account_id, source = name
    if kind == "credential" and not account_id:
        accounts = [each for each in config.accounts if each.platform == source]
        return any(credential_of(config, each, POSTS) == name for each in accounts)
    account = config.account(account_id)
    if account is None:
        return False
    if kind == "credential":
        return credential_of(config, account, source) == name
    if source == INTERFACE:
        return bool(account.appid)
    if source == POSTS:
        return config.asks_pages(account)
    if "://" in source:
        return config.asks_pages(account) and source in _lists(account, now)
    return (config.inbox_folder / account_id / source).exists()


def _lists(account: AccountConfig, now: datetime) -> set[str]:
    return {
        shown(Task(account, adapter, request).source)  # as it is recorded
        for adapter in page_adapters(account)
        if adapter.start is not None
        for request in adapter.start(account.for_adapters(), now.date())
    }


def names(config: Config) -> dict[str, str]:
    """Accounts' and platforms' names by id, for words about troubles."""
    return {**platforms.NAMES, **config.names}
