"""``collect status``: on one screen, whether the service runs, what comes next, what failed, how much there is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import click

from collector import due_exports
from collector.app import App, answer, config_option, json_option, pass_app
from collector.config.loading import Config, ConfigError
from collector.due_exports import Due
from collector.service.service_status import ServiceStatus, as_data, lines, service_status
from collector.source_states import Failing, ending, failing
from collector.words import OUTCOMES, iso, iso_row, minute
from storage.database import file_of, reading
from storage.operations import attempts
from storage.views.history import StoredReading

#: Failing sources that are named; the others are counted (``collect sources`` has them all).
NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All there is to say at one moment; ``sources``: only where they are told."""

    now: datetime
    counts: attempts.Holdings
    newest: dict[str, tuple[int, str]]
    partly: list[StoredReading]
    sources: list[dict[str, Any]]
    failing: list[Failing]
    due: list[Due]
    ending: list[str]
    service: ServiceStatus
    size: int | None
    free: int


@click.command("status")
@config_option
@json_option
@pass_app
@click.pass_context
def status_command(ctx: click.Context, app: App, as_json: bool) -> None:
    """现在的状况：服务是否在运行、接下来做什么、近 7 天漏了什么、失败的来源和处理办法、周报、磁盘和数据库。"""
    try:
        config = app.config
    except ConfigError:
        click.echo("config.toml 有误，如下；服务若在运行，仍按改动以前的配置工作。\n", err=True)
        raise
    with reading(app.engine) as connection:
        status = Status(
            now=app.now,
            counts=attempts.counts(connection),
            newest=attempts.newest_figures(connection),
            partly=attempts.partly_taken(connection),
            sources=[iso_row(each) for each in attempts.newest_outcomes(connection)]
            if as_json
            else [],
            failing=failing(connection, config),
            due=due_exports.due(connection, config, app.now),
            ending=ending(config, app.now),
            service=service_status(app.engine, connection, config, app.now),
            size=_size(config),
            free=shutil.disk_usage(config.folder).free,
        )
    answer(as_json, lambda: _as_data(app, status), _lines(app, status))
    if status.failing:
        ctx.exit(1)


def _size(config: Config) -> int | None:
    """Bytes of an SQLite file and of what is written beside it; None for another database."""
    database = file_of(config.database_url)
    if database is None or not database.exists():
        return None
    beside = database.with_name(f"{database.name}-wal")
    return database.stat().st_size + (beside.stat().st_size if beside.exists() else 0)


def _lines(app: App, status: Status) -> Iterator[str]:
    counts, config = status.counts, app.config
    yield f"{config.centre.name}  {status.now:%Y-%m-%d %H:%M}"
    yield from lines(status.service, status.now)
    yield f"最近一次采集：{minute(counts.last_run) if counts.last_run else '还没有采集过'}"
    yield (
        f"已存：作品 {counts.posts} 篇，观测 {counts.observations} 次，爆款 {counts.hits} 个"
        + (f"，已撤回的导入 {counts.withdrawn} 次" if counts.withdrawn else "")
    )
    if counts.pairs:
        yield f"疑似同一篇的作品 {counts.pairs} 对，请运行 collect match"
    yield "各账号最近的数据："
    for account in config.accounts:
        yield f"  {account.id:14}{account.name}：{_newest(status.newest.get(account.id))}"
    if status.due:
        yield "这一周还要下载："
        yield from (f"  {each}" for each in due_exports.lines(status.due))
    yield from (f"[快到期] {each}" for each in status.ending)
    for each in status.failing[:NAMED]:
        yield (f"[{OUTCOMES[each.outcome]}] {each.account} / {each.source}：{each.said}")
    if len(status.failing) > NAMED:
        rest = len(status.failing) - NAMED
        yield f"……另有 {rest} 个来源有问题，见 collect sources 和 collect status --json"
    for read in status.partly:
        yield f"[部分采用] {read.account} / {read.source}：{read.bad_rows} 行没有采用。{read.problem}"
    if status.size is not None:
        yield f"数据库 {status.size / 2**20:.1f} MB，所在磁盘还剩 {status.free / 2**30:.1f} GB"
    else:
        yield f"所在磁盘还剩 {status.free / 2**30:.1f} GB"


def _newest(seen: tuple[int, str] | None) -> str:
    """The newest standing figures of an account, and the file they came in."""
    return "还没有数据" if seen is None else f"{minute(seen[0])}（{seen[1]}）"


def _as_data(app: App, status: Status) -> dict[str, Any]:
    counts = status.counts
    return {
        "centre": app.config.centre.name,
        "now": status.now.isoformat(),
        **as_data(status.service, status.now),
        "last_run": iso(counts.last_run),
        "posts": counts.posts,
        "observations": counts.observations,
        "hits": counts.hits,
        "pairs": counts.pairs,
        "sources": status.sources,
        "failing": [f"{each.account}/{each.source}" for each in status.failing],
        "failing_sources": [asdict(each) | {"since": iso(each.since)} for each in status.failing],
        "ending": status.ending,
        "due": [
            {
                "account": each.account.id,
                "file": each.export.file if each.export else None,
                "last": each.last.isoformat() if each.last else None,
                "by": each.by.isoformat() if each.by else None,
                "text": each.line,
            }
            for each in status.due
        ],
        "database_bytes": status.size,
        "disk_free_bytes": status.free,
    }
