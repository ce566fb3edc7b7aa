"""What people are told, and that they are told it once: hits, early words; whatever the chats do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collector.robots import PATHS, TAKEN, Room, room, said
from tests.server.faults import in_turn, reset, silent, status
from tests.server.site import Site
from tests.storage.build import DAY, Count, post

HOUR = 3_600
#: 2026-01-11 12:00 in Shanghai, in seconds after START.
NOON = 10 * DAY + 12 * HOUR


@pytest.fixture
def chat(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Room:
    return room(tmp_path, site, monkeypatch)


def crossing(chat: Room, *looks: tuple[int, object], key: str = "1", **others: object) -> None:
    """A post of 2026-01-10 12:00 with these views, each seen so many seconds before NOON."""
    for before, views in looks:
        made = post(
            f"作品{key}", NOON - DAY, key=key, views=views, url=f"https://yunling.cn/{key}", **others
        )
        chat.store.put([made], NOON - before)


def test_a_hit_is_told_once(chat: Room) -> None:
    crossing(chat, (4 * HOUR, 90_000), (HOUR, 105_200))
    told = chat.tell(NOON)
    assert chat.heard() == [
        "【爆款】有作品越过界限\n"
        "云岭云 “作品1” 阅读量超10.5万人次（“10万+”）\n"
        "“10万+”在1月11日08:00至11:00之间越过\n"
        "https://yunling.cn/1"
    ]
    assert [line.partition(":")[2] for line in told.lines] == ["爆款 1 条,企业微信已接收"]
    assert told.problems == ()
    for later in (0, 60, HOUR, 5 * DAY):
        assert chat.tell(NOON + later) == type(told)()
    assert len(chat.heard()) == 1
    assert chat.states() == [("hit", "1:views:100000", "accepted")]
