"""The posts of a weekly mail: hits found in the week, and the ones read most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from reports import measure, wording
from reports.centre import Centre
from reports.hits import HitRow, hit_row
from reports.listing import counted, sentence
from reports.measure import Measure, fact
from reports.periods import moment_words, seen_words, span_words
from reports.section import Link, Section, Sentence, Table
from reports.sections.works import published
from reports.statement import Statement, Trace
from reports.vocabulary import word_of, words_of
from reports.weekly.weeks import Week
from storage.bulk import seconds
from storage.views.hit_list import Hit, hit_list
from storage.views.view import PostValue

TOPS = 10
_WEEK = timedelta(days=7)


def hits(week: Week) -> Section:
    """Hits that passed their mark in the week, whenever their file came; those of earlier weeks whose file came in it
    (补录); those seen since, up to the mail, which are the next week's. A hit is dated by the observation that first shows
    it past the mark; of each kind a post's highest mark stands for the lower ones."""
    as_of, period = week.as_of, week.period
    start, end = seconds(period.start), seconds(period.end)
    # none can be found before it passed its mark
    told = hit_list(week.connection, accounts=list(week.lines), found_since=start)
    found = [hit for hit in told if hit.found_at <= seconds(as_of)]
    own = [hit for hit in found if start <= hit.after_at < end]
    late = [hit for hit in found if hit.after_at < start and hit.found_at < end]
    since = [hit for hit in found if hit.found_at >= end and not start <= hit.after_at < end]
    fresh = _highest(week, since) if period.end <= as_of < period.end + _WEEK else []
    rows, added = _highest(week, own), _highest(week, late)
    old = [row for row in rows if row.published is not None and row.published < period.start]
    parts = [f"这一周发现爆款{counted(len(rows), '个')}"] if rows else []
    if old:
        parts[0] += (
            "，"
            + ("都" if len(old) == len(rows) else f"其中{counted(len(old), '个')}")
            + "是以前发布的"
        )
    if added:
        days = sorted(row.after.date() for row in added)
        parts.append(
            f"补录{counted(len(added), '个')}，首次看到过线是在{span_words(days[0], days[-1])}"
        )
    if fresh:
        again = "又" if parts else ""
        parts.append(
            f"这一周结束后到{moment_words(as_of)}{again}发现{counted(len(fresh), '个')}，计入下一周"
        )
    said = "；".join(parts) or "这一周没有发现新的爆款"
    return Section(
        id="week.hits",
        title="爆款",
        sentences=(Sentence("week.hits", f"{said}（{_marks(week.centre)}）。"),),
        tables=tuple(
            measure.table(f"week.hits{name}", title, _HITS, each)
            for name, title, each in (
                ("", "爆款", rows),
                (".late", "补录的爆款", added),
                (".since", "周末以后发现的爆款", fresh),
            )
            if each
        ),
    )


def _highest(week: Week, found: Sequence[Hit]) -> list[HitRow]:
    """The highest mark of each post and metric, in their order."""
    names = {each.id: each.name for each in week.channels}
    best: dict[tuple[int, str], Hit] = {}
    for hit in found:
        kept = best.setdefault((hit.post_id, hit.metric), hit)
        if hit.threshold > kept.threshold:
            best[hit.post_id, hit.metric] = hit
    return [hit_row(hit, names) for hit in best.values()]


_HITS: tuple[Measure[HitRow], ...] = (
    fact("作品", lambda row: Link(_title(row.hit.title), row.hit.url)),
    fact("账号", lambda row: row.name),
    fact("达到", lambda row: row.reached + ("，已删除" if row.deleted else "")),
    fact(
        "发布时间", lambda row: seen_words(row.published) if row.published else None, narrow=False
    ),
    fact("首次看到越过的时间", lambda row: seen_words(row.after), narrow=False),
)


def _title(title: str) -> str:
    return wording.line(title) or "（无标题）"


def _marks(centre: Centre) -> str:
    words = words_of(())
    parts = [
        f"{word_of(metric, words) if metric != 'views' else '阅读播放量'}"
        f"{'、'.join(wording.mark(each) for each in values)}"
        for metric, values in centre.thresholds.items()
        if values
    ]
    return f"门槛：{'；'.join(parts)}" if parts else "没有设定门槛"


def tops(week: Week, posts: Sequence[PostValue]) -> Section:
    """The posts with the most views, and those with the most readers among the ones that show none."""
    names = {each.id: each.name for each in week.channels}
    viewed = [each for each in posts if "views" in each.amounts][:TOPS]
    read = sorted(
        (each for each in posts if "views" not in each.amounts and "readers" in each.amounts),
        key=lambda each: (-each.amounts["readers"].value, each.published_at, each.post_id),
    )[:TOPS]
    tables = [
        _table(week, names, chosen, metric)
        for chosen, metric in ((viewed, "views"), (read, "readers"))
        if chosen
    ]
    lead = (_lead(names, each, week) for each in viewed[:1])
    said = "" if tables else f"这一周发布的作品阅读播放量{wording.NO_DATA}。"
    return Section(
        id="week.tops",
        title="读得最多的作品",
        sentences=(Sentence("week.tops", said),) if said else tuple(lead),
        tables=tuple(tables),
    )


def _lead(names: Mapping[str, str], best: PostValue, week: Week) -> Sentence:
    views = Statement(
        id="week.best", value=best.amounts["views"], trace=Trace(posts=(best.post_id,), metrics=("views",)),
        word=words_of([best.kind]).views, measure="人次", way="single", marks=week.marks(),
    )  # fmt: skip
    name = f"最高的是“{names[best.account]}”的{wording.title(best.title)}，"
    return sentence("week.best", name, views, "。")


def _table(week: Week, names: Mapping[str, str], posts: Sequence[PostValue], metric: str) -> Table:
    people = metric == "readers"
    marks, word = week.marks(metric), "阅读人数" if people else "阅读播放"

    def drew(post: PostValue) -> str:
        said = wording.single(post.amounts[metric], marks)
        return f"{said}{'人' if people else ''}{'（已删除）' if post.state == 'deleted' else ''}"

    columns: tuple[Measure[PostValue], ...] = (
        fact("作品", lambda each: Link(_title(each.title), each.url)),
        fact("账号", lambda each: names[each.account]),
        fact(word, drew),
        fact(f"{word}（数）", lambda each: each.amounts[metric], narrow=False),
        fact("发布时间", published, narrow=False),
    )
    title = f"{'阅读人数' if people else '阅读播放量'}前{len(posts)}"
    return measure.table(f"week.tops.{metric}", title, columns, posts)
