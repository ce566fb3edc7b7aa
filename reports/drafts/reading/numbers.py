"""A number as a draft writes it: digits or Chinese numerals, its unit, the words that make it rough."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from reports.drafts.reading.words import BEFORE, BEHIND, MEASURES, UNITS, Manner, any_of

#: Words between a manner and its number, or before both, that change nothing.
_NEUTRAL = (
    "达到了|达到|高达|已达|达|已经|已|共计|总计|合计|累计|共有|共|计|有|为|是|了|仅|只有|只|均|各"
)
_UNIT = "万亿|千万|百万|十万|[wWkK](?![A-Za-z])|[亿万千百]"
_MEASURE, _SUFFIX = any_of(MEASURES), any_of(BEHIND)
#: Where a figure belongs and none stands: X, XX, ××, ____, 【 】, （ ）.
_BLANK = re.compile(
    rf"(?P<sign>[Xx×✕]{{1,6}}|_{{2,}}|□+|【】|（）|(?=[万亿千百][余多]?(?:{_MEASURE})))"
    rf"(?P<some>[余多几])?(?P<unit>[万亿千百])?(?P<more>[余多几])?(?P<measure>{_MEASURE})?(?P<suffix>以上|左右)?"
)
_DIGITS = r"\d{1,16}(?:\.\d{1,8})?"
_NUMBER = re.compile(
    rf"(?:(?P<digits>{_DIGITS})(?P<some>[余多几])?(?P<unit>{_UNIT})?|(?P<chinese>[零〇一二两三四五六七八九十百千万亿]{{1,12}}))"
    r"(?P<more>[余多几])?(?P<unit2>[万亿])?(?P<plus>\+|＋)?"
    rf"(?P<close>[”\"」])?(?P<measure>{_MEASURE})?(?P<suffix>{_SUFFIX})?(?P<measure2>{_MEASURE})?"
)
_RANGE = re.compile(
    rf"(?:—|–|-|~|至|到)(?P<digits>{_DIGITS})(?P<unit>{_UNIT})?(?P<measure>{_MEASURE})?"
)
_BEFORE = re.compile(
    rf"(?:(?:{_NEUTRAL}){{0,3}})(?P<manner>{any_of(BEFORE)})?(?:{_NEUTRAL}){{0,2}}[“\"「]?$"
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
        found = MEASURES[self.measure] if self.measure else "AMOUNT"
        if found != "AMOUNT":
            return found
        if self.plus and not self.measure:
            return "MARK" if self.value >= 1_000 else "OFF"
        # a round number that is passed (破万, 超10万, 5万以上) may be a line that works are counted by
        passed = self.value >= 1_000 and self.manner in ("over", "reach", "least")
        return "MARK" if passed and str(self.value).rstrip("0") in ("1", "2", "3", "5") else found


def read(text: str, place: int, *, bare: bool = False) -> Number | None:
    """The number or blank whose first sign stands at ``place``; None where there is none. ``bare``: a unit alone is a
    blank (粉丝万个)."""
    before = _BEFORE.search(text[max(0, place - 14) : place])
    prefix = before["manner"] if before is not None else None
    start = place - len(before[0]) if before is not None else place
    if text[place] in BLANKS and (blank := _blank(text, place, start, prefix, bare=bare)):
        return blank
    match = _NUMBER.match(text, place)
    if match is None or _in_word(text, place, match):
        return None
    if match["chinese"]:
        size = _numeral(match, said=bool(prefix))
    else:
        unit = _unit(match["unit"]) * _unit(match["unit2"])
        size = Decimal(match["digits"]) * unit, unit // 10 ** len(match["digits"].partition(".")[2])
    if size is None:
        return None
    exact, value, end, top = size[0], int(size[0]), match.end(), None
    manner, measure = _manner(match, prefix), match["measure"] or match["measure2"] or ""
    if manner in ("plain", "about") and not match["suffix"] and (span := _to(text, match, value)):
        value, top, end, measure, manner = span[0], span[1], span[2], span[3] or measure, "range"
    return Number(
        value=value, manner=manner, step=max(1, size[1]), measure=measure, start=start, end=end,
        text=text[start:end].strip("“”\"「」"), top=top, plus=bool(match["plus"]),
        bare=bool(match["chinese"]) and match["chinese"][0] in "十百千万亿", digits_at=place,
        fraction=exact != int(exact), exact=match["digits"] or str(value),
    )  # fmt: skip


def _blank(text: str, place: int, start: int, prefix: str | None, *, bare: bool) -> Number | None:
    """A blank where its words tell that a figure belongs there: X余篇, 约X万; not X县, X光, iPhone X."""
    match = _BLANK.match(text, place)
    if match is None or not (match["measure"] or match["unit"] or not match["sign"].isalpha()):
        return None
    if not (match["sign"] or bare):
        return None
    inside = _in_word(text, place, match) and text[match.end() : match.end() + 1] not in BLANKS
    if inside or match["measure"] in _PLACES:
        return None
    some = match["some"] or match["more"]
    return Number(
        value=0, manner="some" if some else BEFORE[prefix] if prefix else "plain", step=_unit(match["unit"]),
        measure=match["measure"] or "", start=start, end=match.end(), text=text[start : match.end()], digits_at=place,
        blank=True,
    )  # fmt: skip


def _unit(word: str | None) -> int:
    return UNITS[word] if word else 1


def _manner(match: re.Match[str], prefix: str | None) -> Manner:
    """余 and + outrank what stands before the number, and that what stands behind it, unless it is a bound."""
    if match["plus"]:
        return "least"
    if match["some"] or match["more"]:
        return "some"
    behind: Manner = BEHIND[match["suffix"]] if match["suffix"] else "plain"
    return BEFORE[prefix] if prefix and behind in ("plain", "about") else behind


def _numeral(match: re.Match[str], *, said: bool) -> tuple[Decimal, int] | None:
    """The value of a Chinese numeral and what its last digit is worth; None for a figure of speech (千家万户, 一个)."""
    more = bool(match["plus"] or match["suffix"] or match["more"])
    text, measure = match["chinese"], match["measure"] or match["measure2"]
    found = _chinese(text)
    bare = all(each in "百千万亿" for each in text)
    full = len(text) > 2 and any(each in _POWERS or each in "万亿" for each in text)
    told = said or more or ((measure in _SURE or (full and not measure)) and not bare)
    if found is None or not told:
        return None
    unit = _unit(match["unit2"])
    return Decimal(found * unit), trailing(found) * unit


def _to(text: str, match: re.Match[str], value: int) -> tuple[int, int, int, str] | None:
    """(from, to, end, measure) of 10—20万; None where no range follows, or one of days."""
    span = _RANGE.match(text, match.end())
    if span is None:
        return None
    unit = _unit(span["unit"])
    top = int(Decimal(span["digits"]) * unit)
    if unit > 1 and not match["unit"] and not match["chinese"] and top // unit > value:
        value *= unit
    measure = span["measure"] or match["measure"] or ""
    if top < value or measure in ("月", "日", "年", "时") or (not measure and top < 100):
        return None
    return value, top, span.end(), measure


def _in_word(text: str, place: int, match: re.Match[str]) -> bool:
    """A digit inside a Latin word, a date with dashes or a version is no number."""
    before, after = text[max(0, place - 1) : place], text[match.end() : match.end() + 1]
    inside = before.isascii() and (before.isalnum() or before in "._/#@&=-%")
    further = after.isascii() and (after.isalpha() or after in "_.")
    return bool(before and inside) or bool(after and further)


def _chinese(text: str) -> int | None:
    """The value of a Chinese numeral; None where it is none (千万 as an adverb cannot be told here)."""
    if text == "一":  # 一篇, 一人, 同一: no count
        return None
    total, section, digit = 0, 0, 0
    for sign in text:
        if sign in _NUMERAL:
            if digit and _NUMERAL[sign]:
                return None
            digit = _NUMERAL[sign]
        elif sign in _POWERS:
            section += (digit or 1) * _POWERS[sign]
            digit = 0
        else:
            size = UNITS[sign]
            total = (total + section + digit) * size or size
            section = digit = 0
    return total + section + digit


def trailing(value: int) -> int:
    """The largest power of ten that divides the value; 1 for 0."""
    power = 1
    while value and value % (power * 10) == 0:
        power *= 10
    return power
