"""Captures in a bucket: the same names and the same rules as in a folder, and what is said when it cannot be used."""

from __future__ import annotations

import gzip
import hashlib
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adapters.records import Count, Metrics, Post
from collector import care
from collector.cli import main
from collector.config.secrets import hidden, secrets_of
from collector.intake import bucket, captures
from collector.intake.bucket import Bucket
from collector.sweep import Sweep
from storage.database import StorageError
from tests.collector.centre import Centre, centre
from tests.collector.kept import CONFIG, KEY, VIEW, keep, view
from tests.server.objects import (
    BUCKET,
    SECRET,
    Objects,
    cutting,
    free_port,
    serving,
)
from tests.server.objects import (
    KEY as ACCESS_KEY,
)

URL = f"s3://{BUCKET}/yunling"
FIRST = datetime.fromisoformat("2025-01-10T08:00:00+08:00")
#: More than 400 days after all looks below.
NOW = datetime.fromisoformat("2026-10-08T04:00:00+08:00")
BODY = "云岭茶山开园".encode()
NAME = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Objects]:
    with serving(tmp_path_factory.mktemp("objects")) as made:
        yield made


@pytest.fixture
def objects(server: Objects, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a fresh prefix of the bucket; the environment leads to it."""
    tell(monkeypatch, server.environment())
    folder = server.bucket / "yunling"
    if folder.exists():
        folder.rename(server.folder / f"before-{random.getrandbits(64):x}")
    yield folder
    bucket._opened.cache_clear()


def tell(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    """Another environment, as another process has it."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    bucket._opened.cache_clear()


@pytest.fixture
def here(tmp_path: Path, objects: Path) -> Centre:
    return centre(tmp_path, CONFIG + f'\n[storage]\ncaptures = "{URL}"\n')


def stored(objects: Path) -> list[Path]:
    return sorted(objects.glob("*/*")) if objects.exists() else []


def run(here: Centre, *words: str) -> Result:
    return CliRunner().invoke(main, list(words), obj=here.app)


def test_the_same_names_and_bytes_as_in_a_folder(objects: Path, tmp_path: Path) -> None:
    kept = captures.keep_bytes(BODY, Bucket(URL))
    assert kept == captures.keep_bytes(BODY, captures.Folder(tmp_path))
    assert stored(objects) == [objects / NAME[:2] / f"{NAME}.gz"]
    assert (objects / kept.path).read_bytes() == (tmp_path / kept.path).read_bytes()
    assert (Bucket(URL).read(kept.path), Bucket(URL).is_there(kept.path)) == (BODY, True)
    assert Bucket(f"{URL}/").where(kept.path) == f"{URL}/{kept.path}"


def test_what_is_larger_than_a_part_goes_up_in_parts(objects: Path) -> None:
    body = random.Random(1).randbytes(bucket.PART_BYTES + 3)
    kept = captures.keep_bytes(body, Bucket(URL))
    assert Bucket(URL).read(kept.path) == body
    assert gzip.decompress((objects / kept.path).read_bytes()) == body


def test_bytes_that_change_while_they_are_read_are_not_sent(objects: Path) -> None:
    with pytest.raises(captures.Changed):
        Bucket(URL).keep([b"other"], NAME, len(BODY))
    assert stored(objects) == []


def test_what_is_there_is_not_sent_again_and_not_cleaned_away(
    objects: Path, server: Objects
) -> None:
    """S3 cannot touch an object: a mark beside it says that it is wanted again."""
    kept = captures.keep_bytes(BODY, Bucket(URL))
    path = objects / kept.path
    captures.keep_bytes(BODY, Bucket(URL))
    assert stored(objects) == [path]  # too new to be cleaned away: no mark is needed
    old = datetime.now(UTC) - timedelta(days=500)
    server.age(path, old)
    captures.keep_bytes(BODY, Bucket(URL))
    mark = path.with_name(f"{path.name}.wanted")
    assert (stored(objects), mark.stat().st_size) == ([path, mark], 0)
    assert abs(path.stat().st_mtime - old.timestamp()) < 1  # it was not sent again
    before = datetime.now(UTC) - captures.IN_USE
    assert Bucket(URL).sweep([kept.path], before, Sweep()) == 0
    server.age(mark, old)
    sweep = Sweep()
    size = path.stat().st_size
    assert (Bucket(URL).sweep([kept.path], before, sweep), sweep.size) == (1, size)
    assert stored(objects) == []


def test_only_what_the_database_names_is_cleaned_away(objects: Path, server: Objects) -> None:
    kept = [captures.keep_bytes(b"%d" % n, Bucket(URL)).path for n in range(120)]
    for each in kept:
        server.age(objects / each, FIRST)
    gone = [*kept[:110], "../x.gz", "ab/none.gz", f"{'0' * 2}/{'0' * 64}.gz"]
    assert Bucket(URL).sweep(gone, NOW, Sweep()) == 110
    assert [objects / each for each in sorted(kept[110:])] == stored(objects)


def look(here: Centre, days: int, views: int) -> None:
    record = Post(
        title="云岭茶山开园",
        published_at=FIRST,
        key=KEY,
        metrics=Metrics(views=Count(views)),
    )
    keep(here, view(views), [record], moment=FIRST + timedelta(days=days))


def clean(here: Centre) -> care.Cleaned:
    app = here.app
    try:
        return care.clean_up(app.engine, app.config, NOW)
    finally:
        app.engine.dispose()


def test_clean_up_and_explain(here: Centre, objects: Path, server: Objects) -> None:
    look(here, 20, 100)
    look(here, 30, 200)
    for each in stored(objects):
        server.age(each, FIRST)
    done = clean(here)
    assert (done.marked, done.captures, len(stored(objects))) == (1, 1, 1)
    said = run(here, "explain", VIEW.partition("=")[2]).output
    assert "原件已按期清理" in said
    assert f"原件 {URL}/" in said


def test_files_are_imported_and_read_again(here: Centre, objects: Path, server: Objects) -> None:
    file = here.douyin("作品.csv", [("春茶", "2026-09-01 08:00:00", 1_200)])
    done = run(here, "import", "--account", "douyin", str(file))
    assert done.exit_code == 0, done.output
    assert len(stored(objects)) == 1
    assert not (here.folder / "data" / "captures").exists()
    again = run(here, "reread")
    assert again.exit_code == 0, again.output
    (path,) = stored(objects)
    path.write_bytes(path.read_bytes()[:-9])
    server.age(path, NOW)
    assert "[原件有问题]" in run(here, "reread").output
    path.unlink()
    assert f"请从备份恢复 {URL}" in run(here, "reread").output


def test_a_store_out_of_reach_is_no_loss(
    here: Centre, objects: Path, server: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said to be gone or damaged, a file stays where it lies, and the next time all is done."""
    look(here, 20, 100)
    look(here, 30, 200)
    for each in stored(objects):
        server.age(each, FIRST)
    file = here.douyin("作品.csv", [("春茶", "2026-09-01 08:00:00", 1_200)])
    tell(monkeypatch, server.environment(free_port()))
    importing = ["import", "--account", "douyin", str(file)]
    for words in (importing, ["reread"]):
        done = run(here, *words)
        assert done.exit_code != 0
        assert "连不上" in done.output
        assert "损坏" not in done.output
    with pytest.raises(StorageError, match="连不上"):
        clean(here)
    tell(monkeypatch, server.environment())
    assert clean(here).captures == 1
    done = run(here, *importing)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "another" * 5}, "密钥不对，或它没有权限"),
        ({"AWS_ACCESS_KEY_ID": "AKIAUNKNOWN000000000"}, "AWS_ACCESS_KEY_ID"),
        ({"AWS_ALLOW_HTTP": "false"}, "AWS_ALLOW_HTTP"),
        ({"AWS_ENDPOINT_URL": "no address"}, "AWS_ENDPOINT_URL"),
    ],
)
def test_what_is_wrong_is_said(
    objects: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, str], words: str
) -> None:
    tell(monkeypatch, told)
    for ask in (
        lambda: captures.keep_bytes(BODY, Bucket(URL)),
        lambda: Bucket(URL).read(captures.place_of(NAME)),
        lambda: Bucket(URL).is_there(captures.place_of(NAME)),
        lambda: Bucket(URL).sweep([captures.place_of(NAME)], NOW, Sweep()),
    ):
        with pytest.raises(StorageError, match=words) as said:
            ask()
        assert not any(each in str(said.value) for each in (SECRET, ACCESS_KEY, *told.values()))


def test_a_missing_bucket_is_said(objects: Path) -> None:
    for ask in (
        lambda: captures.keep_bytes(BODY, Bucket("s3://nowhere")),
        lambda: Bucket("s3://nowhere").read(captures.place_of(NAME)),
    ):
        with pytest.raises(StorageError, match="没有存储桶“nowhere”"):
            ask()


def test_cut_in_the_middle(objects: Path, server: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "RETRIES", 1)
    body = random.Random(2).randbytes(2**20)
    place = captures.place_of(hashlib.sha256(body).hexdigest())
    with cutting(server.port, up=2**19) as port:
        tell(monkeypatch, server.environment(port))
        with pytest.raises(StorageError, match="断了"):
            captures.keep_bytes(body, Bucket(URL))
    tell(monkeypatch, server.environment())
    assert not Bucket(URL).is_there(place)
    captures.keep_bytes(body, Bucket(URL))
    with cutting(server.port, down=2**19) as port:
        tell(monkeypatch, server.environment(port))
        with pytest.raises(StorageError, match="断了"):
            Bucket(URL).read(place)


def test_without_the_component(objects: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore.exceptions", None)
    with pytest.raises(StorageError, match="运行 make postgres"):
        captures.keep_bytes(BODY, Bucket(URL))


@pytest.mark.parametrize(
    "place", ["s3://", "s3:///x", "s3://a/../b", "s3://k:s@bucket/x", "oss://bucket/x"]
)
def test_addresses_that_are_none(here: Centre, place: str) -> None:
    text = (here.folder / "config.toml").read_text(encoding="utf-8").replace(URL, place)
    (here.folder / "config.toml").write_text(text, encoding="utf-8")
    done = run(here, "check")
    assert done.exit_code != 0
    assert "s3://存储桶/前缀" in done.output


def test_its_keys_are_hidden_in_logs(here: Centre) -> None:
    said = hidden(f"PUT {ACCESS_KEY} {SECRET}", secrets_of(here.app.config))
    assert (ACCESS_KEY in said, SECRET in said) == (False, False)
