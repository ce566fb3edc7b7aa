"""A centre's own tables, of works or of followers: their headings, matched whole by the row "own table" of
docs/definitions.md §16 (what config names under ``columns`` takes precedence), and whose a row is where a table names
accounts or platforms: the account of config that is meant, never one that only happens to own the folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

from adapters import metrics
from adapters.contract import Account, Row, Sheet
from adapters.platforms import BY_KEY, BY_WORD
from adapters.records import METRICS, Kind
from adapters.tables.cells import as_text, plain
from adapters.tables.columns import Column, FoundTable, Layout, data_rows
from adapters.tables.heads import unclear
from adapters.tables.rows import is_total
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
_BESIDE_FIGURES = {
    "account": "账号 帐号 账号名称 帐号名称 公众号 公众号名称 博主 博主昵称 昵称 账号昵称 帐号昵称 作者昵称"
    " 发布账号 发布帐号 发布号",
    "detail:platform": "平台 平台名称 发布平台 媒体平台 渠道 发布渠道 传播平台 传播渠道 平台账号",
    "unit": "单位 计量单位 数据单位",
}

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("文章", "图文", "图文消息", "文字", "稿件", "article"), "article"),
    **dict.fromkeys(("视频", "短视频", "小视频", "横视频", "video"), "video"),
    **dict.fromkeys(("图片", "图集", "组图", "海报", "image"), "image"),
    **dict.fromkeys(("直播", "live"), "live"),
    "item": "item",
    "placement": "placement",
}


def works(account: Account) -> Layout:
    """What config names wins; for the other fields the usual headings count, without those that config gives to another
    field."""
    columns = []
    taken = {plain(heading) for heading in account.columns}
    for name, usual in (SYNONYMS | _BESIDE_FIGURES).items():
        own = [heading for heading, each in account.columns.items() if each == name]
        left = [each for each in usual.split() if plain(each) not in taken]
        first, *others = own or left or usual.split()[:1]
        needed = name in ("title", "published_at")
        columns.append(Column(first, name, also=tuple(others), needed=needed, usual=bool(own)))
    return Layout(
        name="自制表",
        columns=tuple(columns),
        kinds=_kinds(account.platform),
        untitled=True,
        undated=partial(_section, account=account),
    )


#: How a section of a table is numbered: 一、抖音, (二)快手.
_NUMBER = re.compile(r"^[(\[]?[一二三四五六七八九十\d]+[)\].、:]*")


def _section(sheet: Sheet, row: Row, number: int, account: Account) -> None:
    """Raises Invalid where a row stands alone and names another platform: the works below it are that one's."""
    filled = [cell for cell in row if cell not in (None, "")]
    if len(filled) == 1 and isinstance(filled[0], str):
        name = _NUMBER.sub("", folded(filled[0])).strip("【】[]()#*-—:").removesuffix("作品")
        meant = named(account, name, "") or account.id
        if BY_WORD.get(name, account.platform) != account.platform or meant != account.id:
            said = f"这一行写着“{filled[0].strip()[:20]}”"
            raise unclear(sheet, number, f"{said}，下面的不是这个账号的，请每个平台单独一张表")


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
    if BY_KEY[platform].pictures:
        return lambda text: "image" if text == "图文" else _KINDS.get(text)
    return _KINDS.get


@dataclass(frozen=True)
class Owners:
    """``several``: the table names more than one. ``default``: the account of a row that names none."""

    account: Account
    several: bool
    default: str

    def of(self, name: str, platform: str) -> str:
        """The id of the account of a row; empty for the folder's own. Raises ValueError where config has no such
        account."""
        if not name and not platform:
            if self.several:
                raise ValueError("没有写是哪个账号或平台，不知道算谁的")
            return self.default
        if not self.several:
            return self.default
        found = named(self.account, name, platform)
        if found is None:
            said = "、".join(filter(None, (platform, name)))
            raise ValueError(f"“{said}”不是 config.toml 里的账号，不知道算谁的")
        return "" if found == self.account.id else found

    @cached_property
    def platforms(self) -> dict[str, str]:
        """The id of each account → its platform; empty: the folder's own."""
        return {each[0]: each[1] for each in self.account.others} | {"": self.account.platform}


def owners(found: FoundTable, account: Account, default: str = "") -> Owners:
    """Who the rows of a table belong to. One name throughout is the folder's own account, whatever it is called there,
    unless it is that of another account or platform."""
    at = {column.field: index for index, column in found.columns}
    places = (at.get("account"), at.get("detail:platform"))
    if places == (None, None):
        return Owners(account, several=False, default=default)
    said: set[tuple[str, str]] = set()
    for _, row in data_rows(found):
        name, platform = ("" if each is None else as_text(row[each]) for each in places)
        if (name or platform) and not any(map(is_total, row)):
            said.add((name, platform))
    if len(said) != 1:
        return Owners(account, several=bool(said), default=default)
    name, platform = said.pop()
    meant = named(account, name, platform)
    foreign = BY_WORD.get(folded(platform or name), account.platform) != account.platform
    if meant is None and not foreign:
        return Owners(account, several=False, default=default)
    return Owners(account, several=True, default=default)


def named(account: Account, name: str, platform: str) -> str | None:
    """The id of the one account of config that a name and a platform mean; None where none or several are meant."""
    kind = BY_WORD.get(folded(platform), platform if platform in BY_KEY else "")
    if platform and not kind:  # a column 平台 that holds names
        name, platform = name or platform, ""
    if name and not kind and folded(name) in BY_WORD and not _called(account, name):
        name, kind = "", BY_WORD[folded(name)]
    own = (account.id, account.platform, account.name)
    known = dict.fromkeys((own, *account.others))
    fits = [
        each
        for each in known
        if (not kind or each[1] == kind)
        and (not name or folded(name) in map(folded, (each[0], each[2])))
    ]
    if own in fits and (len(fits) == 1 or not name):
        return account.id
    return fits[0][0] if len(fits) == 1 else None


def _called(account: Account, name: str) -> bool:
    every = ((account.id, account.platform, account.name), *account.others)
    return any(folded(name) in map(folded, (each[0], each[2])) for each in every)
