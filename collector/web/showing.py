"""How values look on the page: moments, figures, tables that can be copied and taken away as csv and xlsx."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, flash, g, redirect, render_template, request, url_for
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as Answer

from adapters.moments import SHANGHAI
from adapters.records import Count
from collector.web.site import Visitor, site
from collector.words import STATE_WORDS
from reports import wording
from reports.documents import content, web
from reports.section import Link
from reports.tidy.cells import guarded
from reports.vocabulary import OUTCOMES
from storage.views.history import StoredPost, StoredReading

_WHEN = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")
#: Longer text than so many letters is not squeezed to a column of a few.
_ROOM = 12
#: What a cell of a table may be; None: no data.
Cell = str | int | float | Count | Link | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A table of the page. ``id`` names it in addresses (``?table=id&as=csv``); ``empty`` is said where it has no rows,
    and what to do then."""

    id: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""

    @property
    def numeric(self) -> list[bool]:
        """Which columns hold numbers."""
        return [
            any(isinstance(row[at], int | float | Count) for row in self.rows)
            for at in range(len(self.headings))
        ]

    @property
    def wide(self) -> list[bool]:
        """Which columns hold text that wants room on a phone."""
        return [
            any(
                len(words) > _ROOM
                for row in self.rows
                if not _WHEN.fullmatch(words := _plain(row[at]))
            )
            for at in range(len(self.headings))
        ]


def equip(app: Flask) -> None:
    """Give the templates their filters and what every page shows."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    parts = FileSystemLoader(web.TEMPLATES)  # charts are drawn as the documents draw them
    app.jinja_env.loader = ChoiceLoader([app.jinja_env.loader or parts, parts])
    style = web.file("charts.css")
    app.add_url_rule("/charts.css", "charts", lambda: Response(style, mimetype="text/css"))
    app.jinja_env.filters.update(moment=moment, figure=figure, cell=shown, line=wording.line)
    app.jinja_env.globals["here"] = _here
    app.context_processor(_everywhere)


def _everywhere() -> dict[str, Any]:
    here, who = site(), g.get("visitor")
    return {
        "centre": here.name,
        "home": f"{request.script_root}/",
        "who": who if isinstance(who, Visitor) else None,
        "guarded": here.guarded,
        "fault": "" if here.is_new else here.fault,
    }


def _here(table: str, kind: str) -> str:
    """This address, for one of its tables as a file."""
    given = {name: each for name, each in request.args.items() if name not in ("table", "as")}
    return f"{request.script_root}{request.path}?{urlencode({**given, 'table': table, 'as': kind})}"


def moment(value: datetime | int | None) -> str:
    """A moment of Beijing; the last second of a day stands for the day. Empty where there is none."""
    if value is None:
        return ""
    here = datetime.fromtimestamp(value, SHANGHAI) if isinstance(value, int) else value
    day = f"{here:%Y-%m-%d}"
    return day if f"{here:%H%M%S}" == "235959" else f"{day} {here:%H:%M}"


def published(post: StoredPost) -> str:
    """When a post was published; its day where nothing tells the hour."""
    return moment(post.published_at)[: 10 if post.date_only else None] or "时间不详"


def state_word(state: str | None) -> str:
    """A post's state, where it is not simply public."""
    return "" if state == "public" else STATE_WORDS.get(state or "", "")


def figure(value: Count | None, unit: str = "") -> Markup:
    """A figure as the paper says it; in full where one points at it."""
    if value is None:
        return Markup('<span class="none">无数据</span>')
    said = wording.change(value) if value.low < 0 else wording.total(value, measure=unit)
    return Markup('<span class="figure" tabindex="0" title="{}">{}</span>').format(
        wording.cell(value), said
    )


def shown(value: Cell) -> Markup:
    """A cell of a table; a link within the page, or to where a post can be seen."""
    if isinstance(value, Link):
        words = wording.line(value.text) or "（无标题）"
        if value.url.startswith("/") and not value.url.startswith("//"):
            return Markup('<a href="{}">{}</a>').format(value.url, words)
        if url := content.safe(value.url):
            outside = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
            return outside.format(url, words)
        return escape(words)
    if value is None:
        return Markup('<span class="none">无数据</span>')
    words = _plain(value)
    return (
        Markup('<span class="when">{}</span>').format(words)
        if _WHEN.fullmatch(words)
        else escape(words)
    )


def _plain(value: Cell) -> str:
    if value is None:
        return wording.NO_DATA
    if isinstance(value, Count):
        return wording.cell(value)
    if isinstance(value, Link):
        return wording.line(value.text)
    if isinstance(value, datetime):
        return moment(value)
    return wording.line(value) if isinstance(value, str) else wording.plain(value)


def original(told: StoredReading) -> Link:
    """What was read, with the way to its bytes while they are kept."""
    here = url_for("originals.show", attempt=told.attempt_id) if told.path else ""
    return Link(told.source, here)


def reading_cells(told: StoredReading) -> tuple[Cell, ...]:
    """When something was read, whose, what and with what outcome, its posts and those that were new."""
    account, outcome = told.account or "", OUTCOMES.get(told.outcome, told.outcome)
    whose = site().config.names.get(account, account)
    return (
        moment(told.recorded_at), whose, original(told), outcome, told.posts, told.new_posts,
    )  # fmt: skip


def whole(given: Mapping[str, str], name: str, default: int) -> int:
    """A number from an address or a form, no larger than every database holds; ``default`` where there is none."""
    text = given.get(name, "")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else default


def page(template: str, *tables: Listing, **values: Any) -> Response | str:
    """A page with its tables; or one of them alone, where ``?table=…&as=csv`` (or ``xlsx``) asks for it."""
    wanted, kind = request.args.get("table"), request.args.get("as")
    for each in tables:
        if each.id == wanted and kind in ("csv", "xlsx"):
            return _file(each, kind)
    return render_template(template, tables={each.id: each for each in tables}, **values)


def led(words: str, mood: str = "good", to: str = ".show", **where: Any) -> Answer:
    """Lead to another page, which says ``words`` (``mood``: good or bad)."""
    flash(words, mood)
    return redirect(url_for(to, **where))


def _file(table: Listing, kind: str) -> Response:
    data = _csv(table) if kind == "csv" else _xlsx(table)
    types = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    return download(data, f"{table.title}.{kind}", types[kind])


def download(data: bytes, name: str, mimetype: str) -> Response:
    """Bytes that a browser saves under ``name``."""
    plain = "".join(
        "_" if each in '<>:"/\\|?*' or not each.isprintable() else each for each in name
    )
    response = Response(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(plain)}"
    return response


def _csv(table: Listing) -> bytes:
    """UTF-8 with the mark that Excel knows it by; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (table.headings, *table.rows):
        texts = [_plain(each) for each in row]
        writer.writerow(
            guarded(text) if isinstance(each, str | Link) else text
            for each, text in zip(row, texts, strict=True)
        )
    return out.getvalue().encode("utf-8-sig")


def _xlsx(table: Listing) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((table.headings, *table.rows)):
            for at, each in enumerate(row):
                exact = isinstance(each, Count) and each.exact
                value = each.value if isinstance(each, Count) and exact else each
                if isinstance(value, int | float):
                    sheet.write_number(number, at, value)
                else:
                    sheet.write_string(number, at, _plain(value))
    return out.getvalue()
