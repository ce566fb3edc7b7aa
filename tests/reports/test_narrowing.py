"""A summary about some accounts only: their figures are those of the whole, and nothing of it passes for the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from reports.centre import BaselineInfo, Centre, RankInfo
from reports.documents.data import as_data
from reports.figures.totals import Summary
from reports.narrowing import narrowed
from reports.paper.plan import paper
from reports.periods import parse_period
from reports.summary import build, inquire, stated
from reports.tracing import walk
from tests.conftest import LATER

County = tuple[Connection, Centre]
ONE, GROUP = ((("douyin",), ()), ((), ("公众号",)))


def made(county: County, centre: Centre, basis: str = "published") -> Summary:
    return build(county[0], centre, parse_period("2026Q3"), basis, LATER, LATER)


@pytest.mark.parametrize("basis", ["published", "gained", "aged:7"])
def test_the_figures_of_an_account_are_those_it_has_in_the_whole(
    example_county: County, basis: str
) -> None:
    whole = made(example_county, example_county[1], basis)
    lines = {each.id: each for each in (*whole.accounts, *whole.groups)}
    for asked in (ONE, GROUP):
        part = made(example_county, narrowed(example_county[1], *asked), basis)
        for line in (*part.accounts, *part.groups):
            assert replace(line, group=lines[line.id].group) == lines[line.id]
        own = lines["douyin" if asked is ONE else "公众号"]
        assert part.total.posts == own.posts
        assert part.total.figures == own.figures
        assert part.total.hits == own.hits


def test_no_word_of_it_is_about_the_whole(example_county: County) -> None:
    centre = example_county[1]
    part = made(example_county, narrowed(centre, *GROUP))
    text = " ".join(each.text for each in part.sentences)
    assert "本中心" not in text
    others = [each.name for each in centre.accounts if each.group != "公众号"]
    assert not [name for name in others if f"“{name}”" in text]
    assert f"{centre.name}“公众号”组共" in text or f"{centre.name}“公众号”组在" in text
    written = paper(part)
    assert written.title == f"{centre.name}“公众号”组2026年第三季度传播情况"
    notes = "".join(piece.text for piece in written.notes.pieces if isinstance(piece.text, str))
    assert (
        "只统计“云岭发布”微信公众号、“云岭融媒”微信公众号，本单位的其他9个账号不在内，台账不在内。"
        in notes
    )
    assert as_data(part)["only"] == ["fabu", "rongmei"]
    assert "only" not in as_data(made(example_county, centre))


def test_a_figure_walks_back_to_posts_of_these_accounts(example_county: County) -> None:
    connection, centre = example_county
    asked = narrowed(centre, *GROUP)
    scope = inquire(connection, asked, parse_period("2026Q3"), "published", LATER, LATER)
    found = stated(scope, "total.views")
    assert found is not None
    (evidence,) = walk(connection, scope, found.trace, 1_000).periods
    assert {each.post.account for each in evidence.posts} == {"fabu", "rongmei"}
    assert evidence.total == scope.total.posts


def test_what_config_says_of_others_is_left_out(example_county: County) -> None:
    centre = replace(
        example_county[1],
        ranks=(
            RankInfo(name="公众号", accounts=("fabu", "rongmei"), index="views"),
            RankInfo(name="全部", accounts=("fabu", "douyin"), index="views"),
        ),
        baselines=tuple(
            BaselineInfo(period="2025Q3", of=of, figures={"posts": 1})
            for of in ("total", "公众号", "短视频", "fabu")
        ),
    )
    part = narrowed(centre, *GROUP)
    assert [each.name for each in part.ranks] == ["公众号"]
    assert [each.of for each in part.baselines] == ["公众号", "fabu"]
    some = narrowed(centre, ("fabu", "看云岭"), ())
    assert [each.group for each in some.accounts] == ["", ""]
    assert some.name == f"{centre.name}“云岭发布”、“看云岭”2个账号"
    assert not some.ranks[1:]
    assert narrowed(centre, (), ()) is centre


@pytest.mark.parametrize(
    ("accounts", "groups", "said"),
    [(("没有",), (), "没有账号“没有”.*fabu"), ((), ("没有",), "没有分组“没有”.*公众号、短视频")],
)
def test_who_is_not_there_is_refused(
    example_county: County, accounts: tuple[str, ...], groups: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        narrowed(example_county[1], accounts, groups)
