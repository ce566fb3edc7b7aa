"""A paragraph cut into words that a draft is read by: subjects, periods, metrics, numbers, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from reports.periods import Period
from reports.verify import numbers, spans
from reports.verify.numbers import Number
from reports.verify.spans import Frame
from reports.verify.subjects import Lexicon, Subject
from reports.verify.words import PLATFORMS

_QUOTES = {"“": "”", "《": "》", "「": "」", "『": "』", "‘": "’"}
#: A quotation longer than this is no name; an opening sign without its end is no quotation.
_LONGEST = 200
_NUMERALS = frozenset("零一二两三四五六七八九十百千万亿")
_AGED = re.compile(r"(?<!未)满(\d{1,4})天时?")
_YOUNG = re.compile(r"未满\d{1,4}天")
_ORDINAL = re.compile(
    r"(?:第|前|排名|位列|位居)(?:\d{1,6}|[一二三四五六七八九十百]{1,4})(?:名|位|场|期|次|届|条|个)?"
)
_TENTHS = re.compile(r"[一二两三四五六七八九十\d]*")
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?: ?\d{1,2}[：:]\d{2}(?:[：:]\d{2})?)?|\d{1,2}[：:]\d{2}(?!\d)"
)
#: Sort → what is no figure of a draft, or tells its basis; tried where one of ``_FIRST`` stands.
_PATTERNS = (("date", _DATE), ("ignored", _ORDINAL), ("open", _YOUNG), ("aged", _AGED))
_FIRST = frozenset("0123456789第前排位未满")
_SENTENCE_ENDS = "。！？\n"
_PLATFORM_WORDS = tuple(
    sorted((word for words in PLATFORMS.values() for word in words.split()), key=len, reverse=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """``sort`` is one of words.Sort, or: subject, title, period, aged, number, raw, ignored, end (of a sentence)."""

    sort: str
    text: str
    start: int
    end: int
    name: str = ""
    subjects: tuple[Subject, ...] = ()
    period: Period | None = None
    number: Number | None = None
    named: bool = False


def tokens(plain: str, lexicon: Lexicon, frame: Frame) -> list[Token]:
    """The words of a folded text, in order; what is not known is ``raw``, sign by sign joined."""
    found: list[Token] = []
    place = 0
    quoted: set[int] = set()
    while place < len(plain):
        if place in quoted:  # the quotation mark of a name or a number
            place += 1
            continue
        each = _token(plain, place, lexicon, frame, quoted)
        if each is None:
            place += 1
            continue
        if each.sort == "raw" and found and found[-1].sort == "raw" and found[-1].end == place:
            found[-1] = replace(found[-1], end=each.end, text=found[-1].text + each.text)
        else:
            found.append(each)
        place = max(each.end, place + 1)
    return [_kind(found, at, lexicon) for at in range(len(found))]


def _kind(found: list[Token], at: int, lexicon: Lexicon) -> Token:
    """A group called 短视频 is a kind of post where a number or a verb stands beside it: 发布短视频290条."""
    token = found[at]
    entry = lexicon.sort(token.text) if token.sort == "subject" and not token.named else None
    if entry is None or entry[0] != "kind":
        return token
    before = at - 1
    while before >= 0 and found[before].sort == "fill":
        before -= 1
    beside = found[before].sort if before >= 0 else ""
    following = found[at + 1].sort if at + 1 < len(found) else ""
    number = found[at + 1].number if at + 1 < len(found) else None
    if number is not None and number.plus and not number.measure:  # 短视频“10W+”5条
        following = ""
    if _in_row_of_kinds(found, at):
        following = "number"
    counted = following == "number" or beside in ("number", "verb", "original")
    return replace(token, sort="kind", name=entry[1]) if counted else token


def _in_row_of_kinds(found: list[Token], at: int) -> bool:
    """文章、短视频、图文."""
    beside = [(at - 1, at - 2), (at + 1, at + 2)]
    return any(
        0 <= other < len(found) and found[join].sort == "join" and found[other].sort == "kind"
        for join, other in beside
    )


def _token(
    plain: str, place: int, lexicon: Lexicon, frame: Frame, quoted: set[int]
) -> Token | None:
    sign = plain[place]
    if sign in _SENTENCE_ENDS:
        return _of("end", plain, place, place + 1)
    if sign in _QUOTES:
        return _quotation(plain, place, lexicon, quoted)
    for sort, pattern in _PATTERNS if sign in _FIRST else ():
        match = pattern.match(plain, place)
        if match is not None and not _is_period(plain, place, frame):
            name = {"open": "young", "aged": match[match.lastindex or 0]}.get(sort, "")
            return _of(sort, plain, place, match.end(), name=name)
    span = spans.find(plain, place, frame)
    if span is not None:
        return _of("period", plain, place, span.end, period=span.period, named=span.named)
    word = lexicon.find(plain, place)
    if word in lexicon.subjects and not _longer(plain, place, word):
        return _of("subject", plain, place, place + len(word), subjects=lexicon.subjects[word])
    number = _number(plain, place)
    once = word in lexicon.singles
    if number is not None and len(word) <= number.end - place and not once:
        if number.measure in ("成", "分之"):  # 近六成, 三分之一
            more = _TENTHS.match(plain, number.end)
            return _of("ignored", plain, place, more.end() if more else number.end)
        return _of("number", plain, place, number.end, number=number)
    if word and (entry := lexicon.sort(word)) is not None:
        return _of(entry[0], plain, place, place + len(word), name=entry[1])
    return None if sign == " " else _of("raw", plain, place, place + 1)


def _of(sort: str, plain: str, start: int, end: int, **more: object) -> Token:
    return Token(sort=sort, text=plain[start:end], start=start, end=end, **more)  # type: ignore[arg-type]


def _is_period(plain: str, place: int, frame: Frame) -> bool:
    return spans.find(plain, place, frame) is not None


def _longer(plain: str, place: int, word: str) -> bool:
    """A Latin id inside a longer Latin word."""
    if not word.isascii():
        return False
    around = plain[place - 1 : place] + plain[place + len(word) : place + len(word) + 1]
    return any(each.isascii() and (each.isalnum() or each in "._-@") for each in around)


def _number(plain: str, place: int) -> Number | None:
    sign = plain[place]
    if not ("0" <= sign <= "9" or sign in _NUMERALS):
        return None
    return numbers.read(plain, place)


def _quotation(plain: str, place: int, lexicon: Lexicon, quoted: set[int]) -> Token | None:
    """A quoted name or number is itself; anything else is a title."""
    end = _closing(plain, place)
    if end is None:
        return None
    inner = plain[place + 1 : end]
    opening = numbers.read(plain, place + 1) if inner and inner[0].isdigit() else None
    is_number = opening is not None and opening.end >= end
    topic = _quoted_topic(lexicon, inner)
    if inner in lexicon.subjects and not topic:
        quoted.add(end)
        return _of(
            "subject", plain, place, end, subjects=lexicon.subjects[inner], named=True
        )  # the closing sign is skipped
    if topic:
        return _of("subject", plain, place, end + 1, subjects=topic, named=True)
    if is_number or lexicon.sort(inner) is not None:
        quoted.add(end)
        return None
    return _of("title", plain, place, end + 1, name=inner)


def _quoted_topic(lexicon: Lexicon, inner: str) -> tuple[Subject, ...]:
    return tuple(each for each in lexicon.subjects.get(inner, ()) if each.kind == "topic")


def _closing(plain: str, place: int) -> int | None:
    """Where the quotation ends; quotations of the same sort may stand inside."""
    opening, closing, depth = plain[place], _QUOTES[plain[place]], 0
    for at in range(place, min(len(plain), place + _LONGEST)):
        depth += (plain[at] == opening) - (plain[at] == closing)
        if depth == 0:
            return at
    first = plain.find(closing, place, place + _LONGEST)
    return first if first > 0 else None


def sentences(found: list[Token]) -> Iterator[list[Token]]:
    """The tokens of each sentence, without its end."""
    current: list[Token] = []
    for each in found:
        if each.sort == "end":
            if current:
                yield current
            current = []
        else:
            current.append(each)
    if current:
        yield current


def platform_after(plain: str, place: int) -> str:
    """The platform's word, or 账号, that stands at ``place``: what stands before it is an account's name."""
    words = (*_PLATFORM_WORDS, "账号", "号")
    return next((word for word in words if plain.startswith(word, place)), "")
