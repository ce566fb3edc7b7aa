"""A whole check: from a draft to what is said of it, in words and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports import wording
from reports.drafts.checking.contradictions import Contradiction, contradictions
from reports.drafts.checking.lookups import Ground, words_of
from reports.drafts.checking.verdicts import OUTCOMES, Checked, check
from reports.drafts.reading.claims import Claim, Unread
from reports.drafts.reading.paragraphs import DraftText
from reports.drafts.reading.reader import named_period, read_draft
from reports.periods import Period, moment_words

_PASSED = {True: "（像是传播数据，写法没有读懂，请自行核对）", False: "不是传播数据，没有核对"}
_BASES = {"published": "按发布统计", "gained": "按增量统计"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything said of a draft, in its order."""

    draft: DraftText
    period: Period | None
    ground: Ground
    checked: tuple[Checked, ...]
    contradictions: tuple[Contradiction, ...]
    unread: tuple[Unread, ...]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(each.outcome for each in self.checked)
        return {name: found[name] for name in OUTCOMES}

    @property
    def clean(self) -> bool:
        """Nothing false, nothing wrongly put and nothing contradictory."""
        return not (self.counts["不符"] or self.counts["应改写法"] or self.contradictions)

    def place(self, claim: Claim | Unread) -> str:
        return self.draft.paragraphs[claim.paragraph].place


def verify(draft: DraftText, ground: Ground, *, period: Period | None, today: date) -> Outcome:
    """Reads a draft's claims and compares them. ``period``: of the draft where its title names none that holds;
    None: the first that it names. Raises nothing for odd drafts: what is not understood is no claim."""
    wanted = period or named_period(draft, today)
    claims, unread = read_draft(draft, words_of(ground), wanted, today)
    checked = tuple(check(ground, claims))
    # what the data say is true cannot contradict itself: the words were read wrongly
    doubtful = [
        each
        for each in contradictions(claims)
        if any(checked[place].outcome != "属实" for place in each.claims)
    ]
    return Outcome(
        draft=draft,
        period=wanted,
        ground=ground,
        checked=checked,
        contradictions=tuple(doubtful),
        unread=tuple(unread),
    )


def lines(outcome: Outcome, name: str) -> Iterator[str]:
    """What a person reads: every claim in the draft's order, contradictions, a count."""
    ground = outcome.ground
    when = outcome.period.title if outcome.period else "（没有写时期）"
    yield f"核对：{name}　{when}，{basis_words(ground.basis)}，数据截至{moment_words(ground.as_of)}"
    last: tuple[int, str] | None = None
    for number, each in enumerate(outcome.checked, 1):
        claim = each.claim
        if (claim.paragraph, claim.sentence) != last:
            last = (claim.paragraph, claim.sentence)
            yield from (
                "",
                f"{outcome.place(claim)}　{wording.short(' '.join(claim.sentence.split()), 120)}",
            )
        yield f"  {number}. {' '.join(said(each, outcome.period, ground.basis))}"
    left = [f"  {outcome.place(each)}　{each.words}" for each in outcome.unread if each.reach]
    wrong = [
        f"  {'、'.join(dict.fromkeys(outcome.place(outcome.checked[at].claim) for at in found.claims))}　{found.text}"
        for found in outcome.contradictions
    ]
    for head, told in (("未读（写法没有读懂）：", left), ("稿件自相矛盾：", wrong)):
        if told:
            yield from ("", head, *told)
    yield from ("", summary(outcome))


def said(each: Checked, period: Period | None, basis: str) -> Iterator[str]:
    """【不符】约160万人次 ← 云岭发布：阅读量 268263人次；可写…"""
    yield f"【{each.outcome}】{each.claim.words}（{each.name}）"
    if each.outcome in ("不符", "应改写法"):
        yield f"应为{each.true}" if each.true else each.why
    elif each.outcome == "属实":
        yield f"数据为{each.true}"
    else:
        yield each.why
    if each.suggestion:
        yield f"可写：{each.suggestion}"
    found = each.found
    if found.period and (period is None or found.period.title != period.title):
        yield f"（按{found.period.title}核对）"
    if found.basis and found.basis != basis:
        yield f"（{basis_words(found.basis)}）"
    if found.fact.notes:
        yield f"〔{'；'.join(found.fact.notes)}〕"


def summary(outcome: Outcome) -> str:
    text = "没有找到可以核对的数字"
    if outcome.checked:
        counts = "，".join(f"{name}{number}处" for name, number in outcome.counts.items())
        text = f"共{len(outcome.checked)}处：{counts}"
    text += f"；自相矛盾{len(outcome.contradictions)}处。"
    for reach, before in ((True, "未读"), (False, "另有")):
        words = [each.words for each in outcome.unread if each.reach is reach]
        shown = "、".join(list(dict.fromkeys(words))[:12]) + ("等" if len(set(words)) > 12 else "")
        if words:
            text += f"{before}{len(words)}处{_PASSED[reach]}：{shown}。"
    return text


def basis_words(basis: str) -> str:
    """按发布统计, 按满7天统计."""
    return _BASES.get(basis) or f"按满{basis.partition(':')[2]}天统计"


def as_data(outcome: Outcome, name: str) -> dict[str, Any]:
    """The same for programs. Times are ISO, in Shanghai."""
    ground = outcome.ground
    return {
        "draft": name,
        "period": None if outcome.period is None else outcome.period.name,
        "basis": ground.basis,
        "as_of": ground.as_of.isoformat(),
        "known_by": ground.known_by.isoformat(),
        "claims": [_claim_data(each, outcome) for each in outcome.checked],
        "contradictions": [
            {"claims": list(each.claims), "text": each.text} for each in outcome.contradictions
        ],
        **{
            name: [
                {"place": outcome.place(each), "words": each.words}
                for each in outcome.unread
                if each.reach is reach
            ]
            for name, reach in (("unread", True), ("ignored", False))
        },
        "counts": {**outcome.counts, "自相矛盾": len(outcome.contradictions)},
    }


def _claim_data(each: Checked, outcome: Outcome) -> dict[str, Any]:
    claim, subject, what = each.claim, each.reading.subject, each.reading.what
    return {
        "place": outcome.place(claim),
        "sentence": claim.sentence,
        "words": claim.words,
        "subject": subject.words,
        "accounts": list(subject.accounts),
        "topic": subject.topic or None,
        "what": what.kind,
        "metric": what.metric or None,
        "threshold": what.threshold or None,
        "name": what.name or None,
        "qualifier": claim.number.manner,
        "number": claim.number.value,
        "unit": claim.number.measure,
        "period": None if claim.period is None else claim.period.name,
        "basis": each.found.basis or outcome.ground.basis,
        "verdict": each.outcome,
        "checked": each.name,
        "true": each.true or None,
        "suggestion": each.suggestion or None,
        "why": each.why or None,
        "notes": list(each.found.fact.notes),
    }


def comment(each: Checked) -> str:
    """A claim's outcome as a comment beside it."""
    return " ".join(said(each, None, each.found.basis))


def comments(outcome: Outcome) -> Iterator[tuple[int, int, int, str]]:
    """(paragraph, start, end, text) of every comment: outcomes, then contradictions at their last claim."""
    for each in outcome.checked:
        claim = each.claim
        yield claim.paragraph, claim.start, claim.end, comment(each)
    for found in outcome.contradictions:
        claim = outcome.checked[max(found.claims)].claim
        yield claim.paragraph, claim.start, claim.end, f"【自相矛盾】{found.text}"
