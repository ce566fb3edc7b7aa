"""A sentence that is being read: what it has said up to a word, and the claims made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reports.drafts.reading.claims import Claim, Interpretation, Unread, What
from reports.drafts.reading.numbers import Number
from reports.drafts.reading.spans import Frame
from reports.drafts.reading.subjects import Lexicon, SpokenOf, together
from reports.drafts.reading.text import Text
from reports.drafts.reading.tokens import NOTHING, Token
from reports.drafts.reading.words import Manner
from reports.periods import Period

Subjects = tuple[SpokenOf, ...]
#: Figures of the centre, whomever the text speaks of.
_CENTRAL = frozenset({"placements", "issues", "items"})
_NONE = What(kind="")


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
    headed: Subjects = ()
    under: Period | None = None
    level: int = 0
    named: list[Subjects] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    sentences: int = 0
    in_heading: bool = False

    @property
    def period(self) -> Period | None:
        return self.under or self.frame.default


@dataclass(slots=True)
class Clause:
    """What holds until the next stop (，；：（）). ``raw``: words that are not understood, from ``raw_from`` on."""

    raw: str = ""
    raw_from: int = 0
    original: str = ""
    verb: str = ""
    kind: str = ""
    column: str = ""
    front: str = ""  # 头版, 头版头条
    top: list[str] = field(default_factory=list)  # single, best, another
    then: bool = False  # numbers are of the period compared with
    placed: bool = False  # placements were named
    spoken: bool = False  # a subject was named


@dataclass(slots=True)
class SaidSoFar:
    """What holds at a word, until the sentence ends; what is marked so: until ；."""

    clause: Clause = field(default_factory=Clause)
    run: list[Subjects] = field(default_factory=list)
    topic: Subjects = ()
    metric: str = ""
    fresh: bool = False  # the metric was said since the last figure
    live: bool = False
    mark: tuple[str, int] | None = None  # until ；
    noted: str = ""
    day: Period | None = None  # until ；
    title: str = ""  # until ；
    programme: str = ""  # until ；
    stranger: str = ""  # until ；
    themed: bool = False  # a column was named: counts after it are of its works
    media: list[str] = field(default_factory=list)  # levels and outlets
    media_sort: str = ""
    media_told: bool = False  # a figure of them was said
    placed: bool = False
    matter: str = ""  # words of earlier clauses not understood: what the works may be about
    compared: str = ""
    against: Period | None = None
    period: Period | None = None
    periods: list[Period] = field(default_factory=list)  # 7月、8月、9月
    basis: str = ""
    whole: int | None = None
    all_parts: bool = False
    last: tuple[What, ...] = ()

    @property
    def latest(self) -> What:
        """The first sense of the last figure; of no kind where there was none."""
        return self.last[0] if self.last else _NONE

    @property
    def of_posts(self) -> str:
        """The metric that was said, where posts have it."""
        return "" if self.metric == "followers" else self.metric


@dataclass(slots=True)
class SentenceReader:
    """``words``: its tokens without FILL, read up to ``at``. ``first``: where in the original the numbers to be read
    begin (a table's cell has words before it)."""

    reader: Reader
    paragraph: int
    text: Text
    original: str
    words: Sequence[Token]
    first: int
    planned: bool = False
    at: int = 0
    said: SaidSoFar = field(default_factory=SaidSoFar)
    kept: list[SaidSoFar] = field(default_factory=list)
    before_parts: list[Subjects] = field(default_factory=list)

    @property
    def clause(self) -> Clause:
        return self.said.clause

    @property
    def is_cell(self) -> bool:
        return self.first > 0

    def word(self, offset: int) -> Token:
        """The token so many places from here."""
        place = self.at + offset
        return self.words[place] if 0 <= place < len(self.words) else NOTHING

    def back(self, number: int) -> list[str]:
        """The sorts of the tokens before this one, so many at the most."""
        return [each.sort for each in self.words[max(0, self.at - number) : self.at]]

    def whose(self) -> tuple[Subjects, str]:
        """Whom the sentence speaks of, and 主体 where that is a guess: a paragraph that has named several."""
        if self.said.run:
            return together(self.said.run), ""
        if self.said.topic:
            return self.said.topic, ""
        total, before = self.reader.lexicon.total, self.reader.named
        if before:
            others = () if total in before[-1] else (total,)
            return (*before[-1], *others), "" if len(before) == 1 else "主体"
        return self.reader.headed or (total,), ""

    def when(self) -> tuple[Period | None, str]:
        """Of which period, and 时期 where the paragraph has named another than the draft's."""
        said, period = self.said, self.reader.period
        if said.day or said.period:
            return said.day or said.period, ""
        return period, "时期" if any(each != period for each in self.reader.periods) else ""

    def claim(
        self, number: Number, whats: Sequence[What], *, subjects: Subjects | None = None,
        shared: Number | None = None, guess: str = "", unsure: str = "", whole: SpokenOf | None = None,
        gain: bool = False, falls: bool = False,
    ) -> None:  # fmt: skip
        """A claim that the number is one of ``whats``, of ``subjects`` or else of whom the sentence speaks."""
        said = self.said
        start, end = self.text.span(number.start, number.end)
        if start < self.first:
            return
        if whats[0].metric == "followers":  # no post has any
            self.pass_over(number, reach=True)
            return
        said.stranger = self.clause.raw or said.stranger
        said.fresh = False
        whose, guessed = self.whose() if subjects is None else (subjects, "")
        period, of_when = self.when()
        from_, to = self.text.span(self.words[0].start, self.words[-1].end)
        central, then = whats[0].kind in _CENTRAL, self.clause.then
        about = "" if central or said.run or subjects is not None or self.is_cell else said.matter

        def owner(subject: SpokenOf, what: What) -> SpokenOf:
            """Ledgers of placements and programmes are the centre's."""
            mine = what.kind in _CENTRAL and subject.kind != "unknown" and not subject.topic
            return self.reader.lexicon.total if mine else subject

        before = self.text.plain[max(0, self.words[0].start - 6) : number.start]
        self.reader.claims.append(
            Claim(
                paragraph=self.paragraph,
                sentence=self.original[from_:to].strip(),
                sentence_number=self.reader.sentences,
                start=start,
                end=end,
                words=self.original[start:end].strip(),
                number=number,
                readings=tuple(
                    dict.fromkeys(
                        Interpretation(owner(one, what), what, whole)
                        for one in whose
                        for what in whats
                    )
                ),
                period=said.against if then and said.against else period,
                against=said.against,
                basis=said.basis,
                gain=gain,
                falls=falls,
                earlier=said.compared if then and not said.against else "",
                compared=said.compared,
                unsure=unsure or said.stranger or about,
                guess=guess or ("" if central else guessed) or ("" if then else of_when),
                whole=said.whole,
                all_parts=said.all_parts,
                planned=self.planned,
                tellable=self.is_cell or "可统计" in before,
                shared=_shared(shared, number),
            )
        )

    def pass_over(self, *numbers: Number, reach: bool = False) -> None:
        """These are no figures of the kind that is checked here; with ``reach`` they may be."""
        for number in numbers:
            self.said.fresh = False
            start, end = self.text.span(number.start, number.end)
            if start >= self.first:
                words = self.original[start:end].strip()
                unread = Unread(self.paragraph, words, start, end, reach, number.blank)
                self.reader.unread.append(unread)


def _shared(first: Number | None, number: Number) -> Manner:
    """What stands before the first number of a row may hold for the rounded ones after it."""
    if first is None or first is number or number.manner != "plain" or number.step == 1:
        return "plain"
    return first.manner if first.manner in ("about", "near", "over", "reach") else "plain"
