"""Declared columns: headings are matched whole, wherever they stand, and bad cells name their place."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from adapters.contract import Cell, Row, Sheet
from adapters.errors import Invalid
from adapters.records import Count, Headings, Post
from adapters.tables.cells import plain
from adapters.tables.columns import Column, Layout, find
from adapters.tables.reader import read

LAYOUT = Layout(
    name="试",
    columns=(
        Column("标题", "title", needed=True),
        Column("发布时间", "published_at", needed=True),
        Column("播放量", "views", needed=True, also=("观看量",)),
        Column("阅读人数", "readers"),
        Column("完播率", unit="percent"),
        Column("5s完播率", unit="fraction"),
        Column("平均播放时长", unit="seconds"),
        Column("阅读人数占比", unit="percent"),
        Column("粉丝增量"),
    ),
    untitled=True,
)
HEAD = ["标题", "发布时间", "播放量"]
DAY = "2026-05-29"


def table(*rows: Sequence[Cell], name: str = "表") -> Sheet:
    kept: tuple[Row, ...] = tuple(list(row) for row in rows)
    return Sheet(name, 3, kept[:12], lambda: iter(kept))


def posts(*rows: Sequence[Cell]) -> list[Post]:
    found = find(table(*rows), LAYOUT)
    assert found is not None
    records = list(read(found))
    assert isinstance(records[0], Headings)
    assert not [each for each in records if isinstance(each, Invalid)]
    return [each for each in records if isinstance(each, Post)]


@pytest.mark.parametrize(
    "heading",
    [
        "播放量",
        "\ufeff播放量",
        " 播放量 ",
        "\u00a0播放量\u00a0",
        "播\u200b放量",
        "播放量\n",
        "播 放 量",
        "播放量(次)",
        "播放量\uff08次\uff09",
        "播放量 (次)",
        "播放量\u3000",
    ],
)
def test_headings_are_trimmed(heading: str) -> None:
    assert plain(heading) == "播放量"
    (post,) = posts(["标题", "发布时间", heading], ["甲", DAY, "7"])
    assert post.metrics.views == Count(7)


@pytest.mark.parametrize(
    ("heading", "bare"), [("完播率(%)", "完播率"), ("\uff15s完播率", "5s完播率")]
)
def test_units_and_full_width(heading: str, bare: str) -> None:
    assert plain(heading) == bare


@pytest.mark.parametrize(
    "heading",
    [
        "播放量占比",
        "平均播放量",
        "平均播放时长",
        "播放",
        "播放量2",
        "总播放量",
        "播放量(抖音精选)",
        "粉丝播放量",
    ],
)
def test_a_heading_is_never_matched_in_part(heading: str) -> None:
    assert find(table(["标题", "发布时间", heading], ["甲", DAY, "7"]), LAYOUT) is None


def test_headings_that_contain_each_other_keep_apart() -> None:
    head = [
        "5s完播率",
        "完播率",
        "平均播放时长",
        "阅读人数占比",
        "标题",
        "播放量",
        "阅读人数",
        "发布时间",
    ]
    (post,) = posts(head, ["0.2", "11.14%", "32.50秒", "9%", "甲", "100", "60", DAY])
    assert (post.metrics.views, post.metrics.readers) == (Count(100), Count(60))
    assert post.beside == {
        "5s完播率": 0.2,
        "完播率": 0.1114,
        "平均播放时长": 32.5,
        "阅读人数占比": 0.09,
    }


@pytest.mark.parametrize("above", range(12))
def test_the_heading_row_is_found_in_the_first_ten(above: int) -> None:
    banner: list[Sequence[Cell]] = [["数据来源概况", "", ""]] * above
    rows = [*banner, ["", *HEAD], ["", "甲", DAY, "7"]]
    if above >= 10:
        assert find(table(*rows), LAYOUT) is None
        return
    (post,) = posts(*rows)
    assert (post.row, post.sheet, post.metrics.views) == (above + 2, 3, Count(7))


def test_unknown_missing_and_repeated_headings_are_named() -> None:
    found = find(table([*HEAD, "新栏目", "播放量"], ["甲", DAY, "7", "x", "8"]), LAYOUT)
    assert found is not None
    shown, post = list(read(found))
    assert isinstance(shown, Headings) and isinstance(post, Post)
    assert shown.mapped == {"标题": "title", "发布时间": "published_at", "播放量": "views"}
    assert shown.unknown == ("新栏目",)
    assert shown.missing[0] == "阅读人数" and "播放量" not in shown.missing
    assert (shown.sheet, shown.row) == (3, 1)
    assert post.metrics.views == Count(7)  # of a repeated heading the first counts


@pytest.mark.parametrize("word", ["累计", "合计", "总计", "全部", " 合计 "])
@pytest.mark.parametrize("column", [0, 1])
def test_totals_are_dropped(word: str, column: int) -> None:
    total: list[Cell] = ["", "", "900"]
    total[column] = word
    assert [each.title for each in posts(HEAD, total, ["甲", DAY, "7"], total)] == ["甲"]


def test_blank_rows_and_repeated_headings_are_left_out() -> None:
    rows = posts(HEAD, ["", None, ""], ["甲", DAY, "7"], [], HEAD, ["乙", DAY, "8"])
    assert [(each.title, each.row) for each in rows] == [("甲", 3), ("乙", 6)]


def test_a_title_may_be_empty_and_rows_may_be_short() -> None:
    rows = posts([*HEAD, "阅读人数"], ["", DAY, "7"], ["乙", DAY, "8", ""])
    assert [each.title for each in rows] == ["", "乙"]
    assert [each.metrics.readers for each in rows] == [None, None]


@pytest.mark.parametrize("sign", ["", "-", "--", "—", None])
def test_missing_is_not_zero(sign: Cell) -> None:
    (post,) = posts([*HEAD, "粉丝增量"], ["甲", DAY, sign, sign])
    assert post.metrics.views is None and post.beside == {}


def test_negatives_stand_only_beside() -> None:
    (post,) = posts([*HEAD, "粉丝增量"], ["甲", DAY, "7", "-3"])
    assert post.beside == {"粉丝增量": -3}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (["甲", DAY, "-3"], ["“播放量”", "“-3”"]),
        (["甲", DAY, "很多"], ["“播放量”", "“很多”"]),
        (["甲", DAY, 1.5], ["“播放量”", "“1.5”"]),
        (["甲", DAY, float("nan")], ["“播放量”", "“nan”"]),
        (["甲", DAY, True], ["“播放量”", "“True”"]),
        (["甲", "昨天", "7"], ["“昨天”"]),
        (["甲", "", "7"], ["发布时间"]),
    ],
)
def test_a_bad_cell_names_its_place_and_the_rest_is_read(
    row: Sequence[Cell], says: list[str]
) -> None:
    found = find(table(HEAD, row, ["乙", DAY, "8"], name="作品"), LAYOUT)
    assert found is not None
    _, bad, good = list(read(found))
    assert isinstance(bad, Invalid) and isinstance(good, Post)
    assert (bad.sheet, bad.row, bad.target) == (3, 2, "工作表“作品”第2行")
    assert all(each in bad.what for each in says), bad.what
    assert bad.advice and good.title == "乙"


def test_what_is_remembered_of_a_column_keeps_its_types_apart() -> None:
    """1, 1.0, "1" and True are equal keys; a remembered 1 must not make a count of True."""
    found = find(
        table(HEAD, ["甲", DAY, 1], ["乙", DAY, True], ["丙", DAY, 1.0], ["丁", DAY, "1"]), LAYOUT
    )
    assert found is not None
    records = list(read(found))[1:]
    assert [type(each) for each in records] == [Post, Invalid, Post, Post]
