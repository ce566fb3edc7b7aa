"""From the words of a paragraph to its claims: a small machine that walks over the words of a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reports.periods import Period
from reports.verify.claims import Claim, Ignored
from reports.verify.reading_numbers import read_number
from reports.verify.reading_stops import read_part, read_stop
from reports.verify.reading_subjects import (
    read_accounts,
    read_kind,
    read_raw,
    read_subject,
    read_title,
)
from reports.verify.reading_words import (
    read_basis,
    read_best,
    read_earlier,
    read_gain,
    read_ignored,
    read_metric,
    read_original,
    read_other,
    read_period,
    read_placement,
    read_single,
    read_work,
)
from reports.verify.sentence import Sentence
from reports.verify.spans import Frame
from reports.verify.subjects import Lexicon, Subject, together
from reports.verify.text import Text
from reports.verify.tokens import Token, sentences, tokens
from reports.verify.words import DEFINING, PLANNED


@dataclass(slots=True)
class Reader:
    """Reads paragraph after paragraph; what one leaves open is taken from the one before."""

    lexicon: Lexicon
    frame: Frame
    claims: list[Claim] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    carried: tuple[Subject, ...] = ()
    topic: tuple[Subject, ...] = ()
    period: Period | None = None
    headed: bool = False  # a heading has
    named: bool = False  # the paragraph has said of whom it speaks
    under: Period | None = None  # the period that the heading above names
    level: int = 0  # of that heading
    number_of_sentences: int = 0

    def read(self, paragraph: int, text: Text, original: str, start: int = 0) -> None:
        """All claims of a paragraph whose numbers stand at or after ``start`` in the original (what lies before is
        a table's heading, read with each cell)."""
        self.period = self.under or self.frame.default
        self.topic, self.named = (), False
        for words in sentences(tokens(text.plain, self.lexicon, self.frame)):
            self.number_of_sentences += 1
            _read(Sentence(self, paragraph, text, original, words, start))


def _read(sentence: Sentence) -> None:
    plain = "".join(each.text for each in sentence.words if each.sort != "title")
    if any(each in plain for each in DEFINING):
        return
    sentence.planned = any(each in plain for each in PLANNED)
    sentence.said.marked = any(each in plain for each in ("注明", "标明", "标注"))
    sentence.said.broadcast = "播出" in plain
    sentence.media = "介质" in plain
    for at, token in enumerate(sentence.words):
        if at > sentence.taken:
            _step(sentence, at, token)
    if sentence.said.run:
        sentence.reader.carried, sentence.reader.named = together(sentence.said.run), True


def _step(sentence: Sentence, at: int, token: Token) -> None:
    if token.sort in _STEPS:
        _STEPS[token.sort](sentence, at, token)
    elif token.sort in _FLAGS:
        setattr(sentence.said, token.sort, True)


#: Sort of a word → what it does to what the sentence says.
_STEPS: Mapping[str, Callable[[Sentence, int, Token], None]] = {
    "subject": read_subject, "title": read_title, "number": read_number,
    "metric": read_metric, "posts": read_metric, "period": read_period,
    "stop": read_stop, "join": read_stop, "aged": read_basis, "kind": read_kind,
    "level": read_placement, "medium": read_placement, "outlet": read_placement, "earlier": read_earlier,
    "original": read_original, "gain": read_gain, "fall": read_gain, "other": read_other,
    "raw": read_raw, "ignored": read_ignored, "part": read_part, "work": read_work,
    "best": read_best, "account": read_accounts, "single": read_single,
}  # fmt: skip
_FLAGS = frozenset({"live", "placement", "front", "average"})
