"""The figures of a line (an account, a group, everything): declared once for table, JSON, trace and sentences."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.records import METRICS
from reports import measure, wording
from reports.figures.covered import covered_words
from reports.figures.figure import Figure, at_least
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.measure import Measure
from reports.section import Link, Table
from reports.statement import Statement, Trace
from reports.vocabulary import HEADINGS, UNITS


def _metric(name: str) -> Measure[Line]:
    return Measure(
        key=name,
        heading=HEADINGS[name],
        narrow=name in ("views", "readers", "likes"),
        of=lambda line: line.figures[name],
        trace=lambda line: Trace(accounts=line.members, metrics=(name,)),
        sentence="total" if name in ("views", "readers") else "others",
        measure=UNITS[name],
        way="count" if name == "comments" else "sum",
    )


#: Works, then each metric; a further figure is a further row here.
FIGURES: tuple[Measure[Line], ...] = (
    Measure(
        key="posts",
        heading="作品数",
        of=lambda line: line.posts,
        schema="number",
        trace=lambda line: Trace(accounts=line.members),
        least=lambda line: line.incomplete,
        way="count",
    ),
    *(_metric(name) for name in METRICS),
)


def declared(line: Line, id_: str) -> Iterator[Statement]:
    """The figures of a line; the sentences and the paper say some of them, in words of their own."""
    return measure.statements(FIGURES, line, id_, line.name)


def table(inquiry: Inquiry) -> Table:
    """The total, the groups, the accounts, under one set of headings; on paper only what fits there."""
    kinds = {id(inquiry.total): "合计："} | {id(each): "分组：" for each in inquiry.groups}
    columns: tuple[Measure[Line], ...] = (
        Measure(heading="账号或分组", of=lambda line: kinds.get(id(line), "") + line.name),
        Measure(
            heading="平台",
            narrow=False,
            of=lambda line: line.platform_name or line.platform or "多个平台",
        ),
        *FIGURES,
        *_hits(inquiry),
        Measure(heading="最高的作品", narrow=False, of=_best),
        Measure(
            heading="其数值", narrow=False, of=lambda line: line.best.figure if line.best else None
        ),
        Measure(heading="覆盖", narrow=False, of=_covered),
        Measure(heading="说明", narrow=False, of=lambda line: "；".join(_remarks(inquiry, line))),
    )
    lines = (inquiry.total, *inquiry.groups, *inquiry.accounts)
    return measure.table("lines", "数据", columns, lines)


def _best(line: Line) -> Link | None:
    return Link(line.best.title, line.best.url) if line.best else None


def _hits(inquiry: Inquiry) -> Iterator[Measure[Line]]:
    """How many works passed each threshold, and of how many it cannot be told."""
    for metric, values in inquiry.centre.thresholds.items():
        for threshold in values:
            yield from _past(metric, threshold)


def _past(metric: str, threshold: int) -> Iterator[Measure[Line]]:
    name = f"{HEADINGS[metric]}{wording.mark(threshold)}"

    def unknown(line: Line) -> int:
        return line.unknown_hits[metric][threshold]

    def sure(line: Line) -> Figure | int:
        number = line.hits[metric][threshold]
        return at_least(number) if unknown(line) or line.incomplete else number

    yield Measure(heading=name, narrow=metric == "views", of=sure)
    yield Measure(heading=f"{name}无法判断", narrow=False, of=unknown)


def _covered(line: Line) -> str:
    return "未覆盖" if line.coverage.first is None else covered_words(line)


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
