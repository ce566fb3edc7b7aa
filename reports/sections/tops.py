"""Named single posts (单篇): the most viewed of all our accounts but ledgers, and the best of each group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from reports import wording
from reports.figures.figure import Figure, of_amount, plain
from reports.inquiry import Inquiry
from reports.periods import here
from reports.section import Cell, Chart, Link, Section, Sentence, Series, Table
from reports.statement import Statement, Trace
from reports.wording import exactly
from storage.views.series import PostValue


def section(inquiry: Inquiry) -> Section:
    """Only posts that show views; where there are none, that is said."""
    ours = [each.id for each in inquiry.ours if not each.ledger]
    ranked = inquiry.view.posts(ours, top=inquiry.centre.tops)
    posts = list(takewhile(lambda each: "views" in each.amounts, ranked))
    if not posts:
        said = f"{inquiry.period.title}单篇最高{wording.NO_DATA}：没有显示阅读播放量的作品。"
        return Section(
            id="tops",
            title="单篇突出作品",
            sentences=(Sentence("tops.none", said),) if ours else (),
            data={"tops": []},
        )
    remarks = "；".join(_remarks(inquiry, posts))
    return Section(
        id="tops",
        title="单篇突出作品",
        sentences=(Sentence("tops.order", f"{remarks}。"),) if remarks else (),
        tables=tuple(_tables(inquiry, posts)),
        charts=tuple(_charts(inquiry, posts)),
        traced=tuple(_traced(posts)),
        data={"tops": [_data(each) for each in posts]},
    )


def _remarks(inquiry: Inquiry, posts: Sequence[PostValue]) -> Iterator[str]:
    views = inquiry.total.figures["views"]
    if any(each.amounts["views"].bound != "exact" for each in posts):
        yield "有的只知下限或约数，按已知的数值排序"
    if views is not None and views.missing:
        hidden = wording.count(exactly(views.missing), "条")
        yield f"另有{hidden}作品没有阅读播放量，不在排序之内"


def _tables(inquiry: Inquiry, posts: Sequence[PostValue]) -> Iterator[Table]:
    names = {each.id: each.name for each in inquiry.ours}
    gained = inquiry.basis.kind == "gained"
    yield Table(
        id="tops",
        title=f"阅读播放量{'增加最多' if gained else '最高'}的作品",
        headings=("名次", "标题", "账号", "发布时间", "期内增加" if gained else "阅读/播放量"),
        rows=tuple(
            (place, _link(each), names[each.account], _when(each), _views(each))
            for place, each in enumerate(posts, 1)
        ),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            line.name,
            Link(best.title, best.url),
            names[best.account],
            _metric(best.metric),
            best.figure,
        )
        for line in inquiry.groups
        if (best := line.best) is not None
    ]
    if rows:
        yield Table(
            id="tops_of_groups",
            title="各组最高的作品",
            headings=("分组", "标题", "账号", "指标", "数值"),
            rows=tuple(rows),
        )


def _charts(inquiry: Inquiry, posts: Sequence[PostValue]) -> Iterator[Chart]:
    if len(posts) > 1:
        amounts = [each.amounts["views"] for each in posts]
        least = tuple(place for place, each in enumerate(amounts) if each.bound == "at_least")
        yield Chart(
            id="tops",
            title="单篇阅读播放量" + ("增加" if inquiry.basis.kind == "gained" else ""),
            kind="bar",
            categories=tuple(wording.line(each.title)[:30] or "（无标题）" for each in posts),
            series=(Series("阅读/播放量", tuple(each.value for each in amounts), least),),
            unit="人次",
        )


def _traced(posts: Sequence[PostValue]) -> Iterator[Statement]:
    for place, each in enumerate(posts, 1):
        name = f"第{place}位：{wording.title(each.title)}阅读/播放量"
        yield Statement(id=f"tops.{place}.views", name=name, value=_views(each), trace=_trace(each))


def _data(post: PostValue) -> dict[str, Any]:
    moment = here(post.published_at)
    return {
        "title": post.title,
        "url": post.url,
        "account": post.account,
        "published_at": moment.date().isoformat() if post.date_only else moment.isoformat(),
        "views": plain(_views(post)),
    }


def _trace(post: PostValue) -> Trace:
    return Trace(posts=(post.post_id,), metrics=("views",))


def _views(post: PostValue) -> Figure:
    return of_amount(post.amounts["views"])


def _link(post: PostValue) -> Link:
    return Link(post.title + ("（已删除）" if post.state == "deleted" else ""), post.url)


def _metric(metric: str) -> str:
    return "阅读/播放量" if metric == "views" else "阅读人数"


def _when(post: PostValue) -> str:
    moment = here(post.published_at)
    return f"{moment:%Y-%m-%d}" if post.date_only else f"{moment:%Y-%m-%d %H:%M}"
