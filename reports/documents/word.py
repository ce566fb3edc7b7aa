"""A summary as a Word file that can be handed in as it is: drawn by docxtpl from our template or the centre's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from docx.shared import Inches
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from reports import charts, wording
from reports.documents import content
from reports.documents.packing import packed
from reports.documents.tables import fit
from reports.documents.template import PATH, TABLE
from reports.documents.writing import DocumentError, write
from reports.documents.writing import why as explained
from reports.figures import Summary
from reports.periods import moment_words
from reports.section import Chart, Table

#: A chart's width in inches: that of the text of a page.
_WIDTH = 6.1
#: More rows than this are left to Excel.
ROWS = 600
#: What a core property of a docx holds.
_PROPERTY = 255


def render(summary: Summary, path: Path) -> None:
    """Write the summary to ``path``; the same summary gives the same bytes. Raises DocumentError, also where the
    centre's own template cannot be used."""
    write(path, made(summary))


def made(summary: Summary) -> bytes:
    """The Word file's bytes. Raises DocumentError."""
    own = summary.centre.template
    if not own:
        return _made(summary, PATH)
    try:
        return _made(summary, Path(own))
    except DocumentError:
        raise
    except Exception as problem:
        # whatever python-docx, lxml and jinja raise over a file that a person made: it is that file's fault
        raise DocumentError(_broken(own, problem)) from problem


def _made(summary: Summary, template: Path) -> bytes:
    document = _Template(BytesIO(template.read_bytes()))
    document.init_docx()
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    document.render(context(summary, document), environment)
    for table in document.docx.tables:
        if table.style is not None and table.style.name == TABLE:
            fit(table._tbl, document.docx)
    properties = document.docx.core_properties
    properties.title = content.title(summary)[:_PROPERTY]
    properties.author = wording.line(summary.centre.name)[:_PROPERTY]
    properties.created = properties.modified = summary.as_of.replace(tzinfo=None)
    file = BytesIO()
    document.save(file)
    return packed(file.getvalue())


class _Template(DocxTemplate):  # type: ignore[misc]
    """docxtpl, but a title that holds ``{_{`` stays as it is, and long tables are not searched for line breaks."""

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        self.current_rendering_part = part
        lines = re.sub(r"<w:p([ >])", r"\n<w:p\1", src_xml)
        try:
            made = jinja_env.from_string(lines).render(context)
        except (TemplateError, TypeError, ArithmeticError, LookupError) as problem:
            at = getattr(problem, "lineno", None) or _line_of(problem)
            words = (re.sub(r"<[^>]+>", "", each) for each in lines.splitlines()[at - 1 : at])
            raise _Mistake(str(problem), " ".join(words).strip()) from problem
        return re.sub(r"\n<w:p([ >])", r"<w:p\1", made)


class _Mistake(ValueError):
    """What is wrong in a template, and the words beside it."""


def _line_of(problem: BaseException) -> int:
    """The line of the template that was being drawn: jinja writes it into the traceback."""
    at, step = 1, problem.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            at = step.tb_lineno
        step = step.tb_next
    return at


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
                "tables": [_table(each, next(tables)) for each in part.section.tables],
            }
            for part in content.parts(summary)
        ],
    }


@dataclass(frozen=True, slots=True)
class _Words:
    """A cell's text; a template may ask whether it is a number."""

    text: str
    number: bool

    def __str__(self) -> str:
        return self.text


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


def _table(table: Table, number: int) -> dict[str, Any]:
    shown = content.narrow(table)
    return {
        "caption": f"表{number}　{wording.short(table.title)}",
        "headings": [wording.line(each) for each in shown.headings],
        "rows": [
            [_Words(content.cell(each), content.is_number(each)) for each in row]
            for row in shown.rows[:ROWS]
        ],
        "note": "；".join(_left_out(table, shown)),
    }


def _left_out(table: Table, shown: Table) -> Iterator[str]:
    if len(shown.headings) < len(table.headings):
        yield "其余各栏见 Excel 文件"
    if len(shown.rows) > ROWS:
        yield f"共{len(shown.rows)}行，此处为前{ROWS}行，全部见 Excel 文件"


def _broken(template: str, problem: Exception) -> str:
    """What is wrong with a centre's own template, and what to do."""
    if isinstance(problem, _Mistake):
        said, near = problem.args
        why = f"变量或语句写错了（{said}）" + (f"，在“{near[:80]}”附近" if near else "")
    elif isinstance(problem, OSError) and problem.strerror:
        why = f"读不了（{explained(problem)}）"
    else:
        why = "它不是完好的 docx 文件"
    return (
        f"自备的 Word 模板 {template} 不能用：{why}。请对照使用手册里的变量表改好模板，"
        "或先把 config.toml 里 [report] 的 template 一行删掉，用程序自带的模板"
    )
