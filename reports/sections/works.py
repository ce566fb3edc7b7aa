"""Works one by one: the most viewed of all our accounts but ledgers, the best of each group (单篇); and stories on several
channels (一稿多发), counted for each channel (as everywhere else) and as one story. Links only proposed by title and day do
not count yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from adapters.records import Count, added
from reports import measure, wording
from reports.centre import AccountInfo
from reports.figures.totals import Best, Line
from reports.inquiry import Inquiry
from reports.listing import counted
from reports.measure import Measure, fact
from reports.periods import here, published_words
from reports.section import Link, Section, Sentence, Series, Table, bars
from reports.statement import Statement, Trace
from reports.vocabulary import HEADINGS, words_of
from storage.views.view import PostValue
from storage.writing.stories import By, stories


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
    def name(self) -> str:
        return f"第{self.place}位：{wording.title(self.post.title)}"


def link(post: PostValue) -> Link:
    """A post as tables of works name it."""
    return Link(post.title + ("（已删除）" if post.state == "deleted" else ""), post.url)


def published(post: PostValue) -> str:
    """When it was published, as tables of works say it."""
    return published_words(post.published_at, date_only=post.date_only)


def published_iso(post: PostValue) -> str:
    """As JSON has it: a time, or a day where no more is known."""
    moment = here(post.published_at)
    return moment.date().isoformat() if post.date_only else moment.isoformat()


TOPS: tuple[Measure[Top], ...] = (
    fact("名次", lambda top: top.place),
    fact("标题", lambda top: link(top.post), "title", lambda top: top.post.title),
    fact("", lambda top: top.post.url, "url"),
    fact("账号", lambda top: top.account.name, "account", lambda top: top.account.id),
    fact(
        "发布时间",
        lambda top: published(top.post),
        "published_at",
        lambda top: published_iso(top.post),
    ),
    Measure("views", HEADINGS["views"], lambda top: top.views, lambda top: top.trace),
)


def tops(inquiry: Inquiry) -> Section:
    """Only posts that show views; where there are none, that is said."""
    infos = {each.id: each for each in inquiry.ours}
    ours = [each.id for each in inquiry.ours if not each.ledger]
    ranked = inquiry.view.posts(ours, top=inquiry.centre.tops)
    posts = takewhile(lambda each: "views" in each.amounts, ranked)
    found = [Top(place, each, infos[each.account]) for place, each in enumerate(posts, 1)]
    remarks = "；".join(_remarks(inquiry, found))
    sentences = (Sentence("tops.order", f"{remarks}。"),) if remarks else ()
    if not found and ours:
        said = f"{inquiry.period.title}单篇最高{wording.NO_DATA}：没有显示阅读播放量的作品。"
        sentences = (Sentence("tops.none", said),)
    more = "增加" if inquiry.basis.kind == "gained" else ""
    names = [wording.line(each.post.title)[:30] or "（无标题）" for each in found]
    drawn = Series.of(HEADINGS["views"], (each.views for each in found))
    return Section(
        id="tops",
        title="单篇突出作品",
        sentences=sentences,
        tables=tuple(_tables(inquiry, found)) if found else (),
        charts=bars("tops", f"单篇阅读播放量{more}", "人次", names, drawn),
        traced=tuple(
            figure
            for top in found
            for figure in measure.statements(TOPS, top, f"tops.{top.place}", top.name)
        ),
        data={"tops": [measure.data(TOPS, each) for each in found]},
    )


def _remarks(inquiry: Inquiry, tops: Sequence[Top]) -> Iterator[str]:
    views = inquiry.total.figures["views"]
    if any(each.views.bound != "exact" for each in tops):
        yield "有的只知下限或约数，按已知的数值排序"
    if tops and views is not None and views.missing:
        yield f"另有{counted(views.missing, '条')}作品没有阅读播放量，不在排序之内"


def _tables(inquiry: Inquiry, tops: Sequence[Top]) -> Iterator[Table]:
    gained = inquiry.basis.kind == "gained"
    title = f"阅读播放量{'增加最多' if gained else '最高'}的作品"
    *facts, views = TOPS
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


#: Rows of a table at most; the counts are of all.
LISTED = 200
_BY = {"hand": "人工认定", "link": "链接相同", "title": "拟议：标题相同、日期相近"}


@dataclass(frozen=True, slots=True)
class ViewedStory:
    """A story's posts in the view, the most viewed first, and their views together. ``names`` of accounts."""

    posts: tuple[PostValue, ...]
    by: By
    views: Count | None
    names: Mapping[str, str]

    @property
    def first(self) -> PostValue:
        """The post that was published first: its title stands for the story."""
        return min(self.posts, key=lambda each: (each.published_at, each.post_id))

    @property
    def channels(self) -> int:
        return len({each.account for each in self.posts})


def _behind(*stories: ViewedStory) -> Trace:
    posts = tuple(post.post_id for each in stories for post in each.posts)
    return Trace(posts=posts, metrics=("views",))


STORIES: tuple[Measure[ViewedStory], ...] = (
    fact("标题", lambda e: Link(e.first.title, e.first.url), "title", lambda e: e.first.title),
    fact("账号", lambda e: "、".join(e.names[post.account] for post in e.posts)),
    fact("账号数", lambda e: e.channels, "channels"),
    Measure("views", "合计阅读/播放量", lambda e: e.views, _behind),
    fact("依据", lambda e: _BY[e.by], "by", lambda e: e.by, narrow=False),
    fact(
        "作品编号", lambda e: " ".join(str(post.post_id) for post in e.posts),
        "posts", lambda e: [measure.data(STORY_POSTS, post) for post in e.posts], narrow=False,
    ),
)  # fmt: skip
#: A post of a story, in JSON.
STORY_POSTS: tuple[Measure[PostValue], ...] = (
    fact("", lambda post: post.post_id, "post"),
    fact("", lambda post: post.account, "account"),
    fact("", lambda post: post.title, "title"),
    fact("", lambda post: post.url, "url"),
    fact("", lambda post: post.amounts.get("views"), "views"),
)


def shared(inquiry: Inquiry) -> Section:
    """With nothing linked and nothing proposed there is nothing to say but the empty list."""
    found = sorted(_stories(inquiry), key=lambda each: (_less(each.views), each.first.post_id))
    linked = [each for each in found if each.by != "title"]
    proposed = [each for each in found if each.by == "title"]
    return Section(
        id="stories",
        title="一稿多发",
        sentences=tuple(_shared(inquiry, linked, proposed)),
        tables=tuple(
            measure.table(id_, title, STORIES, there[:LISTED])
            for id_, title, there in (
                ("stories", "一稿多发", linked),
                ("stories_proposed", "疑似一稿多发（拟议，未计入）", proposed),
            )
            if there
        ),
        traced=tuple(_traced(linked)) if linked else (),
        data={"stories": [measure.data(STORIES, each) for each in (*linked, *proposed)]},
    )


def _stories(inquiry: Inquiry) -> Iterator[ViewedStory]:
    names = {each.id: each.name for each in inquiry.ours if not each.ledger}
    told = stories(inquiry.view, set(names))
    for start in range(0, len(told), 500):
        part = told[start : start + 500]
        there = inquiry.view.get([number for each in part for number in each.posts])
        for each in part:
            found = [there[number] for number in each.posts]
            views = added(post.amounts.get("views") for post in found).stated()
            posts = sorted(found, key=lambda e: (_less(e.amounts.get("views")), e.post_id))
            yield ViewedStory(tuple(posts), each.by, views, names)


def _less(views: Count | None) -> tuple[bool, int]:
    """The most viewed first, those without views last."""
    return views is None, 0 if views is None else -views.value


#: Which of the posts are linked, by basis.
_WHICH = {"published": "", "gained": "有观测可计增量的", "aged": "满{}天且当天有观测的"}


def _shared(
    inquiry: Inquiry, linked: Sequence[ViewedStory], proposed: Sequence[ViewedStory]
) -> Iterator[Sentence]:
    """How many posts are how many stories; the table names them."""
    total = inquiry.total
    measure, least = words_of(total.kinds).measure, "至少" if total.incomplete else ""
    if linked:
        posts = sum(len(each.posts) for each in linked)
        once = total.posts - posts + len(linked)
        which = _WHICH[inquiry.basis.kind].format(inquiry.basis.days)
        said = (
            f"{inquiry.period.title}各账号{which}作品{least}{total.posts}{measure}，其中{posts}{measure}是一稿多发，"
            f"分属{len(linked)}个稿件；一稿多发只计一次时，共{least}{once}{measure}。"
        )
        yield Sentence("stories.total", said, _behind(*linked))
    if proposed:
        said = f"另有{len(proposed)}组作品标题相同、发布日期相差不到两天，可能是一稿多发（拟议，未经确认，未计入）。"
        yield Sentence("stories.proposed", said, _behind(*proposed))


def _traced(linked: Sequence[ViewedStory]) -> Iterator[Statement]:
    """How many there are, and the views of each."""
    yield Statement(
        id="stories.number",
        name="一稿多发的稿件数",
        value=len(linked),
        trace=_behind(*linked),
        by="made",
    )
    for place, each in enumerate(linked[:LISTED], 1):
        name = f"一稿多发第{place}位：{wording.title(each.first.title)}"
        yield from measure.statements(STORIES, each, f"stories.{place}", name)
