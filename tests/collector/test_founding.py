"""A start from a heap of downloaded files: what they tell of accounts, and what nobody can tell."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.app import App
from collector.cli import main
from collector.config.loading import ConfigError, load
from collector.intake.founding import NewAccount, Proposal, propose, text_of, write
from collector.intake.heap import Finding, look
from collector.intake.naming import alike, name_in
from tests.collector.centre import NOW, Centre

EXAMPLE = Path(__file__).parents[2] / "examples" / "inbox"
LISTED = [("凌晨的青禾", "2026-10-01 08:00:00", 9), ("茶山开园", "2026-10-02 08:00:00", 8)]
OTHERS = [("夜市开街", "2026-09-03 08:00:00", 77), ("送戏下乡", "2026-09-04 08:00:00", 5)]


@pytest.fixture(scope="module")
def county() -> list[Finding]:
    """The 98 files of the example county, as they lie in one heap."""
    return [look(path, path.name) for path in sorted(EXAMPLE.rglob("*")) if path.is_file()]


def table(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def heap(root: Path) -> Proposal:
    files = sorted(each for each in root.rglob("*") if each.is_file())
    return propose([look(each, each.name, each.relative_to(root).parts[:-1]) for each in files])


def told(found: Proposal) -> list[tuple[str, str, int]]:
    return [(each.platform, each.name, len(each.files)) for each in found.accounts]


def test_the_county_in_one_heap(county: list[Finding]) -> None:
    found = propose(county)
    assert told(found) == [
        ("wechat_mp", "微信公众号", 9),
        ("wechat_mp", "微信公众号 2", 5),
        ("wechat_channels", "视频号", 7),
        ("douyin", "抖音号", 22),
        ("kuaishou", "快手号", 6),
        ("toutiao", "云岭头条号", 13),
        ("weibo", "云岭微博", 4),
        ("bilibili", "B站账号", 11),
        ("xiaohongshu", "小红书号", 7),
        ("app", "云岭云", 5),
        ("portal", "云岭新闻网", 4),
        ("ledger", "台账", 1),
    ]
    assert {alike(each.name) for each in found.asked} == {"user_analysis.xls"}
    assert len(found.asked) == 4
    assert found.unread == []
    assert found.homeless == [
        "云岭融媒",
        "云岭视界",
        "看云岭",
        "云岭快报",
        "云岭影像",
        "云岭慢生活",
    ]
    groups = {each.platform: each.group for each in found.accounts}
    assert (groups["wechat_mp"], groups["douyin"], groups["weibo"], groups["app"]) == (
        "公众号", "短视频", "资讯平台", "自有平台",
    )  # fmt: skip
    unsure = {each.platform for each in found.accounts if not each.sure}
    assert unsure == {"kuaishou", "bilibili", "app", "portal"}
    app = next(each for each in found.accounts if each.platform == "app")
    assert app.unread == ("累计点击",)
    ledger = next(each for each in found.accounts if each.platform == "ledger").files[0]
    said = "\n".join(ledger.lines())
    assert "粉丝：看云岭 161,900（2026-09-30）" in said
    assert "栏目：云岭新闻、茶乡故事" in said
    assert "江原日报" in said
    assert "315 条，2025-10-01 至 2026-09-30，例如“云岭：松林镇红叶正当时”" in said


def test_the_county_in_the_folders_of_its_accounts(county: list[Finding]) -> None:
    found = propose([replace(each, folders=(each.path.parent.name,)) for each in county])
    config = load(EXAMPLE.parents[1] / "config.toml")
    assert {(each.id, each.platform, each.group) for each in found.accounts} == {
        (each.id, each.platform, each.group) for each in config.accounts
    }
    assert not found.asked
    for each in found.accounts:
        assert {file.path.parent.name for file in each.files} == {each.id}


def test_two_accounts_in_two_folders_that_share_no_work(tmp_path: Path) -> None:
    here = Centre(tmp_path)
    for folder, rows in (("看青禾", LISTED), ("青禾好物", OTHERS)):
        (tmp_path / "抖音" / folder).mkdir(parents=True)
        here.douyin("作品列表.csv", rows, tmp_path / "抖音" / folder)
    assert told(heap(tmp_path)) == [("douyin", "看青禾", 1), ("douyin", "青禾好物", 1)]


def test_folders_of_months_are_one_account(tmp_path: Path) -> None:
    here = Centre(tmp_path)
    for folder, rows in (("2026年9月", OTHERS), ("10月下载", LISTED)):
        (tmp_path / folder).mkdir()
        here.douyin("作品列表.csv", rows, tmp_path / folder)
    assert told(heap(tmp_path)) == [("douyin", "抖音号", 2)]


def test_two_lists_of_the_same_days_without_a_common_work_are_two_accounts(tmp_path: Path) -> None:
    here = Centre(tmp_path)
    for name, title in (("作品列表.csv", "甲"), ("作品列表 (1).csv", "乙")):
        rows = [(f"{title}{day}", f"2026-10-0{day} 08:00:00", day) for day in range(1, 6)]
        here.douyin(name, rows, tmp_path)
    assert told(heap(tmp_path)) == [("douyin", "抖音号", 1), ("douyin", "抖音号 2", 1)]


def test_names_in_rows_folders_and_file_names(tmp_path: Path) -> None:
    here = Centre(tmp_path)
    here.douyin("2026-10-05 看青禾 作品列表.csv", LISTED, tmp_path)
    crawled = ("aweme_id", "title", "create_time", "nickname", "aweme_url", "liked_count")
    table(
        tmp_path / "x" / "1.csv",
        [crawled, ("7", "夜市", 1790000000, "青禾夜话", "https://www.douyin.com/video/7", 5)],
    )
    found = heap(tmp_path)
    assert {each.name: each.why[1] for each in found.accounts} == {
        "看青禾": "文件名里写着“看青禾”",
        "青禾夜话": "表里写着",
    }


def test_a_sheet_of_all_channels_names_the_accounts(tmp_path: Path) -> None:
    rows = [
        ("标题", "平台", "账号", "发布时间", "阅读量"),
        ("甲", "客户端", "青禾云", "2026-10-01 08:00", 10),
        ("乙", "抖音", "看青禾", "2026-10-01 09:00", 20),
        ("丙", "抖音", "看青禾", "2026-10-01 10:00", 30),
    ]
    table(tmp_path / "汇总.csv", rows)
    found = heap(tmp_path)
    assert told(found) == [("app", "青禾云", 1), ("douyin", "看青禾", 0)]
    loaded = tmp_path / "config.toml"
    write(loaded, text_of("青禾县融媒体中心", found.accounts))
    assert [each.name for each in load(loaded).accounts] == ["青禾云", "看青禾"]


def test_what_nobody_reads_says_why(tmp_path: Path) -> None:
    (tmp_path / "说明.txt").write_text("不是数据", encoding="utf-8")
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 no")
    found = heap(tmp_path)
    assert not found.accounts
    assert all(each.problem for each in found.unread)
    assert len(found.unread) == 2


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("2026-10-05 云岭云稿件统计.xlsx", "云岭云"),
        ("2026年9月看云岭作品列表 (2).xlsx", "看云岭"),
        ("抖音-看云岭-数据.csv", "看云岭"),
        ("作品列表导出.xlsx", ""),
        ("图文_-_1-17.xlsx", ""),
        ("视频号动态数据明细.csv", ""),
        ("2026年第三季度数据.xlsx", ""),
        ("total_1782835200_1786868440.xls", ""),
        ("\u202e看\x00青禾\u202c.csv", "看青禾"),
    ],
)
def test_a_name_in_the_name_of_a_file(called: str, name: str) -> None:
    assert name_in(called) == name


@pytest.mark.parametrize(
    "name", ['"]\n[x]\na="', "'''", "\\", "=1+1", "<script>", "\u202e", "😀", "\x7f\x1f"]
)
def test_no_name_breaks_config(tmp_path: Path, name: str) -> None:
    path = tmp_path / "config.toml"
    write(path, text_of(f"青{name}", [NewAccount(id="a", platform="douyin", name=f"看{name}")]))
    config = load(path)
    assert (config.centre.name, config.accounts[0].name) == (
        f"青{name}".strip(),
        f"看{name}".strip(),
    )
    assert len(config.accounts) == 1


def test_config_is_never_overwritten_and_never_written_wrong(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    good = [NewAccount(id="a", platform="douyin", name="看青禾")]
    with pytest.raises(ConfigError):
        write(path, text_of("青禾", [replace(good[0], id="../a")]))
    assert not [*tmp_path.iterdir()]
    write(path, text_of("青禾", good))
    with pytest.raises(FileExistsError):
        write(path, text_of("别的", good))
    assert load(path).centre.name == "青禾"
    assert [each.name for each in tmp_path.iterdir()] == ["config.toml"]


def init(folder: Path, *words: str, typed: str) -> tuple[int, str]:
    app = App(config_path=folder / "config.toml", clock=lambda: NOW)
    result = CliRunner().invoke(main, ["init", *words], obj=app, input=typed)
    return result.exit_code, result.output


def test_init_from_a_folder_asks_once_and_copies(tmp_path: Path) -> None:
    source, centre = tmp_path / "下载", tmp_path / "中心"
    centre.mkdir()
    for folder, rows in (("看青禾", LISTED), ("青禾好物", OTHERS)):
        (source / folder).mkdir(parents=True)
        Centre(tmp_path).douyin("列表.csv", rows, source / folder)
    (source / "说明.txt").write_text("不是数据", encoding="utf-8")
    before = sorted(source.rglob("*"))
    words = ("--from", str(source), "--name", "青禾县融媒体中心")
    code, output = init(centre, *words, typed="n\n")
    assert code == 0
    assert not [*centre.iterdir()]
    code, output = init(centre, *words, typed="y\n")
    assert code == 0, output
    assert "看青禾（抖音，文件夹 douyin，分组 短视频）：1 个文件" in output
    assert "文件夹叫“青禾好物”" in output
    assert "说明.txt" in output
    assert sorted(source.rglob("*")) == before
    there = sorted(str(each.relative_to(centre)) for each in centre.rglob("*") if each.is_file())
    assert there == [
        "config.toml",
        str(Path("inbox/douyin/列表.csv")),
        str(Path("inbox/douyin2/列表.csv")),
    ]
    assert init(centre, *words, typed="y\n")[0] == 2
