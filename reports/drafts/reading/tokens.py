"""A paragraph cut into the tokens that grammar.lark is written in (subjects, periods, metrics, numbers, and RAW), and the
rows of the grammar found in them: at a token the longest row that begins there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark
from lark import Token as Leaf
from lark.exceptions import UnexpectedToken

from adapters import platforms
from reports.drafts.reading import numbers, spans
from reports.drafts.reading.numbers import Number
from reports.drafts.reading.spans import Frame
from reports.drafts.reading.subjects import Lexicon, SpokenOf
from reports.drafts.reading.words import any_of
from reports.periods import Period

_QUOTES = {"“": "”", "《": "》", "「": "」", "『": "』", "‘": "’", "〈": "〉"}
#: A quotation longer than this is no name; an opening sign without its end is no quotation.
_LONGEST = 200
_NUMERALS = frozenset("零一二两三四五六七八九十百千万亿〇")
_AGED = re.compile(r"(?<!未)满(\d{1,4})天时?")
_YOUNG = re.compile(r"未满\d{1,4}天")
_ORDINAL = re.compile(
    r"(?:排名|位列|位居|居|列|名列|排)?(?:全[省市县国])?(?:第|前)(\d{1,6}|[一二三四五六七八九十百]{1,4})"
    r"(?:名|位|场|期|次|届|批|季)?(?![条个篇])"
)
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?: ?\d{1,2}[：:]\d{2}(?:[：:]\d{2})?)?|\d{1,2}[：:]\d{2}(?!\d)"
)
#: Terminal → what is no figure of a draft, or tells its basis; tried where one of ``_FIRST`` stands.
_PATTERNS = (("FILL", _DATE), ("ORDINAL", _ORDINAL), ("YOUNG", _YOUNG), ("AGED", _AGED))
_FIRST = frozenset("0123456789第前排位未满居列名")
_STOPS = {"，": "COMMA", "；": "SEMI", "：": "COLON", "（": "OPENS", "）": "CLOSES"}
_SENTENCE_ENDS = "。！？\n"
#: Words that names of accounts end with.
_IN_NAMES = frozenset({"融媒", "融媒体", "发布", "新闻", "头条", "广播", "电视", "媒体"})
_TENTHS = re.compile(r"[一二两三四五六七八九十\d]*")
#: A platform's word → its key; that word behind an account's name (抖音好 for 抖音号), and at the name's end.
_KEYS = {word: key for key, each in platforms.BY_KEY.items() for word in each.words}
_PLATFORM = re.compile(f"(?:官方|政务)?({any_of([*_KEYS, '账号'])})好?")
_PLATFORM_END = re.compile(f"({any_of(_KEYS)})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """``sort``: a terminal of grammar.lark, or SUBJECT, TITLE, PERIOD, AGED, RAW, FILL, a stop, END (of a sentence).

    ``name``: what its word stands for; of a TITLE the words inside. ``quoted``: it stands in quotation marks."""

    sort: str
    text: str
    start: int
    end: int
    name: str = ""
    subjects: tuple[SpokenOf, ...] = ()
    period: Period | None = None
    number: Number | None = None
    quoted: bool = False

    def __bool__(self) -> bool:
        return bool(self.sort)


#: Stands where there is no token.
NOTHING = Token(sort="", text="", start=-1, end=-1)


def tokens(plain: str, lexicon: Lexicon, frame: Frame) -> list[Token]:
    """The tokens of a folded text in order, FILL too; what is not known is RAW, sign by sign joined."""
    found: list[Token] = []
    place = 0
    skipped: set[int] = set()  # closing quotation marks of names and numbers
    while place < len(plain):
        each = None if place in skipped else _token(plain, place, lexicon, frame, skipped, found)
        if each is None:
            place += 1
            continue
        last = found[-1] if found else None
        if each.sort == "RAW" and last is not None and last.sort == "RAW" and last.end == place:
            found[-1] = replace(last, end=each.end, text=last.text + each.text)
        else:
            found.append(each)
        place = max(each.end, place + 1)
    return _joined(found)


def _joined(found: list[Token]) -> list[Token]:
    """X融媒快手, X发布公众号: 融媒 and 发布 belong to a name that is not known."""
    for at, (before, each, after) in enumerate(zip(found, found[1:], found[2:], strict=False), 1):
        named = each.text in _IN_NAMES and (before.sort, after.sort) == ("RAW", "SUBJECT")
        if named and before.end == each.start and each.end == after.start:
            found[at] = replace(each, sort="RAW")
    return found


def _token(
    plain: str, place: int, lexicon: Lexicon, frame: Frame, skipped: set[int], before: list[Token]
) -> Token | None:
    sign = plain[place]
    if sign in _SENTENCE_ENDS:
        return _of("END", plain, place, place + 1)
    if sign in _STOPS:
        blank = numbers.read(plain, place) if sign == "（" else None
        if blank is not None:
            return _of(blank.terminal, plain, place, blank.end, number=blank)
        return _of(_STOPS[sign], plain, place, place + 1)
    if sign in _QUOTES:
        return _quotation(plain, place, lexicon, skipped)
    span = spans.find(plain, place, frame)
    if span is not None:
        return _of("PERIOD", plain, place, span.end, period=span.period)
    for sort, pattern in _PATTERNS if sign in _FIRST else ():
        match = pattern.match(plain, place)
        if match is not None:
            name = "young" if sort == "YOUNG" else match[match.lastindex or 0]
            return _of(sort, plain, place, match.end(), name=name)
    return _word_or_number(plain, place, lexicon, before)


def _word_or_number(plain: str, place: int, lexicon: Lexicon, before: list[Token]) -> Token | None:
    """A name; the longer of a word and a number; else RAW."""
    word = lexicon.find(plain, place)
    if word.endswith("至") and plain[place + len(word) : place + len(word) + 1] in ("少", "多"):
        word = word[:-1]  # 增加至少
    short = len(word) < 3 and all(each.kind == "account" for each in lexicon.subjects.get(word, ()))
    if word in lexicon.subjects and not short and not _longer(plain, place, word):
        called = lexicon.sort(word)  # a group that is called by a kind of posts: 短视频
        told = called if called is not None and called[0] == "KIND" else ("SUBJECT", "")
        subjects = lexicon.subjects[word]
        return _of(told[0], plain, place, place + len(word), subjects=subjects, name=told[1])
    number = _number(plain, place, before)
    kind = lexicon.sort(word) if word else None
    if number is not None and len(word) <= number.end - place and (kind or ("",))[0] != "SINGLE":
        end = number.end
        if number.measure in ("成", "分之"):  # 近六成, 三分之一
            more = _TENTHS.match(plain, end)
            end = more.end() if more else end
        denied = plain[max(0, number.start - 1) : number.start] == "不"  # 不是 0
        return _of("OFF" if denied else number.terminal, plain, place, end, number=number)
    if kind is not None:
        return _of(kind[0], plain, place, place + len(word), name=kind[1])
    return None if plain[place] == " " else _of("RAW", plain, place, place + 1)


def _of(sort: str, plain: str, start: int, end: int, **more: object) -> Token:
    return Token(sort=sort, text=plain[start:end], start=start, end=end, **more)  # type: ignore[arg-type]


def _longer(plain: str, place: int, word: str) -> bool:
    """A Latin id inside a longer Latin word."""
    if not word.isascii():
        return False
    around = plain[place - 1 : place] + plain[place + len(word) : place + len(word) + 1]
    return any(each.isascii() and (each.isalnum() or each in "._-@") for each in around)


def _number(plain: str, place: int, before: list[Token]) -> Number | None:
    """A number or a blank; 粉丝万个: a unit alone is one where a metric stands before it."""
    if not (plain[place].isdigit() or plain[place] in _NUMERALS or plain[place] in numbers.BLANKS):
        return None
    spoken = bool(before) and before[-1].sort in ("METRIC", "VIEWED") and before[-1].end == place
    return numbers.read(plain, place, bare=spoken)


def _quotation(plain: str, place: int, lexicon: Lexicon, skipped: set[int]) -> Token | None:
    """A quoted name, word or number is itself; with a platform behind it or before it, an account that nobody knows;
    anything else is a title."""
    end = _closing(plain, place)
    if end is None:
        return None
    inner, sign = plain[place + 1 : end], plain[place]
    number = numbers.read(plain, place + 1) if inner[:1].isdigit() else None
    known = lexicon.subjects.get(inner, ())
    topics = tuple(each for each in known if each.kind == "topic")
    sort, name = lexicon.sort(inner) or ("", "")
    platform = _PLATFORM.match(plain, end + 1)
    word, key = (platform[0], _KEYS.get(platform[1], "")) if platform else ("", "")

    def quoted(sort: str, end: int, **more: object) -> Token:
        return _of(sort, plain, place, end, quoted=True, **more)

    if topics:
        return quoted("SUBJECT", end + 1, subjects=topics)
    if known:
        skipped.add(end)
        return quoted("SUBJECT", end, subjects=known)
    if sort in ("OUTLET", "PROGRAMME"):
        return quoted(sort, end + 1, name=name)
    if (number is not None and number.end >= end) or sort not in ("", "RAW", "FILL"):
        skipped.add(end)
        return None
    if programme := lexicon.masked_programme(inner):
        return quoted("PROGRAMME", end + 1, name=programme)
    if account := _account(inner, sign, word, key, lexicon):
        return quoted("SUBJECT", end + 1 + len(word), subjects=account)
    return _of("TITLE", plain, place, end + 1, name=inner, quoted=sign == "《")


def _account(inner: str, sign: str, word: str, key: str, lexicon: Lexicon) -> tuple[SpokenOf, ...]:
    """The account that a quoted name is, where the ``word`` of a platform (``key``) stands behind it, or ends it."""
    if word:
        strange = () if sign == "《" else (stranger(inner, key),)
        return lexicon.masked(inner, key) or strange
    within = _PLATFORM_END.search(inner) if sign == "“" else None
    return (stranger(inner, _KEYS[within[1]]),) if within and within.start() > 1 else ()


def _closing(plain: str, place: int) -> int | None:
    """Where the quotation ends; quotations of the same sort may stand inside."""
    opening, closing, depth = plain[place], _QUOTES[plain[place]], 0
    for at in range(place, min(len(plain), place + _LONGEST)):
        depth += (plain[at] == opening) - (plain[at] == closing)
        if depth == 0:
            return at
    first = plain.find(closing, place, place + _LONGEST)
    return first if first > 0 else None


def stranger(name: str, platform: str = "") -> SpokenOf:
    """An account that config does not know, spelled in one way."""
    called = platforms.BY_KEY[platform].account if platform else ""
    words = f"“{name}”" + ("" if called and name.endswith(called) else called)
    return SpokenOf(kind="unknown", words=words, platform=platform)


def sentences(found: list[Token]) -> Iterator[list[Token]]:
    """The tokens of each sentence, without its end."""
    for end, group in itertools.groupby(found, key=lambda each: each.sort == "END"):
        if not end:
            yield list(group)


@dataclass(frozen=True, slots=True)
class GrammarRow:
    """``name``: which row; ``tokens`` in its order."""

    name: str
    tokens: tuple[Token, ...]

    def all(self, *sorts: str) -> tuple[Token, ...]:
        return tuple(each for each in self.tokens if each.sort in sorts)

    def first(self, *sorts: str) -> Token:
        return next(iter(self.all(*sorts)), NOTHING)

    @property
    def numbers(self) -> tuple[Number, ...]:
        return tuple(each.number for each in self.tokens if each.number is not None)

    @property
    def marks(self) -> tuple[Number, ...]:
        """Lines that works are counted by: 10万+."""
        return tuple(each for each in self.numbers if each.terminal == "MARK")


@cache
def _parser() -> Lark:
    grammar = files("reports.drafts.reading").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=False)


@lru_cache(50_000)
def _longest(sorts: tuple[str, ...]) -> tuple[str, int]:
    """Name and length of the longest row at the front of the terminals; length 0 where there is none."""
    reading: Any = _parser().parse_interactive()
    found = ("", 0)
    for number, sort in enumerate(sorts, 1):
        try:
            reading.feed_token(Leaf(sort, sort))
        except UnexpectedToken:
            break
        ended = reading.copy()
        try:
            tree: Any = ended.feed_eof()
        except UnexpectedToken:
            continue
        found = (str(tree.children[0].data), number)
    return found


#: No row is longer.
_MOST = 16


def row_at(tokens: Sequence[Token], at: int) -> GrammarRow | None:
    """The longest row that begins at a token."""
    name, length = _longest(tuple(each.sort for each in tokens[at : at + _MOST]))
    return GrammarRow(name, tuple(tokens[at : at + length])) if length else None
