"""``collect fleet init`` on a real PostgreSQL."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner

from collector.app import App
from collector.cli import main
from collector.config.checking import ConfigError
from collector.fleet import founding
from collector.fleet.province import Province, load
from collector.service.lock import held
from storage.database import HEAD, StorageError, open_database, reading, writing
from storage.fleet import schema
from tests.server.fleet.build import NOW, centre_rows, rows, write_province


def init(province: Province, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    monkeypatch.chdir(province.folder)
    done = CliRunner().invoke(main, ["fleet", "init", "province.toml"], obj=App(clock=lambda: NOW))
    return done.exit_code, done.output


def test_a_province_is_founded_and_again_changes_nothing(
    empty: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = init(empty, monkeypatch)
    assert (code, "2 个中心就绪" in said) == (0, True), said
    for key in ("yunling", "qingshi"):
        assert centre_rows(empty, key, "SELECT version_num FROM alembic_version") == [(HEAD,)]
        assert (empty.place(key).parent / "inbox" / "douyin").is_dir()
    kept = rows(empty.url, "SELECT key, name, city, changed_at, left_at FROM centre ORDER BY key")
    assert [row[:3] for row in kept] == [
        ("qingshi", "青石县融媒体中心", ""),
        ("yunling", "云岭县融媒体中心", "云岭市"),
    ]
    assert init(empty, monkeypatch)[0] == 0
    assert kept == rows(
        empty.url, "SELECT key, name, city, changed_at, left_at FROM centre ORDER BY key"
    )


def test_the_tables_are_those_of_the_schema(province: Province) -> None:
    engine = open_database(province.url)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, schema.metadata)
        ours = [each for each in found if "procrastinate" not in str(each)]
    engine.dispose()
    assert ours == []
    versions = Path(schema.__file__).parent / "migrations" / "versions"
    assert max(each.name for each in versions.glob("0*.py"))[:4] == schema.TABLES.head


def test_who_leaves_keeps_the_data_and_may_come_back(province: Province) -> None:
    file, text = province.folder / "province.toml", (province.folder / "province.toml").read_text()
    file.write_text(text.partition('[[centres]]\nkey = "qingshi"')[0])
    assert founding.found(load(file), NOW, str).left == ("qingshi",)
    assert centre_rows(province, "qingshi", "SELECT count(*) FROM post") == [(0,)]
    sql = "SELECT key FROM centre WHERE left_at IS NULL ORDER BY key"
    assert rows(province.url, sql) == [("yunling",)]
    file.write_text(text)
    assert founding.found(load(file), NOW, str).left == ()
    assert rows(province.url, sql) == [("qingshi",), ("yunling",)]


def test_a_centre_at_work_is_left_for_the_next_time(
    empty: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(founding, "_WAIT_SECONDS", 0.0)
    config = empty.centre("yunling", (empty.folder / "yunling.toml").read_text("utf-8"))
    engine = open_database(config.database_url)
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE SCHEMA centre_yunling")
    with held(engine, "work"):
        code, said = init(empty, monkeypatch)
        assert code == 1
        assert "1/2 云岭县融媒体中心：正在采集或读入" in said
        assert "2/2 青石县融媒体中心：就绪" in said
    engine.dispose()
    assert init(empty, monkeypatch)[0] == 0


def test_an_older_program_founds_nothing(province: Province) -> None:
    engine = open_database(province.url)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE state SET value = '9999' WHERE name = 'centres'")
    engine.dispose()
    with pytest.raises(StorageError, match="更新的版本"):
        founding.found(province, NOW, str)


BAD = [
    ('key = "yunling"', 'key = "Yun-ling"', "只用小写英文字母"),
    ('key = "qingshi"', 'key = "yunling"', "都是“yunling”"),
    ("postgresql://postgres@", "postgresql://postgres:geheim@", "不能写密码"),
    ("postgresql://postgres@", "sqlite://", "PostgreSQL"),
    ('name = "云山省"', 'name = "云山省"\nfoldr = "x"', "是不是想写“folder”"),
    ('name = "云山省"', 'name = "云山省"\npassword_env = "NOT_THERE"', "NOT_THERE 没有设置"),
    ('config = "qingshi.toml"', 'config = "nowhere.toml"', "nowhere.toml"),
]


@pytest.mark.parametrize(("right", "wrong", "words"), BAD)
def test_what_is_wrong_with_the_file_is_said(
    empty: Province, right: str, wrong: str, words: str
) -> None:
    file = empty.folder / "province.toml"
    text = file.read_text("utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(ConfigError, match=re.escape(words)) as told:
        founding.found(load(file), NOW, str)
    assert "geheim" not in str(told.value)


UNFIT = [
    ('[storage]\nurl = "sqlite:///x.db"', "storage.url：由全省的配置统一规定"),
    ('[inbox]\nwatch = ["~/Downloads"]', "inbox.watch：全省的机器"),
    ('[inbox]\npath = "../qingshi/inbox"', "inbox.path：要在本中心自己的文件夹里"),
]


@pytest.mark.parametrize(("section", "words"), UNFIT)
def test_what_a_centre_of_a_province_may_not_say(empty: Province, section: str, words: str) -> None:
    file = empty.folder / "yunling.toml"
    file.write_text(file.read_text("utf-8") + f"\n{section}\n", "utf-8")
    with pytest.raises(ConfigError, match=rf"yunling.toml 有误：\n  {words}"):
        founding.found(empty, NOW, str)


def test_the_password_is_shown_nowhere(
    empty: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PG_WORD", "geheim-密码")
    file = write_province(
        tmp_path, open_database(empty.url).url.difference_update_query(["schema"])
    )
    file.write_text(file.read_text("utf-8").replace("\n\n", '\npassword_env = "PG_WORD"\n\n', 1))
    here = load(file)
    home = here.home("yunling")
    assert "geheim" not in f"{here!r} {home!r}"
    assert "geheim" in home.url
