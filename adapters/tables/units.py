"""The units in which tables count, in one place: in a cell (``1.2万次``), in a heading (``阅读量(万)``), and above a
table (``单位：万人次``). A unit that is not known is an error, because a figure ten thousand times too small looks like
any other."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

#: How many one stands for.
FACTORS = {
    "": 1,
    "百": 10**2,
    "千": 10**3,
    "k": 10**3,
    "K": 10**3,
    "万": 10**4,
    "w": 10**4,
    "W": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "十亿": 10**9,
}
WORDS = {factor: word for word, factor in reversed(FACTORS.items())}
_MANY = "|".join(sorted(filter(None, FACTORS), key=len, reverse=True))
#: What is counted: it changes nothing.
COUNTED = "人次|次播放|次观看|次阅读|次|人|播放|阅读|观看|浏览|点击|条|个|篇|场|件|部|位"
#: A number in a cell may be written in these.
FACTOR_IN_CELL = _MANY

_UNIT = re.compile(rf"(?P<many>{_MANY})?(?P<counted>{COUNTED})?\+?")
_SAID = r"(?:计量|数据|统计|计数|数量)?单位(?:为|是)?:?"
_IN_HEADING = re.compile(
    rf"(?P<bare>.+?)(?:[(\[【](?:{_SAID})?(?P<unit>[^()\[\]【】]+)[)\]】]|[/:_-](?P<slash>(?:{_MANY})(?:{COUNTED})?|{COUNTED}))"
)
#: What may stand in brackets behind a heading beside a unit: until when.
_UNTIL = re.compile(r"(?:数据|统计)?截[至止]")
_RATES = frozenset({"%", "秒", "s", "分钟"})
_EXPLICIT = re.compile(rf".+[(\[【]{_SAID}.+[)\]】]")
_ABOVE = re.compile(
    rf"(?:^|\W|(?<![填制报])[表据数量]|注)(?:计量|数据|统计|计数|数量)?单位(?P<sign>\|?(?:为|是)?\|?:?\|?[(\[]?)(?P<unit>[^,。;()\[\]【】|]*)"
    rf"|以(?P<by>(?:{_MANY})?(?:{COUNTED})?)(?:为(?:计量)?单位|计(?:算|数)?(?!\w))"
)
#: 单位 is the office that fills the table in as often as it is a unit.
_OFFICE = re.compile(
    r".*(?:中心|台|站|社|局|部|报|委|办|公司|网|集团|县|市|区|镇|乡|村|街道|馆|厅|院|校|所|处|科|室|组|股|融媒|媒体|传媒|单位|政府)"
)
_INVISIBLE = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff]+")


def folded(text: object) -> str:
    """A text in one form of each sign, without blanks; empty for what is no text."""
    if not isinstance(text, str):
        return ""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


class Unit(NamedTuple):
    """What one of a figure stands for, what is counted, and the heading of which it is said (empty: of all)."""

    factor: int = 1
    counted: str = ""
    of: str = ""

    @property
    def word(self) -> str:
        return WORDS[self.factor] + self.counted

    def fits(self, field: str) -> bool:
        """Whether a field may be counted so: 人次 are views, 人 are people; 万 or 万次 says nothing of what."""
        if self.counted in ("", "次"):
            return True
        if field in _PEOPLE:
            return self.counted in ("人", "位")
        return self.counted in _SEEN if field == "views" else self.counted in _THINGS


_PEOPLE = frozenset({"readers", "sharers", "followers"})
_THINGS = frozenset("条个件")
_SEEN = frozenset(COUNTED.split("|")) - {*_THINGS, *"人篇场部位"}


def unit(text: str) -> Unit | None:
    """A unit (folded); None where it is none that is known."""
    match = _UNIT.fullmatch(text) if text else None
    return Unit(FACTORS[match["many"] or ""], match["counted"] or "") if match else None


def _parted(heading: str) -> tuple[str, str]:
    """A folded heading before a bracket or a unit at its end, and what stands there; both empty where nothing does."""
    match = _IN_HEADING.fullmatch(heading)
    return (match["bare"], match["unit"] or match["slash"]) if match else ("", "")


def bare(heading: str) -> str:
    """A folded heading without its unit, where it ends in one that is known."""
    before, text = _parted(heading)
    known = text in _RATES or unit(text) is not None or _UNTIL.match(text)
    return before if known else heading


def of_heading(heading: str) -> Unit | None:
    """The unit that a folded heading states; None where it states none. Raises ValueError for a unit that is not
    known: 单位 is said, or it begins as one."""
    _, text = _parted(heading)
    if not text or text in _RATES:
        return None
    known = unit(text)
    if known is None and (_EXPLICIT.fullmatch(heading) or re.match(_MANY, text)):
        raise ValueError(f"不认识“{heading}”里的单位“{text}”")
    return known


def before_bracket(heading: str) -> str:
    """What stands before a bracket or a unit at the end of a folded heading; empty where there is none."""
    return _parted(heading)[0]


def may_say(text: str) -> bool:
    """Whether a text is worth asking for a unit (``said``)."""
    return "单位" in text or ("以" in text and "计" in text)


def said(text: str) -> Unit | None:
    """The unit that a cell beside or above a table states (``（单位：万次）``); None where it states none, or names an
    office. Raises ValueError for a unit that is not known."""
    joined = "|".join(unicodedata.normalize("NFKC", text).split())
    for match in _ABOVE.finditer(joined):
        words = match["unit"] or match["by"]
        if not words:
            continue
        known = unit(words)
        if known is not None:
            begin = joined.find("以" if match["by"] else "单位", match.start())
            return known._replace(of=joined[:begin].rstrip("|").rpartition("|")[2])
        named = joined[match.end() :].lstrip(")]|").startswith(":")  # 单位(盖章):
        if match["sign"] and not named and _like_a_unit(words):
            raise ValueError(f"不认识单位“{words}”")
    return None


def _like_a_unit(text: str) -> bool:
    """Whether what is called 单位 and is not known may be a unit, rather than an office."""
    if _OFFICE.fullmatch(text):
        return False
    return len(text) < 4 or bool(re.match(_MANY, text) or re.search("次|量|数", text))


def of_cell(text: str) -> Unit | None:
    """The unit in a column 单位; None for an office or nothing. Raises ValueError for a unit that is not known."""
    words = folded(text).strip("()[]")
    known = unit(words)
    if known is not None or not words or not _like_a_unit(words):
        return known
    raise ValueError(f"不认识单位“{words}”")
