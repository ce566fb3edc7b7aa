"""Which publish days of a period the data of a line reach, in words and as a yes or no."""

from __future__ import annotations

from datetime import timedelta

from reports import wording
from reports.figures import Line
from reports.periods import Period, span_words


def covered_words(line: Line) -> str:
    """``2026年7月3日—9月30日（缺2026年8月1日—8月5日）``; 无数据 where nothing was read."""
    cover = line.coverage
    if cover.first is None or cover.last is None:
        return wording.NO_DATA
    gaps = "、".join(span_words(*each) for each in cover.gaps)
    return span_words(cover.first, cover.last) + (f"（缺{gaps}）" if gaps else "")


def lacking(line: Line, period: Period) -> str:
    """Why the data of an account do not reach over the whole period; empty where they do.

    Files tell of the days on which something was published, so nothing may be said of the quiet days at the ends:
    up to seven of them, and no more than a tenth of the period, count as covered (docs/decisions.md).
    """
    cover = line.coverage
    if cover.first is None or cover.last is None:
        return "没有数据"
    if cover.open_parts:
        return "导出达到条数上限，作品没有读全"
    if cover.gaps:
        return f"缺{'、'.join(span_words(*each) for each in cover.gaps)}的数据"
    first = period.start.date()
    quiet = timedelta(days=min(7, max(1, (period.last_day - first).days // 10)))
    if cover.first - first > quiet or period.last_day - cover.last > quiet:
        return f"数据只覆盖{span_words(cover.first, cover.last)}"
    return ""
