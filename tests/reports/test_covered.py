"""When the data of an account reach over a whole period: cases by hand, of 2026Q3 (92 days) and of September."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from adapters.moments import SHANGHAI
from reports.figures.totals import Coverage, Line, covered_words, lacking
from reports.periods import parse_period

NOTHING = Coverage(first=None, last=None, gaps=())
LINE = Line(
    id="a", name="甲", platform="app", platform_name="客户端", group=None, members=("a",), posts=1, kinds={}, deleted=0,
    young=0, unobserved=0, figures={}, best=None, hits={}, unknown_hits={}, coverage=NOTHING,
)  # fmt: skip


def day(month: int, number: int) -> date:
    return date(2026, month, number)


@pytest.mark.parametrize(
    ("period", "first", "last", "gaps", "why"),
    [
        ("2026Q3", day(7, 1), day(9, 30), (), ""),
        ("2026Q3", day(7, 5), day(9, 26), (), ""),  # 4 + 4 quiet days
        ("2026Q3", day(7, 6), day(9, 25), (), "数据只覆盖2026年7月6日—9月25日"),  # 10 of 92 are too many
        ("2026Q3", day(7, 9), day(9, 30), (), "数据只覆盖2026年7月9日—9月30日"),  # 8 on end
        ("2026Q3", day(7, 1), day(9, 30), ((day(7, 30), day(8, 2)),), ""),
        ("2026Q3", day(7, 3), day(9, 29), ((day(7, 30), day(8, 2)), (day(8, 30), day(9, 1))),
         "数据只覆盖2026年7月3日—9月29日（缺2026年7月30日—8月2日、2026年8月30日—9月1日）"),  # 2 + 1 + 4 + 3
        ("2026-09", day(9, 3), day(9, 29), (), ""),
        ("2026-09", day(9, 3), day(9, 28), (), "数据只覆盖2026年9月3日—9月28日"),
        ("2026-W38", day(9, 15), day(9, 20), (), ""),
        ("2026-W38", day(9, 15), day(9, 19), (), "数据只覆盖2026年9月15日—9月19日"),
    ],
)  # fmt: skip
def test_quiet_days_are_no_missing_days(
    period: str, first: date, last: date, gaps: tuple[tuple[date, date], ...], why: str
) -> None:
    line = replace(LINE, coverage=Coverage(first=first, last=last, gaps=gaps))
    assert lacking(line, parse_period(period)) == why


def test_nothing_and_an_open_part() -> None:
    period = parse_period("2026Q3")
    assert (lacking(LINE, period), covered_words(LINE)) == ("没有数据", "无数据")
    edge = datetime(2026, 8, 1, tzinfo=SHANGHAI)
    cut = Coverage(first=day(8, 1), last=day(9, 30), gaps=(), open_parts=(edge,))
    assert lacking(replace(LINE, coverage=cut), period) == "导出达到条数上限，作品没有读全"
