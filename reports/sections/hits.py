"""Hits (爆款) of the period: how many past each threshold, group by group, and which posts, between which two
observations they crossed. On *gained* those that crossed within the period, whenever published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters.records import Count, at_least
from reports import wording
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.periods import here, seen_words
from reports.section import Cell, Link, Section, Sentence, Table
from reports.sections import hit_works
from reports.sections.lines import nothing
from reports.vocabulary import HEADINGS, word_of, words_of
from storage.views.hit_posts import HitPost, hit_posts
from storage.views.series import PostValue

#: Rows of the table at most; the counts are of all.
LISTED = 200


def section(inquiry: Inquiry) -> Section | None:
    """None where config has no thresholds or no account that publishes."""
    marks = [(m, t) for m, values in inquiry.centre.thresholds.items() for t in values]
    if not marks or not inquiry.total.members:
        return None
    found = list(hit_posts(inquiry.view, inquiry.centre.thresholds))
    posts = inquiry.view.get(sorted({each.post_id for each in found}))
    ours = set(inquiry.total.members)
    found = [
        each for each in found if each.post_id in posts and posts[each.post_id].account in ours
    ]
    hits = {
        (m, t): [each for each in found if each.metric == m and t in each.passed] for m, t in marks
    }
    return Section(
        id="hits",
        title="爆款作品",
        sentences=tuple(_sentences(inquiry, hits, found)),
        tables=(_table(inquiry, found, posts),) if found else (),
        matters=tuple(hit_works.matters(inquiry, hits, hit_works.works(found), posts)),
    )


def _sentences(
    inquiry: Inquiry, hits: hit_works.Hits, found: Sequence[HitPost]
) -> Iterator[Sentence]:
    for (metric, threshold), there in hits.items():
        said = _said(inquiry, metric, threshold)
        yield Sentence(f"hits.{metric}.{threshold}", said, hit_works.trace_of(there, metric))
    if len(found) > LISTED:
        listed = wording.count(Count(LISTED), "条")
        yield Sentence("hits.listed", f"表中列数值最高的{listed}，其余未列。")


def _said(inquiry: Inquiry, metric: str, threshold: int) -> str:
    total = inquiry.total
    words = words_of(total.kinds)
    word, mark = word_of(metric, words), wording.mark(threshold)
    subject = f"{inquiry.centre.name}{len(total.members)}个账号{inquiry.period.title}"
    passed = "期内新达到" if inquiry.basis.kind == "gained" else ""
    unsure = total.unknown_hits[metric][threshold]
    left_out = total.young + total.unobserved
    beside = f"；另有{wording.count(Count(unsure), words.measure)}无法判断" if unsure else ""
    if left_out:
        young, unseen = (
            wording.count(Count(each), words.measure) for each in (total.young, total.unobserved)
        )
        beside += f"；另有未满{inquiry.basis.days}天{young}、该时点无观测{unseen}，均未计入"
    number = total.hits[metric][threshold]
    if not number and not total.posts and not unsure:
        why = nothing(inquiry.basis)
        return (
            f"{subject}{word}{passed}“{mark}”以上作品数{wording.NO_DATA}：{why}（不是 0）{beside}。"
        )
    if not number:
        none = "没有能确定的" if unsure or left_out or total.incomplete else "没有"
        return f"{subject}{none}{word}{passed}“{mark}”以上作品{beside}。"
    parts = [
        f"{name}{_count(line_hits, words_of(kinds).measure, sure=sure)}"
        for name, line_hits, kinds, sure in _parts(inquiry, metric, threshold)
        if line_hits
    ]
    many = _count(number, words.measure, sure=not unsure and not total.incomplete)
    return f"{subject}{word}{passed}“{mark}”以上作品{many}：{'、'.join(parts)}{beside}。"


def _parts(
    inquiry: Inquiry, metric: str, threshold: int
) -> Iterator[tuple[str, int, Mapping[str, int], bool]]:
    """(name, hits, kinds, whether that is all) of the groups, and of accounts in none; they add up to the total."""
    members = set(inquiry.total.members)
    groups: dict[str, list[Line]] = {}
    for line in inquiry.accounts:
        if line.id in members:
            groups.setdefault(line.group or f"“{line.name}”", []).append(line)
    for name, lines in groups.items():
        kinds = {kind: 1 for line in lines for kind in line.kinds}
        sure = not any(line.unknown_hits[metric][threshold] or line.incomplete for line in lines)
        yield name, sum(line.hits[metric][threshold] for line in lines), kinds, sure


def _table(inquiry: Inquiry, found: Sequence[HitPost], posts: Mapping[int, PostValue]) -> Table:
    names = {each.id: each.name for each in inquiry.ours}
    order = list(inquiry.centre.thresholds)
    ranked = sorted(
        found, key=lambda each: (order.index(each.metric), -each.now.value, each.post_id)
    )
    return Table(
        id="hits",
        title="爆款作品",
        headings=("标题", "账号", "指标", "数值", "达到", "越线时间", "发布时间"),
        rows=tuple(_row(each, posts[each.post_id], names) for each in ranked[:LISTED]),
        narrow=(0, 1, 2, 3, 4, 5),
    )


def _row(hit: HitPost, post: PostValue, names: Mapping[str, str]) -> tuple[Cell, ...]:
    now = hit.now
    gone = "（已删除）" if post.state == "deleted" else ""
    published = here(post.published_at)
    return (
        Link(post.title + gone, post.url),
        names[post.account],
        HEADINGS[hit.shown_by],
        now,
        f"{'曾达' if now.high is not None and now.high < hit.threshold else ''}{wording.mark(hit.threshold)}",
        _crossing(hit, post),
        f"{published:%Y-%m-%d}" if post.date_only else f"{published:%Y-%m-%d %H:%M}",
    )


def _crossing(hit: HitPost, post: PostValue) -> str:
    """Between which two observations; after its publishing where it was never seen below."""
    after = seen_words(here(hit.after_at))
    if hit.before_at == post.published_at:
        return f"发布后，不晚于{after}"
    return f"{seen_words(here(hit.before_at))}之后，不晚于{after}"


def _count(number: int, measure: str, *, sure: bool) -> str:
    return wording.count(Count(number) if sure else at_least(number), measure)
