"""Files as systems and people leave them: none of them stops the others, the hits or the summary; and one reader of the
inbox at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adapters import registry
from collector import screen
from collector.cli import main
from collector.intake import importing
from collector.service.lock import held
from storage.database import open_database
from tests.collector.centre import CONFIG, Centre, Line, centre
from tests.collector.service.live import ROOT, command, environment

GOOD: list[Line] = [("开渔", "2026-09-01 10:00:00", 120_000)]
posix = pytest.mark.skipif(sys.platform == "win32", reason="such names and links are of Unix")


@pytest.fixture
def place(tmp_path: Path) -> Centre:
    made = centre(tmp_path)
    made.douyin("2026-10-01 好.csv", GOOD)
    return made


def call(place: Centre, *words: str) -> Result:
    return CliRunner().invoke(main, list(words), obj=place.app, catch_exceptions=False)


#: Accounts more, each with something else where its files should lie.
MORE = "".join(
    f'[[accounts]]\nid = "{name}"\nplatform = "app"\nname = "{name}"\n\n'
    for name in ("loop", "file", "stuck")
)
TABLE = "标题,发布时间,阅读量\n稿,2026-09-03 09:00,500\n"


@posix
def test_files_that_cannot_be_handled_stop_nothing(tmp_path: Path) -> None:
    place = centre(tmp_path, f"{CONFIG}\n{MORE}")
    place.douyin("2026-10-01 好.csv", GOOD)
    gbk = os.fsdecode(b"2026-10-02 " + "作品".encode("gb18030") + b".csv")
    place.douyin(gbk, [("春耕", "2026-09-02 10:00:00", 5)])
    app = place.inbox("kehu")
    (app / "a.csv").symlink_to("b.csv")
    (app / "b.csv").symlink_to("a.csv")
    os.mkfifo(app / "管.csv")
    (app / "宽.csv").write_text(f"{',x' * 700_000}\n" * 2, encoding="utf-8")
    inbox = tmp_path / "inbox"
    (inbox / "loop").symlink_to("loop")
    (inbox / "file").write_text("x", encoding="utf-8")
    (place.inbox("stuck") / "done").write_text("x", encoding="utf-8")
    (inbox / "stuck" / "a.csv").write_text(TABLE, encoding="utf-8")

    told = call(place, "now")
    assert told.exit_code == 1
    for name in (
        *("douyin / 2026-10-02 作品.csv", "kehu / a.csv", "kehu / b.csv", "kehu / 管.csv"),
        *("kehu / 宽.csv", "loop / loop", "file / file", "stuck / a.csv"),
    ):
        assert f"[有误] {name}：" in told.output
    assert "已经存入，但没能移到 done 文件夹（那里已有一个同名的文件）" in told.output
    assert "[成功] douyin / 2026-10-01 好.csv" in told.output
    assert "本次新发现爆款 2 个" in told.output
    assert "2026年第三季度的总结" in told.output
    (put,) = (inbox / "douyin" / "done").iterdir()
    assert put.name.endswith("-2026-10-01 好.csv")
    assert call(place, "check").exit_code == 1
    assert call(place, "status").exit_code == 1


@pytest.mark.parametrize("fault", [RecursionError, MemoryError, KeyError, UnicodeError])
def test_whatever_a_reader_raises_is_that_files_fault(
    place: Centre, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    place.inbox("kehu").joinpath("a.csv").write_text("标题,阅读量\n", encoding="utf-8")

    def choose(file: object, account: object) -> object:
        if getattr(file, "name", "") == "a.csv":
            raise fault("x")
        return registry.choose(file, account)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "choose", choose)
    told = call(place, "now")
    assert f"[有误] kehu / a.csv：程序读不了它（{fault.__name__}，test_inbox.py 第 " in told.output
    assert "[成功] douyin" in told.output and "本次新发现爆款 2 个" in told.output


@posix
def test_a_name_is_shown_cleaned(place: Centre) -> None:
    place.douyin("\x1b[31m红\n\u202efdp.csv", [("春耕", "2026-09-02 10:00:00", 5)])
    told = call(place, "now")
    assert told.exit_code == 0
    assert "[成功] douyin / \ufffd[31m红\ufffd\ufffdfdp.csv：" in told.output
    assert "\x1b" not in told.output and "\u202e" not in told.output
    names = [each.name for each in (place.inbox("douyin") / "done").iterdir()]
    assert all(name.isprintable() for name in names) and len(names) == 2
    assert call(place, "status").exit_code == 0


def test_a_file_that_was_taken_away_is_no_failing_source(place: Centre) -> None:
    bad = place.inbox("kehu") / "坏.csv"
    bad.write_bytes(b"")
    assert call(place, "now").exit_code == 1
    assert call(place, "status").exit_code == 1
    bad.unlink()
    assert call(place, "status").exit_code == 0


def test_another_reader_is_waited_for_with_a_word(
    place: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = place.app
    other = open_database(app.config.database_url)
    let_go, reads = threading.Event(), threading.Event()

    def read() -> None:
        with held(other, "inbox"):
            reads.set()
            let_go.wait(30)

    reader = threading.Thread(target=read)
    reader.start()
    assert reads.wait(30)
    monkeypatch.setattr(
        screen,
        "held",
        lambda engine, what, seconds, waiting: held(
            engine, what, seconds, lambda: [each() for each in (waiting, let_go.set)]
        ),
    )
    told = CliRunner().invoke(main, ["now"], obj=app, catch_exceptions=False)
    reader.join()
    other.dispose()
    assert told.exit_code == 0
    assert "正在读收件夹，等它读完" in told.stderr
    assert "[成功] douyin / 2026-10-01 好.csv" in told.stdout


def test_two_at_once_report_nothing_false(place: Centre) -> None:
    for number in range(10):
        place.douyin(
            f"2026-10-01 第{number}份.csv", [(f"稿{number}", "2026-09-01 10:00:00", number)]
        )
    runs = [
        subprocess.Popen(
            [*command(place), "now"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=environment(),
            encoding="utf-8",
        )
        for _ in range(2)
    ]
    said = [each.communicate(timeout=120)[0] for each in runs]
    assert [each.returncode for each in runs] == [0, 0], said
    assert sum(each.count("[成功]") for each in said) == 11
    assert not any("有误" in each for each in said)
    assert call(place, "status").exit_code == 0
