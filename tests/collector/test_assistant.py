"""``collect mcp``, asked by the package's own client over standard input and output, about the example county."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.server.mcpserver.exceptions import ToolError
from sqlalchemy.exc import OperationalError

from adapters.records import Count
from collector.app import App
from collector.cli import main
from collector.commands import doors as command
from collector.doors.assistant import Assistant
from collector.summaries import centre_of
from reports.documents.data import as_data
from reports.periods import parse_moment, parse_period
from reports.summary import build
from storage.database import StorageError, open_database, open_read_only, reading
from tests.conftest import LATER

#: The catalogue of examples: 11 accounts, 287 posts; 看云岭 published 33 posts in 2026Q3.
TRUE = "2026年第三季度，“看云岭”抖音号发布33条，播放量约320万人次。"
ASKED: Sequence[tuple[str, dict[str, Any]]] = (
    ("summary", {"period": "2026Q3", "as_of": "2026-10-20", "about": "total"}),
    ("summary", {"period": "2026Q3", "as_of": "2026-10-20", "basis": "gained", "about": ""}),
    ("hits", {"period": "2026Q3", "as_of": "2026-10-20"}),
    ("hits", {"period": "2026Q3", "account": "douyin", "metric": "views", "limit": 1}),
    ("series", {"post": "凌晨的云岭，全城在找一个孩子"}),
    ("series", {"post": "云岭"}),
    ("explain", {"id": "total.views", "period": "2026Q3", "top": 300}),
    ("verify", {"text": TRUE}),
    ("verify", {"text": TRUE.replace("33", "34")}),
    ("summary", {"period": "上个季度"}),
    ("summary", {"basis": "all"}),
    ("hits", {"as_of": "昨天"}),
    ("explain", {"id": "total.nothing", "period": "2026Q3"}),
    ("series", {"post": "没有这一篇"}),
    ("verify", {"text": "字" * 50_001}),
    ("verify", {"text": ""}),
    ("hits", {"period": "2026Q3", "account": "看云岭"}),
    ("hits", {"period": "2026Q3", "metric": "readings"}),
    ("summary", {"period": "2026Q3", "about": "douyin"}),
    ("summary", {"period": "9" * 1_000_000}),
    ("series", {"post": "云" * 1_000_000}),
    ("series", {"post": "\0"}),
    ("explain", {"id": "x" * 1_000_000, "period": "2026Q3"}),
    ("hits", {"period": "1970", "limit": -1}),
    ("summary", {"period": "1970"}),
    ("summary", {"period": "1970-01-01..2199-06-30", "basis": "gained"}),
)


@pytest.fixture(scope="module")
def told(county: Path) -> Iterator[Sequence[tuple[bool, Any]]]:
    """What is answered to ASKED: (refused, data or words). The database stays as it is, byte for byte."""
    database = county / "data" / "baokuan.db"
    before = hashlib.sha256(database.read_bytes()).hexdigest()
    yield asyncio.run(_ask(county / "config.toml"))
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before


async def _ask(config: Path) -> list[tuple[bool, Any]]:
    arguments = ["-m", "collector.cli", "mcp", "--config", str(config)]
    server = StdioServerParameters(command=sys.executable, args=arguments)
    answers = []
    async with Client(stdio_client(server)) as client:
        tools = (await client.list_tools()).tools
        assert {each.name for each in tools} == {name for name, _ in ASKED}
        assert all(each.annotations and each.annotations.read_only_hint for each in tools)
        for name, arguments_ in ASKED:
            answer = await client.call_tool(name, arguments_)
            words = getattr(answer.content[0], "text", "")
            answers.append(
                (answer.is_error, words if answer.is_error else answer.structured_content)
            )
    return answers


@pytest.mark.parametrize(("place", "basis"), [(0, "published"), (1, "gained")])
def test_the_figures_are_those_of_the_summary(
    told: Sequence[tuple[bool, Any]], county: Path, place: int, basis: str
) -> None:
    answer = told[place][1]
    app = App(config_path=county / "config.toml")
    with reading(open_database(app.config.database_url)) as connection:
        moment = parse_moment("2026-10-20")
        made = build(
            connection, centre_of(app.config), parse_period("2026Q3"), basis, moment, LATER
        )
    whole = as_data(made)
    said = [e for e in whole["sentences"] if place or not e["id"].startswith("account.")]
    assert answer["sentences"] == said
    assert (len(said) == len(whole["sentences"])) == bool(place)
    assert answer["basis"] == basis
    assert answer["as_of"].startswith("2026-10-20T23:59:59")
    values = {each.id: each.value for each in made.figures if place or each.id.startswith("total")}
    assert len(answer["figures"]) + answer["left_off"] == len(values) > 5
    for each in answer["figures"]:
        value, said = values[each["id"]], each["value"]
        if isinstance(value, Count):
            assert (said["value"], said["bound"]) == (value.value, value.bound)
        else:
            assert said == value


def test_hits_say_whether_they_are_all(told: Sequence[tuple[bool, Any]]) -> None:
    everything, one = told[2][1], told[3][1]
    views = [e for e in everything["hits"] if (e["account"], e["metric"]) == ("douyin", "views")]
    assert not everything["left_off"]
    assert one["hits"][0] in views or one["hits"][0]["post_id"] in {e["post_id"] for e in views}
    assert len(one["hits"]) + one["left_off"] == len(views)
    best = next(each for each in views if each["threshold"] == 1_000_000)
    assert (best["figure"]["value"], best["figure"]["bound"]) == (2_346_810, "exact")
    assert (best["file"], best["sheet"], best["row"]) == ("2026-07-16 作品列表导出.xlsx", 1, 3)


def test_a_post_is_followed_to_its_rows(told: Sequence[tuple[bool, Any]]) -> None:
    series, several = told[4][1], told[5][1]
    assert [each["views"]["value"] for each in series["observations"]][-1] == 2_346_810
    assert series["post"]["readers"] is None
    assert len(several["posts"]) > 1


def test_a_figure_is_walked_back(told: Sequence[tuple[bool, Any]]) -> None:
    answer = told[6][1]
    assert answer["posts_total"] == len(answer["posts"]) == 287
    shown = [each["figures"]["views"] for each in answer["posts"]]
    assert sum(each["value"] for each in shown if each) == answer["value"]["value"]


def test_what_the_assistant_wrote_is_checked(told: Sequence[tuple[bool, Any]]) -> None:
    assert [each["verdict"] for each in told[7][1]["claims"]] == ["属实", "属实"]
    assert [each["verdict"] for each in told[8][1]["claims"]] == ["不符", "属实"]
    assert told[8][1]["claims"][0]["true"] == "33条"


def test_what_cannot_be_answered_is_said_in_chinese(told: Sequence[tuple[bool, Any]]) -> None:
    refused = [words for error, words in told if error]
    assert all(len(words) < 600 for words in refused)
    for words, part in zip(
        refused,
        (
            "看不懂时间段",
            "看不懂口径",
            "时间",
            "没有编号",
            "没有找到作品",
            "太长了",
            "没有文字",
            "douyin（看云岭）",
            "likes（点赞",
            "account",
            "看不懂时间段",
            "没有找到",
            "没有找到",
            "没有编号",
        ),
        strict=True,
    ):
        assert part in words


def test_no_answer_leads_to_kept_bytes(told: Sequence[tuple[bool, Any]], county: Path) -> None:
    text = json.dumps([answer for _, answer in told], ensure_ascii=False)
    captures = {each.name for each in (county / "data" / "captures").rglob("*") if each.is_file()}
    assert captures
    for hidden in (str(county), str(county.parent), "captures", *captures):
        assert hidden not in text
    assert not any(word in text for word in ('"sha256"', '"capture"', '"path"'))


def desk(folder: Path, county: Path) -> Assistant:
    """A desk over a county that may be changed."""
    shutil.copytree(county / "data", folder / "data")
    shutil.copy(county / "config.toml", folder)
    return Assistant(folder / "config.toml", lambda: LATER)


def test_the_database_is_the_one_that_is_there(county: Path, tmp_path: Path) -> None:
    """A restored backup is what is asked from then on: nothing keeps the file that it took the place of."""
    asked, database = desk(tmp_path, county), tmp_path / "data" / "baokuan.db"
    before = len(asked.series("551")["observations"])
    with closing(sqlite3.connect(database)) as other:
        (tmp_path / "other.db").write_bytes(other.serialize())
    with closing(sqlite3.connect(tmp_path / "other.db")) as other, other:
        other.execute("DELETE FROM observation WHERE post_id = 551 AND observed_at > 1785000000")
    (tmp_path / "other.db").replace(database)
    for beside in ("-wal", "-shm"):
        (tmp_path / f"data/baokuan.db{beside}").unlink(missing_ok=True)
    assert 0 < len(asked.series("551")["observations"]) < before
    database.unlink()
    with pytest.raises(ToolError, match="collect status"):
        asked.series("551")


def test_config_is_the_one_that_is_there(county: Path, tmp_path: Path) -> None:
    asked, config = desk(tmp_path, county), tmp_path / "config.toml"
    first = asked.summary("2026Q3")["centre"]
    text = config.read_text("utf-8")
    config.write_text(text.replace(first, "另一个中心"), "utf-8")
    assert asked.summary("2026Q3")["centre"] == "另一个中心"
    config.write_text('password = "hunter2"', "utf-8")
    with pytest.raises(ToolError, match="collect check") as said:
        asked.summary("2026Q3")
    assert "hunter2" not in str(said.value)
    assert str(tmp_path) not in str(said.value)


def test_a_long_text_is_not_answered_endlessly(county: Path) -> None:
    asked = Assistant(county / "config.toml", lambda: LATER)
    answer = asked.verify("2026年第三季度，全部账号发布34条。" * 600)
    assert len(answer["claims"]) == 500
    assert answer["left_off"] == sum(answer["counts"].values()) - 500 > 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_it(county: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "collector.cli",
        "mcp",
        "--config",
        str(county / "config.toml"),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin
        assert running.stdout
        hello = {
            "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
        }  # fmt: skip
        running.stdin.write(json.dumps(hello).encode() + b"\n")
        running.stdin.flush()
        assert b"serverInfo" in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == -signal.SIGINT


def test_nothing_can_be_written(county: Path) -> None:
    engine = open_read_only(App(config_path=county / "config.toml").config.database_url)
    with engine.connect() as connection, pytest.raises(OperationalError):
        connection.exec_driver_sql("DELETE FROM hit")


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="collect now"):
        open_read_only(f"sqlite:///{tmp_path / 'none.db'}")
    assert not list(tmp_path.iterdir())


def test_without_the_package_it_is_said(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda _: None)
    app = App(config_path=county / "config.toml")
    result = CliRunner().invoke(main, ["mcp"], obj=app)
    assert result.exit_code == 1
    assert "pip install baokuan[mcp]" in result.output
