"""``collect fleet``: many centres on many machines."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from collector.app import App, Careful, pass_app
from collector.fleet import province
from collector.fleet.province import Province

_MISSING = (
    "全省运行还要装 Procrastinate 等软件包：在程序的文件夹里运行 make fleet"
    "（Windows：.venv\\Scripts\\python -m pip install --require-hashes -r requirements-fleet.lock）"
)


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
