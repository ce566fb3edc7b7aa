"""What a word, a column or a tag chooses, what accounts published, and which posts are hits: on each engine, as known."""

from __future__ import annotations

from typing import Any

from adapters.records import at_least
from storage import database
from storage.views.crossings import hit_posts
from storage.views.totals import output, totals
from tests.storage.build import DAY, Store, epoch, post


def chosen(store: Store, *words: str, columns: tuple[str, ...] = (), **others: Any) -> list[Any]:
    tagged = others.pop("tagged", set())
    with database.reading(store.engine) as connection:
        view = store.view(connection, "published", 0, 365 * DAY, **others)
        found = view.chosen(words=words, columns=columns, tagged=tagged)
        return sorted(
            (
                each.post_id,
                each.title,
                each.column,
                each.amounts["views"].value if "views" in each.amounts else None,
            )
            for each in found
        )


def test_words_columns_tags_each_post_once(store: Store) -> None:
    store.put(
        [
            post("洪水100%退去?", 1, key="1", views=5),
            post("AI 展播", 2, key="2", views=6, column="文旅"),
            post("ai 展播", 3, key="3"),
            post("别的", 4, key="4", views=at_least(100_000)),
        ],
        DAY,
    )
    assert chosen(store, "100%", "洪水") == [(1, "洪水100%退去?", "", 5)]
    assert chosen(store, "AI") == [(2, "AI 展播", "文旅", 6)]  # as it stands
    assert chosen(store, "AI", columns=("文旅",), tagged={2, 4}) == [
        (2, "AI 展播", "文旅", 6),
        (4, "别的", "", 100_000),
    ]
    assert chosen(store) == []


def test_titles_and_columns_as_they_were(store: Store) -> None:
    store.put([post("洪水来了", 1, key="1", views=5, column="快讯")], DAY)
    then = store.clock
    store.put([post("平安过境", 1, key="1", views=9, column="综合")], 5 * DAY)
    was, now = [(1, "洪水来了", "快讯", 5)], [(1, "平安过境", "综合", 9)]
    # may be chosen: the caller looks at the title that is known there
    assert chosen(store, "洪水") == chosen(store, "平安") == chosen(store, columns=("快讯",)) == now
    assert chosen(store, "洪水", as_of=2 * DAY) == was
    assert chosen(store, "洪水", known_by=then) == was


def test_output_as_known(store: Store) -> None:
    store.put(
        [
            post("一", 1, key="1", kind="video", original=True, column="文旅"),
            post("二", 2, key="2", kind="article", original=False),
            post("三", 3, key="3", kind="article"),
        ],
        DAY,
    )
    then = store.clock
    store.put([post("三", 3, key="3", original=True, column="民生")], 5 * DAY)
    with database.reading(store.engine) as connection:
        now = output(store.view(connection, "published", 0, 365 * DAY))["a"]
        before = output(store.view(connection, "published", 0, 365 * DAY, known_by=then))["a"]
    assert (now.posts, now.originals, now.reprints, now.unstated) == (3, 2, 1, 0)
    assert (before.posts, before.originals, before.reprints, before.unstated) == (3, 1, 1, 1)
    assert now.kinds == before.kinds == {"video": 1, "article": 2}
    assert (now.columns, before.columns) == ({"文旅": 1, "民生": 1}, {"文旅": 1})


def test_hits_with_their_crossings(store: Store) -> None:
    store.put([post("甲", 10, key="1", views=900, likes=3)], DAY)
    store.put([post("甲", 10, key="1", views=1_500, likes=12)], 3 * DAY)
    store.put([post("甲", 10, key="1", views=120_000, likes=30)], 5 * DAY)
    store.put([post("乙", 20, key="2", views=None, readers=2_000)], 2 * DAY)

    def found(basis: str, start: int = 0, end: int = 365 * DAY, **others: Any) -> list[Any]:
        with database.reading(store.engine) as connection:
            view = store.view(connection, basis, start, end, **others)
            totals(view, store.thresholds)
            zero = epoch(0)
            return sorted(
                (e.post_id, e.metric, e.threshold, e.before_at - zero, e.after_at - zero, e.shown_by, e.now.value)
                for e in hit_posts(view, store.thresholds)
            )  # fmt: skip

    whole = [
        (1, "likes", 10, DAY, 3 * DAY, "likes", 30),
        (1, "views", 100_000, 3 * DAY, 5 * DAY, "views", 120_000),
        (2, "views", 1_000, 20, 2 * DAY, "readers", 2_000),
    ]
    assert found("published") == whole
    assert found("published", as_of=3 * DAY) == [
        (1, "likes", 10, DAY, 3 * DAY, "likes", 12),
        (1, "views", 1_000, DAY, 3 * DAY, "views", 1_500),
        (2, "views", 1_000, 20, 2 * DAY, "readers", 2_000),
    ]
    # at three days and a bit: the observation of the third day
    assert found("aged", days=3)[1][:3] == (1, "views", 1_000)
    assert found("gained", 0, 4 * DAY) == found("published", as_of=3 * DAY)
    # of 100,000 it is known that it came after the third day: before or in this period
    assert found("gained", 4 * DAY, 9 * DAY) == []
