"""``collect verify``: exit codes, JSON, comments in Word, drafts that cannot be read, odd drafts."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from collector.cli import main
from tests.collector.centre import Centre, centre
from tests.tries import tries

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Pieces that garbage is made of: what a reader of numbers could trip over.
SCRAPS = [
    "约", "近", "超", "10W+", "１５８万", "1,578,431", "余", "（", "）", "“", "”", "《", "》",
    "、", "；", "。", "\n", "|", "云岭发布抖音号", "总阅读量", "播放量", "其中", "分别为",
    "2026年", "第三季度", "2月30日", "99年13月", "截至", "比上年同期", "增长", "80%", "同比",
    "10—", "条", "篇", "场直播", "单篇最高", "满7天", "客户端", "全年", "百万", "一", "0", ".",
    "-", "\u202e", "😀", "=1+1", "<b>", "\x00", "999999999999999999999999999999", "亿亿亿", "头版",
    "粉丝", "期初",
]  # fmt: skip


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """Three posts of Q3: 1,053,112 plays, 250,000 and 9,999; likes are a tenth."""
    made = centre(tmp_path_factory.mktemp("centre"))
    made.douyin(
        "2026-10-01 作品.csv",
        [
            ("春茶开采", "2026-07-03 09:00:00", 1_053_112),
            ("夜市", "2026-08-05 09:00:00", 250_000),
            ("通知", "2026-09-01 09:00:00", 9_999),
        ],
    )
    result = run(made, "now", "--json")
    assert result.exit_code == 0, result.output
    return made


def run(made: Centre, *arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), obj=made.app, catch_exceptions=False)


def write(folder: Path, text: str, name: str = "稿.md") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def word(folder: Path, *paragraphs: str) -> Path:
    """A Word draft whose second half of each paragraph is a run of its own."""
    document = Document()
    for text in paragraphs:
        paragraph = document.add_paragraph(text[: len(text) // 2])
        paragraph.add_run(text[len(text) // 2 :]).bold = True
    path = folder / "稿.docx"
    document.save(str(path))
    return path


def test_a_true_draft_ends_well(there: Centre, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "# 2026年第三季度\n\n云岭发布抖音号发布作品3条，总播放量约131万人次，单条最高超105万。",
    )
    result = run(there, "verify", path)
    assert result.exit_code == 0, result.output
    assert "共3处：属实3处，应改写法0处，不符0处，无法核对0处；自相矛盾0处。" in result.output


def test_a_false_draft_ends_with_1_and_says_what_is_true(there: Centre, tmp_path: Path) -> None:
    path = write(tmp_path, "云岭发布抖音号发布作品4条，总播放量约145万人次。")
    result = run(there, "verify", path, "--period", "2026Q3")
    assert result.exit_code == 1
    assert "【不符】4条（云岭发布抖音号：作品数） 应为3条 可写：3条" in result.output
    assert "应为1313111人次 可写：约131万人次" in result.output


def test_a_contradiction_alone_ends_with_1(there: Centre, tmp_path: Path) -> None:
    path = write(tmp_path, "“邻县发布”公众号总阅读量约36万，“10W+”以上稿件54篇。")
    result = run(there, "verify", path, "--period", "2026Q3", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert [each["verdict"] for each in found["claims"]] == ["无法核对", "无法核对"]
    assert found["counts"]["自相矛盾"] == 1
    assert "540万" in found["contradictions"][0]["text"]


def test_the_moment_asked_for(there: Centre, tmp_path: Path) -> None:
    """Before the file was observed nothing was known."""
    path = write(tmp_path, "2026年第三季度，云岭发布抖音号发布作品3条。")
    early = json.loads(run(there, "verify", path, "--as-of", "2026-09-30", "--json").stdout)
    assert early["claims"][0]["verdict"] != "属实"
    assert early["as_of"] == "2026-09-30T23:59:59+08:00"


@pytest.mark.parametrize(
    ("name", "content"),
    [("没有.md", None), ("稿.doc", b"\xd0\xcf\x11\xe0"), ("稿.docx", b"PK\x03\x04"), ("空.md", b" "), ("稿.txt", b"\0\1")],
)  # fmt: skip
def test_what_cannot_be_read_ends_with_2(
    there: Centre, tmp_path: Path, name: str, content: bytes | None
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = run(there, "verify", str(path))
    assert result.exit_code == 2
    assert "读不了" in result.stderr


def test_a_wrong_period_or_basis_ends_with_2(there: Centre, tmp_path: Path) -> None:
    path = write(tmp_path, "发稿3条。")
    assert run(there, "verify", path, "--period", "2026Q5").exit_code == 2
    assert run(there, "verify", path, "--basis", "x").exit_code == 2
    assert run(there, "verify", path, "--annotate").exit_code == 2


def texts(path: Path) -> list[str]:
    return [each.text for each in Document(str(path)).paragraphs]


def test_comments_stand_at_the_runs_of_their_claims(there: Centre, tmp_path: Path) -> None:
    path = word(
        tmp_path, "2026年第三季度工作总结", "云岭发布抖音号总播放量约145万人次，发布作品3条。"
    )
    with_old = Document(str(path))
    with_old.add_comment(with_old.paragraphs[0].runs, text="老批注", author="张三", initials="张")
    with_old.save(str(path))
    result = run(there, "verify", str(path), "--annotate")
    assert result.exit_code == 1
    copy = tmp_path / "稿-核对.docx"
    document = Document(str(copy))
    found = [(each.author, each.text) for each in document.comments]
    assert found[0] == ("张三", "老批注")
    assert found[1][1].startswith(
        "【不符】约145万人次（云岭发布抖音号：阅读/播放量） 应为1313111人次"
    )
    assert found[2][1].startswith("【属实】3条")
    assert {author for author, _ in found[1:]} == {"爆款核对"}
    assert texts(copy) == texts(path)
    body = document.element.body
    assert len(list(body.iter(f"{W}commentRangeStart"))) == 3
    assert [part for part in body.iter(f"{W}r") if part.findtext(f"{W}t")] != []


def test_nothing_else_of_the_copy_differs(there: Centre, tmp_path: Path) -> None:
    path = word(tmp_path, "2026年第三季度", "云岭发布抖音号总播放量约145万人次。")
    run(there, "verify", str(path), "--annotate", str(tmp_path / "批注.docx"))
    left, right = (_body(each) for each in (path, tmp_path / "批注.docx"))
    for mark in ("commentRangeStart", "commentRangeEnd"):
        for each in list(right.iter(f"{W}{mark}")):
            _remove(each)
    for each in list(right.iter(f"{W}commentReference")):
        run_of = each.getparent()
        assert run_of is not None
        _remove(run_of)
    assert etree.tostring(left) == etree.tostring(right)


def _remove(element: etree._Element) -> None:
    above = element.getparent()
    assert above is not None
    above.remove(element)


def _body(path: Path) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read("word/document.xml"))


def test_tables_and_changes_marked_in_word(there: Centre, tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("2026年第三季度")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        [*table.rows[0].cells, *table.rows[1].cells],
        ["账号", "作品数", "云岭发布抖音号", "4"],
        strict=True,
    ):
        cell.text = text
    paragraph = document.add_paragraph("云岭发布抖音号发布作品")
    paragraph._p.append(etree.fromstring(
        f'<w:ins xmlns:w="{W[1:-1]}" w:id="9" w:author="李"><w:r><w:t>3条</w:t></w:r></w:ins>'))  # fmt: skip
    paragraph._p.append(etree.fromstring(
        f'<w:del xmlns:w="{W[1:-1]}" w:id="8" w:author="李"><w:r><w:delText>，播放量1</w:delText></w:r></w:del>'))  # fmt: skip
    path = tmp_path / "表.docx"
    document.save(str(path))
    found = json.loads(run(there, "verify", str(path), "--json", "--annotate").stdout)
    assert [(each["place"], each["words"], each["verdict"]) for each in found["claims"]] == [
        ("表1第2行第2列", "4", "不符"),
        ("第2段", "3条", "属实"),
    ]
    notes = [each.text for each in Document(str(tmp_path / "表-核对.docx")).comments]
    assert len(notes) == 3
    assert "同一个数（云岭发布抖音号）前后不一致：“4”与“3条”" in notes[2]


def test_a_word_file_that_could_do_harm_is_not_opened(there: Centre, tmp_path: Path) -> None:
    source = word(tmp_path, "发稿3条").read_bytes()
    bomb, entity = tmp_path / "bomb.docx", tmp_path / "entity.docx"
    for path, part in (
        (bomb, b"0" * 70_000_000),
        (entity, b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    ):
        with (
            zipfile.ZipFile(io.BytesIO(source)) as old,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for each in old.infolist():
                new.writestr(each, part if each.filename == "word/document.xml" else old.read(each))
        result = run(there, "verify", str(path))
        assert result.exit_code == 2, path
        assert "没有打开" in result.stderr


@given(st.lists(st.sampled_from(SCRAPS) | st.text(max_size=4), max_size=40).map("".join))
@tries(60)
def test_garbage_never_breaks_it(there: Centre, tmp_path: Path, text: str) -> None:
    path = tmp_path / "乱.md"
    path.write_bytes(text.encode("utf-8", "replace"))
    result = run(there, "verify", str(path), "--period", "2026Q3", "--json")
    assert result.exit_code in (0, 1, 2), result.output
    if result.exit_code != 2:
        for each in json.loads(result.stdout)["claims"]:
            assert each["verdict"] == "属实" or each["why"] or each["true"], each


@given(st.binary(max_size=300))
@tries(30)
def test_any_bytes(there: Centre, tmp_path: Path, content: bytes) -> None:
    for name in ("乱.docx", "乱.txt"):
        path = tmp_path / name
        path.write_bytes(content)
        assert run(there, "verify", str(path), "--period", "2026Q3").exit_code in (0, 1, 2)
