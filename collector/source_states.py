"""How the sources fare: files that lie in the inbox and could not be read; pages as a person thinks of them (a list, the posts
of an account, an interface), since when one fails and what to do; the credentials that config names, none of them shown.
Times are UTC seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection

from adapters.errors import LoginExpired, untargeted
from adapters.moments import DAY, SHANGHAI
from adapters.registry import ADAPTERS
from collector.announce.troubles import Name, credential_of, names
from collector.config.loading import Config, ConfigError
from collector.config.sections import AccountConfig
from collector.fetching.grants import FOLDER, Grants, grant_anew
from collector.intake.inbox import lying
from collector.visits.asking import Task, page_adapters
from collector.words import minute
from reports.announcements import when
from storage.bulk import seconds
from storage.operations import attempts, troubles
from storage.operations.attempts import INTERFACE, POSTS, Source, sources

#: What each state of a credential is called.
LOGINS = {"good": "正常", "dead": "登录失效", "unused": "未使用", "unset": "没有设置"}
#: What there is to do where no page was ever asked.
NONE = "还没有网页来源。在 config.toml 的账号里写明 uid 或 url 后运行 collect now；文件的情况见 collect status"
#: What there is to do for a list that was never asked.
NEVER = "还没有采集过，运行 collect now 即可"


@dataclass(slots=True)
class Group:
    """Sources that a person thinks of as one; without ``members`` it was never asked."""

    account: str
    adapter: str
    label: str
    members: list[Source] = field(default_factory=list)

    @property
    def failing(self) -> list[Source]:
        """Those that fail, the longest first."""
        found = [each for each in self.members if each.failing]
        return sorted(found, key=lambda each: (each.failing_since or 0, each.source))

    @property
    def gone(self) -> int:
        """How many posts are known to be gone."""
        return sum(each.gone for each in self.members)

    @property
    def good_at(self) -> int | None:
        return max(
            (each.good_at for each in self.members if each.good_at is not None), default=None
        )


def groups(connection: Connection, config: Config, today: date, only: str = "") -> list[Group]:
    """The sources of all accounts (or of one) that were asked, then the lists of config that never were. What config no
    longer asks (a cookie's pages in whose place stands an interface) is none of them."""
    accounts = [each for each in config.accounts if only in ("", each.id)]
    readers = {(each.id, reader.name) for each in accounts for reader in page_adapters(each)}
    asked = _asked([e for e in sources(connection) if (e.account, e.adapter) in readers])
    waiting = [
        group
        for account in accounts
        if config.asks_pages(account)
        for group in _never_asked(account, today, asked)
    ]
    return [*asked, *waiting]


def since(source: Source) -> str:
    """Since when a source fails, and how often."""
    return f"{minute(source.failing_since)} 起失败 {source.failures} 次"


def advice(source: Source) -> str:
    """The problem as it was told, with what to do; without the address that stands before it."""
    told = source.problem or "没有说明原因"
    return untargeted(told, source.source)


def _asked(found: Sequence[Source]) -> list[Group]:
    made: dict[tuple[str, str, str], Group] = {}
    for each in found:
        key = (each.account, each.adapter, _label(each))
        made.setdefault(key, Group(*key)).members.append(each)
    order = {"列表": 0, "接口": 1, "作品": 2}
    return sorted(made.values(), key=lambda each: (each.account, order.get(each.label[:2], 3)))


def _label(source: Source) -> str:
    adapter = ADAPTERS.get(source.adapter)
    if adapter is not None and adapter.own_api:
        return f"接口 {source.about}"
    if source.about == "list":
        return "其余各页" if source.depth else f"列表 {source.source}"
    return "作品"


def _never_asked(account: AccountConfig, today: date, found: Sequence[Group]) -> Iterator[Group]:
    """Lists that config names and that were not asked yet."""
    asked = {(each.adapter, source.source) for each in found for source in each.members}
    for adapter in page_adapters(account):
        if adapter.start is None or any(adapter.own_api and a == adapter.name for a, _ in asked):
            continue
        for request in adapter.start(account.for_adapters(), today):
            source = Task(account, adapter, request).source
            if (adapter.name, source) not in asked:
                label = f"接口 {request.about}" if adapter.own_api else f"列表 {request.url}"
                yield Group(account.id, adapter.name, label)
                if adapter.own_api:
                    break


@dataclass(frozen=True, slots=True)
class Failing:
    """A source that fails: since when, and what to do (as it was told)."""

    account: str
    source: str
    outcome: str
    problem: str
    since: int
    failures: int

    @property
    def said(self) -> str:
        """Since when, where it failed more than once, and what to do."""
        told = untargeted(self.problem, self.source) or "没有说明原因"
        if self.failures < 2:
            return told
        return f"{minute(self.since)} 起失败 {self.failures} 次；{told}"


def failing(connection: Connection, config: Config) -> list[Failing]:
    """Files whose last reading failed and that still lie in the inbox, and pages that fail, the longest first."""
    files = [
        Failing(
            each.account or "", each.source, each.outcome, each.problem or "", each.recorded_at, 1
        )
        for each in attempts.last_of(connection, lying(config))
        if each.kind == "file" and each.outcome not in ("ok", "unchanged") and not each.posts
    ]
    asked = [
        Failing(
            each.account,
            each.source,
            each.outcome,
            each.problem or "",
            each.failing_since or each.last_at,
            each.failures,
        )
        for each in attempts.failing(connection)
    ]
    return sorted([*files, *asked], key=lambda each: (each.since, each.account, each.source))


#: Where a platform's cookie says itself when it ends.
_ENDS = {
    "weibo": re.compile(r"\bALF=(?:\d+_)?(\d{10})\b"),
    "bilibili": re.compile(r"\bSESSDATA=[^;,%]*(?:%2C|,)(\d{10})(?:%2C|,)"),
}

#: So many days before a credential ends people hear of it.
SOON = 14

State = Literal["good", "dead", "unused", "unset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A credential. ``label``: whose; ``good_at``: when something was last read with it; ``since``: when it was first
    refused; ``ends``: when it says itself that it ends, where it does; ``anew``: what to do then; ``problem`` where it
    cannot be read."""

    label: str
    state: State
    good_at: int | None = None
    since: int | None = None
    ends: int | None = None
    anew: str = "请换上新的"
    problem: str = ""

    def is_ending(self, now: datetime) -> bool:
        """Whether it has ended, or will soon."""
        return self.ends is not None and self.ends - seconds(now) <= SOON * DAY

    def words(self, now: datetime) -> str:
        """One line for people."""
        head = f"{self.label}："
        if self.state == "unset":
            return f"{head}{self.problem}"
        if self.state == "dead":
            return f"{head}{_when(self.since, now)}起失效，{self.anew}"
        said = (
            "还没有用过"
            if self.state == "unused"
            else f"正常，最近 {_when(self.good_at, now)} 可用"
        )
        return f"{head}{said}" + (f"，{self.left(now)}" if self.ends is not None else "")

    def left(self, now: datetime) -> str:
        """How long it is good, and what to do where that is not long; of one that says when it ends."""
        assert self.ends is not None
        days = (self.ends - seconds(now)) // DAY
        if days < 0:
            return f"已经到期，{self.anew}"
        return f"还有 {days} 天到期" + (f"，到期前{self.anew}" if self.is_ending(now) else "")


def ending(config: Config, now: datetime) -> list[str]:
    """The credentials that have ended or will soon, by what they say themselves, a line each."""
    found = []
    for name, label, secret in _named(config):
        with suppress(ConfigError, LoginExpired):  # what cannot be read is told where it is used
            ends, anew = _end(config, name, config.secret(*secret, label))
            login = Login(label=label, state="unused", ends=ends, anew=anew)
            if login.is_ending(now):
                found.append(f"{label}：{login.left(now)}")
    return found


def logins(connection: Connection, config: Config, now: datetime) -> list[Login]:
    """The state of every credential in config, in its order."""
    dead = {
        (each.kind, each.account, each.source): each for each in troubles.open_troubles(connection)
    }
    good: dict[Name, int] = {}
    for tail in attempts.fares(connection, 0):
        account = config.account(tail.account)
        name = None if account is None else credential_of(config, account, tail.source)
        if name is not None and tail.good_at is not None:
            good[name] = max(good.get(name, 0), tail.good_at)
    found = []
    for name, label, secret in _named(config):
        trouble = dead.get(name)
        try:
            text = config.secret(*secret, label)
        except ConfigError as problem:
            unset = str(problem).removeprefix(f"{label}：")
            found.append(Login(label=label, state="unset", problem=unset))
            continue
        try:
            ends, anew = _end(config, name, text)
        except LoginExpired as problem:
            found.append(
                Login(label=label, state="unset", problem=untargeted(str(problem), name[1]))
            )
            continue
        state: State = "good" if name in good else "unused"
        found.append(
            Login(
                label=label,
                state="dead" if trouble else state,
                good_at=good.get(name),
                since=trouble.since if trouble else None,
                ends=ends,
                anew=anew,
            )
        )
    return found


def _end(config: Config, name: Name, text: str) -> tuple[int | None, str]:
    """When a credential says that it ends, and what to do then. Raises LoginExpired where a person has to consent first."""
    _, account_id, source = name
    account = config.account(account_id)
    if source != INTERFACE or account is None:
        told = _ENDS[source].search(text) if source in _ENDS else None
        return int(told[1]) if told else None, "请换上新的"
    if not any(each.own_api and each.own_api.grant for each in page_adapters(account)):
        return None, "请换上新的"
    token = Grants(config.path(FOLDER)).kept(account_id)
    if token is None:
        advice = f"请运行 collect grant {account_id}"
        raise LoginExpired("还没有授权", target=account_id, advice=advice)
    until = token.refresh_until
    return None if until is None else seconds(until), grant_anew(account_id)


def _named(config: Config) -> Iterator[tuple[Name, str, tuple[str, str]]]:
    """Each credential, what people call it, and where it is read from."""
    called = names(config)
    seen = set()
    for account in config.accounts:
        for source in (POSTS, INTERFACE):
            name = credential_of(config, account, source)
            if name is None or name in seen:
                continue
            seen.add(name)
            if source == INTERFACE:
                yield name, f"{account.name}的接口密钥", (account.secret_env, account.secret_file)
            else:
                _, whose, _ = name
                section = account if whose else config.platforms[account.platform]
                label = f"{called[whose or account.platform]}的登录（cookie）"
                yield name, label, (section.cookie_env, section.cookie_file)


def _when(moment: int | None, now: datetime) -> str:
    return "" if moment is None else when(datetime.fromtimestamp(moment, SHANGHAI), now)
