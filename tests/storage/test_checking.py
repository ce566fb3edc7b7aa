"""Whatever is damaged, the check finds what folding every post finds, though it folds few of them."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import Connection

from adapters.records import METRICS, Count, Post, about, at_least
from storage import database, schema
from storage.bulk import next_id, run_sql
from storage.writing import rebuild
from tests.storage.build import DAY, Store, post

POSTS, LOOKS = 24, 6

#: What is kept, damaged; ``{some}``: of these posts.
KEPT = (
    *(f"UPDATE latest SET {name} = coalesce({name}, 0) + 1 WHERE {{some}}" for name in METRICS),
    "UPDATE latest SET views = NULL WHERE {some}",
    "UPDATE latest SET observed_at = observed_at - 1 WHERE {some}",
    "UPDATE latest SET state = state + 1 WHERE {some}",
    "UPDATE latest SET bounds = 'views+' WHERE {some}",
    "DELETE FROM latest WHERE {some}",
    "INSERT INTO latest (post_id, observed_at, state) VALUES (900, 1, 0)",
    "UPDATE post SET plain = NOT plain WHERE {some}",
    "DELETE FROM hit WHERE {some}",
    (
        "INSERT INTO hit (post_id, metric, threshold, after_at, attempt_id, value, found_at, revoked)"
        " SELECT post_id, 'views', 1000, 1, 1, 1000, 1, FALSE FROM post WHERE {some} ON CONFLICT DO NOTHING"
    ),
    (
        "INSERT INTO hit (post_id, metric, threshold, after_at, attempt_id, value, found_at, revoked)"
        " VALUES (900, 'views', 1000, 1, 1, 1000, 1, FALSE)"
    ),
    "UPDATE hit SET before_at = coalesce(before_at, 0) + 1 WHERE {some}",
    "UPDATE hit SET before_at = CASE WHEN before_at IS NULL THEN 1 END WHERE {some}",
    *(f"UPDATE hit SET {n} = {n} + 1 WHERE {{some}}" for n in ("after_at", "attempt_id", "value")),
    "UPDATE hit SET bounds = '+' WHERE {some}",
    "UPDATE hit SET revoked = NOT revoked WHERE {some}",
)
#: What it follows from, changed behind the back of what is kept.
BENEATH = (
    "DELETE FROM observation WHERE {some}",
    "UPDATE observation SET views = views + 1000 WHERE {some}",
    "UPDATE observation SET readers = 1000 WHERE {some} AND mod(attempt_id, 3) = 0",
    "UPDATE observation SET likes = NULL WHERE {some} AND mod(attempt_id, 3) = 0",
    "UPDATE observation SET bounds = 'shares+' WHERE {some} AND mod(attempt_id, 3) = 0",
    (
        "INSERT INTO observation SELECT post_id, observed_at, attempt_id, sheet, row + 1, state,"
        f" {', '.join(METRICS)}, bounds FROM observation WHERE {{some}} AND mod(attempt_id, 3) = 0"
    ),
    "UPDATE attempt SET withdrawn_at = 1 WHERE mod(attempt_id, 3) = 0",
    "UPDATE attempt SET adapter = 'ledger', source = '台账.xlsx' WHERE mod(attempt_id, 3) = 0",
    (
        "INSERT INTO fact (post_id, name, observed_at, attempt_id, value)"
        " SELECT post_id, 'published_at', 0, 0, '1' FROM post WHERE {some} ON CONFLICT DO NOTHING"
    ),
    "UPDATE post SET merged_into = 1, merged_at = 1 WHERE {some} AND post_id > 1",
    "DELETE FROM post WHERE {some}",
    "DELETE FROM threshold WHERE metric = 'likes'",
    "INSERT INTO threshold (metric, threshold) VALUES ('views', 150)",
)


def history(store: Store, chance: Random) -> None:
    """Posts of which half simply grow; the others do all that a series can do."""
    figures = [dict.fromkeys(chance.sample(METRICS, 3), 0) for _ in range(POSTS)]
    steps = [chance.choice([1, 20, 90, 600]) for _ in range(POSTS)]

    def shown(number: int) -> Post:
        counts = figures[number]
        for name in counts:
            counts[name] += chance.randrange(steps[number] + 1)
        told = {name: Count(each) for name, each in counts.items()}
        what = chance.randrange(8) if number % 2 else None
        first, second, third = told
        if what == 0:
            del told[first]
        elif what == 1:
            told[second] = chance.choice([at_least(1_000), about(12_000, 1_000, cut=False)])
        elif what == 2:
            counts[third] = counts[third] // 2
            told[third] = Count(counts[third])
        state = "private" if what == 3 else "public"
        return post(f"稿{number}", number * 61, key=str(number), state=state, **told)

    attempts = []
    for look in range(LOOKS):
        some = [n for n in range(POSTS) if n % 2 == 0 or chance.random() < 0.7]
        seen = (look + 1) * DAY
        attempts.append(store.put([shown(n) for n in some], seen).attempt_id)
        others = [n for n in some if n % 4 == 1]
        if chance.random() < 0.5:  # a second look at the same moment, taken back by some chance
            again = store.put([shown(n) for n in others], seen, source="g.xlsx").attempt_id
            if chance.random() < 0.5:
                store.retract(again)
        elif chance.random() < 0.5:
            source = f"2026-01-{look + 10} 台账.xlsx"
            store.put([shown(n) for n in others], seen, source=source, replaces=True)
    store.correct(2, "views", 5_000)
    with database.writing(store.engine) as connection:
        number = next_id(connection, schema.pair.c.pair_id)
        row = {"pair_id": number, "post_id": 4, "other_id": 8, "why": "像", "proposed_at": 0}
        connection.execute(schema.pair.insert().values(**row))
    store.settle(number, same=True)


def folded(connection: Connection) -> list[rebuild.Difference]:
    """The faults that folding every post finds."""
    sql = " UNION ".join(f"SELECT post_id FROM {name}" for name in ("post", "latest", "hit"))
    numbers = [number for (number,) in connection.exec_driver_sql(f"{sql} ORDER BY post_id")]
    return list(rebuild._compare(connection, numbers))


@pytest.mark.parametrize("seed", range(3))
def test_every_fault_is_found_that_folding_all_finds(store: Store, seed: int) -> None:
    chance = Random(seed)
    history(store, chance)
    assert store.faults() == []
    with database.reading(store.engine) as connection:
        doubtful = [number for part in rebuild._doubtful(connection) for number in part]
        assert len(doubtful) < POSTS - POSTS // 8  # the posts that simply grow are not folded
    for damage in (*KEPT, *BENEATH):
        some = ", ".join(str(n) for n in sorted(chance.sample(range(1, POSTS + 1), POSTS // 2)))
        with database.writing(store.engine, rehearsed=True) as connection:
            run_sql(connection, damage.format(some=f"post_id IN ({some})"))
            expected = folded(connection)
            assert rebuild.check(connection) == expected, damage
            assert expected or damage in BENEATH, damage
