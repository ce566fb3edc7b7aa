"""Any table a centre keeps itself (xlsx, xls, csv): columns named in config, else the usual headings.

Serves every platform that has no reader of its own, and every account whose config names ``columns``
(design.md). Headings are matched whole (exports.md §14 rule 3) by domain.md "Which heading is which
metric", row "own table". Not guessed: 来源 (an outlet? a channel?), 编辑 (not the author), ID and 编号
(often a row number), 类型 that holds a subject. Two headings for one field are an error, not a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from adapters import metrics, platforms
from adapters._cells import as_text, count_under, plain
from adapters._columns import HEAD_ROWS, Column, Layout, find, read
from adapters._dates import end_of_day
from adapters.contract import Account, Adapter, File, FileRecord, Sheet
from adapters.errors import Invalid
from adapters.records import METRICS, AccountFigures, Headings, Kind, Post

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
_FIELDS = {plain(heading): field for field, row in SYNONYMS.items() for heading in row.split()}

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("文章", "图文", "图文消息", "文字", "稿件", "article"), "article"),
    **dict.fromkeys(("视频", "短视频", "小视频", "横视频", "video"), "video"),
    **dict.fromkeys(("图片", "图集", "组图", "海报", "image"), "image"),
    **dict.fromkeys(("直播", "live"), "live"),
    "item": "item",
    "placement": "placement",
}


@dataclass(frozen=True, slots=True)
class _Understood:
    """The heading row (0-based) of a sheet and which cell of it holds which field."""

    row: int
    fields: tuple[tuple[int, str], ...]

    def has(self, field: str) -> bool:
        return any(each == field for _, each in self.fields)

    def clash(self) -> tuple[int, int] | None:
        """The first two cells that mean one field."""
        seen: dict[str, int] = {}
        for at, field in self.fields:
            if field in seen:
                return seen[field], at
            seen[field] = at
        return None


def recognises(file: File, account: Account) -> bool:
    return any(_understand(sheet, account) for sheet in file.sheets)


def read_file(file: File, account: Account) -> Iterator[FileRecord]:
    for sheet in file.sheets:
        understood = _understand(sheet, account)
        if understood is None:
            yield from _not_understood(sheet)
        elif clash := understood.clash():
            yield _clash(sheet, understood.row, clash)
        elif found := find(sheet, _layout(sheet, understood, account)):
            yield from read(found, _finisher(understood))


def _understand(sheet: Sheet, account: Account) -> _Understood | None:
    """What config names wins; for the other fields the usual headings count."""
    configured = {plain(heading): field for heading, field in account.columns.items()}
    taken = frozenset(configured.values())
    usual = {heading: field for heading, field in _FIELDS.items() if field not in taken}
    known = usual | configured
    for number, row in enumerate(sheet.head[:HEAD_ROWS]):
        cells = ((at, known.get(plain(cell), "")) for at, cell in enumerate(row))
        found = _Understood(number, tuple((at, field) for at, field in cells if field))
        if found.has("published_at") and (found.has("title") or found.has("followers")):
            return found
    return None


def _layout(sheet: Sheet, understood: _Understood, account: Account) -> Layout:
    head = sheet.head[understood.row]
    columns = tuple(
        Column(as_text(head[at]), field, needed=True) for at, field in understood.fields
    )
    there = {plain(each.heading) for each in columns}
    absent = tuple(
        Column(heading, field)
        for heading, field in account.columns.items()
        if plain(heading) not in there
    )
    return Layout(name="自制表", columns=(*columns, *absent), kinds=_kinds(account.platform))


def _kinds(platform: str) -> Callable[[str], Kind | None]:
    if platforms.BY_KEY[platform].pictures:
        return lambda text: "image" if text == "图文" else _KINDS.get(text)
    return _KINDS.get


def _finisher(understood: _Understood) -> Callable[[Post], FileRecord | None]:
    """Rows with a title are posts; a date with 粉丝数 and no title is a figure of the account."""
    has_title = understood.has("title")

    def finish(post: Post) -> FileRecord | None:
        followers = post.details.get("followers", "")
        if post.title or post.key or post.url:
            beside = {"粉丝数": followers} if followers else {}
            return replace(post, beside={**post.beside, **beside}, details={})
        value = count_under("粉丝数", followers)
        if value is None or post.published_at is None:
            if has_title:
                raise ValueError("没有标题")
            return None  # a day whose 粉丝数 was not filled in
        day = post.published_at
        return AccountFigures(
            figures={"followers": value},
            observed_at=end_of_day(day.date()) if post.date_only else day,
            sheet=post.sheet,
            row=post.row,
        )

    return finish


def _clash(sheet: Sheet, number: int, cells: tuple[int, int]) -> Invalid:
    one, other = (f"第{at + 1}列“{as_text(sheet.head[number][at])}”" for at in cells)
    return Invalid(
        f"{one}和{other}是同一种数据，不知道该用哪一栏",
        target=f"工作表“{sheet.name}”第{number + 1}行",
        advice="请在 config.toml 这个账号的 columns 中写明用哪一栏，或删去表中多余的一栏",
        sheet=sheet.index,
        row=number + 1,
    )


def _not_understood(sheet: Sheet) -> Iterator[Headings]:
    """A sheet beside the table (notes, a chart) is named by its first filled row, not read."""
    for number, row in enumerate(sheet.head):
        cells = tuple(as_text(cell)[:20] for cell in row if isinstance(cell, str) and cell.strip())
        if cells:
            yield Headings(
                layout="没有认出的工作表",
                mapped={},
                unknown=cells,
                sheet=sheet.index,
                row=number + 1,
            )
            return


ADAPTER = Adapter(
    name="table",
    platforms=frozenset(platforms.BY_KEY) - {"ledger"},  # any account may name ``columns``
    file_metrics=frozenset(METRICS),
    recognises=recognises,
    read_file=read_file,
)
