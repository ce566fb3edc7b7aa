"""True figures put into a draft: into its blanks, or in place of those of an earlier period.

What is asked is read by the same grammar as in a check; what the program would not stake its name on stays open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from reports import wording
from reports.drafts.checking.lookups import Ground, keys_of, look_up, words_of
from reports.drafts.checking.source import title_of
from reports.drafts.checking.verdicts import Checked, check
from reports.drafts.filling.answers import Edit, TrueWording, answers, edits_of, left_open
from reports.drafts.filling.times import shifted, times
from reports.drafts.reading.claims import Claim, Interpretation, What
from reports.drafts.reading.paragraphs import DraftText
from reports.drafts.reading.reader import named_period, read_draft
from reports.periods import Period

#: Behind a place that stays open, in a text that takes no comments.
OPEN_MARK = "〔待填〕"


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


def filled(draft: DraftText, edits: Sequence[Edit]) -> DraftText:
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
    draft: DraftText, edits: Sequence[Edit], ground: Ground, period: Period | None, today: date
) -> set[int]:
    """The places in ``edits`` of figures that are not 属实 in the filled draft."""
    claims, _ = read_draft(filled(draft, edits), words_of(ground), period, today)
    checked = check(ground, claims)
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
    for claim, answer in zip(asked, answers(draft, ground, asked), strict=True):
        yield from edits_of(claim, answer, "已填", ground)
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
    for (claim, moved), answer in zip(
        sure, answers(draft, ground, [each for _, each in sure]), strict=True
    ):
        yield from edits_of(moved, answer, "已改", ground)
        if isinstance(answer, TrueWording):
            yield from _titles(draft, claim, answer)
    yield from times(draft, since, period, today)


def _ranks(ground: Ground, checked: Sequence[Checked]) -> dict[int, int]:
    """Which of its accounts' works a work named by its title was, by the metric that the claim states."""
    asked = {
        (at, rank): keys_of(ground, each.claim, _by_rank(each.reading, rank), ground.basis)
        for at, each in enumerate(checked)
        if each.reading.what.kind == "post" and each.claim.period
        for rank in range(1, _RANKS + 1)
    }
    facts = look_up(ground, asked.values())
    found: dict[int, int] = {}
    for (at, rank), keys in asked.items():
        wanted = title_of(checked[at].reading.what.name.removesuffix("…"))
        if not isinstance(keys, str) and title_of(facts[keys[0]].title).startswith(wanted):
            found.setdefault(at, rank)
    return found


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


def _titles(draft: DraftText, claim: Claim, answer: TrueWording) -> Iterator[Edit]:
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
