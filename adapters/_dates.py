"""The one grammar of publish times. Wall time in exports is Beijing time (exports.md §14 rule 6)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from adapters.contract import Cell

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Excel's day 0 for serial dates from 1900-03-01 on (it believes 1900 was a leap year).
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=SHANGHAI)
_EARLIEST, _LATEST = 1990, 2100

_SHAPE = re.compile(
    r"(?P<year>\d{4})(?:[-/.年]\s*(?P<month>\d{1,2})[-/.月]\s*(?P<day>\d{1,2})日?|(?P<packed>\d{4}))"
    r"(?:[T\s]*(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})?)?(?:\.\d+)?[秒分]?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)


def published(cell: Cell) -> tuple[datetime, bool]:
    """A publish time as (aware datetime, date_only).

    Understands ISO-like text, ``2025/09/27``, ``20260911``, ``2026年03月24日17时33分05秒``, date cells and
    Excel serials. Raises ValueError naming the text.
    """
    if isinstance(cell, datetime):
        return _zoned(cell), False
    if isinstance(cell, date):
        return _in_range(
            datetime(cell.year, cell.month, cell.day, tzinfo=SHANGHAI), str(cell)
        ), True
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_number(cell)
    if isinstance(cell, str):
        return _from_text(cell)
    raise ValueError(f"看不懂的时间“{'' if cell is None else cell}”")


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


def _from_number(number: int | float) -> tuple[datetime, bool]:
    if 19_900_101 <= number <= 21_001_231 and number == int(number):
        return _from_text(str(int(number)))
    if 32_874 <= number <= 73_415:  # 1990 … 2100 as Excel serials
        moment = _EXCEL_EPOCH + timedelta(seconds=round(number * 86_400))
        return moment, number == int(number)
    raise ValueError(f"看不懂的时间“{number}”")


def _from_text(text: str) -> tuple[datetime, bool]:
    stripped = text.strip()
    if len(stripped) == 19 and stripped[4] == "-" and stripped[10] == " ":
        try:  # the commonest form, on the fast road
            return _in_range(datetime.fromisoformat(stripped).replace(tzinfo=SHANGHAI), text), False
        except ValueError:
            pass  # not that form after all: the general reader below decides
    match = _SHAPE.fullmatch(stripped)
    if match is None:
        raise ValueError(f"看不懂的时间“{text}”")
    packed = match["packed"]
    month, day = (packed[:2], packed[2:]) if packed else (match["month"], match["day"])
    hour = match["hour"]
    clock = (int(hour or 0), int(match["minute"] or 0), int(match["second"] or 0))
    try:
        day_of_year = date(int(match["year"]), int(month), int(day))
        moment = datetime.combine(day_of_year, time(*clock), _zone(match["zone"]))
        here = moment.astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        raise ValueError(f"没有这样的日期“{text}”") from None
    return _in_range(here, text), hour is None


def _zone(text: str | None) -> tzinfo:
    """``Z`` or ``+08:00`` as a zone; Shanghai where nothing is said."""
    if not text:
        return SHANGHAI
    offset = datetime.strptime("+0000" if text == "Z" else text.replace(":", ""), "%z")
    return offset.tzinfo or UTC


def _zoned(moment: datetime) -> datetime:
    aware = moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment
    return _in_range(aware, str(moment))


def _in_range(moment: datetime, text: str) -> datetime:
    if not _EARLIEST <= moment.year <= _LATEST:
        raise ValueError(f"时间“{text}”不在 1990—2100 年之间")
    return moment
