"""``collect tag``: tags that people give to posts, for topics that no word and no column chooses."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import Connection

from collector.app import App, answer, config_option, pass_app, told_as
from collector.commands.changing import as_data, chosen, lines_of, listed
from collector.words import iso_row, minute
from reports.figures.staffing import PICK
from storage.database import reading, writing
from storage.views.history import posts_by_number
from storage.writing import tags
from storage.writing.changes import Act, Mistaken


@click.command("tag")
@config_option
@click.argument("tag", metavar="[标签]", required=False)
@click.argument("posts", metavar="[作品]…", nargs=-1)
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="清单",
    help="从文本文件读作品，每行一篇（编号、链接或标题）。",
)
@click.option("--all", "several", is_flag=True, help="一段标题匹配几篇时，几篇都要。")
@click.option("--remove", is_flag=True, help="去掉标签，而不是加上。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出（列出时）。")
@pass_app
def tag_command(
    app: App,
    tag: str | None,
    posts: tuple[str, ...],
    path: Path | None,
    several: bool,
    remove: bool,
    as_json: bool,
) -> None:
    """不带参数：列出所有标签。只写标签：列出有这个标签的作品。写标签和作品：给这些作品加上（或用 --remove 去掉）标签。
    作品可写编号、链接、平台编号或标题的一部分。"""
    wanted = [*posts, *(lines_of(path) if path else [])]
    with told_as(click.UsageError, Mistaken):
        if tag is None:
            with reading(app.engine) as connection:
                _list_tags(app, connection, as_json=as_json)
        elif not wanted and path is None:
            with reading(app.engine) as connection:
                _list_posts(connection, tags.cleaned(tag), as_json=as_json)
        else:
            _change(app, tag, wanted, several=several, remove=remove)


def _change(app: App, tag: str, wanted: list[str], *, several: bool, remove: bool) -> None:
    if not wanted:
        raise click.UsageError("清单里一篇作品也没有")
    with writing(app.engine) as connection:
        found = chosen(connection, wanted, several=several)
        act = Act(author=app.author, reason="去标签" if remove else "加标签", now=app.now)
        change = tags.take if remove else tags.give
        number = change(connection, [each.post_id for each in found], tag, act)
    for line in listed(found):
        click.echo(f"  {line}")
    name = tags.cleaned(tag)
    if remove:
        click.echo(
            f"已从 {number} 篇作品去掉标签“{name}”" + _rest(len(found) - number, "本来就没有")
        )
        return
    click.echo(f"已给 {number} 篇作品加上标签“{name}”" + _rest(len(found) - number, "原来就有"))
    counted = name == PICK and app.config.staff.show  # counted among what its authors did
    if not counted and not any(name in each.tags for each in app.config.topics):
        click.echo(
            f'还没有专题用到它。在 config.toml 的 [[topics]] 里写上 tags = ["{name}"] 后才会计入总结'
        )


def _rest(number: int, why: str) -> str:
    return f"，另 {number} 篇{why}" if number else ""


def _list_tags(app: App, connection: Connection, *, as_json: bool) -> None:
    found = tags.tags(connection)
    used = {name: topic.name for topic in app.config.topics for name in topic.tags}
    lines = [
        f"{each.tag}  {each.posts} 篇  最近 {minute(each.last_at)}  "
        + (f"专题“{used[each.tag]}”" if each.tag in used else "没有专题用它")
        for each in found
    ]
    answer(
        as_json,
        lambda: [iso_row(asdict(each)) | {"topic": used.get(each.tag)} for each in found],
        lines or ["还没有标签。加标签：collect tag 标签 作品的编号、链接或标题"],
    )


def _list_posts(connection: Connection, tag: str, *, as_json: bool) -> None:
    posts = posts_by_number(connection, tags.tagged(connection, [tag])[tag])
    ranked = sorted(posts.values(), key=lambda each: (-(each.published_at or 0), each.post_id))
    count = f"标签“{tag}”共 {len(ranked)} 篇" if ranked else f"没有作品带标签“{tag}”"
    answer(as_json, lambda: [as_data(each) for each in ranked], [*listed(ranked), count])
