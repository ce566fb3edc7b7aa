"""``collect sources``: each source of pages, its last good time, its state, since when it fails and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import click

from adapters.contract import CREDENTIAL
from adapters.errors import untargeted
from adapters.moments import SHANGHAI
from adapters.registry import ADAPTERS
from collector import screen, words
from collector.announce.logins import logins
from collector.app import App
from collector.config.sections import AccountConfig
from collector.options import account_option, config_option, pass_app
from collector.visits.asking import Task, page_adapters
from storage.database import reading
from storage.operations.attempts import Source, sources

#: What each state of a credential is called.
LOGINS = {"good": "正常", "dead": "登录失效", "unused": "未使用", "unset": "没有设置"}
#: Failing addresses that are named; the others are counted, and all stand in --json.
NAMED = 20


@dataclass(slots=True)
class Group:
    """Sources that a person thinks of as one: a list, the posts of an account, an interface."""

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
    def good_at(self) -> int | None:
        return max(
            (each.good_at for each in self.members if each.good_at is not None), default=None
        )


@click.command("sources")
@config_option
@account_option("只看这一个账号（id）。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，列出每一个地址。")
@pass_app
@click.pass_context
def sources_command(ctx: click.Context, app: App, only: str, as_json: bool) -> None:
    """每个网页来源的状况：最近一次读到的时间、从什么时候起失败、失败了几次、怎么办。文件的情况见 collect status。"""
    with reading(app.engine) as connection:
        found = sources(connection)
        credentials = logins(connection, app.config, app.now)
    accounts = [each for each in app.config.accounts if only in ("", each.id)]
    names = {each.id for each in accounts}
    groups = _groups([each for each in found if each.account in names])
    waiting = [
        group for account in accounts if app.config.asks_pages(account)
        for group in _never_asked(account, app, groups)
    ]  # fmt: skip
    if as_json:
        words.as_json([_as_data(each) for each in (*groups, *waiting)])
    else:
        for line in _lines(groups, waiting):
            click.echo(line)
        for login in credentials:
            click.echo(f"[{LOGINS[login.state]}] {login.words(app.now)}")
    if any(each.failing for each in groups):
        ctx.exit(1)


def _groups(found: Sequence[Source]) -> list[Group]:
    groups: dict[tuple[str, str, str], Group] = {}
    for each in found:
        key = (each.account, each.adapter, _label(each))
        groups.setdefault(key, Group(*key)).members.append(each)
    order = {"列表": 0, "接口": 1, "作品": 2}
    return sorted(groups.values(), key=lambda each: (each.account, order.get(each.label[:2], 3)))


def _label(source: Source) -> str:
    adapter = ADAPTERS.get(source.adapter)
    if adapter is not None and adapter.own_api:
        return f"接口 {source.about}"
    if source.about == "list":
        return "其余各页" if source.depth else f"列表 {source.source}"
    return "作品"


def _never_asked(account: AccountConfig, app: App, groups: Sequence[Group]) -> Iterator[Group]:
    """Lists that config names and that were not asked yet."""
    asked = {(each.adapter, source.source) for each in groups for source in each.members}
    for adapter in page_adapters(account):
        if adapter.start is None or any(adapter.own_api and a == adapter.name for a, _ in asked):
            continue
        for request in adapter.start(account.for_adapters(), app.now.date()):
            source = Task(account, adapter, request).source
            wanted = CREDENTIAL not in request.url or account.appid
            if wanted and (adapter.name, source) not in asked:
                label = f"接口 {request.about}" if adapter.own_api else f"列表 {request.url}"
                yield Group(account.id, adapter.name, label)
                if adapter.own_api:
                    break


def _lines(groups: Sequence[Group], waiting: Sequence[Group]) -> Iterator[str]:
    if not groups and not waiting:
        yield "还没有网页来源。在 config.toml 的账号里写明 uid 或 url 后运行 collect now；文件的情况见 collect status"
        return
    for each in groups:
        yield from _group_lines(each)
    for each in waiting:
        yield f"[未采集] {each.account} / {each.label}：还没有采集过，运行 collect now 即可"
    if not groups:
        return
    failing = sum(len(each.failing) for each in groups)
    total = sum(len(each.members) for each in groups)
    yield f"共 {total} 个地址，{f'{failing} 个有问题，见上' if failing else '都正常'}"


def _group_lines(group: Group) -> Iterator[str]:
    head = f"{group.account} / {group.label}"
    good = f"最近读到 {_when(group.good_at)}" if group.good_at else "还没有读到过"
    failing = group.failing
    if len(group.members) == 1 and (failing or group.label != "作品"):
        (only,) = group.members
        if only.failing:
            yield f"[{screen.OUTCOMES[only.outcome]}] {head}：{_failing(only)}；{good}"
            yield f"    {_advice(only)}"
        else:
            yield f"[正常] {head}：{good}"
        return
    gone = sum(each.gone for each in group.members)
    parts = [f"{len(group.members)} 个地址"]
    parts += [f"{gone} 个作品已不在"] if gone else []
    parts += [f"{len(failing)} 个有问题"] if failing else []
    yield f"[{'有问题' if failing else '正常'}] {head}：{'，'.join(parts)}；{good}"
    for each in failing[:NAMED]:
        yield f"    [{screen.OUTCOMES[each.outcome]}] {each.source}：{_failing(each)}"
        yield f"        {_advice(each)}"
    if len(failing) > NAMED:
        yield f"    ……另有 {len(failing) - NAMED} 个，可加 --json 看全部"


def _failing(source: Source) -> str:
    return f"{_when(source.failing_since)} 起失败 {source.failures} 次"


def _advice(source: Source) -> str:
    """The problem as it was told, with what to do; without the address that stands before it."""
    told = source.problem or "没有说明原因"
    return untargeted(told, source.source)


def _as_data(group: Group) -> dict[str, Any]:
    return {
        "account": group.account,
        "adapter": group.adapter,
        "label": group.label,
        "last_good": _iso(group.good_at),
        "failing": len(group.failing),
        "sources": [
            {
                "source": each.source,
                "about": each.about,
                "outcome": each.outcome,
                "failing": each.failing,
                "last_look": _iso(each.last_at),
                "last_good": _iso(each.good_at),
                "failing_since": _iso(each.failing_since),
                "failures": each.failures,
                "looks": each.looks,
                "problem": each.problem,
            }
            for each in group.members
        ],
    }


def _when(moment: int | None) -> str:
    return "" if moment is None else f"{datetime.fromtimestamp(moment, SHANGHAI):%Y-%m-%d %H:%M}"


def _iso(moment: int | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, SHANGHAI).isoformat()
