"""The grammar of counts: every documented form, and never a zero that was not written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import Cell
from adapters.records import LARGEST, Bound, Count, about, at_least
from adapters.tables.counts import count

EXACT = [
    ("240492", 240_492),  # 微博 2019
    ("0", 0),  # 小红书 writes 0 for not yet counted
    ("570", 570),  # every cell of 抖音 is text
    ("20,816", 20_816),  # 公众号 before 2020
    ("1,234,567", 1_234_567),
    ("570.0", 570),  # float counts after a re-save
    (570.0, 570),
    (570, 570),
    ("\uff11\uff12\uff13\uff14\uff15", 12_345),  # full-width, as input methods leave them
    ("\uff11\uff12\uff0c\uff13\uff14\uff15", 12_345),
    (" 12 ", 12),
    ("\ufeff12\u200b", 12),
    ("26人次", 26),
    ("1.2345万", 12_345),  # four decimals of 万 leave nothing open
]

ABOUT = [
    ("22.2万", 222_000, 1_000),  # 快手
    ("515.6万", 5_156_000, 1_000),  # 抖音
    ("345万次播放", 3_450_000, 10_000),  # 微博 2022
    ("651万", 6_510_000, 10_000),
    ("1.9万", 19_000, 1_000),  # 公众号
    ("1.20万", 12_000, 100),
    ("1.2w", 12_000, 1_000),
    ("1.2W", 12_000, 1_000),
    ("1.2亿", 120_000_000, 10_000_000),
    ("3k", 3_000, 1_000),
    ("3.4千", 3_400, 100),
    ("\uff11\uff0e\uff12万", 12_000, 1_000),
    ("0.0万", 0, 1_000),
    ("1.2 万", 12_000, 1_000),
]

AT_LEAST = [
    ("100万+", 1_000_000),  # 微博
    ("1千+", 1_000),  # 小红书
    ("10+", 10),
    ("1万+", 10_000),
    ("10万+", 100_000),  # 公众号
    ("10W+", 100_000),  # 清博
    ("10w+", 100_000),
    ("\uff11\uff10万\uff0b", 100_000),
]


@pytest.mark.parametrize(("cell", "value"), EXACT)
def test_exact(cell: Cell, value: int) -> None:
    assert count(cell) == Count(value)


@pytest.mark.parametrize(("cell", "value", "unit"), ABOUT)
@pytest.mark.parametrize("cut", [True, False, None])
def test_about(cell: str, value: int, unit: int, cut: bool | None) -> None:
    assert count(cell, cut=cut) == about(value, unit, cut=cut)


@pytest.mark.parametrize(("cell", "value"), AT_LEAST)
def test_at_least(cell: str, value: int) -> None:
    assert count(cell) == at_least(value)


@pytest.mark.parametrize(
    "cell", [None, "", " ", "-", "--", "—", "——", "\uff0d", "\u3000", "\u200b"]
)
def test_missing_is_none(cell: Cell) -> None:
    assert count(cell) is None


@pytest.mark.parametrize("cell", ["-1", -1, -1.0])
def test_minus_one_is_missing_only_where_the_source_says_so(cell: Cell) -> None:
    assert count(cell, missing=frozenset({"-1"})) is None
    with pytest.raises(ValueError, match="-1"):
        count(cell)


STRANGE: list[Cell] = [
    "-1",
    "-5",
    "+5",
    "1.5",
    1.5,
    -3,
    "1 2",
    "10²",
    "①",
    "½",
    "一万",
    "十",
    "约1.2万",
    "1万2千",
    "1.2.3万",
    "1,23",
    "12,34,567",
    "1.23456万",
    "5%",
    "11.14%",
    "1e3",
    "1_000",
    "0x10",
    "NaN",
    "nan",
    "inf",
    "null",
    "None",
    "赞",
    "转发",
    "评论",
    "#DIV/0!",
    "#N/A",
    "万",
    "+",
    "万+",
    "1分20秒",
    "2026-09-27",
    "=1+1",
    True,
    False,
    float("nan"),
    float("inf"),
    float("-inf"),
    1e300,
    10**20,
    10**400,
    "9" * 400,
    "9" * 14,
    datetime(2026, 1, 2),  # noqa: DTZ001 - a cell of a workbook has no zone
    date(2026, 1, 2),
    time(0, 0),
    timedelta(0),
]


@pytest.mark.parametrize("cell", STRANGE, ids=lambda cell: repr(cell)[:20])
def test_anything_else_is_an_error_in_chinese_naming_it(cell: Cell) -> None:
    with pytest.raises(ValueError) as caught:
        count(cell)
    text = str(caught.value)
    assert f"“{cell}”" in text
    assert any("\u4e00" <= sign <= "\u9fff" for sign in text.replace(str(cell), ""))


def _cut(number: int, unit: int, sign: str) -> str:
    whole, tenth = divmod(number * 10 // unit, 10)
    return f"{whole}.{tenth}{sign}"


STYLES: dict[str, Callable[[int], str]] = {
    "plain": str,
    "thousands": lambda n: f"{n:,}",
    "full width": lambda n: "".join(chr(ord(each) + 0xFEE0) for each in str(n)),
    "万": lambda n: _cut(n, 10**4, "万"),
    "w": lambda n: _cut(n, 10**4, "w"),
    "亿": lambda n: _cut(n, 10**8, "亿"),
    "千": lambda n: _cut(n, 10**3, "千"),
    "W+": lambda n: f"{n // 10**4}W+",
    "万+": lambda n: f"{n // 10**4}万+",
}


@given(st.integers(0, LARGEST), st.sampled_from(sorted(STYLES)))
def test_what_is_shown_contains_the_truth(number: int, style: str) -> None:
    got = count(STYLES[style](number), cut=True)
    assert got is not None
    assert got.low <= number and (got.high is None or number <= got.high)


@given(st.integers(0, 10**10), st.sampled_from([10**4, 10**8]))
def test_unknown_rounding_contains_the_truth_either_way(number: int, unit: int) -> None:
    sign = "万" if unit == 10**4 else "亿"
    step = unit // 10
    tenths = (number + step // 2) // step
    rounded = count(f"{tenths // 10}.{tenths % 10}{sign}", cut=None)
    cut = count(_cut(number, unit, sign), cut=None)
    assert rounded and cut and rounded.high is not None and cut.high is not None
    assert rounded.low <= number <= rounded.high
    assert cut.low <= number <= cut.high


ZERO = frozenset("0\uff10")


@given(
    st.text(max_size=12) | st.text("0123456789.,万亿千wWkK+-—次人 \u200b\uff10\uff11", max_size=9)
)
def test_any_text_is_a_count_missing_or_an_error_and_never_a_zero_from_nothing(text: str) -> None:
    try:
        got = count(text)
    except ValueError as problem:
        assert f"“{text}”" in str(problem)
        return
    if got is None:
        assert not any(sign.isdigit() for sign in text)
    elif got.value == 0:
        assert ZERO & set(text)


@given(st.floats() | st.integers())
def test_any_number_is_itself_or_an_error(number: float) -> None:
    try:
        got = count(number)
    except ValueError as problem:
        assert f"“{number}”" in str(problem)
    else:
        assert got == Count(int(number)) and got.value == number


BOUNDS: list[Bound] = ["exact", "about", "at_least"]


@given(
    st.integers(0, 400),
    st.sampled_from(BOUNDS),
    st.sampled_from([1, 2, 5, 10, 100]),
    st.sampled_from([True, False, None]),
    st.integers(0, 700),
)
def test_limits_against_every_possible_truth(
    steps: int, bound: Bound, unit: int, cut: bool | None, threshold: int
) -> None:
    value = steps if bound == "exact" else steps // unit * unit
    shown = {
        "exact": Count(value), "at_least": at_least(value), "about": about(value, unit, cut=cut)
    }[bound]  # fmt: skip
    truths = [n for n in range(1200) if _could_show(n, value, bound, unit, cut)]
    assert min(truths) == shown.low
    assert shown.high == (None if bound == "at_least" else max(truths))
    reached = {n >= threshold for n in truths}
    assert shown.reaches(threshold) is (reached.pop() if len(reached) == 1 else None)


def _could_show(truth: int, value: int, bound: Bound, unit: int, cut: bool | None) -> bool:
    if bound == "exact":
        return truth == value
    if bound == "at_least":
        return truth >= value
    ways = []
    if cut is not False:
        ways.append(truth // unit * unit)
    if cut is not True:
        ways.append((truth + unit // 2) // unit * unit)
    return value in ways
