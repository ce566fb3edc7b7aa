"""Word files that no Word would write: each is read, or refused in words, soon and in little memory."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from docx import Document

from reports.documents.opening import Unreadable, open_document
from reports.drafts.filling.revising import annotated
from reports.drafts.reading import paragraphs as drafts

HEAD = '<?xml version="1.0" encoding="{}" standalone="yes"?>'
TYPE = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
MAIN = "word/document.xml"
Change = Callable[[bytes], bytes]


def good() -> bytes:
    """A paragraph, and a table of two rows."""
    document = Document()
    document.add_paragraph("云岭发布全年发布316篇。")
    table = document.add_table(2, 3)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells),
        ["账号", "备注", "阅读", "发布", "无", "100"],
        strict=True,
    ):
        cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def changed(change: Change, name: str = MAIN) -> bytes:
    """A good file with one part changed."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good())) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, change(content) if part.filename == name else content)
    return file.getvalue()


def with_type(before: str = "", encoding: str = "UTF-8") -> Change:
    """A document type after ``before``, in an encoding."""

    def change(content: bytes) -> bytes:
        rest = content.decode().split("?>", 1)[1]
        return (HEAD.format(encoding) + before + TYPE + rest).encode(encoding)

    return change


def put(xml: str) -> Change:
    """Something at the end of the body."""
    return lambda content: content.replace(b"<w:sectPr", xml.encode() + b"<w:sectPr", 1)


SPANS = ["x", "", "-3", "1e9", "999999999", "9" * 5_000, "٣", "0", " 2"]

REFUSED = {
    "type": (with_type(), MAIN),
    "type after a long comment": (with_type(f"<!--{'x' * 9_000}-->"), MAIN),
    "type after a longer comment": (with_type(f"<!--{'x' * 8_000_000}-->"), MAIN),
    "type after an instruction": (with_type(f"<?x {'y' * 5_000}?>"), MAIN),
    "type in UTF-16": (with_type(encoding="UTF-16"), MAIN),
    "type in UTF-32": (with_type(encoding="UTF-32"), MAIN),
    "type in UTF-7": (with_type(encoding="UTF-7"), MAIN),
    "type of styles": (with_type(), "word/styles.xml"),
    "type of relations": (with_type(), "_rels/.rels"),
    "type of contents": (with_type(), "[Content_Types].xml"),
    "part of 100 MB": (lambda content: content + b" " * 100_000_000, MAIN),
    "text of 30 MB": (lambda content: content + b" " * 30_000_000, MAIN),
    "deep": (put("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000), MAIN),
    "no body": (lambda content: content.replace(b"w:body", b"w:bodx"), MAIN),
    "another root": (lambda _: b"<a/>", MAIN),
    "nothing": (lambda _: b"", MAIN),
    "relations of nothing": (lambda _: b"<a/>", "_rels/.rels"),
    "contents of nothing": (lambda _: b"<a/>", "[Content_Types].xml"),
    "led out": (lambda c: c.replace(b"word/document.xml", b"../../etc/passwd"), "_rels/.rels"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_harm_is_refused_in_words(name: str) -> None:
    content = changed(*REFUSED[name])
    began = time.process_time()
    with pytest.raises(Unreadable, match="Word 文件"):
        open_document(content)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04aaaa", good()[:3_000], b"\xd0\xcf\x11\xe0"])
def test_what_is_no_package_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="打不开"):
        open_document(content)


def test_a_part_by_another_name_is_looked_at_too() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good())) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            content, name = old.read(part), part.filename
            if name == MAIN:
                content, name = with_type(encoding="UTF-32")(content), "word/document.bin"
            new.writestr(name, content.replace(b"document.xml", b"document.bin"))
    with pytest.raises(Unreadable, match="Word 文件"):
        open_document(file.getvalue())


@pytest.mark.parametrize("span", SPANS)
def test_a_span_that_is_no_number_is_one_column(span: str) -> None:
    cell = b'<w:gridSpan w:val="%b"/>' % span.encode()
    content = changed(lambda xml: xml.replace(b"<w:tcPr>", b"<w:tcPr>" + cell))
    draft = drafts.read("稿.docx", content)
    assert draft.paragraphs[-1].place == "表1第2行第3列"
    assert draft.paragraphs[-1].before == "发布阅读"


@pytest.mark.parametrize(
    "xml",
    [
        "<w:tc><w:p><w:r><w:t>散了</w:t></w:r></w:p></w:tc>",
        "<w:tr><w:tc><w:p><w:r><w:t>散了</w:t></w:r></w:p></w:tc></w:tr>",
        "<w:tbl><w:p><w:r><w:t>散了</w:t></w:r></w:p></w:tbl>",
        "<w:tbl><w:tr><w:p><w:r><w:t>散了</w:t></w:r></w:p></w:tr></w:tbl>",
        "<w:tbl><w:tr><w:tc><w:tc><w:p><w:r><w:t>散了</w:t></w:r></w:p></w:tc></w:tc></w:tr></w:tbl>",
    ],
)
def test_half_a_table_keeps_its_words(xml: str) -> None:
    draft = drafts.read("稿.docx", changed(put(xml)))
    assert draft.paragraphs[-1].text == "散了"


def test_a_wide_table_is_read_in_time() -> None:
    row = "<w:tr>" + "<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>" * 4_000 + "</w:tr>"
    began = time.process_time()
    drafts.read("稿.docx", changed(put(f"<w:tbl>{row}</w:tbl>")))
    assert time.process_time() - began < 10


def test_a_package_that_takes_no_comment_is_refused_in_words() -> None:
    document = Document(io.BytesIO(good()))
    document.add_comment(runs=document.paragraphs[0].runs, text="旧")
    file = io.BytesIO()
    document.save(file)
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file.getvalue())) as old, zipfile.ZipFile(broken, "w") as new:
        for part in old.infolist():
            new.writestr(part, b"<a/>" if "comments" in part.filename else old.read(part))
    with pytest.raises(Unreadable, match="批注"):
        annotated(broken.getvalue(), [(0, 0, 4, "属实")], datetime(2026, 1, 1, tzinfo=UTC))
