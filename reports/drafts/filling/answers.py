"""What the data say to the claims of a draft, in the wording of their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from adapters.records import Count
from reports import wording
from reports.drafts.checking.lookups import Found, Ground, find
from reports.drafts.checking.outcome import basis_words
from reports.drafts.checking.source import Fact, Ratio
from reports.drafts.checking.verdicts import in_doubt, in_words
from reports.drafts.reading.claims import Claim, Unread
from reports.drafts.reading.numbers import Number
from reports.drafts.reading.paragraphs import DraftText
from reports.drafts.reading.words import BEFORE, any_of
from reports.periods import moment_words

Sort = Literal["已填", "已改", "未填"]
_MANNERS = re.compile(any_of(BEFORE))
#: Words of a rise and those of a fall, each with its turn.
_RISES = {
    "增长": "下降", "增加": "减少", "上升": "下降", "提升": "下降", "提高": "降低", "新增": "减少", "净增": "净减", "多": "少",
}  # fmt: skip
_TURNS = _RISES | {
    "下降": "增长", "减少": "增加", "下滑": "上升", "降低": "提高", "回落": "回升", "净减": "净增", "少": "多",
}  # fmt: skip
_WAY = re.compile(rf"({any_of(_TURNS)})了?[^，；。、]{{0,4}}$")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A place of a paragraph: ``text`` stands there now in place of ``old``; a place left open keeps its text.
    ``note``: where the figure comes from, or why the place stays open. ``figure``: it holds a figure that is checked."""

    sort: Sort
    paragraph: int
    start: int
    end: int
    old: str
    text: str
    note: str
    figure: bool = True


#: What is found of a claim, how its place says it, and the edit of the word of a rise or a fall that turns.
_Answer = tuple[Fact, str, Edit | None]


def _edit(sort: Sort, place: Claim | Unread, text: str, note: str) -> Edit:
    return Edit(
        sort=sort, paragraph=place.paragraph, start=place.start, end=place.end, old=place.words, text=text, note=note
    )  # fmt: skip


def left_open(place: Claim | Unread, why: str) -> Edit:
    return _edit("未填", place, place.words, why)


def answers(
    draft: DraftText, ground: Ground, claims: Sequence[Claim], sort: Sort
) -> Iterator[tuple[Fact | None, list[Edit]]]:
    """For each claim the first reading that the data answer, with the edits of its place and of the word beside it that
    its figure turns; else its place is left open."""
    for claim, found in zip(claims, find(ground, claims, every=False), strict=True):
        doubt = _doubt(claim)
        before = draft.paragraphs[claim.paragraph].text[: claim.start]
        tried = [doubt] if doubt else [_answer(ground, claim, each, before) for each in found]
        good = next((each for each in tried if not isinstance(each, str)), tried[0])
        if isinstance(good, str):
            yield None, [left_open(claim, good)]
            continue
        fact, text, turned = good
        note = _source(fact, claim, ground)
        beside = [] if turned is None else [replace(turned, note=note)]
        yield fact, [*beside, _edit(sort, claim, text, note)]


def _source(fact: Fact, claim: Claim, ground: Ground) -> str:
    """Where a figure comes from, in one line, and how to see more of it."""
    period = claim.period
    value = "" if fact.value is None else f"{wording.cell(fact.value)}{fact.measure}"
    when, name = (f"{period.title}，", period.name) if period else ("", "")
    more = f"“{wording.short(fact.title, 30)}”" if fact.title else f"--period {name}"
    until = moment_words(ground.as_of)
    return f"{fact.name} {value}（{when}{basis_words(ground.basis)}，数据截至{until}）。来历：collect explain {more}"


def _doubt(claim: Claim) -> str:
    """Why nobody would stake a name on the place, whatever the data say."""
    if doubt := in_doubt(claim):
        return doubt.removeprefix("稿件")
    if claim.planned:
        return "说的是计划或目标"
    return "" if claim.period is not None else "没有写时期：请加 --period"


def _answer(ground: Ground, claim: Claim, found: Found, before: str) -> _Answer | str:
    """How the place says the figure, or why it cannot. ``before``: the paragraph up to the claim."""
    fact, kind = found.fact, found.reading.what.kind
    if fact.why or (fact.value is None and fact.ratio is None):
        return fact.why or "没有可以填的数"
    nothing = fact.value is not None and fact.value.exact and fact.value.low == 0
    if nothing and not (claim.number.blank or claim.tellable) and fact.ratio is None:
        return "这一期是 0，请改写这一句"
    falls = _is_fall(fact, kind)
    turns = (claim.gain or claim.falls) and falls is not None and falls is not claim.falls
    turned = _turned(claim, before) if turns else None
    said = _phrase(claim, fact, kind, ground.centre.thresholds.get(fact.metric, ()))
    if not said or (turns and turned is None):
        return "数不全，没有恰当的写法"
    return fact, said, turned


def _phrase(claim: Claim, fact: Fact, kind: str, marks: Iterable[int]) -> str:
    """The figure in the words of its place; empty where no true phrase fits."""
    number = claim.number
    if number.manner == "reach":  # 突破X万 is filled with 超
        claim = replace(claim, number=replace(number, manner="over"))
    size: Count | None = fact.value
    if fact.ratio is not None:
        said = _of_ratio(number, fact.ratio, kind)
    else:
        if size is not None and (claim.gain or claim.falls):
            size = _size(size)
        if fact.value is not None and claim.tellable and kind == "hits":
            size = Count(fact.value.low)
        said = "" if size is None else in_words(claim, fact, size, marks, number.measure)
    # 达, 累计 and the like before the number stay; words that make it rough are chosen anew
    lead = number.text[: number.digits_at - number.start].strip('“”"')
    return _MANNERS.sub("", lead) + said if said else ""


def _is_fall(fact: Fact, kind: str) -> bool | None:
    """Whether the figure is a fall; None where that is not known."""
    if fact.ratio is not None:
        known = kind == "percent" and None not in (fact.ratio.low, fact.ratio.high)
        return fact.ratio.high < 0 if known and fact.ratio.high is not None else None
    if fact.value is None:
        return None
    if fact.value.high is not None and fact.value.high < 0:
        return True
    return False if fact.value.low >= 0 else None


def _size(value: Count) -> Count | None:
    if value.low >= 0:
        return value
    return -value if value.high is not None and value.high <= 0 else None


def _of_ratio(number: Number, ratio: Ratio, kind: str) -> str:
    match = _DIGITS.search(ratio.words)
    if match is None or "至少" in ratio.words:
        return ""
    if kind == "average":
        return ratio.words + number.measure
    return f"{'约' if '约' in ratio.words or '近' in ratio.words else ''}{match[0]}%"


def _turned(claim: Claim, before: str) -> Edit | None:
    """The word of a rise or a fall right before the number, turned."""
    match = _WAY.search(before)
    return None if match is None else Edit(
        sort="已改", paragraph=claim.paragraph, start=match.start(1), end=match.end(1), old=match[1],
        text=_TURNS[match[1]], note="", figure=False,
    )  # fmt: skip
