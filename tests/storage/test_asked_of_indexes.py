"""What ``status`` asks of indexes is what a walk through every attempt gives, in any history."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from storage import database, schema
from storage.operations import attempts, due
from tests.storage.build import DAY, Store, epoch

SOURCES = ("https://x/1", "https://x/2", "https://x/l", "甲.xlsx", "乙.xlsx")
OUTCOMES = ("ok", "ok", "unchanged", "invalid", "blocked", "unreachable", "gone", "login_expired")


def history(seed: int) -> list[dict[str, Any]]:
    chosen = random.Random(seed)
    rows = []
    for number in range(1, chosen.randrange(5, 60)):
        source, outcome = chosen.choice(SOURCES), chosen.choice(OUTCOMES)
        page = source.startswith("https")
        brought = outcome in ("ok", "invalid") and chosen.random() < 0.7
        about = {"request": {"about": "list" if source.endswith("l") else "post"}}
        rows.append(
            {
                "attempt_id": number, "run_id": chosen.choice((1, 2, 3, 4)), "account_id": chosen.choice((1, 2)),
                "source": source, "adapter": "x", "kind": "page" if page else "file",
                "outcome": outcome, "problem": f"第{number}次",
                "observed_at": epoch(chosen.randrange(20) * DAY // 2) if chosen.random() < 0.9 else None,
                "recorded_at": epoch(40 * DAY + number), "cut_off": chosen.random() < 0.2, "new_posts": 0,
                "posts": chosen.choice((0, 3)) if brought else 0, "figures": chosen.choice((0, 1, 9)) if brought else 0,
                "bad_rows": chosen.choice((0, 2)), "notes": json.dumps(about) if page else None,
                "withdrawn_at": epoch(50 * DAY) if chosen.random() < 0.15 else None,
            }
        )  # fmt: skip
    return rows


@pytest.mark.parametrize("seed", range(12))
def test_the_same_as_a_walk_through_all(store: Store, seed: int) -> None:
    rows = history(seed)
    keys = {1: "a", 2: "b"}
    with database.writing(store.engine) as connection:
        for number, key in keys.items():
            there = schema.account.select().where(schema.account.c.account_id == number)
            if connection.execute(there).first() is None:
                connection.execute(
                    schema.account.insert().values(account_id=number, key=key, platform="app")
                )
        connection.execute(
            schema.run.insert().values(run_id=4, occasion=schema.REREAD, started_at=epoch(0))
        )
        connection.execute(schema.attempt.insert(), rows)
    looks = [each for each in rows if each["run_id"] != 4]
    stand = [
        e for e in looks
        if e["withdrawn_at"] is None and e["outcome"] in schema.GOOD and e["observed_at"] is not None
    ]  # fmt: skip
    with database.reading(store.engine) as connection:
        failing = attempts.failing(connection)
        every = [each for each in attempts.sources(connection) if each.failing]
        newest = attempts.newest_figures(connection)
        of_posts = attempts.newest_figures(connection, posts=True)
        partly = attempts.partly_taken(connection)
        last = attempts.last_of(connection, [(key, name) for key in "ab" for name in SOURCES])
        outcomes = list(attempts.newest_outcomes(connection))
        downloads = due.downloads(connection, 3)

    def told(each: attempts.Source) -> tuple[object, ...]:
        return (
            each.account, each.source, each.about, each.outcome, each.problem, each.failing_since,
            each.failures, each.logged_out, each.runs, each.last_at,
        )  # fmt: skip

    assert list(map(told, failing)) == list(map(told, every))
    for found, name in ((newest, "figures"), (of_posts, "posts")):
        wanted = {}
        for each in sorted(stand, key=lambda e: (e["observed_at"], e["attempt_id"])):
            if each["posts"] or each[name]:
                wanted[keys[each["account_id"]]] = each["observed_at"], each["source"]
        assert found == wanted
    ends = {(e["account_id"], e["source"]): e for e in looks}
    order = sorted(ends.values(), key=lambda e: (e["account_id"], -e["attempt_id"]))
    assert [each.attempt_id for each in last] == [each["attempt_id"] for each in order]
    assert [each["problem"] for each in outcomes] == [each["problem"] for each in order]
    assert [each.attempt_id for each in partly] == [
        e["attempt_id"] for e in order if e["bad_rows"] and e["posts"] and e["withdrawn_at"] is None
    ]
    files = [
        e for e in rows
        if e["kind"] == "file" and e["withdrawn_at"] is None and e["outcome"] in schema.GOOD
        and e["observed_at"] is not None and e["posts"] + e["figures"] > 0
    ]  # fmt: skip
    groups: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for each in sorted(files, key=lambda e: (e["observed_at"], e["attempt_id"])):
        groups.setdefault((keys[each["account_id"]], each["posts"] > each["figures"]), []).append(
            each
        )
    assert {(each.account, each.works): (each.at, each.posts, each.cut_off, each.days) for each in downloads} == {
        name: (
            them[-1]["observed_at"], them[-1]["posts"], them[-1]["cut_off"],
            tuple(sorted({(e["observed_at"] + 8 * 3_600) // DAY for e in them})[-3:]),
        )
        for name, them in groups.items()
    }  # fmt: skip
