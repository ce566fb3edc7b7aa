"""``collect retract``, ``correct`` and ``match``: what a person decides, always kept on record; and how a person names posts: by
number, address, platform id or words of the title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from collector.app import App, config_option, confirm, pass_app, told_as
from collector.intake.naming import PUT_AWAY
from collector.words import METRIC_KEYS, metric_word, said, short
from reports.periods import here
from storage.database import reading, writing
from storage.identity.likeness import propose_all
from storage.operations import attempts
from storage.views.history import FOUND, StoredPost, find_posts
from storage.writing import changes
from storage.writing.changes import Act, Mistaken, Pair


@click.command("retract")
@config_option
@click.argument("what", metavar="文件名|批次号")
@click.option(
    "--account", "account_id", default="", metavar="账号", help="同名文件不止一个时，指明账号。"
)
@click.option("--reason", default="", metavar="原因", help="为什么撤回。")
@click.option("--yes", is_flag=True, help="不再询问。")
@pass_app
def retract_command(app: App, what: str, account_id: str, reason: str, yes: bool) -> None:
    """撤回一次错误的导入：按文件名，或按批次号撤回整批。数字随之退回，导入和撤回都留有记录。"""
    name = PUT_AWAY.sub("", Path(what).name)
    with reading(app.engine) as connection:
        found = attempts.by_source(connection, name, account_id or None)
        if not found and what.isdigit():
            found = attempts.by_run(connection, int(what), account_id or None)
    if not found:
        raise click.UsageError(
            f"没有找到名为“{what}”的导入（或已经撤回）。最近的导入见 collect status"
        )
    for each in found:
        where = f"批次 {each.run_id}，{each.account} / {each.source}"
        click.echo(f"  {where}，{_when(each.recorded_at)} 存入，作品 {each.posts} 条")
    confirm(f"撤回以上 {len(found)} 次导入？", yes=yes)
    with writing(app.engine) as connection:
        act = Act(author=app.author, reason=reason or "未说明", now=app.now)
        touched = changes.retract(connection, [each.attempt_id for each in found], act)
    click.echo(f"已撤回，涉及 {touched} 篇作品。改好的文件可以重新导入")


def _exact(_ctx: click.Context, _parameter: click.Parameter, value: str) -> int:
    """A figure as a person types it: 112300 or 112,300; a rounded one (12万) corrects nothing."""
    digits = value.replace(",", "").replace("，", "")
    if not (digits.isascii() and digits.isdigit()):
        raise click.BadParameter(f"“{value}”不是一个确切的整数，请写成 112300 这样")
    return int(digits)


@click.command("correct")
@config_option
@click.argument("post", metavar="作品")
@click.argument("metric", metavar="指标")
@click.argument("value", metavar="数值", callback=_exact)
@click.option("--reason", required=True, metavar="原因", help="为什么更正，会留在记录里。")
@pass_app
def correct_command(app: App, post: str, metric: str, value: int, reason: str) -> None:
    """更正一篇作品的一个数字。指标写 阅读量、播放量、阅读人数、点赞、评论、分享、分享人数、收藏、在看，或英文名 views 等。
    原数保留在记录里，以后有新的观测时以新的为准。"""
    if not reason.strip():
        raise click.UsageError("请写明更正的原因")
    with told_as(click.UsageError, Mistaken), writing(app.engine) as connection:
        found = the_post(connection, post)
        act = Act(author=app.author, reason=reason, now=app.now)
        name = METRIC_KEYS.get(metric, metric)
        number = changes.correct(connection, found.post_id, name, value, act)
    click.echo(f"已更正：{short(found.title)} {metric_word(name)} {value}（记录 {number}）")


@click.command("match")
@config_option
@click.argument("pair", metavar="[序号]", type=int, required=False)
@click.option("--same/--different", "same", default=None, help="是同一篇 / 不是同一篇。")
@click.option("--reason", default="", metavar="原因", help="依据是什么。")
@pass_app
def match_command(app: App, pair: int | None, same: bool | None, reason: str) -> None:
    """不带序号：在已存的作品里找一遍，列出疑似同一篇的。带序号和 --same 或 --different：作出决定。"""
    if pair is None:
        with writing(app.engine) as connection:
            propose_all(connection, changes.told_at(connection, Act("", "", app.now)))
            waiting = changes.pairs(connection)
        for each in waiting:
            for line in _pair_lines(each):
                click.echo(line)
        click.echo(
            f"共 {len(waiting)} 对。运行 collect match 序号 --same 或 --different 作出决定"
            if waiting
            else "没有疑似同一篇的作品"
        )
        return
    if same is None:
        raise click.UsageError("请加 --same（是同一篇）或 --different（不是同一篇）")
    with told_as(click.UsageError, Mistaken), writing(app.engine) as connection:
        act = Act(author=app.author, reason=reason or "人工核对", now=app.now)
        changes.settle(connection, pair, same, act)
    click.echo("已合为一篇" if same else "已记为两篇")


def _pair_lines(pair: Pair) -> Iterator[str]:
    yield f"{pair.pair_id}. {pair.why}"
    for each in (pair.post, pair.other):
        yield f"    [{each.post_id}] {each.account} {_when(each.published_at)} {short(each.title)} {each.url}"


def _when(moment: int | None) -> str:
    return "时间不详" if moment is None else f"{here(moment):%Y-%m-%d %H:%M:%S}"


def chosen(
    connection: Connection, wanted: Iterable[str], *, several: bool, hint: str = "请用编号指明，或加 --all 表示全都要"
) -> list[StoredPost]:  # fmt: skip
    """All posts that ``wanted`` names, each once. Raises UsageError, in Chinese, naming everything that was not found
    and, unless ``several`` may be meant, everything that fits more than one post, with a ``hint`` what to do then."""
    posts: dict[int, StoredPost] = {}
    problems = []
    for each in wanted:
        found = find_posts(connection, each)
        if not found:
            problems.append(f"没有找到作品“{short(each)}”")
        elif len(found) >= FOUND:
            problems.append(f"“{short(each)}”匹配的作品太多，请写得更具体")
        elif len(found) > 1 and not several:
            problems.append(f"“{short(each)}”不止一篇：")
            problems += [f"  {line}" for line in listed(found)]
            problems.append(f"  {hint}")
        else:
            posts |= {post.post_id: post for post in found}
    if problems:
        raise click.UsageError("\n".join(problems))
    return list(posts.values())


def the_post(connection: Connection, wanted: str) -> StoredPost:
    """The only post that is meant. Raises UsageError, in Chinese, where it is none or several."""
    (post,) = chosen(connection, [wanted], several=False, hint="请用编号指明")
    return post


def as_data(post: StoredPost) -> dict[str, Any]:
    """A post for other programs."""
    return {"post": post.post_id, "account": post.account, "title": post.title, "url": post.url}


def listed(posts: Iterable[StoredPost]) -> Iterator[str]:
    """A post on one line, with the number that other commands take."""
    for each in posts:
        yield f"{each.post_id}  {each.account}  {short(each.title)}"


def lines_of(path: Path) -> list[str]:
    """What a list names, one a line; empty lines are skipped. Raises UsageError where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"{path} 不是 UTF-8 文本，请另存为 UTF-8 的 txt，每行一篇") from None
    except OSError as problem:
        raise click.UsageError(f"读不了 {path}：{said(problem)}") from problem
    return [line.strip() for line in text.splitlines() if line.strip()]
