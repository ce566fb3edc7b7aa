"""When a file was observed: the order of docs/definitions.md §7."""

from __future__ import annotations

from datetime import datetime

import pytest

from collector.intake.naming import observed

NOW = datetime.fromisoformat("2026-10-08T09:00:00+08:00")
MODIFIED = datetime.fromisoformat("2026-10-07T18:00:00+08:00")
STATED = datetime.fromisoformat("2026-10-06T08:00:00+00:00")

NAMES = [
    ("2026-09-30 作品列表.xlsx", None, "2026-09-30T23:59:59+08:00", "按文件名开头的日期"),
    ("20260930作品列表.xlsx", STATED, "2026-09-30T23:59:59+08:00", "按文件名开头的日期"),
    ("2026年9月30日 x.csv", None, "2026-09-30T23:59:59+08:00", "按文件名开头的日期"),
    ("2026-09-30T18.30 x.csv", None, "2026-09-30T18:30:00+08:00", "按文件名开头的日期"),
    ("2026-09-30 18:30 x.csv", None, "2026-09-30T18:30:00+08:00", "按文件名开头的日期"),
    ("2026-10-08 今天的.csv", None, "2026-10-08T09:00:00+08:00", "按文件名开头的日期"),
    (
        "20261122-112217-859ba2e0-2026-09-30 放回的.csv",
        None,
        "2026-09-30T23:59:59+08:00",
        "按文件名开头的日期",
    ),
    ("20261001-112217-859ba2e0-放回的.csv", None, "2026-10-07T18:00:00+08:00", "按文件的修改时间"),
    ("2027-01-01 将来的.csv", None, "2026-10-07T18:00:00+08:00", "按文件的修改时间"),
    ("2026-13-01 没有这个月.csv", None, "2026-10-07T18:00:00+08:00", "按文件的修改时间"),
    ("2026093012345678901 编号.csv", None, "2026-10-07T18:00:00+08:00", "按文件的修改时间"),
    ("作品列表.xlsx", STATED, "2026-10-06T16:00:00+08:00", "按文件内记录的时间"),
    ("total_1774668963_1777260963.xls", None, "2026-04-27T11:36:03+08:00", "按文件名里的时间"),
    ("作品列表.xlsx", None, "2026-10-07T18:00:00+08:00", "按文件的修改时间"),
]


@pytest.mark.parametrize(("name", "stated", "at", "how"), NAMES, ids=[each[0] for each in NAMES])
def test_order(name: str, stated: datetime | None, at: str, how: str) -> None:
    found = observed(name, now=NOW, as_of=None, stated_at=stated, modified_at=MODIFIED)
    assert (found.at.isoformat(), found.how) == (at, how)


def test_what_a_person_says_comes_first() -> None:
    said = datetime.fromisoformat("2026-08-01T00:00:00+08:00")
    found = observed("2026-09-30.csv", now=NOW, as_of=said, stated_at=STATED, modified_at=MODIFIED)
    assert found.at == said


def test_a_clock_that_was_wrong_is_not_believed() -> None:
    future = datetime.fromisoformat("2031-01-01T00:00:00+08:00")
    found = observed("x.csv", now=NOW, as_of=None, stated_at=future, modified_at=future)
    assert found.at == NOW
