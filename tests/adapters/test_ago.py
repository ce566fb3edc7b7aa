"""Publish times of timelines, read at a known moment."""

from __future__ import annotations

from datetime import datetime

import pytest

from adapters.tables.dates import on_timeline

NOW = datetime.fromisoformat("2026-03-01T00:20:30+08:00")


@pytest.mark.parametrize(
    ("text", "moment", "date_only"),
    [
        ("刚刚", "2026-03-01T00:20:00+08:00", False),
        ("30秒前", "2026-03-01T00:20:00+08:00", False),
        ("5分钟前", "2026-03-01T00:15:00+08:00", False),
        ("3小时前", "2026-02-28T21:20:00+08:00", False),
        ("今天 00:05", "2026-03-01T00:05:00+08:00", False),
        ("昨天 08:15", "2026-02-28T08:15:00+08:00", False),
        ("02-14", "2026-02-14T00:00:00+08:00", True),
        ("02月14日 18:12", "2026-02-14T18:12:00+08:00", False),
        ("2018-12-31", "2018-12-31T00:00:00+08:00", True),
        ("Sat Aug 20 18:29:52 +0800 2022", "2022-08-20T18:29:52+08:00", False),
        ("Sat Aug 20 10:29:52 +0000 2022", "2022-08-20T18:29:52+08:00", False),
    ],
)
def test_shown(text: str, moment: str, date_only: bool) -> None:
    assert on_timeline(text, NOW) == (datetime.fromisoformat(moment), date_only)


def test_the_zone_of_now_does_not_matter() -> None:
    utc = datetime.fromisoformat("2026-02-28T16:20:30+00:00")
    assert on_timeline("昨天 08:15", utc) == on_timeline("昨天 08:15", NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12-31",
        "02-30",
        "2026-03-02",
        "昨天 25:00",
        "Sat Foo 20 18:29:52 +0800 2022",
        "三小时前",
        "1e3",
    ],
)
def test_not_understood_or_in_the_future(text: str) -> None:
    with pytest.raises(ValueError, match=r"时间|日期"):
        on_timeline(text, NOW)
