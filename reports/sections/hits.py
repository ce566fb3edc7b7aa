"""Hits (爆款) of the period: how many past each threshold, group by group, and which posts, between which two
observations they crossed. On *gained* those that crossed within the period, whenever published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reports import measure, wording
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.listing import counted, joined, left_out, nothing, sentence
from reports.measure import Measure, fact
from reports.periods import here, seen_words
from reports.section import Section, Sentence
from reports.sections import hit_works
from reports.sections.hit_works import Posts, trace_of, works
from reports.sections.tops import link, published
from reports.statement import Matter, Statement
from reports.vocabulary import HEADINGS, word_of, words_of
from storage.views.crossings import HitPost, hit_posts
from storage.views.view import PostValue

#: Rows of the table at most; the counts are of all.
LISTED = 200


@dataclass(frozen=True, slots=True)
class _Hit:
    """A post past a threshold, and the name of its account."""

    hit: HitPost
    post: PostValue
    account: str

    @property
    def reached(self) -> str:
        now = self.hit.now
        fallen = now.high is not None and now.high < self.hit.threshold
        return f"{'曾达' if fallen else ''}{wording.mark(self.hit.threshold)}"

    @property
    def crossing(self) -> str:
        """Between which two observations; after its publishing where it was never seen below."""
        hit, after = self.hit, seen_words(here(self.hit.after_at))
        if hit.before_at == self.post.published_at:
            return f"发布后，不晚于{after}"
        return f"{seen_words(here(hit.before_at))}之后，不晚于{after}"


_COLUMNS: tuple[Measure[_Hit], ...] = (
    fact("标题", lambda each: link(each.post)),
    fact("账号", lambda each: each.account),
    fact("指标", lambda each: HEADINGS[each.hit.shown_by]),
    fact("数值", lambda each: each.hit.now),
    fact("达到", lambda each: each.reached),
    fact("越线时间", lambda each: each.crossing),
    fact("发布时间", lambda each: published(each.post), narrow=False),
)


def section(inquiry: Inquiry) -> Section | None:
    """None where config has no thresholds or no account that publishes."""
    marks = [(m, t) for m, values in inquiry.centre.thresholds.items() for t in values]
    if not marks or not inquiry.total.members:
        return None
    found = list(hit_posts(inquiry.view, inquiry.centre.thresholds))
    posts = inquiry.view.get(sorted({each.post_id for each in found}))
    ours = set(inquiry.total.members)
    found = [e for e in found if e.post_id in posts and posts[e.post_id].account in ours]
    hits = {
        (m, t): [each for each in found if each.metric == m and t in each.passed] for m, t in marks
    }
    names = {each.id: each.name for each in inquiry.ours}
    order = list(inquiry.centre.thresholds)
    found.sort(key=lambda each: (order.index(each.metric), -each.now.value, each.post_id))
    rows = [_Hit(e, posts[e.post_id], names[posts[e.post_id].account]) for e in found[:LISTED]]
    counts = Matter(subject=hit_works.COUNTS, statements=tuple(_counts(inquiry, hits)))
    return Section(
        id="hits",
        title="爆款作品",
        sentences=tuple(_sentences(inquiry, hits, posts, len(found))),
        tables=(measure.table("hits", "爆款作品", _COLUMNS, rows),) if found else (),
        matters=(counts, *hit_works.matters(inquiry, works(found), posts)),
    )


#: (metric, threshold) → the posts that passed it.
_Hits = Mapping[tuple[str, int], Sequence[HitPost]]


def _count(inquiry: Inquiry, metric: str, threshold: int, there: Sequence[HitPost]) -> Statement:
    """How many works passed a threshold; a lower bound where of some it cannot be told."""
    total, mark = inquiry.total, wording.mark(threshold)
    return Statement(
        id=f"hits.{metric}.{threshold}.posts", name=f"{HEADINGS[metric]}{mark}以上作品数",
        value=total.hits[metric][threshold], trace=trace_of(there, metric), metric=metric,
        least=total.unknown_hits[metric][threshold] > 0 or total.incomplete,
        measure=words_of(total.kinds).measure, way="count",
    )  # fmt: skip


def _counts(inquiry: Inquiry, hits: _Hits) -> Iterator[Statement]:
    """For the paper: past the lowest line of a metric, then those of them past higher ones (其中)."""
    total = inquiry.total
    passed = "期内新突破" if inquiry.basis.kind == "gained" else ""
    views = [each for (metric, _), there in hits.items() if metric == "views" for each in there]
    for (metric, threshold), there in sorted(hits.items(), key=lambda each: each[0][1]):
        own = "" if metric == "views" else f"{word_of(metric, words_of(total.kinds))}量"
        noun, count = f"{own}“{wording.mark(threshold)}”", _count(inquiry, metric, threshold, there)
        if threshold == min(inquiry.marks(metric)):
            yield replace(count, word=f"{passed}{noun}作品", noun=f"{passed}{noun}作品")
        else:
            unsure = metric == "views" and any(_may_reach(each, threshold) for each in views)
            yield replace(count, word=f"其中{noun}", noun=noun, least=unsure)


def _may_reach(hit: HitPost, threshold: int) -> bool:
    """Whether a work that passed a lower line may lie above a higher one: a capped figure leaves it open."""
    return hit.threshold < threshold and (hit.now.high is None or hit.now.high >= threshold)


def _sentences(inquiry: Inquiry, hits: _Hits, posts: Posts, number: int) -> Iterator[Sentence]:
    for (metric, threshold), there in hits.items():
        yield _said(inquiry, metric, threshold, there, posts)
    if number > LISTED:
        listed = counted(LISTED, "条")
        yield Sentence("hits.listed", f"表中列数值最高的{listed}，其余未列。")


def _said(
    inquiry: Inquiry, metric: str, threshold: int, there: Sequence[HitPost], posts: Posts
) -> Sentence:
    total, id_ = inquiry.total, f"hits.{metric}.{threshold}"
    words = words_of(total.kinds)
    subject = f"{inquiry.centre.name}{len(total.members)}个账号{inquiry.period.title}"
    passed = "期内新达到" if inquiry.basis.kind == "gained" else ""
    works = f"{word_of(metric, words)}{passed}“{wording.mark(threshold)}”以上作品"
    unsure = total.unknown_hits[metric][threshold]
    left = left_out(inquiry.basis, total.young, total.unobserved, words.measure)
    beside = f"；另有{counted(unsure, words.measure)}无法判断" if unsure else ""
    beside += f"；{left}" if left else ""
    count = replace(_count(inquiry, metric, threshold, there), word=works)
    if not count.value:
        none = "没有能确定的" if unsure or left or total.incomplete else "没有"
        said = f"{none}{works}"
        if not total.posts and not unsure:
            said = f"{works}数{wording.NO_DATA}：{nothing(inquiry.basis)}（不是 0）"
        return sentence(id_, f"{subject}{said}{beside}。", trace=count.trace)
    parts = joined(_parts(inquiry, metric, threshold, there, posts), "、")
    return sentence(id_, subject, count, "：", parts, f"{beside}。")


def _parts(
    inquiry: Inquiry, metric: str, threshold: int, there: Sequence[HitPost], posts: Posts
) -> Iterator[Statement]:
    """Of the groups, and of accounts in none; they add up to the total."""
    groups: dict[str, list[Line]] = {}
    for line in inquiry.accounts:
        if line.id in inquiry.total.members:
            groups.setdefault(line.group or f"“{line.name}”", []).append(line)
    for name, lines in groups.items():
        members = {each.id for each in lines}
        count = _count(
            inquiry, metric, threshold, [e for e in there if posts[e.post_id].account in members]
        )
        number = sum(each.hits[metric][threshold] for each in lines)
        if number:
            unsure = any(e.unknown_hits[metric][threshold] or e.incomplete for e in lines)
            unit = words_of({kind for each in lines for kind in each.kinds}).measure
            yield replace(count, word=name, value=number, least=unsure, measure=unit)
