"""Which hits are still to be announced, and what does not work, on every engine."""

from __future__ import annotations

from storage import database, schema
from storage.operations import attempts, deliveries, newsworthy, troubles
from storage.operations.attempts import POSTS
from storage.views.hit_list import hit_list
from storage.writing import upkeep
from tests.storage.build import DAY, Store, epoch, post

HOUR = 3_600


def test_pending_until_marked_or_passed_over(store: Store) -> None:
    with database.writing(store.engine) as connection:
        upkeep.keep_thresholds(connection, {"views": [100_000]}, 0)
    for day in (50, 98):  # seen to cross long ago, and lately
        made = [post(f"作品{day}", 0, key=str(day), views=90_000)]
        store.put(made, (day - 1) * DAY)
        made = [post(f"作品{day}", 0, key=str(day), views=110_000)]
        store.put(made, day * DAY)
    store.put([post("旧", 0, key="o", views=120_000)], 99 * DAY)  # first seen above
    store.put([post("新", 97 * DAY, key="n", views=130_000)], 99 * DAY)
    with database.writing(store.engine) as connection:
        assert newsworthy.pass_over(connection, epoch(95 * DAY)) == 2
        assert newsworthy.pass_over(connection, epoch(95 * DAY)) == 0
        pending = newsworthy.pending(connection, ["a"], {"views": [100_000]})
        assert [each.title for each in pending] == ["新", "作品98"]
        assert newsworthy.pending(connection, ["b"], {"views": [100_000]}) == []
        assert newsworthy.pending(connection, ["a"], {"views": [50_000]}) == []
        keys = [newsworthy.key(each) for each in pending]
        newsworthy.mark(connection, keys[:1], epoch(100 * DAY))
        assert [newsworthy.key(each) for each in newsworthy.standing(connection, keys)] == keys
        assert newsworthy.standing(connection, []) == []
        (left,) = newsworthy.pending(connection, ["a"], {"views": [100_000]})
        assert left.title == "作品98"
        kept = {each.title: each.announced_at for each in hit_list(connection)}
    assert kept == {"新": epoch(100 * DAY), "作品98": None, "作品50": 0, "旧": 0}
    assert store.faults() == []


def test_a_hit_passed_over_stays_so_when_it_is_found_anew(store: Store) -> None:
    with database.writing(store.engine) as connection:
        upkeep.keep_thresholds(connection, {"views": [100_000]}, 0)
    store.put([post("旧", 0, key="o", views=120_000)], 50 * DAY)
    with database.writing(store.engine) as connection:
        newsworthy.pass_over(connection, epoch(95 * DAY))
    store.retract(1)
    store.put([post("旧", 0, key="o", views=125_000)], 51 * DAY)
    with database.reading(store.engine) as connection:
        assert newsworthy.pending(connection, ["a"], {"views": [100_000]}) == []


def test_a_trouble_begins_goes_on_and_ends(store: Store) -> None:
    with database.writing(store.engine) as connection:
        first = troubles.begin(connection, ("source", "a", POSTS), "blocked", "被拦", 100)
        second = troubles.begin(connection, ("credential", "", "weibo"), "login_expired", "x", 50)
        troubles.goes_on(connection, first, "unreachable", "连不上", 120)
        found = troubles.open_troubles(connection)
        assert [(each.number, each.outcome, each.since) for each in found] == [
            (second, "login_expired", 50),
            (first, "unreachable", 120),
        ]
        troubles.told(connection, [first], 200, ended=False)
        troubles.end(connection, first, 300)
        troubles.end(connection, second, 300)  # nobody had heard of it
        assert troubles.open_troubles(connection) == []
        assert [each.number for each in troubles.ended_untold(connection)] == [first]
        troubles.told(connection, [first], 400, ended=True)
        assert troubles.ended_untold(connection) == []
        (known,) = troubles.by_number(connection, [first])
        assert (known.announced_at, known.ended_at, known.end_announced_at) == (200, 300, 400)


def test_how_sources_fare(store: Store) -> None:
    store.put([post("一", 0, key="1", views=1)], DAY, source="https://x/1", kind="page")
    with database.writing(store.engine) as connection:
        connection.execute(
            schema.attempt.insert(),
            [
                {
                    "attempt_id": 2 + n, "run_id": n, "account_id": 1, "source": source, "adapter": "x",
                    "kind": kind, "outcome": outcome, "recorded_at": epoch(500 * DAY + n),
                    "posts": 0, "new_posts": 0, "figures": 0, "bad_rows": 0, "cut_off": False,
                    "notes": notes, "withdrawn_at": withdrawn,
                }
                for n, (source, kind, outcome, notes, withdrawn) in enumerate([
                    ("https://x/1", "page", "blocked", None, None),
                    ("https://x/2", "page", "gone", None, None),
                    ("https://x/2", "page", "login_expired", None, None),
                    ("https://x/l", "page", "gone", '{"request": {"about": "list"}}', None),
                    ("https://x/m", "page", "gone", '{"request": {"about": "list", "depth": 1}}', None),
                    ("f.xlsx", "file", "invalid", None, None),
                    ("g.xlsx", "file", "invalid", None, 7),
                ])
            ],
        )  # fmt: skip
    with database.reading(store.engine) as connection:
        found = attempts.fares(connection, 0)
        lately = attempts.fares(connection, epoch(500 * DAY))
        others = attempts.fares(connection, 0, "b")
    told = [
        (t.source, t.outcome, t.failures, t.logged_out, len(t.runs), t.good_at is None)
        for t in found
    ]
    assert told == [
        (POSTS, "login_expired", 2, True, 2, False),
        ("f.xlsx", "invalid", 1, False, 1, True),
        ("https://x/l", "gone", 1, False, 1, True),
    ]
    assert [each.good_at for each in lately] == [None, None, None]
    assert others == []


def test_a_delivery_lined_up_waits_for_whoever_claims_it(store: Store) -> None:
    with database.writing(store.engine) as connection:
        number = deliveries.line_up(connection, "hit", "1:views:1", "企业微信#1", 1_000)
        assert number is not None
        assert deliveries.line_up(connection, "hit", "1:views:1", "企业微信#1", 1_001) is None
        assert [each.number for each in deliveries.waiting(connection, 1_000)] == [number]
        assert deliveries.claim_again(connection, number, 1_010)
        assert not deliveries.claim_again(connection, number, 1_010)
        found = deliveries.by_number(connection, number)
    assert (found.state, found.tries, found.claimed_at) == ("claimed", 1, 1_000)
