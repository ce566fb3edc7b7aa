"""大屏: what an office leaves on a wall for weeks. It renews itself, and has addresses that need no signing in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as Answer

from adapters.records import Count
from collector.web.amounts import Amounts, Day, amounts, daily, known, months, works
from collector.web.site import site
from reports import wording
from reports.documents.web import drawn
from reports.hits import HitRow, hit_rows
from reports.periods import quarter_of, span_words
from reports.section import Chart, Series
from reports.sections.line_figures import past
from reports.vocabulary import HEADINGS, UNITS
from storage.operations import tokens

PAGE = Blueprint("screen", __name__)

#: How often the screen renews itself, in seconds.
EVERY = 60
DAYS, HITS = 30, 10
#: Hits on record that are looked through: a work past two lines is shown once.
_LOOKED = 8 * HITS
#: The name of the header that says which program drew the picture; a screen of an older one loads itself anew.
BUILD = "X-Build"


@PAGE.get("/screen")
def show() -> Answer:
    """The screen; with ``part`` only what is renewed."""
    token = request.args.get("token", "")
    if g.visitor is None and not _admitted(token):
        return redirect(url_for("signing.enter", to=url_for(".show")))
    values = _values()
    if "part" in request.args:
        response = make_response(render_template("screen_parts.html", **values))
    else:
        renew = url_for(".show", part=1, token=token or None)
        page = render_template("screen.html", renew=renew, every=EVERY, build=_build(), **values)
        response = make_response(page)
    response.headers[BUILD] = _build()
    return response


def _admitted(token: str) -> bool:
    if not token or site().is_new:
        return False
    with site().reading() as connection:
        return tokens.admits(connection, token, "screen") is not None


def _values() -> dict[str, object]:
    now = site().clock()
    with site().reading() as connection:
        month = amounts(connection, months(now, 1)[0])
        quarter = amounts(connection, quarter_of(now))
        hits = list(islice(_hits(connection, month.total.members), HITS))
        chart = _chart(daily(connection, DAYS))
    return {
        "blocks": [(each.period.title, list(_big(each))) for each in (month, quarter)],
        "hits": hits,
        "chart": drawn(chart),
        "as_of": month.as_of,
        "now": now,
    }


def _big(told: Amounts) -> Iterator[tuple[str, Count | None]]:
    """Works, views, readers and hits of ours, as the summary of the period states them."""
    line = told.total
    yield "作品", _count(works(line))
    for name in ("views", "readers"):
        if name == "views" or line.figures[name] is not None:
            yield f"{HEADINGS[name]}（{UNITS[name]}）", line.figures[name]
    for threshold in site().config.thresholds.get("views", ()):
        number = past(line, "views", threshold) if known(line) else None
        yield f"{wording.mark(threshold)}作品", _count(number)


def _count(number: Count | int | None) -> Count | None:
    return Count(number) if isinstance(number, int) else number


def _hits(connection: Connection, accounts: Sequence[str]) -> Iterator[HitRow]:
    """The newest first, each work once; of the accounts whose works are counted above."""
    names = site().config.names
    seen: set[int] = set()
    for each in hit_rows(connection, names, accounts=accounts, top=_LOOKED):
        if each.hit.post_id not in seen and not each.deleted:
            seen.add(each.hit.post_id)
            yield each


def _chart(days: list[Day]) -> Chart:
    word = HEADINGS["views"]
    return Chart(
        id="days",
        title=f"{span_words(days[0].day, days[-1].day)}每天发布的作品，到现在的{word}",
        kind="column",
        categories=tuple(f"{each.day.day}日" for each in days),
        series=(Series.of(word, (each.views for each in days)),),
        unit=UNITS["views"],
        note="各天只含已读到的账号",
    )


@cache
def _build() -> str:
    """Changes with what the browser holds: style, script and the picture's form."""
    here = Path(__file__).parents[1]
    files = (
        *sorted((here / "static").glob("page.*")),
        *sorted((here / "templates").glob("screen*")),
    )
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:16]
