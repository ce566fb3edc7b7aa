"""The table that Markdown and Excel share: its headings, and what each line of a summary has under them.

A cell is a text, an integer, or a Figure (None: no source shows it), which each document shows in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.records import METRICS
from reports import wording
from reports.figures import Figure, Line, Summary
from reports.periods import span_words
from reports.vocabulary import HEADINGS

Cell = str | int | Figure | None


def headings(summary: Summary) -> list[str]:
    hits = []
    for metric, threshold in _marks(summary):
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


def rows(summary: Summary) -> Iterator[list[Cell]]:
    """The total, the groups, the accounts."""
    for kind, lines in (
        ("合计", (summary.total,)),
        ("分组", summary.groups),
        ("", summary.accounts),
    ):
        for line in lines:
            yield _row(summary, line, kind)


def _row(summary: Summary, line: Line, kind: str) -> list[Cell]:
    name = f"{kind}：{line.name}" if kind else line.name
    hits: list[Cell] = []
    for metric, threshold in _marks(summary):
        sure, unknown = line.hits[metric][threshold], line.unknown_hits[metric][threshold]
        hits += [f"{sure}及以上" if unknown else sure, unknown]
    best = line.best
    return [
        name,
        line.platform_name or (line.platform or "多个平台"),
        line.posts,
        *(line.figures[each] for each in METRICS),
        *hits,
        "" if best is None else best.title,
        None if best is None else best.figure,
        _covered(line),
        "；".join(_remarks(summary, line)),
    ]


def _marks(summary: Summary) -> list[tuple[str, int]]:
    return [
        (metric, each) for metric, values in summary.centre.thresholds.items() for each in values
    ]


def _covered(line: Line) -> str:
    cover = line.coverage
    if cover.first is None or cover.last is None:
        return "未覆盖"
    gaps = "、".join(span_words(*each) for each in cover.gaps)
    return span_words(cover.first, cover.last) + (f"（缺{gaps}）" if gaps else "")


def _remarks(summary: Summary, line: Line) -> Iterator[str]:
    if line.incomplete:
        yield "导出达到条数上限，各数为下限"
    if line.deleted:
        yield f"已删除{line.deleted}"
    if line.young or line.unobserved:
        yield f"未满{summary.basis.days}天{line.young}，该时点无观测{line.unobserved}"
    for name in METRICS:
        each = line.figures[name]
        if each is not None and each.missing:
            yield f"{HEADINGS[name]}有{each.missing}个作品无数据"
