"""The paper in a form that every document format draws (chapters of running text, notes, tables), and the words in which
its pieces state figures.

They are true without a reservation beside them: what a figure leaves out is said once, in the notes. A sum with works
missing is a lower bound and reads 超…. Where a part would then look larger than its whole, and for counts that may not be
complete, the whole reads 可统计的…: exact for what can be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from adapters.records import Count
from reports import wording
from reports.section import Table
from reports.statement import Matter, Statement

#: A lower bound below this says nothing that a reader would miss: 超0, 超1.
_LEAST = 3
_TOTAL = partial(wording.total, open_end=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a paragraph. ``id`` names the figure that they state, as ``collect explain`` takes it; empty: none."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. ``heading``, where there is one, runs in at its beginning: ``（一）短视频平台。``"""

    pieces: tuple[Piece, ...]
    heading: str = ""

    @property
    def text(self) -> str:
        return self.heading + "".join(each.text for each in self.pieces)


@dataclass(frozen=True, slots=True)
class Chapter:
    """``title`` with its number (``一、爆款作品``); empty for the paragraph with which the paper begins."""

    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """``addressee``: to whom it goes (主送), empty or ending in a colon. ``notes``: 数据说明, its heading run in.
    ``signature``: lines at the right below the text (落款, date); may be empty. ``tables``: 附表, in their order;
    their titles carry no number."""

    title: str
    addressee: str
    chapters: tuple[Chapter, ...]
    notes: Paragraph
    signature: tuple[str, ...]
    tables: tuple[Table, ...]

    @property
    def body(self) -> Iterator[Paragraph]:
        """The paragraphs of all chapters, without the notes."""
        for chapter in self.chapters:
            yield from chapter.paragraphs

    @property
    def text(self) -> str:
        """The running text as lines: title, addressee, chapters, notes, signature."""
        lines = [self.title, self.addressee]
        for chapter in self.chapters:
            lines += [chapter.title, *(each.text for each in chapter.paragraphs)]
        return "\n".join(each for each in (*lines, self.notes.text, *self.signature) if each)


def piece(each: Statement, parts: Iterable[Statement] = ()) -> Piece | None:
    """The statement in words; None where it says nothing: no works, no figure, no growth that can be told. ``parts``: the
    same figure of its parts, as they will be said too."""
    spread = each.count
    if not each.way or spread is None:
        return None
    within = [part.count for part in parts if part.way and part.count is not None]
    said = _WAYS[each.way](each, spread, within)
    return Piece(said, each.id) if said else None


def _count(each: Statement, spread: Count, parts: Sequence[Count]) -> str:
    if not spread.low:
        return ""
    if spread.exact:
        return f"{each.word}{spread.low}{each.measure}"
    return f"{wording.COUNTABLE}{each.noun}{spread.low}{each.measure}"


def _sum(each: Statement, spread: Count, parts: Sequence[Count]) -> str:
    if _is_nothing(spread):
        return ""
    return wording.whole(spread, parts, each.marks, each.measure, word=each.word, say=_TOTAL)


def _single(each: Statement, spread: Count, parts: Sequence[Count]) -> str:
    if _is_nothing(spread):
        return ""
    if spread.high is None and spread.low in each.marks:
        return f"{each.word}达“{wording.mark(spread.low)}”"
    return each.word + wording.single(spread, each.marks, each.measure, open_end=False)


def _is_nothing(spread: Count) -> bool:
    """Whether no more can be said than 0, or more than 0."""
    return spread.high == 0 or (spread.high is None and spread.low < _LEAST)


def _change(each: Statement, spread: Count, parts: Sequence[Count]) -> str:
    if spread.high is None:
        if spread.low < _LEAST:
            return ""
        return f"{each.word}增加{_TOTAL(spread, each.marks, each.measure)}"
    if spread.low <= 0 <= spread.high:
        return ""  # whether it rose or fell cannot be told, or it did neither
    return each.word + wording.change(spread, each.marks, each.measure)


def _percent(each: Statement, spread: Count, parts: Sequence[Count]) -> str:
    assert each.growth is not None
    now, then = each.growth
    if not (now.exact and then.exact):
        return ""  # by how much at least: the full listing says it
    said = wording.percent(now, then)
    return f"{each.word}{said}" if said else ""


def _place(each: Statement, spread: Count, parts: Sequence[Count]) -> str:
    return f"{each.word}{each.place}{each.measure}" if each.place else ""


_WAYS = {
    "count": _count,
    "sum": _sum,
    "single": _single,
    "change": _change,
    "percent": _percent,
    "place": _place,
}


def joined(pieces: Iterable[Sequence[Piece]], sign: str) -> Iterator[Piece]:
    """Groups of pieces one after the other, ``sign`` between them; empty groups leave no sign."""
    first = True
    for group in pieces:
        if not group:
            continue
        if not first:
            yield Piece(sign)
        first = False
        yield from group


def clause(matter: Matter, said: set[str], sign: str) -> tuple[Piece, ...]:
    """The subject and its figures with ``sign`` between them; of a figure that was said before nothing. Empty where no
    figure is left. ``said`` gains the figures."""
    found = []
    for own in matter.statements:
        parts = (s for each in matter.parts for s in each.statements if s.metric == own.metric)
        made = None if own.id in said else piece(own, parts)
        if made is not None:
            said.add(own.id)
            found.append((made,))
    remark = [Piece(f"{sign or '，'}{matter.remark}")] if matter.remark else []
    return (Piece(matter.subject), *joined(found, sign), *remark) if found else ()


def closed(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """A sentence: its pieces and a full stop; nothing of nothing."""
    return (*pieces, Piece("。")) if pieces else ()
