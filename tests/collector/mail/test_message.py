"""The weekly mail as it arrives: its head, its parts, its figures, and titles that are text whatever they hold."""

from __future__ import annotations

from io import BytesIO

from docx import Document
from openpyxl import load_workbook

from tests.collector.mail.office import ONE, TWO, Office, parsed, part
from tests.collector.mail.server import USER
from tests.reports import week
from tests.reports.week import NOW


def test_the_mail_as_it_arrives(office: Office) -> None:
    sent = office.send()
    assert [(each.recipient, each.state) for each in sent] == [(ONE, "accepted"), (TWO, "accepted")]
    assert [each.text for each in sent] == ["2026-09-21 12:45 服务器已接收"] * 2
    assert [each.rcpt_tos for each in office.script.taken] == [[ONE], [TWO]]
    message = parsed(office.script.taken[0])
    assert message["Subject"] == (
        "云岭县融媒体中心周报 2026年第38周（9月14日—20日）：阅读播放超22.6万"
    )
    assert message["From"].addresses[0].display_name == "云岭县融媒体中心"
    assert message["From"].addresses[0].addr_spec == USER
    assert message["To"] == ONE
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@yunling.example.cn>")
    assert message["Message-ID"] != parsed(office.script.taken[1])["Message-ID"]
    kinds = [each.get_content_type() for each in message.walk() if not each.is_multipart()]
    assert kinds == [
        "text/plain", "text/html",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]  # fmt: skip
    raw = office.script.taken[0].content
    assert isinstance(raw, bytes)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_the_figures_in_all_three_parts(office: Office) -> None:
    office.send(to=[ONE])
    message = parsed(office.script.taken[0])
    text = part(message, "text/plain").get_content()
    html = part(message, "text/html").get_content()
    for said in (
        "7个账号共发布作品9篇，总阅读播放量超22.6万人次",
        "比前一周同期增加约12万人次",
        "“云岭党建”1篇，阅读人数700人",
        "这一周发现爆款1个",
        "阅读量12万人次（“10万+”）",
        "已有两周没有更新：“云岭头条”",
        "9月20日的数字是暂时的",
    ):
        assert said in text, said
        assert said in html, said
    paper, attachment = message.iter_attachments()
    assert paper.get_filename() == "周报-2026-W38.docx"
    lines = [each.text for each in Document(BytesIO(paper.get_content())).paragraphs if each.text]
    assert lines[0] == "云岭县融媒体中心2026年第38周（9月14日—20日）传播情况"
    assert "共发布作品9" in lines[1] and any(each.startswith("数据说明") for each in lines)
    assert attachment.get_filename() == "周报-2026-W38.xlsx"
    book = load_workbook(BytesIO(attachment.get_content()))
    rows = list(book["各账号"].values)
    heads = list(rows[0])
    first = dict(zip(heads, rows[1], strict=True))
    assert (first["账号"], first["发布"], first["阅读/播放量"], first["前一周阅读/播放量"]) == (
        *("云岭发布", 3, 123_040, 3_000),
    )
    tops = list(book["阅读播放量前6"].values)
    assert [row[0][:12] for row in tops[1:]] == [
        *("云岭秋收", "夜市烟火", "便民通知", week.HOSTILE[:12], "田间地头", "周日小记"),
    ]
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)


def test_a_template_that_cannot_be_used_keeps_no_mail_back(office: Office) -> None:
    config = office.folder / "config.toml"
    config.write_text(
        config.read_text(encoding="utf-8") + '\n[report]\ntemplate = "own.docx"\n', "utf-8"
    )
    (office.folder / "own.docx").write_bytes(b"no docx")
    office.send(to=[ONE])
    message = parsed(office.script.taken[0])
    text = part(message, "text/plain").get_content()
    assert "附上的呈报稿用的是程序自带的模板" in text and "不是完好的 docx 文件" in text
    paper, _ = message.iter_attachments()
    assert Document(BytesIO(paper.get_content())).styles["主送"]


def test_hostile_titles_are_text(office: Office) -> None:
    office.send(to=[ONE])
    message = parsed(office.script.taken[0])
    html = part(message, "text/html").get_content()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "javascript:" not in html
    assert 'href="https://mp.example/1?a=1&amp;b=2"' in html
    assert len(html) < 60_000
    assert "<style" not in html
