"""What a weekly mail says of the data: weeks not sent, what failed, what was missed, what is missing or provisional."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from adapters.moments import DAY
from reports import wording
from reports.announcements import trouble_entry
from reports.centre import AccountInfo, Centre
from reports.periods import day_words, here, seen_words, span_words
from reports.section import Section, Sentence
from reports.weekly.figures import Week, channels
from reports.weekly.state import NAMED, SILENT_DAYS, names
from storage.bulk import seconds
from storage.operations.attempts import fares
from storage.operations.troubles import Trouble, open_troubles

#: Platforms whose figures of a day are whole only from this hour of the next.
_SETTLED = {"wechat_mp": 12}


def todo(centre: Centre, week: Week, due: Sequence[str]) -> Section:
    """Which accounts' files are still to be put in for the week to be whole, and which are ``due`` now; may be empty."""
    found = [
        *((f"absent.{n}", each) for n, each in enumerate(_absent(centre, week))),
        *((f"provisional.{n}", each) for n, each in enumerate(_provisional(centre, week))),
        *((f"due.{n}", f"{each}。") for n, each in enumerate(due)),
    ]
    return Section(id="week.todo", title="还要下载的文件", sentences=_sentences(found))


def health(
    connection: Connection,
    centre: Centre,
    week: Week,
    *,
    missed: Sequence[str],
    unsent: Sequence[str],
) -> Section:
    """Everything else that is wrong with the data; may be empty."""
    found = [
        *((f"unsent.{n}", each) for n, each in enumerate(_unsent(unsent))),
        *((f"failing.{n}", each) for n, each in enumerate(_failing(connection, centre, week))),
        *((f"missed.{n}", each) for n, each in enumerate(missed)),
    ]
    return Section(id="week.health", title="数据情况", sentences=_sentences(found))


def _sentences(found: Sequence[tuple[str, str]]) -> tuple[Sentence, ...]:
    return tuple(Sentence(f"week.{name}", wording.line(text)) for name, text in found)


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
    for tail in fares(connection, start - SILENT_DAYS * DAY):
        old = tail.last_at > now or (tail.kind == "file" and tail.last_at < start)
        if not tail.failing or old or tail.account not in called:
            continue
        begun = since.get(("source", tail.account, tail.source), tail.failing_since or tail.last_at)
        yield _entry(
            Trouble(
                number=0,
                kind="source",
                account=tail.account,
                source=tail.source,
                outcome=tail.outcome,
                problem=tail.problem or "",
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
            short.append(f"“{each.name}”只到{seen_words(here(looked))}")
    if never:
        yield f"还没有读到过数据的账号：{names(never)}。"
    if short:
        yield (
            f"没有数据到这一周结束的账号，之后有没有新作品不明：{wording.several(short, NAMED, '个', '，')}。"
            "请补下载导出文件，或检查采集。"
        )


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
