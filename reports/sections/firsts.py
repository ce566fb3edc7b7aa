"""What the data prove beside the figures of works past a line: the record of the centre, an account's first time past it.

Only over all the time that is kept, on the basis of what was published: where an earlier work may lie as high (it is
capped), nothing is said. A work that shows no views takes no part: the note says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports import wording
from reports.inquiry import Inquiry
from reports.periods import day_words, here
from storage.views.ever import Earlier, earlier_hits, since
from storage.views.hit_posts import HitPost
from storage.views.series import PostValue

#: A page may cap its figures here: where no line is as low, a capped work need not be on record as a hit.
_CAP = 100_000
#: How the remark on an account's first work past a line begins.
FIRST = "首次突破"


@dataclass(frozen=True, slots=True)
class Firsts:
    """``remarks``: post → what is said beside its figures. ``note``: over which time."""

    remarks: Mapping[int, str]
    note: str = ""


def firsts(inquiry: Inquiry, works: Sequence[HitPost], posts: Mapping[int, PostValue]) -> Firsts:
    """``works``: those of the period past a line, the most viewed of a line first."""
    marks = sorted(inquiry.centre.thresholds.get("views", ()))
    if inquiry.basis.kind != "published" or not works or not marks or marks[0] > _CAP:
        return Firsts({})
    ours = [each.id for each in inquiry.ours if not each.ledger]
    begin = since(inquiry.view, ours)
    if begin is None or begin >= inquiry.view.question.start:
        return Firsts({})  # nothing went before
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
        return Firsts({})
    start = day_words(here(begin).date())
    note = f"单条最高和各账号首次突破，就{start}以来存有阅读播放数据的作品而言。"
    return Firsts({number: "、".join(said) for number, said in remarks.items()}, note)


def _exceeds(best: HitPost, before: Sequence[Earlier]) -> bool:
    """Whether every earlier work surely lies below."""
    highs = [each.views.high for each in before if each.views is not None]
    return all(high is not None and high < best.now.low for high in highs)


def _maybe(before: Sequence[Earlier], account: str, threshold: int) -> bool:
    """Whether an earlier work of the account reached the line, or may have."""
    highs = [e.views.high for e in before if e.views is not None and e.account == account]
    return any(high is None or high >= threshold for high in highs)
