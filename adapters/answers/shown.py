"""Figures that are not what they say: where a platform's pages stop counting, or write 0 for what they hide."""

from __future__ import annotations

from dataclasses import replace

from adapters.records import Count, Metrics, at_least

#: 抖音's public pages, and every tool that reads them, give 0 plays. So many likes without a play nobody has.
_LIKED = 100
#: Where the reader page inside the WeChat client stops counting; crawlers pass it on.
WECHAT_CAP = 100_001


def capped(views: Count | None) -> Count | None:
    """``read_num`` of 公众号 as a count: at the cap it is a lower bound."""
    return at_least(WECHAT_CAP) if views == Count(WECHAT_CAP) else views


def shown(metrics: Metrics, platform: str) -> Metrics:
    """The figures of a row that may come from the platform's pages, whoever wrote the table."""
    views, likes = metrics.views, metrics.likes
    if views is None:
        return metrics
    if platform == "wechat_mp" and views.value == WECHAT_CAP:
        return replace(metrics, views=capped(views))
    if platform == "douyin" and not views.value and likes is not None and likes.value >= _LIKED:
        return replace(metrics, views=None)
    return metrics
