"""``collect fleet report`` and ``explain`` on a real PostgreSQL: stored summaries made, kept, renewed; figures walked back."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.app import App
from collector.cli import main
from collector.fleet import reporting, summarising
from collector.fleet.province import Province
from collector.run import collect
from reports.periods import parse_period
from storage.database import open_database, writing
from storage.fleet import centres, stored
from tests.server.fleet.build import NOW, drop, rows

SOON = NOW + timedelta(hours=1)


def take_in(province: Province, key: str, views: list[int], now: datetime = NOW) -> None:
    """An export read in, as a worker's child would."""
    drop(province, key, views, f"{len(views)} 作品.csv")
    config = province.centre(key, (province.folder / f"{key}.toml").read_text("utf-8"))
    engine = open_database(config.database_url)
    try:
        collect(engine, config, now=now, occasion="service", pages=False)
    finally:
        engine.dispose()


def run(province: Province, *words: str, now: datetime = SOON) -> tuple[int, str]:
    file = province.folder / "province.toml"
    asked = ["fleet", words[0], "--province", str(file), *words[1:]]
    done = CliRunner().invoke(main, asked, obj=App(clock=lambda: now))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


@pytest.fixture
def here(province: Province, monkeypatch: pytest.MonkeyPatch) -> Province:
    """Children of the test are this process itself, so that they know what time it is."""

    def child(province: Province, centre: centres.Centre, periods: list[str], basis: str) -> str:
        home = province.home(centre.key)
        return summarising.summarise(
            centre.config, province.place(centre.key), home, centre.key, periods, basis, SOON
        )

    monkeypatch.setattr(reporting, "in_a_child", child)
    return province


def test_the_province_is_the_sum_of_its_centres(here: Province, tmp_path: Path) -> None:
    take_in(here, "yunling", [150_000, 7])
    take_in(here, "qingshi", [20])
    code, said = run(here, "report", "2026Q4", "--out", str(tmp_path))
    assert (code, "2 个中心中 2 个有数据" in said) == (0, True), said
    assert {each.suffix for each in tmp_path.glob("全省总结-2026Q4.*")} == {
        ".docx",
        ".xlsx",
        ".html",
        ".md",
        ".json",
    }
    told = json.loads((tmp_path / "全省总结-2026Q4.json").read_text("utf-8"))
    figures = {each["id"]: each for each in told["figures"]}
    assert figures["total.views"]["figure"] == {"value": 150_027, "bound": "exact"}
    assert figures["total.posts"]["figure"] == {"value": 3, "bound": "exact"}
    assert [(each["centre"], each["title"]) for each in told["hits"]] == [("yunling", "作品0")]
    assert "先算" not in run(here, "report", "2026Q4", "--out", str(tmp_path))[1]  # nothing is new


def test_a_figure_walks_back_to_the_file(here: Province, tmp_path: Path) -> None:
    take_in(here, "yunling", [150_000, 7])
    take_in(here, "qingshi", [20])
    run(here, "report", "2026Q4", "--format", "json", "--out", str(tmp_path))
    code, said = run(here, "explain", "total.views", "--period", "2026Q4")
    assert code == 0
    assert "2个中心阅读/播放量：150027" in said
    assert "云岭县融媒体中心（yunling）：150007" in said
    step = next(each for each in re.findall(r"collect fleet (at .*)", said) if "yunling" in each)
    code, said = run(here, *shlex.split(step))
    assert code == 0
    assert "合计 150007" in said
    assert "2026-2 作品.csv 第1张表第2行" in said
    kept = re.search(r"原件 (\S.*)", said)
    assert kept is not None
    assert "作品0" in gzip.decompress(Path(kept[1]).read_bytes()).decode("utf-8-sig")
    as_json = json.loads(run(here, "explain", "total.views", "--period", "2026Q4", "--json")[1])
    assert [(e["centre"], e["figure"]["value"]) for e in as_json["parts"]] == [
        ("qingshi", 20),
        ("yunling", 150_007),
    ]
    hit = run(here, "explain", "hit.yunling.1.views", "--period", "2026Q4")[1]
    walked = run(here, *shlex.split(re.findall(r"collect fleet (at .*)", hit)[0]))[1]
    assert "播放量 150000" in walked or "150000" in walked
    code, said = run(here, "explain", "total.vews", "--period", "2026Q4")
    assert (code, "total.views" in said) == (2, True)


def test_what_was_told_since_is_counted(here: Province, tmp_path: Path) -> None:
    take_in(here, "yunling", [10])
    asked = ("report", "2026Q4", "--format", "json", "--out", str(tmp_path))
    run(here, *asked)
    take_in(here, "yunling", [10, 30], now=SOON + timedelta(hours=1))
    code, said = run(here, *asked, now=SOON + timedelta(hours=2))
    assert "先算 2 个中心" in said  # and the quarter goes on for the other
    told = json.loads((tmp_path / "全省总结-2026Q4.json").read_text("utf-8"))
    assert next(e for e in told["figures"] if e["id"] == "total.posts")["figure"]["value"] == 2
    assert code == 0


def test_a_centre_that_fails_is_named_and_its_older_summary_said_to_be_one(
    here: Province, tmp_path: Path
) -> None:
    take_in(here, "yunling", [10])
    take_in(here, "qingshi", [20])
    asked = ("report", "2026Q4", "--format", "md,json", "--out", str(tmp_path))
    run(here, *asked)
    engine = open_database(here.home("qingshi").url)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    code, said = run(here, *asked)
    assert code == 1
    text = (tmp_path / "全省总结-2026Q4.md").read_text("utf-8")
    assert "青石县融媒体中心（没能更新，用的是先前的总结：数据库的表和本程序的版本不同" in text
    engine = open_database(here.url)
    with writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM stored_summary WHERE centre = 'qingshi'")
    engine.dispose()
    code, said = run(here, *asked)
    assert (code, "未计入：青石县融媒体中心，数据库的表和本程序的版本不同" in said) == (1, True), (
        said
    )
    told = json.loads((tmp_path / "全省总结-2026Q4.json").read_text("utf-8"))
    assert next(e for e in told["figures"] if e["id"] == "total.views")["figure"]["value"] == 10


def test_a_failed_try_keeps_the_summary_before(here: Province) -> None:
    take_in(here, "yunling", [10])
    period, engine = parse_period("2026Q4"), open_database(here.url)
    home = here.home("yunling")
    text = (here.folder / "yunling.toml").read_text("utf-8")
    made = summarising.summarise(
        text, here.place("yunling"), home, "yunling", ["2026Q4"], "published", NOW
    )
    assert made == ""
    assert summarising.summarise(
        "[centre", here.place("yunling"), home, "yunling", ["2026Q4"], "published", SOON
    )
    with writing(engine) as connection:
        kept = stored.summaries(connection, "2026Q4", "published")["yunling"]
    engine.dispose()
    assert kept.summary is not None
    assert kept.problem is not None
    assert "格式有误" in kept.problem
    there = reporting.ask(here, period, "published")
    assert all(reporting.stale(each, period, SOON) for each in there)


def test_a_child_makes_it_and_no_command_line_holds_the_password(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(province, "yunling", [10])
    centre = next(
        e.centre
        for e in reporting.ask(province, parse_period("2026Q4"), "published")
        if e.centre.key == "yunling"
    )
    started: list[list[str]] = []

    def noted(command: list[str], **more: Any) -> Any:
        started.append(command)
        return plain(command, **more)

    plain = subprocess.run
    monkeypatch.setattr(subprocess, "run", noted)
    assert summarising.in_a_child(province, centre, ["2026Q4"], "published") == ""
    assert [each[1:] for each in started] == [["-m", "collector.fleet.summarising"]]
    kept = rows(province.url, "SELECT centre, problem FROM stored_summary")
    assert kept == [("yunling", None)]
    assert rows(province.home("yunling").url, "SELECT DISTINCT occasion FROM summary") == [
        ("fleet",)
    ]
