"""The nightly clean-up and backup, in a small centre with pages kept long ago."""

from __future__ import annotations

import os
import shutil
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from adapters.records import Count, Metrics, Post
from collector import care
from collector.cli import main
from collector.intake import captures
from collector.mail import delivering
from storage import schema
from storage.bulk import insert_rows
from storage.database import StorageError, writing
from storage.operations import retention
from storage.operations.deliveries import Delivery
from tests.collector.centre import Centre, centre
from tests.collector.kept import CONFIG, KEY, VIEW, keep, view
from tests.storage.conftest import server as server

FIRST = datetime.fromisoformat("2025-01-10T08:00:00+08:00")
#: More than 400 days after all looks below.
NOW = datetime.fromisoformat("2026-10-08T04:00:00+08:00")
DAYS = 400
MAIL = '\n[mail]\nhost = "smtp.example.com"\nfrom = "a@example.com"\nto = ["b@example.com"]\n'


@pytest.fixture
def here(tmp_path: Path) -> Centre:
    return centre(tmp_path, CONFIG)


def clean(here: Centre, now: datetime = NOW) -> care.Cleaned:
    app = here.app
    try:
        return care.clean_up(app.engine, app.config, now)
    finally:
        app.engine.dispose()


def look(here: Centre, days: int, views: int) -> Path:
    """A page of one video, kept ``days`` after FIRST; returns where its bytes lie."""
    moment = FIRST + timedelta(days=days)
    metrics = Metrics(views=Count(views))
    record = Post(title="云岭茶山开园", published_at=FIRST, key=KEY, metrics=metrics)
    before = set((here.folder / "data").rglob("*.gz"))
    keep(here, view(views), [record], moment=moment)
    (path,) = set((here.folder / "data").rglob("*.gz")) - before
    age(path, moment)
    return path


def age(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def explained(here: Centre) -> str:
    result = CliRunner().invoke(main, ["explain", VIEW.partition("=")[2]], obj=here.app)
    assert result.exit_code == 0, result.output
    return result.output


def test_an_old_capture_goes_and_explain_says_so(here: Centre) -> None:
    gone, kept = look(here, 20, 100), look(here, 30, 200)
    size = gone.stat().st_size
    done = clean(here)
    assert (done.marked, done.captures, done.size, done.behind) == (1, 1, size, 1)
    assert not gone.exists()
    assert kept.exists()
    said = explained(here)
    assert said.count("原件已按期清理") == 1
    assert str(kept) in said
    again = clean(here)
    assert (again.marked, again.captures, again.problems) == (0, 0, ())


def test_not_a_day_too_early(here: Centre) -> None:
    look(here, 20, 100)
    look(here, 30, 200)
    edge = FIRST + timedelta(days=20 + DAYS)
    assert clean(here, edge).marked == 0
    assert clean(here, edge + timedelta(seconds=1)).marked == 1


def test_a_crash_after_the_word_and_before_the_deed(
    here: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state is true all the time: what is said to be kept is there."""
    gone = look(here, 20, 100)
    look(here, 30, 200)

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(retention, "removed_places", cut)
        with pytest.raises(KeyboardInterrupt):
            clean(here)
    assert gone.exists()
    assert "原件已按期清理" in explained(here)
    assert clean(here).captures == 1
    assert not gone.exists()


def test_bytes_that_come_again_are_kept_again(here: Centre) -> None:
    gone = look(here, 20, 100)
    look(here, 30, 200)
    clean(here)
    path = look(here, 31, 100)
    assert path == gone
    assert explained(here).count("原件已按期清理") == 0


def test_bytes_that_a_run_keeps_just_now_stay(here: Centre) -> None:
    gone = look(here, 20, 100)
    look(here, 30, 200)
    age(gone, NOW - timedelta(hours=1))
    assert clean(here).captures == 0
    assert gone.exists()


def test_what_another_program_holds_is_told_and_goes_later(
    here: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = look(here, 20, 100)
    look(here, 30, 200)

    def held(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", held)
        done = clean(here)
    assert (done.captures, len(done.problems)) == (0, 1)
    assert "没能删除 1 个" in done.words
    assert gone.name in done.words
    assert clean(here).captures == 1


def test_a_written_summary_keeps_what_is_behind_it(here: Centre) -> None:
    looks = [look(here, day, 100 + day) for day in (10, 20, 30, 40)]
    command = ["report", "2025Q1", "--as-of", "2025-02-01", "--format", "md"]
    assert CliRunner().invoke(main, command, obj=here.app).exit_code == 0
    clean(here)
    # 20: as of 1 February; 40: the present; the 7th day is before the first look
    assert [each.exists() for each in looks] == [False, True, False, True]


def touch(path: Path, moment: datetime) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    age(path, moment)
    return path


def test_mails_logs_and_halves(tmp_path: Path) -> None:
    here = centre(tmp_path, CONFIG + MAIL)
    data, old, new = tmp_path / "data", NOW - timedelta(days=401), NOW - timedelta(days=399)
    go = [
        touch(data / "mail" / "2025-W36" / "a.eml", old),
        touch(data / "logs" / "baokuan.jsonl.3", old),
        touch(data / "captures" / "ab" / "ab01.1-2.part", NOW - timedelta(days=2)),
        touch(data / "backups" / "baokuan-20260901-033000.db.part", NOW - timedelta(days=2)),
        touch(tmp_path / "reports_out" / "总结-2026Q1.docx.1a2b3c4d.part", NOW - timedelta(days=2)),
    ]
    stay = [
        touch(data / "mail" / "2025-W37" / "a.eml", new),
        touch(data / "mail" / "老照片.jpg", old),
        touch(data / "logs" / "baokuan.jsonl", new),
        touch(data / "logs" / "别人的.log", old),
        touch(data / "captures" / "ab" / "ab02.1-2.part", NOW - timedelta(hours=2)),
        touch(data / "captures" / "ab" / "ab03.gz", old),  # unknown to the database
        touch(data / "backups" / "baokuan-20240901-033000.db", old),
        touch(tmp_path / "reports_out" / "总结-2024Q1.docx", old),
    ]
    done = clean(here)
    assert (done.mails, done.logs, done.parts, done.captures) == (1, 1, 3, 0)
    assert [each for each in go if each.exists()] == []
    assert [each for each in stay if not each.exists()] == []
    assert done.words == "清理原件 0 份（0.0 MB）；旧邮件 1 个、旧日志 1 个、残留文件 3 个"


def test_a_mail_folder_that_holds_everything_is_left_alone(tmp_path: Path) -> None:
    here = centre(tmp_path, CONFIG + MAIL + 'folder = "."\n')
    path = touch(tmp_path / "说明.txt", NOW - timedelta(days=900))
    assert clean(here).mails == 0
    assert path.exists()


def back_up(here: Centre, now: datetime) -> care.BackedUp:
    app = here.app
    try:
        return care.backup_database(app.engine, app.config, now)
    finally:
        app.engine.dispose()


def test_the_newest_backups_stay(tmp_path: Path) -> None:
    here = centre(tmp_path, CONFIG + "\n[service]\nkeep_backups = 3\n")
    folder = tmp_path / "data" / "backups"
    other = touch(folder / "手工备份.db", FIRST)
    for day in range(5):
        done = back_up(here, NOW + timedelta(days=day))
    assert done.dropped == 1
    assert sorted(each.name for each in folder.iterdir()) == [
        *(f"baokuan-202610{day}-040000.db" for day in ("10", "11", "12")),
        other.name,
    ]
    assert done.path is not None
    connection = sqlite3.connect(done.path)
    assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    connection.close()
    assert done.words.startswith(f"已备份到 {done.path}（")


def test_backup_by_hand_without_a_name_is_the_nightly_one(here: Centre) -> None:
    done = CliRunner().invoke(main, ["backup"], obj=here.app)
    assert done.exit_code == 0, done.output
    (path,) = (here.folder / "data" / "backups").iterdir()
    assert path.name == f"baokuan-{here.now:%Y%m%d-%H%M%S}.db"
    assert str(path) in done.output


def test_a_failed_backup_drops_nothing(tmp_path: Path) -> None:
    here = centre(tmp_path, CONFIG + "\n[service]\nkeep_backups = 1\n")
    first = back_up(here, NOW).path
    assert first is not None
    (tmp_path / "data" / "backups" / "baokuan-20261009-040000.db").mkdir()
    with pytest.raises(StorageError, match="备份没有成功"):
        back_up(here, NOW + timedelta(days=1))
    assert first.exists()


def test_a_doctored_database_removes_no_file_of_others(here: Centre) -> None:
    """Its captures say that they lie elsewhere and are gone."""
    look(here, 20, 100)
    look(here, 30, 200)
    others = [
        touch(here.folder / "data" / "重要.docx", FIRST),
        touch(here.folder / "data" / "captures" / "说明.txt", FIRST),
        touch(here.folder.parent / "outside.gz", FIRST),
    ]
    places = ["../重要.docx", "说明.txt", str(others[2]), "ab/../../重要.docx", "..\\重要.docx"]
    app = here.app
    with writing(app.engine) as connection:
        insert_rows(
            connection,
            schema.capture,
            [(100 + n, f"{n:064x}", 1, place, 1, 1) for n, place in enumerate(places)],
        )
    app.engine.dispose()
    clean(here)
    assert all(each.exists() for each in others)
    kept = captures.Folder(here.folder / "data" / "captures")
    for place in places:
        with pytest.raises(OSError, match="no place of a capture"):
            kept.read(place)


def test_postgresql_is_backed_up_by_pg_dump(server: str, tmp_path: Path) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")
    here = centre(tmp_path, f'{CONFIG}\n[storage]\nurl = "{server}"\n')
    done = CliRunner().invoke(main, ["backup"], obj=here.app)
    assert done.exit_code == 0, done.output
    (path,) = (tmp_path / "data" / "backups").iterdir()
    assert path.name == f"baokuan-{here.now:%Y%m%d-%H%M%S}.dump"
    assert path.read_bytes().startswith(b"PGDMP")
    assert "PGPASSWORD" not in done.output


def test_a_backup_without_pg_dump_fails(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    here = centre(tmp_path, f'{CONFIG}\n[storage]\nurl = "{server}"\n')
    for words in (["backup"], ["backup", str(tmp_path / "x.dump")]):
        done = CliRunner().invoke(main, words, obj=here.app)
        assert done.exit_code == 1
        assert "没有 pg_dump" in done.output
    assert not list((tmp_path / "data" / "backups").iterdir())


@pytest.mark.parametrize(
    "path", ["../../config.toml", "/etc/hostname", "../x.eml", "说明.txt", None]
)
def test_a_doctored_database_mails_no_file_of_others(tmp_path: Path, path: str | None) -> None:
    here = centre(tmp_path, CONFIG + MAIL)
    touch(tmp_path / "data" / "x.eml", FIRST)
    touch(tmp_path / "data" / "mail" / "说明.txt", FIRST)
    config = here.app.config
    assert config.mail is not None
    waiting = Delivery(
        number=1,
        what="weekly",
        subject="2026-W38",
        recipient="b@example.com",
        state="waiting",
        claimed_at=1,
        settled_at=None,
        tries=1,
        next_try_at=1,
        problem=None,
        path=path,
    )
    with pytest.raises(FileNotFoundError):
        delivering._kept(config, config.mail, waiting)
