"""From the words of a paragraph to its claims, by the rows of grammar.lark."""

from __future__ import annotations

from dataclasses import replace

from reports.drafts.context import CONTEXT
from reports.drafts.parsing import Row, row_at
from reports.drafts.rows import ROWS
from reports.drafts.sentence import Reader, Sentence
from reports.drafts.subjects import Subject, combine
from reports.drafts.text import Text
from reports.drafts.tokens import Token, sentences, tokens
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
            for each in told:
                if each.number is not None:
                    sentence.pass_over(each, reach=False)
        else:
            _walk(sentence, told)


#: Words for the draft's own period say nothing.
_SAME = frozenset({"期内", "报告期", "报告期内", "本期"})


def _chosen(words: list[Token]) -> list[Token]:
    """A group that is called by a kind (短视频) is a KIND in the grammar; 省, 市 alone are no level."""
    found: list[Token] = []
    bare = [each for each in words if each.sort != "FILL" and each.text not in _SAME]
    for at, each in enumerate(bare):
        stray = each.sort == "LEVEL" and len(each.text) == 1 and not _in_row(bare, at)
        found.append(replace(each, sort="RAW") if stray else each)
    return found


def _in_row(words: list[Token], at: int) -> bool:
    """中央、省、市级: joined to another level."""
    near = [words[each] for each in (at - 1, at + 1) if 0 <= each < len(words)]
    if any(each.sort == "LEVEL" and words[at].start in (each.end, each.start - 1) for each in near):
        return True  # 中央省市各级媒体
    beside = [(at - 1, at - 2), (at + 1, at + 2)]
    return any(
        0 <= other < len(words) and words[join].sort == "JOIN" and words[other].sort == "LEVEL"
        for join, other in beside
    )


def _walk(s: Sentence, words: list[Token]) -> None:
    at = 0
    while at < len(words):
        if words[at].number is not None and _defines(s, words[at]):
            s.pass_over(words[at], reach=False)
            at += 1
            continue
        row = row_at(words, at)
        s.row = row.name if row is not None else ""
        if row is not None and row.numbers and _in_heading(s, row):
            if row.all("MARK"):
                ROWS["mark"](s, at, row)
            at += len(row.tokens)
            continue
        if row is not None and (named := _bracketed(words, at + len(row.tokens))):
            kept = s.said.run
            s.said.run = [combine(s.whose()[0], named)]
            ROWS[row.name](s, at, row)
            s.said.run, s.said.raw = kept, ""
            at = next(end for end in range(at, len(words)) if words[end].sort == "CLOSES") + 1
            continue
        if row is not None:
            ROWS[row.name](s, at, row)
            s.said.raw = "" if row.numbers else s.said.raw
            at += len(row.tokens)
            continue
        token = words[at]
        if token.number is not None:
            _passed(s, at, token)
        else:
            handler = CONTEXT.get(token.sort)
            if handler is not None:
                handler(s, at, token)
        at += 1


def _bracketed(words: list[Token], at: int) -> tuple[Subject, ...]:
    """59.6万（客户端）: the one name that stands in brackets right after a number, and nothing beside it."""
    if at >= len(words) or words[at].sort != "OPENS":
        return ()
    found: tuple[Subject, ...] = ()
    for each in words[at + 1 :]:
        if each.sort == "CLOSES":
            break
        if each.sort != "SUBJECT" or any(one.kind in ("topic", "total") for one in each.subjects):
            return ()
        found = combine(found, each.subjects) if found else each.subjects
    return tuple(each if each.accounts else replace(each, kind="unknown") for each in found)


def _in_heading(s: Sentence, row: Row) -> bool:
    """All its numbers stand in the heading of a table's cell."""
    return s.is_cell() and all(
        s.text.span(each.start, each.end)[0] < s.first for each in row.numbers
    )


def _passed(s: Sentence, at: int, token: Token) -> None:
    s.pass_over(token, reach=token.sort in ("AMOUNT", "COUNT", "MARK"))


def _defines(s: Sentence, token: Token) -> bool:
    """A part of the sentence that says what is counted, not how many."""
    plain = s.text.plain
    start = max(plain.rfind("；", 0, token.start), s.words[0].start)
    end = plain.find("；", token.end)
    part = plain[start : end if end > 0 else s.words[-1].end]
    return any(each in part for each in PART_DEFINING) or _is_outside(s, token)


def _is_outside(s: Sentence, token: Token) -> bool:
    """A clause without a metric that counts prizes, training or people at a real place."""
    at = s.words.index(token)
    stops = [place for place, each in enumerate(s.words) if each.sort in ("COMMA", "SEMI", "COLON")]
    first = max((place for place in stops if place < at), default=-1) + 1
    last = min((place for place in stops if place > at), default=len(s.words))
    clause = s.words[first:last]
    spoken = "".join(each.text for each in clause if each.sort not in ("TITLE", "PROGRAMME"))
    told = any(each.sort in ("METRIC", "VIEWED", "LIVE", "OUTLET", "PLACING") for each in clause)
    return not told and not s.is_cell() and any(each in spoken for each in OUTSIDE)
