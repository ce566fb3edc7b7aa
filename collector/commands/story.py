"""``collect story``: which posts of several channels are one story (一稿多发), and what a person says of it;
``collect tag``: tags that people give to posts, for topics that no word and no column chooses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import click
from sqlalchemy import Connection

from collector.app import App, answer, config_option, pass_app, told_as
from collector.commands.changing import as_data, chosen, lines_of, listed, the_post
from collector.words import iso_row, minute, short
from reports.figures.staffing import PICK
from storage.bulk import seconds
from storage.database import reading, writing
from storage.known import Known
from storage.views.history import StoredPost, posts_by_number
from storage.views.valued import Question
from storage.views.view import View
from storage.writing import tags
from storage.writing.changes import Act, Mistaken
from storage.writing.stories import Story, stories, tell

#: Where no period is named: so many days back.
RECENT = 90
#: As many as a person looks through; --all and --json give the rest.
SHOWN = 20
_BY = {"hand": "人工认定", "link": "链接相同", "title": "拟议：标题相同、日期相近"}


@click.command("story")
@config_option
@click.argument("what", metavar="[时期 | link 作品 作品… | unlink 作品 作品]", nargs=-1)
@click.option("--all", "every", is_flag=True, help="全部列出。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出（列出时）。")
@pass_app
def story_command(app: App, what: tuple[str, ...], every: bool, as_json: bool) -> None:
    """列出同一稿在几个账号发布的作品：已认定的，和标题相同、日期相近而待确认的。不写时期，看最近 90 天发布的。
    link 认定几篇是同一稿；unlink 认定两篇不是。作品可写编号、链接、平台编号或标题的一部分。"""
    if what and what[0] in ("link", "unlink"):
        with told_as(click.UsageError, Mistaken):
            _tell(app, what[1:], same=what[0] == "link")
        return
    if len(what) > 1:
        raise click.UsageError("只能写一个时期；认定同一稿请写 link，认定不是请写 unlink")
    start, end = _span(app, what[0] if what else "")
    ours = {
        each.id
        for each in app.config.accounts
        if each.owner == "ours" and each.platform != "ledger"
    }
    with reading(app.engine) as connection:
        question = Question(
            basis="published", start=start, end=end, as_of=seconds(app.now), known=Known()
        )
        found = stories(View(connection, question), ours)
        posts = posts_by_number(connection, {number for each in found for number in each.posts})
    told = [{"by": each.by, "posts": [as_data(posts[n]) for n in each.posts]} for each in found]
    answer(as_json, lambda: told, _lines(found, posts, len(found) if every else SHOWN))


def _tell(app: App, wanted: Sequence[str], *, same: bool) -> None:
    if len(wanted) < 2 or (len(wanted) > 2 and not same):
        raise click.UsageError("link 后面写两篇或更多作品" if same else "unlink 后面写两篇作品")
    with writing(app.engine) as connection:
        posts = [the_post(connection, each) for each in wanted]
        act = Act(author=app.author, reason="一稿多发" if same else "不是一稿多发", now=app.now)
        for first, second in pairwise(posts):
            if first.post_id == second.post_id:
                raise Mistaken(f"两处写的是同一篇作品（{first.post_id}）")
            tell(connection, first.post_id, second.post_id, same, act)
    for line in listed(posts):
        click.echo(f"  {line}")
    click.echo("已认定以上为同一稿" if same else "已认定以上两篇不是同一稿")


def _span(app: App, period: str) -> tuple[int, int]:
    from reports.periods import parse_period

    if not period:
        return seconds(app.now - timedelta(days=RECENT)), seconds(app.now) + 1
    with told_as(click.UsageError, ValueError):
        span = parse_period(period)
    return seconds(span.start), seconds(span.end)


def _lines(found: Sequence[Story], posts: dict[int, StoredPost], many: int) -> Iterator[str]:
    for each in found[:many]:
        yield f"{_BY[each.by]}"
        for number in each.posts:
            post = posts[number]
            when = "时间不详" if post.published_at is None else minute(post.published_at)[:10]
            yield f"    {post.post_id}  {post.account}  {when}  {short(post.title)}"
    proposed = sum(each.by == "title" for each in found)
    if not found:
        yield "没有一稿多发的作品，也没有疑似的"
        return
    yield f"共 {len(found) - proposed} 稿已认定，{proposed} 组待确认" + (
        f"。以上是前 {many} 个，全部列出请加 --all" if len(found) > many else ""
    )
    if proposed:
        yield "确认：collect story link 编号 编号；否认：collect story unlink 编号 编号"


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
