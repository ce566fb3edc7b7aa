"""A summary in Word: the paper as it can be handed in, drawn from our template or the centre's own, and the full listing
with every sentence, chart and table. The manual lists the variables of the templates; tools/word_templates.py makes ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, nsmap
from docx.shared import Inches

from reports import wording
from reports.charts import common, office
from reports.documents import content, filling
from reports.documents.writing import write
from reports.figures.totals import Summary
from reports.paper.paper import Paper, Paragraph
from reports.paper.plan import paper
from reports.periods import moment_words
from reports.section import Chart

_FOLDER = Path(__file__).parents[1] / "templates"
#: The paper's template, and that of the full listing.
PATH, LISTED = _FOLDER / "paper.docx", _FOLDER / "summary.docx"
#: A chart's width in inches: that of the text of a page.
_WIDTH = 6.1


def render(summary: Summary, path: Path) -> None:
    """Write the paper to ``path``; the same summary gives the same bytes. Raises DocumentError, also where the
    centre's own template cannot be used."""
    write(path, made(summary, paper(summary)))


def render_listing(summary: Summary, path: Path) -> None:
    """Write the full listing to ``path``; the same summary gives the same bytes. Raises DocumentError."""
    write(path, listing(summary))


def made(summary: content.Listing, paper: Paper) -> bytes:
    """The paper's bytes. A template of the centre's own may show parts of the full listing too. Raises DocumentError."""
    title = wording.line(paper.title)
    own = summary.centre.template
    if not own:
        return filling.filled(PATH, lambda _: _paper(summary, paper), summary, title)
    return filling.filled_own(
        own, lambda document: _listing(summary, document) | _paper(summary, paper), summary, title
    )  # fmt: skip


def listing(summary: Summary) -> bytes:
    """The full listing's bytes; always from our own template."""
    title = content.title(summary)
    return filling.filled(LISTED, lambda document: _listing(summary, document), summary, title)


class _Paragraph:
    """A paragraph's words: what runs in at its beginning, what follows, and both."""

    def __init__(self, paragraph: Paragraph) -> None:
        self.heading, self.whole = paragraph.heading, paragraph.text
        self.text = self.whole.removeprefix(self.heading)

    def __str__(self) -> str:
        return self.whole


def _paper(summary: content.Listing, paper: Paper) -> dict[str, Any]:
    """The variables of the paper."""
    shown = content.fitted(paper)
    return {
        "title": shown.title,
        "addressee": shown.addressee,
        "centre": wording.line(summary.centre.name),
        "period": summary.period.title,
        "chapters": [
            {"title": each.title, "paragraphs": list(map(_Paragraph, each.paragraphs))}
            for each in shown.chapters
        ],
        "notes": _Paragraph(shown.notes),
        "signature": shown.signature,
        "tables": [
            {"entry": each.entry, **filling.table(each.table, each.mark)}
            for each in content.annexes(paper)
        ],
    }


def _listing(summary: content.Listing, document: Any) -> dict[str, Any]:
    """The variables of the listing. ``document``: the DocxTemplate that takes the charts."""
    figures, tables = count(1), count(1)
    return {
        "title": content.title(summary),
        "subtitle": f"（数据截至{summary.dated}）",
        "centre": wording.line(summary.centre.name),
        "period": summary.period.title,
        "as_of": moment_words(summary.as_of),
        "known_by": moment_words(summary.known_by),
        "sections": [
            {
                "number": part.number,
                "heading": part.heading,
                "title": part.title,
                "id": part.section.id,
                "paragraphs": [each.text for each in content.sentences(part.section)],
                "charts": [
                    _chart(each, next(figures), document) for each in content.charts(part.section)
                ],
                "tables": [
                    filling.table(each, f"表{next(tables)}") for each in part.section.tables
                ],
            }
            for part in content.listed(summary)
        ],
    }


@dataclass(frozen=True, slots=True)
class _Picture:
    """A chart of Word's own, made when the template asks for it."""

    chart: Chart
    document: Any

    def __html__(self) -> str:
        return f"</w:t></w:r><w:r>{_inline(self.chart, self.document.current_rendering_part)}</w:r><w:r><w:t>"

    __str__ = __html__


def _chart(chart: Chart, number: int, document: Any) -> dict[str, Any]:
    return {
        "picture": _Picture(chart, document),
        "caption": f"图{number}　{wording.short(chart.title)}（单位：{wording.line(chart.unit)}）",
        "note": "；".join(common.remarks(chart, office.on_page(chart))),
    }


def _inline(chart: Chart, story: Any) -> str:
    """The drawing (w:drawing) of a chart; its parts are added to ``story``, the part of the file that shows it."""
    shown, package = office.on_page(chart), story.package
    xml, numbers = office.embedded(shown)
    name = package.next_partname("/word/charts/chart%d.xml")
    part = Part(name, CONTENT_TYPE.DML_CHART, xml, package)
    beside = PackURI(f"/word/embeddings/{name.filename.removesuffix('.xml')}.xlsx")
    part.relate_to(
        Part(beside, CONTENT_TYPE.SML_SHEET, numbers, package), RELATIONSHIP_TYPE.PACKAGE
    )
    frame = parse_xml(
        f"<w:drawing {nsdecls('w', 'wp', 'a', 'r', 'c')}><wp:inline>"
        f'<wp:extent cx="{Inches(_WIDTH)}" cy="{Inches(office.height(shown))}"/><wp:docPr id="1" name="{name.filename}"/>'
        f'<a:graphic><a:graphicData uri="{nsmap["c"]}">'
        f'<c:chart r:id="{story.relate_to(part, RELATIONSHIP_TYPE.CHART)}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    (told,) = frame.xpath(".//wp:docPr")
    told.set("title", wording.short(chart.title))
    told.set("descr", common.words(chart))
    return str(frame.xml)
