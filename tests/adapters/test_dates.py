"""The grammar of publish times: documented forms are read, the others are errors, nothing is guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import Cell
from adapters.moments import SHANGHAI
from adapters.tables.dates import end_of_day, published, unix

EAST8 = timezone(timedelta(hours=8))


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=EAST8)  # type: ignore[arg-type, misc]


TIMES: list[tuple[Cell, datetime]] = [
    ("2025-09-26 19:30:00", at(2025, 9, 26, 19, 30)),  # 抖音
    ("2026-06-10 12:34", at(2026, 6, 10, 12, 34)),  # §5 头条
    ("2026年03月24日17时33分05秒", at(2026, 3, 24, 17, 33, 5)),  # §6 小红书
    ("2026年06月03日 16:41:25", at(2026, 6, 3, 16, 41, 25)),  # §7 B站
    ("2026/5/29 8:05", at(2026, 5, 29, 8, 5)),  # rule 6: re-saved by Excel
    ("2026/5/29 8:05:09", at(2026, 5, 29, 8, 5, 9)),
    ("2026-06-10T12:34:56Z", at(2026, 6, 10, 20, 34, 56)),
    ("2026-06-10T12:34:56+08:00", at(2026, 6, 10, 12, 34, 56)),
    ("2026-06-10 00:00:00", at(2026, 6, 10)),  # midnight said is a time
    (46_171.5, at(2026, 5, 29, 12)),  # rule 6: serials; 46,171 days after 1899-12-30
    (46_171.999_988_4, at(2026, 5, 29, 23, 59, 59)),
    ("2026/5/29 下午3:05", at(2026, 5, 29, 15, 5)),
    ("2026/5/29 3:05 PM", at(2026, 5, 29, 15, 5)),
    ("2026-05-29 3:05:00 pm", at(2026, 5, 29, 15, 5)),
    ("2026-05-29 15:05 PM", at(2026, 5, 29, 15, 5)),
    ("2026/5/29 上午12:05", at(2026, 5, 29, 0, 5)),
    ("2026/5/29 中午12:05", at(2026, 5, 29, 12, 5)),
    ("2026/5/29 晚上8:05", at(2026, 5, 29, 20, 5)),
    ("2026年5月29日 星期五 15:05", at(2026, 5, 29, 15, 5)),
    ("2026/05/29(周五)15：05", at(2026, 5, 29, 15, 5)),
    ("2026年5月29日（星期五）下午3点5分", at(2026, 5, 29, 15, 5)),
    ("2026 年 5 月 29 日 15 时", at(2026, 5, 29, 15)),
    ("2026-05-29 15:05 发布", at(2026, 5, 29, 15, 5)),
    ("202605291505", at(2026, 5, 29, 15, 5)),
    ("20260529150509", at(2026, 5, 29, 15, 5, 9)),
    (20260529150509.0, at(2026, 5, 29, 15, 5, 9)),
    ("46171.5", at(2026, 5, 29, 12)),
    ("1780038309000", at(2026, 5, 29, 15, 5, 9)),
    (1780038309.0, at(2026, 5, 29, 15, 5, 9)),
    ('="2026-05-29 15:05"', at(2026, 5, 29, 15, 5)),
    ("Fri May 29 2026 15:05:09 GMT+0800 (中国标准时间)", at(2026, 5, 29, 15, 5, 9)),
    ("Fri May 29 15:05:09 +0800 2026", at(2026, 5, 29, 15, 5, 9)),
    (datetime(2026, 5, 29, 8, 5), at(2026, 5, 29, 8, 5)),  # noqa: DTZ001 - a cell has no zone
    (datetime(2026, 5, 29, 0, 5, tzinfo=UTC), at(2026, 5, 29, 8, 5)),
]

DAYS: list[tuple[Cell, datetime]] = [
    ("20260911", at(2026, 9, 11)),  # §0 公众号
    (20_260_911, at(2026, 9, 11)),
    (20_260_911.0, at(2026, 9, 11)),
    ("2026-08-01", at(2026, 8, 1)),  # §1b
    ("2025/09/27", at(2025, 9, 27)),  # §2 视频号
    ("2026/5/29", at(2026, 5, 29)),  # §2 after Excel
    ("2026年5月29日", at(2026, 5, 29)),
    ("2026.5.29", at(2026, 5, 29)),
    ("2026—05—29", at(2026, 5, 29)),
    ("２０２６年5月29日（周五）", at(2026, 5, 29)),
    ("46171", at(2026, 5, 29)),
    (46_171, at(2026, 5, 29)),
    (46_171.0, at(2026, 5, 29)),
    (date(2026, 5, 29), at(2026, 5, 29)),
    ("1990-01-01", at(1990, 1, 1)),
    ("2100-12-31", at(2100, 12, 31)),
]


@pytest.mark.parametrize(("cell", "moment"), TIMES, ids=lambda each: str(each)[:30])
def test_times(cell: Cell, moment: datetime) -> None:
    got, date_only = published(cell)
    assert (got, got.utcoffset(), date_only) == (moment, got.utcoffset(), False)
    assert got.tzinfo is not None


@pytest.mark.parametrize(("cell", "moment"), DAYS, ids=lambda each: str(each)[:30])
def test_days(cell: Cell, moment: datetime) -> None:
    got, date_only = published(cell)
    assert (got, date_only) == (moment, True)


STRANGE: list[Cell] = [
    None,
    "",
    " ",
    "-",
    "--",
    "昨天",
    "刚刚",
    "06-14",
    "12:34",
    "2026-13-01",
    "2026-02-30",
    "2026-06-31",
    "20261301",
    "2026-06-10 25:00",
    "2026-06-10 12:60",
    "2026-06-10 24:00:00",
    "2026/5/29 晚上1:05",  # of which night?
    "2026/5/29 上午3:05 PM",
    "5/29/2026",  # not guessed is the order of day and month
    "29/5/2026",
    "26/5/29",
    "26-05-29",
    "2026-05",
    "2026年5月",
    "2026-05-29至2026-05-30",
    "1989-12-31",
    "2101-01-01",
    "0000-00-00 00:00:00",
    "0001-01-01 00:00:00+14:00",
    "9999-12-31 23:59:59-12:00",
    "2026-05-29 12:00:00+99:99",
    "2026052915",  # an hour, or seconds?
    "179000000",
    0,
    1,
    -1,
    570,
    12.5,
    32_873,
    73_416,
    10**30,
    float("nan"),
    float("inf"),
    float("-inf"),
    True,
    False,
    time(12, 0),
    timedelta(days=46_171),
    date(1900, 1, 1),
    datetime(1900, 1, 1),  # noqa: DTZ001
    datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))),
    "#DIV/0!",
]


@pytest.mark.parametrize("cell", STRANGE, ids=lambda cell: repr(cell)[:30])
def test_anything_else_is_an_error_in_chinese_naming_it(cell: Cell) -> None:
    with pytest.raises(ValueError) as caught:
        published(cell)
    assert f"“{'' if cell is None else cell}”" in str(caught.value)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in str(caught.value))


@pytest.mark.parametrize(
    "cell", [1_790_000_000, 1_790_000_000_000, "1790000000", "1790000000000", 1.79e9, 1.79e12]
)
def test_unix_seconds_and_milliseconds(cell: Cell) -> None:
    # date -u -d @1790000000 → 2026-09-21 14:13:20
    assert unix(cell) == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
    assert unix(cell).tzinfo is SHANGHAI


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "abc",
        "2026-06-10",
        20_260_911,
        "nan",
        "inf",
        float("nan"),
        float("inf"),
        -1,
        0,
        1e300,
        10**400,
        True,
        date(2026, 1, 1),
    ],
    ids=lambda cell: repr(cell)[:20],
)
def test_unix_refuses(cell: Cell) -> None:
    with pytest.raises(ValueError, match="时间戳"):
        unix(cell)


def test_end_of_day() -> None:
    assert end_of_day(date(2026, 5, 29)) == at(2026, 5, 29, 23, 59, 59)


@given(
    st.text(max_size=25)
    | st.text("0123456789-/:.年月日时分秒 TZ+", max_size=25)
    | st.floats()
    | st.integers()
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.timedeltas()
    | st.booleans()
    | st.none()
)
def test_any_cell_is_a_believable_aware_moment_or_an_error(cell: Cell) -> None:
    for read in (_published, unix):
        try:
            moment = read(cell)
        except ValueError as problem:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in str(problem))
        else:
            assert moment.tzinfo is not None and 1990 <= moment.year <= 2100


def _published(cell: Cell) -> datetime:
    return published(cell)[0]


@given(st.datetimes(datetime(1991, 12, 1), datetime(2100, 12, 30)))  # noqa: DTZ001
def test_every_written_form_says_the_same(moment: datetime) -> None:
    exact = moment.replace(microsecond=0)
    forms = [
        f"{exact:%Y-%m-%d %H:%M:%S}",
        f"{exact:%Y/%m/%d %H:%M:%S}",
        f"{exact:%Y年%m月%d日%H时%M分%S秒}",
        f"{exact.year}/{exact.month}/{exact.day} {exact.hour}:{exact:%M}:{exact:%S}",
        f"{exact:%Y-%m-%dT%H:%M:%S}+08:00",
    ]
    assert {published(each) for each in forms} == {(exact.replace(tzinfo=SHANGHAI), False)}
