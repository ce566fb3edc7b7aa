"""``collect token``: which programs may ask the page's server for data, or for the program's state."""

from __future__ import annotations

import click

from collector.app import App, Careful, config_option, confirm, pass_app
from collector.words import minute
from storage.bulk import seconds
from storage.database import reading, writing
from storage.operations import tokens
from storage.operations.tokens import Purpose, Token

#: What a token is for, as people call it → as it is stored.
PURPOSES: dict[str, Purpose] = {"数据": "data", "监控": "metrics", "墙上的大屏": "screen"}
_LONGEST = 40


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
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise click.UsageError(f"名字不能空，不超过 {_LONGEST} 个字")
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


def _standing(found: list[Token], name: str) -> list[Token]:
    return [each for each in found if each.name == name and each.revoked_at is None]
