"""A small invented county in a database: what each account published and what was observed of it, typed by hand.

2026Q3. 云岭发布 (wechat_mp, 公众号): exact views with two hits, one deleted, one private.
云岭党建 (wechat_mp, 公众号): readers only.
云岭融媒 (douyin, 短视频): one post shown as 10万+, an export at its row limit. 云岭微博 (weibo): no views at all.
云岭旅游 (toutiao): nothing. 邻县发布 (wechat_mp, a peer): stays out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import Count, Metrics, Post, at_least
from reports.centre import AccountInfo, Centre
from storage import database
from storage.writing import upkeep, writes
from storage.writing.reading import Reading

THRESHOLDS = {"views": [100_000, 1_000_000], "likes": [10_000]}
CENTRE = Centre(
    name="云岭县融媒体中心",
    accounts=(
        AccountInfo(
            id="fabu",
            name="云岭发布",
            platform="wechat_mp",
            platform_name="微信公众号",
            group="公众号",
        ),
        AccountInfo(
            id="dangjian",
            name="云岭党建",
            platform="wechat_mp",
            platform_name="微信公众号",
            group="公众号",
        ),
        AccountInfo(
            id="douyin", name="云岭融媒", platform="douyin", platform_name="抖音号", group="短视频"
        ),
        AccountInfo(id="weibo", name="云岭微博", platform="weibo", platform_name="微博"),
        AccountInfo(id="lvyou", name="云岭旅游", platform="toutiao", platform_name="头条号"),
        AccountInfo(
            id="linxian",
            name="邻县发布",
            platform="wechat_mp",
            platform_name="微信公众号",
            owner="peer",
        ),
    ),
    thresholds=THRESHOLDS,
    fingerprint="3f2a",
)
TRICK = '=HYPERLINK("http://x.example","<b>点我</b>")|*一*'


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def _fabu(scale: int) -> list[Post]:
    def post(title: str, when: datetime, views: int, **more: object) -> Post:
        metrics = Metrics(views=Count(views * scale // 100), readers=Count(views * scale // 200))
        return Post(title=title, published_at=when, kind="article", metrics=metrics, **more)  # type: ignore[arg-type]

    return [
        post("云岭春茶开采", at(7, 3), 1_053_112, url="https://mp.example/1"),
        post(TRICK, at(7, 20), 100_000, state="deleted"),
        post("便民通知", at(8, 15), 9_999),
        post("自见草稿", at(8, 16), 500_000, state="private"),
        post("九月小记", at(9, 28), 40),
        post("国庆安排", at(10, 1, 0), 777),  # the first moment after the period
    ]


def _dangjian() -> list[Post]:
    return [
        Post(
            title="学习专栏", published_at=at(8, 1), kind="article",
            metrics=Metrics(readers=Count(3_200), sharers=Count(12)),
        ),
        Post(
            title="先锋人物", published_at=at(8, 30), kind="article",
            metrics=Metrics(readers=Count(120_000), sharers=Count(800)),
        ),
    ]  # fmt: skip


def _douyin() -> list[Post]:
    def post(title: str, when: datetime, views: Count | None, likes: int) -> Post:
        return Post(
            title=title, published_at=when, kind="video",
            metrics=Metrics(views=views, likes=Count(likes), comments=Count(5)),
        )  # fmt: skip

    return [
        post("稻田航拍", at(8, 5), at_least(100_000), 12_000),
        post("夜市烟火", at(8, 25), Count(250_000), 9_999),
        post("无数据的一条", at(9, 10), None, 3),
    ]


def _weibo() -> list[Post]:
    return [
        Post(
            title=f"微博{n}", published_at=at(7, n), kind="item",
            metrics=Metrics(likes=Count(n), comments=Count(1), shares=Count(2)),
        )
        for n in (1, 2, 3)
    ]  # fmt: skip


@contextmanager
def county(folder: Path) -> Iterator[Connection]:
    """A connection to a new database that holds the county."""
    engine = database.open_database(f"sqlite:///{folder / 'county.db'}")
    database.prepare(engine, at(10, 8))
    with database.writing(engine) as connection:
        _fill(connection)
    with database.reading(engine) as connection:
        yield connection
    engine.dispose()


def _fill(connection: Connection) -> None:
    numbers = writes.accounts_known(
        connection, {each.id: each.platform for each in CENTRE.accounts}
    )
    upkeep.keep_thresholds(connection, THRESHOLDS, int(at(10, 8).timestamp()))
    run = writes.start_run(connection, "import", at(10, 8))
    files: tuple[tuple[str, str, list[Post], datetime, int | None], ...] = (
        ("fabu", "七月.xlsx", _fabu(50)[:2], at(7, 25), None),
        ("fabu", "全季.xlsx", _fabu(100), at(10, 8), None),
        ("dangjian", "党建.xls", _dangjian(), at(10, 8), None),
        ("douyin", "抖音.xlsx", _douyin(), at(10, 8), 3),
        ("weibo", "微博.csv", _weibo(), at(10, 8), None),
        ("linxian", "邻县.xlsx", _dangjian(), at(10, 8), None),
    )
    for account, source, posts, observed, limit in files:
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
        )
        writes.store(connection, reading, posts, numbers)
