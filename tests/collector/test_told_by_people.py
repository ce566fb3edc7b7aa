"""``collect tag``, ``story`` and ``explain --period``: what a person types, and what stands there afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from tests.collector.centre import CONFIG, Centre, centre

TOPICS = """
[[topics]]
name = "防汛救灾"
keywords = ["防汛"]
tags = ["救援"]
"""
APP = "标题,发布时间,阅读量\n防汛一线直击,2026-07-16 08:00:00,3000\n夜市开了,2026-07-20 08:00:00,400\n"


@pytest.fixture
def there(tmp_path: Path) -> Centre:
    made = centre(tmp_path, CONFIG + TOPICS)
    made.douyin(
        "2026-10-01 作品.csv",
        [
            ("凌晨的搜救", "2026-07-15 23:41:07", 120_000),
            ("防汛一线直击 #云岭", "2026-07-16 09:00:00", 5_000),
            ("冲锋舟上的二十四小时", "2026-07-17 05:50:44", 7_000),
        ],
    )
    (made.inbox("kehu") / "2026-10-01 稿件.csv").write_text(APP, encoding="utf-8")
    assert run(made, "now").exit_code == 0
    return made


def run(made: Centre, *words: str) -> Result:
    return CliRunner().invoke(main, words, obj=made.app, catch_exceptions=False)


def said(made: Centre, *words: str) -> str:
    result = run(made, *words)
    assert result.exit_code == 0, result.output
    return result.output


def data(made: Centre, *words: str) -> Any:
    return json.loads(said(made, *words, "--json"))


def number(made: Centre, title: str) -> int:
    (found,) = data(made, "explain", title)
    return int(found["post"])


def topic(made: Centre) -> tuple[int, int]:
    said(made, "report", "2026Q3", "--format", "json", "--topic", "防汛救灾")
    (path,) = (made.folder / "reports_out").glob("总结-2026Q3-*防汛救灾*.json")
    (found,) = json.loads(path.read_text(encoding="utf-8"))["topics"]
    path.unlink()
    return found["posts"], found["views"]["value"]


def test_a_tag_makes_a_post_part_of_its_topic(there: Centre) -> None:
    assert said(there, "tag").startswith("还没有标签")
    assert topic(there) == (2, 8_000)
    shown = said(there, "tag", "救援", "凌晨的搜救")
    assert "已给 1 篇作品加上标签“救援”" in shown
    assert "还没有专题用到它" not in shown
    assert topic(there) == (3, 128_000)
    assert "另 1 篇原来就有" in said(there, "tag", "救援", "凌晨", "冲锋舟")
    assert [each["title"] for each in data(there, "tag", "救援")] == [
        "冲锋舟上的二十四小时",
        "凌晨的搜救",
    ]
    listed = data(there, "tag")
    assert [(each["tag"], each["posts"], each["topic"]) for each in listed] == [
        ("救援", 2, "防汛救灾")
    ]
    assert "已从 1 篇作品去掉标签“救援”" in said(there, "tag", "救援", "凌晨", "--remove")
    assert topic(there) == (3, 15_000)
    assert "还没有专题用到它" in said(there, "tag", "别的", "凌晨")


def test_picks_need_no_topic_where_staff_is_shown(there: Centre) -> None:
    assert "还没有专题用到它" in said(there, "tag", "优稿", "凌晨")
    with (there.folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write("\n[staff]\nshow = true\n")
    shown = said(there, "tag", "优稿", "冲锋舟")
    assert "已给 1 篇作品加上标签“优稿”" in shown
    assert "还没有专题用到它" not in shown


def test_a_list_is_taken_whole_or_not_at_all(there: Centre) -> None:
    path = there.folder / "清单.txt"
    path.write_text("凌晨的搜救\n\n没有这一篇\n防汛一线直击\n", encoding="utf-8-sig")
    refused = run(there, "tag", "救援", "--file", str(path))
    assert refused.exit_code == 2
    assert "没有找到作品“没有这一篇”" in refused.output
    assert "“防汛一线直击”不止一篇" in refused.output
    assert data(there, "tag") == []
    path.write_text("凌晨的搜救\n防汛一线直击\n", encoding="utf-8")
    assert "已给 3 篇作品加上标签" in said(there, "tag", "救援", "--file", str(path), "--all")
    path.write_bytes("凌晨".encode("gb18030"))
    assert "请另存为 UTF-8" in run(there, "tag", "救援", "--file", str(path)).output
    path.write_text("\n", encoding="utf-8")
    assert "清单里一篇作品也没有" in run(there, "tag", "救援", "--file", str(path)).output


def test_a_story_is_proposed_and_settled(there: Centre) -> None:
    (proposed,) = data(there, "story", "2026Q3")
    assert proposed["by"] == "title"
    first, second = (each["post"] for each in proposed["posts"])
    assert "共 0 稿已认定，1 组待确认" in said(there, "story", "2026Q3")
    assert "没有一稿多发的作品" in said(there, "story", "2026-09")
    said(there, "report", "2026Q3", "--format", "json,md")
    folder = there.folder / "reports_out"
    before = json.loads((folder / "总结-2026Q3.json").read_text(encoding="utf-8"))
    assert [(each["by"], each["channels"]) for each in before["stories"]] == [("title", 2)]
    sentences = {each["id"]: each["text"] for each in before["sentences"]}
    assert "stories.total" not in sentences
    assert sentences["stories.proposed"] == (
        "另有1组作品标题相同、发布日期相差不到两天，可能是一稿多发（拟议，未经确认，未计入）。"
    )
    assert "已认定以上为同一稿" in said(there, "story", "link", str(first), str(second))
    said(there, "report", "2026Q3", "--format", "json")
    after = json.loads((folder / "总结-2026Q3.json").read_text(encoding="utf-8"))
    (story,) = after["stories"]
    assert (story["by"], story["channels"]) == ("hand", 2)
    assert story["views"] == {"value": 8_000, "bound": "exact"}
    assert story["title"] == "防汛一线直击"  # published first
    assert [each["account"] for each in story["posts"]] == ["douyin", "kehu"]
    sentences = {each["id"]: each["text"] for each in after["sentences"]}
    assert sentences["stories.total"] == (
        "2026年第三季度各账号作品5条，其中2条是一稿多发，分属1个稿件；一稿多发只计一次时，共4条。"
    )
    assert "不是同一稿" in said(there, "story", "unlink", str(second), str(first))
    assert data(there, "story", "2026Q3") == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("link", "凌晨"), "写两篇或更多"),
        (("unlink", "凌晨", "夜市", "冲锋舟"), "写两篇作品"),
        (("link", "凌晨", "冲锋舟"), "同一个账号"),
        (("link", "凌晨", "凌晨"), "同一篇作品"),
        (("link", "凌晨", "没有的"), "没有找到"),
        (("link", "防汛一线", "夜市"), "不止一篇"),
        (("2026Q9",), "看不懂时间段"),
        (("2026Q3", "2026Q2"), "只能写一个时期"),
    ],
)
def test_what_a_story_cannot_be(there: Centre, words: tuple[str, ...], says: str) -> None:
    refused = run(there, "story", *words)
    assert refused.exit_code == 2
    assert says in refused.output


def test_from_a_sentence_to_the_bytes(there: Centre) -> None:
    shown = said(there, "explain", "--period", "2026Q3", "topic.防汛救灾.total", "--top", "1")
    assert shown.startswith("2026年第三季度，“防汛救灾”专题共发稿2条，总阅读播放量8000人次。")
    assert "来自 2 篇作品；阅读/播放量合计 8000；" in shown
    best = number(there, "防汛一线直击 #云岭")
    assert f"[{best}] 云岭发布抖音号 2026-07-16 09:00 防汛一线直击 #云岭：阅读/播放量 5000" in shown
    assert "来自 2026-10-01 作品.csv 第1张表第3行" in shown
    assert "还有 1 篇。看更多请加 --top 2" in shown
    kept = [line.split("原件 ")[1] for line in shown.splitlines() if "原件 " in line]
    assert [Path(each).is_file() for each in kept] == [True]
    found = data(there, "explain", "--period", "2026Q3", "topic.防汛救灾.views")
    assert found["value"] == {"value": 8_000, "bound": "exact"}
    assert found["posts_total"] == 2
    assert sum(each["figures"]["views"]["value"] for each in found["posts"]) == 8_000
    assert [each["observations"][0]["row"] for each in found["posts"]] == [3, 2]


def test_what_lies_behind_a_bound_adds_up_to_it(there: Centre) -> None:
    rows = "防汛甲,2026-07-18 08:00:00,10万+\n防汛乙,2026-07-19 08:00:00,1.2万\n"
    more = "标题,发布时间,阅读量\n" + rows
    (there.inbox("kehu") / "2026-10-02 稿件.csv").write_text(more, encoding="utf-8")
    assert run(there, "now").exit_code == 0
    shown = said(there, "explain", "--period", "2026Q3", "topic.防汛救灾.total")
    # 8,000, at least 100,000, and 1.2万 that stands for 11,500 or more
    assert "来自 4 篇作品；阅读/播放量合计 119500及以上（含约数或下限）；" in shown
    assert topic(there) == (4, 119_500)
    with (there.folder / "config.toml").open("a", encoding="utf-8") as config:
        config.write('\n[[ranks]]\nname = "榜"\naccounts = ["douyin", "kehu"]\n')
        config.write('index = "weighted"\nweights = { views = 1 }\n')
    # 100,000 and more of kehu: nobody knows how much less than all of it douyin has
    shown = said(there, "explain", "--period", "2026Q3", "rank.榜.douyin")
    assert shown.startswith("榜：云岭发布抖音号的加权指数：0.0及以上\n")


def test_a_sentence_that_is_not_there(there: Centre) -> None:
    refused = run(there, "explain", "--period", "2026Q3", "topic.防汛.total")
    assert refused.exit_code == 2
    assert "相近的有：topic.防汛救灾.total" in refused.output
    listed = said(there, "explain", "--period", "2026Q3")
    assert "topic.防汛救灾.total\n    2026年第三季度，“防汛救灾”专题" in listed
    assert "没有由作品得来的数字" in said(there, "explain", "--period", "2026Q3", "note.basis")
    assert "看不懂口径" in run(there, "explain", "--period", "2026Q3", "--basis", "x").output


def test_every_sentence_and_figure_can_be_explained(there: Centre) -> None:
    ids = [each["id"] for each in data(there, "explain", "--period", "2026Q3")]
    assert len(ids) > 50
    for basis in ("published", "gained"):
        for id_ in ids[:: 7 if basis == "published" else 40]:
            result = run(there, "explain", "--period", "2026Q3", id_, "--basis", basis)
            assert result.exit_code == 0 or "没有编号为" in result.output, id_
