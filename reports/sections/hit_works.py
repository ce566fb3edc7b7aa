"""The works past a threshold of views for the paper: publisher and figures of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports import wording
from reports.centre import AccountInfo
from reports.inquiry import Inquiry
from reports.periods import day_words, here
from reports.statement import Matter, Statement, Trace, Way
from reports.vocabulary import HEADINGS, views_word, words_of
from storage.views.crossings import EarlierHit, HitPost, earlier_hits, since
from storage.views.view import PostValue

#: The subjects under which matters are handed over.
COUNTS, WORKS, ACCOUNTS = "counts", "works", "accounts"
Posts = Mapping[int, PostValue]
#: A page may cap its figures here: where no line is as low, a capped work need not be on record as a hit.
_CAP = 100_000
#: How the remark on an account's first work past a line begins.
FIRST = "首次突破"


def works(found: Sequence[HitPost]) -> list[HitPost]:
    """Those past a threshold of views: past the highest one first, then the most viewed."""
    past = [each for each in found if each.metric == "views"]
    return sorted(past, key=lambda each: (-each.threshold, -each.now.value, each.post_id))


def matters(inquiry: Inquiry, works: Sequence[HitPost], posts: Posts) -> Iterator[Matter]:
    """Those works one by one; then how many of each account."""
    yield Matter(subject=WORKS, statements=(), parts=tuple(_singles(inquiry, works, posts)))
    accounts: dict[str, list[HitPost]] = {}
    for each in works:
        accounts.setdefault(posts[each.post_id].account, []).append(each)
    parts = (
        Matter(subject=account, statements=(_of_account(inquiry, account, there),))
        for account, there in accounts.items()
    )
    yield Matter(subject=ACCOUNTS, statements=(), parts=tuple(parts))


def _singles(inquiry: Inquiry, works: Sequence[HitPost], posts: Posts) -> Iterator[Matter]:
    infos = {each.id: each for each in inquiry.ours}
    subjects = [_subject(infos[posts[each.post_id].account], posts[each.post_id]) for each in works]
    found = _firsts(inquiry, works, posts)
    for place, (each, subject) in enumerate(zip(works, subjects, strict=True), 1):
        post, remark = posts[each.post_id], found.remarks.get(each.post_id, "")
        yield Matter(
            subject=_apart(subject, post) if subjects.count(subject) > 1 else subject,
            statements=tuple(_figures(inquiry, place, each, post)),
            size=(each.threshold,),
            remark=remark,
            note=found.note if remark else "",
        )


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
    return f"{info.called}{wording.book_title(post.title)}"


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


@dataclass(frozen=True, slots=True)
class _Firsts:
    """What the data prove beside the figures of works past a line: the record of the centre, an account's first time past
    it. Only over all the time that is kept, on the basis of what was published: where an earlier work may lie as high (it is
    capped), nothing is said. A work that shows no views takes no part: the note says so.

    ``remarks``: post → what is said beside its figures. ``note``: over which time."""

    remarks: Mapping[int, str]
    note: str = ""


def _firsts(inquiry: Inquiry, works: Sequence[HitPost], posts: Posts) -> _Firsts:
    """``works``: those of the period past a line, the most viewed of a line first."""
    marks = sorted(inquiry.centre.thresholds.get("views", ()))
    if inquiry.basis.kind != "published" or not works or not marks or marks[0] > _CAP:
        return _Firsts({})
    ours = [each.id for each in inquiry.ours if not each.ledger]
    begin = since(inquiry.view, ours)
    if begin is None or begin >= inquiry.view.question.start:
        return _Firsts({})  # nothing went before
    before = list(earlier_hits(inquiry.view, ours))
    remarks: dict[int, list[str]] = {}
    shown = [each for each in works if each.shown_by == "views"]
    best = max(shown, key=lambda each: each.now.value, default=None)
    if best is not None and _exceeds(best, before):
        remarks.setdefault(best.post_id, []).append("为本中心单条最高")
    for account in {posts[each.post_id].account for each in works}:
        own = [each for each in works if posts[each.post_id].account == account]
        first = own[0]  # the highest line, the most viewed
        if first.threshold > marks[0] and not _maybe(before, account, first.threshold):
            remarks.setdefault(first.post_id, []).append(
                f"{FIRST}“{wording.mark(first.threshold)}”"
            )
    if not remarks:
        return _Firsts({})
    start = day_words(here(begin).date())
    note = f"单条最高和各账号首次突破，就{start}以来存有阅读播放数据的作品而言。"
    return _Firsts({number: "、".join(said) for number, said in remarks.items()}, note)


def _exceeds(best: HitPost, before: Sequence[EarlierHit]) -> bool:
    """Whether every earlier work surely lies below."""
    highs = [each.views.high for each in before if each.views is not None]
    return all(high is not None and high < best.now.low for high in highs)


def _maybe(before: Sequence[EarlierHit], account: str, threshold: int) -> bool:
    """Whether an earlier work of the account reached the line, or may have."""
    highs = [e.views.high for e in before if e.views is not None and e.account == account]
    return any(high is None or high >= threshold for high in highs)
