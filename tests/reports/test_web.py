"""The HTML page: the paper, the listing below it; asks nothing of the network, prints the paper alone."""

from __future__ import annotations

import html
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from reports.documents import content, web
from reports.figures.totals import Summary
from tests.reports import printed
from tests.reports.model import ACCOUNTS, BARE, MODEL, hostile
from tests.reports.papers import HOSTILE, crowd, with_section

#: What makes a browser ask for something, and where it would say what.
ASKING = {"src", "srcset", "data", "poster", "action", "background", "manifest", "ping"}


@pytest.fixture(scope="module")
def page(summary: Summary) -> BeautifulSoup:
    return BeautifulSoup(web.text(summary, MODEL), "lxml")


def test_it_asks_nothing_of_the_network(page: BeautifulSoup, summary: Summary) -> None:
    for each in page.find_all(True):
        assert not ASKING & {*each.attrs}, each
    assert not page.find_all(["link", "iframe", "object", "embed", "base", "img"])
    style = "".join(each.get_text() for each in page.find_all("style"))
    assert set(re.findall(r"url\((.*?)\)|(@import)", style)) <= {
        (f"#bound{each}", "") for each in range(6)
    }
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy is not None and str(policy["content"]).startswith("default-src 'none';")


def _said(page: BeautifulSoup, *selectors: str) -> list[str]:
    return [each.get_text() for each in page.select(", ".join(selectors))]


def test_the_paper_stands_at_the_top(page: BeautifulSoup) -> None:
    assert len(page.select("body > svg + article.sheet + div.listing")) == 1
    said = _said(page, ".sheet > h1", ".sheet > h2", ".sheet > p", ".signed p")
    assert said == MODEL.text.split("\n")
    assert _said(page, ".annexes li")[:2] == ["附表：1．各账号发布和传播情况", "2．“10万+”作品"]
    assert _said(page, ".annex h2")[0] == "附表1　各账号发布和传播情况"
    tables = page.select(".annex table")
    assert [len(each.select("tbody tr")) for each in tables] == [len(t.rows) for t in MODEL.tables]


def test_each_figure_of_the_paper_shows_its_id_when_pointed_at(page: BeautifulSoup) -> None:
    pieces = [each for part in (*MODEL.body, MODEL.notes) for each in part.pieces if each.id]
    shown = page.select(".sheet .figure")
    assert [(each.get_text(), each["title"], each["data-tip"], each["tabindex"]) for each in shown] == [
        (each.text, f"编号：{each.id}", f"编号：{each.id}", "0") for each in pieces
    ]  # fmt: skip


def test_a_paper_that_lacks_parts_and_one_that_holds_harm(summary: Summary) -> None:
    bare = BeautifulSoup(web.text(summary, BARE), "lxml")
    assert _said(bare, ".sheet > h1", ".sheet p") == BARE.text.split("\n")
    assert not bare.select(".annex, .annexes, .signed, .to")
    made = BeautifulSoup(web.text(summary, hostile(tuple(HOSTILE))), "lxml")
    said = _said(made, ".sheet .figure")
    assert len(made.find_all("script")) == 1 and "<script>alert(1)</script></w:t>&amp;" in said
    assert len(made.select(".annex tbody tr")) == 182 + 36 + 3


def test_every_sentence_can_be_copied_and_explained(page: BeautifulSoup, summary: Summary) -> None:
    said = {str(li["id"]): li for li in page.select("ul.sentences li")}
    for part in summary.sections:
        for each in content.sentences(part):
            item = said[f"s-{each.id}"]
            text, code = item.select_one(".text"), item.select_one("code")
            assert text is not None and text.get_text() == each.text
            assert code is not None and code.get_text() == each.id
            assert item.select_one("button.copy") is not None


def test_hostile_titles_stay_text(page: BeautifulSoup) -> None:
    cells = [row.select("td")[0] for row in page.select("#table-tried tbody tr")]
    assert [each.get_text() for each in cells][: len(HOSTILE)] == list(HOSTILE.values())
    assert len(page.find_all("script")) == 1
    links = {str(each["href"]) for each in page.select("main a")}
    assert "https://a.example/" in links and not [x for x in links if x.startswith("javascript")]


def test_charts_say_bounds_and_gaps(page: BeautifulSoup) -> None:
    tips = [str(each["data-tip"]) for each in page.select("#chart-bar [data-tip]")]
    assert len(tips) == len(HOSTILE)
    assert tips[0].endswith("本期：无数据") and tips[3].endswith("本期：≥2")
    assert len(page.select("#chart-bar .bound")) == 1
    beside = page.select_one("#chart-bar")
    assert beside is not None and beside.find_parent(class_="both") is not None
    assert not page.select("#chart-nothing")
    fall = page.select("#chart-fall rect")
    assert [float(str(each["width"]).rstrip("%")) > 0 for each in fall] == [True, True]
    for each in page.select("figure rect, figure text"):
        x, wide = (float(str(each.get(name, "0")).rstrip("%")) for name in ("x", "width"))
        assert 0 <= x <= 100 and (each.name == "text" or 0 <= x + wide <= 100)


def test_the_page_fits_many_accounts(summary: Summary) -> None:
    made = BeautifulSoup(web.text(with_section(summary, crowd(500)), MODEL), "lxml")
    assert len(made.select("#table-crowd tbody tr")) == 500
    assert len(made.select("#chart-crowd .row")) == 60
    assert "图中为前60项，共500项" in made.select("#chart-crowd .note")[0].get_text()


@pytest.fixture(scope="module")
def file(summary: Summary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("web") / "s.html"
    many = replace(ACCOUNTS, rows=ACCOUNTS.rows * 4)
    path.write_text(web.text(summary, replace(MODEL, tables=(many, *MODEL.tables[1:]))), "utf-8")
    return path


def test_it_prints_as_the_paper(file: Path, summary: Summary, tmp_path: Path) -> None:
    pdf = tmp_path / "s.pdf"
    subprocess.run(
        [printed.tool("chromium", "chrome", "google-chrome"), "--headless", "--no-sandbox", "--disable-gpu",
         f"--user-data-dir={tmp_path / 'browser'}", "--no-pdf-header-footer", f"--print-to-pdf={pdf}", file.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    pages = printed.read(pdf)
    text = printed.letters("".join(pages))
    assert all(printed.letters(each) in text for each in MODEL.text.split("\n"))
    assert "完整清单" not in text and not any(
        printed.letters(x.text) in text for x in summary.sentences
    )
    assert "附表1" in pages[2] and all("阅读播放量" in each for each in pages[2:])
    assert len(pages) == 4


def test_in_a_browser(file: Path, summary: Summary, tmp_path: Path) -> None:
    browser = printed.tool("chromium", "chrome", "google-chrome")
    ran = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
         f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom", file.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert not [x for x in ran.stderr.decode("utf-8", "replace").splitlines() if "CONSOLE" in x]
    dom = ran.stdout.decode("utf-8")
    assert re.search(r'<html[^>]*class="live"', dom)
    text = BeautifulSoup(dom, "lxml").get_text()
    for each in summary.sentences:
        if not each.id.startswith("tried."):
            assert each.text in html.unescape(text)
