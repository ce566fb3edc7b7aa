"""A summary's parts agree, on every basis, of several periods and moments; one that was tampered with is found out."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Connection

from adapters.records import Count
from reports.centre import BaselineInfo, Centre, RankInfo, TopicInfo
from reports.documents.data import as_data
from reports.figures.consistency import check, checked
from reports.figures.totals import Best, Line, Summary
from reports.periods import parse_period
from reports.summary import build
from tests.reports import county, outreach
from tests.reports.office import CENTRE, STAFF, office, on
from tests.reports.traces import untrue

ROOT = Path(__file__).resolve().parents[2]
WHOLE = replace(
    CENTRE,
    staff=STAFF,
    ranks=(RankInfo(name="榜", accounts=("fabu", "linxian"), index="views"),),
    topics=(TopicInfo(name="云岭", keywords=("云岭", "稻")),),
    baselines=(BaselineInfo(period="2025Q3", of="total", figures={"posts": 1}),),
)
PERIODS = ("2026Q3", "2026", "2026-W27", "2026-07-03..2026-07-20T12", "2024Q1")
BASES = ("published", "gained", "aged:7", "aged:90")
MOMENTS = (on(2026, 10, 9), on(2026, 7, 11))


@pytest.fixture(scope="module")
def places(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[str, tuple[Connection, Centre]]]:
    folder = tmp_path_factory.mktemp("consistency")
    with (
        office(folder) as one,
        outreach.outreach(folder) as two,
        county.county(folder) as three,
    ):
        yield {
            "office": (one, WHOLE),
            "outreach": (two, outreach.CENTRE),
            "county": (three, county.CENTRE),
        }


@pytest.fixture(scope="module")
def built(places: Mapping[str, tuple[Connection, Centre]]) -> Callable[..., Summary]:
    """(place, basis, moment, period) → its summary, built once for all that is asked of it."""

    @cache
    def summary(place: str, basis: str, moment: datetime, period: str = "2026Q3") -> Summary:
        connection, centre = places[place]
        return build(connection, centre, parse_period(period), basis, moment, moment)

    return summary


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("place", ["office", "outreach", "county"])
def test_every_figure_is_what_is_behind_it(
    places: Mapping[str, tuple[Connection, Centre]],
    built: Callable[..., Summary],
    place: str,
    basis: str,
) -> None:
    for moment in MOMENTS:
        assert untrue(places[place][0], built(place, basis, moment)) == []


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("place", ["office", "outreach", "county"])
def test_no_summary_contradicts_itself(
    built: Callable[..., Summary], place: str, basis: str
) -> None:
    for period in PERIODS:
        for moment in MOMENTS:
            assert check(built(place, basis, moment, period)) == [], (period, moment)


@pytest.fixture
def made(built: Callable[..., Summary]) -> Summary:
    summary: Summary = built("office", "published", on(2026, 10, 9))
    return summary


def figure(value: int) -> Count:
    return Count(value)


def with_line(summary: Summary, key: str, **changes: Any) -> Summary:
    def changed(line: Line) -> Line:
        return replace(line, **changes) if line.id == key else line

    return replace(
        summary,
        total=changed(summary.total),
        groups=tuple(map(changed, summary.groups)),
        accounts=tuple(map(changed, summary.accounts)),
    )


def _real_report(summary: Summary) -> Summary:
    """A real report: 360万 views of one account, 54 posts above 10W+ of which 9 above 100W+: at least 1350万."""
    line = next(each for each in summary.accounts if each.id == "fabu")
    figures = {**line.figures, "views": figure(3_600_000)}
    hits = {"views": {100_000: 54, 1_000_000: 9}}
    return with_line(summary, "fabu", figures=figures, hits=hits, kinds={"article": 4}, best=None)


def _worth(best: Best | None, views: Count) -> Best:
    """The same post with other views."""
    assert best is not None
    return Best(replace(best.post, amounts={"views": views}), "views")


def _data(name: str, change: Callable[[Any], Any]) -> Callable[[Summary], Summary]:
    def tampered(summary: Summary) -> Summary:
        return replace(summary, data={**summary.data, name: change(summary.data[name])})

    return tampered


TAMPERED: Mapping[str, tuple[Callable[[Summary], Summary], str]] = {
    "hits above the total": (_real_report, "“云岭发布”的爆款合计至少13500000，阅读/播放量合计只有3600000"),
    "more above 100万+ than above 10万+": (
        lambda s: with_line(s, "douyin", hits={"views": {100_000: 1, 1_000_000: 2}}),
        "“看云岭”“100万+”2多于“10万+”1",
    ),
    "a total that is no sum": (
        lambda s: with_line(s, "total", posts=14, kinds={"article": 14}),
        "“云岭县融媒体中心”posts为14，各账号之和为13",
    ),
    "a group that is no sum": (
        lambda s: with_line(
            s, "公众号", figures={**s.groups[0].figures, "readers": figure(1)}
        ),
        "“公众号”阅读人数合计1，各账号之和3600",
    ),
    "kinds": (lambda s: with_line(s, "app", kinds={"article": 4}), "“云岭云”各体裁合计4，作品数5"),
    "a best post above the total": (
        lambda s: with_line(
            s, "fabu", best=_worth(s.accounts[0].best, figure(9_201))
        ),
        "“云岭发布”单篇最高9201大于合计9200",
    ),
    "placements": (
        _data("placements", lambda p: {**p, "levels": {"省": 2}}), "外宣按级别合计2，总篇数3",
    ),
    "topics": (
        _data("topics", lambda p: [{**p[0], "posts": 99}]), "专题“云岭”共99，各平台之和5",
    ),
    "staff": (_data("staff", lambda p: p[:-1]), "各人作品合计4，作品数13"),
    "comparisons": (
        _data("comparisons", lambda p: [
            {**each, "change": {"value": 7, "bound": "exact"}} if each["comparable"] else each
            for each in p
        ]),
        "fabu的posts环比：4减2不是7",
    ),
    "a session above all of them": (
        _data("live", lambda _: {"best": {"views": {"value": 8}}, "views": {"value": 7, "bound": "exact"}}),
        "直播单场最高大于各场合计",
    ),
    "ranks": (
        _data("ranks", lambda p: [
            {**p[0], "accounts": [{**each, "value": 5} for each in p[0]["accounts"]]}
        ]),
        "排名“榜”里“云岭发布”为5，正文为9200",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TAMPERED)
def test_a_contradiction_is_found_and_said(
    made: Summary, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    tamper, said = TAMPERED[case]
    tampered = tamper(made)
    assert said in check(tampered)
    with caplog.at_level(logging.ERROR):
        (sentence,) = (each for each in checked(tampered).sentences if each.id == "note.check")
    assert sentence.text.startswith("自检未通过，请勿直接使用：")
    assert said in caplog.text


def test_a_summary_that_agrees_says_nothing_of_it(made: Summary) -> None:
    assert checked(made) is made
    assert "note.check" not in {each.id for each in made.sentences}


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("place", ["office", "outreach"])
def test_json_is_what_its_schema_says(
    built: Callable[..., Summary], place: str, basis: str
) -> None:
    schema = json.loads((ROOT / "docs" / "summary.schema.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema)
    for moment in MOMENTS:
        validator.validate(json.loads(json.dumps(as_data(built(place, basis, moment)))))
