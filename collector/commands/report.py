"""``collect report``: the summary of a period, on any basis, as of any moment."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from collector.app import App, Moment, config_option, narrow_options, pass_app, told_as
from reports.documents import RENDERERS
from reports.documents.writing import DocumentError
from reports.periods import parse_period


@click.command("report")
@config_option
@click.argument("period", metavar="时期")
@click.option(
    "--format",
    "formats",
    default=",".join(RENDERERS),
    show_default=True,
    metavar="格式",
    help="要哪几种文件：Word、Excel、网页、Markdown、JSON。",
)
@click.option(
    "--basis",
    default="published",
    show_default=True,
    metavar="口径",
    help="published 期内发布作品的累计值；gained 期内净增；aged:7 发布满 7 天时的值。",
)
@click.option(
    "--topic",
    metavar="专题",
    default="",
    help="只写这一个专题的总结（config.toml 里的名字）；JSON 仍是全的。",
)
@narrow_options
@click.option(
    "--full",
    is_flag=True,
    help="Word 和 Markdown 写完整清单，不写呈报稿；文件名带“-完整”。别的格式本来就是完整的。",
)
@click.option("--as-of", type=Moment(), help="截至什么时候观测到的数，如 2026-10-08；默认现在。")
@click.option("--known-by", type=Moment(), help="截至什么时候已存入的数；默认现在。")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="文件夹",
    help="写到哪里，默认 reports_out。",
)
@pass_app
def report_command(
    app: App,
    period: str,
    formats: str,
    basis: str,
    topic: str,
    accounts: tuple[str, ...],
    groups: tuple[str, ...],
    full: bool,
    as_of: datetime | None,
    known_by: datetime | None,
    out: Path | None,
) -> None:
    """写出一个时期的总结。时期写法：2026Q3、2026H1、2026、2026-09、2026-W38，或 起..止，
    如 2026-01-22..2026-02-02T16。"""
    from collector.summaries import moments_mark, write
    from reports.basis import parse_basis

    wanted = [each.strip() for each in formats.split(",") if each.strip()]
    for each in wanted:
        if each not in RENDERERS:
            raise click.UsageError(f"没有格式“{each}”，可用：{'、'.join(RENDERERS)}")
    with told_as(click.UsageError, ValueError):
        span = parse_period(period)
        parse_basis(basis)
    if not wanted:
        raise click.UsageError("--format 后面没有写格式")
    with told_as(click.UsageError, ValueError), told_as(click.ClickException, DocumentError):
        files = write(
            app.engine,
            app.config,
            span,
            now=app.now,
            basis=basis,
            as_of=as_of,
            known_by=known_by,
            folder=out,
            formats=wanted,
            mark=_about("、".join((*accounts, *groups)))
            + _about(topic)
            + moments_mark(as_of, known_by),
            topic=topic,
            accounts=accounts,
            groups=groups,
            full=full,
        )
    click.echo(f"{span.title}的总结已写好：")
    for path in files:
        click.echo(f"  {path}")


def _about(topic: str) -> str:
    """``-疫情防控``: part of a file name, fit for Windows."""
    plain = "".join("_" if each in '<>:"/\\|?*' else each for each in topic)[:60].strip(" .")
    return f"-{plain}" if plain else ""
