"""``collect sources``: each source of pages, its last good time, its state, since when it fails and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import click

from collector.app import App, account_option, answer, config_option, pass_app
from collector.source_states import LOGINS, NEVER, NONE, Group, advice, groups, logins, since
from collector.words import OUTCOMES, iso, minute
from storage.database import reading

#: Failing addresses that are named; the others are counted, and all stand in --json.
NAMED = 20


@click.command("sources")
@config_option
@account_option("只看这一个账号（id）。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，列出每一个地址。")
@pass_app
@click.pass_context
def sources_command(ctx: click.Context, app: App, only: str, as_json: bool) -> None:
    """每个网页来源的状况：最近一次读到的时间、从什么时候起失败、失败了几次、怎么办。文件的情况见 collect status。"""
    with reading(app.engine) as connection:
        found = groups(connection, app.config, app.now.date(), only)
        credentials = logins(connection, app.config, app.now)
    lines = [f"[{LOGINS[each.state]}] {each.words(app.now)}" for each in credentials]
    answer(as_json, lambda: [_as_data(each) for each in found], chain(_lines(found), lines))
    if any(each.failing for each in found):
        ctx.exit(1)


def _lines(found: Sequence[Group]) -> Iterator[str]:
    if not found:
        yield NONE
        return
    asked = [each for each in found if each.members]
    for each in found:
        if each.members:
            yield from _group_lines(each)
        else:
            yield f"[未采集] {each.account} / {each.label}：{NEVER}"
    if not asked:
        return
    failing = sum(len(each.failing) for each in asked)
    total = sum(len(each.members) for each in asked)
    yield f"共 {total} 个地址，{f'{failing} 个有问题，见上' if failing else '都正常'}"


def _group_lines(group: Group) -> Iterator[str]:
    head = f"{group.account} / {group.label}"
    good = f"最近读到 {minute(group.good_at)}" if group.good_at else "还没有读到过"
    failing = group.failing
    if len(group.members) == 1 and (failing or group.label != "作品"):
        (only,) = group.members
        if only.failing:
            yield f"[{OUTCOMES[only.outcome]}] {head}：{since(only)}；{good}"
            yield f"    {advice(only)}"
        else:
            yield f"[正常] {head}：{good}"
        return
    parts = [f"{len(group.members)} 个地址"]
    parts += [f"{group.gone} 个作品已不在"] if group.gone else []
    parts += [f"{len(failing)} 个有问题"] if failing else []
    yield f"[{'有问题' if failing else '正常'}] {head}：{'，'.join(parts)}；{good}"
    for each in failing[:NAMED]:
        yield f"    [{OUTCOMES[each.outcome]}] {each.source}：{since(each)}"
        yield f"        {advice(each)}"
    if len(failing) > NAMED:
        yield f"    ……另有 {len(failing) - NAMED} 个，可加 --json 看全部"


def _as_data(group: Group) -> dict[str, Any]:
    return {
        "account": group.account,
        "adapter": group.adapter,
        "label": group.label,
        "last_good": iso(group.good_at),
        "failing": len(group.failing),
        "sources": [
            {
                "source": each.source,
                "about": each.about,
                "outcome": each.outcome,
                "failing": each.failing,
                "last_look": iso(each.last_at),
                "last_good": iso(each.good_at),
                "failing_since": iso(each.failing_since),
                "failures": each.failures,
                "looks": each.looks,
                "problem": each.problem,
            }
            for each in group.members
        ],
    }
