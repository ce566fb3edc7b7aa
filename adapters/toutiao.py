"""头条号: 作品数据 (图文, 微头条, 小视频), 数据趋势, 粉丝趋势, and one post by ``m.toutiao.com/i<id>/info/``
(docs/platforms.md §6).

展现量 (exposure) and 转发量 (reposts inside 头条) are kept beside and are never views or shares. 图文 and 微头条 have the
same headings and nothing inside tells them apart: their kind is left to the account's own ``kind``. Answers show likes
and comments, no reads; of ``group_id`` and ``item_id`` the one in the address is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from adapters.answers.addresses import in_path, place
from adapters.answers.json import at, changed, metrics, moment, rarer, whole
from adapters.answers.pages import blocked, is_markup, refuse, unclear
from adapters.contract import Account, Adapter, Page, PageRecord, Request
from adapters.errors import Unclear
from adapters.records import Kind, Post
from adapters.tables.columns import Layout, filled, kept
from adapters.tables.counts import DASHES
from adapters.tables.reader import export

MISSING = DASHES | {"-1", "-1.00"}


def _works(name: str, verb: str, kind: Kind | None) -> Layout:
    """图文 and 微头条 say 阅读, 小视频 says 播放; all else is alike."""
    return Layout(
        name=name,
        columns=(
            *filled(title="标题", published_at="发布时间", key="ID", needed=True),
            *filled(views=f"{verb}量", needed=True),
            *filled(url="链接", likes="点赞量", comments="评论量"),
            *filled(shares="分享量", favourites="收藏量"),
            *kept(f"展现量 粉丝展现量 粉丝{verb}量 转发量"),
            *kept("点击率", "fraction"),
            *kept(f"平均{verb}完成率", "percent"),
            *kept(f"平均{verb}时长", "seconds"),
        ),
        missing=MISSING,
        kind=kind,
    )


WORKS = (_works("头条图文或微头条", "阅读", None), _works("头条小视频", "播放", "video"))
DAYS = Layout(
    name="头条数据趋势",
    columns=(
        *filled(day="时间", impressions="展现量", views="阅读（播放）量", needed=True),
        *filled(fan_impressions="粉丝展现量", fan_views="粉丝阅读（播放）量"),
        *filled(likes="点赞量", comments="评论量"),
    ),
    missing=MISSING,
)
# 粉丝变化数 is 新增 less 流失: not read, because there -1 may be a day that lost one or a day not counted.
FOLLOWERS = Layout(
    name="头条粉丝趋势",
    columns=(
        *filled(day="时间", followers="总粉丝数", needed=True),
        *filled(followers_gained="新增粉丝数", followers_lost="流失粉丝数"),
        *filled(active_followers="活跃粉丝数", loyal_followers="总铁粉数"),
        *kept("粉丝变化数", "none"),
    ),
    missing=MISSING,
)


def _believed(post: Post) -> Post:
    """A post whose id is whole. Parsers of real files find the same id in 链接 (``…/i7380…``): where the
    two differ only in their last digits, Excel has rounded the id."""
    key = post.key
    for linked in re.findall(r"\d{16,}", post.url):
        if linked != key and len(linked) == len(key) and linked[:14] == key[:14]:
            raise ValueError(f"编号“{key}”与链接中的“{linked}”末几位不同，可能被 Excel 取整")
    return post


HOSTS = ("m.toutiao.com", "www.toutiao.com")  # the second is where a missing post leads
HEADERS = {"User-Agent": "Mozilla/5.0", "Accept": "application/json"}
FIGURES = {"likes": "digg_count", "comments": "comment_count"}
BESIDE = {each: each for each in ("impression_count", "repost_count", "video_play_count")}

_SITE = frozenset({"www.toutiao.com", "m.toutiao.com", "toutiao.com"})
_POST = re.compile(r"/(?:(?:article|group|item|w|video)/|[ai])([0-9]{16,20})(?:/.*)?")
_KEY = re.compile(r"[0-9]{16,20}")
#: Where an answer states which post it is about; the numbers may be rounded by a script, the texts are not.
_STATED = ("url", "display_url", "group_id", "item_id", "str_group_id", "str_item_id")


def visit(account: Account, key: str, url: str) -> Request | None:
    """One post by its id or its address."""
    asked = key if _KEY.fullmatch(key) else in_path(url, _SITE, _POST)
    return Request(url=f"https://m.toutiao.com/i{asked}/info/", key=asked) if asked else None


def read(page: Page) -> Iterable[PageRecord]:
    """The Post of one answer."""
    refuse(page)
    target, asked = page.request.url, page.request.key
    if in_path(page.url, _SITE, _POST) != asked:
        host, path = place(page.url)
        if host in _SITE and (path in ("", "/") or path.startswith("/search")):
            raise _unclear(page, "头条转到了首页或搜索页")
        raise changed("头条转到了别的地址", target)
    if is_markup(page):
        raise blocked(page, "头条给了验证网页，不是数据")
    tree = whole(page.body, target)
    if not at(tree, "success", kind=bool, target=target):
        raise _unclear(page, "头条说没有取到（success: false）")
    if tree.get("data") is None:
        raise _unclear(page, "回答里没有内容")
    data = at(tree, "data", kind=dict, target=target)
    headline = data.get("title")
    if headline is None or (isinstance(headline, str) and not headline.strip()):
        raise _unclear(page, "回答里没有标题")
    return [_post(page, data)]


def _unclear(page: Page, what: str) -> Unclear:
    what = f"{what}：可能已删除，也可能是被拦截"
    return unclear(page, what, "请在浏览器里打开原文核对", "deleted", "blocked")


def _post(page: Page, data: dict[str, Any]) -> Post:
    target, asked = page.request.url, page.request.key
    if asked not in _ids(data):
        raise changed(f"问的是 {asked}，答的不是它", target)
    return Post(
        title=at(data, "title", kind=str, target=target),
        published_at=moment(data, "publish_time", target=target),
        key=asked,
        url=f"https://m.toutiao.com/i{asked}/",
        metrics=metrics(data, names=FIGURES, target=target),
        beside=rarer(data, BESIDE, target),
    )


def _ids(data: dict[str, Any]) -> set[str]:
    """The ids by which an answer names its post."""
    stated = (str(data[name]) for name in _STATED if name in data)
    return {each for text in stated for each in re.findall(r"(?<!\d)\d{16,20}(?!\d)", text)}


ADAPTER = Adapter(
    name="toutiao",
    platforms=frozenset({"toutiao"}),
    **export(*WORKS, DAYS, FOLLOWERS, finish=_believed),
    distinct=True,
    page_metrics=frozenset(FIGURES),
    visit=visit,
    read=read,
    hosts=HOSTS,
    headers=HEADERS,
    example={"key": "7500000000000000000"},
)
