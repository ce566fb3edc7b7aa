"""``collect export``: posts, observations, hits or accounts as a table for other programs, with the summary's figures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from collector.app import App, Moment, config_option, pass_app, told_as
from collector.doors.exporting import ThereAlready, export
from collector.summaries import moments_mark
from reports.basis import parse_basis
from reports.documents.writing import DocumentError
from reports.periods import parse_period
from reports.tidy.columns import COLUMNS
from reports.tidy.files import WRITERS


@click.command("export")
@config_option
@click.argument("table", metavar="表", type=click.Choice(tuple(COLUMNS)))
@click.option("--period", metavar="时期", default="", help="哪个时期，写法同 report；默认全部。")
@click.option(
    "--format",
    "kind",
    type=click.Choice(tuple(WRITERS)),
    default="csv",
    show_default=True,
    help="哪种文件。parquet 要另装 pyarrow。",
)
@click.option(
    "--basis",
    default="published",
    show_default=True,
    metavar="口径",
    help="published 期内发布作品的累计值；gained 期内净增；aged:7 发布满 7 天时的值。",
)
@click.option("--as-of", type=Moment(), help="截至什么时候观测到的数，如 2026-10-08；默认现在。")
@click.option("--known-by", type=Moment(), help="截至什么时候已存入的数；默认现在。")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="文件夹或文件",
    help="写到哪里，默认 reports_out；以格式名（如 .csv）结尾的是文件。",
)
@click.option("--force", is_flag=True, help="已有同名的文件时换掉它；不加就不动它。")
@pass_app
def export_command(
    app: App,
    table: str,
    period: str,
    kind: str,
    basis: str,
    as_of: datetime | None,
    known_by: datetime | None,
    out: Path | None,
    *,
    force: bool,
) -> None:
    """把数据写成表：posts 作品、observations 每一次观测、hits 爆款、accounts 账号。数与同期的总结相同，每一行写明来自
    哪个文件第几行；没有数据的空着，不写 0。"""
    with told_as(click.UsageError, ValueError):
        span = parse_period(period) if period else None
        parse_basis(basis)
    with (
        told_as(click.ClickException, DocumentError),
        told_as(click.UsageError, ValueError, ThereAlready),
    ):
        done = export(
            app.engine,
            app.config,
            table,
            now=app.now,
            period=span,
            basis=basis,
            as_of=as_of,
            known_by=known_by,
            kind=kind,
            out=out,
            mark=moments_mark(as_of, known_by),
            force=force,
        )
    click.echo(f"{done.period.title}，共 {done.rows} 行：")
    for path in done.files:
        click.echo(f"  {path}")
    if not done.rows:
        click.echo("这个时期没有可写的数据，不等于数是 0：覆盖的日期和缺口见说明。")
