"""The ways out, with the summary's figures: ``collect export`` writes tables for other programs, ``collect mcp`` answers an
assistant over standard input and output, ``collect token`` says which programs may ask the page's server."""

from __future__ import annotations

import signal
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import click

from collector.app import App, Careful, Moment, config_option, confirm, pass_app, told_as
from collector.doors.exporting import ThereAlready, export
from collector.summaries import moments_mark
from collector.words import minute
from reports.basis import parse_basis
from reports.documents.writing import DocumentError
from reports.periods import parse_period
from reports.tidy.columns import COLUMNS
from reports.tidy.files import WRITERS
from storage.bulk import seconds
from storage.database import reading, writing
from storage.operations import tokens
from storage.operations.tokens import Admission, Purpose

#: What a token is for, as people call it → as it is stored.
PURPOSES: dict[str, Purpose] = {"数据": "data", "监控": "metrics", "墙上的大屏": "screen"}
_NAME_LENGTH = 40


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


@click.command("mcp")
@config_option
@pass_app
def mcp_command(app: App) -> None:
    """给智能助手（支持 MCP 的）查真实的数字：总结、爆款、作品的变化、数字的出处，核对它写的稿子。只读，由助手自己启动。"""
    if find_spec("mcp") is None:
        raise click.ClickException("没有安装助手接口的组件，请运行 pip install baokuan[mcp]")
    from collector.doors.assistant import server

    serving = server(app)
    # Ctrl+C ends it at once: a reader of standard input hears of no exception, and there is nothing to put away
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    serving.run("stdio")


@click.group("token", cls=Careful, short_help="给程序的令牌", subcommand_metavar="命令 …")
@config_option
def token_command() -> None:
    """哪些程序能向网页的服务取数：数据（/api/v1）或监控（/metrics）。墙上的大屏在网页的“设置”里做。"""


@token_command.command("add", short_help="做一个令牌", options_metavar="[选项]")
@config_option
@click.argument("name", metavar="名字")
@click.option(
    "--for",
    "purpose",
    type=click.Choice(("数据", "监控")),
    default="数据",
    show_default=True,
    help="用来做什么。",
)
@pass_app
def add(app: App, name: str, purpose: str) -> None:
    """做一个令牌，名字写哪个程序用它。令牌只显示这一次，库里只存它的指纹。"""
    name = name.strip()
    if not name or len(name) > _NAME_LENGTH or not name.isprintable():
        raise click.UsageError(f"名字不能空，不超过 {_NAME_LENGTH} 个字")
    with writing(app.engine) as connection:
        if _standing(tokens.tokens(connection), name):
            raise click.UsageError(
                f"已有令牌“{name}”。换一个名字，或先收回它：collect token remove"
            )
        made = tokens.add(connection, name, PURPOSES[purpose], at=seconds(app.now), by=app.author)
    click.echo(f"“{name}”的令牌（{purpose}），只显示这一次，请抄到那个程序的设置里：", err=True)
    click.echo(made)
    click.echo("它放在请求头里：Authorization: Bearer 令牌。不要写在网址里，不要发给别人", err=True)


@token_command.command("list", short_help="列出令牌", options_metavar="[选项]")
@config_option
@pass_app
def show(app: App) -> None:
    """列出令牌：谁做的、用来做什么、最近什么时候用过（一小时记一次）。"""
    with reading(app.engine) as connection:
        found = tokens.tokens(connection)
    words = {purpose: word for word, purpose in PURPOSES.items()}
    for each in found:
        if each.revoked_at is not None:
            state = f"{each.revoked_by} 于 {minute(each.revoked_at)} 收回"
        else:
            state = f"最近 {minute(each.used_at)} 用过" if each.used_at else "还没有用过"
        made = f"{each.made_by} 于 {minute(each.made_at)} 做"
        click.echo(f"{each.name}（{words[each.purpose]}），{made}，{state}")
    if not found:
        click.echo("还没有令牌。做一个：collect token add 名字")


@token_command.command("remove", short_help="收回令牌", options_metavar="[选项]")
@config_option
@click.argument("name", metavar="名字")
@click.option("--yes", is_flag=True, help="不再询问。")
@pass_app
def remove(app: App, name: str, yes: bool) -> None:
    """收回一个令牌，马上不能再用。"""
    with reading(app.engine) as connection:
        found = _standing(tokens.tokens(connection), name)
    if not found:
        raise click.UsageError(f"没有“{name}”这个令牌，或已经收回。看有哪些：collect token list")
    confirm(f"收回“{name}”的令牌？", yes=yes)
    with writing(app.engine) as connection:
        for each in found:
            tokens.revoke(connection, each.sha256, at=seconds(app.now), by=app.author)
    click.echo(f"“{name}”的令牌已收回")


def _standing(found: list[Admission], name: str) -> list[Admission]:
    return [each for each in found if each.name == name and each.revoked_at is None]
