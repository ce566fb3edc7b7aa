"""``collect status``: the service, what comes next, what was missed, what went out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.service.lock import held
from storage.bulk import seconds
from storage.database import writing
from storage.operations import deliveries, jobs
from tests.collector.centre import CONFIG, NOW, Centre, centre
from tests.collector.service.test_schedule import MAIL

COMING = (
    "采集 09:07",
    "备份 10月9日 03:30",
    "清理原件 10月9日 04:00",
    "核对数据 10月11日 04:30",
    "周报邮件 10月12日 12:45",
    "季末采集 12月31日 23:50",
    "季度总结 2027年1月1日 13:15",
)


def at(text: str) -> int:
    return seconds(datetime.fromisoformat(f"2026-10-{text}:00+08:00"))


@pytest.fixture
def made(tmp_path: Path) -> Centre:
    """A centre at 2026-10-08 09:00, a Thursday."""
    return centre(tmp_path, CONFIG + MAIL)


@contextmanager
def serving(made: Centre, started: str, seen: str) -> Iterator[None]:
    """The service as its tables and its lock show it."""
    engine = made.app.engine
    with held(engine, "service"):
        with writing(engine) as connection:
            number = jobs.start_service(connection, "xmt-pc", 4711, "0.1.0", at(started))
            jobs.seen(connection, number, at(seen))
        yield
    engine.dispose()


def asked(made: Centre, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["status", *arguments], obj=made.app)


def data(made: Centre) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asked(made, "--json").stdout)
    return found


def test_a_service_that_never_ran(made: Centre) -> None:
    told = asked(made)
    assert told.exit_code == 0
    assert "采集服务：还没有启动过。运行 collect serve" in told.output
    assert "接下来" not in told.output
    assert data(made)["service"]["running"] is False
    assert data(made)["next"] == {}
    assert list(made.folder.glob("data/*.lock")) == []  # looking leaves nothing behind


def test_a_service_that_runs(made: Centre) -> None:
    with serving(made, "01T07:30", "08T08:59"):
        lines = asked(made).output.splitlines()
        found = data(made)
    assert lines[:4] == [
        "云岭县融媒体中心  2026-10-08 09:00",
        "采集服务：在运行（主机 xmt-pc，进程 4711，2026-10-01 07:30 启动）",
        "接下来：" + "、".join(COMING),
        "最近的周报：还没有发过",
    ]
    assert found["service"]["state"] == "yes"
    assert found["service"]["seen_at"] == "2026-10-08T08:59:00+08:00"
    assert found["next"]["mail"] == "2026-10-12T12:45:00+08:00"


def test_one_that_says_nothing_and_one_that_is_gone(made: Centre) -> None:
    with serving(made, "01T07:30", "08T03:00"):
        quiet = asked(made).output
    assert "进程 4711，2026-10-01 07:30 启动），但 2026-10-08 03:00 以后没有动静" in quiet
    gone = asked(made).output
    assert "采集服务：没有运行（2026-10-08 03:00 最后一次有动静）" in gone
    with writing(made.app.engine) as connection:
        jobs.stopped(connection, 1, at("08T03:01"))
    assert "采集服务：没有运行（2026-10-08 03:01 停止）" in asked(made).output


def test_what_was_missed_what_failed_and_what_was_not_sent(made: Centre) -> None:
    with writing(made.app.engine) as connection:
        jobs.begin_counting(connection, "collect", "0 * * * *", at("01T00:00"))
        jobs.note_due(connection, "collect", [at("07T02:00")], "off")
        jobs.start(connection, "collect", at("07T02:00"), at("07T08:10"), None)
        jobs.end(connection, "collect", at("07T02:00"), at("07T08:12"), "done", run_id=1)
        jobs.note_due(connection, "backup", [at("08T03:30")], None)
        jobs.start(connection, "backup", at("08T03:30"), at("08T03:30"), None)
        jobs.end(connection, "backup", at("08T03:30"), at("08T03:31"), "failed", problem="磁盘已满")
        for week, state, problem in (
            ("2026-W39", "accepted", None),
            ("2026-W40", "refused", "密码不对（535）"),
        ):
            number = deliveries.claim(connection, "weekly", week, "b@example.cn", at("05T12:45"))
            assert number is not None
            deliveries.settle(connection, number, state, at("05T12:46"), problem=problem)  # type: ignore[arg-type]
    lines = asked(made).output.splitlines()
    assert lines[2:7] == [
        "近 7 天未按时运行：",
        "  周三 02:00 未运行（关机或服务停止），周三 08:10 补采",
        "[没有做成] 备份 周四 03:30：磁盘已满",
        "最近的周报：周报 2026-W40 → b@example.cn，周一 12:46 没有发出：密码不对（535）",
        "[没有发出] 周报 2026-W40 → b@example.cn，周一 12:46 没有发出：密码不对（535）",
    ]
    found = data(made)
    assert found["misses"] == [
        {
            "job": "collect",
            "first_due": "2026-10-07T02:00:00+08:00",
            "last_due": "2026-10-07T02:00:00+08:00",
            "number": 1,
            "why": "off",
            "made_up_at": "2026-10-07T08:10:00+08:00",
            "words": "周三 02:00 未运行（关机或服务停止），周三 08:10 补采",
        }
    ]
    assert found["mail"]["state"] == "refused"
    assert [each["subject"] for each in found["unsent"]] == ["2026-W40"]
    assert {each["job"]: each["outcome"] for each in found["jobs"]} == {
        "collect": "done",
        "backup": "failed",
    }


def test_what_the_running_service_refused_is_told(made: Centre) -> None:
    with serving(made, "01T07:30", "08T08:59"):
        heartbeat = made.folder / "data" / "heartbeat.json"
        heartbeat.write_text(json.dumps({"config_refused": "换数据库要重新启动服务才会生效"}))
        assert "服务没有采用，仍按原来的运行：换数据库" in asked(made).output
        assert data(made)["service"]["config_refused"].startswith("换数据库")
        heartbeat.write_text("{half")
        assert data(made)["service"]["config_refused"] == ""
    assert NOW.isoformat() == "2026-10-08T09:00:00+08:00"


def test_a_config_that_cannot_be_read_is_told_beside_what_the_service_does(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["status"], obj=centre(tmp_path, "[").app)
    assert told.exit_code == 2
    assert "服务若在运行，仍按改动以前的配置工作" in told.stderr


def test_nothing_is_restored_under_a_running_service(made: Centre) -> None:
    kept = made.folder / "备份.db"
    command = ["restore", str(kept), "--yes"]
    CliRunner().invoke(main, ["backup", str(kept)], obj=made.app, catch_exceptions=False)
    with serving(made, "01T07:30", "08T08:59"):
        told = CliRunner().invoke(main, command, obj=made.app)
        assert (told.exit_code, "采集服务正在运行，没有恢复" in told.stderr) == (1, True)
        assert data(made)["service"]["pid"] == 4711
    assert CliRunner().invoke(main, command, obj=made.app).exit_code == 0
    assert data(made)["service"]["pid"] is None  # as it was before the service
