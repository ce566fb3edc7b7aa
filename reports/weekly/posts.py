"""The posts of a weekly mail: hits found in the week, and the ones read most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import Count
from reports import wording
from reports.centre import Centre
from reports.hits import HitRow, hit_row
from reports.periods import Period, moment_words, seen_words, span_words
from reports.section import Cell, Link, Section, Sentence, Table
from reports.statement import Trace
from reports.vocabulary import word_of, words_of
from reports.weekly.figures import channels
from storage.bulk import seconds
from storage.views.hit_list import Hit, hit_list
from storage.views.series import PostValue

TOPS = 10
_WEEK = timedelta(days=7)


def hits(connection: Connection, centre: Centre, week: Period, as_of: datetime) -> Section:
    """Hits that passed their mark in the week, whenever their file came; those of earlier weeks whose file came in it
    (补录); those seen since, up to the mail, which are the next week's. A hit is dated by the observation that first shows
    it past the mark; of each kind a post's highest mark stands for the lower ones."""
    own, late, since = _by_week(_found(connection, centre, week, as_of), week)
    fresh = _highest(centre, since) if week.end <= as_of < week.end + _WEEK else []
    rows, added = _highest(centre, own), _highest(centre, late)
    old = [row for row in rows if row.published is not None and row.published < week.start]
    parts = [f"这一周发现爆款{_number(rows)}"] if rows else []
    if old:
        parts[0] += (
            "，" + ("都" if len(old) == len(rows) else f"其中{_number(old)}") + "是以前发布的"
        )
    if added:
        days = sorted(row.after.date() for row in added)
        parts.append(f"补录{_number(added)}，首次看到过线是在{span_words(days[0], days[-1])}")
    if fresh:
        again = "又" if parts else ""
        parts.append(f"这一周结束后到{moment_words(as_of)}{again}发现{_number(fresh)}，计入下一周")
    said = "；".join(parts) or "这一周没有发现新的爆款"
    return Section(
        id="week.hits",
        title="爆款",
        sentences=(Sentence("week.hits", f"{said}（{_marks(centre)}）。"),),
        tables=tuple(
            Table(
                id=f"week.hits{name}",
                title=title,
                headings=("作品", "账号", "达到", "发布时间", "首次看到越过的时间"),
                rows=tuple(_hit(row) for row in each),
                narrow=(0, 1, 2),
            )
            for name, title, each in (
                ("", "爆款", rows),
                (".late", "补录的爆款", added),
                (".since", "周末以后发现的爆款", fresh),
            )
            if each
        ),
    )


def _number(rows: Sequence[HitRow]) -> str:
    return wording.count(Count(len(rows)), "个")


def _found(connection: Connection, centre: Centre, week: Period, as_of: datetime) -> list[Hit]:
    """Hits of ours that were found from the week's begin to ``as_of``: none can be found before it passed its mark."""
    names = [each.id for each in channels(centre)]
    found = hit_list(connection, accounts=names, found_since=seconds(week.start))
    return [hit for hit in found if hit.found_at <= seconds(as_of)]


def _by_week(found: Sequence[Hit], week: Period) -> tuple[list[Hit], list[Hit], list[Hit]]:
    """Those past their mark in the week; those of before that were found in it; the rest, found after it."""
    start, end = seconds(week.start), seconds(week.end)
    own = [hit for hit in found if start <= hit.after_at < end]
    late = [hit for hit in found if hit.after_at < start and hit.found_at < end]
    since = [hit for hit in found if hit.found_at >= end and not start <= hit.after_at < end]
    return own, late, since


def _highest(centre: Centre, found: Sequence[Hit]) -> list[HitRow]:
    """The highest mark of each post and metric, in their order."""
    names = {each.id: each.name for each in channels(centre)}
    best: dict[tuple[int, str], Hit] = {}
    for hit in found:
        kept = best.setdefault((hit.post_id, hit.metric), hit)
        if hit.threshold > kept.threshold:
            best[hit.post_id, hit.metric] = hit
    return [hit_row(hit, names) for hit in best.values()]


def _hit(row: HitRow) -> tuple[Cell, ...]:
    return (
        Link(wording.line(row.hit.title) or "（无标题）", row.hit.url),
        row.name,
        row.reached + ("，已删除" if row.deleted else ""),
        None if row.published is None else seen_words(row.published),
        seen_words(row.after),
    )


def _marks(centre: Centre) -> str:
    words = words_of(())
    parts = [
        f"{word_of(metric, words) if metric != 'views' else '阅读播放量'}"
        f"{'、'.join(wording.mark(each) for each in values)}"
        for metric, values in centre.thresholds.items()
        if values
    ]
    return f"门槛：{'；'.join(parts)}" if parts else "没有设定门槛"


def tops(centre: Centre, posts: Sequence[PostValue]) -> Section:
    """The posts with the most views, and those with the most readers among the ones that show none."""
    names = {each.id: each.name for each in channels(centre)}
    viewed = [each for each in posts if "views" in each.amounts][:TOPS]
    read = sorted(
        (each for each in posts if "views" not in each.amounts and "readers" in each.amounts),
        key=lambda each: (-each.amounts["readers"].value, each.published_at, each.post_id),
    )[:TOPS]
    tables = [
        _table(centre, names, chosen, metric)
        for chosen, metric in ((viewed, "views"), (read, "readers"))
        if chosen
    ]
    said = "" if tables else f"这一周发布的作品阅读播放量{wording.NO_DATA}。"
    return Section(
        id="week.tops",
        title="读得最多的作品",
        sentences=(Sentence("week.tops", said),) if said else tuple(_lead(names, viewed, centre)),
        tables=tuple(tables),
    )


def _lead(
    names: Mapping[str, str], posts: Sequence[PostValue], centre: Centre
) -> Iterator[Sentence]:
    if not posts:
        return
    best = posts[0]
    words = words_of([best.kind])
    figure = best.amounts["views"]
    said = wording.single(figure, centre.thresholds.get("views", ()), "人次")
    text = f"最高的是“{names[best.account]}”的{wording.title(best.title)}，{words.views}{said}。"
    yield Sentence("week.best", text, Trace(posts=(best.post_id,), metrics=("views",)))


def _table(
    centre: Centre, names: Mapping[str, str], posts: Sequence[PostValue], metric: str
) -> Table:
    title = f"阅读播放量前{len(posts)}" if metric == "views" else f"阅读人数前{len(posts)}"
    marks = centre.thresholds.get(metric, ())
    rows: list[tuple[Cell, ...]] = []
    for each in posts:
        figure = each.amounts[metric]
        said = wording.single(figure, marks) + ("人" if metric == "readers" else "")
        moment = datetime.fromtimestamp(each.published_at, SHANGHAI)
        when = f"{moment:%Y-%m-%d}" if each.date_only else f"{moment:%Y-%m-%d %H:%M}"
        deleted = "（已删除）" if each.state == "deleted" else ""
        name = wording.line(each.title) or "（无标题）"
        rows.append((Link(name, each.url), names[each.account], said + deleted, figure, when))
    word = "阅读人数" if metric == "readers" else "阅读播放"
    return Table(
        id=f"week.tops.{metric}",
        title=title,
        headings=("作品", "账号", word, f"{word}（数）", "发布时间"),
        rows=tuple(rows),
        narrow=(0, 1, 2),
    )
