"""What the data say to the claims of a draft, in the wording of their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reports import wording
from reports.drafts.checking.derived import derived
from reports.drafts.checking.lookups import Ground, asked, look_up
from reports.drafts.checking.outcome import basis_words
from reports.drafts.checking.source import Fact
from reports.drafts.filling.phrases import Phrase, phrase
from reports.drafts.reading.claims import Claim, Interpretation, Unread
from reports.drafts.reading.paragraphs import DraftText
from reports.periods import moment_words

Sort = Literal["已填", "已改", "未填"]


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


@dataclass(frozen=True, slots=True)
class TrueWording:
    """What the data say to a claim, in the wording of its place."""

    reading: Interpretation
    fact: Fact
    said: Phrase


def left_open(place: Claim | Unread, why: str) -> Edit:
    return Edit(
        sort="未填", paragraph=place.paragraph, start=place.start, end=place.end, old=place.words, text=place.words, note=why
    )  # fmt: skip


def edits_of(claim: Claim, answer: TrueWording | str, sort: Sort, ground: Ground) -> Iterator[Edit]:
    """The edit of a claim's words and of what its figure turns beside them."""
    if isinstance(answer, str):
        yield left_open(claim, answer)
        return
    note = _source(answer, claim, ground)
    if answer.said.way is not None:
        from_, to, word = answer.said.way
        yield Edit(
            sort="已改", paragraph=claim.paragraph, start=from_, end=to, old=answer.said.turned, text=word, note=note,
            figure=False,
        )  # fmt: skip
    yield Edit(
        sort=sort,
        paragraph=claim.paragraph,
        start=claim.start,
        end=claim.end,
        old=claim.words,
        text=answer.said.text,
        note=note,
    )


def _source(answer: TrueWording, claim: Claim, ground: Ground) -> str:
    """Where a figure comes from, in one line, and how to see more of it."""
    fact, period = answer.fact, claim.period
    value = "" if fact.value is None else f"{wording.cell(fact.value)}{fact.measure}"
    when = f"{period.title}，" if period else ""
    more = (
        f"“{wording.short(fact.title, 30)}”"
        if fact.title
        else f"--period {period.name if period else ''}"
    )
    until = moment_words(ground.as_of)
    return f"{fact.name} {value}（{when}{basis_words(ground.basis)}，数据截至{until}）。来历：collect explain {more}"


def answers(draft: DraftText, ground: Ground, claims: Sequence[Claim]) -> list[TrueWording | str]:
    """For each claim the first reading that the data answer; else why there is none."""
    wanted = [list(asked(ground, each, every=False)) for each in claims]
    facts = look_up(ground, (keys for each in wanted for _, keys in each))
    found: list[TrueWording | str] = []
    for claim, readings in zip(claims, wanted, strict=True):
        before = draft.paragraphs[claim.paragraph].text[: claim.start]
        tried: list[TrueWording | str] = [_doubt(claim)] if _doubt(claim) else [
            mine
            if isinstance(mine, str)
            else _answer(ground, claim, reading, [facts[each] for each in mine], before)
            for reading, mine in readings
        ]  # fmt: skip
        good = next((each for each in tried if isinstance(each, TrueWording)), None)
        found.append(good or tried[0])
    return found


def _doubt(claim: Claim) -> str:
    """Why nobody would stake a name on the place, whatever the data say."""
    if claim.unsure:
        return f"看不准“{claim.unsure}”指什么"
    if claim.guess:
        return f"没有写明{claim.guess}"
    if claim.planned:
        return "说的是计划或目标"
    return "" if claim.period is not None else "没有写时期：请加 --period"


def _answer(
    ground: Ground, claim: Claim, reading: Interpretation, facts: Sequence[Fact], before: str
) -> TrueWording | str:
    assert claim.period is not None
    fact, ratio = derived(reading.what, facts, claim.period)
    if fact.why or (fact.value is None and ratio is None):
        return fact.why or "没有可以填的数"
    nothing = fact.value is not None and fact.value.exact and fact.value.low == 0
    if nothing and not (claim.number.blank or claim.tellable) and ratio is None:
        return "这一期是 0，请改写这一句"
    marks = ground.centre.thresholds.get(fact.metric, ())
    said = phrase(claim, reading.what, (fact, ratio), marks, before)
    return "数不全，没有恰当的写法" if said is None else TrueWording(reading, fact, said)
