"""``collect status``: on one screen, what was read last, what failed, how much there is."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.engine import make_url

from collector import words
from collector.app import App
from collector.observed import SHANGHAI
from collector.options import config_option, pass_app
from collector.screen import OUTCOMES
from storage import attempts
from storage.database import reading
from storage.history import Reading


@click.command("status", short_help="现在的状况")
@config_option
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@pass_app
@click.pass_context
def status_command(ctx: click.Context, app: App, as_json: bool) -> None:
    """现在的状况:最近一次采集、各账号最近的数据、失败的来源和处理办法、数据库大小。"""
    with reading(app.engine) as connection:
        counts = attempts.counts(connection)
        readings = attempts.last_readings(connection)
    url = make_url(app.config.database_url)
    database = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    size = database.stat().st_size if database and database.exists() else None
    free = shutil.disk_usage(app.config.folder).free
    failing = [
        each for each in readings if each.outcome not in ("ok", "unchanged") and not each.posts
    ]
    if as_json:
        words.as_json(_as_data(app, counts, readings, failing, size, free))
    else:
        _show(app, counts, readings, failing, size, free)
    if failing:
        ctx.exit(1)


def _show(
    app: App,
    counts: attempts.Counts,
    readings: list[Reading],
    failing: list[Reading],
    size: int | None,
    free: int,
) -> None:
    click.echo(f"{app.config.centre.name}  {app.now:%Y-%m-%d %H:%M}")
    click.echo(f"最近一次采集:{_when(counts.last_run) if counts.last_run else '还没有采集过'}")
    click.echo(
        f"已存:作品 {counts.posts} 篇,观测 {counts.observations} 次,爆款 {counts.hits} 个"
        + (f",已撤回的导入 {counts.withdrawn} 次" if counts.withdrawn else "")
    )
    if counts.pairs:
        click.echo(f"疑似同一篇的作品 {counts.pairs} 对,请运行 collect match")
    click.echo("各账号最近的数据:")
    for account in app.config.accounts:
        click.echo(f"  {account.id:14}{account.name}:{_newest(account.id, readings)}")
    for each in failing:
        click.echo(f"[{OUTCOMES[each.outcome]}] {each.account} / {each.source}:{each.problem}")
    for each in readings:
        if each.bad_rows and each.posts and each.withdrawn_at is None:
            click.echo(
                f"[部分采用] {each.account} / {each.source}:{each.bad_rows} 行没有采用。{each.problem}"
            )
    if size is not None:
        click.echo(f"数据库 {size / 2**20:.1f} MB,所在磁盘还剩 {free / 2**30:.1f} GB")


def _newest(account: str, readings: list[Reading]) -> str:
    """The newest standing figures of an account, and the file they came in."""
    mine = [
        each
        for each in readings
        if each.account == account
        and each.outcome in ("ok", "invalid", "unchanged")
        and each.withdrawn_at is None
        and (each.posts or each.figures)
    ]
    if not mine:
        return "还没有数据"
    last = max(mine, key=lambda each: each.observed_at or 0)
    return f"{_when(last.observed_at or 0)}({last.source})"


def _as_data(
    app: App,
    counts: attempts.Counts,
    readings: list[Reading],
    failing: list[Reading],
    size: int | None,
    free: int,
) -> dict[str, Any]:
    return {
        "centre": app.config.centre.name,
        "now": app.now.isoformat(),
        "last_run": _iso(counts.last_run),
        "posts": counts.posts,
        "observations": counts.observations,
        "hits": counts.hits,
        "pairs": counts.pairs,
        "sources": [
            {
                "account": each.account,
                "source": each.source,
                "outcome": each.outcome,
                "problem": each.problem,
                "observed_at": _iso(each.observed_at),
                "recorded_at": _iso(each.recorded_at),
                "posts": each.posts,
            }
            for each in readings
        ],
        "failing": [f"{each.account}/{each.source}" for each in failing],
        "database_bytes": size,
        "disk_free_bytes": free,
    }


def _when(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, SHANGHAI):%Y-%m-%d %H:%M}"


def _iso(moment: int | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, SHANGHAI).isoformat()
