"""A number as a draft writes it: digits or Chinese numerals, its unit, the words that make it rough."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

#: How a number is meant. plain: just this; about 约; near 近; over 超; reach 突破; some 余; least 至少, 以上, +;
#: most 不超过; under 不足; range 10—20.
Manner = Literal[
    "plain", "about", "near", "over", "reach", "some", "least", "most", "under", "range"
]

PREFIXES: dict[str, Manner] = {
    "约为": "about", "约有": "about", "约达": "about", "大约": "about", "大概": "about", "约": "about",
    "将近": "near", "接近": "near", "近": "near",
    "已超过": "over", "超过了": "over", "超过": "over", "超出": "over", "超": "over", "逾": "over",
    "高于": "over", "多于": "over", "突破了": "reach", "突破": "reach", "破": "reach", "过": "reach",
    "至少": "least", "不少于": "least", "不低于": "least", "不下于": "least", "不下": "least",
    "不小于": "least", "不超过": "most", "至多": "most", "最多": "most", "不高于": "most",
    "不足": "under", "不到": "under", "不满": "under", "未满": "under", "低于": "under", "少于": "under",
}  # fmt: skip
_SUFFIXES: dict[str, Manner] = {
    "及以上": "least", "或以上": "least", "以上": "least", "左右": "about", "上下": "about",
    "及以下": "most", "以下": "most", "以内": "most",
}  # fmt: skip
#: Words between a manner and its number, or before both, that change nothing.
_NEUTRAL = (
    "达到了|达到|高达|已达|达|已经|已|共计|总计|合计|累计|共有|共|计|有|为|是|了|仅|只有|只|均|各"
)
_UNITS = {
    "万亿": 10**12, "千万": 10**7, "百万": 10**6, "十万": 10**5, "亿": 10**8, "万": 10**4,
    "w": 10**4, "W": 10**4, "千": 1_000, "k": 1_000, "K": 1_000, "百": 100,
}  # fmt: skip
_UNIT = "万亿|千万|百万|十万|[wWkK](?![A-Za-z])|[亿万千百]"
MEASURES = (
    "个百分点", "人次", "篇次", "条次", "场次", "条（篇）", "篇（条）", "条/篇", "万元", "亿元", "公里", "小时", "分钟", "平方米",
    "次", "人", "篇", "条", "个", "部", "件", "场", "期", "组", "幅", "名", "位", "家", "档", "集",
    "字", "元", "成", "分之", "%", "‰", "倍", "天", "年", "月", "日", "周", "岁", "秒", "分", "时", "度", "版", "块",
    "户", "亩", "吨", "米", "支", "台", "套", "项", "届", "则", "张", "首", "户次", "笔", "只", "份", "册", "处", "所", "辆",
    "轮", "批", "门", "号", "册次", "课时", "学时", "县", "区", "村", "镇", "乡", "字节", "人数",
)  # fmt: skip
_MEASURE = "|".join(sorted(MEASURES, key=len, reverse=True))
#: Of what a count counts: works; issues of a programme; live sessions.
WORKS = frozenset(
    {"条", "篇", "部", "件", "则", "张", "首", "幅", "支", "条（篇）", "篇（条）", "条/篇", "条次", "篇次"}
)  # fmt: skip
ISSUES = frozenset({"期", "组", "集", "档"})
SESSIONS = frozenset({"场", "场次"})
PEOPLE = frozenset({"人", "名", "位"})
THINGS = frozenset({"个", "家"})
RATES = frozenset({"%", "个百分点", "倍", "‰", "成", "分之"})
_TIMES = frozenset({"", "人次", "次", "户次"})
#: Where a figure belongs and none stands: X, XX, ××, ____, 【 】, （ ）.
_BLANK = re.compile(
    rf"(?P<sign>[Xx×✕]{{1,6}}|_{{2,}}|□+|【】|（）|(?=[万亿千百][余多]?(?:{_MEASURE})))"
    rf"(?P<some>[余多几])?(?P<unit>[万亿千百])?(?P<more>[余多几])?(?P<measure>{_MEASURE})?(?P<suffix>以上|左右)?"
)
_DIGITS = r"\d{1,16}(?:\.\d{1,8})?"
_CHINESE = "[零〇一二两三四五六七八九十百千万亿]{1,12}"
NUMBER = re.compile(
    rf"(?:(?P<digits>{_DIGITS})(?P<some>[余多几])?(?P<unit>{_UNIT})?|(?P<chinese>{_CHINESE}))"
    r"(?P<more>[余多几])?(?P<unit2>[万亿])?(?P<plus>\+|＋)?"
    rf"(?P<close>[”\"」])?(?P<measure>{_MEASURE})?"
    rf"(?P<suffix>{'|'.join(sorted(_SUFFIXES, key=len, reverse=True))})?(?P<measure2>{_MEASURE})?"
)
_RANGE = re.compile(
    rf"(?:—|–|-|~|至|到)(?P<digits>{_DIGITS})(?P<unit>{_UNIT})?(?P<measure>{_MEASURE})?"
)
_BEFORE = re.compile(
    rf"(?:(?:{_NEUTRAL}){{0,3}})(?P<manner>{'|'.join(sorted(PREFIXES, key=len, reverse=True))})?"
    rf"(?:{_NEUTRAL}){{0,2}}[“\"「]?$"
)
_NUMERAL = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1_000}
#: What XX stands before as a name or a date: XX县, XX周年, XX月.
_PLACES = frozenset({"县", "区", "村", "镇", "乡", "周", "日", "时", "年", "月", "届", "号"})
#: First signs of a blank.
BLANKS = frozenset("Xx×✕_□【（万亿千百")
#: Measures after which a Chinese numeral is a number and no figure of speech.
_SURE = frozenset({"人次", "篇", "条", "部", "件", "场", "期", "组", "次", "人", "个", "名", "家"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """``step``: what the last digit written is worth. ``top`` only of a range. ``start`` … ``end`` in the folded text,
    from the first word of its manner; ``bare``: it has a unit but no digit (百万). ``exact``: its digits as written."""

    value: int
    manner: Manner
    step: int
    measure: str
    start: int
    end: int
    text: str
    top: int | None = None
    plus: bool = False
    bare: bool = False
    digits_at: int = 0
    fraction: bool = False
    exact: str = "0"
    blank: bool = False

    @property
    def terminal(self) -> str:
        """What the grammar calls it, by what it counts: OFF is no figure of reach."""
        if self.measure in WORKS:
            return "COUNT"
        for name, measures in (
            ("ISSUES", ISSUES), ("SESSIONS", SESSIONS), ("PEOPLE", PEOPLE), ("THINGS", THINGS), ("RATE", RATES),
        ):  # fmt: skip
            if self.measure in measures:
                return name
        if self.measure not in _TIMES:
            return "OFF"
        if self.plus and not self.measure:
            return "MARK" if self.value >= 1_000 else "OFF"
        return "MARK" if self._is_line else "AMOUNT"

    @property
    def _is_line(self) -> bool:
        """A round number that is passed (破万, 超10万, 5万以上) may be a line that works are counted by."""
        digits = str(self.value).rstrip("0")
        return (
            self.value >= 1_000
            and digits in ("1", "2", "3", "5")
            and self.manner in ("over", "reach", "least")
        )


def read(text: str, place: int, *, bare: bool = False) -> Number | None:
    """The number or blank whose first sign stands at ``place``; None where there is none. ``bare``: a unit alone is a
    blank (粉丝万个)."""
    if text[place] in BLANKS and (blank := _blank(text, place, bare=bare)) is not None:
        return blank
    match = NUMBER.match(text, place)
    if match is None or _in_word(text, place, match):
        return None
    before = _BEFORE.search(text[max(0, place - 14) : place])
    prefix = before["manner"] if before is not None else None
    size = _numeral(match, said=bool(prefix)) if match["chinese"] else _digits(match)
    if size is None:
        return None
    manner = _manner(match, prefix)
    measure = match["measure"] or match["measure2"] or ""
    value, end, top = size.value, match.end(), None
    if manner in ("plain", "about") and not match["suffix"]:
        span = _to(text, match, value)
        if span is not None:
            value, top, end, measure = span[0], span[1], span[2], span[3] or measure
            manner = "range"
    start = place if before is None else place - len(before[0])
    return Number(
        value=value, manner=manner, step=size.step, measure=measure, start=start, end=end,
        text=text[start:end].strip("“”\"「」"), top=top, plus=bool(match["plus"]),
        bare=bool(match["chinese"]) and match["chinese"][0] in "十百千万亿", digits_at=place,
        fraction=size.fraction, exact=match["digits"] or str(value),
    )  # fmt: skip


def _blank(text: str, place: int, *, bare: bool) -> Number | None:
    """A blank where its words tell that a figure belongs there: X余篇, 约X万; not X县, X光, iPhone X."""
    match = _BLANK.match(text, place)
    if match is None or not (match["measure"] or match["unit"] or not match["sign"].isalpha()):
        return None
    if not (match["sign"] or bare):
        return None
    inside = _in_word(text, place, match) and text[match.end() : match.end() + 1] not in BLANKS
    if inside or match["measure"] in _PLACES:
        return None
    before = _BEFORE.search(text[max(0, place - 14) : place])
    manner = PREFIXES[before["manner"]] if before is not None and before["manner"] else "plain"
    if match["some"] or match["more"]:
        manner = "some"
    start = place if before is None else place - len(before[0])
    unit = _UNITS[match["unit"]] if match["unit"] else 1
    return Number(
        value=0, manner=manner, step=unit, measure=match["measure"] or "", start=start, end=match.end(),
        text=text[start : match.end()], digits_at=place, blank=True,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Size:
    value: int
    step: int
    fraction: bool = False


def _manner(match: re.Match[str], prefix: str | None) -> Manner:
    """余 and + outrank what stands before the number, and that what stands behind it, unless it is a bound."""
    if match["plus"]:
        return "least"
    if match["some"] or match["more"]:
        return "some"
    behind: Manner = _SUFFIXES[match["suffix"]] if match["suffix"] else "plain"
    return PREFIXES[prefix] if prefix and behind in ("plain", "about") else behind


def _numeral(match: re.Match[str], *, said: bool) -> _Size | None:
    """A Chinese numeral; None for a figure of speech (千家万户, 一个)."""
    more = bool(match["plus"] or match["suffix"] or match["more"])
    found = _chinese(match["chinese"], more)
    measure = match["measure"] or match["measure2"]
    bare = all(each in "百千万亿" for each in match["chinese"])
    full = len(match["chinese"]) > 2 and any(
        each in _POWERS or each in "万亿" for each in match["chinese"]
    )
    if found is None or not (
        said or more or ((measure in _SURE or (full and not measure)) and not bare)
    ):
        return None
    unit = _UNITS[match["unit2"]] if match["unit2"] else 1
    return _Size(found * unit, trailing(found) * unit)


def _digits(match: re.Match[str]) -> _Size:
    unit = _UNITS[match["unit"]] if match["unit"] else 1
    unit *= _UNITS[match["unit2"]] if match["unit2"] else 1
    exact = Decimal(match["digits"]) * unit
    decimals = len(match["digits"].partition(".")[2])
    return _Size(int(exact), max(1, unit // 10**decimals), exact != int(exact))


def _to(text: str, match: re.Match[str], value: int) -> tuple[int, int, int, str] | None:
    """(from, to, end, measure) of 10—20万; None where no range follows, or one of days."""
    span = _RANGE.match(text, match.end())
    if span is None:
        return None
    unit = _UNITS[span["unit"]] if span["unit"] else 1
    top = int(Decimal(span["digits"]) * unit)
    if unit > 1 and not match["unit"] and not match["chinese"] and top // unit > value:
        value *= unit
    measure = span["measure"] or match["measure"] or ""
    if top < value or measure in ("月", "日", "年", "时") or (not measure and top < 100):
        return None
    return value, top, span.end(), measure


def _in_word(text: str, place: int, match: re.Match[str]) -> bool:
    """A digit inside a Latin word, a date with dashes or a version is no number."""
    before = text[place - 1] if place else ""
    if before and (before.isascii() and (before.isalnum() or before in "._/#@&=-%")):
        return True
    after = text[match.end() : match.end() + 1]
    return bool(after) and after.isascii() and (after.isalpha() or after in "_.")


def _chinese(text: str, rough: bool) -> int | None:
    """The value of a Chinese numeral; None where it is none (千万 as an adverb cannot be told here)."""
    if text == "一":  # 一篇, 一人, 同一: no count
        return None
    total, section, digit = 0, 0, 0
    seen = False
    for sign in text:
        if sign in _NUMERAL:
            if digit and _NUMERAL[sign]:
                return None
            digit, seen = _NUMERAL[sign], True
        elif sign in _POWERS:
            section += (digit or 1) * _POWERS[sign]
            digit = 0
        else:
            size = _UNITS[sign]
            total = (total + section + digit) * size or size
            section = digit = 0
    if not seen and len(text) == 1 and not rough and text != "十":
        return {"百": 100, "千": 1_000, "万": 10_000, "亿": 10**8}.get(text)
    return total + section + digit


def trailing(value: int) -> int:
    """The largest power of ten that divides the value; 1 for 0."""
    power = 1
    while value and value % (power * 10) == 0:
        power *= 10
    return power
