"""``collect explain``: from a post, or a sentence of a summary, back to observations, runs, files, rows and bytes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import Count
from collector import explaining, explaining_data, words
from collector.app import App
from collector.options import Moment, config_option, pass_app
from collector.words import metric_word, short
from storage.database import reading
from storage.views import history
from storage.views.history import Found, Observation

if TYPE_CHECKING:
    from reports.tracing import Stated

_STATE = {"public": "公开", "private": "自见", "in_review": "审核中", "deleted": "已删除"}


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
@click.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="条数",
    help=f"列出几篇作品，默认 {TOP}（JSON {ALL}）。",
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
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
    top: int | None,
    as_json: bool,
) -> None:
    """一篇作品的每个数字从哪里来：哪次观测、哪个批次、哪个文件的哪一行、原件存在哪里。作品可写编号、链接、平台编号或标题的一部分。
    加 --period：总结里的一句话、一个数字从哪里来；不写句子编号，列出所有句子的编号。"""
    if period is not None:
        _explain_stated(app, what, period, basis, as_of, known_by, top, as_json=as_json)
    elif what is None:
        click.echo(ctx.get_help())
    else:
        _explain_post(ctx, app, what, as_json=as_json)


def _explain_stated(
    app: App,
    wanted: str | None,
    period: str,
    basis: str,
    as_of: datetime | None,
    known_by: datetime | None,
    top: int | None,
    *,
    as_json: bool,
) -> None:
    """A sentence or figure of the summary that ``collect report`` would make now."""
    from collector.summaries import centre_of, present
    from reports.periods import parse_period
    from reports.summary import build
    from reports.tracing import stated

    with reading(app.engine) as connection:
        now = present(connection, app.now)
        try:
            summary = build(
                connection,
                centre_of(app.config),
                parse_period(period),
                basis,
                as_of or now,
                known_by or now,
            )
        except ValueError as problem:
            raise click.UsageError(str(problem)) from problem
        there = {each.id: each for each in reversed(list(stated(summary)))}
        if wanted is None:
            _list_stated(list(stated(summary)), as_json=as_json)
            return
        if wanted not in there:
            near = difflib.get_close_matches(wanted, there, n=5, cutoff=0.5)
            hint = f"相近的有：{'、'.join(near)}" if near else "没有相近的"
            raise click.UsageError(
                f"这份总结里没有编号为“{wanted}”的句子或数字。{hint}。全部编号：collect explain --period {period}"
            )
        found = there[wanted]
        if as_json:
            words.as_json(explaining_data.as_data(connection, summary, found, top=top or ALL))
            return
        names = {each.id: each.name for each in app.config.accounts}
        captures = app.config.path(app.config.storage.captures)
        for line in explaining.lines(
            connection, summary, found, names, top=top or TOP, captures=captures
        ):
            click.echo(line)


def _list_stated(found: list[Stated], *, as_json: bool) -> None:
    if as_json:
        words.as_json(
            [{"id": each.id, "text": each.text, "figure": each.is_figure} for each in found]
        )
        return
    for each in found:
        if not each.is_figure:
            click.echo(f"{each.id}\n    {each.text}")
    figures = sum(each.is_figure for each in found)
    click.echo(
        f"共 {len(found) - figures} 句；另有 {figures} 个数字的编号在总结的“溯源”表里，也可加 --json 列出"
    )


def _explain_post(ctx: click.Context, app: App, post: str, *, as_json: bool) -> None:
    with reading(app.engine) as connection:
        found = history.find_posts(connection, post)
        if not found:
            raise click.UsageError(f"没有找到作品“{post}”")
        if len(found) > 1 and not as_json:
            click.echo(f"“{post}”不止一篇，请用编号再查（最多列 {history.FOUND} 篇）：")
            for each in found:
                when = _when(each.published_at, day=each.date_only)
                click.echo(f"  {each.post_id}  {each.account}  {when}  {short(each.title)}")
            ctx.exit(2)
        if as_json:
            words.as_json([_as_data(connection, each) for each in found])
            return
        for line in _lines(app, connection, found[0]):
            click.echo(line)


def _lines(app: App, connection: Connection, post: Found) -> Iterator[str]:
    yield f"{short(post.title, 200)}"
    yield f"  编号 {post.post_id}；账号 {post.account}；发布于 {_when(post.published_at, day=post.date_only)}"
    if post.url:
        yield f"  {post.url}"
    shown = "、".join(f"{metric_word(n)} {_said(c)}" for n, c in post.latest.items())
    yield f"  现值：{shown or '没有来源显示数字'}" + (
        f"；状态 {_STATE[post.state]}" if post.state else ""
    )
    for told in history.fact_history(connection, post.post_id):
        since = _when(told.observed_at) if told.observed_at else "最初"
        yield f"  {since}：{told.name} = {told.value}"
    folder = app.config.path(app.config.storage.captures)
    for each in history.observations(connection, post.post_id):
        yield from _observation_lines(each)
        if each.reading.path:
            kept = "原件已按期清理" if each.reading.removed_at else folder / each.reading.path
            yield f"      原件 {kept}"


def _observation_lines(each: Observation) -> Iterator[str]:
    told = each.reading
    shown = "、".join(f"{metric_word(n)} {_said(c)}" for n, c in each.figures.items()) or "没有数字"
    how = f"人工更正：{told.notes.get('reason', '')}" if told.correction else told.observed_from
    yield f"  {_when(each.observed_at)}（{how}） {shown}"
    place = f"第{each.sheet + 1}张表第{each.row}行" if told.kind == "file" else ""
    yield f"      来自 {told.source} {place}；批次 {told.run_id}，记录 {told.attempt_id}，{_when(told.recorded_at)} 存入"
    if told.withdrawn_at is not None:
        yield f"      已于 {_when(told.withdrawn_at)} 撤回：{told.withdrawn_reason}"
    if each.beside:
        yield "      另存：" + "、".join(f"{name} {value}" for name, value in each.beside.items())


def _as_data(connection: Connection, post: Found) -> dict[str, Any]:
    return {
        "post": post.post_id,
        "account": post.account,
        "title": post.title,
        "url": post.url,
        "published_at": _iso(post.published_at),
        "state": post.state,
        "figures": {name: _figure(count) for name, count in post.latest.items()},
        "observations": [
            {
                "observed_at": _iso(each.observed_at),
                "observed_from": each.reading.observed_from,
                "figures": {name: _figure(count) for name, count in each.figures.items()},
                "beside": dict(each.beside),
                "state": each.state,
                "run": each.reading.run_id,
                "attempt": each.reading.attempt_id,
                "source": each.reading.source,
                "sheet": each.sheet + 1,
                "row": each.row,
                "sha256": each.reading.sha256,
                "capture": each.reading.path,
                "recorded_at": _iso(each.reading.recorded_at),
                "withdrawn_at": _iso(each.reading.withdrawn_at),
            }
            for each in history.observations(connection, post.post_id)
        ],
    }


def _figure(count: Count) -> dict[str, Any]:
    return {"value": count.value, "bound": count.bound}


def _said(count: Count) -> str:
    return {"exact": "", "about": "约", "at_least": "至少"}[count.bound] + str(count.value)


def _when(moment: int | None, *, day: bool = False) -> str:
    if moment is None:
        return "时间不详"
    there = datetime.fromtimestamp(moment, SHANGHAI)
    return f"{there:%Y-%m-%d}" if day else f"{there:%Y-%m-%d %H:%M:%S}"


def _iso(moment: int | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, SHANGHAI).isoformat()
