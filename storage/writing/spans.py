"""The days that a ledger says it covers, in the words of its name, its sheets and the lines above its headings:
2025年, 上半年, 第一季度, 1—9月, 2026年3月, 截至9月底. A single day (制表日期) covers nothing."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from adapters.moments import SHANGHAI
from adapters.records import Headings
from storage.ledgers import undated

#: First day (None: from its first row on) and last day, both included.
Span = tuple[date | None, date]

_NUMBERS = {name: n for n, name in enumerate("一二三四五六七八九十", start=1)} | {
    "十一": 11,
    "十二": 12,
}
_TO = "[-—–~至到]+"
_DAY = r"(?:(20\d\d)[年./-])?(\d{1,2})[月./-](\d{1,2})日?(?![\d月])"
_DAYS = re.compile(rf"(?<!\d){_DAY}{_TO}{_DAY}")
_UNTIL = re.compile(
    r"(?:截至|截止|更新至|更新到|统计至)到?(?:(20\d\d)[年./-])?(\d{1,2})[月./-](\d{1,2})?"
)
_ONE_DAY = re.compile(rf"(?<!\d){_DAY}")
_MONTHS = re.compile(
    rf"(?:(20\d\d)[年./-]?)?(?<!\d)(\d{{1,2}})月?份?{_TO}(?:(20\d\d)年)?(\d{{1,2}})月"
)
_MONTH = re.compile(r"(?:(20\d\d)[年./-]?)?(?<![\d])(\d{1,2})月")
#: A part of a year by its number, and the first and last month of it.
_PARTS: tuple[tuple[re.Pattern[str], Callable[[int], tuple[int, int]]], ...] = (
    (re.compile(r"(?:(20\d\d)年?)?前([1-4])季度"), lambda n: (1, 3 * n)),
    (re.compile(r"(?:(20\d\d)年?)?(?:第?([1-4])季度)"), lambda n: (3 * n - 2, 3 * n)),
    (re.compile(r"(?:(20\d\d)年?)?Q([1-4])(?!\d)", re.IGNORECASE), lambda n: (3 * n - 2, 3 * n)),
    (re.compile(r"(?:(20\d\d)年?)?([12])半年"), lambda n: (6 * n - 5, 6 * n)),
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:年度?)?(?!\d|[./-]\d)")


def stated(
    headings: Sequence[Headings], observed_at: datetime
) -> dict[str, list[list[str | None]]]:
    """Kind of rows → the spans of days (ISO; the first may be None) that a ledger says it covers of them: what a sheet
    says of itself outweighs the file's name."""
    day = observed_at.astimezone(SHANGHAI).date()
    found: dict[str, list[list[str | None]]] = {}
    for each in headings:
        *own, name = each.says or ("",)
        spans = [span(text, day) for text in (*own, undated(name))]
        there = next((one for one in spans if one is not None), None)
        if each.kind is not None and there is not None:
            first = None if there[0] is None else there[0].isoformat()
            found.setdefault(each.kind, []).append([first, there[1].isoformat()])
    return found


def span(text: str, by: date) -> Span | None:
    """The days that ``text`` names, up to ``by`` (the day that the ledger shows); a year that is not written is the
    last one that fits before it. None where it names none."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    text = (
        re.sub(
            r"(十[一二]?|[一二三四五六七八九])(?=月|季度)",
            lambda match: str(_NUMBERS[match[1]]),
            text,
        )
        .replace("上半年", "1半年")
        .replace("下半年", "2半年")
    )
    found = next((each for each in _named(text, by) if each is not None), None)
    until = _until(text, by)
    if until is not None:
        first = None if found is None or found[0] is None else found[0]
        found = first, until
    if found is None:
        return None
    first, last = found[0], min(found[1], by)
    return None if first is not None and last < first else (first, last)


def _until(text: str, by: date) -> date | None:
    match = _UNTIL.search(text)
    if match is None:
        return None
    stated = match[1] or next((each[1] for each in _YEAR.finditer(text)), "")
    month, day = int(match[2]), int(match[3] or 0)
    for year in [int(stated)] if stated else [by.year, by.year - 1]:
        last = _day(year, month, day) if day else _end(year, month)
        if last is not None and last <= by:
            return last
    return None


def _named(text: str, by: date) -> Iterator[Span | None]:
    """What the words name, the most exact first."""
    years = [each[1] for each in _YEAR.finditer(_ONE_DAY.sub(" ", text))]
    year = years[0] if years else ""
    if match := _DAYS.search(text):
        first = _dated(match[1] or year, int(match[2]), int(match[3]), by)
        last = first and _day(int(match[4] or first.year), int(match[5]), int(match[6]))
        yield (first, last) if first and last else None
    text = _ONE_DAY.sub(" ", _UNTIL.sub(" ", text))
    if match := _MONTHS.search(text):
        yield _months(match[1] or year, int(match[2]), int(match[4]), by, match[3])
    for pattern, months in _PARTS:
        if match := pattern.search(text):
            first_month, last_month = months(int(match[2]))
            yield _months(match[1] or year, first_month, last_month, by)
    if match := _MONTH.search(text):
        yield _months(match[1] or year, int(match[2]), int(match[2]), by)
    if year:
        yield _months(year, 1, 12, by)


def _months(
    year: str, first: int, last: int, by: date, last_year: str | None = None
) -> Span | None:
    start = _dated(year, first, 1, by)
    end = None if start is None else _end(int(last_year or start.year), last)
    return None if start is None or end is None or end < start else (start, end)


def _dated(year: str, month: int, day: int, by: date) -> date | None:
    if year:
        return _day(int(year), month, day)
    there = _day(by.year, month, day)
    return _day(by.year - 1, month, day) if there is not None and there > by else there


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _end(year: int, month: int) -> date | None:
    return date(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 else None
