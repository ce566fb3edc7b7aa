"""What is to be downloaded this week: by rhythm, before a list rolls over, and in the same words everywhere."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from adapters.exports import EXPORTS, TOTALS
from adapters.platforms import BY_KEY
from adapters.registry import ADAPTERS
from collector import due_exports
from collector.cli import main
from collector.config.sections import AccountConfig
from collector.due_exports import Due
from collector.mail.mailing import due_week, made
from storage.database import reading
from tests.collector.centre import CONFIG, Centre, centre

BILI = """
[[accounts]]
id = "bili"
platform = "bilibili"
name = "云岭影像"
"""
PEER = """
[[accounts]]
id = "linxian"
platform = "douyin"
name = "邻县发布"
owner = "peer"
"""
DOUYIN = "“云岭发布抖音号”的作品列表导出.xlsx"
WHERE = (
    "。https://creator.douyin.com/ → 作品列表 → 导出作品列表"
    "（不要选错：数据中心的“数据表现_…数据.xlsx”是按天的）"
)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00:00+08:00")


def read(place: Centre) -> None:
    result = CliRunner().invoke(main, ["now", "--json"], obj=place.app)
    assert result.exit_code == 0, result.output


def lists(place: Centre, *days: str, account: str = "douyin") -> None:
    """Lists of works of these days, read."""
    folder = place.inbox(account)
    for number, day in enumerate(days, 100):
        place.douyin(f"{day} 作品列表.csv", [("春茶", "2026-08-01 10:00:00", number)], folder)
    read(place)


def told(place: Centre, day: str, account: str = "douyin") -> list[str]:
    app = place.app
    with reading(app.engine) as connection:
        found = due_exports.due(connection, app.config, at(day))
    app.engine.dispose()
    return [each.line for each in found if each.account.id == account]


RHYTHM = [
    # 2026-10-08 is a Thursday; its week ends on the 11th
    ("it is not due in this week", "2026-09-24", []),
    ("later in this week", "2026-09-29", ["请在10月2日以前下载"]),
    ("today", "2026-10-02", ["今天该下载"]),
    ("late", "2026-10-08", ["已晚了 6 天"]),
]


@pytest.mark.parametrize(("what", "today", "said"), RHYTHM)
def test_a_list_is_due_by_its_own_rhythm(
    tmp_path: Path, what: str, today: str, said: list[str]
) -> None:
    place = centre(tmp_path)
    lists(place, "2026-08-26", "2026-09-04", "2026-09-13", "2026-09-23")
    head = f"{DOUYIN}：上次是9月23日的，通常 9 天下载一次，"
    assert told(place, today) == [f"{head}{each}{WHERE}" for each in said], what


def test_before_there_is_a_rhythm_the_manual_advises(tmp_path: Path) -> None:
    place = centre(tmp_path)
    lists(place, "2026-09-23")
    assert told(place, "2026-10-01") == [
        f"{DOUYIN}：上次是9月23日的，建议 7 天下载一次，已晚了 1 天{WHERE}"
    ]


def test_an_account_without_any_file_is_named(tmp_path: Path) -> None:
    place = centre(tmp_path)
    assert told(place, "2026-10-08") == [f"{DOUYIN}：还没有导入过文件{WHERE}"]
    assert told(place, "2026-10-08", "kehu") == []
    assert told(place, "2026-10-08", "taizhang") == []


def test_a_withdrawn_file_does_not_count(tmp_path: Path) -> None:
    place = centre(tmp_path)
    lists(place, "2026-09-23")
    CliRunner().invoke(main, ["retract", "2026-09-23 作品列表.csv", "--yes"], obj=place.app)
    assert told(place, "2026-10-08") == [f"{DOUYIN}：还没有导入过文件{WHERE}"]


def test_own_tables_are_due_by_their_rhythm_alone(tmp_path: Path) -> None:
    place = centre(tmp_path)
    for day in ("2026-08-01", "2026-08-31", "2026-09-30"):
        path = place.inbox("kehu") / f"{day} 稿件.csv"
        text = f"标题,发布时间,阅读量\n甲,2026-05-01,{day[-2:]}\n"
        path.write_text(text, encoding="utf-8")
    read(place)
    assert told(place, "2026-10-20", "kehu") == []
    assert told(place, "2026-10-27", "kehu") == [
        "“云岭融媒客户端”：上次是9月30日的，通常 30 天下载一次，请在10月30日以前下载"
    ]


def test_of_another_centres_account_nobody_says_where_to_click(tmp_path: Path) -> None:
    place = centre(tmp_path, CONFIG + PEER)
    assert told(place, "2026-10-08", "linxian") == []
    lists(place, "2026-09-10", "2026-09-20", "2026-09-30", account="linxian")
    assert told(place, "2026-10-10", "linxian") == [
        "“邻县发布”（抖音）：上次是9月30日的，通常 10 天下载一次，今天该下载"
    ]


def test_a_list_of_ten_works_is_fetched_before_it_rolls_over(tmp_path: Path) -> None:
    place = centre(tmp_path, CONFIG + BILI)
    head = ("视频标题", "发布时间", "播放量", "点赞量", "评论量", "收藏量", "转发量")
    path = place.inbox("bili") / "2026-09-30 近期稿件对比.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        for number in range(10):  # two a day, from the 26th on
            day, hour = 26 + number // 2, 8 + number % 2
            writer.writerow((f"第{number}集", f"2026年09月{day}日 {hour:02}:00:00", 90, 1, 1, 1, 1))
    read(place)
    (said,) = told(place, "2026-10-01", "bili")
    assert said == (
        "“云岭影像”（B站）的近期稿件对比.csv：上次是9月30日的，"
        "照近来的发布速度，10月4日前后发满 10 个，再早的就不在导出里了，请在10月4日以前下载。"
        "https://member.bilibili.com/ → 近期稿件对比 → 自选指标里勾上播放、点赞、评论、收藏、转发 → 下载表格"
        "（不要选错：“历史累计数据趋势”没有作品）"
    )
    (late,) = told(place, "2026-10-06", "bili")
    assert "再早的可能已经不在导出里，已晚了 2 天" in late


def test_what_the_page_chooses_by_itself_is_said_where_it_is_too_short() -> None:
    account = AccountConfig(id="sph", platform="wechat_channels", name="云岭视界")
    (export,) = EXPORTS["wechat_channels"]

    def steps(last: date) -> tuple[str, ...]:
        return Due(
            account=account, export=export, today=date(2026, 10, 8), last=last, every=7
        ).steps

    assert steps(date(2026, 10, 1)) == ("动态数据明细", "下载表格")
    hint = "日期范围默认只有近 7 天，请先改"
    assert steps(date(2026, 9, 30)) == ("动态数据明细", hint, "下载表格")


def test_every_download_is_read_by_its_platform() -> None:
    for platform, exports in EXPORTS.items():
        assert platform in BY_KEY
        for each in exports:
            adapter = ADAPTERS[each.adapter]
            assert platform in adapter.platforms
            assert adapter.read_file is not None
            assert each.link.startswith("https://")
            assert each.steps


def test_status_says_it(tmp_path: Path) -> None:
    place = centre(tmp_path)
    lists(place, "2026-09-23")
    said = CliRunner().invoke(main, ["status"], obj=place.app).output
    line = f"  {DOUYIN}：上次是9月23日的，建议 7 天下载一次，已晚了 8 天{WHERE}"
    assert f"这一周还要下载：\n{line}\n  {TOTALS}\n" in said


def test_the_weekly_mail_says_it(tmp_path: Path) -> None:
    place = centre(tmp_path)
    lists(place, "2026-09-23")
    app, now = place.app, at("2026-10-05")
    _, mail = made(app.engine, app.config, due_week(app.config, now), now)
    app.engine.dispose()
    line = f"{DOUYIN}：上次是9月23日的，建议 7 天下载一次，已晚了 5 天{WHERE}。"
    assert line in mail.text
    assert f"{TOTALS}。" in mail.text
    assert line in mail.html
