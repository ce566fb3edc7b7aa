"""The rows of ``collect hits`` over the county of county.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from adapters.records import Count, at_least
from reports.hits import hit_rows
from storage.views.hit_list import hit_count
from tests.reports.county import TRICK, at, county

NAMES = {"fabu": "云岭发布", "dangjian": "云岭党建", "douyin": "云岭融媒"}


def test_hits_newest_crossing_first(tmp_path: Path) -> None:
    with county(tmp_path) as connection:
        rows = list(hit_rows(connection, NAMES, accounts=list(NAMES)))
        newest = list(hit_rows(connection, NAMES, top=1))
        numbers = [
            hit_count(connection),
            hit_count(connection, accounts=["douyin"]),
            hit_count(connection, accounts=["douyin"], found_since=int(at(10, 9).timestamp())),
        ]
    assert numbers == [8, 3, 0]  # all eight: one is a peer's
    assert [
        (row.hit.account, row.hit.title, row.hit.metric, row.hit.threshold) for row in rows
    ] == [
        ("fabu", "云岭春茶开采", "views", 1_000_000),
        ("fabu", TRICK, "views", 100_000),
        ("dangjian", "先锋人物", "views", 100_000),
        ("douyin", "稻田航拍", "views", 100_000),
        ("douyin", "夜市烟火", "views", 100_000),
        ("douyin", "稻田航拍", "likes", 10_000),
        ("fabu", "云岭春茶开采", "views", 100_000),
    ]
    assert [row.hit.title for row in newest] == ["云岭春茶开采"]
    million, trick, readers, floor = rows[:4]
    assert (million.before, million.after) == (at(7, 25), at(10, 8))
    assert (million.hit.now, million.text) == (
        Count(1_053_112),
        "云岭发布 “云岭春茶开采” 阅读量超105万人次（“100万+”）",
    )
    assert trick.deleted
    assert (readers.hit.by_readers, readers.hit.now, readers.before) == (True, Count(120_000), None)
    assert readers.text == "云岭党建 “先锋人物” 阅读人数12万人（“10万+”）"
    assert floor.hit.now == at_least(100_000)
    assert floor.text == "云岭融媒 “稻田航拍” 播放量10万人次及以上（“10万+”）"
    last = rows[-1]
    assert (last.hit.crossed, last.hit.now) == (Count(526_556), Count(1_053_112))
    assert last.as_data() == {
        "title": "云岭春茶开采",
        "url": "https://mp.example/1",
        "account": "fabu",
        "metric": "views",
        "threshold": 100_000,
        "value": 1_053_112,
        "bound": "exact",
        "shown_by": "views",
        "crossed": {"value": 526_556, "bound": "exact"},
        "published": "2026-07-03T09:00:00+08:00",
        "before": None,
        "after": "2026-07-25T09:00:00+08:00",
        "deleted": False,
        "text": "云岭发布 “云岭春茶开采” 阅读量超105万人次（“10万+”）",
    }


def test_importing_it_imports_nothing_heavy() -> None:
    asked = (
        "import sys, reports.hits;"
        "print([each for each in ('pandas', 'numpy', 'xlsxwriter', 'alembic') if each in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
