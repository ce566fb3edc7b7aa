"""What is due, in which order; what a pass through a list reaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import Request
from adapters.records import Post
from adapters.registry import ADAPTERS
from collector.config.sections import AccountConfig
from collector.visits.asking import Plan, Task, plan
from collector.visits.passes import Passes
from storage.database import reading
from storage.operations.due import DAY, HOUR, INTERVALS, SELDOM, interval
from tests.collector.network import NOW, UID, Network, network
from tests.server import platforms as played
from tests.server.platforms import moment
from tests.server.site import Site

pytestmark = pytest.mark.usefixtures("quick")


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (0, HOUR), (DAY - 1, HOUR), (DAY, 4 * HOUR), (5 * DAY, 12 * HOUR), (8 * DAY, DAY), (31 * DAY, 7 * DAY),
        (366 * DAY, SELDOM), (20_000 * DAY, SELDOM),
    ],
)  # fmt: skip
def test_young_often_old_seldom(age: int, wait: int) -> None:
    assert interval(age) == wait


def test_intervals_grow() -> None:
    limits, waits = zip(*INTERVALS, strict=True)
    assert list(limits) == sorted(limits)
    assert list(waits) == sorted(waits)
    assert waits[-1] < SELDOM


def due(net: Network, after: timedelta = timedelta(), *, everything: bool = False) -> Plan:
    app = net.centre.app
    with reading(app.engine) as connection:
        return plan(connection, app.config, NOW + after, everything=everything)


def aged(key: str, days: float) -> Post:
    return Post(key=key, title=f"云岭{key}", published_at=NOW - timedelta(days=days))


def test_each_post_has_its_own_turn(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["toutiao"])
    keys = {f"741234567890123450{n}": days for n, days in enumerate((0.5, 2, 5, 20, 200, 2000))}
    net.know("toutiao", *[aged(key, days) for key, days in keys.items()])
    for key, days in keys.items():
        at = f"{NOW - timedelta(days=days):%Y-%m-%d %H:%M:%S}"
        site.routes[played.toutiao_path(key)] = played.toutiao(key, f"云岭{key}", at, 1, 2)
    asked = [each.request.key for each in due(net).tasks]
    assert asked == list(keys)  # the newest first
    net.run()
    for hours, turns in (
        (0.9, 0),
        (1.1, 1),
        (4.1, 2),
        (12.1, 3),
        (24.1, 4),
        (24 * 7.1, 5),
        (24 * 31, 6),
    ):
        assert len(due(net, timedelta(hours=hours)).tasks) == turns, hours
    assert len(due(net, timedelta(minutes=1), everything=True).tasks) == 6


def test_lists_come_first_and_strangers_are_not_asked(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["bilibili", "weibo"])
    net.know(
        "bilibili", Post(key="BV1Yl4y1c7Xk", title="雪", published_at=moment("2026-10-30 08:00:00"))
    )
    net.know("weibo", Post(title="没有编号", published_at=moment("2026-10-30 08:00:00")))
    tasks = due(net).tasks
    assert [(each.account.id, each.rank) for each in tasks] == [
        ("bilibili", 0),
        ("bilibili", 2),
        ("weibo", 0),
    ]
    assert tasks[0].request.key == UID


def test_requests_that_differ_in_what_is_sent_are_told_apart() -> None:
    account = AccountConfig(id="mp", platform="wechat_mp", name="云岭")
    tasks = [
        Task(
            account, ADAPTERS["wechat_api"], Request(url="https://a/x", key=day, body={"day": day})
        )
        for day in ("2026-10-01", "2026-10-02")
    ]
    assert [each.source for each in tasks] == ["https://a/x#2026-10-01", "https://a/x#2026-10-02"]


ACCOUNT = AccountConfig(id="weibo", platform="weibo", name="云岭")


def listed(place: tuple[int, ...], about: str = "list") -> Task:
    return Task(
        ACCOUNT, ADAPTERS["weibo"], Request(url="https://m.weibo.cn/x", about=about), place=place
    )


def posts(*days: int) -> list[tuple[int, Post]]:
    made = [Post(title="云岭", published_at=NOW - timedelta(days=day)) for day in days]
    return list(enumerate(made))


def days_of(passes: Passes) -> list[tuple[int, int]]:
    """Oldest and newest as days before NOW."""
    now = int(NOW.timestamp())
    return [((now - old) // DAY, (now - new) // DAY) for _, (old, new) in passes.finished()]


@pytest.mark.parametrize(
    ("days", "span"),
    [((1, 2, 5), (5, 1)), ((900, 1, 2), (2, 1)), ((900, 800, 1, 2), (2, 1)), ((3,), (3, 3)), ((4, 4, 3), (3, 3))],
)  # fmt: skip
def test_a_pass_reaches_from_its_last_post_to_its_newest(
    days: Sequence[int], span: tuple[int, int]
) -> None:
    passes = Passes()
    passes.add(listed((0,)))
    passes.ended(listed((0,)), "ok", posts(*days))
    assert days_of(passes) == [span]
    assert list(passes.finished()) == []


@given(st.permutations(range(4)))
def test_articles_may_come_in_any_order(order: list[int]) -> None:
    passes = Passes()
    passes.add(listed((0,)))
    for number in range(4):
        passes.add(listed((0, number), "post"))
    passes.ended(listed((0,)), "ok", [])
    for number in order:
        assert days_of(passes) == []
        passes.ended(listed((0, number), "post"), "ok", posts((500, 1, 2, 3)[number]))
    assert days_of(passes) == [(3, 1)]


@pytest.mark.parametrize(
    ("outcome", "spans"),
    [("ok", 1), ("unchanged", 1), ("gone", 1), ("blocked", 0), ("unclear", 0), ("unreachable", 0), ("layout_changed", 0)],
)  # fmt: skip
def test_every_part_must_end_well(outcome: str, spans: int) -> None:
    passes = Passes()
    passes.add(listed((0,)))
    passes.add(listed((0, 1), "post"))
    passes.ended(listed((0,)), "ok", posts(1))
    passes.ended(listed((0, 1), "post"), outcome, [])
    assert len(days_of(passes)) == spans


def test_what_is_left_out_is_missing_what_is_known_is_not() -> None:
    passes = Passes()
    passes.add(listed((0,)))
    passes.known(listed((0, 1), "post"), int(NOW.timestamp()) - 9 * DAY)
    passes.ended(listed((0,)), "ok", posts(1))
    assert days_of(passes) == [(9, 1)]
    passes.add(listed((0,)))
    passes.left_out(listed((0, 1), "post"))
    passes.ended(listed((0,)), "ok", posts(1))
    assert days_of(passes) == []
