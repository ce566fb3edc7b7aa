"""From the words of a draft to its claims, by the rows of grammar.lark."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from reports.drafts.reading import row_changes, row_counts, row_figures
from reports.drafts.reading.claims import Claim, Unread
from reports.drafts.reading.context import hear
from reports.drafts.reading.paragraphs import DraftParagraph, DraftText
from reports.drafts.reading.sentence import Reader, SentenceReader
from reports.drafts.reading.spans import Frame, find_all
from reports.drafts.reading.subjects import Lexicon, SpokenOf, combine
from reports.drafts.reading.text import Text, fold
from reports.drafts.reading.tokens import NOTHING, GrammarRow, Token, row_at, sentences, tokens
from reports.drafts.reading.words import DEFINING, OUTSIDE, PART_DEFINING, PLANNED
from reports.periods import Period

#: Paragraphs at the front in which a title may name the period, or another centre.
_FRONT = 30
#: Paragraphs in which any period is looked for.
_SEEKING = 2_000


def read_draft(
    draft: DraftText, words: Lexicon, period: Period | None, today: date
) -> tuple[list[Claim], list[Unread]]:
    """The claims of a whole draft about ``period`` (None: it names none), and its numbers that are none, both in its
    order."""
    reader = Reader(_foreign(draft, words), Frame(period, today))
    for number, each in enumerate(draft.paragraphs):
        _read(reader, number, each)
    return reader.claims, reader.unread


_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[、）)]")
_CENTRE = re.compile(r"(?:关于)?([\u4e00-\u9fff]{2,7}[县区市旗州])融媒体?中心")


def _foreign(draft: DraftText, words: Lexicon) -> Lexicon:
    """A draft whose front names another centre speaks of that one: everything together is not ours."""
    own = words.total.words
    for each in draft.paragraphs[:_FRONT]:
        named = _CENTRE.match(each.text.strip())
        if own in each.text:
            return words
        if named is None or named[1][:2] in ("我们", "本县", "全县") or named[1] in own:
            continue
        theirs = SpokenOf(kind="unknown", words=named[0])
        subjects = {
            word: tuple(
                one
                if one.kind in ("account", "topic")
                else replace(
                    theirs, words=f"{theirs.words}的{word}" if one.platform else theirs.words
                )
                for one in found
            )
            for word, found in words.subjects.items()
        }
        return replace(words, subjects=subjects, total=theirs)
    return words


def _read(reader: Reader, number: int, paragraph: DraftParagraph) -> None:
    """A table's cell is read with its heading, its unit behind it; its claims then point into the cell alone."""
    before, after = paragraph.before, paragraph.after
    whole = f"{before}{paragraph.text}{after}"
    at, passed = len(reader.claims), len(reader.unread)
    headed = reader.headed
    if paragraph.heading or before:
        reader.headed = ()
    reader.in_heading = paragraph.heading and not number
    read(reader, number, fold(whole), whole, len(before))
    if paragraph.heading:
        part = number or paragraph.level > 1 or _NUMBERED.match(paragraph.text)
        named = reader.named[-1] if reader.named and part else ()
        reader.headed = tuple(each for each in named if each.kind != "total")
        if part:  # the draft's title is not a heading of a part
            _head(reader, paragraph)
    if before:
        label = "" if reader.named else before
        reader.claims[at:] = [_moved(each, paragraph, label) for each in reader.claims[at:]]
        reader.headed = headed
        del reader.unread[passed:]


def _head(reader: Reader, paragraph: DraftParagraph) -> None:
    """A heading's period holds for what stands under it, up to the next heading that is not below it."""
    found = find_all(fold(paragraph.text).plain, reader.frame)
    period = next((each.period for _, each in found if each.period), None)
    if period is not None and not period.is_day:
        reader.under, reader.level = period, paragraph.level
    elif paragraph.level <= reader.level:
        reader.under = None


def _moved(claim: Claim, paragraph: DraftParagraph, label: str) -> Claim:
    """A cell's claim as of the cell; ``label``: its row where that names nobody."""
    shift, length = len(paragraph.before), len(paragraph.text)
    start = min(max(claim.start - shift, 0), length)
    end = min(max(claim.end - shift, start), length)
    words = paragraph.text[start:end].strip() or paragraph.text.strip()
    number = claim.number
    rounded = (
        paragraph.after[:1] in ("万", "亿") or number.step > 1
    )  # a table shows rounded numbers
    shared = "about" if rounded and number.manner == "plain" else claim.shared
    known = claim.readings[0].what.kind == "placements" and claim.readings[0].what.name
    unsure = claim.unsure or ("" if known else label)
    return replace(claim, start=start, end=end or length, words=words, shared=shared, unsure=unsure)


def named_period(draft: DraftText, today: date) -> Period | None:
    """The first period with its year that the draft's front names; else the first one at all."""
    first: Period | None = None
    for number, paragraph in enumerate(draft.paragraphs[:_SEEKING]):
        if number >= _FRONT and first is not None:
            break
        for _, found in find_all(fold(paragraph.text).plain, Frame(None, today)):
            if found.period is None or found.period.is_day:
                continue
            if found.named:
                return found.period
            first = first or found.period
    return first


def passed(s: SentenceReader, row: GrammarRow) -> None:
    """Known, and no figure: 其中1个账号无数据."""
    s.pass_over(row.numbers[0])


#: What each row of the grammar claims: its function gets the sentence, read up to the row, and the row's tokens.
ROWS: Mapping[str, Callable[[SentenceReader, GrammarRow], None]] = {
    **row_figures.ROWS, **row_counts.ROWS, **row_changes.ROWS, "passed": passed,
}  # fmt: skip


def read(reader: Reader, paragraph: int, text: Text, original: str, first: int = 0) -> None:
    """Adds what a paragraph claims. ``first``: where in ``original`` the numbers to be read begin."""
    reader.named, reader.periods = [], []
    for words in sentences(tokens(text.plain, reader.lexicon, reader.frame)):
        reader.sentences += 1
        told = _chosen(words)
        sentence = SentenceReader(reader, paragraph, text, original, told or words, first)
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


def _walk(s: SentenceReader) -> None:
    """From left to right: at each word the longest row; else what the word tells of those after it."""
    while s.at < len(s.words):
        token = s.words[s.at]
        defines = token.number is not None and _defines(s, token)
        row = None if defines else row_at(s.words, s.at)
        if row is not None:
            s.at += _claimed(s, row)
        elif token.number is not None:
            reach = token.sort in ("AMOUNT", "COUNT", "MARK") and not defines
            s.pass_over(token.number, reach=reach)
            s.at += 1
        else:
            hear(s, token)
            s.at += 1


def _claimed(s: SentenceReader, row: GrammarRow) -> int:
    """What a row claims is claimed; how many words were read."""
    length = len(row.tokens)
    starts = [s.text.span(each.start, each.end)[0] for each in row.tokens if each.number]
    if starts and s.is_cell and max(starts) < s.first:  # all stand in the heading of the cell
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
    return next(end for end in itertools.count(length) if s.word(end).sort == "CLOSES") + 1


def _bracketed(s: SentenceReader, at: int) -> tuple[SpokenOf, ...]:
    """59.6万（客户端）: the one name that stands in brackets right after a number, and nothing beside it."""
    if s.word(at).sort != "OPENS":
        return ()
    found: tuple[SpokenOf, ...] = ()
    for each in s.words[s.at + at + 1 :]:
        if each.sort == "CLOSES":
            break
        if each.sort != "SUBJECT" or any(one.kind in ("topic", "total") for one in each.subjects):
            return ()
        found = combine(found, each.subjects) if found else each.subjects
    return tuple(each if each.accounts else replace(each, kind="unknown") for each in found)


def _defines(s: SentenceReader, token: Token) -> bool:
    """A part of the sentence that says what is counted, not how many."""
    plain = s.text.plain
    start = max(plain.rfind("；", 0, token.start), s.words[0].start)
    end = plain.find("；", token.end)
    part = plain[start : end if end > 0 else s.words[-1].end]
    return any(each in part for each in PART_DEFINING) or _is_outside(s)


def _is_outside(s: SentenceReader) -> bool:
    """A clause without a metric that counts prizes, training or people at a real place."""
    stops = [place for place, each in enumerate(s.words) if each.sort in ("COMMA", "SEMI", "COLON")]
    first = max((place for place in stops if place < s.at), default=-1) + 1
    last = min((place for place in stops if place > s.at), default=len(s.words))
    clause = s.words[first:last]
    spoken = "".join(each.text for each in clause if each.sort not in ("TITLE", "PROGRAMME"))
    told = any(each.sort in ("METRIC", "VIEWED", "LIVE", "OUTLET", "PLACING") for each in clause)
    return not told and not s.is_cell and any(each in spoken for each in OUTSIDE)
