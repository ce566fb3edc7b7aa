"""What a weekly mail says of the accounts themselves: their followers, and which are silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from adapters.moments import DAY
from reports import measure, wording
from reports.centre import AccountInfo, Centre
from reports.listing import counted
from reports.measure import Measure, fact
from reports.periods import Period, day_words, here, seen_words
from reports.section import Section, Sentence
from reports.statement import Trace
from reports.weekly.figures import Week, channels
from reports.weekly.overall import NONE
from storage.bulk import seconds
from storage.known import Known
from storage.views.coverage import last_published
from storage.views.standing import Standing, standing

#: More accounts than this are not all named in a sentence.
NAMED = 12
#: An account that published nothing for so long is named.
SILENT_DAYS = 14
#: How near a week's end an observation of followers must lie to be called that of the end.
_NEAR = 3 * DAY


def followers(connection: Connection, centre: Centre, week: Week, known: Known) -> Section:
    """Each account's followers at the week's end, and their growth where both ends were observed."""
    now = seconds(week.as_of)
    ends = (min(seconds(week.period.start) - 1, now), min(seconds(week.period.end) - 1, now))
    told = standing(connection, "followers", ends, known, now)
    rows = []
    for each in channels(centre):
        first, last = told.get(each.id, (None, None))
        rows.append(_Fans(each, first, last, ends))
    shown = [each for each in rows if each.end is not None]
    none = [each.info for each in rows if each.end is None]
    who = f"没有粉丝数的账号：{names(none)}" if shown else "各账号都没有读到粉丝数"
    missing = Sentence("week.followers.missing", f"{who}（{wording.NO_DATA}，不是 0）。")
    return Section(
        id="week.followers",
        title="粉丝",
        sentences=(missing,) if none else (),
        tables=(measure.table("week.followers", "粉丝", _FANS, shown),) if shown else (),
    )


@dataclass(frozen=True, slots=True)
class _Fans:
    """An account's followers as last observed before each of the ``ends`` of a week (UTC seconds)."""

    info: AccountInfo
    start: Standing | None
    end: Standing | None
    ends: tuple[int, int]

    @property
    def near(self) -> bool:
        return self.end is not None and self.ends[1] - self.end.seen_at <= _NEAR

    @property
    def words(self) -> str | None:
        """The figure, with its day where that is not the week's end."""
        if self.end is None:
            return None
        day = day_words(here(self.end.seen_at).date(), year=False)
        return wording.total(self.end.value) + ("" if self.near else f"（{day}）")

    @property
    def growth(self) -> str:
        """The week's growth; — unless both ends were observed, each near its end."""
        start, end = self.start, self.end
        if start is None or end is None or not self.near or self.ends[0] - start.seen_at > _NEAR:
            return NONE
        if end.seen_at <= start.seen_at or not (start.value.exact and end.value.exact):
            return NONE
        grown = end.value.value - start.value.value
        return f"{grown:+d}" if grown else "0"


_FANS: tuple[Measure[_Fans], ...] = (
    fact("账号", lambda each: each.info.name),
    fact("粉丝", lambda each: each.words),
    fact("比前一周末", lambda each: each.growth),
    fact("粉丝数", lambda each: each.end.value if each.end else None, narrow=False),
    fact(
        "观测时间",
        lambda each: seen_words(here(each.end.seen_at)) if each.end else None,
        narrow=False,
    ),
    fact("前一周末粉丝数", lambda each: each.start.value if each.start else None, narrow=False),
)


def silent(connection: Connection, centre: Centre, week: Week, known: Known) -> Section | None:
    """Accounts that published nothing in the two weeks before the week's end, as far as anybody looked."""
    end = seconds(week.period.end)
    last = last_published(connection, end, known)
    found: list[_Silent] = []
    for each in channels(centre):
        looked, moment = week.looked.get(each.id), last.get(each.id)
        if looked is not None and looked >= end - DAY and (moment or 0) < end - SILENT_DAYS * DAY:
            found.append(_Silent(each, moment, looked, week.period))
    if not found:
        return None
    who = [each.info for each in found]
    said = f"{counted(len(who), '个')}账号到这一周结束已有两周没有更新：{names(who)}。"
    return Section(
        id="week.silent",
        title="两周未更新的账号",
        sentences=(Sentence("week.silent", said, Trace(accounts=tuple(each.id for each in who))),),
        tables=(measure.table("week.silent", "两周未更新的账号", _SILENT, found),),
    )


@dataclass(frozen=True, slots=True)
class _Silent:
    """An account with its ``last`` publishing (None: none was read), and until when somebody ``looked`` (UTC seconds)."""

    info: AccountInfo
    last: int | None
    looked: int
    week: Period

    @property
    def day(self) -> date | None:
        return None if self.last is None else here(self.last).date()


_SILENT: tuple[Measure[_Silent], ...] = (
    fact("账号", lambda each: each.info.name),
    fact("最近一次发布", lambda each: day_words(each.day) if each.day else "没有读到过作品"),
    fact("没有更新", lambda e: f"{(e.week.last_day - e.day).days}天" if e.day else NONE),
    fact("数据截至", lambda each: seen_words(here(each.looked)), narrow=False),
)


def names(accounts: Iterable[AccountInfo]) -> str:
    """``“甲”、“乙”``; of many the first ones and how many there are."""
    return wording.several([f"“{each.name}”" for each in accounts], NAMED, "个")
