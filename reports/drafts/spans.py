"""Periods as drafts name them: 第三季度, 1—9月, 1月22日至2月2日16时, 截至9月底, 今年以来.

What has no year takes it from the period of the whole draft, or from today."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from reports.periods import Period, parse_period

_YEAR = r"(?:(?P<year>20\d{2})年|(?P<this>今年|本年度?|当年)|(?P<last>去年|上年))?(?:度)?"
_QUARTER = r"第?(?P<quarter>[一二三四1234])季度"
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
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("days", _DAY.format("a") + _DASH + _DAY.format("b")),
        ("since", _DAY.format("a") + r"(?:以来|起?至今|起?至目前)"),
        ("since", _YEAR + rf"(?P<month>{_MONTH})月份?(?:以来|至今)"),
        ("until", _UNTIL),
        ("day", _DAY.format("a")),
        ("months", _YEAR + r"(?P<first>1[0-2]|0?[1-9])(?:月份?)?" + _DASH + r"(?P<second>1[0-2]|0?[1-9])月(?:份|底)?"),
        ("front", _YEAR + r"前三季度末?"),
        ("quarter", _YEAR + _QUARTER + "[末底]?"),
        ("half", _YEAR + r"(?P<half>[上下])半年[末底]?"),
        ("week", _YEAR + r"第?(?P<week>\d{1,2})周(?:（[^（）]{1,20}）)?"),
        ("month", _YEAR + r"(?P<month>1[0-2]|0?[1-9])月(?:份)?[末底]?(?!\d{1,2}[日号])"),
        ("year", r"(?P<year>20\d{2})年(?:度|全年)?"),
        ("this", r"(?P<this>今年以来|今年|本年度|年初以来|今年年初以来)"),
        ("default", r"(?P<same>本季度|该季度|当季|本月|本年|全年|本周|报告期内?|本期|期内)"),
    )
)  # fmt: skip
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
class Found:
    """``end`` of the words in the text; ``named``: with its year; ``period`` None: of no meaning without a draft's
    period; ``standing``: 截至 a day."""

    end: int
    period: Period | None
    named: bool
    standing: bool = False


def find(text: str, place: int, frame: Frame) -> Found | None:
    """The period whose first sign stands at ``place``."""
    if text[place] not in STARTS:
        return None
    for name, pattern in _FORMS:
        match = pattern.match(text, place)
        if match is None or not match[0]:
            continue
        try:
            return _found(name, match, frame)
        except ValueError:  # 2月30日, 第60周: no such day
            return Found(match.end(), None, named=True)
    return None


def _found(name: str, match: re.Match[str], frame: Frame) -> Found | None:
    said = match.groupdict()
    end = match.end()
    if name == "default":
        if said["same"] == "全年" and frame.default is not None:
            return Found(end, parse_period(str(frame.year)), named=False)
        return Found(end, frame.default, named=False)
    if name == "this":
        return Found(end, _this_year(frame), named=False)
    if name == "since":
        return _since(said, end, frame)
    if name in ("days", "day"):
        return _days(said, end, frame, single=name == "day")
    year, named = _year(said, frame)
    if name == "until":
        return _until(said, end, year, frame)
    wanted = {
        "front": lambda: f"{year}-01-01..{year}-09-30",
        "quarter": lambda: f"{year}Q{'一二三四'.find(said['quarter']) + 1 or said['quarter']}",
        "half": lambda: f"{year}H{'上下'.index(said['half']) + 1}",
        "week": lambda: f"{year}-W{int(said['week']):02}",
        "month": lambda: f"{year}-{int(said['month']):02}",
        "year": lambda: str(year),
        "months": lambda: _months(year, int(said["first"]), int(said["second"])),
    }[name]()
    return Found(end, parse_period(wanted), named)


def _this_year(frame: Frame) -> Period:
    """From its first day to the draft's last day, or to today."""
    last = frame.today if frame.default is None else min(frame.today, frame.default.last_day)
    first = date(last.year, 1, 1)
    return _range(first, last)


def _since(said: dict[str, str | None], end: int, frame: Frame) -> Found:
    """From a day or a month's first day to the draft's last day, or to today."""
    month = said.get("am") or said.get("month")
    first = _day(said, "a", frame.year, int(month or 1)) if "ad" in said else None
    if first is None:
        year, _ = _year(said, frame)
        first = f"{year}-{int(month or 1):02}-01"
    last = frame.today
    if frame.default is not None and str(frame.default.last_day) >= first[:10]:
        last = min(frame.today, frame.default.last_day)
    return Found(
        end, parse_period(f"{first}..{last}"), named=bool(said.get("ay") or said.get("year"))
    )


def _year(said: dict[str, str | None], frame: Frame) -> tuple[int, bool]:
    if said.get("year"):
        return int(said["year"] or 0), True
    if said.get("this"):
        return frame.today.year if frame.default is None else frame.default.start.year, True
    if said.get("last"):
        return frame.year - 1, True
    return frame.year, False


def _months(year: int, first: int, second: int) -> str:
    last = date(year + second // 12, second % 12 + 1, 1) - timedelta(days=1)
    if first > second:
        raise ValueError("from a month to an earlier one")
    return f"{year}-{first:02}-01..{last}"


def _range(first: date, last: date) -> Period:
    return parse_period(f"{first}..{last}")


def _until(said: dict[str, str | None], end: int, year: int, frame: Frame) -> Found:
    """From the beginning of the draft's period, where the day lies in it, else of its year, to that day."""
    month = int(said["month"] or 12) if not said["end"] else 12
    following = date(year + month // 12, month % 12 + 1, 1)
    day = said["day"]
    last = date(year, month, int(day)) if day else following - timedelta(days=1)
    default = frame.default
    if default is not None and default.start.date() <= last <= default.last_day:
        whole = last == default.last_day
        period = default if whole else _range(default.start.date(), last)
    else:
        period = _range(date(last.year, 1, 1), last)
    return Found(end, period, named=bool(said.get("year")), standing=True)


def _days(said: dict[str, str | None], end: int, frame: Frame, *, single: bool) -> Found | None:
    month = said["am"]
    if month is None:
        return None
    first = _day(said, "a", frame.year, int(month))
    if single:
        return Found(end, parse_period(f"{first}..{first}"), named=bool(said["ay"]))
    year = int(said["by"] or first[:4])
    last = _day(said, "b", year, int(said["bm"] or month))
    if last < first and not said["by"]:
        last = _day(said, "b", year + 1, int(said["bm"] or month))
    return Found(end, parse_period(f"{first}..{last}"), named=bool(said["ay"]))


def _day(said: dict[str, str | None], side: str, year: int, month: int) -> str:
    day = date(int(said[f"{side}y"] or year), month, int(said[f"{side}d"] or 1))
    hour = said[f"{side}h"]
    if hour is None:
        return str(day)
    if int(hour) == 24:
        return str(day) if side == "b" else f"{day + timedelta(days=1)}T00:00"
    return f"{day}T{int(hour):02}:{int(said[f'{side}i'] or 0):02}"
