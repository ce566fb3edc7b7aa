"""Due times of the service that were not kept, in words: ``采集：9月16日02:00没有按时运行（关机），9月16日08:10补做``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from reports.periods import SHANGHAI
from storage.jobs import Miss

_WHYS = {
    "off": "程序没有开",
    "asleep": "电脑休眠",
    "busy": "前一项工作没有做完",
    "storage": "数据库用不了",
    "interrupted": "做到一半被中断",
}


def miss_words(miss: Miss, jobs: Mapping[str, str]) -> str:
    """One line; ``jobs``: what people call each job."""
    name = jobs.get(miss.job, miss.job)
    when = _when(miss.first_due)
    if miss.number > 1:
        when += f"至{_when(miss.last_due)}共{miss.number}次"
    made_up = "还没有补做" if miss.made_up_at is None else f"{_when(miss.made_up_at)}补做"
    return f"{name}：{when}没有按时运行（{_WHYS[miss.why]}），{made_up}"


def _when(moment: int) -> str:
    here = datetime.fromtimestamp(moment, SHANGHAI)
    return f"{here.month}月{here.day}日{here:%H:%M}"
