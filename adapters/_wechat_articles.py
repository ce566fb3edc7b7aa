"""Articles in WeChat's data API: those of one publish day, each with a row for every day since (docs/platforms.md §2.6),
and whether such a ``detail_list`` holds totals up to each day or each day's own figures.

The documentation says totals, yet a client in use adds the days up (docs/platforms.md §2.6). So the figures themselves,
of all articles of one answer together, must show which it is before any of them is believed:

| what the rows show | read as |
|---|---|
| only the publish day, or nothing but zeros | the same either way: believed |
| readers fall from one day to the next | each day's own: people of several days cannot be added up |
| from the publish day on, three days without a gap, readers grow by ever less, and no figure of any article falls | totals |
| seven such days, however much readers grow, | totals |
| the same, where only likes, shares, favourites … fall (people can take them back) | totals |
| anything else: two days, a rise that does not slow down, equal rows, a gap, few readers | not told: nothing is believed |

Two days prove nothing: what is published in the evening is read more on the next day. A few rising days may be daily
figures; an article's totals slow down, and seven daily figures in a row never all rise. Equal rows may be totals at a
standstill or a steady trickle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal

from adapters._wechat_page import ARTICLE_KEY, canonical
from adapters.answers.json import at, changed, figure, ident
from adapters.answers.pages import unclear
from adapters.contract import Page
from adapters.errors import Unclear
from adapters.moments import SHANGHAI
from adapters.records import Beside, Count, Metrics, Post
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
#: Days in a row that tell, and days in a row after which a like taken back does not matter.
ENOUGH_DAYS, MANY_DAYS = 3, 7
#: Below this, a few readers a day look like anything.
ENOUGH_READERS = 10

Told = Literal["total", "daily", "unknown"]


@dataclass(frozen=True, slots=True)
class ArticleDays:
    """One article's rows: the publish day, and for each stat_date (ascending, each once) its counts by name."""

    published: date
    days: Sequence[date]
    counts: Sequence[Mapping[str, int]]


def articles(rows: list[Any], page: Page) -> Iterator[Post]:
    target = page.request.url
    found: dict[str, tuple[Any, ArticleDays, list[Any]]] = {}
    for row in rows:
        msgid = ident(row, "msgid", target=target)
        if not ARTICLE_KEY.fullmatch(msgid) or msgid in found:
            raise changed(f"文章编号 msgid“{msgid}”不对", target)
        found[msgid] = row, *_series(row, page)
    kind = told([days_of for _, days_of, _ in found.values()], FIGURES["readers"])
    if kind != "total":
        raise _not_totals(kind, page)
    return (
        _post(row, days_of.published, day, detail, page)
        for row, days_of, details in found.values()
        for day, detail in zip(days_of.days, details, strict=True)
    )


def _series(row: Any, page: Page) -> tuple[ArticleDays, list[Any]]:
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
    return ArticleDays(release, days, counts), [details[day] for day in days]


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


def _not_totals(kind: Told, page: Page) -> Unclear:
    advice = "这次没有采用；需要这天文章的数字，请从后台下载“已通知内容”"
    if kind == "daily":
        return unclear(page, "微信给的像是每天各自的人数，不能相加", advice, "daily")
    return unclear(page, "还分不清微信给的是累计数还是每天的数", advice, "daily", "cumulative")


def told(articles: Sequence[ArticleDays], readers: str) -> Told:
    """How the rows of one answer are to be read; ``readers`` names the count that can never fall."""
    if all(_alike_either_way(each) for each in articles):
        return "total"
    if any(_falls(each, readers) for each in articles):
        return "daily"
    names = {name for each in articles for row in each.counts for name in row}
    steady = not any(_falls(each, name) for each in articles for name in names)
    needed = ENOUGH_DAYS if steady else MANY_DAYS
    return "total" if any(_grows(each, readers, needed) for each in articles) else "unknown"


def _alike_either_way(series: ArticleDays) -> bool:
    first_day_only = list(series.days) == [series.published]
    return first_day_only or not any(value for row in series.counts for value in row.values())


def _falls(series: ArticleDays, name: str) -> bool:
    return any(after[name] < before[name] for before, after in pairwise(series.counts))


def _grows(series: ArticleDays, readers: str, needed: int) -> bool:
    """Whether its rows run from the publish day on without a gap, long enough, and its readers grow."""
    expected = [series.published + timedelta(days=number) for number in range(len(series.days))]
    if list(series.days) != expected or len(series.days) < needed:
        return False
    values = [row[readers] for row in series.counts]
    if not values[0] < values[-1] or values[-1] < ENOUGH_READERS:
        return False
    return len(values) >= MANY_DAYS or _slows_down(values)


def _slows_down(values: Sequence[int]) -> bool:
    """Whether each day added no more than the day before, the first day counting in full."""
    added = [values[0], *(after - before for before, after in pairwise(values))]
    return all(later <= earlier for earlier, later in pairwise(added))


def day_of(row: Any, name: str, page: Page, *, until_now: bool = False) -> date:
    """A day that was asked for (a stat_date may be later), and that was over when the answer came."""
    target, asked = page.request.url, page.request.body or {}
    text = at(row, name, kind=str, target=target)
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise changed(f"{name} 不是日期：“{text}”", target) from problem
    last = (
        page.fetched_at.astimezone(SHANGHAI).date().isoformat()
        if until_now
        else asked.get("end_date", "")
    )
    if (
        not str(asked.get("begin_date", "")) <= text <= str(last)
        or end_of_day(day) > page.fetched_at
    ):
        raise changed(f"{name} 是 {text}，不在要取的日期之内", target)
    return day


def count_of(tree: Any, name: str, *, target: str) -> Count:
    found = figure(tree, name, target=target)
    if found is None or not found.exact:
        raise changed(f"回答里的“{name}”没有数字", target)
    return found
