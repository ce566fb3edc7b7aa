"""What the centre writes down itself (外宣, 直播, 播出, 粉丝), and the followers and daily figures of a 公众号."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from county import containers
from county.accounts import CHANNELS, Channel
from county.exports import Export
from county.tables import Row, Shown
from county.titles import title
from county.works import BEIJING, DAY, FIRST, LAST, Work, end_of, works_of

LEDGER = Channel("ledger", "ledger", 0, "views", 0, 0.0)
LEDGER_DAY = "2026-10-05"
#: (outlet, level, medium)
OUTLETS = (
    ("华夏日报示例版", "中央", "报"),
    ("神州新闻网", "中央", "网"),
    ("江原日报", "省", "报"),
    ("江原卫视", "省", "台"),
    ("江原云", "省", "端"),
    ("云川日报", "市", "报"),
    ("云川电视台", "市", "台"),
    ("云川在线", "市", "端"),
)
#: Names of the accounts as the follower sheet calls them, with followers at the start and end of the year.
FOLLOWERS = {
    "rongmei": ("云岭融媒", 21_300, 26_950),
    "shipinhao": ("云岭视界", 30_120, 52_480),
    "douyin": ("看云岭", 118_400, 161_900),
    "kuaishou": ("云岭快报", 74_050, 88_310),
    "toutiao": ("云岭头条号", 40_870, 44_020),
    "weibo": ("云岭微博", 18_640, 19_205),
    "bilibili": ("云岭影像", 310, 6_870),
    "xiaohongshu": ("云岭慢生活", 2_140, 15_030),
    "app": ("云岭云", 51_700, 67_440),
}
USERS_DAYS = ("2026-01-03", "2026-04-02", "2026-07-03", "2026-10-05")


@dataclass(frozen=True)
class Follower:
    """Followers of an account at the end of a day, and from when a file says so."""

    account: str
    day: date
    value: int
    observed: datetime


def ledger() -> tuple[Export, list[Follower]]:
    """The workbook with four sheets. Its posts belong to the account ``ledger``."""
    rng = random.Random("云岭 台账")
    placements, lives, issues = list(_placements(rng)), list(_lives(rng)), list(_issues(rng))
    followers = list(_followers(rng))
    called = {account: name for account, (name, _, _) in FOLLOWERS.items()}
    follower_rows: list[Row] = [[each.day, called[each.account], each.value] for each in followers]
    sheets: dict[str, containers.Rows] = {
        "外宣": [
            ("日期", "标题", "媒体", "级别", "介质", "头版", "作者", "链接"),
            *(row for _, row in placements),
        ],
        "直播": [("日期", "标题", "观看人次"), *(row for _, row in lives)],
        "播出": [("日期", "栏目", "期", "条数"), *(row for _, row in issues)],
        "粉丝": [("日期", "账号", "粉丝数"), *follower_rows],
    }
    shown = tuple(each for each, _ in (*placements, *lives, *issues))
    write = partial(containers.excel_xlsx, sheets=sheets)
    name = f"{LEDGER_DAY} 融媒体中心台账.xlsx"
    return Export("ledger", name, "ledger", end_of(LEDGER_DAY), shown, write), followers


def _shown(number: int, day: date, words: str, views: int | None = None) -> Shown:
    moment = datetime.combine(day, time(), BEIJING)
    work = Work(LEDGER, number, words, moment, {}, 1.0, number)
    return Shown(work, words, False, {"views": views})


def _placements(rng: random.Random) -> Iterator[tuple[Shown, Row]]:
    """A piece appears in one to three outlets; a front page now and then."""
    number = 0
    for _ in range(64):
        day = FIRST + DAY * rng.randrange(364)
        words, author = (
            f"云岭：{title(rng, day.month)}",
            rng.choice(("田小禾", "龙大川", "覃若云", "冉一鸣")),
        )
        for outlet, level, medium in rng.sample(OUTLETS, rng.choice((1, 1, 2, 3))):
            front = "是" if medium == "报" and rng.random() < 0.2 else None
            link = (
                f"https://news.example.cn/{day:%Y%m%d}/{number}.html" if medium in "网端" else None
            )
            yield (
                _shown(number, day, words),
                [day, words, outlet, level, medium, front, author, link],
            )
            number += 1


def _lives(rng: random.Random) -> Iterator[tuple[Shown, Row]]:
    for number in range(24):
        day = FIRST + DAY * (7 + number * 15)
        words = f"直播｜{title(rng, day.month)}（第{number + 1}场）"
        views = 152_300 if day.month == 5 and day.day < 20 else round(rng.lognormvariate(9.2, 0.8))
        yield _shown(1_000 + number, day, words, views), [day, words, views]


def _issues(rng: random.Random) -> Iterator[tuple[Shown, Row]]:
    """《云岭新闻》 on Mondays, Wednesdays and Fridays; 《茶乡故事》 once a month."""
    issue = 0
    for offset in range((LAST - FIRST).days + 1):
        day = FIRST + DAY * offset
        if day.weekday() in (0, 2, 4):
            issue += 1
            yield (
                _shown(2_000 + offset, day, f"云岭新闻第{issue}期"),
                [day, "云岭新闻", issue, rng.randint(6, 11)],
            )
        if day.day == 15:
            month = 12 * (day.year - 2025) + day.month - 9
            yield _shown(3_000 + offset, day, f"茶乡故事第{month}期"), [day, "茶乡故事", month, 1]


def _followers(rng: random.Random) -> Iterator[Follower]:
    months = [date(2025 + (9 + m) // 12, (9 + m) % 12 + 1, 1) - DAY for m in range(13)]
    for account, (_, begin, end) in FOLLOWERS.items():
        for number, day in enumerate(months):
            wobble = 0 if number in (0, 12) else rng.randint(-40, 40)
            value = begin + (end - begin) * number // 12 + wobble
            yield Follower(account, day, value, end_of(LEDGER_DAY))


def users() -> Iterator[tuple[Export, list[Follower]]]:
    """user_analysis.xls of fabu: an HTML table of a quarter (docs/platforms.md §2.2)."""
    rng = random.Random("云岭 粉丝")
    total = 46_210
    days: list[tuple[date, int, int, int]] = []
    for offset in range((date(2026, 10, 4) - FIRST).days + 1):
        new, lost = rng.randint(8, 75), rng.randint(4, 38)
        total += new - lost
        days.append((FIRST + DAY * offset, new, lost, total))
    for made in USERS_DAYS:
        until = date.fromisoformat(made) - DAY
        part = [each for each in days if until - timedelta(days=95) <= each[0] <= until]
        text = "<table><tr><th>用户增长</th></tr><tr>" + "".join(
            f"<th>{name}</th>"
            for name in ("时间", "新关注人数", "取消关注人数", "净增关注人数", "累积关注人数")
        )
        text += "</tr>" + "".join(
            f"<tr><td>{day}</td><td>{new}</td><td>{lost}</td><td>{new - lost}</td><td>{now}</td></tr>"
            for day, new, lost, now in reversed(part)
        )
        moment = end_of(made)
        write = partial(_write_text, text=text + "</table>")
        followers = [Follower("fabu", day, now, moment) for day, _, _, now in part]
        yield Export("fabu", f"{made} user_analysis.xls", "wechat_mp", moment, (), write), followers


def _write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def tendency() -> Export:
    """tendency of fabu for September: three tables side by side; its top articles stand in the list of
    articles too, and are the same posts (docs/platforms.md §2.2)."""
    rng = random.Random("云岭 趋势")
    fabu = next(each for each in CHANNELS if each.id == "fabu")
    works = [
        work for work in works_of(fabu) if (work.published.year, work.published.month) == (2026, 9)
    ]
    best = sorted(works, key=lambda work: -work.final["readers"])[:5]
    first = [
        [f"2026-09-{day:02d}", channel, rng.randint(40, 900) * (3 if channel == "全部" else 1)]
        for day in range(1, 31)
        for channel in ("全部", "公众号消息", "聊天会话", "朋友圈", "推荐")
    ]
    second = [
        [f"2026-09-{day:02d}", rng.randint(5, 90), 0, rng.randint(0, 20), rng.randint(0, 2)]
        for day in range(1, 31)
    ]
    third = [
        [channel, f"{work.published:%Y%m%d}", work.title, round(work.final["readers"] * part), part]
        for work in best
        for channel, part in (("全部", 1.0), ("推荐", 0.3))
    ]
    rows: list[Row] = [
        [None] * 16,
        [None, "数据趋势概况", *[None] * 9, "数据来源概况", *[None] * 4],
    ]
    rows.append([
        None, "日期", "渠道", "阅读人数", None, "日期", "分享人数", "跳转阅读原文人数", "微信收藏人数", "发表篇数", None,
        "传播渠道", "发表日期", "内容标题", "阅读人数", "阅读人数占比",
    ])  # fmt: skip
    for number, left in enumerate(first):
        middle = second[number] if number < len(second) else [None] * 5
        right = third[number] if number < len(third) else [None] * 5
        rows.append([None, *left, None, *middle, None, *right])
    begin = int(datetime(2026, 9, 1, tzinfo=BEIJING).timestamp())
    made = int(datetime(2026, 10, 5, 16, 31, 2, tzinfo=BEIJING).timestamp())
    write = partial(containers.biff_xls, rows=rows, sheet_name="New Sheet1")
    return Export(
        "fabu",
        f"{LEDGER_DAY} tendency_{begin}_{made}.xls",
        "wechat_mp",
        end_of(LEDGER_DAY),
        (),
        write,
    )
