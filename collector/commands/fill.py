"""``collect fill``: true figures into the blanks of a draft, or in place of last year's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.app import App
from collector.options import Moment, config_option, pass_app
from collector.summaries import centre_of, present
from collector.words import as_json, said
from reports.figures.totals import parse_basis
from reports.periods import Period, parse_period
from storage.database import reading

if TYPE_CHECKING:
    from reports.drafts.answers import Edit
    from reports.drafts.paragraphs import Draft


@click.command("fill", short_help="把真实的数字填进稿件")
@config_option
@click.argument("draft", metavar="稿件", type=click.Path(path_type=Path))
@click.option("--period", metavar="时期", help="稿件说的是哪个时期，如 2026Q3；默认看稿件的标题。")
@click.option("--from", "since", metavar="时期", help="稿件是上一期的：它原来说的时期，如 2025。")
@click.option("--to", "until", metavar="时期", help="要改成的时期，如 2026；与 --from 一起用。")
@click.option(
    "--basis", default="published", show_default=True, metavar="口径", help="同 collect report。"
)
@click.option("--as-of", type=Moment(), help="截至什么时候观测到的数；默认现在。")
@click.option("--known-by", type=Moment(), help="截至什么时候已存入的数；默认现在。")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="文件",
    help="写到哪里；默认在稿件旁边，名字后加“-填数”。",
)
@click.option("--plain", is_flag=True, help="直接改好，不留修订和批注。")
@click.option("--json", "json_wanted", is_flag=True, help="以 JSON 输出。")
@pass_app
def fill_command(
    app: App,
    draft: Path,
    period: str | None,
    since: str | None,
    until: str | None,
    basis: str,
    as_of: datetime | None,
    known_by: datetime | None,
    out: Path | None,
    plain: bool,
    json_wanted: bool,
) -> None:
    """把真实的数字填进稿件（.docx、.md、.txt）的空（X、XX、____、【 】、（ ））；加 --from 和 --to，把上一期的稿件改成这一期的。
    Word 里是修订和批注，可以逐条接受。有没填上的退出码是 1，稿件读不了是 2。原稿不动。"""
    from reports.drafts import filling, lookups, paragraphs

    try:
        wanted, earlier = (
            parse_period(each) if each else None for each in (until or period, since)
        )
        parse_basis(basis)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
    if (since is None) != (until is None):
        raise click.UsageError("--from 和 --to 要一起写，如 --from 2025 --to 2026")
    target = out or draft.with_name(f"{draft.stem}-填数{draft.suffix}")
    if target.resolve() == draft.resolve():
        raise click.UsageError("不能写在原稿上，请换一个文件名")
    try:
        content = draft.read_bytes()
        read = paragraphs.read(draft.name, content)
    except OSError as problem:
        raise click.UsageError(f"读不了 {draft}：{said(problem)}") from problem
    except paragraphs.Unreadable as problem:
        raise click.UsageError(f"读不了 {draft}：{problem}") from problem
    with reading(app.engine) as connection:
        now = present(connection, app.now)
        question = lookups.Question(
            connection=connection, centre=centre_of(app.config), basis=basis, as_of=as_of or now, known_by=known_by or now
        )  # fmt: skip
        edits: Sequence[Edit] = filling.fill(
            read, question, period=wanted, today=app.now.date(), since=earlier
        )
    edits = _write(app, target, read, content, edits, tracked=not plain)
    if json_wanted:
        as_json(_as_data(read, edits, target, wanted))
    else:
        for line in _lines(read, edits, target):
            click.echo(line)
    if any(each.sort == "未填" for each in edits):
        raise SystemExit(1)


def _write(
    app: App, path: Path, read: Draft, content: bytes, edits: Sequence[Edit], *, tracked: bool
) -> Sequence[Edit]:
    """The new file is whole or not there at all; the edits as they were made."""
    from reports.drafts import paragraphs, revising

    try:
        if read.kind == "docx":
            made, edits = revising.revised_word(content, edits, app.now, tracked=tracked)
        else:
            text, code = paragraphs.decoded(content)
            made = revising.revised_text(text, read, edits).encode(code)
    except paragraphs.Unreadable as problem:
        raise click.UsageError(str(problem)) from problem
    partial = path.with_name(f"{path.stem}.part{path.suffix}")
    try:
        partial.write_bytes(made)
        partial.replace(path)
    except OSError as problem:
        raise click.ClickException(
            f"写不了 {path}：{said(problem)}。若文件正在 Word 里打开，请先关闭"
        ) from problem
    finally:
        partial.unlink(missing_ok=True)
    return edits


def _lines(read: Draft, edits: Sequence[Edit], path: Path) -> list[str]:
    lines = []
    for sort in ("已填", "已改", "未填"):
        mine = [each for each in edits if each.sort == sort]
        lines.append(f"{sort}{len(mine)}处{'：' if mine else ''}")
        for each in mine:
            change = each.old if sort == "未填" else f"{each.old} → {each.text}"
            lines.append(f"  {read.paragraphs[each.paragraph].place}　{change}　{each.note}")
    return [*lines, f"写好的稿件：{path}"]


def _as_data(
    read: Draft, edits: Sequence[Edit], path: Path, period: Period | None
) -> dict[str, object]:
    return {
        "file": str(path),
        "period": period.name if period else None,
        "edits": [
            {
                "place": read.paragraphs[each.paragraph].place, "sort": each.sort, "old": each.old, "new": each.text,
                "note": each.note,
            }
            for each in edits
        ],
    }  # fmt: skip
