"""Tables made by hand: every cell that holds something is read, or named as not read; a sheet whose shape is not
understood is refused, with the row and why. The tables are invented; the expectations are what a person sees in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from adapters.contract import Account, Cell, File, FileRecord, Sheet
from adapters.errors import Invalid
from adapters.files import open_file
from adapters.records import AccountFigures, Count, Post, Remark, about, at_least
from adapters.registry import choose, records

OTHERS = (
    ("wz", "portal", "云岭新闻网"),
    ("dy", "douyin", "云岭抖音"),
    ("wx", "wechat_mp", "云岭发布"),
)
PORTAL = Account(id="wz", platform="portal", name="云岭新闻网", others=OTHERS)
BOOK = Account(id="tz", platform="ledger", name="台账", others=OTHERS)
HEAD = ["标题", "发布时间", "阅读量"]
ONE: list[Cell] = ["甲稿", "2026-09-01", 35]
Rows = Sequence[Sequence[Any]]


def sheet(name: str, rows: Rows, index: int = 0) -> Sheet:
    kept = tuple(map(tuple, rows))
    return Sheet(name, index, kept[:12], lambda: iter(kept))


def read(*rows: Sequence[Any], account: Account = PORTAL) -> list[FileRecord]:
    return read_sheets(("表", rows), account=account)


def read_sheets(*sheets: tuple[str, Rows], account: Account = PORTAL) -> list[FileRecord]:
    file = File(
        name="表.xlsx",
        sheets=tuple(sheet(name, rows, at) for at, (name, rows) in enumerate(sheets)),
    )
    return list(records(choose(file, account), file, account))


def posts(found: Sequence[FileRecord]) -> list[Post]:
    return [each for each in found if isinstance(each, Post)]


def views(found: Sequence[FileRecord]) -> dict[str, int | None]:
    shown = ((each.title, each.metrics.views) for each in posts(found))
    return {title: None if count is None else count.value for title, count in shown}


def refused(found: Sequence[FileRecord]) -> list[tuple[int | None, str]]:
    return [(each.row, each.what) for each in found if isinstance(each, Invalid)]


def remarks(found: Sequence[FileRecord]) -> str:
    return "；".join(each.what for each in found if isinstance(each, Remark))


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., list[FileRecord]]:
    """Makes a workbook of rows and merges, and reads it."""

    def made(
        rows: Rows, *merges: str, account: Account = PORTAL, also: Rows = ()
    ) -> list[FileRecord]:
        workbook = Workbook()
        table = workbook.active
        assert table is not None
        for row in rows:
            table.append(list(row))
        for each in merges:
            table.merge_cells(each)
        if also:
            hidden = workbook.create_sheet("旧表")
            hidden.sheet_state = "veryHidden"
            for row in also:
                hidden.append(list(row))
        workbook.save(tmp_path / "表.xlsx")
        file = open_file(tmp_path / "表.xlsx")
        return list(records(choose(file, account), file, account))

    return made


# units


@pytest.mark.parametrize(
    ("above", "worth"),
    [
        ("单位：万人次", 350_000),
        ("（单位：万）", 350_000),
        ("单位（万次）", 350_000),
        ("计量单位: 千次", 35_000),
        ("以百万次为单位", 35_000_000),
        ("（阅读量以万次计）", 350_000),
        ("填报单位：云岭县融媒体中心  单位：万次", 350_000),
        ("云岭9月统计表（万次）", 350_000),
        ("单位：次", 35),
        ("填报单位：云岭县融媒体中心", 35),
        ("单位：云岭县委宣传部", 35),
        ("单位（盖章）：张三", 35),
        ("单位名称：云岭", 35),
    ],
)
def test_a_unit_above_the_table(above: str, worth: int) -> None:
    assert views(read([above], HEAD, ONE)) == {"甲稿": worth}


@pytest.mark.parametrize(
    ("heading", "worth"),
    [
        ("阅读量（万）", 350_000),
        ("阅读量/万次", 350_000),
        ("阅读量【千】", 35_000),
        ("阅读量\n（单位：万人次）", 350_000),
        ("阅读量（次）", 35),
        ("阅读量（截至9月30日）", 35),
    ],
)
def test_a_unit_in_the_heading(heading: str, worth: int) -> None:
    assert views(read(["标题", "发布时间", heading], ONE)) == {"甲稿": worth}


def test_units_below_the_headings_and_in_a_column_of_their_own() -> None:
    below = read([*HEAD, "点赞数"], ["", "", "（万次）", "次"], [*ONE, 7])
    assert [(each.metrics.views, each.metrics.likes) for each in posts(below)] == [
        (about(350_000, 10_000, cut=None), Count(7))
    ]
    column = read([*HEAD, "单位"], [*ONE, "万次"], ["乙稿", "2026-09-01", 35, "次"])
    assert views(column) == {"甲稿": 350_000, "乙稿": 35}


@pytest.mark.parametrize("above", [False, True])
def test_the_unit_of_a_group_holds_for_its_columns(above: bool) -> None:
    group, names = ["", "", "传播数据（万次）", ""], ["标题", "发布时间", "阅读量", "转发数（次）"]
    head = [group, names] if above else [["标题", "发布时间", *group[2:]], ["", "", *names[2:]]]
    (post,) = posts(read(*head, [*ONE, 6]))
    assert (post.metrics.views, post.metrics.shares) == (about(350_000, 10_000, cut=None), Count(6))


@pytest.mark.parametrize(
    ("said", "likes", "worth"),
    [
        ("单位：万人次", 6, None),  # 人次 are views
        ("单位：万人次", 0.6, 6_000),  # no half a like: it is counted so too
        ("单位：万次", 6, 60_000),
        ("单位：万", 600, None),  # 6,000,000 likes of 350,000 views
        ("阅读量单位：万次", 6, 6),
        ("单位：次", 6, 6),
    ],
)
def test_a_unit_holds_for_what_it_is_said_of(said: str, likes: float, worth: int | None) -> None:
    found = read([said], [*HEAD, "点赞数"], [*ONE, likes], ["平均值", "", 17.5, 3.5])
    ((title, metrics),) = [(each.title, each.metrics) for each in posts(found)]
    assert title == "甲稿" and metrics.views is not None
    assert metrics.views.value == (35 if said == "单位：次" else 350_000)
    assert (metrics.likes.value if metrics.likes else None) == worth
    assert ("“点赞数”一栏没有采用" in remarks(found)) == (worth is None)


def test_the_unit_of_a_row_holds_for_what_it_is_said_of() -> None:
    found = read([*HEAD, "点赞数", "单位"], [*ONE, 6, "万人次"], ["乙", "2026-09-02", 8, 7, "次"])
    assert views(found) == {"甲稿": 350_000, "乙": 8}
    assert [each.metrics.likes for each in posts(found)] == [None, Count(7)]
    ((row, what),) = refused(found)
    assert row == 2 and "“点赞数”" in what


def test_under_the_unit_of_a_row_what_is_empty_stays_empty_and_0_is_0() -> None:
    head = [*HEAD, "点赞数", "评论数", "单位"]
    found = read(head, ["甲", "2026-09-01", 35, "", 0, "万次"])
    (post,) = posts(found)
    assert views(found) == {"甲": 350_000}
    assert post.metrics.likes is None
    assert post.metrics.comments is not None and post.metrics.comments.value == 0


def test_a_unit_that_fits_nothing_refuses_the_sheet() -> None:
    found = read(["单位：万人"], HEAD, ONE)
    assert not posts(found) and "万人" in refused(found)[0][1]


@pytest.mark.parametrize("said", ["单位：打", "单位：万元", "单位：阅读量万次，点赞量次"])
def test_an_unknown_unit_refuses_the_sheet(said: str) -> None:
    ((row, what),) = refused(read([said], HEAD, ONE))
    assert row == 1 and "单位" in what


@pytest.mark.parametrize(
    "heading", ["阅读量（打）", "阅读量（单位：打）", "阅读量（万/次）", "抖音阅读量"]
)
def test_a_heading_of_a_figure_that_is_not_understood_refuses_the_sheet(heading: str) -> None:
    for found in (
        read(["标题", "发布时间", heading], ONE),
        read(["标题", "发布时间", heading, "点赞数"], [*ONE, 6]),  # beside one that is understood
    ):
        assert not posts(found) and [row for row, _ in refused(found)] == [1]


@pytest.mark.parametrize("said", ["注：阅读量单位为万次", "备注：阅读量以万次计"])
def test_a_unit_below_the_table_refuses_the_file(said: str) -> None:
    with pytest.raises(Invalid, match="万次"):
        read(HEAD, ONE, [said, "", ""])


def test_a_figure_written_in_full_under_a_unit_is_not_believed() -> None:
    found = read(
        ["单位：万"], HEAD, ["甲稿", "2026-09-01", 350_000], ["乙稿", "2026-09-01", "35万"]
    )
    assert views(found) == {"乙稿": 350_000} and [row for row, _ in refused(found)] == [3]


# rows that are no work


@pytest.mark.parametrize(
    "row",
    [
        ["", "总计：", "2026-09-30", 470_000],
        ["", "合  计", "", 470_000],
        ["合计", "2篇", "2026-09-30", 470_000],
        ["", "【小计】（2篇）", "", 470_000],
        ["", "9月合计", "2026-09-30", 470_000],
        ["", "本月累计：", "", 470_000],
        ["", "平均", "", 235_000],
        ["", "", "合计", 470_000],
        ["共2篇", "", "", 470_000],
        ["", "同比增长", "", "12%"],
        ["备注：以上数据截至9月30日", "", "", ""],
        ["填表人：张三", "审核：李四", "2026-09-30", ""],
        ["", "审核人签字：", "", ""],
        ["三", "审核人签字：", "", ""],
        ["分管领导：", "", "日期：2026-09-30", ""],
        ["", "TOTAL", "", 470_000],
        ["", "平均值", "", 17.5],
        ["本月累计", "", "", 470_000],
        ["", "共 计（2篇）", "", 470_000],
        ["", "9月1日至30日合计", "", 470_000],
        ["2026年9月合计：2篇，47万次", "", "", 470_000],
        ["", "“云岭发布”合计", "2026-09-30", 470_000],
        ["", "合计/平均", "", "470000/235000"],
        ["", "截至目前累计", "2026-09-30", 470_000],
        ["", "较上月增长", "", "12%"],
        ["", "作品总数", "", 2],
        ["接上页", "", "", 12],
        ["", "单位（盖章）：", "", ""],
        ["", "主任签字：", "", ""],
        ["打印时间：2026-10-08 10:00", "", "", ""],
        ["——", "——", "——", "——"],
        ["", "9月", "", ""],
        ["净增", "", "", 12],
        ["填表人：张三", "", "审核人：李四", "2026年9月30日"],
    ],
)
def test_rows_that_are_no_work_are_left_out_and_counted(row: list[Cell]) -> None:
    found = read(["序号", *HEAD], [1, *ONE], row)
    assert views(found) == {"甲稿": 35} and not refused(found)
    assert "有 1 行不是作品" in remarks(found)


@pytest.mark.parametrize(
    "title",
    [
        "总计划出炉",
        "合计投资3亿元",
        "说明：关于停水的通知",
        "审核通过",
        "共享单车来了",
        "平均亩产1200斤",
        "汇总：一周要闻",
        "备注青春",
        "全县小麦总产量合计突破10万吨",
        "平均海拔3000米的坚守",
        "上半年经济数据同比增长8%，这些行业领跑",
        "一周新闻汇总",
        "去年今日",
        "累计降雨量达200毫米",
        "电话诈骗：警惕",
        "总有人间一两风",
    ],
)
def test_works_that_begin_with_such_a_word_stay(title: str) -> None:
    assert views(read(HEAD, [title, "2026-09-01", 5])) == {title: 5}


def test_a_row_that_is_the_sum_of_those_above_is_named() -> None:
    found = read(
        HEAD,
        ["甲", "2026-09-01", 1_000],
        ["乙", "2026-09-02", 2_000],
        ["大计", "2026-09-30", 3_000],
    )
    assert views(found) == {"甲": 1_000, "乙": 2_000}
    ((row, what),) = refused(found)
    assert row == 4 and "之和" in what


# headings and merged cells


def test_headings_in_two_rows(book: Callable[..., list[FileRecord]]) -> None:
    found = book(
        [
            ["云岭县9月作品统计表"],
            ["序号", "标题", "发布时间", "传播数据", None, None, "备注"],
            [None, None, None, "阅读量", "点赞数", "转发数", None],
            [1, "甲稿", "2026-09-01", 12_345, 67, 8, None],
        ],
        "A1:G1",
        *("D2:F2", "A2:A3", "B2:B3", "C2:C3", "G2:G3"),
    )
    (post,) = posts(found)
    assert (post.metrics.views, post.metrics.likes, post.metrics.shares) == (
        Count(12_345),
        Count(67),
        Count(8),
    )
    assert not refused(found)


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["标题", "发布时间", "微信公众号", "", "抖音", ""],
            ["", "", "阅读量", "点赞数", "播放量", "点赞数"],
        ],
        [["标题", "发布时间", "抖音", ""], ["", "", "播放量", "点赞数"]],
        [["标题", "发布时间", "阅读量", ""], ["", "", "微信", "抖音"]],
        [["标题", "发布时间", "阅读量", "评论"], ["", "", "本月", "上月"]],
    ],
)
def test_headings_in_two_rows_that_are_not_one_accounts_are_refused(rows: list[list[Cell]]) -> None:
    found = read(*rows, ["甲稿", "2026-09-01", 1, 2, 3, 4][: len(rows[0])])
    ((row, what),) = refused(found)
    assert not posts(found) and row == 2 and "表头有两行" in what


def test_a_section_of_another_platform_refuses_the_file() -> None:
    with pytest.raises(Invalid, match="二、抖音"):
        read(HEAD, ONE, ["二、抖音", "", ""], ["乙稿", "2026-09-01", 5])


def test_what_is_merged_down_holds_for_each_row_and_a_figure_for_none(
    book: Callable[..., list[FileRecord]],
) -> None:
    found = book(
        [
            [*HEAD, "栏目"],
            ["甲", "2026-09-01", 5, "要闻"],
            ["乙", None, None, None],
            ["丙", None, 7, "民生"],
        ],
        *("B2:B4", "C2:C3", "D2:D3"),
    )
    assert [(each.title, f"{each.published_at:%d}", each.column) for each in posts(found)] == [
        ("甲", "01", "要闻"),
        ("乙", "01", "要闻"),
        ("丙", "01", "民生"),
    ]
    assert views(found) == {"甲": None, "乙": None, "丙": 7}
    ((row, what),) = refused(found)
    assert row == 2 and "“阅读量”" in what and "第2—3行" in what


def test_a_row_with_nothing_of_its_own_is_no_second_work(
    book: Callable[..., list[FileRecord]],
) -> None:
    found = book(
        [
            [*HEAD, "备注"],
            ["甲", "2026-09-01", 5, "首页"],
            [None, None, None, "专题"],
            ["乙", "2026-09-02", 6],
        ],
        "A2:A3",
        "B2:B3",
        "C2:C3",
    )
    assert views(found) == {"甲": 5, "乙": 6} and not refused(found)


def test_spans_of_an_html_table(tmp_path: Path) -> None:
    path = tmp_path / "表.xls"
    path.write_text(
        "<table><tr><th colspan=3>统计表</th></tr><tr><th>标题</th><th>发布时间</th><th>阅读量</th></tr>"
        "<tr><td>甲</td><td rowspan=2>2026-09-01</td><td>5</td></tr><tr><td>乙</td><td>6</td></tr></table>",
        encoding="utf-8",
    )
    file = open_file(path)
    found = list(records(choose(file, PORTAL), file, PORTAL))
    assert views(found) == {"甲": 5, "乙": 6}
    assert {f"{each.published_at:%Y%m%d}" for each in posts(found)} == {"20260901"}


def test_columns_without_a_heading_are_named() -> None:
    assert "第4列没有栏目名" in remarks(read([*HEAD, ""], [*ONE, "何物"]))


def test_a_formula_that_is_its_own_value_is_read(book: Callable[..., list[FileRecord]]) -> None:
    found = book(
        [
            ["作品ID", *HEAD],
            ['="3041234567890123456"', "甲", "2026-09-01", 5],
            ['="x""1"', '=HYPERLINK("https://a.example.cn/1","乙")', '="2026-09-02"', "=7"],
            ["x2", "丙", "2026-09-03", "=SUM(D2:D3)"],
        ]
    )
    assert [(each.key, each.title) for each in posts(found)] == [
        ("3041234567890123456", "甲"),
        ('x"1', "乙"),
        ("x2", "丙"),
    ]
    assert views(found) == {"甲": 5, "乙": 7, "丙": None}
    assert [row for row, _ in refused(found)] == [4]


def test_a_formula_beyond_column_z_is_read_in_its_place(
    book: Callable[..., list[FileRecord]],
) -> None:
    notes = [f"说明{number}" for number in range(24)]  # C to Z
    found = book(
        [
            ["标题", "发布时间", *notes, "阅读量", "点赞数", "评论数"],
            ["甲", "2026-09-01", *[""] * 24, "=7", '="8"', "=SUM(AA2:AB2)"],
        ]
    )
    assert [(each.metrics.views, each.metrics.likes) for each in posts(found)] == [
        (Count(7), Count(8))
    ]
    ((row, what),) = refused(found)
    assert row == 2 and "“评论数”" in what


# sheets


def test_hidden_sheets_are_named_and_not_read(book: Callable[..., list[FileRecord]]) -> None:
    found = book([HEAD, ONE], also=[HEAD, ["旧稿", "2026-09-01", 9]])
    assert views(found) == {"甲稿": 35} and "“旧表”是隐藏的" in remarks(found)


@pytest.mark.parametrize("first", [True, False])
def test_a_sheet_that_repeats_the_others_doubles_nothing(first: bool) -> None:
    september: Rows = (HEAD, ONE)
    august: Rows = (HEAD, ["乙稿", "2026-08-01", 6])
    whole: tuple[str, Rows] = ("汇总", (HEAD, ONE, august[1]))
    sheets: list[tuple[str, Rows]] = [("8月", august), ("9月", september)]
    found = read_sheets(*([whole, *sheets] if first else [*sheets, whole]))
    assert views(found) == {"甲稿": 35, "乙稿": 6} and len(posts(found)) == 2
    assert "“汇总”有 2 行与别的工作表相同" in remarks(found)


def test_the_same_work_with_other_figures_in_another_sheet_is_named() -> None:
    found = read_sheets(("8月", (HEAD, ONE)), ("9月", (HEAD, ["甲稿", "2026-09-01", 40])))
    assert views(found) == {"甲稿": 35}
    assert "两处的数不同" in refused(found)[0][1]


def test_works_of_one_title_and_day_in_two_sheets_are_one_at_one_time() -> None:
    ten: list[Cell] = ["甲稿", "2026-09-01 10:00", 35]
    later: list[Cell] = ["甲稿", "2026-09-01 16:00", 35]
    found = read_sheets(("9月", (HEAD, ten)), ("汇总", (HEAD, ten, later)))
    assert [f"{each.published_at:%H}" for each in posts(found)] == ["10", "16"]


def test_a_sheet_for_each_platform() -> None:
    rows: list[Rows] = [
        [HEAD, [title, "2026-09-01", at]] for at, title in enumerate("甲乙丙", start=5)
    ]
    whole: Rows = [HEAD, *(each[1] for each in rows), ["丁", "2026-09-02", 9]]
    found = read_sheets(("抖音", rows[0]), ("网站", rows[1]), ("微博9月", rows[2]), ("汇总", whole))
    assert [(each.title, each.account) for each in posts(found)] == [("甲", "dy"), ("乙", "")]
    named = [what for _, what in refused(found)]
    assert "微博" in named[0] and all("哪个平台" in each for each in named[1:]) and len(named) == 3


# accounts


def test_rows_go_to_the_accounts_that_they_name() -> None:
    found = read(
        ["账号", *HEAD],
        ["云岭抖音", "甲", "2026-09-01", 5],
        ["云岭新闻网", "乙", "2026-09-01", 6],
        ["别家", "丙", "2026-09-01", 7],
        ["", "丁", "2026-09-01", 8],
    )
    assert [(each.title, each.account) for each in posts(found)] == [("甲", "dy"), ("乙", "")]
    assert [row for row, _ in refused(found)] == [4, 5]


def test_rows_go_to_the_accounts_of_the_platforms_that_they_name() -> None:
    found = read(
        ["平台", *HEAD],
        ["微信公众号", "甲", "2026-09-01", 100_001],
        ["抖音、快手", "乙", "2026-09-01", 6],
        ["网站", "丙", "2026-09-01", 7],
    )
    assert [(each.title, each.account) for each in posts(found)] == [("甲", "wx"), ("丙", "")]
    assert posts(found)[0].metrics.views == at_least(100_001)
    assert [row for row, _ in refused(found)] == [3]


def test_one_name_throughout_is_the_folders_own_unless_it_is_anothers() -> None:
    own = read(["博主", *HEAD], ["云岭小站", "甲", "2026-09-01", 5])
    assert [each.account for each in posts(own)] == [""]
    other = read(["平台", *HEAD], ["抖音", "甲", "2026-09-01", 5])
    assert [each.account for each in posts(other)] == ["dy"]
    foreign = read(["平台", *HEAD], ["微博", "甲", "2026-09-01", 5])
    assert not posts(foreign) and len(refused(foreign)) == 1


# followers, ledgers


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["博主", "粉丝数", "内容", "发布时间", "阅读量"],
            ["小站", 13_800, "茶园清晨", "2026-07-05", 5],
        ],
        [["日期", "内容", "粉丝数"], ["2026-07-05", "茶园清晨采茶忙", 13_800]],
        [["日期", "粉丝数"], ["2026-07-05", 13_800], ["2026-07-05", 13_800]],
    ],
)
def test_works_are_never_a_history_of_followers(rows: list[list[Cell]]) -> None:
    found = read(*rows)
    assert refused(found) and not posts(found)
    assert not [each for each in found if isinstance(each, AccountFigures)]


def test_followers_by_day() -> None:
    found = read(
        ["日期", "粉丝数", "备注"], ["2026-07-05", 13_800, "含注销的用户"], ["合计", 13_800, ""]
    )
    assert [each.figures for each in found if isinstance(each, AccountFigures)] == [
        {"followers": Count(13_800)}
    ]


def test_a_ledger_by_the_headings_that_people_use_and_config_names() -> None:
    head = ["文章标题", "刊发日期", "刊发媒体", "媒体类别", "稿件性质"]
    rows = (
        head,
        ["茶香", "2026-07-03", "云岭日报", "市级", "头版"],
        ["古道", "2026-07-04", "云岭台", "影视", ""],
    )
    found = read(*rows[:2], account=BOOK)
    (post,) = posts(found)
    assert (post.kind, dict(post.details)) == ("placement", {"outlet": "云岭日报", "level": "市"})
    named = Account(id="tz", platform="ledger", columns={"稿件性质": "front_page", "篇名": "title"})
    found = read(["篇名", *head[1:]], rows[1], account=named)
    assert posts(found)[0].kind == "placement" and posts(found)[0].title == "茶香"
    assert [row for row, _ in refused(read(*rows, account=BOOK))] == [
        3
    ]  # 影视 is no word of a ledger


def test_a_ledger_account_never_takes_rows_in_as_articles() -> None:
    named = Account(id="tz", platform="ledger", columns={"篇名": "title"})
    with pytest.raises(Invalid, match="不像台账"):
        read(HEAD, ONE, account=named)


# ids, addresses, figures


@pytest.mark.parametrize(
    "written",
    [
        '="30420726094445466"',
        "30420726094445466\t",
        "\u00a030420726094445466 ",
        "３０４２０７２６０９４４４５４６６",
        "'30420726094445466",
    ],
)
def test_ways_of_writing_an_id(written: str) -> None:
    (post,) = posts(read(["稿件ID", *HEAD], [written, *ONE]))
    assert post.key == "30420726094445466"


@pytest.mark.parametrize(
    "written", ["3.04E+16", "3.04e+16", "３.０４Ｅ＋１６", 3.0420726094445466e16]
)
def test_an_id_that_lost_its_digits_costs_the_row(written: Cell) -> None:
    assert not posts(read(["稿件ID", *HEAD], [written, *ONE]))


def test_an_address_is_as_it_is_asked() -> None:
    (post,) = posts(read(["链接", *HEAD], ["https://a.example/x?id=1&amp;p=2 ", *ONE]))
    assert post.url == "https://a.example/x?id=1&p=2"


@pytest.mark.parametrize("sign", ["/", "无", "暂无", "—", "-1", -1, -1.0, "N/A", "未统计", "……"])
def test_signs_of_no_figure_cost_one_figure(sign: Cell) -> None:
    (post,) = posts(read([*HEAD, "点赞数"], ["甲稿", "2026-09-01", sign, 3]))
    assert (post.metrics.views, post.metrics.likes) == (None, Count(3))


def test_no_plays_beside_many_likes_is_not_shown() -> None:
    account = Account(id="dy", platform="douyin", columns={"播放": "views"})
    rows: Rows = [
        ["标题", "发布时间", "播放", "点赞数"],
        ["甲", "2026-09-01", 0, 125_000],
        ["乙", "2026-09-01", 0, 0],
    ]
    assert views(read(*rows, account=account)) == {"甲": None, "乙": 0}


def of_1904(path: Path) -> list[str]:
    file = open_file(path)
    found = posts(list(records(choose(file, PORTAL), file, PORTAL)))
    return [f"{each.published_at:%Y%m%d%H}" for each in found]


def test_a_date_of_a_1904_workbook(tmp_path: Path) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    workbook = Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    table = workbook.active
    assert table is not None
    table.append(HEAD)
    table.append(["甲", datetime(2026, 9, 1, 10), 1])  # noqa: DTZ001 - a cell has no zone
    table.append(["乙", 44_805, 2])  # 2026-09-02 counted from 1904
    workbook.save(tmp_path / "表.xlsx")
    assert of_1904(tmp_path / "表.xlsx") == ["2026090110", "2026090200"]


@pytest.mark.parametrize("since_1904", [True, False])
def test_a_bare_date_of_an_old_workbook(tmp_path: Path, since_1904: bool) -> None:
    xlwt = pytest.importorskip("xlwt")
    workbook = xlwt.Workbook()
    workbook.dates_1904 = since_1904
    table = workbook.add_sheet("表")
    rows: Rows = [HEAD, ["乙", 44_805 if since_1904 else 46_267, 2]]
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            table.write(at, column, cell)
    workbook.save(str(tmp_path / "表.xls"))
    assert of_1904(tmp_path / "表.xls") == ["2026090200"]


@pytest.mark.parametrize("since_1904", [True, False])
def test_a_bare_date_of_spreadsheetml_2003(tmp_path: Path, since_1904: bool) -> None:
    told = (
        '<ExcelWorkbook xmlns="urn:schemas-microsoft-com:office:excel"><Date1904/></ExcelWorkbook>'
    )
    rows = "".join(
        f"<Row>{''.join(f'<Cell><Data ss:Type={kind!r}>{cell}</Data></Cell>' for kind, cell in row)}</Row>"
        for row in (
            [("String", each) for each in HEAD],
            [("String", "乙"), ("Number", 44_805 if since_1904 else 46_267), ("Number", 2)],
        )
    )
    path = tmp_path / "表.xls"
    path.write_text(
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'{told if since_1904 else ""}<Worksheet ss:Name="稿件"><Table>{rows}</Table></Worksheet></Workbook>',
        encoding="utf-8",
    )
    assert of_1904(path) == ["2026090200"]


def test_a_formula_without_value_costs_its_cell_and_is_named(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(tmp_path / "表.xlsx") as workbook:  # writes 0 beside a formula
        table = workbook.add_worksheet()
        table.write_row(0, 0, [*HEAD, "点赞数"])
        table.write_row(1, 0, ["甲", "2026-09-01"])
        table.write_formula(1, 2, "=60000+60000")
        table.write(1, 3, 5)
        table.write_row(2, 0, ["乙", "2026-09-02", 300])
        table.write_formula(2, 3, "=1/0", None, "#DIV/0!")
        table.write(3, 1, "合计")
        table.write_formula(3, 2, "=SUM(C2:C3)")
    file = open_file(tmp_path / "表.xlsx")
    found = list(records(choose(file, PORTAL), file, PORTAL))
    assert views(found) == {"甲": None, "乙": 300}
    assert [(each.metrics.likes and each.metrics.likes.value) for each in posts(found)] == [5, None]
    (two, three) = refused(found)
    assert two[0] == 2 and "“阅读量”" in two[1] and "公式" in two[1]
    assert three[0] == 3 and "#DIV/0!" in three[1]


XML_2003 = """<?xml version="1.0"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="稿件"><Table>
<Row><Cell><Data ss:Type="String">标题</Data></Cell><Cell><Data ss:Type="String">发布时间</Data></Cell>
<Cell><Data ss:Type="String">阅读量</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">甲稿</Data></Cell>
<Cell ss:MergeDown="1"><Data ss:Type="DateTime">2026-09-01T10:00:00.000</Data></Cell>
<Cell><Data ss:Type="Number">1234</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">乙稿</Data></Cell><Cell ss:Index="3" ss:Formula="=1"/></Row>
</Table></Worksheet>
<Worksheet ss:Name="旧"><Table><Row><Cell><Data ss:Type="String">标题</Data></Cell></Row></Table>
<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions>
</Worksheet></Workbook>"""


def test_spreadsheetml_2003(tmp_path: Path) -> None:
    path = tmp_path / "稿件.xls"
    path.write_text(XML_2003, encoding="utf-8")
    file = open_file(path)
    found = list(records(choose(file, PORTAL), file, PORTAL))
    assert views(found) == {"甲稿": 1_234, "乙稿": None}
    assert {f"{each.published_at:%Y%m%d%H%M}" for each in posts(found)} == {"202609011000"}
    assert "“旧”是隐藏的" in remarks(found) and "公式" in refused(found)[0][1]
    path.write_text(XML_2003.replace("?>", '?><!DOCTYPE x [<!ENTITY e "e">]>', 1), encoding="utf-8")
    with pytest.raises(Invalid, match="实体"):
        open_file(path)


@pytest.mark.parametrize(
    "text",
    [
        '1,"云岭之歌,2026-09-01 10:00,1000\n2,乙稿,2026-09-02 10:00,2000\n3,"春天来了,2026-09-03 10:00,3000\n',
        '1,"云岭之歌,2026-09-01 10:00,1000\n2,春天来了",2026-09-03 10:00,3000\n',
        '1,"云岭之歌,2026-09-01 10:00,1000\n2,乙稿,2026-09-02 10:00,2000\n',
    ],
)
def test_unbalanced_quotes_never_swallow_rows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "表.csv"
    path.write_text("稿件ID,标题,发布时间,阅读量\n" + text, encoding="utf-8")
    with pytest.raises(Invalid, match=r"第2行有引号"):
        open_file(path)


def test_a_cell_of_several_lines_and_commas_is_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text(
        '标题,发布时间,阅读量\n"山茶, 花开\n一路, 芬芳, 真美",2026-09-01,7\n', encoding="utf-8"
    )
    file = open_file(path)
    assert list(views(list(records(choose(file, PORTAL), file, PORTAL))).values()) == [7]
