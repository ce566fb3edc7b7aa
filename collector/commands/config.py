"""config.toml: ``collect init`` writes one that works after a few questions; ``collect check`` looks at it and at the
inbox, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click

from adapters import platforms
from adapters.errors import Invalid
from adapters.files import open_file
from adapters.registry import choose, records
from collector.app import App
from collector.config.loading import Config, ConfigError, load
from collector.intake.inbox import Incoming, explained, loose, named, scan, strays
from collector.options import config_option, pass_app

#: A question, with the colon that Chinese has.
_ask = partial(click.prompt, prompt_suffix="：")
_HEAD = """\
# 爆款的配置。改完后运行 collect check 检查。路径相对于本文件。

[centre]
name = {name}

[storage]
url = "sqlite:///data/baokuan.db"     # 数据库
captures = "data/captures"            # 原始文件的留存

[inbox]
path = "inbox"                        # 导出的文件放到 inbox/<账号 id>/

[hits]                                # 多少算爆款
views = [100_000, 1_000_000]
likes = [10_000]
"""
_ACCOUNT = """
[[accounts]]
id = {id}
platform = {platform}
name = {name}
group = {group}
"""


@click.command("init")
@config_option
@pass_app
def init_command(app: App) -> None:
    """问几个问题，写出 config.toml。已有的文件不会被覆盖。"""
    path = app.config_path
    if path.exists():
        raise click.UsageError(f"{path} 已存在。要重来请先把它改名")
    text = _HEAD.format(name=_toml(_ask("单位名称，如 云岭县融媒体中心")))
    click.echo("\n接着写各个账号。可选的平台：")
    for number, (key, words) in enumerate(platforms.NAMES.items(), 1):
        click.echo(f"  {number:2}  {key:16}{words}")
    taken: set[str] = set()
    while True:
        wanted = _ask(
            "平台（写序号、英文或中文名；写完了直接回车）", default="", show_default=False
        ).strip()
        if not wanted:
            if taken:
                break
            click.echo("至少要有一个账号")
            continue
        platform = _platform(wanted)
        if platform is None:
            click.echo(f"没有平台“{wanted}”，请写上面的序号，例如 1")
            continue
        text += _account(platform, taken)
    _write(path, text)
    inbox = path.resolve().parent / "inbox"
    for account_id in taken:
        (inbox / account_id).mkdir(parents=True, exist_ok=True)
    click.echo(f"\n已写好 {path}，收件夹在 {inbox}")
    click.echo("把各平台后台导出的文件放进对应的文件夹，然后运行 collect now")


def _platform(wanted: str) -> str | None:
    """The platform that a person means by its number in the list, its id, or one of its Chinese names."""
    keys = list(platforms.NAMES)
    if wanted.isdecimal() and 1 <= int(wanted) <= len(keys):
        return keys[int(wanted) - 1]
    called = wanted.casefold()
    found = [
        each.key
        for each in platforms.BY_KEY.values()
        if called in {word.casefold() for word in (each.key, each.name, each.account, *each.words)}
    ]
    return found[0] if len(found) == 1 else None


def _account(platform: str, taken: set[str]) -> str:
    name = _ask(f"  {platforms.NAMES[platform]}账号的名称")
    suggested = platform if platform not in taken else f"{platform}{len(taken) + 1}"
    while True:
        account_id = _ask("  文件夹名（id）", default=suggested)
        if account_id not in taken:
            break
        click.echo(f"  “{account_id}”已经用过了，换一个")
    taken.add(account_id)
    group = _ask("  归入哪一组（合计用，可不写）", default="", show_default=False)
    return _ACCOUNT.format(
        id=_toml(account_id), platform=_toml(platform), name=_toml(name), group=_toml(group)
    )


def _write(path: Path, text: str) -> None:
    """Write the file only where the loader accepts it: what people typed may not be usable."""
    draft = path.with_name(path.name + ".draft")
    draft.write_text(text, encoding="utf-8")
    try:
        load(draft)
    except ConfigError as problem:
        raise ConfigError(
            f"{problem}\n没有写出 {path}；所填的内容留在 {draft}，可以改好后改名"
        ) from None
    draft.replace(path)


def _toml(text: str) -> str:
    """A TOML basic string: JSON's quoting is a subset of it."""
    return json.dumps(text.strip(), ensure_ascii=False)


#: How many rows of a file are named.
NAMED = 5


@click.command("check")
@config_option
@pass_app
@click.pass_context
def check_command(ctx: click.Context, app: App) -> None:
    """检查配置和收件夹里的文件能否读懂。不存入、不移动、不改动任何东西。"""
    from collector.service.schedule import jobs_of

    config = app.config
    jobs_of(config)  # crontabs that cannot be are faults of config too
    click.echo(f"配置无误：{config.centre.name}，{len(config.accounts)} 个账号")
    bad = 0
    files = 0
    for problem in _secrets(config):
        bad += 1
        click.echo(f"[有误] {problem}")
    inbox = config.path(config.inbox.path)
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
