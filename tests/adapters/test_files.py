"""Opening: what is no readable file is refused in words, and what is one is read as a person sees it."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path

import pytest

from adapters.contract import Cell
from adapters.errors import Invalid
from adapters.files import MAX_BYTES, open_file
from adapters.tables.workbook import believed

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{LINK}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    f'<workbook {MAIN} xmlns:r="{LINK}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{LINK}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{LINK}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{LINK}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
# 1: 2026/5/29, 2: 2026/5/29 8:05, 3: 12.34%
STYLES = (
    f'<styleSheet {MAIN}><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="22"/><xf numFmtId="10"/></cellXfs></styleSheet>'
)
SHARED = f"<sst {MAIN}><si><t>共享</t></si><si><r><t>分</t></r><r><t>段</t></r></si></sst>"

Put = Callable[..., Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(content: bytes, name: str = "导出.xlsx") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def sheet_xml(rows: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>'


def xlsx(rows: str = "", **parts: str | bytes) -> bytes:
    """A workbook of one sheet; ``parts`` replace whole parts, by the last piece of their name."""
    contents: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": LINKS,
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": SHARED,
        "xl/worksheets/sheet1.xml": sheet_xml(rows),
    }
    for name, content in parts.items():
        whole = next((each for each in contents if each.endswith(f"/{name}.xml")), f"xl/{name}.xml")
        contents[whole] = content
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return packed.getvalue()


def cells(path: Path, **how: str) -> list[list[Cell]]:
    (only,) = open_file(path, **how).sheets
    return [list(row) for row in only.rows()]


ONE = '<row r="1"><c r="A1"><v>7</v></c></row>'
GOOD = xlsx(ONE)
CORNERS = ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
DOCTYPE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'


def zipped(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def ole(*names: str) -> bytes:
    """A compound file with empty streams of these names."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * 432
    fat = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    entries = b""
    for at, name in enumerate(("Root Entry", *names)):
        text = name.encode("utf-16-le")
        right = at + 1 if 0 < at < len(names) else 0xFFFFFFFF
        child = 1 if at == 0 and names else 0xFFFFFFFF
        entries += text.ljust(64, b"\0") + struct.pack("<H", len(text) + 2)
        entries += bytes([5 if at == 0 else 2, 1]) + struct.pack("<III", 0xFFFFFFFF, right, child)
        entries += bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)
    return header + fat + entries.ljust(512, b"\0")


def lying_bomb() -> bytes:
    """A part that says it is short, with the checksum of its beginning, and is not (zipfile believes it)."""
    true = sheet_xml(ONE).encode().ljust(2**20)
    part = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = part.compress(true) + part.compress(b" " * 2**26) + part.flush()
    whole = bytearray(xlsx())
    name = b"xl/evil.xml"
    at = len(whole)
    with zipfile.ZipFile(io.BytesIO(bytes(whole))) as archive:
        directory = archive.start_dir
        count = len(archive.namelist())
    old = bytes(whole[directory:-22])
    crc = zlib.crc32(true)
    fixed = struct.pack("<HHHHHIII", 20, 0, 8, 0, 33, crc, len(packed), len(true))
    local = b"PK\x03\x04" + fixed + struct.pack("<HH", len(name), 0) + name + packed
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + fixed
    entry += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, directory) + name
    at = directory + len(local)
    end = struct.pack("<HHHHIIH", 0, 0, count + 1, count + 1, len(old + entry), at, 0)
    return bytes(whole[:directory]) + local + old + entry + b"PK\x05\x06" + end


BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "空的"),
    "blank": (b" \r\n\t\n" * 3000, "空白"),
    "blank utf-16": ("\ufeff \r\n \r\n".encode("utf-16"), "空白"),
    "xlsx cut in half": (GOOD[: len(GOOD) // 2], "损坏"),
    "xlsx cut at the end": (GOOD[:-10], "损坏"),
    "xlsx start only": (b"PK\x03\x04", "损坏"),
    "xlsx with flipped bits": (GOOD[:60] + bytes(each ^ 255 for each in GOOD[60:90]) + GOOD[90:], "损坏|UTF-8"),
    "empty zip": (b"PK\x05\x06" + bytes(18), "压缩包"),
    "bare zip": (zipped(**{"作品.csv": b"a,b"}), "压缩包"),
    "docx": (zipped(**{"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}), "Word"),
    "xlsb": (zipped(**{"[Content_Types].xml": b"<a/>", "xl/workbook.bin": b"1"}), "xlsb"),
    "ods": (zipped(mimetype=b"x", **{"content.xml": b"<a/>"}), "ods"),
    "no workbook": (zipped(**{"[Content_Types].xml": b"<a/>", "xl/x.xml": b"<a/>"}), "打不开"),
    "lying bomb": (lying_bomb(), "损坏"),
    "far corners": (xlsx(CORNERS), "行列范围"),
    "far corners without positions": (
        xlsx("<row>" + "<c><v>1</v></c>" * 20_000 + "</row>" + "<row><c><v>1</v></c></row>" * 9_000),
        "行列范围",
    ),
    "far corners in other words": (
        xlsx("<row r='1'><c  r = 'A1'><v>1</v></c><x:c xmlns:x='u' r='XFD1048576'><v>1</v></x:c></row>"),
        "行列范围",
    ),
    "far corners in small letters": (xlsx('<row><c r="a1"><v>1</v></c><c r="xfd999999"><v>1</v></c></row>'), "行列范围"),
    "row beyond Excel": (xlsx('<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>'), "行列范围"),
    "position hidden in an attribute": (
        xlsx('<row r="1"><c x="<" r="XFD1048576"><v>1</v></c><c r="A1"><v>1</v></c></row>'),
        "损坏",
    ),
    "external entity": (xlsx(sheet1=DOCTYPE + sheet_xml(ONE)), "实体"),
    "nested entities": (xlsx(sharedStrings=LAUGHS + SHARED), "实体"),
    "late doctype": (xlsx(styles=" " * 200_000 + DOCTYPE + STYLES), "实体"),
    "utf-16 doctype": (xlsx(sheet1=(DOCTYPE + sheet_xml(ONE)).encode("utf-16")), "实体"),
    "doctype in a part of another name": (xlsx(**{"media/x.png": DOCTYPE}), "实体"),
    "utf-16 part": (xlsx(sheet1=sheet_xml(ONE).encode("utf-16")), "UTF-8"),
    "broken xml": (xlsx(sheet1=sheet_xml(ONE)[:-30]), "打不开"),
    "unknown entity": (xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>&bad;</t></is></c></row>'), "打不开"),
    "shared string that is not there": (xlsx('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'), "打不开"),
    "position that is none": (xlsx('<row r="1"><c r="1A"><v>1</v></c></row>'), "打不开"),
    "xls start only": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "损坏"),
    "doc": (ole("WordDocument"), "Word"),
    "password": (ole("EncryptedPackage", "EncryptionInfo"), "密码"),
    "pdf": (b"%PDF-1.7\n1 0 obj", "PDF"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "图片"),
    "gzip": (b"\x1f\x8b\x08\0abc", "压缩包"),
    "NUL": ("标题,时间\n甲\0,2\n".encode(), "空字节"),
    "NUL far down": ("标题,时间\n".encode() * 3000 + b"\0", "空字节"),
    "two encodings": ("标题,播放量\n云岭,1\n".encode() + "云岭发布".encode("gb18030"), "编码"),
    "cut inside a character": ("标题,播放量\n云岭".encode()[:-1], "编码"),
    "half a surrogate": ("标题,a\n".encode("utf-16") + b"\x00\xd8,\0", "编码"),
    "utf-8 surrogate": ("标题,播放量\n".encode() + b"\xed\xa0\x80,1\n", "编码"),
    "cell of 5 MB": (b"a,b\n" + b"x" * (5 * 2**20) + b",1\n", "第2行"),
    "cell of 2 MB": (b'a,b\n"' + b"x\n" * 2**20 + b'",1\n', "第2行"),
    "open quote": ('标题,a\n甲,1\n"乙,2\n丙,3\n'.encode(), "第3行"),
    "JSON cut": (b'[{"a": 1}, {"a"', "JSON"),
    "JSON without rows": (b"[1, 2]", "JSON"),
    "JSON of nothing": (b"[]", "JSON"),
    "deep JSON": (b"[" * 200_000, "JSON"),
    "deep JSON in a row": (b'[{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "JSON"),
    "JSON of many fields": (json.dumps([{str(n): 1} for n in range(4000)]).encode(), "共同的字段"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_bad_files_are_refused_in_words(put: Put, what: str) -> None:
    content, says = BAD[what]
    began = time.process_time()
    with pytest.raises(Invalid, match=says) as caught:
        for each in open_file(put(content)).sheets:
            for _ in each.rows():
                pass
    assert caught.value.target == "导出.xlsx" and caught.value.advice
    assert time.process_time() - began < 10


def test_an_honest_bomb(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.tables.xlsx.MAX_UNPACKED", 2**20)
    with pytest.raises(Invalid, match="过大"):
        open_file(put(xlsx(bomb=" " * 2**21)))


def test_a_file_of_500_mb_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "大.csv"
    with path.open("wb") as stream:
        stream.truncate(500 * 2**20)  # sparse: takes no room
    with pytest.raises(Invalid, match=f"500 MB，超过 {MAX_BYTES // 2**20} MB"):
        open_file(path)


def test_the_far_corners_would_have_ended_the_process(put: Put) -> None:
    """Why the square is measured first; when this fails python-calamine has learned to refuse it."""
    path = put(xlsx(CORNERS))
    code = "import sys, python_calamine as c; c.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=False)
    assert done.returncode not in (0, 1)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_person_can_still_stop_the_reader(kind: type[BaseException]) -> None:
    with pytest.raises(kind), believed("名"):
        raise kind


def test_a_panic_of_the_reader_is_a_damaged_file() -> None:
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
    with pytest.raises(Invalid, match="损坏"), believed("名"):
        raise panic("index out of bounds")


def test_every_form_of_cell(put: Put) -> None:
    row = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>内联</t></is></c><c r="B1" t="s"><v>0</v></c>'
        '<c r="C1" t="s"><v>1</v></c><c r="D1"/><c r="F1" t="str"><f>X</f><v>公式</v></c>'
        '<c r="G1" t="b"><v>1</v></c><c r="H1" t="e"><v>#DIV/0!</v></c><c r="I1"><v>12</v></c>'
        '<c r="J1" s="3"><v>0.1234</v></c><c r="K1" t="inlineStr"><is><t>a_x000D_&#10;b</t></is></c></row>'
    )
    # D1 self-closing, E1 not there, H1 an error: all three say nothing
    assert cells(put(xlsx(row))) == [
        ["内联", "共享", "分段", "", "", "公式", True, "", 12.0, 0.1234, "a\r\nb"]
    ]


def test_date_formats(put: Put) -> None:
    """46171 = 2026-05-29. A cell of date and time at midnight arrives as a date (calamine 0.9)."""
    row = (
        '<row r="1"><c r="A1" s="1"><v>46171</v></c><c r="B1" s="1"><v>46171.5</v></c>'
        '<c r="C1" s="2"><v>46171.5</v></c><c r="D1" s="2"><v>46171</v></c><c r="E1" s="2"><v>0.5</v></c>'
        '<c r="F1"><v>46171</v></c></row>'
    )
    noon = datetime(2026, 5, 29, 12)  # noqa: DTZ001 - a cell has no zone
    day = date(2026, 5, 29)
    assert cells(put(xlsx(row))) == [[day, noon, noon, day, clock(12), 46171.0]]


@pytest.mark.parametrize(
    ("rows", "numbers"),
    [
        ('<row r="3"><c r="B3"><v>3</v></c></row><row r="6"><c r="C6"><v>6</v></c></row>', {3, 6}),
        ('<row r="1"><c r="A1" s="1"/></row><row r="3"><c r="B3"><v>3</v></c></row>', {3}),
        ('<row r="5"><c r="A5"><v>5</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>', {2, 5}),
        ("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>", {1, 2}),
        ('<row r="4"><c><v>4</v></c></row><row><c><v>5</v></c></row>', {4, 5}),
    ],
)
def test_rows_have_the_numbers_that_excel_shows(put: Put, rows: str, numbers: set[int]) -> None:
    found = {
        number: value
        for number, row in enumerate(cells(put(xlsx(rows))), start=1)
        for value in row
        if value != ""
    }
    assert found == {number: float(number) for number in numbers}


def test_rows_can_be_read_again_and_the_file_is_free(put: Put) -> None:
    path = put(xlsx(ONE), "作品.xls")  # the name says nothing
    (only,) = open_file(path).sheets
    path.rename(path.with_name("moved.xlsx"))  # Windows refuses this while a file is open
    assert [list(row) for row in only.rows()] == [[7.0]] == [list(row) for row in only.rows()]


def test_hidden_empty_and_chart_sheets(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "多表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("空")
        chart = book.add_chart({"type": "line"})
        data = book.add_worksheet("数据")
        data.write(2, 0, "标题")
        chart.add_series({"values": "=数据!$A$3:$A$3"})
        book.add_chartsheet("图").set_chart(chart)
        hidden = book.add_worksheet("隐藏")
        hidden.write(0, 0, "甲")
        hidden.hide()
    file = open_file(path)
    assert [(each.name, each.index) for each in file.sheets] == [("数据", 1)]
    assert file.hidden == ("隐藏",)
    assert [list(row) for row in file.sheets[0].rows()] == [[""], [""], ["标题"]]


def test_a_full_sheet_of_rows_is_measured_not_refused(put: Put) -> None:
    last = '<row r="1048576"><c r="B1048576"><v>1</v></c></row>'
    (only,) = open_file(put(xlsx(ONE + last))).sheets
    assert sum(1 for _ in only.rows()) == 2**20


def test_the_moment_a_workbook_states(put: Put) -> None:
    core = (
        '<c:coreProperties xmlns:c="u" xmlns:dcterms="http://purl.org/dc/terms/">'
        "<dcterms:created>2026-01-01T00:00:00Z</dcterms:created>"
        "<dcterms:modified>2026-06-01T08:00:00Z</dcterms:modified></c:coreProperties>"
    )
    content = io.BytesIO(xlsx(ONE))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("docProps/core.xml", core)
    assert open_file(put(content.getvalue())).stated_at == datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert open_file(put(xlsx(ONE))).stated_at is None


TABLE: list[list[Cell]] = [["标题", "播放量"], ["一二一,云岭", "1"], ["换\n行", "2"]]
CSV = '标题,播放量\r\n"一二一,云岭",1\r\n"换\n行",2'


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        ("\ufeff" + CSV).encode("utf-8-sig"),  # BOM twice
        ('\ufeff"标题"' + CSV[2:]).encode("utf-8-sig"),
        CSV.encode("gb18030"),
        CSV.encode("gbk"),
        CSV.encode("utf-16"),
        CSV.encode("utf-16-le"),
        CSV.encode("utf-16-be"),
        CSV.encode("utf-32"),
        (CSV + "\r\n").encode(),
        CSV.replace("\r\n", "\n").encode(),
        CSV.replace("\r\n", "\r").encode(),  # line ends of an old Mac
    ],
)
def test_text_is_read_whatever_its_encoding_and_line_ends(put: Put, content: bytes) -> None:
    assert cells(put(content, "作品.csv")) == TABLE


def test_a_caption_full_of_commas_does_not_outvote_the_tabs(put: Put) -> None:
    text = "标题\t时间\t播放量\n" + "一,二,三,四,五,六,七\t2026-01-01\t5\n" * 2
    assert [len(row) for row in cells(put(text.encode()))] == [3, 3, 3]


def test_the_encoding_asked_for(put: Put) -> None:
    path = put(CSV.encode("big5", "replace"), "作品.csv")
    assert len(cells(path, encoding="big5")) == 3
    with pytest.raises(Invalid, match="没有名为"):
        open_file(path, encoding="utf-9")
    with pytest.raises(Invalid, match="utf-8"):
        open_file(path, encoding="utf-8")


def test_100_000_columns_are_read(put: Put) -> None:
    path = put(b",".join([b"a%d" % n for n in range(100_000)]) + b"\n" + b"1," * 99_999 + b"1\n")
    assert [len(row) for row in cells(path)] == [100_000, 100_000]


def test_a_login_page_saved_as_xls_is_a_page_without_tables(put: Put) -> None:
    page = "<!DOCTYPE html><html><head><title>登录</title></head><body>请登录</body></html>"
    file = open_file(put(page.encode(), "作品列表.xls"))
    assert (file.sheets, file.html) == ((), page)


def test_an_html_table_is_a_sheet_of_its_own_rows(put: Put) -> None:
    """Layout tables around it, rows without an end tag and nested tables do no harm."""
    page = (
        "<table><tr><td><table><tr><th>时间<th>新关注人数<tr><td>2026-08-30<td> 3\n 4 </table></td>"
        "<td>旁</td></tr></table><table></table>"
    )
    file = open_file(put(page.encode(), "user_analysis.xls"))
    assert [[list(row) for row in each.rows()] for each in file.sheets] == [
        [["时间", "新关注人数"], ["2026-08-30", "3 4"]],
        [["", "旁"]],
    ]


@pytest.mark.parametrize(
    "piece", ["<table><tr><td>", "<table>", "<div>", "<td>", "<tr>", "<b><table>"]
)
def test_deep_or_endless_tables_end_in_time(put: Put, piece: str) -> None:
    began = time.process_time()
    open_file(put(("<table>甲" + piece * 2).encode() * 50_000))
    assert time.process_time() - began < 20


def test_json_rows(put: Put) -> None:
    rows = [["id", "名"], ["1", "甲"], [None, "乙\u2028丙"]]
    records = [{"id": "1", "名": "甲"}, {"名": "乙\u2028丙"}]
    lines = "\n".join(json.dumps(each, ensure_ascii=False) for each in records)
    assert cells(put(json.dumps(records).encode(), "a.json")) == rows
    assert cells(put(lines.encode(), "a.jsonl")) == rows
    assert cells(put(b'{"id": 1, "x": {"y": [1]}}', "a.jsonl")) == [["id", "x"], [1, '{"y": [1]}']]


def test_half_a_character_in_json_can_still_be_stored(put: Put) -> None:
    (_, row) = cells(put(rb'[{"a": "x\ud83d", "b": "\ud83d\ude00"}]', "a.json"))
    assert row == ["x?", "\U0001f600"]


def test_far_corners_in_several_sheets_of_an_xls(tmp_path: Path) -> None:
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    for title in ("一月", "二月", "三月"):
        page = book.add_sheet(title)
        page.write(0, 0, 1)
        page.write(65_535, 255, 1)
    path = tmp_path / "旧.xls"
    book.save(str(path))
    with pytest.raises(Invalid, match="行列范围"):
        open_file(path)


def test_an_xls_has_its_row_numbers_too(tmp_path: Path) -> None:
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    page = book.add_sheet("New Sheet1")
    page.write(2, 1, "内容标题")  # docs/platforms.md §2.1: row 0 and column 0 blank
    path = tmp_path / "total.xls"
    book.save(str(path))
    assert cells(path) == [[""], [""], ["内容标题"]]


def test_a_formula_beyond_column_z_is_told_in_its_place(put: Put) -> None:
    formula = '<row r="2"><c r="AB2"><f>SUM(A1)</f></c></row>'
    (sheet,) = open_file(put(xlsx(ONE + formula))).sheets
    assert {*sheet.unread} == {(1, 27)}


def test_a_formula_of_an_xls_without_a_value_is_told(tmp_path: Path) -> None:
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    page = book.add_sheet("一")
    page.write(0, 0, "阅读量")
    page.write(1, 0, xlwt.Formula("SUM(A1:A1)"))  # xlwt calculates nothing
    path = tmp_path / "旧.xls"
    book.save(str(path))
    (sheet,) = open_file(path).sheets
    assert "没有算出的值" in sheet.unread[1, 0]


def test_a_formula_of_an_xls_that_went_wrong_is_told(tmp_path: Path) -> None:
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    book.add_sheet("一").write(0, 0, xlwt.Formula("1/0"))
    path = tmp_path / "旧.xls"
    book.save(str(path))
    nothing, error = b"\x03\0\0\0\0\0\xff\xff", b"\x02\0\x07\0\0\0\xff\xff"  # #DIV/0!
    content = path.read_bytes()
    assert content.count(nothing) == 1
    path.write_bytes(content.replace(nothing, error))
    (sheet,) = open_file(path).sheets
    assert sheet.unread[0, 0] == "是出错的公式"


def test_a_circle_of_sectors_in_an_xls_is_damage(tmp_path: Path) -> None:
    """python-calamine 0.9 follows it until no memory is left."""
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    page = book.add_sheet("一")
    for row in range(200):
        page.write(row, 0, f"云岭县第{row}条")
    path = tmp_path / "坏.xls"
    book.save(str(path))
    content = bytearray(path.read_bytes())
    (table,) = struct.unpack_from("<I", content, 76)  # the first sector of the allocation table
    for sector in range(4):
        struct.pack_into("<I", content, (table + 1) * 512 + sector * 4, 0)
    path.write_bytes(content)
    with pytest.raises(Invalid, match="损坏"):
        open_file(path)
