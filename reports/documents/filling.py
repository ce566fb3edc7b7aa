"""Filling a Word template with variables: docxtpl, widths of tables, and what is wrong in a template of a centre's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from reports import wording
from reports.documents import content
from reports.documents.tables import STYLE, fit
from reports.documents.writing import DocumentError, packed
from reports.documents.writing import why as explained
from reports.section import Table

#: More rows than this are left to Excel.
ROWS = 600
#: What a core property of a docx holds.
_PROPERTY = 255

#: Makes the variables of a template; it is given the DocxTemplate, which takes the pictures.
Context = Callable[[Any], Mapping[str, Any]]


def filled(template: Path, context: Context, summary: content.Listing, title: str) -> bytes:
    """The Word file that a template of ours makes of its variables; ``title`` goes into its properties."""
    document = _Template(BytesIO(template.read_bytes()))
    document.init_docx()
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    document.render(context(document), environment)
    for table in document.docx.tables:
        if table.style is not None and table.style.name == STYLE:
            fit(table._tbl, document.docx)
    properties = document.docx.core_properties
    properties.title = title[:_PROPERTY]
    properties.author = wording.line(summary.centre.name)[:_PROPERTY]
    properties.created = properties.modified = summary.as_of.replace(tzinfo=None)
    file = BytesIO()
    document.save(file)
    return packed(file.getvalue())


def filled_own(template: str, context: Context, summary: content.Listing, title: str) -> bytes:
    """The same with a template that the centre made. Raises DocumentError: what is wrong in it, and where."""
    try:
        return filled(Path(template), context, summary, title)
    except DocumentError:
        raise
    except Exception as problem:
        # whatever python-docx, lxml and jinja raise over a file that a person made: it is that file's fault
        raise DocumentError(_broken(template, problem)) from problem


@dataclass(frozen=True, slots=True)
class _Words:
    """A cell's text; a template may ask whether it is a number."""

    text: str
    number: bool

    def __str__(self) -> str:
        return self.text


def table(table: Table, mark: str) -> dict[str, Any]:
    """A table's variables; ``mark`` stands before its title in the caption: 表3."""
    shown = content.narrow(table)
    return {
        "caption": f"{mark}　{wording.short(table.title)}",
        "headings": [wording.line(each) for each in shown.headings],
        "rows": [
            [_Words(text, number) for _, text, number in row]
            for row in islice(content.rows(shown), ROWS)
        ],
        "note": "；".join(_left_out(table, shown)),
    }


def _left_out(table: Table, shown: Table) -> Iterator[str]:
    if len(shown.headings) < len(table.headings):
        yield "其余各栏见 Excel 文件"
    if len(shown.rows) > ROWS:
        yield f"共{len(shown.rows)}行，此处为前{ROWS}行，全部见 Excel 文件"


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
