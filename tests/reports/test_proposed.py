"""A summary says how many of its works may be one that was read twice, as it was known then."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from adapters.records import Count, Metrics, Post
from reports.centre import AccountInfo, Centre
from reports.documents.data import as_data
from reports.periods import parse_period
from reports.summary import build
from storage import database
from storage.writing import changes, writes
from storage.writing.reading import Reading
from tests.reports.county import at

CENTRE = Centre(
    name="云岭县融媒体中心",
    accounts=(AccountInfo(id="a", name="云岭发布", platform="app", platform_name="客户端"),),
    thresholds={"views": [1_000]},
)


def put(connection: Connection, told: datetime, when: datetime, views: int) -> None:
    numbers = writes.accounts_known(connection, {"a": "app"})
    reading = Reading(
        run_id=writes.start_run(connection, "import", told), account="a", source="f.xlsx", adapter="table",
        kind="file", observed_at=told, observed_from="as-of", recorded_at=told,
    )  # fmt: skip
    metrics = Metrics(views=Count(views))
    writes.store(
        connection,
        reading,
        [Post(title="春耕", published_at=when, kind="article", metrics=metrics)],
        numbers,
    )


@pytest.mark.parametrize("basis", ["published", "gained"])
def test_pairs_are_said_until_they_are_settled(tmp_path: Path, basis: str) -> None:
    engine = database.open_database(f"sqlite:///{tmp_path / 'p.db'}")
    database.prepare(engine, at(9, 1))

    def said(period: str, known_by: datetime) -> tuple[int, str]:
        with database.reading(engine) as connection:
            made = build(connection, CENTRE, parse_period(period), basis, at(10, 9), known_by)
        texts = {each.id: each.text for each in made.sentences}
        return as_data(made)["proposed_pairs"], texts.get("note.proposed", "")

    with database.writing(engine) as connection:
        put(connection, at(9, 10), at(9, 2, 10, 0), 500)
        put(connection, at(9, 11), at(9, 2, 10, 3), 90)  # it would fall: it may be another work
    number, text = said("2026Q3", at(9, 20))
    assert number == 1
    assert text == (
        "所统计的作品中有1对疑似同一篇被读成两篇，尚未认定，暂按两篇计；运行 collect match 认定后，数字可能减少。"
    )
    assert said("2026Q2", at(9, 20)) == (0, "")
    with database.writing(engine) as connection:
        (pair,) = changes.pairs(connection)
        changes.settle(connection, pair.pair_id, False, changes.Act("张三", "", at(9, 25)))
    assert said("2026Q3", at(9, 30)) == (0, "")
    assert said("2026Q3", at(9, 20)) == (number, text)  # as it was known then
    engine.dispose()
