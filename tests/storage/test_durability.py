"""Killed, full, locked, read-only: what was said to be stored is there, and nothing is there by half."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from adapters.records import Post
from storage import database
from storage.database import StorageError
from tests.storage.build import DAY, Store, post
from tests.storage.killed import POSTS

ROOT = Path(__file__).resolve().parents[2]
#: BAOKUAN_KILLS=200 pytest tests/storage/test_durability.py for more.
KILLS = int(os.environ.get("BAOKUAN_KILLS", "5"))


@pytest.fixture
def sqlite(engine: Engine) -> Store:
    return Store(engine)


def few(count: int = 5) -> list[Post]:
    return [post(f"稿{n}", n * 61, key=str(n), views=n) for n in range(count)]


@pytest.mark.parametrize(
    "kill", [pytest.param(n, marks=pytest.mark.slow if n > 1 else ()) for n in range(KILLS)]
)
def test_killed_while_storing(sqlite: Store, kill: int) -> None:
    chance = random.Random(kill)
    url = sqlite.engine.url.render_as_string()
    for round_ in range(2):
        command = [sys.executable, "-m", "tests.storage.killed", url, str(round_)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                if line == "writing\n":
                    break
            killer = threading.Timer(chance.uniform(0, 0.5), child.kill)
            killer.start()
            said = child.stdout.read()
            killer.cancel()
        sources = {row[0] for row in sqlite.rows("SELECT source FROM attempt")}
        if "stored" in said:
            assert f"{round_}.xlsx" in sources
        for attempt, posts in sqlite.rows("SELECT attempt_id, posts FROM attempt"):
            sql = f"SELECT count(*) FROM observation WHERE attempt_id = {attempt}"
            assert (posts, sqlite.rows(sql)) == (POSTS, [(POSTS,)])
        assert sqlite.count("observation") == POSTS * len(sources)
        assert sqlite.count("latest") == (POSTS if sources else 0)
        assert sqlite.faults() == []
    sqlite.put(few(), 40 * DAY)  # and it goes on without hands
    assert sqlite.faults() == []


def snapshot(store: Store) -> list[object]:
    tables = ("attempt", "run", "post", "post_key", "observation", "latest", "hit", "fact")
    return [sorted(store.rows(f"SELECT * FROM {table}"), key=repr) for table in tables]


def test_an_adapter_that_fails_half_way_stores_nothing(sqlite: Store) -> None:
    def broken() -> Iterator[Post]:
        yield from few()
        raise ZeroDivisionError

    sqlite.put(few(3), DAY)
    before = snapshot(sqlite)
    with pytest.raises(ZeroDivisionError):
        sqlite.put(broken(), 2 * DAY)
    assert snapshot(sqlite) == before


def test_full_disk(sqlite: Store) -> None:
    sqlite.put(few(), DAY)
    before = snapshot(sqlite)
    ((pages,),) = sqlite.rows("PRAGMA page_count")
    sqlite.rows(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(StorageError, match=r"已满.*没有存入.*腾出空间"):
        sqlite.put([post(f"新{n}", n * 61, views=n) for n in range(5_000)], 2 * DAY)
    assert snapshot(sqlite) == before
    sqlite.rows("PRAGMA max_page_count = 1000000000")
    assert sqlite.put(few(), 3 * DAY).posts == 5
    assert sqlite.faults() == []


def test_read_only(sqlite: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite.put(few(), DAY)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    before = snapshot(sqlite)
    file = Path(sqlite.engine.url.database or "").as_posix()
    locked = Store(database.open_database(f"sqlite:///file:{file}?mode=ro&uri=true"))
    with pytest.raises(StorageError, match=r"只读.*没有存入"):
        locked.put(few(), 2 * DAY)
    assert snapshot(locked) == before
    totals = locked.ask()  # a summary can still be made
    assert totals is not None
    assert totals.posts == 5
    locked.engine.dispose()
    assert list((tmp_path / "here").iterdir()) == []  # nor a folder called "file:"


def test_locked(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite.put(few(), DAY)
    before = snapshot(sqlite)
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    other = Store(database.open_database(sqlite.engine.url.render_as_string()))
    with database.writing(sqlite.engine):
        with pytest.raises(StorageError, match=r"另一个程序占用.*稍后再运行"):
            other.put(few(), 2 * DAY)
        assert snapshot(other) == before  # reading goes on
    assert other.put(few(), 2 * DAY).posts == 5
    other.engine.dispose()


def test_not_a_database(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.write_bytes("这不是数据库".encode() * 100)
    engine = database.open_database(f"sqlite:///{file.as_posix()}")
    with pytest.raises(StorageError, match="不是数据库"), database.reading(engine):
        pass
    engine.dispose()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(StorageError, match="建不了数据库所在的文件夹"):
        database.open_database(f"sqlite:///{(tmp_path / 'file' / 'x.db').as_posix()}")


def test_damaged(tmp_path: Path, sqlite: Store) -> None:
    sqlite.put(few(2_000), DAY)
    copy = tmp_path / "damaged.db"
    database.backup(sqlite.engine, copy)
    database.check(copy)
    content = bytearray(copy.read_bytes())
    content[8_192:40_960] = bytes(40_960 - 8_192)
    copy.write_bytes(content)
    with pytest.raises(StorageError, match="已损坏"):
        database.check(copy)


def test_a_backup_is_whole_and_one_file(tmp_path: Path, sqlite: Store) -> None:
    sqlite.put(few(), DAY)
    target = tmp_path / "备份" / "库.db"
    database.backup(sqlite.engine, target)
    assert [each.name for each in target.parent.iterdir()] == ["库.db"]
    copy = Store(database.open_database(f"sqlite:///{target.as_posix()}"))
    assert snapshot(copy) == snapshot(sqlite)
    assert copy.put(few(), 2 * DAY).new_posts == 0
    copy.engine.dispose()


def test_a_backup_that_cannot_be_made_leaves_nothing(tmp_path: Path, sqlite: Store) -> None:
    (tmp_path / "here").mkdir()
    with pytest.raises(StorageError, match="备份没有成功"):
        database.backup(sqlite.engine, tmp_path / "here")
    assert list((tmp_path / "here").iterdir()) == []
    assert not (tmp_path / "here.part").exists()


def test_a_file_of_another_program_is_no_backup(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(StorageError, match="不是爆款的数据库"):
        database.check(other)
