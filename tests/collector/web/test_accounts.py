"""账号: its figures by month are those of the monthly summary; what is not known is said, and is no 0."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from collector.app import App
from collector.cli import main
from collector.web.site import Site
from tests.collector.centre import Centre
from tests.collector.web.conftest import browse

ROWS = [
    ("凌晨的青禾<b>", "2026-08-05 08:00:00", 2_346_810),
    ("夏收", "2026-08-20 08:00:00", 700),
    ("茶山开园", "2026-09-02 08:00:00", 98_000),
]


@pytest.fixture
def browser(centre: Site) -> FlaskClient:
    Centre(centre.folder).douyin("2026-09-05 作品列表.csv", ROWS)
    app = App(config_path=centre.config_path, clock=centre.clock)
    assert CliRunner().invoke(main, ["now", "--json"], obj=app).exit_code == 0
    return browse(centre)


def rows(browser: FlaskClient, address: str, table: str) -> list[dict[str, str]]:
    """A table of a page, as the csv that a person takes away."""
    text = browser.get(f"{address}?table={table}&as=csv").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_months_are_those_of_the_summaries(
    browser: FlaskClient, centre: Site, tmp_path: Path
) -> None:
    months = {each["月份"]: each for each in rows(browser, "/accounts/douyin/", "months")}
    assert len(months) == 12
    august, september = months["2026年8月"], months["2026年9月"]
    assert (august["作品数"], august["阅读/播放量"], august["点赞数"]) == ("2", "2347510", "234751")
    assert (september["作品数"], september["阅读/播放量"]) == ("1", "98000")
    assert august["阅读/播放量100万+"] == "1"
    app = App(config_path=centre.config_path, clock=centre.clock)
    CliRunner().invoke(
        main, ["report", "2026-08", "--format", "json", "--out", str(tmp_path)], obj=app
    )
    (line,) = json.loads((tmp_path / "总结-2026-08.json").read_text("utf-8"))["accounts"]
    assert line["posts"] == 2
    assert line["views"]["value"] == 2_347_510


def test_a_month_without_data_is_no_zero(browser: FlaskClient) -> None:
    (july,) = [
        each for each in rows(browser, "/accounts/douyin/", "months") if each["月份"] == "2026年7月"
    ]
    assert july["作品数"] == july["阅读/播放量"] == july["阅读/播放量100万+"] == "无数据"


def test_known_and_unknown_days(browser: FlaskClient) -> None:
    """One file, whose works are of 5 August to 2 September; today is 8 October."""
    days = {
        each["月份"]: (each["已知"], each["不知道"])
        for each in rows(browser, "/accounts/douyin/", "coverage")
    }
    assert days["2026年8月"] == ("2026年8月5日—8月31日", "2026年8月1日—8月4日")
    assert days["2026年9月"] == ("2026年9月1日—9月2日", "2026年9月3日—9月30日")
    assert days["2026年10月"] == ("无数据", "2026年10月1日—10月8日")


def test_the_best_works_and_the_last_files(browser: FlaskClient) -> None:
    best = rows(browser, "/accounts/douyin/", "best")
    assert [each["标题"] for each in best] == ["凌晨的青禾<b>", "茶山开园", "夏收"]
    (file,) = rows(browser, "/accounts/douyin/", "files")
    assert file["文件"] == "2026-09-05 作品列表.csv"
    assert file["其中作品的发布日期"] == "2026-08-05—2026-09-02"
    page = browser.get("/accounts/douyin/").text
    assert "<b>" not in page.partition("<main")[2]
    assert "8月 · 阅读/播放量：2347510" in page  # each bar says its value
    assert " style=" not in page


def test_all_accounts(browser: FlaskClient) -> None:
    assert 'href="/accounts/douyin/"' in browser.get("/accounts/").text
    (account,) = rows(browser, "/accounts/", "all")
    assert (account["账号"], account["作品数"], account["粉丝"]) == ("看青禾", "无数据", "无数据")


@pytest.mark.parametrize("name", ["nobody", "..", "%3Cb%3E"])
def test_no_other_account(browser: FlaskClient, name: str) -> None:
    assert browser.get(f"/accounts/{name}/").status_code == 404


def test_what_is_told_since_is_shown(browser: FlaskClient, centre: Site) -> None:
    """What is kept is made anew once there is something new."""
    assert rows(browser, "/accounts/douyin/", "months")[2]["作品数"] == "2"
    centre.clock.later(minutes=5)  # type: ignore[attr-defined]
    Centre(centre.folder).douyin("后来.csv", [("秋分", "2026-10-07 08:00:00", 9)])
    app = App(config_path=centre.config_path, clock=centre.clock)
    assert CliRunner().invoke(main, ["now", "--json"], obj=app).exit_code == 0
    assert rows(browser, "/accounts/douyin/", "months")[0]["作品数"] == "1"
