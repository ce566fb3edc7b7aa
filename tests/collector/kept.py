"""Answers that an earlier version of the program kept, and what it stored of them: for tests of reading again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from adapters.contract import Page, Request
from adapters.records import AccountFigures, Post
from collector.intake import captures
from collector.intake.stores import captures_of
from collector.visits.asked import note
from storage.bulk import seconds
from storage.database import writing
from storage.writing import writes
from storage.writing.reading import Reading, capture_number
from tests.collector.centre import Centre

CONFIG = """\
[centre]
name = "云岭县融媒体中心"

[[accounts]]
id = "bili"
platform = "bilibili"
name = "云岭发布B站号"
uid = "3546789012"

[[accounts]]
id = "wang"
platform = "portal"
name = "云岭新闻网"
url = "https://www.yunling.example/xw/"

[[accounts]]
id = "douyin"
platform = "douyin"
name = "云岭发布抖音号"
"""
THEN = datetime.fromisoformat("2026-10-01T08:00:00+08:00")
KEY = "BV1Yl4y1c7Xk"
VIEW = f"https://api.bilibili.com/x/web-interface/view?bvid={KEY}"


def view(views: int = 41_234, title: str = "云岭茶山开园", **other: Any) -> bytes:
    """One video as the interface answers it (docs/platforms.md §8.2)."""
    stat = {"view": views, "like": 321, "reply": 7, "share": 11, "favorite": 90, **other}
    stat |= {"danmaku": 5, "coin": 3}
    data = {"bvid": KEY, "aid": 1156789012, "title": title, "pubdate": 1_790_733_600, "stat": stat}
    data |= {"owner": {"mid": 3546789012, "name": "云岭发布"}, "state": 0, "copyright": 1}
    data |= {"tname": "", "desc": "", "duration": 61}
    return json.dumps({"code": 0, "message": "0", "ttl": 1, "data": data}).encode()


def keep(
    centre: Centre,
    body: bytes,
    records: Sequence[Post | AccountFigures],
    *,
    request: Request | None = None,
    account: str = "bili",
    adapter: str = "bilibili",
    outcome: str = "",
    moment: datetime = THEN,
    status: int = 200,
) -> int:
    """Store a look as the collector does: its bytes, its request and ``records`` (or how it failed)."""
    app = centre.app
    request = request or Request(url=VIEW, key=KEY)
    configured = app.config.account(account)
    assert configured is not None
    page = Page(
        request=request,
        account=configured.for_adapters(),
        url=request.url,
        status=status,
        body=body,
        fetched_at=moment,
    )
    kept = captures.keep_bytes(body, captures_of(app.config))
    with writing(app.engine) as connection:
        numbers = writes.accounts_known(
            connection, {each.id: each.platform for each in app.config.accounts}
        )
        run_id = writes.start_run(connection, "now", moment)
        reading = Reading(
            run_id=run_id,
            account=account,
            source=request.url,
            adapter=adapter,
            kind="page",
            observed_at=moment,
            observed_from="采集时间",
            recorded_at=moment,
            capture_id=capture_number(
                connection, kept.sha256, kept.size, kept.path, seconds(moment)
            ),
            request=note(request, page),
        )
        if outcome:
            number = writes.failed(connection, reading, outcome, "旧的读法不认得", numbers[account])
        else:
            number = writes.store(connection, reading, records, numbers).attempt_id
        writes.end_run(connection, run_id, moment)
    app.engine.dispose()
    return number
