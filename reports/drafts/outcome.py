"""A whole check: from a draft to what is said of it, in words and as data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from reports.drafts.checking import OUTCOMES, Checked, check
from reports.drafts.claims import Claim, Unread
from reports.drafts.contradictions import Contradiction, contradictions
from reports.drafts.lookups import Question, names_of
from reports.drafts.paragraphs import Draft, Paragraph
from reports.drafts.reading import read
from reports.drafts.sentence import Reader
from reports.drafts.spans import Frame, find_all
from reports.drafts.subjects import Lexicon, Subject, lexicon
from reports.drafts.text import fold
from reports.periods import Period, moment_words

_PASSED = {True: "（像是传播数据，写法没有读懂，请自行核对）", False: "不是传播数据，没有核对"}
_BASES = {"published": "按发布统计", "gained": "按增量统计"}
#: Paragraphs at the front in which a title may name the period.
_FRONT = 30
#: Paragraphs in which any period is looked for.
_SEEKING = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything said of a draft, in its order."""

    draft: Draft
    period: Period | None
    question: Question
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

    def place(self, claim: Claim) -> str:
        return self.draft.paragraphs[claim.paragraph].place


def verify(draft: Draft, question: Question, *, period: Period | None, today: date) -> Outcome:
    """Reads a draft's claims and compares them. ``period``: of the draft where its title names none that holds;
    None: the first that it names. Raises nothing for odd drafts: what is not understood is no claim."""
    wanted = period or named_period(draft, today)
    claims, unread = read_claims(draft, question, wanted, today)
    checked = tuple(check(question, claims))
    return Outcome(
        draft=draft,
        period=wanted,
        question=question,
        checked=checked,
        contradictions=tuple(_doubtful(contradictions(claims), checked)),
        unread=tuple(unread),
    )


def _doubtful(
    found: Iterable[Contradiction], checked: Sequence[Checked]
) -> Iterator[Contradiction]:
    """What the data say is true cannot contradict itself: the words were read wrongly."""
    for each in found:
        if any(checked[place].outcome != "属实" for place in each.claims):
            yield each


def read_claims(
    draft: Draft, question: Question, period: Period | None, today: date
) -> tuple[list[Claim], list[Unread]]:
    words = lexicon(question.centre, *names_of(question))
    words = _foreign(draft, words, question.centre.name)
    reader = Reader(words, Frame(period, today))
    for number, each in enumerate(draft.paragraphs):
        _read(reader, number, each)
    return reader.claims, reader.unread


_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[、）)]")
_CENTRE = re.compile(r"(?:关于)?([\u4e00-\u9fff]{2,7}[县区市旗州])融媒体?中心")


def _foreign(draft: Draft, words: Lexicon, own: str) -> Lexicon:
    """A draft whose front names another centre speaks of that one: everything together is not ours."""
    for each in draft.paragraphs[:_FRONT]:
        named = _CENTRE.match(each.text.strip())
        if own in each.text:
            return words
        if named is None or named[1][:2] in ("我们", "本县", "全县") or named[1] in own:
            continue
        theirs = Subject(kind="unknown", words=named[0])
        subjects = {
            word: tuple(
                one
                if one.kind in ("account", "topic")
                else replace(
                    theirs, words=f"{theirs.words}的{word}" if one.platform else theirs.words
                )
                for one in found
            )
            for word, found in words.subjects.items()
        }
        return replace(words, subjects=subjects, total=theirs)
    return words


def _read(reader: Reader, number: int, paragraph: Paragraph) -> None:
    """A table's cell is read with its heading, its unit behind it; its claims then point into the cell alone."""
    before, after = paragraph.before, paragraph.after
    whole = f"{before}{paragraph.text}{after}"
    at, passed = len(reader.claims), len(reader.unread)
    headed = reader.headed
    if paragraph.heading or before:
        reader.headed = ()
    reader.in_heading = paragraph.heading and not number
    read(reader, number, fold(whole), whole, len(before))
    if paragraph.heading:
        part = number or paragraph.level > 1 or _NUMBERED.match(paragraph.text)
        named = reader.named[-1] if reader.named and part else ()
        reader.headed = tuple(each for each in named if each.kind != "total")
        if part:  # the draft's title is not a heading of a part
            _head(reader, paragraph)
    if before:
        label = "" if reader.named else before
        reader.claims[at:] = [_moved(each, paragraph, label) for each in reader.claims[at:]]
        reader.headed = headed
        del reader.unread[passed:]


def _head(reader: Reader, paragraph: Paragraph) -> None:
    """A heading's period holds for what stands under it, up to the next heading that is not below it."""
    found = find_all(fold(paragraph.text).plain, reader.frame)
    period = next((each.period for _, each in found if each.period), None)
    if period is not None and not period.is_day:
        reader.under, reader.level = period, paragraph.level
    elif paragraph.level <= reader.level:
        reader.under = None


def _moved(claim: Claim, paragraph: Paragraph, label: str) -> Claim:
    """A cell's claim as of the cell; ``label``: its row where that names nobody."""
    shift, length = len(paragraph.before), len(paragraph.text)
    start = min(max(claim.start - shift, 0), length)
    end = min(max(claim.end - shift, start), length)
    words = paragraph.text[start:end].strip() or paragraph.text.strip()
    number = claim.number
    rounded = (
        paragraph.after[:1] in ("万", "亿") or number.step > 1
    )  # a table shows rounded numbers
    shared = "about" if rounded and number.manner == "plain" else claim.shared
    known = claim.readings[0].what.kind == "placements" and claim.readings[0].what.name
    unsure = claim.unsure or ("" if known else label)
    return replace(claim, start=start, end=end or length, words=words, shared=shared, unsure=unsure)


def named_period(draft: Draft, today: date) -> Period | None:
    """The first period with its year that the draft's front names; else the first one at all."""
    first: Period | None = None
    for number, paragraph in enumerate(draft.paragraphs[:_SEEKING]):
        if number >= _FRONT and first is not None:
            break
        for _, found in find_all(fold(paragraph.text).plain, Frame(None, today)):
            if found.period is None or found.period.is_day:
                continue
            if found.named:
                return found.period
            first = first or found.period
    return first


def lines(outcome: Outcome, name: str) -> Iterator[str]:
    """What a person reads: every claim in the draft's order, contradictions, a count."""
    question = outcome.question
    when = outcome.period.title if outcome.period else "（没有写时期）"
    yield f"核对：{name}　{when}，{basis_words(question.basis)}，数据截至{moment_words(question.as_of)}"
    last: tuple[int, str] | None = None
    for number, each in enumerate(outcome.checked, 1):
        claim = each.claim
        if (claim.paragraph, claim.sentence) != last:
            last = (claim.paragraph, claim.sentence)
            yield ""
            yield f"{outcome.place(claim)}　{_short(claim.sentence)}"
        yield f"  {number}. {' '.join(said(each, outcome.period, question.basis))}"
    left = [each for each in outcome.unread if each.reach]
    if left:
        yield ""
        yield "未读（写法没有读懂）："
        for passed in left:
            yield f"  {outcome.draft.paragraphs[passed.paragraph].place}　{passed.words}"
    if outcome.contradictions:
        yield ""
        yield "稿件自相矛盾："
        for found in outcome.contradictions:
            places = "、".join(
                dict.fromkeys(outcome.place(outcome.checked[at].claim) for at in found.claims)
            )
            yield f"  {places}　{found.text}"
    yield ""
    yield summary(outcome)


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
    if each.period and (period is None or each.period != period.title):
        yield f"（按{each.period}核对）"
    if each.basis and each.basis != basis:
        yield f"（{basis_words(each.basis)}）"
    if each.notes:
        yield f"〔{'；'.join(each.notes)}〕"


def summary(outcome: Outcome) -> str:
    counts = outcome.counts
    if not outcome.checked:
        text = "没有找到可以核对的数字"
    else:
        text = f"共{len(outcome.checked)}处：" + "，".join(
            f"{name}{n}处" for name, n in counts.items()
        )
    text += f"；自相矛盾{len(outcome.contradictions)}处。"
    for reach, before in ((True, "未读"), (False, "另有")):
        words = [each.words for each in outcome.unread if each.reach is reach]
        shown = "、".join(list(dict.fromkeys(words))[:12]) + ("等" if len(set(words)) > 12 else "")
        if words:
            text += f"{before}{len(words)}处{_PASSED[reach]}：{shown}。"
    return text


def _short(sentence: str) -> str:
    plain = " ".join(sentence.split())
    return plain if len(plain) <= 120 else f"{plain[:120]}…"


def basis_words(basis: str) -> str:
    """按发布统计, 按满7天统计."""
    return _BASES.get(basis) or f"按满{basis.partition(':')[2]}天统计"


def as_data(outcome: Outcome, name: str) -> dict[str, Any]:
    """The same for programs. Times are ISO, in Shanghai."""
    question = outcome.question
    return {
        "draft": name,
        "period": None if outcome.period is None else outcome.period.name,
        "basis": question.basis,
        "as_of": question.as_of.isoformat(),
        "known_by": question.known_by.isoformat(),
        "claims": [_claim_data(each, outcome) for each in outcome.checked],
        "contradictions": [
            {"claims": list(each.claims), "text": each.text} for each in outcome.contradictions
        ],
        **{
            name: [
                {"place": outcome.draft.paragraphs[each.paragraph].place, "words": each.words}
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
        "basis": each.basis or outcome.question.basis,
        "verdict": each.outcome,
        "checked": each.name,
        "true": each.true or None,
        "suggestion": each.suggestion or None,
        "why": each.why or None,
        "notes": list(each.notes),
    }


def comment(each: Checked) -> str:
    """A claim's outcome as a comment beside it."""
    return " ".join(said(each, None, each.basis or ""))


def comments(outcome: Outcome) -> Iterator[tuple[int, int, int, str]]:
    """(paragraph, start, end, text) of every comment: outcomes, then contradictions at their last claim."""
    for each in outcome.checked:
        claim = each.claim
        yield claim.paragraph, claim.start, claim.end, comment(each)
    for found in outcome.contradictions:
        claim = outcome.checked[max(found.claims)].claim
        yield claim.paragraph, claim.start, claim.end, f"【自相矛盾】{found.text}"
