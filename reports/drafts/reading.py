"""From the words of a paragraph to its claims, by the rows of grammar.lark."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from reports.drafts.context import CONTEXT
from reports.drafts.parsing import Row, row_at
from reports.drafts.rows import ROWS
from reports.drafts.sentence import Reader, Sentence
from reports.drafts.subjects import Subject, combine
from reports.drafts.text import Text
from reports.drafts.tokens import NOTHING, Token, sentences, tokens
from reports.drafts.words import DEFINING, OUTSIDE, PART_DEFINING, PLANNED


def read(reader: Reader, paragraph: int, text: Text, original: str, first: int = 0) -> None:
    """Adds what a paragraph claims. ``first``: where in ``original`` the numbers to be read begin."""
    reader.named, reader.periods = [], []
    for words in sentences(tokens(text.plain, reader.lexicon, reader.frame)):
        reader.sentences += 1
        told = _chosen(words)
        sentence = Sentence(reader, paragraph, text, original, told or words, first)
        spoken = "".join(each.text for each in words if each.sort != "TITLE")
        sentence.planned = any(each in spoken for each in PLANNED)
        if any(each in spoken for each in DEFINING):
            sentence.pass_over(*(each.number for each in told if each.number is not None))
        else:
            _walk(sentence)


#: Words for the draft's own period say nothing.
_SAME = frozenset({"期内", "报告期", "报告期内", "本期"})


def _chosen(words: list[Token]) -> list[Token]:
    """Without words that say nothing; 省, 市 alone are no level."""
    bare = [each for each in words if each.sort != "FILL" and each.text not in _SAME]
    return [
        replace(each, sort="RAW")
        if each.sort == "LEVEL" and len(each.text) == 1 and not _in_row(bare, at)
        else each
        for at, each in enumerate(bare)
    ]


def _in_row(words: list[Token], at: int) -> bool:
    """中央、省、市级: joined to another level."""
    for step in (-1, 1):
        one, other = (words[each] if 0 <= each < len(words) else NOTHING for each in (at + step, at + 2 * step))  # fmt: skip
        if one.sort == "LEVEL" and words[at].start in (one.end, one.start - 1):
            return True  # 中央省市各级媒体
        if (one.sort, other.sort) == ("JOIN", "LEVEL"):
            return True
    return False


def _walk(s: Sentence) -> None:
    """From left to right: at each word the longest row; else what the word tells of those after it."""
    while s.at < len(s.words):
        token, row = s.words[s.at], None
        if token.number is None or not _defines(s, token):
            row = row_at(s.words, s.at)
        s.row = row.name if row is not None else ""
        if row is not None:
            s.at += _claimed(s, row)
        elif token.number is not None:
            reach = token.sort in ("AMOUNT", "COUNT", "MARK") and not _defines(s, token)
            s.pass_over(token.number, reach=reach)
            s.at += 1
        else:
            if token.sort in CONTEXT:
                CONTEXT[token.sort](s, token)
            s.at += 1


def _claimed(s: Sentence, row: Row) -> int:
    """What a row claims is claimed; how many words were read."""
    length = len(row.tokens)
    if row.numbers and _in_heading(s, row):
        if row.marks:
            ROWS["mark"](s, row)
        return length
    named = _bracketed(s, length)
    if not named:
        ROWS[row.name](s, row)
        s.clause.raw = "" if row.numbers else s.clause.raw
        return length
    run = s.said.run
    s.said.run = [combine(s.whose()[0], named)]
    ROWS[row.name](s, row)
    s.said.run, s.clause.raw = run, ""
    return next(end for end in count(length) if s.word(end).sort == "CLOSES") + 1


def _bracketed(s: Sentence, at: int) -> tuple[Subject, ...]:
    """59.6万（客户端）: the one name that stands in brackets right after a number, and nothing beside it."""
    if s.word(at).sort != "OPENS":
        return ()
    found: tuple[Subject, ...] = ()
    for each in s.words[s.at + at + 1 :]:
        if each.sort == "CLOSES":
            break
        if each.sort != "SUBJECT" or any(one.kind in ("topic", "total") for one in each.subjects):
            return ()
        found = combine(found, each.subjects) if found else each.subjects
    return tuple(each if each.accounts else replace(each, kind="unknown") for each in found)


def _in_heading(s: Sentence, row: Row) -> bool:
    """All its numbers stand in the heading of a table's cell."""
    starts = (s.text.span(each.start, each.end)[0] for each in row.tokens if each.number)
    return s.is_cell and all(each < s.first for each in starts)


def _defines(s: Sentence, token: Token) -> bool:
    """A part of the sentence that says what is counted, not how many."""
    plain = s.text.plain
    start = max(plain.rfind("；", 0, token.start), s.words[0].start)
    end = plain.find("；", token.end)
    part = plain[start : end if end > 0 else s.words[-1].end]
    return any(each in part for each in PART_DEFINING) or _is_outside(s)


def _is_outside(s: Sentence) -> bool:
    """A clause without a metric that counts prizes, training or people at a real place."""
    stops = [place for place, each in enumerate(s.words) if each.sort in ("COMMA", "SEMI", "COLON")]
    first = max((place for place in stops if place < s.at), default=-1) + 1
    last = min((place for place in stops if place > s.at), default=len(s.words))
    clause = s.words[first:last]
    spoken = "".join(each.text for each in clause if each.sort not in ("TITLE", "PROGRAMME"))
    told = any(each.sort in ("METRIC", "VIEWED", "LIVE", "OUTLET", "PLACING") for each in clause)
    return not told and not s.is_cell and any(each in spoken for each in OUTSIDE)
