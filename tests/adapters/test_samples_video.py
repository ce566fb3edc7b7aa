"""Real files of 抖音, 小红书, B站 and 头条: every figure of every row against the raw XML or text."""

from __future__ import annotations

import csv
import re
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from adapters.contract import Account
from adapters.files import open_file
from adapters.records import Headings, Metrics, Post
from adapters.registry import ADAPTERS, choose

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DOUYIN = "douyin/BruceLee1024_抖音数据_2025-09.xlsx"
NOTES = "xiaohongshu/ryanmind_笔记列表明细表_2026.xlsx"
NOTES_RESAVED = "xiaohongshu/BruceLee1024_小红书数据_2025-09.xlsx"
WORKS = "bilibili/zbqingtianyun_近期稿件对比_1865b76.csv"

#: heading → metric, typed from docs/definitions.md §16.
MEANING = {
    "douyin": {
        "views": "播放量",
        "likes": "点赞量",
        "comments": "评论量",
        "shares": "分享量",
        "favourites": "收藏量",
    },
    "xiaohongshu": {
        "views": "观看量",
        "likes": "点赞",
        "comments": "评论",
        "shares": "分享",
        "favourites": "收藏",
    },
    "bilibili": {
        "views": "播放量",
        "likes": "点赞量",
        "comments": "评论量",
        "shares": "转发量",
        "favourites": "收藏量",
    },
}


def raw_xlsx(path: Path, heading_row: int) -> list[dict[str, str]]:
    """Rows of the first sheet as {heading: text}, straight from the XML."""
    with zipfile.ZipFile(path) as archive:
        shared = [
            "".join(text.text or "" for text in item.iter(f"{NS}t"))
            for item in etree.fromstring(archive.read("xl/sharedStrings.xml")).iter(f"{NS}si")
        ]
        sheet = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    lines: list[dict[str, str]] = []
    for row in sheet.iter(f"{NS}row"):
        cells = {}
        for cell in row.iter(f"{NS}c"):
            letters = re.sub(r"\d", "", str(cell.get("r")))
            if cell.get("t") == "inlineStr":
                cells[letters] = "".join(text.text or "" for text in cell.iter(f"{NS}t"))
            else:
                value = cell.findtext(f"{NS}v") or ""
                cells[letters] = shared[int(value)] if cell.get("t") == "s" else value
        lines.append(cells)
    names = lines[heading_row - 1]
    return [{name: line.get(at, "") for at, name in names.items()} for line in lines[heading_row:]]


def read(path: Path, platform: str) -> tuple[Headings, list[Post]]:
    account = Account(id="sample", platform=platform)
    file = open_file(path)
    adapter = choose(file, account)
    assert adapter.name == platform and adapter.read_file is not None
    headings, *posts = adapter.read_file(file, account)
    assert isinstance(headings, Headings)
    assert headings.unknown == () and headings.missing == ()
    kept = [each for each in posts if isinstance(each, Post)]
    assert len(kept) == len(posts), "no row of a real file is refused"
    return headings, kept


def compare(post: Post, line: dict[str, str], platform: str) -> None:
    """The metrics, and that nothing else is called a metric."""
    meaning = MEANING[platform]
    for name in ADAPTERS[platform].file_metrics | {"readers", "looks", "sharers"}:
        count = getattr(post.metrics, name)
        if name in meaning:
            assert count.bound == "exact"
            assert count.value == float(line[meaning[name]]), (name, line)
        else:
            assert count is None
    assert (post.key, post.url, post.author, post.date_only) == ("", "", "", False)


def time_of(post: Post) -> str:
    assert post.published_at is not None
    assert post.published_at.utcoffset() == timedelta(hours=8)
    return post.published_at.strftime("%Y%m%d%H%M%S")


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def test_douyin(samples: Path) -> None:
    path = samples / "exports" / DOUYIN
    lines = raw_xlsx(path, 1)
    headings, posts = read(path, "douyin")
    assert headings.row == 1 and len(posts) == len(lines) == 15
    for number, (post, line) in enumerate(zip(posts, lines, strict=True), start=2):
        compare(post, line, "douyin")
        assert post.row == number
        assert post.title == line["作品名称"].strip()
        assert time_of(post) == digits(line["发布时间"])
        assert post.state == {"公开": "public", "自见": "private"}[line["审核状态"]]
        assert post.kind == "video"
        rates = (
            "完播率",
            "5s完播率",
            "封面点击率",
            "2s跳出率",
            "平均播放时长",
            "主页访问量",
            "粉丝增量",
        )
        assert post.beside == {name: float(line[name]) for name in rates if line[name] != "-"}
    assert [each.state for each in posts].count("private") == 2
    assert sum("\n" in each.title for each in posts) == 1
    assert posts[7].metrics.views and posts[7].metrics.views.value == 82405


@pytest.mark.parametrize(("name", "heading_row", "rows"), [(NOTES, 2, 8), (NOTES_RESAVED, 1, 14)])
def test_xiaohongshu(samples: Path, name: str, heading_row: int, rows: int) -> None:
    path = samples / "exports" / name
    lines = raw_xlsx(path, heading_row)
    headings, posts = read(path, "xiaohongshu")
    assert headings.row == heading_row and len(posts) == len(lines) == rows
    for number, (post, line) in enumerate(zip(posts, lines, strict=True), start=heading_row + 1):
        compare(post, line, "xiaohongshu")
        assert post.row == number
        assert post.title == line["笔记标题"].strip()
        assert time_of(post) == digits(line["首次发布时间"])
        assert (post.kind, post.state) == (
            {"图文": "image", "视频": "video"}[line["体裁"]],
            "public",
        )
        kept = ("曝光", "封面点击率", "涨粉", "人均观看时长", "弹幕")
        assert post.beside == {each: float(line[each]) for each in kept}
    assert [each.title for each in posts].count("") == (1 if name == NOTES else 0)


def test_bilibili(samples: Path) -> None:
    path = samples / "exports" / WORKS
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    _, posts = read(path, "bilibili")
    assert len(posts) == len(lines) == 4
    counted = {"视频标题", "发布时间", *MEANING["bilibili"].values()}
    for number, (post, line) in enumerate(zip(posts, lines, strict=True), start=2):
        compare(post, line, "bilibili")
        assert post.row == number
        assert post.title == line["视频标题"].strip()
        assert time_of(post) == digits(line["发布时间"])
        assert (post.kind, post.state) == ("video", "public")
        assert set(post.beside) == set(line) - counted
        for name, value in post.beside.items():
            text = line[name]
            if text.endswith("星"):
                assert value == text
            elif text.endswith("%"):
                assert value == pytest.approx(float(text[:-1]) / 100)
            else:
                assert value == int(text)


@pytest.mark.parametrize("name", ["图文_-_1-N", "小视频"])
def test_toutiao_headings(samples: Path, name: str) -> None:
    path = samples / "exports" / "toutiao" / f"{name}_headings.reconstructed.csv"
    headings, posts = read(path, "toutiao")
    verb = "播放" if name == "小视频" else "阅读"
    assert posts == []
    assert headings.mapped == {
        "标题": "title",
        "发布时间": "published_at",
        "ID": "key",
        "链接": "url",
        f"{verb}量": "views",
        "点赞量": "likes",
        "评论量": "comments",
        "分享量": "shares",
        "收藏量": "favourites",
    }
    assert {"展现量", "转发量", f"粉丝{verb}量"} <= set(headings.kept)


def test_no_figure_is_lost_between_rows(samples: Path) -> None:
    """Sums over the four files with rows, added up by hand from their bytes."""
    totals = {}
    for name in (DOUYIN, NOTES, NOTES_RESAVED, WORKS):
        _, posts = read(samples / "exports" / name, name.split("/")[0])
        totals[name] = sum(each.metrics.views.value for each in posts if each.metrics.views)
        assert all(isinstance(each.metrics, Metrics) for each in posts)
        assert all(
            each.published_at and each.published_at < datetime.now().astimezone() for each in posts
        )
    assert totals == {DOUYIN: 98633, NOTES: 7519, NOTES_RESAVED: 14668, WORKS: 1484}
