"""``collect now``: one pass, then the hits it found and the summary of the last quarter with posts."""

from __future__ import annotations

from collections.abc import Iterator

import click

from collector import screen
from collector.announce.announcing import Announced, announce
from collector.announce.recipients import recipients_of
from collector.app import App, account_option, answer, config_option, pass_app
from collector.commands.hits import hit_lines
from collector.last_quarter import LastSummary, write_last_quarter
from collector.run import Run, collect
from collector.service.trust import doubt
from reports.documents.writing import DocumentError
from reports.hits import HitRow, hit_rows
from reports.periods import moment_words
from storage.database import reading
from storage.known import told_until


@click.command("now")
@config_option
@account_option("只采集这一个账号（id）。")
@click.option("--all", "everything", is_flag=True, help="网页不管是否到时候都采集一遍。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供别的程序读取。")
@pass_app
@click.pass_context
def now_command(ctx: click.Context, app: App, only: str, everything: bool, as_json: bool) -> None:
    """马上采集一次：读入收件夹里的文件，列出新爆款，写出最近一个有作品的季度的总结。"""
    if app.engine and app.saved is not None and not as_json:
        click.echo(f"数据库已升级，升级前的备份在 {app.saved}")
    with reading(app.engine) as connection:
        since = max(int(app.now.timestamp()), told_until(connection))
    doubted = doubt(app.engine, app.config, app.now)  # this run is a trace too
    with screen.progress() as tell:
        run = collect(
            app.engine,
            app.config,
            now=app.now,
            only=only,
            everything=everything,
            progress=tell,
            alone=screen.reading_alone(app.engine),
        )
    with reading(app.engine) as connection:
        found = sum(each.stored.hits for each in run.results if each.stored)
        hits = list(hit_rows(connection, app.config.names, found_since=since)) if found else []
    if doubted and recipients_of(app.config, app.now).everyone:
        told = Announced(problems=(doubted,))
    else:
        told, doubted = announce(app.engine, app.config, app.now), ""
    written, unwritten = None, ""
    try:
        written = write_last_quarter(app.engine, app.config, app.now)
    except DocumentError as problem:
        unwritten = str(problem)
    answer(
        as_json,
        lambda: {
            "run": run.run_id,
            "sources": [screen.result_json(each) for each in run.results],
            "strays": [each.name for each in run.strays],
            "hits": [each.as_data() for each in hits],
            "announced": told.lines,
            "announce_problems": told.problems,
            "summary": None
            if written is None
            else {
                "period": written.period.name,
                "files": [str(each) for each in written.files],
                "written": written.as_of is None,
            },
            "summary_problem": unwritten,
        },
        _lines(run, hits, told, written, unwritten),
    )
    if run.failed or unwritten or doubted:
        ctx.exit(1)


def _lines(
    run: Run,
    hits: list[HitRow],
    told: Announced,
    written: LastSummary | None,
    unwritten: str,
) -> Iterator[str]:
    yield from screen.run_lines(run)
    yield f"\n本次新发现爆款 {len(hits)} 个" + ("：" if hits else "")
    yield from hit_lines(hits)
    yield from (f"[已通知] {line}" for line in told.lines)
    yield from (f"[通知没有发成] {problem}" for problem in told.problems)
    if unwritten:
        yield f"\n总结没有全部写成：{unwritten}"
    elif written is None:
        yield "还没有作品，暂不写总结"
    else:
        kept = written.as_of
        as_of = f"已是最新，没有重写（数据截至{moment_words(kept)}）" if kept else ""
        yield f"\n{written.period.title}的总结{as_of}："
        yield from (f"  {path}" for path in written.files)
