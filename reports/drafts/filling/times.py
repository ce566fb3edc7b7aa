"""A text's words of time, and its claims, brought from one period to another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from reports.drafts.filling.answers import Edit
from reports.drafts.reading.claims import Claim, Interpretation
from reports.drafts.reading.paragraphs import DraftText
from reports.drafts.reading.spans import Frame, find_all
from reports.drafts.reading.text import fold
from reports.periods import Period, parse_period

_YEARS = re.compile(r"20\d{2}(?=$|-|Q|H)")


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
    (old, told), (new, called) = (_parted(each) for each in (since, period))
    renewed = words.replace(old, new)
    if when == since and old == new:  # another quarter of the year
        return period.title if old in words else called
    if when == since and told and called not in (words, renewed.removeprefix(f"{new}年")):
        return renewed.replace(told, called)
    return renewed


def _parted(period: Period) -> tuple[str, str]:
    """A period's year, and its title without it."""
    year = str(period.start.year)
    return year, period.title.removeprefix(f"{year}年")
