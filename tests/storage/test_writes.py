"""What one more file does to what is stored, on each engine."""

from __future__ import annotations

from datetime import date

import pytest

from adapters.errors import Invalid
from adapters.records import AccountFigures
from storage.database import RowsRefused
from tests.storage.build import DAY, Count, Record, Store, at, epoch, post


def test_the_same_file_twice_changes_no_figure(store: Store) -> None:
    rows = [post("甲", 0, key="1", views=10, row=2), post("乙", 60, key="2", views=20, row=3)]
    first = store.put(rows, DAY)
    before = store.ask()
    second = store.put(rows, DAY)
    assert (first.new_posts, second.new_posts) == (2, 0)
    assert store.ask() == before
    assert store.views() == [10, 20]
    assert store.faults() == []


def test_an_older_export_never_displaces_newer_figures(store: Store) -> None:
    store.put([post("甲", 0, views=50)], 5 * DAY)
    store.put([post("甲", 0, views=30, likes=3)], 3 * DAY)
    assert store.rows("SELECT views, likes FROM latest") == [(50, 3)]
    totals = store.ask(as_of=4 * DAY)
    assert totals is not None
    assert totals.sums["views"].value == 30
    assert store.faults() == []


def test_overlapping_exports_merge(store: Store) -> None:
    store.put([post("一", 0, views=1), post("二", DAY, views=2)], 2 * DAY)
    store.put([post("二", DAY, views=5), post("三", 2 * DAY, views=3)], 3 * DAY)
    assert store.count("post") == 3
    assert store.views() == [1, 5, 3]


def test_two_rows_of_one_file_are_never_merged(store: Store) -> None:
    twins = [post("同题", 0, views=1, row=2), post("同题", 0, views=2, row=3)]
    store.put(twins, DAY)
    store.put([post("同题", 0, views=3, row=2), post("同题", 0, views=4, row=3)], 2 * DAY)
    assert store.views() == [3, 4]
    assert store.faults() == []


def test_rows_with_one_address_and_no_id_are_never_merged(store: Store) -> None:
    home = "https://news.example.cn/"
    store.put([post("甲", 0, url=home, views=1), post("乙", DAY, url=home, views=2)], 2 * DAY)
    store.put([post("乙", DAY, url=home, views=5), post("丙", 3 * DAY, url=home, views=3)], 4 * DAY)
    assert store.rows(
        "SELECT p.title, l.views FROM post p JOIN latest l USING (post_id) ORDER BY 1"
    ) == [
        ("丙", 3),
        ("乙", 5),
        ("甲", 1),
    ]


def test_one_address_under_two_ids_is_two_posts(store: Store) -> None:
    url = "https://example.cn/list"
    store.put([post("甲", 0, key="1", url=url), post("乙", 0, key="2", url=url)], DAY)
    store.put([post("丙", 0, key="3", url=url)], DAY)
    assert store.count("post") == 3


def test_the_same_id_twice_in_one_file_is_one_post_seen_twice(store: Store) -> None:
    rows = [post("甲", 0, key="1", views=10, row=2), post("甲", 0, key="1", views=12, row=3)]
    assert store.put(rows, DAY).new_posts == 1
    assert store.count("observation") == 2
    assert store.views() == [12]
    assert store.faults() == []


def test_records_without_rows_are_all_kept(store: Store) -> None:
    store.put([post("甲", 0, key="1", views=10), post("甲", 0, key="1", views=12)], DAY)
    assert store.count("observation") == 2
    assert store.faults() == []


@pytest.mark.parametrize("key", ["7301234567890123456", "0012", "1e5", "BV1xx411c7mD"])
def test_ids_are_text(store: Store, key: str) -> None:
    store.put([post("甲", 0, key=key)], DAY)
    assert store.rows("SELECT key FROM post_key") == [(f"id:{key}",)]
    assert store.put([post("改题", 5, key=key)], 2 * DAY).new_posts == 0


def test_a_new_title_under_the_same_id(store: Store) -> None:
    store.put([post("旧题", 0, key="1")], DAY)
    stored = store.put([post("新题", 0, key="1")], 2 * DAY)
    assert (stored.new_posts, stored.retitled) == (0, 1)
    assert store.rows("SELECT title FROM post") == [("新题",)]
    store.put([post("旧题", 0, key="1")], 12 * 3_600)  # an older file
    assert store.rows("SELECT title FROM post") == [("新题",)]


def test_a_new_title_at_a_second_unique_on_both_sides(store: Store) -> None:
    store.put([post("旧题", 30, views=1), post("别的", 90, views=2)], DAY)
    stored = store.put([post("新题", 30, views=5), post("别的", 90, views=6)], 2 * DAY)
    assert (stored.new_posts, stored.retitled, stored.pairs) == (0, 1, 0)
    assert store.rows("SELECT title FROM post ORDER BY post_id") == [("新题",), ("别的",)]
    assert store.views() == [5, 6]


def test_a_second_that_is_not_unique_makes_a_pair(store: Store) -> None:
    store.put([post("旧题", 30, views=1)], DAY)
    stored = store.put([post("新题", 30, views=5), post("又一篇", 30, views=6)], 2 * DAY)
    assert stored.new_posts == 2
    assert stored.pairs == 2
    assert (
        store.put([post("新题", 30, views=7), post("又一篇", 30, views=8)], 3 * DAY).new_posts == 0
    )
    assert store.faults() == []


def test_two_stored_posts_at_the_second_make_pairs(store: Store) -> None:
    store.put([post("头条", 30), post("次条", 30)], DAY)
    stored = store.put([post("新题", 30)], 2 * DAY)
    assert (stored.new_posts, stored.pairs) == (1, 2)


def test_page_with_id_and_export_without(store: Store) -> None:
    page = post("一 条", 30, key="77", url="https://example.cn/77", views=5)
    store.put([page], DAY)
    assert store.put([post("一条", 30, views=8)], 2 * DAY).new_posts == 0
    assert store.views() == [8]


def test_export_without_id_then_page_with(store: Store) -> None:
    store.put([post("一条", 30, views=8)], DAY)
    assert (
        store.put([post("一条", 30, key="77", url="https://example.cn/77")], 2 * DAY).new_posts == 0
    )
    assert store.rows("SELECT url FROM post") == [("https://example.cn/77",)]
    assert store.put([post("另题", 9_999, key="77")], 3 * DAY).new_posts == 0


def test_a_date_gets_its_clock_from_a_fuller_source(store: Store) -> None:
    store.put([post("稿", 0, date_only=True, views=1)], DAY)
    before = store.ask(start=0, end=10, known_by=store.clock)
    known = store.clock
    assert store.put([post("稿", 36_000, views=2)], 2 * DAY).new_posts == 0
    assert store.rows("SELECT published_at, date_only FROM post")[0][0] == epoch(36_000)
    assert store.ask(start=0, end=10) is None  # 10:00 is not in the first ten seconds
    assert store.ask(start=0, end=10, known_by=known) == before
    assert store.put([post("稿", 0, date_only=True, views=3)], 3 * DAY).new_posts == 0
    assert store.rows("SELECT published_at FROM post") == [(epoch(36_000),)]
    assert store.faults() == []


def test_one_title_twice_on_a_day_of_which_no_more_is_known(store: Store) -> None:
    store.put([post("早报", 3_600, views=1)], DAY)
    twins = [post("早报", 0, date_only=True, views=2), post("早报", 0, date_only=True, views=3)]
    stored = store.put(twins, 2 * DAY)
    assert stored.new_posts == 2
    assert stored.pairs == 2


def test_the_same_piece_in_another_outlet_is_another_placement(store: Store) -> None:
    def placed(outlet: str, **more: str) -> list[Record]:
        return [
            post("一稿", 0, date_only=True, details={"outlet": outlet} | more, kind="placement")
        ]

    assert store.put(placed("新华网"), DAY, source="一.xlsx").new_posts == 1
    assert store.put(placed("人民网"), DAY, source="二.xlsx").new_posts == 1
    assert store.put(placed("新华网"), DAY, source="三.xlsx").new_posts == 0
    assert store.count("pair") == 0


def test_a_ledgers_newer_version_takes_its_place(store: Store) -> None:
    def live(title: str, day: int, views: int) -> Record:
        return post(title, day * DAY, date_only=True, kind="live", views=views)

    def ledger(*rows: Record) -> list[Record]:
        return list(rows)

    first = ledger(live("灯会", 1, 100), live("两会", 2, 200), live("误记", 3, 1))
    assert store.put(first, 9 * DAY, source="直播.xlsx", replaces=True).added == []
    known = store.clock
    second = ledger(live("灯会", 1, 150), live("两会", 2, 200), live("春晚", 4, 300))
    stored = store.put(second, 9 * DAY, source="直播.xlsx", replaces=True)
    assert (stored.removed, stored.added, stored.changed) == (["误记"], ["春晚"], ["灯会"])
    now, then = store.ask(), store.ask(known_by=known)
    assert now is not None
    assert then is not None
    assert (now.posts, now.sums["views"].value) == (3, 650)
    assert (then.posts, then.sums["views"].value) == (3, 301)
    assert store.faults() == []


def test_bad_rows_are_named_and_good_ones_kept(store: Store) -> None:
    rows: list[Record] = [
        post("好", 0, views=1, row=2),
        Invalid("阅读量写的是“很多”", target="第3行", row=3),
        post("他", 0, account="不认识", row=4),
    ]
    stored = store.put(rows, DAY)
    assert (stored.posts, stored.bad) == (1, 2)
    ((outcome, bad, problem),) = store.rows("SELECT outcome, bad_rows, problem FROM attempt")
    assert (outcome, bad) == ("invalid", 2)
    assert "很多" in problem
    assert "不认识" in problem


def test_rows_may_name_another_account(store: Store) -> None:
    store.put([post("乙号的", 0, account="乙号")], DAY, accounts={"乙号": "b"})
    assert store.rows("SELECT a.key FROM post p JOIN account a USING (account_id)") == [("b",)]


def test_account_figures(store: Store) -> None:
    followers = AccountFigures(figures={"followers": Count(138_000)}, observed_at=at(DAY), row=2)
    flow = AccountFigures(figures={"followers_gained": Count(5)}, day=date(2026, 1, 1), row=3)
    assert store.put([followers, flow], 2 * DAY).figures == 2
    sql = "SELECT metric, observed_at, value, day FROM account_observation ORDER BY metric"
    assert store.rows(sql) == [
        ("followers", epoch(DAY), 138_000, None),
        ("followers_gained", epoch(2 * DAY), 5, "2026-01-01"),
    ]


def test_private_is_stored_and_not_counted_deleted_is_counted(store: Store) -> None:
    store.put(
        [
            post("公开", 0, views=1),
            post("自见", 60, views=10, state="private"),
            post("已删", 120, views=100, state="deleted"),
        ],
        DAY,
    )
    totals = store.ask()
    assert totals is not None
    assert (totals.posts, totals.sums["views"].value, totals.deleted) == (2, 101, 1)
    assert store.count("latest") == 3


def test_a_post_a_person_named(store: Store) -> None:
    store.put([post("作品", 0, views=5)], DAY)
    day = [post("", None, views=9, observed_at=at(2 * DAY)), post("", None, likes=1)]
    stored = store.put(day, DAY, post_id=1)
    assert (stored.new_posts, store.views()) == (0, [9])
    assert store.rows("SELECT max(observed_at) FROM attempt") == [(epoch(2 * DAY),)]


def test_many_chunks(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.writing.writes.CHUNK", 7)
    rows = [post(f"稿{n}", n * 61 + 1, views=n) for n in range(50)]
    assert store.put(rows, DAY).new_posts == 50
    again = [
        post(f"改题{n}" if n % 10 == 0 else f"稿{n}", n * 61 + 1, views=n + 1) for n in range(50)
    ]
    stored = store.put(again, 2 * DAY)
    assert (stored.new_posts, stored.retitled) == (0, 5)
    assert store.views() == list(range(1, 51))
    assert store.faults() == []


def test_rows_that_an_engine_does_not_hold_are_a_fault_of_the_rows(store: Store) -> None:
    """An index row of PostgreSQL has its limit: what goes beyond it is one source's fault, not the database's."""
    endless = "".join(chr(0x4E00 + number * 7) for number in range(950))
    if store.engine.dialect.name == "postgresql":
        with pytest.raises(RowsRefused, match="2704"):
            store.put([post("稿", views=1)], 0, source=endless)
    else:
        store.put([post("稿", views=1)], 0, source=endless)
    store.put([post("稿", views=1)], 60)
    assert store.views() == [1]
