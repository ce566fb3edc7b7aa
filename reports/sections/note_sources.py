"""Where the figures of a summary come from: which kinds of sources, and which days of each account they reach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from adapters.records import Count
from reports import wording
from reports.figures.covered import covered_words, lacking
from reports.inquiry import Inquiry
from reports.section import Cell, Table
from storage.views.coverage import kinds

#: Kind of a reading → what it is called, its measure.
_KINDS = {"file": ("导出文件", "个"), "page": ("网页", "次"), "api": ("数据接口", "次")}


def sources(inquiry: Inquiry) -> Mapping[str, Mapping[str, int]]:
    """Our accounts → kinds of sources → readings of the period's posts."""
    ours = {info.id for info in inquiry.ours}
    return {key: each for key, each in kinds(inquiry.view).items() if key in ours}


def sentence(inquiry: Inquiry, found: Mapping[str, Mapping[str, int]]) -> str:
    """``资料来源：导出文件86个、网页12次…``, and which accounts have none."""
    together: dict[str, int] = {}
    for of_account in found.values():
        for kind, number in of_account.items():
            together[kind] = together.get(kind, 0) + number
    if not together:
        return (
            f"资料来源：没有读到含本期作品的文件、网页或接口，各项均为{wording.NO_DATA}（不是 0）。"
        )
    without = [line.name for line in inquiry.accounts if line.id not in found]
    said = f"资料来源（含本期作品的）：{_said(together)}；各账号的来源和覆盖日期见下表。"
    if without:
        named = [f"“{wording.line(each)}”" for each in without]
        said += f"没有来源的账号：{wording.several(named, _NAMED, '个账号')}。"
    return said


#: More accounts than this are not named in a sentence; the table has them.
_NAMED = 10


def table(inquiry: Inquiry, found: Mapping[str, Mapping[str, int]]) -> Table:
    """A row for each of our accounts."""
    return Table(
        id="note.sources",
        title="覆盖与来源",
        headings=("账号", "平台", "覆盖的发布日期", "不足之处", "来源", "最近观测"),
        rows=tuple(
            (
                line.name,
                line.platform_name or line.platform or "",
                covered_words(line),
                lacking(line, inquiry.period),
                _said(found.get(line.id, {})) or wording.NO_DATA,
                _observed(line.coverage.observed_at),
            )
            for line in inquiry.accounts
        ),
    )


def _said(counts: Mapping[str, int]) -> str:
    """``导出文件3个、网页12次``."""
    known = [(name, each) for name in _KINDS if (each := counts.get(name))]
    return "、".join(
        f"{_KINDS[name][0]}{wording.count(Count(each), _KINDS[name][1])}" for name, each in known
    )


def _observed(moment: datetime | None) -> Cell:
    return wording.NO_DATA if moment is None else f"{moment:%Y-%m-%d}"
