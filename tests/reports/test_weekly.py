"""The weekly value: every figure is the one typed in tests/reports/week.py, or what follows from it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import Count
from reports.periods import parse_period
from reports.section import Cell, Link, Section, Table
from reports.weekly import Weekly, build
from reports.weekly.weeks import after, before, newest_complete, parse_week, week_from
from storage import database
from tests.reports import week
from tests.reports.week import CENTRE, NOW, at

W38 = parse_period("2026-W38")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    engine = database.open_database(f"sqlite:///{tmp_path_factory.mktemp('week') / 'w.db'}")
    database.prepare(engine, at(1))
    with database.writing(engine) as connection:
        week.fill(connection)
    with database.reading(engine) as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def value(told: Connection) -> Weekly:
    return build(
        told, CENTRE, W38, as_of=NOW, known_by=NOW,
        missed=("采集：9月16日02:00没有按时运行（程序没有开），9月16日08:10补做",),
        unsent=("2026年第36周", "2026年第37周"),
    )  # fmt: skip


def section(value: Weekly, name: str) -> Section:
    return next(each for each in value.summary.sections if each.id == name)


def texts(value: Weekly, name: str) -> list[str]:
    return [each.text for each in section(value, name).sentences]


def table(value: Weekly, name: str) -> Table:
    return next(t for s in value.summary.sections for t in s.tables if t.id == name)


def plain(cell: Cell) -> object:
    if isinstance(cell, Count):
        return f"{cell.value}+" if cell.bound == "at_least" else cell.value
    return cell.text[:20] if isinstance(cell, Link) else cell


def test_the_total_and_its_change(value: Weekly) -> None:
    assert texts(value, "week.total") == [
        "共发布作品9篇，阅读播放量超22.6万人次（其中3篇无数据）。",
        "两周数据都完整的1个账号，阅读播放量合计约12.3万人次，比前一周同期增加约12万人次。",
    ]
    assert value.subject == "云岭县融媒体中心周报 2026年第38周（9月14日—20日）：阅读播放超22.6万"


def test_each_account(value: Weekly) -> None:
    """Name, posts, views in words, change; then views, views before, readers, readers before."""
    found = [tuple(map(plain, (*row[:4], *row[5:9]))) for row in table(value, "week.accounts").rows]
    assert found == [
        ("云岭发布", 3, "约12.3万", "+120040", 123_040, 3_000, 92_030, 2_300),
        ("云岭党建", 1, "700人", "+200", None, None, 700, 500),
        ("云岭融媒", 3, "超10.2万", "—", "102500+", 30_000, None, None),
        ("云岭微博", 1, "—", "—", None, None, None, None),
        ("云岭头条", 0, "—", "—", None, None, None, None),
        ("云岭快手", 1, "900", "—", 900, None, None, None),
        ("云岭新闻网", None, "—", "—", None, None, None, None),
    ]


def test_hits_by_the_time_they_were_found(value: Weekly) -> None:
    assert texts(value, "week.hits") == [
        (
            "这一周发现爆款1个；这一周结束后到2026年9月21日12时45分又发现1个，计入下一周"
            "（门槛：阅读播放量10万+、100万+）。"
        )
    ]
    (found,), (since,) = table(value, "week.hits").rows, table(value, "week.hits.since").rows
    assert tuple(map(plain, found[:3])) == ("云岭秋收", "云岭发布", "阅读量12万人次（“10万+”）")
    assert tuple(map(plain, since[:3])) == (
        "夜市烟火",
        "云岭融媒",
        "阅读量10万人次及以上（“10万+”）",
    )


def test_the_most_read(value: Weekly) -> None:
    rows = [tuple(map(plain, row[:4])) for row in table(value, "week.tops.views").rows]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("云岭秋收", "12万", 120_000),
        ("夜市烟火", "10万及以上", "100000+"),
        ("便民通知", "3000", 3_000),
        (week.HOSTILE[:20], "2500", 2_500),
        ("田间地头", "900", 900),
        ("周日小记", "40", 40),
    ]
    (readers,) = table(value, "week.tops.readers").rows
    assert tuple(map(plain, readers[:4])) == ("学习二", "云岭党建", "700人", 700)
    assert texts(value, "week.tops") == ["最高的是“云岭发布”的“云岭秋收”，阅读量12万人次。"]


def test_followers(value: Weekly) -> None:
    rows = [tuple(map(plain, row[:4])) for row in table(value, "week.followers").rows]
    assert rows == [
        ("云岭发布", "约5万", "+350", 50_350),
        ("云岭融媒", "13.8万（9月2日）", "—", 138_000),
    ]


def test_silent_where_somebody_looked(value: Weekly) -> None:
    """云岭快手 has no file after the 17th, 云岭新闻网 was never read: neither is called silent."""
    assert texts(value, "week.silent") == ["1个账号到这一周结束已有两周没有更新：“云岭头条”。"]
    assert table(value, "week.silent").rows == (
        ("云岭头条", "2026年8月30日", "21天", "2026年9月21日10时"),
    )


def test_what_is_wrong_with_the_data(value: Weekly) -> None:
    said = texts(value, "week.health") + texts(value, "week.todo")
    assert [each.split("，", maxsplit=1)[0] for each in said] == [
        "此前2026年第36周、2026年第37周的周报没有发出（程序没有运行",
        "云岭新闻网的列表页 https://www.example.cn/list：被拦截",
        "采集：9月16日02:00没有按时运行（程序没有开）",
        "还没有读到过数据的账号：“云岭新闻网”。",
        "没有数据到这一周结束的账号",
        "微信公众号前一天的数字要到次日12时才统计全",
    ]
    assert "9月15日07:00起" in said[1]
    assert week.PROBLEM in said[1]
    assert "“云岭快手”只到2026年9月17日18时。" in said[4]
    assert "“云岭发布”、“云岭党建”9月20日的数字是暂时的" in said[5]


def test_after_noon_nothing_is_provisional(told: Connection) -> None:
    centre = replace(CENTRE, accounts=CENTRE.accounts[2:4])
    late = build(told, centre, W38, as_of=NOW, known_by=NOW)
    assert not {"week.health", "week.todo"} & {each.id for each in late.summary.sections}


def test_the_same_arguments_give_the_same_value(told: Connection, value: Weekly) -> None:
    again = build(told, CENTRE, W38, as_of=NOW, known_by=NOW)
    once_more = build(told, CENTRE, W38, as_of=NOW, known_by=NOW)
    assert again == once_more
    assert again.summary.accounts == value.summary.accounts


def test_a_week_without_data_says_so(told: Connection) -> None:
    empty = build(told, CENTRE, parse_period("2026-W30"), as_of=at(27, month=7), known_by=NOW)
    assert empty.subject == "云岭县融媒体中心周报 2026年第30周（7月20日—26日）：没有数据"
    assert "没有数据不等于没有发布" in texts(empty, "week.total")[0]
    assert {row[2] for row in table(empty, "week.accounts").rows} == {"—"}
    assert not any(section.charts for section in empty.summary.sections)


MOMENTS = (
    ("monday", datetime(2026, 9, 21, 0, 0, tzinfo=SHANGHAI), "2026-W38"),
    ("monday", datetime(2026, 9, 20, 23, 59, tzinfo=SHANGHAI), "2026-W37"),
    ("monday", datetime(2026, 9, 27, 12, 0, tzinfo=SHANGHAI), "2026-W38"),
    ("monday", datetime(2027, 1, 4, 12, 45, tzinfo=SHANGHAI), "2026-W53"),
    ("sunday", datetime(2026, 9, 21, 12, 45, tzinfo=SHANGHAI), "2026-09-13..2026-09-19"),
    ("sunday", datetime(2026, 9, 19, 23, 59, tzinfo=SHANGHAI), "2026-09-06..2026-09-12"),
)


@pytest.mark.parametrize(("starts", "moment", "name"), MOMENTS)
def test_the_newest_complete_week(starts: str, moment: datetime, name: str) -> None:
    found = newest_complete(moment, starts)  # type: ignore[arg-type]
    assert found.name == name
    assert parse_period(found.name) == found
    assert after(before(found)) == found


def test_weeks_as_people_name_them() -> None:
    assert parse_week("2026-w38", "monday") == W38
    assert parse_week("2026-09-16", "monday") == W38
    assert parse_week("2026-09-20", "sunday") == week_from(date(2026, 9, 20))
    for wrong in ("2026-09", "2026-09-15..2026-09-21", "本周"):
        with pytest.raises(ValueError, match=r"周|时间段"):
            parse_week(wrong, "monday")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Connection]:
    engine = database.open_database(f"sqlite:///{tmp_path / 'w.db'}")
    database.prepare(engine, at(1))
    with database.writing(engine) as connection:
        yield connection
    engine.dispose()


def test_a_hit_is_dated_by_its_crossing_not_by_its_file(empty: Connection) -> None:
    """A file of the 13th and one of the 17th of September, both put in on the 29th: the post passed 10万 in week 38."""
    week.late(empty, [(at(13), 90_000), (at(17, 9), 120_000)], recorded=at(29))

    def said(name: str, as_of: datetime) -> list[str]:
        period = parse_period(name)
        return texts(build(empty, CENTRE, period, as_of=as_of, known_by=as_of), "week.hits")

    marks = "（门槛：阅读播放量10万+、100万+）。"
    none = [f"这一周没有发现新的爆款{marks}"]
    october = at(5, 12, month=10)
    assert said("2026-W38", NOW) == none  # nothing was known of it then
    assert said("2026-W38", october) == [f"这一周发现爆款1个，都是以前发布的{marks}"]
    assert said("2026-W39", october) == none
    assert said("2026-W40", october) == [f"补录1个，首次看到过线是在2026年9月17日{marks}"]
    value = build(empty, CENTRE, parse_period("2026-W40"), as_of=october, known_by=october)
    (row,) = table(value, "week.hits.late").rows
    assert plain(row[0]) == "山洪预警" and row[4] == "2026年9月17日9时"


def test_what_was_found_after_the_week_is_not_under_a_sentence_that_nothing_was(
    empty: Connection,
) -> None:
    week.late(empty, [(at(21, 9), 120_000)], recorded=at(21, 9))
    value = build(empty, CENTRE, W38, as_of=NOW, known_by=NOW)
    assert texts(value, "week.hits") == [
        "这一周结束后到2026年9月21日12时45分发现1个，计入下一周（门槛：阅读播放量10万+、100万+）。"
    ]
