"""Hits (爆款) of the period: how many past each threshold, group by group, and which posts, between which two
observations they crossed; for the paper each work past a threshold of views. On *gained* those that crossed within the
period, whenever published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reports import measure, wording
from reports.centre import AccountInfo
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.listing import counted, joined, left_out, nothing, sentence
from reports.measure import Measure, fact
from reports.periods import day_words, here, seen_words
from reports.section import Section, Sentence
from reports.sections.works import link, published, published_iso
from reports.statement import Matter, Statement, Trace, Way
from reports.vocabulary import HEADINGS, views_word, word_of, words_of
from storage.views.crossings import EarlierHit, HitPost, earlier_hits, hit_posts, since
from storage.views.view import PostValue

#: Rows of the table at most; the counts are of all.
LISTED = 200
#: The subjects under which matters are handed over.
COUNTS, WORKS, ACCOUNTS = "counts", "works", "accounts"
#: A page may cap its figures here: where no line is as low, a capped work need not be on record as a hit.
_CAP = 100_000
#: How the remark on an account's first work past a line begins.
FIRST = "首次突破"


@dataclass(frozen=True, slots=True)
class _Hit:
    """A post past a threshold, and its account."""

    hit: HitPost
    post: PostValue
    info: AccountInfo

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

    @property
    def subject(self) -> str:
        """As the paper calls the work."""
        return f"{self.info.called}{wording.book_title(self.post.title)}"


_COLUMNS: tuple[Measure[_Hit], ...] = (
    fact("标题", lambda each: link(each.post)),
    fact("账号", lambda each: each.info.name),
    fact("指标", lambda each: HEADINGS[each.hit.shown_by]),
    fact("数值", lambda each: each.hit.now),
    fact("达到", lambda each: each.reached),
    fact("越线时间", lambda each: each.crossing),
    fact("发布时间", lambda each: published(each.post), narrow=False),
)
#: A hit in JSON: ``before`` and ``after`` are the observations between which it crossed its line.
DATA: tuple[Measure[_Hit], ...] = (
    Measure("post", "", lambda each: each.hit.post_id, number=True),
    fact("", lambda each: each.post.title, "title"),
    fact("", lambda each: each.post.url, "url"),
    fact("", lambda each: each.info.id, "account"),
    fact("", lambda each: each.post.kind or "", "kind"),
    fact("", lambda each: published_iso(each.post), "published_at"),
    fact("", lambda each: each.hit.metric, "metric"),
    fact("", lambda each: each.hit.shown_by, "shown_by"),
    Measure("threshold", "", lambda each: each.hit.threshold, number=True),
    Measure(
        "figure", "", lambda each: each.hit.now, lambda each: _trace([each], each.hit.shown_by)
    ),
    fact("", lambda each: here(each.hit.before_at).isoformat(), "before"),
    fact("", lambda each: here(each.hit.after_at).isoformat(), "after"),
)


def section(inquiry: Inquiry) -> Section | None:
    """None where config has no thresholds or no account that publishes."""
    marks = [(m, t) for m, values in inquiry.centre.thresholds.items() for t in values]
    if not marks or not inquiry.total.members:
        return None
    found = _found(inquiry)
    hits = {
        (metric, threshold): [
            e for e in found if e.hit.metric == metric and threshold in e.hit.passed
        ]
        for metric, threshold in marks
    }
    counts = Matter(subject=COUNTS, statements=tuple(_counts(inquiry, hits)))
    return Section(
        id="hits",
        title="爆款作品",
        sentences=tuple(_sentences(inquiry, hits, len(found))),
        tables=(measure.table("hits", "爆款作品", _COLUMNS, found[:LISTED]),) if found else (),
        data={"hits": [measure.data(DATA, each) for each in found]},
        matters=(counts, *_matters(inquiry, _works(found))),
    )


def _found(inquiry: Inquiry) -> list[_Hit]:
    """Those of ours, metric by metric, the highest figure first."""
    passed = list(hit_posts(inquiry.view, inquiry.centre.thresholds))
    posts = inquiry.view.get(sorted({each.post_id for each in passed}))
    infos = {each.id: each for each in inquiry.ours if each.id in inquiry.total.members}
    order = list(inquiry.centre.thresholds)
    found = [
        _Hit(each, post, infos[post.account])
        for each in passed
        if (post := posts.get(each.post_id)) is not None and post.account in infos
    ]
    return sorted(found, key=lambda e: (order.index(e.hit.metric), -e.hit.now.value, e.hit.post_id))


#: (metric, threshold) → the posts that passed it.
_Hits = Mapping[tuple[str, int], Sequence[_Hit]]


def _count(inquiry: Inquiry, metric: str, threshold: int, there: Sequence[_Hit]) -> Statement:
    """How many works passed a threshold; a lower bound where of some it cannot be told."""
    total, mark = inquiry.total, wording.mark(threshold)
    return Statement(
        id=f"hits.{metric}.{threshold}.posts", name=f"{HEADINGS[metric]}{mark}以上作品数",
        value=total.hits[metric][threshold], trace=_trace(there, metric), metric=metric,
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


def _may_reach(each: _Hit, threshold: int) -> bool:
    """Whether a work that passed a lower line may lie above a higher one: a capped figure leaves it open."""
    hit = each.hit
    return hit.threshold < threshold and (hit.now.high is None or hit.now.high >= threshold)


def _sentences(inquiry: Inquiry, hits: _Hits, number: int) -> Iterator[Sentence]:
    for (metric, threshold), there in hits.items():
        yield _said(inquiry, metric, threshold, there)
    if number > LISTED:
        listed = counted(LISTED, "条")
        yield Sentence("hits.listed", f"表中列数值最高的{listed}，其余未列。")


def _said(inquiry: Inquiry, metric: str, threshold: int, there: Sequence[_Hit]) -> Sentence:
    total, id_ = inquiry.total, f"hits.{metric}.{threshold}"
    words = words_of(total.kinds)
    subject = f"{inquiry.centre.counted(len(total.members))}{inquiry.period.title}"
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
    parts = joined(_parts(inquiry, metric, threshold, there), "、")
    return sentence(id_, subject, count, "：", parts, f"{beside}。")


def _parts(
    inquiry: Inquiry, metric: str, threshold: int, there: Sequence[_Hit]
) -> Iterator[Statement]:
    """Of the groups, and of accounts in none; they add up to the total."""
    groups: dict[str, list[Line]] = {}
    for line in inquiry.accounts:
        if line.id in inquiry.total.members:
            groups.setdefault(line.group or f"“{line.name}”", []).append(line)
    for name, lines in groups.items():
        members = {each.id for each in lines}
        own = [each for each in there if each.info.id in members]
        count = _count(inquiry, metric, threshold, own)
        number = sum(each.hits[metric][threshold] for each in lines)
        if number:
            unsure = any(e.unknown_hits[metric][threshold] or e.incomplete for e in lines)
            unit = words_of({kind for each in lines for kind in each.kinds}).measure
            yield replace(count, word=name, value=number, least=unsure, measure=unit)


def _works(found: Sequence[_Hit]) -> list[_Hit]:
    """Those past a threshold of views: past the highest one first, then the most viewed."""
    past = [each for each in found if each.hit.metric == "views"]
    return sorted(past, key=lambda e: (-e.hit.threshold, -e.hit.now.value, e.hit.post_id))


def _matters(inquiry: Inquiry, works: Sequence[_Hit]) -> Iterator[Matter]:
    """Those works one by one; then how many of each account."""
    yield Matter(subject=WORKS, statements=(), parts=tuple(_singles(inquiry, works)))
    accounts: dict[str, list[_Hit]] = {}
    for each in works:
        accounts.setdefault(each.info.id, []).append(each)
    parts = (
        Matter(subject=account, statements=(_of_account(inquiry, account, there),))
        for account, there in accounts.items()
    )
    yield Matter(subject=ACCOUNTS, statements=(), parts=tuple(parts))


def _singles(inquiry: Inquiry, works: Sequence[_Hit]) -> Iterator[Matter]:
    """Two works of one account and one title are told apart by their day."""
    subjects = [each.subject for each in works]
    remarks, note = _firsts(inquiry, works)
    for place, each in enumerate(works, 1):
        day = f"（{day_words(here(each.post.published_at).date(), year=False)}）"
        remark = remarks.get(each.post.post_id, "")
        yield Matter(
            subject=f"{each.subject}{day if subjects.count(each.subject) > 1 else ''}",
            statements=tuple(_figures(inquiry, place, each)),
            size=(each.hit.threshold,),
            remark=remark,
            note=note if remark else "",
        )


def _of_account(inquiry: Inquiry, account: str, there: Sequence[_Hit]) -> Statement:
    mark = wording.mark(threshold := min(inquiry.centre.thresholds["views"]))
    line = next(each for each in inquiry.accounts if each.id == account)
    return Statement(
        id=f"hits.views.{threshold}.{account}.posts", name=f"{line.name}{HEADINGS['views']}{mark}以上作品数",
        value=len(there), trace=_trace(there, "views"), metric="hits", word=f"其中“{mark}”",
        measure=words_of(line.kinds).measure, way="count",
    )  # fmt: skip


def _trace(hits: Sequence[_Hit], metric: str) -> Trace:
    return Trace(posts=tuple(sorted(each.hit.post_id for each in hits)), metrics=(metric,))


def _figures(inquiry: Inquiry, place: int, each: _Hit) -> Iterator[Statement]:
    """What proves that it passed, and its likes, which are said of the first of all."""
    gained, hit, post = inquiry.basis.kind == "gained", each.hit, each.post
    words = {
        "views": (views_word([each.info.platform], {post.kind: 1}), "人次"),
        "readers": (words_of([post.kind]).readers, "人"),
        "likes": ("点赞" if gained else "获点赞", "次"),
    }
    for metric in dict.fromkeys((hit.shown_by, "likes")):
        amount, (word, unit) = post.amounts.get(metric), words[metric]
        way: Way = "change" if gained else "single" if metric == hit.shown_by else "sum"
        said = metric == hit.shown_by or (place == 1 and hit.shown_by == "views")
        yield Statement(
            id=f"hits.work.{place}.{metric}", name=f"{wording.title(post.title)}{HEADINGS[metric]}",
            value=amount, trace=_trace([each], metric),
            metric=metric, word=word, measure=unit, way=way if said else "",
            marks=inquiry.marks(metric),
        )  # fmt: skip


def _firsts(inquiry: Inquiry, works: Sequence[_Hit]) -> tuple[Mapping[int, str], str]:
    """(post → what the data prove beside its figures, over which time): the record of the centre, an account's first time
    past a line. Only over all the time that is kept, on the basis of what was published: where an earlier work may lie as
    high (it is capped), nothing is said. ``works``: those of the period past a line, the most viewed of a line first."""
    marks = sorted(inquiry.marks())
    if inquiry.basis.kind != "published" or not works or not marks or marks[0] > _CAP:
        return {}, ""
    ours = [each.id for each in inquiry.ours if not each.ledger]
    begin = since(inquiry.view, ours)
    if begin is None or begin >= inquiry.view.question.start:
        return {}, ""  # nothing went before
    remarks: dict[int, list[str]] = {}
    shown = [each.hit for each in works if each.hit.shown_by == "views"]
    best = max(shown, key=lambda each: each.now.value, default=None)
    lines = {each.hit.threshold for each in works} - {marks[0]}
    floor = min(lines | ({best.now.low} if best is not None else set()), default=None)
    before = [] if floor is None else list(earlier_hits(inquiry.view, ours, floor))
    if best is not None and not any(_may_be(each, best.now.low) for each in before):
        remarks.setdefault(best.post_id, []).append(
            f"为{'所统计账号的' if inquiry.centre.only else '本中心'}单条最高"
        )
    accounts: set[str] = set()
    for each in works:  # the highest line, the most viewed of an account first
        line, account = each.hit.threshold, each.info.id
        own = (one for one in before if one.account == account)
        if account not in accounts and line > marks[0] and not any(_may_be(e, line) for e in own):
            remarks.setdefault(each.hit.post_id, []).append(f"{FIRST}“{wording.mark(line)}”")
        accounts.add(account)
    start = day_words(here(begin).date())
    note = f"单条最高和各账号首次突破，就{start}以来存有阅读播放数据的作品而言。"
    return {number: "、".join(said) for number, said in remarks.items()}, note


def _may_be(earlier: EarlierHit, line: int) -> bool:
    """Whether an earlier work reached a line, or may have."""
    return earlier.views.high is None or earlier.views.high >= line
