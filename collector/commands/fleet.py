"""``collect fleet``: many centres on many machines."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from collector.app import App, Careful, answer, json_option, pass_app, told_as
from collector.commands.web import user_command
from collector.fleet import province
from collector.fleet.province import Province
from storage.postgres import INSTALL

_MISSING = f"全省运行还要装 Procrastinate 等软件包：{INSTALL}"


class _Fleet(Careful):
    """The commands of a province, which need packages that one centre does not."""

    def invoke(self, ctx: click.Context) -> Any:
        if any(find_spec(each) is None for each in ("psycopg", "procrastinate", "obstore")):
            raise click.ClickException(_MISSING)
        return super().invoke(ctx)


def file_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--province``: the province's file, as ``here``."""
    return click.option(
        "--province", "here", type=click.Path(path_type=Path), metavar="文件",
        default=lambda: os.environ.get(province.VARIABLE, province.FILE), callback=_loaded,
        help=f"全省的配置，默认是当前文件夹的 {province.FILE}（也可用环境变量 {province.VARIABLE}）。",
    )(command)  # fmt: skip


def _loaded(_ctx: click.Context, _parameter: click.Parameter, value: Path | str) -> Province:
    return province.load(Path(value))


@click.group("fleet", cls=_Fleet, short_help="全省", subcommand_metavar="命令 …")
def fleet_command() -> None:
    """全省许多中心、许多台机器：一个 PostgreSQL 数据库，每个中心的数据各在一处；每台机器运行 collect fleet work。"""


@fleet_command.command("work", short_help="在这台机器上干活")
@file_option
@click.pass_context
def work_command(ctx: click.Context, here: Province) -> None:
    """在这台机器上干活，直到按 Ctrl+C：到时间的采集、读收件夹、邮件、总结、备份，一次做一个中心的一件。

    要几件一起做，就多开几个，在一台或多台机器上都可以；随时可以停，停下的由别的接着做。"""
    from collector.fleet.centres import opened
    from collector.fleet.working import run
    from collector.service.logs import is_read_by_journal, set_up_stream

    with opened(here) as fleet:
        set_up_stream(fleet.secrets, journal=is_read_by_journal())
        ctx.exit(run(fleet))


@fleet_command.command("init", short_help="按 province.toml 建立或更新")
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[文件]")
@pass_app
@click.pass_context
def init_command(ctx: click.Context, app: App, file: Path | None) -> None:
    """按 province.toml 建立全省的表和各中心的表，把各中心的配置存入数据库；改了配置、升级了程序，再运行一次。

    中途停下也没有关系：已经做好的保留，再运行一次接着做。"""
    from collector.fleet.founding import found

    here = province.load(file or Path(os.environ.get(province.VARIABLE, province.FILE)))
    done = found(here, app.now, click.echo)
    if done.left:
        click.echo(f"不再属于全省、以后不为它们干活（数据都留着）：{'、'.join(done.left)}")
    if done.problems:
        click.echo(f"{len(done.problems)} 个中心没有就绪，解决后再运行一次", err=True)
        ctx.exit(1)
    click.echo(
        f"{here.province.name}：{len(done.ready)} 个中心就绪。下一步：在每台机器上运行 collect fleet work"
    )


@fleet_command.command("status", short_help="谁在干活，哪里没有做成")
@json_option
@file_option
@click.pass_context
def status_command(ctx: click.Context, as_json: bool, here: Province) -> None:
    """现在的状况：哪些进程在干活，什么事没有做成、被搁置，各中心最近一次采集。有搁置的、没有进程在干活的，退出码为 1。"""
    from collector.app import answer
    from collector.fleet.centres import opened
    from collector.fleet.standing import as_data, lines, standing

    with opened(here) as fleet:
        state = standing(fleet)
    answer(as_json, lambda: as_data(state), lines(state))
    if not state.is_well:
        ctx.exit(1)


@fleet_command.command("again", short_help="搁置的重新做")
@click.argument("key", metavar="中心")
@click.argument("job", required=False, default="", metavar="[工作]")
@file_option
def again_command(key: str, job: str, here: Province) -> None:
    """一个中心里连续几次没有做成、被搁置的工作，解决以后重新做。工作的名字见 collect fleet status。"""
    from collector.fleet.centres import opened
    from collector.fleet.looking import called
    from collector.fleet.standing import again
    from storage.database import reading
    from storage.fleet import centres

    with opened(here) as fleet:
        with reading(fleet.engine) as connection:
            entry = centres.centre(connection, key)
        if entry is None:
            raise click.UsageError(f"全省没有中心“{key}”，见 collect fleet status")
        released = again(fleet, entry, job)
    if not released:
        raise click.ClickException(f"{entry.name}没有搁置的工作")
    click.echo(f"{entry.name}：{'、'.join(map(called, released))}，一分钟内重新做")


_BASIS = click.option(
    "--basis", default="published", show_default=True, metavar="口径", help="published、gained、aged:7，同 collect report。"
)  # fmt: skip


@fleet_command.command("report", short_help="写出全省的总结")
@click.argument("period", metavar="时期")
@click.option(
    "--format", "formats", default="docx,xlsx,html,md,json", show_default=True, metavar="格式",
    help="要哪几种文件：Word、Excel、网页、Markdown、JSON。",
)  # fmt: skip
@_BASIS
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹",
    help="写到哪里，默认 province.toml 旁边的 reports_out。",
)  # fmt: skip
@file_option
@pass_app
@click.pass_context
def report_command(
    ctx: click.Context, app: App, period: str, formats: str, basis: str, out: Path | None, here: Province
) -> None:  # fmt: skip
    """写出全省一个时期的总结：各中心的数、合计、排名、爆款、谁没有数据。时期的写法同 collect report。

    各中心的总结缺的、旧的先算一遍（两个一起算，不用 collect fleet work 开着）。
    算不出的中心写明是谁、为什么，不计为 0；有这样的中心时退出码为 1。"""
    from collector.fleet import reporting
    from reports.basis import parse_basis
    from reports.documents.writing import DocumentError
    from reports.periods import parse_period

    wanted = [each.strip() for each in formats.split(",") if each.strip()]
    for each in wanted:
        if each not in reporting.WRITERS:
            raise click.UsageError(f"没有格式“{each}”，可用：{'、'.join(reporting.WRITERS)}")
    if not wanted:
        raise click.UsageError("--format 后面没有写格式")
    with told_as(click.UsageError, ValueError):
        span, basis = parse_period(period), str(parse_basis(basis))
    there = reporting.ask(here, span, basis)
    problems = {each.centre.key: each.problem for each in there if each.problem}
    old = [e.centre for e in there if not e.problem and reporting.stale(e, span, app.now)]
    if old:
        click.echo(f"先算 {len(old)} 个中心的总结：")
        problems |= reporting.renew(here, old, span, basis, click.echo)
    made = reporting.value(here, span, basis, app.now, problems)
    with told_as(click.ClickException, DocumentError):
        files = reporting.draw(made, out or reporting.folder_of(here), wanted)
    unnoted = reporting.note(here, made, there)
    click.echo(
        f"{here.province.name}{span.title}的总结已写好（{made.asked} 个中心中 {len(made.telling)} 个有数据）："
    )
    for path in files:
        click.echo(f"  {path}")
    for silent in made.silent:
        click.echo(f"未计入：{silent.centre.name}，{silent.why}", err=True)
    for words in unnoted:
        click.echo(f"没能记下写过它的总结：{words}", err=True)
    if problems or unnoted:
        ctx.exit(1)


@fleet_command.command("explain", short_help="全省总结里的一个数从哪里来")
@click.argument("what", metavar="编号")
@click.option("--period", metavar="时期", required=True, help="总结的时期，如 2026Q3。")
@_BASIS
@json_option
@file_option
@pass_app
def explain_command(
    app: App, what: str, period: str, basis: str, as_json: bool, here: Province
) -> None:  # fmt: skip
    """全省总结里的一个数由哪些中心的哪些数相加，各自截至什么时候；接着用哪条命令查到作品、观测、文件和原件。"""
    from collector.fleet import explaining, reporting
    from reports.basis import parse_basis
    from reports.periods import parse_period

    with told_as(click.UsageError, ValueError):
        span, basis = parse_period(period), str(parse_basis(basis))
    made = reporting.value(here, span, basis, app.now)
    with told_as(click.UsageError, LookupError):
        answer(as_json, lambda: explaining.as_data(made, what), explaining.lines(made, what))


@fleet_command.command(
    "at",
    short_help="在一个中心里运行命令",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@file_option
@click.argument("key", metavar="中心")
@click.argument("words", metavar="命令 …", nargs=-1, type=click.UNPROCESSED)
@pass_app
@click.pass_context
def at_command(
    ctx: click.Context, app: App, here: Province, key: str, words: tuple[str, ...]
) -> None:
    """在一个中心的数据里运行一个中心自己的命令，例如：collect fleet at yunling status，或 user add 名字 --role 管理员。"""
    from collector.fleet.inside import COMMANDS, run

    if not words or words[0] not in COMMANDS:
        raise click.UsageError(f"中心后面写要运行的命令，可用：{'、'.join(COMMANDS)}")
    ctx.exit(run(here, key, app.clock, list(words)))


@fleet_command.command("web", short_help="打开全省的网页")
@click.option(
    "--listen",
    metavar="地址",
    default="",
    help="在哪里打开，默认 127.0.0.1:8730；写别的电脑能看的地址，要先设密码。",
)
@click.option(
    "--address",
    metavar="网址",
    default="",
    help="前面有带证书的代理时，别人输入的网址，如 https://bk.example.cn。",
)
@click.option("--no-browser", is_flag=True, help="只打开网页，不打开浏览器。")
@file_option
@pass_app
@click.pass_context
def web_command(ctx: click.Context, app: App, listen: str, address: str, no_browser: bool, here: Province) -> None:  # fmt: skip
    """打开全省的网页：各中心的状况和数，谁没有数据，搁置的工作，干活的机器；/c/中心/ 下面是各中心自己的网页。

    各中心的人只看得到自己的中心（用 collect fleet at 中心 user add 设）；
    全省的人（collect fleet user add）看得到全部，各中心的网页只能看。"""
    import time

    from collector.commands.web import chosen, run
    from collector.config.web import WebConfig
    from collector.fleet.web import houses, serve

    with told_as(click.UsageError, ValueError):
        web = chosen(WebConfig(listen="127.0.0.1:8730", address=address), listen)
    run(
        ctx, web, lambda: serve(houses(here, web, app.clock, time.monotonic, app.author), web), no_browser=no_browser
    )  # fmt: skip


@fleet_command.group("user", short_help="设谁能登录全省的网页", subcommand_metavar="命令 …")
@file_option
@pass_app
@click.pass_context
def user_group(ctx: click.Context, app: App, here: Province) -> None:
    """谁能登录全省的网页：看得到各中心的状况和数。一个中心自己的人用 collect fleet at 中心 user add 来设。"""
    from collector.fleet.inside import of_province

    ctx.obj = of_province(here, app.clock)
    ctx.call_on_close(ctx.obj.close)


for _each in user_command.commands.values():
    user_group.add_command(_each)
