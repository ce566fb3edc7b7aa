"""Every fault of a config is named by its path, with a hint, and all are named at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from collector.config.loading import ConfigError, load
from collector.summaries import centre_of
from tests.collector.centre import CONFIG


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_config_is_read_with_paths_beside_it(tmp_path: Path) -> None:
    config = load(write(tmp_path, CONFIG))
    assert config.database_url == f"sqlite:///{tmp_path.resolve() / 'data' / 'baokuan.db'}"
    assert config.path(config.inbox.path) == tmp_path.resolve() / "inbox"
    assert config.thresholds == {"views": [100_000, 1_000_000], "likes": [10_000]}
    assert config.called["云岭发布抖音号"] == "douyin"


def test_the_opening_and_closing_of_the_paper(tmp_path: Path) -> None:
    plain = centre_of(load(write(tmp_path, CONFIG))).letter
    assert plain.titled("云岭县融媒体中心", "2026年9月") == "云岭县融媒体中心2026年9月传播情况"
    assert (plain.opening, plain.closing(date(2026, 10, 9))) == ("", ())
    told = """
[report]
title = "关于{period}{centre}宣传工作的报告"
addressee = "县委宣传部："
signature = "云岭县融媒体中心"
date = "today"
"""
    letter = centre_of(load(write(tmp_path, CONFIG + told))).letter
    # a name is taken as it is, whatever it holds
    assert letter.titled("{period}台", "九月") == "关于九月{period}台宣传工作的报告"
    assert letter.opening == "县委宣传部："
    assert letter.closing(date(2026, 10, 9)) == ("云岭县融媒体中心", "2026年10月9日")


def test_a_file_saved_by_notepad_with_a_bom_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8-sig")
    assert load(path).centre.name == "云岭县融媒体中心"


FAULTS = [
    ("[centre]\nname='X'\nnmae='Y'", "centre.nmae：不认识的键，是不是想写“name”"),
    (
        CONFIG.replace('"douyin"\nname', '"douyn"\nname'),
        "accounts[第1个].platform：没有平台“douyn”，是不是想写“douyin”",
    ),
    (CONFIG + "\n[hits]\nviews=['10万']", "hits.views[第1个]：应是整数，不加引号"),
    (CONFIG + "\n[hits]\nreads=[1]", "hits.reads"),
    (CONFIG + "\n[hits]\nviews=[0]", "hits.views[第1个]：应不小于 1"),
    (CONFIG.replace('id = "kehu"', 'id = "douyin"'), "id"),
    (CONFIG.replace('id = "kehu"', 'id = "a/b"'), "accounts[第2个].id：要能作文件夹名"),
    (CONFIG.replace('id = "kehu"', 'id = "done"'), "accounts[第2个].id"),
    (CONFIG.replace('id = "kehu"\n', ""), "accounts[第2个].id：缺少这一项"),
    (CONFIG.replace('id = "kehu"', "id = 5"), "accounts[第2个].id：应是文字"),
    (
        CONFIG.replace('name = "台账"', 'name = "台账"\ncolumns = {"阅读"="reads"}'),
        "accounts[第3个].columns.阅读",
    ),
    (
        CONFIG.replace('name = "台账"', 'name = "台账"\nowner = "our"'),
        "owner：不能是“our”，可用：ours、peer、outlet",
    ),
    (CONFIG + "\n[storage]\nurl='nonsense'", "storage.url：不是数据库地址"),
    (CONFIG + "\n[storage]\nurl='mysql://x/y'", "storage.url：不支持“mysql”数据库"),
    (CONFIG + "\nfolder='/'", "folder：不认识的键"),
    ("[centre]\nname='X'", "accounts：缺少这一项"),
    ("name = 云岭", "第1行第8列看不懂"),
    ("", "centre：缺少这一项"),
    (
        CONFIG + "\n[report]\ntitle='{center}{period}情况'",
        "report.title：标题里的“{center}”看不懂，是不是想写“{centre}”",
    ),
    (CONFIG + "\n[report]\ntitle='{centre情况'", "report.title：标题里的“{centre情况”看不懂"),
    (CONFIG + "\n[report]\ntitle='情况}'", "report.title：标题里的“}”看不懂"),
    (CONFIG + "\n[report]\ntitle=''", "report.title：不能为空"),
    (CONFIG + "\n[report]\ndate=2026-10-09", "report.date：应是文字，请加英文引号"),
]


@pytest.mark.parametrize(("text", "said"), FAULTS, ids=range(len(FAULTS)))
def test_faults_are_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as fault:
        load(write(tmp_path, text))
    assert said in str(fault.value)
    assert "Input should" not in str(fault.value)


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as fault:
        load(write(tmp_path, CONFIG.replace("group", "gruop") + "\n[inbox]\npth='x'"))
    assert str(fault.value).count("不认识的键") == 3


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="collect init"):
        load(tmp_path / "none.toml")


def test_a_file_in_another_encoding_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("[centre]\nname = '云岭县'\n".encode("gb18030"))
    with pytest.raises(ConfigError, match="另存为，编码选 UTF-8"):
        load(path)


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="读不了配置文件"):
        load(tmp_path)
