"""``collect user``: who may sign in to the page, and as what."""

from __future__ import annotations

import click

from adapters.moments import SHANGHAI
from collector.app import App, Careful, config_option, confirm, pass_app
from storage.bulk import seconds
from storage.database import reading, writing
from storage.operations import people
from storage.operations.people import ROLES, Person, Role


@click.group("user", cls=Careful, short_help="设谁能登录网页", subcommand_metavar="命令 …")
@config_option
def user_command() -> None:
    """谁能登录网页：主任看、打印、核对；编辑还能导入、作决定、更正；管理员还能添人、撤回和恢复。"""


@user_command.command("add", short_help="添一个人，或重设他的密码和角色", options_metavar="[选项]")
@config_option
@click.argument("name", metavar="名字")
@click.option("--role", type=click.Choice(ROLES), default="主任", show_default=True, help="角色。")
@pass_app
def add(app: App, name: str, role: Role) -> None:
    """添一个人。密码会问两次，不写在命令里。"""
    from collector.web.signing import hashed

    if not name.strip() or len(name) > 32 or not name.isprintable():
        raise click.UsageError("名字不能空，不超过 32 个字")
    password = click.prompt("密码", hide_input=True, prompt_suffix="：")
    again = click.prompt("再输一次", hide_input=True, prompt_suffix="：")
    try:
        kept = hashed(password, again)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
    someone = Person(
        name=name.strip(), role=role, password=kept, added_at=seconds(app.now), added_by=app.author
    )
    with writing(app.engine) as connection:
        people.put(connection, someone)
    click.echo(f"已保存“{someone.name}”（{role}）")


@user_command.command("list", short_help="列出能登录的人", options_metavar="[选项]")
@config_option
@pass_app
def show(app: App) -> None:
    """列出能登录的人。"""
    from datetime import datetime

    with reading(app.engine) as connection:
        found = people.people(connection)
    for each in found:
        when = datetime.fromtimestamp(each.added_at, SHANGHAI)
        click.echo(f"{each.name}（{each.role}），{each.added_by} 于 {when:%Y-%m-%d %H:%M} 设")
    if not found:
        click.echo("还没有设过人。添一个：collect user add 名字 --role 管理员")


@user_command.command("remove", short_help="不再让一个人登录", options_metavar="[选项]")
@config_option
@click.argument("name", metavar="名字")
@click.option("--yes", is_flag=True, help="不再询问。")
@pass_app
def remove(app: App, name: str, yes: bool) -> None:
    """不再让一个人登录。他做过的事仍留有记录。"""
    with reading(app.engine) as connection:
        if people.person(connection, name) is None:
            raise click.UsageError(f"没有“{name}”这个人")
    confirm(f"不再让“{name}”登录？", yes=yes)
    with writing(app.engine) as connection:
        people.remove(connection, name)
    click.echo(f"“{name}”不能再登录了")
