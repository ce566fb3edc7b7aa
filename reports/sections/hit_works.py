"""The works past a threshold of views, one by one, for the paper: who published which, and what it drew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reports import wording
from reports.centre import AccountInfo
from reports.inquiry import Inquiry
from reports.paper.called import called, views_word
from reports.periods import day_words, here
from reports.sections.firsts import firsts
from reports.statement import Matter, Statement, Trace, Way
from reports.vocabulary import HEADINGS, word_of, words_of
from storage.views.hit_posts import HitPost
from storage.views.series import PostValue

#: The subjects under which matters are handed over.
COUNTS, WORKS, ACCOUNTS = "counts", "works", "accounts"
_Posts = Mapping[int, PostValue]
#: (metric, threshold) → the posts that passed it.
Hits = Mapping[tuple[str, int], Sequence[HitPost]]


def works(found: Sequence[HitPost]) -> list[HitPost]:
    """Those past a threshold of views: past the highest one first, then the most viewed."""
    past = [each for each in found if each.metric == "views"]
    return sorted(past, key=lambda each: (-each.threshold, -each.now.value, each.post_id))


def matters(
    inquiry: Inquiry, hits: Hits, works: Sequence[HitPost], posts: _Posts
) -> Iterator[Matter]:
    """How many works passed each threshold; then those works one by one; then how many of each account."""
    yield Matter(subject=COUNTS, statements=tuple(_counts(inquiry, hits, works)))
    yield Matter(subject=WORKS, statements=(), parts=tuple(_singles(inquiry, works, posts)))
    accounts: dict[str, list[HitPost]] = {}
    for each in works:
        accounts.setdefault(posts[each.post_id].account, []).append(each)
    yield Matter(
        subject=ACCOUNTS,
        statements=(),
        parts=tuple(
            Matter(subject=account, statements=(_of_account(inquiry, account, there),))
            for account, there in accounts.items()
        ),
    )


def _singles(inquiry: Inquiry, works: Sequence[HitPost], posts: _Posts) -> Iterator[Matter]:
    infos = {each.id: each for each in inquiry.ours}
    subjects = [_subject(infos[posts[each.post_id].account], posts[each.post_id]) for each in works]
    found = firsts(inquiry, works, posts)
    for place, (each, subject) in enumerate(zip(works, subjects, strict=True), 1):
        post, remark = posts[each.post_id], found.remarks.get(each.post_id, "")
        yield Matter(
            subject=_apart(subject, post) if subjects.count(subject) > 1 else subject,
            statements=tuple(_figures(inquiry, place, each, post)),
            size=(each.threshold,),
            remark=remark,
            note=found.note if remark else "",
        )


def _counts(inquiry: Inquiry, hits: Hits, works: Sequence[HitPost]) -> Iterator[Statement]:
    """Past the lowest line of a metric, then those of them past higher ones (其中)."""
    total, measure = inquiry.total, words_of(inquiry.total.kinds).measure
    passed = "期内新突破" if inquiry.basis.kind == "gained" else ""
    lowest = {metric: min(values) for metric, values in inquiry.centre.thresholds.items() if values}
    for (metric, threshold), there in sorted(hits.items(), key=lambda each: each[0][1]):
        word = "" if metric == "views" else f"{word_of(metric, words_of(total.kinds))}量"
        noun = f"{word}“{wording.mark(threshold)}”"
        if threshold == lowest[metric]:
            sure = not total.unknown_hits[metric][threshold] and not total.incomplete
            noun = said = f"{passed}{noun}作品"
        else:
            sure = metric != "views" or not any(_may_reach(each, threshold) for each in works)
            said = f"其中{noun}"
        yield Statement(
            id=f"hits.{metric}.{threshold}.posts", name=f"{HEADINGS[metric]}{wording.mark(threshold)}以上作品数",
            value=total.hits[metric][threshold], least=not sure, trace=trace_of(there, metric),
            metric=metric, word=said, noun=noun, measure=measure, way="count",
        )  # fmt: skip


def _may_reach(hit: HitPost, threshold: int) -> bool:
    """Whether a work that passed a lower line may lie above a higher one: a capped figure leaves it open."""
    return hit.threshold < threshold and (hit.now.high is None or hit.now.high >= threshold)


def _of_account(inquiry: Inquiry, account: str, there: Sequence[HitPost]) -> Statement:
    mark = wording.mark(threshold := min(inquiry.centre.thresholds["views"]))
    line = next(each for each in inquiry.accounts if each.id == account)
    return Statement(
        id=f"hits.views.{threshold}.{account}.posts", name=f"{line.name}{HEADINGS['views']}{mark}以上作品数",
        value=len(there), trace=trace_of(there, "views"), metric="hits", word=f"其中“{mark}”",
        measure=words_of(line.kinds).measure, way="count",
    )  # fmt: skip


def trace_of(hits: Sequence[HitPost], metric: str) -> Trace:
    return Trace(posts=tuple(sorted(each.post_id for each in hits)), metrics=(metric,))


def _subject(info: AccountInfo, post: PostValue) -> str:
    return f"{called(info)}{wording.book_title(post.title)}"


def _apart(subject: str, post: PostValue) -> str:
    """Two works of one account and one title are told apart by their day."""
    return f"{subject}（{day_words(here(post.published_at).date(), year=False)}）"


def _figures(inquiry: Inquiry, place: int, hit: HitPost, post: PostValue) -> Iterator[Statement]:
    """What proves that it passed, and its likes, which are said of the first of all."""
    gained = inquiry.basis.kind == "gained"
    info = next(each for each in inquiry.ours if each.id == post.account)
    words = {
        "views": (views_word([info.platform], {post.kind: 1}), "人次"),
        "readers": (words_of([post.kind]).readers, "人"),
        "likes": ("点赞" if gained else "获点赞", "次"),
    }
    for metric in dict.fromkeys((hit.shown_by, "likes")):
        amount, (word, unit) = post.amounts.get(metric), words[metric]
        way: Way = "change" if gained else "single" if metric == hit.shown_by else "sum"
        said = metric == hit.shown_by or (place == 1 and hit.shown_by == "views")
        yield Statement(
            id=f"hits.work.{place}.{metric}", name=f"{wording.title(post.title)}{HEADINGS[metric]}",
            value=amount, trace=trace_of([hit], metric),
            metric=metric, word=word, measure=unit, way=way if said else "",
            marks=tuple(inquiry.centre.thresholds.get(metric, ())),
        )  # fmt: skip
