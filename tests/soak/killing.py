"""Rounds of a live service that is killed at a random moment; after each, everything is checked."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.collector.service.live import until
from tests.soak import checks
from tests.soak.centre import SLOW
from tests.soak.world import World, world

#: The longest that a round waits before it kills: long enough for everything in it to end, now and then.
LONGEST = 9.0


@dataclass
class Figures:
    """What happened. ``busy``: what was under way at the kills, by the log's last words."""

    kills: int = 0
    busy: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    deliveries: Counter[str] = field(default_factory=Counter)
    files: int = 0
    mails: int = 0

    def __str__(self) -> str:
        busy = ", ".join(f"{name} {number}" for name, number in sorted(self.busy.items()))
        states = ", ".join(f"{name} {number}" for name, number in sorted(self.deliveries.items()))
        return (
            f"{self.kills} kills ({busy}); {self.files} files, {self.mails} mails; deliveries of"
            f" hits: {states}; {len(self.faults)} faults"
        )


def run(
    folder: Path, kills: int, seed: int, tell: Callable[[str], None] = lambda _: None
) -> Figures:
    """Kill ``kills`` times, then let the service end its work and look at everything once more."""
    chance = random.Random(seed)
    figures = Figures()
    seen: set[str] = set()
    with world(folder) as made:
        for number in range(kills):
            made.next_round()
            made.centre.make_due()
            _live_and_die(made, chance, figures)
            found = checks.faults(made.centre, seen)
            figures.kills += 1
            figures.faults += [f"kill {number}: {each}" for each in found]
            if number % 20 == 19 or found:
                tell(f"{number + 1}: {figures}")
            if found:
                return figures
        _end(made, figures, seen)
        figures.files, figures.mails = len(made.centre.files), len(made.post.texts)
        figures.deliveries = checks.deliveries(made.centre)
    return figures


def _live_and_die(made: World, chance: random.Random, figures: Figures) -> None:
    """One life: killed after a random time, or just when a mail arrives at its server."""
    made.post.arriving.clear()
    before = len(made.said())
    mailing = False
    made.start()
    if chance.random() < 0.3:
        mailing = made.post.arriving.wait(3 * LONGEST)
        time.sleep(chance.uniform(0, 2 * SLOW))
    elif chance.random() < 0.1:  # while it starts
        time.sleep(chance.uniform(0, 1.5))
    else:
        until(made.is_up)
        time.sleep(chance.uniform(0, LONGEST))
    assert made.service is not None
    assert made.service.ended is None, made.said()[before:]
    made.service.kill(everything=chance.random() < 0.7)
    made.settle()
    said = made.said()[before:]
    if "服务已启动" not in said:
        made.starts = made.said().count("服务已启动")
    figures.busy["mail" if mailing else _busy(said)] += 1


def _busy(said: str) -> str:
    """What was under way by what the log said last."""
    for line in reversed(said.splitlines()):
        for sign, word in (
            ("采集：开始", "run"),
            ("周报邮件：开始", "weekly mail"),
            ("收件夹", "import"),
            ("：完成", "nothing"),
            ("服务已启动", "started"),
        ):
            if sign in line:
                return word
    return "starting"


def _end(made: World, figures: Figures, seen: set[str]) -> None:
    """Left alone, the service takes in what lies in the inbox; the next run finds every page that a life cut off between
    a list and its articles has left (in the service they are due with the list, an hour later); the commands agree."""
    made.configure(range(made.centre.rounds))
    made.starts = made.said().count("服务已启动")
    made.start()
    until(made.is_up)
    until(lambda: not made.centre.waiting(), 180)
    assert made.service is not None
    if code := made.service.stop():
        figures.faults.append(f"stopped with {code}")
    for words in (("now", "--all"), ("rebuild", "--check")):
        done = made.collect(*words)
        if done.returncode:
            figures.faults.append(f"{words[0]}: {done.stdout[-500:]}{done.stderr[-500:]}")
    left = (*checks.unfinished(made.centre), *checks.faults(made.centre, seen))
    figures.faults += [f"at the end: {each}" for each in left]
