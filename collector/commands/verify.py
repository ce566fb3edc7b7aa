"""``collect verify``: the figures of a draft against the data."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.app import App
from collector.options import Moment, config_option, pass_app
from collector.summaries import centre_of, present
from collector.words import as_json, said
from reports.figures.totals import parse_basis
from reports.periods import parse_period
from storage.database import reading

if TYPE_CHECKING:
    from reports.drafts.outcome import Outcome

#: --annotate without a name: beside the draft, with this at its end.
BESIDE = ""


@click.command("verify", short_help="核对一份稿件里的数字")
@config_option
@click.argument("draft", metavar="稿件", type=click.Path(path_type=Path))
@click.option("--period", metavar="时期", help="稿件说的是哪个时期，如 2026Q3；默认看稿件的标题。")
@click.option(
    "--basis", default="published", show_default=True, metavar="口径", help="同 collect report。"
)
@click.option("--as-of", type=Moment(), help="截至什么时候观测到的数；默认现在。")
@click.option("--known-by", type=Moment(), help="截至什么时候已存入的数；默认现在。")
@click.option("--json", "json_wanted", is_flag=True, help="以 JSON 输出。")
@click.option(
    "--annotate",
    is_flag=False,
    flag_value=BESIDE,
    default=None,
    metavar="[文件]",
    help="另存一份带批注的 Word 文件；不写文件名就放在稿件旁边。",
)
@pass_app
def verify_command(
    app: App,
    draft: Path,
    period: str | None,
    basis: str,
    as_of: datetime | None,
    known_by: datetime | None,
    json_wanted: bool,
    annotate: str | None,
) -> None:
    """核对一份稿件（.docx、.md、.txt）里的数字：逐个说属实、不符还是无法核对，再看稿件有没有自相矛盾。
    有不符或矛盾时退出码是 1，稿件读不了是 2。"""
    from reports.drafts import lookups, outcome, paragraphs

    try:
        span = parse_period(period) if period else None
        parse_basis(basis)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
    try:
        content = draft.read_bytes()
        read = paragraphs.read(draft.name, content)
    except OSError as problem:
        raise click.UsageError(f"读不了 {draft}：{said(problem)}") from problem
    except paragraphs.Unreadable as problem:
        raise click.UsageError(f"读不了 {draft}：{problem}") from problem
    if annotate is not None and read.kind != "docx":
        raise click.UsageError("--annotate 只能用于 .docx 稿件")
    with reading(app.engine) as connection:
        now = present(connection, app.now)
        question = lookups.Question(
            connection=connection,
            centre=centre_of(app.config),
            basis=basis,
            as_of=as_of or now,
            known_by=known_by or now,
        )
        found = outcome.verify(read, question, period=span, today=app.now.date())
    if json_wanted:
        as_json(outcome.as_data(found, draft.name))
    else:
        for line in outcome.lines(found, draft.name):
            click.echo(line)
    if annotate is not None:
        _annotate(app, found, content, _target(draft, annotate), quiet=json_wanted)
    if not found.clean:
        raise SystemExit(1)


def _target(draft: Path, wanted: str) -> Path:
    return Path(wanted) if wanted else draft.with_name(f"{draft.stem}-核对.docx")


def _annotate(app: App, found: Outcome, content: bytes, path: Path, *, quiet: bool) -> None:
    """The copy is whole or not there at all."""
    from reports.drafts.annotating import annotated
    from reports.drafts.outcome import comments
    from reports.drafts.paragraphs import Unreadable

    partial = path.with_name(f"{path.stem}.part.docx")
    try:
        partial.write_bytes(annotated(content, comments(found), app.now))
        partial.replace(path)
    except Unreadable as problem:
        raise click.ClickException(str(problem)) from problem
    except OSError as problem:
        raise click.ClickException(
            f"写不了 {path}：{said(problem)}。若文件正在 Word 里打开，请先关闭"
        ) from problem
    finally:
        partial.unlink(missing_ok=True)
    if not quiet:
        click.echo(f"带批注的稿件：{path}")
