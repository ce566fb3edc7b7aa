"""A centre's own ledgers: one kind per sheet, several sheets per workbook, recognised by their headings.

外宣 (placements in other media), live streams, own broadcast, followers. A row without 账号 belongs to the account of the
folder. Levels and media are the words of docs/definitions.md §14. A placement is identified by date, title and outlet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from adapters.contract import Account, Adapter, File, FileRecord, Sheet
from adapters.errors import Invalid
from adapters.records import Headings, Post
from adapters.tables.cells import count_under
from adapters.tables.columns import (
    Column,
    FoundTable,
    Layout,
    any_understood,
    check_second_row,
    filled,
    find,
)
from adapters.tables.days import followers_of
from adapters.tables.own_tables import SYNONYMS
from adapters.tables.reader import Finish, read
from adapters.tables.repeats import read_sheets

_ACCOUNT = filled(account="账号/帐号/账号名称", usual=False)
_TITLES, _LINKS, _DAYS = (
    "/".join(SYNONYMS[name].split()) for name in ("title", "url", "published_at")
)


def _words(**rows: str) -> dict[str, str]:
    return {word: meaning for meaning, row in rows.items() for word in (meaning, *row.split())}


LEVELS = _words(
    中央="央媒 中央级 中央媒体 国家级 国家级媒体",
    省="省级 省媒 省级媒体",
    市="市级 市媒 市级媒体 地市级",
    县="县级 县媒 县级媒体 区县级 县区级",
)
MEDIA = _words(
    报="报纸 报刊 纸媒",
    台="电视 电视台 广播 电台 广播电台 广播电视",
    网="网站 网络 网络媒体",
    端="客户端 新媒体 移动端 APP App app",
)
FRONT_PAGE = frozenset({"是", "√", "✓", "✔", "1", "True", "头版", "头版头条"})

_OUTLETS = "媒体名称 刊发媒体 刊播媒体 发布媒体 采用媒体 用稿媒体 刊登媒体 播出媒体 上稿媒体 发稿媒体 报道媒体 用稿单位"

PLACEMENTS = Layout(
    name="外宣台账",
    columns=(
        *filled(published_at=f"日期/刊播日期/播发日期/见报日期/采用日期/{_DAYS}", needed=True),
        *filled(title=f"标题/{_TITLES}", needed=True),
        Column("媒体", "detail:outlet", needed=True, also=tuple(_OUTLETS.split())),
        Column("级别", "detail:level", also=("媒体级别", "层级", "媒体层级")),
        Column("介质", "detail:medium", also=("媒体介质", "媒体形式")),
        Column("媒体类别", "detail:category", also=("媒体类型", "类别"), usual=False),
        Column("头版", "detail:front_page", also=("是否头版",)),
        *filled(author="作者/记者", url=f"链接/{_LINKS}"),
        *_ACCOUNT,
    ),
    kind="placement",
)
_LIVE = (
    *filled(published_at=f"日期/直播日期/直播时间/{_DAYS}", needed=True),
    *filled(title=f"标题/直播标题/直播主题/{_TITLES}", needed=True),
    *filled(url=f"链接/{_LINKS}", usual=False),
    *_ACCOUNT,
)
# 人次 are times, 人数 are people (docs/definitions.md §4): each has its own metric.
_TIMES = filled(views="观看人次/观看次数/观看量", needed=True)
LIVE = Layout(
    name="直播台账",
    columns=(*_LIVE, *_TIMES, *filled(readers="观看人数", usual=False)),
    kind="live",
)
LIVE_PEOPLE = Layout(
    name="直播台账（人数）", columns=(*_LIVE, *filled(readers="观看人数", needed=True)), kind="live"
)
BROADCAST = Layout(
    name="播出台账",
    columns=(
        *filled(published_at="日期/播出日期", column="栏目/栏目名称", needed=True),
        Column("期", "detail:issue", also=("期数", "期号")),
        Column("条数", "detail:items", needed=True),
        *_ACCOUNT,
    ),
    kind="item",
)
FOLLOWERS = Layout(
    name="粉丝台账",
    columns=(
        *filled(published_at="日期/统计日期", followers="粉丝数/粉丝量/粉丝总数", needed=True),
        *_ACCOUNT,
    ),
)


def recognises(file: File, account: Account) -> bool:
    return any_understood(file, lambda sheet: _found(sheet, account))


def _found(sheet: Sheet, account: Account) -> tuple[FoundTable, Finish] | None:
    for layout, finish in LEDGERS:
        if found := find(sheet, _configured(layout, account)):
            check_second_row(found)
            return found, finish
    return None


def _configured(layout: Layout, account: Account) -> Layout:
    """A layout with the headings that config names, which are then no others'."""
    if not account.columns:
        return layout
    columns = []
    for each in layout.columns:
        name = each.field.removeprefix("detail:")
        own = tuple(heading for heading, field in account.columns.items() if field == name)
        also = tuple(heading for heading in each.also if heading not in account.columns)
        columns.append(replace(each, also=(*also, *own)))
    return replace(layout, columns=tuple(columns))


def read_file(file: File, account: Account) -> Iterator[FileRecord]:
    return read_sheets(file.sheets, partial(_records, file=file, account=account))


def _records(sheet: Sheet, file: File, account: Account) -> Iterable[FileRecord]:
    found = _found(sheet, account)
    if found is not None:
        return _introduced(file, found[0], read(*found))
    if all(cell in (None, "") for row in sheet.head for cell in row):
        return ()
    raise Invalid(
        f"工作表“{sheet.name}”的栏目名不是任何一种台账",
        target=f"工作表“{sheet.name}”",
        advice="外宣要有 日期、标题、媒体，直播要有 日期、标题、观看人次，播出要有 日期、栏目、条数，粉丝要有 日期、粉丝数",
        sheet=sheet.index,
    )


def _introduced(
    file: File, found: FoundTable, records: Iterator[FileRecord]
) -> Iterator[FileRecord]:
    """The records of a sheet, its headings with what the ledger says of itself: the sheet's lines above them and its
    name, then the file's."""
    above = [cell for row in found.sheet.head[: found.head.row] for cell in row]
    texts = (*(each for each in above if isinstance(each, str)), found.sheet.name)
    says = (*(each for each in texts if each.strip()), file.name.rpartition(".")[0])
    for each in records:
        if isinstance(each, Headings):
            yield replace(each, kind=found.layout.kind, says=says)
        else:
            yield each


def _placement(post: Post) -> Post:
    details = dict(_titled(post).details)
    if not details.get("outlet"):
        raise ValueError("没有写媒体")
    if text := details.pop("category", ""):
        name = "level" if text in LEVELS else "medium"
        if not details.get(name):
            details[name] = _word(text, "媒体类别", {**LEVELS, **MEDIA})
    for name, heading, words in (("level", "级别", LEVELS), ("medium", "介质", MEDIA)):
        if text := details.pop(name, ""):
            details[name] = _word(text, heading, words)
    if details.pop("front_page", "") in FRONT_PAGE:
        details["front_page"] = "是"
    return replace(post, details=details)


def _word(text: str, heading: str, words: Mapping[str, str]) -> str:
    if text not in words:
        known = "、".join(dict.fromkeys(words.values()))
        raise ValueError(f"“{heading}”一栏不认识“{text}”，可以写{known}")
    return words[text]


def _titled(post: Post) -> Post:
    if not post.title:
        raise ValueError("没有标题")
    return post


def _broadcast(post: Post) -> Post:
    """One issue of a programme; its title is the programme and the issue."""
    if not post.column:
        raise ValueError("没有写栏目")
    details = dict(post.details)
    items = count_under("条数", details.pop("items", ""))
    if items is not None:
        if not items.exact:
            raise ValueError("“条数”一栏应是准确的条数")
        details["items"] = str(items.value)
    issue = details.get("issue", "")
    spoken = f"第{issue}期" if issue.isdecimal() else issue
    return replace(post, title=f"{post.column}{spoken}", details=details)


LEDGERS: tuple[tuple[Layout, Finish], ...] = (
    (PLACEMENTS, _placement),
    (LIVE, _titled),
    (LIVE_PEOPLE, _titled),
    (BROADCAST, _broadcast),
    (FOLLOWERS, followers_of),
)

ADAPTER = Adapter(
    name="ledger",
    platforms=frozenset({"ledger"}),
    file_metrics=frozenset({"views", "readers"}),
    recognises=recognises,
    read_file=read_file,
)
