"""``collect serve``: the service, in the foreground; whoever starts it (systemd, Task Scheduler) keeps it running.
``collect service``: install it with the operating system, ask after it, take it away."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

import click
from sqlalchemy import Engine

from collector.app import App, Careful, config_option, pass_app, told_as
from collector.config.loading import Config
from collector.service import installing
from collector.service.installing import Failed, Machine
from collector.service.lock import Taken, held
from collector.words import minute, said
from storage.database import StorageError, is_current, open_database, reading
from storage.operations import jobs

#: ``collect status`` holds the lock for a moment to see whether anybody does.
_LOOKS = 2.0
_NO_KEEPER = (
    "这台机器没有 systemd，不能装成服务。请用您系统自己的办法让下面这条命令一直运行：\n  {command}"
)


@click.command("serve")
@config_option
@pass_app
@click.pass_context
def serve_command(ctx: click.Context, app: App) -> None:
    """一直运行：按 [schedule] 的时间采集、发周报、写季度总结、备份、清理；收件夹里有新文件，几秒内读入。

    按 Ctrl+C 停止；正在做的事做完一步就停，或者撤回，不会留下半截数据。"""
    from collector.service.logs import is_read_by_journal, set_up
    from collector.service.serving import Serving
    from collector.service.watching import Accepted

    accepted = Accepted(app.config_path)
    engine = open_database(accepted.config.database_url)
    try:
        with held(engine, "service", _LOOKS) as still_held:
            set_up_logs = partial(set_up, journal=is_read_by_journal())
            set_up_logs(accepted.config)
            click.echo(f"{accepted.config.centre.name}的采集服务在运行，按 Ctrl+C 停止")
            serving = Serving(
                accepted=accepted,
                engine=engine,
                clock=app.clock,
                still_held=still_held,
                set_up_logs=set_up_logs,
            )
            with _page(app, accepted.config):
                code = serving.run()
            ctx.exit(code)
    except Taken:
        click.echo(f"{_who(engine)}，没有再启动一个。要看它的状况，请运行 collect status", err=True)
        ctx.exit(1)
    finally:
        engine.dispose()


@contextmanager
def _page(app: App, config: Config) -> Iterator[None]:
    """The page beside the service, for as long as it runs; what keeps it from being there is said, and the service runs
    all the same."""
    if not config.web.listen:
        yield
        return
    from collector.web.server import NoPeople, serve
    from collector.web.site import Site

    here = Site(
        config_path=app.config_path, guarded=config.web.guarded, owner=app.author, clock=app.clock
    )
    try:
        page = serve(here, config.web)
    except (NoPeople, OSError, StorageError) as problem:
        why = said(problem) if isinstance(problem, OSError) else str(problem)
        click.echo(f"网页没有打开：{why}", err=True)
        yield
        return
    click.echo(f"网页：{config.web.address or page.url}")
    thread = Thread(target=page.run, name="page", daemon=True)
    thread.start()
    try:
        yield
    finally:
        page.close()
        thread.join(5.0)


def _who(engine: Engine) -> str:
    """Who serves this database already."""
    try:
        if is_current(engine):
            with reading(engine) as connection:
                last = jobs.service(connection)
            if last is not None and last.stopped_at is None:
                since = minute(last.started_at)
                return f"采集服务已经在运行（主机 {last.host}，进程 {last.pid}，{since} 启动）"
    except StorageError as problem:
        return f"采集服务已经在运行（数据库这会儿用不了：{problem}）"
    return "采集服务已经在启动"


@click.group("service", cls=Careful, options_metavar="[选项]", subcommand_metavar="命令 …")
def service_command() -> None:
    """装成系统服务：开机就运行 collect serve，出错自动重启。Linux 上是 systemd，Windows 上是任务计划程序。"""


@service_command.command("install", short_help="安装（或更新）并启动")
@config_option
@click.option("--user", default="", metavar="用户", help="以哪个系统用户运行。")
@click.option("--print", "only_print", is_flag=True, help="只显示将要安装的内容，不动系统。")
@pass_app
@click.pass_context
def install_command(ctx: click.Context, app: App, user: str, only_print: bool) -> None:
    """安装并启动；已经装过的，按现在的配置更新。Linux 上默认以 config.toml 所在文件夹的主人运行；
    主人是 root 时，用专门的用户 baokuan（没有就新建）。Windows 上默认用当前用户。"""
    machine = installing.here()
    plan = _plan(app, machine, user)
    made = installing.windows_task if machine.keeper == "tasks" else installing.systemd_unit
    with told_as(click.ClickException, installing.Unfit):
        text = made(plan)
    if only_print:
        click.echo(text, nl=False)
        return
    _may(ctx, app, machine, "install")
    try:
        installing.install(machine, text, plan.user, [Path(each) for each in plan.writes])
    except Failed as problem:
        raise click.ClickException(f"没有装好：{problem}") from problem
    click.echo(f"已安装并启动，以用户 {plan.user} 运行。看它的状况：collect service status")
    if machine.keeper == "systemd":
        click.echo(
            f"密钥写在 {installing.SECRETS}（只有 root 能读）；日志：journalctl -u {installing.NAME}"
        )


@service_command.command("status", short_help="装了没有、在不在运行")
@config_option
@pass_app
@click.pass_context
def status_command(ctx: click.Context, app: App) -> None:
    """装了没有、在不在运行，系统怎么说。采集本身的状况看 collect status。"""
    machine = installing.here()
    if machine.keeper is None:
        raise click.ClickException(_no_keeper(app))
    found = installing.state(machine)
    if not found.installed:
        click.echo("没有安装。要安装请运行 collect service install")
    else:
        click.echo("已安装，正在运行" if found.running else "已安装，没有在运行")
        click.echo(found.said)
    ctx.exit(0 if found.running else 1)


@service_command.command("uninstall", short_help="停止并卸载")
@config_option
@pass_app
@click.pass_context
def uninstall_command(ctx: click.Context, app: App) -> None:
    """停止并卸载服务。数据、配置和密钥都不动。"""
    machine = installing.here()
    _may(ctx, app, machine, "uninstall")
    if not installing.state(machine).installed:
        click.echo("没有安装，不用卸载")
        return
    try:
        installing.uninstall(machine)
    except Failed as problem:
        raise click.ClickException(f"没有卸载干净：{problem}") from problem
    click.echo("已停止并卸载。数据、配置和密钥都还在")


def _plan(app: App, machine: Machine, user: str) -> installing.ServicePlan:
    path = app.config_path.resolve()
    # not resolved: the python of a virtual environment is a link, and the link is what makes it that one
    program = Path(sys.executable)
    code = Path(installing.__file__).resolve().parents[2]
    if not user:
        user = machine.user if machine.keeper == "tasks" else _owner((path, program, code))
    return installing.ServicePlan(
        program=program,
        config=path,
        user=user,
        writes=installing.writes_of(app.config),
        reads=(code, Path(sys.base_prefix)),
    )


def _owner(paths: Sequence[Path]) -> str:
    """Whoever owns config's folder, so that people go on sharing the inbox; of root's, a user of its own."""
    owner = paths[0].parent.owner()
    if owner != "root":
        return owner
    if any(map(installing.in_home, paths)):
        raise click.ClickException(
            "程序或配置放在 root 的主目录里，专门的用户读不到。请移到 /opt 或 /srv 下再装，或用 --user 指明用户"
        )
    return installing.USER


def _may(ctx: click.Context, app: App, machine: Machine, what: str) -> None:
    """Ends with words where it cannot be done here, or not by this user."""
    if machine.keeper is None:
        raise click.ClickException(_no_keeper(app))
    if machine.admin:
        return
    windows = machine.keeper == "tasks"
    how = "请用“以管理员身份运行”打开命令窗口，再运行：\n  " if windows else "请这样运行：\n  sudo "
    click.echo(f"要有管理员权限。{how}{_typed(app, 'service', what, windows=windows)}", err=True)
    ctx.exit(1)


def _no_keeper(app: App) -> str:
    return _NO_KEEPER.format(command=_typed(app, "serve", windows=False))


def _typed(app: App, *words: str, windows: bool) -> str:
    """A command of this program with its full paths, as a person types it."""
    program = [sys.executable, "-m", "collector.cli", "--config", str(app.config_path.resolve())]
    join = subprocess.list2cmdline if windows else shlex.join
    return join([*program, *words])
