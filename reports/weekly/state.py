"""What a weekly mail says of accounts and data: followers, silent accounts, what failed, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from reports import wording
from reports.announcements import trouble_entry
from reports.centre import AccountInfo, Centre
from reports.figure import of_amount
from reports.periods import SHANGHAI, Period, day_words, seen_words, span_words
from reports.section import Cell, Section, Sentence, Table, Trace
from reports.weekly.figures import Week, channels
from reports.weekly.overall import NONE
from reports.wording import Spread
from storage.bulk import seconds
from storage.seen import Known
from storage.series import Amount
from storage.silence import last_published
from storage.standing import Standing, standing
from storage.troubles import Trouble, open_troubles, tails

DAY = 86_400
#: More accounts than this are not all named in a sentence.
_NAMED = 12
#: An account that published nothing for so long is named.
SILENT_DAYS = 14
#: How near a week's end an observation of followers must lie to be called that of the end.
_NEAR = 3 * DAY
#: Platforms whose figures of a day are whole only from this hour of the next.
_SETTLED = {"wechat_mp": 12}


def followers(connection: Connection, centre: Centre, week: Week, known: Known) -> Section:
    """Each account's followers at the week's end, and their growth where both ends were observed."""
    now = seconds(week.as_of)
    ends = (min(seconds(week.period.start), now), min(seconds(week.period.end) - 1, now))
    told = standing(connection, "followers", ends, known)
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
        said += f"（{day_words(_here(end.seen_at).date(), year=False)}）"
    return (
        info.name,
        said,
        _growth(start, end, ends) if near else NONE,
        of_amount(_amount(end)),
        seen_words(_here(end.seen_at)),
        None if start is None else of_amount(_amount(start)),
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
    said = f"{wording.count(wording.exactly(len(found)), '个')}账号到这一周结束已有两周没有更新：{names(i for i, *_ in found)}。"
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
    until = seen_words(_here(looked))
    if last is None:
        return (info.name, "没有读到过作品", NONE, until)
    day = _here(last).date()
    return (info.name, day_words(day), f"{(week.last_day - day).days}天", until)


def names(accounts: Iterable[AccountInfo]) -> str:
    """``“甲”、“乙”``; of many the first ones and how many there are."""
    every = [f"“{each.name}”" for each in accounts]
    shown = "、".join(every[:_NAMED])
    more = wording.count(wording.exactly(len(every)), "个")
    return f"{shown}等{more}" if len(every) > _NAMED else shown


def health(
    connection: Connection,
    centre: Centre,
    week: Week,
    *,
    missed: Sequence[str],
    unsent: Sequence[str],
) -> Section:
    """Everything that is wrong with the data, or that nothing is."""
    found = [
        *((f"unsent.{n}", each) for n, each in enumerate(_unsent(unsent))),
        *((f"failing.{n}", each) for n, each in enumerate(_failing(connection, centre, week))),
        *((f"missed.{n}", each) for n, each in enumerate(missed)),
        *((f"absent.{n}", each) for n, each in enumerate(_absent(centre, week))),
        *((f"provisional.{n}", each) for n, each in enumerate(_provisional(centre, week))),
    ]
    if not found:
        found = [("good", "各来源都读到了，这一周没有缺失的日子。")]
    return Section(
        id="week.health",
        title="数据情况",
        sentences=tuple(Sentence(f"week.{name}", wording.line(text)) for name, text in found),
    )


def _unsent(weeks: Sequence[str]) -> Iterator[str]:
    if weeks:
        yield (
            f"此前{'、'.join(weeks)}的周报没有发出（程序没有运行，或邮件没有送进服务器）。"
            "要补看，请运行 collect mail --week 加那一周，例如 collect mail --week 2026-W36"
        )


def _failing(connection: Connection, centre: Centre, week: Week) -> Iterator[str]:
    """Sources and credentials that do not work now, since when, and what to do."""
    called = {each.id: each.name for each in centre.accounts}
    platforms = {each.platform: each.platform_name for each in centre.accounts}
    now, start = seconds(week.as_of), seconds(week.period.start)
    told = open_troubles(connection)
    since = {(each.kind, each.account, each.source): each.since for each in told}
    for tail in tails(connection, start - SILENT_DAYS * DAY):
        old = tail.last_at > now or (tail.kind == "file" and tail.last_at < start)
        if not tail.failing or old or tail.account not in called:
            continue
        begun = since.get(("source", tail.account, tail.source), tail.since or tail.last_at)
        yield _entry(
            Trouble(
                number=0,
                kind="source",
                account=tail.account,
                source=tail.source,
                outcome=tail.outcome,
                problem=tail.problem,
                since=begun,
                announced_at=None,
                ended_at=None,
                end_announced_at=None,
            ),
            called,
            week.as_of,
        )
    for each in told:
        if each.kind == "credential" and each.since <= now:
            yield _entry(each, called if each.account else platforms, week.as_of)


def _entry(trouble: Trouble, names: Mapping[str, str], now: datetime) -> str:
    return "：".join(trouble_entry(trouble, names, now).split("\n"))


def _absent(centre: Centre, week: Week) -> Iterator[str]:
    """Days of the week without data: what was never read, gaps, and what is not known up to the week's end."""
    end = seconds(week.period.end)
    never: list[AccountInfo] = []
    short = []
    for each in channels(centre):
        looked = week.looked.get(each.id)
        if looked is None:
            never.append(each)
            continue
        gaps = "、".join(span_words(*days) for days in week.lines[each.id].coverage.gaps)
        if gaps:
            yield f"“{each.name}”{gaps}没有数据。"
        if looked < end - 1:
            short.append(f"“{each.name}”只到{seen_words(_here(looked))}")
    if never:
        yield f"还没有读到过数据的账号：{names(never)}。"
    if short:
        yield (
            f"没有数据到这一周结束的账号，之后有没有新作品不明：{_several(short)}。"
            "请补下载导出文件，或检查采集。"
        )


def _several(parts: Sequence[str]) -> str:
    more = wording.count(wording.exactly(len(parts)), "个")
    return "，".join(parts[:_NAMED]) + (f"等{more}" if len(parts) > _NAMED else "")


def _provisional(centre: Centre, week: Week) -> Iterator[str]:
    """Accounts whose figures of the week's last day were read before the platform had counted it."""
    end = week.period.end
    found: dict[tuple[str, int], list[AccountInfo]] = {}
    for each in channels(centre):
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


def _spread(value: Standing) -> Spread:
    return Spread(value.value.low, value.value.high)


def _amount(value: Standing) -> Amount:
    return Amount(value.value.value, value.value.bound, value.value.low, value.value.high)


def _here(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, SHANGHAI)
