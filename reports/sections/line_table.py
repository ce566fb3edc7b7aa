"""The table of lines: everything, the groups, the accounts, with every metric, hits and coverage."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.records import METRICS
from reports import wording
from reports.figures.figure import Figure
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.periods import span_words
from reports.section import Cell, Link, Table
from reports.vocabulary import HEADINGS


def table(inquiry: Inquiry) -> Table:
    """All lines under one set of headings; on paper only what fits there."""
    names = tuple(headings(inquiry))
    wanted = ("账号或分组", "作品数", *(HEADINGS[each] for each in ("views", "readers", "likes")))
    marks = tuple(f"{HEADINGS[m]}{wording.mark(t)}" for m, t in _marks(inquiry) if m == "views")
    return Table(
        id="lines",
        title="数据",
        headings=names,
        rows=tuple(tuple(row) for row in rows(inquiry)),
        narrow=tuple(names.index(each) for each in (*wanted, *marks)),
    )


def headings(inquiry: Inquiry) -> list[str]:
    hits = []
    for metric, threshold in _marks(inquiry):
        name = f"{HEADINGS[metric]}{wording.mark(threshold)}"
        hits += [name, f"{name}无法判断"]
    return [
        "账号或分组",
        "平台",
        "作品数",
        *(HEADINGS[name] for name in METRICS),
        *hits,
        "最高的作品",
        "其数值",
        "覆盖",
        "说明",
    ]


def rows(inquiry: Inquiry) -> Iterator[list[Cell]]:
    """The total, the groups, the accounts."""
    for kind, lines in (
        ("合计", (inquiry.total,)),
        ("分组", inquiry.groups),
        ("", inquiry.accounts),
    ):
        for line in lines:
            yield _row(inquiry, line, kind)


def _row(inquiry: Inquiry, line: Line, kind: str) -> list[Cell]:
    name = f"{kind}：{line.name}" if kind else line.name
    hits: list[Cell] = []
    for metric, threshold in _marks(inquiry):
        sure, unknown = line.hits[metric][threshold], line.unknown_hits[metric][threshold]
        spread = wording.Spread(sure, None)
        bound = Figure(value=sure, bound="at_least", spread=spread)
        hits += [bound if unknown or line.incomplete else sure, unknown]
    best = line.best
    return [
        name,
        line.platform_name or (line.platform or "多个平台"),
        line.posts,
        *(line.figures[each] for each in METRICS),
        *hits,
        None if best is None else Link(best.title, best.url),
        None if best is None else best.figure,
        _covered(line),
        "；".join(_remarks(inquiry, line)),
    ]


def _marks(inquiry: Inquiry) -> list[tuple[str, int]]:
    return [
        (metric, each) for metric, values in inquiry.centre.thresholds.items() for each in values
    ]


def _covered(line: Line) -> str:
    cover = line.coverage
    if cover.first is None or cover.last is None:
        return "未覆盖"
    gaps = "、".join(span_words(*each) for each in cover.gaps)
    return span_words(cover.first, cover.last) + (f"（缺{gaps}）" if gaps else "")


def _remarks(inquiry: Inquiry, line: Line) -> Iterator[str]:
    if line.incomplete:
        yield "导出达到条数上限，各数为下限"
    if line.deleted:
        yield f"已删除{line.deleted}"
    if line.young or line.unobserved:
        yield f"未满{inquiry.basis.days}天{line.young}，该时点无观测{line.unobserved}"
    for name in METRICS:
        each = line.figures[name]
        if each is not None and each.missing:
            yield f"{HEADINGS[name]}有{each.missing}个作品无数据"
