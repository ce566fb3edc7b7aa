"""The paper in Word: a page of the standard, its styles, fonts, page numbers and tables; a centre's own template."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from reports.documents import word
from reports.documents.tables import PAGE, STYLE, widths
from reports.documents.writing import DocumentError
from reports.figures.totals import Summary
from reports.paper.paper import Paper
from tests.reports import printed
from tests.reports.model import ACCOUNTS, BARE, HITS, MODEL, PLACED, hostile
from tests.reports.papers import HOSTILE
from tools import word_styles

#: Formatting that belongs into a style.
BY_HAND = ("w:b", "w:sz", "w:color", "w:i", "w:u", "w:jc", "w:spacing", "w:ind")
#: Titles as the planner may hand them over: cut, and in a sentence.
TITLES = tuple(each[:60] for each in HOSTILE)


@pytest.fixture(scope="module")
def document(summary: Summary) -> Any:
    return _opened(word.made(summary, MODEL))


def _opened(made: bytes) -> Any:
    return docx.Document(BytesIO(made))


def _styled(document: Any, style: str) -> list[str]:
    return [each.text for each in document.paragraphs if each.style.name == style]


def test_it_says_the_paper_in_its_order(document: Any) -> None:
    said = [each.text for each in document.paragraphs if each.text]
    shown = [each for each in said if not each.startswith(("附表", "2．", "3．"))]
    assert shown == MODEL.text.split("\n")
    assert [each for each in said if each not in shown] == [
        "附表：1．各账号发布和传播情况", "2．“10万+”作品", "3．对外宣传刊发情况",
        "附表1　各账号发布和传播情况", "附表2　“10万+”作品", "附表3　对外宣传刊发情况",
    ]  # fmt: skip


def test_every_part_has_its_style_and_nothing_is_formatted_by_hand(document: Any) -> None:
    assert _styled(document, "Title") == [MODEL.title]
    assert _styled(document, "主送") == ["县委宣传部："]
    assert _styled(document, "Heading 1") == ["一、爆款作品", "二、各平台情况", "三、重点主题宣传"]
    assert len(_styled(document, "Body Text")) == len([*MODEL.body])
    assert _styled(document, "数据说明") == [MODEL.notes.text]
    assert _styled(document, "落款") + _styled(document, "日期") == [*MODEL.signature]
    used = {each.style.name for each in document.paragraphs}
    assert used <= {*word_styles.PAPER}
    assert {each.style.name for each in document.tables} == {STYLE}
    for tag in ("w:pPr", "w:rPr"):
        for look in document.element.body.iter(qn(tag)):
            assert not [each for each in BY_HAND if look.find(qn(each)) is not None]
    # of fonts a run says only that marks which Chinese and Latin share are Chinese ones
    for fonts in document.element.body.iter(qn("w:rFonts")):
        assert dict(fonts.attrib) == {qn("w:hint"): "eastAsia"}


def test_headings_run_in_at_the_beginning_of_a_paragraph(document: Any) -> None:
    run_in = [
        (run.text, run.style.name) for each in document.paragraphs for run in each.runs
        if run.text and run.style.name != "Default Paragraph Font"
    ]  # fmt: skip
    assert run_in == [
        ("（一）短视频平台。", "段首标题"), ("（二）微信公众号。", "段首标题"), ("数据说明　", "段首说明"),
    ]  # fmt: skip


#: Style → font of its Chinese, size, spacing of lines, indent of its first line in hundredths of a character.
LOOKS = {
    "Title": ("方正小标宋简体", 22, 36, None),
    "Heading 1": ("黑体", 16, 28, "200"),
    "Body Text": ("仿宋_GB2312", 16, 28, "200"),
    "主送": ("仿宋_GB2312", 16, 28, None),
    "表格文字": ("宋体", 10.5, None, None),
    "表格数字": ("宋体", 10.5, None, None),
    "Footer": ("宋体", 14, None, None),
    "双页页码": ("宋体", 14, None, None),
}


@pytest.mark.parametrize("name", LOOKS)
def test_the_looks_that_the_standard_names(document: Any, name: str) -> None:
    style = document.styles[name]
    indent = style.element.pPr.ind
    line = style.paragraph_format.line_spacing
    assert LOOKS[name] == (
        style.element.rPr.rFonts.get(qn("w:eastAsia")),
        style.font.size.pt,
        line.pt if hasattr(line, "pt") else None,
        None if indent is None else indent.get(qn("w:firstLineChars")),
    )
    run_ins = [document.styles[each].element.rPr.rFonts for each in word_styles.RUN_INS]
    assert [each.get(qn("w:eastAsia")) for each in run_ins] == ["楷体_GB2312", "黑体"]


def test_the_page_and_its_numbers(document: Any) -> None:
    (section,) = document.sections
    page = (section.page_width, section.page_height, section.top_margin, section.bottom_margin,
            section.left_margin, section.right_margin)  # fmt: skip
    assert [each.mm for each in page] == pytest.approx([210, 297, 37, 35, 28, 26], abs=0.1)
    assert document.settings.odd_and_even_pages_header_footer
    for footer, style, side in (
        (section.footer, "Footer", "right"),
        (section.even_page_footer, "双页页码", "left"),
    ):
        (line,) = footer.paragraphs
        assert line.style.name == style and "PAGE" in line._p.xml
        assert line.style.element.pPr.jc.get(qn("w:val")) == side
        assert line.style.element.pPr.ind.get(qn(f"w:{side}Chars")) == "100"
    assert document.styles["首个附表题"].paragraph_format.page_break_before


@pytest.mark.parametrize("paper", [MODEL, hostile(TITLES)], ids=["model", "hostile"])
def test_tables_repeat_their_head_and_stay_on_the_page(summary: Summary, paper: Paper) -> None:
    document = _opened(word.made(summary, paper))
    section = document.sections[0]
    room = (section.page_width - section.left_margin - section.right_margin) // 635
    assert [len(each.rows) - 1 for each in document.tables] == [len(t.rows) for t in paper.tables]
    for table in document.tables:
        first, *others = table._tbl.tr_lst
        assert first.trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in (first, *others))
        assert sum(int(each.get(qn("w:w"))) for each in table._tbl.tblGrid) <= room


#: Headings and a row that are wider than a page in letters of any size.
WIDE = (
    ("账号", *(f"阅读播放量{n}" for n in range(7)), "10万+"),
    ("云岭县融媒体中心新闻客户端", *("123456789及以上",) * 7, "18"),
)


@pytest.mark.parametrize("shrink", [True, False])
def test_no_number_is_broken_where_a_table_is_wide(shrink: bool) -> None:
    found, small = widths(WIDE, shrink=shrink)
    assert small is shrink and sum(found) <= PAGE
    # a digit of Times New Roman is half as wide as the letter is high, here 9 pt (in twentieths)
    if small:
        assert all(each >= 9 * 90 for each in found[1:8])
    assert all(each >= 4 * 90 for each in found)


def test_a_short_table_is_not_torn(document: Any) -> None:
    """All rows of a short table but its last keep with the next; a long one may begin at the foot of a page."""
    long, _, short = (
        [
            [p.pPr is not None and p.pPr.keepNext is not None for p in row.iter(qn("w:p"))]
            for row in table._tbl.tr_lst
        ]
        for table in document.tables
    )
    assert len(short) == 4 and all(map(all, short[:-1])) and not any(short[-1])
    assert len(long) == 12 and not any(map(any, long))


def test_hostile_titles_stay_text(summary: Summary) -> None:
    document = _opened(word.made(summary, hostile(TITLES)))
    said = "\n".join(_styled(document, "Body Text"))
    for title, shown in HOSTILE.items():
        assert f"《{shown.rstrip('…') if len(title) > 60 else shown}》播放量超10万人次。" in said
    assert "主送" not in {each.style.name for each in document.paragraphs}


def test_without_tables_addressee_and_signature(summary: Summary) -> None:
    document = _opened(word.made(summary, BARE))
    assert [each.text for each in document.paragraphs] == BARE.text.split("\n")
    assert not document.tables


def test_a_single_table_has_no_number(summary: Summary) -> None:
    document = _opened(word.made(summary, replace(MODEL, tables=(HITS,))))
    said = [each.text for each in document.paragraphs]
    assert "附表：“10万+”作品" in said and "附表　“10万+”作品" in said


def test_nothing_behind_the_last_table_takes_a_page(document: Any) -> None:
    last = document.paragraphs[-1]
    assert not last.text and last.style.paragraph_format.line_spacing.pt == 1
    assert document.element.body[-3].tag == qn("w:tbl")


def test_the_same_paper_gives_the_same_bytes(summary: Summary) -> None:
    assert word.made(summary, MODEL) == word.made(summary, MODEL)


def test_in_print(summary: Summary, tmp_path: Path) -> None:
    """Two pages of text with their tables behind; no heading alone at the end of a page, no page left half empty."""
    many = replace(ACCOUNTS, rows=ACCOUNTS.rows * 4)
    path = tmp_path / "paper.docx"
    path.write_bytes(word.made(summary, replace(MODEL, tables=(many, HITS, PLACED))))
    pages = printed.pages(path, tmp_path)
    assert [each.strip().split("\n")[-1] for each in pages] == [
        f"— {number} —" for number in range(1, len(pages) + 1)
    ]
    assert len(pages) == 4
    assert printed.letters(MODEL.notes.text) in printed.letters("".join(pages[:2]))
    assert pages[2].startswith("附表") and "云岭县融媒体中心\n" in pages[1]
    # the head of the long table stands on both of its pages, and the next tables follow on the second
    assert all("阅读播放量" in each for each in pages[2:])
    assert "对外宣传刊发情况" in pages[3] and "\ufffd" not in "".join(pages)


def _own(folder: Path, summary: Summary, *lines: str) -> Summary:
    own = docx.Document()
    for each in lines:
        own.add_paragraph(each)
    own.save(str(folder / "own.docx"))
    return replace(summary, centre=replace(summary.centre, template=str(folder / "own.docx")))


def test_a_centre_brings_its_own_template(summary: Summary, tmp_path: Path) -> None:
    lines = (
        "{{ centre }}|{{ period }}|{{ title }}|{{ subtitle }}",
        "{{ addressee }}",
        "{%p for chapter in chapters %}", "【{{ chapter.title }}】",
        "{%p for paragraph in chapter.paragraphs %}", "{{ paragraph.heading }}/{{ paragraph.text }}",
        "{{ paragraph }}",
        "{%p endfor %}", "{%p endfor %}",
        "{{ notes }}", "{{ signature[0] }}", "{{ signature | join('，') }}",
        "{%p for table in tables %}",
        "{{ table.entry }}|{{ table.caption }}|{{ table.headings | join('、') }}|{{ table.rows | length }}{{ table.note }}",
        "{%p endfor %}",
    )  # fmt: skip
    document = _opened(word.made(_own(tmp_path, summary, *lines), MODEL))
    said = [each.text for each in document.paragraphs]
    assert said[0] == f"云岭县融媒体中心|2026年第三季度|{MODEL.title}|（数据截至2026年10月9日9时）"
    assert said[1] == "县委宣传部：" and "【一、爆款作品】" in said and "【】" in said
    by_platform = MODEL.chapters[2].paragraphs[0]
    assert by_platform.text in said
    assert by_platform.text.replace("平台。", "平台。/", 1) in said
    assert said[-6:-3] == [MODEL.notes.text, "云岭县融媒体中心", "云岭县融媒体中心，2026年11月28日"]
    assert said[-1] == "3．对外宣传刊发情况|附表3　对外宣传刊发情况|级别、媒体、篇数、头版|3"


def test_a_table_of_a_centres_own(summary: Summary, tmp_path: Path) -> None:
    """As the manual has it, in a style of the centre's: its columns are left as they are."""
    own = docx.Document()
    own.add_paragraph("{%p for table in tables %}")
    cells = (
        ("{%tc for heading in table.headings %}", "{{ heading }}", "{%tc endfor %}"),
        ("{%tr for row in table.rows %}", "", ""),
        (
            "{%tc for cell in row %}",
            "{{ cell }}{% if cell.number %} 数{% endif %}",
            "{%tc endfor %}",
        ),
        ("{%tr endfor %}", "", ""),
    )
    table = own.add_table(rows=len(cells), cols=3)
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    own.add_paragraph("{%p endfor %}")
    own.save(str(tmp_path / "own.docx"))
    centre = replace(summary.centre, template=str(tmp_path / "own.docx"))
    document = _opened(word.made(replace(summary, centre=centre), MODEL))
    shown = [[cell.text for cell in row.cells] for row in document.tables[2].rows]
    assert shown == [
        ["级别", "媒体", "篇数", "头版"], ["中央", "神州新闻网", "4 数", "1 数"],
        ["中央", "华夏日报示例版", "3 数", "0 数"], ["省", "江北日报示例版", "15 数", "4 数"],
    ]  # fmt: skip


def test_a_template_may_show_parts_of_the_full_listing(summary: Summary, tmp_path: Path) -> None:
    lines = (
        "{{ as_of }}|{{ known_by }}",
        "{%p for section in sections %}",
        "{{ section.number }}-{{ section.heading }}-{{ section.title }}-{{ section.id }}",
        "{%p for each in section.paragraphs %}", "{{ each }}", "{%p endfor %}",
        "{%p for chart in section.charts %}", "{{ chart.picture }}", "{{ chart.caption }}{{ chart.note }}",
        "{%p endfor %}",
        "{%p endfor %}",
    )  # fmt: skip
    document = _opened(word.made(_own(tmp_path, summary, *lines), MODEL))
    said = [each.text for each in document.paragraphs]
    assert said[0] == "2026年10月9日9时|2026年10月9日9时"
    assert "一-一、总体情况-总体情况-total" in said
    assert len(document.inline_shapes) >= 4


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("好的", "{{ titel }}"), r"'titel' is undefined.*在“.*titel.*”附近"),
        (("{%p for section in sections %}",), r"变量或语句写错了"),
        (("{{ sections[0].nothing }}",), r"变量或语句写错了"),
        (("{{ title + 1 }}",), r"变量或语句写错了.*在“.*title.*”附近"),
        (("{{ centre.__class__.__mro__ }}",), r"变量或语句写错了"),
    ],
)
def test_a_mistake_in_a_template_is_told(
    summary: Summary, tmp_path: Path, lines: tuple[str, ...], told: str
) -> None:
    with pytest.raises(DocumentError, match=f"自备的 Word 模板 .*own.docx 不能用：.*{told}"):
        word.made(_own(tmp_path, summary, *lines), MODEL)


def test_a_template_that_is_none(summary: Summary, tmp_path: Path) -> None:
    path = tmp_path / "own.docx"
    centre = replace(summary.centre, template=str(path))
    with pytest.raises(DocumentError, match="读不了（没有这个文件或文件夹）"):
        word.made(replace(summary, centre=centre), MODEL)
    path.write_bytes(b"PK\x03\x04 no docx")
    with pytest.raises(DocumentError, match=r"不是完好的 docx 文件.*请对照使用手册"):
        word.made(replace(summary, centre=centre), MODEL)
