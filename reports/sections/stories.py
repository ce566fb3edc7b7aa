"""One story on several channels (一稿多发): how many there are, counted per channel (as everywhere else) and as one story,
and the one with the most views over its channels. What is only proposed by title and day counts for nothing yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reports import wording
from reports.figures.figure import Figure, figure, plain, shown, summed
from reports.inquiry import Inquiry
from reports.section import Cell, Link, Section, Sentence, Table
from reports.statement import Statement, Trace
from reports.vocabulary import words_of
from storage.identity.stories import By, stories
from storage.views.series import Amount, PostValue

#: Rows of a table at most; the counts are of all.
LISTED = 200
_BY = {"hand": "人工认定", "link": "链接相同", "title": "拟议：标题相同、日期相近"}


@dataclass(frozen=True, slots=True)
class _Story:
    """A story's posts in the view, the most viewed first, and their views together."""

    posts: tuple[PostValue, ...]
    by: By
    views: Figure | None

    @property
    def first(self) -> PostValue:
        """The post that was published first: its title stands for the story."""
        return min(self.posts, key=lambda each: (each.published_at, each.post_id))

    @property
    def channels(self) -> int:
        return len({each.account for each in self.posts})


def section(inquiry: Inquiry) -> Section:
    """With nothing linked and nothing proposed there is nothing to say but the empty list."""
    found = sorted(_stories(inquiry), key=lambda each: (_less(each.views), each.first.post_id))
    counted = [each for each in found if each.by != "title"]
    proposed = [each for each in found if each.by == "title"]
    return Section(
        id="stories",
        title="一稿多发",
        sentences=tuple(_sentences(inquiry, counted, proposed)),
        tables=tuple(_tables(inquiry, counted, proposed)),
        traced=tuple(_traced(counted)) if counted else (),
        data={"stories": [_data(each) for each in (*counted, *proposed)]},
    )


def _stories(inquiry: Inquiry) -> Iterator[_Story]:
    ours = {each.id for each in inquiry.ours if not each.ledger}
    told = stories(inquiry.view, ours)
    for start in range(0, len(told), 500):
        part = told[start : start + 500]
        there = inquiry.view.get([number for each in part for number in each.posts])
        for each in part:
            found = [there[number] for number in each.posts]
            views = figure(summed(post.amounts.get("views") for post in found))
            posts = sorted(found, key=lambda e: (_less(e.amounts.get("views")), e.post_id))
            yield _Story(tuple(posts), each.by, views)


def _less(views: Figure | Amount | None) -> tuple[bool, int]:
    """The most viewed first, those without views last."""
    return views is None, 0 if views is None else -views.value


#: Which of the posts are counted, by basis.
_WHICH = {"published": "", "gained": "有观测可计增量的", "aged": "满{}天且当天有观测的"}


def _sentences(
    inquiry: Inquiry, counted: Sequence[_Story], proposed: Sequence[_Story]
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
        yield Sentence("stories.total", said, _trace(counted))
    if proposed:
        said = f"另有{len(proposed)}组作品标题相同、发布日期相差不到两天，可能是一稿多发（拟议，未经确认，未计入）。"
        yield Sentence("stories.proposed", said, _trace(proposed))


def _tables(
    inquiry: Inquiry, counted: Sequence[_Story], proposed: Sequence[_Story]
) -> Iterator[Table]:
    for id_, title, there in (
        ("stories", "一稿多发", counted),
        ("stories_proposed", "疑似一稿多发（拟议，未计入）", proposed),
    ):
        if there:
            yield Table(
                id=id_,
                title=title,
                headings=("标题", "账号", "账号数", "合计阅读/播放量", "依据", "作品编号"),
                rows=tuple(_row(inquiry, each) for each in there[:LISTED]),
                narrow=(0, 1, 2, 3),
            )


def _row(inquiry: Inquiry, story: _Story) -> tuple[Cell, ...]:
    names = {each.id: each.name for each in inquiry.ours}
    first = story.first
    return (
        Link(first.title, first.url),
        "、".join(names[each.account] for each in story.posts),
        story.channels,
        story.views,
        _BY[story.by],
        " ".join(str(each.post_id) for each in story.posts),
    )


def _traced(counted: Sequence[_Story]) -> Iterator[Statement]:
    yield Statement(
        id="stories.number", name="一稿多发的稿件数", value=len(counted), trace=_trace(counted)
    )
    for place, each in enumerate(counted[:LISTED], 1):
        name = f"一稿多发第{place}位：{wording.title(each.first.title)}合计阅读/播放量"
        yield Statement(
            id=f"stories.{place}.views", name=name, value=each.views, trace=_trace([each])
        )


def _trace(found: Sequence[_Story]) -> Trace:
    posts = tuple(post.post_id for each in found for post in each.posts)
    return Trace(posts=posts, metrics=("views",))


def _data(story: _Story) -> dict[str, Any]:
    return {
        "title": story.first.title,
        "posts": [
            {
                "post": each.post_id,
                "account": each.account,
                "title": each.title,
                "url": each.url,
                "views": plain(shown(each.amounts.get("views"))),
            }
            for each in story.posts
        ],
        "views": plain(story.views),
        "channels": story.channels,
        "by": story.by,
    }
