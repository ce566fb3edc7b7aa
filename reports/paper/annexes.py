"""The tables at the end of the paper (附表): every account, every work past a line, every outlet, every topic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reports import wording
from reports.figure import Figure
from reports.figures import Line, Summary
from reports.section import Cell, Table

#: Where a table of the paper has no figure; the notes say why.
_NONE = "—"


def tables(summary: Summary) -> Iterator[Table]:
    """Those that hold something. Only columns in which any account has a figure."""
    if not summary.topic:
        yield from _accounts(summary)
    for id_, title in (
        ("hits", "达到爆款线的作品"),
        ("placements", "对外宣传刊发情况"),
        ("topics", "各专题传播情况"),
    ):
        for table in _found(summary, id_):
            yield replace(_narrowed(table), title=title)
    if summary.topic:
        yield from _found(summary, f"topic.{summary.topic}.posts")


def _found(summary: Summary, id_: str) -> Iterator[Table]:
    return (t for section in summary.sections for t in section.tables if t.id == id_ and t.rows)


def _narrowed(table: Table) -> Table:
    """The table as a page holds it, a sign where there is no figure."""
    shown = range(len(table.headings)) if table.narrow is None else table.narrow
    return replace(
        table,
        headings=tuple(table.headings[at] for at in shown),
        rows=tuple(
            tuple(_NONE if row[at] is None else row[at] for at in shown) for row in table.rows
        ),
        narrow=None,
    )


def _accounts(summary: Summary) -> Iterator[Table]:
    ledgers = {each.id for each in summary.centre.accounts if each.ledger}
    lines = sorted(
        (each for each in summary.accounts if each.id not in ledgers), key=_order, reverse=True
    )
    if not any(each.posts for each in lines):
        return
    followers = _followers(summary)
    metrics = [
        name for name in ("views", "readers", "likes", "shares") if summary.total.figures[name]
    ]
    names = {"views": "阅读播放量", "readers": "阅读人数", "likes": "点赞", "shares": "分享"}
    marks = sorted(summary.centre.thresholds.get("views", ()))[:1]
    headings = [
        "账号", "平台", "作品数", *(names[each] for each in metrics), *(wording.mark(each) for each in marks),
        *(["期末粉丝"] if followers else []),
    ]  # fmt: skip
    every = [*lines, summary.total] if len(lines) > 1 else lines
    rows = [
        (
            "合计" if line is summary.total else line.name,
            "" if line is summary.total else line.platform_name,
            *_cells(line, metrics, marks),
            *([followers.get(line.id, _NONE)] if followers else []),
        )
        for line in every
    ]
    title = "各账号发布和传播情况" if len(lines) > 1 else "发布和传播情况"
    yield Table(id="paper.accounts", title=title, headings=tuple(headings), rows=tuple(rows))


def _cells(line: Line, metrics: Sequence[str], marks: Sequence[int]) -> Iterator[Cell]:
    yield line.posts
    for name in metrics:
        figure = line.figures[name]
        yield _NONE if figure is None else figure
    for mark in marks:
        known = any(line.figures[each] is not None for each in ("views", "readers"))
        number = line.hits["views"][mark]
        yield number if number or known else _NONE


def _order(line: Line) -> tuple[int, int]:
    views = line.figures["views"]
    return (-1 if views is None else views.value, line.posts)


def _followers(summary: Summary) -> dict[str, Figure]:
    """Account → followers at the period's end, and of all together, as the section on followers traces them."""
    found = {}
    for section in summary.sections:
        for each in section.traced if section.id == "followers" else ():
            if isinstance(each.value, Figure) and each.id.endswith("at_end"):
                parts = each.id.removeprefix("followers.").removesuffix(".at_end")
                found["total" if parts == "at_end" else parts] = each.value
    return found
