"""Periods as typed by people: their edges, read off a calendar, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from adapters.moments import SHANGHAI
from reports.periods import Period, parse_moment, parse_period, quarter_of, span_words

_CASES = [
    ("2026Q3", (2026, 7, 1), (2026, 10, 1), "2026年第三季度"),
    ("2026q4", (2026, 10, 1), (2027, 1, 1), "2026年第四季度"),
    ("2026H1", (2026, 1, 1), (2026, 7, 1), "2026年上半年"),
    ("2026H2", (2026, 7, 1), (2027, 1, 1), "2026年下半年"),
    ("2026", (2026, 1, 1), (2027, 1, 1), "2026年"),
    ("2026-09", (2026, 9, 1), (2026, 10, 1), "2026年9月"),
    ("2026-12", (2026, 12, 1), (2027, 1, 1), "2026年12月"),
    ("2026-W38", (2026, 9, 14), (2026, 9, 21), "2026年第38周（9月14日—20日）"),
    ("2026-W01", (2025, 12, 29), (2026, 1, 5), "2026年第1周（12月29日—1月4日）"),
    ("2026-W53", (2026, 12, 28), (2027, 1, 4), "2026年第53周（12月28日—1月3日）"),
    ("2026-01-22..2026-02-02", (2026, 1, 22), (2026, 2, 3), "2026年1月22日至2月2日"),
    ("2026-01-22..2026-01-22", (2026, 1, 22), (2026, 1, 23), "2026年1月22日"),
    ("2025-12-20..2026-01-05", (2025, 12, 20), (2026, 1, 6), "2025年12月20日至2026年1月5日"),
    ("2026-01-22..2026-02-02T16", (2026, 1, 22), (2026, 2, 2, 16), "2026年1月22日至2月2日16时"),
    (
        "2026-01-22T08:30..2026-01-22T16",
        (2026, 1, 22, 8, 30),
        (2026, 1, 22, 16),
        "2026年1月22日8时30分至1月22日16时",
    ),
]


@pytest.mark.parametrize(("text", "start", "end", "title"), _CASES)
def test_a_period_has_the_edges_of_the_calendar(
    text: str, start: tuple[int, ...], end: tuple[int, ...], title: str
) -> None:
    found = parse_period(text)
    assert found.start == _at(*start)
    assert found.end == _at(*end)
    assert found.title == title
    assert found.start.utcoffset() == timedelta(hours=8)


def _at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    "text",
    [
        "", "2026Q5", "2026Q0", "26Q3", "2026H3", "2026-13", "2026-00", "2025-W53", "2026-W54", "上个季度",
        "2026-02-30..2026-03-01", "2026-03-01..2026-02-01", "2026-02-02T16..2026-02-02T16",
        "2026-02-02T25..2026-02-03", "2026-02-02", "9999", "9999Q4", "0000", "2026-01-01..9999-12-31",
    ],
)  # fmt: skip
def test_a_period_that_is_none_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match=r"2026Q3（季度）.*2026-W38（周）"):
        parse_period(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-08", datetime(2026, 10, 8, 15, 59, 59, tzinfo=UTC)),
        ("2026-10-08T09", datetime(2026, 10, 8, 1, tzinfo=UTC)),
        ("2026-10-08 09:30", datetime(2026, 10, 8, 1, 30, tzinfo=UTC)),
        ("2026-10-08T09:00:05", datetime(2026, 10, 8, 1, 0, 5, tzinfo=UTC)),
        ("2026-10-08T09:00:00Z", datetime(2026, 10, 8, 9, tzinfo=UTC)),
        ("2026-10-08T09:00:00+08:00", datetime(2026, 10, 8, 1, tzinfo=UTC)),
    ],
)
def test_a_moment(text: str, expected: datetime) -> None:
    found = parse_moment(text)
    assert found == expected
    assert found.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    "text", ["", "昨天", "2026-13-01", "2026-10-08T25", "2026/10/08", "2026-W38-1"]
)
def test_a_moment_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="看不懂时间"):
        parse_moment(text)


def test_the_quarter_of_a_moment_is_told_in_shanghai() -> None:
    assert quarter_of(datetime(2026, 9, 30, 15, 59, tzinfo=UTC)).name == "2026Q3"
    assert quarter_of(datetime(2026, 9, 30, 16, 0, tzinfo=UTC)).name == "2026Q4"


def test_the_last_day_of_a_period() -> None:
    assert parse_period("2026Q3").last_day == date(2026, 9, 30)
    assert parse_period("2026-01-22..2026-02-02T16").last_day == date(2026, 2, 2)


def test_an_empty_period_cannot_be_made() -> None:
    moment = datetime(2026, 1, 1, tzinfo=SHANGHAI)
    with pytest.raises(ValueError, match="止须在起之后"):
        Period("x", moment, moment, "x")


def test_days_are_joined_with_the_year_said_once() -> None:
    assert span_words(date(2026, 2, 3), date(2026, 12, 31)) == "2026年2月3日—12月31日"
    assert span_words(date(2026, 2, 3), date(2026, 2, 3)) == "2026年2月3日"
    assert span_words(date(2025, 12, 3), date(2026, 1, 3)) == "2025年12月3日—2026年1月3日"
