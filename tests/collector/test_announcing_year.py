"""A year of announcements: machines asleep, chats that fail, processes that die at any step; every hit is told
exactly once, or it is on record why not. What should be told is worked out beside the program."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from collector.announce import announcing
from tests.collector.robots import PATHS, TAKEN, Room, at_home, room, said, text_of
from tests.server.faults import reset, status
from tests.server.site import Reply, Seen, Site
from tests.storage.build import DAY, Store, epoch, post

HOUR = 3_600
WEEK = 7 * DAY
MARKS = {100_000: "“10万+”", 1_000_000: "“100万+”"}
Hit = tuple[str, int]  # address, threshold


class Killed(BaseException):
    """The process dies here."""


@dataclass
class World:
    """What is true: posts that grow, and for each crossing that was seen how old it is."""

    random: Random
    views: dict[str, int] = field(default_factory=dict)
    born: dict[str, int] = field(default_factory=dict)
    last_below: dict[Hit, int] = field(default_factory=dict)
    new: dict[Hit, int] = field(default_factory=dict)  # from when its age counts
    told: set[Hit] = field(default_factory=set)
    silent: set[Hit] = field(default_factory=set)

    def look(self, store: Store, now: int) -> None:
        """A pass over all posts; now and then a new one, old or young, small or large."""
        if self.random.random() < 0.7:
            name = f"https://yunling.cn/{len(self.born)}"
            self.born[name] = now - self.random.choice([HOUR, DAY, 6 * DAY, 30 * DAY])
            self.views[name] = self.random.choice([100, 60_000, 95_000, 400_000, 1_200_000])
        for name in self.views:
            if self.random.random() < 0.3:
                grown = self.views[name] * self.random.uniform(1, 1.8)
                self.views[name] = int(grown) if grown < 20_000_000 else self.views[name]
            for threshold in MARKS:
                hit = (name, threshold)
                if self.views[name] < threshold:
                    self.last_below[hit] = now
                elif hit not in self.new and hit not in self.told | self.silent:
                    self.new[hit] = now if hit in self.last_below else self.born[name]
        made = [
            post(name, self.born[name], key=name, url=name, views=views)
            for name, views in self.views.items()
        ]
        store.put(made, now)

    def announced(self, now: int) -> None:
        """The program has had its chance to tell."""
        for hit, since in self.new.items():
            (self.told if since >= now - WEEK else self.silent).add(hit)
        self.new.clear()


@dataclass
class Robot:
    """A chat that fails now and then, and what it really took."""

    random: Random
    calm: bool = False
    taken: list[str] = field(default_factory=list)

    def __call__(self, seen: Seen) -> Reply:
        answers = {
            "ok": said(TAKEN["wecombot"]),
            "busy": status(503),
            "too often": said({"errcode": 45009}),
            "no": said({"errcode": 93000}),
            "lost": reset(),
        }
        kind = "ok" if self.calm else self.random.choices(list(answers), [70, 12, 8, 4, 6])[0]
        if kind in ("ok", "lost"):
            self.taken.append(text_of(seen))
        return answers[kind]

    def hits(self) -> list[Hit]:
        """All that was taken, mark by mark, by the address at the end of its entry."""
        found: list[Hit] = []
        for text in self.taken:
            for entry in text.partition("\n")[2].split("\n\n"):
                lines = entry.split("\n")
                for threshold, mark in MARKS.items():
                    found += [(lines[-1], threshold)] * sum(each.startswith(mark) for each in lines)
        return found


def tell(made: Room, now: int, random: Random, patch: pytest.MonkeyPatch) -> bool:
    """Announce; one time in eight the process dies at some step. Whether it lived to mark what is new."""
    steps = ("_line_up", "_tell", "_send", "_claim", "_settle", "parts")
    if random.random() >= 1 / 8:
        made.tell(now)
        return True
    step = random.choice(steps)
    with patch.context() as here:

        def die(*_: object) -> None:
            raise Killed

        here.setattr(announcing, step, die)
        try:
            made.tell(now)
        except Killed:
            return step != "_line_up"
    return True


@pytest.mark.parametrize("seed", range(3))
def test_a_year(seed: int, tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    config = """\
[centre]
name = "云岭县融媒体中心"
[[accounts]]
id = "a"
platform = "app"
name = "云岭云"
[notify]
urls_file = "robots.txt"
early = 0
"""
    made = room(tmp_path, site, monkeypatch, config=config)
    at_home(site, monkeypatch)
    robot, world = Robot(random), World(random)
    site.routes[PATHS["wecombot"]] = robot
    now = 100 * DAY
    while now < 465 * DAY:
        now += random.choice([HOUR, 4 * HOUR, DAY, DAY, 3 * DAY, 12 * DAY])
        if random.random() < 0.6:
            world.look(made.store, now)
        if tell(made, now, random, monkeypatch):
            world.announced(now)
    robot.calm = True
    for hours in range(30):
        made.tell(now + hours * HOUR)
    world.announced(now)

    rows = made.store.rows(
        "SELECT p.url, h.threshold, h.announced_at, d.state FROM hit h JOIN post p ON p.post_id = h.post_id"
        " LEFT JOIN delivery d ON d.subject = h.post_id || ':' || h.metric || ':' || h.threshold"
        " WHERE h.metric = 'views'"
    )
    states = {(url, threshold): state for url, threshold, _, state in rows}
    assert len(rows) == len(states) > 40
    assert {hit for hit, state in states.items() if state is not None} == world.told
    assert {hit for hit, state in states.items() if state is None} == world.silent
    assert all(at == 0 or at >= epoch(100 * DAY) for _, _, at, _ in rows)
    heard = robot.hits()
    assert len(heard) == len(set(heard))  # nothing twice
    for hit, state in states.items():
        if state == "accepted":
            assert hit in heard
        elif state != "unclear":
            assert hit not in heard
            assert state in (None, "refused")
    kinds = [states[hit] for hit in world.told]
    assert kinds.count("accepted") > 0.6 * len(kinds)
