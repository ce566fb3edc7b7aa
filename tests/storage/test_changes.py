"""What a person does to the record, and how a figure is walked back to its file."""

from __future__ import annotations

import pytest

from adapters.records import Count, at_least
from storage import database
from storage.operations import attempts
from storage.views import history
from storage.writing import changes, rebuild
from tests.storage.build import DAY, Store, epoch, hits, post


def test_a_correction_stands_until_a_later_observation(store: Store) -> None:
    store.put([post("稿", 0, key="1", views=5_000, likes=3)], DAY)
    before = store.clock
    store.correct(1, "views", 500)
    assert store.rows("SELECT views, likes FROM latest") == [(500, 3)]
    assert hits(store) == []  # the moment never showed 5,000
    then = store.ask(known_by=before)
    assert then is not None
    assert then.sums["views"].value == 5_000
    store.put([post("稿", 0, key="1", views=600)], 2 * DAY)
    assert store.views() == [600]
    assert store.faults() == []


@pytest.mark.parametrize(
    ("number", "metric", "value", "says"),
    [
        (1, "reads", 5, "没有“reads”这个指标"),
        (1, "views", -5, "不是可信的数"),
        (9, "views", 5, "不存在"),
        (1, "views", 99_999, "更正不会生效"),  # 10万+ was shown
    ],
)
def test_a_correction_that_cannot_be(
    store: Store, number: int, metric: str, value: int, says: str
) -> None:
    store.put([post("稿", 0, key="1", views=at_least(100_001))], DAY)
    with pytest.raises(changes.Mistaken, match=says):
        store.correct(number, metric, value)
    assert store.count("observation") == 1
    assert store.count("change") == 0


def test_a_reading_is_withdrawn_once(store: Store) -> None:
    stored = store.put([post("稿", 0, views=5)], DAY)
    store.retract(stored.attempt_id)
    assert store.ask() is None
    assert store.count("observation") == 1
    with pytest.raises(changes.Mistaken, match="已经撤回"):
        store.retract(stored.attempt_id)
    assert store.rows("SELECT kind, target, reason, author FROM change") == [
        ("retract", "attempt:1", "错了", "张三")
    ]


def test_a_withdrawn_title_gives_way(store: Store) -> None:
    store.put([post("对", 0, key="1")], DAY)
    wrong = store.put([post("错", 0, key="1")], 2 * DAY)
    store.retract(wrong.attempt_id)
    assert store.rows("SELECT title FROM post") == [("对",)]


def test_a_pair_settled(store: Store) -> None:
    store.put([post("头条", 30, views=1_500), post("次条", 30, views=7)], DAY)
    store.put([post("新题", 30, key="9", url="https://example.cn/9", views=2_000)], 2 * DAY)
    with database.reading(store.engine) as connection:
        first, second = changes.pairs(connection)
    assert (first.post.title, first.other.title) == ("新题", "头条")
    assert store.settle(first.pair_id, same=True) == 1
    assert store.settle(second.pair_id, same=False) is None
    assert store.views() == [2_000, 7]
    assert store.rows("SELECT title, url FROM post WHERE post_id = 1") == [
        ("新题", "https://example.cn/9")  # the later title stands
    ]
    store.put([post("新题", 30, key="9", views=3_000)], 3 * DAY)
    assert store.views() == [3_000, 7]
    assert [row[:5] for row in hits(store)] == [(1, "views", 1_000, None, DAY)]
    assert store.faults() == []
    with pytest.raises(changes.Mistaken, match="没有编号为"):
        store.settle(first.pair_id, same=True)


def test_of_a_withdrawn_reading_a_merged_post_tells_nothing(store: Store) -> None:
    store.put([post("头条", 30, views=1_500), post("次条", 30, views=7)], DAY)
    told = post("新题", 30, key="9", url="https://example.cn/9", author="张三", views=2_000)
    wrong = store.put([told], 2 * DAY)
    store.retract(wrong.attempt_id)
    with database.reading(store.engine) as connection:
        pair, *_ = changes.pairs(connection)
    assert store.settle(pair.pair_id, same=True) == 1
    assert store.rows("SELECT title, url, author FROM post WHERE post_id = 1") == [("头条", "", "")]
    assert store.views() == [1_500, 7]
    assert store.faults() == []


def test_before_posts_were_merged_each_had_its_own_figures(store: Store) -> None:
    store.put([post("头条", 30, views=1_500), post("次条", 30, views=7)], DAY)
    store.put([post("新题", 30, key="9", views=at_least(2_000))], 2 * DAY)
    before = store.clock
    with database.reading(store.engine) as connection:
        pair, *_ = changes.pairs(connection)
    store.settle(pair.pair_id, same=True)
    then, now = store.ask(known_by=before), store.ask()
    assert then is not None
    assert now is not None
    assert (then.posts, then.sums["views"].low, then.sums["views"].high) == (3, 3_507, None)
    assert (now.posts, now.sums["views"].low, now.sums["views"].high) == (2, 2_007, None)


def test_the_last_readings_by_account_the_newest_first(store: Store) -> None:
    for account, source in (("a", "旧.xlsx"), ("a", "新.xlsx"), ("b", "新.xlsx"), ("b", "旧.xlsx")):
        store.put([post("稿", 0, views=5)], DAY, account=account, source=source)
    store.put([post("稿", 0, views=6)], 2 * DAY, account="b", source="新.xlsx")
    with database.reading(store.engine) as connection:
        last = list(attempts.newest_outcomes(connection))
    assert [(each["account"], each["source"], each["observed_at"]) for each in last] == [
        ("a", "新.xlsx", epoch(DAY)), ("a", "旧.xlsx", epoch(DAY)),
        ("b", "新.xlsx", epoch(2 * DAY)), ("b", "旧.xlsx", epoch(DAY)),
    ]  # fmt: skip


def test_walked_back(store: Store) -> None:
    late = [post("春耕 现场", 60, key="77", url="https://example.cn/a?id=77", views=9, row=5)]
    store.put(late, 2 * DAY, source="9月.xlsx")
    early = post("春耕", 60, key="77", views=4, row=3, beside={"完播率": 0.5})
    wrong = store.put([early], DAY, source="8月.xlsx")
    store.retract(wrong.attempt_id)
    with database.reading(store.engine) as connection:
        for wanted in ("1", "#1", "77", "https://example.cn/a?id=77&utm_source=x", "春耕"):
            assert [each.post_id for each in history.find_posts(connection, wanted)] == [1]
        assert history.find_posts(connection, "100%_") == []
        first, last = history.observations(connection, 1)
        told = history.fact_history(connection, 1)
        (standing,) = attempts.by_source(connection, "9月.xlsx")
        assert attempts.by_source(connection, "8月.xlsx") == []
        counted = attempts.counts(connection)
    assert (first.observed_at, first.row, first.figures["views"]) == (epoch(DAY), 3, Count(4))
    assert first.beside == {"完播率": 0.5}
    assert (first.reading.source, first.reading.withdrawn_reason) == ("8月.xlsx", "错了")
    assert (last.reading.source, last.reading.withdrawn_at) == ("9月.xlsx", None)
    assert standing == last.reading
    assert [(each.name, each.value) for each in told][:2] == [
        ("title", "春耕 现场"),
        ("title", "春耕"),
    ]
    assert (counted.posts, counted.observations, counted.withdrawn) == (1, 2, 1)


def test_rebuild_mends_what_was_damaged(store: Store) -> None:
    store.put([post(f"稿{n}", n * 61, key=str(n), views=n * 700) for n in range(5)], DAY)
    good = store.rows("SELECT * FROM latest ORDER BY post_id"), hits(store)
    with database.writing(store.engine) as connection:
        connection.exec_driver_sql("UPDATE latest SET views = 1 WHERE post_id IN (1, 2)")
        connection.exec_driver_sql("DELETE FROM latest WHERE post_id = 3")
        connection.exec_driver_sql("DELETE FROM hit WHERE post_id = 4")
        connection.exec_driver_sql(
            "INSERT INTO latest (post_id, observed_at, state) VALUES (99, 1, 0)"
        )
    assert [each[:6] for each in store.faults()] == [
        "作品 1 的",
        "作品 2 的",
        "作品 3 的",
        "作品 4 的",
        "作品 99 ",
    ]
    with database.writing(store.engine) as connection:
        assert len(rebuild.rebuild(connection)) == 5
    assert (store.rows("SELECT * FROM latest ORDER BY post_id"), hits(store)) == good
    assert store.faults() == []
