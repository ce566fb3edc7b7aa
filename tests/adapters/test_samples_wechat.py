"""The real files of 公众号 and 视频号, every figure of every row. Expected values were read from the bytes with
xlrd, csv and a text editor, not with our readers."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.contract import Account, FileRecord
from adapters.errors import Blocked, Gone, SourceError
from adapters.files import open_file
from adapters.records import AccountFigures, Count, Metrics, Post
from adapters.registry import choose

SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(path: Path, platform: str = "wechat_mp") -> list[FileRecord]:
    account = Account(id="sample", platform=platform)
    file = open_file(path)
    adapter = choose(file, account)
    assert adapter.name == platform
    assert adapter.read_file is not None
    return list(adapter.read_file(file, account))


def posts(records: list[FileRecord]) -> list[Post]:
    return [each for each in records if isinstance(each, Post)]


def exact(**counts: int) -> Metrics:
    return Metrics(**{name: Count(value) for name, value in counts.items()})


def day(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d").replace(tzinfo=SHANGHAI)


def test_sixteen_columns(samples: Path) -> None:
    path = samples / "exports" / "wechat_mp" / "total_2022_16col.reconstructed.tsv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    found = posts(read(path))
    assert len(found) == len(rows) == 2
    for post, row in zip(found, rows, strict=True):
        assert post.title == row["内容标题"]
        assert (post.published_at, post.date_only) == (day(row["发表时间"]), True)
        assert (post.key, post.url) == ("", "xxx")
        assert post.metrics == exact(
            readers=int(row["总阅读人数"]),
            views=int(row["总阅读次数"]),
            sharers=int(row["总分享人数"]),
            shares=int(row["总分享次数"]),
        )
        kept = [*list(row)[6:15]]
        assert post.beside == {name: float(row[name]) for name in kept}


def test_nine_columns(samples: Path) -> None:
    (post,) = posts(read(samples / "exports" / "wechat_mp" / "total_2026.reconstructed.xls"))
    assert post.title == "白茶到底分几类？"
    assert (post.published_at, post.date_only) == (day("20260911"), True)
    assert (post.key, post.url) == ("", "https://mp.weixin.qq.com/s?mid=1")
    assert post.metrics == exact(readers=642, sharers=51)
    assert post.beside == {
        "阅读后关注人数": 7,
        "送达人数": 1,
        "送达完成率": 0,
        "阅读完成率": 0.401869148015976,
    }


def test_three_tables_side_by_side(samples: Path) -> None:
    records = read(samples / "exports" / "wechat_mp" / "tendency.reconstructed.xls")
    figures = [each for each in records if isinstance(each, AccountFigures)]
    # no row 全部 stands in the first table, so that no day has readers
    assert [(each.day, dict(each.figures)) for each in figures] == [
        (
            date(2026, 8, number),
            {
                "sharers": Count(sharers),
                "source_readers": Count(0),
                "favourites_users": Count(favourites),
                "posts": Count(published),
            },
        )
        for number, sharers, favourites, published in ((1, 220, 146, 2), (2, 140, 88, 1))
    ]
    (post,) = posts(records)
    assert (post.title, post.published_at, post.date_only) == ("一篇文章", day("20260809"), True)
    assert post.metrics == Metrics()
    assert post.beside == {"时段阅读人数（全部）": 10056, "时段阅读人数占比（全部）": 0.2}


def test_followers_by_day(samples: Path) -> None:
    records = read(samples / "exports" / "wechat_mp" / "user_analysis.reconstructed.xls")
    end = datetime(2026, 8, 30, 23, 59, 59, tzinfo=SHANGHAI)
    assert [each for each in records if isinstance(each, AccountFigures)] == [
        AccountFigures(figures={"followers": Count(100)}, observed_at=end, row=3),
        AccountFigures(
            figures={
                "followers_gained": Count(10),
                "followers_lost": Count(2),
                "followers_net": Count(8),
            },
            observed_at=end,
            day=date(2026, 8, 30),
            row=3,
        ),
    ]


def test_every_video(samples: Path) -> None:
    path = samples / "exports" / "shipinhao" / "BruceLee1024_视频号动态数据明细_2025-09.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = posts(read(path, "wechat_channels"))
    assert len(found) == len(rows) == 14
    for post, row in zip(found, rows, strict=True):
        assert (post.title, post.key, post.url) == (row["视频描述"].strip(), row["视频ID"], "")
        published = datetime.strptime(row["发布时间"], "%Y/%m/%d").replace(tzinfo=SHANGHAI)
        assert (post.published_at, post.date_only, post.kind) == (published, True, "video")
        assert post.state == "public"
        assert post.metrics == exact(
            views=int(row["播放量"]),
            looks=int(row["推荐"]),
            likes=int(row["喜欢"]),
            comments=int(row["评论量"]),
            shares=int(row["分享量"]),
        )
        beside = dict(post.beside)
        assert beside.pop("完播率") == pytest.approx(float(row["完播率"].rstrip("%")) / 100)
        assert beside.pop("平均播放时长") == float(row["平均播放时长"].rstrip("秒"))
        assert beside == {name: int(row[name]) for name in list(row)[10:]}


def test_nineteen_headings_are_known(samples: Path) -> None:
    path = samples / "exports" / "shipinhao" / "动态数据明细_2026_19col_headings.reconstructed.csv"
    (headings,) = read(path, "wechat_channels")
    assert not getattr(headings, "unknown", None)
    assert not getattr(headings, "missing", None)


def test_an_article_opened_by_anybody(samples: Path) -> None:
    (post,) = posts(read(samples / "wechat" / "article-04.html"))
    assert post == Post(
        title="好险，就差1.5点，两手准备",
        published_at=datetime(2025, 11, 4, 15, 59, 29, tzinfo=SHANGHAI),  # 1762243169
        key="2247494261_1",
        url="https://mp.weixin.qq.com/s?__biz=MzIxMTgzNjE5MA==&mid=2247494261&idx=1"
        "&sn=d2d5d504d0c2fa378561e316955ba710",
        kind="article",
        author="元霸",
        original=True,
        beside={"公众号": "波元霸"},
        observed_at=datetime(2025, 11, 12, 13, 45, 17, tzinfo=SHANGHAI),  # 1762926317
    )


def test_an_article_opened_in_the_client(samples: Path) -> None:
    (post,) = posts(read(samples / "wechat" / "article-c01.excerpt.html"))
    assert post == Post(
        title="睡前数学知识点｜Day15：疯狂星期四，V你一个知识点：定积分核心公式~",
        published_at=datetime(2025, 12, 4, 18, 0, 51, tzinfo=SHANGHAI),  # 1764842451
        key="2247664546_2",
        url="https://mp.weixin.qq.com/s?__biz=MzIzNDcyMTI5MQ==&mid=2247664546&idx=2"
        "&sn=cf3b894cff1fe9892fb0598a40c465fb",
        kind="article",
        author="小榜",
        metrics=exact(views=687, likes=9, looks=1, shares=28, favourites=2, comments=0),
        beside={"公众号": "金榜时代官微"},
        observed_at=datetime(2025, 12, 17, 9, 52, 29, tzinfo=SHANGHAI),  # 1765936349
    )


@pytest.mark.parametrize(
    ("name", "error", "cases"),
    [
        ("deleted-by-author-01.zh.html", Gone, ("deleted",)),
        ("violation-01.zh.html", Gone, ("deleted", "violation")),
        ("unavailable-01.html", Gone, ("private",)),
        ("verify-page.reconstructed.html", Blocked, ()),
        ("verify-shell.reconstructed.html", Blocked, ()),
    ],
)
def test_a_page_without_an_article(
    samples: Path, name: str, error: type[SourceError], cases: tuple[str, ...]
) -> None:
    with pytest.raises(error) as caught:
        read(samples / "wechat" / name)
    assert caught.value.cases == cases
    assert caught.value.target == name
