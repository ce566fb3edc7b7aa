"""What a weekly mail says of the accounts and the data: followers, who is silent, what failed, was missed or is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from adapters.moments import DAY
from reports import measure, wording
from reports.announcements import trouble_entry
from reports.centre import AccountInfo
from reports.listing import counted
from reports.measure import Measure, fact
from reports.periods import Period, day_words, here, seen_words, span_words
from reports.section import Section, Sentence
from reports.statement import Trace
from reports.weekly.overall import NONE, signed
from reports.weekly.weeks import Week
from storage.bulk import seconds
from storage.operations.attempts import fares
from storage.operations.troubles import Trouble, open_troubles
from storage.views.coverage import last_published
from storage.views.standing import Standing, standing

#: More accounts than this are not all named in a sentence.
NAMED = 12
#: An account that published nothing for so long is named.
SILENT_DAYS = 14
#: Platforms whose figures of a day are whole only from this hour of the next.
_SETTLED = {"wechat_mp": 12}
#: How near a week's end an observation of followers must lie to be called that of the end.
_NEAR = 3 * DAY


def followers(week: Week) -> Section:
    """Each account's followers at the week's end, and their growth where both ends were observed."""
    now = seconds(week.as_of)
    ends = (min(seconds(week.period.start) - 1, now), min(seconds(week.period.end) - 1, now))
    told = standing(week.connection, "followers", ends, week.known, now)
    rows = []
    for each in week.channels:
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
        return signed(end.value.less(start.value))


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


def silent(week: Week) -> Section | None:
    """Accounts that published nothing in the two weeks before the week's end, as far as anybody looked."""
    end = seconds(week.period.end)
    last = last_published(week.connection, end, week.known)
    found: list[_Silent] = []
    for each in week.channels:
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


def todo(week: Week, due: Sequence[str]) -> Section:
    """Which accounts' files are still to be put in for the week to be whole, and which are ``due`` now; may be empty."""
    return _section(
        "week.todo", "还要下载的文件", absent=_absent(week), provisional=_provisional(week),
        due=(f"{each}。" for each in due),
    )  # fmt: skip


def health(week: Week, *, missed: Sequence[str], unsent: Sequence[str]) -> Section:
    """Everything else that is wrong with the data; may be empty."""
    late = (
        f"此前{'、'.join(unsent)}的周报没有发出（程序没有运行，或邮件没有送进服务器）。"
        "要补看，请运行 collect mail --week 加那一周，例如 collect mail --week 2026-W36"
    )
    return _section(
        "week.health", "数据情况", unsent=[late] if unsent else (), failing=_failing(week), missed=missed
    )  # fmt: skip


def _section(id_: str, title: str, **found: Iterable[str]) -> Section:
    """Sentences, numbered by what they are about."""
    return Section(
        id=id_,
        title=title,
        sentences=tuple(
            Sentence(f"week.{name}.{number}", wording.line(text))
            for name, texts in found.items()
            for number, text in enumerate(texts)
        ),
    )


def _failing(week: Week) -> Iterator[str]:
    """Sources and credentials that do not work now, since when, and what to do."""
    called = {each.id: each.name for each in week.centre.accounts}
    platforms = {each.platform: each.platform_name for each in week.centre.accounts}
    now, start = seconds(week.as_of), seconds(week.period.start)
    told = open_troubles(week.connection)
    since = {(each.kind, each.account, each.source): each.since for each in told}
    for tail in fares(week.connection, start - SILENT_DAYS * DAY):
        old = tail.last_at > now or (tail.kind == "file" and tail.last_at < start)
        if not tail.failing or old or tail.account not in called:
            continue
        begun = since.get(("source", tail.account, tail.source), tail.failing_since or tail.last_at)
        trouble = Trouble(
            number=0, kind="source", account=tail.account, source=tail.source, outcome=tail.outcome,
            problem=tail.problem or "", since=begun, announced_at=None, ended_at=None, end_announced_at=None,
        )  # fmt: skip
        yield _entry(trouble, called, week.as_of)
    for each in told:
        if each.kind == "credential" and each.since <= now:
            yield _entry(each, called if each.account else platforms, week.as_of)


def _entry(trouble: Trouble, names: Mapping[str, str], now: datetime) -> str:
    return "：".join(trouble_entry(trouble, names, now).split("\n"))


def _absent(week: Week) -> Iterator[str]:
    """Days of the week without data: what was never read, gaps, and what is not known up to the week's end."""
    end = seconds(week.period.end)
    never: list[AccountInfo] = []
    short = []
    for each in week.channels:
        looked = week.looked.get(each.id)
        if looked is None:
            never.append(each)
            continue
        gaps = "、".join(span_words(*days) for days in week.lines[each.id].coverage.gaps)
        if gaps:
            yield f"“{each.name}”{gaps}没有数据。"
        if looked < end - 1:
            short.append(f"“{each.name}”只到{seen_words(here(looked))}")
    if never:
        yield f"还没有读到过数据的账号：{names(never)}。"
    if short:
        yield (
            f"没有数据到这一周结束的账号，之后有没有新作品不明：{wording.several(short, NAMED, '个', '，')}。"
            "请补下载导出文件，或检查采集。"
        )


def _provisional(week: Week) -> Iterator[str]:
    """Accounts whose figures of the week's last day were read before the platform had counted it."""
    end = week.period.end
    found: dict[tuple[str, int], list[AccountInfo]] = {}
    for each in week.channels:
        hour, looked = _SETTLED.get(each.platform), week.looked.get(each.id)
        if hour is None or looked is None or not week.lines[each.id].posts:
            continue
        if seconds(end) - 1 <= looked < seconds(end + timedelta(hours=hour)):
            found.setdefault((each.platform_name, hour), []).append(each)
    for (platform, hour), accounts in found.items():
        yield (
            f"{platform}前一天的数字要到次日{hour}时才统计全，"
            f"{names(accounts)}{day_words(week.period.last_day, year=False)}的数字是暂时的，可能还会增加。"
        )
