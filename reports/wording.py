"""The only place where a number becomes Chinese (docs/definitions.md §3).

A phrase is true for every value that the figure's limits allow, and says the most that is true of all of them. Counts of
things are written in full; views are shortened as reports.rounding says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Literal

from adapters.records import Count
from reports import rounding

Word = Literal["约", "超", "逾", "近", "余"]
NO_DATA = "无数据"
#: Before a figure that is true of the works that show it.
COUNTABLE = "可统计的"
_TITLE_LENGTH = 60
#: Control signs and separators of lines; then what no file can hold (halves of signs, non-characters) or what turns
#: the direction of the words that follow.
_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_UNFIT = re.compile(r"[\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)([万亿]?)")
_BOOK_TITLE = 30
#: What a platform adds to find a work, no part of its title: ``正文 #防汛 #云岭``, ``#话题#正文``; C# is none.
_TAG = r"(?<![A-Za-z0-9])[#＃][^\s#＃]{1,40}"
_HASHTAGS = re.compile(
    rf"(?:\s*{_TAG})+[#＃]?\s*$|^(?:\s*[#＃][^#＃]{{1,40}}[#＃])+|{_TAG}[#＃]?(?=\s)"
)
#: Emoji, their joiners and shades; private signs.
_PICTURES = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u200b-\u200d\u20e3\ue000-\uf8ff]"
)
_NESTED = str.maketrans("《》", "〈〉")
_DIGITS = "零一二三四五六七八九"


def total(
    figure: Count, thresholds: Iterable[int] = (), measure: str = "", *, open_end: bool = True
) -> str:
    """A sum in the default words: 约, 近 where 约 would reach a mark the number is below, 超 or X及以上
    for a bound; a number that needs no rounding stands plain. Not ``open_end``: a bound is 超, of fewer digits
    where it has to be, and never X及以上."""
    return _say(figure, ("约", "近", "超"), thresholds, measure, open_end=open_end)


def single(
    figure: Count, thresholds: Iterable[int] = (), measure: str = "", *, open_end: bool = True
) -> str:
    """One post's figure in the default words: plain, or 超; 约 only for a figure known in steps. A bound as in total."""
    words: tuple[Word, ...] = ("超",) if figure.exact else ("约", "近", "超")
    return _say(figure, words, thresholds, measure, open_end=open_end)


def asked(word: Word, figure: Count, thresholds: Iterable[int] = (), measure: str = "") -> str:
    """A phrase with the word a person asked for; the default words where it would not be true."""
    return _say(figure, (word, "约", "近", "超"), thresholds, measure)


def count(figure: Count, measure: str = "") -> str:
    """A number of things (条 篇 场 期 件 个), in full; 至少 where it is no more than a lower bound."""
    return f"{'' if figure.exact else '至少'}{figure.low}{measure}"


def roughly(number: int, measure: str = "") -> str:
    """An exact number of things with 余, where a person asked for it: ``3400余条``; in full where 余
    would not be true."""
    some = rounding.leading(Count(number))
    return f"{number}{measure}" if some is None else f"{some}余{measure}"


def change(figure: Count, thresholds: Iterable[int] = (), measure: str = "") -> str:
    """A gain, which may be a fall: ``增加约158万人次``, ``减少1.2万人次``, ``没有变化``."""
    if figure.high == 0 == figure.low:
        return "没有变化"
    if figure.low > 0 or (figure.low == 0 and figure.high is not None):
        return f"增加{total(figure, thresholds, measure)}"
    if figure.high is not None and figure.high < 0:
        return f"减少{total(-figure, thresholds, measure)}"
    return f"变化不低于{figure.low}{measure}"


def share(number: Fraction, places: int = 2) -> str:
    """A number that may be no whole one (points, shares): ``2.5``; 约 before it where it is rounded."""
    scaled = number * 10**places
    near = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)  # half up
    whole, part = divmod(abs(near), 10**places)
    digits = f"{part:0{places}d}".rstrip("0")
    shown = f"{'-' if near < 0 else ''}{whole}" + (f".{digits}" if digits else "")
    return shown if near == scaled else f"约{shown}"


def times(number: int, base: int) -> str:
    """How many times ``base`` (above 0) a number reaches, cut to one decimal: 12,399 of 2,000 → ``6.1倍``."""
    return f"{rounding.decimal(number * 10 // base)}倍"


def percent(now: Count, then: Count) -> str:
    """By how much ``now`` is more or less than ``then``: ``增长约12.3%``, ``下降50%``, ``增长至少3.1%``; empty where no
    percentage would be true (nothing to compare with, or bounds that leave the direction open)."""
    if then.low <= 0 or now.low < 0:
        return ""
    if now.exact and then.exact:
        return _percent(Fraction(now.low - then.low, then.low))
    if then.high is not None and now.low > then.high:
        return _at_least("增长", Fraction(now.low - then.high, then.high))
    if now.high is not None and now.high < then.low:
        return _at_least("下降", Fraction(then.low - now.high, then.low))
    return ""


def _percent(change: Fraction) -> str:
    """With at most one decimal; 近 where rounding would reach the 100% that the change is below."""
    if not change:
        return "持平"
    word, size = ("增长", change) if change > 0 else ("下降", -change)
    shown = share(size * 100, 1)
    if shown == "约0":
        return f"{word}不到0.1%"
    if size < 1 and shown == "约100":
        return f"{word}近100%"
    return f"{word}{shown}%"


def _at_least(word: str, change: Fraction) -> str:
    least = Fraction(change * 1_000 // 1, 10)
    return f"{word}至少{share(least, 1)}%" if least else ""


def mark(threshold: int) -> str:
    """A threshold as people call it: 100000 → ``10万+``. Never rounded."""
    for size, unit in ((rounding.YI, "亿"), (rounding.WAN, "万")):
        if threshold >= size and threshold * 10 % size == 0:
            return f"{rounding.decimal(threshold * 10 // size)}{unit}+"
    return f"{threshold}+"


def cell(figure: Count) -> str:
    """A figure in a table, in full: ``1578431``, ``100000及以上``, ``11500—12499``."""
    if figure.high is None:
        return f"{figure.low}及以上"
    return str(figure.low) if figure.exact else f"{figure.low}—{figure.high}"


def plain(number: int | float) -> str:
    """A number that is no figure of posts (a share, an index, a count) in a table or at a bar: whole numbers in
    full, others with two decimals."""
    return str(number) if isinstance(number, int) else f"{number:.2f}".removesuffix(".00")


def tick(number: float) -> str:
    """A mark of a chart's scale: 50万; in full where it would have to be rounded."""
    whole = int(number)
    if whole != number:
        return f"{number:g}"
    sign = "-" if whole < 0 else ""
    return f"{sign}{rounding.shown(abs(whole))}" if rounding.is_shown(abs(whole)) else str(whole)


def several(names: Sequence[str], most: int, measure: str, sign: str = "、") -> str:
    """The first ``most`` of them, and of more how many there are: ``甲、乙等5个``."""
    return sign.join(names[:most]) + (f"等{len(names)}{measure}" if len(names) > most else "")


def ordinal(number: int) -> str:
    """1 … 99 as official papers number their parts: 一、十、二十一."""
    tens, ones = divmod(number, 10)
    lead = f"{_DIGITS[tens] if tens > 1 else ''}十" if tens else ""
    return lead + (_DIGITS[ones] if ones or not tens else "")


def line(text: str) -> str:
    """Text on one line, without control signs or signs that no file can hold."""
    return _BREAKS.sub(" ", _UNFIT.sub("", text)).strip()


def short(text: str, most: int = _TITLE_LENGTH) -> str:
    """A text fit for a cell of a table: one line, cut after ``most`` characters."""
    plain = line(text)
    return plain if len(plain) <= most else f"{plain[:most]}…"


def title(text: str) -> str:
    """A post's title fit for a sentence: one line, cut after 60 characters."""
    return f"“{short(text) or '（无标题）'}”"


def book_title(text: str) -> str:
    """A work's title in running text: 《…》; quoted titles inside become 〈…〉."""
    words = bare_title(text)
    return f"《{words.translate(_NESTED)}》" if words else "（无标题作品）"


def bare_title(text: str, most: int = _BOOK_TITLE) -> str:
    """A work's title without hashtags and signs that paper cannot show, cut after ``most`` characters. One of hashtags
    alone is named by their words. Empty where nothing is left."""
    shown = _PICTURES.sub("", line(text))
    bare = " ".join(_HASHTAGS.sub(" ", shown).split())
    words = bare or " ".join(shown.replace("#", " ").split())
    return words if len(words) <= most else f"{words[:most].rstrip()}…"


def whole(
    figure: Count,
    parts: Iterable[Count],
    thresholds: Iterable[int] = (),
    measure: str = "",
    *,
    word: str = "",
    say: Callable[[Count, Iterable[int], str], str] = total,
) -> str:
    """``word`` and a sum as ``say`` words it, never smaller than one of its ``parts`` worded alike: of a lower bound
    beside a part that is rounded up (超56.9万 beside 约57万) what can be told is said: ``可统计的总阅读量约57万人次``."""
    marks = frozenset(thresholds)
    said = say(figure, marks, measure)
    within = [say(each, marks, "") for each in parts if 0 < each.low <= figure.low]
    largest = max(map(_number_in, within), default=0)
    if not within or largest <= _number_in(said):
        return f"{word}{said}"
    for low in (figure.low, largest - 1):  # the latter where the part is known in steps alone
        said = say(Count(low), marks, measure)
        if _number_in(said) >= largest:
            break
    return f"{COUNTABLE}{word}{said}"


def _number_in(phrase: str) -> int:
    found = _NUMBER.search(phrase)
    assert found is not None
    return int(Fraction(found[1]) * {"万": rounding.WAN, "亿": rounding.YI}.get(found[2], 1))


def _say(
    figure: Count,
    words: Iterable[Word],
    thresholds: Iterable[int],
    measure: str,
    *,
    open_end: bool = True,
) -> str:
    if figure.low < 0:
        raise ValueError("a number below 0 is a change: use change()")
    if figure.exact and rounding.is_shown(figure.low):
        return f"{rounding.shown(figure.low)}{measure}"
    marks = frozenset(thresholds)
    for word in words:
        phrase = _WORDS[word](figure, marks, measure)
        if phrase is not None:
            return phrase
    if open_end:
        return f"{rounding.shown(rounding.cut(figure.low))}{measure}及以上"
    return f"超{rounding.shown(rounding.below(figure.low))}{measure}"


def _about(figure: Count, marks: frozenset[int], measure: str) -> str | None:
    if figure.high is None:
        return None
    near = rounding.half_up(figure.low)
    if near != rounding.half_up(figure.high) or rounding.reaches_mark(figure.low, near, marks):
        return None
    # between two values that read alike every value reads alike: rounding never falls as n grows
    return f"约{rounding.shown(near)}{measure}"


def _near(figure: Count, marks: frozenset[int], measure: str) -> str | None:
    if figure.high is None:
        return None
    up = rounding.up(figure.low)
    if up != rounding.up(figure.high) or not figure.high < up or figure.low * 100 < up * 97:
        return None
    return f"近{rounding.shown(up)}{measure}"


def _over(figure: Count, marks: frozenset[int], measure: str, word: str = "超") -> str | None:
    cut = rounding.cut(figure.low)
    return f"{word}{rounding.shown(cut)}{measure}" if cut < figure.low else None


def _some(figure: Count, marks: frozenset[int], measure: str) -> str | None:
    lead = rounding.leading(figure)
    if lead is None:
        return None
    number = rounding.shown(lead)
    if number[-2:] in ("0万", "0亿") and "." not in number:
        return f"{number[:-1]}余{number[-1]}{measure}"  # 100余万
    return f"{number}余{measure}"  # 3400余, 15万余, 1.2亿余


_WORDS: Mapping[Word, Callable[[Count, frozenset[int], str], str | None]] = {
    "约": _about,
    "近": _near,
    "超": _over,
    "逾": partial(_over, word="逾"),
    "余": _some,
}
