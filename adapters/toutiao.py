"""头条号 后台 → 作品数据 图文 / 微头条 / 小视频, and 数据趋势, 粉丝趋势 (docs/platforms.md §6.1).

Shows: id, address, views (阅读量 or 播放量), likes, comments, shares and favourites, all exact. 展现量 (exposure) and 转发量
(reposts inside 头条) are kept beside and are never views or shares. ``-1`` and ``-1.00`` mean missing. One row has two
units: 点击率 is a fraction, 平均…完成率 a bare percentage.
图文 and 微头条 have the same headings and nothing inside tells them apart, so their kind is left open
and the account's own ``kind`` decides; only 小视频 is known (播放量).
Hides: synced 抖音 videos, so 数据趋势 is more than the sum of these files; 流量分析 is not known here.
Its public pages are read in _toutiao_page.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from adapters import _toutiao_page
from adapters.contract import Account, Adapter, File, FileRecord, Row
from adapters.records import AccountFigures, Count, Kind, Post
from adapters.tables.columns import Column, Found, Layout, bad_row, data_rows, first
from adapters.tables.counts import DASHES, count
from adapters.tables.dates import end_of_day, published
from adapters.tables.reader import read
from adapters.tables.rows import is_total

MISSING = DASHES | {"-1", "-1.00"}


def _works(name: str, verb: str, kind: Kind | None) -> Layout:
    """图文 and 微头条 say 阅读, 小视频 says 播放; all else is alike."""
    return Layout(
        name=name,
        columns=(
            Column("标题", "title", needed=True),
            Column("发布时间", "published_at", needed=True),
            Column("ID", "key", needed=True),
            Column("链接", "url"),
            Column("展现量"),
            Column("粉丝展现量"),
            Column(f"{verb}量", "views", needed=True),
            Column(f"粉丝{verb}量"),
            Column("点击率", unit="fraction"),
            Column(f"平均{verb}完成率", unit="percent"),
            Column(f"平均{verb}时长", unit="seconds"),
            Column("点赞量", "likes"),
            Column("评论量", "comments"),
            Column("转发量"),
            Column("分享量", "shares"),
            Column("收藏量", "favourites"),
        ),
        missing=MISSING,
        kind=kind,
    )


WORKS = (_works("头条图文或微头条", "阅读", None), _works("头条小视频", "播放", "video"))
DAYS = Layout(
    name="头条数据趋势",
    columns=(
        Column("时间", "day", needed=True),
        Column("展现量", "impressions", needed=True),
        Column("粉丝展现量", "fan_impressions"),
        Column("阅读（播放）量", "views", needed=True),
        Column("粉丝阅读（播放）量", "fan_views"),
        Column("点赞量", "likes"),
        Column("评论量", "comments"),
    ),
    missing=MISSING,
)
# 粉丝变化数 is 新增 less 流失: not read, because there -1 may be a day that lost one or a day not counted.
FOLLOWERS = Layout(
    name="头条粉丝趋势",
    columns=(
        Column("时间", "day", needed=True),
        Column("总粉丝数", "followers", needed=True),
        Column("粉丝变化数", unit="none"),
        Column("新增粉丝数", "followers_gained"),
        Column("流失粉丝数", "followers_lost"),
        Column("活跃粉丝数", "active_followers"),
        Column("总铁粉数", "loyal_followers"),
    ),
    missing=MISSING,
)
#: Figures that stand at the end of a day; all others are what the day brought.
STANDING = frozenset({"followers", "loyal_followers"})


def recognises(file: File, account: Account) -> bool:
    return any(first(file, [*WORKS, DAYS, FOLLOWERS]))


def read_file(file: File, account: Account) -> Iterator[FileRecord]:
    """Posts of a list of works; AccountFigures, flows and standing, of a daily table."""
    for found in first(file, [*WORKS, DAYS, FOLLOWERS]):
        if found.layout in WORKS:
            yield from read(found, _believed)
        else:
            yield found.headings()
            for number, row in data_rows(found):
                try:
                    yield from _day(found, row, number)
                except ValueError as problem:
                    yield bad_row(found, number, problem)


def _believed(post: Post) -> Post:
    """A post whose id is whole. Parsers of real files find the same id in 链接 (``…/i7380…``): where the
    two differ only in their last digits, Excel has rounded the id."""
    key = post.key
    for whole in re.findall(r"\d{16,}", post.url):
        if whole != key and len(whole) == len(key) and whole[:14] == key[:14]:
            raise ValueError(f"编号“{key}”与链接中的“{whole}”末几位不同，可能被 Excel 取整")
    return post


def _day(found: Found, row: Row, number: int) -> Iterator[AccountFigures]:
    cells = [(column, row[at] if at < len(row) else None) for at, column in found.columns]
    time_cell = next(cell for column, cell in cells if column.field == "day")
    if is_total(time_cell):
        return
    moment, _ = published(time_cell)
    figures: dict[str, Count] = {}
    for column, cell in cells:
        if column.field not in ("", "day"):
            try:
                value = count(cell, missing=MISSING)
            except ValueError as problem:
                raise ValueError(f"“{column.heading}”一栏{problem}") from None
            if value is not None:
                figures[column.field] = value
    end, sheet = end_of_day(moment.date()), found.sheet.index
    flows = {name: value for name, value in figures.items() if name not in STANDING}
    standing = {name: value for name, value in figures.items() if name in STANDING}
    if flows:
        yield AccountFigures(
            figures=flows, day=moment.date(), observed_at=end, sheet=sheet, row=number
        )
    if standing:
        yield AccountFigures(figures=standing, observed_at=end, sheet=sheet, row=number)


ADAPTER = Adapter(
    name="toutiao",
    platforms=frozenset({"toutiao"}),
    file_metrics=frozenset({"views", "likes", "comments", "shares", "favourites"}),
    recognises=recognises,
    read_file=read_file,
    page_metrics=frozenset(_toutiao_page.FIGURES),
    start=_toutiao_page.start,
    visit=_toutiao_page.visit,
    read=_toutiao_page.read,
    hosts=_toutiao_page.HOSTS,
    headers=_toutiao_page.HEADERS,
)
