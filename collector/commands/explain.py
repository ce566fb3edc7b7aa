"""``collect explain``: from a post, or a sentence of a summary, back to observations, runs, files, rows and bytes."""

from __future__ import annotations

import difflib
from datetime import datetime

import click

from collector import explaining
from collector.app import (
    App,
    Moment,
    answer,
    config_option,
    json_option,
    narrow_options,
    pass_app,
    told_as,
)
from collector.intake.stores import captures_of
from collector.summaries import centre_of, present
from collector.words import short
from reports.centre import Centre
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.section import Stated
from reports.summary import build, inquire, stated
from reports.tracing import walk
from storage.database import reading
from storage.views import history

#: Posts behind a sentence that are shown unless --top says otherwise.
TOP = 10
#: The same in JSON.
ALL = 1_000


@click.command("explain")
@config_option
@click.argument("what", metavar="[作品 | 句子编号]", required=False)
@click.option("--period", metavar="时期", help="总结的时期，如 2026Q3：句子编号是这份总结里的。")
@click.option("--basis", default="published", metavar="口径", help="总结的口径，默认 published。")
@click.option("--as-of", type=Moment(), help="总结的“截至”，默认现在。")
@click.option("--known-by", type=Moment(), help="总结的“已知”，默认现在。")
@narrow_options
@click.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="条数",
    help=f"列出几篇作品，默认 {TOP}（JSON {ALL}）。",
)
@json_option
@pass_app
@click.pass_context
def explain_command(
    ctx: click.Context,
    app: App,
    what: str | None,
    period: str | None,
    basis: str,
    as_of: datetime | None,
    known_by: datetime | None,
    accounts: tuple[str, ...],
    groups: tuple[str, ...],
    top: int | None,
    as_json: bool,
) -> None:
    """一篇作品的每个数字从哪里来：哪次观测、哪个批次、哪个文件的哪一行、原件存在哪里。作品可写编号、链接、平台编号或标题的一部分。
    加 --period（和总结的 --account、--group）：总结里的一句话、一个数字从哪里来；不写句子编号，列出所有句子的编号。"""
    if period is not None:
        with told_as(click.UsageError, ValueError):
            centre = centre_of(app.config, accounts, groups)
        _explain_stated(app, centre, what, period, basis, as_of, known_by, top, as_json=as_json)
    elif what is None:
        click.echo(ctx.get_help())
    else:
        _explain_post(ctx, app, what, as_json=as_json)


def _explain_stated(
    app: App,
    centre: Centre,
    wanted: str | None,
    period: str,
    basis: str,
    as_of: datetime | None,
    known_by: datetime | None,
    top: int | None,
    *,
    as_json: bool,
) -> None:
    """A sentence or figure of the summary that ``collect report`` would make now. Only its section is made, unless it is
    asked for what only the whole has."""
    with reading(app.engine) as connection:
        now = present(connection, app.now)
        with told_as(click.UsageError, ValueError):
            asked = (
                *(connection, centre, parse_period(period)),
                *(basis, as_of or now, known_by or now),
            )
            if wanted is None:
                _list_stated(build(*asked), as_json=as_json)
                return
            scope = inquire(*asked)
            found = stated(scope, wanted) or _found(build(*asked), wanted, period)
        walked = walk(connection, scope, found.trace, top or (ALL if as_json else TOP))
        names, captures = app.config.names, captures_of(app.config)
        answer(
            as_json,
            lambda: explaining.as_data(scope, found, walked),
            explaining.lines(scope, found, walked, names, captures),
        )


def _found(summary: Summary, wanted: str, period: str) -> Stated:
    """By its id among all. Raises UsageError, which names those that are near."""
    there = {each.id: each for each in reversed(summary.stated)}
    if wanted not in there:
        near = difflib.get_close_matches(wanted, there, n=5, cutoff=0.5)
        hint = f"相近的有：{'、'.join(near)}" if near else "没有相近的"
        raise click.UsageError(
            f"这份总结里没有编号为“{wanted}”的句子或数字。{hint}。全部编号：collect explain --period {period}"
        )
    return there[wanted]


def _list_stated(summary: Summary, *, as_json: bool) -> None:
    figures, sentences = list(summary.figures), summary.sentences
    listed = [(each.id, each.text, False) for each in sentences]
    listed += [(each.id, each.name, True) for each in figures]
    count = f"共 {len(sentences)} 句；另有 {len(figures)} 个数字的编号在总结的“溯源”表里，也可加 --json 列出"
    answer(
        as_json,
        lambda: [{"id": id_, "text": text, "figure": figure} for id_, text, figure in listed],
        [*(f"{each.id}\n    {each.text}" for each in sentences), count],
    )


def _explain_post(ctx: click.Context, app: App, post: str, *, as_json: bool) -> None:
    with reading(app.engine) as connection:
        found = history.find_posts(connection, post)
        if not found:
            raise click.UsageError(f"没有找到作品“{post}”")
        if len(found) > 1 and not as_json:
            click.echo(f"“{post}”不止一篇，请用编号再查（最多列 {history.FOUND} 篇）：")
            for each in found:
                line = f"{each.post_id}  {each.account}  {explaining.published(each)}"
                click.echo(f"  {line}  {short(each.title)}")
            ctx.exit(2)
        answer(
            as_json,
            lambda: [explaining.post_data(connection, each) for each in found],
            explaining.post_lines(connection, found[0], captures_of(app.config)),
        )
