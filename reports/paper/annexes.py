"""The tables at the end of the paper (附表): every account, every work past a line, every outlet, every topic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.records import Count
from reports import wording
from reports.figures.totals import Line, Summary
from reports.section import Cell, Link, Table
from reports.sections.topics import TOGETHER

#: Where a table of the paper has no figure; the notes say why.
_NONE = "—"


def tables(summary: Summary) -> Iterator[Table]:
    """Those that hold something."""
    if summary.topic:
        for table in _found(summary, f"topic.{summary.topic}.posts"):
            yield _shown(table, table.title, (0, 1, 2, 3))
        return
    yield from _accounts(summary)
    for table in _found(summary, "hits"):
        yield _shown(table, "达到爆款线的作品", (0, 1, 2, 3, 4))
    for table in _found(summary, "placements"):
        yield _shown(table, "对外宣传刊发情况", range(len(table.headings)))
    for table in _found(summary, "topics"):
        whole = tuple(row for row in table.rows if row[1] == TOGETHER and row[3])
        if whole:
            yield _shown(replace(table, rows=whole), "各专题传播情况", (0, 3, 4, 5))


def _found(summary: Summary, id_: str) -> Iterator[Table]:
    return (t for section in summary.sections for t in section.tables if t.id == id_ and t.rows)


def _shown(table: Table, title: str, columns: Sequence[int]) -> Table:
    """Some columns of a table of the full listing, works by the titles that the text gives them."""
    return Table(
        id=f"paper.{table.id}",
        title=title,
        headings=tuple(table.headings[at] for at in columns),
        rows=tuple(tuple(_cell(row[at]) for at in columns) for row in table.rows),
    )


def _cell(cell: Cell) -> Cell:
    if cell is None:
        return _NONE
    return Link(wording.bare_title(cell.text), cell.url) if isinstance(cell, Link) else cell


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
        number = line.hits["views"][mark]
        yield number if number or not line.unknown_hits["views"][mark] else _NONE


def _order(line: Line) -> tuple[int, int]:
    views = line.figures["views"]
    return (-1 if views is None else views.value, line.posts)


def _followers(summary: Summary) -> dict[str, Count]:
    """Account → followers at the period's end, and of all together, as the section on followers traces them."""
    found = {}
    for section in summary.sections:
        for each in section.figures if section.id == "followers" else ():
            if isinstance(each.value, Count) and each.id.endswith("at_end"):
                parts = each.id.removeprefix("followers.").removesuffix(".at_end")
                found["total" if parts == "at_end" else parts] = each.value
    return found
