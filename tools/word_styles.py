"""The named styles and the page of our Word templates: a page of GB/T 9704-2012 (A4, margins 37/35/28/26 mm, text in
仿宋 三号 with lines of 28 pt, headings in 黑体 and 楷体, the title in 小标宋 二号, page numbers in 宋体 四号 outside).
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any, NamedTuple

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from reports.documents.tables import SMALLER, STYLE
from reports.documents.writing import packed

#: Page and margins in millimetres.
PAGE, TOP, BOTTOM, LEFT, RIGHT = (210, 297), 37, 35, 28, 26
LATIN = "Times New Roman"
TITLE, TEXT, RUN_IN, HEADING, TABULAR = (
    "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体",
)  # fmt: skip
#: Font → what stands in for it where it is missing, as Word and WPS look for it.
FONTS = {
    TITLE: "小标宋,方正小标宋_GBK,宋体,SimSun",
    TEXT: "仿宋,FangSong,方正仿宋_GBK,STFangsong",
    RUN_IN: "楷体,KaiTi,STKaiti",
    HEADING: "SimHei,Microsoft YaHei,Noto Sans CJK SC",
    TABULAR: "SimSun,Noto Serif CJK SC",
}
LEFTWARD, MIDDLE, RIGHTWARD, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY,
)  # fmt: skip


class Look(NamedTuple):
    """How a paragraph looks. ``size``, ``line`` (0: single), ``before``, ``after``: points; ``first``, ``left``, ``right``:
    indents in characters; ``keep``: on one page with what follows; ``page``: on a new page; ``level``: of the outline."""

    font: str
    size: float
    line: float = 0
    align: Any = LEFTWARD
    first: float = 0
    left: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    keep: bool = False
    page: bool = False
    level: int = 0


_BODY = Look(TEXT, 16, 28, BOTH, first=2)
_CAPTION = Look(HEADING, 14, 0, MIDDLE, before=20, after=6, keep=True, level=1)
_CELL = Look(TABULAR, 10.5, 0, LEFTWARD, before=1, after=1)
_CELLS = {
    "表头": _CELL._replace(font=HEADING, align=MIDDLE, keep=True),
    "表格文字": _CELL,
    "表格数字": _CELL._replace(align=RIGHTWARD),
}
_NUMBER = Look(TABULAR, 14)
#: Styles of every template.
COMMON = {
    "Normal": Look(TEXT, 16, 28, None),
    "Title": Look(TITLE, 22, 36, MIDDLE, after=6, keep=True),
    "Heading 1": Look(HEADING, 16, 28, first=2, keep=True, level=1),
    "Body Text": _BODY,
    "图表注": Look(TEXT, 10.5, 0, before=2, after=8),
    "表后": Look(TEXT, 1, 1),
    **_CELLS,
    **{SMALLER[name]: look._replace(size=9) for name, look in _CELLS.items()},
}
#: Of the paper: what its parts are called in the manual.
PAPER = COMMON | {
    "Title": Look(TITLE, 22, 36, MIDDLE, after=28, keep=True),
    "主送": Look(TEXT, 16, 28),
    "数据说明": Look(TEXT, 12, 22, BOTH, first=2, before=14),
    "附表目录首项": Look(TEXT, 16, 28, first=-4.5, left=6.5, before=14, keep=True),
    "附表目录": Look(TEXT, 16, 28, first=-1.5, left=6.5, keep=True),
    "落款": Look(TEXT, 16, 28, MIDDLE, left=12, right=2, before=28, keep=True),
    "日期": Look(TEXT, 16, 28, MIDDLE, left=12, right=2),
    "首个附表题": _CAPTION._replace(before=0, page=True),
    "附表题": _CAPTION,
    "Footer": _NUMBER._replace(align=RIGHTWARD, right=1),
    "双页页码": _NUMBER._replace(left=1),
}
#: Of words at the beginning of a paragraph: font.
RUN_INS = {"段首标题": RUN_IN, "段首说明": HEADING}
#: Of the full listing.
LISTING = COMMON | {
    "Subtitle": Look(RUN_IN, 14, 28, MIDDLE, after=14),
    "Heading 1": Look(HEADING, 16, 28, first=2, before=6, keep=True, level=1),
    "Caption": Look(HEADING, 12, 0, MIDDLE, before=6, after=3),
    "表题": Look(HEADING, 12, 0, MIDDLE, before=16, after=4, keep=True),
    "图": Look(TEXT, 12, 0, MIDDLE, before=8, keep=True),
    "说明标题": Look(HEADING, 16, 28, first=2, before=6, keep=True, page=True, level=1),
    "说明文字": Look(TEXT, 12, 22, BOTH, first=2),
    "Header": Look(TABULAR, 10.5, 0, MIDDLE),
    "Footer": _NUMBER._replace(align=RIGHTWARD, right=1),
    "双页页码": _NUMBER._replace(left=1),
}


def blank(looks: Mapping[str, Look]) -> Any:
    """An empty Word file with these styles alone, its page and its page numbers."""
    document = Document()
    _drop_unused(document, looks)
    for name, look in looks.items():
        _style(document, name, look)
    for name, font in RUN_INS.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        _font(style, font)
        style.quick_style = True
    document.styles.element.append(_table_style())
    _stand_ins(document)
    _page(document)
    return document


def finished(document: Any) -> bytes:
    """The template's bytes; always the same for the same template."""
    _as_chinese(document)
    for name in ("author", "title", "comments", "keywords", "last_modified_by", "subject"):
        setattr(document.core_properties, name, "")
    made = BytesIO()
    document.save(made)
    return packed(made.getvalue())


def table_of_variables(document: Any) -> None:
    """A table of ``table.headings`` and ``table.rows``: its head on each page, its rows whole."""
    table = document.add_table(rows=4, cols=3)
    table.style, table.alignment = document.styles[STYLE], WD_TABLE_ALIGNMENT.CENTER
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


def _drop_unused(document: Any, looks: Mapping[str, Look]) -> None:
    """python-docx's own template brings a hundred styles of tables and lists; a person would have to scroll by."""
    kept = {*looks, "Default Paragraph Font", "Normal Table", "No List"}
    for style in list(document.styles):
        if style.name not in kept:
            style.delete()
    for theme in document.styles.element.iter(qn("w:rFonts")):
        theme.attrib.clear()
    language = next(document.styles.element.iter(qn("w:lang")))
    language.attrib.update({qn("w:val"): "en-US", qn("w:eastAsia"): "zh-CN"})


def _style(document: Any, name: str, look: Look) -> None:
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
    _font(style, look.font)
    style.font.size = Pt(look.size)
    shape = style.paragraph_format
    shape.space_before, shape.space_after = Pt(look.before), Pt(look.after)
    shape.keep_with_next, shape.page_break_before = look.keep, look.page
    shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY if look.line else WD_LINE_SPACING.SINGLE
    if look.line:
        shape.line_spacing = Pt(look.line)
    if look.align is not None:
        shape.alignment = look.align
    _indent(style, look)
    if look.level:
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), str(look.level - 1))
        style.element.pPr.append(level)
    style.hidden, style.quick_style, style.unhide_when_used = False, True, False


def _as_chinese(document: Any) -> None:
    """Marks that Chinese and Latin share (“”…—) are set in the Chinese font: Word takes the Latin one unless told."""
    (section,) = document.sections
    parts = (section.header, section.even_page_header, section.footer, section.even_page_footer)
    for part in (document, *(each for each in parts if not each.is_linked_to_previous)):
        for run in part._element.iter(qn("w:r")):
            run.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def _font(style: Any, font: str) -> None:
    style.font.name = LATIN
    fonts = style.element.rPr.rFonts
    for attribute in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(attribute), LATIN)
    fonts.set(qn("w:eastAsia"), font)


def _indent(style: Any, look: Look) -> None:
    """Each indent twice: in points, and in characters, which Word and WPS go by when the size of letters changes."""
    shape = style.paragraph_format
    if look.first:
        shape.first_line_indent = Pt(look.size * look.first)
        side = "w:firstLineChars" if look.first > 0 else "w:hangingChars"
        style.element.pPr.ind.set(qn(side), str(round(abs(look.first) * 100)))
    for side, wide in (("left", look.left), ("right", look.right)):
        if wide:
            setattr(shape, f"{side}_indent", Pt(look.size * wide))
            style.element.pPr.ind.set(qn(f"w:{side}Chars"), str(round(wide * 100)))


def _table_style() -> Any:
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        for side, size in (
            ("top", 8), ("left", 4), ("bottom", 8), ("right", 4), ("insideH", 4), ("insideV", 4),
        )
    )  # fmt: skip
    return parse_xml(
        f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="DataTable">'
        f'<w:name w:val="{STYLE}"/><w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders><w:tblCellMar>"
        '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tcPr><w:vAlign w:val="center"/></w:tcPr>'
        '<w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="E7E7E7"/>'
        "</w:tcPr></w:tblStylePr></w:style>"
    )


def _stand_ins(document: Any) -> None:
    """The table of fonts: what Word and WPS take where an official font is not installed."""
    declared = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{"auto" if name == HEADING else "roman"}"/></w:font>'
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
    section.header_distance, section.footer_distance = Mm(20), Mm(23)
    document.settings.odd_and_even_pages_header_footer = True
    _numbered(section.footer.paragraphs[0])
    even = section.even_page_footer.paragraphs[0]
    even.style = document.styles["双页页码"]
    _numbered(even)


def _numbered(footer: Any) -> None:
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
