"""What a weekly mail says of the accounts themselves: their followers, and which are silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from adapters.moments import DAY
from adapters.records import Count
from reports import wording
from reports.centre import AccountInfo, Centre
from reports.periods import Period, day_words, here, seen_words
from reports.section import Cell, Section, Sentence, Table
from reports.statement import Trace
from reports.weekly.figures import Week, channels
from reports.weekly.overall import NONE
from storage.bulk import seconds
from storage.known import Known
from storage.views.silence import last_published
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
    rows = [_fans(each, told.get(each.id, (None, None)), ends) for each in channels(centre)]
    shown = [each for each in rows if each is not None]
    none = [each for each, row in zip(channels(centre), rows, strict=True) if row is None]
    said = ""
    if none:
        who = f"没有粉丝数的账号：{names(none)}" if shown else "各账号都没有读到粉丝数"
        said = f"{who}（{wording.NO_DATA}，不是 0）。"
    table = Table(
        id="week.followers",
        title="粉丝",
        headings=("账号", "粉丝", "比前一周末", "粉丝数", "观测时间", "前一周末粉丝数"),
        rows=tuple(shown),
        narrow=(0, 1, 2),
    )
    return Section(
        id="week.followers",
        title="粉丝",
        sentences=(Sentence("week.followers.missing", said),) if said else (),
        tables=(table,) if shown else (),
    )


def _fans(
    info: AccountInfo, told: Sequence[Standing | None], ends: tuple[int, int]
) -> tuple[Cell, ...] | None:
    start, end = told
    if end is None:
        return None
    near = ends[1] - end.seen_at <= _NEAR
    said = wording.total(_spread(end))
    if not near:
        said += f"（{day_words(here(end.seen_at).date(), year=False)}）"
    return (
        info.name,
        said,
        _growth(start, end, ends) if near else NONE,
        end.value,
        seen_words(here(end.seen_at)),
        None if start is None else start.value,
    )


def _growth(start: Standing | None, end: Standing, ends: tuple[int, int]) -> str:
    """The week's growth; — unless both ends were observed, each near its end."""
    if start is None or ends[0] - start.seen_at > _NEAR or end.seen_at <= start.seen_at:
        return NONE
    before, now = _spread(start), _spread(end)
    if not (before.exact and now.exact):
        return NONE
    grown = now.low - before.low
    return "0" if not grown else f"{'+' if grown > 0 else '-'}{abs(grown)}"


def silent(connection: Connection, centre: Centre, week: Week, known: Known) -> Section | None:
    """Accounts that published nothing in the two weeks before the week's end, as far as anybody looked."""
    end = seconds(week.period.end)
    last = last_published(connection, end, known)
    found: list[tuple[AccountInfo, int | None, int]] = []
    for each in channels(centre):
        looked, moment = week.looked.get(each.id), last.get(each.id)
        seen = looked is not None and looked >= end - DAY
        if looked is not None and seen and (moment or 0) < end - SILENT_DAYS * DAY:
            found.append((each, moment, looked))
    if not found:
        return None
    said = f"{wording.count(Count(len(found)), '个')}账号到这一周结束已有两周没有更新：{names(i for i, *_ in found)}。"
    return Section(
        id="week.silent",
        title="两周未更新的账号",
        sentences=(
            Sentence("week.silent", said, Trace(accounts=tuple(each.id for each, *_ in found))),
        ),
        tables=(
            Table(
                id="week.silent",
                title="两周未更新的账号",
                headings=("账号", "最近一次发布", "没有更新", "数据截至"),
                rows=tuple(_silence(*each, week.period) for each in found),
                narrow=(0, 1, 2),
            ),
        ),
    )


def _silence(info: AccountInfo, last: int | None, looked: int, week: Period) -> tuple[Cell, ...]:
    until = seen_words(here(looked))
    if last is None:
        return (info.name, "没有读到过作品", NONE, until)
    day = here(last).date()
    return (info.name, day_words(day), f"{(week.last_day - day).days}天", until)


def names(accounts: Iterable[AccountInfo]) -> str:
    """``“甲”、“乙”``; of many the first ones and how many there are."""
    return wording.several([f"“{each.name}”" for each in accounts], NAMED, "个")


def _spread(value: Standing) -> Count:
    return value.value
