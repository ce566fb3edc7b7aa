"""A county over three quarters, typed by hand, for ranks, staff and comparisons.

2025Q3, 2026Q2 and 2026Q3 of 云岭发布 (fabu, 公众号, exact views with positions); 2026Q3 of 云岭云 (app, authors), 云岭党建
(dangjian, 公众号, readers only) and 看云岭 (douyin, one post shown as 10万+). Peers: 邻县发布 (linxian, neither 在看 nor
点赞), 临川发布 (linchuan, an export at its row limit). Each quarter was observed on the eighth after its end, 2026Q2 once
more in October, and the first message of 2026Q3 a week after it went out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import AccountFigures, Count, Metrics, Post, at_least
from reports.centre import AccountInfo, Centre, StaffInfo
from storage import database
from storage.writing import tags, upkeep, writes
from storage.writing.changes import Act
from storage.writing.reading import Reading
from tests.reports.outreach import placement


def _info(key: str, name: str, platform: str, called: str, **more: str) -> AccountInfo:
    return AccountInfo(id=key, name=name, platform=platform, platform_name=called, **more)  # type: ignore[arg-type]


CENTRE = Centre(
    name="云岭县融媒体中心",
    accounts=(
        _info("fabu", "云岭发布", "wechat_mp", "微信公众号", group="公众号"),
        _info("dangjian", "云岭党建", "wechat_mp", "微信公众号", group="公众号"),
        _info("app", "云岭云", "app", "客户端"),
        _info("douyin", "看云岭", "douyin", "抖音"),
        _info("linxian", "邻县发布", "wechat_mp", "微信公众号", owner="peer"),
        _info("linchuan", "临川发布", "wechat_mp", "微信公众号", owner="peer"),
        AccountInfo(id="ledger", name="台账", platform="ledger", platform_name="台账", ledger=True),
    ),
    thresholds={"views": [100_000]},
    points={"中央": 10.0, "省": 5.0, "市": 2.0},
)
STAFF = StaffInfo(
    weights={"posts": 1.0, "picks": 5.0, "views": 2.0, "placements": 1.0}, shares={2: (0.6, 0.4)}
)


def on(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


def _post(
    title: str, when: datetime, author: str = "", url: str = "", **counts: int | Count
) -> Post:
    exact = {name: Count(n) if isinstance(n, int) else n for name, n in counts.items()}
    metrics = Metrics(**exact)
    return Post(
        title=title, published_at=when, kind="article", author=author, url=url, metrics=metrics
    )


def _article(mid: int, idx: int, when: datetime, views: int, looks: int, likes: int) -> Post:
    url = f"https://mp.weixin.qq.com/s?__biz=Mz&mid={mid}&idx={idx}&sn=a{mid}"
    return _post(f"云岭{mid}-{idx}", when, url=url, views=views, looks=looks, likes=likes)


#: Sums: views 9200, looks 92, likes 184; of idx 1: 4600, 46, 92.
FABU_Q3 = [
    _article(31, 1, on(2026, 7, 3), 4_600, 46, 92),
    _article(31, 2, on(2026, 7, 3), 2_300, 23, 46),
    _article(32, 2, on(2026, 8, 15), 1_200, 12, 23),
    _article(33, 3, on(2026, 9, 28), 1_100, 11, 23),
]
#: The first message a week old: 3450 views, 34 and 69.
FABU_EARLY = [
    _article(31, 1, on(2026, 7, 3), 2_300, 23, 46),
    _article(31, 2, on(2026, 7, 3), 1_150, 11, 23),
]
#: 8000 views, 80 looks, 160 likes when first seen; a tenth more in October.
FABU_Q2 = [
    _article(21, 1, on(2026, 4, 2), 5_000, 50, 100),
    _article(22, 1, on(2026, 6, 28), 3_000, 30, 60),
]
FABU_LATE = [
    _article(21, 1, on(2026, 4, 2), 5_500, 55, 110),
    _article(22, 1, on(2026, 6, 28), 3_300, 33, 66),
]
FABU_LAST_YEAR = [
    _article(11, 1, on(2025, 7, 2), 6_000, 60, 120),
    _article(12, 1, on(2025, 9, 27), 3_200, 32, 64),
]
APP_Q3 = [
    _post("稻田", on(2026, 7, 5), "田小禾", views=20_000),
    _post("桥", on(2026, 7, 20), "田小禾、龙大川", views=10_001),
    _post("学堂", on(2026, 8, 9), "记者 龙大川 通讯员 覃若云 冉一鸣", views=1_000),
    _post("夜校", on(2026, 9, 25), "龙大川"),  # the client shows no views of it
    _post("通知", on(2026, 9, 26), views=500),
]
DOUYIN_Q3 = [
    _post("航拍", on(2026, 7, 2), views=at_least(100_000), likes=900),
    _post("夜市", on(2026, 9, 27), views=5_000, likes=100),
]
DANGJIAN = [
    _post("先锋", on(2026, 7, 4), readers=3_000),
    _post("课堂", on(2026, 9, 26), readers=600),
]
#: Views 18400 of two articles: 200 a day; of idx 1: 9200.
LINXIAN = [
    _post("邻一", on(2026, 7, 3), url="https://mp.weixin.qq.com/s?__biz=Ma&mid=1&idx=1&sn=b", views=9_200),
    _post("邻二", on(2026, 9, 29), url="https://mp.weixin.qq.com/s?__biz=Ma&mid=1&idx=2&sn=c", views=9_200),
]  # fmt: skip
LINCHUAN = [_post("临川", on(2026, 8, 1), views=30_000)]
PLACED = [
    placement((7, 6), "稻田", "云川日报", "市", "报", False, "田小禾"),
    placement((7, 8), "稻田", "江原日报", "省", "报", True, "田小禾、龙大川"),
    placement((8, 1), "夜校", "云川日报", "市", "报", False, ""),
]


def followers(account: str, when: datetime, value: int) -> AccountFigures:
    return AccountFigures(figures={"followers": Count(value)}, observed_at=when, account=account)


FOLLOWERS = [
    followers("fabu", on(2025, 12, 31, 22), 10_000),
    followers("fabu", on(2026, 6, 30, 22), 11_000),
    followers("fabu", on(2026, 9, 30, 22), 12_500),
    followers("app", on(2026, 9, 30, 22), 700),
]
#: (account, source, records, observed, row limit)
FILES: Sequence[tuple[str, str, Sequence[Post | AccountFigures], datetime, int | None]] = (
    ("fabu", "25Q3.xls", FABU_LAST_YEAR, on(2025, 10, 8), None),
    ("fabu", "26Q2.xls", FABU_Q2, on(2026, 7, 8), None),
    ("fabu", "26Q3a.xls", FABU_EARLY, on(2026, 7, 10), None),
    ("fabu", "26Q3.xls", FABU_Q3, on(2026, 10, 8), None),
    ("fabu", "26Q2b.xls", FABU_LATE, on(2026, 10, 8), None),
    ("app", "app.xlsx", APP_Q3, on(2026, 10, 8), None),
    ("douyin", "douyin.xlsx", DOUYIN_Q3, on(2026, 10, 8), None),
    ("dangjian", "dangjian.xls", DANGJIAN, on(2026, 10, 8), None),
    ("linxian", "linxian.xlsx", LINXIAN, on(2026, 10, 8), None),
    ("linchuan", "linchuan.xlsx", LINCHUAN, on(2026, 10, 8), 1),
    ("ledger", "台账.xlsx", [*PLACED, *FOLLOWERS], on(2026, 10, 8), None),
)


@contextmanager
def office(folder: Path) -> Iterator[Connection]:
    """A connection to a new database that holds the county."""
    engine = database.open_database(f"sqlite:///{folder / 'office.db'}")
    database.prepare(engine, on(2025, 10, 8))
    with database.writing(engine) as connection:
        accounts = {each.id: each.platform for each in CENTRE.accounts}
        numbers = writes.accounts_known(connection, accounts)
        upkeep.keep_thresholds(connection, CENTRE.thresholds, int(on(2025, 10, 8).timestamp()))
        run = writes.start_run(connection, "import", on(2025, 10, 8))
        for account, source, records, observed, limit in FILES:
            reading = Reading(
                run_id=run,
                account=account,
                source=source,
                adapter="table",
                kind="file",
                observed_at=observed,
                observed_from="as-of",
                recorded_at=observed,
                row_limit=limit,
                accounts={key: key for key in accounts},
            )
            writes.store(connection, reading, records, numbers)
        picked = (
            connection.exec_driver_sql("SELECT post_id FROM post WHERE title = '桥'")
            .scalars()
            .all()
        )
        tags.give(connection, picked, "优稿", Act("test", "总编室", on(2026, 10, 9)))
    with database.reading(engine) as connection:
        yield connection
    engine.dispose()
