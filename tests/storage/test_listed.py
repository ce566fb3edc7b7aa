"""Posts counted by their day alone (storage.views.posts), and posts in short rows (View.short), on each engine."""

from __future__ import annotations

from typing import Any

from adapters.records import about, at_least
from storage import database
from storage.views.posts import keys_of, listed
from storage.views.view import ShortPost
from tests.storage.build import DAY, Store, post


def _listed(store: Store, **others: Any) -> list[tuple[str, str, str]]:
    with database.reading(store.engine) as connection:
        view = store.view(connection, others.pop("basis", "published"), 0, 100 * DAY, **others)
        found = listed(connection, view.question, ("placement",))
        return [(each.title, each.author, each.details.get("level", "")) for each in found]


def test_placements_are_listed_whenever_they_were_published(store: Store) -> None:
    more: dict[str, Any] = {"kind": "placement", "details": {"outlet": "日报", "level": "省"}}
    store.put([post("早", -5 * DAY, **more), post("中", DAY, **more), post("稿", DAY)], 10 * DAY)
    first = store.clock
    for basis in ("published", "gained", "aged"):
        assert [row[0] for row in _listed(store, basis=basis)] == ["早", "中"]
    assert _listed(store, as_of=9 * DAY) == []  # nothing had been seen of them
    assert _listed(store, known_by=first - 60) == []  # nobody had told of them


def test_a_placement_is_what_was_known_of_it(store: Store) -> None:
    county: dict[str, Any] = {"kind": "placement", "details": {"outlet": "日报", "level": "县"}}
    city: dict[str, Any] = {"kind": "placement", "details": {"outlet": "日报", "level": "市"}}
    store.put([post("桥", DAY, key="1", author="张三", **county)], 10 * DAY, source="一.xlsx")
    first = store.clock
    second = store.put(
        [post("桥", DAY, key="1", author="李四", **city)], 20 * DAY, source="二.xlsx"
    )
    assert _listed(store) == [("桥", "李四", "市")]
    assert _listed(store, known_by=first) == [("桥", "张三", "县")]
    assert _listed(store, as_of=15 * DAY) == [("桥", "张三", "县")]
    store.retract(second.attempt_id)
    assert _listed(store) == [("桥", "张三", "县")]


def test_a_private_or_withdrawn_placement_is_not_listed(store: Store) -> None:
    store.put([post("草稿", DAY, kind="placement", state="private")], 10 * DAY)
    told = store.put([post("误记", DAY, kind="placement")], 10 * DAY, source="误.xlsx")
    store.retract(told.attempt_id)
    assert _listed(store) == []


def test_what_is_to_appear_later_is_not_listed_yet(store: Store) -> None:
    more: dict[str, Any] = {"kind": "placement", "details": {"outlet": "日报"}}
    store.put([post("已见报", DAY, **more), post("将见报", 30 * DAY, **more)], 10 * DAY)
    assert [row[0] for row in _listed(store, as_of=20 * DAY)] == ["已见报"]
    assert [row[0] for row in _listed(store, as_of=35 * DAY)] == ["已见报", "将见报"]


def limits(row: ShortPost, *metrics: str) -> tuple[Any, ...]:
    """The lowest and the highest value of each metric."""
    counts = map(row.amounts.get, metrics or ("likes", "views"))
    return tuple(each and (each.low, each.high) for each in counts)


def test_short_rows(store: Store) -> None:
    store.put(
        [
            post("全", DAY, key="7_1", views=5, likes=2, author="张三"),
            post("约", 2 * DAY, views=about(12_000, 1_000, cut=True)),
            post("限", 3 * DAY, views=at_least(100_000)),
            post("无", 4 * DAY),
        ],
        5 * DAY,
    )
    store.put([post("他", DAY, views=9)], 5 * DAY, account="b")
    with database.reading(store.engine) as connection:
        view = store.view(connection, "published", 0, 100 * DAY)
        rows = {limits(each) for each in view.short(("likes", "views"), accounts=["a"])}
        assert rows == {
            ((2, 2), (5, 5)),
            (None, (12_000, 12_999)),
            (None, (100_000, None)),
            (None, None),
        }
        assert {each.author for each in view.short(("views",), accounts=["a", "b"])} == {"张三", ""}
        assert list(view.short(("views",), accounts=["nobody"])) == []
        (number,) = (
            each.post_id for each in view.short(("likes",), accounts=["a"]) if each.amounts
        )
        assert "id:7_1" in keys_of(connection, [number])[number]


def test_short_rows_of_posts_left_out_on_a_basis(store: Store) -> None:
    store.put([post("周", 0, views=5), post("迟", 0, views=7, key="2")], 7 * DAY)
    store.put([post("新", 20 * DAY, views=1)], 30 * DAY, source="g.xlsx")
    with database.reading(store.engine) as connection:
        view = store.view(connection, "aged", 0, 100 * DAY, days=7)
        assert sorted(limits(each, "views") for each in view.short(("views",), accounts=["a"])) == [
            ((5, 5),),
            ((7, 7),),
        ]
        whole = [
            limits(each, "views")[0]
            for each in view.short(("views",), accounts=["a"], among="valued_of_period")
        ]
        assert whole.count(None) == 1
        assert len(whole) == 3


def test_an_author_who_was_told_later(store: Store) -> None:
    store.put([post("稿", DAY, key="1", views=1, author="张三")], 5 * DAY)
    first = store.clock
    store.put([post("稿", DAY, key="1", views=2, author="李四")], 9 * DAY, source="g.xlsx")
    for known, author in ((first, "张三"), (store.clock, "李四")):
        with database.reading(store.engine) as connection:
            view = store.view(connection, "published", 0, 100 * DAY, known_by=known)
            assert [each.author for each in view.short(("views",), accounts=["a"])] == [author]
