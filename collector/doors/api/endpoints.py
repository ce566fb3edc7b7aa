"""What can be asked under ``/api/v1``, each endpoint said once: its address, parameters, answer, and who answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection

from adapters.records import METRICS
from collector.config.loading import Config
from collector.doors import telling
from collector.doors.api import state
from collector.doors.api.parameters import (
    AS_OF,
    BASIS,
    DEEPEST,
    PAGES,
    PERIOD,
    Parameter,
    chosen,
    text,
)
from collector.doors.api.periods import PeriodAnswer, now_of, of_period, spans
from collector.doors.api.schemas import (
    MOMENT,
    SHAPES,
    TEXT,
    WHOLE,
    Schema,
    many,
    maybe,
    ref,
    said,
)
from collector.summaries import centre_of
from collector.web.site import Kept
from reports.periods import here
from reports.tidy.columns import COLUMNS, Row
from reports.tidy.rows import Sources, by_id, post_row, series_rows
from storage.bulk import seconds
from storage.known import Known, top_of
from storage.views import catalogue
from storage.views.catalogue import ORDERS, Wanted
from storage.views.history import StoredPost, posts_by_number

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiQuestion:
    """One request: the database as it is now, and the values of the endpoint's parameters."""

    connection: Connection
    config: Config
    now: datetime
    given: Mapping[str, Any]

    def told(self) -> PeriodAnswer:
        """The period that is asked about. Raises NoData."""
        given = self.given
        return of_period(
            self.connection,
            self.config,
            self.now,
            given["period"],
            given.get("basis", "published"),
            given.get("as_of"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """``path``: below ``/api/v1``, as Flask writes it; ``answer``: properties of the answer beside those that go with
    every one; ``tell`` answers, None where there is no such thing. ``words``: one line, then what else there is to know."""

    path: str
    name: str
    words: str
    parameters: Sequence[Parameter] = ()
    answer: Schema
    tell: Callable[..., dict[str, Any] | None]


class TooDeep(ValueError):
    """A page beyond what pages lead to."""


def _page(given: Mapping[str, Any]) -> tuple[int, int]:
    """The first row of the page, and how many it has at most."""
    most = given["per_page"]
    first = (given["page"] - 1) * most
    if first + most > DEEPEST and first:
        raise TooDeep(
            f"翻得太远了：page × per_page 不能超过 {DEEPEST}。请把 period 写短些分几次取，或用 collect export"
        )
    return first, most


def _paged(
    given: Mapping[str, Any], name: str, found: Sequence[Any], *, more: bool
) -> dict[str, Any]:
    page = given["page"]
    return {"page": page, "next_page": page + 1 if more else None, name: found}


_PAGED: Schema = {
    "page": WHOLE,
    "next_page": said(maybe(WHOLE), "下一页是第几页；null 没有了"),
}


# ── who answers ──


def _hits(asked: ApiQuestion) -> dict[str, Any]:
    told, given = asked.told(), asked.given
    names = [each.name for each in COLUMNS["hits"]]
    wanted = [(names.index(each), given[each]) for each in ("account", "metric") if given[each]]
    first, most = _page(given)
    found = [row for row in told.hits if all(row[at] == value for at, value in wanted)]
    shown = [telling.row(SHAPES["hits"], row) for row in found[first : first + most]]
    paged = _paged(given, "hits", shown, more=first + most < len(found))
    return {**told.scope, "total": len(found), **paged}


#: The numbers of the posts that were asked for lately, in order, while nothing is told.
_found: Kept[list[int]] = Kept(64)


def _posts(asked: ApiQuestion) -> dict[str, Any]:
    told, given = asked.told(), asked.given
    first, most = _page(given)
    wanted = Wanted(
        accounts=(given["account"],) if given["account"] else (),
        words=tuple(given["q"].split()),
        since=seconds(told.period.start),
        until=seconds(told.period.end),
        order=given["order"],
        falling=given["way"] == "desc",
    )
    numbers = _found.get(
        (told.key, wanted),
        lambda: catalogue.numbers(asked.connection, wanted, most=DEEPEST + 1),
    )
    shown = catalogue.shown(asked.connection, numbers[first : first + most])
    more = len(numbers) > first + most
    return {**told.scope, **_paged(given, "posts", list(_told(asked, shown)), more=more)}


def _told(asked: ApiQuestion, posts: Sequence[StoredPost]) -> Iterator[dict[str, Any]]:
    accounts = by_id(centre_of(asked.config))
    for each in posts:
        yield telling.row(SHAPES["posts"], post_row(accounts, each, each.keys))


def _series(asked: ApiQuestion, post: int) -> dict[str, Any] | None:
    connection, given = asked.connection, asked.given
    top = top_of(connection, [post])[post]
    found = posts_by_number(connection, [top]).get(top)
    if found is None:
        return None
    moment = seconds(now_of(connection, asked.now))
    place = {top: (found.account, found.published_at)}
    looks = list(series_rows(Sources(connection), place, Known(), moment))
    first, most = _page(given)
    shown = [telling.row(SHAPES["observations"], each) for each in looks[first : first + most]]
    return {
        "basis": "observed",
        "as_of": here(moment).isoformat(),
        "gaps": list(spans(_unseen(looks))),
        "total": len(looks),
        "post": next(_told(asked, [found])),
        **_paged(given, "observations", shown, more=first + most < len(looks)),
    }


def _unseen(looks: Sequence[Row]) -> Iterator[tuple[date, date]]:
    """The days between a post's first and last observation on which it was not looked at."""
    at = [each.name for each in COLUMNS["observations"]].index("observed_at")
    days = sorted({here(int(each[at] or 0)).date() for each in looks})
    for before, after in pairwise(days):
        if after - before > _DAY:
            yield before + _DAY, after - _DAY


def _summary(asked: ApiQuestion) -> dict[str, Any]:
    told = asked.told()
    return {**told.scope, **told.summary}


def _coverage(asked: ApiQuestion) -> dict[str, Any]:
    told = asked.told()
    return {**told.scope, "accounts": list(told.coverage)}


def _status(asked: ApiQuestion) -> dict[str, Any]:
    return state.status(asked.connection, asked.config, asked.now)


# ── what can be asked ──

_OF = text("account", "只要这个账号的（config.toml 里的 id）")
_SCOPE: Schema = {
    "period": said(TEXT, "时期"),
    "basis": said(TEXT, "口径"),
    "as_of": said(MOMENT, "截至这时观测到的数"),
    "known_by": said(MOMENT, "截至这时存入的数"),
    "gaps": many(ref("Coverage"), "资料没有覆盖整个时期的账号；空：都覆盖了"),
}
_SPAN = (PERIOD, BASIS, AS_OF)

ENDPOINTS: Sequence[Endpoint] = (
    Endpoint(
        path="/hits",
        name="hits",
        words="爆款。一个时期里越过爆款线的作品，最近越线的在前；一篇作品越过几条线就有几行。",
        parameters=(*_SPAN, _OF, chosen("metric", "只要按这一项的", METRICS), *PAGES),
        answer={**_SCOPE, "total": said(WHOLE, "共几行"), **_PAGED, "hits": many(ref("Hit"))},
        tell=_hits,
    ),
    Endpoint(
        path="/posts",
        name="posts",
        words="作品。一个时期发布的作品和它们现在的数，一页一页地取。",
        parameters=(
            PERIOD,
            _OF,
            text("q", "标题里有这些词（空格隔开，都要有）"),
            chosen("order", "按什么排，没有这一项的在最后", ORDERS, "published_at"),
            chosen("way", "desc 从大到小（从新到旧）、asc 从小到大", ("desc", "asc"), "desc"),
            *PAGES,
        ),
        answer={**_SCOPE, **_PAGED, "posts": many(ref("Post"))},
        tell=_posts,
    ),
    Endpoint(
        path="/posts/<int:post>/series",
        name="series",
        words="一篇作品的变化。它的每一次观测，按时间先后；合并进别的作品的，答的是合并后的那一篇。",
        parameters=PAGES,
        answer={
            "basis": said(TEXT, "总是 observed：观测到的累计数"),
            "as_of": said(MOMENT, "截至这时的观测"),
            "gaps": many(ref("Span"), "首次和最后一次观测之间，没有观测的日子"),
            "total": said(WHOLE, "共观测几次"),
            "post": ref("Post"),
            **_PAGED,
            "observations": many(ref("Observation")),
        },
        tell=_series,
    ),
    Endpoint(
        path="/summary",
        name="summary",
        words="总结。一个时期的合计，各分组、各平台、各账号的数，和总结里的相同。",
        parameters=_SPAN,
        answer={
            **_SCOPE,
            "centre": said(TEXT, "单位"),
            "total": ref("Line"),
            "groups": many(ref("Line")),
            "platforms": many(ref("Line"), "没有分组而有几个账号的平台"),
            "accounts": many(ref("AccountLine"), "全部账号，包括同行、外部媒体、台账"),
        },
        tell=_summary,
    ),
    Endpoint(
        path="/coverage",
        name="coverage",
        words="资料覆盖。每个账号的资料覆盖一个时期的哪些发布日，缺哪些。",
        parameters=_SPAN,
        answer={**_SCOPE, "accounts": many(ref("Coverage"))},
        tell=_coverage,
    ),
    Endpoint(
        path="/status",
        name="status",
        words="状况。采集服务是否在运行、最近一次采集、存了多少、哪些来源读不到、什么在等。",
        answer=state.ANSWER,
        tell=_status,
    ),
)
