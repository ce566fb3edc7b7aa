"""One story on several channels: by hand, by address, proposed by title and day."""

from __future__ import annotations

import pytest

from storage import database
from storage.writing.changes import Mistaken
from storage.writing.stories import Story, stories, story_title, tell
from tests.storage.build import DAY, Store, post


def said(store: Store, first: int, second: int, *, same: bool) -> None:
    with database.writing(store.engine) as connection:
        tell(connection, first, second, same, store.act())


def found(store: Store, **others: int) -> list[Story]:
    with database.reading(store.engine) as connection:
        view = store.view(connection, "published", 0, 365 * DAY, **others)
        return stories(view, {"a", "b"})


def test_by_address_and_a_persons_no(store: Store) -> None:
    store.put([post("春茶开采", 5, url="https://x.example/1?utm_source=a")], DAY)
    store.put([post("另一个标题", 9, url="http://x.example/1")], DAY, account="b")
    before = store.clock
    assert found(store) == [Story((1, 2), "link")]
    said(store, 2, 1, same=False)
    assert found(store) == []
    assert found(store, known_by=before) == [Story((1, 2), "link")]
    said(store, 1, 2, same=True)
    assert found(store) == [Story((1, 2), "hand")]


def test_by_hand_joins_more_than_two(store: Store) -> None:
    store.put([post("甲篇稿件一", 5), post("甲篇稿件二", 6)], DAY)
    store.put([post("乙篇稿件一", 7)], DAY, account="b")
    said(store, 1, 3, same=True)
    said(store, 3, 2, same=True)
    assert found(store) == [Story((1, 2, 3), "hand")]


def test_proposed_by_title_and_day(store: Store) -> None:
    titles_a = [
        ("防汛一线：连夜转移132人 #防汛 #云岭", 20 * DAY + 3_600),  # that day
        ("教师节里的守望者", 30 * DAY),  # the next day
        ("开镰时节的稻田", 40 * DAY + 10),  # two days before the other: too far
        ("今日天气", 50 * DAY),  # too short to be a sign
    ]
    titles_b = [
        ("防汛一线 连夜转移１３２人！", 20 * DAY + 80_000),
        ("教师节里的守望者", 31 * DAY + 86_399),
        ("开镰时节的稻田", 42 * DAY),
        ("今日天气", 50 * DAY),
    ]
    store.put([post(title, when) for title, when in titles_a], 60 * DAY)
    store.put([post(title, when) for title, when in titles_b], 60 * DAY, account="b")
    assert found(store) == [Story((1, 5), "title"), Story((2, 6), "title")]
    said(store, 1, 5, same=True)
    said(store, 2, 6, same=False)
    assert found(store) == [Story((1, 5), "hand")]


def test_titles_as_they_were(store: Store) -> None:
    store.put([post("松林镇这座桥通车了", 5, key="1")], DAY)
    store.put([post("松林镇这座桥通车了", 6)], DAY, account="b")
    store.put([post("等了三年大桥今天通车", 5, key="1")], 9 * DAY)
    assert found(store) == []
    assert found(store, as_of=2 * DAY) == [Story((1, 2), "title")]


def test_one_account_is_no_second_channel(store: Store) -> None:
    store.put([post("云岭今日播报", 5, key="1"), post("云岭今日播报", 6, key="2")], DAY)
    assert found(store) == []
    with pytest.raises(Mistaken, match="同一个账号"):
        said(store, 1, 2, same=True)
    with pytest.raises(Mistaken, match="没有编号为 7 的作品"):
        said(store, 1, 7, same=True)


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("【直播】云岭 春茶开采！#茶 #云岭", "云岭春茶开采"),
        ("云岭春茶开采", "云岭春茶开采"),
        ("[图集]Ａ级景区#旅游#开放", "a级景区开放"),
    ],
)
def test_titles_compared(title: str, plain: str) -> None:
    assert story_title(title) == plain
