"""One row of an answer of WeChat's data API: its day and its counts (docs/platforms.md §2.6)."""

from __future__ import annotations

from datetime import date
from typing import Any

from adapters.answers.json import at, changed, figure
from adapters.contract import Page
from adapters.moments import SHANGHAI
from adapters.records import Count
from adapters.tables.dates import end_of_day


def day_of(row: Any, name: str, page: Page, *, until_now: bool = False) -> date:
    """A day that was asked for (a stat_date may be later), and that was over when the answer came."""
    target, asked = page.request.url, page.request.body or {}
    text = at(row, name, kind=str, target=target)
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise changed(f"{name} 不是日期：“{text}”", target) from problem
    last = (
        page.fetched_at.astimezone(SHANGHAI).date().isoformat()
        if until_now
        else asked.get("end_date", "")
    )
    if (
        not str(asked.get("begin_date", "")) <= text <= str(last)
        or end_of_day(day) > page.fetched_at
    ):
        raise changed(f"{name} 是 {text}，不在要取的日期之内", target)
    return day


def count_of(tree: Any, name: str, *, target: str) -> Count:
    found = figure(tree, name, target=target)
    if found is None or found.bound != "exact":
        raise changed(f"回答里的“{name}”没有数字", target)
    return found
