"""Numbers as drafts write them, and which figures each phrase is true of (docs/definitions.md §3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.records import Count, between
from reports import wording
from reports.drafts.checking.truth import judge
from reports.drafts.reading import numbers
from reports.drafts.reading.numbers import Number
from reports.drafts.reading.text import fold
from tests.reports.phrases import true_of

MARKS = (100_000, 1_000_000)
_NUMERALS = "0123456789一二两三四五六七八九十百千万"


def parsed(text: str) -> Number:
    plain = fold(text).plain
    for place, sign in enumerate(plain):
        found = numbers.read(plain, place) if sign in _NUMERALS else None
        if found is not None:
            return found
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("text", "value", "manner", "measure"),
    [
        ("1,578,431人次", 1_578_431, "plain", "人次"),
        ("１，５７８，４３１次", 1_578_431, "plain", "次"),
        ("1 578 431", 1_578_431, "plain", ""),
        ("1,578,\n431条", 1_578_431, "plain", "条"),
        ("约 158 万", 1_580_000, "about", ""),
        ("158万左右", 1_580_000, "about", ""),
        ("1.6亿", 160_000_000, "plain", ""),
        ("近16.2万", 162_000, "near", ""),
        ("超45万", 450_000, "over", ""),
        ("逾三十五万人次", 350_000, "over", "人次"),
        ("突破百万", 1_000_000, "reach", ""),
        ("破万", 10_000, "reach", ""),
        ("1500余篇", 1_500, "some", "篇"),
        ("100余万人", 1_000_000, "some", "人"),
        ("8500多条", 8_500, "some", "条"),
        ("十余次", 10, "some", "次"),
        ("一百五十余篇", 150, "some", "篇"),
        ("两百条", 200, "plain", "条"),
        ("10W+", 100_000, "least", ""),
        ("“100W+”以上", 1_000_000, "least", ""),
        ("10万及以上", 100_000, "least", ""),
        ("8488次及以上", 8_488, "least", "次"),
        ("至少5条", 5, "least", "条"),
        ("不足300篇", 300, "under", "篇"),
        ("10—20万", 100_000, "range", ""),
    ],
)
def test_numbers_are_read(text: str, value: int, manner: str, measure: str) -> None:
    found = parsed(text)
    assert (found.value, found.manner, found.measure) == (value, manner, measure)


@pytest.mark.parametrize(
    "text", ["abc123", "1.0.3", "一个", "同一人", "千家", "c87db9222cb8", "x_12"]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(AssertionError):
        parsed(text)


@pytest.mark.parametrize(
    ("text", "figure", "verdict"),
    [
        ("约158万", 1_578_431, "true"), ("约159万", 1_578_431, "false"), ("约157万", 1_578_431, "false"),
        ("约100万", 999_600, "false"), ("近100万", 999_600, "true"), ("近16.2万", 161_700, "true"),
        ("近16.2万", 162_000, "false"), ("近1万", 9_650, "false"), ("近1万", 9_701, "true"),
        ("超105万", 1_053_112, "true"), ("超105万", 1_050_000, "false"), ("105万", 1_050_000, "true"),
        ("超106万", 1_053_112, "false"), ("超104万", 1_053_112, "false"), ("超40万", 423_000, "true"),
        ("3400余条", 3_412, "true"), ("3300余条", 3_412, "false"), ("100余万", 1_002_345, "true"),
        ("10余篇", 14, "true"), ("10余篇", 15, "false"), ("1000余篇", 1_099, "true"), ("1000余篇", 1_100, "false"),
        ("158万", 1_578_431, "false"), ("1,578,431", 1_578_431, "true"), ("18242条", 18_242, "true"),
        ("59.6万", 596_000, "true"), ("约60万", 596_000, "true"), ("至少5条", 7, "true"), ("至少8条", 7, "false"),
        ("不足300篇", 299, "true"), ("不足300篇", 300, "false"),
    ],
)  # fmt: skip
def test_the_table_of_words(text: str, figure: int, verdict: str) -> None:
    assert judge(parsed(text), Count(figure), MARKS) == verdict


@pytest.mark.parametrize(
    ("text", "low", "high", "verdict"),
    [
        ("100万及以上", 1_000_000, None, "true"), ("超100万", 1_000_000, None, "open"),
        ("超668万", 6_681_458, None, "true"), ("约668万", 6_681_458, None, "open"),
        ("约600万", 6_681_458, None, "false"), ("8条", 8, 57, "open"), ("60条", 8, 57, "false"),
        ("至少8条", 8, 57, "true"), ("至少58条", 8, 57, "false"), ("约1.2万", 11_500, 12_499, "true"),
        ("1.2万", 11_500, 12_499, "open"),
    ],
)  # fmt: skip
def test_a_bound_is_true_for_every_value_or_open(
    text: str, low: int, high: int | None, verdict: str
) -> None:
    assert judge(parsed(text), between(low, high), MARKS) == verdict


@given(st.integers(0, 10**10), st.sampled_from(["total", "single", "约", "近", "超", "逾", "余"]))
def test_our_own_words_are_true_of_their_number(figure: int, how: str) -> None:
    spread = Count(figure)
    said = {"total": wording.total, "single": wording.single}.get(how)
    text = said(spread, MARKS, "人次") if said else wording.asked(how, spread, MARKS, "人次")  # type: ignore[arg-type]
    assert judge(parsed(text), spread, MARKS) == "true"


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.booleans())
def test_our_own_words_are_true_of_a_bound(low: int, width: int, limited: bool) -> None:
    spread = between(low, low + width if limited else None)
    assert judge(parsed(wording.total(spread, MARKS, "人次")), spread, MARKS) == "true"


@given(st.integers(10_000, 10**9), st.integers(10_000, 10**9))
def test_another_number_is_judged_as_the_rule_says(figure: int, other: int) -> None:
    """约, 近 and 余 by the reference written apart from this program."""
    for word in ("约", "近", "余"):
        text = wording.asked(word, Count(other), MARKS)
        if not text.startswith(word) and word not in text:
            continue
        if true_of(text, figure, MARKS):
            assert judge(parsed(text), Count(figure), MARKS) == "true"
