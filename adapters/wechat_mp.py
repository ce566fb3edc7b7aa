"""微信公众平台: downloads of mp.weixin.qq.com (docs/platforms.md §2.1, §2.2) and pages saved from the client or fetched
(``_wechat_page``). Times of exports are dates without a time. An article is identified by ``<mid>_<idx>`` of its address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapters import _wechat_page as page
from adapters._wechat_page import HOST, identified
from adapters.contract import Account, Adapter, File, FileRecord, Sheet
from adapters.records import METRICS, NO_METRICS, Beside, Post
from adapters.tables.cells import plain
from adapters.tables.columns import Column, FoundTable, Layout, filled, find, kept
from adapters.tables.days import EVERY_CHANNEL, read_days
from adapters.tables.heads import HEAD_ROWS
from adapters.tables.reader import read as read_works

#: §1a variant A: 16 columns (已通知内容), 14 without the 送达 columns (未开启通知内容).
NOTIFIED = Layout(
    name="公众号已通知内容（16栏）",
    columns=(
        *filled(title="内容标题", published_at="发表时间", views="总阅读次数", needed=True),
        *filled(readers="总阅读人数", sharers="总分享人数", shares="总分享次数", url="内容url"),
        *kept(
            "阅读后关注人数 公众号消息阅读次数 首次分享次数 分享产生阅读次数 每次分享带来阅读次数"
        ),
        *kept("首次分享率 阅读完成率", "fraction"),
        *kept("送达人数", usual=False),
        *kept("送达阅读率", "fraction", usual=False),
    ),
    date_only=True,
)
#: §1a variant B of 2026: people only, with and without 送达. 传播渠道 would be the third table of §1b.
PUBLISHED = Layout(
    name="公众号已发表内容（9栏）",
    columns=(
        *filled(title="内容标题", published_at="发表日期", readers="阅读人数", needed=True),
        *filled(sharers="分享人数", url="内容url"),
        *kept("阅读后关注人数"),
        *kept("阅读完成率", "fraction"),
        *kept("送达人数", usual=False),
        *kept("送达完成率", "fraction", usual=False),
    ),
    date_only=True,
    forbidden=frozenset({"传播渠道", "渠道"}),
)
#: §1c. 累积关注人数 stands for the end of its day, the others are that day's flow.
USERS = Layout(
    name="公众号用户增长",
    columns=(
        *filled(day="时间", followers="累积关注人数/累计关注人数", needed=True),
        *filled(followers_gained="新关注人数", followers_lost="取消关注人数"),
        *filled(followers_net="净增关注人数"),
    ),
)
#: §1b, first table: channels overlap, so that only 全部 is the account's day.
CHANNELS = Layout(
    name="公众号数据趋势·渠道",
    columns=filled(day="日期", channel="渠道", readers="阅读人数", needed=True),
)
#: §1b, second table: the account's other figures of a day, people and not times.
DAYS = Layout(
    name="公众号数据趋势·每日",
    columns=(
        *filled(day="日期", sharers="分享人数", needed=True),
        *filled(source_readers="跳转阅读原文人数", favourites_users="微信收藏人数"),
        *filled(posts="发表篇数"),
    ),
    forbidden=frozenset({"渠道"}),
)
#: §1b, third table: top articles only, each once a channel, over a window that the file does not state.
TOP = Layout(
    name="公众号数据趋势·热门内容",
    columns=(
        *filled(column="传播渠道", published_at="发表日期", title="内容标题", needed=True),
        Column("阅读人数", needed=True),
        *kept("阅读人数占比", "fraction"),
    ),
    date_only=True,
)
#: Where a table begins that stands beside others in one sheet.
_BLOCK_STARTS = frozenset({"日期", "传播渠道"})


def recognises(file: File, account: Account) -> bool:
    return page.is_page(file) or any(True for sheet in file.sheets for _ in _tables(sheet))


def read_file(file: File, account: Account) -> Iterator[FileRecord]:
    """Posts and the account's figures. A saved page without an article raises what it says instead:
    Gone, Blocked, Unclear or LayoutChanged."""
    if page.is_page(file):
        yield page.read_saved(file)
        return
    for sheet in file.sheets:
        for found in _tables(sheet):
            if found.layout in (USERS, CHANNELS, DAYS):
                yield from read_days(found)
            else:
                yield from read_works(found, _top_article if found.layout is TOP else identified)


def _tables(sheet: Sheet) -> Iterator[FoundTable]:
    """Every known table of a sheet, the ones that stand side by side too."""
    parts = list(_side_by_side(sheet))
    layouts = (CHANNELS, DAYS, TOP) if parts else (NOTIFIED, PUBLISHED, USERS)
    for part in parts or [sheet]:
        found = next(filter(None, (find(part, layout) for layout in layouts)), None)
        if found is not None:
            yield found


def _side_by_side(sheet: Sheet) -> Iterator[Sheet]:
    """Tables that stand side by side, each as a sheet of its own: their headings repeat (日期, 阅读人数),
    and their lengths differ. A table begins at 日期 or 传播渠道 and ends at a blank heading."""
    for row in sheet.head[:HEAD_ROWS]:
        headings = [plain(cell) for cell in row]
        starts = [at for at, text in enumerate(headings) if text in _BLOCK_STARTS]
        if not starts:
            continue
        for start, next_start in zip(starts, [*starts[1:], len(headings)], strict=True):
            blanks = (at for at in range(start, next_start) if not headings[at])
            yield _part(sheet, start, next(blanks, next_start))
        return


def _part(sheet: Sheet, start: int, end: int) -> Sheet:
    head = tuple(tuple(row[start:end]) for row in sheet.head)
    return Sheet(sheet.name, sheet.index, head, lambda: (tuple(r[start:end]) for r in sheet.rows()))


def _top_article(post: Post) -> Post | None:
    """A row of 热门内容. Its 阅读人数 counts a window that the file does not state, so it is no figure of
    the article up to now and would displace one: it is kept beside, and the post has no metrics. Rows of
    single channels say the same article again and are left out."""
    if post.column != EVERY_CHANNEL:
        return None
    beside: dict[str, Beside] = {
        f"时段{name}（{EVERY_CHANNEL}）": v for name, v in post.beside.items()
    }
    return replace(post, column="", metrics=NO_METRICS, beside=beside)


ADAPTER = Adapter(
    name="wechat_mp",
    platforms=frozenset({"wechat_mp"}),
    file_metrics=frozenset(METRICS),
    recognises=recognises,
    read_file=read_file,
    distinct=True,
    visit=page.visit,
    read=page.read,
    hosts=(HOST,),
    example={"url": "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"},
)
