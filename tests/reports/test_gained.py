"""The basis *gained* end to end: a fall is shown, a post first seen inside the period is left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from adapters.records import Count, Metrics, Post
from reports.centre import AccountInfo, Centre
from reports.figures.consistency import check
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.summary import build
from storage import database
from storage.writing import upkeep, writes
from storage.writing.reading import Reading
from tests.reports.county import at

CENTRE = Centre(
    name="云岭县融媒体中心",
    accounts=(AccountInfo(id="a", name="云岭发布", platform="app", platform_name="客户端"),),
    thresholds={"views": [1_000]},
)


def post(title: str, when: datetime, views: int) -> Post:
    return Post(title=title, published_at=when, kind="article", metrics=Metrics(views=Count(views)))


def gained(path: Path, files: Sequence[tuple[datetime, list[Post]]], centre: Centre) -> Summary:
    """The summary of 2026Q3 after importing ``files``."""
    engine = database.open_database(f"sqlite:///{path / 'g.db'}")
    database.prepare(engine, at(10, 8))
    with database.writing(engine) as connection:
        numbers = writes.accounts_known(connection, {"a": "app"})
        upkeep.keep_thresholds(connection, centre.thresholds, 0)
        run = writes.start_run(connection, "import", at(10, 8))
        for moment, posts in files:
            reading = Reading(
                run_id=run, account="a", source="f.xlsx", adapter="table", kind="file", observed_at=moment,
                observed_from="as-of", recorded_at=moment,
            )  # fmt: skip
            writes.store(connection, reading, posts, numbers)
    with database.reading(engine) as connection:
        made = build(connection, centre, parse_period("2026Q3"), "gained", at(10, 9), at(10, 9))
    engine.dispose()
    return made


def test_a_fall_and_an_open_beginning(tmp_path: Path) -> None:
    files = [
        (at(6, 28), [post("旧闻", at(6, 1), 1_500)]),
        (at(9, 30, 21), [post("旧闻", at(6, 1), 900), post("早年的一篇", at(5, 1), 70_000)]),
    ]
    made = gained(tmp_path, files, CENTRE)
    line = made.accounts[0]
    views = line.figures["views"]
    assert views is not None
    # 900 - 1,500; the other was published before the period and first seen in it: its gain is unknown
    assert (views.value, views.bound, views.missing) == (-600, "at_least", 1)
    said = {each.id: each.text for each in made.sentences}
    assert said["account.a.total"] == (
        "“云岭发布”客户端在2026年第三季度有观测可计增量的作品2篇，期内阅读量变化不低于-600人次（其中1篇无数据）。"
    )
    assert said["account.a.others"].endswith(
        "无数据（所用的客户端数据不显示，或期初没有可比的数值）。"
    )
    assert "account.a.best" not in said
    assert said["account.a.ends"] == (
        "“云岭发布”客户端期初值取自2026年6月28日9时的观测（早2天15小时）；"
        "期末值取自2026年9月30日21时的观测（早3小时）。"
    )


def test_more_pass_the_higher_mark_than_the_lower(tmp_path: Path) -> None:
    """One was past 1,000 before the quarter and passes 10,000 in it: between files named for two quarters' last days."""
    files = [
        (at(7, 1, 0) - timedelta(seconds=1), [post("早已过千", at(6, 1), 1_500)]),
        (at(10, 1, 0) - timedelta(seconds=1), [post("早已过千", at(6, 1), 12_000)]),
    ]
    made = gained(tmp_path, files, replace(CENTRE, thresholds={"views": [1_000, 10_000]}))
    assert check(made) == []
    assert made.total.hits["views"] == {1_000: 0, 10_000: 1}
    assert made.total.unknown_hits["views"] == {1_000: 0, 10_000: 0}
    behind = {each.id: each.trace for section in made.sections for each in section.figures}
    posts = [behind[f"hits.views.{each}.posts"] for each in (1_000, 10_000)]
    assert [each and each.posts for each in posts] == [(), (1,)]
    said = {each.id: each.text for each in made.sentences}
    assert "期前已过低的一档、期内又过高的一档的，只计入高的一档" in said["note.hits"]
