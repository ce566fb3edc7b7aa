"""``collect story``: which posts of several channels are one story (一稿多发), and what a person says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

import click

from collector.app import App, answer, config_option, pass_app, told_as
from collector.commands.changing import as_data, listed, the_post
from collector.words import minute, short
from storage.bulk import seconds
from storage.database import reading, writing
from storage.known import Known
from storage.views.history import StoredPost, posts_by_number
from storage.views.valued import Question
from storage.views.view import View
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
