"""Articles in WeChat's data API: those of one publish day, each with a row for every day since (docs/platforms.md §2.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from adapters._wechat_links import ARTICLE_KEY, canonical
from adapters._wechat_row import count_of, day_of
from adapters._wechat_series import Series, told
from adapters.answers.json import at, changed, ident
from adapters.contract import Page
from adapters.errors import Unclear
from adapters.records import Beside, Metrics, Post
from adapters.tables.dates import end_of_day, published

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


def articles(rows: list[Any], page: Page) -> Iterator[Post]:
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
    release = day_of(row, "ref_date", page)
    details = {
        day_of(each, "stat_date", page, until_now=True): each
        for each in at(row, "detail_list", kind=list, target=target)
    }
    days = sorted(details)
    if len(days) != len(row["detail_list"]) or not days or days[0] < release:
        raise changed("detail_list 的日期不对：缺、重复，或早于发表日", target)
    counts = [
        {name: count_of(details[day], name, target=target).value for name in FIGURES.values()}
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
        raise changed(f"文章编号 {key} 与它的链接（{named}）不是同一篇", target)
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
            **{metric: count_of(detail, name, target=target) for metric, name in FIGURES.items()}
        ),
        beside=beside,
        observed_at=end_of_day(day),
    )


def _not_totals(kind: str, target: str) -> Unclear:
    daily = kind == "daily"
    return Unclear(
        "微信给的像是每天各自的人数，不能相加" if daily else "还分不清微信给的是累计数还是每天的数",
        target=target,
        advice="这次没有采用；需要这天文章的数字，请从后台下载“已通知内容”",
        cases=("daily",) if daily else ("daily", "cumulative"),
    )
