"""An account in WeChat's data API, day by day: its readers, interactions and followers (docs/platforms.md §2.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from adapters._wechat_row import count_of, day_of
from adapters.answers.json import at, changed, code
from adapters.contract import Page
from adapters.records import AccountFigures, Count
from adapters.tables.dates import end_of_day

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
#: The source that stands for all (the ``source=99999999`` of the back-end's own download).
EVERY_SOURCE = 99_999_999


def days(rows: list[Any], page: Page) -> Iterator[AccountFigures]:
    target = page.request.url
    for day, row in _by_day(rows, page).items():
        detail = at(row, "detail", kind=dict, target=target)
        counts = {ours: count_of(detail, name, target=target) for ours, name in ACCOUNT.items()}
        yield AccountFigures(figures=counts, observed_at=end_of_day(day), day=day)


def followers(rows: list[Any], page: Page) -> Iterator[AccountFigures]:
    for day, row in _by_day(rows, page).items():
        followers = count_of(row, "cumulate_user", target=page.request.url)
        yield AccountFigures(figures={"followers": followers}, observed_at=end_of_day(day))


def flows(rows: list[Any], page: Page) -> Iterator[AccountFigures]:
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
            for ours, name in {
                "followers_gained": "new_user",
                "followers_lost": "cancel_user",
            }.items()
        }
        yield AccountFigures(figures=counts, observed_at=end_of_day(day), day=day)


def _by_day(rows: list[Any], page: Page) -> dict[date, Any]:
    found = {day_of(row, "ref_date", page): row for row in rows}
    if len(found) != len(rows):
        raise changed("同一天的数据出现了两次", page.request.url)
    return dict(sorted(found.items()))
