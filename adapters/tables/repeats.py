"""A sheet that repeats rows of the others (a sheet a month and a 汇总): each work is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from adapters.contract import FileRecord, Sheet
from adapters.errors import Invalid
from adapters.records import METRICS, Metrics, Post, Remark
from adapters.tables.heads import bad_row
from adapters.tables.units import folded

#: Sheets that sum the others up are read after them, wherever they stand.
_SUMMARIES = ("汇总", "总表", "合计", "总计", "全部", "汇编", "总览", "总")


def read_sheets(
    sheets: Sequence[Sheet],
    records: Callable[[Sheet], Iterable[FileRecord]],
    unowned: Callable[[Sheet], bool] = lambda _: False,
) -> Iterator[FileRecord]:
    """What ``records`` gives of each sheet, the Invalid of one that it refuses, each work once. ``unowned``: the other
    sheets are one a platform, and this one does not say of which its rows are."""
    seen = _Seen()
    for sheet in sorted(
        sheets, key=lambda each: any(word in folded(each.name) for word in _SUMMARIES)
    ):
        try:
            found = records(sheet)
        except Invalid as problem:
            yield problem
        else:
            several = len(sheets) > 1
            yield from seen.without(sheet, found, unowned(sheet)) if several else found


@dataclass(slots=True)
class _Seen:
    """The works that the sheets of one file have brought so far."""

    seen: dict[tuple[str, str, str], list[tuple[Sheet, Post]]] = field(default_factory=dict)

    def without(
        self, sheet: Sheet, records: Iterable[FileRecord], unowned: bool
    ) -> Iterator[FileRecord]:
        """The records of the next sheet without the works that another sheet brought already. One that another brought
        with other figures is named: nobody can tell which of the two is later."""
        fresh: list[tuple[tuple[str, str, str], Post]] = []
        again = 0
        for record in records:
            if not isinstance(record, Post):
                yield record
                continue
            key = _key(record)
            alike = [
                (where, post)
                for where, post in self.seen.get(key, ())
                if (post.published_at == record.published_at or post.date_only or record.date_only)
                and (unowned or post.account == record.account)
            ]
            if any(_same_figures(post.metrics, record.metrics) for _, post in alike):
                again += 1
            elif unowned:
                what = "其余的工作表一个平台一张，这一行看不出是哪个平台的"
                yield bad_row(sheet, record.row, what, "请删去这张表，或加上“平台”一栏")
            elif alike:
                where, post = alike[0]
                what = f"“{record.title[:20]}”在工作表“{where.name}”第{post.row}行已有，两处的数不同，用了那一处的"
                yield bad_row(sheet, record.row, what, "请只留一处，或改成一致")
            else:
                fresh.append((key, record))
                yield record
        for key, post in fresh:
            self.seen.setdefault(key, []).append((sheet, post))
        if again:
            what = f"工作表“{sheet.name}”有 {again} 行与别的工作表相同，没有重复计入"
            yield Remark(what=what, sheet=sheet.index)


def _key(post: Post) -> tuple[str, str, str]:
    if post.key:
        return ("", post.key, post.details.get("outlet", ""))
    day = f"{post.published_at:%Y%m%d}" if post.published_at else ""
    return (day, folded(post.title), post.details.get("outlet", ""))


def _same_figures(one: Metrics, other: Metrics) -> bool:
    """Whether nothing that both show differs."""
    pairs = ((getattr(one, name), getattr(other, name)) for name in METRICS)
    return all(first == second or first is None or second is None for first, second in pairs)
