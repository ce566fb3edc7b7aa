"""The heartbeat: a whole file each time, an address asked while all is well, and never a word too many."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from collector.config.loading import Config
from collector.service import heartbeat
from tests.collector.centre import CONFIG, centre

SECRET = "0f6d2b3e-4a51-4c8e"
STATE = {"state": "serving", "now": "2026-10-08T09:00:00+08:00", "database_problem": ""}


class Monitor(HTTPServer):
    """Answers every GET with ``answer`` and remembers what was asked."""

    answer = 200
    asked: list[str]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Monitor)
        self.server.asked.append(self.path)
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@contextmanager
def serving() -> Iterator[Monitor]:
    server = Monitor(("127.0.0.1", 0), Handler)
    server.asked = []
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    with serving() as server:
        yield server


@pytest.fixture
def config(tmp_path: Path) -> Config:
    told = CONFIG + '\n[service]\nheartbeat_url_env = "TEST_HEARTBEAT"\n'
    return centre(tmp_path, told).app.config


def beat(config: Config, **more: object) -> bool:
    """Whether the address was asked."""
    thread = heartbeat.beat(config, STATE | more)
    if thread is not None:
        thread.join()
    return thread is not None


def test_the_file_is_whole_and_the_address_is_asked(
    config: Config, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"http://127.0.0.1:{monitor.server_port}/{SECRET}?a=1"
    monkeypatch.setenv("TEST_HEARTBEAT", address)
    assert beat(config)
    assert monitor.asked == [f"/{SECRET}?a=1"]
    (path,) = (config.folder / "data").iterdir()
    assert path.name == "heartbeat.json"
    assert json.loads(path.read_text(encoding="utf-8")) == STATE


@pytest.mark.parametrize("more", [{"database_problem": "磁盘已满"}, {"state": "stopped"}])
def test_trouble_is_silence(
    config: Config, monitor: Monitor, monkeypatch: pytest.MonkeyPatch, more: dict[str, str]
) -> None:
    monkeypatch.setenv("TEST_HEARTBEAT", f"http://127.0.0.1:{monitor.server_port}/{SECRET}")
    assert not beat(config, **more)
    assert monitor.asked == []
    told = json.loads((config.folder / "data" / "heartbeat.json").read_text(encoding="utf-8"))
    assert told == STATE | more


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"http://127.0.0.1:{{port}}/{SECRET}", "拒绝"),
        (f"ftp://127.0.0.1/{SECRET}", "应以 https:// 开头"),
        (f"http://127.0.0.1:99999999/{SECRET}", "地址写得不对"),
        (f"http://127.0.0.1:{{port}}/{SECRET} x", "看不懂"),
        (SECRET, "应以 https:// 开头"),
    ],
)
def test_what_does_not_go_through_is_logged_without_the_address(
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    address: str,
    words: str,
) -> None:
    monkeypatch.setenv("TEST_HEARTBEAT", address.format(port=free_port()))
    with caplog.at_level(logging.INFO):
        assert beat(config)
    assert words in caplog.text
    assert SECRET not in caplog.text
    assert beat(config)  # and it goes on


def test_a_monitor_that_is_not_content(
    config: Config,
    monitor: Monitor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monitor.answer = 404
    monkeypatch.setenv("TEST_HEARTBEAT", f"http://127.0.0.1:{monitor.server_port}/{SECRET}")
    assert beat(config)
    assert "对方回答 404" in caplog.text


def test_no_variable_and_no_place_are_told(
    config: Config, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("TEST_HEARTBEAT", raising=False)
    (config.folder / "data").write_text("in the way", encoding="utf-8")
    assert not beat(config)
    assert "环境变量 TEST_HEARTBEAT 没有设置" in caplog.text
    assert "写不了心跳文件" in caplog.text


def test_it_imports_nothing_heavy() -> None:
    ask = (
        "import sys, collector.service.heartbeat, collector.service.logs;"
        "print([n for n in ('requests', 'pandas', 'urllib.request') if n in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
