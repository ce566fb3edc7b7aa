"""总结: the paper of a period as it will print; where each figure comes from; what changed since it was last written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from collector import explaining
from collector.intake.stores import captures_of
from collector.summaries import centre_of, last_quarter, present, write
from collector.web.showing import Cell, Listing, download, page
from collector.web.site import Kept, site
from reports import wording
from reports.basis import parse_basis
from reports.documents import RENDERERS, content, web
from reports.documents.writing import DocumentError
from reports.figures.totals import Summary
from reports.paper.plan import paper
from reports.periods import Period, moment_words, parse_moment, parse_period
from reports.summary import build
from reports.tracing import walk
from storage.known import told_until
from storage.operations import retention

PAGE = Blueprint("reports", __name__, url_prefix="/reports")

BASES = {"published": "按发布统计", "gained": "按期内净增统计", "aged:7": "按发布满 7 天时的数统计"}
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "application/octet-stream",  # opened from disk, never as a page of ours
    "md": "text/plain; charset=utf-8",
    "json": "application/json",
}
#: Summaries that are kept in memory: a person looks at one figure of a paper after another.
_KEPT = 4
#: Posts behind a figure that are shown.
_TOP = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """Which summary is asked for. ``as_of`` and ``known_by`` None: all that is stored."""

    period: Period
    basis: str
    as_of: datetime | None
    known_by: datetime | None
    topic: str

    @property
    def query(self) -> str:
        """As an address names it."""
        moments = {"as_of": self.as_of, "known_by": self.known_by}
        given = {name: f"{each:%Y-%m-%dT%H:%M:%S}" for name, each in moments.items() if each}
        return urlencode(
            {"period": self.period.name, "basis": self.basis, "topic": self.topic} | given
        )


_made: Kept[Summary] = Kept(_KEPT)


@PAGE.get("/")
def show() -> Response | str:
    """The form, and the paper of what it asks for."""
    here = site()
    faults: list[str] = []
    asked = _asked(faults)
    if asked is None:
        return page(
            "reports.html",
            asked=None,
            faults=faults,
            bases=BASES,
            given=request.args,
            topics=here.config.topics,
            names=[],
        )
    summary = _summary(asked)
    made = paper(summary)
    return page(
        "reports.html",
        _changes(asked, summary),
        asked=asked,
        faults=faults,
        bases=BASES,
        given=request.args,
        topics=here.config.topics,
        names=_periods(),
        paper=content.fitted(made),
        annexes=web.annexes(made),
        as_of=moment_words(summary.as_of),
        formats=list(RENDERERS),
    )


@PAGE.get("/figure")
def figure() -> Response | str:
    """Where a figure of the paper comes from: as a small note, or as a page of its own."""
    asked = _asked([]) or abort(404, "没有这份总结")
    summary = _summary(asked)
    wanted = request.args.get("id", "")
    found = next((each for each in summary.stated if each.id == wanted), None)
    if found is None:
        return abort(404, "这份总结里没有这个数字，也许数据变了，请刷新那一页")
    config = site().config
    names = config.names
    with site().reading() as connection:
        walked = walk(connection, summary, found.trace, _TOP)
        lines = list(explaining.lines(summary, found, walked, names, captures_of(config)))
    posts = [
        (each.post.post_id, wording.line(each.post.title))
        for part in walked.periods
        for each in part.posts
    ]
    template = "figure_note.html" if request.args.get("note") else "figure.html"
    return render_template(template, lines=lines, posts=posts, first=lines[:3], asked=asked)


@PAGE.get("/file")
def take() -> Response:
    """The summary as a file."""
    asked = _asked([]) or abort(404, "没有这份总结")
    kind = request.args.get("format", "")
    if kind not in RENDERERS:
        return abort(404, "没有这种格式")
    here = site()
    with tempfile.TemporaryDirectory() as folder:
        try:
            (path,) = write(
                here.engine,
                here.config,
                asked.period,
                now=here.clock(),
                basis=asked.basis,
                as_of=asked.as_of,
                known_by=asked.known_by,
                folder=Path(folder),
                formats=[kind],
                topic=asked.topic,
                full="full" in request.args,
            )
        except DocumentError as problem:
            return abort(500, str(problem))
        return download(path.read_bytes(), path.name, _TYPES[kind])


def _asked(faults: list[str]) -> Asked | None:
    """What the address asks for; the last quarter with posts where it names no period. None, and why, where it cannot be
    understood."""
    given = request.args
    try:
        if given.get("period"):
            period: Period | None = parse_period(given["period"].strip())
        else:
            with site().reading() as connection:
                period = last_quarter(connection, site().config)
        basis = given.get("basis") or "published"
        parse_basis(basis)
        as_of, known_by = (
            parse_moment(given[name]) if given.get(name) else None for name in ("as_of", "known_by")
        )
    except ValueError as problem:
        faults.append(str(problem))
        return None
    if period is None:
        faults.append("还没有作品。请先到“导入”交来文件")
        return None
    topic = given.get("topic", "")
    known = {each.name for each in site().config.topics}
    return Asked(period, basis, as_of, known_by, topic if topic in known else "")


def _periods() -> list[str]:
    """Periods that people ask for: the last quarters, halves, years and months."""
    now = site().clock()
    found = []
    for back in range(6):
        quarter = (now.year * 4 + (now.month - 1) // 3) - back
        found.append(f"{quarter // 4}Q{quarter % 4 + 1}")
    months = [(now.year * 12 + now.month - 1) - back for back in range(4)]
    found += [f"{each // 12}-{each % 12 + 1:02d}" for each in months]
    return [*found, f"{now.year}H1", f"{now.year}H2", str(now.year), str(now.year - 1)]


def _summary(asked: Asked) -> Summary:
    """The summary that is asked for; made once for what is stored now."""
    here = site()
    with here.reading() as connection:
        latest = present(connection, here.clock().replace(second=0))
        return _build(connection, asked, asked.as_of or latest, asked.known_by or latest)


def _build(connection: Connection, asked: Asked, as_of: datetime, known_by: datetime) -> Summary:
    centre = centre_of(site().config)
    key = (
        str(site().config_path),
        centre.fingerprint,
        asked,
        as_of,
        known_by,
        told_until(connection),
    )
    return _made.get(
        key,
        lambda: build(
            connection, centre, asked.period, asked.basis, as_of, known_by, topic=asked.topic
        ),
    )


def _changes(asked: Asked, summary: Summary) -> Listing:
    """The figures that another paper of the same period and basis, the last that was written, stated otherwise."""
    with site().reading() as connection:
        last = retention.last_written(connection, asked.period.name, str(parse_basis(asked.basis)))
        rows: list[tuple[Cell, ...]] = []
        when = ""
        if last is not None and asked.as_of is None and asked.known_by is None:
            as_of, known_by = (datetime.fromtimestamp(each, SHANGHAI) for each in last)
            when = f"（{known_by:%Y-%m-%d %H:%M} 那次）"
            rows = list(_differences(_build(connection, asked, as_of, known_by), summary))
    return Listing(
        id="changes",
        title=f"和上次写出的相比{when}",
        headings=("数字", "上次", "现在"),
        rows=rows,
        empty="没有变化。" if when else "这个时期还没有写出过。",
    )


def _differences(before: Summary, now: Summary) -> Iterator[tuple[Cell, ...]]:
    then = {each.id: each for each in before.figures}
    for each in now.figures:
        if each.name:
            old = then[each.id].value if each.id in then else None
            if old != each.value:
                yield each.name, old, each.value
