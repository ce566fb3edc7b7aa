"""One period of the example county by every door: the figures of the export, the interface, the assistant and the Word file,
compared one by one, and of the works added up."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import docx
import pytest

from adapters.records import METRICS
from collector.app import App
from collector.doors.assistant import Assistant
from collector.doors.exporting import export
from collector.summaries import centre_of
from collector.web.server import create
from collector.web.site import Site
from reports.documents.word import render_listing
from reports.periods import parse_moment, parse_period
from reports.summary import build
from storage.database import reading
from tests.conftest import LATER

PERIOD, AS_OF = "2026Q3", "2026-11-20"
BASES = ("published", "gained", "aged:7")
BOUNDS = ("value", "below", "above", "bound")
Figure = Mapping[str, Any]


@pytest.fixture(scope="module")
def app(county: Path) -> Iterator[App]:
    made = App(config_path=county / "config.toml", clock=lambda: LATER)
    yield made
    made.close()


@pytest.fixture(scope="module")
def answers(county: Path) -> Iterator[Any]:
    """What the interface answers to an address."""
    site = Site(config_path=county / "config.toml", guarded=False, clock=lambda: LATER)
    client = create(site).test_client()

    def ask(address: str) -> Any:
        answer = client.get(f"/api/v1{address}", base_url="http://127.0.0.1")
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text)

    yield ask
    site.close()


def lines_of(summary: Any) -> dict[str, Any]:
    """What the summary's ids begin with → the line that the interface answers."""
    ours = [each for each in summary["accounts"] if each["owner"] == "ours"]
    return {
        "total": summary["total"],
        **{f"group.{each['id']}": each for each in summary["groups"]},
        **{f"account.{each['account']}": each for each in ours},
    }


@pytest.mark.parametrize("basis", BASES)
def test_the_assistant_says_the_same(app: App, answers: Any, basis: str) -> None:
    desk = Assistant(app.config_path, app.clock)
    figures: dict[str, Any] = {}
    for about in ("total", "group", "account"):
        said = desk.summary(PERIOD, basis, AS_OF, about=about)
        assert not said["left_off"]
        figures |= {each["id"]: each["value"] for each in said["figures"]}
    answer = answers(f"/summary?period={PERIOD}&basis={basis}&as_of={AS_OF}")
    assert {answer[name] == said[name] for name in ("period", "basis", "as_of")} == {True}
    compared = 0
    for place, line in lines_of(answer).items():
        assert figures[f"{place}.posts"] == line["posts"]
        for metric in METRICS:
            mine, theirs = line[metric], figures.get(f"{place}.{metric}")
            assert mine["known"] + mine["missing"] == line["posts"]
            if theirs is None:
                assert mine["value"] is None
            else:
                assert {name: mine[name] for name in BOUNDS} == dict(theirs), (place, metric)
                compared += 1
    assert compared > 30


@pytest.mark.parametrize("basis", BASES)
def test_the_export_says_the_same(app: App, answers: Any, basis: str, tmp_path: Path) -> None:
    answer = answers(f"/summary?period={PERIOD}&basis={basis}&as_of={AS_OF}")
    rows = {each["account"]: each for each in exported(app, "accounts", basis, tmp_path)}
    for line in answer["accounts"]:
        row = rows.pop(line["account"])
        assert cell(line["posts"]) == row["posts"]
        for metric in METRICS:
            same(line[metric], row, metric)
            assert cell(line[metric]["missing"]) == row[f"{metric}_missing"]
        same(line["followers"], row, "followers")
    assert not rows
    hits = answers(f"/hits?period={PERIOD}&basis={basis}&as_of={AS_OF}&per_page=500")["hits"]
    listed = exported(app, "hits", basis, tmp_path)
    assert len(hits) == len(listed) > 0
    for mine, theirs in zip(hits, listed, strict=True):
        same(mine["figure"], theirs, "figure")
        for name in ("post_id", "metric", "threshold", "before_at", "after_at", "file", "row"):
            assert cell(mine[name]) == theirs[name]


def test_the_works_add_up(app: App, answers: Any, tmp_path: Path) -> None:
    """Each work of the export and of the interface, and both to the total of the summary."""
    works: list[Any] = []
    page = 1
    while page:
        part = answers(f"/posts?period={PERIOD}&per_page=100&way=asc&page={page}")
        works, page = works + part["posts"], part["next_page"]
    there = {each["post_id"]: each for each in exported(app, "posts", "published", tmp_path)}
    assert {each["post_id"] for each in works} == set(there)
    for each in works:
        for metric in METRICS:
            same(each[metric], there[each["post_id"]], metric)
    total = answers(f"/summary?period={PERIOD}")["total"]
    counted = [each for each in works if each["in_total"]]
    assert len(counted) == total["posts"] == 287
    for metric in METRICS:
        shown = [each[metric]["value"] for each in counted if each[metric] is not None]
        assert sum(shown) == total[metric]["value"]
        assert len(shown) == total[metric]["known"]


def test_the_word_file_says_the_same(app: App, answers: Any, tmp_path: Path) -> None:
    with reading(app.engine) as connection:
        centre, moment = centre_of(app.config), parse_moment(AS_OF)
        made = build(connection, centre, parse_period(PERIOD), "published", moment, LATER)
    path = tmp_path / "总结.docx"
    render_listing(made, path)
    (table,) = [e for e in docx.Document(str(path)).tables if e.cell(0, 0).text == "账号或分组"]
    said = {row.cells[0].text: [each.text for each in row.cells[1:]] for row in table.rows[1:]}
    answer = answers(f"/summary?period={PERIOD}&as_of={AS_OF}")
    marks = [each for each in answer["total"]["hits"] if each["metric"] == "views"]
    for place, line in lines_of(answer).items():
        label = {"total": "合计：", "group": "分组："}.get(place.split(".")[0], "")
        row = said.pop(label + (line.get("account_name") or line["name"]))
        hits = [e["posts"] for e in line["hits"] if e["metric"] == "views"]
        figures = [line[metric] for metric in ("views", "readers", "likes")]
        assert row == [str(line["posts"]), *map(in_word, figures), *map(in_word, hits)]
        assert len(hits) == len(marks) == 2
    assert not said


def exported(app: App, table: str, basis: str, folder: Path) -> Sequence[Mapping[str, str]]:
    moment = None if table == "posts" else parse_moment(AS_OF)
    done = export(
        app.engine, app.config, table, now=LATER, period=parse_period(PERIOD), basis=basis,
        as_of=moment, out=folder,
    )  # fmt: skip
    with done.files[0].open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cell(value: Any) -> str:
    return "" if value is None else str(value)


def same(figure: Figure | None, row: Mapping[str, str], name: str) -> None:
    """A figure of the interface beside the four columns of the export."""
    mine = [cell(None if figure is None else figure[each]) for each in BOUNDS]
    assert mine == [row[name], *(row[f"{name}_{each}"] for each in BOUNDS[1:])], (name, row)


def in_word(figure: Figure) -> str:
    """The figure as a table on paper has it."""
    if figure["value"] is None:
        return "无数据"
    low = figure["value"] - figure["below"]
    if figure["above"] is None:
        return f"{low}及以上"
    high = figure["value"] + figure["above"]
    return str(low) if low == high else f"{low}—{high}"
