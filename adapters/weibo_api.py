"""微博's interface for an account's owner (open-im, docs/platforms.md §13.2): the latest posts, one post, the account's summary.

Nobody has seen it live: requests and answers are as the vendor's own client and its texts have them. Shows reposts, comments
and likes of the latest 100 posts; of at most five posts the reads that the vendor counts without fake traffic, by day of
publishing; of the account by day reads, interactions, posts and plays of videos, and followers at the end of yesterday.
Hides the reads of all other posts. A post's key is the ``mid`` that m.weibo.cn calls ``id``, so series go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

from adapters.answers.interfaces import Codes, ends_in, past_day, token_at
from adapters.answers.json import at, changed, figure, metrics
from adapters.answers.pages import Meaning, check_answered, unclear
from adapters.contract import (
    ACCESS_TOKEN,
    APPID,
    SECRET,
    Account,
    Adapter,
    OwnApi,
    OwnerToken,
    Page,
    PageRecord,
    Request,
)
from adapters.errors import Blocked, LayoutChanged, LoginExpired, Unreachable
from adapters.records import AccountFigures, Count, Metrics, Post
from adapters.tables.dates import end_of_day, on_timeline, published
from adapters.weibo import FIGURES, SITE, asked_post, title_of

HOST = "open-im.api.weibo.com"
#: posts in one answer, at most
LATEST = 100
LIST, POST, SUMMARY = "list", "post", "summary"
#: The account's flows of a day: where the days stand → our names and the interface's.
DAYS: dict[tuple[str, ...], dict[str, str]] = {
    ("readTrend30Days",): {"views": "totalReadCount"},
    ("postTrend30Days",): {"posts": "statusCount"},
    ("interactTrend30Days",): {
        "likes": "likeCount",
        "comments": "commentCount",
        "shares": "repostCount",
    },
    ("fanTrend7Days",): {"followers_gained": "newFansCount"},
    ("videoSummary", "trendLast30Days"): {"plays": "playCount"},
}
FOLLOWERS = ("fanTrend7Days",), "fansTotal"
BEST = "topBlogs"
_MID = re.compile(r"[0-9]{16}", re.ASCII)

_UPDATE = "已有数据不受影响；请等程序更新，或在 config.toml 里去掉 appid，改回用 cookie 采集"
_CHECK = (
    "请核对 config.toml 里这个账号的 appid（AppId）和密钥（AppSecret）；私信 @微博龙虾助手 可以重置"
)
_LATER = "程序下次会再取"
_ASKED_WRONGLY = Meaning(LayoutChanged, "微博说请求的参数不对", _UPDATE)
_BUSY = Meaning(Unreachable, "微博的服务器出错", _LATER)
#: code → what it means.
CODES: dict[int, Meaning] = {
    40001: _ASKED_WRONGLY,
    40002: _ASKED_WRONGLY,
    40003: _ASKED_WRONGLY,
    40005: Meaning(LoginExpired, "微博没有换成新的令牌", _CHECK),
    40100: Meaning(LoginExpired, "微博不认这个令牌", _CHECK),
    42900: Meaning(Blocked, "今天的接口次数用完了", "已有数据不受影响，明天会再取"),
    50000: _BUSY,
    50001: _BUSY,
}
ANSWERS = Codes(of="微博", meanings=CODES, stale=frozenset({40100}))
#: The vendor's own client goes by the token alone.
TOKENS = replace(ANSWERS, optional=True)


def issue(_account: Account) -> Request:
    """What is asked for a token."""
    body = {"app_id": APPID, "app_secret": SECRET}
    return Request(url=f"https://{HOST}/open/auth/ws_token", about="token", body=body)


def read_token(page: Page) -> OwnerToken:
    """Good for ``expire_in`` seconds. Raises what the code says, LayoutChanged where there is no token."""
    tree = TOKENS.tree(page)
    return OwnerToken(
        access=token_at(tree, "data", "token", page=page),
        until=ends_in(tree, "data", "expire_in", page=page),
    )


def start(_account: Account, _today: date) -> Iterator[Request]:
    """The latest posts, and the summary of the account."""
    yield Request(url=f"{_call('weibo/user_status')}&count={LATEST}", about=LIST)
    yield Request(url=_call("creator/summary"), about=SUMMARY)


def visit(_account: Account, key: str, url: str) -> Request | None:
    """One post by its id (16 digits, or 9 letters and digits) or its address."""
    asked = asked_post(key, url)
    if _MID.fullmatch(asked):
        return _one(asked)
    address = quote(f"{SITE}/status/{asked}", safe="")
    return Request(url=f"{_call('weibo/status_show')}&url={address}") if asked else None


def read(page: Page) -> Iterable[PageRecord]:
    """The latest posts, one post, or the summary: the account's days, and its best posts with a request for each. Raises
    what the code says."""
    tree, target = ANSWERS.tree(page), page.request.url
    data = at(tree, "data", kind=dict, target=target)
    if page.request.about == LIST:
        return _latest(at(data, "statuses", kind=list, target=target), page)
    if page.request.about == SUMMARY:
        if data.keys().isdisjoint({BEST, *(place[0] for place in DAYS)}):
            raise changed("创作者数据里没有一项认得的", target)
        return [*_days(data, page), *_best(data, page)]
    found = _post(data, page)
    check_answered(page, found.key)
    return [found]


def _call(name: str) -> str:
    return f"https://{HOST}/open/{name}?token={ACCESS_TOKEN}"


def _one(mid: str) -> Request:
    return Request(url=f"{_call('weibo/status_show')}&id={mid}", key=mid)


def _latest(statuses: list[Any], page: Page) -> list[PageRecord]:
    if not statuses:
        raise unclear(
            page, "微博说这个账号没有微博", f"可能真的没有；{_LATER}", "no_posts", "not_ready"
        )
    found = {post.key: post for post in (_post(each, page) for each in statuses)}
    if len(found) != len(statuses):
        raise changed("同一条微博出现了两次", page.request.url)
    return list(found.values())


def _post(status: Any, page: Page) -> Post:
    target = page.request.url
    key = at(status, "mid", kind=str, target=target)
    if not _MID.fullmatch(key):
        raise changed(f"回答里的“mid”不是微博编号：{key[:30]}", target)
    created = at(status, "created_at", kind=str, target=target)
    try:
        published_at, date_only = on_timeline(created, page.fetched_at)
    except ValueError as problem:
        raise changed(f"回答里的“created_at”：{problem}", target) from problem
    repost = at(status, "repost", kind=object, target=target) if "repost" in status else None
    if repost is not None and not isinstance(repost, dict):
        raise changed("回答里的“repost”不是原来的样子", target)
    return Post(
        title=title_of(at(status, "text", kind=str, target=target)),
        published_at=published_at,
        date_only=date_only,
        key=key,
        url=f"{SITE}/detail/{key}",
        original=repost is None if "repost" in status else None,
        metrics=metrics(status, names=FIGURES, target=target),
    )


def _days(data: dict[str, Any], page: Page) -> Iterator[AccountFigures]:
    """The account by day, all trends of a day together, and its followers where they are told."""
    flows: dict[date, dict[str, Count]] = {}
    for place, names in DAYS.items():
        for day, row in _trend(data, place, page).items():
            flows.setdefault(day, {}).update(_told(row, names, page))
    for day, figures in sorted(flows.items()):
        if figures:
            yield AccountFigures(figures=figures, observed_at=end_of_day(day), day=day)
    place, name = FOLLOWERS
    for day, row in _trend(data, place, page).items():
        if followers := _told(row, {"followers": name}, page):
            yield AccountFigures(figures=followers, observed_at=end_of_day(day))


def _trend(data: dict[str, Any], place: tuple[str, ...], page: Page) -> dict[date, Any]:
    """The rows of a trend by their own date, which alone says what they are; none where a version has no such trend."""
    target, holder = page.request.url, data
    for step in place[:-1]:
        if holder.get(step) is None:
            return {}
        holder = at(holder, step, kind=dict, target=target)
    if holder.get(place[-1]) is None:
        return {}
    rows = at(holder, place[-1], kind=list, target=target)
    found = {past_day(at(row, "date", kind=str, target=target), page): row for row in rows}
    if len(found) != len(rows):
        raise changed(f"“{'.'.join(place)}”里同一天出现了两次", target)
    return dict(sorted(found.items()))


def _told(row: Any, names: Mapping[str, str], page: Page) -> dict[str, Count]:
    """The figures of a row that are there: what a version has not, or writes as null, is missing."""
    found = {}
    for ours, name in names.items():
        if isinstance(row, dict) and row.get(name) is not None:
            shown = figure(row, name, target=page.request.url)
            assert shown is not None  # no sign hides it
            found[ours] = shown
    return found


def _best(data: dict[str, Any], page: Page) -> Iterator[PageRecord]:
    """The posts that were read most. Their texts are cut and their other figures are of another moment than those of the
    posts themselves, so each post is asked for as well."""
    if data.get(BEST) is None:
        return
    target = page.request.url
    for blog in at(data, BEST, kind=list, target=target):
        key = at(blog, "mid", kind=str, target=target)
        if not _MID.fullmatch(key):
            raise changed(f"回答里的“mid”不是微博编号：{key[:30]}", target)
        text = at(blog, "createTimeText", kind=str, target=target)
        try:
            moment, date_only = published(date.fromisoformat(text))
        except ValueError as problem:
            raise changed(f"回答里的“createTimeText”不是日期：“{text[:30]}”", target) from problem
        reads = _told(blog, {"views": "readTotal"}, page)
        if reads:
            yield Post(
                title="",
                published_at=moment,
                date_only=date_only,
                key=key,
                url=f"{SITE}/detail/{key}",
                metrics=Metrics(**reads),
            )
        yield _one(key)


_CENTRE = "微博创作者中心（不含异常阅读）里"
ADAPTER = Adapter(
    name="weibo_api",
    platforms=frozenset({"weibo"}),
    page_metrics=frozenset({*FIGURES, "views"}),
    rare_metrics=frozenset({"views"}),
    start=start,
    visit=visit,
    read=read,
    hosts=(HOST,),
    own_api=OwnApi(
        issue=issue,
        read_token=read_token,
        is_stale=ANSWERS.is_stale,
        instead_of=frozenset({"weibo"}),
        compare={
            "likes": "这条微博下面的赞数",
            "comments": "这条微博下面的评论数",
            "shares": "这条微博下面的转发数",
            "views": f"{_CENTRE}这条微博的阅读数，会比微博下面显示的阅读数小",
            "followers": "微博主页的粉丝数（昨天结束时的）",
            "day.views": f"{_CENTRE}这一天的阅读数",
            "day.posts": "这一天发了几条",
            "day.likes": f"{_CENTRE}这一天的赞数",
            "day.comments": f"{_CENTRE}这一天的评论数",
            "day.shares": f"{_CENTRE}这一天的转发数",
            "day.followers_gained": f"{_CENTRE}这一天的新增粉丝",
            "day.plays": f"{_CENTRE}这一天的视频播放量",
        },
    ),
)
