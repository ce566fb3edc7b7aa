"""A true figure in the wording of a place: the draft's own words where they are true of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from adapters.records import Count
from reports.drafts.checking.derived import Ratio, in_words
from reports.drafts.checking.source import Fact
from reports.drafts.reading.claims import Claim, What
from reports.drafts.reading.numbers import PREFIXES

_MANNERS = re.compile("|".join(sorted(PREFIXES, key=len, reverse=True)))
#: Words of a rise and those of a fall, each with its turn.
_RISES = {
    "增长": "下降", "增加": "减少", "上升": "下降", "提升": "下降", "提高": "降低", "新增": "减少", "净增": "净减", "多": "少",
}  # fmt: skip
_TURNS = _RISES | {
    "下降": "增长", "减少": "增加", "下滑": "上升", "降低": "提高", "回落": "回升", "净减": "净增", "少": "多",
}  # fmt: skip
_WAY = re.compile(rf"({'|'.join(sorted(_TURNS, key=len, reverse=True))})了?[^，；。、]{{0,4}}$")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Phrase:
    """``text`` stands in place of the claim's words; ``way``: where the word of a rise or a fall (``turned``) stands
    that is to be turned, and its turn."""

    text: str
    way: tuple[int, int, str] | None = None
    turned: str = ""


def phrase(
    claim: Claim, what: What, found: tuple[Fact, Ratio | None], marks: Iterable[int], before: str
) -> Phrase | None:
    """How the place says the figure; None where no true phrase fits. ``before``: the paragraph up to the claim."""
    fact, ratio = found
    if claim.number.manner == "reach":  # 突破X万 is filled with 超
        claim = replace(claim, number=replace(claim.number, manner="over"))
    changes = claim.gain or claim.falls
    falls = _is_fall(ratio, fact, what)
    turned = changes and falls is not None and falls is not claim.falls
    way = _way(before) if turned else None
    if turned and way is None:
        return None
    value = fact.value
    if ratio is not None:
        said = _of_ratio(claim, ratio, what)
    elif value is None:
        return None
    else:
        size: Count | None = _size(value) if changes else value
        if claim.tellable and what.kind == "hits":
            size = Count(value.low)
        said = "" if size is None else in_words(claim, fact, size, marks, claim.number.measure)
    if not said:
        return None
    return Phrase(_prefix(claim) + said, way, before[way[0] : way[1]] if way else "")


def _is_fall(ratio: Ratio | None, fact: Fact, what: What) -> bool | None:
    """Whether the figure is a fall; None where that is not known."""
    if ratio is not None and what.kind == "percent":
        return None if ratio.low is None or ratio.high is None else ratio.high < 0
    if ratio is not None or fact.value is None:
        return None
    if fact.value.high is not None and fact.value.high < 0:
        return True
    return False if fact.value.low >= 0 else None


def _size(spread: Count) -> Count | None:
    if spread.low >= 0:
        return spread
    return -spread if spread.high is not None and spread.high <= 0 else None


def _of_ratio(claim: Claim, ratio: Ratio, what: What) -> str:
    match = _DIGITS.search(ratio.words)
    if match is None or "至少" in ratio.words:
        return ""
    if what.kind == "average":
        return ratio.words + claim.number.measure
    return f"{'约' if '约' in ratio.words or '近' in ratio.words else ''}{match[0]}%"


def _prefix(claim: Claim) -> str:
    """达, 累计 and the like before the number stay; words that make it rough are chosen anew."""
    number = claim.number
    return _MANNERS.sub("", number.text[: number.digits_at - number.start].strip('“”"'))


def _way(before: str) -> tuple[int, int, str] | None:
    """The word of a rise or a fall right before the number."""
    match = _WAY.search(before)
    return None if match is None else (match.start(1), match.end(1), _TURNS[match[1]])
