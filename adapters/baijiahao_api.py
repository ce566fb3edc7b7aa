"""百家号's interface for an account's owner (docs/platforms.md §13.1): published articles, the figures of each, followers.

Nobody has seen it live: requests and answers are as the documentation and programs that use it have them. ``app_id`` and
``app_token`` go with each request; there is no token to fetch. Shows views (阅读/播放), likes, comments, shares, favourites, as
totals since publication; -1 is a figure that could not be had, never a number. 推荐量 is exposure and is kept beside. Hides
the publish time: an article's ``updated_at``, which no later look moves, stands for its day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from adapters.answers.addresses import joined, place
from adapters.answers.interfaces import Codes
from adapters.answers.json import at, changed, figure, ident, metrics, moment, rarer
from adapters.answers.pages import Meaning, unclear
from adapters.contract import APPID, SECRET, Account, Adapter, OwnApi, Page, PageRecord, Request
from adapters.errors import LayoutChanged, LoginExpired, Refused, Unclear, Unreachable
from adapters.moments import SHANGHAI
from adapters.records import NO_METRICS, AccountFigures, Kind, Post
from adapters.tables.dates import end_of_day

HOST = "baijiahao.baidu.com"
#: articles of the last days; at most so many a page, and so many pages
DAYS, SIZE, PAGES = 30, 20, 60
LIST, FIGURES_OF_ONE, FANS = "list", "post", "fans"
CALLS = {LIST: "articleListall", FIGURES_OF_ONE: "articleStatistics", FANS: "fansListall"}
FIGURES = {
    "views": "view_count",
    "likes": "likes_count",
    "comments": "comment_count",
    "shares": "share_count",
    "favourites": "collect_count",
}
BESIDE = {"recommend_count": "recommend_count"}
#: "could not be had"
HIDDEN = frozenset({"-1"})
KINDS: dict[str, Kind] = {"news": "article", "gallery": "image", "video": "video"}
_KEY = re.compile(r"[0-9]{15,20}", re.ASCII)

_LATER, _CHECK = (
    "程序下次会再取",
    "请核对 config.toml 里这个账号的 appid（app_id）和密钥（app_token）",
)
_DATABASE = Meaning(Unreachable, "百家号的数据库出错", _LATER)
_INTERNAL = Meaning(Unreachable, "百家号内部服务出错", _LATER)
_UPDATE = "已有数据不受影响；请等程序更新，这段时间可手工填表"
#: errno → what it means.
CODES: dict[int, Meaning] = {
    2: Meaning(LayoutChanged, "百家号说请求的参数不对", _UPDATE),
    4: _DATABASE,
    5: _DATABASE,
    10003: _DATABASE,
    10005: _INTERNAL,
    60000006: _INTERNAL,
    60000020: _INTERNAL,
    10002: Meaning(
        Refused, "这个百家号没有这个接口的权限", "请到百家号后台的“开发者”查看，或改为手工填表"
    ),
    10009: Meaning(
        Refused, "这篇文章不是这个百家号的", "请核对作品是不是归错了账号，或 appid 写成了别的号"
    ),
    301001: Meaning(
        Unclear, "百家号说没有有效数据", f"可能没有文章，也可能还没有统计好；{_LATER}", ("no_posts", "not_ready")
    ),
    60001001: Meaning(LoginExpired, "百家号不认这个凭据", f"{_CHECK}；在后台重置过的要换成新的"),
    60001003: Meaning(Unclear, "这篇文章现在的状态不给数据", "请到后台查看它的状态", ("private", "in_review")),
    800000201: Meaning(Unclear, "这篇文章的状态异常", "请到后台查看它的状态", ("private", "in_review")),
    60000005: Meaning(Refused, "这个百家号没有通过审核，或在禁言期", "请到百家号后台查看"),
    60000009: Meaning(LoginExpired, "百家号说没有这个账号", _CHECK),
    80000107: Meaning(
        Unclear, "百家号说没有这篇文章", "请到后台核对是不是删了；已存的数据会保留", ("deleted", "moved")
    ),
}  # fmt: skip
ANSWERS = Codes(
    of="百家号",
    meanings=CODES,
    places=(("errno",),),
    messages=(("errmsg",),),
)


def start(_account: Account, today: date) -> Iterator[Request]:
    """The articles of the last days, and the followers."""
    yield _articles(1, today)
    yield _asked(FANS, page_no=1, page_size=1)


def visit(_account: Account, key: str, _url: str) -> Request | None:
    """One article by the id that the list gave it."""
    return _figures(key) if _KEY.fullmatch(key) else None


def read(page: Page) -> Iterable[PageRecord]:
    """What a page of the list leads to, the figures of one article, or the followers. Raises what the errno says."""
    tree = ANSWERS.tree(page)
    readers = {LIST: _led_to, FIGURES_OF_ONE: _post, FANS: _followers}
    if page.request.about not in readers:
        raise changed(f"没有请求过的数据“{page.request.about}”", page.request.url)
    return list(readers[page.request.about](tree, page))


def _asked(
    about: str, key: str = "", depth: int = 0, post: Post | None = None, **told: str | int
) -> Request:
    return Request(
        url=f"https://{HOST}/builderinner/open/resource/query/{CALLS[about]}",
        about=about,
        key=key,
        depth=depth,
        post=post,
        body={"app_id": APPID, "app_token": SECRET, **told},
    )


def _articles(number: int, today: date) -> Request:
    """A page of the list; its number is its key, so that every day's first page is one source."""
    return _asked(
        LIST,
        key=f"{number}",
        depth=number - 1,
        start_time=(today - timedelta(days=DAYS)).isoformat(),
        end_time=today.isoformat(),
        page_no=number,
        page_size=SIZE,
        collection="publish",
    )


def _figures(key: str, post: Post | None = None) -> Request:
    return _asked(FIGURES_OF_ONE, key=key, post=post, article_id=key)


def _led_to(tree: Any, page: Page) -> Iterator[PageRecord]:
    """Each published article once, and the next page. Of no articles PHP makes a list, else ``items`` is an object."""
    target = page.request.url
    told = at(tree, "data", "items", kind=object, target=target)
    items = {} if told == [] else at(tree, "data", "items", kind=dict, target=target)
    for key, item in items.items():
        if ident(item, "article_id", target=target) != key or not _KEY.fullmatch(key):
            raise changed(f"文章编号“{key}”不对", target)
        if at(item, "collection", kind=str, target=target) == "publish":
            yield _figures(key, _listed(item, key, page))
    number = page.request.depth + 1
    if number < PAGES and _goes_on(tree, len(items), target):
        yield _articles(number + 1, _last_day(page))


def _goes_on(tree: Any, found: int, target: str) -> bool:
    """``page.has_next`` says it; where a version has none, a full page may not be the last."""
    page = at(tree, "data", kind=dict, target=target).get("page")
    if isinstance(page, dict) and "has_next" in page:
        return bool(found) and at(page, "has_next", kind=bool, target=target)
    return found >= SIZE


def _last_day(page: Page) -> date:
    """The last day of the window that was asked for: one pass through the list asks for one window."""
    return date.fromisoformat(str((page.request.body or {})["end_time"]))


def _listed(item: Any, key: str, page: Page) -> Post:
    target = page.request.url
    title = at(item, "title", kind=str, target=target).strip()
    if not title:
        raise changed(f"文章 {key} 没有标题", target)
    updated = moment(item, "updated_at", target=target)
    if updated > end_of_day(page.fetched_at.astimezone(SHANGHAI).date()):
        raise changed(f"文章 {key} 的更新时间在采集之后", target)
    kind = at(item, "type", kind=str, target=target)
    return Post(
        title=title,
        published_at=updated.replace(hour=0, minute=0, second=0, microsecond=0),
        date_only=True,
        key=key,
        url=_address(item.get("article_url"), key),
        kind=KINDS.get(kind),
    )


def _address(told: Any, key: str) -> str:
    """An article's own address as people write it; one that the platform adds words to is the same article."""
    if not isinstance(told, str) or not told:
        return ""
    host, path = place(told)
    if host == HOST and path == "/s" and key in told:
        return f"https://{HOST}/s?id={key}"
    return joined(f"https://{HOST}/", told)


def _post(tree: Any, page: Page) -> Iterator[Post]:
    target, key = page.request.url, page.request.key
    data = at(tree, "data", kind=dict, target=target)
    found = metrics(data, names=FIGURES, target=target, hidden=HIDDEN)
    if found == NO_METRICS:
        what, cases = "百家号这次没有取到这篇文章的数字（都是 -1）", ("not_ready",)
        raise unclear(page, what, _LATER, *cases)
    known = page.request.post or Post(title="", published_at=None, key=key)
    yield Post(
        title=known.title,
        published_at=known.published_at,
        date_only=known.date_only,
        key=key,
        url=known.url,
        kind=known.kind,
        metrics=found,
        beside=rarer(data, BESIDE, target, HIDDEN),
    )


def _followers(tree: Any, page: Page) -> Iterator[AccountFigures]:
    followers = figure(tree, "data", "page", "total_count", target=page.request.url)
    assert followers is not None  # no sign hides it
    yield AccountFigures(figures={"followers": followers})


_LISTED = "百家号后台“内容管理”里这一篇的"
ADAPTER = Adapter(
    name="baijiahao_api",
    platforms=frozenset({"baijiahao"}),
    page_metrics=frozenset(FIGURES),
    start=start,
    visit=visit,
    read=read,
    hosts=(HOST,),
    own_api=OwnApi(
        compare={
            "views": f"{_LISTED}“阅读”或“播放”",
            "likes": f"{_LISTED}“点赞”",
            "comments": f"{_LISTED}“评论”",
            "shares": f"{_LISTED}“分享”",
            "favourites": f"{_LISTED}“收藏”",
            "recommend_count": f"{_LISTED}“推荐”",
            "followers": "百家号后台首页的粉丝总数",
        }
    ),
)
