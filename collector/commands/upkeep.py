"""``collect backup``, ``restore`` and ``rebuild``."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from collector.app import App
from collector.options import config_option, confirm, pass_app
from collector.service.lock import Taken, held
from collector.words import said
from storage import database, rebuild
from storage.database import StorageError


@click.command("backup", short_help="备份数据库")
@config_option
@click.argument("target", metavar="[文件]", required=False, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="目标文件已存在时覆盖它。")
@pass_app
def backup_command(app: App, target: Path | None, force: bool) -> None:
    """把数据库备份到一个文件。采集正在进行时也可以备份。不写文件的，备份到 [service] backups 文件夹，
    只留最近的几份，和服务每夜做的一样。"""
    if target is None:
        from collector.care import backup_database

        click.echo(backup_database(app.engine, app.config, app.now).words)
        return
    if target.is_dir():
        target = target / f"baokuan-{app.now:%Y%m%d-%H%M%S}.db"
    if target.exists() and not force:
        raise click.UsageError(f"{target} 已存在。换个名字，或加 --force 覆盖")
    database.backup(app.engine, target)
    click.echo(f"已备份到 {target}（{target.stat().st_size / 2**20:.1f} MB）")
    click.echo(f"原始文件另在 {app.config.path(app.config.storage.captures)}，请一并复制")


@click.command("restore", short_help="从备份恢复")
@config_option
@click.argument("source", metavar="文件", type=click.Path(path_type=Path, exists=True))
@click.option("--yes", is_flag=True, help="不再询问。")
@pass_app
def restore_command(app: App, source: Path, yes: bool) -> None:
    """用备份替换现在的数据库。现在的数据库先另存一份。"""
    url = make_url(app.config.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise click.UsageError("只有 SQLite 数据库可以这样恢复；PostgreSQL 请用 pg_restore")
    database.check(source)
    current = Path(url.database)
    confirm(f"用 {source} 替换 {current}？", yes=yes)
    try:
        with held(database.open_database(app.config.database_url), "service"):
            _restore(app, source, current)
    except Taken:
        raise StorageError("采集服务正在运行，没有恢复。请先停止它，再运行一次") from None


def _restore(app: App, source: Path, current: Path) -> None:
    if current.exists():
        kept = current.with_name(f"{current.stem}-恢复前-{app.now:%Y%m%d-%H%M%S}{current.suffix}")
        database.backup(app.engine, kept)
        click.echo(f"现在的数据库已另存为 {kept}")
        app.engine.dispose()
    _replace(source, current)
    click.echo(f"已恢复到 {current}")


def _replace(source: Path, current: Path) -> None:
    """Copy beside, sync, then swap: a power cut leaves the old database or the new one."""
    partial = current.with_name(current.name + ".restoring")
    try:
        current.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, partial)
        with partial.open("r+b") as stream:
            os.fsync(stream.fileno())
        for ending in ("-wal", "-shm"):
            current.with_name(current.name + ending).unlink(missing_ok=True)
        partial.replace(current)
    except OSError as problem:
        partial.unlink(missing_ok=True)
        raise StorageError(
            f"没能恢复：{said(problem)}。请先停止采集服务、关闭占用数据库的程序"
        ) from problem


@click.command("rebuild", short_help="重新算出最新值和爆款")
@config_option
@click.option("--check", "only_check", is_flag=True, help="只核对，不改动。")
@pass_app
@click.pass_context
def rebuild_command(ctx: click.Context, app: App, only_check: bool) -> None:
    """由原始观测重新算出每篇作品的最新值和爆款，与保存的对照。"""
    if only_check:
        with database.reading(app.engine) as connection:
            found = rebuild.check(connection)
    else:
        with database.writing(app.engine) as connection:
            found = rebuild.rebuild(connection)
    for each in found[:50]:
        click.echo(str(each))
    if not found:
        click.echo("核对无误：最新值和爆款都与原始观测一致")
    elif only_check:
        click.echo(f"有 {len(found)} 处不一致。运行 collect rebuild 修复")
        ctx.exit(1)
    else:
        click.echo(f"已修复 {len(found)} 处")
