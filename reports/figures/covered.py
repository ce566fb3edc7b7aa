"""Which publish days of a period the data of an account, a group or all cover: in words, and as a yes or no."""

from __future__ import annotations

from reports import wording
from reports.figures.totals import Line
from reports.periods import Period, span_words

#: So many days on end without a post may be quiet ones.
QUIET_DAYS = 7


def covered_words(line: Line) -> str:
    """``2026年7月3日—9月30日（缺2026年8月1日—8月5日）``; 无数据 where nothing was read."""
    cover = line.coverage
    if cover.first is None or cover.last is None:
        return wording.NO_DATA
    gaps = "、".join(span_words(*each) for each in cover.gaps)
    return span_words(cover.first, cover.last) + (f"（缺{gaps}）" if gaps else "")


def lacking(line: Line, period: Period) -> str:
    """Why the data of an account do not reach over the whole period; empty where they do.

    Files tell of the days on which something was published and nothing of quiet days before, after and between them:
    stretches of up to seven days, together no more than a tenth of the period, count as quiet (docs/decisions.md).
    """
    cover = line.coverage
    if cover.first is None or cover.last is None:
        return "没有数据"
    if cover.open_parts:
        return "导出达到条数上限，作品没有读全"
    first, last = period.start.date(), period.last_day
    stretches = [
        (cover.first - first).days,
        (last - cover.last).days,
        *((end - start).days + 1 for start, end in cover.gaps),
    ]
    most = max(1, ((last - first).days + 1) // 10)
    if max(stretches) > QUIET_DAYS or sum(stretches) > most:
        return f"数据只覆盖{covered_words(line)}"
    return ""
