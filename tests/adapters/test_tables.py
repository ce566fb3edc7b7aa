"""What cases cannot say of own tables, ledgers and crawlers: refusals, and who speaks for which account."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from adapters import ledger, media_crawler, platforms, table
from adapters.contract import Account, File, FileRecord, Row, Sheet
from adapters.errors import Invalid
from adapters.files import open_file
from adapters.records import AccountFigures, Count, Headings, Post, about, at_least
from adapters.registry import ADAPTERS, choose, records
from adapters.tables.own_tables import SYNONYMS
from tests.adapters.cases import CASES

APP = Account(id="app", platform="app")
LEDGER = Account(id="taizhang", platform="ledger")


def _file(*rows: Row) -> File:
    return File(name="x.csv", sheets=(Sheet("x", 0, tuple(rows[:12]), lambda: iter(rows)),))


def _table(*rows: Row, account: Account = APP) -> list[FileRecord]:
    return list(table.read_file(_file(*rows), account))


def _ledger(*rows: Row) -> list[FileRecord]:
    return list(ledger.read_file(_file(*rows), LEDGER))


def test_own_tables_serve_every_platform_but_the_ledger() -> None:
    assert table.ADAPTER.platforms == platforms.NAMES.keys() - {"ledger"}


def test_each_usual_heading_means_one_field() -> None:
    headings = [heading for row in SYNONYMS.values() for heading in row.split()]
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize("platform", sorted(media_crawler.LAYOUTS))
def test_crawlers_speak_only_for_their_own_platform(platform: str) -> None:
    account = Account(id="x", platform=platform)
    claimed = set()
    for case in (CASES / "media_crawler").iterdir():
        if not case.name.endswith(".json"):
            file = open_file(case)
            if media_crawler.recognises(file, account):
                claimed.add(case.name)
                assert choose(file, account).name == "media_crawler"
    assert len(claimed) == 1


def test_the_three_weibo_tools_are_told_apart() -> None:
    account = Account(id="x", platform="weibo")
    weibo = [
        each for each in ADAPTERS.values() if "weibo" in each.platforms and each.name != "table"
    ]
    for name in ("weibo_crawler", "weibo_spider"):
        for case in (CASES / name).glob("*.csv"):
            file = open_file(case)
            claims = [
                each.name for each in weibo if each.recognises and each.recognises(file, account)
            ]
            assert claims == [name]


def test_a_repeated_weibo_heading_with_other_columns_gives_no_wrong_figures() -> None:
    """weiboSpider run first for originals, then for all: two more columns from there on."""
    names = "微博id 微博正文 头条文章url 原始图片url 微博视频url 发布位置 发布时间 发布工具 点赞数 转发数 评论数"
    only = names.split()
    every = [*only[:4], "被转发微博原始图片url", "是否为原创微博", *only[4:]]
    good = ["H00010002", "甲", "", "无", "无", "无", "2026-01-02 03:04", "网页", "1", "2", "3"]
    wide = [
        "H00010003",
        "乙",
        "",
        "无",
        "无",
        "True",
        "无",
        "无",
        "2026-01-02 03:05",
        "网页",
        "4",
        "5",
        "6",
    ]
    account = Account(id="x", platform="weibo")
    got = list(records(ADAPTERS["weibo_spider"], _file(only, good, every, wide), account))
    assert [each.title for each in got if isinstance(each, Post)] == ["甲"]
    assert [each.row for each in got if isinstance(each, Invalid)] == [3, 4]


def test_rows_of_a_newer_weibo_crawler_below_older_headings_are_named() -> None:
    """The tool appends without looking: 是否编辑过 would stand under 是否原创."""
    head = ["id", "bid", "正文", "点赞数", "评论数", "转发数", "完整日期", "是否原创"]
    old = ["4300000010000002", "H00010002", "甲", "1", "2", "3", "2026-01-02 03:04:05", "True"]
    new = [
        "4300000010000003",
        "H00010003",
        "乙",
        "1",
        "2",
        "3",
        "2026-01-02 03:04:06",
        "False",
        "0",
        "True",
    ]
    account = Account(id="x", platform="weibo")
    _, post, bad = records(ADAPTERS["weibo_crawler"], _file(head, old, new), account)
    assert isinstance(post, Post) and post.original is True
    assert isinstance(bad, Invalid) and bad.what.startswith("这一行有 10 格，栏目名只有 8 格")


def test_config_speaks_where_a_platform_has_its_own_reader(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    shutil.copy(CASES / "table" / "两栏同义_已写明.csv", path)
    file = open_file(path)
    with pytest.raises(Invalid, match="不像抖音的导出文件"):
        choose(file, Account(id="x", platform="douyin"))
    assert (
        choose(file, Account(id="x", platform="douyin", columns={"点击量": "views"})).name
        == "table"
    )


def test_a_table_without_title_or_time_is_refused() -> None:
    for heading, lacking in ((["标题", "阅读量"], "发布时间"), (["日期", "阅读量"], "标题")):
        (refused,) = _table(heading, ["a", "1"])
        assert isinstance(refused, Invalid) and refused.row == 1 and lacking in refused.what
    assert not table.recognises(_file(["来源", "编辑"], ["a", "1"]), APP)


def test_a_configured_heading_that_is_absent_is_named_and_not_replaced() -> None:
    account = Account(id="x", platform="app", columns={"热度": "views"})
    head, post = _table(["标题", "日期", "阅读量"], ["甲", "2026-01-01", "5"], account=account)
    assert isinstance(head, Headings) and isinstance(post, Post)
    assert (head.missing, head.unknown) == (("热度",), ("阅读量",))
    assert post.metrics.views is None


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("阅读量(万)", "12.5", about(125_000, 1_000, cut=None)),
        ("阅读量（单位：万）", 12, about(120_000, 10_000, cut=None)),
        ("阅读量（万次）", "10+", at_least(100_000)),
        ("阅读量(万)", "12.5万", about(125_000, 1_000, cut=None)),
        ("阅读量(万)", "--", None),
        ("阅读量(次)", "12", Count(12)),
    ],
)
def test_a_heading_in_ten_thousands(heading: str, cell: str | int, expected: Count | None) -> None:
    _, post = _table(["标题", "日期", heading], ["甲", "2026-01-01", cell])
    assert isinstance(post, Post) and post.metrics.views == expected


def test_a_row_without_title_is_named() -> None:
    _, bad = _table(["标题", "日期", "阅读量"], ["", "2026-01-01", "5"])
    assert isinstance(bad, Invalid) and (bad.what, bad.row) == ("没有标题", 2)


def test_a_reading_of_pictures_depends_on_the_platform() -> None:
    rows: tuple[Row, ...] = (["标题", "日期", "体裁"], ["甲", "2026-01-01", "图文"])
    columns = {"标题": "title"}
    for platform, kind in (("app", "article"), ("xiaohongshu", "image")):
        account = Account(id="x", platform=platform, columns=columns)
        _, post = _table(*rows, account=account)
        assert isinstance(post, Post) and post.kind == kind


@pytest.mark.parametrize(
    ("level", "medium", "expected"),
    [
        ("央媒", "报刊", {"level": "中央", "medium": "报"}),
        ("省级", "广播", {"level": "省", "medium": "台"}),
        ("市", "网站", {"level": "市", "medium": "网"}),
        ("县级", "新媒体", {"level": "县", "medium": "端"}),
        ("", "", {}),
    ],
)
def test_levels_and_media_of_placements(level: str, medium: str, expected: dict[str, str]) -> None:
    head = ["日期", "标题", "媒体", "级别", "介质"]
    _, post = _ledger(head, ["2026-01-01", "甲", "某媒体", level, medium])
    assert isinstance(post, Post) and post.details == {"outlet": "某媒体", **expected}


@pytest.mark.parametrize(
    ("cell", "front"),
    [
        *((cell, True) for cell in ("是", "√", 1, 1.0, True, "头版")),
        *((cell, False) for cell in ("否", "", None, 0, "二版")),
    ],
)
def test_the_front_page_only_where_the_cell_says_so(cell: str | float | None, front: bool) -> None:
    _, post = _ledger(["日期", "标题", "媒体", "头版"], ["2026-01-01", "甲", "某报", cell])
    assert isinstance(post, Post) and ("front_page" in post.details) is front


def test_times_and_people_of_a_live_stream_stay_apart() -> None:
    _, post = _ledger(["日期", "标题", "观看人次", "观看人数"], ["2026-01-01", "甲", "15万", "9万"])
    assert isinstance(post, Post)
    assert post.metrics.views == about(150_000, 10_000, cut=None)
    assert post.metrics.readers == about(90_000, 10_000, cut=None)


def test_followers_without_a_name_belong_to_the_folder() -> None:
    _, figures = _ledger(["日期", "粉丝数"], ["2026-06-30", "0"])
    assert isinstance(figures, AccountFigures)
    assert (figures.account, figures.figures) == ("", {"followers": Count(0)})
