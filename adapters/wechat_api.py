"""The owner's data API of WeChat (exports.md §12): articles by publish day, the account by day, followers.

Shows: people, never times: readers, sharers; likes (👍 like_user), looks (♡ zaikan_user), favourites, comments.
Hides: views and shares as times. An article's key is its msgid ``<mid>_<idx>``, as in exports and saved pages.
Its figures are believed only where the answer tells that they are totals (``_wechat_series``); they hold at the
end of their stat_date (Asia/Shanghai). The collector puts the token where ``CREDENTIAL`` stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from adapters._dates import SHANGHAI, end_of_day, published
from adapters._json import at, changed, figure, ident, whole
from adapters._pages import refuse
from adapters._wechat_links import ARTICLE_KEY, canonical
from adapters._wechat_said import error_of
from adapters._wechat_series import Series, told
from adapters.contract import CREDENTIAL, Account, Adapter, Page, PageRecord, Request
from adapters.errors import Unclear
from adapters.records import AccountFigures, Beside, Count, Metrics, Post

HOST = "api.weixin.qq.com"
ARTICLES, DAYS = "getarticletotaldetail", "getbizsummary"
FOLLOWERS, FLOWS = "getusercumulate", "getusersummary"
#: The new family begins here; an article's figures stop 30 days after publishing.
FIRST_DAY, DETAIL_DAYS = date(2025, 11, 1), 30
#: Days in one call: documented for followers; for getbizsummary the span that every client known uses.
SPAN = 7
FIGURES = {
    "readers": "read_user",
    "sharers": "share_user",
    "likes": "like_user",
    "comments": "comment_count",
    "favourites": "collection_user",
    "looks": "zaikan_user",
}
#: Kept beside under the API's own names: people, fen, fractions, minutes.
BESIDE = (
    "read_subscribe_user",
    "praise_money",
    "read_delivery_rate",
    "read_finish_rate",
    "read_avg_activetime",
)
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
#: The source that stands for all (the ``source=99999999`` of the back-end's own download, exports.md §1).
EVERY_SOURCE = 99_999_999


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
            advice="一般上午 8 点以后就有,程序下次会再取",
            cases=("not_ready",),
        )
    rows = at(tree, "list", kind=list, target=target)
    if not rows:
        raise Unclear(
            "微信没有给出这几天的数据",
            target=target,
            advice="可能这天没有发文,也可能还没有统计好;程序下次会再取",
            cases=("no_posts", "not_ready"),
        )
    if page.request.about == ARTICLES:
        return _articles(rows, page)
    readers = {DAYS: _days, FOLLOWERS: _followers, FLOWS: _flows}
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


def _articles(rows: list[Any], page: Page) -> Iterator[Post]:
    target = page.request.url
    found: dict[str, tuple[Any, Series, list[Any]]] = {}
    for row in rows:
        msgid = ident(row, "msgid", target=target)
        if not ARTICLE_KEY.fullmatch(msgid) or msgid in found:
            raise changed(f"文章编号 msgid“{msgid}”不对", target)
        found[msgid] = row, *_series(row, page)
    kind = told([series for _, series, _ in found.values()], FIGURES["readers"])
    if kind != "total":
        raise _not_totals(kind, target)
    return (
        _post(row, series.published, day, detail, page)
        for row, series, details in found.values()
        for day, detail in zip(series.days, details, strict=True)
    )


def _series(row: Any, page: Page) -> tuple[Series, list[Any]]:
    """One article's rows in order of their day, and as they stand."""
    target = page.request.url
    release = _day(row, "ref_date", page)
    details = {
        _day(each, "stat_date", page, until_now=True): each
        for each in at(row, "detail_list", kind=list, target=target)
    }
    days = sorted(details)
    if len(days) != len(row["detail_list"]) or not days or days[0] < release:
        raise changed("detail_list 的日期不对:缺、重复,或早于发表日", target)
    counts = [
        {name: _count(details[day], name, target=target).value for name in FIGURES.values()}
        for day in days
    ]
    return Series(release, days, counts), [details[day] for day in days]


def _post(row: Any, release: date, day: date, detail: Any, page: Page) -> Post:
    target = page.request.url
    named, url = (
        canonical(row["content_url"]) if isinstance(row.get("content_url"), str) else ("", "")
    )
    key = ident(row, "msgid", target=target)
    if named and named != key:
        raise changed(f"文章编号 {key} 与它的链接({named})不是同一篇", target)
    beside: dict[str, Beside] = {
        name: detail[name] for name in BESIDE if isinstance(detail.get(name), int | float)
    }
    return Post(
        title=str(row.get("title") or "").strip(),
        published_at=published(release)[0],
        date_only=True,
        key=key,
        url=url,
        metrics=Metrics(
            **{metric: _count(detail, name, target=target) for metric, name in FIGURES.items()}
        ),
        beside=beside,
        observed_at=end_of_day(day),
    )


def _days(rows: list[Any], page: Page) -> Iterator[AccountFigures]:
    target = page.request.url
    for day, row in _by_day(rows, page).items():
        detail = at(row, "detail", kind=dict, target=target)
        flows = {ours: _count(detail, name, target=target) for ours, name in ACCOUNT.items()}
        yield AccountFigures(figures=flows, observed_at=end_of_day(day), day=day)


def _followers(rows: list[Any], page: Page) -> Iterator[AccountFigures]:
    for day, row in _by_day(rows, page).items():
        followers = _count(row, "cumulate_user", target=page.request.url)
        yield AccountFigures(figures={"followers": followers}, observed_at=end_of_day(day))


def _flows(rows: list[Any], page: Page) -> Iterator[AccountFigures]:
    """Followers gained and lost, added up over the sources they came by (each source once a day)."""
    target = page.request.url
    days: dict[date, dict[int, Any]] = {}
    for row in rows:
        sources = days.setdefault(_day(row, "ref_date", page), {})
        source = at(row, "user_source", kind=int, target=target)
        if source in sources:
            raise changed("同一天的同一个来源出现了两次", target)
        sources[source] = row
    for day, sources in sorted(days.items()):
        whole_day = [sources[EVERY_SOURCE]] if EVERY_SOURCE in sources else list(sources.values())
        flows = {
            ours: Count(sum(_count(row, name, target=target).value for row in whole_day))
            for ours, name in {
                "followers_gained": "new_user",
                "followers_lost": "cancel_user",
            }.items()
        }
        yield AccountFigures(figures=flows, observed_at=end_of_day(day), day=day)


def _by_day(rows: list[Any], page: Page) -> dict[date, Any]:
    found = {_day(row, "ref_date", page): row for row in rows}
    if len(found) != len(rows):
        raise changed("同一天的数据出现了两次", page.request.url)
    return dict(sorted(found.items()))


def _day(row: Any, name: str, page: Page, *, until_now: bool = False) -> date:
    """A day that was asked for (a stat_date may be later), and that was over when the answer came."""
    target, asked = page.request.url, page.request.body or {}
    text = at(row, name, kind=str, target=target)
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise changed(f"{name} 不是日期:“{text}”", target) from problem
    last = (
        page.fetched_at.astimezone(SHANGHAI).date().isoformat()
        if until_now
        else asked.get("end_date", "")
    )
    if (
        not str(asked.get("begin_date", "")) <= text <= str(last)
        or end_of_day(day) > page.fetched_at
    ):
        raise changed(f"{name} 是 {text},不在要取的日期之内", target)
    return day


def _count(tree: Any, name: str, *, target: str) -> Count:
    at(tree, name, kind=int, target=target)
    found = figure(tree, name, target=target)
    if found is None:
        raise changed(f"回答里的“{name}”没有数字", target)
    return found


def _not_totals(kind: str, target: str) -> Unclear:
    daily = kind == "daily"
    return Unclear(
        "微信给的像是每天各自的人数,不能相加" if daily else "还分不清微信给的是累计数还是每天的数",
        target=target,
        advice="这次没有采用;需要这天文章的数字,请从后台下载“已通知内容”",
        cases=("daily",) if daily else ("daily", "cumulative"),
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
