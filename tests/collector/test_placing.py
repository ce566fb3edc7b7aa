"""Whose a loose file is: found by names, by known works, by being the only one; never guessed."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.intake.placing import FileAccount, place
from storage.database import reading
from tests.collector.centre import HEAD, Centre, centre

CONFIG = """
[centre]
name = "青禾县融媒体中心"
"""
ACCOUNT = """
[[accounts]]
id = "{}"
platform = "{}"
name = "{}"
"""
TWO = (("dy1", "douyin", "看青禾"), ("dy2", "douyin", "看青禾好物"), ("app", "app", "青禾云"))
LISTED = [
    ("凌晨的青禾", "2026-10-01 08:00:00", 2_346_810),
    ("茶山开园", "2026-10-02 08:00:00", 900),
]
OTHERS = [("夜市开街", "2026-10-03 08:00:00", 77), ("送戏下乡", "2026-10-04 08:00:00", 5)]


def made(folder: Path, *accounts: tuple[str, str, str]) -> Centre:
    return centre(folder, CONFIG + "".join(ACCOUNT.format(*each) for each in accounts))


def placed(place_: Centre, path: Path) -> FileAccount:
    app = place_.app
    with reading(app.engine) as connection:
        found = place(connection, app.config, path)
    app.close()
    return found


def table(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def collected(place_: Centre) -> None:
    result = CliRunner().invoke(main, ["now", "--json"], obj=place_.app)
    assert result.exit_code == 0, result.output


def test_the_only_account_of_its_platform(tmp_path: Path) -> None:
    here = made(tmp_path, ("dy", "douyin", "看青禾"), ("app", "app", "青禾云"))
    found = placed(here, here.douyin("作品列表.csv", LISTED, tmp_path))
    assert found.account == "dy"


def test_of_two_accounts_nobody_guesses(tmp_path: Path) -> None:
    here = made(tmp_path, *TWO)
    found = placed(here, here.douyin("作品列表.csv", LISTED, tmp_path))
    assert (found.account, found.fits) == ("", ("dy1", "dy2"))


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("看青禾 作品列表.csv", "dy1"),
        ("看青禾好物作品.csv", "dy2"),
        ("2026-10-05 dy2.csv", "dy2"),
        ("dy25.csv", ""),
        ("看青禾和看青禾好物.csv", ""),
    ],
)
def test_a_name_says_it(tmp_path: Path, name: str, account: str) -> None:
    here = made(tmp_path, *TWO)
    assert placed(here, here.douyin(name, LISTED, tmp_path)).account == account


def test_known_works_say_it_and_a_name_against_them_is_asked_about(tmp_path: Path) -> None:
    here = made(tmp_path, *TWO)
    here.inbox("dy2")
    here.douyin("2026-10-05 列表.csv", LISTED, here.inbox("dy2"))
    collected(here)
    assert placed(here, here.douyin("列表.csv", [LISTED[0], *OTHERS], tmp_path)).account == "dy2"
    assert placed(here, here.douyin("别的.csv", OTHERS, tmp_path)).account == ""
    against = placed(here, here.douyin("dy1.csv", LISTED, tmp_path))
    assert against.account == ""
    assert set(against.fits) == {"dy1", "dy2"}


def test_works_of_two_accounts_are_asked_about(tmp_path: Path) -> None:
    here = made(tmp_path, *TWO)
    here.douyin("2026-10-05 列表.csv", LISTED, here.inbox("dy1"))
    here.douyin("2026-10-05 列表.csv", OTHERS, here.inbox("dy2"))
    collected(here)
    assert placed(here, here.douyin("全部.csv", [*LISTED, *OTHERS], tmp_path)).account == ""


def test_a_sheet_of_all_channels_belongs_to_those_it_names(tmp_path: Path) -> None:
    here = made(tmp_path, ("app", "app", "青禾云"), ("wang", "portal", "青禾网"))
    rows = [
        ("标题", "平台", "账号", "发布时间", "阅读量"),
        ("甲", "客户端", "青禾云", "2026-10-01 08:00", 10),
        ("乙", "网站", "青禾网", "2026-10-01 09:00", 20),
        ("丙", "网站", "青禾网", "2026-10-01 10:00", 30),
    ]
    assert placed(here, table(tmp_path / "汇总.csv", rows)).account == "wang"


def test_an_own_table_that_names_nobody_is_asked_about(tmp_path: Path) -> None:
    here = made(tmp_path, ("app", "app", "青禾云"), ("dy", "douyin", "看青禾"))
    rows = [("标题", "发布时间", "阅读量"), ("甲", "2026-10-01 08:00", 10)]
    found = placed(here, table(tmp_path / "统计.csv", rows))
    assert (found.account, found.fits) == ("", ("app",))
    assert placed(here, table(tmp_path / "青禾云统计.csv", rows)).account == "app"
    assert placed(here, table(tmp_path / "客户端 9月.csv", rows)).account == "app"


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\x01\x02" * 99, ",".join(HEAD).encode()])
def test_what_nobody_reads_is_nobodys(tmp_path: Path, content: bytes) -> None:
    here = made(tmp_path, ("kuai", "kuaishou", "青禾快报"))
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    try:
        found = placed(here, path)
    except Exception as problem:  # an error that says what is wrong with the file
        assert str(problem).startswith("x.csv")
    else:
        assert found.account == ""


def test_loose_files_of_the_inbox_go_to_their_accounts(tmp_path: Path) -> None:
    """What one makes known decides about another; what nobody can tell stays where it is and is named."""
    here = made(tmp_path, *TWO)
    inbox = here.inbox("dy1").parent
    here.douyin("2026-10-06 a.csv", [LISTED[0], *OTHERS], inbox)
    here.douyin("2026-10-05 看青禾好物.csv", LISTED, inbox)
    here.douyin("2026-10-05 谁的.csv", [("别的", "2026-10-04 08:00:00", 5)], inbox)
    (inbox / "说明.txt").write_text("不是数据", encoding="utf-8")
    result = CliRunner().invoke(main, ["now"], obj=here.app)
    assert result.exit_code == 1
    assert "“2026-10-05 谁的.csv”：看不出是哪个账号的，可能是看青禾、看青禾好物" in result.output
    assert "“说明.txt”" in result.output
    assert sorted(each.name for each in inbox.iterdir() if each.is_file()) == [
        "2026-10-05 谁的.csv",
        "说明.txt",
    ]
    assert len(list((inbox / "dy2" / "done").iterdir())) == 2
    assert not (inbox / "dy1" / "done").exists()


USERS = "时间,新关注人数,取消关注人数,净增关注人数,累积关注人数"
TWO_OF_WECHAT = (("a", "wechat_mp", "青禾发布"), ("b", "wechat_mp", "青禾融媒"))


def users(path: Path, *rows: str) -> Path:
    path.write_text("\n".join((USERS, *rows)), encoding="utf-8-sig")
    return path


@pytest.mark.parametrize(
    ("rows", "account"),
    [
        (("2026-09-02,7,2,5,1005", "2026-09-03,8,0,8,1013"), "a"),
        (("2026-09-02,7,2,5,1005", "2026-09-03,8,0,8,1014"), ""),
        (("2026-09-04,1,0,1,1014",), ""),
        (("2026-09-01,0,0,0,1000",), ""),
    ],
)
def test_figures_that_are_known_say_it(tmp_path: Path, rows: tuple[str, ...], account: str) -> None:
    here = made(tmp_path, *TWO_OF_WECHAT)
    known = ("2026-09-01,0,0,0,1000", "2026-09-02,7,2,5,1005", "2026-09-03,8,0,8,1013")
    users(here.inbox("a") / "user_analysis.csv", *known)
    users(here.inbox("b") / "user_analysis.csv", "2026-09-02,1,0,1,300", "2026-09-03,2,0,2,302")
    collected(here)
    assert placed(here, users(tmp_path / "user_analysis (1).csv", *rows)).account == account
