"""小红书 创作服务平台 → 笔记列表明细表.xlsx (docs/platforms.md §9.1).

Shows: views, likes, comments, favourites, shares, exact; exposure and the click rate of the cover (a
fraction) beside; whole seconds of watching. Hides: ids, addresses and 完播率. Titles may be empty.
A fresh note may show 曝光 0 beside 126 views because its counters lag; the figures are kept as shown. The original file
has a banner above the headings, which says that the export stops at 1000 notes of the current sort order; a file that
Excel saved again has none.
Not read here: 近30日… workbooks and the single-note sheet 基础数据总览, which name no note.
Public pages are read in ``_xiaohongshu_page``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapters import _xiaohongshu_page as public
from adapters.contract import Account, Adapter, File, FileRecord
from adapters.records import Kind
from adapters.tables.columns import Column, Layout, first
from adapters.tables.reader import read

#: What 体裁 holds in four real files.
KINDS: Mapping[str, Kind] = {"图文": "image", "视频": "video"}

NOTES = Layout(
    name="小红书笔记列表明细表",
    columns=(
        Column("笔记标题", "title", needed=True),
        Column("首次发布时间", "published_at", needed=True),
        Column("体裁", "kind"),
        Column("曝光"),
        Column("观看量", "views", needed=True),
        Column("封面点击率", unit="fraction"),
        Column("点赞", "likes"),
        Column("评论", "comments"),
        Column("收藏", "favourites"),
        Column("涨粉"),
        Column("分享", "shares"),
        Column("人均观看时长", unit="seconds"),
        Column("弹幕"),
    ),
    kinds=KINDS.get,
)


def recognises(file: File, account: Account) -> bool:
    return any(first(file, [NOTES]))


def read_file(file: File, account: Account) -> Iterator[FileRecord]:
    """One Post a note; times are Beijing wall time to the second."""
    for found in first(file, [NOTES]):
        yield from read(found)


ADAPTER = Adapter(
    name="xiaohongshu",
    platforms=frozenset({"xiaohongshu"}),
    file_metrics=frozenset({"views", "likes", "comments", "shares", "favourites"}),
    recognises=recognises,
    read_file=read_file,
    row_limit=1000,
    page_metrics=frozenset(public.FIGURES),
    visit=public.visit,
    read=public.read,
    hosts=public.HOSTS,
)
