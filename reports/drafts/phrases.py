"""A true figure in the wording of a place: the draft's own words where they are true of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.records import Count
from reports import wording
from reports.drafts.checking import Range, ratio_words
from reports.drafts.claims import Claim, What
from reports.drafts.numbers import PREFIXES
from reports.drafts.source import Fact
from reports.wording import Word

_WORDS: dict[str, Word] = {"about": "约", "near": "近", "over": "超", "reach": "超", "some": "余"}
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
    claim: Claim,
    what: What,
    found: tuple[Fact, Range | None],
    facts: Sequence[Fact],
    marks: Iterable[int],
    before: str,
) -> Phrase | None:
    """How the place says the figure; None where no true phrase fits. ``before``: the paragraph up to the claim."""
    fact, ratio = found
    falls = _is_fall(ratio, fact, what)
    turned = bool(claim.gain or claim.falls) and falls is not None and falls is not claim.falls
    way = _way(before) if turned else None
    if turned and way is None:
        return None
    if ratio is not None:
        said = _of_ratio(claim, ratio, facts, what)
    elif fact.value is None:
        return None
    else:
        spread = _size(fact.value) if claim.gain or claim.falls else fact.value
        if claim.tellable and what.kind == "hits":
            spread = Count(fact.value.low)
        said = "" if spread is None else _of_number(claim, fact, spread, marks)
    return (
        Phrase(_prefix(claim) + said, way, before[way[0] : way[1]] if way else "") if said else None
    )


def _is_fall(ratio: Range | None, fact: Fact, what: What) -> bool | None:
    """Whether the figure is a fall; None where that is not known."""
    if ratio is not None and what.kind == "percent":
        return None if None in ratio else (ratio[1] or 0) < 0
    if ratio is not None or fact.value is None:
        return None
    if fact.value.high is not None and fact.value.high < 0:
        return True
    return False if fact.value.low >= 0 else None


def _size(spread: Count) -> Count | None:
    if spread.low >= 0:
        return spread
    return -spread if spread.high is not None and spread.high <= 0 else None


def _of_ratio(claim: Claim, ratio: Range, facts: Sequence[Fact], what: What) -> str:
    words = ratio_words(what, ratio, facts)
    match = _DIGITS.search(words)
    if match is None or "至少" in words:
        return ""
    if what.kind == "average":
        return words + claim.number.measure
    return f"{'约' if '约' in words or '近' in words else ''}{match[0]}%"


def _of_number(claim: Claim, fact: Fact, spread: Count, marks: Iterable[int]) -> str:
    """A count in full or with 余; other figures with the draft's word, in its measure."""
    number = claim.number
    measure = number.measure
    if fact.measure in ("条", "篇", "场", "期", "个") or fact.metric == "comments":
        if number.manner == "some" and spread.exact:
            return wording.roughly(spread.low, measure)
        return wording.count(spread, measure)
    word = _WORDS.get(number.manner)
    if word is not None:
        return wording.asked(word, spread, marks, measure)
    return (wording.single if fact.single else wording.total)(spread, marks, measure)


def _prefix(claim: Claim) -> str:
    """达, 累计 and the like before the number stay; words that make it rough are chosen anew."""
    number = claim.number
    return _MANNERS.sub("", number.text[: number.digits_at - number.start].strip('“”"'))


def _way(before: str) -> tuple[int, int, str] | None:
    """The word of a rise or a fall right before the number."""
    match = _WAY.search(before)
    return None if match is None else (match.start(1), match.end(1), _TURNS[match[1]])
