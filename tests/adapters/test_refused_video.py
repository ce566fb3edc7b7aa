"""Files of video platforms that must not be taken for lists of works, and the two odd ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.contract import Account
from adapters.errors import Invalid
from adapters.files import open_file
from adapters.kuaishou import ADAPTER as KUAISHOU
from adapters.records import Post
from adapters.registry import ADAPTERS, choose
from tests.adapters.cases import CASES

# platform, first rows of a download that is not a list of works (docs/platforms.md §4–§9)
WRONG_FILES = {
    "抖音 数据表现_播放量数据": ("douyin", "日期,播放量\n2026-08-20,1203\n"),
    "小红书 近30日观看数据": ("xiaohongshu", "日期,数值\n2026年08月20日,8%\n"),
    "小红书 单篇 基础数据总览": ("xiaohongshu", "指标,值\n观看数,126\n点赞数,3\n"),
    "头条 流量分析": ("toutiao", "时间,推荐流量,搜索流量\n2026-06-10,12,3\n"),
    "B站 历史累计数据趋势": ("bilibili", "日期,播放量,点赞量\n2026-06-10,12,3\n"),
    "B站 只勾选了比率": (
        "bilibili",
        "视频标题,发布时间,互动率\n云岭,2026年06月03日 16:41:25,0.8%\n",
    ),
    "快手 换了标题栏的作品列表": (
        "kuaishou",
        "作品标题,发布时间,播放量,点赞量\n云岭,2026-06-10 08:00:00,12,3\n",
    ),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_other_downloads_are_refused(tmp_path: Path, name: str) -> None:
    platform, text = WRONG_FILES[name]
    path = tmp_path / "download.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid, match="不像"):
        choose(open_file(path, post="p1"), Account(id="a", platform=platform))


def test_a_list_of_one_platform_is_not_taken_for_another() -> None:
    for platform, case in (
        ("douyin", CASES / "kuaishou" / "works.xlsx"),
        ("kuaishou", CASES / "douyin" / "works.xlsx"),
        ("bilibili", CASES / "xiaohongshu" / "poi.xlsx"),
        ("toutiao", CASES / "bilibili" / "all_columns.csv"),
    ):
        with pytest.raises(Invalid, match="不像"):
            choose(open_file(case), Account(id="a", platform=platform))


def test_the_detail_sheet_of_kuaishou_needs_the_post() -> None:
    file = open_file(CASES / "kuaishou" / "detail.xlsx")
    account = Account(id="ks", platform="kuaishou")
    assert choose(file, account) is KUAISHOU and KUAISHOU.read_file
    with pytest.raises(Invalid) as caught:
        list(KUAISHOU.read_file(file, account))
    assert "collect import detail.xlsx --account ks --post" in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "views", "likes"),
    [
        ("3,1\n4,2\n", (7, "exact"), (3, "exact")),
        ("3,-\n4,2\n", (7, "exact"), (2, "at_least")),
        ("3,--\n4,-\n", (7, "exact"), None),
        ("1.2万,1\n4,2\n", (11504, "at_least"), (3, "exact")),  # 1.2万 rounded is 11500 or more
        ("累计,累计\n4,2\n", (4, "exact"), (2, "exact")),
    ],
)
def test_a_sum_over_missing_cells_is_a_lower_bound(
    tmp_path: Path, rows: str, views: tuple[int, str], likes: tuple[int, str] | None
) -> None:
    path = tmp_path / "detail.csv"
    path.write_text("播放量,点赞量\n" + rows, encoding="utf-8")
    file = open_file(path, post="https://v.kuaishou.com/x")
    assert KUAISHOU.read_file
    _, post = KUAISHOU.read_file(file, Account(id="ks", platform="kuaishou"))
    assert isinstance(post, Post) and post.key == "https://v.kuaishou.com/x"
    assert post.metrics.views and (post.metrics.views.value, post.metrics.views.bound) == views
    got = post.metrics.likes
    assert (got and (got.value, got.bound)) == likes


@pytest.mark.parametrize("rows", ["", "3,许多\n4,2\n"])
def test_a_detail_sheet_that_cannot_be_summed_gives_no_post(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "detail.csv"
    path.write_text("播放量,点赞量\n" + rows, encoding="utf-8")
    assert KUAISHOU.read_file
    with pytest.raises(Invalid):
        list(KUAISHOU.read_file(open_file(path, post="p"), Account(id="ks", platform="kuaishou")))


def test_the_stylesheet_of_toutiao_breaks_openpyxl_and_not_us() -> None:
    """The case file has the stylesheet of docs/platforms.md §1.2, rule 9; that we read it is what its case shows."""
    openpyxl = pytest.importorskip("openpyxl")
    path = CASES / "toutiao" / "articles_broken_styles.xlsx"
    with pytest.raises(TypeError) as caught:
        openpyxl.load_workbook(path)
    assert "Fill() takes no arguments" in f"{caught.value} {caught.value.__context__}"
    assert open_file(path).sheets[0].head[1][2] == "7514000000000012345"


def test_row_limits() -> None:
    assert (ADAPTERS["xiaohongshu"].row_limit, ADAPTERS["bilibili"].row_limit) == (1000, 10)
