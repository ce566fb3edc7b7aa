"""Restoring, the last resort: whatever became of the live database, and only what is surely ours."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from storage import database, restoring
from storage.database import StorageError
from storage.restoring import Restored, restore
from tests.storage.build import DAY, START, Store, post


class Place:
    """A live database with two posts in it, and a backup of the time when it had one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.live, self.backup = folder / "库.db", folder / "away" / "备份.db"
        store = self.open()
        store.prepare()
        store.put([post("一", 0, views=1)], DAY)
        database.backup(store.engine, self.backup)
        store.put([post("二", 60, views=2)], 2 * DAY)
        store.engine.dispose()

    def open(self) -> Store:
        return Store(database.open_database(f"sqlite:///{self.live.as_posix()}"))

    def restore(self, source: Path | None = None) -> Restored:
        return restore(source or self.backup, self.live, START)

    def views(self) -> list[int | None]:
        store = self.open()
        try:
            assert store.faults() == []
            return store.views()
        finally:
            store.engine.dispose()

    def names(self) -> set[str]:
        return {each.name for each in self.folder.iterdir()} - {"away"}

    def sql(self, path: Path, *statements: str) -> None:
        with closing(sqlite3.connect(path)) as connection:
            for each in statements:
                connection.executescript(each)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def truncated(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def zeroed_header(path: Path) -> None:
    path.write_bytes(bytes(100) + path.read_bytes()[100:])


def garbage_pages(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4_096] + b"\xa5" * (len(content) - 4_096))


def first_page_garbage(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xa5" * 3_996 + content[4_096:])


def text(path: Path) -> None:
    path.write_text("这不是数据库" * 1_000, encoding="utf-8")


DAMAGES = [truncated, zeroed_header, garbage_pages, first_page_garbage, text]


def test_a_sound_database_is_kept_by_name(place: Place) -> None:
    assert place.views() == [1, 2]
    done = place.restore()
    kept = place.folder / "库-恢复前-20260101-000000.db"
    assert done == Restored(aside=kept, damaged=False, upgraded=None)
    assert place.views() == [1]
    place.restore(kept)
    assert place.views() == [1, 2]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_set_aside_by_name(
    place: Place, damage: Callable[[Path], None]
) -> None:
    damage(place.live)
    broken = place.live.read_bytes()
    done = place.restore()
    assert done.damaged
    assert done.aside == place.folder / "库-损坏-20260101-000000.db"
    assert len(done.aside.read_bytes()) >= len(broken) // 2
    assert place.views() == [1]
    assert place.names() == {"库.db", "库-损坏-20260101-000000.db"}


@pytest.mark.parametrize("ending", ["", "-wal", "-journal"])
def test_a_folder_in_its_place_is_set_aside_by_name(place: Place, ending: str) -> None:
    folder = place.folder / f"库.db{ending}"
    folder.unlink(missing_ok=True)
    folder.mkdir()
    (folder / "别人的.txt").write_text("x", encoding="utf-8")
    assert place.restore().damaged
    kept = place.folder / f"库-损坏-20260101-000000.db{ending}"
    assert (kept / "别人的.txt").read_text(encoding="utf-8") == "x"
    assert place.views() == [1]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE alembic_version SET version_num = '9999'",
        "DROP TABLE alembic_version",
        "DROP TABLE observation; CREATE TABLE observation (x)",
        "DROP TABLE alembic_version; CREATE TABLE other (x); CREATE VIEW v AS SELECT 1",
    ],
)
def test_a_newer_or_foreign_database_is_kept_and_replaced(place: Place, change: str) -> None:
    place.sql(place.live, change)
    done = place.restore()
    assert done.aside == place.folder / "库-恢复前-20260101-000000.db"
    assert place.views() == [1]


def test_a_missing_database_is_made_and_a_stale_wal_is_not_taken_in(place: Place) -> None:
    place.live.unlink()
    (place.folder / "库.db-wal").write_bytes(b"of another one")
    assert place.restore() == Restored(aside=None, damaged=False, upgraded=None)
    assert place.views() == [1]
    shutil.rmtree(place.folder / "away" / "none", ignore_errors=True)
    elsewhere = place.folder / "neu" / "库.db"
    restore(place.backup, elsewhere, START)
    assert elsewhere.exists()


def test_a_wal_beside_the_copy_is_seen(place: Place) -> None:
    """Copied by hand while the program ran: the newest figures are in the WAL alone."""
    store = place.open()
    store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    store.put([post("三", 120, views=3)], 3 * DAY)
    copy = place.folder / "away" / "copy.db"
    for ending in ("", "-wal"):
        shutil.copyfile(f"{place.live}{ending}", f"{copy}{ending}")
    store.engine.dispose()
    before = {each.name: each.read_bytes() for each in copy.parent.iterdir()}
    place.restore()
    place.restore(copy)
    assert place.views() == [1, 2, 3]
    assert {each.name: each.read_bytes() for each in copy.parent.iterdir()} == before


def doctored(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(statement)

    return change


@pytest.mark.parametrize(
    "spoil",
    [
        *DAMAGES,
        doctored("CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM post; END"),
        doctored("CREATE VIEW v AS SELECT 1"),
        doctored("CREATE TABLE more (x)"),
        doctored("CREATE VIRTUAL TABLE more USING fts5(x)"),
        doctored("ALTER TABLE post ADD COLUMN more TEXT"),
        doctored("ALTER TABLE post ADD COLUMN more TEXT AS (title)"),
        doctored("DROP TABLE hit"),
        doctored("ALTER TABLE run RENAME TO r; CREATE VIEW run AS SELECT * FROM r"),
        doctored("UPDATE alembic_version SET version_num = '9999'"),
        doctored("UPDATE alembic_version SET version_num = '0000x'"),
        doctored("INSERT INTO alembic_version VALUES ('0001')"),
        doctored("UPDATE alembic_version SET version_num = '0001'"),
        doctored("DROP TABLE alembic_version"),
    ],
)
def test_what_is_not_surely_ours_is_refused_and_all_is_as_it_was(
    place: Place, spoil: Callable[[Path], None]
) -> None:
    spoil(place.backup)
    before = place.live.read_bytes(), place.backup.read_bytes()
    with pytest.raises(StorageError, match="没有恢复") as refused:
        place.restore()
    assert "\n" not in str(refused.value) and "collect restore" not in str(refused.value)
    assert (place.live.read_bytes(), place.backup.read_bytes()) == before
    assert place.names() == {"库.db"}


def test_an_older_version_is_upgraded(place: Place) -> None:
    old = place.folder / "away" / "alt.db"
    engine = database.open_database(f"sqlite:///{old.as_posix()}")
    with database.writing(engine) as connection:
        database.migrate(connection, "0001")
    engine.dispose()
    before = old.read_bytes()
    done = place.restore(old)
    assert done.upgraded == "0001"
    assert place.views() == []
    assert old.read_bytes() == before
    store = place.open()
    assert database.prepare(store.engine, START) is None
    store.engine.dispose()


def test_nothing_is_restored_while_a_process_has_the_database_open(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told at once that it waits, and how long it waits does not hang on the machine: the clock is ours."""
    moments = iter((0.0, 29.0, 31.0))
    clock = SimpleNamespace(monotonic=lambda: next(moments), sleep=lambda _seconds: None)
    monkeypatch.setattr(restoring, "time", clock)
    store = place.open()
    store.views()  # between two transactions of a run; its connection stays open
    told: list[int] = []
    with pytest.raises(StorageError, match="别的程序正在用数据库"):
        restore(place.backup, place.live, START, lambda: told.append(1))
    assert told == [1]
    assert store.put([post("三", 120, views=3)], 3 * DAY).posts == 1
    store.engine.dispose()
    assert place.views() == [1, 2, 3]
    assert place.names() == {"库.db"}


def test_a_restore_that_is_cut_off_leaves_the_database_as_it_was(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", fails)
    with pytest.raises(StorageError, match="没能恢复，现在的数据库没有动过"):
        place.restore()
    assert place.views() == [1, 2]


def test_a_backup_is_not_the_database_itself(place: Place) -> None:
    with pytest.raises(StorageError, match="就是现在的数据库"):
        place.restore(place.live)
