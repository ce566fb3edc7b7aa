"""What keeps the stored figures sound: ``collect backup``, ``restore``, ``rebuild``, and ``reread`` (kept captures read
again with today's adapters; what was missed is added)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from adapters import platforms
from collector import screen
from collector.app import (
    App,
    Since,
    account_option,
    answer,
    config_option,
    confirm,
    json_option,
    pass_app,
)
from collector.intake.rereading import Reread, reread
from collector.last_quarter import unseal
from storage import database
from storage.database import file_of
from storage.writing import rebuild

WAITING = "别的程序正在用数据库，等它结束……"


@click.command("backup")
@config_option
@click.argument("target", metavar="[文件]", required=False, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="目标文件已存在时覆盖它。")
@pass_app
def backup_command(app: App, target: Path | None, force: bool) -> None:
    """把数据库备份到一个文件。采集正在进行时也可以备份。不写文件的，备份到 [service] backups 文件夹，
    只留最近的几份，和服务每夜做的一样。"""
    from collector.care import backup_database, backup_name

    if target is None:
        click.echo(backup_database(app.engine, app.config, app.now).words)
        return
    if target.is_dir():
        target = target / backup_name(app.engine, app.now)
    if target.exists() and not force:
        raise click.UsageError(f"{target} 已存在。换个名字，或加 --force 覆盖")
    database.backup(app.engine, target)
    click.echo(f"已备份到 {target}（{target.stat().st_size / 2**20:.1f} MB）")
    if (folder := app.config.captures_folder) is not None:
        click.echo(f"原始文件另在 {folder}，请一并复制")
    else:
        click.echo(f"原始文件另在 {app.config.captures}，由对象存储保管")


@click.command("restore")
@config_option
@click.argument(
    "source", metavar="文件", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--yes", is_flag=True, help="不再询问。")
@pass_app
def restore_command(app: App, source: Path, yes: bool) -> None:
    """用备份替换现在的数据库。现在的数据库先另存一份；它已损坏、不见了，也能恢复。
    config.toml 写的是 PostgreSQL 的，把 SQLite 的数据库搬进去，要它是空的。"""
    current = file_of(app.config.database_url)
    if current is None and source.suffix == ".dump":
        raise click.UsageError("pg_dump 的备份请用 pg_restore 恢复，写法见使用手册 12.3")
    asked = f"用 {source} 替换 {current}？" if current else f"把 {source} 搬进 PostgreSQL？"
    confirm(asked, yes=yes)
    from collector.care import put_back

    for line in put_back(app.config, source, app.now, lambda: click.echo(WAITING, err=True)):
        click.echo(line)


@click.command("rebuild")
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
        if found:
            unseal(app.config)
    for each in found[:50]:
        click.echo(str(each))
    if not found:
        click.echo("核对无误：最新值和爆款都与原始观测一致")
    elif only_check:
        click.echo(f"有 {len(found)} 处不一致。运行 collect rebuild 修复")
        ctx.exit(1)
    else:
        click.echo(f"已修复 {len(found)} 处")


#: Lines shown of each kind; all of them with --json.
SHOWN = 20


@click.command("reread")
@config_option
@click.option("--platform", default="", metavar="平台", help="只重读这个平台的，如 bilibili。")
@account_option("只重读这一个账号（id）的。")
@click.option("--since", type=Since(), help="只重读这一天（或这一刻）以后存入的，如 2026-10-01。")
@click.option("--dry-run", is_flag=True, help="只看会补上什么，不存入。")
@json_option
@pass_app
@click.pass_context
def reread_command(
    ctx: click.Context,
    app: App,
    platform: str,
    only: str,
    since: datetime | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """用现在的读法，把留存的网页和文件重读一遍，补上当时漏读的。已有的数不改动；读出来不一样的只列出来。"""
    if platform and platform not in platforms.NAMES:
        raise click.UsageError(f"没有平台“{platform}”，可用：{'、'.join(platforms.NAMES)}")
    accounts = [
        each
        for each in app.config.accounts
        if platform in ("", each.platform) and only in ("", each.id)
    ]
    with screen.progress() as tell:
        looks = reread(
            app.engine,
            app.config,
            now=app.now,
            accounts=accounts,
            since=since,
            dry_run=dry_run,
            progress=tell,
        )
    answer(
        as_json,
        lambda: [asdict(each) for each in looks if each.became != "same"],
        _lines(looks, dry_run=dry_run),
    )
    if any(each.became in ("differs", "damaged", "lost") for each in looks):
        ctx.exit(1)


def _lines(looks: Sequence[Reread], *, dry_run: bool) -> Iterator[str]:
    if not looks:
        yield "没有可以重读的原件"
        return
    number = Counter(each.became for each in looks)
    yield from _named(looks, "damaged", "原件有问题")
    yield from _named(looks, "lost", "当时读得出，现在读不出（已存的数不变）")
    yield from _named(looks, "differs", "与已存的不一样，没有写入，请用 collect explain 核对")
    added = [each for each in looks if each.posts or each.figures]
    for each in added[:SHOWN]:
        parts = [f"作品 {each.posts} 条"] if each.posts else []
        parts += [f"账号数据 {each.figures} 项"] if each.figures else []
        parts += [f"新爆款 {each.hits} 个"] if each.hits else []
        yield f"[补上] {each.account} / {each.source}：{'，'.join(parts)}"
    if len(added) > SHOWN:
        yield f"    ……共 {len(added)} 处，可加 --json 看全部"
    did = "会补上" if dry_run else "补上"
    said = [f"重读了 {len(looks)} 份原件", f"{did} {len(added)} 份" if added else "没有要补的"]
    said += [f"{number['still']} 份仍然读不出"] if number["still"] else []
    said += [f"{number['differs']} 份与已存的不一样"] if number["differs"] else []
    yield "，".join(said)
    if dry_run:
        yield "以上只是预演，没有存入任何内容"


def _named(looks: Sequence[Reread], became: str, head: str) -> Iterator[str]:
    found = [each for each in looks if each.became == became]
    for each in found[:SHOWN]:
        yield f"[{head}] {each.account} / {each.source}"
        yield from (f"    {line}" for line in each.words[:5])
    if len(found) > SHOWN:
        yield f"    ……共 {len(found)} 份，可加 --json 看全部"
