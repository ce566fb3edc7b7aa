"""Ledgers typed by hand: placements and own broadcast, in two versions of one workbook and an outlet's own account.

The first workbook was told on 20 August, the second (which takes its place and adds to it) on 8 October. Dates have no
clock. 外宣: eight rows in 2026Q3, one in June, one in October. 播出: three programmes, one issue without a number of items.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from adapters.records import Post
from reports.centre import AccountInfo, Centre
from storage import database
from storage.writing import upkeep, writes
from storage.writing.reading import Reading
from tests.reports.county import at

CENTRE = Centre(
    name="云岭县融媒体中心",
    accounts=(
        AccountInfo(id="ledger", name="台账", platform="ledger", platform_name="台账", ledger=True),
        AccountInfo(
            id="wanbao", name="云川晚报", platform="app", platform_name="客户端", owner="outlet",
            level="市",
        ),
    ),
    thresholds={"views": [100_000]},
    points={"中央": 10.0, "省": 5.0, "市": 2.5},
)  # fmt: skip

#: (day, title, outlet, level, medium, front page, author)
FIRST = (
    ((6, 30), "老茶新芽", "江原日报", "省", "报", False, "田小禾"),
    ((7, 3), "云岭：茶香满山", "云川日报", "市", "报", True, "田小禾"),
    ((7, 5), "云岭： 茶香满山", "华夏日报", "中央", "报", False, "田小禾、龙大川"),
    ((7, 9), "云岭:茶香满山", "江原卫视", "省", "台", False, ""),
    ((8, 2), "防汛一线", "江原云", "省", "端", False, "覃若云"),
)
LATER = (
    ((7, 25), "云岭：茶香满山", "云川日报", "市", "报", False, "龙大川"),  # 22 days later: another
    ((8, 15), "桥通了", "云川晚报", "", "报", False, "覃若云"),  # its level stands in config
    ((9, 1), "校园新貌", "某某客户端", "", "", False, ""),  # nobody says of which level
    ((10, 1), "国庆在岗", "华夏日报", "中央", "报", True, ""),
)
#: (day, programme, issue, items)
ISSUES = (
    ((7, 1), "云岭新闻", "1", "8"),
    ((7, 3), "云岭新闻", "2", "11"),
    ((9, 30), "云岭新闻", "3", "9"),
    ((7, 15), "茶乡故事", "1", "1"),
    ((8, 15), "茶乡故事", "2", ""),
    ((8, 20), "你问我答", "", ""),
)


def placement(
    day: tuple[int, int], title: str, outlet: str, level: str, medium: str, front: bool, author: str
) -> Post:
    details = {"outlet": outlet, "level": level, "medium": medium}
    details["front_page"] = "是" if front else ""
    return Post(
        title=title,
        published_at=at(*day, 0),
        date_only=True,
        kind="placement",
        author=author,
        details={name: each for name, each in details.items() if each},
    )


def issue(day: tuple[int, int], programme: str, number: str, items: str) -> Post:
    details = {name: each for name, each in (("issue", number), ("items", items)) if each}
    return Post(
        title=f"{programme}第{number}期",
        published_at=at(*day, 0),
        date_only=True,
        kind="item",
        column=programme,
        details=details,
    )


@contextmanager
def outreach(folder: Path) -> Iterator[Connection]:
    """A connection to a new database that holds the ledgers."""
    engine = database.open_database(f"sqlite:///{folder / 'outreach.db'}")
    database.prepare(engine, at(8, 20))
    with database.writing(engine) as connection:
        numbers = writes.accounts_known(
            connection, {each.id: each.platform for each in CENTRE.accounts}
        )
        upkeep.keep_thresholds(connection, CENTRE.thresholds, int(at(8, 20).timestamp()))
        run = writes.start_run(connection, "import", at(8, 20))
        first = [*(placement(*each) for each in FIRST), *(issue(*each) for each in ISSUES[:2])]
        second = [
            *(placement(*each) for each in (*FIRST, *LATER)),
            *(issue(*each) for each in ISSUES),
        ]
        # the outlet's own list: it names no outlet, the account is it
        own = replace(
            placement((9, 9), "早市见闻", "", "", "端", False, "田小禾"), account="wanbao"
        )
        for moment, records in ((at(8, 20), first), (at(10, 8), [*second, own])):
            reading = Reading(
                run_id=run,
                account="ledger",
                source="台账.xlsx",
                adapter="ledger",
                kind="file",
                observed_at=moment,
                observed_from="as-of",
                recorded_at=moment,
                replaces=True,
                accounts={"wanbao": "wanbao"},
            )
            writes.store(connection, reading, records, numbers)
    with database.reading(engine) as connection:
        yield connection
    engine.dispose()


def moment(text: str) -> datetime:
    """``10-08`` of 2026, at the end of its day."""
    month, day = text.split("-")
    return at(int(month), int(day), 23, 59)
