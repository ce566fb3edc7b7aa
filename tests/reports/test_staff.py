"""Staff figures of the county of office.py, worked out by hand: two co-authors share 0.6 to 0.4, more share alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Connection

from adapters.records import Count
from reports.centre import StaffInfo
from reports.figures.staffing import Work, _parts
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.summary import build
from tests.reports.office import CENTRE, STAFF, office, on

NOW = on(2026, 10, 9)
THIRD = 0.333333


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with office(tmp_path_factory.mktemp("office")) as there:
        yield there


def made(
    connection: Connection,
    basis: str = "published",
    as_of: datetime = NOW,
    known_by: datetime = NOW,
    staff: StaffInfo | None = STAFF,
) -> Summary:
    centre = replace(CENTRE, staff=staff)
    return build(connection, centre, parse_period("2026Q3"), basis, as_of, known_by)


def rows(summary: Summary) -> dict[tuple[str | None, str | None], tuple[Any, ...]]:
    (section,) = (each for each in summary.sections if each.id == "staff")
    names = ("bylines", "posts", "picks", "placements", "points", "score")
    found = {}
    for each in section.data["staff"]:
        views = each["views"] and (each["views"]["value"], each["views"]["bound"])
        figures = tuple(each[name] for name in names)
        found[each["author"], each["month"]] = (views, *figures, each["score_bound"])
    return found


def test_staff_on_published(connection: Connection) -> None:
    assert rows(made(connection)) == {
        # 稻田 20,000 alone; of 桥 0.6: 6,001 of 10,001, picked; of the piece at 省 0.6 of 5 points
        # 1.6 × 1 + 0.6 × 5 + 2.6001 × 2 + 3
        ("田小禾", "2026-07"): ((26_001, "exact"), 2, 1.6, 0.6, 0.6, 3, 12.8002, "exact"),
        ("龙大川", "2026-07"): ((4_000, "exact"), 1, 0.4, 0.4, 0.4, 2, 5.2, "exact"),
        # 学堂: 1,000 by three: 334 + 333 + 333
        ("龙大川", "2026-08"): ((334, "exact"), 1, THIRD, 0, 0, 0, 0.400133, "exact"),
        ("覃若云", "2026-08"): ((333, "exact"), 1, THIRD, 0, 0, 0, 0.399933, "exact"),
        ("冉一鸣", "2026-08"): ((333, "exact"), 1, THIRD, 0, 0, 0, 0.399933, "exact"),
        ("龙大川", "2026-09"): (None, 1, 1, 0, 0, 0, 1, "at_least"),
        # fabu 4, dangjian 2, douyin 2, app 1 name nobody: 9,200 + 105,000 or more + 500; a piece of 2 points
        (None, None): ((114_700, "at_least"), 9, 9, 0, 1, 2, 9 + 22.94 + 2, "at_least"),
    }


@pytest.mark.parametrize(
    ("basis", "as_of", "known_by", "views", "score", "bound"),
    [
        ("published", NOW, on(2026, 10, 8), (26_001, "exact"), 9.8002, "exact"),  # not yet picked
        ("aged:7", NOW, NOW, None, 1.6 + 3 + 3, "at_least"),  # none was looked at a week old
        ("gained", NOW, NOW, None, 1.6 + 3 + 3, "at_least"),  # first seen after the quarter
    ],
)
def test_other_bases_and_moments(
    connection: Connection,
    basis: str,
    as_of: datetime,
    known_by: datetime,
    views: tuple[int, str] | None,
    score: float,
    bound: str,
) -> None:
    row = rows(made(connection, basis, as_of, known_by))["田小禾", "2026-07"]
    assert (row[0], row[-2], row[-1]) == (views, pytest.approx(score), bound)


def test_parts_add_up_to_the_whole(connection: Connection) -> None:
    found = rows(made(connection)).values()
    assert sum(each[0][0] for each in found if each[0]) == 31_501 + 9_200 + 105_000
    assert sum(each[2] for each in found) == pytest.approx(13, abs=1e-5)  # all posts of ours
    assert sum(each[5] for each in found) == 5 + 2


@pytest.mark.parametrize("whole", [0, 1, 2, 10_001, 99_999])
def test_views_are_shared_in_whole_numbers_that_add_up(whole: int) -> None:
    thirds = [Fraction(1, 3)] * 3
    assert sum(_parts(whole, thirds)) == whole
    assert max(_parts(whole, thirds)) - min(_parts(whole, thirds)) <= 1


def test_an_empty_work_scores_nothing() -> None:
    assert Work().score(STAFF) == 0
    assert Work().figure is None


def test_what_is_said_of_staff(connection: Connection) -> None:
    text = {each.id: each.text for each in made(connection).sentences}
    assert text["staff.total"] == (
        "2026年第三季度有署名的作品和外宣稿件涉及4人；另有9个作品、1件外宣没有署名，未计入个人。"
    )
    assert text["staff.method"] == (
        "计分办法由本单位设定：每个作品1、每个优稿5、每万次阅读2、外宣得分乘以1；合作稿按署名顺序分摊（2人合作按60%、40%，其余平均）；"
        "外宣同一稿件就高不就低，按最高级别计一次。作者取自作品的作者一栏，编辑、校对、审核不计。"
    )
    assert text["staff.unsure"] == (
        "有的作品没有阅读/播放次数或只知下限，1个人的阅读量和总分是下限（标“至少”）。"
    )


def test_the_table_of_staff(connection: Connection) -> None:
    (section,) = (each for each in made(connection).sections if each.id == "staff")
    shown = {row[0]: row[1:] for row in section.tables[0].rows}
    tian, long = shown["田小禾"], shown["龙大川"]
    assert tian[:3] == (2, 1.6, 0.6)
    assert tian[4:] == pytest.approx((0.6, 3, 12.8002), abs=1e-4)
    assert (*long[:1], *long[2:3], *long[4:]) == (3, 0.4, 0.4, 2.0, "至少6.6")
    assert long[1] == pytest.approx(1.7333, abs=1e-4)
    assert (tian[3], long[3]) == (Count(26_001), Count(4_334, missing=1))


def test_where_nothing_was_read_nothing_is_said_to_be_unsigned(connection: Connection) -> None:
    text = {each.id: each.text for each in made(connection, as_of=on(2026, 7, 1)).sentences}
    assert text["staff.total"] == "2026年第三季度没有读到署名的作品和外宣稿件，人员工作量无数据。"


def test_a_score_that_is_a_bound_is_traced_as_one(connection: Connection) -> None:
    (section,) = (each for each in made(connection).sections if each.id == "staff")
    traced = {each.id: (each.value, each.least) for each in section.figures}
    assert traced["staff.田小禾.score"] == (12.8002, False)
    # of 夜校 nobody shows the views: 5.2 + 0.4001333… + 1, cut
    assert traced["staff.龙大川.score"] == (6.6001, True)


def test_staff_is_shown_only_where_config_says_so(connection: Connection) -> None:
    summary = made(connection, staff=None)
    assert "staff" not in {each.id for each in summary.sections}
    assert "田小禾" not in "".join(each.text for each in summary.sentences)
