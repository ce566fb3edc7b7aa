"""The full listing as a Word file: every sentence, chart and table of a summary."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from docx.shared import Inches

from reports import wording
from reports.charts import picture as charts
from reports.documents import content, filling
from reports.documents.template import LISTED
from reports.documents.writing import write
from reports.figures.totals import Summary
from reports.periods import moment_words
from reports.section import Chart

#: A chart's width in inches: that of the text of a page.
_WIDTH = 6.1


def render(summary: Summary, path: Path) -> None:
    """Write the listing to ``path``; the same summary gives the same bytes. Raises DocumentError."""
    write(path, made(summary))


def made(summary: Summary) -> bytes:
    """The Word file's bytes. Raises DocumentError where a chart cannot be drawn."""
    return filling.filled(
        LISTED, lambda document: context(summary, document), summary, content.title(summary)
    )


def context(summary: Summary, document: Any) -> dict[str, Any]:
    """The variables of a template; the manual lists them. ``document``: the DocxTemplate that takes the pictures."""
    figures, tables = count(1), count(1)
    return {
        "title": content.title(summary),
        "subtitle": f"（数据截至{moment_words(summary.as_of)}）",
        "centre": wording.line(summary.centre.name),
        "period": summary.period.title,
        "as_of": moment_words(summary.as_of),
        "known_by": moment_words(summary.known_by),
        "sections": [
            {
                "number": part.number,
                "heading": part.heading,
                "title": wording.line(part.section.title),
                "id": part.section.id,
                "paragraphs": [each.text for each in content.sentences(part.section)],
                "charts": [
                    _chart(each, next(figures), document) for each in content.charts(part.section)
                ],
                "tables": [
                    filling.table(each, f"表{next(tables)}") for each in part.section.tables
                ],
            }
            for part in content.parts(summary)
        ],
    }


@dataclass(frozen=True, slots=True)
class _Picture:
    """A chart, drawn when the template asks for it."""

    chart: Chart
    document: Any

    def __html__(self) -> str:
        image = BytesIO(charts.png(self.chart, width=_WIDTH))
        height = charts.height_of(self.chart)
        part = self.document.current_rendering_part
        inline = part.new_pic_inline(image, Inches(_WIDTH), Inches(height))
        inline.docPr.set("title", wording.short(self.chart.title))
        inline.docPr.set("descr", content.chart_words(self.chart))
        return f"</w:t></w:r><w:r><w:drawing>{inline.xml}</w:drawing></w:r><w:r><w:t>"

    __str__ = __html__


def _chart(chart: Chart, number: int, document: Any) -> dict[str, Any]:
    return {
        "picture": _Picture(chart, document),
        "caption": f"图{number}　{wording.short(chart.title)}（单位：{wording.line(chart.unit)}）",
        "note": wording.line(chart.note),
    }
