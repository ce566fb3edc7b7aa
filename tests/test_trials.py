"""Files that were once misread, with their right answers, from import to what is stored. They lie beside the
developers' working copies and not in a clone: without them this is skipped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from adapters.moments import SHANGHAI
from collector.app import App
from collector.intake.importing import Importer, Wish
from collector.run import begin
from collector.screen import result_json
from storage.database import reading
from tests.conftest import TRIALS, WITHOUT

pytestmark = pytest.mark.skipif(not TRIALS.is_dir(), reason=WITHOUT)

NOW = datetime(2026, 10, 9, 9, tzinfo=SHANGHAI)
AS_OF = datetime(2026, 10, 8, 23, 59, 59, tzinfo=SHANGHAI)
SHOWN = """SELECT p.title, p.published_at, p.details, o.views, o.likes, o.shares, o.bounds
FROM post p JOIN observation o ON o.post_id = p.post_id ORDER BY p.post_id"""
DOUYIN = (
    'columns = {"作品描述" = "title", "发布时间" = "published_at", "作品ID" = "key", "点赞数量" = "likes", '
    '"播放数量" = "views"}'
)

Try = Callable[..., tuple[dict[str, Any], list[Any]]]


@pytest.fixture
def tried(tmp_path: Path) -> Try:
    """Imports one file of the trials into an account: (what the command tells, the rows stored)."""

    def import_(
        name: str, platform: str = "portal", more: str = ""
    ) -> tuple[dict[str, Any], list[Any]]:
        (tmp_path / "config.toml").write_text(
            f'[centre]\nname = "云岭"\n[hits]\nviews = [100000]\n[[accounts]]\nid = "a"\nname = "甲号"\n'
            f'platform = "{platform}"\n{more}',
            encoding="utf-8",
        )
        app = App(config_path=tmp_path / "config.toml", clock=lambda: NOW)
        run = begin(app.engine, app.config, "import", NOW)
        importer = Importer(
            engine=app.engine, config=app.config, run_id=run, now=NOW, wish=Wish(as_of=AS_OF)
        )
        result = importer.import_file(app.config.accounts[0], TRIALS / name)
        told = result_json(result) | {"hits": result.stored.hits if result.stored else 0}
        with reading(app.engine) as connection:
            rows = list(connection.execute(text(SHOWN)))
            told["followers"] = connection.execute(
                text("SELECT count(*) FROM account_observation")
            ).scalar()
        app.engine.dispose()
        return told, rows

    return import_


def when(row: Any) -> str:
    return f"{datetime.fromtimestamp(row.published_at, SHANGHAI):%Y-%m-%d %H:%M:%S}"


def views(rows: list[Any]) -> dict[str, int | None]:
    return {row.title: row.views for row in rows}


def test_t01_dates_from_1904(tried: Try) -> None:
    _, rows = tried("t01_1904.xlsx")
    assert [(row.title, when(row), row.views) for row in rows] == [
        ("甲稿", "2026-09-01 10:00:00", 100),
        ("乙稿", "2026-09-02 00:00:00", 200),
    ]


def test_t02_formulas_without_value(tried: Try) -> None:
    told, rows = tried("t02_formula_nocache.xlsx")
    assert [(row.views, row.likes) for row in rows] == [(None, 5), (300, None)]
    assert "第2行" in told["bad_rows"][0] and "“阅读量”" in told["bad_rows"][0]
    assert all("公式" in each for each in told["bad_rows"])


def test_t08_merged_cells_of_a_ledger(tried: Try) -> None:
    _, rows = tried("t08_ledger_merged.xlsx", "ledger")
    found = [
        (when(row)[5:10], row.title, outlet)
        for row in rows
        for outlet in OUTLETS
        if outlet in row.details
    ]
    assert found == [
        ("07-03", "云岭茶香飘万里", "省报"),
        ("07-03", "云岭古道焕新颜", "市报"),
        ("07-03", "云岭古道焕新颜", "省台"),
        ("07-09", "夏粮丰收在望", "央视"),
        ("07-09", "夏粮丰收在望", "省台"),
    ]


OUTLETS = ("省报", "市报", "省台", "央视")


def test_t10_spreadsheetml(tried: Try) -> None:
    _, rows = tried("t10_spreadsheetml2003.xls")
    assert [(row.title, when(row), row.views) for row in rows] == [
        ("甲稿", "2026-09-01 10:00:00", 1234)
    ]


@pytest.mark.parametrize(
    ("name", "platform", "says"),
    [
        ("t11_badquote.csv", "portal", "第2行有引号没有配对"),
        ("t13_baijia_followers_perpost.csv", "baijiahao", "没有认得的“标题”一栏"),
        ("t23b_two_row_platforms.xlsx", "portal", "表头有两行"),
    ],
)
def test_refused_in_words(tried: Try, name: str, platform: str, says: str) -> None:
    told, rows = tried(name, platform)
    assert not rows and not told["followers"] and says in told["problem"]


def test_t14_a_hidden_sheet(tried: Try) -> None:
    told, rows = tried("t14_hidden.xlsx")
    assert views(rows) == {"甲稿": 500, "乙稿": 600} and "旧表" in told["remarks"][0]


def test_t15_months_and_a_total_sheet(tried: Try) -> None:
    told, rows = tried("t15_months_and_total_sheet.xlsx")
    assert (len(rows), sum(row.views for row in rows), told["hits"]) == (3, 121_300, 1)
    assert "汇总" in told["remarks"][0]


@pytest.mark.parametrize("name", ["t17_richtext.xlsx", "t17b_richtext_shared.xlsx"])
def test_t17_rich_text(tried: Try, name: str) -> None:
    _, rows = tried(name)
    assert [(row.title[:4], row.views, row.likes) for row in rows] == [
        ("云岭茶园", 1234, 5),
        ("云岭古道", 2345, 6),
        ("夏粮\r\n", 3456, 7),
    ]


def test_t19_shifted_rows_give_no_wrong_figures(tried: Try) -> None:
    told, rows = tried("t19_mediacrawler_short.csv", "bilibili")
    assert views(rows) == {"云岭航拍": 54_000, "云岭茶山": 84_000} and told["bad_row_count"] == 3


def test_t20_no_plays_are_shown(tried: Try) -> None:
    _, rows = tried("t20_douk_detail.csv", "douyin", DOUYIN)
    assert [(row.likes, row.views) for row in rows] == [(125_000, None), (300, None)]


@pytest.mark.parametrize(
    "name", ["t22_tabs_data", "t22b_tabs_all", "t22c_eq", "t22d_sep", "t22e_nbsp"]
)
def test_t22_ways_of_keeping_ids_whole(tried: Try, name: str) -> None:
    _, rows = tried(f"{name}.csv")
    assert [(row.title, row.views, row.likes) for row in rows] == [
        ("甲稿", 12_345, 67),
        ("乙稿", 2_345, 8),
        ("丙稿", 345, 9),
    ]
    told, _ = tried("t22d_sep.csv")  # hits the same works
    assert told["new_posts"] == 0


def test_t23_headings_in_two_rows(tried: Try) -> None:
    _, rows = tried("t23_two_row_header.xlsx")
    assert [(row.views, row.likes, row.shares) for row in rows] == [(12_345, 67, 8), (2_345, 8, 1)]


@pytest.mark.parametrize("name", ["t25_wps_dimension_a1", "t25b_last_row", "t25c_last_row_text"])
def test_t25_dimensions_that_are_wrong(tried: Try, name: str) -> None:
    _, rows = tried(f"{name}.xlsx")
    assert views(rows) == {"甲稿": 1_234, "乙稿": 2_345}


def test_t31_times(tried: Try) -> None:
    told, rows = tried("t31_times.csv")
    read = {row.title: when(row) for row in rows}
    exact = dict.fromkeys(
        ("稿04", "稿06", "稿08", "稿09", "稿10", "稿11", "稿12", "稿13"), "15:20:05"
    )
    exact |= {"稿02": "08:05:00", "稿05": "00:20:05", "稿19": "15:20:01"}
    exact |= dict.fromkeys(("稿20", "稿21", "稿26"), "15:20:00")
    exact |= dict.fromkeys(("稿03", "稿07", "稿22", "稿23", "稿27"), "00:00:00")
    assert read == {title: f"2026-09-01 {clock}" for title, clock in exact.items()}
    assert told["bad_row_count"] == 7  # no day, no year, no such day, an order that is not said


def test_t34_old_headings(tried: Try) -> None:
    _, rows = tried("t34_weibospider_2019.csv", "weibo")
    assert [(row.title, row.likes, row.shares) for row in rows] == [("云岭开镰了", 12, 3)]


def test_t35_hostile_titles_are_titles(tried: Try) -> None:
    _, rows = tried("t35_hostile_titles.csv")
    assert [row.views for row in rows] == list(range(200_000, 199_991, -1))
    assert rows[2].title == '=HYPERLINK("http://127.0.0.1/x","点我")'


def test_t37_a_unit_above_the_headings(tried: Try) -> None:
    told, rows = tried("t37_unit_in_banner.xlsx")
    assert [row.views for row in rows] == [350_000, 120_000, 80_000] and told["hits"] == 2


def test_t38_rows_that_are_no_work(tried: Try) -> None:
    told, rows = tried("t38_footer_rows.xlsx")
    assert [row.views for row in rows] == [350_000, 120_000] and told["hits"] == 2
    assert not told["bad_row_count"] and "有 5 行不是作品" in told["remarks"][0]
