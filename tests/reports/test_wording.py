"""A phrase is true for every value its figure allows; the examples of docs/definitions.md §3, one by one."""

from __future__ import annotations

import re
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.records import Count, at_least, between
from reports import wording
from reports.section import one_bound
from tests.reports.phrases import is_cut, is_tidy, number_of, true_of

MARKS = (100_000, 1_000_000)


@pytest.mark.parametrize(
    ("number", "phrase"),
    [
        (1_578_431, "约158万"),
        (999_600, "近100万"),
        (999_999, "近100万"),
        (999_499, "约99.9万"),
        (99_960, "近10万"),
        (99_499, "约9.9万"),
        (161_700, "约16.2万"),
        (9_999, "9999"),
        (10_000, "1万"),
        (10_001, "约1万"),
        (0, "0"),
        (596_000, "59.6万"),
        (1_580_000, "158万"),
        (9_996_000, "近1000万"),
        (99_999_999, "近1亿"),
        (100_000_000, "1亿"),
        (123_456_789, "约1.2亿"),
        (9_960_000_000, "99.6亿"),
        (9_999_999_999, "近100亿"),
    ],
)
def test_a_sum_in_the_default_words(number: int, phrase: str) -> None:
    assert wording.total(Count(number), MARKS) == phrase


@pytest.mark.parametrize(
    ("number", "phrase"),
    [
        (1_053_112, "超105万"),
        (1_050_000, "105万"),
        (596_000, "59.6万"),
        (596_123, "超59.6万"),
        (9_999, "9999"),
        (10_000, "1万"),
        (999_999, "超99.9万"),
    ],
)
def test_a_single_post_in_the_default_words(number: int, phrase: str) -> None:
    assert wording.single(Count(number), MARKS) == phrase


@pytest.mark.parametrize(
    ("word", "number", "phrase"),
    [
        ("近", 161_700, "近16.2万"),
        ("近", 162_000, "16.2万"),
        ("约", 161_700, "约16.2万"),
        ("逾", 1_053_112, "逾105万"),
        ("超", 1_053_112, "超105万"),
        ("余", 3_412, "3412"),  # in full already: nothing to round
        ("余", 1_002_345, "100余万"),
        ("余", 153_412, "15万余"),
        ("余", 123_456_789, "1.2亿余"),
        ("约", 999_600, "近100万"),  # never 约100万
    ],
)
def test_a_word_that_was_asked_for(word: wording.Word, number: int, phrase: str) -> None:
    assert wording.asked(word, Count(number), MARKS) == phrase


@pytest.mark.parametrize(
    ("number", "phrase"),
    [
        (3_412, "3400余条"),
        (3_400, "3400条"),
        (68, "60余条"),
        (19, "19条"),  # 19 is not below 1.5 × 10
        (14, "10余条"),
        (7, "7条"),
        (105, "100余条"),
        (18_242, "18000余条"),
    ],
)
def test_things_with_yu_where_asked(number: int, phrase: str) -> None:
    assert wording.roughly(number, "条") == phrase


@pytest.mark.parametrize(
    ("spread", "phrase"),
    [
        (at_least(1_000_000), "100万及以上"),  # not 超100万
        (at_least(100_001), "超10万"),
        (at_least(100_000), "10万及以上"),
        (at_least(1_578_431), "超157万"),
        (at_least(500), "500及以上"),
        (between(11_500, 12_499), "约1.2万"),  # 1.2万 rounded
        (between(12_000, 12_999), "1.2万及以上"),  # 1.2万 cut
        (between(11_500, 12_999), "超1.1万"),  # 1.2万, nobody knows which
        (between(99_500, 100_499), "超9.9万"),  # 10.0万 rounded: 10万 is not proved
        (between(1_574_600, 1_579_900), "近158万"),
        (between(1_574_600, 1_584_900), "超157万"),
        (between(1_575_000, 1_584_999), "约158万"),
    ],
)
def test_a_bound_is_worded_as_one(spread: Count, phrase: str) -> None:
    assert wording.total(spread, MARKS) == phrase


def test_a_measure_word_follows_the_number() -> None:
    assert wording.total(Count(1_578_431), MARKS, "人次") == "约158万人次"
    assert wording.total(at_least(1_000_000), MARKS, "人次") == "100万人次及以上"
    assert wording.asked("余", Count(1_002_345), MARKS, "人次") == "100余万人次"


def test_things_are_counted_in_full() -> None:
    assert wording.count(Count(18_242), "条") == "18242条"
    assert wording.count(at_least(3), "篇") == "至少3篇"


@pytest.mark.parametrize(
    ("spread", "phrase"),
    [
        (Count(1_578_431), "增加约158万人次"),
        (Count(0), "没有变化"),
        (Count(-12_000), "减少1.2万人次"),
        (Count(-123), "减少123人次"),
        (at_least(-5), "变化不低于-5人次"),
        (at_least(0), "变化不低于0人次"),
        (between(-20_400, -20_100), "减少约2万人次"),
    ],
)
def test_a_fall_is_shown(spread: Count, phrase: str) -> None:
    assert wording.change(spread, MARKS, "人次") == phrase


@pytest.mark.parametrize(
    ("threshold", "phrase"),
    [
        (100_000, "10万+"), (1_000_000, "100万+"), (10_000, "1万+"), (5_000, "5000+"), (12_000, "1.2万+"),
        (12_345, "12345+"), (100_000_000, "1亿+"), (150_000_000, "1.5亿+"), (100_500_000, "10050万+"),
    ],
)  # fmt: skip
def test_a_threshold_is_never_rounded(threshold: int, phrase: str) -> None:
    assert wording.mark(threshold) == phrase


def test_a_title_is_one_short_line() -> None:
    assert wording.title("云岭\n春耕\t忙\x00") == "“云岭 春耕 忙”"
    assert wording.title("长" * 61) == f"“{'长' * 60}…”"
    assert wording.title("  ") == "“（无标题）”"


def test_a_spread_holds_something() -> None:
    with pytest.raises(ValueError, match="holds no number"):
        between(2, 1)
    with pytest.raises(ValueError, match="change"):
        wording.total(Count(-1))


_near_powers = st.builds(
    lambda power, shift: max(0, 10**power + shift),
    st.integers(3, 11),
    st.integers(-60_000, 60_000),
)
_numbers = st.one_of(st.integers(0, 20_000), st.integers(0, 10**11), _near_powers)
_marks = st.frozensets(st.one_of(_near_powers, st.integers(1, 10**9)), max_size=4)
_words = st.sampled_from(["约", "近", "超", "逾", "余"])


@given(_numbers, _marks, _words)
def test_every_phrase_of_an_exact_number_is_true(
    number: int, marks: frozenset[int], word: wording.Word
) -> None:
    spread = Count(number)
    for phrase in (
        wording.total(spread, marks),
        wording.single(spread, marks),
        wording.asked(word, spread, marks),
    ):
        assert is_tidy(phrase), phrase
        assert true_of(phrase, number, marks), phrase
        assert phrase[0] not in "超逾" or is_cut(phrase, number), phrase


@given(_numbers, st.one_of(st.none(), st.integers(0, 20_000)), _marks, _words, st.data())
def test_every_phrase_of_a_bound_is_true_for_every_value_it_allows(
    low: int, width: int | None, marks: frozenset[int], word: wording.Word, data: st.DataObject
) -> None:
    spread = between(low, None if width is None else low + width)
    top = 10**12 if spread.high is None else spread.high
    within = {low, top, data.draw(st.integers(low, top)), min(low + 1, top), max(top - 1, low)}
    within |= {mark + shift for mark in marks for shift in (-1, 0) if low <= mark + shift <= top}
    for phrase in (
        wording.total(spread, marks),
        wording.single(spread, marks),
        wording.asked(word, spread, marks),
    ):
        assert is_tidy(phrase), phrase
        for number in within:
            assert true_of(phrase, number, marks), (phrase, number)


@given(_numbers)
def test_things_with_yu_are_true(number: int) -> None:
    phrase = wording.roughly(number)
    assert true_of(phrase, number), phrase


@given(st.integers(1, 10**11))
def test_a_mark_is_the_threshold(threshold: int) -> None:
    phrase = wording.mark(threshold)
    assume(phrase.endswith("+"))
    assert number_of(phrase.removesuffix("+")) == threshold


@given(st.integers(-(10**9), 10**9), st.one_of(st.none(), st.integers(0, 50_000)))
def test_a_change_is_true(low: int, width: int | None) -> None:
    spread = between(low, None if width is None else low + width)
    phrase = wording.change(spread)
    if phrase == "没有变化":
        assert spread == Count(0)
    elif phrase.startswith("变化不低于"):
        assert int(phrase.removeprefix("变化不低于")) == low
    else:
        sign = 1 if phrase.startswith("增加") else -1
        ends = {low} if spread.high is None else {low, spread.high}
        assert all(true_of(phrase[2:], sign * end) for end in ends), phrase


@pytest.mark.parametrize(
    ("spread", "parts", "said"),
    [
        (at_least(569_600), [Count(569_600)], "可统计的粉丝约57万人"),
        (at_least(513_400), [at_least(513_000), Count(400)], "粉丝超51.3万人"),
        (at_least(513_900), [Count(513_900)], "可统计的粉丝约51.4万人"),
        (Count(569_600), [Count(569_000), Count(600)], "粉丝约57万人"),
        (at_least(999_700), [Count(999_700)], "可统计的粉丝近100万人"),
        # a part that is known in steps alone: 15.51万—15.59万 reads 近15.6万
        (at_least(155_100), [between(155_100, 155_900)], "可统计的粉丝约15.6万人"),
        (at_least(0), [Count(0)], "粉丝0人及以上"),
    ],
)
def test_a_whole_beside_its_parts(spread: Count, parts: list[Count], said: str) -> None:
    assert wording.whole(spread, parts, (), "人", word="粉丝") == said


_PARTS = st.builds(
    lambda low, width: between(low, None if width is None else low + width),
    st.integers(0, 10**9),
    st.one_of(st.just(0), st.just(0), st.none(), st.integers(1, 60_000)),
)


@given(st.lists(_PARTS, min_size=1, max_size=6), st.booleans(), st.sets(st.integers(1, 10**7)))
def test_no_part_looks_larger_than_its_whole(
    parts: list[Count], missing: bool, marks: set[int]
) -> None:
    low, highs = sum(each.low for each in parts), [each.high for each in parts]
    open_end = missing or None in highs
    spread = between(low, None if open_end else sum(each or 0 for each in highs))
    for say in (wording.total, partial(wording.total, open_end=False), wording.change):
        phrase = wording.whole(spread, parts, marks, say=say)
        for each in parts:
            part = say(each, marks, "")
            if each.low:
                assert number_of(bare(part)) <= number_of(bare(phrase)), (part, phrase)
        if not phrase.startswith(wording.COUNTABLE):
            assert phrase == say(spread, marks, "")


def bare(phrase: str) -> str:
    """The number in a phrase, with its unit."""
    found = re.search(r"\d+(?:\.\d)?[万亿]?", phrase)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("共发稿至少3条，总播放量超56.9万人次。", "共发稿至少3条，总播放量至少56.9万人次。"),
        ("点赞数超1.2万次，分享数100次及以上。", "点赞数至少1.2万次，分享数至少100次。"),
        (
            "播放量35万人次及以上，“超100人”“10万及以上”",
            "播放量35万人次及以上，“超100人”“10万及以上”",
        ),
        ("超2万人次，“外“至少1个”内”，3万及以上", "至少2万人次，“外“至少1个”内”，至少3万"),
        ("观看超2万人次，最高超1万人次。", "观看超2万人次，最高超1万人次。"),
    ],
)
def test_one_bound_has_one_word_in_a_sentence(sentence: str, said: str) -> None:
    assert one_bound(sentence) == said
