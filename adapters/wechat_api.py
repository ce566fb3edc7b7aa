"""The owner's data API of WeChat (docs/platforms.md §2.6): articles by publish day, the account by day, followers.

It counts people, never times, so there are no views. Figures are believed only where the answer shows that they are
totals (``_wechat_articles``); they are those of the end of their stat_date. Errors come with HTTP 200.
``stable_token`` gives the same token until it expires, so that two programs of one centre do not invalidate each other's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from adapters._wechat_articles import FIGURES, articles, count_of, day_of
from adapters.answers.interfaces import Codes, ends_in, token_at
from adapters.answers.json import at, changed, code
from adapters.answers.pages import Meaning, unclear
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
from adapters.errors import Blocked, LayoutChanged, LoginExpired, Refused, Unreachable
from adapters.records import AccountFigures, Count
from adapters.tables.dates import end_of_day

HOST = "api.weixin.qq.com"
ARTICLES, DAYS = "getarticletotaldetail", "getbizsummary"
FOLLOWERS, FLOWS = "getusercumulate", "getusersummary"
#: The new family begins here; an article's figures stop 30 days after publishing.
FIRST_DAY, DETAIL_DAYS = date(2025, 11, 1), 30
#: Days in one call: documented for followers; for getbizsummary the span that every client known uses.
SPAN = 7
#: The account's flows of a day: our names, as the file half has them, and the API's.
ACCOUNT = {
    "readers": "read_user",
    "sharers": "share_user",
    "likes": "like_user",
    "comments": "comment_count",
    "favourites_users": "collection_user",
    "looks": "zaikan_user",
    "source_readers": "redirect_ori_page_user",
    "posts": "send_page_count",
}
#: Followers gained and lost, and the source that stands for all those by which they came.
GAINED_LOST = {"followers_gained": "new_user", "followers_lost": "cancel_user"}
EVERY_SOURCE = 99_999_999

_UPDATE = "请等程序更新；这段时间可从公众号后台下载“已通知内容”放进收件夹"
_RENEW = "程序下次会换新的令牌再取；仍不行时请核对 AppID 与 AppSecret，并确认没有别的程序在用同一个公众号取令牌"
_CHECK = "请核对 config.toml 里这个账号的 appid 和密钥"
#: errcode → what it means.
CODES: dict[int, Meaning] = {
    -1: Meaning(Unreachable, "微信说系统忙", "下次采集会再试"),
    61500: Meaning(LayoutChanged, "微信说日期的写法不对", _UPDATE),
    61501: Meaning(
        LayoutChanged,
        "微信说日期范围不对（一次最多一天或七天，最晚到昨天）",
        "请先核对电脑的日期和时区；都对时请等程序更新",
    ),
    47009: Meaning(LayoutChanged, "微信已停用这个接口", _UPDATE),
    45009: Meaning(
        Blocked,
        "今天的接口次数用完了",
        "已有数据不受影响，明天会再取；请看看是否还有别的程序在用",
    ),
    40001: Meaning(LoginExpired, "微信不认这个访问令牌", _RENEW),
    42001: Meaning(LoginExpired, "访问令牌过期了", _RENEW),
    40013: Meaning(LoginExpired, "微信不认这个 AppID", _CHECK),
    40125: Meaning(LoginExpired, "微信不认这个 AppSecret", _CHECK),
    48001: Meaning(
        Refused,
        "这个公众号没有数据接口的权限",
        "请到公众号后台的“接口权限”查看，需要已认证的账号；没有时请下载“已通知内容”放进收件夹",
    ),
    40164: Meaning(
        Refused,
        "这台电脑的网络地址不在公众号的 IP 白名单里",
        "请到公众号后台“开发接口管理→基本配置→IP白名单”加上这个地址",
    ),
}
ANSWERS = Codes(
    of="微信",
    meanings=CODES,
    places=(("errcode",),),
    messages=(("errmsg",),),
    optional=True,
    # the address that the platform saw
    worth={40164: re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", re.ASCII)},
)


def start(account: Account, today: date) -> Iterator[Request]:
    """The last seven days of the account, and each publish day of the last thirty.

    The day before yesterday is left out: its articles have two rows, which never tell what they are.
    """
    week = today - timedelta(days=SPAN), today - timedelta(days=1)
    for name in (FOLLOWERS, FLOWS, DAYS):
        yield _request(name, *week)
    for age in (1, *range(3, DETAIL_DAYS + 1)):
        day = today - timedelta(days=age)
        if day >= FIRST_DAY:
            yield _request(ARTICLES, day, day)


def read(page: Page) -> Iterator[PageRecord]:
    """Articles, one Post for each day their totals are stated for; or the account's figures.

    Raises what the errcode says, Unclear for data that is not ready, empty, or not told to be totals, and
    LayoutChanged for anything else than asked.
    """
    target = page.request.url
    tree = ANSWERS.tree(page)
    if page.request.about in (ARTICLES, DAYS) and at(tree, "is_delay", kind=bool, target=target):
        advice = "一般上午 8 点以后就有，程序下次会再取"
        raise unclear(page, "微信的数据还没有统计好", advice, "not_ready")
    rows = at(tree, "list", kind=list, target=target)
    if not rows:
        advice = "可能这天没有发文，也可能还没有统计好；程序下次会再取"
        raise unclear(page, "微信没有给出这几天的数据", advice, "no_posts", "not_ready")
    readers: dict[str, Callable[[list[Any], Page], Iterator[PageRecord]]] = {
        ARTICLES: articles,
        DAYS: _days,
        FOLLOWERS: _followers,
        FLOWS: _flows,
    }
    if page.request.about not in readers:
        raise changed(f"没有请求过的数据“{page.request.about}”", target)
    return readers[page.request.about](rows, page)


def _request(name: str, first: date, last: date) -> Request:
    return Request(
        url=f"https://{HOST}/datacube/{name}?access_token={ACCESS_TOKEN}",
        about=name,
        key=first.isoformat() if first == last else f"{first}..{last}",
        body={"begin_date": first.isoformat(), "end_date": last.isoformat()},
    )


def issue(_account: Account) -> Request:
    """What is asked for a token."""
    return Request(
        url=f"https://{HOST}/cgi-bin/stable_token",
        about="token",
        body={"grant_type": "client_credential", "appid": APPID, "secret": SECRET},
    )


def read_token(page: Page) -> OwnerToken:
    """Good for ``expires_in`` seconds. Raises what the errcode says, LayoutChanged where there is no token."""
    tree = ANSWERS.tree(page)
    return OwnerToken(
        access=token_at(tree, "access_token", page=page),
        until=ends_in(tree, "expires_in", page=page),
    )


def _days(rows: list[Any], page: Page) -> Iterator[AccountFigures]:
    target = page.request.url
    for day, row in _by_day(rows, page).items():
        detail = at(row, "detail", kind=dict, target=target)
        counts = {ours: count_of(detail, name, target=target) for ours, name in ACCOUNT.items()}
        yield AccountFigures(figures=counts, observed_at=end_of_day(day), day=day)


def _followers(rows: list[Any], page: Page) -> Iterator[AccountFigures]:
    for day, row in _by_day(rows, page).items():
        followers = count_of(row, "cumulate_user", target=page.request.url)
        yield AccountFigures(figures={"followers": followers}, observed_at=end_of_day(day))


def _flows(rows: list[Any], page: Page) -> Iterator[AccountFigures]:
    """Followers gained and lost, added up over the sources they came by (each source once a day)."""
    target = page.request.url
    by_day: dict[date, dict[int, Any]] = {}
    for row in rows:
        sources = by_day.setdefault(day_of(row, "ref_date", page), {})
        source = code(row, "user_source", target=target)
        if source in sources:
            raise changed("同一天的同一个来源出现了两次", target)
        sources[source] = row
    for day, sources in sorted(by_day.items()):
        whole_day = [sources[EVERY_SOURCE]] if EVERY_SOURCE in sources else list(sources.values())
        counts = {
            ours: Count(sum(count_of(row, name, target=target).value for row in whole_day))
            for ours, name in GAINED_LOST.items()
        }
        yield AccountFigures(figures=counts, observed_at=end_of_day(day), day=day)


def _by_day(rows: list[Any], page: Page) -> dict[date, Any]:
    found = {day_of(row, "ref_date", page): row for row in rows}
    if len(found) != len(rows):
        raise changed("同一天的数据出现了两次", page.request.url)
    return dict(sorted(found.items()))


_ARTICLE = "公众平台“内容分析→已通知内容”里这一篇的"
ADAPTER = Adapter(
    name="wechat_api",
    platforms=frozenset({"wechat_mp"}),
    page_metrics=frozenset(FIGURES),
    start=start,
    read=read,
    hosts=(HOST,),
    own_api=OwnApi(
        issue=issue,
        read_token=read_token,
        compare={
            "readers": f"{_ARTICLE}“阅读人数”",
            "sharers": f"{_ARTICLE}“分享人数”",
            "likes": f"{_ARTICLE}“点赞”",
            "comments": f"{_ARTICLE}“留言”",
            "favourites": f"{_ARTICLE}“收藏”",
            "looks": f"{_ARTICLE}“推荐”（在看）",
            "followers": "“用户分析”里这一天的“累积关注人数”",
            "day.followers_gained": "“用户分析”里这一天的“新关注人数”",
            "day.followers_lost": "“用户分析”里这一天的“取消关注人数”",
            **{
                f"day.{name}": f"“内容分析”里这一天全部渠道的{word}"
                for name, word in {
                    "readers": "阅读人数",
                    "sharers": "分享人数",
                    "likes": "点赞数",
                    "comments": "留言数",
                    "favourites_users": "收藏人数",
                    "looks": "推荐（在看）数",
                    "source_readers": "跳转阅读原文人数",
                    "posts": "发表篇数",
                }.items()
            },
        },
    ),
)
