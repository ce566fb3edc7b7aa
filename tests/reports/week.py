"""A small centre whose week 38 of 2026 (14–20 September) and the week before are typed by hand, seen from Monday the
21st, 12:45.

云岭发布 (wechat_mp): 3 posts, 123,040 views; the week before 2 posts, 3,000 (seen the Monday before). Read at 11:00.
云岭党建 (wechat_mp): readers only, 700 and 500 (read at 15:00 of the Monday before, later than the mail's hour).
云岭融媒 (douyin): a post shown as 10万+, one with a hostile title, one more without views; the week before 30,000.
云岭微博 (weibo): no views. 云岭头条 (toutiao): silent since 30 August. 云岭快手 (kuaishou): its file ends on the 17th.
云岭新闻网 (portal): its list is blocked since the 15th. 邻县发布: a peer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import AccountFigures, Count, Metrics, Post, at_least
from reports.centre import AccountInfo, Centre
from storage.writing import upkeep, writes
from storage.writing.reading import Reading

NOW = datetime(2026, 9, 21, 12, 45, tzinfo=SHANGHAI)
THRESHOLDS = {"views": [100_000, 1_000_000]}
#: Text that a mail program, a browser or Excel might take for something else.
HOSTILE = (
    '<script>alert(1)</script>=HYPERLINK("http://x.example","点我")🎉\u202eגמר' + "长" * 10_000
)
ACCOUNTS = (
    ("fabu", "wechat_mp", "云岭发布", "ours"),
    ("dangjian", "wechat_mp", "云岭党建", "ours"),
    ("douyin", "douyin", "云岭融媒", "ours"),
    ("weibo", "weibo", "云岭微博", "ours"),
    ("toutiao", "toutiao", "云岭头条", "ours"),
    ("kuaishou", "kuaishou", "云岭快手", "ours"),
    ("portal", "portal", "云岭新闻网", "ours"),
    ("ledger", "ledger", "台账", "ours"),
    ("linxian", "wechat_mp", "邻县发布", "peer"),
)
PLATFORMS = {
    "wechat_mp": "微信公众号",
    "douyin": "抖音",
    "weibo": "微博",
    "toutiao": "头条号",
    "kuaishou": "快手",
    "portal": "网站",
    "ledger": "台账",
}
CENTRE = Centre(
    name="云岭县融媒体中心",
    accounts=tuple(
        AccountInfo(
            id=id_, name=name, platform=platform, platform_name=PLATFORMS[platform],
            owner="ours" if owner == "ours" else "peer", ledger=platform == "ledger",
        )
        for id_, platform, name, owner in ACCOUNTS
    ),
    thresholds=THRESHOLDS,
)  # fmt: skip
PROBLEM = "对方要求验证（验证码）。请过一天再看"
#: The same centre as a config file.
CONFIG = '[centre]\nname = "云岭县融媒体中心"\n\n[hits]\nviews = [100_000, 1_000_000]\n' + "".join(
    f'\n[[accounts]]\nid = "{id_}"\nplatform = "{platform}"\nname = "{name}"\nowner = "{owner}"\n'
    for id_, platform, name, owner in ACCOUNTS
)


def at(day: int, hour: int = 9, minute: int = 0, month: int = 9) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def _post(title: str, when: datetime, url: str = "", **counts: int | Count) -> Post:
    exact = {name: Count(each) if isinstance(each, int) else each for name, each in counts.items()}
    return Post(
        title=title, published_at=when, url=url, kind="article", metrics=Metrics(**exact)
    )  # fmt: skip


_FABU_BEFORE = (
    _post("上周一", at(8), views=1_000, readers=800),
    _post("上周二", at(9), views=2_000, readers=1_500),
)
_LATER = (  # what the week before had grown to a week later: not what it is compared with
    _post("上周一", at(8), views=9_000, readers=8_000),
    _post("上周二", at(9), views=9_000, readers=8_000),
)
_FABU = (
    _post("云岭秋收", at(14), "https://mp.example/1?a=1&b=2", views=120_000, readers=90_000),
    _post("便民通知", at(16), "javascript:alert(1)", views=3_000, readers=2_000),
    _post("周日小记", at(20, 22), "https://mp.example/3", views=40, readers=30),
)
_DOUYIN = (
    _post("夜市烟火", at(15), views=at_least(100_000), likes=5_000),
    _post(HOSTILE, at(18), views=2_500, likes=10),
    _post("看不到播放的一条", at(19), likes=1),
)
_KUAISHOU = (_post("田间地头", at(15), views=900),)
#: account, source, observed, records.
_FILES = (
    ("fabu", "9月上.xlsx", at(14, 11), _FABU_BEFORE),
    ("fabu", "9月17.xlsx", at(17, 11), (_post("云岭秋收", at(14), "https://mp.example/1?a=1&b=2", views=105_000),)),
    ("fabu", "9月中.xlsx", at(21, 11), (*_LATER, *_FABU)),
    ("dangjian", "党建1.xls", at(14, 15), (_post("学习一", at(10), readers=500),)),
    ("dangjian", "党建2.xls", at(21, 11), (_post("学习一", at(10), readers=520), _post("学习二", at(17), readers=700))),
    ("douyin", "抖音1.xlsx", at(14, 10), (_post("稻田航拍", at(11), views=30_000, likes=100),)),
    ("douyin", "抖音2.xlsx", at(21, 10), (_post("稻田航拍", at(11), views=31_000, likes=110), *_DOUYIN)),
    ("weibo", "微博1.csv", at(14, 10), (_post("微博一", at(12), likes=3),)),
    ("weibo", "微博2.csv", at(21, 10), (_post("微博一", at(12), likes=4), _post("微博二", at(20), likes=5))),
    ("toutiao", "头条.xlsx", at(21, 10), (_post("夏日", at(30, month=8), views=5_000),)),
    ("kuaishou", "快手.xlsx", at(17, 18), _KUAISHOU),
    ("linxian", "邻县.xlsx", at(21, 10), (_post("邻县大事", at(16), views=9_000_000),)),
)  # fmt: skip
_FOLLOWERS = (
    ("fabu", at(13, 23), 50_000),
    ("fabu", at(20, 23), 50_350),
    ("douyin", at(2), 138_000),
)


def fill(connection: Connection) -> None:
    """Tell a new database everything, in the order of time."""
    numbers = writes.accounts_known(connection, {id_: platform for id_, platform, *_ in ACCOUNTS})
    upkeep.keep_thresholds(connection, THRESHOLDS, int(at(1).timestamp()))
    events: list[tuple[datetime, str, str, Sequence[Post | AccountFigures] | None]] = [
        *((seen, account, source, records) for account, source, seen, records in _FILES),
        *((seen, each, "粉丝.xls", (_fans(number, seen),)) for each, seen, number in _FOLLOWERS),
        *((at(day, 7), "portal", "https://www.example.cn/list", None) for day in (15, 20)),
    ]
    for seen, account, source, records in sorted(events, key=lambda each: each[0]):
        run = writes.start_run(connection, "service", seen)
        if records is None:
            reading = _reading(run, account, source, seen, kind="page")
            writes.failed(connection, reading, "blocked", PROBLEM, numbers[account])
        else:
            writes.store(connection, _reading(run, account, source, seen), records, numbers)


def late(connection: Connection, views: Sequence[tuple[datetime, int]], recorded: datetime) -> None:
    """One post of 云岭发布, of 12 September, seen at each moment with so many views; all put in at ``recorded``."""
    numbers = writes.accounts_known(connection, {id_: platform for id_, platform, *_ in ACCOUNTS})
    upkeep.keep_thresholds(connection, THRESHOLDS, int(at(1).timestamp()))
    run = writes.start_run(connection, "command", recorded)
    for seen, number in views:
        reading = replace(_reading(run, "fabu", f"{seen:%m-%d}.xlsx", seen), recorded_at=recorded)
        writes.store(connection, reading, [_post("山洪预警", at(12), views=number)], numbers)


def _fans(number: int, seen: datetime) -> AccountFigures:
    return AccountFigures(figures={"followers": Count(number)}, observed_at=seen)


def _reading(run: int, account: str, source: str, seen: datetime, kind: str = "file") -> Reading:
    return Reading(
        run_id=run,
        account=account,
        source=source,
        adapter="table",
        kind=kind,
        observed_at=seen,
        observed_from="as-of",
        recorded_at=seen,
        request={"about": "list"} if kind == "page" else None,
    )
