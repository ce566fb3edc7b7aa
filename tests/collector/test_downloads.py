"""Watched folders: exports of ours are copied once, when whole; all else is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.intake import inbox
from tests.collector.centre import Centre, centre
from tests.collector.test_placing import ACCOUNT, CONFIG, LISTED, OTHERS, TWO


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """A centre that watches a folder beside its own."""
    monkeypatch.setattr(inbox, "_FRESH_SECONDS", 0.0)
    (tmp_path / "下载").mkdir()
    (tmp_path / "centre").mkdir()
    accounts = "".join(ACCOUNT.format(*each) for each in TWO)
    watch = f"[inbox]\nwatch = [{json.dumps(str(tmp_path / '下载'))}]\n"
    return centre(tmp_path / "centre", CONFIG + watch + accounts)


def now(place: Centre) -> str:
    return CliRunner().invoke(main, ["now"], obj=place.app).output


def test_an_export_is_copied_once_and_read(place: Centre) -> None:
    downloads = place.folder.parent / "下载"
    file = place.douyin("看青禾好物 10月5日.csv", LISTED, downloads)
    assert "作品 2 条（新 2）" in now(place)
    assert file.exists(), "never moved"
    assert len(list((place.folder / "inbox" / "dy2" / "done").iterdir())) == 1
    assert "没有新文件" in now(place)
    place.douyin(file.name, [*LISTED, *OTHERS], downloads)
    assert "新 2" in now(place), "another version is another file"


def test_everything_else_is_left_alone(place: Centre) -> None:
    downloads = place.folder.parent / "下载"
    (downloads / "账单.csv").write_text("日期,金额\n2026-10-01,5\n", encoding="utf-8")
    (downloads / "看青禾.pdf").write_bytes(b"%PDF")
    (downloads / "看青禾.csv.crdownload").write_bytes(b"x")
    (downloads / "坏.xlsx").write_bytes(b"PK not a workbook")
    (downloads / "统计.csv").write_text(
        "标题,发布时间,阅读量\n甲,2026-10-01 08:00,10\n", encoding="utf-8"
    )
    assert "没有新文件" in now(place)
    assert len(list(downloads.iterdir())) == 5
    assert not [each for each in (place.folder / "inbox").rglob("*") if each.is_file()]


def test_an_export_that_may_be_of_two_is_asked_about_once(place: Centre) -> None:
    place.douyin("作品列表.csv", LISTED, place.folder.parent / "下载")
    assert "看不出是哪个账号的" in now(place)
    (place.folder / "inbox" / "作品列表.csv").unlink()
    assert "看不出是哪个账号的" not in now(place)


def test_a_link_leads_nowhere_and_a_folder_that_is_not_there_is_none(place: Centre) -> None:
    downloads = place.folder.parent / "下载"
    file = place.douyin("看青禾好物.csv", LISTED, place.folder)
    try:
        (downloads / "看青禾好物.csv").symlink_to(file)
    except OSError:
        pytest.skip("this machine makes no symbolic links for this user")
    assert "没有新文件" in now(place)
    (downloads / "看青禾好物.csv").unlink()
    downloads.rmdir()
    assert "没有新文件" in now(place)
