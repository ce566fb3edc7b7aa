"""``collect verify`` and ``collect fill``: a draft's figures against the data, and true figures put into a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collector.app import App, Moment, answer, config_option, json_option, pass_app, told_as
from collector.summaries import ground_of
from collector.words import said
from reports.basis import parse_basis
from reports.documents.writing import DocumentError, write
from reports.periods import Period, parse_period
from storage.database import reading

if TYPE_CHECKING:
    from reports.drafts.checking.lookups import Ground
    from reports.drafts.filling.answers import Edit
    from reports.drafts.reading.paragraphs import DraftText

#: --annotate without a name: beside the draft, with this at its end.
BESIDE = ""
_PERIOD = "时期"


class PeriodName(click.ParamType[Period]):
    """A period as ``collect report`` takes it."""

    name = _PERIOD

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Period:
        if isinstance(value, Period):
            return value
        try:
            return parse_period(value)
        except ValueError as problem:
            raise click.UsageError(str(problem), ctx) from problem


def _basis(ctx: click.Context, _parameter: click.Parameter, value: str) -> str:
    with told_as(click.UsageError, ValueError):
        parse_basis(value)
    return value


def _draft_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What both commands take: the draft, the period it is about, the basis and the two moments."""
    for option in reversed(
        (
            config_option,
            click.argument("path", metavar="稿件", type=click.Path(path_type=Path)),
            click.option(
                "--period", type=PeriodName(), help="稿件说的是哪个时期，如 2026Q3；默认看稿件的标题。"
            ),
            click.option(
                "--basis", default="published", show_default=True, metavar="口径", callback=_basis,
                help="同 collect report。",
            ),
            click.option("--as-of", type=Moment(), help="截至什么时候观测到的数；默认现在。"),
            click.option("--known-by", type=Moment(), help="截至什么时候已存入的数；默认现在。"),
            json_option,
        )
    ):  # fmt: skip
        command = option(command)
    return command


@click.command("verify")
@_draft_options
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
    app: App, /, path: Path, period: Period | None, annotate: str | None, as_json: bool, **moments: Any
) -> None:  # fmt: skip
    """核对一份稿件（.docx、.md、.txt）里的数字：逐个说属实、不符还是无法核对，再看稿件有没有自相矛盾。
    有不符或矛盾时退出码是 1，稿件读不了是 2。"""
    from reports.drafts.checking import outcome
    from reports.drafts.filling import revising
    from reports.drafts.reading import paragraphs

    content, draft = _opened(path)
    if annotate is not None and draft.kind != "docx":
        raise click.UsageError("--annotate 只能用于 .docx 稿件")
    with _ground(app, **moments) as ground:
        found = outcome.verify(draft, ground, period=period, today=app.now.date())
    answer(as_json, lambda: outcome.as_data(found, path.name), outcome.lines(found, path.name))
    if annotate is not None:
        target = Path(annotate) if annotate else path.with_name(f"{path.stem}-核对.docx")
        with told_as(click.ClickException, paragraphs.Unreadable, DocumentError):
            write(target, revising.annotated(content, outcome.comments(found), app.now))
        if not as_json:
            click.echo(f"带批注的稿件：{target}")
    if not found.clean:
        raise SystemExit(1)


@click.command("fill")
@_draft_options
@click.option(
    "--from", "since", type=PeriodName(), help="稿件是上一期的：它原来说的时期，如 2025。"
)
@click.option("--to", "until", type=PeriodName(), help="要改成的时期，如 2026；与 --from 一起用。")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="文件",
    help="写到哪里；默认在稿件旁边，名字后加“-填数”。",
)
@click.option("--plain", is_flag=True, help="直接改好，不留修订和批注。")
@pass_app
def fill_command(
    app: App, /, path: Path, period: Period | None, since: Period | None, until: Period | None, out: Path | None, plain: bool,
    as_json: bool, **moments: Any,
) -> None:  # fmt: skip
    """把真实的数字填进稿件（.docx、.md、.txt）的空（X、XX、____、【 】、（ ））；加 --from 和 --to，把上一期的稿件改成这一期的。
    Word 里是修订和批注，可以逐条接受。有没填上的退出码是 1，稿件读不了是 2。原稿不动。"""
    from reports.drafts.filling import filler as filling
    from reports.drafts.filling import revising
    from reports.drafts.reading import paragraphs

    if (since is None) != (until is None):
        raise click.UsageError("--from 和 --to 要一起写，如 --from 2025 --to 2026")
    target = out or path.with_name(f"{path.stem}-填数{path.suffix}")
    if target.resolve() == path.resolve():
        raise click.UsageError("不能写在原稿上，请换一个文件名")
    wanted = until or period
    content, draft = _opened(path)
    with _ground(app, **moments) as ground:
        edits = filling.fill(draft, ground, period=wanted, today=app.now.date(), since=since)
    with told_as(click.UsageError, paragraphs.Unreadable):
        made, edits = revising.revised(content, draft, edits, app.now, tracked=not plain)
    with told_as(click.ClickException, DocumentError):
        write(target, made)
    answer(as_json, lambda: _as_data(draft, edits, target, wanted), _lines(draft, edits, target))
    if any(each.sort == "未填" for each in edits):
        raise SystemExit(1)


def _opened(path: Path) -> tuple[bytes, DraftText]:
    from reports.drafts.reading import paragraphs

    try:
        content = path.read_bytes()
        return content, paragraphs.read(path.name, content)
    except OSError as problem:
        raise click.UsageError(f"读不了 {path}：{said(problem)}") from problem
    except paragraphs.Unreadable as problem:
        raise click.UsageError(f"读不了 {path}：{problem}") from problem


@contextmanager
def _ground(
    app: App, basis: str, as_of: datetime | None, known_by: datetime | None
) -> Iterator[Ground]:
    with reading(app.engine) as connection:
        yield ground_of(connection, app.config, app.now, basis, as_of, known_by)


def _lines(draft: DraftText, edits: Sequence[Edit], path: Path) -> Iterator[str]:
    for sort in ("已填", "已改", "未填"):
        mine = [each for each in edits if each.sort == sort]
        yield f"{sort}{len(mine)}处{'：' if mine else ''}"
        for each in mine:
            change = each.old if sort == "未填" else f"{each.old} → {each.text}"
            yield f"  {draft.paragraphs[each.paragraph].place}　{change}　{each.note}"
    yield f"写好的稿件：{path}"


def _as_data(
    draft: DraftText, edits: Sequence[Edit], path: Path, period: Period | None
) -> dict[str, object]:
    return {
        "file": str(path),
        "period": period.name if period else None,
        "edits": [
            {
                "place": draft.paragraphs[each.paragraph].place,
                "sort": each.sort,
                "old": each.old,
                "new": each.text,
                "note": each.note,
            }
            for each in edits
        ],
    }
