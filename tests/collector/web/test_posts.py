"""作品 and one post: the way from a figure back to the row of the file, and what a person says of it."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from collector.app import App
from collector.cli import main
from collector.web.site import Site
from tests.collector.centre import Centre
from tests.collector.web.conftest import browse

EVIL = '=HYPERLINK("http://evil")<script>alert(1)</script>'
ROWS = [
    ("凌晨的青禾", "2026-10-01 08:00:00", 2_346_810),
    (EVIL, "2026-10-02 08:00:00", 1_234),
    ("\u202e反着写的", "2026-10-03 08:00:00", 99),
]


@pytest.fixture
def filled(centre: Site) -> Site:
    """A centre that has imported two lists of the same posts, a day apart."""
    for day, share in (("2026-10-05", 0.5), ("2026-10-06", 1.0)):
        lines = [(title, moment, int(views * share)) for title, moment, views in ROWS]
        Centre(centre.folder).douyin(f"{day} 作品列表.csv", lines)
    app = App(config_path=centre.config_path, clock=centre.clock)
    result = CliRunner().invoke(main, ["now", "--json"], obj=app)
    assert result.exit_code == 0, result.output
    return centre


def number_of(browser: FlaskClient, title: str) -> str:
    found = re.search(rf'/posts/(\d+)">{re.escape(title)}', browser.get("/posts/").text)
    assert found is not None
    return found[1]


def test_posts_are_listed_with_what_they_drew(filled: Site) -> None:
    page = browse(filled).get("/posts/?order=views").text
    assert page.index("凌晨的青禾") < page.index("&lt;script&gt;")
    assert "2346810" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_an_address_that_cannot_be_understood_is_told(filled: Site) -> None:
    answer = browse(filled).get("/posts/?since=昨天&hit=abc&page=-3&order=nothing&account=nobody")
    assert answer.status_code == 200
    assert "应是日期" in answer.text


def test_a_sign_that_no_database_takes_is_told(filled: Site) -> None:
    answer = browse(filled).get("/posts/?q=%00")
    assert answer.status_code == 400
    assert "看不见的字符" in answer.text


def test_what_is_taken_away_holds_no_formula(filled: Site) -> None:
    browser = browse(filled)
    lines = browser.get("/posts/?table=posts&as=csv").data.decode("utf-8-sig").splitlines()
    assert any(line.startswith("\"'=HYPERLINK") for line in lines)
    made = browser.get("/posts/?table=posts&as=xlsx").data
    path = filled.folder / "out.xlsx"
    path.write_bytes(made)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert EVIL in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert 2_346_810 in [cell.value for cell in cells]


def test_a_figure_is_walked_back_to_its_row_and_its_bytes(filled: Site) -> None:
    browser = browse(filled)
    page = browser.get(f"/posts/{number_of(browser, '凌晨的青禾')}/").text
    assert 'title="2346810"' in page
    assert "首次观测" in page
    assert re.search(r'data-tip="2026-10-06：2346810人次"', page)
    sources = re.findall(r'href="(/originals/\d+/\?[^"]+)"', page)
    assert len(sources) == 2
    original = browser.get(sources[1].replace("&amp;", "&")).text
    row = next(line for line in original.splitlines() if "<td" in line and "←" in line)
    assert "凌晨的青禾" in row
    assert "2346810" in row
    assert "1173405" not in original
    taken = browser.get(re.sub(r"\?.*", "bytes", sources[1]))
    assert taken.mimetype == "application/octet-stream"
    kept = [each.read_bytes() for each in (filled.folder / "inbox/douyin/done").iterdir()]
    assert taken.data in kept


def test_a_person_tags_corrects_and_is_named(filled: Site) -> None:
    browser = browse(filled)
    where = f"/posts/{number_of(browser, '凌晨的青禾')}"
    browser.get(f"{where}/")
    browser.post(f"{where}/tag", data={"tag": "防汛"})
    assert 'class="label">防汛' in browser.get(f"{where}/").text
    assert "凌晨的青禾" in browser.get("/posts/?tag=防汛").text
    browser.post(f"{where}/tag", data={"tag": "防汛", "take": "1"})
    assert 'class="label">防汛' not in browser.get(f"{where}/").text
    browser.post(
        f"{where}/correct", data={"metric": "views", "value": "2,346,900", "reason": "后台截图"}
    )
    page = browser.get(f"{where}/").text
    assert "人工更正：后台截图" in page
    assert "更正 小林" in page
    assert 'title="2346900"' in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"metric": "views", "value": "12万", "reason": "x"}, "确切的整数"),
        ({"metric": "views", "value": "12", "reason": " "}, "原因"),
    ],
)
def test_what_cannot_be_done_is_said(filled: Site, data: dict[str, str], words: str) -> None:
    browser = browse(filled)
    where = f"/posts/{number_of(browser, '凌晨的青禾')}"
    browser.get(f"{where}/")
    browser.post(f"{where}/correct", data=data)
    assert words in browser.get(f"{where}/").text


def test_what_is_not_there_is_not_found(filled: Site, tmp_path: Path) -> None:
    browser = browse(filled)
    for page in (
        "/posts/999999/",
        "/originals/999999/",
        "/originals/999999/bytes",
        "/posts/../config.toml",
    ):
        assert browser.get(page).status_code == 404, page


def test_a_backup_is_put_back(filled: Site) -> None:
    browser = browse(filled)
    browser.get("/settings/")
    browser.post("/settings/backup")
    where = f"/posts/{number_of(browser, '凌晨的青禾')}"
    browser.get(f"{where}/")
    browser.post(f"{where}/tag", data={"tag": "后来加的"})
    link = re.search(r'href="(/settings/restore/[^"]+)"', browser.get("/settings/").text)
    assert link is not None
    assert "不会丢" in browser.get(link[1]).text
    browser.post(link[1])
    assert "已恢复到" in browser.get("/settings/").text
    assert "后来加的" not in browser.get(f"{where}/").text
    assert browser.get("/settings/restore/..%2Fconfig.toml").status_code == 404


def test_the_settings_say_how_the_service_is(filled: Site) -> None:
    told = browse(filled).get("/settings/").text.partition("采集服务</h2>")[2].partition("</ul>")[0]
    assert "<li>采集服务：" in told
