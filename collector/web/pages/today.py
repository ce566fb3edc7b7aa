"""今天: hits of this week, what is above its usual, what is to be downloaded, what failed and what to do, what waits for
a person, what came in last."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, url_for

from collector import due_exports
from collector.source_states import ending, failing
from collector.web.growing import above_usual
from collector.web.showing import Cell, Listing, moment, page, reading_cells
from collector.web.site import site
from reports.hits import HitRow, hit_rows
from reports.periods import day_words
from reports.section import Link
from reports.vocabulary import OUTCOMES
from reports.weekly.weeks import after, newest_complete
from storage.bulk import seconds
from storage.operations import attempts, uploads
from storage.views.history import StoredReading
from storage.writing import changes

PAGE = Blueprint("today", __name__)

#: So many of a kind are shown; the rest is counted.
NAMED = 10


@PAGE.get("/")
def show() -> Response | str:
    here = site()
    config, now = here.config, here.clock()
    names = config.names
    ours = config.ours
    week = after(newest_complete(now, config.centre.week_starts))
    start = seconds(week.start)
    with here.reading() as connection:
        # what is past its mark in this week cannot have been found before it
        found = list(hit_rows(connection, names, accounts=ours, found_since=start))
        newest = attempts.newest_figures(connection, posts=True)
        partly = attempts.partly_taken(connection)
        failed = failing(connection, config)
        due = due_exports.due(connection, config, now)
        soon = ending(config, now)
        pairs = changes.pairs(connection)
        came = _came(attempts.recent(connection, NAMED))
        rising = above_usual(connection, config, now)
        waiting = uploads.uploads(connection, ("asked", "ready"))
    hits = [each for each in found if each.hit.after_at >= start]
    return page(
        "today.html",
        _hits(hits, week.start, max((at for at, _ in newest.values()), default=None)),
        came,
        week=week,
        late=len({each.hit.post_id for each in found if each.hit.after_at < start}),
        lowest=min(config.thresholds.get("views", ()), default=None),
        rising=rising,
        due=due,
        notes=due_exports.notes(due),
        ending=soon,
        nothing=due_exports.NOTHING,
        failed=failed[:NAMED],
        more=len(failed) - NAMED,
        partly=[each for each in partly if each.recorded_at >= start],
        outcomes=OUTCOMES,
        names=names,
        pairs=pairs[:NAMED],
        waiting_pairs=len(pairs),
        asked=sum(each.state == "asked" for each in waiting),
        ready=sum(each.state == "ready" for each in waiting),
    )


def _hits(found: list[HitRow], since: datetime, newest: int | None) -> Listing:
    """``newest``: how far the data reach, which is said where there is no hit."""
    if newest is None:
        empty = "还没有数据，有没有作品过线不知道。"
    elif newest < seconds(since):
        empty = f"还没有这一周的数据（最新的是 {moment(newest)} 的），有没有作品过线不知道。"
    else:
        empty = f"已有的数据里这一周没有作品过线（最新的是 {moment(newest)} 的）。下载得越勤，知道得越早。"
    rows: list[tuple[Cell, ...]] = [
        (
            Link(each.hit.title, url_for("post.show", number=each.hit.post_id)),
            each.name,
            each.reached + ("（已删除）" if each.deleted else ""),
            each.crossing,
        )
        for each in found
    ]
    return Listing(
        id="hits",
        title=f"本周爆款（{day_words(since.date(), year=False)}起）",
        headings=("作品", "账号", "达到", "何时越过"),
        rows=rows,
        empty=empty,
    )


def _came(found: list[StoredReading]) -> Listing:
    return Listing(
        id="came",
        title="最近导入",
        headings=("时间", "账号", "文件", "结果", "作品", "其中新的"),
        rows=[reading_cells(each) for each in found],
        empty="还没有导入过文件。",
    )
