"""One story on several channels (一稿多发): their number, counted for each channel (as everywhere else) and as one story,
and the one with the most views over its channels. Links only proposed by title and day do not count yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.records import Count, added
from reports import measure, wording
from reports.inquiry import Inquiry
from reports.measure import Measure, fact
from reports.section import Link, Section, Sentence
from reports.statement import Statement, Trace
from reports.vocabulary import words_of
from storage.views.view import PostValue
from storage.writing.stories import By, stories

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


MEASURES: tuple[Measure[ViewedStory], ...] = (
    fact("标题", lambda e: Link(e.first.title, e.first.url), "title", lambda e: e.first.title),
    fact("账号", lambda e: "、".join(e.names[post.account] for post in e.posts)),
    fact("账号数", lambda e: e.channels, "channels"),
    Measure("views", "合计阅读/播放量", lambda e: e.views, _behind),
    fact("依据", lambda e: _BY[e.by], "by", lambda e: e.by, narrow=False),
    fact(
        "作品编号", lambda e: " ".join(str(post.post_id) for post in e.posts),
        "posts", lambda e: [measure.data(POSTS, post) for post in e.posts], narrow=False,
    ),
)  # fmt: skip
#: A post of a story, in JSON.
POSTS: tuple[Measure[PostValue], ...] = (
    fact("", lambda post: post.post_id, "post"),
    fact("", lambda post: post.account, "account"),
    fact("", lambda post: post.title, "title"),
    fact("", lambda post: post.url, "url"),
    fact("", lambda post: post.amounts.get("views"), "views"),
)


def section(inquiry: Inquiry) -> Section:
    """With nothing linked and nothing proposed there is nothing to say but the empty list."""
    found = sorted(_stories(inquiry), key=lambda each: (_less(each.views), each.first.post_id))
    counted = [each for each in found if each.by != "title"]
    proposed = [each for each in found if each.by == "title"]
    return Section(
        id="stories",
        title="一稿多发",
        sentences=tuple(_sentences(inquiry, counted, proposed)),
        tables=tuple(
            measure.table(id_, title, MEASURES, there[:LISTED])
            for id_, title, there in (
                ("stories", "一稿多发", counted),
                ("stories_proposed", "疑似一稿多发（拟议，未计入）", proposed),
            )
            if there
        ),
        traced=tuple(_traced(counted)) if counted else (),
        data={"stories": [measure.data(MEASURES, each) for each in (*counted, *proposed)]},
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


#: Which of the posts are counted, by basis.
_WHICH = {"published": "", "gained": "有观测可计增量的", "aged": "满{}天且当天有观测的"}


def _sentences(
    inquiry: Inquiry, counted: Sequence[ViewedStory], proposed: Sequence[ViewedStory]
) -> Iterator[Sentence]:
    """How many posts are how many stories; the table names them."""
    total = inquiry.total
    measure, least = words_of(total.kinds).measure, "至少" if total.incomplete else ""
    if counted:
        posts = sum(len(each.posts) for each in counted)
        once = total.posts - posts + len(counted)
        which = _WHICH[inquiry.basis.kind].format(inquiry.basis.days)
        said = (
            f"{inquiry.period.title}各账号{which}作品{least}{total.posts}{measure}，其中{posts}{measure}是一稿多发，"
            f"分属{len(counted)}个稿件；一稿多发只计一次时，共{least}{once}{measure}。"
        )
        yield Sentence("stories.total", said, _behind(*counted))
    if proposed:
        said = f"另有{len(proposed)}组作品标题相同、发布日期相差不到两天，可能是一稿多发（拟议，未经确认，未计入）。"
        yield Sentence("stories.proposed", said, _behind(*proposed))


def _traced(counted: Sequence[ViewedStory]) -> Iterator[Statement]:
    """How many there are, and the views of each."""
    yield Statement(
        id="stories.number",
        name="一稿多发的稿件数",
        value=len(counted),
        trace=_behind(*counted),
        by="made",
    )
    for place, each in enumerate(counted[:LISTED], 1):
        name = f"一稿多发第{place}位：{wording.title(each.first.title)}"
        yield from measure.statements(MEASURES, each, f"stories.{place}", name)
