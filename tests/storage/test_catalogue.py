"""Looking through posts: what is asked for is there, in its order, a page at a time; on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.records import at_least
from storage import database
from storage.views import catalogue, history
from storage.views.catalogue import Wanted
from storage.writing import tags
from storage.writing.changes import Act
from tests.storage.build import DAY, Store, at, epoch, post

POSTS = [
    post("防汛：河边的一夜", 1 * DAY, views=120_000, likes=5),
    post("茶山开园 100%", 2 * DAY, views=900),
    post("Tea festival", 3 * DAY, likes=70),
    post("夜市_开街", 4 * DAY, views=at_least(100_000)),
    post("没有数字", 5 * DAY),
    post("自见的", 6 * DAY, views=1_000_000, state="private"),
]


@pytest.fixture
def filled(store: Store) -> Store:
    store.put(POSTS, 10 * DAY)
    store.put([post("别的账号的", 7 * DAY, views=50)], 10 * DAY, account="b")
    with database.writing(store.engine) as connection:
        tags.give(connection, [2], "茶", Act("小林", "", at(11 * DAY)))
    return store


def titles(store: Store, first: int = 0, most: int = 50, **wanted: Any) -> list[str]:
    with database.reading(store.engine) as connection:
        asked = Wanted(**wanted)
        found = [each.title for each in catalogue.rows(connection, asked, first=first, most=most)]
        if not first and most >= 50:
            assert catalogue.count(connection, asked) == len(found)
    return found


ALL = ["别的账号的", "没有数字", "夜市_开街", "Tea festival", "茶山开园 100%", "防汛：河边的一夜"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ALL),
        ({"falling": False}, ALL[::-1]),
        ({"accounts": ("b",)}, ["别的账号的"]),
        ({"words": ("夜",)}, ["夜市_开街", "防汛：河边的一夜"]),
        ({"words": ("河边", "夜")}, ["防汛：河边的一夜"]),
        ({"words": ("TEA",)}, ["Tea festival"]),
        ({"words": ("%",)}, ["茶山开园 100%"]),
        ({"words": ("_",)}, ["夜市_开街"]),
        ({"words": ("没有这样的",)}, []),
        ({"since": epoch(4 * DAY), "until": epoch(6 * DAY)}, ["没有数字", "夜市_开街"]),
        ({"hit": 100_000}, ["夜市_开街", "防汛：河边的一夜"]),
        ({"tag": "茶"}, ["茶山开园 100%"]),
        ({"any_words": ("防汛",), "any_tags": ("茶",)}, ["茶山开园 100%", "防汛：河边的一夜"]),
        ({"order": "likes"}, ["Tea festival", "防汛：河边的一夜"]),
    ],
)
def test_what_is_asked_for_is_there(
    filled: Store, wanted: dict[str, Any], expected: list[str]
) -> None:
    found = titles(filled, **wanted)
    assert found[: len(expected)] == expected
    assert len(found) == len(expected) or "order" in wanted


def test_posts_that_do_not_show_the_figure_come_last_either_way(filled: Store) -> None:
    rising = titles(filled, order="views", falling=False)
    falling = titles(filled, order="views")
    assert rising[:2] == ["别的账号的", "茶山开园 100%"]
    assert falling[:2] == ["防汛：河边的一夜", "夜市_开街"]
    assert {*rising[-2:]} == {*falling[-2:]} == {"没有数字", "Tea festival"}


def test_pages_follow_each_other(filled: Store) -> None:
    assert titles(filled, 0, 4) + titles(filled, 4, 4) == ALL


def test_a_bound_stays_a_bound(filled: Store) -> None:
    with database.reading(filled.engine) as connection:
        (row,) = catalogue.rows(connection, Wanted(words=("夜市",)))
    assert row.latest["views"] == at_least(100_000)
    assert "likes" not in row.latest


def test_of_too_many_found_by_a_part_of_the_title_the_newest_are_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "FOUND", 3)
    same = [post(f"Tea {number}", 2 * DAY, views=1) for number in range(3)]
    store.put([post("Tea 没有时间", None, key="x"), *same, post("tea 旧", DAY, views=1)], 3 * DAY)
    with database.reading(store.engine) as connection:
        found = [each.title for each in history.find_posts(connection, "TEA")]
    assert found == ["Tea 0", "Tea 1", "Tea 2"]
