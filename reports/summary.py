"""The one road from storage to a summary: load, freeze, word."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from reports import figures, sentences
from reports.figures import Centre, Loaded, Summary
from reports.periods import SHANGHAI, Period
from storage.bulk import seconds
from storage.coverage import reaches
from storage.seen import Known
from storage.series import View
from storage.valued import Question


def build(
    connection: Connection,
    centre: Centre,
    period: Period,
    basis: str,
    as_of: datetime,
    known_by: datetime,
) -> Summary:
    """Everything that the documents of a period need, read inside the connection's transaction.

    ``basis``: ``published``, ``gained`` or ``aged:N``; ``as_of`` and ``known_by`` are aware. Raises ValueError, in
    Chinese, for another basis. The same arguments give the same summary for ever.
    """
    chosen = figures.parse_basis(basis)
    as_of, known_by = (
        each.astimezone(SHANGHAI).replace(microsecond=0) for each in (as_of, known_by)
    )
    question = Question(
        basis=chosen.kind,
        start=seconds(period.start),
        end=seconds(period.end),
        as_of=seconds(as_of),
        known=Known.by(connection, seconds(known_by)),
        days=chosen.days,
    )
    view = View(connection, question)
    ours = [info for info in centre.accounts if info.owner == "ours"]
    loaded = _load(view, centre, {info.id for info in ours})
    summary = Summary(
        centre=centre,
        period=period,
        basis=chosen,
        as_of=as_of,
        known_by=known_by,
        accounts=tuple(figures.account_line(centre, info, loaded) for info in ours),
        groups=figures.group_lines(centre, ours, loaded),
        total=figures.total_line(centre, ours, loaded),
    )
    return replace(summary, sentences=sentences.write(summary))


def _load(view: View, centre: Centre, accounts: set[str]) -> Loaded:
    totals = {key: each for key, each in view.totals(centre.thresholds).items() if key in accounts}
    best = [each.best for each in totals.values() if each.best is not None]
    return Loaded(totals, view.get(best), reaches(view, SHANGHAI))
