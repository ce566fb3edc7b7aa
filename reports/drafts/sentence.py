"""A sentence that is being read: what it has said up to a word, and the claims made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from reports.drafts.claims import Claim, Reading, Unread, What
from reports.drafts.numbers import Manner, Number
from reports.drafts.spans import Frame
from reports.drafts.subjects import Lexicon, Subject, together
from reports.drafts.text import Text
from reports.drafts.tokens import Token
from reports.periods import Period

Run = list[tuple[Subject, ...]]
#: Figures of the centre, whomever the text speaks of.
_CENTRAL = frozenset({"placements", "issues", "items"})


@dataclass(slots=True)
class Reader:
    """Reads a draft paragraph by paragraph; ``claims`` and ``unread`` grow in its order.

    ``headed``: whom the last heading names, ``under``: the period it names. ``named``: whom the paragraph has named so
    far, in its order; ``periods``: which periods.
    """

    lexicon: Lexicon
    frame: Frame
    claims: list[Claim] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    headed: tuple[Subject, ...] = ()
    under: Period | None = None
    level: int = 0
    named: list[tuple[Subject, ...]] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    sentences: int = 0
    in_heading: bool = False

    @property
    def period(self) -> Period | None:
        return self.under or self.frame.default


@dataclass(slots=True)
class Said:
    """What holds at a word. Clause: until ，；：（）; part: until ；; the rest until the sentence ends."""

    run: Run = field(default_factory=list)
    topic: tuple[Subject, ...] = ()
    metric: str = ""
    fresh: bool = False  # the metric was said since the last figure
    live: bool = False
    mark: tuple[str, int] | None = None
    noted: str = ""
    day: Period | None = None  # part
    title: str = ""  # part
    column: str = ""
    themed: bool = False  # a column was named: counts after it are of its works
    programme: str = ""
    media: list[str] = field(default_factory=list)  # levels and outlets: part
    media_sort: str = ""
    media_told: bool = False  # a figure of them was said
    placed: bool = False  # part
    placed_here: bool = False  # clause
    front: bool = False  # clause
    leading: bool = False  # clause: 头版头条, which no ledger marks
    original: str = ""  # clause
    top: list[str] = field(default_factory=list)  # clause: single, best, another
    raw: str = ""  # clause: words that are not understood, from ``raw_from`` on
    raw_from: int = 0
    stranger: str = ""  # part
    matter: str = (
        ""  # words of earlier clauses that are not understood: what the works may be about
    )
    then: bool = False  # clause: numbers are of the period compared with
    compared: str = ""
    against: Period | None = None
    period: Period | None = None
    periods: list[Period] = field(default_factory=list)  # 7月、8月、9月
    basis: str = ""
    each: bool = False  # clause
    verb: str = ""  # clause
    kind: str = ""  # clause
    whole: int | None = None
    all_parts: bool = False
    last: tuple[What, ...] = ()
    spoken: bool = False  # clause: a subject was named in it


@dataclass(slots=True)
class Sentence:
    """``words``: its tokens without FILL. ``first``: where in the original the numbers to be read begin (a table's
    cell has words before it)."""

    reader: Reader
    paragraph: int
    text: Text
    original: str
    words: Sequence[Token]
    first: int
    planned: bool = False
    row: str = ""
    said: Said = field(default_factory=Said)
    kept: list[Said] = field(default_factory=list)
    before_parts: Run = field(default_factory=list)

    def whose(self) -> tuple[tuple[Subject, ...], str]:
        """Whom the sentence speaks of, and 主体 where that is a guess: a paragraph that has named several."""
        total = (self.reader.lexicon.total,)
        if self.said.run:
            return together(self.said.run), ""
        topic = self.said.topic
        if topic:
            return topic, ""
        before = self.reader.named
        if before:
            others = tuple(each for each in total if each not in before[-1])
            return (*before[-1], *others), "" if len(before) == 1 else "主体"
        return self.reader.headed or total, ""

    def when(self) -> tuple[Period | None, str]:
        """Of which period, and 时期 where the paragraph has named another than the draft's."""
        said = self.said
        if said.day or said.period:
            return said.day or said.period, ""
        period = self.reader.period
        others = [each for each in self.reader.periods if each != period]
        return period, "时期" if others else ""

    def claim(
        self, token: Token, whats: Sequence[What], *, subjects: Sequence[Subject] | None = None,
        shared: Number | None = None, guess: str = "", unsure: str = "", whole: Subject | None = None,
    ) -> None:  # fmt: skip
        """A claim that the token's number is one of ``whats``, of ``subjects`` or else of whom the sentence speaks."""
        number, said = token.number, self.said
        assert number is not None
        start, end = self.text.span(number.start, number.end)
        if start < self.first:
            return
        said.stranger = said.raw or said.stranger
        said.fresh = False
        whose, guessed = self.whose() if subjects is None else (tuple(subjects), "")
        period, of_when = self.when()
        from_, to = self.text.span(self.words[0].start, self.words[-1].end)
        mine = (
            said.whole if said.whole is not None and said.whole < len(self.reader.claims) else None
        )
        central = whats[0].kind in _CENTRAL
        about = "" if central or said.run or subjects is not None or self.is_cell() else said.matter
        self.reader.claims.append(
            Claim(
                paragraph=self.paragraph, sentence=self.original[max(from_, self.first and 0) : to].strip(),
                sentence_number=self.reader.sentences, start=start, end=end,
                words=self.original[start:end].strip(), number=number, row=self.row,
                readings=tuple(dict.fromkeys(
                    Reading(self._owner(one, what), what, whole) for one in whose for what in whats
                )),
                period=said.against if said.then and said.against else period,
                against=said.against, basis=said.basis,
                gain=False, falls=False,
                earlier=said.compared if said.then and not said.against else "",
                compared=said.compared, unsure=unsure or said.stranger or about,
                guess=guess or ("" if central else guessed) or ("" if said.then else of_when),
                whole=mine, all_parts=said.all_parts, planned=self.planned,
                tellable=self.is_cell() or "可统计" in self.text.plain[max(0, self.words[0].start - 6) : number.start],
                shared=_shared(shared, number),
            )
        )  # fmt: skip

    def turn(self, *, gain: bool, falls: bool) -> None:
        """The last claim is of a rise or a fall."""
        if self.reader.claims:
            self.reader.claims[-1] = replace(self.reader.claims[-1], gain=gain, falls=falls)

    def _owner(self, subject: Subject, what: What) -> Subject:
        """Ledgers of placements and programmes are the centre's."""
        central = what.kind in _CENTRAL and subject.kind != "unknown" and not subject.topic
        return self.reader.lexicon.total if central else subject

    def pass_over(self, token: Token, *, reach: bool) -> None:
        number = token.number
        assert number is not None
        self.said.fresh = False
        start, end = self.text.span(number.start, number.end)
        if start >= self.first:
            words = self.original[start:end].strip()
            self.reader.unread.append(Unread(self.paragraph, words, start, end, reach))

    def is_cell(self) -> bool:
        return self.first > 0


def _shared(first: Number | None, number: Number) -> Manner:
    """What stands before the first number of a row may hold for the rounded ones after it."""
    if first is None or first is number or number.manner != "plain" or number.step == 1:
        return "plain"
    return first.manner if first.manner in ("about", "near", "over", "reach") else "plain"
