"""One work is one post, whatever a source leaves out of its title or time; several of one title stay several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from storage import database
from storage.identity.keys import loose_title
from storage.identity.likeness import propose_all
from storage.writing import changes
from tests.storage.build import DAY, Record, Store, epoch, hits, post

TEN = 10 * 3_600  # 10:00 of the first day
DATED = {"date_only": True}
WITH_ID: dict[str, Any] = {"key": "71"}

# first file, second file (title, second, views, more), and what is there then: (posts, pairs, latest views)
ROW = tuple[str, int, int, dict[str, Any]]
CASES: list[tuple[str, list[ROW], list[ROW], tuple[int, int, list[int]]]] = [
    # times
    ("without seconds", [("春耕", TEN, 5, {})], [("春耕", TEN + 37, 9, WITH_ID)], (1, 0, [9])),
    ("seconds first", [("春耕", TEN + 37, 5, WITH_ID)], [("春耕", TEN, 9, {})], (1, 0, [9])),
    ("seconds apart", [("春耕", TEN + 3, 5, {})], [("春耕", TEN + 41, 9, {})], (1, 0, [9])),
    ("planned", [("春耕", TEN, 5, {})], [("春耕", TEN + 410, 9, {})], (1, 0, [9])),
    ("over midnight", [("春耕", DAY - 60, 5, {})], [("春耕", DAY + 90, 9, {})], (1, 0, [9])),
    ("too far", [("春耕", TEN, 5, {})], [("春耕", TEN + 3_600, 9, {})], (2, 0, [5, 9])),
    ("a day alone", [("春耕", 0, 5, DATED)], [("春耕", TEN, 9, WITH_ID)], (1, 0, [9])),
    # titles
    ("hashtags", [("春耕现场 #三农 #云岭", TEN, 5, {})], [("春耕现场", TEN, 9, {})], (1, 0, [9])),
    ("weibo's", [("春耕现场", TEN, 5, {})], [("#三农#春耕现场", TEN, 9, {})], (1, 0, [9])),
    ("signs", [("春耕，现场！", TEN, 5, {})], [("春耕现场…… ", TEN, 9, {})], (1, 0, [9])),
    ("emoji", [("春耕现场🌾", TEN, 5, {})], [("春耕现场", TEN, 9, {})], (1, 0, [9])),
    ("both", [("春耕 #三农", TEN, 5, {})], [("春耕。", TEN + 20, 9, WITH_ID)], (1, 0, [9])),
    ("numbers", [("春耕第1期", TEN, 5, {})], [("春耕第2期", TEN, 9, {})], (2, 1, [5, 9])),
    ("no title", [("", TEN, 5, {})], [("", TEN + 60, 9, {})], (2, 0, [5, 9])),
    ("emoji alone", [("🌾", TEN, 5, {})], [("🎉", TEN + 5, 9, {})], (2, 0, [5, 9])),
    # what speaks against it
    ("falls", [("春耕", TEN, 500, {})], [("春耕", TEN + 37, 90, {})], (2, 1, [500, 90])),
    ("falls at its second", [("春耕", TEN + 37, 500, {})], [("春耕", TEN + 37, 90, WITH_ID)],
     (1, 0, [90])),
    ("falls on a day", [("春耕", 0, 500, DATED)], [("春耕", TEN, 90, {})], (2, 1, [500, 90])),
    ("title falls", [("春耕 #三农", TEN, 500, {})], [("春耕", TEN, 90, {})], (2, 1, [500, 90])),
    ("ids", [("春耕", TEN, 5, {"key": "1"})], [("春耕", TEN + 9, 9, {"key": "2"})], (2, 0, [5, 9])),
    ("both listed", [("春耕", TEN, 5, {})], [("春耕", TEN, 6, {}), ("春耕", TEN + 240, 9, {})],
     (2, 1, [6, 9])),
    ("both listed at first", [("春耕", TEN, 5, {}), ("春耕", TEN + 240, 9, {})], [], (2, 1, [5, 9])),
    ("both with ids", [("春耕", TEN, 5, {"key": "1"}), ("春耕", TEN + 240, 9, {"key": "2"})], [],
     (2, 0, [5, 9])),
    ("two may be it", [("春耕", TEN, 5, {})], [("春耕", TEN + 200, 6, {}), ("春耕", TEN + 300, 9, {})],
     (3, 3, [5, 6, 9])),
    ("a day for two", [("春耕", TEN, 100, {}), ("春耕", TEN + 9_000, 200, {})],
     [("春耕", 0, 260, DATED), ("春耕", 0, 150, DATED)], (2, 0, [150, 260])),
    ("a day for one", [("春耕", TEN, 100, {}), ("春耕", TEN + 9_000, 200, {})],
     [("春耕", 0, 150, DATED)], (2, 0, [150, 200])),
]  # fmt: skip


def rows(told: Sequence[ROW]) -> list[Record]:
    return [
        post(title, second, views=views, row=line, **more)
        for line, (title, second, views, more) in enumerate(told, 2)
    ]


@pytest.mark.parametrize("newer_first", [False, True])
@pytest.mark.parametrize(
    ("first", "second", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES]
)
def test_one_post_or_proposed(
    store: Store,
    first: list[ROW],
    second: list[ROW],
    expected: tuple[int, int, list[int]],
    newer_first: bool,
) -> None:
    files = [(first, 2 * DAY), (second, 3 * DAY)]
    for told, seen in reversed(files) if newer_first else files:
        if told:
            store.put(rows(told), seen)
    posts, pairs, views = expected
    assert (store.count("post"), store.count("pair")) == (posts, pairs)
    assert sorted(store.views(), key=str) == sorted(views, key=str)
    for told, seen in files:  # and again: what is known stays known
        if told:
            store.put(rows(told), seen + 60)
    assert (store.count("post"), store.count("pair")) == (posts, pairs)
    assert store.faults() == []


def test_two_minutes_apart_find_themselves_again(store: Store) -> None:
    """Of another source that has ids, and lists them the other way round."""
    store.put([post("春耕", TEN, views=5), post("春耕", TEN + 480, views=9)], 2 * DAY)
    again = [
        post("春耕", TEN + 490, key="71", views=12),
        post("春耕", TEN + 20, key="72", views=7),
    ]
    assert store.put(again, 3 * DAY).new_posts == 0
    assert store.views() == [7, 12]


def test_the_same_title_says_more_than_the_same_second(store: Store) -> None:
    """Stored without seconds and word for word, or with its seconds and another topic: it is the former, though its
    figures lie nearer to the latter's."""
    store.put([post("春耕", TEN, views=5)], 2 * DAY)
    store.put([post("春耕 #三农", TEN + 37, key="8", views=8), post("春耕", TEN, views=5)], 2 * DAY)
    assert store.put([post("春耕", TEN + 37, views=9)], 3 * DAY).new_posts == 0
    assert store.views() == [9, 8]


def test_a_minute_without_seconds_says_more_than_other_seconds(store: Store) -> None:
    """10:00:41 may be the work that is stored as of 10:00, and not the one of 10:00:03, though its figures lie nearer."""
    store.put([post("春耕", TEN, views=5)], 2 * DAY)
    store.put([post("春耕", TEN + 3, key="8", views=8), post("春耕", TEN, views=5)], 2 * DAY)
    assert store.put([post("春耕", TEN + 41, views=9)], 3 * DAY).new_posts == 0
    assert store.views() == [9, 8]


def test_what_a_platform_lists_twice_are_two_works(store: Store) -> None:
    both = [post("今日播报", TEN + 5, views=5), post("今日播报", TEN + 48, views=6)]
    store.put(both, 2 * DAY, adapter="douyin")
    store.put(both, 3 * DAY, adapter="douyin")
    assert (store.count("post"), store.count("pair")) == (2, 0)
    store.put([post("今日播报", TEN, views=9)], 4 * DAY)  # it may be either
    assert (store.count("post"), store.count("pair")) == (3, 2)


def test_likes_are_taken_back(store: Store) -> None:
    store.put([post("春耕", TEN, views=500, likes=40)], 2 * DAY)
    store.put([post("春耕", TEN + 37, views=510, likes=38)], 3 * DAY)
    assert store.count("post") == 1


DAILY = "云岭天气预报"
# what was stored of works of one title and day, what a later file lists, in which order the posts then stand
TWINS = [
    ([100, 200], [260, 150], [150, 260]),
    ([100, 200], [150, 260], [150, 260]),
    ([200, 100], [150, 260], [260, 150]),
    ([100, 200, 300], [320, 120, 220], [120, 220, 320]),
    ([300, 100, 200], [120, 220, 320], [320, 120, 220]),
    ([100, 200], [90, 260], [90, 260]),  # a platform's clean-up
    ([0, 0], [3, 1], [3, 1]),
    ([100], [30, 250], [250, 30]),  # the second one is new
    ([100, 200], [260, 150, 20], [150, 260, 20]),
    ([100, 200], [150], [150, 200]),  # the other one would fall
    ([100, 200], [200], [100, 200]),  # nothing new
    ([100, 200, 300], [150, 250], [150, 250, 300]),
]


@pytest.mark.parametrize(("before", "listed", "after"), TWINS)
@pytest.mark.parametrize("clock", [0, TEN], ids=["day", "second"])
def test_works_of_one_title_do_not_swap(
    store: Store, before: list[int], listed: list[int], after: list[int], clock: int
) -> None:
    def file(views: list[int]) -> list[Record]:
        return [
            post("云岭要闻", 0, date_only=True, views=50, row=9),
            *(
                post(DAILY, clock, date_only=not clock, views=each, row=line)
                for line, each in enumerate(views, 10)
            ),
        ]

    store.put(file(before), DAY)
    assert store.put(file(listed), 2 * DAY).bad == 0
    assert store.views() == [50, *after]
    assert store.count("pair") == 0
    assert store.put(file(listed), 3 * DAY).new_posts == 0
    assert store.views() == [50, *after]
    assert store.faults() == []


def test_other_metrics_tell_them_apart(store: Store) -> None:
    def day(*figures: dict[str, Any]) -> list[Record]:
        return [post(DAILY, 0, date_only=True, row=line, **e) for line, e in enumerate(figures, 2)]

    store.put(day({"views": 100, "likes": 50}, {"views": 200, "likes": 10}), DAY)
    store.put(day({"views": 300, "likes": 12}, {"views": 350, "likes": 55}), 2 * DAY)
    assert store.rows("SELECT views, likes FROM latest ORDER BY post_id") == [(350, 55), (300, 12)]
    store.put(day({"likes": 13}, {"likes": 60}), 3 * DAY)  # a source without views
    assert store.rows("SELECT views, likes FROM latest ORDER BY post_id") == [(350, 60), (300, 13)]


def test_authors_tell_them_apart(store: Store) -> None:
    def day(*told: tuple[str, int]) -> list[Record]:
        return [
            post(DAILY, 0, date_only=True, author=author, views=views, row=line)
            for line, (author, views) in enumerate(told, 2)
        ]

    store.put(day(("张三", 100), ("李四", 110)), DAY)
    store.put(day(("李四", 400), ("张三", 120)), 2 * DAY)
    assert store.views() == [120, 400]
    store.put(day(("张三", 900)), 3 * DAY)
    assert store.views() == [900, 400]


def test_a_row_that_may_be_either_is_named(store: Store) -> None:
    """300 may be of the one that stood at 150 or of the one at 260: neither is credited with it."""
    twins = [
        post(DAILY, 0, date_only=True, views=each, row=line) for line, each in ((2, 150), (3, 260))
    ]
    store.put(twins, DAY)
    stored = store.put([post(DAILY, 0, date_only=True, views=300, row=2)], 2 * DAY)
    assert (stored.bad, stored.new_posts, store.views()) == (1, 0, [150, 260])
    assert "同一时间有2篇" in str(stored.bad_rows[0])


def test_a_ledger_may_list_fewer(store: Store) -> None:
    piece = [
        post("一稿", 0, date_only=True, kind="placement", details={"outlet": "云岭日报"}, row=n)
        for n in (2, 3)
    ]
    store.put(piece, DAY)
    assert store.put(piece[:1], 2 * DAY).bad == 0
    assert store.count("post") == 2


def test_twins_over_chunks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.writing.writes.CHUNK", 2)

    def file(*views: int) -> list[Record]:
        return [
            post(DAILY, 0, date_only=True, views=each, row=n) for n, each in enumerate(views, 2)
        ]

    store.put(file(100, 200, 300, 400, 500), DAY)
    store.put(file(550, 450, 350, 250, 150), 2 * DAY)
    assert store.views() == [150, 250, 350, 450, 550]


def test_what_is_stored_already_is_proposed(store: Store) -> None:
    """A database of before: two posts of one work; found when a person asks, once, and merged when a person says so."""
    store.put([post("春耕", TEN, key="1", views=500)], 2 * DAY)
    store.put([post("春耕 #三农", TEN + 37, key="2", views=1_900)], 3 * DAY)
    with database.writing(store.engine) as connection:
        assert propose_all(connection, epoch(4 * DAY)) == 0  # two ids are two works
        connection.exec_driver_sql("DELETE FROM post_key WHERE key = 'id:2'")
        assert propose_all(connection, epoch(4 * DAY)) == 1
        assert propose_all(connection, epoch(5 * DAY)) == 0
    with database.reading(store.engine) as connection:
        (pair,) = changes.pairs(connection)
    assert pair.why == "标题只差话题、标点或表情，发布时间相差37秒"
    store.settle(pair.pair_id, same=True)
    assert store.views() == [1_900]
    assert [row[:2] for row in hits(store)] == [(1, "views")]


LOOSE = [
    ("春耕现场 #三农 #云岭", "春耕现场"),
    ("#三农#春耕现场", "春耕现场"),
    ("春耕，现场！🌾", "春耕现场"),
    ("ＡＢＣ １２", "abc12"),
    ("#三农", "三农"),
    ("🌾！", ""),
    ("【云岭】春耕（一）", "云岭春耕一"),
]


@pytest.mark.parametrize(("title", "bare"), LOOSE)
def test_loose_title(title: str, bare: str) -> None:
    assert loose_title(title) == bare
