"""The tidy rows are the summary's own figures: added up they give its totals, account by account, on every basis."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import METRICS, Count, added
from reports.centre import Centre
from reports.inquiry import Inquiry
from reports.periods import parse_period
from reports.summary import inquire
from reports.tidy.columns import COLUMNS, TITLES, TidyColumn
from reports.tidy.rows import rows, told
from storage.observations import series_of
from storage.values import fold
from tests.conftest import LATER

#: The quarter told in full; one as of a day within; the same by what was gained; posts a week old; the year.
ASKED = [
    ("2026Q3", "published", LATER),
    ("2026Q3", "published", datetime(2026, 9, 10, 12, tzinfo=SHANGHAI)),
    ("2026Q2", "gained", LATER),
    ("2026Q3", "gained", LATER),
    ("2026Q3", "aged:7", LATER),
    ("2026", "published", LATER),
]


@pytest.fixture(params=ASKED, ids=lambda each: f"{each[0]} {each[1]} {each[2]:%m-%d}")
def inquiry(request: Any, example_county: tuple[Connection, Centre]) -> Inquiry:
    connection, centre = example_county
    period, basis, as_of = request.param
    return inquire(connection, centre, parse_period(period), basis, as_of, LATER)


def drawn(inquiry: Inquiry, table: str) -> list[dict[str, Any]]:
    names = [each.name for each in COLUMNS[table]]
    return [dict(zip(names, row, strict=True)) for row in rows(inquiry, table)]


def count(row: dict[str, Any], name: str) -> Count | None:
    """The number that the four columns of a figure say."""
    if row[name] is None:
        assert (row[f"{name}_below"], row[f"{name}_above"], row[f"{name}_bound"]) == (None,) * 3
        return None
    made = Count(row[name], row[f"{name}_below"], row[f"{name}_above"])
    assert made.bound == row[f"{name}_bound"]
    return made


def test_posts_add_up_to_the_summary(inquiry: Inquiry) -> None:
    posts = drawn(inquiry, "posts")
    total = [each for each in posts if each["in_total"]]
    assert len(total) == inquiry.total.posts > 0
    for name in METRICS:
        whole = added(count(each, name) for each in total)
        assert whole.stated(incomplete=inquiry.total.incomplete) == inquiry.total.figures[name]
    for line in inquiry.accounts:
        mine = [each for each in posts if each["account"] == line.id]
        assert len(mine) == line.posts
        assert sum(each["state"] == "deleted" for each in mine) == line.deleted
        for name in METRICS:
            whole = added(count(each, name) for each in mine)
            assert whole.stated(incomplete=line.incomplete) == line.figures[name]


def test_accounts_are_the_lines_of_the_summary(inquiry: Inquiry) -> None:
    there = {each["account"]: each for each in drawn(inquiry, "accounts")}
    assert list(there) == [each.id for each in inquiry.centre.accounts]
    for line in inquiry.accounts:
        row = there[line.id]
        assert (row["posts"], row["young"]) == (line.posts, line.young)
        for name in METRICS:
            figure, stated = count(row, name), line.figures[name]
            if stated is None:
                assert figure is None
                assert row[f"{name}_missing"] == line.posts
            else:
                assert figure is not None
                assert (figure.value, figure.low, figure.high) == (
                    stated.value,
                    stated.low,
                    stated.high,
                )
                assert row[f"{name}_missing"] == stated.missing


def test_hits_are_as_many_as_the_summary_counts(inquiry: Inquiry) -> None:
    hits = drawn(inquiry, "hits")
    assert hits
    for line in inquiry.accounts:
        for metric, marks in line.hits.items():
            for threshold, number in marks.items():
                mine = [
                    each
                    for each in hits
                    if (each["account"], each["metric"], each["threshold"])
                    == (line.id, metric, threshold)
                ]
                assert len(mine) == number, (line.id, metric, threshold)
    assert all(each["before_at"] <= each["after_at"] for each in hits)


def test_the_last_of_a_posts_observations_is_its_value(
    example_county: tuple[Connection, Centre],
) -> None:
    connection, centre = example_county
    inquiry = inquire(connection, centre, parse_period("2026Q3"), "published", LATER, LATER)
    series: dict[str, list[dict[str, Any]]] = {}
    for each in drawn(inquiry, "observations"):
        series.setdefault(each["post_id"], []).append(each)
    posts = drawn(inquiry, "posts")
    assert series.keys() == {each["post_id"] for each in posts}
    for post in posts:
        there = series[post["post_id"]]
        assert there == sorted(there, key=lambda each: each["observed_at"])
        folded: Any = tuple(None for _ in METRICS)
        for each in there:
            folded = fold(folded, tuple(count(each, name) for name in METRICS))
        assert folded == tuple(count(post, name) for name in METRICS)
        last = there[-1]
        assert post["seen_at"] == last["observed_at"]
        place = ("file", "sheet", "row", "attempt_id", "capture")
        assert [post[name] for name in place] == [last[name] for name in place]


def test_observations_are_those_that_stand(example_county: tuple[Connection, Centre]) -> None:
    """Of every post as the fold takes them: neither withdrawn ones nor those after as-of."""
    connection, centre = example_county
    as_of = datetime(2026, 9, 10, tzinfo=SHANGHAI)
    inquiry = inquire(connection, centre, parse_period("2026Q3"), "published", as_of, LATER)
    told = [
        (each["post_id"], each["observed_at"], each["attempt_id"], each["row"])
        for each in drawn(inquiry, "observations")
    ]
    until = inquiry.view.question.as_of
    wanted = [
        (str(number), each.observed_at, str(each.attempt_id), each.row)
        for number, there in series_of(
            connection, inquiry.view.numbers(by="post_id"), inquiry.known, until
        )
        for each in there
        if not each.withdrawn and each.observed_at <= until
    ]
    assert sorted(told) == sorted(wanted)
    assert told


def test_every_row_fits_its_columns(inquiry: Inquiry) -> None:
    kinds: dict[str, Any] = {
        "text": str, "word": str, "day": str, "count": int, "moment": int, "flag": bool
    }  # fmt: skip
    for table, columns in COLUMNS.items():
        assert TITLES[table]
        assert len({each.name for each in columns}) == len(columns)
        assert all(each.words and not each.words.endswith("。") for each in columns)
        for row in rows(inquiry, table):
            for column, value in zip(columns, row, strict=True):
                assert value is None or type(value) is kinds[column.type], (table, column.name)


def test_a_moment_is_told_with_its_zone() -> None:
    at = TidyColumn("at", "moment", "")
    assert told(at, int(LATER.timestamp())) == "2026-12-01T09:00:00+08:00"
    assert told(at, None) is None
    assert LATER.utcoffset() == timedelta(hours=8)
