"""The full listing in Word: opened again, made a PDF once, hostile titles."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from adapters.records import at_least
from reports.documents import content, filling, word
from reports.documents.tables import STYLE
from reports.figures.totals import Summary
from reports.section import Table
from tests.reports import printed
from tests.reports.papers import HOSTILE, crowd, with_section
from tools import word_styles, word_templates

BIG = at_least(12_345_678)
#: Formatting that belongs into a style.
BY_HAND = ("w:b", "w:sz", "w:color", "w:i", "w:u", "w:jc", "w:spacing", "w:ind")


@pytest.fixture(scope="module")
def file(summary: Summary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("word") / "s.docx"
    word.render_listing(summary, path)
    return path


def _opened(made: bytes | Path) -> Any:
    return docx.Document(BytesIO(made) if isinstance(made, bytes) else str(made))


def test_everything_has_a_named_style_and_nothing_is_formatted_by_hand(file: Path) -> None:
    document = _opened(file)
    known = {*word_styles.LISTING}
    assert {each.style.name for each in document.paragraphs if each.style} <= known
    assert {each.style.name for each in document.tables if each.style} == {STYLE}
    for tag in ("w:pPr", "w:rPr"):
        for look in document.element.body.iter(qn(tag)):
            assert not [each for each in BY_HAND if look.find(qn(each)) is not None]
    # of fonts a run says only that marks which Chinese and Latin share are Chinese ones
    for fonts in document.element.body.iter(qn("w:rFonts")):
        assert dict(fonts.attrib) == {qn("w:hint"): "eastAsia"}


def test_the_official_fonts_and_their_stand_ins(file: Path) -> None:
    document = _opened(file)
    fonts = {
        name: document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Title", "Heading 1", "Body Text", "表格数字")
    }
    assert fonts == {
        "Title": "方正小标宋简体", "Heading 1": "黑体", "Body Text": "仿宋_GB2312", "表格数字": "宋体",
    }  # fmt: skip
    table = next(
        each.target_part.blob.decode("utf-8")
        for each in document.part.rels.values()
        if each.reltype.endswith("/fontTable")
    )
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋,FangSong' in table
    indent = document.styles["Body Text"].element.pPr.ind
    assert indent.get(qn("w:firstLineChars")) == "200"
    (section,) = document.sections
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx((210, 297), abs=0.1)
    assert (section.top_margin.mm, section.left_margin.mm) == pytest.approx((37, 28), abs=0.1)


def test_headings_are_numbered_and_the_notes_are_last(file: Path, summary: Summary) -> None:
    document = _opened(file)
    headings = [
        each.text for each in document.paragraphs
        if each.style and each.style.name in ("Heading 1", "说明标题")
    ]  # fmt: skip
    assert headings[0] == "一、总体情况" and headings[1].startswith("二、")
    assert headings[-1] == "数据说明" and len(headings) == len(summary.sections)
    assert document.styles["说明标题"].paragraph_format.page_break_before
    (section,) = document.sections
    for header in (section.header, section.even_page_header):
        assert header.paragraphs[0].text == "云岭县融媒体中心"


def test_every_sentence_is_a_paragraph(file: Path, summary: Summary) -> None:
    said = {each.text for each in _opened(file).paragraphs}
    assert {each.text for part in summary.sections for each in content.sentences(part)} <= said


def test_hostile_titles_stay_text(file: Path) -> None:
    document = _opened(file)
    table = next(each for each in document.tables if each.rows[0].cells[0].text == "试的标题")
    shown = [row.cells[0].text for row in table.rows[1:]]
    assert shown[: len(HOSTILE)] == list(HOSTILE.values())
    assert [each.text for each in table.rows[-3].cells] == ["只知下限", "350000及以上", "1.25"]
    assert [each.text for each in table.rows[-1].cells] == ["无", "无数据", "无数据"]


def test_tables_repeat_their_head_and_keep_their_rows_whole(file: Path) -> None:
    document = _opened(file)
    text = document.sections[0]
    room = (text.page_width - text.left_margin - text.right_margin) // 635
    for table in document.tables:
        first, *others = table._tbl.tr_lst
        assert first.trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in (first, *others))
        assert sum(int(each.get(qn("w:w"))) for each in table._tbl.tblGrid) <= room


def test_a_wide_table_takes_the_small_styles_and_stays_on_the_page(summary: Summary) -> None:
    headings = tuple(f"阅读播放量{at}" for at in range(7))
    wide = Table(id="wide", title="宽表", headings=headings, rows=((BIG,) * 7,) * 2)
    section = replace(crowd(0), tables=(wide,), charts=(), sentences=())
    document = _opened(word.listing(with_section(summary, section)))
    table = next(each for each in document.tables if each.rows[0].cells[0].text == "阅读播放量0")
    styles = {
        p.style.name for row in table.rows for c in row.cells for p in c.paragraphs if p.style
    }
    assert styles == {"小表头", "表格小数"}
    assert sum(int(each.get(qn("w:w"))) for each in table._tbl.tblGrid) <= 8844


def test_charts_are_named_and_described(file: Path) -> None:
    document = _opened(file)
    drawn = list(document.element.body.iter(qn("wp:docPr")))
    told = [each.get("descr") or "" for each in drawn if "账号" in (each.get("title") or "")]
    assert any("无数据" in each and "2及以上" in each for each in told)
    assert len({each.get("id") for each in drawn}) == len(drawn)
    captions = [p.text for p in document.paragraphs if p.style and p.style.name == "Caption"]
    assert len(captions) == len(drawn)
    assert [each for each in captions if each.endswith("逐月（单位：条）")]
    assert not [each for each in captions if "全无" in each]


def test_the_same_summary_gives_the_same_bytes(file: Path, summary: Summary) -> None:
    assert word.listing(summary) == file.read_bytes()


@pytest.mark.parametrize("path", word_templates.MADE)
def test_a_shipped_template_is_what_its_maker_makes(path: Path) -> None:
    assert path.read_bytes() == word_templates.MADE[path]()


def test_the_pdf_holds_every_sentence(file: Path, summary: Summary, tmp_path: Path) -> None:
    text = "".join(printed.pages(file, tmp_path))
    found = printed.letters(re.sub(r"云岭县融媒体中心\n|\n— \d+ —", "\n", text))
    plain = [each for each in summary.sentences if not each.id.startswith("tried.")]
    assert [each.text for each in plain if printed.letters(each.text) not in found] == []
    assert "\ufffd" not in text


def test_five_hundred_accounts(summary: Summary) -> None:
    document = _opened(word.listing(with_section(summary, crowd(500))))
    table = next(each for each in document.tables if each.rows[0].cells[0].text == "村账号")
    assert len(table._tbl.tr_lst) == 501


def test_more_rows_than_paper_holds_are_said_to_be_elsewhere(summary: Summary) -> None:
    section = replace(crowd(700), sentences=(), charts=())
    document = _opened(word.listing(with_section(summary, section)))
    assert any("共700行，此处为前600行" in each.text for each in document.paragraphs)


@pytest.mark.parametrize(
    ("rows", "note"),
    [(600, ""), (601, "共601行，此处为前600行，全部见 Excel 文件")],
)
def test_only_what_is_left_out_is_said_to_be_elsewhere(rows: int, note: str) -> None:
    made = filling.table(crowd(rows).tables[0], "表1")
    assert (len(made["rows"]), made["note"]) == (600, note)
