"""The one road from storage to a summary: load, freeze, then section by section."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from reports.basis import parse_basis
from reports.centre import Centre
from reports.figures.consistency import checked
from reports.figures.totals import Loaded, Scope, Summary
from reports.inquiry import Inquiry
from reports.periods import Period
from reports.section import Section, Stated, with_one_bound
from reports.sections import (
    broadcast,
    comparisons,
    followers,
    hits,
    lines,
    notes,
    output,
    placements,
    ranks,
    staff,
    topics,
    works,
)
from reports.tracing import asked_about
from storage.bulk import seconds
from storage.known import Known
from storage.views.view import View

#: With what the ids of a section's sentences and figures begin → what makes it, in the order of work reports. It is None
#: where a centre has nothing of its kind, and only ``data`` where JSON says so and a document says nothing. A View of
#: one's own needs a table of its own.
SECTIONS: Mapping[str, Callable[[Inquiry], Section | None]] = {
    "total platform": lines.overall,
    "group": lines.groups,
    "account": lines.accounts,
    "hits": hits.section,
    "tops": works.tops,
    "output": output.section,
    "live": broadcast.live,
    "topic": topics.section,
    "followers": followers.section,
    "placements": placements.section,
    "broadcast": broadcast.section,
    "rank": ranks.section,
    "staff": staff.section,
    "stories": works.shared,
    "comparison": comparisons.section,
    "note": notes.notes,
}


def build(
    connection: Connection,
    centre: Centre,
    period: Period,
    basis: str,
    as_of: datetime,
    known_by: datetime,
    *,
    topic: str = "",
) -> Summary:
    """Everything that the documents of a period need, read inside the connection's transaction.

    ``basis``: ``published``, ``gained`` or ``aged:N``; ``as_of`` and ``known_by`` are aware; ``topic``: only this one
    of the centre's topics: the documents are then about it alone, ``data`` stays whole. Raises ValueError, in
    Chinese, for another basis or an unknown topic. The same arguments give the same summary for ever. One that
    contradicts itself says so (reports.figures.consistency).
    """
    if topic and topic not in {each.name for each in centre.topics}:
        names = "、".join(each.name for each in centre.topics)
        raise ValueError(f"config.toml 里没有专题“{topic}”，现有：{names or '（没有）'}")
    inquiry = inquire(connection, centre, period, basis, as_of, known_by, topic=topic)
    made = {name: each for name, make in SECTIONS.items() if (each := make(inquiry)) is not None}
    about = ("topic", "note") if topic else SECTIONS
    whole = Summary(
        **{each.name: getattr(inquiry, each.name) for each in fields(Scope)},
        sections=tuple(
            with_one_bound(each) for name, each in made.items() if name in about and not each.empty
        ),
        data={name: part for each in made.values() for name, part in each.data.items()},
    )
    return checked(whole)


def stated(inquiry: Inquiry, id_: str) -> Stated | None:
    """The sentence or figure of this id in the summary that the inquiry is about, of which only its section is made; None
    where there is none."""
    for name, make in SECTIONS.items():
        section = make(inquiry) if id_.split(".")[0] in name.split() else None
        if section is not None and not section.empty:
            there = with_one_bound(section).stated
            return next((each for each in there if each.id == id_), None)
    return None


def inquire(
    connection: Connection,
    centre: Centre,
    period: Period,
    basis: str,
    as_of: datetime,
    known_by: datetime,
    *,
    topic: str = "",
    table: str = "valued",
) -> Inquiry:
    """What the sections are made from, with the arguments of ``build``: for who needs single figures. Its view is
    valid until the next one of that ``table`` is made. Raises ValueError, in Chinese, for another basis."""
    chosen = parse_basis(basis)
    as_of, known_by = (
        each.astimezone(SHANGHAI).replace(microsecond=0) for each in (as_of, known_by)
    )
    known = Known.by(connection, seconds(known_by))
    question = chosen.question(period, as_of, known)
    view = View(connection, replace(question, accounts=asked_about(connection, centre)), table)
    ours = [info for info in centre.accounts if info.owner == "ours"]
    loaded = Loaded.of(view, centre.thresholds)
    return Inquiry(
        connection=connection,
        centre=centre,
        period=period,
        basis=chosen,
        as_of=as_of,
        known_by=known_by,
        known=known,
        view=view,
        loaded=loaded,
        accounts=tuple(map(loaded.account, ours)),
        groups=loaded.groups(ours),
        total=loaded.total(centre.name, ours),
        platforms=loaded.platforms(ours),
        topic=topic,
    )
