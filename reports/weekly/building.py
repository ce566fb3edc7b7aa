"""The weekly mail's value, from storage: one road, frozen before anything is rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from reports import listing, wording
from reports.basis import Basis
from reports.centre import Centre
from reports.figures.totals import Summary
from reports.periods import Period, moment_words
from reports.section import Section, Sentence, with_one_bound
from reports.sections.notes import proposed
from reports.summary import build as whole_summary
from reports.weekly import overall, posts, state
from reports.weekly.weeks import Week, before, channels, week_of
from storage.bulk import seconds
from storage.known import Known
from storage.writing.changes import waiting

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Weekly:
    """``summary`` holds the week's lines and the mail's sections; a document of it may be drawn like any other's.
    ``subject`` is the mail's. ``whole``: the summary of the week as any period has one, for its paper."""

    summary: Summary
    subject: str
    whole: Summary

    @property
    def name(self) -> str:
        """``2026-W38``, for file names too."""
        return self.summary.period.name.replace("..", "至")

    @property
    def title(self) -> str:
        return f"{self.summary.centre.name}周报"


def build(
    connection: Connection,
    centre: Centre,
    week: Period,
    *,
    as_of: datetime,
    known_by: datetime,
    missed: Sequence[str] = (),
    unsent: Sequence[str] = (),
    due: Sequence[str] = (),
) -> Weekly:
    """What is to be said of ``week`` at ``as_of`` by what had been told at ``known_by`` (both aware), read inside the
    connection's transaction. ``missed``: due times of the service that were not kept, in words; ``unsent``: earlier
    weeks whose mail did not go out, in words; ``due``: files that are to be downloaded in the week of ``as_of``, in words.

    The week before is valued as it stood seven days earlier, so that both are compared at the same age; an account
    that had not been read by then is taken as it stood at the end of that day.
    """
    as_of, known_by = (
        each.astimezone(SHANGHAI).replace(microsecond=0) for each in (as_of, known_by)
    )
    known = Known.by(connection, seconds(known_by))
    then = _before(connection, centre, before(week), as_of - _WEEK, known)
    now = week_of(connection, centre, week, as_of, known, "week_now")
    published = list(now.view.posts([each.id for each in channels(centre)]))
    sections = (
        overall.total(centre, now, then, published),
        posts.hits(connection, centre, week, as_of),
        overall.accounts(centre, now, then),
        posts.tops(centre, published),
        state.followers(connection, centre, now, known),
        state.silent(connection, centre, now, known),
        state.todo(centre, now, due),
        state.health(connection, centre, now, missed=missed, unsent=unsent),
        _notes(now, waiting(now.view, [each.id for each in channels(centre)])),
    )
    summary = Summary(
        centre=centre,
        period=week,
        basis=Basis("published"),
        as_of=as_of,
        known_by=known_by,
        accounts=tuple(now.lines.values()),
        groups=(),
        total=now.total,
        sections=tuple(
            with_one_bound(each) for each in sections if each is not None and not each.empty
        ),
    )
    whole = whole_summary(connection, centre, week, "published", as_of, known_by)
    return Weekly(summary, _subject(centre, now), whole)


def _before(
    connection: Connection, centre: Centre, week: Period, as_of: datetime, known: Known
) -> Week:
    """The week before. Files are not put in at the same minute every Monday: a later hour of the day will do."""
    then = week_of(connection, centre, week, as_of, known, "week_before")
    evening = as_of.replace(hour=23, minute=59, second=59)
    late = week_of(connection, centre, week, evening, known, "week_before_late")
    read = [each for each in then.lines if not then.whole(each) and late.whole(each)]
    return replace(
        then,
        lines={**then.lines, **{each: late.lines[each] for each in read}},
        looked={**then.looked, **{each: late.looked[each] for each in read}},
    )


def _subject(centre: Centre, now: Week) -> str:
    said = f"{wording.line(centre.name)}周报 {now.period.title}"
    if not now.total.posts:
        return f"{said}：没有数据"
    if now.total.figures["views"] is None:
        return said
    views = replace(overall.together(centre, now, "阅读播放"), items="")
    return f"{said}：{listing.said(views)}"


def _notes(now: Week, pairs: int) -> Section:
    """How the figures were made; ``pairs`` of works may be one each."""
    texts = {
        "basis": (
            f"各数是这一周发布的作品截至{moment_words(now.as_of)}的累计数；前一周的数取在它之后同样长的时间"
            f"（截至{moment_words(now.as_of - _WEEK)}，那时还没有取数的账号取到当天结束），两周的作品年龄相当，才能比较。"
        ),
        "none": (
            f"“{overall.NONE}”和“{wording.NO_DATA}”都不是 0：来源不显示，或没有读到，或两周的数据不完整、不能比较。"
            "带“人”的是阅读人数，与阅读次数不相加。台账、同行和外部媒体的账号不在周报里。"
        ),
        "proposed": proposed(pairs),
    }
    said = tuple(Sentence(f"note.week.{name}", text) for name, text in texts.items() if text)
    return Section(id="note", title="口径", sentences=said)
