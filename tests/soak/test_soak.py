"""A shortened soak: ``python -m tests.soak --kills 200`` is the long one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.collector.service.live import until
from tests.soak import checks, killing
from tests.soak.centre import CROSSING
from tests.soak.world import World, world

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="ends by SIGTERM and SIGKILL"),
]
#: BAOKUAN_KILLS=200 pytest tests/soak for more.
KILLS = int(os.environ.get("BAOKUAN_KILLS", "6"))


def test_killed_at_random_moments(tmp_path: Path) -> None:
    figures = killing.run(tmp_path, KILLS, seed=2)
    assert figures.faults == []
    assert figures.kills == KILLS


def pages(made: World) -> int:
    engine = made.centre.engine()
    with engine.connect() as connection:
        found = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    engine.dispose()
    return found


def test_a_database_that_takes_nothing_more(tmp_path: Path) -> None:
    """Full, then open again, then read-only, then open again, under a service that lives on all the while."""
    with world(tmp_path) as made:
        made.next_round()
        made.start("tests.soak.quick")
        until(made.is_up)
        until(lambda: not made.centre.waiting())
        for hindrance, words in ((str(pages(made)), "已满"), ("ro", "只读")):
            _hinder(made, hindrance, words)
            made.hindrance.unlink()  # nobody does anything else
            until(lambda: not made.centre.waiting() and not checks.unfinished(made.centre), 120)
            assert "服务说数据库" not in made.collect("status").stdout
            assert checks.faults(made.centre, set()) == []
        assert made.service is not None
        assert made.service.stop() == 0
        for command in (["now"], ["rebuild", "--check"]):
            assert made.collect(*command).returncode == 0


def _hinder(made: World, hindrance: str, words: str) -> None:
    """The database takes nothing: it is said, nothing is lost, nothing is told that is not stored."""
    made.hindrance.write_text(hindrance, encoding="utf-8")
    number = made.centre.rounds
    made.next_round()
    until(lambda: words in made.collect("status").stdout)
    assert made.service is not None
    assert made.service.ended is None
    assert "用不了" in made.said()
    by_hand = made.collect("now")
    assert by_hand.returncode == 1
    assert words in by_hand.stdout + by_hand.stderr
    assert "Traceback" not in by_hand.stderr
    assert made.centre.waiting() == [f"作品列表第{number}份.csv"]
    assert not any(made.centre.title(CROSSING * number) in text for text in made.centre.mails())
    assert checks.faults(made.centre, set()) == []
