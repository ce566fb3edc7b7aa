"""True figures put into a draft: into its blanks, or in place of those of an earlier period.

What is asked is read by the same grammar as in a check; what the program would not stake its name on stays open.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from reports import wording
from reports.drafts.checking.lookups import Ground, find, words_of
from reports.drafts.checking.source import Fact, title_of
from reports.drafts.checking.verdicts import Checked, check
from reports.drafts.filling.answers import Edit, answers, left_open
from reports.drafts.reading.claims import Claim, Interpretation, What
from reports.drafts.reading.paragraphs import DraftText
from reports.drafts.reading.reader import named_period, read_draft
from reports.drafts.reading.spans import Frame, find_all
from reports.drafts.reading.text import fold
from reports.periods import Period, parse_period

_NOT_TRUE = "填入后核对不是属实，没有填"
#: Behind a place that stays open, in a text that takes no comments.
OPEN_MARK = "〔待填〕"


_YEARS = re.compile(r"20\d{2}(?=$|-|Q|H)")
#: Of how many posts a named one is looked for by its rank.
_RANKS = 5


def fill(
    draft: DraftText,
    ground: Ground,
    *,
    period: Period | None,
    today: date,
    since: Period | None = None,
) -> list[Edit]:
    """The edits of a draft in its order; a figure that is not 属实 once it is written stays open. ``since``: the period
    of a text that is to be brought to ``period``."""
    period = period or named_period(draft, today)
    if since is not None and period is not None:
        edits = list(_renewed(draft, ground, since, period, today))
    else:
        edits = list(_blanks(draft, ground, period, today))
    edits = _apart(edits)
    for _ in range(2):  # what is taken back may leave others without their ground
        doubted = _doubted(draft, edits, ground, period, today)
        if not doubted:
            break
        edits = [
            replace(each, sort="未填", text=each.old, note=_NOT_TRUE) if at in doubted else each
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


def _filled(draft: DraftText, edits: Sequence[Edit]) -> DraftText:
    """The draft with all edits."""
    texts = [each.text for each in draft.paragraphs]
    for each in sorted(edits, key=lambda one: one.start, reverse=True):
        text = texts[each.paragraph]
        texts[each.paragraph] = text[: each.start] + each.text + text[each.end :]
    made = (replace(each, text=text) for each, text in zip(draft.paragraphs, texts, strict=True))
    return replace(draft, paragraphs=tuple(made))


def _doubted(
    draft: DraftText, edits: Sequence[Edit], ground: Ground, period: Period | None, today: date
) -> set[int]:
    """The places in ``edits`` of figures that are not 属实 in the filled draft."""
    claims, _ = read_draft(_filled(draft, edits), words_of(ground), period, today)
    true = [each.claim for each in check(ground, claims) if each.outcome == "属实"]
    found = set()
    shift: dict[int, int] = {}
    for at, each in enumerate(edits):
        start = each.start + shift.get(each.paragraph, 0)
        end = start + len(each.text)
        shift[each.paragraph] = shift.get(each.paragraph, 0) + len(each.text) - len(each.old)
        if each.sort == "未填" or not each.figure:
            continue
        mine = (one for one in true if one.paragraph == each.paragraph)
        if not any(one.start < end and one.end > start for one in mine):
            found.add(at)
    return found


def _blanks(draft: DraftText, ground: Ground, period: Period | None, today: date) -> Iterator[Edit]:
    """A text that names another period of the same sort is brought to ``period`` with its words of time."""
    named = named_period(draft, today) or period
    claims, unread = read_draft(draft, words_of(ground), named, today)
    asked = [each for each in claims if each.number.blank]
    if named is not None and period is not None and named != period:
        asked = [
            shifted(each, each.readings, named, period) or replace(each, period=None)
            for each in asked
        ]
        yield from times(draft, named, period, today)
    for _, edits in answers(draft, ground, asked, "已填"):
        yield from edits
    for passed in unread:
        if passed.blank:
            why = "写法没有读懂，请自己填" if passed.reach else "问的不是采集的传播数据"
            yield left_open(passed, why)


def _renewed(
    draft: DraftText, ground: Ground, since: Period, period: Period, today: date
) -> Iterator[Edit]:
    """Figures that the earlier period's data confirm, brought to the new one; titles and words of time with them."""
    claims, _ = read_draft(draft, words_of(ground), since, today)
    sure: list[tuple[Claim, Claim]] = []
    then = check(ground, claims)
    ranks = _ranks(ground, then)
    for at, each in enumerate(then):
        claim = each.claim
        moved = shifted(claim, (_by_rank(each.reading, ranks.get(at)),), since, period)
        if each.outcome not in ("属实", "应改写法"):
            yield left_open(claim, "按上一期的数据不能证实，没有改")
        elif moved is None:
            yield left_open(claim, "说的是另外的时间，没有改")
        else:
            sure.append((claim, moved))
    found = answers(draft, ground, [moved for _, moved in sure], "已改")
    for (claim, _), (fact, edits) in zip(sure, found, strict=True):
        yield from edits
        if fact is not None:
            yield from _titles(draft, claim, fact)
    yield from times(draft, since, period, today)


def _ranks(ground: Ground, checked: Sequence[Checked]) -> dict[int, int]:
    """Which of its accounts' works a work named by its title was, by the metric that the claim states."""
    named = [at for at, each in enumerate(checked) if each.reading.what.kind == "post"]
    asked = [
        replace(checked[at].claim, readings=(_by_rank(checked[at].reading, rank),), basis="")
        for at in named
        for rank in range(1, _RANKS + 1)
    ]
    places = itertools.product(named, range(1, _RANKS + 1))
    ranks: dict[int, int] = {}
    for (at, rank), found in zip(places, find(ground, asked, every=False), strict=True):
        wanted = title_of(checked[at].reading.what.name.removesuffix("…"))
        if any(each.period and title_of(each.fact.title).startswith(wanted) for each in found):
            ranks.setdefault(at, rank)
    return ranks


def _by_rank(reading: Interpretation, rank: int | None) -> Interpretation:
    """The work of that rank in place of the one that is named; the best one whatever its title."""
    what = reading.what
    if what.kind == "post" and rank is not None:
        return replace(reading, what=What(kind="ranked", metric=what.metric, threshold=rank))
    return (
        replace(reading, what=replace(what, name=""))
        if what.kind in ("best", "ranked")
        else reading
    )


def _titles(draft: DraftText, claim: Claim, fact: Fact) -> Iterator[Edit]:
    """The title of the earlier work, where it stands before the figure, gives way to that of the new one."""
    old, text = claim.readings[0].what.name, draft.paragraphs[claim.paragraph].text
    at = text.rfind(old, 0, claim.start)
    at = at if at >= 0 else text.find(old)
    if old and fact.title and at >= 0:
        yield Edit(
            sort="已改", paragraph=claim.paragraph, start=at, end=at + len(old), old=old,
            text=wording.bare_title(fact.title), note=f"{fact.name}最高的作品", figure=False,
        )  # fmt: skip


def shifted(
    claim: Claim, readings: tuple[Interpretation, ...], since: Period, period: Period
) -> Claim | None:
    """The claim as of the new period; None where its time lies elsewhere."""
    when, against = (
        None if each is None else later(each, since, period)
        for each in (claim.period, claim.against)
    )
    if when is None or (claim.against is not None and against is None):
        return None
    return replace(claim, period=when, against=against, readings=readings)


def later(when: Period, since: Period, period: Period) -> Period | None:
    """A time of the earlier text as of the new one: the period itself, or as many years on. A day is of its event."""
    if when == since:
        return period
    years = period.start.year - since.start.year
    if not years or when.is_day or _on(since.name, years) != period.name:
        return None
    return parse_period(_on(when.name, years))


def _on(name: str, years: int) -> str:
    """The name of a period so many years on."""
    return _YEARS.sub(lambda match: str(int(match[0]) + years), name)


def times(draft: DraftText, since: Period, period: Period, today: date) -> Iterator[Edit]:
    """Words for the earlier period, and its year in others; a day is of its event and stays."""
    for number, each in enumerate(draft.paragraphs):
        plain = fold(each.text)
        for at, found in find_all(plain.plain, Frame(since, today)):
            start, end = plain.span(at, found.end)
            old = each.text[start:end]
            if found.period is None:
                continue
            new = _renamed(old, found.period, since, period)
            edit = Edit(
                sort="已改", paragraph=number, start=start, end=end, old=old, text=new,
                note=f"时期由{since.title}改为{period.title}", figure=False,
            )  # fmt: skip
            if not found.period.is_day and new != old:
                yield edit
            elif found.period.is_day and str(since.start.year) in old:
                yield replace(edit, sort="未填", text=old, note="上一期的日期，请核对", figure=True)


def _renamed(words: str, when: Period, since: Period, period: Period) -> str:
    """Words for a time as of the new period."""
    old, new = (str(each.start.year) for each in (since, period))
    told, called = since.title.removeprefix(f"{old}年"), period.title.removeprefix(f"{new}年")
    renewed = words.replace(old, new)
    if when == since and old == new:  # another quarter of the year
        return period.title if old in words else called
    if when == since and told and called not in (words, renewed.removeprefix(f"{new}年")):
        return renewed.replace(told, called)
    return renewed
