"""One HTML file: the paper, and below it the full listing with its charts. It asks nothing of the network, works without
its script, and prints as the paper."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from adapters.records import Count
from reports import wording
from reports.charts import common, svg
from reports.documents import content
from reports.documents.tables import TOGETHER, widths
from reports.documents.writing import write
from reports.figures.totals import Summary
from reports.paper.paper import Paper
from reports.paper.plan import paper
from reports.section import Cell, Chart, Link, Section, Table

TEMPLATES = Path(__file__).parents[1] / "templates"
#: A horizontal chart with more bars than this would be a table.
_BARS = 60


def render(summary: Summary, path: Path) -> None:
    """Write the page to ``path`` (UTF-8); the same summary gives the same bytes. Raises DocumentError."""
    write(path, text(summary, paper(summary)).encode("utf-8"))


def text(summary: content.Listing, paper: Paper) -> str:
    """The whole page: the paper, then charts, tables and sentences of the full listing."""
    script = file("summary.js")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return _environment().get_template("summary.html").render(
        paper=content.fitted(paper),
        annexes=annexes(paper),
        as_of=summary.dated,
        walk=summary.walk("编号"),
        parts=[_part(each) for each in content.listed(summary)],
        series=common.SERIES,
        style=Markup(file("summary.css") + file("charts.css")),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        script_hash=f"sha256-{digest}",
    )  # fmt: skip


def annexes(paper: Paper) -> list[dict[str, Any]]:
    """The tables at the paper's end in plain texts, as a template writes them down."""
    return [
        {**_fitted(content.narrow(each.table)), "mark": each.mark, "entry": each.entry, "title": each.title}
        for each in content.annexes(paper)
    ]  # fmt: skip


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def file(name: str) -> str:
    """A file of the templates' folder."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _fitted(table: Table) -> dict[str, Any]:
    """A table with the widths of its columns on paper, in percent."""
    made = _rows(table)
    texts = [made["headings"], *([cell["text"] for cell in row] for row in made["rows"])]
    found, small = widths(texts)
    return {
        **made,
        "widths": [round(100 * each / sum(found), 2) for each in found],
        "small": small,
        "whole": len(texts) <= TOGETHER,
    }


def _part(part: content.NumberedSection) -> dict[str, Any]:
    section: Section = part.section
    return {
        "heading": part.heading,
        "anchor": f"part-{section.id}",
        "sentences": list(content.sentences(section)),
        "charts": [drawn(each) for each in content.charts(section)],
        "tables": [_rows(each) for each in section.tables],
    }


def drawn(chart: Chart) -> dict[str, Any]:
    """A chart as the macro ``draw`` of the templates takes it."""
    shown = common.cut(chart, _BARS if chart.kind == "bar" else None)
    return {
        "anchor": f"chart-{chart.id}",
        "title": wording.line(chart.title),
        "unit": wording.line(chart.unit),
        "words": common.words(chart),
        "drawing": svg.drawing(shown),
        "remarks": list(common.remarks(chart, shown, "“无”和空缺处")),
    }


def _rows(table: Table) -> dict[str, Any]:
    return {
        "anchor": f"table-{table.id}",
        "title": wording.line(table.title),
        "headings": [wording.line(each) for each in table.headings],
        "rows": [[_cell(*each) for each in row] for row in content.rows(table)],
    }


def _cell(cell: Cell, text: str, number: bool) -> dict[str, Any]:
    url, css = "", ""
    value: int | float | None = None
    if isinstance(cell, Link):
        url = content.safe(cell.url)
    elif isinstance(cell, Count):
        value, css = cell.value, "n" if cell.bound == "exact" else "n bound"
    elif isinstance(cell, int | float):
        value, css = cell, "n"
    elif cell is None or number:
        css = "none"
    return {"text": text, "url": url, "value": value, "css": css}
