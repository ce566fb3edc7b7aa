"""快手 创作者服务平台 → 作品列表明细 and 作品数据分析明细表.xlsx (docs/platforms.md §5.1).

Shows: plays, likes, comments, favourites, shares; 涨粉量 beside; rates as percent text. The work list
calls its titles 作品. The detail workbook holds one work in several sheets without naming it, so it is read only
for a post that a person names (``--post``). Hides: ids and addresses.
No real file was found. The figures of a work are summed over the sheets of its workbook, as the one known parser does;
whether the sheets are parts of one total is not established. Rates cannot be added and are left out.
Its public pages are read in _kuaishou_page.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters import _kuaishou_page
from adapters.contract import Account, Adapter, File, FileRecord
from adapters.errors import Invalid
from adapters.records import Count, Metrics, Post, added, at_least
from adapters.tables.columns import Column, FoundTable, Layout, bad_row, data_rows, first
from adapters.tables.counts import believable, count
from adapters.tables.reader import read
from adapters.tables.rows import is_total

_RATES = ("封面点击率", "2s跳出率", "5s完播率")
_COUNTS = (
    Column("播放量", "views"),
    Column("点赞量", "likes"),
    Column("评论量", "comments"),
    Column("收藏量", "favourites"),
    Column("分享量", "shares"),
    Column("涨粉量"),
)

WORKS = Layout(
    name="快手作品列表明细",
    columns=(
        Column("作品", "title", needed=True),
        Column("发布时间", "published_at", needed=True),
        replace(_COUNTS[0], needed=True),
        *_COUNTS[1:],
        Column("完播率", unit="percent_text"),
        *(Column(name, unit="percent_text", usual=False) for name in _RATES),
    ),
    untitled=True,
)
# A sheet may have a single count.
DETAIL = Layout(
    name="快手作品数据分析明细表",
    columns=tuple(
        replace(each, usual=False)
        for each in (*_COUNTS, *(Column(name, unit="none") for name in (*_RATES, "完播率")))
    ),
    any_of=frozenset(each.heading for each in _COUNTS),
    # what would make it a list of works, which must never be summed into one
    forbidden=frozenset({"作品", "作品标题", "作品名称", "视频标题", "标题", "发布时间"}),
)


def _detail(file: File) -> tuple[FoundTable, ...]:
    """The sheets of a detail workbook: one of them counts plays, and another known heading says that it is one."""
    sheets = tuple(first(file, [DETAIL]))
    known = {column.heading for found in sheets for _, column in found.columns}
    return sheets if "播放量" in known and len(known) > 1 else ()


def recognises(file: File, account: Account) -> bool:
    return any(first(file, [WORKS])) or bool(_detail(file))


def read_file(file: File, account: Account) -> Iterator[FileRecord]:
    """One Post a work. Raises Invalid where a detail workbook comes without the post it is about."""
    works = tuple(first(file, [WORKS]))
    for found in works:
        yield from read(found)
    if works:
        return
    if not file.post:
        raise Invalid(
            "像是单个作品的明细表，表里没有写明是哪一个作品",
            target=file.name,
            advice=f"请指明作品后导入：collect import {file.name} --account {account.id} --post 作品编号或链接",
        )
    yield from _one_work(file)


def _one_work(file: File) -> Iterator[FileRecord]:
    cells: dict[str, list[Count | None]] = {each.heading: [] for each in _COUNTS}
    for found in _detail(file):
        yield found.headings()
        for number, row in data_rows(found):
            if any(map(is_total, row)):
                continue
            for at, column in found.columns:
                if column.heading in cells:
                    try:
                        cells[column.heading].append(count(row[at] if at < len(row) else None))
                        believable(added(cells[column.heading]).low, "合计")
                    except ValueError as problem:
                        # a sum without this cell would be too low without a word: no post at all
                        bad = ValueError(f"“{column.heading}”一栏{problem}")
                        raise bad_row(found, number, bad) from None
    if not any(cells.values()):
        raise Invalid(
            "明细表里只有表头，没有数据", target=file.name, advice="请等后台生成完毕后重新下载"
        )
    metrics = {each.field: _sum(cells[each.heading]) for each in _COUNTS if each.field}
    gained = _sum(cells["涨粉量"])  # kept beside, where there are no bounds: only a whole sum
    yield Post(
        title="",
        published_at=None,
        key=file.post,
        metrics=Metrics(**metrics),
        beside={"涨粉量": gained.value} if gained and gained.exact else {},
    )


def _sum(cells: Sequence[Count | None]) -> Count | None:
    """The sum of a sheet's cells: a lower bound over a missing or an inexact one; None where no cell holds a number."""
    found = added(cells)
    if not found.known:
        return None
    return Count(found.value) if found.exact else at_least(found.low)


ADAPTER = Adapter(
    name="kuaishou",
    platforms=frozenset({"kuaishou"}),
    file_metrics=frozenset({"views", "likes", "comments", "shares", "favourites"}),
    recognises=recognises,
    read_file=read_file,
    page_metrics=_kuaishou_page.METRICS,
    visit=_kuaishou_page.visit,
    read=_kuaishou_page.read,
    hosts=_kuaishou_page.HOSTS,
    headers=_kuaishou_page.HEADERS,
    example={"key": "3xabcdefghijkmn"},
)
