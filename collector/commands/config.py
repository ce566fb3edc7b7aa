"""``collect check``: looks at config.toml and at the inbox, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from adapters.errors import Invalid
from adapters.files import open_file
from adapters.registry import choose, records
from collector.app import App, config_option, pass_app
from collector.config.loading import Config, ConfigError
from collector.intake.inbox import Incoming, explained, loose, named, scan, strays

#: How many rows of a file are named.
NAMED = 5


@click.command("check")
@config_option
@pass_app
@click.pass_context
def check_command(ctx: click.Context, app: App) -> None:
    """检查配置和收件夹里的文件能否读懂。不存入、不移动、不改动任何东西。"""
    from collector.service.works import jobs_of

    config = app.config
    jobs_of(config)  # crontabs that cannot be are faults of config too
    click.echo(f"配置无误：{config.centre.name}，{len(config.accounts)} 个账号")
    bad = 0
    files = 0
    for problem in _secrets(config):
        bad += 1
        click.echo(f"[有误] {problem}")
    inbox = config.inbox_folder
    if not inbox.is_dir():
        click.echo(f"收件夹 {inbox} 还不存在，第一次采集时会建立")
        if bad:
            ctx.exit(1)
        return
    for stray in strays(config):
        bad += 1
        click.echo(f"[有误] 收件夹里的文件夹“{stray}”不是任何账号的")
    for path in loose(config):
        click.echo(f"“{named(path)}”不在账号的文件夹里，采集时按内容认它的账号")
    for each in scan(config, make=False):
        files += 1
        fine, lines = _checked(each, config)
        bad += not fine
        for line in lines:
            click.echo(line)
    click.echo(f"收件夹里有 {files} 个文件" + (f"，{bad} 处要处理" if bad else ""))
    if bad:
        ctx.exit(1)


def _secrets(config: Config) -> Iterator[str]:
    """What mail and chats lack to go out; found here rather than on Monday. Nothing is sent."""
    from collector.announce.recipients import chats_of
    from collector.mail.smtp import account_of

    if config.mail is not None:
        try:
            account_of(config)
        except ConfigError as problem:
            yield str(problem)
    yield from chats_of(config).problems


def _checked(each: Incoming, config: Config) -> tuple[bool, list[str]]:
    """Whether a file can be read whole, and the lines that say so."""
    label = f"{each.account.id} / {each.name}"
    try:
        if each.problem is not None:
            raise each.problem
        adapter, faults = _read(each, config)
    except Exception as problem:
        told = str(explained(problem, each.name)).removeprefix(f"{each.name}：")
        return False, [f"[有误] {label}：{told}"]
    return not faults, list(_lines(label, adapter, faults))


def _read(each: Incoming, config: Config) -> tuple[str, list[Invalid]]:
    """The adapter that reads a file, and the rows that it could not believe. Raises whatever goes wrong."""
    account = config.for_adapters(each.account)
    file = open_file(each.path, name=each.name)
    adapter = choose(file, account)
    rows = records(adapter, file, account)
    return adapter.name, [row for row in rows if isinstance(row, Invalid)]


def _lines(label: str, adapter: str, faults: Sequence[Invalid]) -> Iterator[str]:
    if not faults:
        yield f"[可读] {label}（读法：{adapter}）"
        return
    yield f"[有误] {label}（读法：{adapter}）：{len(faults)} 行看不懂，其余可读"
    for fault in faults[:NAMED]:
        yield f"    {fault}"
    if len(faults) > NAMED:
        yield f"    ……共 {len(faults)} 行"
