"""Every command as a person runs it: what it says, what it changes, how it exits."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from collector.cli import COMMANDS, main
from tests.collector.centre import CONFIG, Centre, centre

LINES = [
    ("百万", "2026-08-01 10:00:01", 1_234_567),
    ("十万", "2026-09-01 10:00:01", 120_000),
    ("普通", "2026-09-02 10:00:01", 800),
]


@pytest.fixture
def place(tmp_path: Path) -> Centre:
    return centre(tmp_path)


@pytest.fixture
def full(place: Centre) -> Centre:
    place.douyin("2026-10-01 作品列表.csv", LINES)
    assert call(place, "now").exit_code == 0
    return place


def call(place: Centre, *words: str, typed: str | None = None) -> Result:
    result = CliRunner().invoke(main, list(words), obj=place.app, input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def data(result: Result) -> Any:
    return json.loads(result.stdout)


def test_now_says_what_it_did(place: Centre) -> None:
    place.douyin("2026-10-01 作品列表.csv", LINES)
    result = call(place, "now")
    assert result.exit_code == 0
    assert "[成功] douyin / 2026-10-01 作品列表.csv：作品 3 条（新 3）" in result.output
    assert "本次新发现爆款 5 个" in result.output
    assert "2026年第三季度的总结" in result.output
    assert {each.suffix for each in (place.folder / "reports_out").iterdir()} == {
        ".docx",
        ".html",
        ".json",
        ".md",
        ".xlsx",
    }


def test_now_again_says_that_there_is_nothing(full: Centre) -> None:
    result = call(full, "now")
    assert result.exit_code == 0
    assert "收件夹里没有新文件" in result.output and "本次新发现爆款 0 个" in result.output


def test_now_as_json(place: Centre) -> None:
    place.douyin("2026-10-01 好.csv", LINES)
    (place.inbox("douyin") / "坏.csv").write_bytes(b"")
    result = call(place, "now", "--json")
    assert result.exit_code == 1
    told = data(result)
    assert [(each["source"], each["outcome"], each["posts"]) for each in told["sources"]] == [
        ("2026-10-01 好.csv", "ok", 3),
        ("坏.csv", "invalid", 0),
    ]
    assert {(each["title"], each["metric"], each["threshold"]) for each in told["hits"]} == {
        ("百万", "views", 100_000),
        ("百万", "views", 1_000_000),
        ("百万", "likes", 10_000),
        ("十万", "views", 100_000),
        ("十万", "likes", 10_000),
    }
    assert told["summary"]["period"] == "2026Q3"


def test_wrong_use_is_exit_2_in_chinese(place: Centre) -> None:
    for words in (
        ("nwo",),
        ("now", "--account", "谁"),
        ("report",),
        ("report", "2026Q7"),
        ("report", "2026Q3", "--format", "pdf"),
        ("report", "2026Q3", "--basis", "sum"),
        ("report", "2026Q3", "--as-of", "昨天"),
        ("import", "a.csv"),
        ("correct", "1", "views", "-1", "--reason", "x"),
        ("explain", "没有这一篇"),
        ("retract", "没有这个文件"),
    ):
        result = call(place, *words)
        assert result.exit_code == 2, words
        assert any("\u4e00" <= sign <= "\u9fff" for sign in result.output), words
        assert "Usage" not in result.output and "Error" not in result.output


def test_a_bad_config_is_exit_2(place: Centre) -> None:
    (place.folder / "config.toml").write_text("[centre]\nnaem = 1", encoding="utf-8")
    result = call(place, "now")
    assert result.exit_code == 2 and "centre.naem：不认识的键" in result.output


def test_every_command_has_chinese_help(place: Centre) -> None:
    for name in COMMANDS:
        result = call(place, name, "-h")
        assert result.exit_code == 0
        assert "用法：" in result.output and "显示本说明" in result.output
        assert "Show this" not in result.output and "OPTIONS" not in result.output


def test_import_takes_a_file_from_anywhere(place: Centre, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = place.douyin("导出.csv", LINES, folder=elsewhere)
    result = call(place, "import", str(path), "--account", "douyin", "--as-of", "2026-10-02")
    assert result.exit_code == 0 and "2026-10-02 23:59（按 --as-of）" in result.output
    assert path.exists()
    again = call(place, "import", str(path), "--account", "douyin")
    assert again.exit_code == 0 and "没有新内容" in again.output


def test_a_dry_run_shows_and_stores_nothing(full: Centre, tmp_path: Path) -> None:
    path = full.douyin("更新.csv", [*LINES, ("新的", "2026-10-01 09:00:01", 7)], folder=tmp_path)
    result = call(full, "import", str(path), "--account", "douyin", "--dry-run")
    assert result.exit_code == 0
    assert "播放量 → 阅读/播放量（views）" in result.output and "作品 4 条（新 1）" in result.output
    assert "没有存入任何内容" in result.output
    assert call(full, "explain", "新的").exit_code == 2


def test_as_of_in_the_future_is_refused(full: Centre, tmp_path: Path) -> None:
    path = full.douyin("更新.csv", LINES, folder=tmp_path)
    result = call(full, "import", str(path), "--account", "douyin", "--as-of", "2027-01-01")
    assert result.exit_code == 2 and "将来" in result.output


def test_hits(full: Centre) -> None:
    result = call(full, "hits")
    assert "“百万”" in result.output and "超123万" in result.output
    told = data(call(full, "hits", "--json"))
    assert len(told) == 5
    crossings = re.findall("越过时间在|首次观测（", result.output)
    assert len(crossings) == len(told)  # each mark of each post, there and here
    assert all(each["text"].partition(" 阅读")[0][:10] in result.output for each in told)
    assert data(call(full, "hits", "--json", "--account", "kehu")) == []


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (("mail", "--preview", "-h"), 0, "只写出邮件的网页"),
        (("mail", "--week", "--help"), 0, "只写出邮件的网页"),
        (("report", "--out", "-h"), 0, "写出一个时期的总结"),
        (("--config", "-h"), 0, "马上采集一次"),
        (("service", "install", "--user", "-h"), 0, "安装并启动"),
        (("mail", "--preview", "--week", "2026-W38"), 2, "后面要有值"),
        (("hits", "--account", "--json"), 2, "后面要有值"),
        (("verify", "--annotate", "-h"), 0, "带批注的 Word"),
    ],
)
def test_no_option_takes_another_for_its_value(
    full: Centre, typed: tuple[str, ...], code: int, said: str
) -> None:
    result = call(full, *typed)
    assert (result.exit_code, said in result.output) == (code, True), result.output


def test_report_as_of_a_moment(full: Centre, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for words in (
        ("2026Q3",),
        ("2026-09", "--basis", "gained"),
        ("2026-08-01..2026-09-01T12", "--basis", "aged:7"),
    ):
        result = call(full, "report", *words, "--format", "json", "--out", str(out))
        assert result.exit_code == 0, result.output
    files = sorted(each.name for each in out.iterdir())
    assert files == [
        "总结-2026-08-01至2026-09-01T12-aged7.json",
        "总结-2026-09-gained.json",
        "总结-2026Q3.json",
    ]
    told = json.loads((out / "总结-2026Q3.json").read_text(encoding="utf-8"))
    douyin = next(each for each in told["accounts"] if each["id"] == "douyin")
    assert douyin["posts"] == 3
    assert douyin["views"] == {"value": 1_234_567 + 120_000 + 800, "bound": "exact"}
    assert douyin["hits"]["views"] == {"100000": 2, "1000000": 1}
    call(full, "report", "2026Q3", "--format", "json", "--out", str(out), "--as-of", "2026-09-30")
    told = json.loads((out / "总结-2026Q3-截至2026-09-30.json").read_text(encoding="utf-8"))
    assert next(each for each in told["accounts"] if each["id"] == "douyin")["views"] is None


def test_report_in_full(full: Centre, tmp_path: Path) -> None:
    """The paper and the listing stand side by side; the workbook is the same file for both."""
    out = tmp_path / "out"
    for more in ((), ("--full",)):
        words = ("2026Q3", "--format", "docx,md,xlsx", "--out", str(out), *more)
        assert call(full, "report", *words).exit_code == 0
    assert sorted(each.name for each in out.iterdir()) == [
        "总结-2026Q3-完整.docx", "总结-2026Q3-完整.md",
        "总结-2026Q3.docx", "总结-2026Q3.md", "总结-2026Q3.xlsx",
    ]  # fmt: skip
    paper, listing = (
        (out / name).read_text(encoding="utf-8")
        for name in ("总结-2026Q3.md", "总结-2026Q3-完整.md")
    )
    assert paper.startswith("# 云岭县融媒体中心2026年第三季度传播情况\n")
    assert "\n- " not in paper and "\n- " in listing


def test_explain_walks_back_to_the_bytes(full: Centre) -> None:
    told = data(call(full, "explain", "百万", "--json"))[0]
    seen = told["observations"][0]
    assert (seen["source"], seen["row"], seen["sheet"]) == ("2026-10-01 作品列表.csv", 2, 1)
    assert seen["figures"]["views"] == {"value": 1_234_567, "bound": "exact"}
    assert (full.folder / "data" / "captures" / seen["capture"]).exists()
    assert "第1张表第2行" in call(full, "explain", "百万").output


def test_correct_keeps_the_original(full: Centre) -> None:
    assert call(full, "correct", "普通", "views", "900", "--reason", "后台核对").exit_code == 0
    told = data(call(full, "explain", "普通", "--json"))[0]
    assert told["figures"]["views"]["value"] == 900
    assert [each["figures"]["views"]["value"] for each in told["observations"]] == [800, 900]


def test_retract_takes_back_a_wrong_import(full: Centre) -> None:
    name = "2026-10-01 作品列表.csv"
    put_away = next((full.inbox("douyin") / "done").iterdir())
    assert call(full, "retract", str(put_away), "--reason", "放错了账号").exit_code == 0
    assert call(full, "retract", name).exit_code == 2
    assert data(call(full, "hits", "--json")) == []
    told = data(call(full, "explain", "百万", "--json"))[0]
    assert told["observations"][0]["withdrawn_at"] is not None
    assert call(full, "rebuild", "--check").exit_code == 0
    full.douyin("2026-10-01 作品列表.csv", LINES)
    assert call(full, "now").exit_code == 0
    assert len(data(call(full, "hits", "--json"))) == 5


def test_match_lists_and_settles(place: Centre) -> None:
    place.douyin(
        "2026-10-01 a.csv", [("甲", "2026-09-01 10:00:01", 5), ("乙", "2026-09-01 10:00:01", 6)]
    )
    call(place, "now")
    assert "没有疑似同一篇的作品" in call(place, "match").output
    place.douyin("2026-10-02 b.csv", [("丙", "2026-09-01 10:00:01", 7)])
    call(place, "now")
    listed = call(place, "match").output
    assert "同一时间发布，标题不同" in listed
    number = listed.split(".")[0].strip().splitlines()[-1]
    assert call(place, "match", number, "--same").exit_code == 0
    assert call(place, "rebuild", "--check").exit_code == 0


def test_check_changes_nothing(place: Centre) -> None:
    place.douyin("2026-10-01 好.csv", LINES)
    (place.inbox("kehu") / "坏.xlsx").write_bytes(b"PK\x03\x04")
    before = sorted(str(each) for each in place.folder.rglob("*"))
    result = call(place, "check")
    assert result.exit_code == 1
    assert "[可读] douyin / 2026-10-01 好.csv" in result.output
    assert "[有误] kehu / 坏.xlsx" in result.output
    assert sorted(str(each) for each in place.folder.rglob("*")) == before


def test_check_says_what_mail_and_chats_lack(tmp_path: Path) -> None:
    mail = """
[mail]
host = "smtp.example.cn"
from = "xmt@example.cn"
to = ["a@example.cn"]
username = "xmt@example.cn"
password_env = "BAOKUAN_TEST_NO_SUCH_VARIABLE"

[notify]
urls_file = "chats.txt"
"""
    made = centre(tmp_path, CONFIG + mail)
    result = call(made, "check")
    assert result.exit_code == 1
    assert "BAOKUAN_TEST_NO_SUCH_VARIABLE" in result.output
    assert "chats.txt" in result.output
    assert not made.folder.joinpath("data").exists()


def test_check_names_the_rows_that_are_not_understood(place: Centre) -> None:
    text = "标题,发布时间,阅读量\n甲,2026-05-01,12\n乙,2026-05-02,很多\n"
    (place.inbox("kehu") / "半.csv").write_text(text, encoding="utf-8")
    result = call(place, "check")
    assert result.exit_code == 1
    assert "[有误] kehu / 半.csv（读法：table）：1 行看不懂，其余可读" in result.output
    assert "第3行" in result.output and "很多" in result.output


def test_a_file_of_which_no_row_is_understood_stays_and_may_come_again(place: Centre) -> None:
    path = place.inbox("kehu") / "错.csv"
    path.write_text("标题,发布时间,阅读量\n乙,2026-05-02,很多\n", encoding="utf-8")
    for _ in range(2):  # not "imported before" the second time
        result = call(place, "now")
        assert result.exit_code == 1
        assert "1 行全都没有采用，例如工作表“错”第2行" in result.output and "很多" in result.output
        assert path.exists()


def test_status_names_what_failed(full: Centre) -> None:
    assert call(full, "status").exit_code == 0
    (full.inbox("kehu") / "坏.xlsx").write_bytes(b"PK\x03\x04")
    call(full, "now")
    result = call(full, "status")
    assert result.exit_code == 1 and "坏.xlsx" in result.output
    assert data(call(full, "status", "--json"))["failing"] == ["kehu/坏.xlsx"]


def test_backup_and_restore(full: Centre, tmp_path: Path) -> None:
    kept = tmp_path / "备份.db"
    assert call(full, "backup", str(kept)).exit_code == 0
    assert call(full, "backup", str(kept)).exit_code == 2
    call(full, "retract", "2026-10-01 作品列表.csv", "--yes")
    assert data(call(full, "hits", "--json")) == []
    assert call(full, "restore", str(kept), "--yes").exit_code == 0
    assert len(data(call(full, "hits", "--json"))) == 5
    (tmp_path / "坏.db").write_bytes(b"not a database")
    assert call(full, "restore", str(tmp_path / "坏.db"), "--yes").exit_code == 1
    assert len(data(call(full, "hits", "--json"))) == 5


def test_restore_works_when_the_database_is_damaged_and_says_so(full: Centre) -> None:
    kept, live = full.folder / "备份.db", full.folder / "data" / "baokuan.db"
    assert call(full, "backup", str(kept)).exit_code == 0
    live.write_bytes(bytes(100) + live.read_bytes()[100:])
    said = call(full, "status")
    assert said.exit_code == 1 and "collect restore" in said.output
    told = call(full, "restore", str(kept), "--yes")
    aside = full.folder / "data" / "baokuan-损坏-20261008-090000.db"
    assert told.output.splitlines() == [
        f"现在的数据库已损坏，原样移到 {aside}",
        f"已恢复到 {live}",
    ]
    assert aside.exists()
    assert len(data(call(full, "hits", "--json"))) == 5


def test_init_writes_a_config_that_works(tmp_path: Path) -> None:
    place = Centre(tmp_path)
    typed = '云岭县融媒体中心\ndouyin\n看云岭\n\n短视频\nwechat_mp\n云岭"发布"\nfabu\n\n\n'
    result = call(place, "init", typed=typed)
    assert result.exit_code == 0, result.output
    config = place.app.config
    assert [(each.id, each.name, each.group) for each in config.accounts] == [
        ("douyin", "看云岭", "短视频"),
        ("fabu", '云岭"发布"', ""),
    ]
    assert (tmp_path / "inbox" / "fabu").is_dir()
    assert call(place, "init").exit_code == 2
    assert call(place, "now").exit_code == 0


@pytest.mark.parametrize("named", ["3", "抖音", "抖音号", "DOUYIN", " douyin "])
def test_init_takes_a_platform_as_people_call_it(tmp_path: Path, named: str) -> None:
    place = Centre(tmp_path)
    result = call(place, "init", typed=f"云岭县融媒体中心\n火山\n99\n{named}\n看云岭\n\n\n\n")
    assert result.exit_code == 0, result.output
    assert result.output.count("没有平台") == 2
    assert [(each.platform, each.name) for each in place.app.config.accounts] == [
        ("douyin", "看云岭")
    ]


def test_a_database_of_another_program_is_left_alone(place: Centre) -> None:
    path = place.folder / "data" / "baokuan.db"
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    result = call(place, "now")
    assert result.exit_code == 1 and "别的程序的数据" in result.output
