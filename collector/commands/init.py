"""``collect init``: a first config.toml, from a few questions or from a heap of downloaded files; ``collect check``: looks at
config.toml and at the inbox, and changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click

from adapters import platforms
from adapters.errors import Invalid, readable
from adapters.files import open_file
from adapters.registry import choose, records
from collector.app import App, config_option, pass_app
from collector.config.loading import Config, ConfigError
from collector.intake.downloads import copy_to
from collector.intake.founding import NewAccount, Proposal, propose, text_of, write
from collector.intake.heap import Finding, look
from collector.intake.inbox import (
    Incoming,
    explained,
    is_text,
    is_whole,
    loose,
    named,
    scan,
    strays,
)

#: A question, with the colon that Chinese has.
_ask = partial(click.prompt, prompt_suffix="：")
_CENTRE = "单位名称，如 云岭县融媒体中心"
#: Files of a heap that are looked at.
_MOST = 2_000


@click.command("init")
@config_option
@click.option(
    "--from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="文件夹",
    help="从这个文件夹里下载的文件认出各个账号，您只要确认。文件抄一份进收件夹，原处的不动。",
)
@click.option("--name", default="", metavar="单位名称", help="单位名称，印在总结上。")
@pass_app
def init_command(app: App, folder: Path | None, name: str) -> None:
    """问几个问题，或看一堆下载的文件（--from），写出 config.toml。已有的文件不会被覆盖。"""
    path = app.config_path
    if path.exists():
        raise click.UsageError(f"{path} 已存在。要重来请先把它改名")
    if folder is not None:
        _from_files(path, folder, name)
        return
    centre = name or _ask(_CENTRE)
    click.echo("\n接着写各个账号。可选的平台：")
    for number, (key, words) in enumerate(platforms.NAMES.items(), 1):
        click.echo(f"  {number:2}  {key:16}{words}")
    accounts = list(_asked())
    _write(path, centre, accounts)
    inbox = path.resolve().parent / "inbox"
    for each in accounts:
        (inbox / each.id).mkdir(parents=True, exist_ok=True)
    click.echo(f"\n已写好 {path}，收件夹在 {inbox}")
    click.echo("把各平台后台导出的文件放进对应的文件夹，然后运行 collect now")


def _asked() -> Iterator[NewAccount]:
    """The accounts that a person tells of, one after the other."""
    taken: set[str] = set()
    while True:
        wanted = _ask(
            "平台（写序号、英文或中文名；写完了直接回车）", default="", show_default=False
        ).strip()
        if not wanted:
            if taken:
                return
            click.echo("至少要有一个账号")
            continue
        platform = _platform(wanted)
        if platform is None:
            click.echo(f"没有平台“{wanted}”，请写上面的序号，例如 1")
            continue
        yield _account(platform, taken)


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


def _account(platform: str, taken: set[str]) -> NewAccount:
    name = _ask(f"  {platforms.NAMES[platform]}账号的名称")
    suggested = platform if platform not in taken else f"{platform}{len(taken) + 1}"
    while True:
        account_id = _ask("  文件夹名（id）", default=suggested)
        if account_id not in taken:
            break
        click.echo(f"  “{account_id}”已经用过了，换一个")
    taken.add(account_id)
    group = _ask("  归入哪一组（合计用，可不写）", default="", show_default=False)
    return NewAccount(id=account_id, platform=platform, name=name, group=group)


def _write(path: Path, centre: str, accounts: Sequence[NewAccount]) -> None:
    """Write the file only where it can be used; what people typed stays beside it where it cannot."""
    text = text_of(centre, accounts)
    try:
        write(path, text)
    except FileExistsError:
        raise click.UsageError(f"{path} 已存在。要重来请先把它改名") from None
    except ConfigError as problem:
        draft = path.with_name(path.name + ".draft")
        draft.write_text(text, encoding="utf-8")
        raise ConfigError(
            f"{problem}\n没有写出 {path}；所填的内容留在 {draft}，可以改好后改名"
        ) from None


# ── from a heap of files ──


def _from_files(path: Path, folder: Path, name: str) -> None:
    """Say what the files tell, ask once, write config.toml and put copies of the files into the inbox."""
    heap = [look(each, named(each), parts) for each, parts in _files(folder)]
    found = propose(heap)
    for line in _told(found):
        click.echo(line)
    if not found.accounts:
        raise click.UsageError(
            f"{folder} 里没有认出任何平台的导出文件，没有写出 {path}。要下载哪些文件见使用手册 3"
        )
    centre = name or _ask(_CENTRE)
    if not click.confirm(f"\n写出 {path}，把文件抄一份进收件夹？", default=True):
        click.echo("没有写，也没有抄")
        return
    _write(path, centre, found.accounts)
    inbox = path.resolve().parent / "inbox"
    homes = [(file, each.id) for each in found.accounts for file in each.files]
    homes += [(each, "") for each in found.asked]
    for file, home in homes:
        if file.path.resolve().parent != (inbox / home).resolve():
            copy_to(inbox / home, file.path)
    click.echo(
        f"已写好 {path}，抄了 {len(homes)} 个文件进 {inbox}。名称、分组可以在 config.toml 里改"
    )
    click.echo("接着运行 collect now")


def _files(folder: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The files below a folder and the folders each lies in; no links, no noise."""
    count = 0
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith(".") and is_text(each))
        for each in sorted(names):
            path = Path(here) / each
            if is_whole(each) and is_text(each) and path.is_file() and not path.is_symlink():
                count += 1
                if count > _MOST:
                    raise click.UsageError(f"{folder} 里有 {_MOST} 个以上的文件，请只放下载的文件")
                yield path, path.relative_to(folder).parts[:-1]


def _told(found: Proposal) -> Iterator[str]:
    """What is proposed, and why."""
    yield f"认出 {len(found.accounts)} 个账号："
    for each in found.accounts:
        group = f"，分组 {each.group}" if each.group else ""
        yield f"  {readable(each.name)}（{platforms.NAMES[each.platform]}，文件夹 {each.id}{group}）：{len(each.files)} 个文件"
        yield f"      {'；'.join(map(readable, each.why))}"
        for file in each.files[:3]:
            yield f"      {readable(file.name)}：{'；'.join(map(readable, file.lines()))}"
        if len(each.files) > 3:
            yield f"      ……共 {len(each.files)} 个"
        if each.unread:
            yield f"      不认得的栏：{'、'.join(map(readable, each.unread))}。是阅读量的，写进 config.toml 这个账号的 columns"
    if found.homeless:
        names = "、".join(map(readable, found.homeless))
        yield f"台账里写着、上面却没有的账号名称：{names}。请在 config.toml 里把名称改成一样的"
    yield from _rest("看不出是哪个账号的，放在收件夹里，采集时再认", found.asked)
    yield from _rest("没有读，也不抄", found.unread)


def _rest(words: str, files: list[Finding]) -> Iterator[str]:
    if files:
        yield f"{words}："
        for each in files:
            yield f"  {readable(each.name)}" + (
                f"：{readable(each.problem)}" if each.problem else ""
            )


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
