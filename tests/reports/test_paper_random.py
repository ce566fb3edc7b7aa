"""Papers of counties that nobody thought of: any accounts, groups, gaps, bounds and bases break no rule of a paper."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from adapters.records import Count, Post, about, at_least
from reports.centre import AccountInfo, RankInfo, TopicInfo
from reports.paper.plan import paper
from tests.reports.paper_rules import broken
from tests.reports.small import account, summary, work

PLATFORMS = (
    "wechat_mp", "wechat_channels", "douyin", "kuaishou", "toutiao", "weibo", "bilibili", "xiaohongshu", "app", "portal",
)  # fmt: skip
GROUPS = (("",), ("", "甲组"), ("短视频", "公众号", "资讯"), tuple("甲乙丙丁戊己庚辛壬癸"))
TITLES = ("晨", "防汛", "高考", "“引”", "《书》", "#标签 #二", "")


def figure(random: Random) -> int | Count | None:
    number = int(10 ** random.uniform(0, 7.5))
    rounded = about(max(number // 100, 1) * 100, 100, cut=None)
    kinds = (number, number, 0, 99_999, 100_000, at_least(number), rounded, None)
    return random.choice(kinds)


def works(random: Random) -> list[Post]:
    kind = random.choice(("video", "article", "image"))
    found = []
    for number in range(random.choice((0, 1, 2, 6))):
        drawn = {
            each: figure(random) for each in ("views", "readers", "likes") if random.random() < 0.6
        }
        known = {name: each for name, each in drawn.items() if each is not None}
        day = (random.choice((4, 5, 7, 8, 9)), random.randint(1, 28))
        found.append(work(f"{random.choice(TITLES)}{number}", day, kind=kind, **known))
    return found


def ledger(random: Random) -> list[Post]:
    rows = []
    for number in range(random.randint(0, 9)):
        details = {"outlet": random.choice(("江原日报", "云川日报", "某端"))}
        if random.random() < 0.8:
            details["level"] = random.choice(("中央", "省", "市"))
        day = (random.choice((7, 8, 9)), random.randint(1, 28))
        rows.append(work(f"稿{number}", day, kind="placement", details=details))
    shown = [figure(random) for _ in range(random.randint(0, 3))]
    streams = [{} if each is None else {"views": each} for each in shown]
    return rows + [
        work(f"直播{n}", (8, n + 1), kind="live", **each) for n, each in enumerate(streams)
    ]


@pytest.mark.parametrize("seed", range(24))
def test_any_county(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    groups = random.choice(GROUPS)
    accounts: list[AccountInfo] = [
        account(f"a{n}", f"{random.choice(('看云岭', '抖音', '云岭'))}{n}", random.choice(PLATFORMS), random.choice(groups))
        for n in range(random.choice((1, 2, 5, 12, 13, 30)))
    ]  # fmt: skip
    told = {each.id: works(random) for each in accounts}
    ranked = [each.id for each in accounts[:5]]
    if random.random() < 0.5:
        accounts.append(account("t", "台账", "ledger"))
        told["t"] = ledger(random)
    made = summary(
        tmp_path,
        accounts,
        told,
        period=random.choice(("2026Q3", "2026", "2026-08")),
        basis=random.choice(("published", "published", "gained", "aged:7")),
        topics=[TopicInfo(name="防汛", keywords=["防汛"]), TopicInfo(name="高考专题", keywords=["高考"])],
        ranks=[RankInfo(name="榜", accounts=ranked, index=random.choice(("views", "posts", "wci-14.2a")))],
    )  # fmt: skip
    assert not list(broken(paper(made), made))
