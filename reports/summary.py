"""The one road from storage to a summary: load, freeze, then section by section."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from reports.basis import parse_basis
from reports.centre import Centre
from reports.figures import totals as figures
from reports.figures.consistency import checked
from reports.figures.totals import Loaded, Summary
from reports.inquiry import Inquiry
from reports.periods import Period
from reports.section import Section, with_one_bound
from reports.sections import (
    broadcast,
    comparisons,
    followers,
    hits,
    lines,
    live,
    notes,
    output,
    placements,
    ranks,
    staff,
    stories,
    topics,
    tops,
)
from storage.bulk import seconds
from storage.known import Known
from storage.views.view import View

#: The sections in the order of work reports; each is None where a centre has nothing of its kind, and only
#: ``data`` where JSON says so and a document says nothing. A View of one's own needs a table of its own.
SECTIONS: tuple[Callable[[Inquiry], Section | None], ...] = (
    lines.overall,
    lines.groups,
    lines.accounts,
    hits.section,
    tops.section,
    output.section,
    live.section,
    topics.section,
    followers.section,
    placements.section,
    broadcast.section,
    ranks.section,
    staff.section,
    stories.section,
    comparisons.section,
    notes.notes,
)


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
    made = [(make, each) for make in SECTIONS if (each := make(inquiry)) is not None]
    about = (topics.section, notes.notes) if topic else SECTIONS
    whole = Summary(
        centre=centre,
        period=period,
        basis=inquiry.basis,
        as_of=inquiry.as_of,
        known_by=inquiry.known_by,
        accounts=inquiry.accounts,
        groups=inquiry.groups,
        total=inquiry.total,
        platforms=inquiry.platforms,
        topic=topic,
        sections=tuple(
            with_one_bound(each) for make, each in made if make in about and not each.empty
        ),
        data={name: part for _, each in made for name, part in each.data.items()},
    )
    return checked(whole)


def inquire(
    connection: Connection,
    centre: Centre,
    period: Period,
    basis: str,
    as_of: datetime,
    known_by: datetime,
    *,
    topic: str = "",
) -> Inquiry:
    """What the sections are made from, with the arguments of ``build``: for who needs single figures. Its view is
    valid until the next one is made. Raises ValueError, in Chinese, for another basis."""
    chosen = parse_basis(basis)
    as_of, known_by = (
        each.astimezone(SHANGHAI).replace(microsecond=0) for each in (as_of, known_by)
    )
    known = Known.by(connection, seconds(known_by))
    view = View(connection, chosen.question(period, as_of, known))
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
        accounts=tuple(figures.account_line(centre, info, loaded) for info in ours),
        groups=figures.group_lines(centre, ours, loaded),
        total=figures.total_line(centre, ours, loaded),
        platforms=figures.platform_lines(centre, ours, loaded),
        topic=topic,
    )
