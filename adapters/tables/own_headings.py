"""The headings of a centre's own tables, of works or of followers. They are matched whole, by the row "own table" of
docs/definitions.md §16; what config names under ``columns`` takes precedence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from adapters import metrics, platforms
from adapters.contract import Account, Row, Sheet
from adapters.records import METRICS, Kind
from adapters.tables.cells import plain
from adapters.tables.columns import Column, Layout
from adapters.tables.heads import unclear
from adapters.tables.owners import named
from adapters.tables.units import folded

#: Field → headings that mean it; those of the metrics stand in their own table.
SYNONYMS = {key: " ".join((*each.columns, *each.terse)) for key, each in metrics.BY_KEY.items()} | {
    "title": "标题 稿件标题 文章标题 新闻标题 作品标题 内容标题 视频标题 稿件名称 作品名称 文章名称 新闻名称 视频名称 题目",
    "published_at": "发布时间 发布日期 发表时间 发表日期 首发时间 刊发时间 刊发日期"
    " 发稿时间 发稿日期 推送时间 推送日期 日期 时间",
    "url": "链接 网址 地址 URL url 稿件链接 文章链接 作品链接 内容链接 视频链接 原文链接 链接地址",
    "author": "作者 记者",
    "column": "栏目 专栏 所属栏目 栏目名称",
    "original": "是否原创 原创 原创/转载",
    "kind": "体裁 类型 稿件类型 作品类型 内容类型",
    "key": "稿件ID 文章ID 作品ID 内容ID 新闻ID 视频ID",
}
#: Headings that date a figure of the account itself; 发布时间 dates works.
_DAYS = "日期 时间 统计日期 统计时间 截至日期 截止日期 截至时间 数据日期"
_ACCOUNTS = "账号 帐号 账号名称 帐号名称 公众号 公众号名称 博主 博主昵称 昵称 账号昵称 帐号昵称 作者昵称 发布账号 发布帐号 发布号"
_PLATFORMS = "平台 平台名称 发布平台 媒体平台 渠道 发布渠道 传播平台 传播渠道 平台账号"

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("文章", "图文", "图文消息", "文字", "稿件", "article"), "article"),
    **dict.fromkeys(("视频", "短视频", "小视频", "横视频", "video"), "video"),
    **dict.fromkeys(("图片", "图集", "组图", "海报", "image"), "image"),
    **dict.fromkeys(("直播", "live"), "live"),
    "item": "item",
    "placement": "placement",
}


def works(account: Account) -> Layout:
    """What config names wins; for the other fields the usual headings count."""
    columns = []
    named_in_config = list(account.columns.values())
    for name in SYNONYMS:
        own = [heading for heading, each in account.columns.items() if each == name]
        headings = own or SYNONYMS[name].split()
        needed = name in ("title", "published_at")
        columns.append(
            Column(
                headings[0],
                name,
                also=tuple(headings[1:]),
                needed=needed,
                usual=name in named_in_config,
            )
        )
    taken = {plain(heading) for heading in account.columns}
    columns = [_without(each, taken, account) for each in columns]
    owned = (
        ("account", _ACCOUNTS),
        ("detail:platform", _PLATFORMS),
        ("unit", "单位 计量单位 数据单位"),
    )
    for name, row in owned:
        headings = [each for each in row.split() if each not in taken]
        columns.append(Column(headings[0], name, also=tuple(headings[1:]), usual=False))
    return Layout(
        name="自制表",
        columns=tuple(columns),
        kinds=_kinds(account.platform),
        untitled=True,
        undated=partial(_section, account=account),
    )


def _without(column: Column, taken: set[str], account: Account) -> Column:
    """A column without the headings that config gives to another field."""
    if column.field in account.columns.values():
        return column
    left = [each for each in (column.heading, *column.also) if plain(each) not in taken]
    return replace(column, heading=left[0] if left else column.heading, also=tuple(left[1:]))


#: How a section of a table is numbered: 一、抖音, (二)快手.
_NUMBER = re.compile(r"^[(\[]?[一二三四五六七八九十\d]+[)\].、:]*")


def _section(sheet: Sheet, row: Row, number: int, account: Account) -> None:
    """Raises Invalid where a row stands alone and names another platform: the works below it are that one's."""
    filled = [cell for cell in row if cell not in (None, "")]
    if len(filled) == 1 and isinstance(filled[0], str):
        name = _NUMBER.sub("", folded(filled[0])).strip("【】[]()#*-—:").removesuffix("作品")
        meant = named(account, name, "") or account.id
        if platforms.BY_WORD.get(name, account.platform) != account.platform or meant != account.id:
            what = (
                f"这一行写着“{filled[0].strip()[:20]}”，下面的不是这个账号的，请每个平台单独一张表"
            )
            raise unclear(sheet, number, what)


def followers(account: Account) -> Layout:
    """One row a day with 粉丝数, and nothing that a work has."""
    of = {each.field: each for each in works(account).columns}
    days = of["published_at"] if "published_at" in account.columns.values() else None
    first_day, *other_days = _DAYS.split()
    columns = (
        days or Column(first_day, "published_at", also=tuple(other_days), needed=True),
        replace(of["followers"], needed=True),
        of["account"],
        of["detail:platform"],
    )
    forbidden = frozenset(
        plain(heading)
        for name, each in of.items()
        if name in (*METRICS, "title", "url", "key", "original", "author")
        for heading in (each.heading, *each.also)
    )
    return Layout(name="自制粉丝表", columns=columns, forbidden=forbidden)


def _kinds(platform: str) -> Callable[[str], Kind | None]:
    if platforms.BY_KEY[platform].pictures:
        return lambda text: "image" if text == "图文" else _KINDS.get(text)
    return _KINDS.get
