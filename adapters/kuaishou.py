"""快手: 作品列表明细 and 作品数据分析明细表.xlsx, and the share page of one work (docs/platforms.md §5).

The detail workbook holds one work in several sheets without naming it: it is read only for a post that a person names
(``--post``), figures summed over the sheets, rates left out. On a page an absent key is a missing figure, not zero, and
``forwardCount`` (0 on every work) is not used. The platform refuses the same link now and then (``result`` 2), which says
nothing about the work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.answers.addresses import in_path, place
from adapters.answers.json import (
    CHANGED,
    at,
    changed,
    code,
    embedded,
    ident,
    metrics,
    moment,
    whole,
)
from adapters.answers.pages import (
    Meaning,
    blocked,
    by_words,
    check_answered,
    is_markup,
    markup,
    refuse,
    visible,
)
from adapters.contract import Account, Adapter, File, FileRecord, Page, PageRecord, Request
from adapters.errors import Blocked, Gone, LayoutChanged, SourceError, Unclear, bad_file
from adapters.records import Count, Metrics, Post, added, at_least
from adapters.tables.columns import FoundTable, Layout, data_rows, filled, first, kept
from adapters.tables.counts import believable, count
from adapters.tables.heads import bad_row
from adapters.tables.reader import read as read_rows
from adapters.tables.rows import is_total

_COUNTS = (
    *filled(
        views="播放量", likes="点赞量", comments="评论量", favourites="收藏量", shares="分享量"
    ),
    *kept("涨粉量"),
)
_RATES = "封面点击率 2s跳出率 5s完播率"
WORKS = Layout(
    name="快手作品列表明细",
    columns=(
        *filled(title="作品", published_at="发布时间", views="播放量", needed=True),
        *_COUNTS[1:],
        *kept("完播率", "percent_text"),
        *kept(_RATES, "percent_text", usual=False),
    ),
    untitled=True,
)
# A sheet may have a single count.
DETAIL = Layout(
    name="快手作品数据分析明细表",
    columns=tuple(
        replace(each, usual=False) for each in (*_COUNTS, *kept(f"{_RATES} 完播率", "none"))
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
        yield from read_rows(found)
    if works:
        return
    if not file.post:
        what = "像是单个作品的明细表，表里没有写明是哪一个作品"
        command = f"collect import {file.name} --account {account.id} --post 作品编号或链接"
        raise bad_file(file.name, what, f"请指明作品后导入：{command}")
    yield from _one_work(file)


def _one_work(file: File) -> Iterator[FileRecord]:
    cells: dict[str, list[Count | None]] = {each.heading: [] for each in _COUNTS}
    for found in _detail(file):
        yield found.headings()
        for number, row in data_rows(found):
            if any(map(is_total, row)):
                continue
            for index, column in found.columns:
                if column.heading in cells:
                    try:
                        cells[column.heading].append(count(row[index]))
                        believable(added(cells[column.heading]).low, "合计")
                    except ValueError as problem:
                        # a sum without this cell would be too low without a word: no post at all
                        what = f"“{column.heading}”一栏{problem}"
                        raise bad_row(found.sheet, number, what) from None
    if not any(cells.values()):
        raise bad_file(file.name, "明细表里只有表头，没有数据", "请等后台生成完毕后重新下载")
    gained = _sum(cells["涨粉量"])  # kept beside, where there are no bounds: only a whole sum
    yield Post(
        title="",
        published_at=None,
        key=file.post,
        metrics=Metrics(
            **{each.field: _sum(cells[each.heading]) for each in _COUNTS if each.field}
        ),
        beside={"涨粉量": gained.value} if gained and gained.exact else {},
    )


def _sum(cells: Sequence[Count | None]) -> Count | None:
    """The sum of a sheet's cells: a lower bound over a missing or an inexact one; None where no cell holds a number."""
    found = added(cells)
    if not found.known:
        return None
    return Count(found.value) if found.exact else at_least(found.low)


DESKTOP = "www.kuaishou.com"
MOBILE = "v.m.chenzhongtech.com"
SHORT = "v.kuaishou.com"
HOSTS = (DESKTOP, MOBILE, "m.gifshow.com", SHORT)
# Without the whole Accept line of a browser the page comes without its data (docs/platforms.md §5.2).
HEADERS = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
    "*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    "Accept-Language": "zh-CN,zh;q=0.9",
}
_SITES = frozenset(HOSTS)
_POST = re.compile(r"/(?:short-video|fw/photo|fw/long-video)/(3x[0-9a-z]{13})/?")
_KEY = re.compile(r"3x[0-9a-z]{13}")
_WORK = "VisionVideoDetailPhoto:"
_GONE = Meaning(
    Gone, "作品已失效", "已存的数据会保留；如不是本单位所为，请到快手后台核对", ("deleted",)
)
#: ``result`` → what it means; 1 is a good answer.
RESULTS: dict[int, Meaning] = {
    2: Meaning(Blocked, "快手暂时不给数据，同一个链接时好时坏"),
    21: Meaning(LayoutChanged, "快手说请求的格式不对", CHANGED),
    50: Meaning(LayoutChanged, "快手的这个接口要求签名", CHANGED),
    109: Meaning(Unclear, "快手要求登录，或者账号已不在", "请在浏览器里打开账号主页核对", ("login", "account_gone")),
    2001: Meaning(Blocked, "快手要求人机验证"),
}  # fmt: skip
#: What a page without a work says in its visible words.
_WORDS = {"作品已失效": _GONE, "操作太快了": Meaning(Blocked, "快手提示操作太快")}
#: A share page without its data is of about 96 KB, a whole one of about 185 KB.
_SHELL = range(60_000, 140_000)


def stated_id(url: str) -> str:
    """The id of the work in the address of its share page; empty where it is none."""
    return in_path(url, _SITES, _POST)


def visit(account: Account, key: str, url: str) -> Request | None:
    """One work: in the form of its address (without the parameters that share it), else the mobile page."""
    host, path = place(url)
    stated = stated_id(url)
    asked = key if _KEY.fullmatch(key) else stated
    if asked and stated == asked:
        return Request(url=f"https://{host}{path.rstrip('/')}", key=asked)
    if asked:
        return Request(url=f"https://{MOBILE}/fw/photo/{asked}", key=asked)
    return Request(url=url) if host == SHORT else None


def read(page: Page) -> Iterable[PageRecord]:
    """The Post of one share page."""
    target = page.request.url
    if page.status == 404:
        raise _GONE.of(target, "HTTP 404")
    refuse(page)
    if not is_markup(page):
        _check(whole(page.body, target), page)
        raise changed("快手给的是数据，不是作品页", target)
    html = markup(page)
    eid = stated_id(page.url)
    asked = page.request.key or eid
    if not asked or eid != asked:
        raise changed("快手转到了别的地址", target)
    mobile = embedded(html, "window.INIT_STATE", target)
    if mobile is not None:
        return [_mobile(page, html, mobile, asked)]
    desktop = embedded(html, "window.__APOLLO_STATE__", target)
    if desktop is None:
        raise _silent(page, html, "网页里没有“INIT_STATE”或“__APOLLO_STATE__”")
    return [_desktop(page, html, desktop, asked)]


def _mobile(page: Page, html: str, state: Any, asked: str) -> Post:
    """The keys of the state are encoded request paths, so the answer is known by what it holds."""
    target = page.request.url
    values = at(state, kind=dict, target=target).values()
    answers = [each for each in values if isinstance(each, dict) and "result" in each]
    works = [each for each in answers if "photo" in each]
    for each in works or answers:
        _check(each, page)
    if not works:
        raise _silent(page, html, "网页的“INIT_STATE”里没有“photo”", state)
    if len(works) > 1:
        raise changed("网页里有不止一个作品", target)
    photo = at(works[0], "photo", kind=dict, target=target)
    shared = re.search(r"photoId=(3x[0-9a-z]+)", str(photo.get("share_info", "")))
    check_answered(page, shared[1] if shared else asked, asked)
    ident(photo, "photoId", target=target)
    names = {"views": "viewCount", "likes": "likeCount", "comments": "commentCount"}
    if "shareCount" in photo:
        names["shares"] = "shareCount"
    return _post(page, photo, asked, names)


def _desktop(page: Page, html: str, state: Any, asked: str) -> Post:
    target = page.request.url
    cache = at(state, "defaultClient", kind=dict, target=target)
    if not any(name.startswith(_WORK) for name in cache):
        raise _silent(page, html, f"网页的数据里没有“{_WORK}…”")
    photo = at(cache, _WORK + asked, kind=dict, target=target)
    if "id" in photo:
        check_answered(page, ident(photo, "id", target=target), asked)
    likes = "realLikeCount" if photo.get("realLikeCount") is not None else "likeCount"
    return _post(page, photo, asked, {"views": "viewCount", "likes": likes})


def _post(page: Page, photo: dict[str, Any], key: str, names: Mapping[str, str]) -> Post:
    """A work has no title: its caption, as one line, stands for it. Nothing tells video from pictures. ``names``: metric
    → its key."""
    target = page.request.url
    host, path = place(page.url)
    return Post(
        title=" ".join(at(photo, "caption", kind=str, target=target).split()),
        published_at=moment(photo, "timestamp", target=target),
        key=key,
        url=f"https://{host}{path.rstrip('/')}",
        metrics=metrics(photo, names=names, target=target),
    )


def _check(answer: Any, page: Page) -> None:
    """Raises what ``result`` says, unless it is 1."""
    target = page.request.url
    if isinstance(answer, dict) and (meaning := by_words(_WORDS, str(answer.get("error_msg")))):
        raise meaning.of(target)
    result = code(answer, "result", target=target)
    if result in RESULTS:
        raise RESULTS[result].of(target, f"result {result}")
    if result != 1:
        raise changed(f"没有见过的回答代码 result {result}", target)


def _silent(page: Page, html: str, what: str, state: Any = None) -> SourceError:
    """The error that a page without a work stands for. ``what``: what is missing."""
    if meaning := by_words(_WORDS, visible(html)):
        return meaning.of(page.request.url)
    if state == {} or len(page.body) in _SHELL:
        return blocked(page, "快手给了没有数据的空壳页面")
    return changed(what, page.request.url)


ADAPTER = Adapter(
    name="kuaishou",
    platforms=frozenset({"kuaishou"}),
    file_metrics=frozenset({"views", "likes", "comments", "shares", "favourites"}),
    recognises=recognises,
    read_file=read_file,
    page_metrics=frozenset({"views", "likes", "comments", "shares"}),
    visit=visit,
    read=read,
    hosts=HOSTS,
    headers=HEADERS,
    example={"key": "3xabcdefghijkmn"},
)
