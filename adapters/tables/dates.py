"""The one grammar of publish times. Wall time in exports is Beijing time (docs/platforms.md §1.2, rule 6)."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from adapters.contract import Cell
from adapters.moments import SHANGHAI

#: Excel's day 0 for serial dates from 1900-03-01 on (it believes 1900 was a leap year).
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=SHANGHAI)
_EARLIEST, _LATEST = 1990, 2100

#: The system of dates that Excel for the Mac began with counts from here.
_DAYS_TO_1904 = 1462

_DAY = r"(?P<year>\d{4})\s*(?:[-/.年])\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
_HALF = r"(?P<{name}>上午|下午|中午|凌晨|早上|早晨|清晨|傍晚|晚上|晚|[AaPp][Mm])?"
_CLOCK = (
    rf"\s*{_HALF.format(name='half')}\s*(?P<hour>\d{{1,2}})\s*(?:[:时点]\s*(?:(?P<minute>\d{{1,2}})\s*"
    rf"(?:[:分]\s*(?P<second>\d{{1,2}})?)?(?:[.]\d+)?\s*[秒分]?)?)\s*{_HALF.format(name='after')}"
)
_SHAPE = re.compile(rf"{_DAY}(?:[T\s,]*{_CLOCK})?\s*(?P<zone>Z|[+-]\d{{2}}:?\d{{2}})?")
_WEEKDAY = re.compile(r"[(\[]?\s*(?:星期|周|礼拜)[一二三四五六日天]\s*[)\]]?")
_SAID = re.compile(r"\s*(?:发布|发表|推送|刊发|播出)$")
#: 20260911, 202609011520, 20260901152005, with three digits of milliseconds behind.
_PACKED = re.compile(r"\d{8}(?:\d{4}(?:\d{2}(?:\d{3})?)?)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_MILLISECONDS, _SECONDS = re.compile(r"1\d{12}"), re.compile(r"1\d{9}")
#: Forms of programs: JavaScript's, 微博's, that of mail.
_OF_PROGRAMS = ("%a %b %d %Y %H:%M:%S %z", "%a %b %d %H:%M:%S %z %Y", "%a, %d %b %Y %H:%M:%S %z")
_FLAT = str.maketrans("—–−‐‑：（）", "-----:()")
_MORNING = frozenset({"上午", "凌晨", "早上", "早晨", "清晨", "AM"})
#: As a timeline shows them to a visitor (docs/platforms.md §7, ``created_at``).
_AGO = re.compile(r"(\d{1,3})\s*(秒|分钟|小时)前", re.ASCII)
_NEAR = re.compile(r"(今天|昨天)\s*(\d{1,2}):(\d{2})", re.ASCII)
_DAY_SHOWN = re.compile(r"(\d{1,2})(?:-|月)(\d{1,2})日?(?:\s+(\d{1,2}):(\d{2}))?", re.ASCII)
_SECONDS_IN = {"秒": 1, "分钟": 60, "小时": 3600}


def published(cell: Cell) -> tuple[datetime, bool]:
    """A publish time as (aware datetime, date_only). Understands ISO-like text, ``2025/09/27``, ``20260911``,
    ``2026年03月24日17时33分05秒``, ``2026/9/1（周二）下午3:20``, date cells, Excel serials and Unix milliseconds,
    also as text. Raises ValueError naming the text."""
    if isinstance(cell, datetime):
        aware = cell.replace(tzinfo=SHANGHAI) if cell.tzinfo is None else cell
        return _in_range(aware, str(cell)), False
    if isinstance(cell, date):
        midnight = datetime(cell.year, cell.month, cell.day, tzinfo=SHANGHAI)
        return _in_range(midnight, str(cell)), True
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_number(cell)
    if isinstance(cell, str):
        return _from_text(cell)
    raise ValueError(f"看不懂的时间“{'' if cell is None else cell}”")


def since_1904(cell: Cell) -> Cell:
    """A cell of a workbook whose bare dates count from 1904 as it would stand in any other."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and 20_000 < cell < 80_000:
        return cell + _DAYS_TO_1904
    return cell


def unix(cell: Cell) -> datetime:
    """Unix time in seconds or milliseconds (told apart by its size) as an aware datetime."""
    try:
        number = int(float(cell)) if isinstance(cell, str | int | float) else None
    except (ValueError, OverflowError):
        number = None
    if number is None:
        raise ValueError(f"看不懂的时间戳“{cell}”")
    seconds = number / 1000 if number >= 10**11 else number
    if not 631_152_000 <= seconds <= 4_102_444_800:  # 1990 … 2100
        raise ValueError(f"时间戳“{cell}”不在 1990—2100 年之间")
    return datetime.fromtimestamp(int(seconds), SHANGHAI)


def end_of_day(day: date) -> datetime:
    """The last second of a day in Shanghai: when a figure "of that day" is complete."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=SHANGHAI)


def on_timeline(text: str, now: datetime) -> tuple[datetime, bool]:
    """A time as (aware datetime, date_only). ``now``: when the answer was fetched. ``3小时前`` is ``now`` less three
    hours, to the minute; a day without a year lies in this year. Raises ValueError naming the text when it is not
    understood or lies after ``now``."""
    text = text.partition(" 来自")[0].strip()  # weibo.cn: ``06月17日 18:12 来自…``
    here = now.astimezone(SHANGHAI)
    moment, date_only = _as_shown(text, here)
    if moment > here + timedelta(minutes=10):  # their clock and ours may differ a little
        raise ValueError(f"时间“{text}”在采集时刻之后")
    return moment, date_only


def _as_shown(text: str, now: datetime) -> tuple[datetime, bool]:
    minute = now.replace(second=0, microsecond=0)
    if text == "刚刚":
        return minute, False
    if match := _AGO.fullmatch(text):
        ago = now - timedelta(seconds=int(match[1]) * _SECONDS_IN[match[2]])
        return ago.replace(second=0, microsecond=0), False
    try:
        if match := _NEAR.fullmatch(text):
            day = minute - timedelta(days=match[1] == "昨天")
            return day.replace(hour=int(match[2]), minute=int(match[3])), False
        if match := _DAY_SHOWN.fullmatch(text):
            clock = (int(match[3] or 0), int(match[4] or 0))
            day = datetime(now.year, int(match[1]), int(match[2]), *clock, tzinfo=SHANGHAI)
            return day, match[3] is None
    except ValueError:
        raise ValueError(f"没有这样的日期“{text}”") from None
    return published(text)


def _from_number(number: int | float) -> tuple[datetime, bool]:
    if 32_874 <= number <= 73_415:  # 1990 … 2100 as Excel serials
        moment = _EXCEL_EPOCH + timedelta(seconds=round(number * 86_400))
        return moment, number == int(number)
    try:
        if number == int(number) and number >= 10**7:
            return _from_digits(str(int(number)))
    except (OverflowError, ValueError):
        pass
    raise ValueError(f"看不懂的时间“{number}”")


def _from_digits(text: str) -> tuple[datetime, bool]:
    """A time packed into digits, or counted in milliseconds or seconds since 1970."""
    if _MILLISECONDS.fullmatch(text) or _SECONDS.fullmatch(text):
        return unix(text), False
    if _PACKED.fullmatch(text):
        parts = [text[:4], *(text[at : at + 2] for at in range(4, min(len(text), 14), 2))]
        try:
            return _in_range(datetime(*map(int, parts), tzinfo=SHANGHAI), text), len(text) == 8  # type: ignore[arg-type, misc]
        except ValueError:
            raise ValueError(f"没有这样的日期“{text}”") from None
    raise ValueError(f"看不懂的时间“{text}”")


def _from_text(text: str) -> tuple[datetime, bool]:
    stripped = text.strip()
    if len(stripped) == 19 and stripped[4] == "-" and stripped[10] == " ":
        try:  # the commonest form, on the fast road
            return _in_range(datetime.fromisoformat(stripped).replace(tzinfo=SHANGHAI), text), False
        except ValueError:
            pass  # not that form after all: the general reader below decides
    if not stripped.isascii():
        stripped = unicodedata.normalize("NFKC", stripped.translate(_FLAT)).translate(_FLAT)
        stripped = _SAID.sub("", _WEEKDAY.sub(" ", stripped)).strip()
    elif stripped.startswith('="'):
        stripped = stripped[2:].removesuffix('"').strip()
    if stripped.isdigit() and len(stripped) > 5:
        return _from_digits(stripped)
    if _SERIAL.fullmatch(stripped):
        return _from_number(float(stripped))
    match = _SHAPE.fullmatch(stripped)
    if match is None:
        return _of_programs(stripped, text)
    try:
        day = (int(match[each]) for each in ("year", "month", "day"))
        clock = (_hour(match), int(match["minute"] or 0), int(match["second"] or 0))
        here = datetime.combine(date(*day), time(*clock), _zone(match["zone"])).astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        raise ValueError(f"没有这样的日期“{text}”") from None
    return _in_range(here, text), match["hour"] is None


def _hour(match: re.Match[str]) -> int:
    """The hour of 24: 下午3 is 15, 上午12 is 0. Raises ValueError where the words and the number do not agree."""
    hour = int(match["hour"] or 0)
    half = (match["half"] or match["after"] or "").upper()
    if match["half"] and match["after"]:
        raise ValueError("two halves of the day")
    if not half:
        return hour
    if half in _MORNING:
        if hour > 12:
            raise ValueError("no such hour in the morning")
        return 0 if hour == 12 and half != "早上" else hour
    if half == "中午":
        return hour + 12 if hour < 4 else hour
    if half in ("晚", "晚上", "傍晚") and (hour < 5 or hour == 12):
        raise ValueError("the night of which day?")
    return hour + 12 if hour < 12 else hour


def _of_programs(stripped: str, text: str) -> tuple[datetime, bool]:
    plain = re.sub(r"\s*\(.*\)$", "", stripped).replace("GMT+", "+").replace("GMT-", "-")
    for form in _OF_PROGRAMS:
        try:
            return _in_range(datetime.strptime(plain, form).astimezone(SHANGHAI), text), False
        except (ValueError, OverflowError):
            continue
    raise ValueError(f"看不懂的时间“{text}”")


def _zone(text: str | None) -> tzinfo:
    """``Z`` or ``+08:00`` as a zone; Shanghai where nothing is said."""
    if not text:
        return SHANGHAI
    offset = datetime.strptime("+0000" if text == "Z" else text.replace(":", ""), "%z")
    return offset.tzinfo or UTC


def _in_range(moment: datetime, text: str) -> datetime:
    if not _EARLIEST <= moment.year <= _LATEST:
        raise ValueError(f"时间“{text}”不在 1990—2100 年之间")
    return moment
