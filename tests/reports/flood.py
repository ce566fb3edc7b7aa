"""An invented county's flood, typed by hand: what a topic, single posts, output, live streams and followers are made of.

云岭云 (app, 自有平台): days without a clock. 看云岭 (douyin, 短视频): one post tagged by hand on 10 October, one shown as
10万+. 云岭快报 (kuaishou, 短视频): retitled by October. 云岭微博: no views. 云岭融媒 (wechat_mp): readers only. 台账: a
ledger. 邻县发布: a peer. Files of 21 and 25 July, of 5, 8 and (followers again) 10 October.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from adapters.records import AccountFigures, Count, Metrics, Post, at_least
from reports.centre import AccountInfo, Centre, TopicInfo
from storage import database
from storage.writing import tags, upkeep, writes
from storage.writing.changes import Act
from storage.writing.reading import Reading
from tests.reports.county import at

THRESHOLDS = {"views": [100_000, 1_000_000]}


def _account(id_: str, platform: str, name: str, spoken: str, group: str = "") -> AccountInfo:
    return AccountInfo(id=id_, name=name, platform=platform, platform_name=spoken, group=group)


CENTRE = Centre(
    name="云岭县融媒体中心",
    accounts=(
        _account("app", "app", "云岭云", "客户端", "自有平台"),
        _account("douyin", "douyin", "看云岭", "抖音号", "短视频"),
        _account("kuaishou", "kuaishou", "云岭快报", "快手号", "短视频"),
        _account("weibo", "weibo", "云岭微博", "微博"),
        _account("rongmei", "wechat_mp", "云岭融媒", "微信公众号"),
        AccountInfo(id="ledger", name="台账", platform="ledger", platform_name="台账", ledger=True),
        AccountInfo(
            id="linxian", name="邻县发布", platform="app", platform_name="客户端", owner="peer"
        ),
    ),
    thresholds=THRESHOLDS,
    topics=(
        TopicInfo(
            name="防汛救灾", keywords=("防汛", "洪水"), columns=("防汛专栏",), tags=("救援",)
        ),
        TopicInfo(name="高考", keywords=("高考",)),
    ),
    tops=3,
)


def post(title: str, when: datetime, views: int | Count | None = None, **others: Any) -> Post:
    readers = others.pop("readers", None)
    shown = Count(views) if isinstance(views, int) else views
    metrics = Metrics(views=shown, readers=None if readers is None else Count(readers))
    return Post(title=title, published_at=when, metrics=metrics, **others)


def _app(*views: int) -> list[Post]:
    days = [at(7, 14, 0), at(7, 19, 0), at(7, 16, 0), at(7, 17, 0)]
    facts: list[dict[str, Any]] = [
        {"original": True},
        {"original": False},
        {"original": True, "column": "防汛专栏"},
        {},
    ]
    titles = ("防汛值守", "洪水退去", "县城夜话", "高温提示")
    return [
        post(title, day, number, kind="article", date_only=True, key=title, **more)
        for title, day, number, more in zip(titles, days, views, facts, strict=True)
    ]


def _douyin(rescue: int, line: int | Count, close: int | None = None) -> list[Post]:
    made = [
        post("凌晨的搜救", at(7, 14, 23, 41), rescue, kind="video", key="1"),
        post("防汛一线", at(7, 15), line, kind="video", key="2"),
    ]
    if close is not None:  # at the very moment at which the window ends
        made.append(post("防汛总结", at(7, 19, 16), close, kind="video", key="3"))
    return made


def _boat(title: str, views: int) -> list[Post]:
    return [post(title, at(7, 16, 5, 50), views, kind="video", key="boat")]


def _weibo() -> list[Post]:
    return [
        post("防汛提醒", at(7, 15), kind="item", key="w1"),
        post("洪水预警", at(7, 16), kind="item", key="w2"),
    ]


def _ledger() -> list[Post]:
    def live(title: str, day: datetime, views: int | None = None, **more: int) -> Post:
        return post(title, day, views, kind="live", date_only=True, **more)

    return [
        live("启动仪式", at(5, 31, 0), 150_000),
        live("直播防汛", at(7, 16, 0), 15_000),
        live("直播丰收", at(8, 5, 0), 4_000),
        live("直播夜市", at(8, 20, 0), readers=900),
        post(
            "防汛的云岭", at(7, 18, 0), kind="placement", date_only=True,
            details={"outlet": "神州新闻网", "level": "中央"},
        ),
    ]  # fmt: skip


def _followers(account: str, when: datetime, value: int) -> AccountFigures:
    return AccountFigures(account=account, figures={"followers": Count(value)}, observed_at=when)


_COUNTED = [
    _followers("app", at(6, 30), 13_000),
    _followers("app", at(9, 30), 13_800),
    _followers("douyin", at(6, 20), 138_000),
    _followers("douyin", at(9, 25), 150_500),
    _followers("kuaishou", at(8, 1), 5_700),
]
_FILES: tuple[tuple[str, str, datetime, list[Post | AccountFigures]], ...] = (
    ("douyin", "抖音.xlsx", at(7, 21, 21), [*_douyin(1_500_000, 40_000)]),
    ("app", "客户端.xlsx", at(7, 25), [*_app(500, 200_000, 3_000, 900)]),
    ("douyin", "抖音.xlsx", at(7, 25), [*_douyin(1_999_000, 50_000)]),
    ("kuaishou", "快手.xlsx", at(7, 25), [*_boat("洪水里的冲锋舟", 300_000)]),
    ("weibo", "微博.csv", at(7, 25), [*_weibo()]),
    ("ledger", "台账.xlsx", at(10, 5), [*_ledger(), *_COUNTED]),
    ("app", "客户端.xlsx", at(10, 8), [*_app(1_000, 596_000, 4_000, 999)]),
    (
        "douyin",
        "抖音.xlsx",
        at(10, 8),
        [*_douyin(2_346_810, at_least(100_000), close=8_000)],
    ),
    ("kuaishou", "快手.xlsx", at(10, 8), [*_boat("二十四小时", 318_900)]),
    (
        "rongmei",
        "公众号.xls",
        at(10, 8),
        [post("防汛通报", at(7, 16), kind="article", readers=3_200)],
    ),
    ("linxian", "邻县.xlsx", at(10, 8), [post("防汛经验", at(7, 16), 9_999_999, kind="article")]),
    ("ledger", "粉丝补.xlsx", at(10, 10), [_followers("app", at(9, 30), 13_900)]),
)
#: When a person tagged 凌晨的搜救.
TAGGED = at(10, 10)


@contextmanager
def flood(folder: Path) -> Iterator[Connection]:
    """A connection to a new database that holds the county."""
    engine = database.open_database(f"sqlite:///{folder / 'flood.db'}")
    database.prepare(engine, at(7, 1))
    with database.writing(engine) as connection:
        keys = {each.id: each.platform for each in CENTRE.accounts}
        numbers = writes.accounts_known(connection, keys)
        upkeep.keep_thresholds(connection, THRESHOLDS, int(at(7, 1).timestamp()))
        for account, source, moment, records in _FILES:
            reading = Reading(
                run_id=writes.start_run(connection, "import", moment),
                account=account,
                source=source,
                adapter="table",
                kind="file",
                observed_at=moment,
                observed_from="as-of",
                recorded_at=moment,
                accounts={each: each for each in keys},
            )
            writes.store(connection, reading, records, numbers)
        rescue = connection.exec_driver_sql("SELECT post_id FROM post WHERE title = '凌晨的搜救'")
        act = Act(author="总编室", reason="加标签", now=TAGGED)
        tags.give(connection, [rescue.scalar_one()], "救援", act)
    with database.reading(engine) as connection:
        yield connection
    engine.dispose()


@contextmanager
def accounts_with_followers(folder: Path, accounts: Sequence[AccountInfo]) -> Iterator[Connection]:
    """A database in which the n-th account published n % 40 posts and has n followers, the first one none known."""
    engine = database.open_database(f"sqlite:///{folder / 'many.db'}")
    database.prepare(engine, at(7, 1))
    with database.writing(engine) as connection:
        numbers = writes.accounts_known(connection, {each.id: each.platform for each in accounts})
        run = writes.start_run(connection, "import", at(10, 1))
        for place, each in enumerate(accounts):
            records: list[Post | AccountFigures] = [
                post(f"稿件{k}", at(8, 1 + k % 28), 10, key=str(k)) for k in range(place % 40)
            ]
            if place:
                records.append(_followers(each.id, at(9, 30), place))
            reading = Reading(
                run_id=run,
                account=each.id,
                source="f.xlsx",
                adapter="table",
                kind="file",
                observed_at=at(9, 30),
                observed_from="as-of",
                recorded_at=at(10, 1),
                accounts={each.id: each.id},
            )
            writes.store(connection, reading, records, numbers)
    with database.reading(engine) as connection:
        yield connection
    engine.dispose()
