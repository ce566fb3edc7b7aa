"""The pieces of ``collect serve`` by themselves: the inbox's watcher, the config that counts, the lock, children."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import Engine, make_url

from collector.config.loading import ConfigError
from collector.service.children import Children
from collector.service.heartbeat import notify
from collector.service.lock import Taken, held, is_held
from collector.service.serving import Serving
from collector.service.watching import Accepted, Watcher, make_folders
from storage.database import open_database
from tests.collector.centre import CONFIG, Centre, centre
from tests.collector.service.simulated import quick_database
from tests.storage.build import SHANGHAI
from tests.storage.conftest import server as server

# ── the inbox ──


def test_a_file_is_handed_over_once_when_it_no_longer_changes(tmp_path: Path) -> None:
    made = centre(tmp_path)
    config, watcher = made.app.config, Watcher()
    make_folders(config)
    path = tmp_path / "inbox" / "kehu" / "作品.csv"
    path.write_text("标题")
    assert watcher.look(config) == []  # seen for the first time
    path.write_text("标题,发布时间")
    assert watcher.look(config) == []  # it grows
    assert watcher.look(config) == [str(path)]
    assert watcher.look(config) == [str(path)]  # until somebody takes it
    watcher.hand_over([str(path)])
    assert watcher.look(config) == []
    path.write_text("标题,发布时间,阅读量")  # mended
    assert watcher.look(config) == []
    assert watcher.look(config) == [str(path)]
    watcher.hand_over([str(path)])
    watcher.take_back()
    assert watcher.look(config) == [str(path)]
    path.unlink()
    assert watcher.look(config) == []


@pytest.mark.parametrize(
    "name",
    ["~$作品.xlsx", "作品.xlsx.crdownload", "作品.xlsx.part", "作品.tmp", ".作品.csv", "Thumbs.db"],
)
def test_what_is_not_whole_is_left_alone(tmp_path: Path, name: str) -> None:
    made = centre(tmp_path)
    config, watcher = made.app.config, Watcher()
    make_folders(config)
    (tmp_path / "inbox" / "kehu" / name).write_text("x")
    (tmp_path / "inbox" / "kehu" / "done").mkdir()
    (tmp_path / "inbox" / "kehu" / "done" / "旧.csv").write_text("x")
    assert [watcher.look(config) for _ in range(3)] == [[], [], []]


def test_an_inbox_that_is_away_is_no_fault(tmp_path: Path) -> None:
    assert Watcher().look(centre(tmp_path).app.config) == []


# ── config ──


def rewrite(made: Centre, text: str) -> None:
    """Write the config again, at another second than before."""
    path = made.folder / "config.toml"
    before = path.stat().st_mtime
    path.write_text(text, encoding="utf-8")
    os.utime(path, (before + 5, before + 5))


def test_config_is_taken_up_refused_and_taken_up_again(tmp_path: Path) -> None:
    made = centre(tmp_path)
    accepted = Accepted(tmp_path / "config.toml")
    first = accepted.config
    assert not accepted.look()
    rewrite(made, CONFIG.replace("云岭县", "松山县"))
    assert accepted.look()
    assert accepted.config.centre.name == "松山县融媒体中心"
    assert accepted.config.fingerprint != first.fingerprint
    for bad, told in (
        (f"{CONFIG}\n[mail", "看不懂"),
        (f'{CONFIG}\n[schedule]\ncollect = "61 * * * *"', "[schedule] collect"),
        (f'{CONFIG}\n[storage]\nurl = "sqlite:///other.db"', "重新启动服务"),
        (CONFIG.replace("id =", "uid ="), "id"),
    ):
        rewrite(made, bad)
        assert not accepted.look()
        assert told in accepted.refused
        assert accepted.config.centre.name == "松山县融媒体中心"
    (tmp_path / "config.toml").unlink()
    assert not accepted.look()
    assert "没有找到" in accepted.refused
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    assert accepted.look()
    assert accepted.refused == ""
    assert accepted.config == first
    rewrite(made, CONFIG)
    assert not accepted.look()  # saved again as it was


def test_a_bad_change_that_is_undone_changes_nothing(tmp_path: Path) -> None:
    made = centre(tmp_path)
    accepted = Accepted(tmp_path / "config.toml")
    rewrite(made, "[")
    assert not accepted.look()
    rewrite(made, CONFIG)
    assert not accepted.look()
    assert accepted.refused == ""


def test_without_a_good_config_there_is_no_service(tmp_path: Path) -> None:
    centre(tmp_path, "[")
    with pytest.raises(ConfigError):
        Accepted(tmp_path / "config.toml")


# ── the lock ──


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    if request.param == "sqlite":
        return open_database(f"sqlite:///{(tmp_path / 'test.db').as_posix()}")
    url = make_url(request.getfixturevalue("server"))
    return open_database(url.render_as_string(hide_password=False))


def test_one_holder_per_database(engine: Engine) -> None:
    other = open_database(engine.url.render_as_string(hide_password=False))
    assert not is_held(other, "service")
    with held(engine, "service") as still:
        assert still()
        assert is_held(other, "service")
        with pytest.raises(Taken), held(other, "service", 0.3):
            raise AssertionError("two holders")
        with held(other, "work"):  # a lock of its own
            assert is_held(engine, "work")
    assert not is_held(other, "service")
    engine.dispose()
    other.dispose()


def test_whoever_waits_gets_it(engine: Engine) -> None:
    other = open_database(engine.url.render_as_string(hide_password=False))
    got = threading.Event()

    def wait() -> None:
        with held(other, "service", 20):
            got.set()

    with held(engine, "service"):
        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not got.wait(0.4)
    assert got.wait(20)
    waiting.join()
    engine.dispose()
    other.dispose()


# ── children ──


def test_a_work_answers_and_the_config_is_that_of_its_parent(tmp_path: Path) -> None:
    made = centre(tmp_path, "[ not what counts")
    said: list[str] = []
    children = Children(log=said.append)
    answer = children.run("prepare", tmp_path / "config.toml", CONFIG)
    assert (answer.outcome, said) == ("done", [])
    assert (made.folder / "data" / "baokuan.db").exists()
    answer = children.run("upkeep", tmp_path / "config.toml", CONFIG)
    assert (answer.outcome, answer.problem) == ("done", "核对无误")


def test_a_work_that_dies_has_failed(tmp_path: Path) -> None:
    said: list[str] = []
    answer = Children(log=said.append).run("no such work", tmp_path / "config.toml", CONFIG)
    assert answer.outcome == "failed"
    assert "没有完成" in answer.problem
    assert any("KeyError" in line for line in said)


def test_a_work_whose_database_is_of_no_use_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "baokuan.db").write_bytes(
        b"not a database, but long enough to look at" * 99
    )
    answer = Children(log=print).run("collect", tmp_path / "config.toml", CONFIG)
    assert answer.outcome == "storage"
    assert "不是数据库" in answer.problem


@pytest.mark.skipif(sys.platform == "win32", reason="a lock held by this process")
def test_told_to_stop_no_work_outlives_it(tmp_path: Path) -> None:
    engine = open_database(centre(tmp_path).app.config.database_url)
    children = Children(log=print)
    answers: list[str] = []
    with held(engine, "work"):  # the child waits for it half a minute
        began = time.monotonic()
        working = threading.Thread(
            target=lambda: answers.append(
                children.run("upkeep", tmp_path / "config.toml", CONFIG).outcome
            )
        )
        working.start()
        while not children.running:
            time.sleep(0.01)
        children.stop()
        working.join(20)
        assert time.monotonic() - began < 10
    assert answers == ["stopped"]
    assert children.run("upkeep", tmp_path / "config.toml", CONFIG).outcome == "stopped"
    engine.dispose()


class Hanging:
    """A thread that never ends, at a clock that moves on by what somebody waits for it."""

    waited = 0.0
    until: ClassVar[list[float]]

    def __init__(self, **_more: object) -> None:
        pass

    def start(self) -> None:
        pass

    def is_alive(self) -> bool:
        return True

    def join(self, timeout: float) -> None:
        Hanging.waited += timeout
        Hanging.until.append(Hanging.waited)


def test_asked_to_end_the_service_waits_less_than_ten_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its own clock, though its work, the inbox and the database all hang; the work's process is ended before."""
    ends: list[float] = []  # when a process is ended by force
    codes: list[int] = []

    class Timer:
        def __init__(self, seconds: float, _ends: object) -> None:
            ends.append(Hanging.waited + seconds)

        def start(self) -> None:
            pass

    monkeypatch.setattr(Hanging, "waited", 0.0)
    monkeypatch.setattr(Hanging, "until", [], raising=False)
    monkeypatch.setattr("collector.service.children.Timer", Timer)
    monkeypatch.setattr("collector.service.serving.Thread", Hanging)
    monkeypatch.setattr("collector.service.serving.monotonic", lambda: Hanging.waited)
    monkeypatch.setattr("collector.service.serving.os._exit", codes.append)
    monkeypatch.setattr("collector.service.serving.logging.shutdown", lambda: None)
    monkeypatch.setattr("collector.service.serving.signal.signal", lambda *_: None)
    now = datetime(2026, 10, 8, 6, 30, tzinfo=SHANGHAI)
    engine = quick_database(tmp_path / "data.db", now)
    serving = Serving(
        accepted=Accepted(centre(tmp_path).folder / "config.toml"),
        engine=engine,
        clock=lambda: now,
        still_held=lambda: True,
        set_up_logs=lambda _config: None,
        beat=lambda *_: None,
    )
    serving.threads["inbox"] = Hanging()  # type: ignore[assignment]
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ) as child:
        serving.children.running.add(child)
        serving.stop.set()
        serving.run()
    assert codes == [0]
    assert len(ends) == 1
    work, *_, database = Hanging.until
    assert ends[0] < work < database < 10
    engine.dispose()


# ── systemd ──


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no systemd here")
def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")
    address = str(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not notify("READY=1")  # nobody there
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address)
        assert notify("READY=1")
        assert listening.recv(99) == b"READY=1"
