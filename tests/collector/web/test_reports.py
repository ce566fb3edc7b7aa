"""总结 and 核对: the page says what the command line says, and each figure leads to its works."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document
from flask.testing import FlaskClient

from collector.app import App
from collector.cli import main
from collector.web.site import Site
from tests.collector.centre import Centre
from tests.collector.web.conftest import browse

#: 2,346,810 + 98,000: the two works that the centre published in the quarter.
ROWS = [
    ("凌晨的青禾<b>", "2026-08-01 08:00:00", 2_346_810),
    ("茶山开园", "2026-09-02 08:00:00", 98_000),
]


@pytest.fixture
def browser(centre: Site) -> FlaskClient:
    place = Centre(centre.folder)
    place.douyin("2026-10-05 作品列表.csv", ROWS)
    app = App(config_path=centre.config_path, clock=centre.clock)
    assert CliRunner().invoke(main, ["now", "--json"], obj=app).exit_code == 0
    return browse(centre)


def test_the_paper_is_that_of_the_command_line(
    browser: FlaskClient, centre: Site, tmp_path: Path
) -> None:
    page = browser.get("/reports/?period=2026Q3").text
    app = App(config_path=centre.config_path, clock=centre.clock)
    CliRunner().invoke(
        main, ["report", "2026Q3", "--format", "md", "--out", str(tmp_path)], obj=app
    )
    words = (tmp_path / "总结-2026Q3.md").read_text("utf-8")
    bare = re.sub(r"<[^>]+>", "", page)
    sentence = next(line for line in words.splitlines() if "发布作品2条" in line)
    assert sentence.strip()[:30] in bare
    assert "<b>" not in page


def test_a_figure_leads_to_its_works(browser: FlaskClient) -> None:
    page = browser.get("/reports/?period=2026Q3").text
    link = next(
        each for each in re.findall(r'class="figure" href="([^"]+)"', page) if "views" in each
    )
    found = browser.get(link.replace("&amp;", "&"))
    assert found.status_code == 200
    assert "2444810" in found.text
    assert re.search(r"/posts/\d+", found.text)
    note = browser.get(link.replace("&amp;", "&") + "&note=1").text
    assert "2444810" in note and "<html" not in note


def test_files_are_those_of_the_command_line(browser: FlaskClient) -> None:
    for kind in ("docx", "xlsx", "html", "md", "json"):
        answer = browser.get(f"/reports/file?period=2026Q3&format={kind}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.mimetype != "text/html"
    document = Document(io.BytesIO(browser.get("/reports/file?period=2026Q3&format=docx").data))
    assert any("发布作品2条" in each.text for each in document.paragraphs)


def test_what_changed_since_it_was_written(browser: FlaskClient, centre: Site) -> None:
    assert "还没有写出过" in browser.get("/reports/?period=2026Q3").text
    browser.get("/reports/file?period=2026Q3&format=md")
    centre.clock.later(days=1)  # type: ignore[attr-defined]
    assert "没有变化" in browser.get("/reports/?period=2026Q3").text
    page = browser.get("/posts/").text
    number = re.search(r'/posts/(\d+)">茶山开园', page)
    assert number is not None
    browser.get(f"/posts/{number[1]}/")
    browser.post(
        f"/posts/{number[1]}/correct", data={"metric": "views", "value": "99000", "reason": "后台"}
    )
    changed = browser.get("/reports/?period=2026Q3").text
    assert "2444810" in changed and "2445810" in changed


@pytest.mark.parametrize(
    "query",
    [
        "period=明天",
        "period=2026Q9",
        "basis=x",
        "as_of=昨天",
        "topic=没有",
        "period=2026Q3&basis=aged:-1",
    ],
)
def test_what_cannot_be_understood_is_said(browser: FlaskClient, query: str) -> None:
    assert browser.get(f"/reports/?{query}").status_code == 200
    assert browser.get(f"/reports/file?{query}&format=exe").status_code == 404


def test_a_draft_is_marked(browser: FlaskClient) -> None:
    browser.get("/check/")
    text = "2026年第三季度，“看青禾”抖音号发布2条，播放量9999万人次。<script>"
    page = browser.post("/check/", data={"text": text, "do": "verify"}).text
    assert re.search(r'<mark class="o0"[^>]*>2条', page)
    assert re.search(r'<mark class="o2"[^>]*title="不符：[^"]*2444810[^"]*"', page)
    assert "<script>" not in page.partition("<main")[2]


def test_a_word_draft_comes_back_with_comments_and_filled(browser: FlaskClient) -> None:
    made = io.BytesIO()
    document = Document()
    document.add_paragraph("2026年第三季度，“看青禾”抖音号发布XX条，播放量9999万人次。")
    document.save(made)
    for what, words in (("annotate", "核对"), ("fill", "填数")):
        browser.get("/check/")
        data = {"draft": (io.BytesIO(made.getvalue()), "稿.docx"), "do": what}
        answer = browser.post("/check/", data=data)
        assert "docx" in answer.headers["Content-Disposition"], words
        assert answer.data[:2] == b"PK"


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 nothing", b"\xff" * 100])
def test_a_draft_that_cannot_be_read_says_why(browser: FlaskClient, body: bytes) -> None:
    browser.get("/check/")
    answer = browser.post("/check/", data={"draft": (io.BytesIO(body), "稿.docx"), "do": "verify"})
    assert answer.status_code == 200
    assert 'class="said bad"' in answer.text
