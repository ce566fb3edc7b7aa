"""A new figure (平均每篇阅读量) is one declaration: it is in sentence, table, JSON, schema and trace at once, and a trace that
leads elsewhere is noticed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Connection

from adapters.records import Count, between
from reports import measure
from reports.documents.data import as_data
from reports.figures.totals import Line, Summary
from reports.listing import sentence
from reports.measure import Measure
from reports.periods import parse_period
from reports.sections import line_figures
from reports.statement import Statement, Trace, together
from reports.summary import build
from reports.wording import total
from tests.reports import schema
from tests.reports.county import CENTRE, at, county
from tests.reports.traces import untrue


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with county(tmp_path_factory.mktemp("county")) as there:
        yield there


def _mean(line: Line) -> Count | None:
    """Views of a work on average, of those that show them, in whole ones."""
    views = line.figures["views"]
    if views is None:
        return None
    number, high = line.posts - views.missing, views.high
    mean = between(views.low // number, None if high is None else high // number)
    return replace(mean, missing=views.missing)


MEAN = Measure(
    "views_each",
    "平均每篇阅读量",
    _mean,
    lambda line: Trace(accounts=line.members, metrics=("views",)),
    by="mean",
    sentence="others",
    measure="人次",
    way="sum",
)


def told(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, new: Measure[Line] = MEAN
) -> Summary:
    """The summary with one more figure."""
    monkeypatch.setattr(line_figures, "FIGURES", (*line_figures.FIGURES, new))
    return build(connection, CENTRE, parse_period("2026Q3"), "published", at(10, 11), at(10, 11))


def test_a_new_figure_is_one_declaration(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = told(connection, monkeypatch)
    line = next(each for each in made.accounts if each.id == "fabu")
    views = line.figures["views"]
    assert views is not None
    assert views.bound == "exact"
    mean = views.value // line.posts
    texts = {each.id: each for each in made.sentences}
    assert f"平均每篇阅读量{total(Count(mean))}人次；" in texts["account.fabu.others"].text
    (table,) = (t for section in made.sections for t in section.tables if t.id == "lines")
    row = next(each for each in table.rows if each[0] == line.name)
    cell = row[table.headings.index("平均每篇阅读量")]
    assert isinstance(cell, Count)
    assert cell.value == mean
    account = next(each for each in as_data(made)["accounts"] if each["id"] == "fabu")
    assert account["views_each"] == {"value": mean, "bound": "exact"}
    figures = {each.id: each for section in made.sections for each in section.figures}
    assert figures["account.fabu.views_each"].name == f"{line.name}平均每篇阅读量"
    assert figures["account.fabu.views_each"].trace == Trace(accounts=("fabu",), metrics=("views",))
    assert untrue(connection, made) == []


def test_its_key_comes_into_the_schema(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = as_data(told(connection, monkeypatch))
    document = json.loads(schema.PATH.read_text("utf-8"))
    assert any(Draft202012Validator(document).iter_errors(made))
    assert schema.missing(document, schema.parts()) == ["$defs/line/views_each"]
    assert not [each.message for each in Draft202012Validator(document).iter_errors(made)]


def test_the_schema_has_every_key() -> None:
    document = json.loads(schema.PATH.read_text("utf-8"))
    assert schema.missing(document, schema.parts()) == []


@pytest.mark.parametrize(
    "trace",
    [
        lambda line: Trace(accounts=line.members[1:], metrics=("views",)),  # not all of them
        lambda line: Trace(accounts=line.members, metrics=("likes",)),  # another figure
        lambda line: Trace(accounts=line.members, metrics=("views",), kinds=("live",)),
        lambda _: Trace(posts=(1,), metrics=("views",)),
        lambda _: Trace(metrics=("views",)),  # nothing
    ],
)
def test_a_wrong_trace_is_noticed(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, trace: Any
) -> None:
    made = told(connection, monkeypatch, replace(MEAN, trace=trace))
    assert any(each.startswith("total.views_each: ") for each in untrue(connection, made))


def test_a_missing_trace_is_noticed(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KeyError, match="views_each"):
        told(connection, monkeypatch, replace(MEAN, trace=None))


def test_a_sentence_leads_to_all_that_it_states() -> None:
    some = Trace(posts=(1, 2), metrics=("views",))
    more = Trace(posts=(2, 3), metrics=("likes",))
    assert together([some, more]) == Trace(posts=(1, 2, 3), metrics=("views", "likes"))
    whole = Trace(accounts=("a",))
    videos = Trace(accounts=("a", "b"), kinds=("video",), reaching=(("views", 5),))
    assert together([whole, videos]) == Trace(accounts=("a", "b"))
    lower = replace(videos, reaching=(("views", 3), ("likes", 2)))
    assert together([videos, lower]).reaching == (("views", 3), ("likes", 2))


def test_a_sentence_has_the_trace_of_its_figures_unless_more_is_behind_it() -> None:
    some = Trace(posts=(1, 2), metrics=("views",))
    whole = Trace(accounts=("a",))
    figure = Statement(
        id="x.views", value=5, trace=some, word="阅读量", measure="人次", way="count"
    )
    said = sentence("x", "甲", [figure], "。")
    assert (said.text, said.trace) == ("甲阅读量5人次。", some)
    assert sentence("x", figure, trace=whole).trace == whole
    assert sentence("x", "没有读到作品。", trace=whole).trace == whole
    assert sentence("x", "口径：按发布统计。").trace is None


def test_a_fact_is_in_the_table_and_has_no_trace() -> None:
    named: Measure[str] = Measure("name", "名称", str.upper, data=str, narrow=False)
    counted: Measure[str] = Measure("length", "字数", len, lambda each: Trace(accounts=(each,)))
    table = measure.table("t", "表", (named, counted), ("ab", "c"))
    assert (table.headings, table.rows, table.narrow) == (
        ("名称", "字数"),
        (("AB", 2), ("C", 1)),
        (1,),
    )
    assert measure.data((named, counted), "ab") == {"name": "ab", "length": 2}
    (only,) = measure.statements((named, counted), "ab", "x", "甲")
    assert only == Statement(
        id="x.length",
        name="甲字数",
        value=2,
        trace=Trace(accounts=("ab",)),
        metric="length",
        word="字数",
    )


def test_that_no_work_passed_a_line_is_said(connection: Connection) -> None:
    """An account with works of which none is a hit says 0; one without works says nothing of hits."""
    made = build(connection, CENTRE, parse_period("2026Q3"), "published", at(10, 11), at(10, 11))
    said = {each.id: each.text for each in made.sentences}
    assert said["account.weibo.hits"].endswith("；点赞“1万+”以上0条。")
    before = build(connection, CENTRE, parse_period("2026-02"), "published", at(10, 11), at(10, 11))
    assert not [each.id for each in before.sentences if each.id == "account.weibo.hits"]
