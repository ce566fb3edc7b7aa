"""A text's words of time, and its claims, brought from one period to another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from reports.drafts.answers import Edit, left_open
from reports.drafts.claims import Claim, Reading
from reports.drafts.paragraphs import Draft
from reports.drafts.spans import Frame, find
from reports.drafts.text import fold
from reports.periods import Period, parse_period

_YEARS = re.compile(r"20\d{2}(?=$|-|Q|H)")


def shifted(
    claim: Claim, readings: tuple[Reading, ...], since: Period, period: Period
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
    alike = _YEARS.sub(lambda match: str(int(match[0]) + years), since.name) == period.name
    if not (years and alike) or (when.end - when.start).days <= 1:
        return None
    return parse_period(_YEARS.sub(lambda match: str(int(match[0]) + years), when.name))


def times(draft: Draft, since: Period, period: Period, today: date) -> Iterator[Edit]:
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
            yield left_open(number, start, start + len(words), words, "上一期的日期，请核对")
        return
    if new != words:
        yield Edit(
            sort="已改", paragraph=number, start=start, end=start + len(words), old=words, text=new,
            note=f"时期由{since.title}改为{period.title}", figure=False,
        )  # fmt: skip
