"""The owner's data API of WeChat (docs/platforms.md §2.6): articles by publish day, the account by day, followers.

Shows: people, never times: readers, sharers; likes (👍 like_user), looks (♡ zaikan_user), favourites, comments.
Hides: views and shares as times. An article's key is its msgid ``<mid>_<idx>``, as in exports and saved pages.
Figures are believed only where the answer shows that they are totals (``_wechat_series``); they are those of the end of
their stat_date (Asia/Shanghai). The collector replaces ``CREDENTIAL`` with the token.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from adapters._wechat_account import days, flows, followers
from adapters._wechat_detail import FIGURES, articles
from adapters._wechat_said import error_of
from adapters.answers.json import at, changed, whole
from adapters.answers.pages import refuse
from adapters.contract import CREDENTIAL, Account, Adapter, Page, PageRecord, Request
from adapters.errors import Unclear

HOST = "api.weixin.qq.com"
ARTICLES, DAYS = "getarticletotaldetail", "getbizsummary"
FOLLOWERS, FLOWS = "getusercumulate", "getusersummary"
#: The new family begins here; an article's figures stop 30 days after publishing.
FIRST_DAY, DETAIL_DAYS = date(2025, 11, 1), 30
#: Days in one call: documented for followers; for getbizsummary the span that every client known uses.
SPAN = 7


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
    refuse(page)
    target = page.request.url
    tree = whole(page.body, target)
    problem = error_of(tree, page)
    if problem is not None:
        raise problem
    if page.request.about in (ARTICLES, DAYS) and at(tree, "is_delay", kind=bool, target=target):
        raise Unclear(
            "微信的数据还没有统计好",
            target=target,
            advice="一般上午 8 点以后就有，程序下次会再取",
            cases=("not_ready",),
        )
    rows = at(tree, "list", kind=list, target=target)
    if not rows:
        raise Unclear(
            "微信没有给出这几天的数据",
            target=target,
            advice="可能这天没有发文，也可能还没有统计好；程序下次会再取",
            cases=("no_posts", "not_ready"),
        )
    if page.request.about == ARTICLES:
        return articles(rows, page)
    readers = {DAYS: days, FOLLOWERS: followers, FLOWS: flows}
    if page.request.about not in readers:
        raise changed(f"没有请求过的数据“{page.request.about}”", target)
    return readers[page.request.about](rows, page)


def _request(name: str, first: date, last: date) -> Request:
    return Request(
        url=f"https://{HOST}/datacube/{name}?access_token={CREDENTIAL}",
        about=name,
        key=first.isoformat() if first == last else f"{first}..{last}",
        body={"begin_date": first.isoformat(), "end_date": last.isoformat()},
    )


ADAPTER = Adapter(
    name="wechat_api",
    platforms=frozenset({"wechat_mp"}),
    page_metrics=frozenset(FIGURES),
    start=start,
    read=read,
    hosts=(HOST,),
    own_api=True,
)
