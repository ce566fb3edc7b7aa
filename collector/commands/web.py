"""``collect web``: the page alone, and the browser opened on it; ``collect user``: who may sign in to it, and as what."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from threading import Timer
from typing import Protocol

import click

from collector.app import App, Careful, config_option, confirm, pass_app, told_as
from collector.config.web import WebConfig
from collector.words import minute, said
from storage.bulk import seconds
from storage.database import reading, writing
from storage.operations import people
from storage.operations.people import ROLES, Person, Role


class Page(Protocol):
    """A page that answers: ``run`` until ``close``."""

    @property
    def url(self) -> str: ...
    def run(self) -> None: ...
    def close(self) -> None: ...


@click.command("web")
@config_option
@click.option("--listen", metavar="地址", default="", help="在哪里打开，默认是 [web] listen。")
@click.option("--no-browser", is_flag=True, help="只打开网页，不打开浏览器。")
@pass_app
@click.pass_context
def web_command(ctx: click.Context, app: App, listen: str, no_browser: bool) -> None:
    """打开网页：看爆款、导入文件、写总结、核对稿件，都在浏览器里。在空文件夹里运行，从头带您开始。"""
    from collector.web.server import serve
    from collector.web.site import Site

    web = chosen(app.config.web if app.config_path.exists() else WebConfig(), listen)
    site = Site(config_path=app.config_path, guarded=web.guarded, owner=app.author, clock=app.clock)
    run(ctx, web, lambda: serve(site, web), no_browser=no_browser)


def chosen(web: WebConfig, listen: str) -> WebConfig:
    """Where the page answers: as somebody says on the command line, else as config does. Raises UsageError."""
    try:
        return WebConfig(listen=listen or web.listen or WebConfig().listen, address=web.address)
    except ValueError as problem:
        raise click.UsageError("--listen 后面写成 127.0.0.1:8720 这样") from problem


def run(ctx: click.Context, web: WebConfig, opened: Callable[[], Page], *, no_browser: bool) -> None:  # fmt: skip
    """Let a page answer until somebody ends it, the browser opened on it."""
    from collector.web.server import NoPeople

    try:
        page = opened()
    except NoPeople as problem:
        click.echo(str(problem), err=True)
        ctx.exit(2)
    except OSError as problem:
        click.echo(
            f"没能打开 {web.listen}：{said(problem)}。多半是已经打开了一个，或换一个 --listen",
            err=True,
        )
        ctx.exit(1)
    address = web.address or page.url
    click.echo(f"网页已打开：{address}\n不用时按 Ctrl+C 停止")
    if not no_browser:
        timer = Timer(0.5, webbrowser.open, (address,))
        timer.daemon = True
        timer.start()
    try:
        page.run()
    finally:
        page.close()


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
    with told_as(click.UsageError, ValueError):
        kept = hashed(password, again)
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
    with reading(app.engine) as connection:
        found = people.people(connection)
    for each in found:
        click.echo(f"{each.name}（{each.role}），{each.added_by} 于 {minute(each.added_at)} 设")
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
