"""The channels of 云岭县融媒体中心: how much each publishes and what its back-end counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Channel:
    """``base``: the metric drawn (log-normal around ``median``); ``ratios``: the others as parts of it.

    ``observed``: the days of its exports; ``back``: how many days back an export reaches (0: to the start).
    """

    id: str
    platform: str
    posts: int
    base: str
    median: int
    spread: float
    ratios: dict[str, float] = field(default_factory=dict)
    observed: tuple[str, ...] = ()
    begins: date = date(2025, 10, 1)


#: In the week of the flood somebody exported the list every day.
FLOOD_WEEK = tuple(f"2026-07-{day}" for day in range(16, 25))

_VIDEO = {"likes": 0.021, "comments": 0.0026, "shares": 0.0041, "favourites": 0.0033}

CHANNELS = (
    Channel(
        "fabu",
        "wechat_mp",
        192,
        "views",
        1700,
        0.9,
        {"readers": 0.81, "shares": 0.034, "sharers": 0.0},
        (
            "2025-11-16",
            "2026-01-03",
            "2026-02-15",
            "2026-04-02",
            "2026-05-16",
            "2026-07-03",
            "2026-08-16",
            "2026-10-05",
        ),
    ),
    Channel(
        "rongmei",
        "wechat_mp",
        112,
        "readers",
        820,
        0.8,
        {"sharers": 0.031},
        ("2026-04-02", "2026-07-03", "2026-08-16", "2026-10-05"),
    ),
    Channel(
        "shipinhao",
        "wechat_channels",
        112,
        "views",
        3900,
        1.1,
        {"looks": 0.012, "likes": 0.019, "comments": 0.0019, "shares": 0.0063},
        (
            "2025-12-31",
            "2026-03-31",
            "2026-06-30",
            "2026-07-06",
            "2026-08-31",
            "2026-09-30",
            "2026-10-08",
        ),
    ),
    Channel(
        "douyin",
        "douyin",
        164,
        "views",
        6200,
        1.2,
        _VIDEO,
        (
            "2025-10-31",
            "2025-12-31",
            "2026-02-28",
            "2026-03-31",
            "2026-05-15",
            "2026-06-30",
            "2026-07-09",
            *FLOOD_WEEK,
            "2026-07-30",
            "2026-08-13",
            "2026-08-31",
            "2026-09-10",
            "2026-09-30",
            "2026-10-12",
        ),
    ),
    Channel(
        "kuaishou",
        "kuaishou",
        92,
        "views",
        4300,
        1.1,
        _VIDEO,
        ("2025-12-31", "2026-03-31", "2026-06-30", "2026-07-08", "2026-09-30", "2026-10-11"),
    ),
    Channel(
        "toutiao",
        "toutiao",
        124,
        "views",
        2500,
        1.0,
        {"likes": 0.011, "comments": 0.0023, "shares": 0.0034, "favourites": 0.0028},
        ("2026-01-02", "2026-04-01", "2026-07-02", "2026-08-20", "2026-10-06"),
    ),
    Channel(
        "weibo",
        "weibo",
        132,
        "likes",
        24,
        1.0,
        {"comments": 0.31, "shares": 0.42},
        ("2025-12-31", "2026-04-07", "2026-07-01", "2026-10-01"),
    ),
    Channel(
        "bilibili",
        "bilibili",
        38,
        "views",
        2900,
        0.9,
        {**_VIDEO, "favourites": 0.011},
        (
            "2025-12-10",
            "2026-01-24",
            "2026-02-28",
            "2026-03-31",
            "2026-05-08",
            "2026-06-07",
            "2026-06-30",
            "2026-08-05",
            "2026-09-02",
            "2026-09-30",
            "2026-10-10",
        ),
        date(2025, 10, 20),
    ),
    Channel(
        "xiaohongshu",
        "xiaohongshu",
        52,
        "views",
        1900,
        1.0,
        {"likes": 0.038, "comments": 0.0052, "shares": 0.0061, "favourites": 0.021},
        ("2025-12-31", "2026-03-31", "2026-04-20", "2026-06-30", "2026-07-09", "2026-09-30"),
    ),
    Channel(
        "app",
        "app",
        142,
        "views",
        2300,
        1.0,
        {"likes": 0.009, "comments": 0.0028, "shares": 0.012},
        ("2026-01-05", "2026-04-03", "2026-07-03", "2026-10-05", "2026-10-12"),
    ),
    Channel(
        "portal",
        "portal",
        84,
        "views",
        610,
        0.7,
        {},
        ("2026-01-05", "2026-04-03", "2026-07-03", "2026-10-05"),
    ),
)
