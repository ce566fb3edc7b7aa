"""``collect import``: files from anywhere, for one account; a dry run shows what would happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from collector import screen
from collector.app import App, Moment, account_option, answer, config_option, json_option, pass_app
from collector.intake.importing import Importer, Result, Wish
from collector.run import begin
from collector.words import field_word, short
from storage.database import reading, writing
from storage.views import history
from storage.writing import writes


@click.command("import")
@config_option
@click.argument("files", nargs=-1, required=True, metavar="文件…", type=click.Path(path_type=Path))
@account_option("文件属于哪个账号（id）。", required=True)
@click.option(
    "--as-of", type=Moment(), help="文件里的数据是什么时候的，如 2026-10-08 或 2026-10-08T09:30。"
)
@click.option(
    "--encoding", default="", metavar="编码", help="文本文件的编码，如 gb18030；一般不用写。"
)
@click.option(
    "--post",
    default="",
    metavar="作品",
    help="文件没写作品时（快手单作品明细），指明是哪一篇：编号、链接或标题。",
)
@click.option("--dry-run", is_flag=True, help="只看各栏怎样对应、会改变什么，不存入。")
@json_option
@pass_app
@click.pass_context
def import_command(
    ctx: click.Context,
    app: App,
    files: tuple[Path, ...],
    only: str,
    as_of: datetime | None,
    encoding: str,
    post: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """读入指定的文件。文件留在原处，原样另存一份备查。"""
    (account,) = (each for each in app.config.accounts if each.id == only)
    if as_of is not None and as_of.date() > app.now.date():
        raise click.UsageError(f"--as-of {as_of:%Y-%m-%d %H:%M} 在将来，请核对")
    wish = Wish(
        as_of=min(as_of, app.now) if as_of else None,
        encoding=encoding,
        post_id=_post(app, post, only),
        dry_run=dry_run,
    )
    with screen.reading_alone(app.engine):  # they may lie in the inbox
        run_id = 0 if dry_run else begin(app.engine, app.config, "import", app.now)
        importer = Importer(
            engine=app.engine, config=app.config, run_id=run_id, now=app.now, wish=wish
        )
        results = [importer.import_file(account, path) for path in files]
    if not dry_run:
        with writing(app.engine) as connection:
            writes.end_run(connection, run_id, app.now)
    answer(
        as_json, lambda: [screen.result_json(each) for each in results], _lines(results, dry_run)
    )
    if any(each.failed for each in results):
        ctx.exit(1)


def _lines(results: Sequence[Result], dry_run: bool) -> Iterator[str]:
    for result in results:
        yield from _mapping(result) if dry_run else ()
        yield from screen.result_lines(result)
    if dry_run:
        yield "以上只是预演，没有存入任何内容"


def _post(app: App, wanted: str, account_id: str) -> int | None:
    """The number of the post a person named. Raises UsageError where it is none or several."""
    if not wanted:
        return None
    with reading(app.engine) as connection:
        found = [
            each for each in history.find_posts(connection, wanted) if each.account == account_id
        ]
    if len(found) == 1:
        return found[0].post_id
    if not found:
        raise click.UsageError(f"账号 {account_id} 里没有找到作品“{wanted}”")
    shown = "\n".join(f"  {each.post_id}  {short(each.title)}" for each in found[:10])
    raise click.UsageError(f"“{wanted}”不止一篇，请用编号指明：\n{shown}")


def _mapping(result: Result) -> Iterator[str]:
    """Heading → metric, as a dry run shows it."""
    for heading in result.stored.headings if result.stored else ():
        yield f"{result.source} 认作“{heading.layout}”，第{heading.row}行是表头："
        yield from (f"    {name} → {field_word(field)}" for name, field in heading.mapped.items())
        if heading.kept:
            yield f"    另存备查，不计入合计：{'、'.join(heading.kept)}"
