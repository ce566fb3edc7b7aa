"""Named single posts (单篇): the most viewed of all our accounts but ledgers, and the best of each group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from adapters.records import Count
from reports import measure, wording
from reports.centre import AccountInfo
from reports.figures.totals import Best, Line
from reports.inquiry import Inquiry
from reports.listing import counted
from reports.measure import Measure, fact
from reports.periods import here, published_words
from reports.section import Link, Section, Sentence, Series, Table, bars
from reports.statement import Trace
from reports.vocabulary import HEADINGS
from storage.views.view import PostValue


@dataclass(frozen=True, slots=True)
class Top:
    """A post at its ``place``, 1 the most viewed."""

    place: int
    post: PostValue
    account: AccountInfo

    @property
    def views(self) -> Count:
        return self.post.amounts["views"]

    @property
    def trace(self) -> Trace:
        return Trace(posts=(self.post.post_id,), metrics=("views",))

    @property
    def published_at(self) -> str:
        """As JSON has it: a time, or a day where no more is known."""
        moment = here(self.post.published_at)
        return moment.date().isoformat() if self.post.date_only else moment.isoformat()


def link(post: PostValue) -> Link:
    """A post as tables of works name it."""
    return Link(post.title + ("（已删除）" if post.state == "deleted" else ""), post.url)


def published(post: PostValue) -> str:
    """When it was published, as tables of works say it."""
    return published_words(post.published_at, date_only=post.date_only)


MEASURES: tuple[Measure[Top], ...] = (
    fact("名次", lambda top: top.place),
    fact("标题", lambda top: link(top.post), "title", lambda top: top.post.title),
    fact("", lambda top: top.post.url, "url"),
    fact("账号", lambda top: top.account.name, "account", lambda top: top.account.id),
    fact("发布时间", lambda top: published(top.post), "published_at", lambda top: top.published_at),
    Measure("views", HEADINGS["views"], lambda top: top.views, lambda top: top.trace),
)


def section(inquiry: Inquiry) -> Section:
    """Only posts that show views; where there are none, that is said."""
    infos = {each.id: each for each in inquiry.ours}
    ours = [each.id for each in inquiry.ours if not each.ledger]
    ranked = inquiry.view.posts(ours, top=inquiry.centre.tops)
    posts = takewhile(lambda each: "views" in each.amounts, ranked)
    tops = [Top(place, each, infos[each.account]) for place, each in enumerate(posts, 1)]
    remarks = "；".join(_remarks(inquiry, tops))
    sentences = (Sentence("tops.order", f"{remarks}。"),) if remarks else ()
    if not tops and ours:
        said = f"{inquiry.period.title}单篇最高{wording.NO_DATA}：没有显示阅读播放量的作品。"
        sentences = (Sentence("tops.none", said),)
    return Section(
        id="tops",
        title="单篇突出作品",
        sentences=sentences,
        tables=tuple(_tables(inquiry, tops)) if tops else (),
        charts=bars(
            "tops", f"单篇阅读播放量{'增加' if inquiry.basis.kind == 'gained' else ''}", "人次",
            (wording.line(each.post.title)[:30] or "（无标题）" for each in tops),
            Series.of(HEADINGS["views"], (each.views for each in tops)),
        ),
        traced=tuple(
            figure
            for top in tops
            for figure in measure.statements(
                MEASURES,
                top,
                f"tops.{top.place}",
                f"第{top.place}位：{wording.title(top.post.title)}",
            )
        ),
        data={"tops": [measure.data(MEASURES, each) for each in tops]},
    )  # fmt: skip


def _remarks(inquiry: Inquiry, tops: Sequence[Top]) -> Iterator[str]:
    views = inquiry.total.figures["views"]
    if any(each.views.bound != "exact" for each in tops):
        yield "有的只知下限或约数，按已知的数值排序"
    if tops and views is not None and views.missing:
        yield f"另有{counted(views.missing, '条')}作品没有阅读播放量，不在排序之内"


def _tables(inquiry: Inquiry, tops: Sequence[Top]) -> Iterator[Table]:
    gained = inquiry.basis.kind == "gained"
    title = f"阅读播放量{'增加最多' if gained else '最高'}的作品"
    *facts, views = MEASURES
    yield measure.table(
        "tops", title, (*facts, replace(views, heading="期内增加") if gained else views), tops
    )
    names = {each.id: each.name for each in inquiry.ours}
    groups = [(line, line.best) for line in inquiry.groups if line.best is not None]
    columns: tuple[Measure[tuple[Line, Best]], ...] = (
        fact("分组", lambda each: each[0].name),
        fact("标题", lambda each: Link(each[1].post.title, each[1].post.url)),
        fact("账号", lambda each: names[each[1].post.account]),
        fact("指标", lambda each: HEADINGS[each[1].metric]),
        fact("数值", lambda each: each[1].figure),
    )
    if groups:
        yield measure.table("tops_of_groups", "各组最高的作品", columns, groups)
