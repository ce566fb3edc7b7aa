"""What goes with every table that is given away: which figures they are, as of when, what is missing, what each column is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reports import wording
from reports.inquiry import Inquiry
from reports.section import Table
from reports.sections.notes import notes
from reports.tidy.columns import COLUMNS, TITLES, TidyColumn
from reports.vocabulary import HEADINGS

#: Notes of a summary that are not true of a table that lists every account.
_NOT_HERE = ("note.apart",)
TYPES = {
    "text": "文字",
    "word": "固定的几个词",
    "count": "整数",
    "moment": "时间（北京时间）",
    "day": "日期",
    "flag": "是或否",
}
_IN_TOTAL = (
    "in_total 为是（true）的各行相加，就是总结里全部账号的合计；同行、外部媒体、台账的行不计入。"
    "合计是下限（有的不显示、上不封顶或没有读全）而其中有约数的，总结取最小的：各行减去 _below 再相加。"
)
_OF_TABLE = {
    "posts": f"一行是一篇作品，数值按下面写的口径。{_IN_TOTAL}",
    "observations": "一行是一次观测：看到的累计数，同一作品的各行不能相加；已撤回的观测不在内。"
    "按时间依次取每项最后看到的数，就是这篇作品的数。",
    "hits": f"一行是一篇作品越过一条爆款线，越过几条就有几行。{_IN_TOTAL}",
    "accounts": f"一行是一个账号，数值就是总结里该账号的数。{_IN_TOTAL}",
}
EMPTY = "空的单元格是来源不显示或不知道，不是 0。"
#: Said of csv, which knows no types.
QUOTED = (
    "以 =、+、-、@（全角也算）或制表符、换行开头的文字，前面加了一个单引号“'”，以免被表格软件当作公式；"
    "程序读回时去掉这一个单引号就是原文。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A table's statement. ``lines``: sentences in Chinese; ``coverage``: account by account, None where there is none."""

    table: str
    title: str
    period: str
    basis: str
    as_of: str
    known_by: str
    lines: tuple[str, ...]
    coverage: Table | None

    @property
    def columns(self) -> Sequence[TidyColumn]:
        return COLUMNS[self.table]

    def as_data(self) -> dict[str, Any]:
        """In plain types, for JSON."""
        cover = self.coverage
        return {
            "table": self.table,
            "title": self.title,
            "period": self.period,
            "basis": self.basis,
            "as_of": self.as_of,
            "known_by": self.known_by,
            "lines": list(self.lines),
            "coverage": []
            if cover is None
            else [dict(zip(cover.headings, each, strict=True)) for each in cover.rows],
            "columns": [
                {"name": e.name, "type": e.type, "unit": e.unit, "words": e.words}
                for e in self.columns
            ],
        }

    def text(self) -> Iterator[str]:
        """The lines of a text file."""
        yield self.title
        yield ""
        yield from self.lines
        if self.coverage is not None:
            yield f"\n{self.coverage.title}"
            for row in self.coverage.rows:
                parts = zip(self.coverage.headings, row, strict=True)
                yield "；".join(f"{name}：{cell}" for name, cell in parts if cell != "")
        yield "\n各栏"
        for each in self.columns:
            unit = f"，{each.unit}" if each.unit else ""
            yield f"{each.name}（{TYPES[each.type]}{unit}）：{each.words}"


def about(inquiry: Inquiry, table: str, extra: Sequence[str] = ()) -> About:
    """The statement of one table of an inquiry; ``extra``: lines that only this file needs."""
    section = notes(inquiry)
    said = [each.text for each in section.sentences if each.id not in _NOT_HERE]
    unsure = list(_unsure(inquiry)) if table == "hits" else []
    return About(
        table=table,
        title=f"{wording.line(inquiry.centre.name)}{inquiry.period.title}{TITLES[table]}数据",
        period=inquiry.period.name,
        basis=str(inquiry.basis),
        as_of=inquiry.as_of.isoformat(),
        known_by=inquiry.known_by.isoformat(),
        lines=(_OF_TABLE[table], EMPTY, *extra, *unsure, *said),
        coverage=next((each for each in section.tables if each.id == "note.sources"), None),
    )


def _unsure(inquiry: Inquiry) -> Iterator[str]:
    """How many posts may have passed a line and are not listed."""
    for metric, marks in inquiry.total.unknown_hits.items():
        for threshold, number in marks.items():
            if number:
                line = f"{HEADINGS[metric]}“{wording.mark(threshold)}”"
                yield f"全部账号另有{number}篇无法判断是否达到{line}，不在表里。"
