"""The tables a database has are those of schema.py, by way of the migrations alone."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from storage import database, migrations, schema
from storage.database import HEAD, StorageError
from storage.operations import tokens
from tests.storage.build import START, Store, epoch, post

pytestmark = pytest.mark.own_database

VERSIONS = Path(migrations.__file__).parent / "versions"


def test_head_is_the_newest_file() -> None:
    names = sorted(each.name for each in VERSIONS.glob("[0-9]*.py"))
    assert names[-1].split("_")[0] == database.HEAD


def test_the_files_form_one_line() -> None:
    before = "None"
    for file in sorted(VERSIONS.glob("[0-9]*.py")):
        text = file.read_text("utf-8")
        revision = re.search(r'^revision = "(\w+)"$', text, re.MULTILINE)
        down = re.search(r"^down_revision = (.+)$", text, re.MULTILINE)
        assert revision is not None
        assert down is not None
        assert (revision[1], down[1].strip('"')) == (file.name.split("_")[0], before)
        before = revision[1]


def test_migrated_tables_are_those_of_the_schema(store: Store) -> None:
    with database.reading(store.engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_clustered_tables_are_without_rowid(store: Store) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("SQLite only")
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%WITHOUT ROWID%'"
    clustered = {name for name, table in schema.metadata.tables.items() if _without_rowid(table)}
    assert {row[0] for row in store.rows(sql)} == clustered
    assert "observation" in clustered


def _without_rowid(table: object) -> bool:
    return table.dialect_options["sqlite"]["with_rowid"] is False  # type: ignore[attr-defined]


def test_prepared_twice_is_prepared_once(store: Store) -> None:
    assert database.prepare(store.engine, START) is None


def test_an_older_database_is_backed_up_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database.open_database(f"sqlite:///{(tmp_path / '库.db').as_posix()}")
    store = Store(engine)
    store.prepare()
    store.put([post("稿", 0, views=1)], 0)
    monkeypatch.setattr(database, "HEAD", "9999")  # this program knows one more step
    saved = database.prepare(engine, START)
    assert saved is not None
    assert saved.name == "库-升级前-20260101-000000.db"
    database.check(saved)
    copy = Store(database.open_database(f"sqlite:///{saved.as_posix()}"))
    assert copy.views() == [1]
    copy.engine.dispose()
    engine.dispose()


def test_an_upgrade_that_fails_leaves_one_copy_and_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(connection: Connection, version: str, _scripts: Path) -> None:
        connection.exec_driver_sql("DELETE FROM latest")
        raise KeyError(version)

    engine = database.open_database(f"sqlite:///{(tmp_path / '库.db').as_posix()}")
    store = Store(engine)
    store.prepare()
    store.put([post("稿", 0, views=1)], 0)
    with monkeypatch.context() as patch:
        patch.setattr(database, "HEAD", "9999")
        patch.setattr(database, "migrate", fails)
        for minute in range(3):  # a command a minute
            with pytest.raises(StorageError, match=f"数据没有改动.*升级前-{HEAD}.db"):
                database.prepare(engine, START + timedelta(minutes=minute))
    assert [each.name for each in tmp_path.glob("*升级前*")] == [f"库-升级前-{HEAD}.db"]
    assert store.views() == [1]
    monkeypatch.setattr(database, "HEAD", "9999")  # mended
    database.prepare(engine, START)
    assert [each.name for each in tmp_path.glob("*升级前*")] == ["库-升级前-20260101-000000.db"]
    engine.dispose()


def test_a_newer_database_is_refused(store: Store) -> None:
    with database.writing(store.engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match=r"更新的版本.9999.*升级程序"):
        database.prepare(store.engine, START)


def test_the_screens_on_a_wall_stay_admitted(store: Store) -> None:
    with database.writing(store.engine) as connection:
        token = tokens.add(connection, "大厅", "screen", at=5, by="老周")
        for sql in (
            "DROP INDEX attempt_recorded",
            "DROP INDEX attempt_withdrawn",
            "DROP INDEX attempt_dated",
            "ALTER TABLE token DROP COLUMN purpose",
            "ALTER TABLE token DROP COLUMN used_at",
            "ALTER TABLE token RENAME TO wall",
            "UPDATE alembic_version SET version_num = '0005'",
        ):
            connection.exec_driver_sql(sql)
    database.prepare(store.engine, START)
    with database.reading(store.engine) as connection:
        found = tokens.admits(connection, token, "screen")
        assert found is not None
        assert (found.name, found.made_by, found.used_at) == ("大厅", "老周", None)
        assert tokens.admits(connection, token, "data") is None


def test_long_keys_of_before_lead_to_the_same_posts(store: Store) -> None:
    """Keys stood whole on record once; the same rows again are the same posts, and so are the turns of twins."""
    caption = "".join(chr(0x4E00 + number * 7) for number in range(950))
    long = [
        post(caption, 5, views=1),
        post(caption, 5, views=2),
        post(f"{caption} #2026", 9, views=3),
    ]
    addressed = post("题", 7, url=f"https://a.cn/{'路' * 700}", views=4)
    store.put([*long, addressed, post("短", 8, views=5)], 10)
    whole = {1: f"at:{epoch(5)}|{caption}", 3: f"at:{epoch(9)}|{caption}#2026"}
    whole |= {2: f"{whole[1]}#2", 4: f"url:a.cn/{'路' * 700}"}
    if store.engine.dialect.name == "postgresql":  # it never held them
        del whole[1], whole[2], whole[3]
    with database.writing(store.engine) as connection:
        for number, key in whole.items():
            connection.exec_driver_sql(
                f"UPDATE post_key SET key = '{key}' WHERE post_id = {number}"
            )
        for later in (
            "TABLE person",
            "TABLE sign_in",
            "TABLE upload",
            "TABLE token",
            "INDEX attempt_recorded",
            "INDEX attempt_withdrawn",
            "INDEX attempt_dated",
            "INDEX post_newest",
            "INDEX latest_views",
        ):
            connection.exec_driver_sql(f"DROP {later}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    database.prepare(store.engine, START)
    store.put([*long, addressed, post("短", 8, views=5)], 20)
    assert store.rows("SELECT count(*) FROM post") == [(5,)]
    lengths = store.rows("SELECT max(length(key)) FROM post_key")
    assert lengths[0][0] <= 600
