"""The weekly mail's value, from storage: one road, frozen before anything is rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from reports import listing, wording
from reports.centre import Centre
from reports.figures.totals import Scope, Summary
from reports.periods import Period, moment_words
from reports.section import Section, Sentence, with_one_bound
from reports.sections.notes import proposed
from reports.summary import build as whole_summary
from reports.weekly import overall, posts, state
from reports.weekly.weeks import Week, before, week_of
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
    now = week_of(connection, centre, week, as_of, known_by, "week_now")
    then = _before(now)
    published = list(now.view.posts(now.lines))
    sections = (
        overall.total(now, then, published),
        posts.hits(now),
        overall.accounts(now, then),
        posts.tops(now, published),
        state.followers(now),
        state.silent(now),
        state.todo(now, due),
        state.health(now, missed=missed, unsent=unsent),
        _notes(now, waiting(now.view, list(now.lines))),
    )
    scope = {each.name: getattr(now, each.name) for each in fields(Scope)}
    summary = Summary(
        **{**scope, "accounts": tuple(now.lines.values()), "groups": (), "platforms": ()},
        sections=tuple(
            with_one_bound(each) for each in sections if each is not None and not each.empty
        ),
    )
    whole = whole_summary(connection, centre, week, "published", as_of, known_by)
    return Weekly(summary, _subject(now), whole)


def _before(now: Week) -> Week:
    """The week before. Files are not put in at the same minute every Monday: a later hour of the day will do."""
    as_of = now.as_of - _WEEK
    then, late = (
        week_of(now.connection, now.centre, before(now.period), moment, now.known_by, table)
        for moment, table in (
            (as_of, "week_before"),
            (as_of.replace(hour=23, minute=59, second=59), "week_before_late"),
        )
    )
    read = [each for each in then.lines if not then.whole(each) and late.whole(each)]
    return replace(
        then,
        lines={**then.lines, **{each: late.lines[each] for each in read}},
        looked={**then.looked, **{each: late.looked[each] for each in read}},
    )


def _subject(now: Week) -> str:
    said = f"{wording.line(now.centre.name)}周报 {now.period.title}"
    if not now.total.posts:
        return f"{said}：没有数据"
    if now.total.figures["views"] is None:
        return said
    views = replace(overall.together(now, "阅读播放"), items="")
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
