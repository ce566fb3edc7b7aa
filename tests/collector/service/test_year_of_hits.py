"""A simulated year with real announcements: whatever becomes of the service, every hit is told exactly once."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from collector.announce import announcing
from collector.announce.recipients import HITS, Recipient, Recipients
from collector.config.loading import parse
from collector.mail.replies import Reply as Said
from storage.database import writing
from storage.writing.upkeep import keep_thresholds
from storage.writing.writes import accounts_known
from tests.collector.service.simulated import (
    MINUTE,
    SCHEDULE,
    Killed,
    Year,
    due_times,
    quick_database,
)
from tests.storage.build import SHANGHAI, START, Store, post

CONFIG = """\
[centre]
name = "云岭县融媒体中心"

[[accounts]]
id = "a"
platform = "app"
name = "云岭云"

[notify]
max_age_days = 400
early = 0
"""
THRESHOLDS = {"views": [100_000, 1_000_000]}
MARKS = {"10万+": 100_000, "100万+": 1_000_000}
_ENTRY = re.compile(r"^云岭云 “作品(\d+)” .*$", re.MULTILINE)


@dataclass(kw_only=True)
class Announcing(Year):
    """A year in which posts grow, and a chat hears of those that cross a threshold. ``heard``: (post, threshold) of
    every message that the chat took; ``unclear``: of those sent as the process was killed."""

    store: Store
    views: dict[int, int] = field(default_factory=dict)
    heard: Counter[tuple[int, int]] = field(default_factory=Counter)
    unclear: Counter[tuple[int, int]] = field(default_factory=Counter)
    refusals: int = 0

    def recipient(self) -> Recipient:
        return Recipient("群", HITS, 200_000, self.send)

    def send(self, _title: str, text: str) -> Said:
        """The chat takes a message, or not now; or the process dies before its answer is written down."""
        fate = self.chance.random()
        if fate < 0.3:
            self.refusals += 1
            return Said("temporary", "对方正忙")
        told = self.unclear if fate < 0.36 else self.heard
        told.update(_told(text))
        if fate < 0.36:
            self.calls.append(("announce", self.now, "killed"))
            raise Killed
        return Said("accepted", "已接收")

    def do(self, name: str) -> None:
        if name == "collect" and self.chance.random() < 0.4:
            self._look()
        if name in ("collect", "quarter"):
            announcing.announce(self.engine, CONFIGURED, self.clock())

    def _look(self) -> None:
        """New posts, and new figures of some older ones."""
        if len(self.views) < 150:
            self.views[len(self.views) + 1] = 100
        seen = self.chance.sample(sorted(self.views), min(5, len(self.views)))
        for number in seen:
            grown = self.views[number] * self.chance.choice((1, 3, 30, 200))
            self.views[number] = min(grown, 5_000_000)
        since = self.now - int(START.timestamp())
        self.store.clock = since - 60
        posts = [post(f"作品{n}", n, key=str(n), views=self.views[n]) for n in seen]
        self.store.put(posts, since)


CONFIGURED = parse(CONFIG, Path("config.toml"))


def _told(text: str) -> list[tuple[int, int]]:
    """(post, threshold) of all that a message tells."""
    found = []
    for block in re.split(r"(?=^云岭云 )", text, flags=re.MULTILINE):
        if entry := _ENTRY.search(block):
            marks = set(re.findall(r"^“(10万\+|100万\+)”", block, re.MULTILINE))
            found += [(int(entry[1]), MARKS[each]) for each in marks]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_every_hit_is_told_exactly_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    first = datetime(2026, 1, 1, 0, 0, 30, tzinfo=SHANGHAI)
    until = first + timedelta(days=365)
    engine = quick_database(tmp_path / "year.db", first)
    with writing(engine) as connection:
        accounts_known(connection, {"a": "app", "b": "app"})
        keep_thresholds(connection, THRESHOLDS, int(first.timestamp()))
    year = Announcing(
        engine=engine,
        store=Store(engine, THRESHOLDS),
        now=int(first.timestamp()),
        until=int(until.timestamp()),
        chance=random.Random(seed),
        dues=due_times(first, until + timedelta(days=30)),
    )
    everyone = Recipients((year.recipient(),))
    monkeypatch.setattr(announcing, "recipients_of", lambda _config, _now: everyone)
    year.live()
    for _ in range(30):  # what still waits is tried for a day
        year.now += 90 * MINUTE
        try:
            announcing.announce(engine, CONFIGURED, year.clock())
        except Killed:
            continue
    numbers = {
        row[0]: int(row[1][2:]) for row in year.store.rows("SELECT post_id, title FROM post")
    }
    rows = year.store.rows("SELECT post_id, threshold FROM hit WHERE NOT revoked")
    hits = {(numbers[row[0]], row[1]) for row in rows}
    gone = {}
    for subject, state in year.store.rows("SELECT subject, state FROM delivery"):
        post_id, _, threshold = subject.split(":")
        gone[numbers[int(post_id)], int(threshold)] = state
    assert gone.keys() == hits
    assert max(year.heard.values()) == 1
    for each in hits:
        assert year.heard[each] == (gone[each] == "accepted"), each
        assert year.unclear[each] == (gone[each] == "unclear"), each
    assert len(hits) > 100
    assert len(year.unclear) > 3
    assert year.refusals > 20
    assert year.starts > 10
    assert set(SCHEDULE) <= {name for name, _, _ in year.calls}
