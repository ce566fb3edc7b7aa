"""Any table that a centre keeps itself (xlsx, xls, csv), read by the columns that config names, else by the usual headings.

Headings are matched whole (docs/platforms.md §1.2, rule 3). Not guessed: 来源 (an outlet? a channel?), 编辑 (not the
author), ID and 编号 (often a row number), 类型 that holds a subject. Two headings for one field are an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter

from adapters import platforms
from adapters.contract import Account, Adapter, Cell, File, FileRecord, Sheet
from adapters.records import METRICS, NO_METRICS, Metrics, Post, Remark
from adapters.tables.cells import as_text
from adapters.tables.columns import FoundTable, any_understood, check_second_row, data_rows, find
from adapters.tables.counts import shown
from adapters.tables.days import followers_of
from adapters.tables.heads import bad_row, heads, platforms_above, unclear, units
from adapters.tables.own_tables import Owners, followers, named, owners, works
from adapters.tables.reader import Finish, read
from adapters.tables.repeats import read_sheets
from adapters.tables.rows import is_remark, is_signature, is_total
from adapters.tables.units import before_bracket, folded

_HAS_DIGIT = re.compile(r"\d")
#: What stands beside the platform in a sheet's name: 9月抖音, 抖音明细.
_PERIOD = re.compile(
    r"\d{4}年?|\d{1,2}月份?|第?[一二三四1234]季度|[上下]半年|数据|作品|明细|统计|清单|表|[()-]"
)
#: A sheet whose name is that of a platform of which config has no account, or several.
_UNKNOWN_OWNER = "?"

#: Headings beside a figure that are none themselves.
_NO_FIGURE = re.compile(
    r"率|占比|比例|时长|增量|增幅|增长|指数|得分|平均|人均|排名|备注|说明|时间|日期|链接|截图|目标"
)
_figures = attrgetter(*METRICS)
#: A sum of less comes about by chance.
_WORTH = 1_000
#: Columns of a table of followers that may hold words.
_WORDED = frozenset(
    {"备注", "说明", "星期", "平台", "账号", "名称", "数据来源", "统计人", "填表人"}
)


def recognises(file: File, account: Account) -> bool:
    return any_understood(file, lambda sheet: _understood(sheet, account))


def read_file(file: File, account: Account) -> Iterator[FileRecord]:
    """The rows of every sheet: works, or the account's followers. A sheet whose shape is not understood is refused by
    an Invalid that names the row and why; the works of a sheet that repeats others are read once."""
    several = len(file.sheets) > 1
    owned = {each.index: _sheet_owner(each, account) if several else "" for each in file.sheets}
    by_platform = any(owner not in (None, "") for owner in owned.values())
    nameless: set[int] = set()  # sheets in which nothing says whose the rows are

    def records(sheet: Sheet) -> Iterator[FileRecord]:
        found, owner = _understood(sheet, account), owned[sheet.index]
        if found is None:
            return _not_understood(sheet)
        if owner == _UNKNOWN_OWNER:
            what = f"工作表“{sheet.name}”不是这个账号的，config.toml 里没有（或不止一个）这样的账号"
            raise unclear(sheet, found.head.row, what)
        fields = {column.field for _, column in found.columns}
        if by_platform and owner is None and not fields & {"account", "detail:platform"}:
            nameless.add(sheet.index)
        return read(found, _finisher(found, account, owner or ""))

    return read_sheets(file.sheets, records, lambda sheet: sheet.index in nameless)


def _sheet_owner(sheet: Sheet, account: Account) -> str | None:
    """Whose the works of a sheet are by its name (a sheet for each platform): an id, empty for the folder's own
    account; None where the name says nothing. Raises Invalid where it names what config does not have."""
    name = _PERIOD.sub("", folded(sheet.name))
    meant = named(account, name, "") if name else None
    if meant is None:
        foreign = platforms.BY_WORD.get(name, account.platform) != account.platform
        return _UNKNOWN_OWNER if foreign else None
    return "" if meant == account.id else meant


def _understood(sheet: Sheet, account: Account) -> FoundTable | None:
    """The headings of a sheet; None where it is no table of works or followers. Raises Invalid where it is one that
    cannot be believed."""
    found = find(sheet, works(account))
    if found is not None:
        _check_works(found, account)
        return found
    found = find(sheet, followers(account))
    if found is not None:
        _check_followers(found)
        return found
    _nearly(sheet, account)
    return None


def _check_works(found: FoundTable, account: Account) -> None:
    """Raises Invalid where the headings of a table of works can be read in more than one way."""
    sheet, head = found.sheet, found.head
    facts = {at for at, column in found.columns if column.field in ("title", "published_at")}
    above = platforms_above(sheet, head, [at for at in range(len(head.cells)) if at not in facts])
    if above - {account.platform}:
        shown = "、".join(name for each, name in platforms.NAMES.items() if each in above)
        raise unclear(sheet, head.row, f"表头有两行，一行里分了{shown}的数据，请每个平台单独一张表")
    if found.clash is not None:
        one, other = (f"第{at + 1}列“{head.cells[at]}”" for at in found.clash)
        what = f"{one}和{other}是同一种数据，不知道该用哪一栏"
        advice = "请在 config.toml 这个账号的 columns 中写明用哪一栏，或删去表中多余的一栏"
        raise bad_row(sheet, head.row + 1, what, advice)
    placed = {column.field for _, column in found.columns}
    names = found.layout.by_name()
    for heading in found.unknown:
        text = folded(heading)
        if _NO_FIGURE.search(text):
            continue
        meant = {each.field for name, each in names.items() if len(name) > 1 and name in text}
        base = names.get(before_bracket(text))
        foreign = any(text.startswith(word) for word in platforms.BY_WORD)
        belongs = (base and base.field in METRICS) or foreign or not placed & {*METRICS}
        if belongs and meant & ({*METRICS} - placed):
            raise unclear(sheet, head.row, f"看不懂表头“{heading.strip()}”，它像是作品的数据")
    check_second_row(found)


def _check_followers(found: FoundTable) -> None:
    """Raises Invalid where rows of a table with 粉丝数 are not one a day, or tell of works."""
    at = {column.field: index for index, column in found.columns}
    names = [index for field, index in at.items() if field in ("account", "detail:platform")]
    known = {index for index, _ in found.columns}
    days: set[tuple[str, ...]] = set()
    for number, row in data_rows(found):
        cells = [as_text(row[index]) for index in (at["published_at"], *names)]
        if cells[0] and tuple(cells) in days and not any(map(is_total, row)):
            what = f"“{cells[0]}”有两行，不像一天一行的粉丝数，又没有标题一栏"
            raise unclear(found.sheet, number - 1, what)
        days.add(tuple(cells))
        for index, cell in enumerate(row[: len(found.head.cells)]):
            heading = found.head.names[index]
            if index not in known and heading not in _WORDED and _is_prose(cell):
                what = f"“{heading}”一栏像是作品，可是表头里没有认得的标题栏"
                raise unclear(found.sheet, found.head.row, what)


def _is_prose(cell: Cell) -> bool:
    if not isinstance(cell, str) or is_total(cell) or is_remark(cell) or is_signature(cell):
        return False
    return len(folded(cell)) > 3 and not _HAS_DIGIT.match(folded(cell))


def _nearly(sheet: Sheet, account: Account) -> None:
    """Raises Invalid where a sheet looks like a table of works and lacks what names or dates them."""
    names = works(account).by_name()
    for head in heads(sheet, names):
        fields = {names[name].field for name in head.names if name in names}
        figures = fields & {*METRICS, "followers"}
        if figures:
            units(sheet, head, names)  # says which unit is not known
        if figures and fields & {"title", "published_at"}:
            lacking = "发布时间" if "title" in fields else "标题"
            shown = "、".join(filter(None, head.cells))[:60]
            raise unclear(sheet, head.row, f"表头里没有认得的“{lacking}”一栏（有：{shown}）")


def _finisher(found: FoundTable, account: Account, owner: str) -> Finish:
    """Rows of works are posts; a day with 粉丝数 and no work is a figure of the account it names, or the folder's own."""
    who = owners(found, account, owner)
    if found.layout.name != "自制表":
        return partial(_of_account, who=who)
    return partial(_work, who=who, sums=_Sums())


def _work(post: Post, who: Owners, sums: _Sums) -> FileRecord | None:
    details = post.details
    if not (post.title or post.key or post.url):
        if post.metrics == NO_METRICS and (figures := _of_account(post, who)):
            return figures  # a day with 粉丝数 between works
        raise ValueError("没有标题")
    if sums.is_sum(post.metrics):
        what = "各项数据正好是上面各行之和，像是合计，不像作品；确是作品的，请另放一个文件"
        raise ValueError(what)
    owner = who.of(post.account, details.get("platform", ""))
    metrics = shown(post.metrics, who.platforms.get(owner, ""))
    if owner == post.account and metrics is post.metrics and not details:
        return post
    stated = {"粉丝数": details.get("followers"), "平台": details.get("platform")}
    beside = {**post.beside, **{heading: each for heading, each in stated.items() if each}}
    return replace(post, beside=beside, details={}, account=owner, metrics=metrics)


@dataclass(slots=True)
class _Sums:
    """What the rows of a table add up to so far: a row that says just that is their total, whatever it is called."""

    rows: int = 0
    values: list[int] = field(default_factory=lambda: [0] * len(METRICS))

    def is_sum(self, metrics: Metrics) -> bool:
        own = [each.value if each is not None else 0 for each in _figures(metrics)]
        if self.rows > 1 and own == self.values and max(own) >= _WORTH:
            return True
        self.rows += 1
        self.values = [one + other for one, other in zip(self.values, own, strict=True)]
        return False


def _of_account(post: Post, who: Owners) -> FileRecord | None:
    figures = followers_of(post)
    if figures is None:
        return None  # a day whose 粉丝数 was not filled in
    return replace(figures, account=who.of(post.account, post.details.get("platform", "")))


def _not_understood(sheet: Sheet) -> Iterator[Remark]:
    """A sheet beside the table (notes, a chart) is named by its first filled row, not read."""
    for number, row in enumerate(sheet.head):
        cells = [cell.strip()[:20] for cell in row if isinstance(cell, str) and cell.strip()]
        if cells:
            shown = "、".join(cells[:6])
            what = f"工作表“{sheet.name}”没有读，看不出标题和发布时间两栏（首行是“{shown}”）"
            yield Remark(what=what, sheet=sheet.index, row=number + 1)
            return


ADAPTER = Adapter(
    name="table",
    platforms=frozenset(platforms.BY_KEY) - {"ledger"},  # any account may name ``columns``
    file_metrics=frozenset(METRICS),
    recognises=recognises,
    read_file=read_file,
)
