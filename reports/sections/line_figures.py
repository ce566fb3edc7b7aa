"""The figures of a line (an account, a group, everything): declared once for table, JSON, trace and sentences."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.records import METRICS, Count, at_least
from reports import measure, wording
from reports.centre import Thresholds
from reports.figures.totals import Line, covered_words
from reports.inquiry import Inquiry
from reports.measure import Measure, fact
from reports.section import Link, Table
from reports.statement import Statement, Trace
from reports.vocabulary import HEADINGS, UNITS


def _metric(name: str) -> Measure[Line]:
    def trace(line: Line) -> Trace:
        return Trace(accounts=line.members, metrics=(name,))

    return Measure(
        name, HEADINGS[name], lambda line: line.figures[name], trace, narrow=name in ("views", "readers", "likes"),
        sentence="total" if name in ("views", "readers") else "others",
        measure=UNITS[name], way="count" if name == "comments" else "sum",
    )  # fmt: skip


#: Works, then each metric; a further figure is a further row here.
FIGURES: tuple[Measure[Line], ...] = (
    Measure(
        "posts", "作品数", lambda line: line.posts, lambda line: Trace(accounts=line.members), number=True,
        least=lambda line: line.incomplete, way="count",
    ),
    *(_metric(name) for name in METRICS),
)  # fmt: skip


def declared(line: Line, id_: str) -> Iterator[Statement]:
    """The figures of a line; the sentences and the paper say some of them, in words of their own."""
    return measure.statements(FIGURES, line, id_, line.name)


def table(inquiry: Inquiry) -> Table:
    """The total, the groups, the accounts, under one set of headings; on paper only what fits there."""
    kinds = {id(inquiry.total): "合计："} | {id(each): "分组：" for each in inquiry.groups}
    columns: tuple[Measure[Line], ...] = (
        fact("账号或分组", lambda line: kinds.get(id(line), "") + line.name),
        fact("平台", lambda e: e.platform_name or e.platform or "多个平台", narrow=False),
        *FIGURES,
        *passed(inquiry.centre.thresholds),
        fact("最高的作品", _best, narrow=False),
        fact("其数值", lambda line: line.best.figure if line.best else None, narrow=False),
        fact("覆盖", _covered, narrow=False),
        fact("说明", lambda line: "；".join(_remarks(inquiry, line)), narrow=False),
    )
    lines = (inquiry.total, *inquiry.groups, *inquiry.accounts)
    return measure.table("lines", "数据", columns, lines)


def _best(line: Line) -> Link | None:
    return Link(line.best.post.title, line.best.post.url) if line.best else None


def passed(thresholds: Thresholds) -> Iterator[Measure[Line]]:
    """How many works passed each threshold, and of how many it cannot be told."""
    for metric, values in thresholds.items():
        for threshold in values:
            yield from _past(metric, threshold)


def past(line: Line, metric: str, threshold: int) -> Count | int:
    """How many works passed a threshold; a bound where of some it cannot be told."""
    number = line.hits[metric][threshold]
    unsure = line.unknown_hits[metric][threshold] or line.incomplete
    return at_least(number) if unsure else number


def _past(metric: str, threshold: int) -> Iterator[Measure[Line]]:
    name = f"{HEADINGS[metric]}{wording.mark(threshold)}"

    def unknown(line: Line) -> int:
        return line.unknown_hits[metric][threshold]

    yield fact(name, lambda line: past(line, metric, threshold), narrow=metric == "views")
    yield fact(f"{name}无法判断", unknown, narrow=False)


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
