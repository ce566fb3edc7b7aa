"""Periods as drafts name them: 第三季度, 1—9月, 1月22日至2月2日16时, 截至9月底, 今年以来.

What has no year takes it from the period of the whole draft, or from today."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reports.periods import Period, parse_period

_YEAR = r"(?:(?P<year>20\d{2})年|(?P<this>今年|本年度?|当年)|(?P<last>去年|上年))?(?:度)?"
_DASH = r"(?:—|–|-|~|至|到)+"
_MONTH = r"1[0-2]|0?[1-9]"
_DATE = r"[12]\d|3[01]|0?[1-9]"
_CLOCK = r"(?:(?P<{0}h>2[0-4]|1\d|0?\d)(?:时|点)(?:(?P<{0}i>[0-5]?\d)分)?)?"
#: 2026.7.1 has no 日 behind its day.
_DOTTED = "|".join(
    rf"(?<=20\d\d\.{month}\.{day})" for month in (r"\d", r"\d\d") for day in (r"\d", r"\d\d")
)
_DAY = (
    r"(?:(?P<{0}y>20\d{{2}})[年.])?(?:(?P<{0}m>"
    + _MONTH
    + r")[月.])?(?P<{0}d>"
    + _DATE
    + rf")(?:[日号]|{_DOTTED})"
    + _CLOCK
)
_UNTIL = (
    rf"截[至止]到?(?:目前|发稿时)?{_YEAR}"
    rf"(?:(?P<month>{_MONTH})月份?(?:底|末|(?P<day>{_DATE})[日号](?:24时)?)|(?P<end>底|末))"
)
_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2}
STARTS = frozenset("0123456789第一二三四上下全今本去该当截年报期前")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a period without a year is read by: the draft's own period and today."""

    default: Period | None
    today: date

    @property
    def year(self) -> int:
        return self.today.year if self.default is None else self.default.start.year


@dataclass(frozen=True, slots=True)
class TimeWords:
    """``end`` of the words in the text; ``named``: with its year; ``period`` None: of no meaning without a draft's
    period."""

    end: int
    period: Period | None
    named: bool


#: What the groups of a pattern say; None: not said.
_Said = Mapping[str, str | None]
_Made = tuple[Period | None, bool]


def find(text: str, place: int, frame: Frame) -> TimeWords | None:
    """The period whose first sign stands at ``place``."""
    if text[place] not in STARTS:
        return None
    for pattern, make in _FORMS:
        match = pattern.match(text, place)
        if match is None or not match[0]:
            continue
        try:
            made = make(match.groupdict(), frame)
        except ValueError:  # 2月30日, 第60周: no such day
            made = None, True
        return None if made is None else TimeWords(match.end(), *made)
    return None


def find_all(text: str, frame: Frame) -> Iterator[tuple[int, TimeWords]]:
    """All periods of a text with their places."""
    at = 0
    while at < len(text):
        found = find(text, at, frame)
        if found is not None:
            yield at, found
        at = at + 1 if found is None else max(at + 1, found.end)


def _named(form: str) -> Callable[[_Said, Frame], _Made]:
    """A period as ``parse_period`` names it, of the numbers that are said."""

    def made(said: _Said, frame: Frame) -> _Made:
        year, named = _year(said, frame)
        numbers = {
            key: _NUMERALS.get(value) or int(value)
            for key, value in said.items()
            if value and f"{{{key}" in form
        }
        return parse_period(form.format_map({**numbers, "year": year})), named

    return made


def _year(said: _Said, frame: Frame) -> tuple[int, bool]:
    if year := said.get("year"):
        return int(year), True
    if said.get("last"):
        return frame.year - 1, True
    return frame.year, bool(said.get("this"))


def _months(said: _Said, frame: Frame) -> _Made:
    year, named = _year(said, frame)
    first, last = (parse_period(f"{year}-{int(said[key] or 0):02}") for key in ("first", "second"))
    return _range(first.start.date(), last.last_day), named


def _range(first: date | str, last: date | str) -> Period:
    return parse_period(f"{first}..{last}")


def _this_year(said: _Said, frame: Frame) -> _Made:
    """From its first day to the draft's last day, or to today."""
    last = frame.today if frame.default is None else min(frame.today, frame.default.last_day)
    return _range(date(last.year, 1, 1), last), False


def _default(said: _Said, frame: Frame) -> _Made:
    if said["same"] == "全年" and frame.default is not None:
        return parse_period(str(frame.year)), False
    return frame.default, False


def _since(first: str, frame: Frame) -> Period:
    """From a day to the draft's last day, or to today."""
    last = frame.today
    if frame.default is not None and str(frame.default.last_day) >= first[:10]:
        last = min(frame.today, frame.default.last_day)
    return _range(first, last)


def _since_month(said: _Said, frame: Frame) -> _Made:
    year, _ = _year(said, frame)
    return _since(f"{year}-{int(said['month'] or 1):02}-01", frame), bool(said["year"])


def _until(said: _Said, frame: Frame) -> _Made:
    """From the beginning of the draft's period, where the day lies in it, else of its year, to that day."""
    year, _ = _year(said, frame)
    month, day, default = int(said["month"] or 12), said["day"], frame.default
    last = date(year, month, int(day)) if day else parse_period(f"{year}-{month:02}").last_day
    period = _range(date(last.year, 1, 1), last)
    if default is not None and default.start.date() <= last <= default.last_day:
        whole = last == default.last_day
        period = default if whole else _range(default.start.date(), last)
    return period, bool(said["year"])


def _days(said: _Said, frame: Frame) -> _Made | None:
    """A day, from a day to another, or from a day on; no period where its month is not said."""
    month, year = said["am"], int(said["ay"] or frame.year)
    named = bool(said["ay"])
    if said["on"]:
        return _since(_day(said, "a", year, int(month or 1)), frame), named
    if month is None:
        return None
    first = _day(said, "a", year, int(month))
    if said["bd"] is None:
        return _range(first, first), named
    later, month = int(said["by"] or first[:4]), said["bm"] or month
    last = _day(said, "b", later, int(month))
    if last < first and not said["by"]:
        last = _day(said, "b", later + 1, int(month))
    return _range(first, last), named


def _day(said: _Said, side: str, year: int, month: int) -> str:
    day = date(year, month, int(said[f"{side}d"] or 1))
    hour = said[f"{side}h"]
    if hour is None:
        return str(day)
    if int(hour) == 24:
        return str(day) if side == "b" else f"{day + timedelta(days=1)}T00:00"
    return f"{day}T{int(hour):02}:{int(said[f'{side}i'] or 0):02}"


_FORMS: tuple[tuple[re.Pattern[str], Callable[[_Said, Frame], _Made | None]], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (_DAY.format("a") + rf"(?:{_DASH}{_DAY.format('b')}|(?P<on>以来|起?至今|起?至目前))?", _days),
        (_YEAR + rf"(?P<month>{_MONTH})月份?(?:以来|至今)", _since_month),
        (_UNTIL, _until),
        (_YEAR + rf"(?P<first>{_MONTH})(?:月份?)?{_DASH}(?P<second>{_MONTH})月(?:份|底)?", _months),
        (_YEAR + r"前三季度末?", _named("{year}-01-01..{year}-09-30")),
        (_YEAR + r"第?(?P<quarter>[一二三四1234])季度[末底]?", _named("{year}Q{quarter}")),
        (_YEAR + r"(?P<half>[上下])半年[末底]?", _named("{year}H{half}")),
        (_YEAR + r"第?(?P<week>\d{1,2})周(?:（[^（）]{1,20}）)?", _named("{year}-W{week:02}")),
        (_YEAR + rf"(?P<month>{_MONTH})月(?:份)?[末底]?(?!\d{{1,2}}[日号])", _named("{year}-{month:02}")),
        (r"(?P<year>20\d{2})年(?:度|全年)?", _named("{year}")),
        (r"今年以来|今年|本年度|年初以来|今年年初以来", _this_year),
        (r"(?P<same>本季度|该季度|当季|本月|本年|全年|本周|报告期内?|本期|期内)", _default),
    )
)  # fmt: skip
