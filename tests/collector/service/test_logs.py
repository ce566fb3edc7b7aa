"""Logs: structured, rotating, and without a secret whatever is thrown at them. The secrets below are invented."""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.config.loading import Config, load
from collector.config.secrets import hidden
from collector.service import logs

CONFIG = """\
[centre]
name = "云岭县融媒体中心"

[web]
listen = "127.0.0.1:0"

[storage]
url = "postgresql+psycopg://baokuan:db-P4ss4ever/word@db.example/baokuan"

[[accounts]]
id = "fabu"
platform = "wechat_mp"
name = "云岭发布"
appid = "wx0123456789abcdef"
secret_env = "TEST_APP_SECRET"

[platforms.weibo]
cookie_file = "cookie.txt"

[mail]
host = "smtp.example.com"
from = "a@example.com"
to = ["b@example.com"]
password_env = "TEST_MAIL_PASSWORD"

[notify]
urls_file = "urls.txt"

[service]
heartbeat_url_env = "TEST_HEARTBEAT"
"""
APP_SECRET = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
PASSWORD = "s3c!"
COOKIE = "SUB=_2A25LqRstUvWxYz012345; SUBP=0033WrSXqPxfM725Ws9jqgMF; XSRF-TOKEN=a%2Bb%3Dcdefgh"
CHAT = "wecombot://693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa/?avatar=no"
CHAT_2 = "dingtalk://SECabcdef0123456789@aabbccddeeff0011/13900000000"
HEARTBEAT = "https://hc-ping.example/0f6d2b3e-4a51-4c8e-9d27-5b1c8f3a7e60"
#: Whatever of the secrets above must be found nowhere.
PIECES = (
    "db-P4ss4ever",
    APP_SECRET,
    PASSWORD,
    "_2A25LqRstUvWxYz012345",
    "0033WrSXqPxfM725Ws9jqgMF",
    "a%2Bb%3Dcdefgh",
    "a+b=cdefgh",
    "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa",
    "SECabcdef0123456789",
    "aabbccddeeff0011",
    "0f6d2b3e-4a51-4c8e-9d27-5b1c8f3a7e60",
)
LOG = logging.getLogger("collector.test")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("TEST_APP_SECRET", APP_SECRET)
    monkeypatch.setenv("TEST_MAIL_PASSWORD", PASSWORD)
    monkeypatch.setenv("TEST_HEARTBEAT", HEARTBEAT)
    (tmp_path / "cookie.txt").write_text(COOKIE + "\n", encoding="utf-8")
    (tmp_path / "urls.txt").write_text(f"{CHAT}\n{CHAT_2}\n", encoding="utf-8")
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return load(path)


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    others = {name: logging.getLogger(name).level for name in logs._OTHERS}
    yield
    logs.tear_down()
    root.setLevel(level)
    for name, each in others.items():
        logging.getLogger(name).setLevel(each)


def lines(config: Config) -> list[dict[str, Any]]:
    path = config.path(config.service.logs) / "baokuan.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def everything(config: Config, capsys: pytest.CaptureFixture[str]) -> str:
    path = config.path(config.service.logs) / "baokuan.jsonl"
    said = capsys.readouterr()
    return path.read_text(encoding="utf-8") + said.err + said.out


def broken(secret: str) -> None:
    """An exception that holds a secret, raised from another that does too."""
    try:
        raise ValueError(f"cannot log in with {secret}")
    except ValueError as first:
        raise RuntimeError({"url": f"https://api.example/x?access_token={secret}"}) from first


@pytest.mark.parametrize("journal", [True, False])
@pytest.mark.parametrize(
    "secret",
    [APP_SECRET, PASSWORD, COOKIE, CHAT, CHAT_2, HEARTBEAT, "db-P4ss4ever/word", "a+b=cdefgh"],
)
def test_no_secret_gets_out(
    config: Config, capsys: pytest.CaptureFixture[str], secret: str, journal: bool
) -> None:
    logs.set_up(config, journal=journal)
    LOG.info("plain %s", secret)
    LOG.warning(f"in the message {secret}")  # noqa: G004
    LOG.error("mapped %(a)s", {"a": secret})
    LOG.info("extra", extra={"request": {"cookie": secret}, "page": secret})
    LOG.info("parts %r", secret.split("/"))
    LOG.info("stack", stack_info=True)
    try:
        broken(secret)
    except RuntimeError:
        LOG.exception("thrown with %s", secret)
    thread = threading.Thread(target=broken, args=(secret,))
    thread.start()
    thread.join()
    try:
        broken(secret)
    except RuntimeError as problem:
        sys.excepthook(RuntimeError, problem, problem.__traceback__)
    said = everything(config, capsys)
    assert [piece for piece in PIECES if piece in said] == []
    assert secret not in said
    assert said.count("cannot log in with") >= 3
    assert "thrown with" in said


def test_a_wrong_number_of_arguments_loses_nothing_and_shows_nothing(config: Config) -> None:
    told = {"msg": "missing %s %s", "args": (PASSWORD,), "levelname": "INFO", "name": "x"}
    record = logging.makeLogRecord(told)
    line = json.loads(logs.JsonLines(lambda text: hidden(text, [PASSWORD])).format(record))
    assert line["message"] == "missing %s %s ('***',)"


def test_a_cookie_renewed_while_it_runs_is_hidden_too(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(config, journal=True)
    config.path("cookie.txt").write_text("SUB=newcookie12345678", encoding="utf-8")
    LOG.info("SUB=newcookie12345678")
    assert "newcookie" not in everything(config, capsys)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET https://u:p4ss@example.com/a", "GET https://***@example.com/a"),
        ("https://x.example/?access_token=abcdefghijkl&a=1", "https://x.example/?access_token=***&a=1"),
        ("Cookie: a=1; b=2\nnext", "Cookie: ***\nnext"),
        ("{'Authorization': 'Bearer abcdef'}", "{'Authorization': ***"),
        ('"password": "hunter22"', '"password": "***"'),
        ("https://x.example/send?key=693a91f6", "https://x.example/send?key=***"),
        ("登录失败:用户 a@example.com,密码不对", "登录失败:用户 a@example.com,密码不对"),
        ("共 98 个文件,阅读 12345678", "共 98 个文件,阅读 12345678"),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_hidden_and_nothing_else(text: str, shown: str) -> None:
    assert hidden(text, []) == shown


def test_lines_of_the_file_are_data(config: Config) -> None:
    logs.set_up(config, journal=True)
    LOG.info("采集：完成")
    try:
        raise OSError("行一\n行二")
    except OSError:
        LOG.exception("出错")
    first, second = lines(config)
    when = first.pop("time")
    assert first == {
        "level": "info",
        "logger": "collector.test",
        "message": "采集：完成",
    }
    assert when[10] == "T"
    assert when.endswith("+08:00")
    assert second["level"] == "error"
    assert second["exception"].startswith("Traceback")
    assert second["exception"].endswith("行二")


def test_the_journal_gets_priorities_and_a_window_times(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(config, journal=True)
    LOG.info("一\n二")
    LOG.error("三")
    assert capsys.readouterr().err == "<6>一\n<6>二\n<3>三\n"
    logs.set_up(config, journal=False)
    LOG.info("四")
    (line,) = capsys.readouterr().err.splitlines()
    assert line[:2] == "20"
    assert line.endswith(" 四")
    assert len(lines(config)) == 3


def test_the_file_rotates(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "BYTES", 2_000)
    monkeypatch.setattr(logs, "FILES", 2)
    logs.set_up(config, journal=True)
    for number in range(100):
        LOG.info("第 %s 条", number)
    folder = config.path(config.service.logs)
    assert sorted(each.name for each in folder.iterdir()) == [
        "baokuan.jsonl",
        "baokuan.jsonl.1",
        "baokuan.jsonl.2",
    ]
    assert all(each.stat().st_size <= 2_000 for each in folder.iterdir())
    assert lines(config)[-1]["message"] == "第 99 条"


def test_warnings_are_logged(config: Config) -> None:
    logs.set_up(config, journal=True)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("注意", stacklevel=1)
    assert "注意" in lines(config)[-1]["message"]


def test_a_full_disk_is_told_once_and_shows_no_record(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(config, journal=True)
    (file,) = (each for each in logging.getLogger().handlers if isinstance(each, logs._File))

    class Full:
        def write(self, _: str) -> None:
            raise OSError(28, "No space left on device")

        def flush(self) -> None:
            return

        def close(self) -> None:
            return

        def seek(self, *_: int) -> int:
            return 0

        def tell(self) -> int:
            return 0

    assert file.stream is not None
    file.stream.close()
    file.stream = Full()  # type: ignore[assignment]
    LOG.info("一")
    LOG.info("二")
    assert capsys.readouterr().err == "<6>一\n写不了日志文件：磁盘已满\n<6>二\n"


def test_a_folder_that_cannot_be_made(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    (config.folder / "data").write_text("a file where the folder should be", encoding="utf-8")
    logs.set_up(config, journal=True)
    LOG.info("照常")
    said = capsys.readouterr().err
    assert "写不了日志文件夹" in said
    assert said.endswith("<6>照常\n")
