"""The state of a sentence that is being read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reports.periods import Period
from reports.verify.claims import Ignored, What
from reports.verify.said import Said
from reports.verify.subjects import Subject
from reports.verify.text import Text
from reports.verify.tokens import Token

if TYPE_CHECKING:
    from reports.verify.reading import Reader

#: Verbs that name a metric.
VERBS = {"转发": "shares", "推荐": "looks"} | dict.fromkeys(
    ("播放", "阅读", "点击", "浏览", "观看", "收看"), "views"
)


@dataclass(slots=True)
class Sentence:
    """What is known of a sentence up to the word reached; the readers of words (reading_*.py) change it.

    ``first``: where in the original the numbers to be read begin; ``taken``: the last word already read.
    """

    reader: Reader
    paragraph: int
    text: Text
    original: str
    words: Sequence[Token]
    first: int
    said: Said = field(default_factory=Said)
    kept: list[Said] = field(default_factory=list)
    taken: int = -1
    planned: bool = False
    media: bool = False
    compared: str = ""
    against: Period | None = None
    period: tuple[Period | None, ...] = ()
    before_list: list[tuple[Subject, ...]] = field(default_factory=list)
    joined: bool = False
    topic: tuple[Subject, ...] = ()

    def now(self) -> Period | None:
        """The period that a claim made here is of."""
        return self.said.day or (self.period[0] if self.period else self.reader.period)

    def of_whole(self) -> What | None:
        """“10万+”以上作品至少8条：公众号1篇: the parts are of the same figure."""
        if self.said.whole is None:
            return None
        what = self.reader.claims[self.said.whole].readings[0].what
        return what if what.kind == "hits" else None

    def back(self, at: int) -> int:
        """The last token before ``at`` that is no filler."""
        back = at - 1
        while (
            back >= 0
            and self.words[back].sort in ("fill", "respect", "gain", "fall")
            and self.words[back].text not in VERBS
        ):
            back -= 1
        return back

    def ignore(self, start: int, end: int) -> None:
        """Words of which nothing is claimed."""
        from_, to = self.text.span(start, end)
        if from_ >= self.first:
            words = self.original[from_:to].strip()
            self.reader.ignored.append(Ignored(self.paragraph, words))
