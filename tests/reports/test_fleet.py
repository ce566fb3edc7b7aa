"""Many centres together: what is added up is what the centres say themselves, what is missing is named and never 0."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.records import Count, about, at_least
from reports.centre import RankInfo
from reports.documents import markdown, web, word, workbook
from reports.documents.data import as_data
from reports.figures.totals import Summary
from reports.fleet import data
from reports.fleet.hits import hits
from reports.fleet.paper import paper
from reports.fleet.province import Province, build
from reports.fleet.states import lags, silences
from reports.fleet.told import Centre, Told
from reports.periods import parse_period
from reports.statement import Statement
from tests.reports.county import at
from tests.reports.small import account, summary, work

NOW, PERIOD = at(10, 9), parse_period("2026Q3")
GONGZHONG, DOUYIN = account("gz", "甲发布", "wechat_mp", "公众号"), account("dy", "看甲", "douyin")
RANK = RankInfo(name="公众号", accounts=("gz",), index="wci-14.2a")
#: What the three centres published: A's article is read by people only, of B's one work is capped and one rounded.
WORKS: Mapping[str, Mapping[str, Any]] = {
    "a": {
        "accounts": [GONGZHONG, DOUYIN],
        "works": {"gz": [work("读者", kind="article", readers=700)], "dy": [work("大片", views=1_200_000, likes=9)]},
    },
    "b": {
        "accounts": [GONGZHONG],
        "works": {"gz": [
            work("封顶", kind="article", views=at_least(100_001), looks=3, likes=4),
            work("约数", (8, 2), "article", views=about(12_000, 1_000, cut=True)),
        ]},
        "thresholds": {"views": [50_000, 100_000]},
        "ranks": [RANK],
    },
    "c": {"accounts": [GONGZHONG], "works": {}},
}  # fmt: skip
BASES = ("published", "gained", "aged:7")


@pytest.fixture(scope="module", params=BASES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Summary]:  # fmt: skip
    return {
        key: summary(tmp_path_factory.mktemp(key), each["accounts"], each["works"], basis=request.param,
                     **{name: each[name] for name in ("thresholds", "ranks") if name in each})
        for key, each in WORKS.items()
    }  # fmt: skip


def _told(key: str, summary: Summary | None, **more: Any) -> Told:
    found = None if summary is None else json.loads(json.dumps(as_data(summary)))
    city = {"a": "东市", "b": "西市"}.get(key, "")
    known = {"program": "1", **more}
    return Told(centre=Centre(key=key, name=f"{key}县融媒体中心", city=city), data=found, **known)


def _province(made: Mapping[str, Summary], **more: Any) -> Province:
    told = [_told(key, each) for key, each in made.items()]
    told.append(_told("d", None, why="数据库连不上", last_at=at(8, 2)))
    basis = str(next(iter(made.values())).basis)
    return replace(build("云山省", told, PERIOD, basis, NOW, "1"), **more)


def _count(each: Statement) -> Count | None:
    return each.count


def test_every_part_is_what_its_centre_says_under_these_ids(made: Mapping[str, Summary]) -> None:
    province = _province(made)
    found = {key: {s.id: s for s in each.figures} for key, each in made.items()}
    for whole in province.sums.values():
        for part in whole.parts:
            there = [_count(found[part.told.centre.key][id_]) for id_ in part.ids]
            shown = [each for each in there if each is not None]
            if part.count is None:
                assert not shown, whole.id
            else:
                assert part.count.low == sum(each.low for each in shown), whole.id
                tops = [each.high for each in there if each is not None]
                open_ = None in tops or (len(shown) < len(there) and part.count.missing > 0)
                high = None if open_ else sum(each for each in tops if each is not None)
                if whole.kind.threshold:  # its paper speaks of those past the line below alone
                    assert part.count.high in (None, high), whole.id
                else:
                    assert part.count.high == high, whole.id
        if whole.count is not None:
            lows = [part.count.low for part in whole.parts if part.count is not None]
            assert whole.count.low == sum(lows)


@pytest.mark.parametrize("made", ["published"], indirect=True)
def test_the_sums_are_those_of_the_works(made: Mapping[str, Summary]) -> None:
    total = {each.kind.key: each for each in _province(made).total}
    assert total["posts"].count == Count(4)
    views = total["views"].count
    assert views == Count(1_200_000 + 100_001 + 12_000, 0, None, missing=1)
    assert (total["views"].shown, total["views"].asked) == (2, 2)
    assert total["views.plays"].count == Count(1_200_000)
    reads = total["views.reads"].count
    assert reads == Count(112_001, 0, None, missing=1)
    assert total["readers"].count == Count(700, 0, None, missing=3)
    assert total["hits.views.50000"].count == Count(1)
    assert [part.told.centre.key for part in total["hits.views.50000"].parts] == ["b"]
    assert total["hits.views.1000000"].count == at_least(
        1
    )  # A's article may have been read as often
    assert total["placements"].count is None
    assert total["followers"].count is None


def test_who_has_nothing_is_named_and_adds_nothing(made: Mapping[str, Summary]) -> None:
    province = _province(made)
    silent = {each.centre.key: each.why for each in province.silent}
    assert silent["c"] == "没有读到本期的数据"
    assert silent["d"] == "数据库连不上"
    assert not any(
        part.told.centre.key in silent for each in province.sums.values() for part in each.parts
    )
    text = markdown.text(paper(province))
    for each in province.silent:
        assert f"{each.centre.name}（{each.why}）" in text
    assert ("d县融媒体中心", "2026年8月2日（最近一次存入数据）之后") in {
        (each.centre.name, each.since) for each in silences(province)
    }


@pytest.mark.parametrize("made", ["published"], indirect=True)
def test_the_paper_says_what_is_true(made: Mapping[str, Summary]) -> None:
    text = markdown.text(paper(_province(made)))
    assert "2个中心（共4个，2个没有数据，未计入）共发稿4条（篇），总阅读播放量超131万人次" in text
    assert "其中阅读量超11.2万人次、播放量120万人次" in text
    assert "“50000+”" not in text
    assert "“5万+”作品（1个中心设有这条线）1条（篇）" in text
    assert "阅读/播放量5万+只统计设有这条线的中心，不含a县融媒体中心" in text
    assert "a县融媒体中心“看甲”抖音号《大片》播放量120万人次" in text


@pytest.mark.parametrize("made", ["published"], indirect=True)
def test_hits_of_all_lead_to_their_post(made: Mapping[str, Summary]) -> None:
    found = hits(_province(made))
    told = {(e.told.centre.key, e.title): (e.figure, e.threshold, e.walk) for e in found}
    assert told["a", "大片"][:2] == (Count(1_200_000), 1_000_000)
    assert told["b", "封顶"][:2] == (at_least(100_001), 100_000)
    assert told["b", "封顶"][2] == "collect fleet at b explain 1"


@pytest.mark.parametrize("made", ["published"], indirect=True)
def test_places_are_spans_where_a_figure_is_a_bound(made: Mapping[str, Summary]) -> None:
    two = {**made, "e": made["a"]}
    ranks = {each.id: each for each in _province(two).rankings}
    by_views = {e.centre.key: (e.first, e.last) for e in ranks["rank.views"].places}
    assert set(by_views.values()) == {(1, 3)}  # each may have more than it shows
    posts = {e.centre.key: (e.first, e.last) for e in ranks["rank.posts"].places}
    assert set(posts.values()) == {(1, 1)}
    index = ranks["rank.wci-14.2a"]
    assert [(e.centre.key, e.first) for e in index.places] == [("b", 0)]  # alone: nobody is first
    assert {each.key for each in index.without} == {"a", "e"}


@pytest.mark.parametrize("made", ["published"], indirect=True)
def test_of_many_alike_the_first_are_named(made: Mapping[str, Summary]) -> None:
    many = [_told(f"a{number}", made["a"]) for number in range(1, 8)]
    text = markdown.text(paper(build("云山省", many, PERIOD, "published", NOW, "1")))
    named = "、".join(f"a{number}县融媒体中心" for number in range(1, 6))
    assert f"各中心按作品数排名，7个中{named}等7个并列第1位" in text


@pytest.mark.parametrize("made", ["published"], indirect=True)
def test_what_lags_says_so(made: Mapping[str, Summary]) -> None:
    old, other = _told("a", made["a"]), _told("b", made["b"], program="0", trouble="连不上")
    assert old.data is not None
    before = {**old.data, "as_of": "2026-09-01T08:00:00+08:00"}
    province = build("云山省", [replace(old, data=before), other], PERIOD, "published", NOW, "1")
    first, second = province.telling
    assert lags(province, first) == [
        "总结做于时期结束之前，只到2026年9月1日8时",
        *lags(province, first)[1:],
    ]
    assert lags(province, second)[:2] == [
        "总结由程序的另一版本（0）做出，现在是 1", "没能更新，用的是先前的总结：连不上",
    ]  # fmt: skip
    assert province.dated == "2026年9月1日8时至2026年10月8日9时，各中心不同"
    text = markdown.text(paper(province))
    assert "只到2026年9月1日8时" in text
    assert "没能更新" in text


@pytest.mark.parametrize(
    "spoiled",
    [
        {"period": {"name": "2026Q2"}}, {"basis": "gained"}, {"as_of": "2026-10-08"}, {"accounts": [{}]}, {"total": None},
        {"hits": [{"title": "无数"}]}, {"thresholds": 5},
    ],
)  # fmt: skip
@pytest.mark.parametrize("made", ["published"], indirect=True)
def test_a_summary_that_is_none_of_this_period_is_no_figure(
    made: Mapping[str, Summary], spoiled: dict[str, Any]
) -> None:
    told = _told("a", made["a"])
    assert told.data is not None
    bad = replace(told, data={**told.data, **spoiled})
    province = build("云山省", [bad, _told("b", made["b"])], PERIOD, "published", NOW, "1")
    assert [each.centre.key for each in province.telling] == ["b"]
    assert province.silent[0].why.startswith("存着的")


def test_every_document_draws_it(made: Mapping[str, Summary], tmp_path: Path) -> None:
    province = _province(made)
    said = paper(province)
    first = [word.made(province, said), web.text(province, said), data.text(province)]
    assert first == [word.made(province, said), web.text(province, said), data.text(province)]
    workbook.render(province, tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").stat().st_size > 5_000
    ids = [each.id for each in province.figures]
    assert len(ids) == len(set(ids))
    told = json.loads(data.text(province))
    assert {each["id"] for each in told["figures"]} <= {*ids}


def test_a_province_of_which_nobody_tells_anything(tmp_path: Path) -> None:
    told = [_told(key, None, why="连不上") for key in "ab"]
    province = build("云山省", told, PERIOD, "published", NOW, "1")
    text = markdown.text(paper(province))
    assert "2个中心都没有可统计的数据" in text
    workbook.render(province, tmp_path / "a.xlsx")
    assert word.made(province, paper(province))
    assert json.loads(data.text(province))["figures"] == []
