"""True figures put into a draft: into its blanks, or in place of those of an earlier period.

What is asked is read by the same grammar as in a check; what the program would not stake its name on stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from reports import wording
from reports.drafts.checking import Checked, check, derived
from reports.drafts.claims import Claim, Reading, What
from reports.drafts.lookups import Question, bases_of, keys_of, look_up, readings_of
from reports.drafts.outcome import basis_words, named_period, read_claims
from reports.drafts.paragraphs import Draft
from reports.drafts.phrases import Phrase, phrase
from reports.drafts.source import Fact, title_of
from reports.drafts.spans import Frame, find
from reports.drafts.text import fold
from reports.periods import Period, moment_words, parse_period

Sort = Literal["已填", "已改", "未填"]
#: Behind a place that stays open, in a text that takes no comments.
OPEN_MARK = "〔待填〕"
_BLANK = re.compile(r"[XxＸｘ×✕□]|[_＿]{2}|【\s*】|（\s*）|\(\s*\)|^[万亿千百]")
#: Of how many posts a named one is looked for by its rank.
_RANKS = 5
_YEARS = re.compile(r"20\d{2}(?=$|-|Q|H)")


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
class _Answer:
    """What the data say to a claim, in the wording of its place."""

    reading: Reading
    fact: Fact
    said: Phrase


def fill(
    draft: Draft,
    question: Question,
    *,
    period: Period | None,
    today: date,
    since: Period | None = None,
) -> list[Edit]:
    """The edits of a draft in its order; a figure that is not 属实 once it is written stays open. ``since``: the period
    of a text that is to be brought to ``period``."""
    period = period or named_period(draft, today)
    if since is not None and period is not None:
        edits = list(_renewed(draft, question, since, period, today))
    else:
        edits = list(_blanks(draft, question, period, today))
    edits = _apart(edits)
    for _ in range(2):  # what is taken back may leave others without their ground
        doubted = _doubted(draft, edits, question, period, today)
        if not doubted:
            break
        edits = [
            _opened(each, "填入后核对不是属实，没有填") if at in doubted else each
            for at, each in enumerate(edits)
        ]
    return edits


def _apart(edits: Sequence[Edit]) -> list[Edit]:
    """In the draft's order; of places that overlap, and of one said twice, the first that holds a figure."""
    found: list[Edit] = []
    for each in sorted(edits, key=lambda one: (one.paragraph, one.start, not one.figure)):
        last = found[-1] if found else None
        if last is not None and last.paragraph == each.paragraph and each.start < last.end:
            continue
        found.append(each)
    return found


def _opened(edit: Edit, why: str) -> Edit:
    return replace(edit, sort="未填", text=edit.old, note=why)


def written(text: str, edits: Sequence[Edit]) -> str:
    """A paragraph with its edits."""
    for each in sorted(edits, key=lambda one: one.start, reverse=True):
        text = text[: each.start] + each.text + text[each.end :]
    return text


def filled(draft: Draft, edits: Sequence[Edit]) -> Draft:
    """The draft with all edits."""
    by_paragraph: dict[int, list[Edit]] = {}
    for each in edits:
        by_paragraph.setdefault(each.paragraph, []).append(each)
    made = [
        replace(each, text=written(each.text, by_paragraph.get(at, ())))
        for at, each in enumerate(draft.paragraphs)
    ]
    return replace(draft, paragraphs=tuple(made))


def _doubted(
    draft: Draft, edits: Sequence[Edit], question: Question, period: Period | None, today: date
) -> set[int]:
    """The places in ``edits`` of figures that are not 属实 in the filled draft."""
    claims, _ = read_claims(filled(draft, edits), question, period, today)
    checked = check(question, claims)
    found = set()
    shift: dict[int, int] = {}
    for at, each in enumerate(edits):
        moved = each.start + shift.get(each.paragraph, 0)
        shift[each.paragraph] = shift.get(each.paragraph, 0) + len(each.text) - len(each.old)
        if each.sort == "未填" or not each.figure:
            continue
        if not any(_is_true(one, each.paragraph, moved, moved + len(each.text)) for one in checked):
            found.add(at)
    return found


def _is_true(checked: Checked, paragraph: int, start: int, end: int) -> bool:
    claim = checked.claim
    there = claim.paragraph == paragraph and claim.start < end and claim.end > start
    return there and checked.outcome == "属实"


def _blanks(draft: Draft, question: Question, period: Period | None, today: date) -> Iterator[Edit]:
    """A text that names another period of the same sort is brought to ``period`` with its words of time."""
    named = named_period(draft, today) or period
    claims, unread = read_claims(draft, question, named, today)
    asked = [each for each in claims if each.number.blank]
    if named is not None and period is not None and named != period:
        asked = [
            _shifted(each, each.readings, named, period) or replace(each, period=None)
            for each in asked
        ]
        yield from _times(draft, named, period, today)
    for claim, answer in zip(asked, _answers(draft, question, asked), strict=True):
        yield from _edits(claim, answer, "已填", question)
    for passed in unread:
        if _BLANK.search(passed.words) and not re.search(r"\d", passed.words):
            why = "写法没有读懂，请自己填" if passed.reach else "问的不是采集的传播数据"
            yield _left(passed.paragraph, passed.start, passed.end, passed.words, why)


def _left(paragraph: int, start: int, end: int, words: str, why: str) -> Edit:
    return Edit(
        sort="未填", paragraph=paragraph, start=start, end=end, old=words, text=words, note=why
    )


def _edits(claim: Claim, answer: _Answer | str, sort: Sort, question: Question) -> Iterator[Edit]:
    """The edit of a claim's words and of what its figure turns beside them."""
    start, end = claim.start, claim.end
    if isinstance(answer, str):
        yield _left(claim.paragraph, start, end, claim.words, answer)
        return
    note = _source(answer, claim, question)
    if answer.said.way is not None:
        from_, to, word = answer.said.way
        yield Edit(
            sort="已改", paragraph=claim.paragraph, start=from_, end=to, old=answer.said.turned, text=word, note=note,
            figure=False,
        )  # fmt: skip
    yield Edit(
        sort=sort,
        paragraph=claim.paragraph,
        start=start,
        end=end,
        old=claim.words,
        text=answer.said.text,
        note=note,
    )


def _source(answer: _Answer, claim: Claim, question: Question) -> str:
    """Where a figure comes from, in one line, and how to see more of it."""
    fact, period = answer.fact, claim.period
    value = "" if fact.spread is None else f"{wording.cell(fact.spread)}{fact.measure}"
    when = f"{period.title}，" if period else ""
    more = (
        f"“{wording.short(fact.title, 30)}”"
        if fact.title
        else f"--period {period.name if period else ''}"
    )
    until = moment_words(question.as_of)
    return f"{fact.name} {value}（{when}{basis_words(question.basis)}，数据截至{until}）。来历：collect explain {more}"


def _answers(draft: Draft, question: Question, claims: Sequence[Claim]) -> list[_Answer | str]:
    """For each claim the first reading that the data answer; else why there is none."""
    asked = [
        [
            (reading, keys_of(question, claim, reading, bases_of(question, claim, reading)[-1]))
            for reading in readings_of(question, claim)
        ]
        for claim in claims
    ]
    keys = [key for each in asked for _, mine in each if not isinstance(mine, str) for key in mine]
    facts = look_up(question, keys)
    found: list[_Answer | str] = []
    for claim, readings in zip(claims, asked, strict=True):
        before = draft.paragraphs[claim.paragraph].text[: claim.start]
        answers: list[_Answer | str] = [
            mine
            if isinstance(mine, str)
            else _answer(question, claim, reading, [facts[each] for each in mine], before)
            for reading, mine in readings
        ]
        why = _doubt(claim) or next((each for each in answers if isinstance(each, str)), "")
        good = (
            None
            if _doubt(claim)
            else next((each for each in answers if isinstance(each, _Answer)), None)
        )
        found.append(good or why)
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
    question: Question, claim: Claim, reading: Reading, facts: Sequence[Fact], before: str
) -> _Answer | str:
    assert claim.period is not None
    fact, ratio = derived(reading.what, facts, claim.period)
    if fact.why or (fact.spread is None and ratio is None):
        return fact.why or "没有可以填的数"
    marks = question.centre.thresholds.get(fact.metric, ())
    said = phrase(claim, reading.what, (fact, ratio), facts, marks, before)
    return "数不全，没有恰当的写法" if said is None else _Answer(reading, fact, said)


def _renewed(
    draft: Draft, question: Question, since: Period, period: Period, today: date
) -> Iterator[Edit]:
    """Figures that the earlier period's data confirm, brought to the new one; titles and words of time with them."""
    claims, _ = read_claims(draft, question, since, today)
    sure: list[tuple[Claim, Claim]] = []
    then = check(question, claims)
    ranks = _ranks(question, then)
    for at, each in enumerate(then):
        claim = each.claim
        moved = _shifted(claim, (_by_rank(each.reading, ranks.get(at)),), since, period)
        if each.outcome not in ("属实", "应改写法"):
            yield _left(
                claim.paragraph,
                claim.start,
                claim.end,
                claim.words,
                "按上一期的数据不能证实，没有改",
            )
        elif moved is None:
            yield _left(
                claim.paragraph, claim.start, claim.end, claim.words, "说的是另外的时间，没有改"
            )
        else:
            sure.append((claim, moved))
    for (claim, moved), answer in zip(
        sure, _answers(draft, question, [each for _, each in sure]), strict=True
    ):
        yield from _edits(moved, answer, "已改", question)
        if isinstance(answer, _Answer):
            yield from _titles(draft, claim, answer)
    yield from _times(draft, since, period, today)


def _shifted(
    claim: Claim, readings: tuple[Reading, ...], since: Period, period: Period
) -> Claim | None:
    """The claim as of the new period; None where its time lies elsewhere."""
    when, against = (
        None if each is None else _later(each, since, period)
        for each in (claim.period, claim.against)
    )
    if when is None or (claim.against is not None and against is None):
        return None
    return replace(claim, period=when, against=against, readings=readings)


def _later(when: Period, since: Period, period: Period) -> Period | None:
    """A time of the earlier text as of the new one: the period itself, or as many years on. A day is of its event."""
    if when == since:
        return period
    years = period.start.year - since.start.year
    alike = _YEARS.sub(lambda match: str(int(match[0]) + years), since.name) == period.name
    if not (years and alike) or (when.end - when.start).days <= 1:
        return None
    return parse_period(_YEARS.sub(lambda match: str(int(match[0]) + years), when.name))


def _ranks(question: Question, checked: Sequence[Checked]) -> dict[int, int]:
    """Which of its accounts' works a work named by its title was, by the metric that the claim states."""
    asked = {
        (at, rank): keys_of(question, each.claim, _by_rank(each.reading, rank), question.basis)
        for at, each in enumerate(checked)
        if each.reading.what.kind == "post" and each.claim.period
        for rank in range(1, _RANKS + 1)
    }
    facts = look_up(
        question, [key for keys in asked.values() if not isinstance(keys, str) for key in keys]
    )
    found: dict[int, int] = {}
    for (at, rank), keys in asked.items():
        wanted = title_of(checked[at].reading.what.name.removesuffix("…"))
        if not isinstance(keys, str) and title_of(facts[keys[0]].title).startswith(wanted):
            found.setdefault(at, rank)
    return found


def _by_rank(reading: Reading, rank: int | None) -> Reading:
    """The work of that rank in place of the one that is named; the best one whatever its title."""
    what = reading.what
    if what.kind == "post" and rank is not None:
        return replace(reading, what=What(kind="ranked", metric=what.metric, threshold=rank))
    return (
        replace(reading, what=replace(what, name=""))
        if what.kind in ("best", "ranked")
        else reading
    )


def _titles(draft: Draft, claim: Claim, answer: _Answer) -> Iterator[Edit]:
    """The title of the earlier work, where it stands before the figure, gives way to that of the new one."""
    old, text = claim.readings[0].what.name, draft.paragraphs[claim.paragraph].text
    if not old or not answer.fact.title:
        return
    at = text.rfind(old, 0, claim.start)
    at = at if at >= 0 else text.find(old)
    if at >= 0:
        new = wording.bare_title(answer.fact.title)
        yield Edit(
            sort="已改", paragraph=claim.paragraph, start=at, end=at + len(old), old=old, text=new,
            note=f"{answer.fact.name}最高的作品", figure=False,
        )  # fmt: skip


def _times(draft: Draft, since: Period, period: Period, today: date) -> Iterator[Edit]:
    """Words for the earlier period, and its year in others; a day is of its event and stays."""
    years = str(since.start.year), str(period.start.year)
    for number, each in enumerate(draft.paragraphs):
        at, plain = 0, fold(each.text)
        while at < len(plain.plain):
            span = find(plain.plain, at, Frame(since, today))
            if span is None or span.period is None:
                at += 1 if span is None else max(1, span.end - at)
                continue
            start, end = plain.span(at, span.end)
            yield from _time(number, each.text[start:end], start, span.period, since, period, years)
            at = span.end


def _time(
    number: int,
    words: str,
    start: int,
    when: Period,
    since: Period,
    period: Period,
    years: tuple[str, str],
) -> Iterator[Edit]:
    new = words.replace(years[0], years[1])
    if when == since and years[0] == years[1]:  # another quarter of the year
        new = period.title if years[0] in words else period.title.removeprefix(f"{years[1]}年")
    elif when == since and period.title.removeprefix(f"{years[1]}年") not in (
        words,
        new.removeprefix(f"{years[1]}年"),
    ):
        told = since.title.removeprefix(f"{years[0]}年")
        new = new.replace(told, period.title.removeprefix(f"{years[1]}年")) if told else new
    if (when.end - when.start).days <= 1:
        if years[0] in words:
            yield _left(number, start, start + len(words), words, "上一期的日期，请核对")
        return
    if new != words:
        yield Edit(
            sort="已改", paragraph=number, start=start, end=start + len(words), old=words, text=new,
            note=f"时期由{since.title}改为{period.title}", figure=False,
        )  # fmt: skip
