"""Periods and moments as people write them; wall time is Asia/Shanghai (docs/definitions.md §15).

Periods are half-open. In FROM..TO a date TO includes that day, a TO with an hour ends there. The periods that a period is
compared with stand here too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from adapters.moments import SHANGHAI

FORMS = (
    "2026Q3（季度）、2026H1（半年）、2026（全年）、2026-09（月）、2026-W38（周）"
    "或 2026-01-22..2026-02-02、2026-01-22..2026-02-02T16（起止）"
)
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<clock>\d{2}(?::\d{2}(?::\d{2})?)?)(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
#: Years that a person can mean; nearer the ends of the calendar nothing can be added to a date.
YEARS = range(1970, 2200)
Kind = Literal["环比", "同比", "较上年末"]
#: How sentences call what a period is compared with.
CALLED: Mapping[Kind, str] = {"环比": "上期", "同比": "上年同期", "较上年末": "上年末"}


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open stretch of time, ``start`` ≤ t < ``end``, both aware; ``title`` is its Chinese name."""

    name: str
    start: datetime
    end: datetime
    title: str

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"起止时间“{self.name}”是空的：止须在起之后")

    @property
    def is_day(self) -> bool:
        """No longer than a day."""
        return (self.end - self.start).days <= 1

    @property
    def last_day(self) -> date:
        """The last day of which any moment belongs to the period."""
        return (self.end - timedelta(microseconds=1)).date()


def parse_period(text: str) -> Period:
    """The period that a person named. Raises ValueError, in Chinese, that lists the forms."""
    name = text.strip().upper().replace("到", "..")
    try:
        for pattern, make in _FORMS:
            match = re.fullmatch(pattern, name)
            if match is not None:
                return _meant(make(name, match))
    except (ValueError, OverflowError) as problem:
        said = str(problem)
        why = said if said.startswith("起止") else "没有这样的日期"
        raise ValueError(f"时间段“{text}”不对：{why}。可以写 {FORMS}") from problem
    raise ValueError(f"看不懂时间段“{text}”。可以写 {FORMS}")


def _meant(period: Period) -> Period:
    if period.start.year in YEARS and period.end.year in YEARS:
        return period
    raise ValueError(f"起止时间“{period.name}”不在 {YEARS.start} 到 {YEARS.stop - 1} 年之间")


def parse_moment(text: str) -> datetime:
    """A moment for --as-of and --known-by: a date alone means its last second (23:59:59); ISO with or
    without zone (Shanghai where none is said). Raises ValueError in Chinese."""
    match = _MOMENT.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        clock = match["clock"] or "23:59:59"
        moment = datetime.fromisoformat(f"{match['day']}T{clock}{match['zone'] or ''}")
        if moment.year not in YEARS:
            raise ValueError(text)
        return moment.astimezone(SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    except (ValueError, OverflowError) as problem:
        raise ValueError(
            f"看不懂时间“{text}”。可以写 2026-10-08（当天结束时）、2026-10-08T09:00 或 2026-10-08T09:00:00+08:00"
        ) from problem


def quarter_of(moment: datetime) -> Period:
    """The quarter in which ``moment`` lies: with the newest publish time, the last quarter with posts."""
    there = moment.astimezone(SHANGHAI)
    return parse_period(f"{there.year}Q{(there.month + 2) // 3}")


def here(second: int) -> datetime:
    """A moment as storage keeps it, in UTC seconds, in Shanghai."""
    return datetime.fromtimestamp(second, SHANGHAI)


def day_words(day: date, *, year: bool = True) -> str:
    """``2026年9月14日``."""
    return f"{day.year}年{day.month}月{day.day}日" if year else f"{day.month}月{day.day}日"


def moment_words(moment: datetime) -> str:
    """``2026年10月8日9时5分``, in Shanghai; seconds only where there are any."""
    here = moment.astimezone(SHANGHAI)
    seconds = f"{here.second}秒" if here.second else ""
    minutes = f"{here.minute}分" if here.minute or seconds else ""
    return f"{day_words(here.date())}{here.hour}时{minutes}{seconds}"


def minute_words(moment: datetime) -> str:
    """A moment without its seconds; the last one of a day stands for the day."""
    here = moment.astimezone(SHANGHAI)
    whole = (here.hour, here.minute, here.second) == (23, 59, 59)
    return day_words(here.date()) if whole else moment_words(here.replace(second=0))


def seen_words(moment: datetime) -> str:
    """The moment of an observation; the last second of a day stands for the day (collector.intake.naming)."""
    here = moment.astimezone(SHANGHAI)
    whole = (here.hour, here.minute, here.second) == (23, 59, 59)
    return day_words(here.date()) if whole else moment_words(here)


def published_words(second: int, *, date_only: bool) -> str:
    """When a post was published, in a table: ``2026-09-14 08:30``; the day alone where no more is known."""
    moment = here(second)
    return f"{moment:%Y-%m-%d}" if date_only else f"{moment:%Y-%m-%d %H:%M}"


def span_words(first: date, last: date) -> str:
    """``2026年2月3日—12月31日``, both days included; the second year only where it is another."""
    if first == last:
        return day_words(first)
    return f"{day_words(first)}—{day_words(last, year=last.year != first.year)}"


def distance_words(edge: datetime, moment: datetime) -> str:
    """How long before ``edge`` a moment lies: ``早2天15小时``."""
    hours = int((edge - moment).total_seconds()) // 3_600
    days, rest = divmod(hours, 24)
    if not hours:
        return "相距不足1小时"
    return "早" + (f"{days}天" if days else "") + (f"{rest}小时" if rest else "")


def _at(year: int, month: int, day: int = 1) -> datetime:
    """Midnight in Shanghai; month 13 is the next January."""
    return datetime(year + (month > 12), (month - 1) % 12 + 1, day, tzinfo=SHANGHAI)


def _months(name: str, match: re.Match[str]) -> Period:
    """A year, or the n-th half, quarter or month of one."""
    year, number = int(match["year"]), int(match["number"] or 1)
    months, titles = _PARTS[match["form"]]
    first = months * (number - 1) + 1
    return Period(
        name, _at(year, first), _at(year, first + months), f"{year}年{titles[number - 1]}"
    )


#: What stands between the year and the number of the part → how many months a part has, and the parts' Chinese names.
_PARTS: Mapping[str, tuple[int, Sequence[str]]] = {
    "": (12, ("",)),
    "H": (6, ("上半年", "下半年")),
    "Q": (3, ("第一季度", "第二季度", "第三季度", "第四季度")),
    "-": (1, [f"{month}月" for month in range(1, 13)]),
}


def _week(name: str, match: re.Match[str]) -> Period:
    year, week = int(match[1]), int(match[2])
    monday = date.fromisocalendar(year, week, 1)
    sunday = monday + timedelta(days=6)
    start = _at(monday.year, monday.month, monday.day)
    crosses = sunday.month != monday.month
    last = day_words(sunday, year=False) if crosses else f"{sunday.day}日"
    title = f"{year}年第{week}周（{day_words(monday, year=False)}—{last}）"
    return Period(name, start, start + timedelta(days=7), title)


def _range(name: str, match: re.Match[str]) -> Period:
    start, end = _edge(match["from"]), _edge(match["to"])
    last = end.date()
    finish = end if "T" in match["to"] else end + timedelta(days=1)
    if start >= finish:
        raise ValueError("起止时间颠倒了，或起止相同")
    first_words = f"{day_words(start.date())}{_clock(match['from'], start)}"
    last_words = f"{day_words(last, year=last.year != start.year)}{_clock(match['to'], end)}"
    whole_day = start.date() == last and "T" not in name
    title = first_words if whole_day else f"{first_words}至{last_words}"
    return Period(name, start, finish, title)


def _edge(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def _clock(text: str, moment: datetime) -> str:
    if "T" not in text:
        return ""
    return f"{moment.hour}时" + (f"{moment.minute}分" if moment.minute else "")


_EDGE = r"\d{4}-\d{2}-\d{2}(?:T\d{2}(?::\d{2})?)?"
_FORMS: tuple[tuple[str, Callable[[str, re.Match[str]], Period]], ...] = (
    (r"(?P<year>\d{4})(?P<form>)(?P<number>)", _months),
    (r"(?P<year>\d{4})(?P<form>H)(?P<number>[12])", _months),
    (r"(?P<year>\d{4})(?P<form>Q)(?P<number>[1-4])", _months),
    (r"(?P<year>\d{4})(?P<form>-)(?P<number>0[1-9]|1[0-2])", _months),
    (r"(\d{4})-W(\d{1,2})", _week),
    (rf"(?P<from>{_EDGE})\.\.(?P<to>{_EDGE})", _range),
)


def earlier(period: Period) -> dict[Kind, Period]:
    """The previous period and last year's; of a year they are one. One that no calendar has (a 53rd week, 29 February) or
    that lies before all YEARS is left out."""
    found: dict[Kind, Period] = {}
    kinds: tuple[tuple[Kind, Callable[[Period], Period | None]], ...] = (
        ("环比", _previous),
        ("同比", _last_year),
    )
    for kind, of in kinds:
        with suppress(ValueError):
            there = of(period)
            if there is not None:
                found[kind] = there
    return found


def year_before(period: Period) -> Period:
    """The year whose end followers are compared with."""
    year = period.last_day.year - 1
    return Period(str(year), _at(year, 1), _at(year + 1, 1), f"{year}年")


def _previous(period: Period) -> Period | None:
    if re.fullmatch(r"\d{4}", period.name):
        return None  # last year is both; it is called 同比
    last = period.start - timedelta(days=1)
    for form, name in _CALENDAR.items():
        if re.fullmatch(form, period.name):
            return parse_period(name(last))
    return _between(period.start - (period.end - period.start), period.start)


def _last_year(period: Period) -> Period:
    match = re.fullmatch(r"(\d{4})(|Q\d|H\d|-\d{2}|-W\d{1,2})", period.name)
    if match is not None:
        return parse_period(f"{int(match[1]) - 1}{match[2]}")
    return _between(_a_year_before(period.start), _a_year_before(period.end))


def _a_year_before(moment: datetime) -> datetime:
    return moment.replace(year=moment.year - 1)


def _between(start: datetime, end: datetime) -> Period:
    """A range by name, as a person would write it."""
    whole = not (start.hour or start.minute or end.hour or end.minute)
    if whole:
        return parse_period(f"{start:%Y-%m-%d}..{end - timedelta(days=1):%Y-%m-%d}")
    return parse_period(f"{start:%Y-%m-%dT%H:%M}..{end:%Y-%m-%dT%H:%M}")


#: The periods of the calendar, by the form of their names → the one in which a moment lies.
_CALENDAR: Mapping[str, Callable[[datetime], str]] = {
    r"\d{4}Q\d": lambda at: f"{at.year}Q{(at.month + 2) // 3}",
    r"\d{4}H\d": lambda at: f"{at.year}H{(at.month + 5) // 6}",
    r"\d{4}-\d{2}": lambda at: f"{at:%Y-%m}",
    r"\d{4}-W\d{1,2}": lambda at: f"{at:%G-W%V}",
}
