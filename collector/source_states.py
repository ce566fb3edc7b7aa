"""How the sources fare: files that lie in the inbox and could not be read; pages as a person thinks of them (a list, the posts
of an account, an interface), since when one fails and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from adapters.errors import untargeted
from adapters.registry import ADAPTERS
from collector.config.loading import Config
from collector.config.sections import AccountConfig
from collector.intake.inbox import lying
from collector.visits.asking import Task, page_adapters
from collector.words import minute
from storage.operations import attempts
from storage.operations.attempts import Source, sources
from storage.views.history import StoredReading

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
    """The sources of all accounts (or of one) that were asked, then the lists of config that never were."""
    accounts = [each for each in config.accounts if only in ("", each.id)]
    names = {each.id for each in accounts}
    asked = _asked([each for each in sources(connection) if each.account in names])
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


def failing(connection: Connection, config: Config, readings: list[StoredReading]) -> list[Failing]:
    """Files whose last reading failed and that still lie in the inbox, and pages that fail, the longest first.
    ``readings``: the newest of each source."""
    there = lying(config)
    files = [
        Failing(
            each.account or "", each.source, each.outcome, each.problem or "", each.recorded_at, 1
        )
        for each in readings
        if each.kind == "file"
        and each.outcome not in ("ok", "unchanged")
        and not each.posts
        and (each.account, each.source) in there
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
        for each in attempts.sources(connection)
        if each.failing
    ]
    return sorted([*files, *asked], key=lambda each: (each.since, each.account, each.source))
