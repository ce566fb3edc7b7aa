"""True figures put into drafts: blanks, texts of an earlier period, Word with its runs, boxes, fields and insertions."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from sqlalchemy import Connection

from reports.documents.opening import Unreadable
from reports.drafts.checking import outcome
from reports.drafts.checking.lookups import Ground
from reports.drafts.filling import filler as filling
from reports.drafts.filling import revising
from reports.drafts.filling.answers import Edit
from reports.drafts.reading import paragraphs
from reports.drafts.reading.word_files import W, located
from reports.periods import parse_period
from tests.reports.county import CENTRE, at, county

TODAY = date(2026, 10, 10)
NOW = at(10, 9)
TITLE = "云岭县融媒体中心2026年第三季度工作总结"


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with county(tmp_path_factory.mktemp("county")) as there:
        yield there


def question(connection: Connection) -> Ground:
    return Ground(connection=connection, centre=CENTRE, basis="published", as_of=NOW, known_by=NOW)


def filled(
    connection: Connection, text: str, period: str | None = None, since: str | None = None
) -> tuple[str, list[Edit]]:
    whole = f"# {TITLE}\n\n{text}\n"
    draft = paragraphs.read("稿.md", whole.encode())
    edits = filling.fill(
        draft, question(connection), period=parse_period(period) if period else None, today=TODAY,
        since=parse_period(since) if since else None,
    )  # fmt: skip
    return revising.revised_text(whole, draft, edits).split("\n", 2)[2].strip(), edits


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("云岭发布发稿X篇，总阅读量约X万人次，最高超XX万。", "云岭发布发稿4篇，总阅读量约116万人次，最高超105万。"),
        ("云岭发布总阅读量____万人次。", "云岭发布总阅读量约116万人次。"),
        ("云岭发布总阅读量Ｘ余万人次。", "云岭发布总阅读量110余万人次。"),
        ("云岭发布“10万+”稿件【 】篇，“100万+”（ ）篇。", "云岭发布“10万+”稿件2篇，“100万+”1篇。"),
        ("云岭微博发布××条，点赞X次，评论X条。", "云岭微博发布3条，点赞6次，评论3条。"),
        ("开展主题党日活动X次，云岭发布发稿X篇。", "开展主题党日活动X次〔待填〕，云岭发布发稿4篇。"),
        ("青山发布公众号发稿X篇。", "青山发布公众号发稿X篇〔待填〕。"),
        ("在X县拍摄X光检查，用iPhone X拍摄，第X届茶叶节。", "在X县拍摄X光检查，用iPhone X拍摄，第X届茶叶节。"),
        ("云岭微博总阅读量约X万人次。", "云岭微博总阅读量约X万人次〔待填〕。"),
        ("XX发布微信公众号发稿X篇。", "XX发布微信公众号发稿4篇。"),
    ],
)  # fmt: skip
def test_blanks(connection: Connection, text: str, wanted: str) -> None:
    made, edits = filled(connection, text)
    assert made == wanted
    assert all(each.note for each in edits)


def test_filling_twice_changes_nothing_and_every_figure_is_true(connection: Connection) -> None:
    text = "云岭发布发稿X篇，总阅读量约X万人次。开展党日活动X次。"
    once, edits = filled(connection, text)
    assert [each.sort for each in edits] == ["已填", "已填", "未填"]
    twice, _ = filled(connection, once)
    assert twice == once
    draft = paragraphs.read("稿.md", f"# {TITLE}\n\n{once}\n".encode())
    made = outcome.verify(draft, question(connection), period=None, today=TODAY)
    assert [each.outcome for each in made.checked] == ["属实", "属实"]


def test_an_earlier_text_is_brought_to_the_new_period(connection: Connection) -> None:
    text = "7月，云岭发布发稿2篇，阅读量约115万人次。第八届茶叶节开幕。中央媒体刊发999篇。"
    made, edits = filled(connection, text, period="2026-08", since="2026-07")
    assert (
        made
        == "8月，云岭发布发稿1篇，阅读量9999人次。第八届茶叶节开幕。中央媒体刊发999篇〔待填〕。"
    )
    assert {each.sort for each in edits} == {"已改", "未填"}


def word(*texts: str | list[str]) -> bytes:
    """A document: a title, then paragraphs; a list is the runs of one, every second in bold."""
    document = Document()
    document.add_heading(TITLE, 1)
    for text in texts:
        paragraph = document.add_paragraph()
        for number, run in enumerate([text] if isinstance(text, str) else text):
            paragraph.add_run(run).bold = bool(number % 2)
    return saved(document)


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def revised(
    connection: Connection, content: bytes, *, tracked: bool = True
) -> tuple[bytes, list[Edit]]:
    draft = paragraphs.read("稿.docx", content)
    edits = filling.fill(draft, question(connection), period=None, today=TODAY)
    return revising.revised_word(content, edits, NOW, tracked=tracked)


def shown(content: bytes) -> list[str]:
    return [each.text for each in located(Document(io.BytesIO(content)))][1:]


def accepted(content: bytes) -> Any:
    """The document after a person has accepted all changes."""
    document = Document(io.BytesIO(content))
    for struck in list(document.element.body.iter(f"{W}del")):
        struck.getparent().remove(struck)
    for put in list(document.element.body.iter(f"{W}ins")):
        for run in list(put):
            put.addprevious(run)
        put.getparent().remove(put)
    return document


def test_word_keeps_runs_and_tracks_changes(connection: Connection) -> None:
    content = word(["云岭发布发稿", "X", "X", "篇", "，总阅读量约X万人次。"])
    made, _ = revised(connection, content)
    assert shown(made) == ["云岭发布发稿4篇，总阅读量约116万人次。"]
    body = Document(io.BytesIO(made)).element.body
    assert ["".join(each.itertext()) for each in body.iter(f"{W}del")] == ["X", "X", "X"]
    assert {each.get(f"{W}author") for each in body.iter(f"{W}ins")} == {"爆款"}
    paragraph = accepted(made).paragraphs[1]
    assert [(run.text, bool(run.bold)) for run in paragraph.runs if run.text][:3] == [
        ("云岭发布发稿", False), ("4", True), ("篇", True),
    ]  # fmt: skip
    comments = [each.text for each in Document(io.BytesIO(made)).comments]
    assert len(comments) == 2
    assert "1163151人次（2026年第三季度，按发布统计" in comments[0] + comments[1]
    assert "collect explain" in comments[0]
    assert zipfile.ZipFile(io.BytesIO(made)).testzip() is None


def test_word_a_second_time_and_without_tracking(connection: Connection) -> None:
    content = word("云岭发布发稿X篇，开展党日活动X次。")
    once, edits = revised(connection, content)
    twice, _ = revised(connection, once)
    parts = ("word/document.xml", "word/comments.xml")
    read = [
        [zipfile.ZipFile(io.BytesIO(each)).read(part) for part in parts] for each in (once, twice)
    ]
    assert read[0] == read[1]
    assert [each.sort for each in edits] == ["已填", "未填"]
    plain, _ = revised(connection, content, tracked=False)
    assert shown(plain) == ["云岭发布发稿4篇，开展党日活动X次。"]
    assert not list(Document(io.BytesIO(plain)).element.body.iter(f"{W}ins", f"{W}del"))


BOX = (
    '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml">'
    "<w:r><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>云岭微博发布作品X条。</w:t></w:r></w:p>"
    "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
)


def test_boxes_fields_and_insertions_of_others(connection: Connection) -> None:
    document = Document(io.BytesIO(word("云岭发布发稿", "云岭党建发稿")))
    field, inserted = document.paragraphs[1], document.paragraphs[2]
    simple = field._p.makeelement(qn("w:fldSimple"), {qn("w:instr"): "DOCPROPERTY x"})
    field._p.append(simple)
    simple.append(field.add_run("X篇。")._r)
    put = inserted._p.makeelement(qn("w:ins"), {qn("w:id"): "7", qn("w:author"): "张三"})
    inserted._p.append(put)
    put.append(inserted.add_run("X篇，真好。")._r)
    inserted._p.addnext(parse_xml(BOX))
    made, edits = revised(connection, saved(document))
    assert shown(made)[:2] == ["云岭发布发稿X篇。", "云岭党建发稿2篇，真好。"]
    assert "云岭微博发布作品3条。" in shown(made)
    fields = Document(io.BytesIO(made)).element.body.iter(f"{W}fldSimple")
    assert {child.tag for each in fields for child in each} == {
        f"{W}r"
    }  # the comment stands around it
    assert [(each.sort, "域" in each.note) for each in edits] == [
        ("未填", True),
        ("已填", False),
        ("已填", False),
    ]
    parts = Document(io.BytesIO(made)).element.body.iter(f"{W}ins")
    kept = [
        sign.text
        for each in parts
        if each.get(f"{W}author") == "张三"
        for sign in each.iter(f"{W}t", f"{W}delText")
    ]
    assert kept == ["X", "篇，真好。"]


def test_tables_headers_and_styles_are_left(connection: Connection) -> None:
    document = Document(io.BytesIO(word("云岭发布发稿X篇。")))
    document.sections[0].header.paragraphs[0].text = "页眉X条"
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "表格不动"
    before = deepcopy(document.element.body.find(f"{W}tbl"))
    made, _ = revised(connection, saved(document))
    after = Document(io.BytesIO(made))
    assert after.sections[0].header.paragraphs[0].text == "页眉X条"
    assert [each.tag for each in after.element.body.find(f"{W}tbl").iter()] == [
        each.tag for each in before.iter()
    ]


def test_a_file_with_macros_is_refused(connection: Connection) -> None:
    out = io.BytesIO(word("云岭发布发稿X篇。"))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(Unreadable, match="宏"):
        revised(connection, out.getvalue())


@pytest.mark.parametrize(
    "name", sorted((Path(__file__).parents[3] / "shared" / "seeds").glob("00*.txt"))
)
def test_published_reports_of_others(connection: Connection, name: Path) -> None:
    """No figure of another centre is 不符, and the one contradiction there is is found."""
    draft = paragraphs.read(name.name, name.read_bytes())
    made = outcome.verify(draft, question(connection), period=None, today=TODAY)
    assert made.counts["不符"] + made.counts["应改写法"] == 0
    found = [each.text for each in made.contradictions]
    assert [("360万" in each, "1350万" in each) for each in found] == (
        [(True, True)] if name.name.startswith("000") else []
    )
