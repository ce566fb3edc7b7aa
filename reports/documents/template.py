"""Makes the Word template that is shipped: ``python -m reports.documents.template`` after a change here.

GB/T 9704-2012 gives the page: A4, margins 37/35/28/26 mm, text in 仿宋 三号 with 28 pt lines, headings in 黑体 and 楷体,
the title in 小标宋 二号. Everything is a named style; the variables are those of ``word.context``.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from reports.documents.packing import packed
from reports.documents.tables import SMALLER

PATH = Path(__file__).parents[1] / "templates" / "summary.docx"
#: Page and margins in millimetres.
PAGE, TOP, BOTTOM, LEFT, RIGHT = (210, 297), 37, 35, 28, 26
LATIN = "Times New Roman"
#: Font → what stands in for it where it is missing, as Word and WPS look for it.
FONTS = {
    "方正小标宋简体": "小标宋,方正小标宋_GBK,宋体,SimSun",
    "仿宋_GB2312": "仿宋,FangSong,方正仿宋_GBK,STFangsong",
    "楷体_GB2312": "楷体,KaiTi,STKaiti",
    "黑体": "SimHei,Microsoft YaHei,Noto Sans CJK SC",
    "宋体": "SimSun,Noto Serif CJK SC",
}
LEFTWARD, MIDDLE, RIGHTWARD = (
    WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT,
)  # fmt: skip
#: Style → font, size in pt, spacing of lines in pt (0: single), alignment, indent of the first line in characters,
#: space before and after in pt, kept with the next paragraph, level of outline.
STYLES: dict[str, tuple[str, float, int, Any, int, float, float, bool]] = {
    "Normal": ("仿宋_GB2312", 16, 28, None, 0, 0, 0, False),
    "Title": ("方正小标宋简体", 22, 36, MIDDLE, 0, 0, 6, True),
    "Subtitle": ("楷体_GB2312", 14, 28, MIDDLE, 0, 0, 14, False),
    "Heading 1": ("黑体", 16, 28, LEFTWARD, 2, 6, 0, True),
    "Heading 2": ("楷体_GB2312", 16, 28, LEFTWARD, 2, 0, 0, True),
    "Body Text": ("仿宋_GB2312", 16, 28, None, 2, 0, 0, False),
    "Caption": ("黑体", 12, 0, MIDDLE, 0, 6, 3, False),
    "表题": ("黑体", 12, 0, MIDDLE, 0, 8, 4, True),
    "图": ("仿宋_GB2312", 12, 0, MIDDLE, 0, 8, 0, True),
    "图表注": ("仿宋_GB2312", 10.5, 0, LEFTWARD, 0, 2, 8, False),
    "表头": ("黑体", 10.5, 0, MIDDLE, 0, 1, 1, False),
    "表格文字": ("仿宋_GB2312", 10.5, 0, LEFTWARD, 0, 1, 1, False),
    "表格数字": ("仿宋_GB2312", 10.5, 0, RIGHTWARD, 0, 1, 1, False),
    "Header": ("宋体", 10.5, 0, MIDDLE, 0, 0, 0, False),
    "Footer": ("宋体", 14, 0, MIDDLE, 0, 0, 0, False),
}
#: Styles that differ in little from another: name → the style that it is based on.
BASED = {
    "说明标题": "Heading 1",
    "说明文字": "Body Text",
    **{small: usual for usual, small in SMALLER.items()},
}
TABLE = "数据表"


def make() -> bytes:
    """The template; always the same bytes."""
    document = Document()
    _drop_unused(document)
    for name, look in STYLES.items():
        _style(document, name, look)
    _based_styles(document)
    document.styles.element.append(_table_style())
    _fonts(document)
    _page(document)
    _fill(document)
    for name in ("author", "title", "comments", "keywords", "last_modified_by", "subject"):
        setattr(document.core_properties, name, "")
    made = BytesIO()
    document.save(made)
    return packed(made.getvalue())


def _drop_unused(document: Any) -> None:
    """python-docx's own template brings a hundred styles of tables and lists; a person would have to scroll by."""
    kept = {*STYLES, "Default Paragraph Font", "Normal Table", "No List"}
    for style in list(document.styles):
        if style.name not in kept:
            style.delete()
    for theme in document.styles.element.iter(qn("w:rFonts")):
        theme.attrib.clear()
    language = next(document.styles.element.iter(qn("w:lang")))
    language.attrib.update({qn("w:val"): "en-US", qn("w:eastAsia"): "zh-CN"})


def _style(
    document: Any, name: str, look: tuple[str, float, int, Any, int, float, float, bool]
) -> None:
    font, size, line, align, indent, before, after, keep = look
    known = {each.name for each in document.styles}
    style = (
        document.styles[name]
        if name in known
        else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    for tag in ("w:rPr", "w:pPr"):
        for old in style.element.findall(qn(tag)):
            style.element.remove(old)
    if name != "Normal":
        style.base_style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(size)
    fonts = style.element.rPr.rFonts
    for attribute in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(attribute), LATIN)
    fonts.set(qn("w:eastAsia"), font)
    shape = style.paragraph_format
    shape.space_before, shape.space_after, shape.keep_with_next = Pt(before), Pt(after), keep
    shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY if line else WD_LINE_SPACING.SINGLE
    if line:
        shape.line_spacing = Pt(line)
    if align is not None:
        shape.alignment = align
    if indent:
        shape.first_line_indent = Pt(size * indent)
        style.element.pPr.ind.set(qn("w:firstLineChars"), str(indent * 100))
    if name.startswith("Heading"):
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), str(int(name[-1]) - 1))
        style.element.pPr.append(level)
    style.hidden, style.quick_style, style.unhide_when_used = False, True, False


def _based_styles(document: Any) -> None:
    for name, base in BASED.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles[base]
        style.quick_style = True
    document.styles["说明标题"].paragraph_format.page_break_before = True
    document.styles["说明文字"].font.size = Pt(12)
    document.styles["说明文字"].paragraph_format.line_spacing = Pt(22)
    document.styles["说明文字"].paragraph_format.first_line_indent = Pt(24)
    document.styles["说明文字"].element.pPr.ind.set(qn("w:firstLineChars"), "200")
    for name in SMALLER.values():
        document.styles[name].font.size = Pt(9)


def _table_style() -> Any:
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        for side, size in (
            ("top", 8), ("left", 4), ("bottom", 8), ("right", 4), ("insideH", 4), ("insideV", 4),
        )
    )  # fmt: skip
    return parse_xml(
        f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="DataTable">'
        f'<w:name w:val="{TABLE}"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders><w:tblCellMar>"
        '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tcPr><w:vAlign w:val="center"/></w:tcPr>'
        '<w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="E7E7E7"/>'
        "</w:tcPr></w:tblStylePr></w:style>"
    )


def _fonts(document: Any) -> None:
    """The table of fonts: what Word and WPS take where an official font is not installed."""
    declared = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{"auto" if name == "黑体" else "roman"}"/></w:font>'
        for name, others in FONTS.items()
    )
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{declared}</w:fonts>'
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            old = relation.target_part
            relation._target = Part(
                old.partname, old.content_type, xml.encode("utf-8"), old.package
            )


def _page(document: Any) -> None:
    (section,) = document.sections
    section.page_width, section.page_height = (Mm(each) for each in PAGE)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance, section.footer_distance = Mm(20), Mm(24)
    section.header.paragraphs[0].text = "{{ centre }}"
    footer = section.footer.paragraphs[0]
    footer.add_run("— ")
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    number.append(run)
    footer._p.append(number)
    footer.add_run(" —")


def _fill(document: Any) -> None:
    def say(text: str, style: str = "Normal") -> None:
        document.add_paragraph(text, style)

    say("{{ title }}", "Title")
    say("{{ subtitle }}", "Subtitle")
    say("{%p for section in sections %}")
    say("{%p if section.number %}")
    say("{{ section.heading }}", "Heading 1")
    say("{%p else %}")
    say("{{ section.heading }}", "说明标题")
    say("{%p endif %}")
    say("{%p for paragraph in section.paragraphs %}")
    say("{%p if section.number %}")
    say("{{ paragraph }}", "Body Text")
    say("{%p else %}")
    say("{{ paragraph }}", "说明文字")
    say("{%p endif %}")
    say("{%p endfor %}")
    say("{%p for chart in section.charts %}")
    say("{{ chart.picture }}", "图")
    say("{{ chart.caption }}", "Caption")
    say("{%p if chart.note %}")
    say("{{ chart.note }}", "图表注")
    say("{%p endif %}")
    say("{%p endfor %}")
    say("{%p for table in section.tables %}")
    say("{{ table.caption }}", "表题")
    _table(document)
    say("{{ table.note }}", "图表注")
    say("{%p endfor %}")
    say("{%p endfor %}")


def _table(document: Any) -> None:
    table = document.add_table(rows=4, cols=3)
    table.style, table.alignment = document.styles[TABLE], WD_TABLE_ALIGNMENT.CENTER
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.attrib.clear()
    look.set(qn("w:firstRow"), "1")
    head, begin, body, end = table.rows
    for cell, text in zip(head.cells, ("{%tc for heading in table.headings %}", "{{ heading }}",
                                       "{%tc endfor %}"), strict=True):  # fmt: skip
        cell.paragraphs[0].text, cell.paragraphs[0].style = text, document.styles["表头"]
    begin.cells[0].text = "{%tr for row in table.rows %}"
    end.cells[0].text = "{%tr endfor %}"
    first, middle, last = body.cells
    first.text, last.text = "{%tc for cell in row %}", "{%tc endfor %}"
    lines = (
        ("{%p if cell.number %}", "表格文字"), ("{{ cell }}", "表格数字"), ("{%p else %}", "表格文字"),
        ("{{ cell }}", "表格文字"), ("{%p endif %}", "表格文字"),
    )  # fmt: skip
    middle.paragraphs[0].text, middle.paragraphs[0].style = lines[0][0], document.styles["表格文字"]
    for text, style in lines[1:]:
        middle.add_paragraph(text, style)
    for row, tags in ((head, ("w:cantSplit", "w:tblHeader")), (body, ("w:cantSplit",))):
        for tag in tags:
            row._tr.get_or_add_trPr().append(OxmlElement(tag))


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(make())
