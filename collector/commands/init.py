"""``collect init``: a few questions, then a config.toml that works."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import click

from adapters import platforms
from collector.app import App
from collector.config.loading import ConfigError, load
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
